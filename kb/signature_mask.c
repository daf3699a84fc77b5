/*
 * signature_mask.c - from one error text to what all its kind have in common.
 *
 * A text is read from left to right, piece by piece; each piece is kept or
 * becomes "*". Variable are: what is quoted, if it is a name rather than a
 * sentence; paths, addresses, hosts, e-mail; values behind "="; numbers and
 * what begins with one; hex, UUIDs; placeholders (<host>, ${x}, XXX). A
 * number that is a code ("Errno 13", "ERROR 1054", "code=137") stays: it says
 * which error it is.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/signature_internal.h"

#include "common/arena.h"
#include "common/buf.h"
#include "common/str.h"
#include "kb/log_text.h"

#define TEXT_MAX 500		/* of an error text */
#define QUOTED_MAX 80		/* bytes of a name */
#define CORE_STRONG 3.0
#define CORE_LIKELY 2.0

struct mask {
	struct slice s;
	size_t at;
	struct buf out;
	bool after_star;	/* nothing literal since the last "*" */
	size_t star_end;	/* of it, in out */
};

static void
put_literal(struct mask *m, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		char c = m->s.ptr[m->at + i];

		if (c == '*' || c == '\\')
			buf_putc(&m->out, '\\');
		buf_putc(&m->out, c);
		if (ascii_is_alnum(c) || (unsigned char)c >= 0x80)
			m->after_star = false;
	}
	m->at += n;
}

/* Variables with nothing but punctuation between them are one. */
static void
put_star(struct mask *m, size_t n)
{
	if (m->after_star)
		m->out.len = m->star_end;
	else
		buf_putc(&m->out, '*');
	m->star_end = m->out.len;
	m->after_star = true;
	m->at += n;
}

static bool
is_token_byte(char c)
{
	return ascii_is_alnum(c) || c == '_' || (unsigned char)c >= 0x80;
}

/* A run of ASCII letters and digits, or one of other characters. */
static size_t
token_length(struct slice s)
{
	size_t n = 0;

	while (n < s.len && is_token_byte(s.ptr[n]) &&
	    ((unsigned char)s.ptr[n] >= 0x80) ==
	    ((unsigned char)s.ptr[0] >= 0x80))
		n++;
	return n;
}

static struct slice
rest_of(const struct mask *m)
{
	return slice_sub(m->s, m->at, m->s.len);
}

/* ---- what is quoted ---- */

static const struct {
	const char *open, *close;
} quotes[] = {
	{ "'", "'" }, { "\"", "\"" }, { "`", "`" }, { "\xe2\x80\x98",
	"\xe2\x80\x99" }, { "\xe2\x80\x9c", "\xe2\x80\x9d" },
	{ "\xe3\x80\x8c", "\xe3\x80\x8d" },
};

static size_t
count_words(struct slice s)
{
	size_t i, n = 0;

	for (i = 0; i < s.len; i++)
		n += !ascii_is_space(s.ptr[i]) &&
		    (i == 0 || ascii_is_space(s.ptr[i - 1]));
	return n;
}

/* A name, not a sentence. */
static bool
is_quoted_name(struct slice in)
{
	return in.len <= QUOTED_MAX && count_words(in) <= 2 &&
	    memchr(in.ptr != NULL ? in.ptr : "", '\n', in.len) == NULL;
}

/*
 * 'name' with its quotes: bytes of the quote, and of the name. An apostrophe
 * within a word opens nothing.
 */
static bool
quoted(const struct mask *m, size_t *open, size_t *name)
{
	struct slice s = rest_of(m);
	size_t i;

	if (m->at != 0 && ascii_is_alnum(m->s.ptr[m->at - 1]))
		return false;
	for (i = 0; i < ARRAY_LEN(quotes); i++) {
		struct slice o = slice_of(quotes[i].open), in;
		const char *end;

		if (!slice_starts(s, o))
			continue;
		in = slice_sub(s, o.len, s.len);
		end = in.len == 0 ? NULL : memmem(in.ptr, in.len,
		    quotes[i].close, strlen(quotes[i].close));
		if (end == NULL)
			return false;
		in.len = (size_t)(end - in.ptr);
		*open = o.len;
		*name = in.len;
		return is_quoted_name(in) &&
		    memchr(in.ptr, '\'', in.len) == NULL &&
		    memchr(in.ptr, '"', in.len) == NULL;
	}
	return false;
}

/* ---- placeholders and structures ---- */

