/*
 * query_words.c - groups of words and identifiers; see query_internal.h.
 *
 * A word has the forms that the lexer put at its position. When the index has
 * none of them, it is repaired: as another inflection, as a typo, as two words
 * written together, as the beginning of a longer one.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/query_internal.h"
#include "common/arena.h"
#include "kb/inflection.h"
#include "kb/vocab.h"

#include <math.h>

/* "filetype" as "file type", if both are words of the index. */
static void
add_split(struct query_builder *b, struct query_group *g, struct slice w)
{
	uint32_t best = 0;
	size_t at, best_at = 0;

	for (at = 3; w.len >= 6 && at + 3 <= w.len; at++) {
		uint32_t n = vocab_count(b->v, slice_sub(w, 0, at));

		if (n > best)
			n = query_min(n, vocab_count(b->v,
			    slice_sub(w, at, w.len)));
		if (n > best) {
			best = n;
			best_at = at;
		}
	}
	if (best > 0)
		query_add_form(g, query_phrase2(b, slice_sub(w, 0, best_at),
		    slice_sub(w, best_at, w.len)), false, QUERY_SPLIT, W_SPLIT,
		    best);
}

/* A word is asked for by the glossary's terms, and again by its group. */
static struct query_near
near_words(struct query_builder *b, struct slice w)
{
	struct query_near near = { .word = w };
	size_t i;

	for (i = 0; i < b->nnears; i++)
		if (slice_eq(b->nears[i].word, w))
			return b->nears[i];
	near.n = vocab_near(b->v, w, near.list);
	if (b->nnears < QUERY_NEARS_MAX)
		b->nears[b->nnears++] = near;
	return near;
}

static void
add_typos(struct query_builder *b, struct query_group *g, struct slice w)
{
	struct query_near near = near_words(b, w);
	size_t i;

	for (i = 0; i < near.n; i++)
		query_add_form(g, arena_dup(b->a, near.list[i].word), false,
		    QUERY_TYPO, pow(W_TYPO, near.list[i].distance),
		    near.list[i].count);
}

bool
query_is_letters(struct slice w)
{
	size_t i;

	for (i = 0; i < w.len; i++)
		if (w.ptr[i] < 'a' || w.ptr[i] > 'z')
			return false;
	return w.len > 0;
}

/* The other inflections of a word, as far as the index has them. */
static void
add_inflections(struct query_builder *b, struct query_group *g, struct slice w)
{
	static const char *const ends[] = { "", "e", "s", "es", "ed", "ing" };
	size_t i, n = inflection_base(w, NULL);

	for (i = 0; n > 0 && i < ARRAY_LEN(ends); i++) {
		struct slice other = arena_printf(b->a, "%.*s%s", (int)n,
		    w.ptr, ends[i]);

		if (other.len <= TOKEN_MAX_BYTES && !slice_eq(other, w))
			query_add_token(b, g, other, QUERY_STEM, W_INFLECTION);
	}
}

bool
query_meant(struct query_builder *b, struct slice w, struct slice *out)
{
	struct query_group as_typed = { .nforms = 0 };
	struct query_near near;

	if (!query_is_letters(w) || vocab_count(b->v, w) > 0)
		return false;
	add_inflections(b, &as_typed, w);
	if (as_typed.nforms > 0)
		return false;
	near = near_words(b, w);
	*out = near.n > 0 ? near.list[0].word : w;
	return near.n > 0;
}

/* A word whose every form is unknown: what may have been meant? */
static void
repair(struct query_builder *b, struct query_group *g, struct slice w)
{
	if (!query_is_letters(w))
		return;
	add_inflections(b, g, w);
	if (g->nforms == 0)
		add_typos(b, g, w);
	if (g->nforms == 0)
		add_split(b, g, w);
	if (g->nforms == 0 && w.len >= 4)
		query_add_prefix(b, g, w, QUERY_PREFIX, W_PREFIX);
}

