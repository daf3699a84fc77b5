/*
 * test_pg_type.c - facts about values on the wire.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "common/arena.h"
#include "common/buf.h"
#include "kbd/pg_type.h"
#include "kbd/sql_json.h"

#define COLUMN SLICE("c")

/* text in, text out */
static void
round_trip(uint32_t oid, const char *in, const char *out)
{
	struct arena a = ARENA_INIT;
	struct buf text = BUF_INIT, binary = BUF_INIT, again = BUF_INIT;
	struct pg_value v, w;
	struct err e = ERR_INIT;

	assert_true(pg_value_read(slice_of(in), oid, 0, &a, &v, &e));
	assert_true(pg_value_put(&text, &v, oid, 0, COLUMN, &e));
	assert_string_equal(buf_cstr(&text) + 4, out);
	/* and by way of the binary form */
	assert_true(pg_value_put(&binary, &v, oid, 1, COLUMN, &e));
	assert_true(pg_value_read(slice_make(binary.data + 4,
	    binary.len - 4), oid, 1, &a, &w, &e));
	assert_true(pg_value_put(&again, &w, oid, 0, COLUMN, &e));
	assert_string_equal(buf_cstr(&again) + 4, out);
	buf_free(&text);
	buf_free(&binary);
	buf_free(&again);
	arena_free(&a);
}

static void
refused(uint32_t oid, const char *in, const char *state)
{
	struct arena a = ARENA_INIT;
	struct pg_value v;
	struct err e = ERR_INIT;

	assert_false(pg_value_read(slice_of(in), oid, 0, &a, &v, &e));
	assert_string_equal(e.sqlstate, state);
	arena_free(&a);
}

static void
test_values_survive_both_forms(void **state)
{
	(void)state;
	round_trip(OID_BOOL, "yes", "t");
	round_trip(OID_INT2, "-32768", "-32768");
	round_trip(OID_INT4, " 8 ", "8");
	round_trip(OID_INT8, "9223372036854775807", "9223372036854775807");
	round_trip(OID_FLOAT8, "0.1", "0.1");
	round_trip(OID_FLOAT8, "1e15", "1e+15");
	round_trip(OID_FLOAT8, "123456789.123", "123456789.123");
	round_trip(OID_FLOAT8, "-Infinity", "-Infinity");
	round_trip(OID_FLOAT4, "0.1", "0.1");
	round_trip(OID_NUMERIC, "1.20", "1.20");
	round_trip(OID_NUMERIC, "-12345678901234567890.000100",
	    "-12345678901234567890.000100");
	round_trip(OID_NUMERIC, "0", "0");
	round_trip(OID_NUMERIC, "0.00012", "0.00012");
	round_trip(OID_NUMERIC, "NaN", "NaN");
	round_trip(OID_TEXT, "磁盘", "磁盘");
	round_trip(OID_BYTEA, "\\x0041ff", "\\x0041ff");
	round_trip(OID_JSON, "{\"a\" : 1}", "{\"a\" : 1}");
	round_trip(OID_JSONB, "[1]", "[1]");
	round_trip(OID_DATE, "2024-02-29", "2024-02-29");
	round_trip(OID_UUID, "{734D48639959-4eb1-af7a-482ca7cd5f4e}",
	    "734d4863-9959-4eb1-af7a-482ca7cd5f4e");
}

static void
test_fractions_of_seconds_lose_their_zeros(void **state)
{
	(void)state;
	round_trip(OID_TIMESTAMPTZ, "2026-11-23 10:00:00+00",
	    "2026-11-23 10:00:00+00");
	round_trip(OID_TIMESTAMPTZ, "2026-11-23 10:00:00.120000+02",
	    "2026-11-23 08:00:00.12+00");
	round_trip(OID_TIMESTAMP, "2026-11-23 10:00:10.5+02",
	    "2026-11-23 10:00:10.5");
	round_trip(OID_TIMESTAMP, "2026-11-23", "2026-11-23 00:00:00");
}

static void
test_wrong_values_have_their_sqlstate(void **state)
{
	(void)state;
	refused(OID_INT4, "abc", "22P02");
	refused(OID_INT4, "1.5", "22P02");
	refused(OID_INT4, "99999999999", "22003");
	refused(OID_BOOL, "maybe", "22P02");
	refused(OID_DATE, "soon", "22007");
	refused(OID_DATE, "2026-02-30", "22008");
	refused(OID_UUID, "abc", "22P02");
	refused(OID_NUMERIC, "1e", "22P02");
	refused(OID_JSON, "{broken", "22P02");
	refused(OID_BYTEA, "\\x0", "22P02");
}

static void
test_json_members_keep_their_bytes(void **state)
{
	struct arena a = ARENA_INIT;
	struct slice v, json = SLICE("{\"a\": 1.50, \"b\\u0041\": [true, "
	    "\"x\\ny\"], \"a\": {\"q\" : null}}");

	(void)state;
	assert_true(sql_json_valid(json));
	assert_true(sql_json_member(json, SLICE("a"), &a, &v));
	assert_true(slice_is(v, "{\"q\" : null}"));	/* the last one */
	assert_true(sql_json_member(json, SLICE("bA"), &a, &v));
	assert_true(sql_json_element(v, -1, &v));
	assert_true(sql_json_text(v, &a, &v));
	assert_true(slice_is(v, "x\ny"));
	assert_false(sql_json_member(json, SLICE("z"), &a, &v));
	assert_false(sql_json_valid(SLICE("[1,]")));
	assert_false(sql_json_valid(SLICE("\"\\ud\"")));
	assert_false(sql_json_valid(SLICE("01")));
	arena_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values_survive_both_forms),
		cmocka_unit_test(test_fractions_of_seconds_lose_their_zeros),
		cmocka_unit_test(test_wrong_values_have_their_sqlstate),
		cmocka_unit_test(test_json_members_keep_their_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
