/*
 * sql_text.c - functions over text; see sql_text.h.
 *
 * SPDX-License-Identifier: ISC
 */
#define _GNU_SOURCE	/* memmem(): linear, also for a long needle */
#include "config.h"

#include "kbd/sql_text.h"
#include "common/buf.h"
#include "common/str.h"
#include "kbd/sql_db.h"

#include <string.h>
#include <sqlite3.h>

#define PURE (SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS)
#define TEXT_MAX (16u << 20)	/* of a result; as SQLITE_LIMIT_LENGTH */
#define SHORT_TEXT 16
#define PACE_STEPS 65536	/* between two looks at the deadline */

/* A count of steps that looks at the deadline now and then. */
struct pace {
	struct sql_db *db;	/* NULL: never stops */
	unsigned steps;
};

static bool
must_stop(struct pace *p)
{
	if (++p->steps < PACE_STEPS)
		return false;
	p->steps = 0;
	return p->db != NULL && sql_db_is_stopped(p->db);
}

static struct sql_db *
db_of(sqlite3_context *c)
{
	return sqlite3_user_data(c);
}

static struct slice
arg_text(sqlite3_value *v)
{
	const char *p = (const char *)sqlite3_value_text(v);

	return slice_make(p, p != NULL ? (size_t)sqlite3_value_bytes(v) : 0);
}

static void
result_slice(sqlite3_context *c, struct slice s)
{
	sqlite3_result_text64(c, s.len != 0 ? s.ptr : "", s.len,
	    SQLITE_TRANSIENT, SQLITE_UTF8);
}

/* The buffer's text, or "too big" when it failed. */
static void
result_buf(sqlite3_context *c, struct buf *b)
{
	if (buf_ok(b))
		result_slice(c, buf_slice(b));
	else
		sqlite3_result_error_toobig(c);
	buf_free(b);
}

/* ---- LIKE ---- */

static int32_t
fold(int32_t cp, bool ignore_case)
{
	return ignore_case ? char_lower(cp) : cp;
}

/*
 * The usual two-pointer match: on a mismatch go back to the last '%' and let
 * it take one character more.
 */
