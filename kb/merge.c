/*
 * merge.c - three-way merge by lines, and its result; see merge.h.
 *
 * Both sides are compared with the base. Hunks that overlap in the base are a
 * conflict, unless they say the same; all others are taken. Hunks that only
 * touch do not overlap, and an insertion at the border of a hunk comes before
 * or after it; two insertions at the same place are a conflict.
 *
 * A missing line end at the very end is no matter of lines: it is taken off
 * before and decided by itself.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/merge_internal.h"

#include "common/buf.h"
#include "common/str.h"
#include "kb/diff.h"
#include "kb/text_lines.h"

#define MARK_A "<<<<<<<"
#define MARK_BASE "|||||||"
#define MARK_MIDDLE "======="
#define MARK_B ">>>>>>>"

/* ---- the result ---- */

static struct merge_chunk *
add_chunk(struct merging *m)
{
	struct merge_text *t = m->out;

	t->chunks = arena_grow(m->arena, t->chunks, t->n, &m->cap,
	    sizeof(*t->chunks));
	t->chunks[t->n] = (struct merge_chunk){ .is_conflict = false };
	return &t->chunks[t->n++];
}

void
merge_put(struct merging *m, struct slice text)
{
	if (text.len != 0)
		add_chunk(m)->text = text;
}

void
merge_put_conflict(struct merging *m, struct slice base, struct slice a,
    struct slice b)
{
	struct merge_chunk *c = add_chunk(m);

	c->is_conflict = true;
	c->base = base;
	c->a = a;
	c->b = b;
	m->out->nconflicts++;
}

/* ---- lines ---- */

/* One side: its hunks, and where the next one is. */
struct side {
	struct diff diff;
	size_t at;
	ptrdiff_t shift;	/* from a line of the base to one of ours */
};

static const struct diff_hunk *
next_hunk(const struct side *s)
{
	return s->at < s->diff.n ? &s->diff.hunks[s->at] : NULL;
}

static bool
starts_before(const struct diff_hunk *x, const struct diff_hunk *y)
{
	if (x == NULL || y == NULL)
		return x != NULL;
	return x->a0 != y->a0 ? x->a0 < y->a0 : x->a1 < y->a1;
}

/* Lines of the base that hunks of both sides have to do with. */
struct group {
	size_t from, to;
	bool has[2];
};

static bool
overlaps(const struct group *g, const struct diff_hunk *h)
{
	if (h == NULL)
		return false;
	if (g->from == g->to && h->a0 == h->a1)
		return g->from == h->a0;
	if (g->from == g->to)
		return h->a0 < g->from && g->from < h->a1;
	if (h->a0 == h->a1)
		return g->from < h->a0 && h->a0 < g->to;
	return h->a0 < g->to && g->from < h->a1;
}

/* The next hunk of a side joins the group. */
static void
take_hunk(struct side s[2], int which, struct group *g)
{
	const struct diff_hunk *h = &s[which].diff.hunks[s[which].at++];

	if (h->a0 < g->from)
		g->from = h->a0;
	if (h->a1 > g->to)
		g->to = h->a1;
	g->has[which] = true;
}

static struct group
next_group(struct side s[2])
{
	int first = starts_before(next_hunk(&s[0]), next_hunk(&s[1])) ? 0 : 1;
	const struct diff_hunk *h = next_hunk(&s[first]);
	struct group g = { h->a0, h->a1, { false, false } };

	take_hunk(s, first, &g);
	for (;;) {
		if (overlaps(&g, next_hunk(&s[!first])))
			take_hunk(s, !first, &g);
		else if (overlaps(&g, next_hunk(&s[first])))
			take_hunk(s, first, &g);
		else
			return g;
	}
}

/* What a side has in place of these lines of the base. */
static struct slice
text_of(struct side *s, const struct group *g)
{
	size_t from = (size_t)((ptrdiff_t)g->from + s->shift), to;

	if (s->at > 0)
		s->shift = (ptrdiff_t)s->diff.hunks[s->at - 1].b1 -
		    (ptrdiff_t)s->diff.hunks[s->at - 1].a1;
	to = (size_t)((ptrdiff_t)g->to + s->shift);
	return diff_text(&s->diff.b, from, to);
}

static void
put_group(struct merging *m, struct side s[2], const struct group *g)
{
	struct slice a = text_of(&s[0], g), b = text_of(&s[1], g);

	if (!g->has[1] || slice_eq(a, b))
		merge_put(m, a);
	else if (!g->has[0])
		merge_put(m, b);
	else
		merge_put_conflict(m, diff_text(&s[0].diff.a, g->from, g->to),
		    a, b);
}

void
merge_put_lines(struct merging *m, struct slice base, struct slice a,
    struct slice b)
{
	struct side s[2] = { { .at = 0 }, { .at = 0 } };
	size_t at = 0;

