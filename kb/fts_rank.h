/*
 * fts_rank.h - how well an entry answers a query: our own rank for FTS5.
 *
 * FTS5's bm25() gives a word that is in half of the entries no weight, which
 * in a base of twenty entries is most words. Here a hit counts by the field
 * it is in, saturates, and a group of alternatives counts once, by its best:
 *
 *   tf(form)   = sum over fields of W * hits / (1 - b + b * length/typical)
 *   s(group)   = max over forms of weight * (k + 1) * tf / (k + tf)
 *   score      = sum of weight * idf * s, times 0.1 + 0.9 * coverage^3
 *   coverage   = share of the query's idf that the entry has: in its title,
 *                or close together in one other field
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_FTS_RANK_H
#define KBD_FTS_RANK_H

#include <stdint.h>

#include "common/err.h"
#include "kb/query.h"

struct sqlite3;

/* The columns of entry_fts, in its order. */
enum fts_column {
	FTS_TITLE,
	FTS_ALIAS,
	FTS_SYMPTOM,
	FTS_ERROR,
	FTS_COMMAND,
	FTS_TAGS,
	FTS_BODY,
	FTS_NCOLUMNS
};

/* What the rank function found in the current row. */
struct fts_row {
	double score;
	double coverage;	/* 0 to 1 */
	double quality;		/* 1: every word stands in the title */
	/* per group: the best form's number + 1 (0: no hit), its column */
	uint8_t form[QUERY_GROUPS_MAX];
	uint8_t column[QUERY_GROUPS_MAX];
};

/* Bound as a pointer of this type to kb_rank(entry_fts, ?). */
#define FTS_RANK_POINTER "kb_rank_plan"

struct fts_rank_plan {
	const struct query *query;	/* borrowed, weighed */
	const struct query_match *match;	/* borrowed; the MATCH used */
	struct fts_row row;		/* of the last call */
	double typical[FTS_NCOLUMNS];	/* tokens of a usual field; set by
					   the first call */
	bool prepared;
};

/*
 * Adds kb_rank(entry_fts, plan), which returns the score and leaves the rest
 * in plan->row. Without a plan it is an SQL error.
 */
bool fts_rank_register(struct sqlite3 *db, struct err *e) MUST_CHECK;

/* "title", "symptom", ... */
const char *fts_column_name(enum fts_column c);

#endif
