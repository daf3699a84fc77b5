/*
 * test_fts.c - facts about the FTS5 extensions on a small table.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "kb/fts_tokenizer.h"

#include <sqlite3.h>

static sqlite3 *
open_memory(void)
{
	struct err e = ERR_INIT;
	sqlite3 *db;

	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	assert_true(fts_tokenizer_register(db, &e));
	return db;
}

static void
run(sqlite3 *db, const char *sql)
{
	char *msg = NULL;

	if (sqlite3_exec(db, sql, NULL, NULL, &msg) != SQLITE_OK)
		print_error("%s: %s\n", sql, msg);
	assert_null(msg);
}

static int
count_matches(sqlite3 *db, const char *match)
{
	sqlite3_stmt *q;
	int n;

	assert_int_equal(sqlite3_prepare_v2(db,
	    "SELECT count(*) FROM t WHERE t MATCH ?1", -1, &q, NULL),
	    SQLITE_OK);
	sqlite3_bind_text(q, 1, match, -1, SQLITE_STATIC);
	assert_int_equal(sqlite3_step(q), SQLITE_ROW);
	n = sqlite3_column_int(q, 0);
	sqlite3_finalize(q);
	return n;
}

static void
test_tokenizer_indexes_and_matches(void **state)
{
	sqlite3 *db = open_memory();

	(void)state;
	run(db, "CREATE VIRTUAL TABLE t USING fts5(a, b, tokenize='ops')");
	run(db, "INSERT INTO t VALUES ('数据库表结构不一致', 'docker-compose logs')");
	run(db, "INSERT INTO t VALUES ('ＣＰＵ　１００％ 占用', 'libGL.so.1')");
	assert_int_equal(count_matches(db, "\"数据 据库\""), 1);
	assert_int_equal(count_matches(db, "\"100%\""), 1);
	assert_int_equal(count_matches(db, "\"cpu 100\""), 1);
	assert_int_equal(count_matches(db, "\"dockercompose\""), 1);
	assert_int_equal(count_matches(db, "\"表\" *"), 1);
	assert_int_equal(count_matches(db, "\"libgl so 1\""), 1);
	/* in a query nothing is folded: it is machine-made */
	assert_int_equal(count_matches(db, "\"docker-compose\""), 0);
	run(db, "INSERT INTO t(t) VALUES('integrity-check')");
	run(db, "DELETE FROM t WHERE rowid = 1");
	run(db, "INSERT INTO t(t) VALUES('integrity-check')");
	assert_int_equal(count_matches(db, "\"dockercompose\""), 0);
	sqlite3_close(db);
}

static void
test_tokenizer_takes_no_arguments(void **state)
{
	sqlite3 *db = open_memory();

	(void)state;
	assert_int_not_equal(sqlite3_exec(db,
	    "CREATE VIRTUAL TABLE t USING fts5(a, tokenize='ops x')",
	    NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tokenizer_indexes_and_matches),
		cmocka_unit_test(test_tokenizer_takes_no_arguments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
