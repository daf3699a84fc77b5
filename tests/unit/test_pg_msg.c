/*
 * test_pg_msg.c - facts about messages: framing, decoders, encoders, values.
 *
 * Every decoder is fed each prefix of each message: none may succeed on a
 * part, and none may read past it (each part is a block of its own).
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

#include "common/arena.h"
#include "common/buf.h"
#include "common/mem.h"
#include "kbd/pg_msg.h"
#include "kbd/pg_type.h"

#define MAX 100000

struct decoder {
	const char *name;
	bool (*decode)(struct slice body, struct arena *a, struct err *e);
};

static bool
d_startup(struct slice body, struct arena *a, struct err *e)
{
	struct pg_startup m;

	return pg_startup_decode(body, a, &m, e);
}

static bool
d_query(struct slice body, struct arena *a, struct err *e)
{
	struct slice sql;

	(void)a;
	return pg_query_decode(body, &sql, e);
}

static bool
d_parse(struct slice body, struct arena *a, struct err *e)
{
	struct pg_parse m;

	return pg_parse_decode(body, a, &m, e);
}

static bool
d_bind(struct slice body, struct arena *a, struct err *e)
{
	struct pg_bind m;

	return pg_bind_decode(body, a, &m, e);
}

static bool
d_target(struct slice body, struct arena *a, struct err *e)
{
	struct pg_target m;

	(void)a;
	return pg_target_decode(body, &m, e);
}

static bool
d_execute(struct slice body, struct arena *a, struct err *e)
{
	struct pg_execute m;

	(void)a;
	return pg_execute_decode(body, &m, e);
}

static const struct {
	char type;
	struct slice body;
	bool (*decode)(struct slice body, struct arena *a, struct err *e);
} samples[] = {
	{ 0, SLICE("\0\3\0\0user\0ann\0database\0kb\0\0"), d_startup },
	{ 0, SLICE("\0\3\0\2_pq_.x\0" "1\0user\0ann\0\0"), d_startup },
	{ 0, SLICE("\4\xd2\x16\x2e\0\0\0\7abcd"), d_startup },
	{ 0, SLICE("\4\xd2\x16\x2f"), d_startup },
	{ 'Q', SLICE("SELECT 1\0"), d_query },
	{ 'P', SLICE("s\0SELECT $1\0\0\2\0\0\0\x17\0\0\0\0"), d_parse },
	{ 'B', SLICE("p\0s\0\0\1\0\1\0\3\0\0\0\2ab\xff\xff\xff\xff\0\0\0\0"
	    "\0\2\0\0\0\1"), d_bind },
	{ 'D', SLICE("Sname\0"), d_target },
	{ 'C', SLICE("P\0"), d_target },
	{ 'E', SLICE("p\0\0\0\0\5"), d_execute },
};

static void
test_whole_messages_are_decoded(void **state)
{
	struct arena a = ARENA_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(samples); i++) {
		struct err e = ERR_INIT;

		if (!samples[i].decode(samples[i].body, &a, &e))
			fail_msg("sample %zu: %s", i, e.msg);
	}
	arena_free(&a);
}

static void
test_no_prefix_is_a_message(void **state)
{
	struct arena a = ARENA_INIT;
	size_t i, n;

	(void)state;
	for (i = 0; i < ARRAY_LEN(samples); i++) {
		/* "SSL request" is a whole cancel code and the like */
		for (n = 0; n < samples[i].body.len; n++) {
			char *part = mem_alloc(n);
			struct err e = ERR_INIT;

			if (n != 0)
				memcpy(part, samples[i].body.ptr, n);
			if (samples[i].decode(slice_make(part, n), &a, &e))
				fail_msg("sample %zu, %zu bytes", i, n);
			assert_string_not_equal(e.msg, "");
			free(part);
		}
	}
	arena_free(&a);
}

