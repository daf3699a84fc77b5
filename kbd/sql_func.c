/*
 * sql_func.c - functions that PostgreSQL has; see sql_func.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/sql_func.h"
#include "common/clock.h"
#include "common/str.h"
#include "kbd/pg_guc.h"
#include "kbd/pg_type.h"
#include "kbd/sql_db.h"
#include "kbd/sql_session.h"

#include <stdio.h>
#include <sqlite3.h>

#define PURE (SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS)

static struct slice
arg_text(sqlite3_value *v)
{
	const char *p = (const char *)sqlite3_value_text(v);

	return slice_make(p, p != NULL ? (size_t)sqlite3_value_bytes(v) : 0);
}

static struct sql_db *
db_of(sqlite3_context *c)
{
	return sqlite3_user_data(c);
}

static void
current_user(sqlite3_context *c, int n, sqlite3_value **v)
{
	struct session *s = db_of(c)->session;

	(void)n;
	(void)v;
	if (s != NULL)
		sqlite3_result_text(c, session_role(s), -1, SQLITE_TRANSIENT);
}

static void
current_database(sqlite3_context *c, int n, sqlite3_value **v)
{
	(void)n;
	(void)v;
	sqlite3_result_text(c, "kb", -1, SQLITE_STATIC);
}

static void
current_schema(sqlite3_context *c, int n, sqlite3_value **v)
{
	(void)n;
	(void)v;
	sqlite3_result_text(c, "public", -1, SQLITE_STATIC);
}

static void
version(sqlite3_context *c, int n, sqlite3_value **v)
{
	(void)n;
	(void)v;
	sqlite3_result_text(c, "PostgreSQL 15.0 (kbd " PACKAGE_VERSION
	    ", SQLite " SQLITE_VERSION ")", -1, SQLITE_STATIC);
}

static void
now(sqlite3_context *c, int n, sqlite3_value **v)
{
	char text[CLOCK_TEXT_SIZE];

	(void)n;
	(void)v;
	clock_now(text);
	sqlite3_result_text(c, text, -1, SQLITE_TRANSIENT);
}

static void
backend_pid(sqlite3_context *c, int n, sqlite3_value **v)
{
	struct session *s = db_of(c)->session;

	(void)n;
	(void)v;
	if (s != NULL)
		sqlite3_result_int64(c, session_pid(s));
}

static void
in_recovery(sqlite3_context *c, int n, sqlite3_value **v)
{
	(void)n;
	(void)v;
	sqlite3_result_int(c, 0);
}

/* current_setting(name [, missing_ok]) */
static void
current_setting(sqlite3_context *c, int n, sqlite3_value **v)
{
	struct session *s = db_of(c)->session;
	const char *name, *value;
	struct err e = ERR_INIT;

	if (s == NULL || sqlite3_value_type(v[0]) == SQLITE_NULL)
		return;
	if (guc_show(session_guc(s), arg_text(v[0]), &name, &value, &e))
		sqlite3_result_text(c, value, -1, SQLITE_TRANSIENT);
	else if (n < 2 || sqlite3_value_int(v[1]) == 0) {
		char text[sizeof(e.msg) + 8];

		snprintf(text, sizeof(text), "%s:%s", e.sqlstate, e.msg);
		sqlite3_result_error(c, text, -1);
	}
}

static void
today(sqlite3_context *c, int n, sqlite3_value **v)
{
	char text[CLOCK_TEXT_SIZE];

	(void)n;
	(void)v;
	clock_now(text);
	sqlite3_result_text(c, text, 10, SQLITE_TRANSIENT);
}

/* All of one type; NULL does not count. */
static int
order_of(sqlite3_value *a, sqlite3_value *b)
{
	struct slice x, y;
	int order;

	if (sqlite3_value_type(a) == SQLITE_INTEGER &&
	    sqlite3_value_type(b) == SQLITE_INTEGER)
		return (sqlite3_value_int64(a) > sqlite3_value_int64(b)) -
		    (sqlite3_value_int64(a) < sqlite3_value_int64(b));
	if (sqlite3_value_type(a) != SQLITE_TEXT)
		return (sqlite3_value_double(a) > sqlite3_value_double(b)) -
		    (sqlite3_value_double(a) < sqlite3_value_double(b));
	x = arg_text(a);
	y = arg_text(b);
	order = memcmp(x.ptr, y.ptr, x.len < y.len ? x.len : y.len);
	return order != 0 ? order : (x.len > y.len) - (x.len < y.len);
}

static void
extreme(sqlite3_context *c, int n, sqlite3_value **v, int sign)
{
	sqlite3_value *best = NULL;
	int i;

	for (i = 0; i < n; i++)
		if (sqlite3_value_type(v[i]) != SQLITE_NULL && (best == NULL ||
		    order_of(v[i], best) * sign > 0))
			best = v[i];
	if (best != NULL)
		sqlite3_result_value(c, best);
}

static void
greatest(sqlite3_context *c, int n, sqlite3_value **v)
{
	extreme(c, n, v, 1);
}

static void
least(sqlite3_context *c, int n, sqlite3_value **v)
{
	extreme(c, n, v, -1);
}

/* format_type(oid, typmod): what \gdesc asks for */
static void
format_type(sqlite3_context *c, int n, sqlite3_value **v)
{
	(void)n;
	if (sqlite3_value_type(v[0]) != SQLITE_NULL)
		sqlite3_result_text(c, pg_type_name((uint32_t)
		    sqlite3_value_int64(v[0])), -1, SQLITE_STATIC);
}

struct function {
	const char *name;
	int nargs;
	int flags;
	void (*run)(sqlite3_context *, int, sqlite3_value **);
};

static const struct function functions[] = {
	{ "current_user", 0, SQLITE_DIRECTONLY, current_user },
	{ "current_database", 0, 0, current_database },
	{ "current_schema", 0, 0, current_schema },
	{ "version", 0, 0, version },
	{ "now", 0, 0, now },
	{ "kb_today", 0, 0, today },
	{ "kb_greatest", -1, PURE, greatest },
	{ "kb_least", -1, PURE, least },
	{ "pg_backend_pid", 0, SQLITE_DIRECTONLY, backend_pid },
	{ "pg_is_in_recovery", 0, 0, in_recovery },
	{ "format_type", 2, 0, format_type },
	{ "current_setting", 1, SQLITE_DIRECTONLY, current_setting },
	{ "current_setting", 2, SQLITE_DIRECTONLY, current_setting },
};

bool
sql_func_register(struct sql_db *db, struct err *e)
{
	int rc = SQLITE_OK;
	size_t i;

	for (i = 0; i < ARRAY_LEN(functions) && rc == SQLITE_OK; i++)
		rc = sqlite3_create_function(db->db, functions[i].name,
		    functions[i].nargs, SQLITE_UTF8 | functions[i].flags, db,
		    functions[i].run, NULL, NULL);
	return rc == SQLITE_OK || err_set(e, ERR_STORAGE,
	    "could not register functions: %s", sqlite3_errmsg(db->db));
}
