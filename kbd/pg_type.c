/*
 * pg_type.c - PostgreSQL's types; see pg_type.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/pg_type.h"
#include "common/arena.h"
#include "common/buf.h"
#include "common/str.h"
#include "kbd/pg_msg.h"
#include "kbd/pg_numeric.h"
#include "kbd/sql_json.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define US_PER_DAY INT64_C(86400000000)
#define DAYS_TO_2000 730425	/* of the proleptic calendar, from 0000-03-01 */

struct type_name {
	uint32_t oid;
	const char *name;	/* the first of an OID is the one we print */
};

static const struct type_name type_names[] = {
	{ OID_BOOL, "boolean" }, { OID_BOOL, "bool" },
	{ OID_BYTEA, "bytea" },
	{ OID_CHAR, "\"char\"" },
	{ OID_NAME, "name" },
	{ OID_INT8, "bigint" }, { OID_INT8, "int8" },
	{ OID_INT2, "smallint" }, { OID_INT2, "int2" },
	{ OID_INT4, "integer" }, { OID_INT4, "int" }, { OID_INT4, "int4" },
	{ OID_TEXT, "text" },
	{ OID_OID, "oid" },
	{ OID_JSON, "json" }, { OID_JSONB, "jsonb" },
	{ OID_FLOAT4, "real" }, { OID_FLOAT4, "float4" },
	{ OID_FLOAT8, "double precision" }, { OID_FLOAT8, "float8" },
	{ OID_UNKNOWN_TEXT, "unknown" },
	{ OID_BPCHAR, "character" }, { OID_BPCHAR, "char" },
	{ OID_BPCHAR, "bpchar" },
	{ OID_VARCHAR, "character varying" }, { OID_VARCHAR, "varchar" },
	{ OID_DATE, "date" },
	{ OID_TIMESTAMP, "timestamp without time zone" },
	{ OID_TIMESTAMP, "timestamp" },
	{ OID_TIMESTAMPTZ, "timestamp with time zone" },
	{ OID_TIMESTAMPTZ, "timestamptz" },
	{ OID_NUMERIC, "numeric" }, { OID_NUMERIC, "decimal" },
	{ OID_VOID, "void" },
	{ OID_UUID, "uuid" },
};

const char *
pg_type_name(uint32_t oid)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(type_names); i++)
		if (type_names[i].oid == oid)
			return type_names[i].name;
	return "???";
}

uint32_t
pg_type_find(struct slice name)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(type_names); i++)
		if (str_ieq(slice_of(type_names[i].name), name))
			return type_names[i].oid;
	return OID_UNKNOWN;
}

bool
pg_type_known(uint32_t oid)
{
	return oid == OID_UNKNOWN || strcmp(pg_type_name(oid), "???") != 0;
}

/* ---- dates ---- */

/* Days since 2000-01-01; Howard Hinnant's days_from_civil, shifted. */
static int64_t
days_of(int64_t y, int64_t m, int64_t d)
{
	int64_t era, yoe, doy;

	y -= m <= 2;
	era = (y >= 0 ? y : y - 399) / 400;
	yoe = y - era * 400;
	doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy -
	    DAYS_TO_2000;
}

static void
date_of(int64_t days, int *y, int *m, int *d)
{
	int64_t z = days + DAYS_TO_2000;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;

	*d = (int)(doy - (153 * mp + 2) / 5 + 1);
	*m = (int)(mp < 10 ? mp + 3 : mp - 9);
	*y = (int)(yoe + era * 400 + (*m <= 2));
}

/* Exactly n digits at the start of *s. */
static bool
take_digits(struct slice *s, size_t n, int64_t min, int64_t max, int64_t *out)
{
	if (s->len < n || !ascii_is_digit(s->ptr[0]) ||
	    !str_int(slice_sub(*s, 0, n), min, max, out))
		return false;
	*s = slice_sub(*s, n, s->len);
	return true;
}

static bool
take_char(struct slice *s, char c)
{
	if (s->len == 0 || s->ptr[0] != c)
		return false;
	*s = slice_sub(*s, 1, s->len);
	return true;
}

