/*
 * test_sql_rewrite.c - facts about queries on their way to SQLite.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "common/arena.h"
#include "kbd/pg_msg.h"
#include "kbd/pg_type.h"
#include "kbd/sql_function.h"
#include "kbd/sql_rewrite.h"

#include <stdio.h>

struct result {
	struct arena a;
	struct sql_rewritten out;
	uint32_t params[16];
	struct err e;
	bool ok;
};

static void
run(struct result *r, const char *sql)
{
	struct sql_stmts list;

	*r = (struct result){ .a = ARENA_INIT, .e = ERR_INIT };
	r->ok = sql_stmts_parse(slice_of(sql), &r->a, &list, &r->e) &&
	    list.n == 1 && list.list[0].kind == SQL_QUERY &&
	    sql_rewrite(&list.list[0], r->params, &r->a, &r->out, &r->e);
}

static void
expect_type(const char *sql, const char *name, uint32_t oid)
{
	struct result r;

	run(&r, sql);
	if (!r.ok)
		print_error("%s: %s\n", sql, r.e.msg);
	assert_true(r.ok);
	assert_true(slice_is(r.out.columns[0].name, name));
	assert_int_equal(r.out.columns[0].oid, oid);
	arena_free(&r.a);
}

static void
expect_error(const char *sql, const char *state, int position)
{
	struct result r;

	run(&r, sql);
	assert_false(r.ok);
	assert_string_equal(r.e.sqlstate[0] != '\0' ? r.e.sqlstate : "42601",
	    state);
	if (position != 0)
		assert_int_equal(r.e.position, position);
	arena_free(&r.a);
}

static void
expect_sql(const char *sql, const char *want)
{
	struct result r;

	run(&r, sql);
	assert_true(r.ok);
	if (!slice_is(r.out.sql, want))
		print_error("%.*s\n", SLICE_ARG(r.out.sql));
	assert_true(slice_is(r.out.sql, want));
	arena_free(&r.a);
}

static void
test_columns_have_postgresql_names_and_types(void **state)
{
	(void)state;
	expect_type("SELECT 1", "?column?", OID_INT4);
	expect_type("SELECT 3000000000 AS Big", "big", OID_INT8);
	expect_type("SELECT 1.5", "?column?", OID_NUMERIC);
	expect_type("SELECT 'a'", "?column?", OID_TEXT);
	expect_type("SELECT count(*) FROM entries", "count", OID_INT8);
	expect_type("SELECT id::text FROM entries", "id", OID_TEXT);
	expect_type("SELECT '1'::int", "int4", OID_INT4);
	expect_type("SELECT archived FROM entries", "archived", OID_BOOL);
	expect_type("SELECT max(updated_at) FROM entries", "max",
	    OID_TIMESTAMPTZ);
	expect_type("SELECT CASE WHEN true THEN 1 END", "case", OID_INT4);
	expect_type("SELECT EXISTS (SELECT 1)", "exists", OID_BOOL);
	expect_type("SELECT answer ->> 'fix' FROM search('x')", "?column?",
	    OID_TEXT);
}

static void
test_parameters_take_the_type_of_their_place(void **state)
{
	struct result r;

	(void)state;
	run(&r, "SELECT title FROM entries WHERE id = $1 AND title LIKE $2 "
	    "AND archived = $3 AND updated_at > $4 LIMIT $5");
	assert_true(r.ok);
	assert_int_equal(r.params[0], OID_INT8);
	assert_int_equal(r.params[1], OID_TEXT);
	assert_int_equal(r.params[2], OID_BOOL);
	assert_int_equal(r.params[3], OID_TIMESTAMPTZ);
	assert_int_equal(r.params[4], OID_INT8);
	arena_free(&r.a);
}

static void
test_what_sqlite_reads_otherwise_is_a_call(void **state)
{
	(void)state;
	expect_sql("SELECT 7 / 2 AS a", "SELECT kb_divide(7, 2, 23) AS \"a\"");
	expect_sql("SELECT $1::int AS a", "SELECT ?1 AS \"a\"");
	expect_sql("SELECT E'a\\'b' AS a", "SELECT 'a''b' AS \"a\"");
	expect_sql("SELECT $x$it's$x$ AS a", "SELECT 'it''s' AS \"a\"");
	expect_sql("SELECT 'a' ILIKE 'A' AS a",
	    "SELECT (kb_ilike('A', 'a')) AS \"a\"");
	expect_sql("SELECT 1 AS a LIMIT ALL", "SELECT 1 AS \"a\"");
	expect_sql("SELECT name FROM public.documents ORDER BY updated_at DESC",
	    "SELECT \"documents\".\"name\" AS \"name\" FROM \"documents\" AS "
	    "\"documents\" ORDER BY \"documents\".\"updated_at\" DESC NULLS "
	    "FIRST");
}

static void
test_an_error_has_its_place_in_the_clients_text(void **state)
{
	(void)state;
	expect_error("SELECT nosuch FROM entries", "42703", 8);
	expect_error("SELECT * FROM nosuch", "42P01", 15);
	expect_error("SELECT 1 +", "42601", 11);
	expect_error("SELECT '磁盘', 1 + 'abc'", "22P02", 18);
	expect_error("SELECT 'a' = 1 AND nosuch(2)", "22P02", 8);
	expect_error("SELECT nosuch(2)", "42883", 8);
	expect_error("SELECT title = 1 FROM entries", "42883", 14);
}

static void
test_what_is_not_understood_is_refused(void **state)
{
	static const char *const unsupported[] = { "SELECT ARRAY[1]",
		"SELECT 1 FOR UPDATE", "SELECT 'a' COLLATE \"C\"",
		"SELECT DISTINCT ON (id) id FROM entries",
		"SELECT 1 FROM LATERAL (SELECT 1) x",
		"WITH entries AS (SELECT 1) SELECT 1" };
	static const char *const wrong[] = { "SELECT `id` FROM entries",
		"SELECT [id] FROM entries", "SELECT ?", "SELECT :a",
		"SELECT 1 'a'", "SELECT 'a' GLOB 'b'", "SELECT 1 IS 1",
		"SELECT id FROM entries LIMIT 1, 2", "SELECT 1 < 2 < 3",
		"SELECT * FROM search" };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(unsupported); i++)
		expect_error(unsupported[i], "0A000", 0);
	for (i = 0; i < ARRAY_LEN(wrong); i++)
		expect_error(wrong[i], "42601", 0);
}

static void
test_other_meanings_are_refused_with_their_place(void **state)
{
	static const struct {
		const char *sql, *sqlstate;
		int position;
	} bad[] = {
		{ "SELECT '\xe4\xb8\xad', nosuch", "42703", 13 },
		{ "SELECT $1::nosuch", "42704", 12 },
		{ "SELECT 'x'::int", "22P02", 8 },
		{ "SELECT '1'::int[]", "0A000", 16 },
		{ "SELECT '1'::varchar(3)", "0A000", 20 },
		{ "WITH a AS (SELECT 1), 'x' AS (SELECT 1) SELECT 1",
		    "42601", 23 },
		{ "SELECT title[1] FROM entries", "0A000", 13 },
		{ "SELECT :x", "42601", 8 },
		{ "SELECT @x", "42601", 8 },
		{ "SELECT ?1", "42601", 8 },
		{ "SELECT `x`", "42601", 8 },
		{ "SELECT 1 'x'", "42601", 10 },
		{ "SELECT lower('a') 'x'", "42601", 19 },
		{ "SELECT 'a' 'b'", "42601", 12 },
		{ "SELECT 1 AS 'x'", "42601", 13 },
		{ "SELECT x'41'", "0A000", 8 },
		{ "SELECT N'41'", "0A000", 8 },
		{ "SELECT U&'41'", "0A000", 8 },
		{ "SELECT CAST('1' AS nosuch)", "42704", 20 },
		{ "SELECT 'a' REGEXP 'x'", "42601", 19 },
		{ "SELECT 'a' MATCH 'x'", "42601", 18 },
		{ "WITH entries AS (SELECT 1) SELECT 1", "0A000", 6 },
		{ "WITH x AS (SELECT 1), search AS NOT MATERIALIZED (SELECT 1) "
		    "SELECT 1", "0A000", 23 },
		{ "SELECT 'x", "42601", 8 },
		{ "SELECT \"x", "42601", 8 },
		{ "SELECT \"\"", "42601", 8 },
		{ "SELECT $a$x", "42601", 8 },
		{ "SELECT $", "42601", 8 },
		{ "SELECT $0", "42P02", 8 },
		{ "SELECT $99999", "42P02", 8 },
		{ "SELECT $1a", "42601", 8 },
		{ "SELECT 1a", "42601", 8 },
		{ "SELECT E'\\ud800'", "42601", 8 },
		{ "SELECT E'\\xff'", "22021", 8 },
		{ "SELECT 1 /* x", "42601", 10 },
		{ "SELECT 1 \\ 2", "42601", 10 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(bad); i++) {
		struct result r;

		run(&r, bad[i].sql);
		if (r.ok || strcmp(pg_sqlstate(&r.e), bad[i].sqlstate) != 0 ||
		    r.e.position != bad[i].position)
			fail_msg("%s: %s at %d: %s", bad[i].sql,
			    pg_sqlstate(&r.e), r.e.position, r.e.msg);
		arena_free(&r.a);
	}
}

static void
test_places_lead_back(void **state)
{
	const char *sql = "SELECT /* x */ $1, E'\\n', title FROM entries";
	const char *out, *at;
	struct result r;

	(void)state;
	run(&r, sql);
	assert_true(r.ok);
	out = arena_cstr(&r.a, r.out.sql);
	at = strstr(out, ".\"title\"");
	assert_non_null(at);
	assert_int_equal(sql_rewrite_origin(&r.out, (size_t)(at - out)),
	    strstr(sql, "title") - sql);
	assert_int_equal(sql_rewrite_origin(&r.out, r.out.sql.len + 100),
	    strstr(sql, "entries") - sql);
	arena_free(&r.a);
}

