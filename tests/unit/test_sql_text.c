/*
 * test_sql_text.c - facts about LIKE.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#include "kbd/sql_text.h"

static void
test_like_is_that_of_postgresql(void **state)
{
	static const struct {
		const char *text, *pattern;
		bool like, ilike;
	} facts[] = {
		{ "", "", true, true }, { "", "%", true, true },
		{ "a", "", false, false }, { "abc", "abc", true, true },
		{ "abc", "ABC", false, true }, { "abc", "a%", true, true },
		{ "abc", "%c", true, true }, { "abc", "%b%", true, true },
		{ "abc", "a_c", true, true }, { "abc", "_", false, false },
		{ "\xe4\xb8\xad\xe6\x96\x87", "_\xe6\x96\x87", true, true },
		{ "a%c", "a\\%c", true, true }, { "abc", "a\\%c", false,
		    false },
		{ "a\\c", "a\\\\c", true, true },
		{ "aaab", "%aab", true, true }, { "mississippi", "%iss%ip%i",
		    true, true },
		{ "abc", "%%%", true, true }, { "a_c", "a\\_c", true, true },
	};
	struct slice long_text, pattern = SLICE("%a%a%a%a%a%a%a%a%b");
	char *p = malloc(20000);
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(facts); i++) {
		struct slice t = slice_of(facts[i].text);
		struct slice q = slice_of(facts[i].pattern);

		assert_int_equal(sql_like(NULL, t, q, '\\', false),
		    facts[i].like ? SQL_LIKE_YES : SQL_LIKE_NO);
		assert_int_equal(sql_like(NULL, t, q, '\\', true),
		    facts[i].ilike ? SQL_LIKE_YES : SQL_LIKE_NO);
	}
	assert_int_equal(sql_like(NULL, SLICE("ab"), SLICE("a\\"), '\\',
	    false), SQL_LIKE_INVALID);
	/* no exponential time */
	memset(p, 'a', 20000);
	long_text = slice_make(p, 20000);
	assert_int_equal(sql_like(NULL, long_text, pattern, '\\', false),
	    SQL_LIKE_NO);
	free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_like_is_that_of_postgresql),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
