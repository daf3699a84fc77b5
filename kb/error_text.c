/*
 * error_text.c - which lines are error messages; see error_text.h.
 *
 * Only texts are found here; masking their variable parts and matching them
 * against logs is another matter.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/error_text.h"

#include "common/arena.h"
#include "common/str.h"
#include "kb/rules.h"

/*
 * The bytes that a word of the line may begin with, letters as small ones:
 * most words of a list need not be looked for at all.
 */
static void
find_beginnings(struct slice line, bool begins[256])
{
	bool in_word = false;
	size_t i;

	for (i = 0; i < line.len; i++) {
		unsigned char c = (unsigned char)line.ptr[i];

		if (!in_word || c >= 0x80)
			begins[c >= 'A' && c <= 'Z' ? c + 32 : c] = true;
		in_word = ascii_is_alnum(line.ptr[i]) || c == '_';
	}
}

/* Words, whole, in any case. */
static bool
has_error_word(struct slice line)
{
	static const char *const words[] = { "error", "exception",
		"fatal", "panic", "denied", "failed", "failure", "refused",
		"not found", "no such", "cannot", "can't", "could not",
		"unable to", "timed out", "timeout", "unknown column",
		"unknown host", "unknown database", "unknown table",
		"unknown command", "unknown option", "unknown error",
		"unknown variable", "unknown file", "invalid",
		"errno", "traceback", "segmentation fault", "out of memory",
		"killed", "unauthorized", "forbidden", "unreachable",
		"too many", "too large", "no space left", "already in use",
		"already exists", "not available", "unexpected", "aborted",
		"mismatch", "deadlock", "rejected", "expired", "unsupported",
		"错误", "失败", "异常", "拒绝", "报错", "超时", "无法",
		"找不到", "不存在" };
	bool begins[256] = { false };
	size_t i;

	find_beginnings(line, begins);
	for (i = 0; i < ARRAY_LEN(words); i++)
		if (begins[(unsigned char)words[i][0]] &&
		    rules_contains(line, slice_of(words[i])))
			return true;
	return false;
}

/* "failed=0": a report that nothing went wrong. */
static bool
counts_zero(struct slice line)
{
	return memmem(line.ptr, line.len, "failed=0", 8) != NULL ||
	    memmem(line.ptr, line.len, "error=0", 7) != NULL ||
	    memmem(line.ptr, line.len, " 0 failed", 9) != NULL;
}

/* "OperationalError", "NullPointerException", "ErrBufferReachLimit". */
static bool
is_error_name(struct slice w)
{
	static const char *const ends[] = { "Error", "Exception", "Failure",
		"Fault", "Errors" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(ends); i++)
		if (w.len > strlen(ends[i]) &&
		    slice_ends(w, slice_of(ends[i])))
			return true;
	return w.len > 5 && slice_starts(w, SLICE("Err")) &&
	    w.ptr[3] >= 'A' && w.ptr[3] <= 'Z';
}

/* "E1054", "ERROR1366", "ORA-01017": capitals, then four digits or more. */
static bool
is_error_code(struct slice w)
{
	size_t letters = 0, digits = 0;

	while (letters < w.len && w.ptr[letters] >= 'A' &&
	    w.ptr[letters] <= 'Z')
		letters++;
	if (letters < w.len && w.ptr[letters] == '-')
		w = slice_sub(w, 1, w.len);
	while (letters + digits < w.len &&
	    ascii_is_digit(w.ptr[letters + digits]))
		digits++;
	return letters != 0 && letters <= 6 && digits >= 4 && digits <= 6 &&
	    letters + digits == w.len;
}

static bool
has_error_name(struct slice line)
{
	size_t at = 0, start;

	while (at < line.len) {
		while (at < line.len && !ascii_is_alnum(line.ptr[at]))
			at++;
		start = at;
		while (at < line.len && (ascii_is_alnum(line.ptr[at]) ||
		    line.ptr[at] == '_' || line.ptr[at] == '-'))
			at++;
		if (is_error_name(slice_sub(line, start, at)) ||
		    is_error_code(slice_sub(line, start, at)))
			return true;
	}
	return false;
}

bool
error_text_is_error(struct slice line)
{
	line = slice_sub(line, 0, ERROR_TEXT_MAX);
	return (has_error_word(line) && !counts_zero(line)) ||
	    has_error_name(line);
}

/* At least two words with letters, or one long one. */
static bool
says_enough(struct slice s)
{
	size_t i, letters = 0, words = 0;
	bool in_word = false;

	for (i = 0; i < s.len; i++) {
		bool letter = ascii_is_alpha(s.ptr[i]) ||
		    (unsigned char)s.ptr[i] >= 0x80;

		letters += letter;
		words += letter && !in_word;
		in_word = letter;
	}
	return letters >= 6 && (words >= 2 || letters >= 12);
}

/* Part of a stack trace that only says where. */
static bool
is_frame(struct slice s)
{
	return slice_starts(s, SLICE("at ")) ||
	    slice_starts(s, SLICE("File \"")) ||
	    slice_starts(s, SLICE("Traceback (")) ||
	    slice_starts(s, SLICE("goroutine ")) ||
	    slice_starts(s, SLICE("... "));
}

