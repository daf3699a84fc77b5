/*
 * query_cjk.c - groups of a Chinese run; see query_internal.h.
 *
 * The index has every pair of neighbouring characters. In a query pairs that
 * are words weigh more than those across two words; which are which is told
 * by the base's own counts, not by a dictionary.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/query_internal.h"
#include "common/arena.h"
#include "common/str.h"
#include "kb/vocab.h"

#include <math.h>

#define RUN_MAX 128		/* characters of one run that are used */
#define WORD_CHARS 3		/* longer terms are made of words */

struct cjk_run {
	struct slice chars[RUN_MAX];	/* each one character */
	struct slice pairs[RUN_MAX];	/* chars i and i + 1 */
	uint32_t counts[RUN_MAX];	/* of the pairs */
	enum query_noise noise[RUN_MAX];
	bool word[RUN_MAX];		/* pair i is probably a word */
	uint8_t term[RUN_MAX];		/* a known word of that many characters
					   begins here */
	bool border[RUN_MAX + 1];	/* a known word begins or ends before */
	size_t n;			/* characters */
};

static struct slice
first_char(struct slice s)
{
	size_t next;

	(void)utf8_decode(s, 0, &next);
	return slice_sub(s, 0, next);
}

static void
read_run(struct query_builder *b, const struct query_token *t, size_t n,
    struct cjk_run *r)
{
	size_t i;

	r->n = n < RUN_MAX ? n : RUN_MAX;
	for (i = 0; i < r->n; i++) {
		r->chars[i] = first_char(t[i].text);
		r->pairs[i] = t[i].text;
		r->counts[i] = t[i].form == TOKEN_PAIR ?
		    vocab_count(b->v, t[i].text) : 0;
		r->noise[i] = NOISE_NONE;
		r->term[i] = 0;
		r->border[i] = false;
	}
	r->border[r->n] = false;
}

/* Byte where character i begins, or where the run ends. */
static uint32_t
char_start(const struct query_token *t, const struct cjk_run *r, size_t i)
{
	return i < r->n ? t[i].start : t[r->n - 1].end;
}

/* Words that the glossary knows: the longest that is no more than a word. */
static void
mark_terms(struct query_builder *b, const struct query_token *t,
    struct cjk_run *r)
{
	size_t i, len;

	for (i = 0; i < r->n; i++) {
		for (len = 1; len <= WORD_CHARS && i + len <= r->n; len++) {
			if (query_term_at(b, t[i].start, char_start(t, r,
			    i + len), true) == NULL)
				continue;
			r->term[i] = (uint8_t)len;
			r->border[i] = r->border[i + len] = true;
		}
	}
}

static bool
is_known(const struct query_builder *b, const struct query_token *t,
    const struct cjk_run *r, size_t i)
{
	return query_term_at(b, t[i].start, char_start(t, r, i + 1), false) !=
	    NULL;
}

/* The longest noise word that begins at character i. */
static size_t
noise_at(struct query_builder *b, const struct cjk_run *r, size_t i,
    enum query_noise *how)
{
	struct slice word = { NULL, 0 };
	size_t k, found = 0;

	for (k = 0; k < 4 && i + k < r->n; k++) {
		enum query_noise h;

		word = k == 0 ? r->chars[i] : arena_printf(b->a, "%.*s%.*s",
		    SLICE_ARG(word), SLICE_ARG(r->chars[i + k]));
		h = query_noise(word);
		if (h != NOISE_NONE) {
			found = k + 1;
			*how = h;
		}
	}
	return found;
}

static void
mark_noise(struct query_builder *b, const struct query_token *t,
    struct cjk_run *r)
{
	enum query_noise how = NOISE_NONE;
	size_t i, k, len;

	for (i = 0; i < r->n; i += len > 0 ? len : 1) {
		len = is_known(b, t, r, i) ? 0 : noise_at(b, r, i, &how);
		for (k = i; k < i + len; k++)
			if (!is_known(b, t, r, k))
				r->noise[k] = how;
	}
}

/*
 * Which pairs are words? Those of the cut into pairs and single characters
 * whose pairs are the most common together: of 完机器就 it takes 机器, since
 * 完机 and 器就 are rare. No dictionary: the base's own counts decide.
 */
static void
cut_words(struct cjk_run *r)
{
	double best[RUN_MAX + 2] = { 0 };
	size_t i;

	/* best[i]: from character i to the end */
	for (i = r->n; i-- > 0;) {
		double pair = i + 1 < r->n && r->counts[i] > 0 &&
		    !r->border[i + 1] && r->noise[i] != NOISE_DROP &&
		    r->noise[i + 1] != NOISE_DROP ?
		    log(1 + r->counts[i]) + best[i + 2] : 0;

		r->word[i] = pair > best[i + 1];
		best[i] = r->word[i] ? pair : best[i + 1];
	}
	for (i = 0; i + 1 < r->n; i++)
		if (r->word[i])
			r->word[++i] = false;
}

