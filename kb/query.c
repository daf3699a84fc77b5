/*
 * query.c - what somebody typed, as groups; see query.h.
 *
 *   bytes -> query_text (cut, spans) -> lexer (tokens) -> atoms -> groups
 *
 * An atom is one compound of the lexer: an identifier or a Chinese run. Each
 * kind of atom has a function that makes its groups; afterwards neighbours
 * are tied together by bonus groups, and the groups get their weight from how
 * rare they are.
 *
 * Invariants:
 *   (1) Every phrase consists of tokens that the lexer gave, which hold
 *       neither quotes nor blanks; no phrase is empty.
 *   (2) Every form has been seen in the index (count > 0).
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/query_internal.h"
#include "common/arena.h"
#include "kb/vocab.h"

#include <math.h>
#include <stdlib.h>

#define TOKENS_MAX (QUERY_TEXT_MAX * 4)
#define CANDIDATES_MAX 512	/* groups before the best are chosen */
#define RARE 3			/* entries; such a word may be unfinished */

/* Entries that every base is assumed to have besides its own. */
#define BACKGROUND 50.0

/* Rarer words tell no more: they are often slips or names of one place. */
#define IDF_MAX 20

static const struct {
	const char *word;
	enum query_noise how;
} noise_words[] = {
#include "content/noise.inc"
};

/* Noise */

static int
compare_noise(const void *key, const void *row)
{
	const struct slice *w = key;
	const char *other = *(const char *const *)row;
	size_t n = strlen(other);
	int c = memcmp(w->ptr, other, w->len < n ? w->len : n);

	return c != 0 ? c : (w->len > n) - (w->len < n);
}

enum query_noise
query_noise(struct slice word)
{
	size_t i = 0;
	const char *row;

	if (word.len == 0)
		return NOISE_NONE;
	row = bsearch(&word, noise_words, ARRAY_LEN(noise_words),
	    sizeof(noise_words[0]), compare_noise);
	if (row == NULL)
		return NOISE_NONE;
	i = (size_t)(row - (const char *)noise_words) / sizeof(noise_words[0]);
	return noise_words[i].how;
}

struct query_form *
query_add_form(struct query_group *g, struct slice phrase, bool prefix,
    enum query_reason reason, double weight, uint32_t count)
{
	unsigned i;

	if (count == 0 || phrase.len == 0)
		return NULL;
	for (i = 0; i < g->nforms; i++)
		if (g->forms[i].prefix == prefix &&
		    slice_eq(g->forms[i].phrase, phrase))
			return NULL;
	if (g->nforms == QUERY_FORMS_MAX)
		return NULL;
	g->forms[g->nforms] = (struct query_form){ .phrase = phrase,
		.prefix = prefix, .reason = reason, .weight = weight,
		.credit = fmin(1, weight), .count = count };
	if (count > g->count)
		g->count = count;
	return &g->forms[g->nforms++];
}

/* A group for these words, which may stay without forms; NULL when full. */
struct query_group *
query_add_group(struct query_builder *b, struct slice words, double weight,
    bool bonus)
{
	struct query_group *g;
	size_t i;

	for (i = 0; i < b->ngroups; i++) {
		g = &b->groups[i];
		if (g->bonus != bonus || !slice_eq(g->words, words))
			continue;
		if (weight > g->weight)
			g->weight = weight;
		return NULL;
	}
	if (b->ngroups == CANDIDATES_MAX)
		return NULL;
	g = &b->groups[b->ngroups++];
	*g = (struct query_group){ .words = words, .weight = weight,
		.bonus = bonus };
	return g;
}

void
query_add_token(struct query_builder *b, struct query_group *g,
    struct slice token, enum query_reason reason, double weight)
{
	query_add_form(g, token, false, reason, weight,
	    vocab_count(b->v, token));
}

void
query_add_prefix(struct query_builder *b, struct query_group *g,
    struct slice token, enum query_reason reason, double weight)
{
	query_add_form(g, token, true, reason, weight,
	    vocab_count_prefix(b->v, token));
}

struct slice
query_phrase2(struct query_builder *b, struct slice x, struct slice y)
{
	return arena_printf(b->a, "%.*s %.*s", SLICE_ARG(x), SLICE_ARG(y));
}