enum sql_like
sql_like(struct sql_db *db, struct slice text, struct slice pattern,
    int32_t escape, bool ignore_case)
{
	size_t t = 0, p = 0, next_t, next_p, star = SIZE_MAX, from = 0;
	struct pace pace = { db, 0 };

	while (t < text.len) {
		int32_t c = utf8_decode(text, t, &next_t), k = -2;
		bool any = false, literal = false;

		if (must_stop(&pace))
			return SQL_LIKE_STOPPED;
		if (p < pattern.len) {
			k = utf8_decode(pattern, p, &next_p);
			if (k == escape && escape != 0) {
				if (next_p >= pattern.len)
					return SQL_LIKE_INVALID;
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
			return SQL_LIKE_NO;
		}
	}
	while (p < pattern.len && pattern.ptr[p] == '%' && escape != '%')
		p++;
	return p == pattern.len ? SQL_LIKE_YES : SQL_LIKE_NO;
}

static bool
any_null(int n, sqlite3_value **v)
{
	while (n-- > 0)
		if (sqlite3_value_type(v[n]) == SQLITE_NULL)
			return true;
	return false;
}

/* like(pattern, text [, escape]) */
static void
match(sqlite3_context *c, int n, sqlite3_value **v, bool ignore_case)
{
	int32_t escape = '\\';
	struct slice esc;
	size_t next = 0;

	if (any_null(n, v))
		return;
	if (n == 3) {
		esc = arg_text(v[2]);
		escape = esc.len != 0 ? utf8_decode(esc, 0, &next) : 0;
		if (next != esc.len) {
			sqlite3_result_error(c,
			    "22025:invalid escape string", -1);
			return;
		}
	}
	switch (sql_like(db_of(c), arg_text(v[1]), arg_text(v[0]), escape,
	    ignore_case)) {
	case SQL_LIKE_NO:
		sqlite3_result_int(c, 0);
		break;
	case SQL_LIKE_YES:
		sqlite3_result_int(c, 1);
		break;
	case SQL_LIKE_INVALID:
		sqlite3_result_error(c,
		    "22025:LIKE pattern must not end with escape character",
		    -1);
		break;
	case SQL_LIKE_STOPPED:
		sqlite3_result_error_code(c, SQLITE_INTERRUPT);
		break;
	}
}

static void
like(sqlite3_context *c, int n, sqlite3_value **v)
{
	match(c, n, v, false);
}

static void
ilike(sqlite3_context *c, int n, sqlite3_value **v)
{
	match(c, n, v, true);
}

/* ---- finding and replacing ---- */

/* The next place of what, not before from. memmem() prepares itself anew
   each time, which a short text is not worth. */
static const char *
find(struct slice in, size_t from, struct slice what)
{
	const char *at = in.ptr + from, *end = in.ptr + in.len;

	if (what.len > SHORT_TEXT)
		return memmem(at, (size_t)(end - at), what.ptr, what.len);
	while ((size_t)(end - at) >= what.len) {
		at = memchr(at, what.ptr[0], (size_t)(end - at) -
		    what.len + 1);
		if (at == NULL || memcmp(at, what.ptr, what.len) == 0)
			return at;
		at++;
	}
	return NULL;
}

/* kb_strpos(text, what): characters, from 1; 0 is nowhere */
static void
strpos(sqlite3_context *c, int n, sqlite3_value **v)
{
	struct slice s = arg_text(v[0]), what = arg_text(v[1]);
	const char *at;

	if (any_null(n, v))
		return;
	if (what.len == 0) {
		sqlite3_result_int(c, 1);
		return;
	}
	at = s.len != 0 ? find(s, 0, what) : NULL;
	sqlite3_result_int64(c, at == NULL ? 0 : (int64_t)utf8_count(
	    slice_sub(s, 0, (size_t)(at - s.ptr))) + 1);
}

static void
replace(sqlite3_context *c, int n, sqlite3_value **v)
{
	struct slice s = arg_text(v[0]), what = arg_text(v[1]);
	struct slice with = arg_text(v[2]);
	struct pace pace = { db_of(c), 0 };
	struct buf b = BUF_INIT;
	size_t from = 0;
	const char *at;
	bool stop = false;

	if (any_null(n, v))
		return;
	if (what.len == 0 || s.len == 0) {
		result_slice(c, s);
		return;
	}
	buf_init(&b, TEXT_MAX);
	while (buf_ok(&b) && !stop && (at = find(s, from, what)) != NULL) {
		buf_put_slice(&b, slice_sub(s, from, (size_t)(at - s.ptr)));
		buf_put_slice(&b, with);
		from = (size_t)(at - s.ptr) + what.len;
		stop = must_stop(&pace);
	}
	buf_put_slice(&b, slice_sub(s, from, s.len));
	if (!stop) {
		result_buf(c, &b);
		return;
	}
	buf_free(&b);
	sqlite3_result_error_code(c, SQLITE_INTERRUPT);
}

/* ---- trimming ---- */

/* Is cp one of these characters? *stop: it took too long to say. */
static bool
is_among(int32_t cp, struct slice set, struct pace *pace, bool *stop)
{
	size_t at = 0;

	while (at < set.len && !*stop) {
		if (utf8_decode(set, at, &at) == cp)
			return true;
		*stop = must_stop(pace);
	}
	return false;
}

static size_t
start_of_last(struct slice s)
{
	size_t at = s.len - 1;

	while (at > 0 && ((unsigned char)s.ptr[at] & 0xc0) == 0x80)
		at--;
	return at;
}

static void
trim_sides(sqlite3_context *c, int n, sqlite3_value **v, bool left,
    bool right)
{
	struct slice s = arg_text(v[0]);
	struct slice set = n == 2 ? arg_text(v[1]) : SLICE(" ");
	struct pace pace = { db_of(c), 0 };
	bool stop = false;
	size_t next;

	if (any_null(n, v))
		return;
	while (left && s.len != 0 &&
	    is_among(utf8_decode(s, 0, &next), set, &pace, &stop))
		s = slice_sub(s, next, s.len);
	while (right && s.len != 0 && is_among(utf8_decode(s,
	    start_of_last(s), &next), set, &pace, &stop))
		s = slice_sub(s, 0, start_of_last(s));
	if (stop)
		sqlite3_result_error_code(c, SQLITE_INTERRUPT);
	else
		result_slice(c, s);
}

static void
btrim(sqlite3_context *c, int n, sqlite3_value **v)
{
	trim_sides(c, n, v, true, true);
}

static void
ltrim(sqlite3_context *c, int n, sqlite3_value **v)
{
	trim_sides(c, n, v, true, false);
}

static void
rtrim(sqlite3_context *c, int n, sqlite3_value **v)
{
	trim_sides(c, n, v, false, true);
}

/* ---- case, parts ---- */

static void
change_case(sqlite3_context *c, sqlite3_value *v, int32_t (*change)(int32_t))
{
	struct slice s = arg_text(v);
	struct buf b = BUF_INIT;
	size_t at = 0;
	char utf8[4];

	if (sqlite3_value_type(v) == SQLITE_NULL)
		return;
	buf_init(&b, TEXT_MAX);
	while (at < s.len) {
		int32_t cp = utf8_decode(s, at, &at);

		if (cp >= 0)
			buf_put(&b, utf8, utf8_encode(change(cp), utf8));
	}
	result_buf(c, &b);
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

	buf_init(&b, TEXT_MAX);
	for (i = 0; i < n; i++)
		buf_put_slice(&b, arg_text(v[i]));
	result_buf(c, &b);
}

static const struct {
	const char *name;
	int nargs;
	void (*run)(sqlite3_context *, int, sqlite3_value **);
} functions[] = {
	{ "like", 2, like }, { "like", 3, like },
	{ "kb_ilike", 2, ilike }, { "kb_ilike", 3, ilike },
	{ "kb_strpos", 2, strpos }, { "kb_replace", 3, replace },
	{ "kb_trim", 1, btrim }, { "kb_trim", 2, btrim },
	{ "kb_ltrim", 1, ltrim }, { "kb_ltrim", 2, ltrim },
	{ "kb_rtrim", 1, rtrim }, { "kb_rtrim", 2, rtrim },
	{ "kb_upper", 1, upper }, { "kb_lower", 1, lower },
	{ "kb_substr", 2, substr }, { "kb_substr", 3, substr },
	{ "kb_left", 2, left }, { "kb_right", 2, right },
	{ "kb_starts", 2, starts_with }, { "kb_concat", -1, concat },
};

bool
sql_text_register(struct sql_db *db, struct err *e)
{
	int rc = SQLITE_OK;
	size_t i;

	for (i = 0; i < ARRAY_LEN(functions) && rc == SQLITE_OK; i++)
		rc = sqlite3_create_function(db->db, functions[i].name,
		    functions[i].nargs, SQLITE_UTF8 | PURE, db,
		    functions[i].run, NULL, NULL);
	return rc == SQLITE_OK || err_set(e, ERR_STORAGE,
	    "could not register functions: %s", sqlite3_errmsg(db->db));
}
