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

struct sql_rewritten {
	struct slice sql;	/* for SQLite */
	size_t *from;		/* for each byte of sql, the byte of the
				   client's text it comes from */
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

/* The client's byte for a byte of the rewritten text. */
size_t sql_rewrite_origin(const struct sql_rewritten *r, size_t byte);

#endif
