/*
 * sql_type.h - SQLite's values as those of the protocol.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_SQL_TYPE_H
#define KBD_SQL_TYPE_H

#include "kbd/pg_type.h"

struct sqlite3_stmt;

/* Column i of the current row; borrowed until the next step. */
struct pg_value sql_type_value(struct sqlite3_stmt *stmt, size_t i);

#endif