static void
test_what_a_query_may_take_is_bounded(void **state)
{
	static char sql[100000];
	size_t at, i;

	(void)state;
	at = (size_t)snprintf(sql, sizeof(sql), "SELECT 1");
	for (i = 0; i < 300; i++)
		at += (size_t)snprintf(sql + at, sizeof(sql) - at, ", 1");
	expect_error(sql, "54011", 0);
	at = (size_t)snprintf(sql, sizeof(sql), "SELECT 1 FROM entries x");
	for (i = 0; i < 70; i++)
		at += (size_t)snprintf(sql + at, sizeof(sql) - at,
		    ", entries x%zu", i);
	expect_error(sql, "54000", 0);
	at = (size_t)snprintf(sql, sizeof(sql), "SELECT '");
	memset(sql + at, 'x', 70000);
	memcpy(sql + at + 70000, "'", 2);
	expect_error(sql, "54000", 0);
}

static void
test_only_published_relations_can_be_named(void **state)
{
	static const char *const hidden[] = { "entry", "meta", "entry_fts",
		"sqlite_master", "pragma_table_info", "auth.role",
		"main.entries", "\"Entries\"" };
	char sql[100];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(hidden); i++) {
		snprintf(sql, sizeof(sql), "SELECT 1 FROM %s", hidden[i]);
		expect_error(sql, "42P01", 15);
	}
}