static bool
take_date(struct slice *s, int64_t *days)
{
	static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31,
		30, 31 };
	int64_t y, m, d;

	if (!take_digits(s, 4, 1, 9999, &y) || !take_char(s, '-') ||
	    !take_digits(s, 2, 1, 12, &m) || !take_char(s, '-') ||
	    !take_digits(s, 2, 1, 31, &d))
		return false;
	if (d > lengths[m - 1] + (m == 2 && ((y % 4 == 0 && y % 100 != 0) ||
	    y % 400 == 0)))
		return false;
	*days = days_of(y, m, d);
	return true;
}

static bool
take_time(struct slice *s, int64_t *us)
{
	int64_t h, m, sec = 0, frac = 0, unit = 100000;

	if (!take_digits(s, 2, 0, 23, &h) || !take_char(s, ':') ||
	    !take_digits(s, 2, 0, 59, &m))
		return false;
	if (take_char(s, ':')) {
		if (!take_digits(s, 2, 0, 59, &sec))
			return false;
		if (take_char(s, '.'))
			for (; s->len != 0 && ascii_is_digit(s->ptr[0]);
			    *s = slice_sub(*s, 1, s->len), unit /= 10)
				frac += unit * (s->ptr[0] - '0');
	}
	*us = ((h * 60 + m) * 60 + sec) * 1000000 + frac;
	return true;
}

static bool
take_zone(struct slice *s, int64_t *us)
{
	int64_t sign, h, m = 0;

	*us = 0;
	if (s->len == 0 || take_char(s, 'Z'))
		return true;
	sign = s->ptr[0] == '-' ? -1 : 1;
	if (!take_char(s, '+') && !take_char(s, '-'))
		return false;
	if (!take_digits(s, 2, 0, 15, &h))
		return false;
	if (take_char(s, ':') && !take_digits(s, 2, 0, 59, &m))
		return false;
	*us = sign * (h * 60 + m) * 60 * 1000000;
	return true;
}

bool
pg_timestamp_read(struct slice text, int64_t *us)
{
	struct slice s = str_trim(text);
	int64_t days, time = 0, zone = 0;

	if (!take_date(&s, &days))
		return false;
	if (s.len != 0 && ((!take_char(&s, ' ') && !take_char(&s, 'T')) ||
	    !take_time(&s, &time) || !take_zone(&s, &zone) || s.len != 0))
		return false;
	*us = days * US_PER_DAY + time - zone;
	return true;
}

static int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

void
pg_timestamp_text(int64_t us, char out[PG_TIMESTAMP_SIZE])
{
	int64_t days = floor_div(us, US_PER_DAY);
	int64_t rest = us - days * US_PER_DAY, s = rest / 1000000;
	int y, m, d;

	date_of(days, &y, &m, &d);
	snprintf(out, PG_TIMESTAMP_SIZE, "%04d-%02d-%02d %02d:%02d:%02d.%06d+00",
	    y % 10000, m, d, (int)(s / 3600), (int)(s / 60 % 60),
	    (int)(s % 60), (int)(rest % 1000000));
}

/* ---- values to the client ---- */

static bool
wrong_value(struct slice shown, uint32_t oid, struct slice column,
    struct err *e)
{
	err_set(e, ERR_INVALID, "invalid value for type %s: \"%.*s\"",
	    pg_type_name(oid), (int)utf8_cut(shown, 60), shown.ptr);
	err_detail(e, "Column \"%.*s\" was announced with that type.",
	    SLICE_ARG(column));
	err_hint(e, "Give the expression a type with CAST(... AS ...).");
	return pg_err_state(e, "22P02");
}

/*
 * The shortest digits that read back as the same number, as PostgreSQL sets
 * them: with an exponent below 1e-4 and from 1e15 (1e6 for real) on.
 */
static void
put_shortest(struct buf *b, double v, int digits, int most)
{
	int exponent;
	char text[48];

	snprintf(text, sizeof(text), "%.*e", digits - 1, v);
	exponent = atoi(strchr(text, 'e') + 1);
	if (v != 0 && (exponent < -4 || exponent >= most))
		buf_puts(b, text);
	else
		buf_printf(b, "%.*f", digits - 1 - exponent > 0 ?
		    digits - 1 - exponent : 0, v);
}

static void
put_real(struct buf *b, double v)
{
	char text[40];
	int digits;

	if (isnan(v) || isinf(v)) {
		buf_puts(b, isnan(v) ? "NaN" : v > 0 ? "Infinity" :
		    "-Infinity");
		return;
	}
	for (digits = 1; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*e", digits - 1, v);
		if (strtod(text, NULL) == v)
			break;
	}
	put_shortest(b, v, digits, 15);
}