/* A row of a table, a tree, an option, a key of JSON. */
static bool
is_layout(struct slice s)
{
	return strchr("|+{}-=*", s.ptr[0]) != NULL ||
	    slice_starts(s, SLICE("│")) || slice_starts(s, SLICE("├")) ||
	    slice_starts(s, SLICE("└")) || (s.ptr[0] == '"' &&
	    memmem(s.ptr, s.len, "\":", 2) != NULL);
}

static bool
is_noise(struct slice s)
{
	return s.len < ERROR_TEXT_MIN || s.ptr[0] == '$' || s.ptr[0] == '#' ||
	    slice_starts(s, SLICE("...")) || slice_starts(s, SLICE("//")) ||
	    is_frame(s) || is_layout(s) || !says_enough(s);
}

bool
error_text_one(struct slice text, enum error_context where, struct slice *out)
{
	text = str_trim(text);
	if (is_noise(text))
		return false;
	if (where == ERROR_ANYWHERE && !error_text_is_error(text))
		return false;
	*out = str_trim(slice_sub(text, 0, utf8_cut(text, ERROR_TEXT_MAX)));
	return true;
}

/*
 * Behind "Traceback": skip to the last line, the first that is not indented.
 * A traceback that is cut off has none.
 */
static void
skip_traceback(struct slice *rest)
{
	struct slice next = *rest, line;

	while (str_line(&next, &line, NULL) && line.len != 0 &&
	    (line.ptr[0] == ' ' || line.ptr[0] == '\t'))
		*rest = next;
}

bool
error_text_next(struct slice *rest, enum error_context where,
    struct slice *out)
{
	struct slice line;

	while (str_line(rest, &line, NULL)) {
		if (slice_starts(str_trim(line), SLICE("Traceback ("))) {
			skip_traceback(rest);
			continue;
		}
		if (error_text_one(line, where, out))
			return true;
	}
	return false;
}

/* The run of ASCII text at the start of s, without blanks and colons. */
static struct slice
ascii_run(struct slice s)
{
	size_t n = 0;

	if (slice_starts(s, SLICE("：")))
		s = slice_sub(s, strlen("："), s.len);
	while (s.len != 0 && (s.ptr[0] == ' ' || s.ptr[0] == ':'))
		s = slice_sub(s, 1, s.len);
	while (n < s.len && (unsigned char)s.ptr[n] < 0x80)
		n++;
	return str_trim(slice_sub(s, 0, n));
}

static bool
is_ascii(struct slice s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] >= 0x80)
			return false;
	return true;
}

/* A whole heading that is a message rather than words about one. */
static bool
is_message(struct slice s)
{
	if (s.len == 0 || !is_ascii(s))
		return false;
	if (has_error_name(s) || slice_starts(s, SLICE("ERROR ")))
		return true;
	return error_text_is_error(s) && ((s.ptr[0] >= 'a' &&
	    s.ptr[0] <= 'z') || slice_ends(s, SLICE(" failed")) ||
	    memmem(s.ptr, s.len, ": ", 2) != NULL);
}

/* "Out of memory<a name="MemoryOOM"></a>" */
static struct slice
without_anchor(struct slice s)
{
	const char *p = s.len == 0 ? NULL : memmem(s.ptr, s.len, "<a ", 3);

	return p == NULL ? s :
	    str_trim(slice_sub(s, 0, (size_t)(p - s.ptr)));
}

bool
error_text_in_heading(struct slice heading, struct slice *out)
{
	static const char *const words[] = { "报错", "错误" };
	struct slice run;
	size_t i, k;

	heading = without_anchor(str_trim(slice_sub(heading, 0,
	    utf8_cut(heading, ERROR_TEXT_MAX))));
	if (is_message(heading))
		return error_text_one(heading, ERROR_IN_SYMPTOM, out);
	for (i = 0; i < heading.len; i++) {
		for (k = 0; k < ARRAY_LEN(words); k++) {
			struct slice rest = slice_sub(heading, i, heading.len);

			if (!slice_starts(rest, slice_of(words[k])))
				continue;
			run = ascii_run(slice_sub(rest, strlen(words[k]),
			    rest.len));
			if (error_text_one(run, ERROR_IN_SYMPTOM, out))
				return true;
		}
	}
	return false;
}

/* The next text in double quotes. */
static bool
next_quoted(struct slice *rest, struct slice *out)
{
	const char *open, *close;

	if (rest->len == 0 ||
	    (open = memchr(rest->ptr, '"', rest->len)) == NULL)
		return false;
	*rest = slice_sub(*rest, (size_t)(open - rest->ptr) + 1, rest->len);
	if (rest->len == 0 ||
	    (close = memchr(rest->ptr, '"', rest->len)) == NULL)
		return false;
	*out = slice_sub(*rest, 0, (size_t)(close - rest->ptr));
	*rest = slice_sub(*rest, out->len + 1, rest->len);
	return true;
}