static void
test_functions_that_make_memory_do_not_exist(void **state)
{
	(void)state;
	assert_false(sql_function_allowed("printf"));
	assert_false(sql_function_allowed("randomblob"));
	assert_false(sql_function_allowed("zeroblob"));
	assert_false(sql_function_allowed("load_extension"));
	assert_false(sql_function_allowed("fts3_tokenizer"));
	assert_true(sql_function_allowed("COUNT"));
	expect_error("SELECT kb_cast(1, 2, 3)", "42883", 8);
}

static void
test_ungrouped_columns_are_refused(void **state)
{
	(void)state;
	expect_error("SELECT title, count(*) FROM entries", "42803", 8);
	expect_error("SELECT id FROM entries WHERE count(*) > 1", "42803",
	    30);
	expect_type("SELECT lower(title) FROM entries GROUP BY lower(title)",
	    "lower", OID_TEXT);
}

static void
test_every_prefix_of_a_query_is_handled(void **state)
{
	static const char sql[] = "WITH RECURSIVE t(a, b) AS (SELECT id, $1 "
	    "FROM entries e JOIN documents d USING (revision) UNION ALL "
	    "SELECT a + 1, b || 'x' FROM t WHERE a < 5) SELECT DISTINCT a, "
	    "CASE b WHEN 'q' THEN NULL ELSE '1'::text END, count(*) FILTER "
	    "(WHERE a > 1) OVER (PARTITION BY b ORDER BY a DESC NULLS LAST "
	    "ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM t WHERE b NOT "
	    "LIKE E'\\x41%' ESCAPE '!' ORDER BY 1 LIMIT $2 OFFSET 1";
	char part[sizeof(sql)];
	struct result r;
	size_t n;

	(void)state;
	for (n = 0; n < sizeof(sql); n++) {
		memcpy(part, sql, n);
		part[n] = '\0';
		run(&r, part);
		arena_free(&r.a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_columns_have_postgresql_names_and_types),
		cmocka_unit_test(test_parameters_take_the_type_of_their_place),
		cmocka_unit_test(test_what_sqlite_reads_otherwise_is_a_call),
		cmocka_unit_test(test_an_error_has_its_place_in_the_clients_text),
		cmocka_unit_test(test_what_is_not_understood_is_refused),
		cmocka_unit_test(test_other_meanings_are_refused_with_their_place),
		cmocka_unit_test(test_places_lead_back),
		cmocka_unit_test(test_what_a_query_may_take_is_bounded),
		cmocka_unit_test(test_only_published_relations_can_be_named),
		cmocka_unit_test(test_functions_that_make_memory_do_not_exist),
		cmocka_unit_test(test_ungrouped_columns_are_refused),
		cmocka_unit_test(test_every_prefix_of_a_query_is_handled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
