/*
 * test_saslprep.c - facts about the form of passwords.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "common/buf.h"
#include "kbd/saslprep.h"

static void
assert_form(const char *text, const char *form, bool allowed)
{
	struct buf b = BUF_INIT;

	assert_int_equal(saslprep_put(&b, slice_of(text)), allowed);
	assert_string_equal(buf_cstr(&b), form);
	buf_free(&b);
}

static void
test_examples_of_rfc_4013(void **state)
{
	(void)state;
	assert_form("I\u00adX", "IX", true);
	assert_form("user", "user", true);
	assert_form("USER", "USER", true);
	assert_form("\u00aa", "a", true);
	assert_form("\u2168", "IX", true);
	/* left as it is where the RFC forbids it: as libpq does */
	assert_form("\u0627" "1", "\u0627" "1", false);
	assert_form("\a", "\a", true);
}

static void
test_text_is_mapped_and_normalised(void **state)
{
	(void)state;
	assert_form("", "", true);
	assert_form("密码", "密码", true);
	assert_form("１２３！", "123!", true);
	assert_form("a\u3000b\u00a0c\u200b", "a b c ", true);
	assert_form("e\u0301", "\u00e9", true);
	assert_form("\u0627" "1\u0628", "\u0627" "1\u0628", true);
}

static void
test_what_is_not_allowed_stays_as_it_is(void **state)
{
	static const char *const raw[] = {
		"\xff１", "é\xe9", "é\n", "\u0627a\u0628",
		"１\u202e", "１\U0001f600", "１\ue000", "１\ufffe",
		"１\U0001ffff", "１\U000e0001", "１\u0221", "\u00ad", NULL };
	size_t i;

	(void)state;
	for (i = 0; raw[i] != NULL; i++)
		assert_form(raw[i], raw[i], false);
}

static void
test_every_prefix_gives_some_form(void **state)
{
	static const char text[] = "ﷺ密\u0301\u00ad\U0001d15e\xf0\x9f";
	size_t i;

	(void)state;
	for (i = 1; i < sizeof(text); i++) {
		char *part = malloc(i);
		struct buf b = BUF_INIT;

		memcpy(part, text, i);
		(void)saslprep_put(&b, slice_make(part, i));
		assert_true(b.len != 0);
		buf_free(&b);
		free(part);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_examples_of_rfc_4013),
		cmocka_unit_test(test_text_is_mapped_and_normalised),
		cmocka_unit_test(test_what_is_not_allowed_stays_as_it_is),
		cmocka_unit_test(test_every_prefix_gives_some_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
