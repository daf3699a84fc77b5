/*
 * query_terms.c - which places of a query the glossary has a form for; see
 * query_internal.h.
 *
 * The query is cut into units as forms are; the longest form that fits a place
 * is a term, up to noise words between its units. A word that nobody knows is
 * taken for the one that was probably meant.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/query_internal.h"
#include "common/arena.h"
#include "common/str.h"
#include "kb/vocab.h"

#define UNITS_MAX QUERY_TEXT_MAX
#define NOISE_CHARS 4		/* of the longest Chinese noise word */

struct units {
	struct query_builder *b;
	struct glossary_unit *list;
	size_t n;
	uint32_t *ids[QUERY_GLOSSARIES_MAX];
	bool *noise;		/* a form may pass over it */
	bool *taken;		/* inside a term */
	bool *repaired;		/* replaced by the word that was meant */
};

/* Units */

static bool
take_unit(void *arg, const struct glossary_unit *unit)
{
	struct units *u = arg;
	struct glossary_unit *to = &u->list[u->n];

	if (unit->joined)
		return true;
	if (u->n == UNITS_MAX)
		return false;
	*to = *unit;
	to->key = arena_dup(u->b->a, unit->key);
	u->n++;
	return true;
}

static struct slice
folded_word(struct units *u, const struct glossary_unit *unit)
{
	struct slice text = slice_sub(u->b->text.text, unit->start, unit->end);
	char *out = arena_alloc(u->b->a, text.len + 1);
	size_t i;

	for (i = 0; i < text.len; i++)
		out[i] = ascii_lower(text.ptr[i]);
	return slice_make(out, text.len);
}

/* A negation is noise in a search, but never inside a form. */
static bool
is_negation(struct slice word)
{
	static const char *const words[] = { "no", "not", "without", "不", "没",
		"没有" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(words); i++)
		if (slice_is(word, words[i]))
			return true;
	return false;
}

/* Units of the noise word that begins at i, or 0. */
static size_t
noise_length(struct units *u, size_t i)
{
	struct slice word;
	size_t k, found = 0;

	if (!u->list[i].cjk) {
		word = folded_word(u, &u->list[i]);
		return query_noise(word) != NOISE_NONE && !is_negation(word);
	}
	word = u->list[i].key;
	for (k = 1; k <= NOISE_CHARS; k++) {
		if (query_noise(word) != NOISE_NONE && !is_negation(word))
			found = k;
		if (i + k >= u->n || !u->list[i + k].cjk)
			break;
		word = arena_printf(u->b->a, "%.*s%.*s", SLICE_ARG(word),
		    SLICE_ARG(u->list[i + k].key));
	}
	return found;
}

static void
mark_noise(struct units *u)
{
	size_t i, k, len;

	for (i = 0; i < u->n; i += len > 0 ? len : 1) {
		len = noise_length(u, i);
		for (k = i; k < i + len; k++)
			u->noise[k] = true;
	}
}

/* Typos */

static bool
is_in_glossary(const struct units *u, struct slice key)
{
	size_t k;

	for (k = 0; k < QUERY_GLOSSARIES_MAX; k++)
		if (u->b->tools->glossaries[k] != NULL &&
		    glossary_unit_id(u->b->tools->glossaries[k], key) != 0)
			return true;
	return false;
}

/* The first unit of a word as the key of the unit that is looked at. */
static bool
replace_key(void *arg, const struct glossary_unit *unit)
{
	struct units *u = arg;

	if (!unit->joined)
		u->list[u->n].key = arena_dup(u->b->a, unit->key);
	return unit->joined;
}

/* In pasted lines unknown words are names: they stay as they are. */
static void
repair_units(struct units *u)
{
	size_t n = u->b->text.is_error ? 0 : u->n, all = u->n;
	struct slice meant;

	for (u->n = 0; u->n < n; u->n++) {
		const struct glossary_unit *unit = &u->list[u->n];

		if (unit->cjk || u->noise[u->n] ||
		    is_in_glossary(u, unit->key) ||
		    !query_meant(u->b, folded_word(u, unit), &meant))
			continue;
		glossary_cut(meant, replace_key, u);
		u->repaired[u->n] = true;
	}
	u->n = all;
}

static void
number_units(struct units *u)
{
	size_t k, i;

	for (k = 0; k < QUERY_GLOSSARIES_MAX; k++) {
		const struct glossary *g = u->b->tools->glossaries[k];

		u->ids[k] = arena_calloc(u->b->a, u->n + 1, sizeof(uint32_t));
		for (i = 0; g != NULL && i < u->n; i++)
			u->ids[k][i] = glossary_unit_id(g, u->list[i].key);
	}
}

/* Terms */

/* Does the query have a word that makes this concept mean something else? */
static bool
is_guarded(struct units *u, size_t which, const struct glossary_form *f)
{
	const struct glossary *g = u->b->tools->glossaries[which];
	const struct glossary_concept *c = glossary_concept(g, f->concept);
	uint32_t i, first = c->first + c->nforms + c->nrelated;

	for (i = first; i < first + c->nguards; i++)
		if (glossary_holds(g, glossary_form(g, i), u->ids[which],
		    u->noise, u->n))
			return true;
	return false;
}

