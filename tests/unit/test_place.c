/*
 * test_place.c - facts about where a new entry belongs, and about what it
 * begins with: errors of a log, templates, times.
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

#include "common/buf.h"
#include "kbctl/log_errors.h"
#include "kbctl/place.h"
#include "kbctl/since.h"
#include "kbctl/template.h"

#define P ENTRY_PROBLEM
#define R ENTRY_RUNBOOK
#define S ENTRY_SECTION

static const struct place_entry document[] = {
	{ 1, 0, 1, 0, S, SLICE("Notes") },
	{ 2, 1, 2, 0, S, SLICE("Problems") },
	{ 3, 2, 3, 1, P, SLICE("disk full") },
	{ 4, 2, 3, 2, P, SLICE("nginx 502") },
	{ 5, 3, 4, 0, S, SLICE("more of it") },
	{ 6, 1, 2, 0, S, SLICE("Runbooks") },
	{ 7, 1, 2, 0, S, SLICE("End") },
};
#define N ARRAY_LEN(document)

static void
assert_place(const struct place *p, int64_t after, unsigned level,
    int64_t number, const char *section)
{
	assert_int_equal(p->after, after);
	assert_int_equal(p->level, level);
	assert_int_equal(p->number, number);
	assert_true(slice_is(p->section, section));
}

static void
test_a_new_entry_stands_among_its_like(void **state)
{
	struct place p;

	(void)state;
	place_by_kind(document, N, P, &p);
	assert_place(&p, 4, 3, 3, "Problems");
	place_by_kind(document, N, R, &p);
	assert_place(&p, 6, 3, 0, "Runbooks");
	place_by_kind(document, N, ENTRY_TEMPLATE, &p);
	assert_place(&p, 7, 2, 0, "Notes");
}

static void
test_a_document_may_hold_anything(void **state)
{
	static const struct place_entry flat[] = {
		{ 1, 0, 0, 0, S, SLICE("") },
		{ 2, 0, 2, 0, S, SLICE("one") },
		{ 3, 0, 2, 0, S, SLICE("two") },
	};
	struct place p;

	(void)state;
	place_by_kind(NULL, 0, P, &p);
	assert_place(&p, 0, 1, 0, "");
	place_by_kind(flat, ARRAY_LEN(flat), P, &p);
	assert_place(&p, 0, 2, 0, "");
	place_by_kind(flat, 1, P, &p);
	assert_int_equal(p.level, 2);
}

static void
test_a_place_can_be_named(void **state)
{
	struct place p;

	(void)state;
	assert_true(place_after(document, N, 3, &p));
	assert_place(&p, 3, 3, 2, "Problems");
	assert_true(place_under(document, N, 2, &p));
	assert_place(&p, 4, 3, 3, "Problems");
	assert_true(place_under(document, N, 6, &p));
	assert_place(&p, 6, 3, 0, "Runbooks");
	assert_false(place_after(document, N, 99, &p));
	assert_false(place_under(document, N, 0, &p));
}

static void
test_headings_have_a_level_and_maybe_a_number(void **state)
{
	int64_t number;

	(void)state;
	assert_int_equal(place_level(SLICE("### 12. x\ntext"), &number), 3);
	assert_int_equal(number, 12);
	assert_int_equal(place_level(SLICE("\n\n# x"), &number), 1);
	assert_int_equal(number, 0);
	assert_int_equal(place_level(SLICE("x\n==="), &number), 1);
	assert_int_equal(place_level(SLICE("x\n---\n"), &number), 2);
	assert_int_equal(place_level(SLICE("only text\nmore"), &number), 0);
	assert_int_equal(place_level(SLICE(""), &number), 0);
	assert_int_equal(place_level(SLICE("####### x"), &number), 0);
}

static void
test_a_text_takes_the_level_of_its_place(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	place_relevel(SLICE("# a\r\n\n## b\n\n```sh\n# c\n```\n#d\n"
	    "###### e"), 3, &b);
	assert_string_equal(buf_cstr(&b),
	    "### a\r\n\n#### b\n\n```sh\n# c\n```\n#d\n###### e");
	buf_reset(&b);
	place_relevel(SLICE("### a\n# b\ntext"), 2, &b);
	assert_string_equal(buf_cstr(&b), "## a\n# b\ntext");
	buf_reset(&b);
	place_relevel(SLICE("no heading\n"), 2, &b);
	assert_string_equal(buf_cstr(&b), "no heading\n");
	buf_free(&b);
}

static void
test_errors_of_a_log_are_counted(void **state)
{
	static const char log[] =
	    "2026-11-25 01:20:33,123 INFO all is well\n"
	    "2026-11-25 01:20:34,001 ERROR connection to 10.0.0.1:5432 refused\n"
	    "2026-11-25 01:20:35,002 ERROR connection to 10.0.0.2:5432 refused\n"
	    "2026-11-25 01:20:36,003 ERROR disk /dev/sda1 is full, cannot write\n"
	    "2026-11-25 01:20:37,004 ERROR connection to 10.0.0.1:5433 refused\n";
	struct arena a = ARENA_INIT;
	struct log_error *list;

	(void)state;
	assert_int_equal(log_errors(SLICE(log), 5, &a, &list), 2);
	assert_int_equal(list[0].count, 3);
	assert_true(slice_is(list[0].text,
	    "ERROR connection to 10.0.0.1:5432 refused"));
	assert_int_equal(list[1].count, 1);
	assert_int_equal(log_errors(SLICE(log), 1, &a, &list), 1);
	/* a name is variable where a signature says so */
	assert_int_equal(log_errors(SLICE(
	    "ERROR Unknown column 'a.b' in 'field list'\n"
	    "ERROR Unknown column 'c.d' in 'where clause'\n"), 5, &a, &list),
	    1);
	assert_int_equal(list[0].count, 2);
	assert_int_equal(log_errors(SLICE(""), 5, &a, &list), 0);
	assert_int_equal(log_errors(SLICE("all is well\n"), 5, &a, &list), 0);
	arena_free(&a);
}

