/*
 * query_text.c - which part of what somebody pasted is worth searching for;
 * see query_text.h.
 *
 * Lines are rated by words that programs use when they fail; the best ones
 * are kept in their order. Everything works on bytes: the words looked for
 * are ASCII, and ill-formed text passes through unharmed.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/query_text.h"
#include "common/arena.h"
#include "common/buf.h"
#include "common/str.h"

#include <stdlib.h>

#define LINE_MAX_USED 400	/* bytes of one line of a log */
#define LINES_RATED 4096

struct cue {
	const char *word;	/* lower case */
	int points;
};

/* Words that make a line look like an error. */
static const struct cue cues[] = {
	{ "error", 3 }, { "exception", 3 }, { "fatal", 3 }, { "panic", 3 },
	{ "fail", 2 }, { "denied", 3 }, { "refused", 3 }, { "cannot ", 2 },
	{ "can not ", 2 }, { "can't ", 1 }, { "could not", 3 },
	{ "unable to", 2 }, { "no such", 3 }, { "not found", 2 },
	{ "timed out", 2 }, { "timeout", 1 }, { "exceeded", 2 },
	{ "unknown", 1 }, { "invalid", 1 }, { "out of memory", 3 },
	{ "killed", 1 }, { "errno", 3 }, { "segfault", 3 },
	{ "traceback", 1 }, { "critical", 1 }, { "warning", 1 },
	{ "level=error", 3 }, { "mismatch", 1 }, { "unexpected", 1 },
	{ "exit code", 2 }, { "too large", 1 }, { "too many", 1 },
	{ "unavailable", 1 }, { "deadlock", 2 }, { "no space left", 3 },
	{ "错误", 2 }, { "失败", 2 }, { "异常", 1 }, { "拒绝", 1 },
	{ "报错", 1 }, { "超时", 1 }, { "无法", 1 },
};

static bool
starts_at(struct slice s, size_t at, const char *word)
{
	size_t i;

	for (i = 0; word[i] != '\0'; i++)
		if (at + i >= s.len || ascii_lower(s.ptr[at + i]) != word[i])
			return false;
	return true;
}

int
query_text_errorness(struct slice line)
{
	char lower[QUERY_TEXT_MAX];
	size_t n = line.len < sizeof(lower) ? line.len : sizeof(lower), i;
	int points = 0;

	for (i = 0; i < n; i++)
		lower[i] = ascii_lower(line.ptr[i]);
	for (i = 0; i < ARRAY_LEN(cues); i++)
		if (memmem(lower, n, cues[i].word, strlen(cues[i].word)) !=
		    NULL)
			points += cues[i].points;
	return points;
}

/* Spans */

static void
add_span(struct query_text *t, size_t start, size_t end,
    enum query_span_kind kind)
{
	if (t->nspans < QUERY_SPANS_MAX && end > start)
		t->spans[t->nspans++] = (struct query_span){ start, end, kind };
}

const struct query_span *
query_text_span(const struct query_text *t, size_t at)
{
	size_t i;

	for (i = 0; i < t->nspans; i++)
		if (at >= t->spans[i].start && at < t->spans[i].end)
			return &t->spans[i];
	return NULL;
}

static char
at_or_nul(struct slice s, size_t at)
{
	return at < s.len ? s.ptr[at] : '\0';
}

/*
 * A quoted name of at most two words, from the quote at `at` to behind its
 * partner; 0 when it is none: longer quotes hold a message.
 */
static size_t
quoted_end(struct slice s, size_t at)
{
	char quote = s.ptr[at];
	size_t i, blanks = 0;

	if (at > 0 && ascii_is_alnum(s.ptr[at - 1]))
		return 0;
	for (i = at + 1; i < s.len && i < at + 80; i++) {
		if (s.ptr[i] == '\n')
			return 0;
		if (s.ptr[i] == quote)
			return i > at + 1 ? i + 1 : 0;
		if (ascii_is_space(s.ptr[i]) && ++blanks > 1)
			return 0;
	}
	return 0;
}

static bool
ends_word(char c)
{
	return ascii_is_space(c) || c == '\0' || c == '"' || c == '\'' ||
	    c == ',' || c == ';' || c == ')' || c == ']' || c == '>' ||
	    c == '}';
}

static size_t
word_end(struct slice s, size_t at)
{
	while (at < s.len && !ends_word(s.ptr[at]))
		at++;
	while (at > 0 && (s.ptr[at - 1] == ':' || s.ptr[at - 1] == '.'))
		at--;
	return at;
}

/* "10.0.3.7", "10.0.3.7:22": digits with at least three dots. */
static size_t
address_end(struct slice s, size_t at)
{
	size_t i = at, dots = 0;

	for (; i < s.len && (ascii_is_digit(s.ptr[i]) || s.ptr[i] == '.' ||
	    s.ptr[i] == ':'); i++)
		dots += s.ptr[i] == '.';
	return dots >= 3 && i - at >= 7 ? i : 0;
}

static size_t
path_end(struct slice s, size_t at)
{
	size_t end = word_end(s, at), i, slashes = 0;

	for (i = at; i < end; i++)
		slashes += s.ptr[i] == '/';
	return slashes >= 2 ? end : 0;
}

static bool
holds(struct slice s, const char *what)
{
	size_t at;

	for (at = 0; at < s.len; at++)
		if (starts_at(s, at, what))
			return true;
	return false;
}