static void
test_nothing_may_follow_a_message(void **state)
{
	struct arena a = ARENA_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(samples); i++) {
		struct buf b = BUF_INIT;
		struct err e = ERR_INIT;

		buf_put_slice(&b, samples[i].body);
		buf_putc(&b, 'x');
		/* a cancel key may have any length */
		if (i != 2)
			assert_false(samples[i].decode(buf_slice(&b), &a,
			    &e));
		buf_free(&b);
	}
	arena_free(&a);
}

static void
test_framing_waits_for_the_last_byte(void **state)
{
	size_t i, n;

	(void)state;
	for (i = 0; i < ARRAY_LEN(samples); i++) {
		struct buf b = BUF_INIT;
		struct pg_msg m;
		struct err e = ERR_INIT;
		size_t used = 0;
		enum pg_next next;

		if (samples[i].type != 0)
			buf_putc(&b, samples[i].type);
		buf_put_u32(&b, (uint32_t)samples[i].body.len + 4);
		buf_put_slice(&b, samples[i].body);
		for (n = 0; n <= b.len; n++) {
			struct slice part = slice_make(b.data, n);

			next = samples[i].type != 0 ?
			    pg_msg_next(part, MAX, &m, &used, &e) :
			    pg_startup_next(part, &m, &used, &e);
			assert_int_equal(next, n < b.len ? PG_NEXT_MORE :
			    PG_NEXT_MSG);
		}
		assert_int_equal(used, b.len);
		assert_int_equal(m.type, samples[i].type);
		assert_true(slice_eq(m.body, samples[i].body));
		buf_free(&b);
	}
}

static void
test_lengths_are_believed_up_to_a_cap(void **state)
{
	static const struct {
		struct slice bytes;
		bool bad;
	} heads[] = {
		{ SLICE("Q\0\1\x86\xa4"), false },	/* MAX + 4 */
		{ SLICE("Q\0\1\x86\xa5"), true },
		{ SLICE("Q\0\0\0\3"), true },
		{ SLICE("Q\x7f\xff\xff\xff"), true },
		{ SLICE("Q\xff\xff\xff\xff"), true },
		{ SLICE("S\0\0\0\4"), false },
		{ SLICE("S\0\0\0\5"), true },
		{ SLICE("X\0\0\0\5"), true },
		{ SLICE("D\0\0\x20\x04"), false },
		{ SLICE("D\0\0\x20\x05"), true },
		{ SLICE("?\0\0\0\4"), true },
		{ SLICE("?"), true },
		{ SLICE("\0\0\0\0\4"), true },
	};
	struct pg_msg m;
	size_t i, used;

	(void)state;
	for (i = 0; i < ARRAY_LEN(heads); i++) {
		struct err e = ERR_INIT;
		bool bad = pg_msg_next(heads[i].bytes, MAX, &m, &used, &e) ==
		    PG_NEXT_BAD;

		assert_int_equal(bad, heads[i].bad);
		if (bad)
			assert_string_equal(pg_sqlstate(&e), "08P01");
	}
	assert_int_equal(pg_startup_next(SLICE("\0\0\0\7"), &m, &used, NULL),
	    PG_NEXT_BAD);
	assert_int_equal(pg_startup_next(SLICE("\0\0\x27\x11"), &m, &used,
	    NULL), PG_NEXT_BAD);
	assert_int_equal(pg_startup_next(SLICE("\0\0\x27\x10"), &m, &used,
	    NULL), PG_NEXT_MORE);
}

