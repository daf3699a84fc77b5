/*
 * words.c - a text cut as other search engines cut it; see words.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "bench/words.h"
#include "common/arena.h"
#include "common/buf.h"
#include "common/mem.h"
#include "common/str.h"
#include "kb/fold.h"
#include "kb/glossary.h"
#include "kb/lexer.h"

#include <stdlib.h>
#include <utf8proc.h>

static bool
is_word(int32_t cp)
{
	utf8proc_category_t c =
	    cp < 0 ? UTF8PROC_CATEGORY_CC : utf8proc_category(cp);

	return (c >= UTF8PROC_CATEGORY_LU && c <= UTF8PROC_CATEGORY_LO) ||
	    (c >= UTF8PROC_CATEGORY_ND && c <= UTF8PROC_CATEGORY_NO);
}

/* Words of a run of characters; at[i] is where character i begins. */
static void
cut_run(struct slice s, const size_t *at, size_t n, enum cut how, word_fn *fn,
    void *arg)
{
	size_t i, width = how == CUT_TRIGRAMS ? 3 : 2, next;
	bool cjk = lexer_is_cjk(utf8_decode(s, at[0], &next));

	if (how == CUT_RUNS || (how == CUT_BIGRAMS && (!cjk || n == 1))) {
		fn(slice_sub(s, at[0], at[n]), arg);
		return;
	}
	for (i = 0; i + width <= n; i++)
		fn(slice_sub(s, at[i], at[i + width]), arg);
}

void
words_cut(struct slice s, enum cut how, word_fn *fn, void *arg)
{
	size_t *ends = mem_calloc(s.len + 2, sizeof(*ends)), n = 0, at = 0;
	bool cjk = false;

	while (at < s.len) {
		size_t next;
		int32_t cp = utf8_decode(s, at, &next);
		bool split =
		    how == CUT_BIGRAMS && n > 0 && lexer_is_cjk(cp) != cjk;

		if (n > 0 && (!is_word(cp) || split)) {
			cut_run(s, ends, n, how, fn, arg);
			n = 0;
		}
		if (is_word(cp)) {
			cjk = lexer_is_cjk(cp);
			ends[n++] = at;
			ends[n] = next;
		}
		at = next;
	}
	if (n > 0)
		cut_run(s, ends, n, how, fn, arg);
	free(ends);
}

static void
put_spaced(struct slice word, void *arg)
{
	struct buf *b = arg;

	if (b->len > 0)
		buf_putc(b, ' ');
	buf_put_slice(b, word);
}

void
words_join(struct slice text, enum cut how, struct buf *out)
{
	buf_reset(out);
	words_cut(text, how, put_spaced, out);
}

/* ---- synonyms ---- */

struct units {
	const struct glossary *glossary;
	uint32_t *ids;
	size_t n, cap;
	struct arena a;
};

static bool
take_unit(void *arg, const struct glossary_unit *unit)
{
	struct units *u = arg;

	if (unit->joined)
		return true;
	u->ids = arena_grow(&u->a, u->ids, u->n, &u->cap, sizeof(*u->ids));
	u->ids[u->n++] = glossary_unit_id(u->glossary, unit->key);
	return true;
}

static void
other_forms(const struct units *u, const bool *noise,
    const struct glossary_form *found, unsigned term, synonym_fn *fn, void *arg)
{
	const struct glossary_concept *c =
	    glossary_concept(u->glossary, found->concept);
	uint32_t i, guards = c->first + c->nforms + c->nrelated;

	for (i = guards; i < guards + c->nguards; i++)
		if (glossary_holds(u->glossary, glossary_form(u->glossary, i),
			u->ids, noise, u->n))
			return;
	for (i = c->first; i < c->first + c->nforms; i++) {
		const struct glossary_form *f = glossary_form(u->glossary, i);

		if (f != found)
			fn(f->text, term, arg);
	}
}

void
words_synonyms(struct slice text, synonym_fn *fn, void *arg)
{
	struct units u = { .glossary = glossary_shipped(), .a = ARENA_INIT };
	const struct glossary_form *found[GLOSSARY_MATCHES_MAX];
	size_t at, taken, nfound, i;
	unsigned term = 0;
	bool *noise;

	glossary_cut(text, take_unit, &u);
	noise = mem_calloc(u.n + 1, sizeof(*noise));
	for (at = 0; at<u.n; at += taken> 0 ? taken : 1) {
		taken = glossary_match(u.glossary, u.ids, noise, u.n, at,
		    u.n - at, found, &nfound);
		for (i = 0; taken > 0 && i < nfound; i++)
			other_forms(&u, noise, found[i], term++, fn, arg);
	}
	free(noise);
	arena_free(&u.a);
}
