/*
 * merge_fields.c - three-way merge by the fields of an entry; see merge.h.
 *
 * A text is cut where a label begins a line ("**原因**: …", "- Fix: …"), with
 * the blank lines above it, and before the rule and blank lines at its end.
 * Pieces of the same label are the same piece. Then:
 *
 *   in all three texts    merged by lines
 *   added on one side     taken, after the piece that it follows
 *   added on both sides   one if the same, else a conflict; different ones at
 *                         the same place come in the order of the labels
 *   removed on one side   gone, unless the other side changed it
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/merge_internal.h"

#include "common/str.h"
#include "kb/rules.h"
#include "kb/text_lines.h"

#define PIECES_MAX 200
#define LABEL_MAX 160		/* bytes at the start of a line */

#define KEY_TOP 0		/* the heading, and what has no label */
#define KEY_TAIL 1000000	/* the rule and blank lines at the end */

enum { BASE, A, B, SIDES };

struct piece {
	int key;		/* label and how often it was there before */
	struct slice text;
};

struct pieces {
	struct piece list[PIECES_MAX + 1];
	size_t n;
	size_t at;		/* of the walk in merge_all() */
};

/* ---- cut ---- */

/* "> ", "- ", "1. ", "**": what may stand before and around a label. */
static struct slice
without_marks(struct slice line, char out[LABEL_MAX])
{
	size_t i = 0, n = 0;

	line = str_trim(line);
	while (i < line.len && (ascii_is_digit(line.ptr[i]) ||
	    memchr("-+*>.) \t", line.ptr[i], 8) != NULL))
		i++;
	for (; i < line.len && n < LABEL_MAX; i++)
		if (line.ptr[i] != '*' && line.ptr[i] != '_')
			out[n++] = line.ptr[i];
	return slice_make(out, n);
}

static bool
is_label(struct slice line, enum label *out)
{
	char copy[LABEL_MAX];
	struct slice rest;

	return rules_label_line(without_marks(line, copy), out, &rest);
}

/* A line that opens or closes a code block; the other kind means nothing. */
static void
follow_fence(struct slice line, char *fence)
{
	char c;

	line = str_trim(line);
	if (line.len < 3)
		return;
	c = line.ptr[0];
	if ((c != '`' && c != '~') || line.ptr[1] != c || line.ptr[2] != c)
		return;
	if (*fence == '\0')
		*fence = c;
	else if (*fence == c)
		*fence = '\0';
}

static int
key_of(const struct pieces *p, enum label label)
{
	int times = 0;
	size_t i;

	for (i = 0; i < p->n; i++)
		times += p->list[i].key / 1000 == (int)label + 1;
	return ((int)label + 1) * 1000 + times;
}

static bool
add_piece(struct pieces *p, int key, struct slice text)
{
	if (p->n == PIECES_MAX)
		return false;
	p->list[p->n++] = (struct piece){ key, text };
	return true;
}

/* False when there are too many pieces. */
static bool
cut(struct slice text, struct pieces *p)
{
	bool has_rule;
	size_t end = text_tail(text, &has_rule), start = 0, blank = 0, at = 0;
	struct slice rest = slice_sub(text, 0, end), line;
	int key = KEY_TOP;
	char fence = '\0';
	enum label label;

	p->n = p->at = 0;
	while (at < end && str_line(&rest, &line, NULL)) {
		follow_fence(line, &fence);
		if (at > 0 && fence == '\0' && is_label(line, &label)) {
			if (!add_piece(p, key, slice_sub(text, start, blank)))
				return false;
			key = key_of(p, label);
			start = blank;
		}
		at = (size_t)(rest.ptr - text.ptr);
		if (str_trim(line).len != 0)
			blank = at;
	}
	return add_piece(p, key, slice_sub(text, start, end)) &&
	    add_piece(p, KEY_TAIL, slice_sub(text, end, text.len));
}

/* ---- order ---- */

static const struct piece *
find(const struct pieces *p, int key)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		if (p->list[i].key == key)
			return &p->list[i];
	return NULL;
}

/* Do the pieces that both have stand in the same order? */
static bool
same_order(const struct pieces *x, const struct pieces *y)
{
	size_t i, j = 0;

	for (i = 0; i < x->n; i++) {
		const struct piece *hit = find(y, x->list[i].key);

		if (hit == NULL)
			continue;
		if ((size_t)(hit - y->list) < j)
			return false;
		j = (size_t)(hit - y->list);
	}
	return true;
}