/* Where the next position begins. */
size_t
query_position_end(const struct query_token *t, size_t n, size_t at)
{
	for (at++; at < n && t[at].colocated; at++)
		;
	return at;
}

/* Neighbours */

static bool
is_run(const struct query_token *t)
{
	return t->form == TOKEN_PAIR || t->form == TOKEN_LAST ||
	    t->form == TOKEN_SINGLE;
}

static struct query_link
link_of(struct query_builder *b, const struct query_token *t, size_t n)
{
	struct query_link l = { .first = t[0].text, .last = t[0].text };
	size_t i;

	for (i = 0; i < n; i = query_position_end(t, n, i))
		l.last = t[i].text;
	l.count_first = vocab_count(b->v, l.first);
	l.count_last = vocab_count(b->v, l.last);
	if (!is_run(t) && query_position_end(t, n, 0) == n)
		l.noise = query_noise(l.first);
	return l;
}

static void
add_neighbours(struct query_builder *b, struct slice phrase, uint32_t count,
    double weight)
{
	struct query_group *g;

	if (count > 0 && (g = query_add_group(b, phrase, weight, true)) != NULL)
		query_add_form(g, phrase, false, QUERY_EXACT, 1, count);
}

/* Tie this atom to the one before it, or, over a noise word, to that before. */
static void
tie(struct query_builder *b, struct query_link now)
{
	const struct query_link *one = &b->before, *two = &b->before2;
	double weight = one->noise == NOISE_LIGHT && now.noise == NOISE_LIGHT ?
	    W_LIGHT * W_PAIR_PHRASE : W_PAIR_PHRASE;
	struct slice phrase;

	if (now.noise == NOISE_DROP || now.noise_first ||
	    one->noise_last || one->first.len == 0) {
		/* nothing to tie */
	} else if (one->noise != NOISE_DROP) {
		phrase = query_phrase2(b, one->last, now.first);
		add_neighbours(b, phrase,
		    query_min(one->count_last, now.count_first), weight);
	} else if (two->first.len > 0 && two->noise != NOISE_DROP &&
	    !two->noise_last) {
		phrase = query_phrase2(b, two->last, one->first);
		phrase = query_phrase2(b, phrase, now.first);
		add_neighbours(b, phrase, query_min(one->count_first,
		    query_min(two->count_last, now.count_first)), weight);
	}
	b->before2 = b->before;
	b->before = now;
}

/* Reading */

static bool
collect(void *arg, const struct token *t)
{
	struct query_builder *b = arg;

	if (b->ntokens == TOKENS_MAX)
		return false;
	b->tokens[b->ntokens++] = (struct query_token){
		.text = arena_dup(b->a, t->text), .start = t->start,
		.end = t->end, .compound = t->compound, .form = t->form,
		.colocated = t->colocated };
	return true;
}

static void
add_atom(struct query_builder *b, const struct query_token *t, size_t n,
    bool keep_noise)
{
	struct query_link l = link_of(b, t, n);

	if (is_run(t)) {
		query_add_run(b, t, n, keep_noise, &l);
	} else if (query_position_end(t, n, 0) < n) {
		query_add_identifier(b, t, n);
	} else if (keep_noise || query_noise(t->text) != NOISE_DROP) {
		query_add_word(b, t, n, query_token_weight(b, t), false, true);
	}
	tie(b, l);
}

static void
forget_neighbours(struct query_builder *b)
{
	b->before = b->before2 = (struct query_link){ .noise = NOISE_NONE };
}

static void
add_atoms(struct query_builder *b, bool keep_noise)
{
	size_t i, n;

	forget_neighbours(b);
	for (i = 0; i < b->ntokens; i += n) {
		const struct query_token *t = &b->tokens[i];

		for (n = 1; i + n < b->ntokens &&
		    t[n].compound == t->compound; n++)
			;
		if (i > 0 && memchr(b->text.text.ptr + t[-1].end, '\n',
		    t->start > t[-1].end ? t->start - t[-1].end : 0) != NULL)
			forget_neighbours(b);
		b->last_atom = i;
		add_atom(b, t, n, keep_noise);
	}
}