static void
put_float4(struct buf *b, float v)
{
	char text[40];
	int digits;

	if (isnan(v) || isinf(v)) {
		put_real(b, (double)v);
		return;
	}
	for (digits = 1; digits <= 9; digits++) {
		snprintf(text, sizeof(text), "%.*e", digits - 1, (double)v);
		if (strtof(text, NULL) == v)
			break;
	}
	put_shortest(b, (double)v, digits, 6);
}

static void
put_hex(struct buf *b, struct slice s)
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	buf_puts(b, "\\x");
	for (i = 0; i < s.len; i++) {
		buf_putc(b, digits[(unsigned char)s.ptr[i] >> 4]);
		buf_putc(b, digits[(unsigned char)s.ptr[i] & 15]);
	}
}

/* printf() takes most of the time of a row of numbers. */
static void
put_decimal(struct buf *b, int64_t v)
{
	char text[20], *p = text + sizeof(text);
	uint64_t left = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;

	do {
		*--p = (char)('0' + left % 10);
		left /= 10;
	} while (left != 0);
	if (v < 0)
		*--p = '-';
	buf_put(b, p, (size_t)(text + sizeof(text) - p));
}

/* The value's own text, whatever its class. */
static void
put_plain(struct buf *b, const struct pg_value *v)
{
	switch (v->kind) {
	case PG_NULL:
		break;
	case PG_INT:
		put_decimal(b, v->i);
		break;
	case PG_REAL:
		put_real(b, v->r);
		break;
	case PG_TEXT:
		utf8_put_clean(b, v->s);
		break;
	case PG_BLOB:
		put_hex(b, v->s);
		break;
	}
}

static bool
as_int(const struct pg_value *v, int64_t *out)
{
	switch (v->kind) {
	case PG_INT:
		*out = v->i;
		return true;
	case PG_REAL:
		if (v->r != floor(v->r) || fabs(v->r) > 9e15)
			return false;
		*out = (int64_t)v->r;
		return true;
	case PG_TEXT:
		return str_int(v->s, INT64_MIN, INT64_MAX, out);
	case PG_NULL:
	case PG_BLOB:
		break;
	}
	return false;
}

static bool
read_real(struct slice s, double *out)
{
	char text[64], *end;

	s = str_trim(s);
	if (s.len == 0 || s.len >= sizeof(text))
		return false;
	memcpy(text, s.ptr, s.len);
	text[s.len] = '\0';
	if (text[strspn(text, "0123456789+-.eE")] != '\0' &&
	    !str_ieq(s, SLICE("nan")) && !str_ieq(s, SLICE("infinity")) &&
	    !str_ieq(s, SLICE("-infinity")))
		return false;	/* no hexadecimal, no "inf" */
	*out = strtod(text, &end);
	return *end == '\0';
}

static bool
as_real(const struct pg_value *v, double *out)
{
	if (v->kind == PG_INT)
		*out = (double)v->i;
	else if (v->kind == PG_REAL)
		*out = v->r;
	else
		return v->kind == PG_TEXT && read_real(v->s, out);
	return true;
}

static bool
put_int(struct buf *b, const struct pg_value *v, int bytes, uint16_t format)
{
	int64_t i, top;

	top = bytes == 8 ? INT64_MAX : ((int64_t)1 << (bytes * 8 - 1)) - 1;
	if (!as_int(v, &i) || i > top || i < -top - 1)
		return false;
	if (format == 0)
		put_decimal(b, i);
	else if (bytes == 8)
		buf_put_u64(b, (uint64_t)i);
	else if (bytes == 4)
		buf_put_u32(b, (uint32_t)i);
	else
		buf_put_u16(b, (uint16_t)i);
	return true;
}

static bool
put_bool(struct buf *b, const struct pg_value *v, uint16_t format)
{
	int64_t i;

	if (!as_int(v, &i) || (i != 0 && i != 1))
		return false;
	buf_putc(b, format == 1 ? (char)i : i ? 't' : 'f');
	return true;
}

static bool
put_float(struct buf *b, const struct pg_value *v, uint32_t oid,
    uint16_t format)
{
	double r;
	float f;
	uint64_t u64;
	uint32_t u32;

	if (!as_real(v, &r))
		return false;
	if (format == 0 && oid == OID_FLOAT4) {
		put_float4(b, (float)r);
	} else if (format == 0) {
		put_real(b, r);
	} else if (oid == OID_FLOAT8) {
		memcpy(&u64, &r, sizeof(u64));
		buf_put_u64(b, u64);
	} else {
		f = (float)r;
		memcpy(&u32, &f, sizeof(u32));
		buf_put_u32(b, u32);
	}
	return true;
}

