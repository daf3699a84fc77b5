/*
 * postings_rank.c - a query's groups against the lists; see postings.h.
 *
 *   1. each form's list: of its token, or made of its phrase or prefix
 *   2. per entry the set of groups that it has; entries with a driver count
 *   3. the most that each set can score (rank_bound()); the entries whose
 *      bound is highest are ranked exactly, then those that may still beat
 *      the worst of the best
 *
 * So the best are exact though most entries are never ranked.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/postings_internal.h"
#include "common/arena.h"

#include <stdlib.h>
#include <string.h>

#define PHRASE_TOKENS_MAX 64
#define BUCKETS 128 /* of bounds */
#define FIRST_ROUND 2 /* times as many as are kept */
#define MEMO 512 /* sets of groups whose bound is remembered */

/* A form with a list. */
struct run {
	const uint8_t *bytes;
	size_t len;
	uint8_t group, form;
};

struct ranker {
	struct postings_reader *r;
	const struct lists *l;
	const struct query *q;
	struct arena *a;
	struct rank_list *out;
	uint64_t drivers;
	struct run *runs;
	size_t nruns;
	double typical[RANK_NCOLUMNS];
	struct {
		uint64_t groups;
		double bound;
	} memo[MEMO];
};

/* ---- lists of forms ---- */

struct pair {
	uint32_t doc, key;
};

struct gather {
	const struct lists *l;
	struct arena *a;
	struct pair *pairs;
	size_t n, cap;
};

static void
gather_term(void *arg, const struct term *t)
{
	struct gather *g = arg;
	struct list_cursor c = list_cursor(g->l->pool.bytes + t->at, t->len);

	while (list_next(&c)) {
		struct place_cursor p = list_places(&c);

		while (place_next(&p)) {
			g->pairs = arena_grow(
			    g->a, g->pairs, g->n, &g->cap, sizeof(*g->pairs));
			g->pairs[g->n++] = (struct pair){ c.doc, p.key };
		}
	}
}

static int
by_place(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;

	if (x->doc != y->doc)
		return x->doc < y->doc ? -1 : 1;
	return (x->key > y->key) - (x->key < y->key);
}

/* One list of all terms that begin like this. */
static struct list_cursor
merge_prefix(struct ranker *k, struct slice prefix)
{
	struct gather g = { .l = k->l, .a = k->a };
	struct list_writer w = { .n = 0 };
	size_t i;

	lists_each_prefix(k->l, prefix, gather_term, &g);
	if (g.n > 0)
		qsort(g.pairs, g.n, sizeof(*g.pairs), by_place);
	for (i = 0; i < g.n; i++)
		list_put(&w, k->a, g.pairs[i].doc, g.pairs[i].key);
	return list_cursor(w.bytes, w.n);
}

static struct list_cursor
list_of_token(struct ranker *k, struct slice token, bool prefix)
{
	const struct term *t;

	if (prefix)
		return merge_prefix(k, token);
	t = lists_find(k->l, token);
	return t != NULL ? list_cursor(k->l->pool.bytes + t->at, t->len)
			 : list_cursor(NULL, 0);
}

/* Where all n tokens stand one behind the other in the cursors' entry. */
static void
put_phrase(struct ranker *k, const struct list_cursor *c, size_t n,
    struct list_writer *w)
{
	struct place_cursor p[PHRASE_TOKENS_MAX];
	bool more[PHRASE_TOKENS_MAX];
	size_t i;

	for (i = 0; i < n; i++) {
		p[i] = list_places(&c[i]);
		more[i] = place_next(&p[i]);
	}
	for (; more[0]; more[0] = place_next(&p[0])) {
		for (i = 1; i < n; i++) {
			uint32_t want = p[0].key + (uint32_t)i;

			while (more[i] && p[i].key < want)
				more[i] = place_next(&p[i]);
			if (!more[i])
				return;
			if (p[i].key != want)
				break;
		}
		if (i == n)
			list_put(w, k->a, c[0].doc, p[0].key);
	}
}

/* Move all cursors to the next entry that all have. */
static bool
next_common(struct list_cursor *c, size_t n)
{
	size_t i;

	if (!list_next(&c[0]))
		return false;
	for (i = 1; i < n;) {
		while (c[i].doc < c[0].doc)
			if (!list_next(&c[i]))
				return false;
		if (c[i].doc == c[0].doc) {
			i++;
			continue;
		}
		while (c[0].doc < c[i].doc)
			if (!list_next(&c[0]))
				return false;
		i = 1;
	}
	return true;
}