static void
test_startup_parameters_are_found(void **state)
{
	struct arena a = ARENA_INIT;
	struct pg_startup m;
	struct err e = ERR_INIT;
	struct buf b = BUF_INIT;

	(void)state;
	assert_true(pg_startup_decode(SLICE("\0\3\x27\x0fuser\0ann\0_pq_.a\0"
	    "1\0user\0bob\0_pq_.b\0" "2\0\0"), &a, &m, &e));
	assert_true(slice_is(pg_startup_param(&m, "user"), "bob"));
	assert_null(pg_startup_param(&m, "database").ptr);
	assert_int_equal(m.nunknown, 2);
	pg_put_negotiate(&b, &m);
	assert_true(slice_eq(buf_slice(&b), SLICE("v\0\0\0\x1a\0\3\0\2\0\0\0"
	    "\2_pq_.a\0_pq_.b\0")));
	assert_true(pg_startup_decode(SLICE("\4\xd2\x16\x2e\0\0\0\7abcd"),
	    &a, &m, &e));
	assert_int_equal(m.kind, PG_STARTUP_CANCEL);
	assert_int_equal(m.pid, 7);
	assert_true(slice_is(m.key, "abcd"));
	assert_false(pg_startup_decode(SLICE("\0\2\0\0user\0a\0\0"), &a, &m,
	    &e));
	assert_string_equal(pg_sqlstate(&e), "0A000");
	assert_false(pg_startup_decode(SLICE("\0\3\0\0user\0\xff\0\0"), &a,
	    &m, &e));
	assert_string_equal(pg_sqlstate(&e), "22021");
	buf_free(&b);
	arena_free(&a);
}

static void
test_bind_keeps_null_and_empty_apart(void **state)
{
	struct arena a = ARENA_INIT;
	struct pg_bind m;
	struct err e = ERR_INIT;

	(void)state;
	assert_true(pg_bind_decode(samples[6].body, &a, &m, &e));
	assert_int_equal(m.nvalues, 3);
	assert_true(slice_is(m.values[0], "ab"));
	assert_null(m.values[1].ptr);
	assert_non_null(m.values[2].ptr);
	assert_int_equal(m.values[2].len, 0);
	assert_int_equal(m.nresult_formats, 2);
	assert_int_equal(m.result_formats[1], 1);
	/* a count that the bytes cannot hold is refused before allocating */
	assert_false(pg_bind_decode(SLICE("\0\0\xff\xff\0\0"), &a, &m, &e));
	assert_false(pg_bind_decode(SLICE("\0\0\0\0\xff\xff\0\0"), &a, &m,
	    &e));
	assert_false(pg_bind_decode(SLICE("\0\0\0\1\0\2\0\0\0\0"), &a, &m,
	    &e));
	arena_free(&a);
}

static void
test_errors_have_all_fields(void **state)
{
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;

	(void)state;
	err_set(&e, ERR_SYNTAX, "a\nb");
	err_detail(&e, "D.");
	err_hint(&e, "H.");
	e.position = 7;
	pg_put_error(&b, PG_ERROR, &e);
	assert_true(slice_eq(buf_slice(&b), SLICE("E\0\0\0\x2aSERROR\0VERROR"
	    "\0C42601\0Ma\nb\0DD.\0HH.\0P7\0\0")));
	buf_reset(&b);
	err_set(&e, ERR_CONFLICT, "x");
	pg_put_error(&b, PG_WARNING, &e);
	assert_int_equal(b.data[0], 'N');
	assert_non_null(memmem(b.data, b.len, "C40001", 6));
	buf_free(&b);
}

/* ---- values ---- */

static void
expect_put(struct pg_value v, uint32_t oid, uint16_t format,
    struct slice want)
{
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;

	if (!pg_value_put(&b, &v, oid, format, SLICE("c"), &e))
		fail_msg("%s", e.msg);
	assert_int_equal(b.len, want.len + 4);
	assert_memory_equal(b.data + 4, want.ptr, want.len);
	buf_free(&b);
}

static void
refuse_value(struct pg_value v, uint32_t oid)
{
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;

	buf_puts(&b, "before");
	assert_false(pg_value_put(&b, &v, oid, 0, SLICE("c"), &e));
	assert_string_equal(pg_sqlstate(&e), "22P02");
	assert_string_equal(buf_cstr(&b), "before");
	buf_free(&b);
}

static struct pg_value
text(const char *s)
{
	return (struct pg_value){ .kind = PG_TEXT, .s = slice_of(s) };
}

static struct pg_value
integer(int64_t i)
{
	return (struct pg_value){ .kind = PG_INT, .i = i };
}

static struct pg_value
real(double r)
{
	return (struct pg_value){ .kind = PG_REAL, .r = r };
}

