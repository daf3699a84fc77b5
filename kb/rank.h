/*
 * rank.h - how well an entry answers a query, from where its words stand.
 *
 * FTS5's bm25() gives a word that is in half of the entries no weight, which
 * in a base of twenty entries is most words. Here a hit counts by the field
 * it is in, saturates, and a group of alternatives counts once, by its best:
 *
 *   tf(form)   = sum over fields of W * hits / (1 - b + b * length/typical)
 *   s(group)   = max over forms of weight * (k + 1) * tf / (k + tf)
 *   score      = sum of weight * idf * s, times 0.05 + 0.95 * coverage^2
 *   coverage   = share of the query's idf that the entry has: in its title,
 *                or close together in one other field; what stands
 *                elsewhere counts in part
 *
 * Of a whole (a glossary form of several words) and its parts whichever is more
 * scores; parts beside a whole add some. They are covered by whichever covers
 * more. Pure: hits in, numbers out.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_RANK_H
#define KBD_RANK_H

#include <stdint.h>

#include "kb/query.h"

/* The columns of entry_fts, in its order. */
enum rank_column {
	RANK_TITLE,
	RANK_ALIAS,
	RANK_SYMPTOM,
	RANK_ERROR,
	RANK_COMMAND,
	RANK_TAGS,
	RANK_PATH,
	RANK_BODY,
	RANK_NCOLUMNS
};

#define RANK_PLACES_MAX 4096	/* hits of one entry whose place matters */

struct rank_place {
	uint8_t group, form, column;
	int offset;		/* tokens from the column's start */
};

/* Hits of an entry. */
struct rank_hits {
	uint16_t n[QUERY_GROUPS_MAX][QUERY_FORMS_MAX][RANK_NCOLUMNS];
	uint32_t forms[QUERY_GROUPS_MAX];	/* bit k: form k has hits */
	struct rank_place places[RANK_PLACES_MAX];	/* by column, offset */
	unsigned nplaces;
};

/* What the entry has. */
struct rank_row {
	double score;
	double coverage;	/* 0 to 1 */
	double quality;		/* 1: every word stands in the title */
	/* per group: the best form's number + 1 (0: no hit, or its whole or
	   its parts count instead), where it stands */
	uint8_t form[QUERY_GROUPS_MAX];
	uint8_t column[QUERY_GROUPS_MAX];	/* that gave most */
	uint8_t columns[QUERY_GROUPS_MAX];	/* bit c: it stands in column c */
	float share[QUERY_GROUPS_MAX];	/* of the score before coverage */
};

/* Make room for this query's hits; others are not cleared. */
void rank_hits_reset(struct rank_hits *h, const struct query *q);
void rank_hits_add(struct rank_hits *h, unsigned group, unsigned form,
    unsigned column, int offset);

/* Tokens of a usual field; a base's average counts when it is more. */
double rank_typical_length(enum rank_column c);

/* Weight of a hit in each column of an entry with these lengths (tokens). */
void rank_norms(const int length[RANK_NCOLUMNS],
    const double typical[RANK_NCOLUMNS], double norm[RANK_NCOLUMNS]);

void rank_score(const struct query *q, const struct rank_hits *h,
    const double norm[RANK_NCOLUMNS], struct rank_row *row);

/*
 * The most that an entry can score in which only groups of this set were
 * found; bit i is group i.
 */
double rank_bound(const struct query *q, uint64_t groups);

/* An entry that may be an answer. */
struct rank_candidate {
	int64_t entry;
	double prior;		/* what it is, as a factor; 1 at first */
	struct rank_row row;
};

/* The best so far; of equals the older entry. */
struct rank_list {
	struct rank_candidate *best;	/* room for `keep` + 1 */
	size_t n, keep;
	unsigned total;		/* that were looked at */
};

void rank_list_add(struct rank_list *l, int64_t entry,
    const struct rank_row *row);

/* "title", "symptom", ... */
const char *rank_column_name(enum rank_column c);

#endif
