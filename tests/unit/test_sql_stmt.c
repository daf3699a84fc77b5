/*
 * test_sql_stmt.c - facts about client SQL before it is a query: which
 * statement it is, how a text is split, what CALL is given.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "common/arena.h"
#include "kbd/sql_stmt.h"

static void
test_statements_are_recognised(void **state)
{
	static const struct {
		const char *sql;
		enum sql_kind kind;
		const char *name, *tag;
	} good[] = {
		{ "BEGIN", SQL_BEGIN, NULL, "BEGIN" },
		{ "start transaction read only, isolation level read committed",
		    SQL_BEGIN, NULL, "START TRANSACTION" },
		{ "END WORK", SQL_COMMIT, NULL, "COMMIT" },
		{ "commit and no chain", SQL_COMMIT, NULL, "COMMIT" },
		{ "ABORT", SQL_ROLLBACK, NULL, "ROLLBACK" },
		{ "rollback to savepoint A", SQL_ROLLBACK_TO, "a",
		    "ROLLBACK" },
		{ "SAVEPOINT \"A b\"", SQL_SAVEPOINT, "A b", "SAVEPOINT" },
		{ "release x", SQL_RELEASE, "x", "RELEASE" },
		{ "SET a.b TO 'c'", SQL_SET, "a.b", "SET" },
		{ "SET TIME ZONE 'UTC'", SQL_SET, "timezone", "SET" },
		{ "SET NAMES 'utf8'", SQL_SET, "client_encoding", "SET" },
		{ "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
		    SQL_SET_TRANSACTION, NULL, "SET" },
		{ "SHOW ALL", SQL_SHOW, "", "SHOW" },
		{ "show transaction isolation level", SQL_SHOW,
		    "transaction_isolation", "SHOW" },
		{ "RESET ALL", SQL_RESET, "", "RESET" },
		{ "DISCARD ALL", SQL_DISCARD, "all", "DISCARD ALL" },
		{ "DEALLOCATE PREPARE x", SQL_DEALLOCATE, "x", "DEALLOCATE" },
		{ "DEALLOCATE ALL", SQL_DEALLOCATE, "", "DEALLOCATE ALL" },
		{ "DEALLOCATE prepare", SQL_DEALLOCATE, "prepare",
		    "DEALLOCATE" },
		{ "CALL public.f()", SQL_CALL, "f", "CALL" },
		{ "INSERT INTO x VALUES (1)", SQL_WRITE, NULL, NULL },
		{ "WITH a AS (SELECT 1) UPDATE x SET y = 1", SQL_WRITE, NULL,
		    NULL },
		{ "WITH a AS (SELECT replace('a', 'b', 'c')) SELECT 1",
		    SQL_QUERY, NULL, "SELECT" },
		{ "(SELECT 1)", SQL_QUERY, NULL, "SELECT" },
		{ "LISTEN x", SQL_OTHER, NULL, NULL },
	};
	static const char *const bad[] = { "BEGIN nonsense", "COMMIT x",
		"SAVEPOINT", "SET a", "SET a =", "SET a = b c", "SHOW",
		"DISCARD x", "CALL f", "CALL f(", "CALL f(1", "CALL f(1 2)",
		"CALL f(a => 1, 2)", "CALL f(1 + 2)", "CALL f(g())",
		"CALL f(-'a')", "CALL f('a'::date)", "ROLLBACK TO",
		"COMMIT AND CHAIN", "BEGIN ISOLATION LEVEL SERIALIZABLE",
		"1", "foo", "\"select\" 1" };
	struct arena a = ARENA_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(good); i++) {
		struct sql_stmts list;
		struct err e = ERR_INIT;

		if (!sql_stmts_parse(slice_of(good[i].sql), &a, &list, &e))
			fail_msg("%s: %s", good[i].sql, e.msg);
		assert_int_equal(list.n, 1);
		assert_int_equal(list.list[0].kind, good[i].kind);
		if (good[i].name != NULL)
			assert_true(slice_is(list.list[0].name, good[i].name));
		if (good[i].tag != NULL)
			assert_string_equal(list.list[0].tag, good[i].tag);
	}
	for (i = 0; i < ARRAY_LEN(bad); i++) {
		struct sql_stmts list;
		struct err e = ERR_INIT;

		if (sql_stmts_parse(slice_of(bad[i]), &a, &list, &e))
			fail_msg("taken: %s", bad[i]);
		assert_int_not_equal(e.position, 0);
	}
	arena_free(&a);
}

static void
test_texts_are_split_into_statements(void **state)
{
	struct arena a = ARENA_INIT;
	struct sql_stmts list;
	struct err e = ERR_INIT;

	(void)state;
	assert_true(sql_stmts_parse(SLICE(";; SELECT ';' ; -- ;\n SHOW x;"),
	    &a, &list, &e));
	assert_int_equal(list.n, 2);
	assert_int_equal(list.list[1].kind, SQL_SHOW);
	assert_true(sql_stmts_parse(SLICE(" /* ; */ ; "), &a, &list, &e));
	assert_int_equal(list.n, 0);
	arena_free(&a);
}

static void
test_arguments_of_call_are_values(void **state)
{
	struct arena a = ARENA_INIT;
	struct sql_stmts list;
	struct sql_stmt *s;
	struct err e = ERR_INIT;

	(void)state;
	assert_true(sql_stmts_parse(SLICE("CALL f('it''s', E'a\\nb', NULL, "
	    "-12, $3, true, n => $$x$$::text, m := 5::bigint)"), &a, &list,
	    &e));
	s = &list.list[0];
	assert_int_equal(s->nargs, 8);
	assert_int_equal(s->nparams, 3);
	assert_true(slice_is(s->args[0].value, "it's"));
	assert_true(slice_is(s->args[1].value, "a\nb"));
	assert_null(s->args[2].value.ptr);
	assert_true(slice_is(s->args[3].value, "-12"));
	assert_int_equal(s->args[4].param, 3);
	assert_true(slice_is(s->args[6].name, "n"));
	assert_true(slice_is(s->args[6].value, "x"));
	assert_true(slice_is(s->args[7].value, "5"));
	arena_free(&a);
}

static void
test_lanes_are_guessed(void **state)
{
	static const struct {
		const char *sql;
		bool quick;
	} lanes[] = {
		{ "SELECT 1", true }, { "SHOW x", true }, { "BEGIN", true },
		{ "SELECT * FROM search('x')", true },
		{ "SELECT * FROM entries WHERE id = 4", true },
		{ "SELECT * FROM entries", false },
		{ "SELECT count(*) FROM commands", false },
		{ "WITH RECURSIVE t(n) AS (SELECT 1) SELECT 1", false },
		{ "SELECT 1 UNION SELECT 2", false },
		{ "SELECT * FROM search('x') JOIN entries ON 1", false },
		{ "CALL f()", false },
	};
	struct arena a = ARENA_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(lanes); i++) {
		struct sql_stmts list;

		assert_true(sql_stmts_parse(slice_of(lanes[i].sql), &a, &list,
		    NULL));
		if (sql_stmt_is_quick(&list.list[0]) != lanes[i].quick)
			fail_msg("%s", lanes[i].sql);
	}
	arena_free(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_statements_are_recognised),
		cmocka_unit_test(test_texts_are_split_into_statements),
		cmocka_unit_test(test_arguments_of_call_are_values),
		cmocka_unit_test(test_lanes_are_guessed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