static struct list_cursor
list_of_phrase(struct ranker *k, struct slice phrase, bool prefix)
{
	struct list_cursor c[PHRASE_TOKENS_MAX];
	struct list_writer w = { .n = 0 };
	struct slice rest = phrase, token;
	size_t n = 0;
	bool more = true;

	while (more && n < PHRASE_TOKENS_MAX) {
		const char *blank = memchr(rest.ptr, ' ', rest.len);
		size_t len =
		    blank != NULL ? (size_t)(blank - rest.ptr) : rest.len;

		more = blank != NULL;
		token = slice_sub(rest, 0, len);
		rest = slice_sub(rest, more ? len + 1 : len, rest.len);
		c[n++] = list_of_token(k, token, prefix && !more);
	}
	if (n == 1)
		return c[0];
	while (next_common(c, n))
		put_phrase(k, c, n, &w);
	return list_cursor(w.bytes, w.n);
}

static void
find_runs(struct ranker *k)
{
	unsigned i, f;

	k->runs = arena_alloc(
	    k->a, QUERY_GROUPS_MAX * QUERY_FORMS_MAX * sizeof(*k->runs));
	for (i = 0; i < k->q->ngroups; i++) {
		const struct query_group *g = &k->q->groups[i];

		for (f = 0; f < g->nforms; f++) {
			struct list_cursor c = list_of_phrase(
			    k, g->forms[f].phrase, g->forms[f].prefix);

			if (c.next < c.end)
				k->runs[k->nruns++] = (struct run){ c.next,
					(size_t)(c.end - c.next), (uint8_t)i,
					(uint8_t)f };
		}
	}
}

/* ---- sets of groups ---- */

static void
mark_groups(struct ranker *k)
{
	size_t i;

	for (i = 0; i < k->nruns; i++) {
		const struct run *run = &k->runs[i];
		struct list_cursor c = list_cursor(run->bytes, run->len);

		while (list_next(&c))
			k->r->groups[c.doc] |= (uint64_t)1 << run->group;
	}
}

static double
bound_of(struct ranker *k, uint64_t groups)
{
	size_t i = groups * 0x9e3779b97f4a7c15u >> 55; /* below MEMO */

	if (k->memo[i].groups != groups) {
		k->memo[i].groups = groups;
		k->memo[i].bound = rank_bound(k->q, groups);
	}
	return k->memo[i].bound;
}

struct bounded {
	double bound;
	uint32_t doc;
};

/* The entries that count, by number. */
static struct bounded *
find_bounded(struct ranker *k, double *highest)
{
	struct bounded *out = NULL;
	size_t cap = 0, n = 0;
	uint32_t doc;

	*highest = 0;
	for (doc = 1; doc < k->l->ndocs; doc++) {
		uint64_t groups = k->r->groups[doc];

		if ((groups & k->drivers) == 0 || k->l->docs[doc].dead ||
		    (k->r->is_filtered && !k->r->allowed[doc]))
			continue;
		out = arena_grow(k->a, out, n, &cap, sizeof(*out));
		out[n].bound = bound_of(k, groups);
		out[n].doc = doc;
		if (out[n].bound > *highest)
			*highest = out[n].bound;
		n++;
	}
	k->out->total = (unsigned)n;
	return out;
}

/* ---- exact scores ---- */

struct hit {
	uint32_t key;
	uint8_t group, form;
};

/* An entry that is ranked, with its hits. */
struct chosen {
	uint32_t doc, nhits;
	size_t cap;
	struct hit *hits;
};

static int
by_key(const void *a, const void *b)
{
	const struct hit *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	return (x->form > y->form) - (x->form < y->form);
}

static void
collect_hits(
    struct ranker *k, const struct run *run, struct chosen *chosen, size_t n)
{
	struct list_cursor c = list_cursor(run->bytes, run->len);
	size_t i = 0;

	while (i < n && list_next(&c)) {
		struct place_cursor p;

		while (i < n && chosen[i].doc < c.doc)
			i++;
		if (i == n || chosen[i].doc != c.doc)
			continue;
		p = list_places(&c);
		while (place_next(&p)) {
			struct chosen *x = &chosen[i];

			x->hits = arena_grow(
			    k->a, x->hits, x->nhits, &x->cap, sizeof(*x->hits));
			x->hits[x->nhits++] =
			    (struct hit){ p.key, run->group, run->form };
		}
	}
}

