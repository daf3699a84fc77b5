/*
 * query_glossary.c - what else the words of a query are called; see
 * query_internal.h.
 *
 * The longest form of the glossary that fits a place is a term. A term whose
 * words are one group gives that group more forms. A longer one becomes a
 * whole beside its parts, and terms inside it give the parts more forms.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/query_internal.h"
#include "common/arena.h"
#include "common/str.h"
#include "kb/vocab.h"

#include <math.h>

#define UNITS_MAX QUERY_TEXT_MAX
#define NOISE_CHARS 4		/* of the longest Chinese noise word */
#define ERROR_SHARE .7		/* of an error line its own words count most */

struct units {
	struct query_builder *b;
	struct glossary_unit *list;
	size_t n;
	uint32_t *ids[QUERY_GLOSSARIES_MAX];
	bool *noise;		/* a form may pass over it */
	bool *taken;		/* inside a term */
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
	t->units = (uint8_t)best;
	for (k = i; k < i + best; k++)
		t->cjk = t->cjk && u->list[k].cjk;
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
		if (!inner && len > 1)
			find_terms(u, i, i + len, true);
	}
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
	mark_noise(&u);
	number_units(&u);
	find_terms(&u, 0, u.n, false);
	find_characters(&u);
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

/* Forms */

/* How many entries can have the phrase: its rarest token's. */
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
	/* a guess: words of a phrase stand together in some of the entries */
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