static void
test_templates_are_filled(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	template_fill(SLICE("# {{title}}\n\na\n{{errors}}\nb\n"), 3, 5,
	    SLICE("nginx 502"), SLICE("e1\ne2\n"), &b);
	assert_string_equal(buf_cstr(&b),
	    "### 5. nginx 502\n\na\ne1\ne2\nb\n");
	buf_reset(&b);
	template_fill(SLICE("# {{title}}\n"), 1, 0, SLICE(""), SLICE(""), &b);
	assert_string_equal(buf_cstr(&b), "# \n");
	buf_free(&b);
}

static void
test_templates_speak_the_language_of_the_locale(void **state)
{
	static const char *const kinds[] = { "problem", "runbook",
		"checklist", "template" };
	struct slice en, zh;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(kinds); i++) {
		setenv("LC_ALL", "C.UTF-8", 1);
		unsetenv("LANGUAGE");
		en = template_find(slice_of(kinds[i]));
		setenv("LC_ALL", "zh_CN.UTF-8", 1);
		zh = template_find(slice_of(kinds[i]));
		assert_true(en.len != 0 && zh.len != 0);
		assert_false(slice_eq(en, zh));
		setenv("LC_ALL", "C.UTF-8", 1);
		setenv("LANGUAGE", "zh_CN:en", 1);
		assert_true(slice_eq(zh, template_find(slice_of(kinds[i]))));
	}
	assert_int_equal(template_find(SLICE("section")).len, 0);
}

static void
test_since_is_a_day_a_time_or_so_long_ago(void **state)
{
	static const char *const bad[] = { "", "7", "yesterday", "2026-1-1",
		"d", "2026-11-20x", "-7d" };
	char out[SINCE_SIZE];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(bad); i++) {
		struct err e = ERR_INIT;

		assert_false(since_parse(bad[i], out, &e));
		assert_non_null(strstr(e.msg, "--since"));
	}
	assert_true(since_parse("2026-11-20", out, NULL));
	assert_string_equal(out, "2026-11-20 00:00:00+00");
	assert_true(since_parse("2026-11-20T21:43:00Z", out, NULL));
	assert_string_equal(out, "2026-11-20T21:43:00Z");
	assert_true(since_parse("7d", out, NULL));
	assert_int_equal(strlen(out), 22);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_new_entry_stands_among_its_like),
		cmocka_unit_test(test_a_document_may_hold_anything),
		cmocka_unit_test(test_a_place_can_be_named),
		cmocka_unit_test(
		    test_headings_have_a_level_and_maybe_a_number),
		cmocka_unit_test(test_a_text_takes_the_level_of_its_place),
		cmocka_unit_test(test_errors_of_a_log_are_counted),
		cmocka_unit_test(test_templates_are_filled),
		cmocka_unit_test(
		    test_templates_speak_the_language_of_the_locale),
		cmocka_unit_test(test_since_is_a_day_a_time_or_so_long_ago),
	};

	return cmocka_run_group_tests_name("place", tests, NULL, NULL);
}
