/*
 * words.h - a text cut as other search engines cut it, and its synonyms.
 *
 *   CUT_RUNS      runs of letters and digits
 *   CUT_TRIGRAMS  every three characters of such a run
 *   CUT_BIGRAMS   every two characters of a Chinese run, other runs whole
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_BENCH_WORDS_H
#define KBD_BENCH_WORDS_H

#include "common/slice.h"

struct buf;

enum cut { CUT_RUNS, CUT_TRIGRAMS, CUT_BIGRAMS };

typedef void word_fn(struct slice word, void *arg);

void words_cut(struct slice text, enum cut how, word_fn *fn, void *arg);

/* The same with one blank between the words. */
void words_join(struct slice text, enum cut how, struct buf *out);

/*
 * What the shipped glossary calls the text's terms besides: for the longest
 * form at each place, the other forms of its concept, as they are written.
 * Terms count from 0.
 */
typedef void synonym_fn(struct slice form, unsigned term, void *arg);

void words_synonyms(struct slice text, synonym_fn *fn, void *arg);

#endif
