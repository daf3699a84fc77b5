/*
 * vocab.h - the words of the index: how many entries have one, and which
 * known words are close to an unknown one.
 *
 * Counts are looked up when they are asked for and kept until the base has a
 * newer revision; the word list for typo repair is loaded when a query first
 * needs it. A failure is sticky, as in struct buf: ask vocab_ok() once.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_VOCAB_H
#define KBD_VOCAB_H

#include <stdint.h>

#include "common/err.h"
#include "common/slice.h"

struct postings_reader;
struct sqlite3;
struct vocab;

struct vocab *vocab_new(struct sqlite3 *db);	/* db is borrowed */
void vocab_destroy(struct vocab *v);

/*
 * Forget what is older than the base; call before each query. From the
 * postings, which must be held until the query is done, all is known without
 * the base; they may be NULL.
 */
void vocab_refresh(struct vocab *v, const struct postings_reader *postings);

/* Did everything since the last refresh work? Else *e says what failed. */
bool vocab_ok(const struct vocab *v, struct err *e) MUST_CHECK;

/* Number of entries in the index. */
uint32_t vocab_entries(struct vocab *v);

/* Number of entries that hold this token, or one that begins with it. */
uint32_t vocab_count(struct vocab *v, struct slice token);
uint32_t vocab_count_prefix(struct vocab *v, struct slice prefix);

struct vocab_near {
	struct slice word;	/* valid until the next refresh */
	unsigned distance;	/* edits, a wrong first letter counts two */
	uint32_t count;		/* entries */
};

/*
 * Known words that a typo of this one may have meant, nearest first, then by
 * count; at most `max`. Only words of 4 to 32 Latin letters have any: one
 * edit up to 7 letters, two from 8 on. Edits are one letter changed, missing
 * or too many, or two neighbours swapped.
 */
#define VOCAB_NEAR_MAX 3
size_t vocab_near(struct vocab *v, struct slice word,
    struct vocab_near out[VOCAB_NEAR_MAX]);

/*
 * Edits between a and b if at most max (0 to 3), else max + 1. Bytes; both at
 * most 32 long.
 */
unsigned vocab_distance(struct slice a, struct slice b, unsigned max);

#endif
