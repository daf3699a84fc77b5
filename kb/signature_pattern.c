/*
 * signature_pattern.c - one pattern and one line: what is in it, what counts.
 *
 * Both sides are normalised the same way, so that comparing is memcmp: ASCII
 * letters in lower case; blanks, quotes, punctuation and controls gone. Where
 * something was skipped is kept: a fragment may not begin or end within a
 * word or a number.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/signature_internal.h"

#include "common/arena.h"
#include "common/str.h"
#include "kb/rules.h"

#define GAP_WORDS_MAX 8		/* blanks between words of a gap */

/* ---- normalising ---- */

/*
 * Bytes of the character at p that does not count, or 0 when it does. Of
 * what is not ASCII: general punctuation, CJK punctuation, full-width forms
 * of ASCII punctuation.
 */
static size_t
ignorable(const unsigned char *p, size_t left)
{
	if (p[0] < 0x80)
		return !ascii_is_alnum((char)p[0]) && p[0] != '_' &&
		    p[0] != '%';
	if (left < 3)
		return 0;
	if (p[0] == 0xe2 && (p[1] == 0x80 || p[1] == 0x81))
		return 3;
	if (p[0] == 0xe3 && p[1] == 0x80)
		return 3;
	if (p[0] == 0xef && p[1] == 0xbc)
		return p[2] <= 0x8f || (p[2] >= 0x9a && p[2] <= 0xa0) ||
		    p[2] >= 0xbb ? 3 : 0;
	return p[0] == 0xef && p[1] == 0xbd && (p[2] == 0x80 ||
	    (p[2] >= 0x9b && p[2] <= 0xa5)) ? 3 : 0;
}

void
norm_make(struct slice raw, struct norm *out)
{
	const unsigned char *p = (const unsigned char *)raw.ptr;
	size_t i = 0, skip;
	bool gap = true;

	out->len = 0;
	out->raw = raw;
	while (i < raw.len && out->len < NORM_MAX) {
		skip = ignorable(p + i, raw.len - i);
		if (skip != 0) {
			gap = true;
			i += skip;
			continue;
		}
		out->bytes[out->len] = (unsigned char)ascii_lower((char)p[i]);
		out->at[out->len] = (uint16_t)i;
		out->gap[out->len++] = gap;
		gap = false;
		i++;
	}
}

/* ---- patterns ---- */

/* The literal up to the next "*", without escapes; *rest moves behind it. */
static struct slice
next_literal(struct slice *rest, struct arena *a, bool *star)
{
	char *out = arena_alloc(a, rest->len + 1);
	size_t i, n = 0;

	*star = false;
	for (i = 0; i < rest->len && !*star; i++) {
		if (rest->ptr[i] == '*')
			*star = true;
		else if (rest->ptr[i] == '\\' && i + 1 < rest->len)
			out[n++] = rest->ptr[++i];
		else
			out[n++] = rest->ptr[i];
	}
	*rest = slice_sub(*rest, i, rest->len);
	return slice_make(out, n);
}

/* Returns whether anything in it counts. */
static bool
add_fragment(struct pattern *p, struct slice raw, struct arena *a)
{
	struct fragment *f = &p->fragments[p->n];
	const unsigned char *s = (const unsigned char *)raw.ptr;
	unsigned char *out = arena_alloc(a, raw.len + 1);
	size_t i = 0, skip;

	*f = (struct fragment){ .bytes = out, .raw = str_trim(raw) };
	while (i < raw.len) {
		skip = ignorable(s + i, raw.len - i);
		if (skip == 0)
			out[f->len++] = (unsigned char)
			    ascii_lower((char)s[i++]);
		i += skip;
	}
	p->n += f->len >= 2;
	return f->len != 0;
}

/* "Unknown column '*": that something is quoted there tells, too. */
static bool
ends_in_quote(struct slice literal)
{
	return literal.len > 1 &&
	    strchr("'\"`<", literal.ptr[literal.len - 1]) != NULL;
}

void
pattern_parse(struct slice text, struct arena *a, struct pattern *out)
{
	struct fragment found[PATTERN_FRAGMENTS_MAX];
	struct slice literal;
	bool star = false, first = true, some = false;
	unsigned words = 0;

	*out = (struct pattern){ .fragments = found };
	text = slice_sub(text, 0, SIGNATURE_TEMPLATE_MAX);
	do {
		literal = next_literal(&text, a, &star);
		out->tail = !first;
		if (out->n < PATTERN_FRAGMENTS_MAX) {
			some = add_fragment(out, literal, a);
			out->words += specificity_of(literal, &words);
			if (star && ends_in_quote(literal))
				out->words += .5;
		}
		if (first)
			out->lead = star && !some;
		first = false;
		if (some)
			out->tail = star && text.len == 0;
	} while (text.len != 0);
	out->fragments = arena_alloc(a, (out->n + 1) * sizeof(found[0]));
	memcpy(out->fragments, found, out->n * sizeof(found[0]));
}

/* ---- matching ---- */

