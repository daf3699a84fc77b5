/*
 * myers.c - Myers' comparison in linear space; see myers.h.
 *
 * A box is a range of a and a range of b. Two searches, from its upper left
 * and its lower right corner, take one more change each turn and keep, for
 * each diagonal, how far they came. Where they meet, a shortest path goes
 * through, and the box falls into two. After TURNS_MAX turns the point that
 * came furthest will do, so that a box costs no more than its size times a
 * constant; the budget bounds what all boxes cost.
 *
 * Invariants:
 *   (1) A box that is split has no common first and no common last item.
 *   (2) Both halves are smaller than the box.
 *   (3) The smaller half is done by a call, the larger one by the loop, so
 *       that the stack is no deeper than the logarithm of the length.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/myers.h"

#include <limits.h>
#include <stdlib.h>

#include "common/mem.h"

#define TURNS_MAX 256
#define NOWHERE (INT_MIN / 2)

struct box {
	int x0, x1;	/* of a */
	int y0, y1;	/* of b */
};

/* How far a search came on each diagonal x - y between lo and hi. */
struct front {
	int *x;		/* owned; index 0 is the diagonal -nb - 1 */
	int lo, hi;
};

struct compare {
	const int *a, *b;
	bool *a_changed, *b_changed;
	struct front down, up;
	int zero;	/* index of the diagonal 0 */
	long budget;
};

struct point {
	int x, y;
};

static void
mark_all(struct compare *c, struct box b)
{
	int i;

	for (i = b.x0; i < b.x1; i++)
		c->a_changed[i] = true;
	for (i = b.y0; i < b.y1; i++)
		c->b_changed[i] = true;
}

/* One more diagonal on each side, where the box has them. */
static void
widen(struct compare *c, struct front *f, const struct box *b)
{
	if (f->lo > b->x0 - b->y1)
		f->x[c->zero + --f->lo - 1] = NOWHERE;
	else
		f->lo++;
	if (f->hi < b->x1 - b->y0)
		f->x[c->zero + ++f->hi + 1] = NOWHERE;
	else
		f->hi--;
}

/* The furthest x on diagonal d with one more change, from the left or above. */
static int
step_down(const struct compare *c, const struct box *b, int d)
{
	const int *x = &c->down.x[c->zero + d];
	int removed = x[-1] == NOWHERE ? NOWHERE : x[-1] + 1;
	int added = x[1];

	if (removed > b->x1)
		removed = NOWHERE;
	if (added != NOWHERE && added - d > b->y1)
		added = NOWHERE;
	return removed > added ? removed : added;
}

/* The same from below; NOWHERE, too, is the worst there. */
static int
step_up(const struct compare *c, const struct box *b, int d)
{
	const int *x = &c->up.x[c->zero + d];
	int removed = x[1] == NOWHERE ? NOWHERE : x[1] - 1;
	int added = x[-1];

	if (removed < b->x0)
		removed = NOWHERE;
	if (added != NOWHERE && added - d < b->y0)
		added = NOWHERE;
	if (removed == NOWHERE || added == NOWHERE)
		return removed == NOWHERE ? added : removed;
	return removed < added ? removed : added;
}

static bool
search_down(struct compare *c, const struct box *b, bool odd,
    struct point *met)
{
	int d, x;

	widen(c, &c->down, b);
	for (d = c->down.hi; d >= c->down.lo; d -= 2) {
		int start = x = step_down(c, b, d);

		if (x != NOWHERE)
			while (x < b->x1 && x - d < b->y1 &&
			    c->a[x] == c->b[x - d])
				x++;
		c->down.x[c->zero + d] = x;
		c->budget -= 1 + x - start;
		if (x == NOWHERE || !odd || d < c->up.lo || d > c->up.hi ||
		    c->up.x[c->zero + d] == NOWHERE ||
		    c->up.x[c->zero + d] > x)
			continue;
		*met = (struct point){ x, x - d };
		return true;
	}
	return false;
}

static bool
search_up(struct compare *c, const struct box *b, bool odd,
    struct point *met)
{
	int d, x;

