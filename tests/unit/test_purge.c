/*
 * test_purge.c - after a purge the bytes of a secret are in no file, and all
 * else is as it was.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "kb/store_edit.h"
#include "kb/store_purge.h"
#include "tests/unit/store_fixture.h"

/* put together here, so that no scanner takes this file for a leak */
#define KEY "AKIA" "Z7QX3MNBVCASDFGH"

/* How many files of the folder hold these bytes. */
static unsigned
files_with(struct fixture *f, const char *bytes)
{
	DIR *dir = opendir(f->dir);
	struct dirent *d;
	unsigned n = 0;
	char path[400];

	assert_non_null(dir);
	while ((d = readdir(dir)) != NULL) {
		struct buf b = BUF_INIT;

		snprintf(path, sizeof(path), "%s/%s", f->dir, d->d_name);
		if (d->d_name[0] != '.' && fixture_read(path, &b) &&
		    b.len != 0)
			n += memmem(b.data, b.len, bytes, strlen(bytes)) !=
			    NULL;
		buf_free(&b);
	}
	closedir(dir);
	return n;
}

static bool
purge(struct fixture *f, const struct purge_request *r, int64_t *texts,
    struct err *e)
{
	struct err end = ERR_INIT;
	bool ok;

	assert_true(store_begin(f->s, &end));
	ok = store_purge(f->s, r, texts, e);
	if (ok && !store_commit(f->s, &end))
		fail_msg("%s", end.msg);
	store_rollback(f->s);
	return ok;
}

static void
write_file(struct fixture *f, const char *name, const char *text)
{
	char path[200];
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s", f->dir, name);
	out = fopen(path, "w");
	assert_non_null(out);
	fputs(text, out);
	fclose(out);
}

/* A base in which a key leaked, was changed since, and is in the index. */
static void
leak(struct fixture *f)
{
	char text[4000];
	int i;

	for (i = 0; i < 60; i++) {
		snprintf(text, sizeof(text), "# A\n\n**Fix**: key %s%d\n\n"
		    "```sh\nexport AWS_ACCESS_KEY_ID=%s\n```\n%*s\n", KEY, i,
		    KEY, i * 37, "x");
		fixture_import(f, i % 3 == 0 ? "other" : "d", text);
	}
	fixture_import(f, "d", "# A\n\nclean\n");
}

static void
test_nothing_of_it_is_left(void **state)
{
	struct fixture *f = *state;
	struct purge_request r = { .entry = 1, .version = 1,
		.author = SLICE("admin"), .message = SLICE("leak") };
	struct err e = ERR_INIT;
	int64_t texts;

	leak(f);
	write_file(f, "kb.db.before-9", "copy-of-old " KEY);
	write_file(f, "kb.db.before-8", "copy-of-old");
	assert_true(files_with(f, KEY) > 0);
	if (!purge(f, &r, &texts, &e))
		fail_msg("%s", e.msg);
	assert_int_equal(texts, 60);
	assert_true(store_needs_scrub(f->s));
	if (!store_scrub(f->s, 100, &e))
		fail_msg("%s", e.msg);
	assert_false(store_needs_scrub(f->s));
	assert_int_equal(files_with(f, KEY), 0);
	assert_int_equal(files_with(f, "copy-of-old"), 1);
	assert_string_equal(fixture_query(f, "SELECT entry_id || author || "
	    "message || texts || is_open FROM purge"), "1adminleak600");
	assert_string_equal(fixture_query(f, "SELECT count(*) FROM "
	    "entry_version WHERE markdown LIKE '%=********%'"), "60");
	fixture_expect(f, "d", "", SLICE("# A\n\nclean\n"));
	if (!store_check(f->s, &e))
		fail_msg("%s", e.msg);
	fixture_reopen(f);
	assert_int_equal(files_with(f, KEY), 0);
}

static void
test_a_crash_before_the_scrub_is_remembered(void **state)
{
	struct fixture *f = *state;
	struct purge_request r = { .entry = 1, .version = 1,
		.author = SLICE("admin"), .message = SLICE("") };
	struct err e = ERR_INIT;
	int64_t texts;

	leak(f);
	assert_true(purge(f, &r, &texts, &e));
	fixture_reopen(f);
	assert_true(store_needs_scrub(f->s));
	assert_true(store_scrub(f->s, 100, &e));
	assert_int_equal(files_with(f, KEY), 0);
	fixture_reopen(f);
	assert_false(store_needs_scrub(f->s));
}

