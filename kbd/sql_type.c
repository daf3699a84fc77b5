/*
 * sql_type.c - SQLite's values as those of the protocol; see sql_type.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/sql_type.h"

#include <sqlite3.h>

struct pg_value
sql_type_value(sqlite3_stmt *stmt, size_t i)
{
	struct pg_value v = { .kind = PG_NULL };
	int c = (int)i;

	switch (sqlite3_column_type(stmt, c)) {
	case SQLITE_INTEGER:
		v.kind = PG_INT;
		v.i = sqlite3_column_int64(stmt, c);
		break;
	case SQLITE_FLOAT:
		v.kind = PG_REAL;
		v.r = sqlite3_column_double(stmt, c);
		break;
	case SQLITE_TEXT:
		v.kind = PG_TEXT;
		v.s.ptr = (const char *)sqlite3_column_text(stmt, c);
		v.s.len = (size_t)sqlite3_column_bytes(stmt, c);
		break;
	case SQLITE_BLOB:
		v.kind = PG_BLOB;
		v.s.ptr = sqlite3_column_blob(stmt, c);
		v.s.len = (size_t)sqlite3_column_bytes(stmt, c);
		break;
	default:
		break;
	}
	return v;
}
