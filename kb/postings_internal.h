/*
 * postings_internal.h - what the postings_*.c files share.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_POSTINGS_INTERNAL_H
#define KBD_POSTINGS_INTERNAL_H

#include "kb/postings.h"

#include <pthread.h>

#define POSTINGS_WORD_MIN 4
#define POSTINGS_WORD_MAX 32
#define POSTINGS_PLACE_MAX ((1u << 28) - 1)

/* A place: the column above, the token's position below. */
#define POSTINGS_KEY(column, position) ((uint32_t)(column) << 28 | (position))

struct term {
	uint32_t text; /* these are bytes of the pool: its text, */
	uint32_t at, len, room; /* its list */
	uint32_t doc, key; /* the last of the list */
	uint32_t count; /* living entries */
	uint32_t text_len;
};

struct doc {
	int64_t entry;
	uint32_t terms, nterms; /* numbers of its terms, in the pool */
	uint32_t length[RANK_NCOLUMNS]; /* tokens */
	bool dead;
};

struct word_list {
	uint32_t *terms, *masks;
	size_t n, term_cap, mask_cap;
};

struct pool {
	uint8_t *bytes; /* owned */
	size_t len, cap;
	uint32_t spare[32]; /* freed blocks of 2^k bytes; 0: none */
};

/* The lists themselves; no lock of their own. */
struct lists {
	struct pool pool;
	struct term *terms; /* owned; these are all counted from 0 */
	size_t nterms, term_cap;
	uint32_t *table; /* owned: term + 1 by hash; 0: free */
	size_t table_size;
	uint32_t *sorted; /* owned: terms by text, the first nsorted */
	size_t nsorted;
	struct doc *docs; /* owned; docs[0] is not used */
	size_t ndocs, doc_cap;
	uint32_t *doc_of; /* owned: by entry; 0: none */
	size_t entry_cap;
	uint32_t nliving;
	uint64_t total[RANK_NCOLUMNS]; /* tokens of the living */
	struct word_list words[POSTINGS_WORD_MAX + 1];
};

void lists_free(struct lists *l); /* empty again */
size_t lists_memory(const struct lists *l);

/* Index an entry, which must not be there; columns in enum rank_column. */
void lists_add(
    struct lists *l, int64_t entry, const struct slice columns[RANK_NCOLUMNS]);
void lists_remove(struct lists *l, int64_t entry); /* if it is there */

/* Many were added: leave no room, and sort the terms. */
void lists_pack(struct lists *l);

/* The term, or NULL. */
const struct term *lists_find(const struct lists *l, struct slice token);

/* Call for each term that begins like this; n counts terms. */
void lists_each_prefix(const struct lists *l, struct slice prefix,
    void (*each)(void *arg, const struct term *t), void *arg);

/* Reads a list from its start. */
struct list_cursor {
	const uint8_t *next, *end;
	const uint8_t *places; /* of doc, for list_places() */
	uint32_t doc;
};

struct list_cursor list_cursor(const uint8_t *bytes, size_t len);
bool list_next(struct list_cursor *c); /* false at the end */

/* Reads the places of a cursor's entry. */
struct place_cursor {
	const uint8_t *next, *end;
	uint32_t key;
};

struct place_cursor list_places(const struct list_cursor *c);
bool place_next(struct place_cursor *c);

/* A list that is made for one search: of a phrase, of a prefix. */
struct list_writer {
	uint8_t *bytes; /* in the arena */
	size_t n, cap;
	uint32_t doc, key;
};

/* Docs, and in each the keys, must not decrease; equal places count once. */
void list_put(
    struct list_writer *w, struct arena *a, uint32_t doc, uint32_t key);

struct postings {
	pthread_rwlock_t lock; /* of what follows */
	struct lists lists;
	int64_t revision; /* what the lists are; -1: nothing yet */
	pthread_mutex_t filling; /* one reader does it */
};

enum { PQ_REVISION, PQ_ALL, PQ_CHANGED, PQ_ONE, PQ_COUNT };

struct sqlite3_stmt;

struct postings_reader {
	struct postings *p; /* borrowed; may be NULL */
	struct sqlite3 *db; /* borrowed */
	struct sqlite3_stmt *q[PQ_COUNT];
	bool is_filtered;
	uint8_t *allowed; /* owned: by doc */
	uint64_t *groups; /* owned: by doc, bit i: group i was found */
	size_t cap; /* docs */
};

#endif
