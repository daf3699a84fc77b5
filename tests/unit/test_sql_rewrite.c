/*
 * test_sql_rewrite.c - facts about client SQL before SQLite sees it: tokens,
 * statements, rewriting, what a select list says.
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

#include "common/arena.h"
#include "kbd/pg_msg.h"
#include "kbd/pg_type.h"
#include "kbd/sql_func.h"
#include "kbd/sql_rewrite.h"
#include "kbd/sql_select.h"

static bool
rewrite(struct arena *a, const char *sql, struct sql_rewritten *r,
    struct err *e)
{
	struct sql_stmts list;

	if (!sql_stmts_parse(slice_of(sql), a, &list, e))
		return false;
	assert_int_equal(list.n, 1);
	assert_int_equal(list.list[0].kind, SQL_QUERY);
	return sql_rewrite(&list.list[0], a, r, e);
}

static void
test_what_is_the_same_is_copied(void **state)
{
	static const char *const same[] = {
		"SELECT 1", "select a.b, \"C d\" from x as y where z = 'it''s'",
		"SELECT count(*) FROM t WHERE a <> 1.5e3 AND b ->> '$.x' IS NULL",
		"SELECT CASE WHEN a THEN 'x' ELSE 'y' END", "VALUES (1), (2)",
		"SELECT 'a' || 'b', (SELECT 'c'), x IN ('a', 'b')",
		"SELECT CAST(a AS integer), CAST(b AS double precision)",
		"SELECT a FROM t WHERE b LIKE 'x' ESCAPE '!' LIMIT 3",
	};
	struct arena a = ARENA_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(same); i++) {
		struct sql_rewritten r;
		struct err e = ERR_INIT;

		if (!rewrite(&a, same[i], &r, &e))
			fail_msg("%s: %s", same[i], e.msg);
		assert_string_equal(arena_cstr(&a, r.sql), same[i]);
	}
	arena_free(&a);
}

static void
test_spellings_are_replaced(void **state)
{
	static const char *const pairs[][2] = {
		{ "SELECT $1, $12", "SELECT ?1, ?12" },
		{ "SELECT E'a\\'b\\n\\x41\\u4e2d'", "SELECT 'a''b\nA\xe4\xb8\xad'" },
		{ "SELECT $$it's$$, $t$a$$b$t$", "SELECT 'it''s', 'a$$b'" },
		{ "SELECT $1::int, $2 :: pg_catalog.text", "SELECT ?1, ?2" },
		{ "SELECT '12'::bigint, '2026-01-02T03:04Z'::timestamptz",
		    "SELECT 12, '2026-01-02 03:04:00.000000+00'" },
		{ "SELECT 'it''s'::text, 'yes'::bool", "SELECT 'it''s', 1" },
		{ "SELECT 1 FROM (VALUES (1,$1)) AS s(a, \"B\")",
		    "SELECT 1 FROM (WITH s(a,\"B\") AS ( VALUES ( 1 , ?1 )) "
		    "SELECT * FROM s) AS s" },
		{ "SELECT a ILIKE 'x'", "SELECT a REGEXP 'x'" },
		{ "SELECT/* a /* b */ c */1--x", "SELECT 1" },
		{ "SELECT pg_catalog.version()", "SELECT version()" },
		{ "SELECT * FROM public.entries", "SELECT * FROM entries" },
		{ "SELECT current_user, current_timestamp",
		    "SELECT current_user(), now()" },
		{ "SELECT user AS user, x.user", "SELECT current_user() AS user, x.user" },
	};
	struct arena a = ARENA_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(pairs); i++) {
		struct sql_rewritten r;
		struct err e = ERR_INIT;

		if (!rewrite(&a, pairs[i][0], &r, &e))
			fail_msg("%s: %s", pairs[i][0], e.msg);
		assert_string_equal(arena_cstr(&a, r.sql), pairs[i][1]);
	}
	arena_free(&a);
}

