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
#include "kbd/sql_db.h"
#include "kbd/sql_session.h"

#include <stdio.h>
#include <sqlite3.h>

/* Case is ignored for ASCII letters only. */
static int32_t
fold(int32_t cp, bool ignore_case)
{
	return ignore_case && cp >= 'A' && cp <= 'Z' ? cp + 32 : cp;
}

/*
 * The usual two-pointer match: on a mismatch go back to the last '%' and let
 * it take one character more.
 */
bool
sql_like(struct slice text, struct slice pattern, int32_t escape,
    bool ignore_case, bool *valid)
{
	size_t t = 0, p = 0, next_t, next_p, star = SIZE_MAX, from = 0;

	*valid = true;
	while (t < text.len) {
		int32_t c = utf8_decode(text, t, &next_t), k = -2;
		bool any = false, literal = false;

		if (p < pattern.len) {
			k = utf8_decode(pattern, p, &next_p);
			if (k == escape && escape != 0) {
				if (next_p >= pattern.len) {
					*valid = false;
					return false;
				}
				k = utf8_decode(pattern, next_p, &next_p);
				literal = true;
			}
			if (k == '%' && !literal) {
				star = p = next_p;
				from = t;
				continue;
			}
			any = k == '_' && !literal;
		}
		if (any || (k != -2 &&
		    fold(k, ignore_case) == fold(c, ignore_case))) {
			t = next_t;
			p = next_p;
		} else if (star != SIZE_MAX) {
			(void)utf8_decode(text, from, &from);
			t = from;
			p = star;
		} else {
			return false;
		}
	}
	while (p < pattern.len && pattern.ptr[p] == '%' && escape != '%')
		p++;
	return p == pattern.len;
}

static struct slice
arg_text(sqlite3_value *v)
{
	const char *p = (const char *)sqlite3_value_text(v);

	return slice_make(p, p != NULL ? (size_t)sqlite3_value_bytes(v) : 0);
}

/* like(pattern, text [, escape]); regexp() is the same without case. */
static void
like_function(sqlite3_context *c, int n, sqlite3_value **v)
{
	bool ignore_case = sqlite3_user_data(c) != NULL, valid, found;
	int32_t escape = '\\';
	struct slice pattern, text, esc;
	size_t next = 0;
	int i;

	for (i = 0; i < n; i++)
		if (sqlite3_value_type(v[i]) == SQLITE_NULL)
			return;
	pattern = arg_text(v[0]);
	text = arg_text(v[1]);
	if (n == 3) {
		esc = arg_text(v[2]);
		escape = esc.len != 0 ? utf8_decode(esc, 0, &next) : 0;
		if (next != esc.len) {
			sqlite3_result_error(c, "invalid escape string", -1);
			return;
		}
	}
	found = sql_like(text, pattern, escape, ignore_case, &valid);
	if (valid)
		sqlite3_result_int(c, found);
	else
		sqlite3_result_error(c,
		    "LIKE pattern must not end with escape character", -1);
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
	else if (n < 2 || sqlite3_value_int(v[1]) == 0)
		sqlite3_result_error(c, e.msg, -1);
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
	{ "clock_timestamp", 0, 0, now },
	{ "pg_backend_pid", 0, SQLITE_DIRECTONLY, backend_pid },
	{ "pg_is_in_recovery", 0, 0, in_recovery },
	{ "current_setting", 1, SQLITE_DIRECTONLY, current_setting },
	{ "current_setting", 2, SQLITE_DIRECTONLY, current_setting },
};

bool
sql_func_register(struct sql_db *db, struct err *e)
{
	static const int like_flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC |
	    SQLITE_INNOCUOUS;
	static char ignore_case;
	int rc = SQLITE_OK, n;
	size_t i;

	for (n = 2; n <= 3 && rc == SQLITE_OK; n++) {
		rc = sqlite3_create_function(db->db, "like", n, like_flags,
		    NULL, like_function, NULL, NULL);
		if (rc == SQLITE_OK)
			rc = sqlite3_create_function(db->db, "regexp", n,
			    like_flags, &ignore_case, like_function, NULL,
			    NULL);
	}
	for (i = 0; i < ARRAY_LEN(functions) && rc == SQLITE_OK; i++)
		rc = sqlite3_create_function(db->db, functions[i].name,
		    functions[i].nargs, SQLITE_UTF8 | functions[i].flags, db,
		    functions[i].run, NULL, NULL);
	return rc == SQLITE_OK || err_set(e, ERR_STORAGE,
	    "could not register functions: %s", sqlite3_errmsg(db->db));
}