static void
test_short_ones_go_only_where_they_are_secrets(void **state)
{
	struct fixture *f = *state;
	struct purge_request r = { .entry = 1, .version = 1,
		.author = SLICE("admin"), .message = SLICE("") };
	struct err e = ERR_INIT;
	int64_t texts;

	fixture_import(f, "d", "# A\n\n```\nmysql -u root -pK7q!z\n```\n\n"
	    "K7q!z is a word\n");
	if (!purge(f, &r, &texts, &e))
		fail_msg("%s", e.msg);
	fixture_expect(f, "d", "", SLICE("# A\n\n```\nmysql -u root "
	    "-p********\n```\n\nK7q!z is a word\n"));
}

static void
test_what_is_named_must_be_there(void **state)
{
	struct fixture *f = *state;
	struct purge_request r = { .entry = 1, .version = 1,
		.secret = SLICE("correct horse"), .author = SLICE("admin"),
		.message = SLICE("") };
	struct err e = ERR_INIT;
	int64_t texts;

	fixture_import(f, "d", "# A\n\nthe correct horse\n");
	assert_true(purge(f, &r, &texts, &e));
	fixture_expect(f, "d", "", SLICE("# A\n\nthe ********\n"));
	assert_false(purge(f, &r, &texts, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	r.secret = SLICE("the");
	assert_false(purge(f, &r, &texts, &e));
	assert_int_equal(e.code, ERR_INVALID);
	r.secret = SLICE("");
	assert_false(purge(f, &r, &texts, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	r.version = 2;
	assert_false(purge(f, &r, &texts, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
}

/* Everything else stays append-only, also for whoever has the file. */
static void
test_a_purge_opens_nothing_else(void **state)
{
	struct fixture *f = *state;
	struct purge_request r = { .entry = 1, .version = 1,
		.author = SLICE("admin"), .message = SLICE("") };
	struct err e = ERR_INIT;
	int64_t texts;

	leak(f);
	assert_true(purge(f, &r, &texts, &e));
	assert_int_not_equal(sqlite3_exec(store_db(f->s), "UPDATE "
	    "entry_version SET markdown = 'x'", NULL, NULL, NULL), SQLITE_OK);
	assert_int_not_equal(sqlite3_exec(store_db(f->s), "DELETE FROM purge",
	    NULL, NULL, NULL), SQLITE_OK);
	assert_int_not_equal(sqlite3_exec(store_db(f->s), "UPDATE purge "
	    "SET author = 'x'", NULL, NULL, NULL), SQLITE_OK);
}

static void
test_a_refused_secret_reaches_no_file(void **state)
{
	struct fixture *f = *state;
	struct edit_request r = { .verb = EDIT_SAVE, .entry = 1,
		.base_version = 1, .markdown = SLICE("# A\n\nkey: " KEY "\n"),
		.author = SLICE("ann"), .message = SLICE("") };
	struct arena a = ARENA_INIT;
	struct edit_result out;
	struct err e = ERR_INIT, end = ERR_INIT;

	fixture_import(f, "d", "# A\n\nx\n");
	assert_true(store_begin(f->s, &end));
	assert_false(store_edit(f->s, &r, &a, &out, &e));
	assert_int_equal(e.code, ERR_REFUSED);
	assert_non_null(strstr(e.msg, "line 3: "));
	assert_null(strstr(e.msg, "AKIA"));
	assert_null(strstr(e.detail, "AKIA"));
	r.markdown = SLICE("# A\n\ny\n");
	r.message = SLICE("found " KEY);
	assert_false(store_edit(f->s, &r, &a, &out, &e));
	assert_non_null(strstr(e.msg, "the message: line 1: "));
	assert_true(store_commit(f->s, &end));
	assert_int_equal(files_with(f, KEY), 0);
	/* with consent it is taken, and from then on it is known */
	r.message = SLICE("");
	r.markdown = SLICE("# A\n\nkey: " KEY "\n");
	r.allow_secret = true;
	assert_true(store_begin(f->s, &end));
	assert_true(store_edit(f->s, &r, &a, &out, &e));
	assert_true(out.has_secret);
	r = (struct edit_request){ .verb = EDIT_SAVE, .entry = 1,
		.base_version = 2, .markdown = SLICE("# B\n\nkey: " KEY "\n"),
		.author = SLICE("ann"), .message = SLICE("") };
	assert_true(store_edit(f->s, &r, &a, &out, &e));
	assert_false(out.has_secret);
	assert_true(store_commit(f->s, &end));
	arena_free(&a);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, fixture_setup, \
    fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_nothing_of_it_is_left),
		TEST(test_a_crash_before_the_scrub_is_remembered),
		TEST(test_short_ones_go_only_where_they_are_secrets),
		TEST(test_what_is_named_must_be_there),
		TEST(test_a_purge_opens_nothing_else),
		TEST(test_a_refused_secret_reaches_no_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