static void
test_other_meanings_are_refused_with_their_place(void **state)
{
	static const struct {
		const char *sql, *sqlstate;
		int position;
	} bad[] = {
		{ "SELECT a::int", "0A000", 9 },
		{ "SELECT '\xe4\xb8\xad', a::text", "0A000", 14 },
		{ "SELECT $1::nosuch", "42704", 12 },
		{ "SELECT 'x'::int", "22P02", 8 },
		{ "SELECT '1'::int[]", "0A000", 16 },
		{ "SELECT '1'::varchar(3)", "0A000", 20 },
		{ "SELECT 'NaN'::float8", "0A000", 8 },
		{ "SELECT a '1'::int", "42601", 10 },
		{ "WITH a AS (SELECT 1), 'x' AS (SELECT 1) SELECT 1",
		    "42601", 23 },
		{ "SELECT * FROM (VALUES (1)) AS entries(a)", "42P07", 31 },
		{ "SELECT a[1]", "0A000", 9 },
		{ "SELECT :x", "42601", 8 },
		{ "SELECT @x", "42601", 8 },
		{ "SELECT ?1", "42601", 8 },
		{ "SELECT `x`", "42601", 8 },
		{ "SELECT a ~ !b", "42601", 12 },
		{ "SELECT 1 'x'", "42601", 10 },
		{ "SELECT a 'x'", "42601", 10 },
		{ "SELECT f(a) 'x'", "42601", 13 },
		{ "SELECT 'a' 'b'", "42601", 12 },
		{ "SELECT 1 AS 'x'", "42601", 13 },
		{ "SELECT date '2020-01-01'", "42601", 13 },
		{ "SELECT x'41'", "0A000", 8 },
		{ "SELECT N'41'", "0A000", 8 },
		{ "SELECT U&'41'", "0A000", 8 },
		{ "SELECT CAST(a AS date)", "0A000", 18 },
		{ "SELECT CAST(a AS nosuch)", "0A000", 18 },
		{ "SELECT a REGEXP 'x'", "0A000", 10 },
		{ "SELECT a MATCH 'x'", "0A000", 10 },
		{ "WITH entries AS (SELECT 1) SELECT 1", "42P07", 6 },
		{ "WITH \"Entries\"(a) AS MATERIALIZED (SELECT 1) SELECT 1",
		    "42P07", 6 },
		{ "WITH x AS (SELECT 1), search AS NOT MATERIALIZED (SELECT 1) "
		    "SELECT 1", "42P07", 23 },
		{ "SELECT 'x", "42601", 8 },
		{ "SELECT \"x", "42601", 8 },
		{ "SELECT \"\"", "42601", 8 },
		{ "SELECT $a$x", "42601", 8 },
		{ "SELECT $", "42601", 8 },
		{ "SELECT $0", "42P02", 8 },
		{ "SELECT $99999", "42P02", 8 },
		{ "SELECT $1a", "42601", 8 },
		{ "SELECT 1a", "42601", 8 },
		{ "SELECT E'\\ud800'", "22025", 8 },
		{ "SELECT E'\\xff'", "22021", 8 },
		{ "SELECT 1 /* x", "42601", 10 },
		{ "SELECT 1 \\ 2", "42601", 10 },
		{ "SELEC 1", "42601", 1 },
		{ "SELECT ((((((((((((((((((((((((((((((((((((((((((((((((((((("
		    "(((((((((((((((((((((((((((((((((((((((((((((((((((((((((("
		    "(((((((((((((((((((((((((((((((((((((((((((((((((((((((((("
		    "(((((((((((((((((((((((((((((((((((((((((((((((((((((((((("
		    "((((((((((((((((((((((((((((((((((", "54001", 259 },
	};
	struct arena a = ARENA_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(bad); i++) {
		struct sql_rewritten r;
		struct err e = ERR_INIT;

		if (rewrite(&a, bad[i].sql, &r, &e))
			fail_msg("taken: %s", bad[i].sql);
		if (strcmp(pg_sqlstate(&e), bad[i].sqlstate) != 0 ||
		    e.position != bad[i].position)
			fail_msg("%s: %s at %d: %s", bad[i].sql,
			    pg_sqlstate(&e), e.position, e.msg);
	}
	arena_free(&a);
}

static void
test_positions_lead_back(void **state)
{
	struct arena a = ARENA_INIT;
	struct sql_rewritten r;
	struct err e = ERR_INIT;
	const char *sql = "SELECT /* x */ $1, E'\\n', nosuch";

	(void)state;
	assert_true(rewrite(&a, sql, &r, &e));
	assert_int_equal(sql_rewrite_origin(&r, r.sql.len - 6),
	    strstr(sql, "nosuch") - sql);
	assert_int_equal(sql_rewrite_origin(&r, r.sql.len + 100),
	    strlen(sql) - 1);
	arena_free(&a);
}

/* ---- statements ---- */

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

/* ---- select lists ---- */