	diff_run(base, a, DIFF_LINES, m->arena, &s[0].diff);
	diff_run(base, b, DIFF_LINES, m->arena, &s[1].diff);
	while (next_hunk(&s[0]) != NULL || next_hunk(&s[1]) != NULL) {
		struct group g = next_group(s);

		merge_put(m, diff_text(&s[0].diff.a, at, g.from));
		put_group(m, s, &g);
		at = g.to;
	}
	merge_put(m, diff_text(&s[0].diff.a, at, s[0].diff.a.n));
}

/* ---- whole texts ---- */

static struct slice
with_end(struct slice s, struct arena *a)
{
	if (s.len == 0 || text_end_length(s) != 0)
		return s;
	return arena_printf(a, "%.*s%s", SLICE_ARG(s), text_line_end(s));
}

static bool
has_end(struct slice s)
{
	return s.len == 0 || text_end_length(s) != 0;
}

/* The side that differs from the base decides; both cannot. */
static bool
wants_end(struct slice base, struct slice a, struct slice b)
{
	bool x = has_end(base);

	return has_end(a) != x ? has_end(a) : has_end(b);
}

static struct slice
join(const struct merge_text *m, struct arena *arena)
{
	struct buf b = BUF_INIT;
	struct slice out;
	size_t i;

	for (i = 0; i < m->n; i++)
		buf_put_slice(&b, m->chunks[i].text);
	out = arena_dup(arena, buf_slice(&b));
	buf_free(&b);
	return out;
}

typedef bool (*put_fn)(struct merging *, struct slice, struct slice,
    struct slice);

static bool
put_lines(struct merging *m, struct slice base, struct slice a,
    struct slice b)
{
	merge_put_lines(m, base, a, b);
	return true;
}

/* Merge in one of the two ways; false when it cannot be used. */
static bool
merge_by(put_fn put, struct slice base, struct slice a, struct slice b,
    struct arena *arena, struct merge_text *out)
{
	struct merging m = { arena, out, 0 };
	struct slice text;

	*out = (struct merge_text){ .chunks = NULL };
	if (!put(&m, with_end(base, arena), with_end(a, arena),
	    with_end(b, arena)))
		return false;
	if (out->nconflicts != 0)
		return true;
	text = join(out, arena);
	if (!wants_end(base, a, b))
		text.len -= text_end_length(text);
	out->text = text;
	return true;
}

/* One side is as it was, or both are the same: nothing to compare. */
static bool
merge_trivially(struct slice base, struct slice a, struct slice b,
    struct arena *arena, struct merge_text *out)
{
	struct merging m = { arena, out, 0 };

	*out = (struct merge_text){ .chunks = NULL };
	if (slice_eq(a, b) || slice_eq(base, b))
		out->text = a;
	else if (slice_eq(base, a))
		out->text = b;
	else
		return false;
	merge_put(&m, out->text);
	return true;
}

void
merge_lines(struct slice base, struct slice a, struct slice b,
    struct arena *arena, struct merge_text *out)
{
	if (!merge_trivially(base, a, b, arena, out))
		(void)merge_by(put_lines, base, a, b, arena, out);
}

void
merge_texts(struct slice base, struct slice a, struct slice b,
    struct arena *arena, struct merge_text *out)
{
	struct merge_text lines;
	bool by_fields;

	if (merge_trivially(base, a, b, arena, out))
		return;
	by_fields = merge_by(merge_put_fields, base, a, b, arena, out);
	if (by_fields && out->nconflicts == 0)
		return;
	(void)merge_by(put_lines, base, a, b, arena, &lines);
	if (!by_fields || lines.nconflicts < out->nconflicts)
		*out = lines;
}

/* ---- marks ---- */

static void
put_mark(struct buf *b, const char *mark, const char *name, const char *end)
{
	buf_puts(b, mark);
	if (name != NULL && name[0] != '\0')
		buf_printf(b, " %s", name);
	buf_puts(b, end);
}

static void
put_conflict(struct buf *b, const struct merge_chunk *c,
    const struct merge_names *names)
{
	const char *end = text_line_end(c->a.len != 0 ? c->a : c->b);

	put_mark(b, MARK_A, names->a, end);
	buf_put_slice(b, c->a);
	if (names->base != NULL) {
		put_mark(b, MARK_BASE, names->base, end);
		buf_put_slice(b, c->base);
	}
	put_mark(b, MARK_MIDDLE, NULL, end);
	buf_put_slice(b, c->b);
	put_mark(b, MARK_B, names->b, end);
}

struct slice
merge_marked(const struct merge_text *m, const struct merge_names *names,
    struct arena *arena)
{
	struct buf b = BUF_INIT;
	struct slice out;
	size_t i;

	for (i = 0; i < m->n; i++)
		if (m->chunks[i].is_conflict)
			put_conflict(&b, &m->chunks[i], names);
		else
			buf_put_slice(&b, m->chunks[i].text);
	out = arena_dup(arena, buf_slice(&b));
	buf_free(&b);
	return out;
}

/* "=======" alone is a setext heading: the two others tell. */
bool
merge_has_marks(struct slice text)
{
	struct slice line;

	while (str_line(&text, &line, NULL))
		if (slice_starts(line, SLICE(MARK_A " ")) ||
		    slice_starts(line, SLICE(MARK_B " ")))
			return true;
	return false;
}