static void
add_colocated(struct query_builder *b, struct query_group *g,
    const struct query_token *t)
{
	switch (t->form) {
	case TOKEN_JOINED:
		query_add_token(b, g, t->text, QUERY_JOINED, 1);
		break;
	case TOKEN_STEM:
		query_add_token(b, g, t->text, QUERY_STEM, W_STEM);
		break;
	case TOKEN_LETTERS:
		query_add_token(b, g, t->text, QUERY_LETTERS, W_LETTERS);
		break;
	case TOKEN_DIGITS:
		query_add_token(b, g, t->text, QUERY_NUMBER, W_NUMBER);
		break;
	case TOKEN_PERCENT:
	case TOKEN_NAME:
		query_add_token(b, g, t->text, QUERY_EXACT, 1);
		break;
	case TOKEN_FLAG:
		query_add_token(b, g, t->text, QUERY_EXACT, W_FLAG);
		break;
	default:
		break;
	}
}

static bool
has_form(const struct query_token *t, size_t n, enum token_form form)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (t[i].form == form)
			return true;
	return false;
}

/*
 * The forms of one position: its first token and what is colocated. A flag's
 * own form is of the whole atom, not of its first part.
 */
static void
add_position(struct query_builder *b, struct query_group *g,
    const struct query_token *t, size_t n, bool whole)
{
	double exact = 1;
	size_t i;

	if (has_form(t, n, TOKEN_PERCENT))
		exact = W_NUMBER;
	else if (has_form(t, n, TOKEN_NAME))
		exact = W_LETTERS;
	for (i = 1; i < n; i++)
		if (t[i].form == TOKEN_PERCENT || t[i].form == TOKEN_NAME ||
		    (t[i].form == TOKEN_FLAG && whole))
			add_colocated(b, g, &t[i]);
	query_add_token(b, g, t[0].text, exact < 1 ? QUERY_NUMBER : QUERY_EXACT,
	    exact);
	for (i = 1; i < n; i++)
		if (t[i].form != TOKEN_JOINED && t[i].form != TOKEN_FLAG)
			add_colocated(b, g, &t[i]);
}

/* Numbers say little, unless a word before them makes them a code. */
static double
number_weight(const struct query_builder *b, const struct query_token *t)
{
	static const char *const codes[] = { "errno", "error", "code", "status",
		"exit", "sqlstate", "err", "http", "错误", "误" };
	size_t i;

	if (t->text.len == 1)
		return W_DIGIT;
	if (!b->text.is_error)
		return 1;
	if (t > b->tokens) {
		for (i = 0; i < ARRAY_LEN(codes); i++)
			if (slice_is(t[-1].text, codes[i]))
				return 1;
	}
	if (t->start > 0 && t->end < b->text.text.len &&
	    (b->text.text.ptr[t->start - 1] == '(' ||
	    b->text.text.ptr[t->start - 1] == ':') && t->text.len <= 5 &&
	    memchr(t->text.ptr, '.', t->text.len) == NULL)
		return .8;
	return t->text.len >= 6 ? W_VARIABLE : .5;
}

/* How much its place lets a token weigh, and, for a number, what it says. */
static double
place_weight(const struct query_builder *b, const struct query_token *t)
{
	const struct query_span *s = query_text_span(&b->text, t->start);
	double w = t->form == TOKEN_NUMBER ? number_weight(b, t) : 1;

	if (s == NULL)
		return w;
	switch (s->kind) {
	case SPAN_ADDRESS:
	case SPAN_PREFIX:
		return w * W_VARIABLE * .5;
	case SPAN_PATH:
		return w * W_VARIABLE;
	case SPAN_QUOTED:
		return w * W_QUOTED;
	}
	return w;
}

double
query_token_weight(const struct query_builder *b, const struct query_token *t)
{
	return place_weight(b, t) *
	    (query_noise(t->text) != NOISE_NONE ? W_LIGHT : 1);
}

