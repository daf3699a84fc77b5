/*
 * sql_guard.h - the fence around a client's SQL.
 *
 * A second lock behind the read-only connection and query_only: limits, and
 * an authorizer that knows the published relations and nothing else.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_SQL_GUARD_H
#define KBD_SQL_GUARD_H

#include "common/err.h"
#include "common/slice.h"

struct sql_db;

/* Switches that stay: no extensions, no double-quoted strings, authorizer. */
bool sql_guard_install(struct sql_db *db, struct err *e) MUST_CHECK;

/* Client limits on or off; the writer needs larger ones for its own work. */
void sql_guard_limits(struct sql_db *db, bool client);

/*
 * After preparing: base tables were counted through views; did the client
 * name one itself? False, with db->denied set, when it did.
 */
bool sql_guard_check_counted(struct sql_db *db, struct slice sql)
    MUST_CHECK;

#endif