/* "<host:port>", "${VAR}", "{name}", "%s", "...", "xxx" */
static size_t
placeholder(struct slice s)
{
	static const char pairs[][2] = { { '<', '>' }, { '{', '}' } };
	size_t i, n;

	if (slice_starts(s, SLICE("...")))
		return 3;
	if (slice_starts(s, SLICE("\xe2\x80\xa6")))
		return 3;
	if (s.len > 1 && s.ptr[0] == '%' && strchr("sdvuqx", s.ptr[1]) !=
	    NULL && (s.len == 2 || !is_token_byte(s.ptr[2])))
		return 2;
	for (i = 0; i < ARRAY_LEN(pairs); i++) {
		size_t skip = s.len > 1 && s.ptr[0] == '$' ? 1 : 0;

		if (s.len <= skip || s.ptr[skip] != pairs[i][0])
			continue;
		for (n = skip + 1; n < s.len && n < 48 && (is_token_byte(
		    s.ptr[n]) || strchr("-.: ", s.ptr[n]) != NULL); n++)
			;
		return n < s.len && s.ptr[n] == pairs[i][1] && n > skip + 1 ?
		    n + 1 : 0;
	}
	n = token_length(s);
	if (n < 2 || (s.ptr[0] != 'x' && s.ptr[0] != 'X'))
		return 0;
	for (i = 0; i < n; i++)
		if (s.ptr[i] != s.ptr[0])
			return 0;
	return n;
}

/* Bytes up to a blank or a bracket or quote, without a mark at the end. */
static size_t
chunk_length(struct slice s)
{
	size_t n = 0;

	while (n < s.len && !ascii_is_space(s.ptr[n]) &&
	    strchr("'\"`()[]{}<>,;|", s.ptr[n]) == NULL)
		n++;
	while (n > 0 && strchr(".:,!?", s.ptr[n - 1]) != NULL)
		n--;
	return n;
}

static bool
has_letters(struct slice s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if (ascii_is_alpha(s.ptr[i]))
			return true;
	return false;
}

/* "/var/lib/x", "a/b/c", "C:\x", "./run" */
static bool
is_path(struct slice c)
{
	size_t i, slashes = 0;

	if (c.len > 3 && c.ptr[1] == ':' && c.ptr[2] == '\\')
		return true;
	for (i = 0; i < c.len; i++)
		slashes += c.ptr[i] == '/';
	if (slashes == 0 || !has_letters(c))
		return false;
	return c.ptr[0] == '/' || c.ptr[0] == '.' || c.ptr[0] == '~' ||
	    slashes >= 2;
}

/* "db.example.com", "ip-10-0-0-1", "a@b.c" */
static bool
is_host(struct slice c)
{
	static const char *const ends[] = { ".com", ".net", ".org", ".cn",
		".io", ".local", ".internal", ".svc", ".example", ".test" };
	const char *colon = memchr(c.ptr, ':', c.len);
	size_t i;

	if (memchr(c.ptr, '@', c.len) != NULL && c.ptr[0] != '@')
		return true;
	if (colon != NULL)
		c.len = (size_t)(colon - c.ptr);
	for (i = 0; i < ARRAY_LEN(ends); i++)
		if (slice_ends(c, slice_of(ends[i])) &&
		    c.len > strlen(ends[i]))
			return true;
	return false;
}

static size_t
structure(struct slice s)
{
	size_t n = chunk_length(s);
	struct slice c = slice_sub(s, 0, n);

	if (n < 3)
		return 0;
	if (memmem(c.ptr, c.len, "://", 3) != NULL || is_path(c) || is_host(c))
		return n;
	return 0;
}

/* "(httpd)" behind a number: the name of what it numbers. */
static size_t
remark(const struct mask *m)
{
	struct slice s = rest_of(m);
	size_t n;

	if (!m->after_star || s.ptr[0] != '(')
		return 0;
	n = 1 + token_length(slice_sub(s, 1, s.len));
	while (n < s.len && s.ptr[n] == '-')
		n += 1 + token_length(slice_sub(s, n + 1, s.len));
	return n > 1 && n < s.len && s.ptr[n] == ')' ? n + 1 : 0;
}

/* ---- tokens ---- */

static bool
is_hex(struct slice w)
{
	size_t i, digits = 0;

	if (w.len > 2 && w.ptr[0] == '0' && ascii_lower(w.ptr[1]) == 'x')
		return true;
	for (i = 0; i < w.len; i++) {
		char c = ascii_lower(w.ptr[i]);

		digits += ascii_is_digit(c);
		if (!ascii_is_digit(c) && (c < 'a' || c > 'f'))
			return false;
	}
	return w.len >= 8 && digits != 0;
}

/*
 * Whether a number here says which error it is: behind "Error", "code",
 * "status", or in "(1054, ...)".
 */