void
query_add_word(struct query_builder *b, const struct query_token *t, size_t n,
    double weight, bool bonus, bool whole)
{
	struct query_group *g = query_add_group(b, t[0].text, weight, bonus);
	const struct query_term *term;

	if (g == NULL)
		return;
	query_place(g, &t[0], &t[0]);
	add_position(b, g, t, n, whole);
	/* what the glossary knows is no typo */
	term = query_term_at(b, t[0].start, t[0].end, false);
	if (g->nforms == 0 && t[0].form == TOKEN_WORD &&
	    (term == NULL || term->repaired))
		repair(b, g, t[0].text);
}

/* Identifiers */

/* All first tokens as a phrase, and how many entries can have it at most. */
static struct slice
whole_phrase(struct query_builder *b, const struct query_token *t, size_t n,
    uint32_t *count, size_t *parts)
{
	struct slice s = { NULL, 0 };
	size_t i;

	*count = UINT32_MAX;
	*parts = 0;
	for (i = 0; i < n; i = query_position_end(t, n, i)) {
		s = *parts == 0 ? t[i].text : query_phrase2(b, s, t[i].text);
		*count = query_min(*count, vocab_count(b->v, t[i].text));
		++*parts;
	}
	return s;
}

static struct slice
joined_form(const struct query_token *t, size_t n)
{
	size_t i, best = 0;

	for (i = 1; i < n && t[i].colocated; i++)
		if (t[i].form == TOKEN_JOINED &&
		    t[i].text.len >= t[best].text.len)
			best = i;
	return best > 0 ? t[best].text : slice_make(NULL, 0);
}

static void
add_parts(struct query_builder *b, const struct query_token *t, size_t n,
    double weight, bool bonus)
{
	size_t i, next;

	for (i = 0; i < n; i = next) {
		next = query_position_end(t, n, i);
		if (query_noise(t[i].text) != NOISE_DROP)
			query_add_word(b, t + i, next - i,
			    weight * query_token_weight(b, &t[i]), bonus,
			    false);
	}
}

/*
 * An identifier of several parts. When the index knows it whole, its parts
 * only help; when it does not, they carry the query.
 */
void
query_add_identifier(struct query_builder *b, const struct query_token *t,
    size_t n)
{
	struct slice joined = joined_form(t, n), phrase;
	bool known = joined.len > 0 && vocab_count(b->v, joined) > 0;
	uint32_t count;
	size_t parts, i;
	const struct query_span *span = query_text_span(&b->text, t->start);
	struct query_group *g;

	phrase = whole_phrase(b, t, n, &count, &parts);
	g = query_add_group(b, joined.len > 0 ? joined : phrase,
	    known ? place_weight(b, &t[0]) : W_PAIR_PHRASE, !known);
	if (g != NULL) {
		query_place(g, &t[0], &t[n - 1]);
		for (i = 1; i < n; i++)
			if (t[i].form == TOKEN_FLAG)
				add_colocated(b, g, &t[i]);
		if (joined.len > 0)
			query_add_token(b, g, joined, QUERY_EXACT, 1);
		if (count > 0 && parts <= 12)
			query_add_form(g, phrase, false, QUERY_SPLIT, 1,
			    known ? vocab_count(b->v, joined) : count);
		if (!known && joined.len > 0 &&
		    query_term_at(b, g->start, g->end, false) == NULL)
			add_typos(b, g, joined);
		if (g->nforms > 0 && g->forms[0].reason == QUERY_TYPO)
			known = true, g->bonus = false, g->weight = 1;
	}
	/* an unknown name in quotes is what differs from case to case */
	add_parts(b, t, n, known ? W_KNOWN_PARTS :
	    span != NULL && span->kind == SPAN_QUOTED ?
	    W_VARIABLE / W_QUOTED : 1, known);
}
