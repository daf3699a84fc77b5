/*
 * query_glossary.c - what else the words of a query are called; see
 * query_internal.h.
 *
 * A term whose words are one group gives that group more forms. A longer one
 * becomes a whole beside its parts, and terms inside it give the parts more
 * forms.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/query_internal.h"
#include "common/arena.h"
#include "common/str.h"
#include "kb/vocab.h"

#include <math.h>

#define ERROR_SHARE .7		/* of an error line its own words count most */

/* Forms */

/*
 * About how many entries have the phrase: of those with its rarest token half
 * for the second token, of those a quarter for each further one.
 */
static uint32_t
count_phrase(struct query_builder *b, const struct glossary_form *f)
{
	struct slice rest = f->phrase, token;
	uint32_t count = UINT32_MAX;
	unsigned words = 0;

	if (f->prefix)
		return vocab_count_prefix(b->v, f->phrase);
	while (count > 0 && str_split(&rest, ' ', &token)) {
		count = query_min(count, vocab_count(b->v, token));
		words++;
	}
	for (; words > 2 && count > 1; words--)
		count = (count + 3) / 4;
	return words > 1 && count > 1 ? count / 2 : count;
}

static double
share_of(const struct query_builder *b)
{
	return b->text.is_error ? ERROR_SHARE : 1;
}

/* Do the tokens of `part` stand in `phrase`, in their order? */
static bool
holds_phrase(struct slice phrase, struct slice part)
{
	size_t at;

	for (at = 0; at + part.len <= phrase.len; at++)
		if ((at == 0 || phrase.ptr[at - 1] == ' ') &&
		    (at + part.len == phrase.len ||
		    phrase.ptr[at + part.len] == ' ') &&
		    memcmp(phrase.ptr + at, part.ptr, part.len) == 0)
			return true;
	return false;
}

/* Whoever has "lock wait timeout" has "lock wait": one of them is enough. */
static bool
is_implied(const struct query_group *g, struct slice phrase, double weight)
{
	unsigned i;

	for (i = 0; i < g->nforms; i++)
		if (!g->forms[i].prefix && g->forms[i].weight >= weight &&
		    holds_phrase(phrase, g->forms[i].phrase))
			return true;
	return false;
}

/* The query may outlive the site's glossary. */
static void
keep_text(struct query_builder *b, struct query_form *form,
    const struct glossary_form *f)
{
	form->phrase = arena_dup(b->a, f->phrase);
	form->shown = arena_dup(b->a, f->text);
}

static void
add_name(struct query_builder *b, struct query_group *g,
    const struct glossary_form *f, double weight, double credit)
{
	struct query_form *form;
	unsigned i;

	weight *= share_of(b);
	if (is_implied(g, f->phrase, weight))
		return;
	form = query_add_form(g, f->phrase, f->prefix, QUERY_GLOSSARY, weight,
	    count_phrase(b, f));
	if (form == NULL)
		return;
	for (i = 0; i + 1 < g->nforms; i++)
		if (g->forms[i].reason == QUERY_GLOSSARY && !f->prefix &&
		    g->forms[i].weight <= weight &&
		    holds_phrase(g->forms[i].phrase, f->phrase)) {
			g->forms[i] = *form;
			form = &g->forms[i];
			g->nforms--;
			break;
		}
	form->credit = credit;
	keep_text(b, form, f);
}

/* Related words do not tell how common the thing itself is. */
static void
add_related(struct query_builder *b, struct query_group *g,
    const struct glossary_form *f)
{
	uint32_t count = g->count;
	struct query_form *form = query_add_form(g, f->phrase, f->prefix,
	    QUERY_RELATED, W_RELATED * share_of(b), count_phrase(b, f));

	g->count = count;
	if (form == NULL)
		return;
	form->credit = C_RELATED;
	keep_text(b, form, f);
}

static bool
has_latin(struct slice phrase)
{
	size_t i;

	for (i = 0; i < phrase.len; i++)
		if (ascii_is_alpha(phrase.ptr[i]))
			return true;
	return false;
}

/*
 * Another name in the language of the query is worth less than one in another
 * language: who wrote the lesson could have used the word of the query.
 */
static void
add_concept(struct query_builder *b, struct query_group *g,
    const struct glossary *in, const struct glossary_form *as)
{
	const struct glossary_concept *c = glossary_concept(in, as->concept);
	bool like = c->kind == GLOSSARY_LIKE;
	uint32_t i, n = c->first + c->nforms;

	for (i = c->first; i < n; i++) {
		const struct glossary_form *f = glossary_form(in, i);
		double weight = like ? W_LIKE : W_TERM;

		if (has_latin(f->phrase) == has_latin(as->phrase))
			weight *= W_SAME_SCRIPT;
		add_name(b, g, f, weight, like ? C_LIKE : C_TERM);
	}
	for (; i < n + c->nrelated; i++)
		add_related(b, g, glossary_form(in, i));
}

/* A word that every concept calls an everyday one. */
static bool
is_everyday(const struct query_term *t)
{
	size_t i;

	for (i = 0; i < t->nmatches; i++)
		if (glossary_concept(t->match[i].in, t->match[i].form->concept)
		    ->kind != GLOSSARY_WORD)
			return false;
	return true;
}

static void
add_names(struct query_builder *b, struct query_group *g,
    const struct query_term *t)
{
	size_t i;

	for (i = 0; i < t->nmatches; i++)
		add_concept(b, g, t->match[i].in, t->match[i].form);
	if (is_everyday(t))
		g->weight *= W_EVERYDAY;
}

/* Groups of words inside the term; *one is the last of them. */
static size_t
groups_inside(struct query_builder *b, const struct query_term *t,
    struct query_group **one)
{
	size_t i, n = 0;

	for (i = 0; i < b->ngroups; i++) {
		struct query_group *g = &b->groups[i];

		if (g->bonus || g->has_parts || g->end <= g->start ||
		    g->start < t->start || g->end > t->end)
			continue;
		*one = g;
		n++;
	}
	return n;
}

/* The term as a group of its own; the groups inside become its parts. */
static void
add_whole(struct query_builder *b, const struct query_term *t)
{
	struct slice words = slice_sub(b->text.text, t->start, t->end);
	const struct glossary_form *f = t->match[0].form;
	struct query_group *g = query_add_group(b, words, 1, false);
	size_t i, whole;

	if (g == NULL)
		return;
	whole = (size_t)(g - b->groups);
	(void)query_add_form(g, arena_dup(b->a, f->phrase), f->prefix,
	    QUERY_EXACT, 1, count_phrase(b, f));
	add_names(b, g, t);
	for (i = 0; i < whole; i++) {
		struct query_group *part = &b->groups[i];

		if (part->bonus || part->has_parts || part->whole != 0 ||
		    part->end <= part->start || part->start < t->start ||
		    part->end > t->end)
			continue;
		part->whole = (uint16_t)(whole + 1);
		g->has_parts = true;
	}
	g->start = t->start;
	g->end = t->end;
}

void
query_apply_terms(struct query_builder *b)
{
	struct query_group *g = NULL;
	size_t i, n;

	for (i = 0; i < b->nterms; i++) {
		const struct query_term *t = &b->terms[i];

		n = groups_inside(b, t, &g);
		if (n == 1 && g->start == t->start && g->end == t->end)
			add_names(b, g, t);
		else if (!t->inner)
			add_whole(b, t);
	}
}