/* The last word of a query may still be growing. */
static void
complete_last_word(struct query_builder *b)
{
	const struct query_token *t = &b->tokens[b->last_atom];
	size_t i, n = b->ntokens - b->last_atom;

	if (b->ntokens == 0 || b->text.is_error || t->form != TOKEN_WORD ||
	    !query_is_letters(t->text) || t->text.len < 4 ||
	    query_position_end(t, n, 0) < n ||
	    t->end != b->text.text.len)
		return;
	for (i = 0; i < b->ngroups; i++) {
		struct query_group *g = &b->groups[i];

		if (!g->bonus && slice_eq(g->words, t->text) &&
		    g->nforms > 0 && g->count < RARE)
			query_add_prefix(b, g, t->text, QUERY_PREFIX, W_PREFIX);
	}
}

static double
idf(const struct query_builder *b, uint32_t count)
{
	double n = vocab_entries(b->v) + BACKGROUND, df = count;

	return fmin(IDF_MAX, log(1 + (n - df + .5) / (df + .5)));
}

/* A whole is worth what its parts are worth, but no less than itself. */
static void
weigh_whole(struct query_builder *b, size_t whole)
{
	struct query_group *g = &b->groups[whole];
	double sum = 0;
	size_t i;

	for (i = 0; i < b->ngroups; i++)
		if (b->groups[i].whole == whole + 1)
			sum += b->groups[i].weight * b->groups[i].idf;
	g->weight = fmax(g->weight, sum / g->idf);
}

static void
weigh(struct query_builder *b)
{
	size_t i;

	for (i = 0; i < b->ngroups; i++)
		b->groups[i].idf = idf(b, b->groups[i].count);
	for (i = 0; i < b->ngroups; i++)
		if (b->groups[i].has_parts)
			weigh_whole(b, i);
}

static int
by_worth(const void *a, const void *b)
{
	const struct query_group *x = *(const struct query_group *const *)a;
	const struct query_group *y = *(const struct query_group *const *)b;
	double wx = x->weight * x->idf, wy = y->weight * y->idf;

	return wx > wy ? -1 : wx < wy;
}

/*
 * The best groups, in the order of the query. Numbers of wholes change with
 * it; a part whose whole is left out stands alone.
 */
static void
choose(struct query_builder *b, struct query *out)
{
	const struct query_group **order;
	uint8_t *place = arena_calloc(b->a, b->ngroups + 1, 1);
	size_t i, n = 0;

	order = arena_alloc(b->a, (b->ngroups + 1) * sizeof(*order));
	for (i = 0; i < b->ngroups; i++)
		order[n++] = &b->groups[i];
	if (n > QUERY_GROUPS_MAX) {
		qsort(order, n, sizeof(*order), by_worth);
		n = QUERY_GROUPS_MAX;
	}
	for (i = 0; i < n; i++)
		place[order[i] - b->groups] = 1;
	for (i = 0; i < b->ngroups; i++) {
		if (place[i] == 0)
			continue;
		out->groups[out->ngroups++] = b->groups[i];
		place[i] = (uint8_t)out->ngroups;
	}
	for (i = 0; i < out->ngroups; i++)
		if (out->groups[i].whole != 0)
			out->groups[i].whole =
			    place[out->groups[i].whole - 1];
}

void
query_parse(struct slice text, const struct query_tools *tools,
    struct arena *a, struct query *out)
{
	struct query_builder *b = arena_zalloc(a, sizeof(*b));

	b->a = a;
	b->v = tools->vocab;
	b->tools = tools;
	memset(out, 0, sizeof(*out));
	query_text_clean(text, a, &b->text);
	out->is_log = b->text.is_log && b->text.is_error;
	b->tokens = arena_alloc(a, TOKENS_MAX * sizeof(*b->tokens));
	b->groups = arena_alloc(a, CANDIDATES_MAX * sizeof(*b->groups));
	(void)lexer_run(b->text.text, collect, b);
	query_find_terms(b);
	add_atoms(b, false);
	query_apply_terms(b);
	out->only_noise = b->ngroups == 0;
	if (out->only_noise)
		add_atoms(b, true);
	complete_last_word(b);
	weigh(b);
	choose(b, out);
}
