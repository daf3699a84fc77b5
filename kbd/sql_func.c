/*
 * sql_func.c - functions that PostgreSQL has; see sql_func.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/sql_func.h"
#include "common/buf.h"
#include "common/clock.h"
#include "common/str.h"
#include "kbd/pg_guc.h"
#include "kbd/pg_type.h"
#include "kbd/sql_db.h"
#include "kbd/sql_session.h"

#include <stdio.h>
#include <sqlite3.h>

#define PURE (SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS)
#define CONCAT_MAX (16u << 20)

static int32_t
fold(int32_t cp, bool ignore_case)
{
	return ignore_case ? char_lower(cp) : cp;
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

/* like(pattern, text [, escape]); kb_ilike() is the same without case. */
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
			sqlite3_result_error(c,
			    "22025:invalid escape string", -1);
			return;
		}
	}
	found = sql_like(text, pattern, escape, ignore_case, &valid);
	if (valid)
		sqlite3_result_int(c, found);
	else
		sqlite3_result_error(c,
		    "22025:LIKE pattern must not end with escape character",
		    -1);
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

/* ---- text ---- */

static void
change_case(sqlite3_context *c, sqlite3_value *v, int32_t (*change)(int32_t))
{
	struct slice s = arg_text(v);
	struct buf b = BUF_INIT;
	size_t at = 0;
	char utf8[4];

	if (sqlite3_value_type(v) == SQLITE_NULL)
		return;
	while (at < s.len) {
		int32_t cp = utf8_decode(s, at, &at);

		if (cp >= 0)
			buf_put(&b, utf8, utf8_encode(change(cp), utf8));
	}
	sqlite3_result_text64(c, buf_cstr(&b), b.len, SQLITE_TRANSIENT,
	    SQLITE_UTF8);
	buf_free(&b);
}

static void
upper(sqlite3_context *c, int n, sqlite3_value **v)
{
	(void)n;
	change_case(c, v[0], char_upper);
}

static void
lower(sqlite3_context *c, int n, sqlite3_value **v)
{
	(void)n;
	change_case(c, v[0], char_lower);
}

static bool
any_null(int n, sqlite3_value **v)
{
	while (n-- > 0)
		if (sqlite3_value_type(v[n]) == SQLITE_NULL)
			return true;
	return false;
}

/* The characters from..to, counted from 1, as far as there are any. */
static void
result_part(sqlite3_context *c, struct slice s, int64_t from, int64_t to)
{
	size_t at = 0, start = 0;
	int64_t i;

	for (i = 1; at < s.len && i < from; i++)
		(void)utf8_decode(s, at, &at);
	start = at;
	for (; at < s.len && i < to; i++)
		(void)utf8_decode(s, at, &at);
	sqlite3_result_text64(c, s.ptr + start, at - start, SQLITE_TRANSIENT,
	    SQLITE_UTF8);
}

/* PostgreSQL counts places before the first character, too. */
static void
substr(sqlite3_context *c, int n, sqlite3_value **v)
{
	int64_t from = sqlite3_value_int64(v[1]);
	int64_t count = n == 3 ? sqlite3_value_int64(v[2]) : INT32_MAX;

	if (any_null(n, v))
		return;
	if (count < 0)
		sqlite3_result_error(c,
		    "22011:negative substring length not allowed", -1);
	else
		result_part(c, arg_text(v[0]), from < 1 ? 1 : from,
		    from + count);
}

static void
left(sqlite3_context *c, int n, sqlite3_value **v)
{
	struct slice s = arg_text(v[0]);
	int64_t k = sqlite3_value_int64(v[1]);

	if (!any_null(n, v))
		result_part(c, s, 1, k >= 0 ? k + 1 :
		    (int64_t)utf8_count(s) + k + 1);
}

static void
right(sqlite3_context *c, int n, sqlite3_value **v)
{
	struct slice s = arg_text(v[0]);
	int64_t k = sqlite3_value_int64(v[1]);

	if (!any_null(n, v))
		result_part(c, s, k >= 0 ? (int64_t)utf8_count(s) - k + 1 :
		    1 - k, INT32_MAX);
}

static void
starts_with(sqlite3_context *c, int n, sqlite3_value **v)
{
	if (!any_null(n, v))
		sqlite3_result_int(c, slice_starts(arg_text(v[0]),
		    arg_text(v[1])));
}

static void
concat(sqlite3_context *c, int n, sqlite3_value **v)
{
	struct buf b = BUF_INIT;
	int i;

	buf_init(&b, CONCAT_MAX);
	for (i = 0; i < n; i++)
		buf_put_slice(&b, arg_text(v[i]));
	if (buf_ok(&b))
		sqlite3_result_text64(c, buf_cstr(&b), b.len,
		    SQLITE_TRANSIENT, SQLITE_UTF8);
	else
		sqlite3_result_error_toobig(c);
	buf_free(&b);
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
	{ "kb_upper", 1, PURE, upper },
	{ "kb_lower", 1, PURE, lower },
	{ "kb_substr", 2, PURE, substr },
	{ "kb_substr", 3, PURE, substr },
	{ "kb_left", 2, PURE, left },
	{ "kb_right", 2, PURE, right },
	{ "kb_starts", 2, PURE, starts_with },
	{ "kb_concat", -1, PURE, concat },
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
	static const int like_flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC |
	    SQLITE_INNOCUOUS;
	static char ignore_case;
	int rc = SQLITE_OK, n;
	size_t i;

	for (n = 2; n <= 3 && rc == SQLITE_OK; n++) {
		rc = sqlite3_create_function(db->db, "like", n, like_flags,
		    NULL, like_function, NULL, NULL);
		if (rc == SQLITE_OK)
			rc = sqlite3_create_function(db->db, "kb_ilike", n,
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
