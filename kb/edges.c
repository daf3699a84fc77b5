/*
 * edges.c - which entries of a document belong to a problem; see edges.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/edges.h"

#include <math.h>
#include <stdlib.h>

#include "common/arena.h"
#include "common/str.h"
#include "kb/lexer.h"

#define TITLE_SHARE .4		/* of a problem's title that a runbook has */
#define NAMED_SHARE .75		/* of a title that a fix names */
#define WORDS_MAX 1024		/* of one entry */

/* Hashes of the words of a text, sorted, each once. */
struct words {
	uint32_t *list;
	size_t n;
};

struct node {
	struct words title;
	struct words text;	/* read when it is asked for: */
	bool has_text;
};

struct finder {
	const struct edge_node *in;
	struct node *nodes;
	size_t n;
	struct words all;	/* of titles, as often as they stand there */
	struct arena *a;
	struct edge *edges;
	size_t nedges, cap;
};

static bool
take_word(void *arg, const struct token *t)
{
	struct words *w = arg;

	/* a run's last character says nothing that its pairs do not */
	if (!t->colocated && t->form != TOKEN_LAST)
		w->list[w->n++] = (uint32_t)str_hash(t->text);
	return w->n < WORDS_MAX;
}

static int
by_hash(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static struct words
words_of(struct slice text, struct arena *a)
{
	struct words w = { arena_alloc(a, WORDS_MAX * sizeof(uint32_t)), 0 };
	size_t i, n = 0;

	text.len = utf8_cut(text, EDGES_TEXT_MAX);
	(void)lexer_run(text, take_word, &w);
	if (w.n > 1)
		qsort(w.list, w.n, sizeof(*w.list), by_hash);
	for (i = 0; i < w.n; i++)
		if (n == 0 || w.list[n - 1] != w.list[i])
			w.list[n++] = w.list[i];
	w.n = n;
	return w;
}

/* Where a hash is, or would be. */
static size_t
lower_bound(const struct words *w, uint32_t hash)
{
	size_t lo = 0, hi = w->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (w->list[mid] < hash)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool
has(const struct words *w, uint32_t hash)
{
	size_t i = lower_bound(w, hash);

	return i < w->n && w->list[i] == hash;
}

/* Words that few titles have say more. */
static double
worth(const struct finder *f, uint32_t hash)
{
	size_t i = lower_bound(&f->all, hash), n = 0;

	for (; i < f->all.n && f->all.list[i] == hash; i++)
		n++;
	return log(1 + (double)f->n / (double)(n > 0 ? n : 1));
}

/* The share of a title that one or the other has. */
static double
share(const struct finder *f, const struct words *title,
    const struct words *one, const struct words *other)
{
	double some = 0, all = 0;
	size_t i;

	for (i = 0; i < title->n; i++) {
		double w = worth(f, title->list[i]);

		all += w;
		if (has(one, title->list[i]) || has(other, title->list[i]))
			some += w;
	}
	return all > 0 ? some / all : 0;
}

static bool
share_word(const struct words *a, const struct words *b)
{
	size_t i;

	for (i = 0; i < a->n; i++)
		if (has(b, a->list[i]))
			return true;
	return false;
}

/* May it belong to a problem at all? */
static bool
can_help(const struct edge_node *n)
{
	return n->useful && n->kind != ENTRY_PROBLEM &&
	    n->kind != ENTRY_RETROSPECTIVE && n->kind != ENTRY_CHECKLIST;
}

static const struct words *
text_of(struct finder *f, size_t i)
{
	struct node *n = &f->nodes[i];

	if (!n->has_text)
		n->text = words_of(f->in[i].text, f->a);
	n->has_text = true;
	return &n->text;
}

static void
consider(struct finder *f, size_t from, size_t to)
{
	const struct node *p = &f->nodes[from], *o = &f->nodes[to];
	double title = 0, named;
	struct edge e = { (uint32_t)from, (uint32_t)to, "fix", 0 };

	if (!can_help(&f->in[to]))
		return;
	named = share(f, &o->title, &p->title, text_of(f, from));
	if (f->in[to].kind == ENTRY_RUNBOOK &&
	    share_word(&p->title, &o->title))
		title = share(f, &p->title, &o->title, text_of(f, to));
	if (named < NAMED_SHARE && title < TITLE_SHARE)
		return;
	e.score = fmax(named, title);
	if (title >= TITLE_SHARE)
		e.why = "title";
	f->edges = arena_grow(f->a, f->edges, f->nedges, &f->cap,
	    sizeof(*f->edges));
	f->edges[f->nedges++] = e;
}

/* What helps at once, the runbooks, before what helps for good. */
static int
by_score(const void *a, const void *b)
{
	const struct edge *x = a, *y = b;
	bool rx = x->why[0] == 't', ry = y->why[0] == 't';

	if (rx != ry)
		return rx ? -1 : 1;
	if (x->score != y->score)
		return x->score > y->score ? -1 : 1;
	return (x->to > y->to) - (x->to < y->to);
}

static void
find_of(struct finder *f, size_t from)
{
	size_t first = f->nedges, to;

	for (to = 0; to < f->n; to++)
		if (to != from)
			consider(f, from, to);
	if (f->nedges > first)
		qsort(f->edges + first, f->nedges - first, sizeof(*f->edges),
		    by_score);
	if (f->nedges > first + EDGES_EACH_MAX)
		f->nedges = first + EDGES_EACH_MAX;
}

static void
read_nodes(struct finder *f)
{
	size_t i, k, total = 0;

	for (i = 0; i < f->n; i++) {
		f->nodes[i].title = words_of(f->in[i].title, f->a);
		total += f->nodes[i].title.n;
	}
	f->all.list = arena_alloc(f->a, (total + 1) * sizeof(uint32_t));
	for (i = 0; i < f->n; i++)
		for (k = 0; k < f->nodes[i].title.n; k++)
			f->all.list[f->all.n++] = f->nodes[i].title.list[k];
	if (total > 1)
		qsort(f->all.list, total, sizeof(uint32_t), by_hash);
}

size_t
edges_find(const struct edge_node *nodes, size_t n, struct arena *a,
    struct edge **out)
{
	struct finder f = { .in = nodes, .a = a };
	size_t i;
	bool problem = false, help = false;

	*out = NULL;
	f.n = n < EDGES_ENTRIES_MAX ? n : EDGES_ENTRIES_MAX;
	for (i = 0; i < f.n; i++) {
		problem = problem || nodes[i].kind == ENTRY_PROBLEM;
		help = help || can_help(&nodes[i]);
	}
	if (!problem || !help)
		return 0;
	f.nodes = arena_calloc(a, f.n, sizeof(*f.nodes));
	read_nodes(&f);
	for (i = 0; i < f.n; i++)
		if (nodes[i].kind == ENTRY_PROBLEM)
			find_of(&f, i);
	*out = f.edges;
	return f.nedges;
}
