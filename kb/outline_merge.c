/*
 * outline_merge.c - base, head and file become one outline; see
 * outline_merge.h.
 *
 * Every entry of any side gets a slot; a slot knows the entry's index on each
 * side. First each slot's text is decided, then the order.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/outline_merge.h"

#include <stdlib.h>

#include "common/arena.h"
#include "common/mem.h"
#include "common/str.h"
#include "kb/merge.h"
#include "kb/text_lines.h"

enum { BASE, HEAD, FILE_, SIDES };

enum verdict {
	KEEP_NONE,	/* it is not in the result */
	KEEP_HEAD,	/* with the head's bytes */
	KEEP_FILE,
	KEEP_MERGED	/* with a text made of both */
};

struct slot {
	int64_t id;
	int at[SIDES];		/* its index on each side, or -1 */
	enum verdict verdict;
	bool moved[SIDES];	/* against the base */
	struct slice merged;	/* when the verdict is KEEP_MERGED */
};

struct merge {
	struct merge_side side[SIDES];
	struct slot *slots;	/* in the arena */
	size_t n;
	int *slot_of[SIDES];	/* in the arena: the slot of each entry */
	struct arena *a;
	struct merge_result *out;
	size_t conflict_cap;
};

/* ---- slots ---- */

struct named {
	int64_t id;
	int side, at;
};

static int
compare_named(const void *a, const void *b)
{
	const struct named *x = a, *y = b;

	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	return x->side - y->side;
}

static void
make_slots(struct merge *m)
{
	size_t total = 0, n = 0, i;
	struct named *list;
	int side;

	for (side = 0; side < SIDES; side++) {
		total += m->side[side].n;
		m->slot_of[side] = arena_calloc(m->a, m->side[side].n,
		    sizeof(int));
	}
	list = mem_calloc(total + 1, sizeof(*list));
	for (side = 0; side < SIDES; side++)
		for (i = 0; i < m->side[side].n; i++)
			list[n++] = (struct named){
				m->side[side].entries[i].id, side, (int)i };
	qsort(list, n, sizeof(*list), compare_named);
	m->slots = arena_calloc(m->a, total, sizeof(*m->slots));
	for (i = 0; i < n; i++) {
		if (i == 0 || list[i].id != list[i - 1].id)
			m->slots[m->n++] = (struct slot){ .id = list[i].id,
				.at = { -1, -1, -1 } };
		m->slots[m->n - 1].at[list[i].side] = list[i].at;
		m->slot_of[list[i].side][list[i].at] = (int)m->n - 1;
	}
	free(list);
}

static struct slice
bytes_of(const struct merge *m, const struct slot *s, int side)
{
	return s->at[side] < 0 ? slice_make(NULL, 0) :
	    m->side[side].entries[s->at[side]].bytes;
}

/* ---- texts ---- */

static void
add_conflict(struct merge *m, const struct slot *s, enum merge_reason reason)
{
	struct merge_result *r = m->out;

	r->conflicts = arena_grow(m->a, r->conflicts, r->nconflicts,
	    &m->conflict_cap, sizeof(*r->conflicts));
	r->conflicts[r->nconflicts++] = (struct merge_conflict){ s->id, reason,
		bytes_of(m, s, HEAD), bytes_of(m, s, FILE_) };
}

static bool
same_but_blanks(struct slice a, struct slice b)
{
	return slice_eq(str_trim(a), str_trim(b));
}

/* Changes of both sides that do not overlap make one text. */
static enum verdict
merge_both(struct merge *m, struct slot *s)
{
	struct merge_text t;

	if (s->at[BASE] >= 0) {
		merge_texts(bytes_of(m, s, BASE), bytes_of(m, s, HEAD),
		    bytes_of(m, s, FILE_), m->a, &t);
		if (t.nconflicts == 0) {
			s->merged = t.text;
			return KEEP_MERGED;
		}
	}
	add_conflict(m, s, MERGE_BOTH_CHANGED);
	return KEEP_HEAD;
}

/* An entry that all three sides may have: whose text is it? */
static enum verdict
decide_text(struct merge *m, struct slot *s)
{
	struct slice b = bytes_of(m, s, BASE);
	struct slice h = bytes_of(m, s, HEAD);
	struct slice f = bytes_of(m, s, FILE_);
	bool has_base = s->at[BASE] >= 0;

	if (slice_eq(f, h) || (has_base && slice_eq(f, b)))
		return KEEP_HEAD;
	if (has_base && slice_eq(h, b))
		return KEEP_FILE;
	if (has_base && same_but_blanks(f, b))
		return KEEP_HEAD;
	if (same_but_blanks(h, has_base ? b : f) || same_but_blanks(f, h))
		return KEEP_FILE;
	return merge_both(m, s);
}

