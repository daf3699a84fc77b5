/*
 * sql_op.c - PostgreSQL's operators and casts; see sql_op.h.
 *
 * An error of a function carries its SQLSTATE in front: "22012:division by
 * zero"; sql_error.c takes it off.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/sql_op.h"
#include "common/arena.h"
#include "common/buf.h"
#include "common/str.h"
#include "kbd/pg_msg.h"
#include "kbd/pg_type.h"
#include "kbd/sql_json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sqlite3.h>

typedef void run(sqlite3_context *c, int n, sqlite3_value **v);

static void
fail(sqlite3_context *c, const char *state_and_text)
{
	sqlite3_result_error(c, state_and_text, -1);
}

static struct slice
text_of(sqlite3_value *v)
{
	const char *p = (const char *)sqlite3_value_text(v);

	return slice_make(p, p != NULL ? (size_t)sqlite3_value_bytes(v) : 0);
}

static bool
is_null(int n, sqlite3_value **v)
{
	int i;

	for (i = 0; i < n; i++)
		if (sqlite3_value_type(v[i]) == SQLITE_NULL)
			return true;
	return false;
}

static uint32_t
oid_of(sqlite3_value *v)
{
	return (uint32_t)sqlite3_value_int64(v);
}

static bool
is_integer(uint32_t oid)
{
	return oid == OID_INT2 || oid == OID_INT4 || oid == OID_INT8 ||
	    oid == OID_OID;
}

/* ---- numbers ---- */

static void
result_integer(sqlite3_context *c, int64_t v, bool overflow, uint32_t oid)
{
	if (oid == OID_INT4 && (overflow || v > INT32_MAX || v < INT32_MIN))
		fail(c, "22003:integer out of range");
	else if (oid == OID_INT2 && (overflow || v > INT16_MAX ||
	    v < INT16_MIN))
		fail(c, "22003:smallint out of range");
	else if (overflow)
		fail(c, "22003:bigint out of range");
	else
		sqlite3_result_int64(c, v);
}

static void
result_real(sqlite3_context *c, double v, double a, double b)
{
	if (isinf(v) && !isinf(a) && !isinf(b))
		fail(c, "22003:value out of range: overflow");
	else if (isnan(v))
		sqlite3_result_text(c, "NaN", 3, SQLITE_STATIC);
	else
		sqlite3_result_double(c, v);
}

/* Days are kept as text. */
static bool
days_of(sqlite3_value *v, int64_t *days)
{
	int64_t us;

	if (!pg_timestamp_read(text_of(v), &us))
		return false;
	*days = (us - (us % 86400000000 + 86400000000) % 86400000000) /
	    86400000000;
	return true;
}

static void
add_days(sqlite3_context *c, sqlite3_value **v, int sign)
{
	char text[PG_TIMESTAMP_SIZE];
	int64_t a, b, sum;

	if (!days_of(v[0], &a)) {
		fail(c, "22007:invalid date");
	} else if (sqlite3_value_type(v[1]) == SQLITE_TEXT) {
		if (days_of(v[1], &b))
			sqlite3_result_int64(c, a - b);
	} else {
		sum = a + sign * sqlite3_value_int64(v[1]);
		if (sum < -730000 || sum > 2900000) {
			fail(c, "22008:date out of range");
			return;
		}
		pg_timestamp_text(sum * 86400000000, text);
		sqlite3_result_text(c, text, 10, SQLITE_TRANSIENT);
	}
}

static void
add(sqlite3_context *c, int n, sqlite3_value **v)
{
	uint32_t oid = oid_of(v[2]);
	int64_t out;
	bool over;

	if (is_null(n, v))
		return;
	if (oid == OID_DATE) {
		add_days(c, v, 1);
	} else if (is_integer(oid)) {
		over = __builtin_add_overflow(sqlite3_value_int64(v[0]),
		    sqlite3_value_int64(v[1]), &out);
		result_integer(c, out, over, oid);
	} else {
		double a = sqlite3_value_double(v[0]);
		double b = sqlite3_value_double(v[1]);

		result_real(c, a + b, a, b);
	}
}

