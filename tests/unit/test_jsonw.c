/*
 * test_jsonw.c - facts about common/jsonw: JSON text, written piece by piece.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "common/buf.h"
#include "common/jsonw.h"

#include <math.h>

static struct buf out;
static struct jsonw j;

static int
set_up(void **state)
{
	(void)state;
	buf_init(&out, 0);
	jsonw_init(&j, &out);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	buf_free(&out);
	return 0;
}

static void
test_commas_stand_between_values(void **state)
{
	(void)state;
	jsonw_object(&j);
	jsonw_member_int(&j, "a", -1);
	jsonw_key(&j, "b");
	jsonw_array(&j);
	jsonw_bool(&j, true);
	jsonw_null(&j);
	jsonw_object(&j);
	jsonw_object_end(&j);
	jsonw_array(&j);
	jsonw_array_end(&j);
	jsonw_raw(&j, SLICE("[1]"));
	jsonw_array_end(&j);
	jsonw_member_string(&j, "c", SLICE("x"));
	jsonw_object_end(&j);
	assert_string_equal(buf_cstr(&out),
	    "{\"a\":-1,\"b\":[true,null,{},[],[1]],\"c\":\"x\"}");
}

static void
test_strings_are_escaped(void **state)
{
	(void)state;
	jsonw_string(&j, slice_make("\"\\\n\r\t\x01\0\x7f/", 9));
	assert_string_equal(buf_cstr(&out),
	    "\"\\\"\\\\\\n\\r\\t\\u0001\\u0000\\u007f/\"");
}

static void
test_bad_bytes_become_the_replacement_character(void **state)
{
	(void)state;
	jsonw_string(&j, SLICE("数\xff\xed\xa0\x80据\xe6"));
	assert_string_equal(buf_cstr(&out), "\"数\xef\xbf\xbd\xef\xbf\xbd"
	    "\xef\xbf\xbd\xef\xbf\xbd据\xef\xbf\xbd\"");
}

static void
test_numbers_are_json(void **state)
{
	(void)state;
	jsonw_array(&j);
	jsonw_int(&j, INT64_MIN);
	jsonw_double(&j, 0.5);
	jsonw_double(&j, NAN);
	jsonw_double(&j, -INFINITY);
	jsonw_double(&j, 1e300);
	jsonw_array_end(&j);
	assert_string_equal(buf_cstr(&out),
	    "[-9223372036854775808,0.5,null,null,1e+300]");
}

static void
test_a_full_buffer_is_noticed_once(void **state)
{
	(void)state;
	buf_free(&out);
	buf_init(&out, 8);
	jsonw_array(&j);
	jsonw_string(&j, SLICE("longer than that"));
	jsonw_array_end(&j);
	assert_false(buf_ok(&out));
}

#define FACT(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FACT(test_commas_stand_between_values),
		FACT(test_strings_are_escaped),
		FACT(test_bad_bytes_become_the_replacement_character),
		FACT(test_numbers_are_json),
		FACT(test_a_full_buffer_is_noticed_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