/* As PostgreSQL writes it: no zeros at the end of a fraction. */
static void
put_time_text(struct buf *b, int64_t us, uint32_t oid)
{
	char text[PG_TIMESTAMP_SIZE];
	struct slice s;

	pg_timestamp_text(us, text);
	s = slice_of(text);
	if (oid == OID_DATE) {
		buf_put_slice(b, slice_sub(s, 0, 10));
		return;
	}
	s = slice_sub(s, 0, s.len - 3);	/* without "+00" */
	while (s.ptr[s.len - 1] == '0')
		s.len--;
	if (s.ptr[s.len - 1] == '.')
		s.len--;
	/* the seconds keep their own zero */
	buf_put_slice(b, s.len < 19 ? slice_make(text, 19) : s);
	if (oid == OID_TIMESTAMPTZ)
		buf_puts(b, "+00");
}

static bool
put_time(struct buf *b, const struct pg_value *v, uint32_t oid,
    uint16_t format)
{
	int64_t us;

	if (v->kind != PG_TEXT || !pg_timestamp_read(v->s, &us))
		return false;
	if (format == 0)
		put_time_text(b, us, oid);
	else if (oid == OID_DATE)
		buf_put_u32(b, (uint32_t)floor_div(us, US_PER_DAY));
	else
		buf_put_u64(b, (uint64_t)us);
	return true;
}

static bool
put_numeric(struct buf *b, const struct pg_value *v, uint16_t format)
{
	struct buf text = BUF_INIT;
	bool ok = true;

	if (v->kind == PG_REAL && !isnan(v->r) && !isinf(v->r))
		buf_printf(&text, "%.15g", v->r);
	else
		put_plain(&text, v);
	if (format == 0)
		buf_put_slice(b, buf_slice(&text));
	else
		ok = pg_numeric_put(b, buf_slice(&text));
	buf_free(&text);
	return ok;
}

static bool
put_uuid(struct buf *b, const struct pg_value *v, uint16_t format)
{
	struct slice s = v->s;
	size_t i;

	if (v->kind != PG_TEXT || s.len != 36)
		return false;
	if (format == 0) {
		buf_put_slice(b, s);
		return true;
	}
	for (i = 0; i < 36; i += 2) {
		char pair[3];

		if (s.ptr[i] == '-')
			i++;
		pair[0] = s.ptr[i];
		pair[1] = s.ptr[i + 1];
		pair[2] = '\0';
		buf_putc(b, (char)strtoul(pair, NULL, 16));
	}
	return true;
}

/* Append the value without its length; false when it is none of the type. */
static bool
put_typed(struct buf *b, const struct pg_value *v, uint32_t oid,
    uint16_t format)
{
	switch (oid) {
	case OID_BOOL:
		return put_bool(b, v, format);
	case OID_INT2:
		return put_int(b, v, 2, format);
	case OID_INT4:
		return put_int(b, v, 4, format);
	case OID_INT8:
		return put_int(b, v, 8, format);
	case OID_FLOAT4:
	case OID_FLOAT8:
		return put_float(b, v, oid, format);
	case OID_DATE:
	case OID_TIMESTAMP:
	case OID_TIMESTAMPTZ:
		return put_time(b, v, oid, format);
	case OID_BYTEA:
		if (v->kind != PG_BLOB && v->kind != PG_TEXT)
			return false;
		if (format == 1)
			buf_put_slice(b, v->s);
		else
			put_hex(b, v->s);
		return true;
	case OID_JSONB:
		if (format == 1)
			buf_putc(b, 1);	/* version */
		break;
	case OID_NUMERIC:
		return put_numeric(b, v, format);
	case OID_UUID:
		return put_uuid(b, v, format);
	}
	put_plain(b, v);
	return true;
}

