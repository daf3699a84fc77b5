/*
 * section_match.c - which section of a new text is which one of the old; see
 * section_match.h.
 *
 * Passes go from certain to likely; each pairs only what is still alone:
 *
 *   1  identical bytes: with the same titles above and the same bytes before,
 *      then with the same titles above, then anywhere (moved)
 *   2  a line in common and the same titles from the top down, or the same
 *      title below a pair (the parent was renamed), or the same title
 *      anywhere (moved and changed); and parents whose children are all
 *      paired with the children of one section
 *   3  at least half of the lines below the heading are the same (renamed)
 *   4  as pass 2, but nothing in common (written anew)
 *   5  the only ones between two pairs (renamed, next to no text)
 *
 * Old sections that are not placed take part in pass 1 only; at the end those
 * with the same title and level are paired with what is left.
 *
 * Of several sections with the same key, such as many "## Meaning", the most
 * similar ones are paired; in order if they are too many to compare.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/section_match.h"

#include <stdint.h>
#include <stdlib.h>

#include "common/arena.h"
#include "common/mem.h"
#include "common/str.h"

#define GROUP_PAIRS_MAX 1024	/* similarities computed within a group */
#define LINE_SECTIONS_MAX 16	/* a line in more sections says nothing */
#define SIMILAR_MIN 0.5
#define LINES_COMPARED_MAX (16u << 20)	/* past that nothing is similar: a
					   tenth of a second */

/* What one text needs while it is matched. */
struct side {
	const struct match_section *sections;	/* borrowed */
	size_t n;
	int *other;		/* its pair, or -1 */
	uint64_t *bytes;	/* hash of each section */
	uint64_t *path;		/* hash of the titles from the top down */
	uint64_t **lines;	/* sorted hashes of the body's lines, or NULL */
	size_t *nlines;
};

struct matcher {
	struct side old, new;
	size_t from, to;	/* the old sections in play now */
	size_t compared;	/* lines, by similarity() */
	struct arena arena;
};

struct keyed {
	uint64_t key;
	int index;
};

struct scored {
	double score;
	int old, new;
};

typedef uint64_t key_of(const struct matcher *m, const struct side *side,
    size_t i);

struct match_section *
match_sections_of(const struct document *d, struct arena *a)
{
	struct match_section *out = arena_calloc(a, d->n, sizeof(*out));
	size_t i;

	for (i = 0; i < d->n; i++) {
		const struct section *s = &d->sections[i];

		out[i].bytes = document_section(d, i);
		out[i].title = s->title.len != 0 ? s->title :
		    s->heading.len != 0 ? s->heading : s->mark;
		out[i].level = s->level;
		out[i].parent = s->parent;
	}
	return out;
}

/* ---- hashes ---- */

static uint64_t
mix(uint64_t a, uint64_t b)
{
	uint64_t h = a ^ (b + 0x9e3779b97f4a7c15u + (a << 6) + (a >> 2));

	h = (h ^ (h >> 33)) * 0xff51afd7ed558ccdu;
	return h ^ (h >> 33);
}

static void
side_init(struct side *side, const struct match_section *sections, size_t n,
    struct arena *a)
{
	size_t i;

	side->sections = sections;
	side->n = n;
	side->other = arena_calloc(a, n, sizeof(*side->other));
	side->bytes = arena_calloc(a, n, sizeof(*side->bytes));
	side->path = arena_calloc(a, n, sizeof(*side->path));
	side->lines = arena_calloc(a, n, sizeof(*side->lines));
	side->nlines = arena_calloc(a, n, sizeof(*side->nlines));
	for (i = 0; i < n; i++) {
		const struct match_section *s = &sections[i];
		uint64_t above = s->parent >= 0 ? side->path[s->parent] :
		    s->level == 0 ? 1 : 2;

		side->other[i] = -1;
		side->bytes[i] = str_hash(s->bytes);
		side->path[i] = mix(above, str_hash(s->title));
	}
}

