/*
 * sql_rewrite.h - a client's query as SQLite shall read it.
 *
 * The query is parsed, its names and types are found, and then it is written
 * anew: nothing of the client's text reaches SQLite by itself. What SQLite
 * would read as something else becomes a call of one of our functions
 * (kb_divide, kb_cast, ...) or is refused with its position. Pure.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_SQL_REWRITE_H
#define KBD_SQL_REWRITE_H

#include "kbd/pg_msg.h"
#include "kbd/sql_stmt.h"

#define SQL_QUERY_MAX (64u << 10)	/* bytes of a query, as it comes */
#define SQL_REWRITTEN_MAX (256u << 10)	/* and as SQLite gets it */

/* From this byte of the rewritten text on, it is the client's at `from`. */
struct sql_origin {
	size_t at, from;
};

struct sql_rewritten {
	struct slice sql;	/* for SQLite */
	uint64_t hash;		/* of sql */
	struct sql_origin *origins;	/* rising; the first is at 0 */
	size_t norigins;
	struct pg_column *columns;	/* names and types of the result */
	size_t ncolumns;
};

/*
 * params: s->nparams types as the client announced them, 0 where it left
 * them open; those are filled in. The arena owns the result.
 */
bool sql_rewrite(const struct sql_stmt *s, uint32_t *params, struct arena *a,
    struct sql_rewritten *out, struct err *e) MUST_CHECK;

/*
 * The type that is written from token i on, with or without "pg_catalog.";
 * 0 when it is none that we know. *end is the token after it.
 */
uint32_t sql_type_at(const struct sql_tokens *t, size_t i, size_t *end);

/* Move all of it to another arena. */
void sql_rewritten_copy(struct sql_rewritten *r, struct arena *a);

/* The client's byte for a byte of the rewritten text. */
size_t sql_rewrite_origin(const struct sql_rewritten *r, size_t byte);

#endif