bool
pg_value_put(struct buf *b, const struct pg_value *v, uint32_t oid,
    uint16_t format, struct slice column, struct err *e)
{
	size_t mark = b->len;
	struct buf shown = BUF_INIT;

	if (v->kind == PG_NULL) {
		buf_put_u32(b, UINT32_MAX);
		return true;
	}
	buf_put_u32(b, 0);
	if (put_typed(b, v, oid, format)) {
		buf_patch_u32(b, mark, (uint32_t)(b->len - mark - 4));
		return true;
	}
	if (!b->failed)
		b->len = mark;
	put_plain(&shown, v);
	wrong_value(slice_make(buf_cstr(&shown), shown.len), oid, column, e);
	buf_free(&shown);
	return false;
}

/* ---- parameters ---- */

static bool
bad_input(struct slice text, uint32_t oid, struct err *e)
{
	err_set(e, ERR_INVALID, "invalid input syntax for type %s: \"%.*s\"",
	    pg_type_name(oid), (int)utf8_cut(text, 60), text.ptr);
	return pg_err_state(e, "22P02");
}

static bool
read_int_text(struct slice s, uint32_t oid, int64_t *out, struct err *e)
{
	int64_t min = INT64_MIN, max = INT64_MAX;

	if (oid == OID_INT4)
		min = INT32_MIN, max = INT32_MAX;
	else if (oid == OID_INT2)
		min = INT16_MIN, max = INT16_MAX;
	else if (oid == OID_OID)
		min = 0, max = UINT32_MAX;
	if (str_int(str_trim(s), min, max, out))
		return true;
	if (str_int(str_trim(s), INT64_MIN, INT64_MAX, out)) {
		err_set(e, ERR_INVALID,
		    "value \"%.*s\" is out of range for type %s",
		    SLICE_ARG(s), pg_type_name(oid));
		return pg_err_state(e, "22003");
	}
	return bad_input(s, oid, e);
}

static bool
read_bool_text(struct slice s, int64_t *out, struct err *e)
{
	static const char *const yes[] = { "t", "true", "y", "yes", "on",
		"1" };
	static const char *const no[] = { "f", "false", "n", "no", "off",
		"0" };
	struct slice word = str_trim(s);
	size_t i;

	for (i = 0; i < ARRAY_LEN(yes); i++) {
		if (str_ieq(word, slice_of(yes[i])) ||
		    str_ieq(word, slice_of(no[i]))) {
			*out = str_ieq(word, slice_of(yes[i]));
			return true;
		}
	}
	return bad_input(s, OID_BOOL, e);
}

static bool
read_bytea_text(struct slice s, struct arena *a, struct slice *out,
    struct err *e)
{
	char *to;
	size_t i;

	if (!slice_starts(s, SLICE("\\x"))) {
		*out = s;
		return memchr(s.ptr, '\\', s.len) == NULL ||
		    bad_input(s, OID_BYTEA, e);
	}
	to = arena_alloc(a, s.len / 2 + 1);
	for (i = 2; i + 1 < s.len; i += 2) {
		char pair[3] = { s.ptr[i], s.ptr[i + 1], '\0' }, *end;

		to[i / 2 - 1] = (char)strtoul(pair, &end, 16);
		if (*end != '\0' || pair[0] == '+' || pair[0] == '-' ||
		    pair[0] == ' ')
			return bad_input(s, OID_BYTEA, e);
	}
	if (s.len % 2 != 0)
		return bad_input(s, OID_BYTEA, e);
	*out = slice_make(to, s.len / 2 - 1);
	return true;
}

/* Any way of writing 32 hexadecimal digits that PostgreSQL takes. */
static bool
read_uuid(struct slice s, struct arena *a, struct slice *out)
{
	char *to = arena_alloc(a, 37);
	size_t i, n = 0;

	s = str_trim(s);
	if (s.len > 2 && s.ptr[0] == '{' && s.ptr[s.len - 1] == '}')
		s = slice_sub(s, 1, s.len - 1);
	for (i = 0; i < s.len; i++) {
		char c = ascii_lower(s.ptr[i]);

		if (c == '-' && i > 0 && n % 4 == 0)
			continue;
		if (n == 32 || !(ascii_is_digit(c) || (c >= 'a' &&
		    c <= 'f')))
			return false;
		to[n + (n >= 8) + (n >= 12) + (n >= 16) + (n >= 20)] = c;
		n++;
	}
	to[8] = to[13] = to[18] = to[23] = '-';
	*out = slice_make(to, 36);
	return n == 32;
}