static void
pair(struct matcher *m, int o, int n)
{
	m->old.other[o] = n;
	m->new.other[n] = o;
}

/* ---- similarity ---- */

static int
compare_u64(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* The lines below the heading that are not blank, as sorted hashes. */
static void
read_lines(struct matcher *m, struct side *side, size_t i)
{
	const struct match_section *s = &side->sections[i];
	struct slice rest = s->bytes, line;
	size_t cap = 0;

	if (side->lines[i] != NULL)
		return;
	if (s->level != 0)
		(void)str_line(&rest, &line, NULL);
	side->lines[i] = arena_alloc(&m->arena, sizeof(uint64_t));
	while (str_line(&rest, &line, NULL)) {
		line = str_trim(line);
		if (line.len == 0)
			continue;
		side->lines[i] = arena_grow(&m->arena, side->lines[i],
		    side->nlines[i], &cap, sizeof(uint64_t));
		side->lines[i][side->nlines[i]++] = str_hash(line);
	}
	qsort(side->lines[i], side->nlines[i], sizeof(uint64_t), compare_u64);
}

/* The share of lines that two sections have in common, 0 to 1. */
static double
similarity(struct matcher *m, int o, int n)
{
	size_t i = 0, j = 0, common = 0, no, nn;
	const uint64_t *a, *b;

	if (m->compared > LINES_COMPARED_MAX)
		return 0;
	read_lines(m, &m->old, (size_t)o);
	read_lines(m, &m->new, (size_t)n);
	a = m->old.lines[o];
	b = m->new.lines[n];
	no = m->old.nlines[o];
	nn = m->new.nlines[n];
	while (i < no && j < nn) {
		if (a[i] == b[j])
			common++, i++, j++;
		else if (a[i] < b[j])
			i++;
		else
			j++;
	}
	m->compared += i + j;
	return no + nn == 0 ? 0 : 2.0 * (double)common / (double)(no + nn);
}

/* Best first; of equal ones those that are nearest, then the first. */
static int
compare_scored(const void *a, const void *b)
{
	const struct scored *x = a, *y = b;
	int dx = abs(x->old - x->new), dy = abs(y->old - y->new);

	if (x->score != y->score)
		return x->score > y->score ? -1 : 1;
	if (dx != dy)
		return dx < dy ? -1 : 1;
	return x->new != y->new ? (x->new < y->new ? -1 : 1) :
	    (x->old > y->old) - (x->old < y->old);
}

static void
pair_best(struct matcher *m, struct scored *list, size_t n, double min)
{
	size_t i;

	qsort(list, n, sizeof(*list), compare_scored);
	for (i = 0; i < n && list[i].score >= min; i++)
		if (m->old.other[list[i].old] < 0 &&
		    m->new.other[list[i].new] < 0)
			pair(m, list[i].old, list[i].new);
}

/* ---- pairs of equal keys ---- */

static int
compare_keyed(const void *a, const void *b)
{
	const struct keyed *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return (x->index > y->index) - (x->index < y->index);
}

/* What is still alone and has a key (not 0), sorted by key, then place. */
static struct keyed *
list_keys(struct matcher *m, const struct side *side, key_of *key, size_t *n)
{
	struct keyed *list = mem_calloc(side->n + 1, sizeof(*list));
	size_t i;

	*n = 0;
	for (i = side == &m->old ? m->from : 0;
	    i < (side == &m->old ? m->to : side->n); i++) {
		uint64_t k = side->other[i] < 0 ? key(m, side, i) : 0;

		if (k != 0)
			list[(*n)++] = (struct keyed){ k, (int)i };
	}
	qsort(list, *n, sizeof(*list), compare_keyed);
	return list;
}

static size_t
group_size(const struct keyed *list, size_t n)
{
	size_t i = 0;

	while (i < n && list[i].key == list[0].key)
		i++;
	return i;
}

/* Groups of different sizes: the most similar ones first. */
static void
pair_similar(struct matcher *m, const struct keyed *o, size_t no,
    const struct keyed *n, size_t nn, double min)
{
	struct scored *list = mem_calloc(no * nn, sizeof(*list));
	size_t i, j, count = 0;

	for (i = 0; i < no; i++)
		for (j = 0; j < nn; j++)
			list[count++] = (struct scored){ similarity(m,
			    o[i].index, n[j].index), o[i].index, n[j].index };
	pair_best(m, list, count, min);
	free(list);
}

static void
pair_in_order(struct matcher *m, const struct keyed *o, size_t no,
    const struct keyed *n, size_t nn)
{
	size_t i = 0, j = 0;

	for (;;) {
		while (i < no && m->old.other[o[i].index] >= 0)
			i++;
		while (j < nn && m->new.other[n[j].index] >= 0)
			j++;
		if (i == no || j == nn)
			return;
		pair(m, o[i].index, n[j].index);
	}
}

/* What sections with the same key must have in common besides. */
enum proof {
	PROOF_NONE,	/* nothing: paired in order in the end */
	PROOF_LINE,	/* a line, or no text at all on both sides */
	PROOF_ALONE	/* half of the lines, or no other has that key */
};

static bool
is_alike(struct matcher *m, int o, int n)
{
	return similarity(m, o, n) > 0 ||
	    m->old.nlines[o] + m->new.nlines[n] == 0;
}

static void
pair_group(struct matcher *m, const struct keyed *o, size_t no,
    const struct keyed *n, size_t nn, enum proof proof)
{
	size_t i;

	if (no * nn <= GROUP_PAIRS_MAX && (no > 1 || nn > 1 ||
	    proof == PROOF_LINE))
		pair_similar(m, o, no, n, nn, proof == PROOF_ALONE ?
		    SIMILAR_MIN : 0.01);
	if (proof == PROOF_NONE || (proof == PROOF_ALONE && no == 1 &&
	    nn == 1))
		pair_in_order(m, o, no, n, nn);
	for (i = 0; proof == PROOF_LINE && no == nn && i < no; i++)
		if (m->old.other[o[i].index] < 0 &&
		    m->new.other[n[i].index] < 0 &&
		    is_alike(m, o[i].index, n[i].index))
			pair(m, o[i].index, n[i].index);
}

static void
pair_keys(struct matcher *m, key_of *key, enum proof proof)
{
	size_t no, nn, i = 0, j = 0;
	struct keyed *o = list_keys(m, &m->old, key, &no);
	struct keyed *n = list_keys(m, &m->new, key, &nn);

	while (i < no && j < nn) {
		size_t go = group_size(o + i, no - i);
		size_t gn = group_size(n + j, nn - j);

		if (o[i].key == n[j].key)
			pair_group(m, o + i, go, n + j, gn, proof);
		if (o[i].key <= n[j].key) {
			bool both = o[i].key == n[j].key;

			i += go;
			j += both ? gn : 0;
		} else {
			j += gn;
		}
	}
	free(o);
	free(n);
}

static uint64_t
key_bytes(const struct matcher *m, const struct side *side, size_t i)
{
	(void)m;
	return side->bytes[i];
}

static uint64_t
key_bytes_path(const struct matcher *m, const struct side *side, size_t i)
{
	(void)m;
	return mix(side->bytes[i], side->path[i]);
}

static uint64_t
key_bytes_path_before(const struct matcher *m, const struct side *side,
    size_t i)
{
	return mix(key_bytes_path(m, side, i), i == 0 ? 0 : side->bytes[i - 1]);
}

static uint64_t
key_path(const struct matcher *m, const struct side *side, size_t i)
{
	(void)m;
	return side->path[i];
}

/* The title below a parent that has a pair; the same number on both sides. */
static uint64_t
key_parent(const struct matcher *m, const struct side *side, size_t i)
{
	const struct match_section *s = &side->sections[i];

	if (s->parent < 0 || side->other[s->parent] < 0)
		return 0;
	return mix((uint64_t)(side == &m->old ? s->parent :
	    side->other[s->parent]) + 1, str_hash(s->title));
}

static uint64_t
key_title(const struct matcher *m, const struct side *side, size_t i)
{
	const struct match_section *s = &side->sections[i];

	(void)m;
	return s->level != 0 && s->title.len == 0 ? 0 :
	    mix(s->level + 1, str_hash(s->title));
}

/* ---- parents, by their children ---- */

/*
 * A parent without a pair whose paired children all come from one section of
 * the same level without a pair is that section under a new name.
 */
static void
pair_parents(struct matcher *m)
{
	int *from = mem_calloc(m->new.n + 1, sizeof(*from));
	size_t i;

	/* 0: no child yet, -1: children of several, else old parent + 1 */
	for (i = 0; i < m->new.n; i++) {
		int p = m->new.sections[i].parent, o = m->new.other[i];
		int op = o < 0 ? -1 : m->old.sections[o].parent;

		if (p < 0 || op < 0 || m->new.other[p] >= 0)
			continue;
		from[p] = from[p] == 0 || from[p] == op + 1 ? op + 1 : -1;
	}
	for (i = 0; i < m->new.n; i++) {
		int o = from[i] - 1;

		if (from[i] > 0 && m->new.other[i] < 0 &&
		    m->old.other[o] < 0 && m->old.sections[o].level ==
		    m->new.sections[i].level)
			pair(m, o, (int)i);
	}
	free(from);
}

/* ---- similar bodies ---- */

static struct keyed *
index_lines(struct matcher *m, size_t *n)
{
	struct keyed *list = NULL;
	size_t cap = 0, i, j;

	*n = 0;
	for (i = m->from; i < m->to; i++) {
		if (m->old.other[i] >= 0)
			continue;
		read_lines(m, &m->old, i);
		for (j = 0; j < m->old.nlines[i]; j++) {
			list = mem_grow(list, *n, &cap, sizeof(*list));
			list[(*n)++] = (struct keyed){ m->old.lines[i][j],
			    (int)i };
		}
	}
	if (*n != 0)
		qsort(list, *n, sizeof(*list), compare_keyed);
	return list;
}

/* The first place of a key in a sorted list. */
static size_t
find_key(const struct keyed *list, size_t n, uint64_t key)
{
	size_t lo = 0, hi = n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (list[mid].key < key)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct candidates {
	struct scored *list;	/* owned */
	size_t n, cap;
	int *seen;		/* owned; the last new section + 1 for each
				   old one, so that a pair is scored once */
};

/*
 * Cheap to see: a preamble is no heading, and texts of very different length
 * cannot share half of their lines. This also bounds the comparisons: only
 * sections of about the same size are read against each other.
 */
static bool
may_be_similar(const struct matcher *m, int o, int n)
{
	size_t a = m->old.nlines[o], b = m->new.nlines[n];

	return (m->old.sections[o].level == 0) ==
	    (m->new.sections[n].level == 0) && a <= 3 * b && b <= 3 * a;
}

static void
score_line(struct matcher *m, const struct keyed *index, size_t n,
    uint64_t line, int new, struct candidates *c)
{
	size_t at = find_key(index, n, line), i;

	for (i = at; i < n && index[i].key == line; i++)
		if (i - at >= LINE_SECTIONS_MAX)
			return;
	for (i = at; i < n && index[i].key == line; i++) {
		int o = index[i].index;
		double score;

		if (c->seen[o] == new + 1)
			continue;
		c->seen[o] = new + 1;
		if (!may_be_similar(m, o, new))
			continue;
		score = similarity(m, o, new);
		if (score < SIMILAR_MIN)
			continue;
		c->list = mem_grow(c->list, c->n, &c->cap, sizeof(*c->list));
		c->list[c->n++] = (struct scored){ score, o, new };
	}
}

static void
pair_bodies(struct matcher *m)
{
	struct candidates c = { NULL, 0, 0, NULL };
	struct keyed *index;
	size_t n, i, j;

	index = index_lines(m, &n);
	c.seen = mem_calloc(m->old.n + 1, sizeof(*c.seen));
	for (i = 0; i < m->new.n && n != 0; i++) {
		if (m->new.other[i] >= 0)
			continue;
		read_lines(m, &m->new, i);
		for (j = 0; j < m->new.nlines[i]; j++)
			if (j == 0 || m->new.lines[i][j] !=
			    m->new.lines[i][j - 1])
				score_line(m, index, n, m->new.lines[i][j],
				    (int)i, &c);
	}
	if (c.n != 0)
		pair_best(m, c.list, c.n, SIMILAR_MIN);
	free(c.list);
	free(c.seen);
	free(index);
}

/* ---- gaps ---- */

static bool
is_renamed_in_place(struct matcher *m, int o, int n)
{
	double score = similarity(m, o, n);

	return m->old.sections[o].level == m->new.sections[n].level &&
	    (score >= SIMILAR_MIN / 2 ||
	    (m->old.nlines[o] == 0 && m->new.nlines[n] == 0));
}

/* Pair old[o + k] with new[n + k], for all k < count, where it is likely. */
static void
pair_run(struct matcher *m, int o, int n, int count)
{
	int k;

	for (k = 0; k < count; k++)
		if (m->old.other[o + k] < 0 &&
		    is_renamed_in_place(m, o + k, n + k))
			pair(m, o + k, n + k);
}

/* Between two neighbours with pairs, as many old as new ones without. */
static void
pair_gaps(struct matcher *m)
{
	int nplaced = (int)m->to;
	int n = (int)m->new.n, i = 0, k;

	while (i < n) {
		int before, after;

		if (m->new.other[i] >= 0) {
			i++;
			continue;
		}
		for (k = i; k < n && m->new.other[k] < 0; k++)
			;
		before = i == 0 ? -1 : m->new.other[i - 1];
		after = k == n ? nplaced : m->new.other[k];
		if (after <= nplaced && after - before - 1 == k - i)
			pair_run(m, before + 1, i, k - i);
		i = k;
	}
}

static void
pair_all(struct matcher *m, size_t nplaced)
{
	m->from = 0;
	m->to = m->old.n;
	pair_keys(m, key_bytes_path_before, PROOF_NONE);
	pair_keys(m, key_bytes_path, PROOF_NONE);
	pair_keys(m, key_bytes, PROOF_NONE);
	m->to = nplaced;
	pair_keys(m, key_path, PROOF_LINE);
	pair_parents(m);
	pair_keys(m, key_parent, PROOF_LINE);
	pair_keys(m, key_title, PROOF_LINE);
	pair_bodies(m);
	pair_parents(m);
	pair_keys(m, key_path, PROOF_NONE);
	pair_keys(m, key_parent, PROOF_NONE);
	pair_keys(m, key_title, PROOF_ALONE);
	pair_gaps(m);
	m->from = nplaced;
	m->to = m->old.n;
	pair_keys(m, key_title, PROOF_NONE);
}

void
section_match(const struct match_section *old, size_t nold, size_t nplaced,
    const struct match_section *new, size_t nnew, int *match)
{
	struct matcher m = { .arena = ARENA_INIT };
	size_t i;

	if (nold == 0 || nnew == 0)
		return;
	side_init(&m.old, old, nold, &m.arena);
	side_init(&m.new, new, nnew, &m.arena);
	for (i = 0; i < nnew; i++)
		if (match[i] >= 0)
			pair(&m, match[i], (int)i);
	pair_all(&m, nplaced);
	memcpy(match, m.new.other, nnew * sizeof(*match));
	arena_free(&m.arena);
}