static double
pair_weight(const struct cjk_run *r, size_t i)
{
	bool light = r->noise[i] == NOISE_LIGHT;
	bool next_light = r->noise[i + 1] == NOISE_LIGHT;

	if (r->noise[i] == NOISE_DROP || r->noise[i + 1] == NOISE_DROP)
		return 0;
	if (r->border[i + 1])
		return light || next_light ? 0 : W_BORDER;
	if (r->word[i])
		return light && next_light ? W_LIGHT :
		    light || next_light ? W_LIGHT_WORD : 1;
	return light || next_light ? W_CROSSING * W_LIGHT : W_CROSSING;
}

static bool
is_covered(const struct cjk_run *r, size_t i)
{
	return (i > 0 && r->counts[i - 1] > 0 && pair_weight(r, i - 1) > 0) ||
	    (i + 1 < r->n && r->counts[i] > 0 && pair_weight(r, i) > 0);
}

/* A character that no known pair covers: words that begin with it. */
static void
add_character(struct query_builder *b, struct slice c, double weight)
{
	struct query_group *g = query_add_group(b, c, weight, false);

	if (g != NULL)
		query_add_prefix(b, g, c, QUERY_BACKOFF, 1);
}

/* A known word: its pairs together, or its one character. */
static void
add_term(struct query_builder *b, const struct query_token *t,
    const struct cjk_run *r, size_t i)
{
	struct slice phrase = r->term[i] == 1 ? r->chars[i] : r->pairs[i];
	uint32_t count = r->counts[i];
	struct query_group *g;

	if (r->term[i] == 3) {
		phrase = query_phrase2(b, phrase, r->pairs[i + 1]);
		count = query_min(count, r->counts[i + 1]);
	}
	g = query_add_group(b, phrase, 1, false);
	if (g == NULL)
		return;
	g->start = t[i].start;
	g->end = char_start(t, r, i + r->term[i]);
	if (r->term[i] == 1)
		query_add_prefix(b, g, phrase, QUERY_EXACT, W_CHARACTER);
	else
		(void)query_add_form(g, phrase, false, QUERY_EXACT, 1, count);
}

static void
add_pair(struct query_builder *b, const struct query_token *t,
    const struct cjk_run *r, size_t i)
{
	struct query_group *g;

	if (r->counts[i] == 0 || pair_weight(r, i) == 0)
		return;
	g = query_add_group(b, r->pairs[i], pair_weight(r, i), false);
	if (g == NULL)
		return;
	g->start = t[i].start;
	g->end = char_start(t, r, i + 2);
	(void)query_add_form(g, r->pairs[i], false, QUERY_EXACT, 1,
	    r->counts[i]);
}

static void
add_pairs(struct query_builder *b, const struct query_token *t,
    const struct cjk_run *r)
{
	size_t i, until = 0;	/* inside a known word up to here */

	for (i = 0; i < r->n; i++) {
		if (r->term[i] > 0) {
			add_term(b, t, r, i);
			if (i + r->term[i] > until)
				until = i + r->term[i];
		}
		if (i + 1 < r->n && i + 2 > until)
			add_pair(b, t, r, i);
		if (i >= until && r->noise[i] == NOISE_NONE &&
		    !is_covered(r, i))
			add_character(b, r->chars[i],
			    r->n == 1 ? 1 : W_BACKOFF);
	}
}

/* Three or more characters without noise between, as they stand. */
static void
add_run_phrases(struct query_builder *b, const struct cjk_run *r)
{
	size_t i = 0, from, k;

	while (i < r->n) {
		uint32_t count = UINT32_MAX;
		struct slice phrase = { NULL, 0 };
		struct query_group *g;

		for (from = i; i < r->n && r->noise[i] == NOISE_NONE; i++)
			;
		for (k = from; k + 1 < i; k++) {
			phrase = k == from ? r->pairs[k] :
			    query_phrase2(b, phrase, r->pairs[k]);
			count = query_min(count, r->counts[k]);
		}
		if (i - from >= 3 && count > 0) {
			g = query_add_group(b, phrase, W_RUN_PHRASE, true);
			if (g != NULL)
				(void)query_add_form(g, phrase, false, QUERY_EXACT,
				    1, count);
		}
		if (i == from)
			i++;
	}
}

void
query_add_run(struct query_builder *b, const struct query_token *t, size_t n,
    bool keep_noise, struct query_link *ends)
{
	struct cjk_run *r = arena_alloc(b->a, sizeof(*r));

	read_run(b, t, n, r);
	mark_terms(b, t, r);
	if (!keep_noise)
		mark_noise(b, t, r);
	ends->noise_first = r->noise[0] != NOISE_NONE;
	ends->noise_last = r->noise[r->n - 1] != NOISE_NONE;
	cut_words(r);
	add_pairs(b, t, r);
	add_run_phrases(b, r);
}