static bool
is_code_place(const struct mask *m, size_t token)
{
	static const char *const before[] = { "errno", "error", "code",
		"status", "sqlstate", "err", "exit", "signal", "http" };
	struct slice head = slice_sub(m->s, 0, m->at), word;
	size_t n, i;

	while (head.len != 0 && strchr(" :=(#[", head.ptr[head.len - 1]))
		head.len--;
	n = head.len;
	while (n > 0 && ascii_is_alpha(head.ptr[n - 1]))
		n--;
	word = slice_sub(head, n, head.len);
	for (i = 0; i < ARRAY_LEN(before); i++)
		if (str_ieq(word, slice_of(before[i])))
			return true;
	return m->at > 0 && m->s.ptr[m->at - 1] == '(' &&
	    m->at + token < m->s.len && m->s.ptr[m->at + token] == ',' &&
	    token >= 3;
}

static bool
is_variable(const struct mask *m, struct slice w)
{
	size_t i, digits = 0;

	for (i = 0; i < w.len; i++)
		digits += ascii_is_digit(w.ptr[i]);
	if (digits == w.len)
		return w.len > 5 || !is_code_place(m, w.len);
	/* "5ms", "7b2" but not "2fa_required" */
	if (ascii_is_digit(w.ptr[0]))
		return w.len - digits <= 3 || is_hex(w);
	return is_hex(w);
}

/* "key=" stands before: what follows is its value. */
static bool
is_value_place(const struct mask *m)
{
	return m->at >= 2 && m->s.ptr[m->at - 1] == '=' &&
	    is_token_byte(m->s.ptr[m->at - 2]);
}

/* A sign that belongs to a number: "-1", "+08:00". */
static void
mask_token(struct mask *m)
{
	struct slice s = rest_of(m);
	size_t n = token_length(s), chunk = chunk_length(s);
	struct slice w = slice_sub(s, 0, n);

	if (is_value_place(m) && !(is_code_place(m, n) && !has_letters(w)))
		put_star(m, chunk > n ? chunk : n);
	else if (is_variable(m, w))
		put_star(m, n);
	else
		put_literal(m, n);
}

static void
mask_next(struct mask *m)
{
	struct slice s = rest_of(m);
	size_t open, n;

	if (quoted(m, &open, &n)) {
		put_literal(m, open);
		if (n != 0)
			put_star(m, n);
		put_literal(m, open);
	} else if ((n = placeholder(s)) != 0) {
		bool angle = s.ptr[0] == '<';

		put_literal(m, angle);
		put_star(m, n - 2 * angle);
		put_literal(m, angle);
	} else if ((n = remark(m)) != 0) {
		put_star(m, n);
	} else if ((m->at == 0 || !is_token_byte(m->s.ptr[m->at - 1])) &&
	    (n = structure(s)) != 0) {
		put_star(m, n);
	} else if (is_token_byte(s.ptr[0])) {
		mask_token(m);
	} else {
		put_literal(m, 1);
	}
}

struct slice
signature_mask(struct slice s, struct arena *a)
{
	struct mask m = { .s = s, .out = BUF_INIT };
	struct slice out;

	while (m.at < s.len)
		mask_next(&m);
	out = arena_dup(a, str_trim(buf_slice(&m.out)));
	buf_free(&m.out);
	return out;
}

/* ---- the end of a chain ---- */

/*
 * Whether what begins at `at` is a message that something else wraps: behind
 * "a: ", "[code]", "key=\"", "(1054, '".
 */
static bool
begins_part(struct slice s, size_t at)
{
	char one, two;

	if (at < 2 || at >= s.len || !is_token_byte(s.ptr[at]))
		return false;
	one = s.ptr[at - 1];
	two = s.ptr[at - 2];
	if (one == ' ')
		return two == ':' || (two == ']' && at > 2);
	if (one == ']')
		return true;
	return (one == '"' || one == '\'') && (two == '=' || two == ' ' ||
	    two == '(' || two == '[');
}

static void
put_core(struct buf *b, struct slice part)
{
	buf_puts(b, "\ncore ");
	buf_put_slice(b, part);
}

/*
 * "a: b: c" tells from left to right where an error passed; its last part is
 * what went wrong. The shortest end that tells enough by itself, and the
 * shortest that tells something.
 */