static void
rank_one(struct ranker *k, const struct chosen *x, struct rank_hits *h)
{
	const struct doc *d = &k->l->docs[x->doc];
	double norm[RANK_NCOLUMNS];
	int length[RANK_NCOLUMNS], c;
	struct rank_row row;
	size_t i;

	qsort(x->hits, x->nhits, sizeof(*x->hits), by_key);
	rank_hits_reset(h, k->q);
	for (i = 0; i < x->nhits; i++)
		rank_hits_add(h, x->hits[i].group, x->hits[i].form,
		    x->hits[i].key >> 28,
		    (int)(x->hits[i].key & POSTINGS_PLACE_MAX));
	for (c = 0; c < RANK_NCOLUMNS; c++)
		length[c] = (int)d->length[c];
	rank_norms(length, k->typical, norm);
	rank_score(k->q, h, norm, &row);
	rank_list_add(k->out, d->entry, &row);
}

/* Rank entries, which are in the order of their numbers. */
static void
rank_chosen(
    struct ranker *k, struct chosen *chosen, size_t n, struct rank_hits *h)
{
	size_t i;

	for (i = 0; i < k->nruns; i++)
		collect_hits(k, &k->runs[i], chosen, n);
	for (i = 0; i < n; i++)
		rank_one(k, &chosen[i], h);
}

/* The bound that just enough entries reach for the first round. */
static double
first_bound(const struct bounded *b, size_t n, double highest, size_t want)
{
	size_t count[BUCKETS] = { 0 }, i, sum = 0;
	int bucket;

	for (i = 0; i < n; i++)
		count[(int)(b[i].bound / highest * (BUCKETS - 1))]++;
	for (bucket = BUCKETS - 1; bucket > 0; bucket--)
		if ((sum += count[bucket]) >= want)
			break;
	return highest * bucket / (BUCKETS - 1);
}

/* Rank what has at least this bound, but not what was ranked before. */
static void
rank_round(struct ranker *k, const struct bounded *b, size_t n, double from,
    double below, struct rank_hits *h)
{
	struct chosen *chosen;
	size_t i, m = 0;

	for (i = 0; i < n; i++)
		m += b[i].bound >= from && b[i].bound < below;
	chosen = arena_calloc(k->a, m + 1, sizeof(*chosen));
	for (i = m = 0; i < n; i++)
		if (b[i].bound >= from && b[i].bound < below)
			chosen[m++].doc = b[i].doc;
	rank_chosen(k, chosen, m, h);
}

static void
rank_best(struct ranker *k)
{
	struct rank_hits *h = arena_alloc(k->a, sizeof(*h));
	struct rank_list *out = k->out;
	double highest, from, worst;
	struct bounded *b = find_bounded(k, &highest);
	size_t n = out->total;

	if (n == 0 || highest <= 0)
		return;
	from = first_bound(b, n, highest, FIRST_ROUND * out->keep);
	rank_round(k, b, n, from, highest * 2, h);
	worst = out->n < out->keep ? 0 : out->best[out->n - 1].row.score;
	if (worst < from)
		rank_round(k, b, n, worst, from, h);
}

/* Tokens of a usual field, of the living entries. */
static void
measure_fields(struct ranker *k)
{
	int c;

	for (c = 0; c < RANK_NCOLUMNS; c++) {
		double average = k->l->nliving == 0
		    ? 0
		    : (double)k->l->total[c] / k->l->nliving;

		k->typical[c] = rank_typical_length((enum rank_column)c);
		if (average > k->typical[c])
			k->typical[c] = average;
	}
}

void
postings_allow_none(struct postings_reader *r)
{
	memset(r->allowed, 0, r->cap);
	r->is_filtered = true;
}

void
postings_allow(struct postings_reader *r, int64_t entry)
{
	const struct lists *l = &r->p->lists;

	if (entry > 0 && (uint64_t)entry < l->entry_cap)
		r->allowed[l->doc_of[entry]] = 1;
}

void
postings_rank(struct postings_reader *r, const struct query *q,
    const bool drivers[], struct arena *a, struct rank_list *out)
{
	struct ranker *k = arena_zalloc(a, sizeof(*k));
	unsigned i;

	k->r = r;
	k->l = &r->p->lists;
	k->q = q;
	k->a = a;
	k->out = out;
	for (i = 0; i < q->ngroups; i++)
		if (drivers[i])
			k->drivers |= (uint64_t)1 << i;
	measure_fields(k);
	find_runs(k);
	memset(r->groups, 0, k->l->ndocs * sizeof(*r->groups));
	mark_groups(k);
	rank_best(k);
}