/* How many pieces of the base stand before this one of a side. */
static size_t
place_of(const struct pieces *base, const struct pieces *side, int key)
{
	size_t i, n = 0;

	for (i = 0; i < side->n && side->list[i].key != key; i++)
		n += find(base, side->list[i].key) != NULL;
	return n;
}

/* What both added must be at the same place. */
static bool
same_places(struct pieces p[SIDES])
{
	size_t i;

	for (i = 0; i < p[A].n; i++) {
		int key = p[A].list[i].key;

		if (find(&p[BASE], key) == NULL && find(&p[B], key) != NULL &&
		    place_of(&p[BASE], &p[A], key) !=
		    place_of(&p[BASE], &p[B], key))
			return false;
	}
	return true;
}

/* ---- merge ---- */

static void
merge_piece(struct merging *m, struct pieces p[SIDES], int key)
{
	const struct piece *x[SIDES];
	struct slice t[SIDES];
	int i;

	for (i = 0; i < SIDES; i++) {
		x[i] = find(&p[i], key);
		t[i] = x[i] != NULL ? x[i]->text : slice_make(NULL, 0);
	}
	if (x[BASE] != NULL && x[A] != NULL && x[B] != NULL)
		merge_put_lines(m, t[BASE], t[A], t[B]);
	else if (slice_eq(t[A], t[B]))
		merge_put(m, t[A]);
	else if (x[BASE] == NULL && (x[A] == NULL || x[B] == NULL))
		merge_put(m, x[A] != NULL ? t[A] : t[B]);
	else if (slice_eq(t[BASE], t[A]))
		merge_put(m, t[B]);
	else if (slice_eq(t[BASE], t[B]))
		merge_put(m, t[A]);
	else
		merge_put_conflict(m, t[BASE], t[A], t[B]);
}

/* The next piece of a side that the base does not have; NULL: not now. */
static const struct piece *
next_added(const struct pieces p[SIDES], int side)
{
	const struct pieces *s = &p[side];
	const struct piece *x = s->at < s->n ? &s->list[s->at] : NULL;

	return x != NULL && find(&p[BASE], x->key) == NULL ? x : NULL;
}

/* What both sides added at this place, in an order that knows no side. */
static void
merge_added(struct merging *m, struct pieces p[SIDES])
{
	const struct piece *a, *b;

	for (;;) {
		a = next_added(p, A);
		b = next_added(p, B);
		if (a == NULL && b == NULL)
			return;
		if (a != NULL && b != NULL && a->key != b->key) {
			/* one that both have waits for the other side */
			if (find(&p[B], a->key) != NULL)
				a = NULL;
			else if (find(&p[A], b->key) != NULL ||
			    a->key < b->key)
				b = NULL;
			else
				a = NULL;
		}
		merge_piece(m, p, a != NULL ? a->key : b->key);
		p[A].at += a != NULL;
		p[B].at += b != NULL;
	}
}

static void
merge_all(struct merging *m, struct pieces p[SIDES])
{
	size_t i;
	int side;

	for (i = 0; i < p[BASE].n; i++) {
		int key = p[BASE].list[i].key;

		merge_added(m, p);
		merge_piece(m, p, key);
		for (side = A; side <= B; side++)
			if (p[side].at < p[side].n &&
			    p[side].list[p[side].at].key == key)
				p[side].at++;
	}
	merge_added(m, p);
}

bool
merge_put_fields(struct merging *m, struct slice base, struct slice a,
    struct slice b)
{
	struct pieces *p = arena_calloc(m->arena, SIDES, sizeof(*p));

	if (!cut(base, &p[BASE]) || !cut(a, &p[A]) || !cut(b, &p[B]))
		return false;
	/* no labels at all: lines say the same */
	if (p[BASE].n == 2 && p[A].n == 2 && p[B].n == 2)
		return false;
	if (!same_order(&p[BASE], &p[A]) || !same_order(&p[BASE], &p[B]) ||
	    !same_order(&p[A], &p[B]) || !same_places(p))
		return false;
	merge_all(m, p);
	return true;
}
