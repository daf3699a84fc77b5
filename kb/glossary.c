/*
 * glossary.c - looking up forms; see glossary.h.
 *
 * Every unit has a number, forms are arrays of numbers, and those that begin
 * with the same unit are a list: a place of a query costs one array look-up
 * and a few comparisons of integers.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/glossary_internal.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "common/mem.h"
#include "common/str.h"
#include "content/glossary.inc"
#include "kb/inflection.h"
#include "kb/lexer.h"

#define GAP_MAX 3		/* noise units between two units of a form */
#define INTERNED_FIRST 1024

/* Numbers */

static struct glossary_intern *
find_slot(const struct glossary *g, struct slice key)
{
	size_t mask = g->cap_interned - 1, i = str_hash(key) & mask;

	while (g->interned[i].id != 0 && !slice_eq(g->interned[i].key, key))
		i = (i + 1) & mask;
	return &g->interned[i];
}

static void
grow_interned(struct glossary *g)
{
	struct glossary_intern *old = g->interned;
	size_t n = g->cap_interned, i;

	g->cap_interned = n == 0 ? INTERNED_FIRST : n * 2;
	g->interned = mem_calloc(g->cap_interned, sizeof(*g->interned));
	for (i = 0; i < n; i++)
		if (old[i].id != 0)
			*find_slot(g, old[i].key) = old[i];
	free(old);
}

uint32_t
glossary_intern(struct glossary *g, struct slice key)
{
	struct glossary_intern *slot;

	if (g->ninterned * 2 >= g->cap_interned)
		grow_interned(g);
	slot = find_slot(g, key);
	if (slot->id == 0) {
		slot->key = arena_dup(&g->arena, key);
		slot->id = (uint32_t)++g->ninterned;
	}
	return slot->id;
}

uint32_t
glossary_unit_id(const struct glossary *g, struct slice key)
{
	return g->cap_interned == 0 ? 0 : find_slot(g, key)->id;
}

/* Keys */

uint32_t
glossary_add_key(struct glossary *g, struct glossary_key k, bool listed)
{
	uint32_t first = k.units[0], id = (uint32_t)g->nkeys;

	while (g->nheads <= first) {
		g->heads = mem_grow(g->heads, g->nheads, &g->cap_heads,
		    sizeof(*g->heads));
		g->heads[g->nheads++] = 0;
	}
	k.next = 0;
	if (listed) {
		k.next = g->heads[first];
		g->heads[first] = id;
	}
	g->keys = mem_grow(g->keys, g->nkeys, &g->cap_keys,
	    sizeof(*g->keys));
	g->keys[g->nkeys++] = k;
	return id;
}

void
glossary_destroy(struct glossary *g)
{
	if (g == NULL)
		return;
	free(g->interned);
	free(g->forms);
	free(g->keys);
	free(g->concepts);
	free(g->heads);
	arena_free(&g->arena);
	free(g);
}

size_t
glossary_concepts(const struct glossary *g)
{
	return g->nconcepts;
}

const struct glossary_concept *
glossary_concept(const struct glossary *g, uint32_t id)
{
	return &g->concepts[id];
}

const struct glossary_form *
glossary_form(const struct glossary *g, uint32_t id)
{
	return &g->forms[id];
}

/* The data is part of the program: a fault in it is ours, and tested for. */
static const struct glossary *shipped;
static pthread_once_t shipped_once = PTHREAD_ONCE_INIT;

static void
read_shipped(void)
{
	struct err e = ERR_INIT;

	shipped = glossary_read(glossary_files[0].name, slice_make(
	    glossary_files[0].text, glossary_files[0].len), &e);
	assert(shipped != NULL);
}

const struct glossary *
glossary_shipped(void)
{
	pthread_once(&shipped_once, read_shipped);
	return shipped;
}

/* Units */

