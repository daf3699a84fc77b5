/*
 * test_authdb.c - facts about roles on disk.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include <sqlite3.h>

#include "common/arena.h"
#include "common/buf.h"
#include "kbd/authdb.h"
#include "kbd/scram.h"

#define VERIFIER "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==" \
	"$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=" \
	":wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="

static char dir[] = "/tmp/kb-authdb-XXXXXX";
static char path[64];

static int
make_dir(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/auth.db", dir);
	return 0;
}

static int
remove_dir(void **state)
{
	(void)state;
	(void)unlink(path);
	return rmdir(dir);
}

static struct authdb *
fresh(void)
{
	struct authdb *db = NULL;
	struct err e = ERR_INIT;

	(void)unlink(path);
	if (!authdb_open(path, AUTHDB_CREATE, &db, &e))
		fail_msg("%s", e.msg);
	return db;
}

static struct role
a_role(const char *name)
{
	return (struct role){ .name = slice_of(name),
		.verifier = SLICE(VERIFIER), .level = ROLE_EDITOR,
		.can_login = true, .connection_limit = ROLE_LIMIT_NONE };
}

static void
create(struct authdb *db, const char *name)
{
	struct role r = a_role(name);
	struct err e = ERR_INIT;

	if (!authdb_role_create(db, &r, &e))
		fail_msg("%s", e.msg);
}

static bool
find(struct authdb *db, const char *name, struct arena *a, struct role *out)
{
	struct err e = ERR_INIT;
	bool found;

	assert_true(authdb_role_find(db, slice_of(name), a, out, &found, &e));
	return found;
}

static void
test_the_file_is_private_from_the_start(void **state)
{
	struct authdb *db;
	struct stat st;

	(void)state;
	umask(0);
	db = fresh();
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	authdb_close(db);
}

static void
test_a_file_that_others_can_read_is_refused(void **state)
{
	struct authdb *db = fresh();
	struct err e = ERR_INIT;

	(void)state;
	authdb_close(db);
	db = NULL;
	assert_int_equal(chmod(path, 0640), 0);
	assert_false(authdb_open(path, AUTHDB_OPEN, &db, &e));
	assert_int_equal(e.code, ERR_REFUSED);
	assert_true(strstr(e.msg, "0640") != NULL);
	assert_null(db);
}

static void
test_create_never_takes_an_existing_file(void **state)
{
	struct authdb *db = fresh();
	struct err e = ERR_INIT;

	(void)state;
	create(db, "ann");
	authdb_close(db);
	db = NULL;
	assert_false(authdb_open(path, AUTHDB_CREATE, &db, &e));
	assert_int_equal(e.code, ERR_EXISTS);
	assert_true(authdb_open(path, AUTHDB_OPEN, &db, &e));
	authdb_close(db);
	(void)unlink(path);
	assert_false(authdb_open(path, AUTHDB_OPEN, &db, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
}

static void
test_other_and_newer_databases_are_refused(void **state)
{
	struct authdb *db = fresh();
	struct err e = ERR_INIT;
	sqlite3 *raw;

	(void)state;
	authdb_close(db);
	assert_int_equal(sqlite3_open(path, &raw), SQLITE_OK);
	assert_int_equal(sqlite3_exec(raw, "PRAGMA user_version = 999", NULL,
	    NULL, NULL), SQLITE_OK);
	assert_false(authdb_open(path, AUTHDB_OPEN, &db, &e));
	assert_int_equal(e.code, ERR_INVALID);
	assert_true(strstr(e.msg, "schema 999") != NULL);
	sqlite3_exec(raw, "PRAGMA application_id = 7", NULL, NULL, NULL);
	assert_false(authdb_open(path, AUTHDB_OPEN, &db, &e));
	assert_true(strstr(e.msg, "no role database") != NULL);
	sqlite3_close(raw);
}

static void
test_garbage_is_an_error_and_stays_as_it_is(void **state)
{
	struct authdb *db = NULL;
	struct err e = ERR_INIT;
	char text[8192] = "not a database at all", back[8192];
	int fd;

	(void)state;
	(void)unlink(path);
	fd = open(path, O_RDWR | O_CREAT, 0600);
	assert_int_equal(write(fd, text, sizeof(text)), sizeof(text));
	assert_false(authdb_open(path, AUTHDB_OPEN, &db, &e));
	assert_int_equal(e.code, ERR_STORAGE);
	assert_int_equal(pread(fd, back, sizeof(back), 0), sizeof(back));
	assert_memory_equal(text, back, sizeof(text));
	close(fd);
}

static void
test_the_mock_secret_survives_a_restart(void **state)
{
	unsigned char one[AUTHDB_SECRET_SIZE], two[AUTHDB_SECRET_SIZE];
	struct authdb *db = fresh();
	struct err e = ERR_INIT;

	(void)state;
	assert_true(authdb_mock_secret(db, one, &e));
	authdb_close(db);
	assert_true(authdb_open(path, AUTHDB_OPEN, &db, &e));
	assert_true(authdb_mock_secret(db, two, &e));
	assert_memory_equal(one, two, sizeof(one));
	authdb_close(db);
	db = fresh();
	assert_true(authdb_mock_secret(db, two, &e));
	assert_memory_not_equal(one, two, sizeof(one));
	authdb_close(db);
}

static void
test_a_role_is_found_by_its_exact_name(void **state)
{
	struct authdb *db = fresh();
	struct arena a = ARENA_INIT;
	struct err e = ERR_INIT;
	struct role r = a_role("李雷"), got;

	(void)state;
	r.valid_until = SLICE("2026-12-31 00:00:00.000000+00");
	r.connection_limit = 3;
	assert_true(authdb_role_create(db, &r, &e));
	create(db, "Ann");
	assert_true(find(db, "李雷", &a, &got));
	assert_true(slice_eq(got.name, r.name));
	assert_true(slice_eq(got.verifier, r.verifier));
	assert_int_equal(got.level, ROLE_EDITOR);
	assert_true(got.can_login);
	assert_true(slice_eq(got.valid_until, r.valid_until));
	assert_int_equal(got.connection_limit, 3);
	assert_int_equal(got.created_at.len, CLOCK_TEXT_SIZE - 1);
	assert_true(slice_eq(got.created_at, got.password_at));
	assert_false(find(db, "ann", &a, &got));
	assert_false(find(db, "", &a, &got));
	assert_false(find(db, "' OR 1=1 --", &a, &got));
	arena_free(&a);
	authdb_close(db);
}

static void
test_a_second_role_of_that_name_is_refused(void **state)
{
	struct authdb *db = fresh();
	struct role r = a_role("ann");
	struct err e = ERR_INIT;

	(void)state;
	create(db, "ann");
	assert_false(authdb_role_create(db, &r, &e));
	assert_int_equal(e.code, ERR_EXISTS);
	assert_string_equal(e.sqlstate, "42710");
	assert_string_equal(e.msg, "role \"ann\" already exists");
	authdb_close(db);
}

static void
test_clear_text_is_never_stored(void **state)
{
	static const char *const bad[] = { "pencil", "SCRAM-SHA-256$pencil",
		"md50123456789abcdef0123456789abcdef", NULL };
	struct authdb *db = fresh();
	struct role_change c = { .what = ROLE_SET_VERIFIER };
	struct role r = a_role("bob");
	struct err e = ERR_INIT;
	sqlite3 *raw;
	size_t i;

	(void)state;
	create(db, "ann");
	for (i = 0; bad[i] != NULL; i++) {
		r.verifier = c.to.verifier = slice_of(bad[i]);
		assert_false(authdb_role_create(db, &r, &e));
		assert_int_equal(e.code, ERR_INVALID);
		assert_false(authdb_role_alter(db, SLICE("ann"), &c, &e));
		assert_null(strstr(e.msg, "pencil"));
	}
	/* and by no other way */
	assert_int_equal(sqlite3_open(path, &raw), SQLITE_OK);
	assert_int_equal(sqlite3_exec(raw,
	    "UPDATE role SET verifier = 'pencil'", NULL, NULL, NULL),
	    SQLITE_CONSTRAINT);
	sqlite3_close(raw);
	authdb_close(db);
}

