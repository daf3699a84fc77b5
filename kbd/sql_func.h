/*
 * sql_func.h - what PostgreSQL's functions say about a session and its
 * server, and those over any type.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_SQL_FUNC_H
#define KBD_SQL_FUNC_H

#include "common/err.h"

struct sql_db;

bool sql_func_register(struct sql_db *db, struct err *e) MUST_CHECK;

#endif
