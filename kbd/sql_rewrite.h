/*
 * sql_rewrite.h - a client's query as SQLite shall read it.
 *
 * Lossless on the level of tokens: what SQLite reads as PostgreSQL does is
 * copied, a few spellings are replaced ($1, E'', $$..$$, ILIKE, now, names
 * that are functions here), and what SQLite would read as something else is
 * refused with its position. Pure.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_SQL_REWRITE_H
#define KBD_SQL_REWRITE_H

#include "kbd/sql_stmt.h"

struct sql_rewritten {
	struct slice sql;	/* for SQLite */
	size_t *from;		/* for each byte of sql, the byte of the
				   client's text it comes from */
};

/* The arena owns the result. */
bool sql_rewrite(const struct sql_stmt *s, struct arena *a,
    struct sql_rewritten *out, struct err *e) MUST_CHECK;

/* The client's byte for a byte of the rewritten text. */
size_t sql_rewrite_origin(const struct sql_rewritten *r, size_t byte);

#endif