/* "KeyError: ..." */
static bool
starts_with_error_name(struct slice s)
{
	size_t n = 0;

	while (n < s.len && (ascii_is_alnum(s.ptr[n]) || s.ptr[n] == '.'))
		n++;
	return n < s.len && s.ptr[n] == ':' &&
	    is_error_name(slice_sub(s, 0, n));
}

size_t
error_text_in_item(struct slice item, struct slice *out, size_t max)
{
	struct slice quoted;
	size_t n = 0;

	item = str_trim(item);
	if (starts_with_error_name(item) && is_ascii(item))
		return error_text_one(item, ERROR_ANYWHERE, out);
	if (!slice_starts(item, SLICE("\"")))
		return 0;
	while (n < max && next_quoted(&item, &quoted))
		n += is_ascii(quoted) &&
		    error_text_one(quoted, ERROR_IN_SYMPTOM, &out[n]);
	return n;
}

/* A name that is made of parts, so that it is not a word of a sentence. */
static bool
is_made_name(struct slice s)
{
	size_t i, marks = 0;

	for (i = 0; i < s.len; i++) {
		if (!ascii_is_alnum(s.ptr[i]) &&
		    strchr("_.-", s.ptr[i]) == NULL)
			return false;
		marks += s.ptr[i] == '_' || (i != 0 && s.ptr[i] >= 'A' &&
		    s.ptr[i] <= 'Z' && s.ptr[i - 1] >= 'a');
	}
	return s.len >= 5 && s.len <= 60 && marks != 0;
}

/* Bytes of the mark that ends a clause at the start of s; 0: none. */
static size_t
clause_mark(struct slice s)
{
	static const char *const marks[] = { "，", "。", "；", "、", "（", "）",
		"：", ", ", "; ", ". ", "(", ")", ": " };
	size_t i;

	for (i = 0; i < ARRAY_LEN(marks); i++)
		if (slice_starts(s, slice_of(marks[i])))
			return strlen(marks[i]);
	return 0;
}

/* The clause of s that the byte at `at` is in. */
static struct slice
clause_around(struct slice s, size_t at)
{
	size_t from = 0, to, i, n;

	for (i = 0; i < at; i++) {
		n = clause_mark(slice_sub(s, i, s.len));
		if (n != 0)
			from = i + n;
	}
	for (to = at; to < s.len && clause_mark(slice_sub(s, to, s.len)) == 0;
	    to++)
		;
	return str_trim(slice_sub(s, from < at ? from : at, to));
}

bool
error_text_clause(struct slice sentence, struct slice name, struct arena *a,
    struct slice *out)
{
	struct slice span = arena_printf(a, "`%.*s`", SLICE_ARG(name)), clause;
	const char *at = sentence.len == 0 ? NULL : memmem(sentence.ptr,
	    sentence.len, span.ptr, span.len);
	char *p;
	size_t i, n = 0;

	if (at == NULL || !is_made_name(name))
		return false;
	clause = clause_around(sentence, (size_t)(at - sentence.ptr));
	if (clause.len < span.len + 3 || clause.len > 80)
		return false;
	p = arena_alloc(a, clause.len);
	for (i = 0; i < clause.len; i++)
		if (clause.ptr[i] != '`')
			p[n++] = clause.ptr[i];
	*out = slice_make(p, n);
	return true;
}

/* Runs of letters, digits and marks between blanks. */
static size_t
count_words(struct slice s)
{
	size_t i, n = 0;
	bool inside = false;

	for (i = 0; i < s.len; i++) {
		bool word = !ascii_is_space(s.ptr[i]);

		n += word && !inside;
		inside = word;
	}
	return n;
}

bool
error_text_mention(struct slice text, struct slice *out)
{
	text = str_trim(text);
	return text.len <= ERROR_TEXT_MAX && is_ascii(text) &&
	    count_words(text) >= 3 &&
	    error_text_one(text, ERROR_ANYWHERE, out);
}

/* Says in Chinese that something went wrong. */
static bool
is_about_error(struct slice s)
{
	static const char *const words[] = { "错误", "报错", "异常", "失败",
		"告警" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(words); i++)
		if (s.len != 0 && memmem(s.ptr, s.len, words[i],
		    strlen(words[i])) != NULL)
			return true;
	return false;
}

bool
error_text_next_run(struct slice heading, struct slice *rest,
    struct slice *out)
{
	size_t from, to = 0;

	if (is_ascii(heading))
		return false;
	while (to < rest->len) {
		for (from = to; from < rest->len &&
		    (unsigned char)rest->ptr[from] >= 0x80; from++)
			;
		for (to = from; to < rest->len &&
		    (unsigned char)rest->ptr[to] < 0x80; to++)
			;
		*out = without_anchor(str_trim(slice_sub(*rest, from, to)));
		if (count_words(*out) >= 3 && says_enough(*out) &&
		    out->len >= ERROR_TEXT_MIN && (is_about_error(heading) ||
		    error_text_is_error(*out))) {
			*rest = slice_sub(*rest, to, rest->len);
			return true;
		}
	}
	return false;
}