static int
class_of(unsigned char c)
{
	if (ascii_is_digit((char)c))
		return 1;
	return ascii_is_alpha((char)c) ? 2 : 0;
}

/* Whether a word goes on from byte i - 1 to byte i. */
static bool
inside_word(const struct norm *n, size_t i)
{
	int before, here;

	if (i == 0 || i >= n->len || n->gap[i])
		return false;
	before = class_of(n->bytes[i - 1]);
	here = class_of(n->bytes[i]);
	return before != 0 && before == here;
}

/* The first place of the fragment from `from` on; n->len when none. */
static size_t
find_fragment(const struct fragment *f, const struct norm *n, size_t from)
{
	while (from < n->len && n->len - from >= f->len) {
		const unsigned char *p = memmem(n->bytes + from,
		    n->len - from, f->bytes, f->len);

		if (p == NULL)
			break;
		from = (size_t)(p - n->bytes);
		if (!inside_word(n, from) && !inside_word(n, from + f->len))
			return from;
		from++;
	}
	return n->len;
}

/* Where the byte behind n's byte i ends in the raw text. */
static size_t
raw_end(const struct norm *n, size_t i)
{
	return (size_t)n->at[i] + 1;
}

static bool
is_edge(char c)
{
	return ascii_is_space(c) || strchr("'\"`,;:.()[]{}<>\\", c) != NULL;
}

static struct slice
trim_edges(struct slice s)
{
	while (s.len != 0 && is_edge(s.ptr[0]))
		s = slice_sub(s, 1, s.len);
	while (s.len != 0 && is_edge(s.ptr[s.len - 1]))
		s.len--;
	return s;
}

static bool
is_quote(char c)
{
	return c == '\'' || c == '"' || c == '`';
}

#define WORD_MAX 80		/* bytes of a word at the end of a pattern */

/* The name, or the quoted words, that end before raw offset `to`. */
static struct slice
word_before(struct slice raw, size_t to)
{
	struct slice s = str_trim(slice_sub(raw, 0, to));
	size_t n = s.len;

	if (n > 1 && is_quote(s.ptr[n - 1])) {
		char quote = s.ptr[--n];

		while (n > 0 && s.ptr[n - 1] != quote && s.len - n < WORD_MAX)
			n--;
		if (n > 0 && s.ptr[n - 1] == quote)
			return slice_sub(s, n, s.len - 1);
	}
	s = trim_edges(s);
	n = s.len;

	while (n != 0 && !ascii_is_space(s.ptr[n - 1]) &&
	    s.len - n < WORD_MAX)
		n--;
	return trim_edges(slice_sub(s, n, s.len));
}

static struct slice
word_after(struct slice raw, size_t from)
{
	struct slice s = str_trim(slice_sub(raw, from, raw.len)), quoted;
	const char *end;
	size_t n = 0;

	if (s.len > 1 && is_quote(s.ptr[0])) {
		quoted = slice_sub(s, 1, WORD_MAX);
		end = memchr(quoted.ptr, s.ptr[0], quoted.len);
		if (end != NULL)
			return slice_sub(quoted, 0,
			    (size_t)(end - quoted.ptr));
	}
	s = trim_edges(s);
	while (n < s.len && !ascii_is_space(s.ptr[n]) && n < WORD_MAX)
		n++;
	return trim_edges(slice_sub(s, 0, n));
}

static void
put_captures(const struct pattern *p, const struct norm *n,
    const size_t *start, struct slice *out, size_t *nout)
{
	size_t i, k = 0;

	if (p->lead && k < SIGNATURE_CAPTURES_MAX)
		out[k++] = word_before(n->raw, n->at[start[0]]);
	for (i = 0; i + 1 < p->n && k < SIGNATURE_CAPTURES_MAX; i++)
		out[k++] = trim_edges(slice_sub(n->raw, raw_end(n,
		    start[i] + p->fragments[i].len - 1), n->at[start[i + 1]]));
	if (p->tail && k < SIGNATURE_CAPTURES_MAX)
		out[k++] = word_after(n->raw, raw_end(n,
		    start[p->n - 1] + p->fragments[p->n - 1].len - 1));
	*nout = k;
}

/* What "*" may stand for: names and numbers, not half a story. */
static bool
is_near(struct slice raw, size_t from, size_t to)
{
	size_t words = 0, i;

	if (to - from > SIGNATURE_GAP_MAX)
		return false;
	for (i = from + 1; i < to; i++)
		words += ascii_is_space(raw.ptr[i]) &&
		    !ascii_is_space(raw.ptr[i - 1]);
	return words <= GAP_WORDS_MAX;
}

/* The fragments behind the first one, each near the one before it. */
static bool
rest_follows(const struct pattern *p, const struct norm *n, size_t *start)
{
	size_t i, end;

	for (i = 1; i < p->n; i++) {
		end = start[i - 1] + p->fragments[i - 1].len;
		start[i] = find_fragment(&p->fragments[i], n, end);
		if (start[i] == n->len || !is_near(n->raw,
		    raw_end(n, end - 1), n->at[start[i]]))
			return false;
	}
	return true;
}