static void
test_values_are_written_as_announced(void **state)
{
	(void)state;
	expect_put(integer(-5), OID_INT8, 0, SLICE("-5"));
	expect_put(integer(0), OID_INT4, 0, SLICE("0"));
	expect_put(integer(INT64_MIN), OID_INT8, 0,
	    SLICE("-9223372036854775808"));
	expect_put(integer(INT64_MAX), OID_INT8, 0,
	    SLICE("9223372036854775807"));
	expect_put((struct pg_value){ .kind = PG_TEXT, .s =
	    SLICE("a\0\x7f\xe4\xb8") }, OID_TEXT, 0,
	    SLICE("a\xef\xbf\xbd\x7f\xef\xbf\xbd\xef\xbf\xbd"));
	expect_put(integer(258), OID_INT4, 1, SLICE("\0\0\1\2"));
	expect_put(integer(-1), OID_INT2, 1, SLICE("\xff\xff"));
	expect_put(real(7.0), OID_INT8, 0, SLICE("7"));
	expect_put(text("12"), OID_INT4, 0, SLICE("12"));
	expect_put(integer(1), OID_BOOL, 0, SLICE("t"));
	expect_put(integer(0), OID_BOOL, 1, SLICE("\0"));
	expect_put(real(0.1), OID_FLOAT8, 0, SLICE("0.1"));
	expect_put(real(0.1 + 0.2), OID_FLOAT8, 0,
	    SLICE("0.30000000000000004"));
	expect_put(real(INFINITY), OID_FLOAT8, 0, SLICE("Infinity"));
	expect_put(real(-INFINITY), OID_FLOAT8, 0, SLICE("-Infinity"));
	expect_put(real(1.5), OID_FLOAT8, 1,
	    SLICE("\x3f\xf8\0\0\0\0\0\0"));
	expect_put(real(1.5), OID_FLOAT4, 1, SLICE("\x3f\xc0\0\0"));
	expect_put(integer(3), OID_TEXT, 0, SLICE("3"));
	expect_put(text("a\xff"), OID_TEXT, 0, SLICE("a\xef\xbf\xbd"));
	expect_put((struct pg_value){ .kind = PG_BLOB, .s = SLICE("A\n") },
	    OID_BYTEA, 0, SLICE("\\x410a"));
	expect_put(text("2000-01-01 00:00:01+00"), OID_TIMESTAMPTZ, 1,
	    SLICE("\0\0\0\0\0\x0f\x42\x40"));
	expect_put(text("1999-12-31"), OID_DATE, 1,
	    SLICE("\xff\xff\xff\xff"));
	expect_put(text("{}"), OID_JSONB, 1, SLICE("\1{}"));
	refuse_value(integer(2), OID_BOOL);
	refuse_value(integer(3000000000), OID_INT4);
	refuse_value(real(1.5), OID_INT8);
	refuse_value(text("x"), OID_INT8);
	refuse_value(text("yesterday"), OID_TIMESTAMPTZ);
	refuse_value(integer(1), OID_DATE);
}

static void
expect_read(struct slice in, uint32_t oid, uint16_t format,
    struct pg_value want)
{
	struct arena a = ARENA_INIT;
	struct pg_value v;
	struct err e = ERR_INIT;

	if (!pg_value_read(in, oid, format, &a, &v, &e))
		fail_msg("%s", e.msg);
	assert_int_equal(v.kind, want.kind);
	if (v.kind == PG_INT)
		assert_int_equal(v.i, want.i);
	if (v.kind == PG_REAL)
		assert_true(v.r == want.r);
	if (v.kind == PG_TEXT || v.kind == PG_BLOB)
		assert_true(slice_eq(v.s, want.s));
	arena_free(&a);
}

static void
refuse_read(struct slice in, uint32_t oid, uint16_t format,
    const char *sqlstate)
{
	struct arena a = ARENA_INIT;
	struct pg_value v;
	struct err e = ERR_INIT;

	assert_false(pg_value_read(in, oid, format, &a, &v, &e));
	assert_string_equal(pg_sqlstate(&e), sqlstate);
	arena_free(&a);
}

