/*
 * entry_tail.c - where text is added to an entry; see entry_tail.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/entry_tail.h"
#include "common/buf.h"
#include "common/str.h"
#include "kb/fence.h"

/* A thematic break of CommonMark: three or more of the same of - * _ */
static bool
is_rule(struct slice line)
{
	size_t i, n = 0;
	char mark = '\0';

	for (i = 0; i < line.len && i < 3 && line.ptr[i] == ' '; i++)
		;
	for (; i < line.len; i++) {
		char c = line.ptr[i];

		if (c == ' ' || c == '\t')
			continue;
		if (mark == '\0' && strchr("-*_", c) != NULL && c != '\0')
			mark = c;
		if (c != mark)
			return false;
		n++;
	}
	return n >= 3;
}

size_t
entry_tail(struct slice markdown)
{
	struct slice rest = markdown, line;
	struct fence fence = FENCE_INIT;
	bool after_blank = false;
	size_t tail = 0, end;

	while (str_line(&rest, &line, NULL)) {
		end = rest.ptr == NULL ? markdown.len :
		    (size_t)(rest.ptr - markdown.ptr);
		/* "---" right below text is a heading's underline */
		if (fence_next(&fence, line) == FENCE_OUTSIDE &&
		    (str_trim(line).len == 0 ||
		    (after_blank && is_rule(line)))) {
			after_blank = true;
		} else {
			tail = end;
			after_blank = false;
		}
	}
	return tail;
}

/* The line end that the entry uses, by its first line. */
static const char *
line_end(struct slice markdown)
{
	struct slice line;
	size_t end = 0;

	(void)str_line(&markdown, &line, &end);
	return end == 2 ? "\r\n" : end == 1 && line.len != 0 &&
	    line.ptr[line.len] == '\r' ? "\r" : "\n";
}

void
entry_append(struct slice markdown, struct slice text, struct buf *out)
{
	size_t tail = entry_tail(markdown), end;
	const char *eol = line_end(markdown);
	struct slice line;

	buf_put_slice(out, slice_sub(markdown, 0, tail));
	if (tail != 0 && markdown.ptr[tail - 1] != '\n' &&
	    markdown.ptr[tail - 1] != '\r')
		buf_puts(out, eol);
	if (tail != 0)
		buf_puts(out, eol);
	/* blank lines around the new text would only pile up */
	while (text.len != 0 && strchr(" \t\r\n",
	    text.ptr[text.len - 1]) != NULL)
		text.len--;
	while (text.len != 0 && (text.ptr[0] == '\n' || text.ptr[0] == '\r'))
		text = slice_sub(text, 1, text.len);
	while (text.len != 0 && str_line(&text, &line, &end)) {
		buf_put_slice(out, line);
		buf_puts(out, eol);
	}
	buf_put_slice(out, slice_sub(markdown, tail, markdown.len));
}