/* 22008: digits in the right places, but no such day; else 22007. */
static bool
bad_time(struct slice s, uint32_t oid, struct err *e)
{
	bool looks = s.len >= 10 && s.ptr[4] == '-' && s.ptr[7] == '-' &&
	    ascii_is_digit(s.ptr[0]) && ascii_is_digit(s.ptr[5]) &&
	    ascii_is_digit(s.ptr[8]);

	if (looks)
		err_set(e, ERR_INVALID,
		    "date/time field value out of range: \"%.*s\"",
		    (int)utf8_cut(s, 60), s.ptr);
	else
		err_set(e, ERR_INVALID,
		    "invalid input syntax for type %s: \"%.*s\"",
		    pg_type_name(oid), (int)utf8_cut(s, 60), s.ptr);
	return pg_err_state(e, looks ? "22008" : "22007");
}

static bool
read_date(struct slice s, struct arena *a, struct slice *out, struct err *e)
{
	char *text;
	int64_t us;

	s = str_trim(s);
	if (!pg_timestamp_read(s, &us))
		return bad_time(s, OID_DATE, e);
	text = arena_alloc(a, PG_TIMESTAMP_SIZE);
	memcpy(text, s.ptr, 10);
	*out = slice_make(text, 10);
	return true;
}

/* timestamp without time zone does not look at one */
static struct slice
without_zone(struct slice s)
{
	size_t i;

	s = str_trim(s);
	for (i = 16; i < s.len; i++)
		if (s.ptr[i] == '+' || s.ptr[i] == '-' || s.ptr[i] == 'Z')
			return slice_sub(s, 0, i);
	return s;
}

static bool
read_text(struct slice s, uint32_t oid, struct arena *a,
    struct pg_value *out, struct err *e)
{
	int64_t us;
	char *text;

	out->s = s;
	if (utf8_check(s) < s.len || memchr(s.ptr, '\0', s.len) != NULL) {
		size_t at = utf8_check(s);

		err_set(e, ERR_INVALID,
		    "invalid byte sequence for encoding \"UTF8\": 0x%02x",
		    at < s.len ? (unsigned char)s.ptr[at] : 0);
		return pg_err_state(e, "22021");
	}
	switch (oid) {
	case OID_INT2: case OID_INT4: case OID_INT8: case OID_OID:
		out->kind = PG_INT;
		return read_int_text(s, oid, &out->i, e);
	case OID_BOOL:
		out->kind = PG_INT;
		return read_bool_text(s, &out->i, e);
	case OID_FLOAT4: case OID_FLOAT8:
		out->kind = PG_REAL;
		return read_real(s, &out->r) || bad_input(s, oid, e);
	case OID_NUMERIC:
		out->kind = PG_TEXT;
		out->s = str_trim(s);
		return pg_numeric_valid(out->s) || bad_input(s, oid, e);
	case OID_UUID:
		out->kind = PG_TEXT;
		return read_uuid(s, a, &out->s) || bad_input(s, oid, e);
	case OID_JSON: case OID_JSONB:
		out->kind = PG_TEXT;
		if (sql_json_valid(s))
			return true;
		err_set(e, ERR_INVALID, "invalid input syntax for type json");
		return pg_err_state(e, "22P02");
	case OID_DATE:
		out->kind = PG_TEXT;
		return read_date(s, a, &out->s, e);
	case OID_BYTEA:
		out->kind = PG_BLOB;
		return read_bytea_text(s, a, &out->s, e);
	case OID_TIMESTAMP: case OID_TIMESTAMPTZ:
		out->kind = PG_TEXT;
		if (oid == OID_TIMESTAMP)
			s = without_zone(s);
		if (!pg_timestamp_read(s, &us))
			return bad_time(s, oid, e);
		text = arena_alloc(a, PG_TIMESTAMP_SIZE);
		pg_timestamp_text(us, text);
		out->s = slice_of(text);
		return true;
	default:
		out->kind = PG_TEXT;
		return true;
	}
}

static int64_t
big_endian(struct slice s)
{
	uint64_t v = s.len != 0 && (s.ptr[0] & 0x80) ? UINT64_MAX : 0;
	size_t i;

	for (i = 0; i < s.len; i++)
		v = v << 8 | (unsigned char)s.ptr[i];
	return (int64_t)v;
}

static bool
bad_binary(uint32_t oid, struct err *e)
{
	err_set(e, ERR_INVALID,
	    "incorrect binary data format for a parameter of type %s",
	    pg_type_name(oid));
	return pg_err_state(e, "22P03");
}

