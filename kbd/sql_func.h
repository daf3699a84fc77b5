/*
 * sql_func.h - functions that PostgreSQL has and SQLite has not.
 *
 * LIKE is PostgreSQL's: case counts, and a backslash escapes. ILIKE arrives
 * as SQLite's operator REGEXP, which has no meaning of its own.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_SQL_FUNC_H
#define KBD_SQL_FUNC_H

#include <stdint.h>

#include "common/err.h"
#include "common/slice.h"

struct sql_db;

bool sql_func_register(struct sql_db *db, struct err *e) MUST_CHECK;

/*
 * Does text match a LIKE pattern? escape is one character or 0 for none.
 * Bounded by |text| * |pattern|. False in *valid when the pattern ends with
 * the escape character.
 */
bool sql_like(struct slice text, struct slice pattern, int32_t escape,
    bool ignore_case, bool *valid);

#endif