static void
test_parameters_are_read_by_their_type(void **state)
{
	(void)state;
	expect_read(slice_make(NULL, 0), OID_INT8, 0,
	    (struct pg_value){ .kind = PG_NULL });
	expect_read(SLICE(" 12 "), OID_INT8, 0, integer(12));
	expect_read(SLICE("\xff\xff\xff\xfe"), OID_INT4, 1, integer(-2));
	expect_read(SLICE("\0\1"), OID_INT2, 1, integer(1));
	expect_read(SLICE("yes"), OID_BOOL, 0, integer(1));
	expect_read(SLICE("\1"), OID_BOOL, 1, integer(1));
	expect_read(SLICE("1e3"), OID_FLOAT8, 0, real(1000));
	expect_read(SLICE("\x3f\xc0\0\0"), OID_FLOAT4, 1, real(1.5));
	expect_read(SLICE("x"), OID_UNKNOWN, 0, text("x"));
	expect_read(SLICE("x"), OID_VARCHAR, 1, text("x"));
	expect_read(SLICE("\0\0\0\0\0\x0f\x42\x40"), OID_TIMESTAMPTZ, 1,
	    text("2000-01-01 00:00:01.000000+00"));
	expect_read(SLICE("2026-11-23T22:00:00+08:00"), OID_TIMESTAMPTZ, 0,
	    text("2026-11-23 14:00:00.000000+00"));
	expect_read(SLICE("\0\0\x26\x42"), OID_DATE, 1, text("2026-10-25"));
	expect_read(SLICE("\\x4142"), OID_BYTEA, 0,
	    (struct pg_value){ .kind = PG_BLOB, .s = SLICE("AB") });
	expect_read(SLICE("\1{}"), OID_JSONB, 1, text("{}"));
	refuse_read(SLICE("x"), OID_INT8, 0, "22P02");
	refuse_read(SLICE("99999999999"), OID_INT4, 0, "22003");
	refuse_read(SLICE("maybe"), OID_BOOL, 0, "22P02");
	refuse_read(SLICE("0x10"), OID_FLOAT8, 0, "22P02");
	refuse_read(SLICE("2026-13-01"), OID_TIMESTAMPTZ, 0, "22008");
	refuse_read(SLICE("2026-02-29"), OID_TIMESTAMPTZ, 0, "22008");
	refuse_read(SLICE("\0"), OID_INT4, 1, "22P03");
	refuse_read(SLICE("a\xff"), OID_TEXT, 0, "22021");
	refuse_read(SLICE("a\0b"), OID_TEXT, 1, "22021");
	refuse_read(SLICE("\\x4"), OID_BYTEA, 0, "22P02");
	refuse_read(SLICE("x"), OID_NUMERIC, 1, "22P03");
	refuse_read(SLICE("\x7f\0\0\0\0\0\0\0"), OID_TIMESTAMPTZ, 1, "22P03");
}

static void
test_times_survive_both_ways(void **state)
{
	static const int64_t times[] = { 0, -1, 1, 86400000000, -86400000001,
		845000000123456, -62000000000000000 };
	char s[PG_TIMESTAMP_SIZE];
	size_t i;
	int64_t back;

	(void)state;
	for (i = 0; i < ARRAY_LEN(times); i++) {
		pg_timestamp_text(times[i], s);
		assert_true(pg_timestamp_read(slice_of(s), &back));
		assert_int_equal(back, times[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_messages_are_decoded),
		cmocka_unit_test(test_no_prefix_is_a_message),
		cmocka_unit_test(test_nothing_may_follow_a_message),
		cmocka_unit_test(test_framing_waits_for_the_last_byte),
		cmocka_unit_test(test_lengths_are_believed_up_to_a_cap),
		cmocka_unit_test(test_startup_parameters_are_found),
		cmocka_unit_test(test_bind_keeps_null_and_empty_apart),
		cmocka_unit_test(test_errors_have_all_fields),
		cmocka_unit_test(test_values_are_written_as_announced),
		cmocka_unit_test(test_parameters_are_read_by_their_type),
		cmocka_unit_test(test_times_survive_both_ways),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