bool
pattern_match(const struct pattern *p, const struct norm *n,
    struct slice *captures, size_t *ncaptures)
{
	size_t start[PATTERN_FRAGMENTS_MAX], tries;

	if (p->n == 0)
		return false;
	start[0] = find_fragment(&p->fragments[0], n, 0);
	for (tries = 0; start[0] < n->len && tries < 16; tries++) {
		if (rest_follows(p, n, start)) {
			if (captures != NULL)
				put_captures(p, n, start, captures, ncaptures);
			return true;
		}
		start[0] = find_fragment(&p->fragments[0], n, start[0] + 1);
	}
	return false;
}

/* ---- specificity ---- */

/* Words that errors of every kind have. */
static bool
is_common(struct slice w)
{
	static const char *const words[] = { "the", "and", "for", "not", "has",
		"have", "was", "are", "with", "from", "this", "that", "you",
		"your", "can", "error", "errors", "failed", "failure", "fail",
		"cannot", "could", "couldn", "unable", "invalid", "while",
		"warning", "fatal", "exception", "code", "status", "message",
		"when", "while", "please", "file", "line", "found", "exit",
		"caused", "returned", "because", "too", "more", "but", "all",
		"does", "doesn", "isn", "will", "been", "must", "should",
		"info", "warn", "desc", "err", "msg", "the", "into", "out",
		"process", "request", "response", "server", "client", "data",
		"java", "org", "com", "lang", "python", "lib", "usr", "var",
		"www", "http", "https", "null", "true", "false", "none" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(words); i++)
		if (str_ieq(w, slice_of(words[i])))
			return true;
	return false;
}

/*
 * What the operating system and every network library say: the cause of
 * anything, so it tells little by itself.
 */
static size_t
common_cause(struct slice s)
{
	static const char *const causes[] = { "no such file or directory",
		"permission denied", "connection refused",
		"connection reset by peer", "connection timed out",
		"resource temporarily unavailable", "broken pipe",
		"no space left on device", "too many open files",
		"cannot allocate memory", "device or resource busy",
		"input/output error", "operation not permitted",
		"address already in use", "network is unreachable",
		"no route to host", "operation timed out", "i/o timeout",
		"bad file descriptor", "not a directory", "is a directory",
		"file exists", "invalid argument", "argument list too long",
		"context deadline exceeded", "context canceled",
		"unexpected eof", "internal server error", "bad gateway",
		"bad request", "service unavailable", "gateway timeout",
		"not found", "access denied", "unauthorized", "forbidden",
		"command not found", "segmentation fault", "core dumped",
		"read-only file system", "illegal instruction",
		"cannot open shared object file", "killed", "aborted",
		"unknown error", "operation not supported", "eof",
		"an error occurred", "something went wrong", "see the logs",
		"http/1.1", "traceback most recent call last" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(causes); i++) {
		struct slice c = slice_of(causes[i]);

		if (s.len >= c.len && str_ieq(slice_sub(s, 0, c.len), c) &&
		    (s.len == c.len || !ascii_is_alnum(s.ptr[c.len])))
			return c.len;
	}
	return 0;
}

static bool
is_word_byte(char c)
{
	return ascii_is_alnum(c) || c == '_' || (unsigned char)c >= 0x80;
}

/* "OperationalError", "ER_BAD_FIELD", "file_type": made for one purpose. */
static bool
is_identifier(struct slice w)
{
	bool lower = false, hump = false;
	size_t i;

	for (i = 0; i < w.len; i++) {
		char c = w.ptr[i];

		if (c == '_' && i != 0 && i + 1 < w.len)
			return true;
		if (c >= 'A' && c <= 'Z' && lower)
			hump = true;
		lower |= c >= 'a' && c <= 'z';
	}
	return hump && w.len >= 8;
}

static double
word_worth(struct slice w)
{
	size_t i, letters = 0, wide = 0;

	for (i = 0; i < w.len; i++) {
		letters += ascii_is_alpha(w.ptr[i]);
		wide += ((unsigned char)w.ptr[i] & 0xc0) == 0xc0;
	}
	if (wide != 0)		/* two characters are a word */
		return .5 * (double)wide + (letters >= 3 ? 1 : 0);
	if (letters < 3)
		return letters == 0 && w.len >= 4 ? .5 : 0;	/* a code */
	if (is_identifier(w))
		return 1.5;
	return is_common(w) ? .5 : 1;
}

double
specificity_of(struct slice s, unsigned *words)
{
	double sum = 0, worth;
	size_t i = 0, start, cause;

	while (i < s.len) {
		if (!is_word_byte(s.ptr[i])) {
			i++;
			continue;
		}
		cause = common_cause(slice_sub(s, i, s.len));
		if (cause != 0) {
			sum += .5;
			*words += 1;
			i += cause;
			continue;
		}
		start = i;
		while (i < s.len && is_word_byte(s.ptr[i]))
			i++;
		worth = word_worth(slice_sub(s, start, i));
		*words += worth != 0;
		sum += worth;
	}
	return sum;
}