static void
add_matches(struct units *u, struct query_term *t, size_t which,
    const struct glossary_form *const *forms, size_t n)
{
	size_t i;

	for (i = 0; i < n && t->nmatches < ARRAY_LEN(t->match); i++) {
		if (is_guarded(u, which, forms[i]))
			continue;
		t->match[t->nmatches].in = u->b->tools->glossaries[which];
		t->match[t->nmatches++].form = forms[i];
	}
}

/* The longest term at unit i of at most max units; its length or 0. */
static size_t
read_term(struct units *u, size_t i, size_t max, struct query_term *t)
{
	const struct glossary_form *found[GLOSSARY_MATCHES_MAX];
	size_t best = 0, taken, n, k;

	*t = (struct query_term){ .cjk = true };
	for (k = 0; k < QUERY_GLOSSARIES_MAX; k++) {
		if (u->b->tools->glossaries[k] == NULL)
			continue;
		taken = glossary_match(u->b->tools->glossaries[k], u->ids[k],
		    u->noise, u->n, i, max, found, &n);
		if (taken == 0 || taken < best)
			continue;
		if (taken > best)
			t->nmatches = 0;
		best = taken;
		add_matches(u, t, k, found, n);
	}
	if (t->nmatches == 0)
		return 0;
	t->start = u->list[i].start;
	t->end = u->list[i + best - 1].end;
	t->first = (uint16_t)i;
	t->units = (uint16_t)best;
	for (k = i; k < i + best; k++) {
		t->cjk = t->cjk && u->list[k].cjk;
		t->repaired = t->repaired || u->repaired[k];
	}
	return best;
}

static void
keep_term(struct units *u, const struct query_term *t, bool inner)
{
	struct query_builder *b = u->b;

	if (b->nterms == QUERY_TERMS_MAX)
		return;
	b->terms[b->nterms] = *t;
	b->terms[b->nterms++].inner = inner;
}

/*
 * Terms from unit `from` to `to`; a character alone is none here: it is more
 * often a part of a word that the glossary does not know.
 */
static void
find_terms(struct units *u, size_t from, size_t to, bool inner)
{
	struct query_term t;
	size_t i, k, len, max;

	for (i = from; i < to; i += len > 0 ? len : 1) {
		max = to - i;
		if (inner && max == to - from)
			max--;
		len = max > 0 ? read_term(u, i, max, &t) : 0;
		if (len == 1 && u->list[i].cjk)
			len = 0;
		if (len == 0)
			continue;
		keep_term(u, &t, inner);
		for (k = i; k < i + len; k++)
			u->taken[k] = true;
	}
}

/* Terms inside terms, however deep: the list grows while it is read. */
static void
find_inner_terms(struct units *u)
{
	const struct query_builder *b = u->b;
	size_t i;

	for (i = 0; i < b->nterms; i++)
		if (b->terms[i].units > 1)
			find_terms(u, b->terms[i].first,
			    b->terms[i].first + b->terms[i].units, true);
}

/* Is nothing on this side of unit i that it could make a word with? */
static bool
is_apart(const struct units *u, size_t i, size_t beside)
{
	return beside >= u->n || !u->list[beside].cjk ||
	    u->list[beside].compound != u->list[i].compound ||
	    u->taken[beside] || u->noise[beside];
}

/* One character counts when what stands around it is known. */
static void
find_characters(struct units *u)
{
	struct query_term t;
	size_t i;

	for (i = 0; i < u->n; i++)
		if (u->list[i].cjk && !u->taken[i] && !u->noise[i] &&
		    is_apart(u, i, i - 1) && is_apart(u, i, i + 1) &&
		    read_term(u, i, 1, &t) == 1)
			keep_term(u, &t, false);
}

void
query_find_terms(struct query_builder *b)
{
	struct units u = { .b = b };

	b->terms = arena_alloc(b->a, QUERY_TERMS_MAX * sizeof(*b->terms));
	u.list = arena_alloc(b->a, UNITS_MAX * sizeof(*u.list));
	glossary_cut(b->text.text, take_unit, &u);
	u.noise = arena_calloc(b->a, u.n + 1, sizeof(*u.noise));
	u.taken = arena_calloc(b->a, u.n + 1, sizeof(*u.taken));
	u.repaired = arena_calloc(b->a, u.n + 1, sizeof(*u.repaired));
	mark_noise(&u);
	repair_units(&u);
	number_units(&u);
	find_terms(&u, 0, u.n, false);
	find_characters(&u);
	find_inner_terms(&u);
}

const struct query_term *
query_term_at(const struct query_builder *b, uint32_t start, uint32_t end,
    bool exactly)
{
	size_t i;

	for (i = 0; i < b->nterms; i++) {
		const struct query_term *t = &b->terms[i];

		if (exactly ? t->start == start && t->end == end :
		    t->start <= start && end <= t->end)
			return t;
	}
	return NULL;
}
