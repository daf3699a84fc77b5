/*
 * fence.c - following the fences of a Markdown text; see fence.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/fence.h"
#include "common/str.h"

enum fence_line
fence_next(struct fence *f, struct slice line)
{
	struct slice s = str_trim(line), rest;
	char mark = s.len != 0 ? s.ptr[0] : '\0';
	size_t n = 0;

	while (n < s.len && s.ptr[n] == mark)
		n++;
	rest = slice_sub(s, n, s.len);
	if (f->mark != '\0') {
		if (mark != f->mark || n < f->len || rest.len != 0)
			return FENCE_INSIDE;
		f->mark = '\0';
		return FENCE_CLOSES;
	}
	/* "```a```" is a code span */
	if ((mark != '`' && mark != '~') || n < 3 || (mark == '`' &&
	    rest.len != 0 && memchr(rest.ptr, '`', rest.len) != NULL))
		return FENCE_OUTSIDE;
	f->mark = mark;
	f->len = n;
	return FENCE_OPENS;
}