static void
put_cores(struct buf *b, struct slice template, struct arena *a)
{
	bool likely = false;
	struct pattern p;
	size_t at;

	for (at = template.len; at > 0; at--) {
		struct slice part = slice_sub(template, at, template.len);

		if (!begins_part(template, at))
			continue;
		pattern_parse(part, a, &p);
		if (p.words >= CORE_LIKELY && (!likely ||
		    p.words >= CORE_STRONG))
			put_core(b, part);
		if (p.words >= CORE_STRONG)
			return;
		likely |= p.words >= CORE_LIKELY;
	}
}

struct slice
template_of_text(struct slice text, struct arena *a)
{
	struct buf b = BUF_INIT;
	struct slice all, out;

	text = slice_sub(text, 0, utf8_cut(text, TEXT_MAX));
	all = signature_mask(log_message(text), a);
	buf_puts(&b, "all ");
	buf_put_slice(&b, all);
	put_cores(&b, all, a);
	out = arena_dup(a, buf_slice(&b));
	buf_free(&b);
	return out;
}

/* ---- what authors write ---- */

static const struct {
	const char *word;
	const char *part;
} keywords[] = {
	{ "all:", "all" }, { "any:", "any" }, { "not:", "not" },
	{ "all\xef\xbc\x9a", "all" }, { "any\xef\xbc\x9a", "any" },
	{ "not\xef\xbc\x9a", "not" },
	{ "\xe5\x85\xa8\xe9\x83\xa8\xef\xbc\x9a", "all" },	/* 全部： */
	{ "\xe5\x85\xa8\xe9\x83\xa8:", "all" },
	{ "\xe4\xbb\xbb\xe4\xb8\x80\xef\xbc\x9a", "any" },	/* 任一： */
	{ "\xe4\xbb\xbb\xe4\xb8\x80:", "any" },
	{ "\xe6\x8e\x92\xe9\x99\xa4\xef\xbc\x9a", "not" },	/* 排除： */
	{ "\xe6\x8e\x92\xe9\x99\xa4:", "not" },
};

/* The keyword that s begins with; NULL when none. */
static const char *
keyword(struct slice s, size_t *len)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(keywords); i++) {
		struct slice w = slice_of(keywords[i].word);

		if (s.len < w.len || !str_ieq(slice_sub(s, 0, w.len), w))
			continue;
		*len = w.len;
		return keywords[i].part;
	}
	return NULL;
}

static void
put_part(struct buf *b, const char *part, struct slice text)
{
	text = str_trim(text);
	if (text.len >= 2 && text.ptr[0] == '`' &&
	    text.ptr[text.len - 1] == '`')
		text = slice_sub(text, 1, text.len - 1);
	if (text.len == 0)
		return;
	if (b->len != 0)
		buf_putc(b, '\n');
	buf_printf(b, "%s ", part);
	buf_put_slice(b, text);
}

static bool
has_operators(struct slice value)
{
	size_t n;

	return keyword(value, &n) != NULL ||
	    memchr(value.ptr, '*', value.len) != NULL;
}

/* Where the clause ends: at ";" outside a code span. */
static size_t
clause_length(struct slice s, char separator)
{
	bool code = false;
	size_t i;

	for (i = 0; i < s.len; i++) {
		if (s.ptr[i] == '`')
			code = !code;
		else if (!code && (s.ptr[i] == separator || (separator ==
		    ';' && slice_starts(slice_sub(s, i, s.len),
		    SLICE("\xef\xbc\x9b")))))
			break;
	}
	return i;
}

struct slice
template_of_rule(struct slice value, struct arena *a)
{
	struct buf b = BUF_INIT;
	const char *part = "all", *word;
	struct slice out, clause;
	size_t n, skip;

	value = str_trim(slice_sub(value, 0, utf8_cut(value,
	    SIGNATURE_TEMPLATE_MAX / 2)));
	if (value.len == 0 || !has_operators(value)) {
		n = value.len;
		if (n > 1 && value.ptr[0] == '`' && value.ptr[n - 1] == '`')
			value = slice_sub(value, 1, n - 1);
		return template_of_text(value, a);
	}
	while (value.len != 0) {
		n = clause_length(value, ';');
		clause = str_trim(slice_sub(value, 0, n));
		skip = n < value.len && value.ptr[n] != ';' ? 3 : 1;
		value = str_trim(slice_sub(value, n + skip, value.len));
		if ((word = keyword(clause, &n)) != NULL) {
			part = word;
			clause = str_trim(slice_sub(clause, n, clause.len));
		}
		while (clause.len != 0) {
			n = clause_length(clause, '|');
			put_part(&b, part, slice_sub(clause, 0, n));
			clause = slice_sub(clause, n + 1, clause.len);
		}
	}
	out = arena_dup(a, buf_slice(&b));
	buf_free(&b);
	return out;
}
