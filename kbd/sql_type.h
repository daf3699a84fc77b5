/*
 * sql_type.h - the type of each column of a prepared query.
 *
 * In this order: the published column it comes from, also through views and
 * subqueries; what the select list says; the declared type; the first row's
 * storage class, when there is a row; text.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_SQL_TYPE_H
#define KBD_SQL_TYPE_H

#include "common/err.h"
#include "kbd/pg_msg.h"
#include "kbd/pg_type.h"

struct arena;
struct sql_stmt;
struct sql_type_map;
struct sqlite3;
struct sqlite3_stmt;

/*
 * Which base column is which published column: found out once, by preparing
 * a query over each published relation.
 */
bool sql_type_map_new(struct sqlite3 *db, struct sql_type_map **out,
    struct err *e) MUST_CHECK;
void sql_type_map_destroy(struct sql_type_map *m);

/*
 * Names and types of a prepared query's columns. OID 0 where only a row can
 * tell. The arena owns *out.
 */
void sql_type_columns(const struct sql_type_map *m,
    struct sqlite3_stmt *stmt, const struct sql_stmt *s,
    const uint32_t *params, struct arena *a, struct pg_column **out,
    size_t *n);

/* Fill in what is open from the current row, or as text without one. */
void sql_type_settle(struct sqlite3_stmt *stmt, bool has_row,
    struct pg_column *columns, size_t n);

/* Column i of the current row; borrowed until the next step. */
struct pg_value sql_type_value(struct sqlite3_stmt *stmt, size_t i);

#endif
