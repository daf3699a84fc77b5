/*
 * test_migrate.c - facts about older, newer and foreign files.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sqlite3.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kb/migrate.h"
#include "tests/unit/store_fixture.h"

static const char doc[] = "# A\n\ntext\n";

static void
must(bool ok, const struct err *e)
{
	if (!ok)
		fail_msg("%s / %s", e->msg, e->detail);
}

static void
close_store(struct fixture *f)
{
	store_close(f->s);
	f->s = NULL;
}

/* SQL on the closed file, behind the store's back. */
static void
edit_file(const struct fixture *f, const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static int64_t
number_in(const char *path, const char *sql)
{
	sqlite3 *db;
	sqlite3_stmt *q;
	int64_t n = -1;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	if (sqlite3_prepare_v2(db, sql, -1, &q, NULL) == SQLITE_OK &&
	    sqlite3_step(q) == SQLITE_ROW)
		n = sqlite3_column_int64(q, 0);
	sqlite3_finalize(q);
	sqlite3_close(db);
	return n;
}

/* The steps of this program and one more. */
static size_t
steps_and(struct migrate_step *out, const char *sql)
{
	size_t n;
	const struct migrate_step *steps = migrate_steps(&n);

	memcpy(out, steps, n * sizeof(*out));
	out[n].version = steps[n - 1].version + 1;
	out[n].sql = sql;
	return n + 1;
}

static bool
migrate_file(const struct fixture *f, const char *sql, struct err *e)
{
	struct migrate_step steps[32];
	size_t n = steps_and(steps, sql);
	sqlite3 *db;
	bool ok;

	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	ok = migrate_run(db, f->path, steps, n, e);
	sqlite3_close(db);
	return ok;
}

static const char *
copy_path(const struct fixture *f, const char *suffix)
{
	static char path[200];
	size_t n;
	const struct migrate_step *steps = migrate_steps(&n);

	snprintf(path, sizeof(path), "%s.before-%d%s", f->path,
	    steps[n - 1].version + 1, suffix);
	return path;
}

static void
test_steps_are_numbered_from_one(void **state)
{
	size_t n, i;
	const struct migrate_step *steps = migrate_steps(&n);

	(void)state;
	assert_true(n >= 1);
	for (i = 0; i < n; i++)
		assert_int_equal(steps[i].version, (int)i + 1);
}

static void
test_a_newer_file_is_refused(void **state)
{
	struct fixture *f = *state;
	struct err e = ERR_INIT;
	enum store_mode mode;

	close_store(f);
	edit_file(f, "PRAGMA user_version = 99");
	for (mode = STORE_READ; mode <= STORE_WRITE; mode++) {
		assert_false(store_open(f->path, mode, &f->s, &e));
		assert_int_equal(e.code, ERR_INVALID);
		assert_non_null(strstr(e.msg, "newer program"));
		assert_non_null(strstr(e.msg, "99"));
		assert_true(e.hint[0] != '\0');
	}
	assert_int_equal(number_in(f->path, "PRAGMA user_version"), 99);
	f->s = NULL;
}

static void
test_a_foreign_file_is_refused(void **state)
{
	static const char *const sql[] = {
		"PRAGMA application_id = 7",
		"PRAGMA application_id = 0",
		"PRAGMA application_id = 0; PRAGMA user_version = 0",
	};
	struct fixture *f = *state;
	struct err e = ERR_INIT;
	FILE *out;
	size_t i;

	close_store(f);
	for (i = 0; i < ARRAY_LEN(sql); i++) {
		edit_file(f, sql[i]);
		assert_false(store_open(f->path, STORE_WRITE, &f->s, &e));
		assert_int_equal(e.code, ERR_INVALID);
	}
	out = fopen(f->path, "wb");
	assert_non_null(out);
	for (i = 0; i < 1000; i++)
		fputs("this is no database\n", out);
	fclose(out);
	assert_false(store_open(f->path, STORE_WRITE, &f->s, &e));
	assert_int_equal(e.code, ERR_INVALID);
	assert_false(store_open(f->path, STORE_READ, &f->s, &e));
	assert_int_equal(e.code, ERR_INVALID);
	f->s = NULL;
}

static void
test_a_step_runs_after_a_copy(void **state)
{
	struct fixture *f = *state;
	struct err e = ERR_INIT;
	struct stat st;
	size_t n;

	(void)migrate_steps(&n);
	fixture_import(f, "d", doc);
	close_store(f);
	must(migrate_file(f, "CREATE TABLE later(x TEXT) STRICT", &e), &e);
	assert_int_equal(number_in(f->path, "PRAGMA user_version"), n + 1);
	assert_int_equal(number_in(f->path, "SELECT count(*) FROM later"), 0);
	assert_int_equal(number_in(f->path, "SELECT count(*) FROM entry"), 1);
	/* the copy is the base as it was */
	assert_int_equal(stat(copy_path(f, ""), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(number_in(copy_path(f, ""), "PRAGMA user_version"),
	    n);
	assert_int_equal(number_in(copy_path(f, ""),
	    "SELECT count(*) FROM entry_version"), 1);
	/* a second time there is nothing to do */
	must(migrate_file(f, "CREATE TABLE later(x TEXT) STRICT", &e), &e);
	assert_int_not_equal(stat(copy_path(f, ".2"), &st), 0);
}

static void
test_a_failed_step_changes_nothing(void **state)
{
	struct fixture *f = *state;
	struct err e = ERR_INIT;
	struct stat st;
	size_t n;

	(void)migrate_steps(&n);
	fixture_import(f, "d", doc);
	close_store(f);
	assert_false(migrate_file(f, "CREATE TABLE later(x TEXT) STRICT; "
	    "INSERT INTO nosuch VALUES(1)", &e));
	assert_int_equal(e.code, ERR_STORAGE);
	assert_non_null(strstr(e.msg, "nosuch"));
	assert_int_equal(number_in(f->path, "PRAGMA user_version"), n);
	assert_int_equal(number_in(f->path, "SELECT 1 FROM later"), -1);
	/* nor does one that leaves a row without its parent */
	assert_false(migrate_file(f, "INSERT INTO entry(document_id, "
	    "created_revision) VALUES(99, 1)", &e));
	assert_int_equal(number_in(f->path, "PRAGMA user_version"), n);
	assert_int_equal(stat(copy_path(f, ".2"), &st), 0);
	fixture_reopen(f);
	fixture_expect(f, "d", "", slice_of(doc));
}

#define FACT(f) cmocka_unit_test_setup_teardown(f, fixture_setup, \
	fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FACT(test_steps_are_numbered_from_one),
		FACT(test_a_newer_file_is_refused),
		FACT(test_a_foreign_file_is_refused),
		FACT(test_a_step_runs_after_a_copy),
		FACT(test_a_failed_step_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