static void
test_an_old_verifier_leaves_no_trace_in_the_file(void **state)
{
	static char file[1 << 20];
	struct authdb *db = fresh();
	struct role_change c = { .what = ROLE_SET_VERIFIER };
	struct scram_verifier v;
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;
	int fd = open(path, O_RDONLY);
	ssize_t n;

	(void)state;
	create(db, "ann");
	n = pread(fd, file, sizeof(file), 0);
	assert_non_null(memmem(file, (size_t)n, "WG5d8oPm3Otc", 12));
	assert_true(scram_verifier_make(SLICE("other"), 4096, &v, &e));
	scram_verifier_put(&v, &b);
	c.to.verifier = buf_slice(&b);
	assert_true(authdb_role_alter(db, SLICE("ann"), &c, &e));
	n = pread(fd, file, sizeof(file), 0);
	assert_null(memmem(file, (size_t)n, "WG5d8oPm3Otc", 12));
	close(fd);
	buf_free(&b);
	authdb_close(db);
}

static void
test_alter_changes_what_is_named_and_nothing_else(void **state)
{
	struct authdb *db = fresh();
	struct role_change c = { .what = ROLE_SET_LEVEL,
		.to = { .level = ROLE_ADMIN } };
	struct arena a = ARENA_INIT;
	struct err e = ERR_INIT;
	struct role got;

	(void)state;
	create(db, "ann");
	assert_true(authdb_role_alter(db, SLICE("ann"), &c, &e));
	assert_true(find(db, "ann", &a, &got));
	assert_int_equal(got.level, ROLE_ADMIN);
	assert_true(slice_is(got.verifier, VERIFIER));
	assert_true(got.can_login);
	c = (struct role_change){ .what = ROLE_SET_VERIFIER |
		ROLE_SET_CAN_LOGIN | ROLE_SET_CONNECTION_LIMIT |
		ROLE_SET_VALID_UNTIL, .to = { .connection_limit = 0,
		.valid_until = SLICE("2026-12-31 00:00:00.000000+00") } };
	assert_true(authdb_role_alter(db, SLICE("ann"), &c, &e));
	assert_true(find(db, "ann", &a, &got));
	assert_int_equal(got.verifier.len, 0);
	assert_int_equal(got.password_at.len, 0);
	assert_false(got.can_login);
	assert_int_equal(got.connection_limit, 0);
	assert_int_equal(got.valid_until.len, 29);
	assert_int_equal(got.level, ROLE_ADMIN);
	assert_false(authdb_role_alter(db, SLICE("bob"), &c, &e));
	assert_string_equal(e.msg, "role \"bob\" does not exist");
	assert_string_equal(e.sqlstate, "42704");
	arena_free(&a);
	authdb_close(db);
}

