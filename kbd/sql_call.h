/*
 * sql_call.h - the procedures that change the knowledge base.
 *
 *   CALL import_document(name, source, markdown [, base_revision [, message]])
 *
 * First on a worker: arguments are read and the Markdown is parsed. Then in
 * the writer's turn: the change itself.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_SQL_CALL_H
#define KBD_SQL_CALL_H

#include "kb/store.h"
#include "kbd/pg_msg.h"
#include "kbd/pg_type.h"
#include "kbd/sql_stmt.h"

#define SQL_CALL_ARGS 5
#define SQL_CALL_COLUMNS 6

struct sql_call {
	struct prepared doc;
	struct import_request import;	/* doc points to the above */
};

/* The columns of the one row that a CALL returns. */
extern const struct pg_column sql_call_columns[SQL_CALL_COLUMNS];

/* The procedure exists and takes these arguments? 42883 when not. */
bool sql_call_check(const struct sql_stmt *s, struct err *e) MUST_CHECK;

/* Types of parameters that the client left open. */
void sql_call_params(const struct sql_stmt *s, uint32_t *params);

/*
 * Read the arguments and parse the document; any thread. values are those of
 * Bind, nvalues of them. The arena owns *out; text is borrowed from s and
 * values.
 */
bool sql_call_prepare(const struct sql_stmt *s,
    const struct pg_value *values, size_t nvalues, struct slice author,
    struct arena *a, struct sql_call *out, struct err *e) MUST_CHECK;

/* Inside the writer's transaction; appends the DataRow to *b. */
bool sql_call_run(struct sql_call *c, struct store *s,
    const uint16_t *formats, struct buf *b, struct err *e) MUST_CHECK;

#endif
