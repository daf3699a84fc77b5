/*
 * test_audit.c - what is noted is read back, whoever wrote it cannot forge a
 * line, and the file does not grow for ever.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/arena.h"
#include "kbd/audit.h"

struct place {
	char dir[64], path[96], old_path[96];
	struct audit *a;
};

static int
setup(void **state)
{
	struct place *p = calloc(1, sizeof(*p));
	struct err e = ERR_INIT;

	snprintf(p->dir, sizeof(p->dir), "/tmp/kb-audit-XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	snprintf(p->path, sizeof(p->path), "%s/audit.log", p->dir);
	snprintf(p->old_path, sizeof(p->old_path), "%s/audit.log.1", p->dir);
	assert_true(audit_start(p->dir, &p->a, &e));
	*state = p;
	return 0;
}

static int
teardown(void **state)
{
	struct place *p = *state;

	audit_stop(p->a);
	unlink(p->path);
	unlink(p->old_path);
	rmdir(p->dir);
	free(p);
	return 0;
}

static void
test_events_are_read_back_in_order(void **state)
{
	struct place *p = *state;
	struct arena arena = ARENA_INIT;
	struct audit_list list;
	struct err e = ERR_INIT;
	struct stat st;

	audit_note(NULL, AUDIT_LOGIN, "x", "", SLICE(""), SLICE(""));
	audit_note(p->a, AUDIT_LOGIN, "ann", "10.0.0.1", SLICE(""),
	    SLICE("scram-sha-256"));
	audit_note(p->a, AUDIT_PURGE, "admin", "", SLICE("entry 3"),
	    SLICE("rotated"));
	assert_true(audit_read(p->a, &arena, &list, &e));
	assert_int_equal(list.n, 2);
	assert_int_equal(list.rows[0].at.len, 29);
	assert_true(slice_is(list.rows[0].event, "login"));
	assert_true(slice_is(list.rows[0].role, "ann"));
	assert_true(slice_is(list.rows[0].address, "10.0.0.1"));
	assert_true(slice_is(list.rows[1].event, "purge"));
	assert_true(slice_is(list.rows[1].object, "entry 3"));
	assert_true(slice_is(list.rows[1].detail, "rotated"));
	assert_int_equal(stat(p->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	arena_free(&arena);
}

static void
test_nobody_forges_a_field_or_a_line(void **state)
{
	struct place *p = *state;
	struct arena arena = ARENA_INIT;
	struct audit_list list;
	struct err e = ERR_INIT;
	char longer[1000];

	memset(longer, 'x', sizeof(longer));
	audit_note(p->a, AUDIT_LOGIN_REFUSED, "a\tb\nadmin\tlogin", "",
	    slice_make(longer, sizeof(longer)), SLICE("\033[2J\r"));
	assert_true(audit_read(p->a, &arena, &list, &e));
	assert_int_equal(list.n, 1);
	assert_true(slice_is(list.rows[0].role, "a b admin login"));
	assert_int_equal(list.rows[0].object.len, 200);
	assert_true(slice_is(list.rows[0].detail, " [2J "));
	arena_free(&arena);
}

static void
test_a_long_file_is_put_aside(void **state)
{
	struct place *p = *state;
	struct arena arena = ARENA_INIT;
	struct audit_list list;
	struct err e = ERR_INIT;
	struct stat st;

	audit_note(p->a, AUDIT_LOGIN, "old", "", SLICE(""), SLICE(""));
	assert_true(audit_read(p->a, &arena, &list, &e));
	assert_int_equal(truncate(p->path, AUDIT_FILE_MAX + 1), 0);
	audit_note(p->a, AUDIT_LOGIN, "new", "", SLICE(""), SLICE(""));
	assert_true(audit_read(p->a, &arena, &list, &e));
	assert_int_equal(stat(p->old_path, &st), 0);
	assert_int_equal(st.st_size, AUDIT_FILE_MAX + 1);
	assert_true(list.n >= 1);
	assert_true(slice_is(list.rows[list.n - 1].role, "new"));
	arena_free(&arena);
}

static void
test_a_flood_is_cut_and_counted(void **state)
{
	struct place *p = *state;
	struct arena arena = ARENA_INIT;
	struct audit_list list;
	struct err e = ERR_INIT;
	int i;

	for (i = 0; i < 20 * AUDIT_QUEUE_MAX; i++)
		audit_note(p->a, AUDIT_LOGIN_REFUSED, "flood", "", SLICE(""),
		    SLICE("no"));
	audit_note(p->a, AUDIT_LOGIN, "last", "", SLICE(""), SLICE(""));
	assert_true(audit_read(p->a, &arena, &list, &e));
	assert_true(list.n > 0);
	assert_true(list.n <= 20 * AUDIT_QUEUE_MAX + 20);
	arena_free(&arena);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_events_are_read_back_in_order),
		TEST(test_nobody_forges_a_field_or_a_line),
		TEST(test_a_long_file_is_put_aside),
		TEST(test_a_flood_is_cut_and_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