static void
test_select_lists_are_read(void **state)
{
	static const struct {
		const char *sql;
		size_t column, columns;
		const char *name;
		uint32_t oid;
	} facts[] = {
		{ "SELECT 1", 0, 1, "?column?", OID_INT4 },
		{ "SELECT 3000000000", 0, 1, "?column?", OID_INT8 },
		{ "SELECT -1.5 AS X", 0, 1, "x", OID_FLOAT8 },
		{ "SELECT 'a' \"X\"", 0, 1, "X", OID_TEXT },
		{ "SELECT true", 0, 1, "bool", OID_BOOL },
		{ "SELECT count(*) FROM entries", 0, 1, "count", OID_INT8 },
		{ "SELECT Upper(title) FROM entries", 0, 1, "upper",
		    OID_TEXT },
		{ "SELECT max(updated_at) FROM entries", 0, 1, "max",
		    OID_TIMESTAMPTZ },
		{ "SELECT a > 1 AND b, c FROM x", 0, 2, "?column?", OID_BOOL },
		{ "SELECT CASE WHEN a = 1 THEN 2 END FROM x", 0, 1, "case",
		    OID_UNKNOWN },
		{ "SELECT CAST(a AS bigint) FROM x", 0, 1, "int8", OID_INT8 },
		{ "SELECT a || b FROM x", 0, 1, "?column?", OID_TEXT },
		{ "SELECT row_number() OVER (ORDER BY a) FROM x", 0, 1,
		    "row_number", OID_INT8 },
		{ "SELECT e.ID, d.name FROM entries e JOIN documents AS d ON "
		    "d.name = e.document", 0, 2, "id", OID_INT8 },
		{ "SELECT e.id, d.name n FROM entries e, documents d", 1, 2,
		    "n", OID_TEXT },
		{ "SELECT s.score, 1 FROM search('a', 3) AS s", 0, 2, "score",
		    OID_FLOAT8 },
		{ "SELECT *, 1 AS one FROM entries", 23, 24, "one",
		    OID_INT4 },
		{ "WITH x AS (SELECT 1) SELECT id FROM public.entries", 0, 1,
		    "id", OID_INT8 },
		{ "SELECT DISTINCT archived FROM entries", 0, 1, "archived",
		    OID_BOOL },
		{ "SELECT '1'::bigint x", 0, 1, "x", OID_INT8 },
		{ "SELECT '1'::bigint", 0, 1, "int8", OID_INT8 },
		{ "SELECT $1::double precision", 0, 1, "float8",
		    OID_FLOAT8 },
		{ "SELECT current_user", 0, 1, "current_user", OID_NAME },
		{ "SELECT EXISTS (SELECT 1)", 0, 1, "exists", OID_BOOL },
	};
	struct arena a = ARENA_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(facts); i++) {
		const struct select_item *item;
		struct sql_stmts list;
		struct select_list l;
		struct err e = ERR_INIT;

		if (!sql_stmts_parse(slice_of(facts[i].sql), &a, &list, &e))
			fail_msg("%s: %s", facts[i].sql, e.msg);
		sql_select_read(&list.list[0], NULL, &a, &l);
		item = sql_select_item(&l, facts[i].column, facts[i].columns);
		if (item == NULL || !slice_is(item->name, facts[i].name) ||
		    item->oid != facts[i].oid)
			fail_msg("%s: \"%.*s\", %u", facts[i].sql,
			    item != NULL ? (int)item->name.len : 0,
			    item != NULL ? item->name.ptr : "",
			    item != NULL ? item->oid : 0);
	}
	arena_free(&a);
}

static void
test_parameter_types_come_from_their_place(void **state)
{
	struct arena a = ARENA_INIT;
	struct sql_stmts list;
	uint32_t types[8] = { 0, 0, 0, 0, 0, OID_INT2, 0, 0 };

	(void)state;
	assert_true(sql_stmts_parse(SLICE("SELECT $1 FROM entries e, "
	    "search($5, $2) WHERE e.id = $3 AND $4 = archived AND 1 > $6 "
	    "AND $7::date = CAST($8 AS integer) LIMIT $2"), &a, &list, NULL));
	sql_select_params(&list.list[0], &a, types);
	assert_int_equal(types[0], OID_TEXT);
	assert_int_equal(types[1], OID_INT8);
	assert_int_equal(types[2], OID_INT8);
	assert_int_equal(types[3], OID_BOOL);
	assert_int_equal(types[4], OID_TEXT);
	assert_int_equal(types[5], OID_INT2);	/* as the client said */
	assert_int_equal(types[6], OID_DATE);
	assert_int_equal(types[7], OID_INT4);
	arena_free(&a);
}

/* ---- LIKE ---- */

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
	bool valid;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(facts); i++) {
		struct slice t = slice_of(facts[i].text);
		struct slice q = slice_of(facts[i].pattern);

		if (sql_like(t, q, '\\', false, &valid) != facts[i].like ||
		    !valid || sql_like(t, q, '\\', true, &valid) !=
		    facts[i].ilike)
			fail_msg("'%s' LIKE '%s'", facts[i].text,
			    facts[i].pattern);
	}
	assert_false(sql_like(SLICE("a"), SLICE("a\\"), '\\', false, &valid));
	(void)sql_like(SLICE("ab"), SLICE("a\\"), '\\', false, &valid);
	assert_false(valid);
	/* no exponential time */
	memset(p, 'a', 20000);
	long_text = slice_make(p, 20000);
	assert_false(sql_like(long_text, pattern, '\\', false, &valid));
	free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_the_same_is_copied),
		cmocka_unit_test(test_spellings_are_replaced),
		cmocka_unit_test(test_other_meanings_are_refused_with_their_place),
		cmocka_unit_test(test_positions_lead_back),
		cmocka_unit_test(test_statements_are_recognised),
		cmocka_unit_test(test_texts_are_split_into_statements),
		cmocka_unit_test(test_arguments_of_call_are_values),
		cmocka_unit_test(test_lanes_are_guessed),
		cmocka_unit_test(test_select_lists_are_read),
		cmocka_unit_test(test_parameter_types_come_from_their_place),
		cmocka_unit_test(test_like_is_that_of_postgresql),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
