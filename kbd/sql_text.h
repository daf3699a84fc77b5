/*
 * sql_text.h - PostgreSQL's functions over text, for SQLite.
 *
 * SQLite's own replace(), instr(), trim() and LIKE compare every place with
 * every place and cannot be interrupted: two texts of some megabytes would
 * hold a worker for hours. These are linear, or look at the deadline.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_SQL_TEXT_H
#define KBD_SQL_TEXT_H

#include <stdint.h>

#include "common/err.h"
#include "common/slice.h"

struct sql_db;

bool sql_text_register(struct sql_db *db, struct err *e) MUST_CHECK;

enum sql_like { SQL_LIKE_NO, SQL_LIKE_YES, SQL_LIKE_INVALID,
	SQL_LIKE_STOPPED };

/*
 * Does text match a LIKE pattern? escape is one character or 0 for none.
 * Invalid: the pattern ends with the escape character. At most |text| *
 * |pattern| steps; db, which may be NULL, ends it early.
 */
enum sql_like sql_like(struct sql_db *db, struct slice text,
    struct slice pattern, int32_t escape, bool ignore_case);

#endif