static void
test_wrong_values_are_refused(void **state)
{
	struct authdb *db = fresh();
	struct role r = a_role("ann");
	struct err e = ERR_INIT;

	(void)state;
	r.level = 4;
	assert_false(authdb_role_create(db, &r, &e));
	assert_string_equal(e.sqlstate, "22023");
	r = a_role("ann");
	r.connection_limit = -2;
	assert_false(authdb_role_create(db, &r, &e));
	r = a_role("ann");
	r.valid_until = SLICE("2026-12-31");
	assert_false(authdb_role_create(db, &r, &e));
	assert_string_equal(e.sqlstate, "22007");
	r = a_role("pg_ann");
	assert_false(authdb_role_create(db, &r, &e));
	assert_string_equal(e.sqlstate, "42939");
	authdb_close(db);
}

static void
test_roles_are_listed_by_name_and_dropped(void **state)
{
	struct authdb *db = fresh();
	struct arena a = ARENA_INIT;
	struct role_list list;
	struct err e = ERR_INIT;

	(void)state;
	assert_true(authdb_role_list(db, &a, &list, &e));
	assert_int_equal(list.n, 0);
	create(db, "cid");
	create(db, "ann");
	create(db, "bob");
	assert_true(authdb_role_drop(db, SLICE("bob"), &e));
	assert_false(authdb_role_drop(db, SLICE("bob"), &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	assert_true(authdb_role_list(db, &a, &list, &e));
	assert_int_equal(list.n, 2);
	assert_true(slice_is(list.roles[0].name, "ann"));
	assert_true(slice_is(list.roles[1].name, "cid"));
	assert_true(authdb_check(db, &e));
	arena_free(&a);
	authdb_close(db);
}

static void
test_expired_and_locked_roles_may_not_log_in(void **state)
{
	const char *now = "2026-11-23 21:43:00.123456+00";
	struct role r = a_role("ann");

	(void)state;
	assert_true(role_may_login(&r, now));
	r.valid_until = SLICE("2026-11-23 21:43:00.123457+00");
	assert_true(role_may_login(&r, now));
	r.valid_until = SLICE("2026-11-23 21:43:00.123456+00");
	assert_false(role_may_login(&r, now));
	r.valid_until = SLICE("9");	/* what cannot be read is over */
	assert_false(role_may_login(&r, now));
	r = a_role("ann");
	r.can_login = false;
	assert_false(role_may_login(&r, now));
}

static void
test_names_that_cannot_be_are_refused(void **state)
{
	static const char long_name[] = "0123456789012345678901234567890123456"
	    "789012345678901234567890123";
	struct err e = ERR_INIT;

	(void)state;
	assert_true(role_name_check(SLICE("ann"), &e));
	assert_true(role_name_check(SLICE("李 雷"), &e));
	assert_true(role_name_check(slice_make(long_name, 63), &e));
	assert_false(role_name_check(slice_make(long_name, 64), &e));
	assert_false(role_name_check(SLICE(""), &e));
	assert_false(role_name_check(SLICE("a\nb"), &e));
	assert_false(role_name_check(SLICE("a\xff"), &e));
	assert_false(role_name_check(SLICE("a\xc2\x85"), &e));
	assert_false(role_name_check(SLICE("public"), &e));
}

static void
test_levels_include_those_below(void **state)
{
	struct slice groups[3];
	enum role_level level;

	(void)state;
	assert_int_equal(role_groups(ROLE_VIEWER, groups), 1);
	assert_int_equal(role_groups(ROLE_ADMIN, groups), 3);
	assert_true(slice_is(groups[2], "admin"));
	assert_true(role_level_parse(SLICE("editor"), &level));
	assert_int_equal(level, ROLE_EDITOR);
	assert_false(role_level_parse(SLICE("root"), &level));
}

static void
test_times_are_read_as_people_write_them(void **state)
{
	static const char *const good[][2] = {
		{ "infinity", "" },
		{ "2026-12-31", "2026-12-31 00:00:00.000000+00" },
		{ " 2026-12-31 18:05 ", "2026-12-31 18:05:00.000000+00" },
		{ "2024-02-29T18:05:09Z", "2024-02-29 18:05:09.000000+00" },
		{ "2026-12-31 18:05:09.5+00", "2026-12-31 18:05:09.500000+00" },
		{ "2026-12-31 18:05:09.1234567",
		    "2026-12-31 18:05:09.123456+00" },
		{ "2026-12-31T18:05:09+00:00",
		    "2026-12-31 18:05:09.000000+00" },
	};
	static const char *const bad[] = { "", "soon", "2026-02-29",
		"2026-13-01", "2026-00-10", "26-01-01", "2026-1-1",
		"2026-12-31 24:00", "2026-12-31 18", "2026-12-31 18:05:60",
		"2026-12-31 18:05+08", "2026-12-31 18:05:09.", "-026-12-31",
		"2026-12-31x", "2026-12-31 ZZ", NULL };
	char out[CLOCK_TEXT_SIZE];
	struct err e = ERR_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(good); i++) {
		assert_true(role_time_parse(slice_of(good[i][0]), out, &e));
		assert_string_equal(out, good[i][1]);
	}
	for (i = 0; bad[i] != NULL; i++) {
		if (role_time_parse(slice_of(bad[i]), out, &e))
			fail_msg("\"%s\" was taken", bad[i]);
		assert_string_equal(e.sqlstate, "22007");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_file_is_private_from_the_start),
		cmocka_unit_test(test_a_file_that_others_can_read_is_refused),
		cmocka_unit_test(test_create_never_takes_an_existing_file),
		cmocka_unit_test(test_other_and_newer_databases_are_refused),
		cmocka_unit_test(test_garbage_is_an_error_and_stays_as_it_is),
		cmocka_unit_test(test_the_mock_secret_survives_a_restart),
		cmocka_unit_test(test_a_role_is_found_by_its_exact_name),
		cmocka_unit_test(test_a_second_role_of_that_name_is_refused),
		cmocka_unit_test(test_clear_text_is_never_stored),
		cmocka_unit_test(
		    test_an_old_verifier_leaves_no_trace_in_the_file),
		cmocka_unit_test(
		    test_alter_changes_what_is_named_and_nothing_else),
		cmocka_unit_test(test_wrong_values_are_refused),
		cmocka_unit_test(test_roles_are_listed_by_name_and_dropped),
		cmocka_unit_test(test_expired_and_locked_roles_may_not_log_in),
		cmocka_unit_test(test_names_that_cannot_be_are_refused),
		cmocka_unit_test(test_levels_include_those_below),
		cmocka_unit_test(test_times_are_read_as_people_write_them),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