static enum verdict
decide(struct merge *m, struct slot *s)
{
	bool b = s->at[BASE] >= 0, h = s->at[HEAD] >= 0, f = s->at[FILE_] >= 0;

	if (h && f)
		return decide_text(m, s);
	if (b && h) {
		if (!same_but_blanks(bytes_of(m, s, BASE),
		    bytes_of(m, s, HEAD)))
			add_conflict(m, s, MERGE_REMOVED_IN_FILE);
		return KEEP_NONE;
	}
	if (b && f) {
		if (!same_but_blanks(bytes_of(m, s, BASE),
		    bytes_of(m, s, FILE_)))
			add_conflict(m, s, MERGE_REMOVED_IN_BASE);
		return KEEP_NONE;
	}
	return h ? KEEP_HEAD : f ? KEEP_FILE : KEEP_NONE;
}

/* ---- order ---- */

void
outline_rising(const int *v, size_t n, bool *keep)
{
	/* tail[k]: index of the smallest end of a rising run of k + 1 */
	size_t *tail = mem_calloc(n + 1, sizeof(*tail));
	size_t *before = mem_calloc(n + 1, sizeof(*before));
	size_t len = 0, i, k;

	for (i = 0; i < n; i++) {
		size_t lo = 0, hi = len;

		while (lo < hi) {
			size_t mid = lo + (hi - lo) / 2;

			if (v[tail[mid]] < v[i])
				lo = mid + 1;
			else
				hi = mid;
		}
		before[i] = lo > 0 ? tail[lo - 1] : n;
		tail[lo] = i;
		if (lo == len)
			len++;
		keep[i] = false;
	}
	for (k = len > 0 ? tail[len - 1] : n; k != n; k = before[k])
		keep[k] = true;
	free(tail);
	free(before);
}

/* Which entries of a side are at another place than in the base. */
static void
mark_moved(struct merge *m, int side)
{
	size_t n = m->side[side].n, count = 0, i;
	int *at = mem_calloc(n + 1, sizeof(*at));
	int *slot = mem_calloc(n + 1, sizeof(*slot));
	bool *keep = mem_calloc(n + 1, sizeof(*keep));

	for (i = 0; i < n; i++) {
		int k = m->slot_of[side][i];

		if (m->slots[k].at[BASE] < 0)
			continue;
		at[count] = m->slots[k].at[BASE];
		slot[count++] = k;
	}
	outline_rising(at, count, keep);
	for (i = 0; i < count; i++)
		m->slots[slot[i]].moved[side] = !keep[i];
	free(at);
	free(slot);
	free(keep);
}

/* The id of the entry before, or 0, among those that are in the result. */
static int64_t
id_before(const struct merge *m, const struct slot *s, int side)
{
	int i = s->at[side] - 1;

	while (i >= 0 && m->slots[m->slot_of[side][i]].verdict == KEEP_NONE)
		i--;
	return i < 0 ? 0 : m->side[side].entries[i].id;
}

/* Does the head say where this entry goes? Else the file does. */
static bool
head_places(struct merge *m, const struct slot *s)
{
	if (s->at[FILE_] < 0)
		return true;
	if (s->at[HEAD] < 0 || s->at[BASE] < 0 || !s->moved[HEAD])
		return false;
	if (!s->moved[FILE_])
		return true;
	if (id_before(m, s, HEAD) != id_before(m, s, FILE_))
		add_conflict(m, s, MERGE_BOTH_MOVED);
	return false;
}

/* A chain of slots: next[0] is the first one, slot k is next[k + 1]. */
struct chain {
	int *next;
};

static void
chain_after(struct chain *c, int after, int slot)
{
	c->next[slot + 1] = c->next[after + 1];
	c->next[after + 1] = slot;
}

/*
 * The file's order without what the head places, then that, each after the
 * entry it follows in the head.
 */