static void
subtract(sqlite3_context *c, int n, sqlite3_value **v)
{
	uint32_t oid = oid_of(v[2]);
	int64_t out;
	bool over;

	if (is_null(n, v))
		return;
	if (oid == OID_DATE) {
		add_days(c, v, -1);
	} else if (is_integer(oid)) {
		over = __builtin_sub_overflow(sqlite3_value_int64(v[0]),
		    sqlite3_value_int64(v[1]), &out);
		result_integer(c, out, over, oid);
	} else {
		double a = sqlite3_value_double(v[0]);
		double b = sqlite3_value_double(v[1]);

		result_real(c, a - b, a, b);
	}
}

static void
multiply(sqlite3_context *c, int n, sqlite3_value **v)
{
	uint32_t oid = oid_of(v[2]);
	int64_t out;
	bool over;

	if (is_null(n, v))
		return;
	if (is_integer(oid)) {
		over = __builtin_mul_overflow(sqlite3_value_int64(v[0]),
		    sqlite3_value_int64(v[1]), &out);
		result_integer(c, out, over, oid);
	} else {
		double a = sqlite3_value_double(v[0]);
		double b = sqlite3_value_double(v[1]);

		result_real(c, a * b, a, b);
	}
}

static void
divide(sqlite3_context *c, int n, sqlite3_value **v)
{
	uint32_t oid = oid_of(v[2]);
	int64_t a = sqlite3_value_int64(v[0]), b = sqlite3_value_int64(v[1]);
	double x = sqlite3_value_double(v[0]), y = sqlite3_value_double(v[1]);

	if (is_null(n, v))
		return;
	if (is_integer(oid) ? b == 0 : y == 0)
		fail(c, "22012:division by zero");
	else if (!is_integer(oid))
		result_real(c, x / y, x, y);
	else if (a == INT64_MIN && b == -1)
		result_integer(c, 0, true, oid);
	else
		result_integer(c, a / b, false, oid);
}

static void
modulo(sqlite3_context *c, int n, sqlite3_value **v)
{
	uint32_t oid = oid_of(v[2]);
	int64_t a = sqlite3_value_int64(v[0]), b = sqlite3_value_int64(v[1]);
	double y = sqlite3_value_double(v[1]);

	if (is_null(n, v))
		return;
	if (is_integer(oid) ? b == 0 : y == 0)
		fail(c, "22012:division by zero");
	else if (is_integer(oid))
		sqlite3_result_int64(c, b == -1 ? 0 : a % b);
	else
		sqlite3_result_double(c, fmod(sqlite3_value_double(v[0]), y));
}

static void
negate(sqlite3_context *c, int n, sqlite3_value **v)
{
	int64_t out;
	bool over;

	if (is_null(n, v))
		return;
	if (!is_integer(oid_of(v[1]))) {
		sqlite3_result_double(c, -sqlite3_value_double(v[0]));
		return;
	}
	over = __builtin_sub_overflow((int64_t)0, sqlite3_value_int64(v[0]),
	    &out);
	result_integer(c, out, over, oid_of(v[1]));
}

/* kb_shift(value, count, type, 1 is left); the count wraps, as in C */
static void
shift(sqlite3_context *c, int n, sqlite3_value **v)
{
	uint32_t oid = oid_of(v[2]);
	unsigned width = oid == OID_INT8 ? 64 : 32;
	unsigned by = (unsigned)(sqlite3_value_int64(v[1]) & (width - 1));
	int64_t a = sqlite3_value_int64(v[0]);

	if (is_null(n, v))
		return;
	if (oid_of(v[3]) == 2)
		a >>= by;
	else
		a = (int64_t)((uint64_t)a << by);
	if (oid == OID_INT4)
		a = (int32_t)(uint32_t)a;
	else if (oid == OID_INT2)
		a = (int16_t)(uint16_t)a;
	sqlite3_result_int64(c, a);
}

/* kb_round(value, digits, type): numeric away from zero, floats to even */
static void
round_(sqlite3_context *c, int n, sqlite3_value **v)
{
	double x = sqlite3_value_double(v[0]), unit;
	int digits = sqlite3_value_int(v[1]);
	char text[400];

	if (is_null(n, v))
		return;
	if (oid_of(v[2]) != OID_NUMERIC) {
		sqlite3_result_double(c, rint(x));
		return;
	}
	digits = digits > 15 ? 15 : digits < -15 ? -15 : digits;
	unit = pow(10, digits);
	/* 2.675 is a little less in binary; what is printed decides */
	snprintf(text, sizeof(text), "%.15g", x * unit);
	sqlite3_result_double(c, round(strtod(text, NULL)) / unit);
}