	widen(c, &c->up, b);
	for (d = c->up.hi; d >= c->up.lo; d -= 2) {
		int start = x = step_up(c, b, d);

		if (x != NOWHERE)
			while (x > b->x0 && x - d > b->y0 &&
			    c->a[x - 1] == c->b[x - d - 1])
				x--;
		c->up.x[c->zero + d] = x;
		c->budget -= 1 + start - x;
		if (x == NOWHERE || odd || d < c->down.lo ||
		    d > c->down.hi || c->down.x[c->zero + d] < x)
			continue;
		*met = (struct point){ x, x - d };
		return true;
	}
	return false;
}

/* The point that took most items off the box, from either side. */
static struct point
furthest(const struct compare *c, const struct box *b)
{
	struct point best = { b->x0, b->y0 };
	int most = -1, d;

	for (d = c->down.lo; d <= c->down.hi; d += 2) {
		int x = c->down.x[c->zero + d];
		int taken = x == NOWHERE ? -1 : x - b->x0 + x - d - b->y0;

		if (taken > most)
			most = taken, best = (struct point){ x, x - d };
	}
	for (d = c->up.lo; d <= c->up.hi; d += 2) {
		int x = c->up.x[c->zero + d];
		int taken = x == NOWHERE ? -1 : b->x1 - x + b->y1 - (x - d);

		if (taken > most)
			most = taken, best = (struct point){ x, x - d };
	}
	return best;
}

/* Where the box is split; false when the budget is used up. */
static bool
find_split(struct compare *c, const struct box *b, struct point *out)
{
	int from = b->x0 - b->y0, to = b->x1 - b->y1, turn;
	bool odd = ((from - to) & 1) != 0;

	c->down.lo = c->down.hi = from;
	c->up.lo = c->up.hi = to;
	c->down.x[c->zero + from] = b->x0;
	c->up.x[c->zero + to] = b->x1;
	for (turn = 0; turn < TURNS_MAX; turn++) {
		if (c->budget <= 0)
			return false;
		if (search_down(c, b, odd, out) || search_up(c, b, odd, out))
			return true;
	}
	*out = furthest(c, b);
	return true;
}

static struct box
trim(const struct compare *c, struct box b)
{
	while (b.x0 < b.x1 && b.y0 < b.y1 && c->a[b.x0] == c->b[b.y0])
		b.x0++, b.y0++;
	while (b.x0 < b.x1 && b.y0 < b.y1 && c->a[b.x1 - 1] == c->b[b.y1 - 1])
		b.x1--, b.y1--;
	return b;
}

static int
size_of(struct box b)
{
	return b.x1 - b.x0 + b.y1 - b.y0;
}

static void
compare_box(struct compare *c, struct box b)
{
	for (;;) {
		struct box left, right;
		struct point p;

		b = trim(c, b);
		if (b.x0 == b.x1 || b.y0 == b.y1)
			break;
		if (!find_split(c, &b, &p))
			break;
		left = (struct box){ b.x0, p.x, b.y0, p.y };
		right = (struct box){ p.x, b.x1, p.y, b.y1 };
		if (size_of(left) == 0 || size_of(right) == 0)
			break;
		compare_box(c, size_of(left) < size_of(right) ? left : right);
		b = size_of(left) < size_of(right) ? right : left;
	}
	mark_all(c, b);
}

bool
myers_compare(const int *a, size_t na, const int *b, size_t nb,
    bool *a_changed, bool *b_changed)
{
	struct compare c = { .a = a, .b = b, .a_changed = a_changed,
		.b_changed = b_changed, .budget = MYERS_BUDGET };
	size_t room = na + nb + 3, i;

	c.down.x = mem_calloc(room, sizeof(int));
	c.up.x = mem_calloc(room, sizeof(int));
	for (i = 0; i < room; i++)
		c.down.x[i] = c.up.x[i] = NOWHERE;
	c.zero = (int)nb + 1;
	compare_box(&c, (struct box){ 0, (int)na, 0, (int)nb });
	free(c.down.x);
	free(c.up.x);
	return c.budget > 0;
}
