/*
 * test_tally.c - facts about kb/search_tally: what is counted, and as what.
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
#include "kb/search_tally.h"
#include "kb/store.h"
#include "tests/unit/store_fixture.h"

#include <stdio.h>

static int woken;

static void
wake(void *arg)
{
	(void)arg;
	woken++;
}

static void
assert_normal(const char *text, const char *want)
{
	struct buf b = BUF_INIT;

	search_tally_normal(slice_of(text), &b);
	assert_string_equal(buf_cstr(&b), want);
	buf_free(&b);
}

static void
test_a_text_becomes_one_short_line(void **state)
{
	char text[1000], want[SEARCH_TALLY_TEXT_MAX + 1];

	(void)state;
	assert_normal("  Disk \t FULL\n second line", "disk full");
	assert_normal("\n\n磁盘满", "磁盘满");
	assert_normal("a\x1b[31mb\x01", "a [31mb");
	assert_normal("", "");
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	memset(want, 'x', sizeof(want) - 1);
	want[sizeof(want) - 1] = '\0';
	assert_normal(text, want);
}

static void
test_no_secret_is_kept(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	search_tally_normal(SLICE("login with password=Zk3vPq81xWtR fails"),
	    &b);
	assert_null(memmem(b.data, b.len, "zk3vpq81xwtr", 12));
	assert_non_null(memmem(b.data, b.len, "fails", 5));
	buf_free(&b);
}

static void
test_nothing_is_taken_without_a_writer(void **state)
{
	(void)state;
	search_tally_add(SLICE("nobody listens"), 0);
	assert_false(search_tally_pending());
}

static void
test_counts_reach_the_base(void **state)
{
	struct fixture *f = *state;
	struct err e = ERR_INIT;
	struct buf b = BUF_INIT;
	int i;

	search_tally_start(wake, NULL);
	for (i = 0; i < 3; i++)
		search_tally_add(SLICE("Flux  capacitor"), 0);
	search_tally_add(SLICE("flux capacitor"), 0);
	search_tally_add(SLICE("swap"), 2);
	search_tally_add(SLICE("was missing"), 0);
	search_tally_add(SLICE("was missing"), 4);
	assert_int_equal(woken, 1);
	assert_true(search_tally_pending());
	assert_true(search_tally_write(f->s, &e));
	assert_false(search_tally_pending());
	fixture_dump(f, "SELECT query, asked FROM gaps", &b);
	assert_string_equal(buf_cstr(&b), "flux capacitor|4\n");
	buf_reset(&b);
	fixture_dump(f, "SELECT query, asked, unanswered, answers FROM "
	    "search_tally ORDER BY query", &b);
	assert_string_equal(buf_cstr(&b), "flux capacitor|4|4|0\n"
	    "swap|1|0|2\nwas missing|2|1|4\n");
	search_tally_start(NULL, NULL);
	buf_free(&b);
}

static void
test_the_queue_is_bounded(void **state)
{
	struct fixture *f = *state;
	struct err e = ERR_INIT;
	struct buf b = BUF_INIT;
	char text[32];
	int i;

	search_tally_start(wake, NULL);
	for (i = 0; i < 5000; i++) {
		snprintf(text, sizeof(text), "text %d", i);
		search_tally_add(slice_of(text), 0);
	}
	assert_true(search_tally_write(f->s, &e));
	fixture_dump(f, "SELECT count(*) BETWEEN 100 AND 1000 FROM gaps", &b);
	assert_string_equal(buf_cstr(&b), "1\n");
	search_tally_start(NULL, NULL);
	buf_free(&b);
}

static void
test_the_table_is_bounded(void **state)
{
	struct fixture *f = *state;
	struct err e = ERR_INIT;
	struct buf b = BUF_INIT;
	char text[32];
	int i, k;

	search_tally_start(wake, NULL);
	for (i = 0; i < 60; i++) {
		for (k = 0; k < 200; k++) {
			snprintf(text, sizeof(text), "q %d", i * 200 + k);
			search_tally_add(slice_of(text), (unsigned)k % 2);
		}
		assert_true(search_tally_write(f->s, &e));
	}
	fixture_dump(f, "SELECT count(*), sum(answers = 0) FROM search_tally",
	    &b);
	assert_string_equal(buf_cstr(&b), "10000|6000\n");
	search_tally_start(NULL, NULL);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_text_becomes_one_short_line),
		cmocka_unit_test(test_no_secret_is_kept),
		cmocka_unit_test(test_nothing_is_taken_without_a_writer),
		cmocka_unit_test_setup_teardown(test_counts_reach_the_base,
		    fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_the_queue_is_bounded,
		    fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_the_table_is_bounded,
		    fixture_setup, fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
