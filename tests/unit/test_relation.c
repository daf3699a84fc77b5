/*
 * test_relation.c - the table of relations says what the base has.
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

#include "kb/relation.h"
#include "tests/unit/store_fixture.h"

/* Relations that are made elsewhere. */
static bool
is_of_the_server(const struct relation *r)
{
	return slice_is(slice_of(r->name), "pg_settings") ||
	    slice_is(slice_of(r->name), "audit") ||
	    slice_is(slice_of(r->name), "searches") ||
	    slice_is(slice_of(r->name), "kb_roles") ||
	    slice_is(slice_of(r->name), "kb_stat_activity");
}

/* Columns that are no hidden arguments, in order, separated by blanks. */
static void
list_columns(struct fixture *f, const char *name, struct buf *out)
{
	char sql[300];

	snprintf(sql, sizeof(sql), "SELECT coalesce(group_concat(name, ' '), "
	    "'') FROM (SELECT name FROM pragma_table_xinfo('%s') "
	    "WHERE hidden = 0 ORDER BY cid)", name);
	buf_reset(out);
	fixture_dump(f, sql, out);
}

static void
test_columns_are_those_of_the_views(void **state)
{
	struct fixture *f = *state;
	struct buf has = BUF_INIT, says = BUF_INIT;
	const struct relation *r;
	unsigned i;

	for (r = relations; r->name != NULL; r++) {
		if (is_of_the_server(r))
			continue;
		list_columns(f, r->name, &has);
		buf_reset(&says);
		for (i = 0; i < r->ncolumns; i++)
			buf_printf(&says, "%s%s", i > 0 ? " " : "",
			    r->columns[i].name);
		buf_putc(&says, '\n');
		if (!slice_eq(buf_slice(&has), buf_slice(&says)))
			fail_msg("%s: %s is not %s", r->name, buf_cstr(&says),
			    buf_cstr(&has));
	}
	buf_free(&has);
	buf_free(&says);
}

static void
test_every_view_is_published(void **state)
{
	struct fixture *f = *state;
	sqlite3_stmt *q;
	int n = 0;

	assert_int_equal(sqlite3_prepare_v2(store_db(f->s), "SELECT name FROM "
	    "sqlite_schema WHERE type = 'view'", -1, &q, NULL), SQLITE_OK);
	while (sqlite3_step(q) == SQLITE_ROW) {
		const char *name = (const char *)sqlite3_column_text(q, 0);

		n++;
		if (relation_find(slice_of(name)) == NULL)
			fail_msg("%s", name);
	}
	sqlite3_finalize(q);
	assert_true(n >= 9);
}

/* What is stored is what the type promises; SQLite checks nothing here. */
static void
test_values_have_their_types(void **state)
{
	static const char text[] = "---\ndate: 2025-08-03\n---\n# A\n\n"
	    "**Fix**: `ls -l`\n\n- [ ] x\n\nreview: 2026-01-31\n\n"
	    "    Error: nosuch thing failed\n";
	struct fixture *f = *state;
	const struct relation *r;
	unsigned i;
	char sql[300];

	fixture_import(f, "d", text);
	for (r = relations; r->name != NULL; r++) {
		if (is_of_the_server(r) || r->name[0] == 's' ||
		    slice_is(slice_of(r->name), "document_at") ||
		    slice_is(slice_of(r->name), "blame") ||
		    slice_is(slice_of(r->name), "match"))
			continue;
		for (i = 0; i < r->ncolumns; i++) {
			const char *c = r->columns[i].name, *test = NULL;

			switch (r->columns[i].type) {
			case COLUMN_TEXT:
			case COLUMN_JSON:
				test = "typeof(%s) IN ('text', 'null')";
				break;
			case COLUMN_INT:
			case COLUMN_BIGINT:
				test = "typeof(%s) IN ('integer', 'null')";
				break;
			case COLUMN_REAL:
				test = "typeof(%s) = 'real'";
				break;
			case COLUMN_BOOL:
				test = "%s IN (0, 1)";
				break;
			case COLUMN_TIMESTAMP:
				test = "%s GLOB '2*-*-* *:*:*.*+00'";
				break;
			case COLUMN_DATE:
				test = "coalesce(date(%s), '') = "
				    "coalesce(%s, '')";
				break;
			}
			snprintf(sql, sizeof(sql), "SELECT count(*) FROM %s "
			    "WHERE NOT (", r->name);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
			snprintf(sql + strlen(sql), 200, test, c, c);
#pragma GCC diagnostic pop
			strcat(sql, ")");
			if (strcmp(fixture_query(f, sql), "0") != 0)
				fail_msg("%s", sql);
		}
	}
}

static void
test_relations_are_found_by_name(void **state)
{
	const struct relation *r = relation_find(SLICE("documents"));
	enum column_type type;

	(void)state;
	assert_non_null(r);
	assert_true(relation_column_type(r, SLICE("updated_at"), &type));
	assert_int_equal(type, COLUMN_TIMESTAMP);
	assert_false(relation_column_type(r, SLICE("nosuch"), &type));
	assert_null(relation_find(SLICE("document")));
}

/* The usual questions are answered from an index, without a sort. */
static void
test_usual_questions_use_an_index(void **state)
{
	static const char *const sql[] = {
		"SELECT * FROM entries WHERE id = 12",
		"SELECT * FROM entries WHERE document = 'x' ORDER BY position",
		"SELECT * FROM documents WHERE name = 'x'",
		"SELECT * FROM entry_versions WHERE entry_id = 3 "
		    "ORDER BY version DESC",
		"SELECT * FROM revisions WHERE revision = 3",
		"SELECT * FROM revision_entries WHERE revision = 3",
		"SELECT * FROM commands WHERE entry_id = 3 ORDER BY ordinal",
	};
	struct fixture *f = *state;
	char plan[400];
	struct buf b = BUF_INIT;
	size_t i;

	for (i = 0; i < ARRAY_LEN(sql); i++) {
		snprintf(plan, sizeof(plan), "EXPLAIN QUERY PLAN %s", sql[i]);
		buf_reset(&b);
		fixture_dump(f, plan, &b);
		if (strstr(buf_cstr(&b), "SCAN") != NULL ||
		    strstr(buf_cstr(&b), "TEMP B-TREE FOR ORDER") != NULL)
			fail_msg("%s:\n%s", sql[i], buf_cstr(&b));
	}
	buf_free(&b);
}

#define FACT(f) cmocka_unit_test_setup_teardown(f, fixture_setup, \
	fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FACT(test_columns_are_those_of_the_views),
		FACT(test_every_view_is_published),
		FACT(test_values_have_their_types),
		cmocka_unit_test(test_relations_are_found_by_name),
		FACT(test_usual_questions_use_an_index),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
