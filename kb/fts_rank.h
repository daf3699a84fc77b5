/*
 * fts_rank.h - kb_rank(entry_fts, plan): rank.h as a function of FTS5.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_FTS_RANK_H
#define KBD_FTS_RANK_H

#include "common/err.h"
#include "kb/query.h"
#include "kb/rank.h"

struct sqlite3;

/* Bound as a pointer of this type to kb_rank(entry_fts, ?). */
#define FTS_RANK_POINTER "kb_rank_plan"

struct fts_rank_plan {
	const struct query *query;	/* borrowed, weighed */
	const struct query_match *match;	/* borrowed; the MATCH used */
	struct rank_row row;		/* of the last call */
	double typical[RANK_NCOLUMNS];	/* tokens of a usual field; set by
					   the first call */
	bool prepared;
};

/*
 * Adds kb_rank(entry_fts, plan), which returns the score and leaves the rest
 * in plan->row. Without a plan it is an SQL error.
 */
bool fts_rank_register(struct sqlite3 *db, struct err *e) MUST_CHECK;

#endif
