/*
 * text_lines.c - the ends of lines and of texts; see text_lines.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/text_lines.h"

#include "common/arena.h"
#include "common/buf.h"
#include "common/str.h"

enum line_kind { LINE_NONE, LINE_LF, LINE_CRLF, LINE_CR, LINE_MIXED };

static const char *const line_ends[] = { "\n", "\n", "\r\n", "\r", "\n" };

size_t
text_end_length(struct slice s)
{
	if (slice_ends(s, SLICE("\r\n")))
		return 2;
	return slice_ends(s, SLICE("\n")) || slice_ends(s, SLICE("\r"));
}

static enum line_kind
kind_of_line(struct slice line, size_t end)
{
	if (end == 0)
		return LINE_NONE;
	if (end == 2)
		return LINE_CRLF;
	return line.ptr[line.len] == '\r' ? LINE_CR : LINE_LF;
}

const char *
text_line_end(struct slice text)
{
	struct slice line;
	size_t end = 0;

	if (!str_line(&text, &line, &end))
		return "\n";
	return line_ends[kind_of_line(line, end)];
}

/* The one kind of line end that a text has. */
static enum line_kind
kind_of(struct slice text)
{
	enum line_kind kind = LINE_NONE;
	struct slice line;
	size_t end;

	while (str_line(&text, &line, &end)) {
		enum line_kind k = kind_of_line(line, end);

		if (k != LINE_NONE && kind != LINE_NONE && k != kind)
			return LINE_MIXED;
		if (k != LINE_NONE)
			kind = k;
	}
	return kind;
}

struct slice
text_with_line_ends(struct slice text, struct slice like, struct arena *a)
{
	enum line_kind from = kind_of(text), to = kind_of(like);
	struct buf b = BUF_INIT;
	struct slice line, out;
	size_t end;

	if (from == to || from == LINE_NONE || to == LINE_NONE ||
	    from == LINE_MIXED || to == LINE_MIXED)
		return text;
	while (str_line(&text, &line, &end)) {
		buf_put_slice(&b, line);
		if (end != 0)
			buf_puts(&b, line_ends[to]);
	}
	out = arena_dup(a, buf_slice(&b));
	buf_free(&b);
	return out;
}

static bool
is_rule(struct slice line)
{
	size_t i, n = 0;

	line = str_trim(line);
	for (i = 0; i < line.len; i++) {
		if (line.ptr[i] != line.ptr[0] && line.ptr[i] != ' ')
			return false;
		n += line.ptr[i] != ' ';
	}
	return n >= 3 && memchr("-*_", line.ptr[0], 3) != NULL;
}

size_t
text_tail(struct slice text, bool *has_rule)
{
	size_t tail = text.len, at = 0;
	struct slice rest = text, line;
	bool was_blank = false;

	*has_rule = false;
	while (str_line(&rest, &line, NULL)) {
		bool is_blank = str_trim(line).len == 0;

		if (is_blank && !was_blank && tail == text.len)
			tail = at;
		else if (!is_blank && was_blank && is_rule(line) && !*has_rule)
			*has_rule = true;
		else if (!is_blank)
			tail = text.len, *has_rule = false;
		was_blank = is_blank;
		at = (size_t)(rest.ptr - text.ptr);
	}
	return tail;
}

struct fence {
	char mark;		/* '\0': none is open */
	size_t length;
};

/* The mark and length of a fence that this line may be. */
static struct fence
fence_of(struct slice line, struct slice *rest)
{
	struct fence f = { '\0', 0 };

	line = str_trim(line);
	if (line.len >= 3 && (line.ptr[0] == '`' || line.ptr[0] == '~'))
		f.mark = line.ptr[0];
	while (f.mark != '\0' && f.length < line.len &&
	    line.ptr[f.length] == f.mark)
		f.length++;
	*rest = slice_sub(line, f.length, line.len);
	if (f.length < 3 || (f.mark == '`' && rest->len != 0 &&
	    memchr(rest->ptr, '`', rest->len) != NULL))
		f.mark = '\0';
	return f;
}

unsigned
text_open_fence(struct slice text)
{
	struct fence open = { '\0', 0 };
	struct slice line, rest;
	unsigned n = 0, at = 0;

	while (str_line(&text, &line, NULL)) {
		struct fence f = fence_of(line, &rest);

		n++;
		if (f.mark == '\0')
			continue;
		if (open.mark == '\0')
			open = f, at = n;
		else if (f.mark == open.mark && f.length >= open.length &&
		    rest.len == 0)
			open.mark = '\0';
	}
	return open.mark != '\0' ? at : 0;
}