struct cutter {
	glossary_sink *sink;
	void *arg;
	struct glossary_unit last;	/* a character whose end is unknown */
	char key[TOKEN_MAX_BYTES];	/* of `last` */
	bool pending;
};

static bool
flush(struct cutter *c, uint32_t end)
{
	if (!c->pending)
		return true;
	c->pending = false;
	if (end > c->last.start)
		c->last.end = end;
	return c->sink(c->arg, &c->last);
}

static struct slice
first_char(struct slice s)
{
	size_t next;

	(void)utf8_decode(s, 0, &next);
	return slice_sub(s, 0, next);
}

/* A pair gives its first character; where that ends, the next token says. */
static bool
cut_char(struct cutter *c, const struct token *t)
{
	struct slice key = first_char(t->text);

	memcpy(c->key, key.ptr, key.len);
	c->last = (struct glossary_unit){ slice_make(c->key, key.len),
		t->start, t->end, true, false, t->compound };
	c->pending = true;
	return t->form == TOKEN_PAIR || flush(c, t->end);
}

static struct slice
word_key(const struct token *t, char stem[TOKEN_MAX_BYTES])
{
	size_t n = inflection_base(t->text, NULL);

	if (n > 0)
		return slice_sub(t->text, 0, n);
	n = lexer_stem(t->text, stem);
	return n > 0 ? slice_make(stem, n) : t->text;
}

static bool
cut_token(void *arg, const struct token *t)
{
	struct cutter *c = arg;
	char stem[TOKEN_MAX_BYTES];
	struct glossary_unit u = { t->text, t->start, t->end, false, false,
		t->compound };

	if (t->colocated) {
		if (t->form != TOKEN_JOINED)
			return true;
		u.joined = true;
		u.key = word_key(t, stem);
		return c->sink(c->arg, &u);
	}
	if (!flush(c, t->start))
		return false;
	if (t->form == TOKEN_PAIR || t->form == TOKEN_LAST ||
	    t->form == TOKEN_SINGLE)
		return cut_char(c, t);
	u.key = word_key(t, stem);
	return c->sink(c->arg, &u);
}

void
glossary_cut(struct slice text, glossary_sink *sink, void *arg)
{
	struct cutter c = { .sink = sink, .arg = arg };

	if (lexer_run(text, cut_token, &c))
		(void)flush(&c, (uint32_t)text.len);
}

/* Matching */

/* Units that the key takes from `at` on, or 0. */
static size_t
fit(const struct glossary_key *k, const uint32_t *ids, const bool *noise,
    size_t n, size_t at)
{
	size_t i = at, j, gap;

	for (j = 0; j < k->nunits; j++, i++) {
		for (gap = 0; j > 0 && k->gaps && gap < GAP_MAX && i < n &&
		    ids[i] != k->units[j] && noise[i]; gap++)
			i++;
		if (i >= n || ids[i] != k->units[j])
			return 0;
	}
	return i - at;
}

size_t
glossary_match(const struct glossary *g, const uint32_t *ids,
    const bool *noise, size_t n, size_t at, size_t max,
    const struct glossary_form *out[GLOSSARY_MATCHES_MAX], size_t *nout)
{
	size_t best = 0, taken;
	uint32_t i;

	*nout = 0;
	if (ids[at] == 0 || ids[at] >= g->nheads)
		return 0;
	for (i = g->heads[ids[at]]; i != 0; i = g->keys[i].next) {
		taken = fit(&g->keys[i], ids, noise, n, at);
		if (taken == 0 || taken > max || taken < best)
			continue;
		if (taken > best)
			*nout = 0;
		best = taken;
		if (*nout < GLOSSARY_MATCHES_MAX)
			out[(*nout)++] = &g->forms[g->keys[i].form];
	}
	return best;
}

bool
glossary_holds(const struct glossary *g, const struct glossary_form *f,
    const uint32_t *ids, const bool *noise, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (fit(&g->keys[f->key], ids, noise, n, i) > 0)
			return true;
	return false;
}