static void
floor_(sqlite3_context *c, int n, sqlite3_value **v)
{
	if (!is_null(n, v))
		sqlite3_result_double(c, floor(sqlite3_value_double(v[0])));
}

static void
ceil_(sqlite3_context *c, int n, sqlite3_value **v)
{
	if (!is_null(n, v))
		sqlite3_result_double(c, ceil(sqlite3_value_double(v[0])));
}

static void
sqrt_(sqlite3_context *c, int n, sqlite3_value **v)
{
	double x = sqlite3_value_double(v[0]);

	if (is_null(n, v))
		return;
	if (x < 0)
		fail(c, "2201F:cannot take square root of a negative number");
	else
		sqlite3_result_double(c, sqrt(x));
}

static void
power(sqlite3_context *c, int n, sqlite3_value **v)
{
	double x = sqlite3_value_double(v[0]), y = sqlite3_value_double(v[1]);

	if (is_null(n, v))
		return;
	if (x == 0 && y < 0)
		fail(c, "2201F:zero raised to a negative power is undefined");
	else
		result_real(c, pow(x, y), x, y);
}

static void
random_(sqlite3_context *c, int n, sqlite3_value **v)
{
	uint64_t bits;

	(void)n;
	(void)v;
	sqlite3_randomness(sizeof(bits), &bits);
	sqlite3_result_double(c, (double)(bits >> 11) / 9007199254740992.0);
}

/* kb_scale(value, digits): a numeric with so many digits after the point */
static void
scale(sqlite3_context *c, int n, sqlite3_value **v)
{
	int digits = sqlite3_value_int(v[1]);
	char text[420];

	if (is_null(n, v))
		return;
	if (sqlite3_value_type(v[0]) == SQLITE_INTEGER && digits == 0) {
		sqlite3_result_text(c, (const char *)
		    sqlite3_value_text(v[0]), -1, SQLITE_TRANSIENT);
		return;
	}
	if (sqlite3_value_type(v[0]) == SQLITE_TEXT || digits > 60) {
		sqlite3_result_value(c, v[0]);
		return;
	}
	snprintf(text, sizeof(text), "%.*f", digits,
	    sqlite3_value_double(v[0]));
	sqlite3_result_text(c, text, -1, SQLITE_TRANSIENT);
}

/* ---- casts ---- */

static struct pg_value
value_of(sqlite3_value *v)
{
	struct pg_value out = { .kind = PG_NULL };

	switch (sqlite3_value_type(v)) {
	case SQLITE_INTEGER:
		out.kind = PG_INT;
		out.i = sqlite3_value_int64(v);
		break;
	case SQLITE_FLOAT:
		out.kind = PG_REAL;
		out.r = sqlite3_value_double(v);
		break;
	case SQLITE_BLOB:
		out.kind = PG_BLOB;
		out.s = slice_make(sqlite3_value_blob(v),
		    (size_t)sqlite3_value_bytes(v));
		break;
	case SQLITE_TEXT:
		out.kind = PG_TEXT;
		out.s = text_of(v);
		break;
	}
	return out;
}

static void
result_value(sqlite3_context *c, const struct pg_value *v)
{
	switch (v->kind) {
	case PG_NULL:
		break;
	case PG_INT:
		sqlite3_result_int64(c, v->i);
		break;
	case PG_REAL:
		result_real(c, v->r, v->r, v->r);
		break;
	case PG_TEXT:
		sqlite3_result_text64(c, v->s.ptr, v->s.len, SQLITE_TRANSIENT,
		    SQLITE_UTF8);
		break;
	case PG_BLOB:
		sqlite3_result_blob64(c, v->s.ptr, v->s.len,
		    SQLITE_TRANSIENT);
		break;
	}
}

static void
fail_with(sqlite3_context *c, const struct err *e)
{
	char text[sizeof(e->sqlstate) + sizeof(e->msg) + 2];

	snprintf(text, sizeof(text), "%s:%s", e->sqlstate, e->msg);
	fail(c, text);
}

