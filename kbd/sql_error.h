/*
 * sql_error.h - SQLite's errors in PostgreSQL's words and codes.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_SQL_ERROR_H
#define KBD_SQL_ERROR_H

#include "common/err.h"
#include "common/slice.h"

struct sql_db;
struct sql_rewritten;

/*
 * What the last failed call on the connection means. r and original, which
 * may be empty, give the position in the client's text. Never names internal
 * tables, paths or rewritten SQL. Returns false.
 */
bool sql_error(struct sql_db *db, const struct sql_rewritten *r,
    struct slice original, struct err *e);

/* 25006, with the hint that names the procedure; returns false. */
bool sql_error_write(struct err *e, const char *what);

#endif