/* A whole word that names a place: a URL, an address, user@host. */
static bool
is_place(struct slice w)
{
	return holds(w, "://") ||
	    (w.len > 3 && holds(slice_sub(w, 1, w.len - 1), "@"));
}

/* The span that begins at this byte, if one does; else 0. */
static size_t
span_at(struct slice s, size_t at, enum query_span_kind *kind)
{
	char c = s.ptr[at], prev = at > 0 ? s.ptr[at - 1] : '\0';
	size_t end = 0;

	if (c == '\'' || c == '"' || c == '`') {
		*kind = SPAN_QUOTED;
		end = quoted_end(s, at);
	} else if (c == '/' && !ascii_is_alnum(prev)) {
		*kind = SPAN_PATH;
		end = path_end(s, at);
	} else if (ascii_is_digit(c) && !ascii_is_alnum(prev)) {
		*kind = SPAN_ADDRESS;
		end = address_end(s, at);
	}
	if (end == 0 && ends_word(prev) && !ends_word(c) &&
	    is_place(slice_sub(s, at, word_end(s, at)))) {
		*kind = SPAN_ADDRESS;
		end = word_end(s, at);
	}
	return end;
}

static bool
is_stamp_char(char c)
{
	return ascii_is_digit(c) || c == '-' || c == '/' || c == ':' ||
	    c == '.' || c == ',' || c == 'T' || c == 'Z' || c == '+' ||
	    c == '[' || c == ']' || c == ' ';
}

/* Time stamps at the start of a line, with what brackets stand around. */
static size_t
prefix_end(struct slice s, size_t at)
{
	size_t i = at, end = at, digits = 0;

	while (i < s.len && is_stamp_char(s.ptr[i]))
		digits += ascii_is_digit(s.ptr[i++]);
	if (digits < 8)
		return at;
	/* not into a word: "2025 10 3rd" keeps its last number */
	for (end = i; end > at && ascii_is_alnum(at_or_nul(s, i)) &&
	    !ascii_is_space(s.ptr[end - 1]) && s.ptr[end - 1] != ']'; end--)
		;
	return end;
}

static void
find_spans(struct query_text *t)
{
	struct slice s = t->text;
	enum query_span_kind kind;
	size_t at = 0, end;

	while (at < s.len) {
		if (at == 0 || s.ptr[at - 1] == '\n') {
			end = prefix_end(s, at);
			add_span(t, at, end, SPAN_PREFIX);
			if (end > at) {
				at = end;
				continue;
			}
		}
		end = span_at(s, at, &kind);
		if (end > at) {
			add_span(t, at, end, kind);
			at = end;
		} else {
			at++;
		}
	}
}

/* Choosing lines */

struct rated {
	struct slice line;
	int points;
	size_t number;
};

static int
by_points(const void *a, const void *b)
{
	const struct rated *x = a, *y = b;

	if (x->points != y->points)
		return x->points > y->points ? -1 : 1;
	/* of equal errors the last: a traceback ends with what went wrong */
	if (x->points > 0)
		return x->number > y->number ? -1 : 1;
	return x->number < y->number ? -1 : 1;
}

static int
by_number(const void *a, const void *b)
{
	const struct rated *x = a, *y = b;

	return x->number < y->number ? -1 : x->number > y->number;
}

static size_t
rate_lines(struct slice raw, struct rated *lines)
{
	struct slice line;
	size_t n = 0;

	while (n < LINES_RATED && str_line(&raw, &line, NULL)) {
		line = str_trim(line);
		line.len = utf8_cut(line, LINE_MAX_USED);
		if (line.len == 0)
			continue;
		lines[n].line = line;
		lines[n].points = query_text_errorness(line);
		lines[n].number = n;
		n++;
	}
	return n;
}

/* The lines that are kept, in their order. */
static struct slice
join_best(struct rated *lines, size_t n, struct arena *a)
{
	struct buf b = BUF_INIT;
	struct slice out;
	size_t i, keep = 0, used = 0;

	qsort(lines, n, sizeof(*lines), by_points);
	while (keep < n && keep < QUERY_LINES_MAX &&
	    used + lines[keep].line.len < QUERY_TEXT_MAX &&
	    (keep == 0 || lines[keep].points * 2 >= lines[0].points))
		used += lines[keep++].line.len + 1;
	qsort(lines, keep, sizeof(*lines), by_number);
	for (i = 0; i < keep; i++) {
		if (i > 0)
			buf_putc(&b, '\n');
		buf_put_slice(&b, lines[i].line);
	}
	out = arena_dup(a, buf_slice(&b));
	buf_free(&b);
	return out;
}

static bool
has_line_end(struct slice s)
{
	return s.len > 0 && (memchr(s.ptr, '\n', s.len) != NULL ||
	    memchr(s.ptr, '\r', s.len) != NULL);
}

void
query_text_clean(struct slice raw, struct arena *a, struct query_text *out)
{
	struct rated *lines;
	size_t n;

	*out = (struct query_text){ .text = { NULL, 0 } };
	raw = str_trim(raw);
	if (has_line_end(raw)) {
		lines = arena_alloc(a, LINES_RATED * sizeof(*lines));
		n = rate_lines(raw, lines);
		out->is_log = n > 1;
		out->text = join_best(lines, n, a);
	} else {
		out->text = slice_sub(raw, 0, utf8_cut(raw, QUERY_TEXT_MAX));
	}
	out->is_error = query_text_errorness(out->text) >= 2;
	if (out->is_error || out->is_log)
		find_spans(out);
}