static void
order_slots(struct merge *m, struct chain *c)
{
	bool *by_head = mem_calloc(m->n + 1, sizeof(*by_head));
	int last = -1;
	size_t i;

	for (i = 0; i < m->n; i++)
		by_head[i] = m->slots[i].verdict != KEEP_NONE &&
		    head_places(m, &m->slots[i]);
	for (i = 0; i < m->side[FILE_].n; i++) {
		int k = m->slot_of[FILE_][i];

		if (m->slots[k].verdict == KEEP_NONE || by_head[k])
			continue;
		chain_after(c, last, k);
		last = k;
	}
	last = -1;
	for (i = 0; i < m->side[HEAD].n; i++) {
		int k = m->slot_of[HEAD][i];

		if (m->slots[k].verdict == KEEP_NONE)
			continue;
		if (by_head[k])
			chain_after(c, last, k);
		last = k;
	}
	free(by_head);
}

/* ---- the result ---- */

static void
list_items(struct merge *m, const struct chain *c)
{
	struct merge_result *r = m->out;
	size_t i;
	int k;

	r->items = arena_calloc(m->a, m->n, sizeof(*r->items));
	for (k = c->next[0]; k >= 0; k = c->next[k + 1]) {
		const struct slot *s = &m->slots[k];

		r->items[r->n++] = (struct merge_item){ s->id, s->at[HEAD],
			s->at[FILE_], s->verdict == KEEP_MERGED ? s->merged :
			bytes_of(m, s, s->verdict == KEEP_HEAD ? HEAD : FILE_),
			false };
	}
	for (i = 0; i + 1 < r->n; i++) {
		struct slice b = r->items[i].bytes;

		if (b.len != 0 && text_end_length(b) == 0)
			r->items[i].bytes = arena_printf(m->a, "%.*s%s",
			    SLICE_ARG(b), text_line_end(b));
	}
}

static void
mark_result_moved(struct merge_result *r)
{
	int *at = mem_calloc(r->n + 1, sizeof(*at));
	size_t *item = mem_calloc(r->n + 1, sizeof(*item));
	bool *keep = mem_calloc(r->n + 1, sizeof(*keep));
	size_t n = 0, i;

	for (i = 0; i < r->n; i++) {
		if (r->items[i].head < 0)
			continue;
		at[n] = r->items[i].head;
		item[n++] = i;
	}
	outline_rising(at, n, keep);
	for (i = 0; i < n; i++)
		r->items[item[i]].is_moved = !keep[i];
	free(at);
	free(item);
	free(keep);
}

static void
list_archived(struct merge *m)
{
	struct merge_result *r = m->out;
	size_t i;

	r->archived = arena_calloc(m->a, m->side[HEAD].n,
	    sizeof(*r->archived));
	for (i = 0; i < m->side[HEAD].n; i++)
		if (m->slots[m->slot_of[HEAD][i]].verdict == KEEP_NONE)
			r->archived[r->narchived++] = (int)i;
}

static const struct slot *
find_slot(const struct merge *m, int64_t id)
{
	size_t lo = 0, hi = m->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (m->slots[mid].id < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < m->n && m->slots[lo].id == id ? &m->slots[lo] : NULL;
}

/* What one side added below an entry that the other side took away. */
static void
check_parents(struct merge *m)
{
	size_t i;

	for (i = 0; i < m->n; i++) {
		const struct slot *s = &m->slots[i], *parent;
		int side = s->at[HEAD] < 0 ? FILE_ : HEAD;

		if (s->at[BASE] >= 0 || (s->at[HEAD] >= 0 && s->at[FILE_] >= 0))
			continue;
		parent = find_slot(m,
		    m->side[side].entries[s->at[side]].parent);
		if (parent != NULL && parent->verdict == KEEP_NONE)
			add_conflict(m, s, MERGE_PARENT_LEFT);
	}
}

void
outline_merge(struct merge_side base, struct merge_side head,
    struct merge_side file, struct arena *a, struct merge_result *out)
{
	struct merge m = { .side = { base, head, file }, .a = a, .out = out };
	struct chain c;
	size_t i;

	*out = (struct merge_result){ NULL, 0, NULL, 0, NULL, 0 };
	make_slots(&m);
	for (i = 0; i < m.n; i++)
		m.slots[i].verdict = decide(&m, &m.slots[i]);
	mark_moved(&m, HEAD);
	mark_moved(&m, FILE_);
	check_parents(&m);
	c.next = arena_alloc(a, (m.n + 1) * sizeof(*c.next));
	for (i = 0; i <= m.n; i++)
		c.next[i] = -1;
	order_slots(&m, &c);
	if (out->nconflicts != 0)
		return;
	list_items(&m, &c);
	mark_result_moved(out);
	list_archived(&m);
}