static void
to_integer(sqlite3_context *c, const struct pg_value *v, uint32_t from,
    uint32_t to)
{
	double r = v->r;

	if (v->kind == PG_INT) {
		result_integer(c, v->i, false, to);
		return;
	}
	r = from == OID_NUMERIC ? round(r) : rint(r);
	if (!(r >= -9223372036854775808.0 && r < 9223372036854775808.0))
		result_integer(c, 0, true, to);
	else
		result_integer(c, (int64_t)r, false, to);
}

static void
from_text(sqlite3_context *c, struct slice text, uint32_t to)
{
	struct arena a = ARENA_INIT;
	struct pg_value v;
	struct err e = ERR_INIT;

	if (!pg_value_read(text, to, 0, &a, &v, &e))
		fail_with(c, &e);
	else if (to == OID_NUMERIC && v.kind == PG_TEXT)
		sqlite3_result_double(c, strtod(arena_cstr(&a, v.s), NULL));
	else
		result_value(c, &v);
	arena_free(&a);
}

static void
to_text(sqlite3_context *c, const struct pg_value *v, uint32_t from)
{
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;

	if (from == OID_BOOL) {
		sqlite3_result_text(c, v->i ? "true" : "false", -1,
		    SQLITE_STATIC);
		return;
	}
	if (pg_value_put(&b, v, from, 0, SLICE("?"), &e) && b.len >= 4)
		sqlite3_result_text64(c, b.data + 4, b.len - 4,
		    SQLITE_TRANSIENT, SQLITE_UTF8);
	else
		fail_with(c, &e);
	buf_free(&b);
}

/* Between date and the timestamps, by way of the stored text. */
static void
to_time(sqlite3_context *c, const struct pg_value *v, uint32_t to)
{
	char text[PG_TIMESTAMP_SIZE];
	int64_t us;

	if (v->kind != PG_TEXT || !pg_timestamp_read(v->s, &us)) {
		fail(c, "22007:invalid timestamp");
		return;
	}
	pg_timestamp_text(us, text);
	sqlite3_result_text(c, text, to == OID_DATE ? 10 : -1,
	    SQLITE_TRANSIENT);
}

static bool
is_text(uint32_t oid)
{
	return oid == OID_TEXT || oid == OID_VARCHAR || oid == OID_NAME ||
	    oid == OID_BPCHAR || oid == OID_CHAR;
}

/* kb_cast(value, from, to) */
static void
cast(sqlite3_context *c, int n, sqlite3_value **v)
{
	uint32_t from = oid_of(v[1]), to = oid_of(v[2]);
	struct pg_value x = value_of(v[0]);

	if (is_null(n, v))
		return;
	if (is_text(to)) {
		to_text(c, &x, from);
	} else if (is_text(from) || (x.kind == PG_TEXT && (to == OID_JSON ||
	    to == OID_JSONB))) {
		from_text(c, text_of(v[0]), to);
	} else if (is_integer(to) && (x.kind == PG_INT ||
	    x.kind == PG_REAL)) {
		to_integer(c, &x, from, to);
	} else if (to == OID_BOOL) {
		sqlite3_result_int(c, x.i != 0);
	} else if (to == OID_FLOAT8 || to == OID_NUMERIC) {
		sqlite3_result_double(c, sqlite3_value_double(v[0]));
	} else if (to == OID_FLOAT4) {
		sqlite3_result_double(c,
		    (double)(float)sqlite3_value_double(v[0]));
	} else if (to == OID_DATE || to == OID_TIMESTAMP ||
	    to == OID_TIMESTAMPTZ) {
		to_time(c, &x, to);
	} else {
		sqlite3_result_value(c, v[0]);
	}
}

/* ---- LIMIT and subqueries ---- */

static void
bounded(sqlite3_context *c, sqlite3_value *v, const char *negative)
{
	int64_t i = sqlite3_value_int64(v);

	if (sqlite3_value_type(v) == SQLITE_FLOAT) {
		double r = rint(sqlite3_value_double(v));

		if (!(r > -9.2e18 && r < 9.2e18)) {
			fail(c, "22003:bigint out of range");
			return;
		}
		i = (int64_t)r;
	}
	if (i < 0)
		fail(c, negative);
	else
		sqlite3_result_int64(c, i);
}