static bool
read_binary_float(struct slice s, struct pg_value *out)
{
	uint64_t u64 = (uint64_t)big_endian(s);
	uint32_t u32 = (uint32_t)u64;
	float f;

	out->kind = PG_REAL;
	if (s.len == 8) {
		memcpy(&out->r, &u64, sizeof(out->r));
	} else {
		memcpy(&f, &u32, sizeof(f));
		out->r = (double)f;
	}
	return true;
}

static bool
read_binary_time(struct slice s, uint32_t oid, struct arena *a,
    struct pg_value *out)
{
	int64_t v = big_endian(s);
	char *text = arena_alloc(a, PG_TIMESTAMP_SIZE);

	if (oid == OID_DATE && (v < -730000 || v > 2900000))
		return false;
	if (oid == OID_DATE)
		v *= US_PER_DAY;
	if (v < -730000 * US_PER_DAY || v > 2900000 * US_PER_DAY)
		return false;	/* outside the years 1 to 9999 */
	pg_timestamp_text(v, text);
	out->kind = PG_TEXT;
	out->s = slice_sub(slice_of(text), 0, oid == OID_DATE ? 10 : 32);
	return true;
}

static struct slice
hex_of(struct slice s, struct arena *a)
{
	static const char digits[] = "0123456789abcdef";
	char *to = arena_alloc(a, 2 * s.len + 1);
	size_t i;

	for (i = 0; i < s.len; i++) {
		to[2 * i] = digits[(unsigned char)s.ptr[i] >> 4];
		to[2 * i + 1] = digits[(unsigned char)s.ptr[i] & 15];
	}
	return slice_make(to, 2 * s.len);
}

static bool
read_binary(struct slice s, uint32_t oid, struct arena *a,
    struct pg_value *out, struct err *e)
{
	size_t want = 0;

	switch (oid) {
	case OID_BOOL:
		want = 1;
		break;
	case OID_INT2:
		want = 2;
		break;
	case OID_INT4: case OID_OID: case OID_FLOAT4: case OID_DATE:
		want = 4;
		break;
	case OID_INT8: case OID_FLOAT8: case OID_TIMESTAMP:
	case OID_TIMESTAMPTZ:
		want = 8;
		break;
	case OID_BYTEA:
		*out = (struct pg_value){ .kind = PG_BLOB, .s = s };
		return true;
	case OID_JSONB:
		if (s.len == 0 || s.ptr[0] != 1)
			return bad_binary(oid, e);
		return read_text(slice_sub(s, 1, s.len), oid, a, out, e);
	case OID_JSON:
		return read_text(s, oid, a, out, e);
	case OID_UUID:
		if (s.len != 16)
			return bad_binary(oid, e);
		return read_text(hex_of(s, a), oid, a, out, e);
	case OID_NUMERIC:
		out->kind = PG_TEXT;
		return pg_numeric_read(s, a, &out->s) || bad_binary(oid, e);
	case OID_UNKNOWN: case OID_TEXT: case OID_VARCHAR: case OID_BPCHAR:
	case OID_NAME: case OID_UNKNOWN_TEXT: case OID_CHAR:
		return read_text(s, OID_TEXT, a, out, e);
	default:
		err_set(e, ERR_UNSUPPORTED,
		    "binary parameters of type %s are not supported",
		    pg_type_name(oid));
		err_hint(e, "Send the parameter as text.");
		return false;
	}
	if (s.len != want)
		return bad_binary(oid, e);
	if (oid == OID_FLOAT4 || oid == OID_FLOAT8)
		return read_binary_float(s, out);
	if (oid == OID_DATE || oid == OID_TIMESTAMP || oid == OID_TIMESTAMPTZ)
		return read_binary_time(s, oid, a, out) || bad_binary(oid, e);
	out->kind = PG_INT;
	out->i = big_endian(s);
	if (oid == OID_OID)
		out->i &= UINT32_MAX;
	if (oid == OID_BOOL)
		out->i = out->i != 0;
	return true;
}

bool
pg_value_read(struct slice bytes, uint32_t oid, uint16_t format,
    struct arena *a, struct pg_value *out, struct err *e)
{
	*out = (struct pg_value){ .kind = PG_NULL };
	if (bytes.ptr == NULL)
		return true;
	if (format == 1)
		return read_binary(bytes, oid, a, out, e);
	return read_text(bytes, oid, a, out, e);
}
