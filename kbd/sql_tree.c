/*
 * sql_tree.c - errors that all who build or read a query's tree can have.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/sql_tree.h"
#include "common/arena.h"
#include "kbd/pg_msg.h"

#include <stdarg.h>
#include <stdio.h>

bool
sql_tree_error(struct err *e, const struct sql_tokens *t, size_t token,
    const char *sqlstate, const char *fmt, ...)
{
	char msg[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	return sql_error_at(e, sqlstate, t->sql, token < t->n ?
	    t->list[token].start : t->sql.len, "%s", msg);
}

bool
sql_tree_has_room(const struct arena *a, const struct sql_tokens *t,
    size_t token, struct err *e)
{
	return a->used <= SQL_TREE_MAX || sql_tree_error(e, t, token, "54001",
	    "the query takes too much memory");
}