/* LIMIT NULL is no limit */
static void
limit(sqlite3_context *c, int n, sqlite3_value **v)
{
	if (is_null(n, v))
		sqlite3_result_int64(c, -1);
	else
		bounded(c, v[0], "2201W:LIMIT must not be negative");
}

static void
offset(sqlite3_context *c, int n, sqlite3_value **v)
{
	if (is_null(n, v))
		sqlite3_result_int64(c, 0);
	else
		bounded(c, v[0], "2201X:OFFSET must not be negative");
}

struct single {
	sqlite3_value *value;	/* owned */
	bool seen;
};

static void
single_step(sqlite3_context *c, int n, sqlite3_value **v)
{
	struct single *s = sqlite3_aggregate_context(c, sizeof(*s));

	(void)n;
	if (s == NULL) {
		sqlite3_result_error_nomem(c);
	} else if (s->seen) {
		fail(c, "21000:more than one row returned by a subquery used "
		    "as an expression");
	} else {
		s->seen = true;
		s->value = sqlite3_value_dup(v[0]);
	}
}

static void
single_final(sqlite3_context *c)
{
	struct single *s = sqlite3_aggregate_context(c, 0);

	if (s == NULL || s->value == NULL)
		return;
	sqlite3_result_value(c, s->value);
	sqlite3_value_free(s->value);
}

/* ---- JSON ---- */

static void
json_member(sqlite3_context *c, sqlite3_value **v, bool as_text)
{
	struct arena a = ARENA_INIT;
	struct slice out, json = text_of(v[0]);
	bool found = sqlite3_value_type(v[1]) == SQLITE_INTEGER ?
	    sql_json_element(json, sqlite3_value_int64(v[1]), &out) :
	    sql_json_member(json, text_of(v[1]), &a, &out);

	if (found && (!as_text || sql_json_text(out, &a, &out)))
		sqlite3_result_text64(c, out.ptr, out.len, SQLITE_TRANSIENT,
		    SQLITE_UTF8);
	arena_free(&a);
}

static void
json_get(sqlite3_context *c, int n, sqlite3_value **v)
{
	if (!is_null(n, v))
		json_member(c, v, false);
}

static void
json_text(sqlite3_context *c, int n, sqlite3_value **v)
{
	if (!is_null(n, v))
		json_member(c, v, true);
}

static const struct {
	const char *name;
	int nargs;
	run *run;
} functions[] = {
	{ "kb_add", 3, add }, { "kb_subtract", 3, subtract },
	{ "kb_multiply", 3, multiply }, { "kb_divide", 3, divide },
	{ "kb_modulo", 3, modulo }, { "kb_negate", 2, negate },
	{ "kb_shift", 4, shift }, { "kb_round", 3, round_ },
	{ "kb_floor", 1, floor_ }, { "kb_ceil", 1, ceil_ },
	{ "kb_sqrt", 1, sqrt_ }, { "kb_power", 2, power },
	{ "kb_random", 0, random_ }, { "kb_scale", 2, scale },
	{ "kb_cast", 3, cast }, { "kb_limit", 1, limit },
	{ "kb_offset", 1, offset }, { "kb_json_get", 2, json_get },
	{ "kb_json_text", 2, json_text },
};

bool
sql_op_register(sqlite3 *db, struct err *e)
{
	int rc = SQLITE_OK;
	size_t i;

	for (i = 0; i < ARRAY_LEN(functions) && rc == SQLITE_OK; i++)
		rc = sqlite3_create_function(db, functions[i].name,
		    functions[i].nargs, SQLITE_UTF8 | SQLITE_INNOCUOUS |
		    (functions[i].run == random_ ? 0 : SQLITE_DETERMINISTIC),
		    NULL, functions[i].run, NULL, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_create_function(db, "kb_single", 1, SQLITE_UTF8 |
		    SQLITE_INNOCUOUS, NULL, NULL, single_step, single_final);
	return rc == SQLITE_OK || err_set(e, ERR_STORAGE,
	    "could not register operators: %s", sqlite3_errmsg(db));
}
