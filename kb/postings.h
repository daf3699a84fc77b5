/*
 * postings.h - the search index in memory: which entries hold a token, where.
 *
 * FTS5 keeps the index durable; walking its lists for every word of a query
 * is what a search takes long for. The same lists, made by the same lexer from
 * entry_text, are kept here once for all connections of the process:
 *
 *   term -> [entry, places] [entry, places] ...    by the time of indexing
 *
 * An entry gets a number when it is indexed and another one when its text
 * changes; lists only grow at their ends, and what is dead is skipped until
 * there is so much of it that all is built anew.
 *
 * Exact: a reader sees what its connection's snapshot holds, or is told to
 * ask FTS5. No answers are cached.
 *
 * Functions on one struct postings between postings_begin() and _end() may
 * run in any number of threads.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_POSTINGS_H
#define KBD_POSTINGS_H

#include <stdint.h>

#include "common/slice.h"
#include "kb/rank.h"

struct arena;
struct postings;
struct postings_reader;
struct sqlite3;

struct postings *postings_new(void); /* empty; filled by its readers */
void postings_destroy(struct postings *p);

/* Read what db has, ahead of the first search. */
void postings_fill(struct postings *p, struct sqlite3 *db);

/* Bytes held, for the log and for measurements. */
size_t postings_memory(const struct postings *p);

/* One for each connection. p may be NULL: then nothing ever begins. */
struct postings_reader *postings_reader_new(
    struct postings *p, struct sqlite3 *db);
void postings_reader_destroy(struct postings_reader *r);

/*
 * Make the lists what db sees now, and hold them so. False, and nothing is
 * held: db sees an older state or changes of its own, another thread is
 * filling the lists right now, or reading failed. Then FTS5 knows.
 */
bool postings_begin(struct postings_reader *r);
void postings_end(struct postings_reader *r);

/* Entries, and those that hold this token. */
uint32_t postings_entries(const struct postings_reader *r);
uint32_t postings_count(const struct postings_reader *r, struct slice token);

/* The sum over all tokens that begin like this. */
uint64_t postings_count_prefix(
    const struct postings_reader *r, struct slice prefix);

/*
 * The i-th token of so many bytes that consists of the letters a to z, 4 to 32
 * of them; false when there are no more. Bit k of *mask: it has 'a' + k. Its
 * count may be 0.
 */
bool postings_word(const struct postings_reader *r, size_t len, size_t i,
    struct slice *word, uint32_t *mask, uint32_t *count);

/* The entries that may be found by the next postings_rank() only. */
void postings_allow_none(struct postings_reader *r);
void postings_allow(struct postings_reader *r, int64_t entry);

/*
 * Rank the entries that have a word of a group that drives; see
 * query_choose_drivers(). out->total counts them all; those that cannot be
 * among the best are not ranked.
 */
void postings_rank(struct postings_reader *r, const struct query *q,
    const bool drivers[], struct arena *a, struct rank_list *out);

#endif
