/*
 * snippet.c - one line around what was found; see snippet.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/snippet.h"
#include "common/arena.h"
#include "common/str.h"
#include "kb/mark.h"

#include <string.h>

/* The column whose words tell most, apart from the title; -1: none does. */
static int
snippet_column(const struct query *q, const struct rank_row *row)
{
	double worth[RANK_NCOLUMNS] = { 0 };
	int best = RANK_BODY, i;

	for (i = 0; i < (int)q->ngroups; i++)
		if (row->form[i] != 0)
			worth[row->column[i]] += q->groups[i].idf;
	for (i = 0; i < RANK_NCOLUMNS; i++)
		if (i != RANK_TITLE && i != RANK_PATH && worth[i] > worth[best])
			best = i;
	return worth[best] > 0 ? best : -1;
}

/* The byte from which a window of SNIPPET_MAX bytes holds most hits. */
static size_t
best_window(const struct mark *r, size_t n)
{
	size_t i, k, best = 0, most = 0;

	for (i = 0; i < n; i++) {
		size_t sum = 0;

		for (k = i; k < n && r[k].end <= r[i].start + SNIPPET_MAX; k++)
			sum += r[k].end - r[k].start;
		if (sum > most) {
			most = sum;
			best = r[i].start;
		}
	}
	return best;
}

static bool
is_border(struct slice s, size_t at)
{
	return at == 0 || s.ptr[at - 1] == '\n';
}

/* Blanks collapsed, cut at characters, with dots where text is left out. */
static struct slice
one_line(struct slice s, size_t from, size_t to, struct arena *a)
{
	char *out = arena_alloc(a, to - from + 8);
	size_t i, n = 0;

	if (!is_border(s, from)) {
		memcpy(out, "\xe2\x80\xa6", 3);
		n = 3;
	}
	for (i = from; i < to; i++) {
		if (!ascii_is_space(s.ptr[i]))
			out[n++] = s.ptr[i];
		else if (n > 0 && out[n - 1] != ' ')
			out[n++] = ' ';
	}
	while (n > 0 && out[n - 1] == ' ')
		n--;
	if (to < s.len) {
		memcpy(out + n, "\xe2\x80\xa6", 3);
		n += 3;
	}
	return slice_make(out, n);
}

static struct slice
cut_snippet(struct slice text, const struct mark *r, size_t n, struct arena *a)
{
	size_t hit = n > 0 ? best_window(r, n) : 0, from, to;

	if (hit > text.len)
		hit = text.len;
	/* a little of what stands before, from the line's start if near */
	from = hit;
	while (from > 0 && hit - from < SNIPPET_MAX / 4 &&
	    text.ptr[from - 1] != '\n')
		from--;
	while (from < hit && ((unsigned char)text.ptr[from] & 0xc0) == 0x80)
		from++;
	to = from + utf8_cut(slice_sub(text, from, text.len), SNIPPET_MAX);
	return one_line(text, from, to, a);
}

/* The beginning of what an entry says, when its title was all that hit. */
static struct slice
opening(const struct slice columns[RANK_NCOLUMNS], struct arena *a)
{
	static const enum rank_column order[] = { RANK_SYMPTOM, RANK_ERROR,
		RANK_BODY, RANK_COMMAND };
	struct slice text = { NULL, 0 };
	size_t i;

	for (i = 0; i < ARRAY_LEN(order) && text.len == 0; i++)
		text = str_trim(columns[order[i]]);
	return cut_snippet(text, NULL, 0, a);
}

struct slice
snippet_make(const struct query *q, const struct rank_row *row,
    const struct slice columns[RANK_NCOLUMNS], struct arena *a)
{
	int column = snippet_column(q, row);
	struct mark *marks;
	size_t n;

	if (column < 0)
		return opening(columns, a);
	n = mark_find(q, columns[column], a, &marks);
	return cut_snippet(columns[column], marks, n, a);
}
