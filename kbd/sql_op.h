/*
 * sql_op.h - PostgreSQL's operators and casts, as functions of SQLite.
 *
 * sql_rewrite.c writes them where SQLite would answer otherwise: an overflow
 * that becomes a real, a division by zero that is NULL, CAST that takes
 * anything. Their names start with kb_ and no client can write them.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_SQL_OP_H
#define KBD_SQL_OP_H

#include "common/err.h"

struct sqlite3;

bool sql_op_register(struct sqlite3 *db, struct err *e) MUST_CHECK;

#endif
