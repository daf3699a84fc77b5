/*
 * runs.c - a line of differently styled pieces; see runs.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbctl/runs.h"
#include "common/mem.h"
#include "common/str.h"
#include "common/visible.h"

#include <stdlib.h>

#define COLUMNS_MIN 10		/* for the text, however small the terminal */

void
runs_free(struct runs *r)
{
	buf_free(&r->text);
	free(r->runs);
	*r = RUNS_INIT;
}

void
runs_reset(struct runs *r)
{
	buf_reset(&r->text);
	r->n = 0;
}

void
runs_add(struct runs *r, enum style style, struct slice text)
{
	if (text.len == 0)
		return;
	visible_put(&r->text, text, VISIBLE_LINE);
	if (r->n != 0 && r->runs[r->n - 1].style == style) {
		r->runs[r->n - 1].to = r->text.len;
		return;
	}
	r->runs = mem_grow(r->runs, r->n, &r->cap, sizeof(*r->runs));
	r->runs[r->n++] = (struct run){ style, r->text.len };
}

static size_t
width_at(struct slice text, size_t at, size_t *next, int32_t *cp)
{
	int w;

	*cp = utf8_decode(text, at, next);
	w = *cp < 0 ? 1 : char_width(*cp);
	return w < 0 ? 1 : (size_t)w;
}

/* A character that a line may end behind. */
static bool
ends_word(int32_t cp, size_t width)
{
	return cp == ' ' || width == 2;
}

/* Columns from `at` to where a line may be broken next, at least one more. */
static size_t
word_width(struct slice text, size_t at, size_t max)
{
	size_t next, used = 0, w;
	int32_t cp;

	for (; at < text.len && used <= max; at = next) {
		w = width_at(text, at, &next, &cp);
		if (used != 0 && ends_word(cp, w))
			break;
		used += w;
		if (ends_word(cp, w))
			break;
	}
	return used;
}

/* Bytes of text from `at` on that one line takes. */
static size_t
line_end(struct slice text, size_t at, size_t room)
{
	size_t next, used = 0, w;
	bool may_break = false;
	int32_t cp;

	for (; at < text.len; at = next) {
		if (may_break && used + word_width(text, at, room) > room &&
		    word_width(text, at, room) <= room)
			break;
		w = width_at(text, at, &next, &cp);
		if (used + w > room && used != 0)
			break;
		used += w;
		may_break = ends_word(cp, w);
	}
	return at;
}

/* The bytes from..to, each piece in its style. */
static void
put_part(const struct runs *r, struct screen *s, size_t from, size_t to)
{
	struct slice text = buf_slice(&r->text);
	size_t i, begin = 0, a, b;

	for (i = 0; i < r->n; begin = r->runs[i].to, i++) {
		a = begin > from ? begin : from;
		b = r->runs[i].to < to ? r->runs[i].to : to;
		if (a < b)
			print_text(s, r->runs[i].style, slice_sub(text, a, b));
	}
	print_end(s);
}

void
runs_print(const struct runs *r, struct screen *s, struct slice first,
    struct slice next)
{
	struct slice text = buf_slice(&r->text);
	size_t margin = str_width(first), at = 0, end;
	size_t room = s->columns > margin + COLUMNS_MIN ?
	    s->columns - margin : COLUMNS_MIN;

	if (!s->is_terminal)
		room = SIZE_MAX;
	do {
		end = room == SIZE_MAX ? text.len : line_end(text, at, room);
		print_text(s, STYLE_DIM, at == 0 ? first : next);
		put_part(r, s, at, end);
		at = end;
	} while (at < text.len);
}
