/*
 * test_markdown.c - facts about the tree, and about what the guard changes.
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
#include <dirent.h>
#include <pthread.h>
#include <sys/stat.h>
#include <cmocka.h>

#include "common/buf.h"
#include "common/mem.h"
#include "common/str.h"
#include "kb/markdown.h"
#include "kb/markdown_guard.h"
#include "tests/unit/kb_fixture.h"

static struct buf text;

static int
teardown(void **state)
{
	(void)state;
	buf_free(&text);
	return 0;
}

/* A text of `n` times the same, behind what is there. */
static void
repeat(const char *what, size_t n)
{
	while (n-- > 0)
		buf_puts(&text, what);
}

static void
begin(const char *what)
{
	buf_reset(&text);
	buf_puts(&text, what);
}

static bool
is_masked(void)
{
	struct guard g;
	bool masked;

	guard_make(buf_slice(&text), 0, &g);
	masked = g.is_masked;
	guard_free(&g);
	return masked;
}

static bool
has_tables(void)
{
	struct guard g;
	bool tables;

	guard_make(buf_slice(&text), 0, &g);
	tables = g.has_tables;
	guard_free(&g);
	return tables;
}

/* The text is masked, but its last heading is where it is. */
static void
assert_last_heading(const char *title, unsigned level, unsigned line)
{
	struct fixture f;
	const struct section *s;

	fixture_parse(&f, buf_slice(&text));
	assert_true(f.doc.n > 0);
	s = &f.doc.sections[f.doc.n - 1];
	assert_slice(s->title, title);
	assert_int_equal(s->level, level);
	assert_int_equal(s->line, line);
	fixture_free(&f);
}

static size_t
count_lines(void)
{
	size_t i, n = 0;

	for (i = 0; i < text.len; i++)
		n += text.data[i] == '\n';
	return n;
}

static void
test_tree_has_blocks_with_lines(void **state)
{
	static const enum md_type types[] = { MD_HEADING, MD_PARAGRAPH,
		MD_QUOTE, MD_LIST, MD_CODE_BLOCK, MD_TABLE, MD_HTML_BLOCK,
		MD_RULE };
	static const unsigned lines[] = { 1, 2, 4, 6, 9, 13, 16, 19 };
	struct md *m = md_parse(SLICE("# a\nb\n\n> c\n\n1. d\n2. e\n\n~~~ X y\n"
	    "f\n~~~\n\n|g|\n|-|\n\n<div>\n</div>\n\n---\n"), 0);
	const struct md_node *n = md_first(md_root(m));
	struct arena a = ARENA_INIT;
	bool done;
	size_t i;

	(void)state;
	assert_int_equal(md_type(md_root(m)), MD_DOCUMENT);
	for (i = 0; n != NULL; n = md_next(n), i++) {
		assert_int_equal(md_type(n), types[i]);
		assert_int_equal(md_line(m, n), lines[i]);
		assert_ptr_equal(md_parent(n), md_root(m));
		if (types[i] == MD_LIST) {
			assert_true(md_list_is_ordered(n));
			assert_int_equal(md_type(md_first(n)), MD_ITEM);
			assert_false(md_item_is_task(md_first(n), &done));
		} else if (types[i] == MD_CODE_BLOCK) {
			assert_slice(md_code_lang(m, n, &a), "x");
			assert_slice(md_code(m, n, &a), "f\n");
		} else if (types[i] == MD_TABLE) {
			assert_int_equal(md_type(md_first(n)), MD_ROW);
			assert_int_equal(md_type(md_first(md_first(n))),
			    MD_CELL);
		} else if (types[i] == MD_PARAGRAPH) {
			assert_int_equal(md_type(md_first(n)), MD_OTHER);
		}
	}
	assert_int_equal(i, ARRAY_LEN(types));
	arena_free(&a);
	md_free(m);
	md_free(NULL);
}

static void
test_lines_are_plain_text_with_their_code(void **state)
{
	struct md *m = md_parse(SLICE("a **b** ~~c~~ [d](e) ![f](g) <i>h</i>\n"
	    "`j` k `` l` ``  \n**m** n\\\n&amp; \\* https://o.p"), 0);
	struct arena a = ARENA_INIT;
	struct md_line *lines;

	(void)state;
	assert_int_equal(md_lines(m, md_first(md_root(m)), &a, &lines), 4);
	assert_slice(lines[0].text, "a b c d f h");
	assert_int_equal(lines[0].ncode, 0);
	assert_slice(lines[1].text, "`j` k `l``");
	assert_int_equal(lines[1].ncode, 2);
	assert_slice(lines[1].code[1], "l`");
	assert_slice(lines[2].text, "m n");
	assert_true(lines[2].is_bold);
	assert_false(lines[0].is_bold);
	assert_slice(lines[3].text, "& * https://o.p");
	assert_slice(md_plain(m, md_first(md_root(m)), &a),
	    "a b c d f h j k l` m n & * https://o.p");
	arena_free(&a);
	md_free(m);
}

static void *
parse_often(void *arg)
{
	size_t i;

	for (i = 0; i < 50; i++) {
		struct md *m = md_parse(SLICE("~~a~~ |b|\n|-|\n- [x] c"), 0);
		struct arena a = ARENA_INIT;

		if (slice_is(md_plain(m, md_first(md_root(m)), &a), "a |b|"))
			(*(size_t *)arg)++;
		arena_free(&a);
		md_free(m);
	}
	return NULL;
}

static void
test_threads_parse_at_the_same_time(void **state)
{
	pthread_t threads[4];
	size_t seen[4] = { 0 }, i;

	(void)state;
	for (i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL,
		    parse_often, &seen[i]), 0);
	for (i = 0; i < 4; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(seen[i], seen[0]);
	}
}

/* ---- the guard ---- */

static void
test_tables_have_caps(void **state)
{
	size_t i;

	(void)state;
	begin("");
	repeat("a|b\n-|-\n\n", GUARD_DELIMITER_ROWS);
	assert_true(has_tables());
	repeat("a|b\n-|-\n", 1);
	assert_false(has_tables());
	begin("");
	repeat("a|", GUARD_TABLE_COLUMNS - 1);
	repeat("\n", 1);
	repeat("-|", GUARD_TABLE_COLUMNS - 1);
	assert_true(has_tables());
	repeat("-|", 1);
	assert_false(has_tables());
	begin("a|b|c\n-|-|-\n");
	for (i = 0; i < GUARD_TABLE_CELLS / 3 - 2; i++)
		buf_puts(&text, "x\n");
	assert_true(has_tables());
	repeat("x\n", 2);
	assert_false(has_tables());
	begin("a|b|c\n-|-|-\n");
	for (i = 0; i < GUARD_TABLE_CELLS; i++)
		buf_puts(&text, i % 100 == 0 ? "\n" : "x\n");
	assert_true(has_tables());
}

static void
test_long_rows_are_no_tables(void **state)
{
	(void)state;
	begin("a|b\n-|-\n");
	repeat("|", 4000);
	assert_true(has_tables());
	repeat("|", 4000);
	assert_false(has_tables());
	begin("");
	repeat("\\|", 8000);	/* nor are they when each is escaped */
	repeat("\n-|-\n", 1);
	assert_false(has_tables());
}

static void
test_a_table_over_the_caps_is_text(void **state)
{
	struct fixture f;

	(void)state;
	begin("# t\n\nfix:\n\na|b\n-|-\nc|d\n\n");
	repeat("x|y\n-|-\n\n", GUARD_DELIMITER_ROWS);
	buf_puts(&text, "# end\n");
	fixture_parse(&f, buf_slice(&text));
	assert_slice(fixture_field(&f.entries[0], FIELD_FIX, 0),
	    "a|b -|- c|d");
	assert_int_equal(f.doc.n, 2);
	fixture_free(&f);
}

static void
test_deep_markers_are_text(void **state)
{
	struct fixture f;

	(void)state;
	begin("");
	repeat("- ", GUARD_MARKER_COLUMN / 2);
	buf_puts(&text, "a\n");
	assert_false(is_masked());
	begin("");
	repeat("+ ", GUARD_MARKER_COLUMN / 2 + 1);
	buf_puts(&text, "*b*\n\n# c\n");
	assert_true(is_masked());
	assert_last_heading("c", 1, 3);
	fixture_parse(&f, buf_slice(&text));
	assert_slice(f.entries[0].text, "+ b");
	fixture_free(&f);
	begin("");
	repeat("> 1. ", 20);
	assert_true(is_masked());
	begin("");
	repeat("- ", 1000);		/* a rule */
	assert_false(is_masked());
	begin("\t\t\t\t\t\t\t\t\t\t- a");
	assert_true(is_masked());
}

static void
test_lists_that_open_in_one_line_have_a_cap(void **state)
{
	struct fixture f;

	(void)state;
	begin("");
	repeat("- + * a\n- - -\n", GUARD_MARKERS / 2);
	assert_false(is_masked());
	repeat("- `b` 1. c\n- + d\n", 1);
	assert_true(is_masked());
	buf_puts(&text, "\n# e\n");
	assert_last_heading("e", 1, GUARD_MARKERS + 4);
	fixture_parse(&f, buf_slice(&text));
	assert_non_null(strstr(f.entries[0].text.ptr, "+ d"));
	fixture_free(&f);
}

static void
test_raw_openers_have_a_cap(void **state)
{
	(void)state;
	begin("x");
	repeat("<?", GUARD_RAW_OPENERS);
	assert_false(is_masked());
	repeat("<!A", 1);
	assert_true(is_masked());
	begin("");
	repeat("<!A>\n", GUARD_RAW_OPENERS * 2);	/* HTML blocks */
	assert_false(is_masked());
	begin("x");
	repeat("<?", 5000);
	buf_puts(&text, "\n\n## h <?x?> *y*\n");
	assert_last_heading("h y", 2, 3);
}

static void
test_references_have_a_cap(void **state)
{
	(void)state;
	begin("[a]: ");
	repeat("b", 5000);
	buf_puts(&text, "\n\n");
	repeat("[a] ", 500);
	assert_false(is_masked());
	repeat("[a] ", 500);
	assert_true(is_masked());
	buf_puts(&text, "\n\n# h\n");
	assert_last_heading("h", 1, 5);
	/* many short ones are no matter */
	begin("");
	repeat("[aa]: http://example.com/aaaaaaaaaaaa 'title'\n", 3000);
	assert_false(is_masked());
	/* a title may be long, too, and hold what looks like definitions */
	begin("[a]: b \"c");
	repeat("\n[d", 20000);
	buf_puts(&text, "\"\n\n");
	repeat("[a] ", 3000);
	assert_true(is_masked());
	begin("[a]: <b \"> \"x\"");
	repeat("\n[d", 20000);
	buf_puts(&text, "\"\n\n");
	repeat("[a] ", 3000);
	assert_true(is_masked());
}

static void
test_many_inlines_are_text(void **state)
{
	struct fixture f;

	(void)state;
	begin("");
	repeat("*a*\n\n", GUARD_INLINES / 2);
	assert_false(is_masked());
	buf_puts(&text, "## h *i*\n\nfix: `ls -l` **b**\n");
	assert_true(is_masked());
	assert_last_heading("h *i*", 2, GUARD_INLINES + 1);
	fixture_parse(&f, buf_slice(&text));
	assert_slice(f.entries[1].text, "fix: `ls -l` **b**");
	assert_slice(f.entries[1].fields[0].text, "`ls -l` **b**");
	assert_slice(f.doc.sections[1].mark, "h *i*");
	fixture_free(&f);
}

static void
test_code_costs_nothing(void **state)
{
	(void)state;
	begin("```json\n");
	repeat("{\"a\": [\"b\"]}\n", GUARD_INLINES);
	buf_puts(&text, "```\n# h `i`\n");
	assert_false(is_masked());
	assert_last_heading("h i", 1, GUARD_INLINES + 3);
	/* but not when HTML hides the fence */
	begin("<script>\n\n```\n</script>\n\n");
	repeat("*a*\n", GUARD_INLINES);
	assert_true(is_masked());
	begin("<div>\n```\n\n");
	repeat("*a*\n", GUARD_INLINES);
	assert_true(is_masked());
	/* a comment that is closed hides nothing */
	begin("<!-- x -->\n\n```\n");
	repeat("*a*\n", GUARD_INLINES);
	assert_false(is_masked());
	/* a fence in a list ends with the list */
	begin("- a\n  ```\nb\n");
	repeat("*a*\n", GUARD_INLINES);
	assert_true(is_masked());
	/* a fence is closed by one as long */
	begin("````\n```\n");
	repeat("*a*\n", GUARD_INLINES);
	assert_false(is_masked());
	begin("```\n   ```` \n");
	repeat("*a*\n", GUARD_INLINES);
	assert_true(is_masked());
	begin("``` a`b\n");
	repeat("*a*\n", GUARD_INLINES);
	assert_true(is_masked());
}

static void
test_many_short_lines_are_joined(void **state)
{
	static const char *const bodies[] = { "a\n", "a\n\n", "- a\n", "-\n",
		"> a\n", "1. a\n", "***\n", "+ b\n\n", "[a]: b\n", "| a |\n",
		"   a\n\n\n" };
	size_t i, lines;

	(void)state;
	for (i = 0; i < ARRAY_LEN(bodies); i++) {
		begin("");
		repeat(bodies[i], GUARD_LINES + 5000);
		assert_true(is_masked());
		buf_puts(&text, "\n# one\n\ntwo\nlines\n===\n\n");
		lines = count_lines();
		repeat(bodies[i], 100);
		buf_puts(&text, "\n```\n# no\n```\n\nthree\n---\n");
		assert_last_heading("three", 2,
		    (unsigned)count_lines() - 1);
		(void)lines;
	}
}

static void
test_joined_lines_keep_their_words(void **state)
{
	struct fixture f;

	(void)state;
	begin("");
	repeat("a\n\n", GUARD_LINES);
	buf_puts(&text, "- needle\n\n> *hay*\n");
	assert_true(is_masked());
	fixture_parse(&f, buf_slice(&text));
	assert_true(slice_ends(f.entries[0].text,
	    SLICE("- needle\n\n> *hay*")));
	fixture_free(&f);
}

static void
test_html_before_joined_lines_hides_no_heading(void **state)
{
	(void)state;
	begin("");
	repeat("a\n", GUARD_LINES);
	buf_puts(&text, "\n<div>\nb\nc\n\nd\n# h\n");
	assert_last_heading("h", 1, GUARD_LINES + 7);
}

static void
test_blank_lines_are_left_out_and_counted(void **state)
{
	struct fixture f;

	(void)state;
	begin("- a\n");
	repeat(" \n", 5000);
	buf_puts(&text, "# h\n");
	repeat("\r\n", 300);
	buf_puts(&text, "b\r\n===\r\n");
	repeat("\n", 300);
	assert_last_heading("b", 1, 5303);
	assert_false(is_masked());
	fixture_parse(&f, buf_slice(&text));
	assert_int_equal(f.doc.n, 3);
	assert_int_equal(f.doc.sections[1].line, 5002);
	assert_int_equal(f.doc.sections[2].end, text.len);
	fixture_free(&f);
	/* together with joined lines */
	repeat("c\n", GUARD_LINES);
	repeat("\n", 300);
	repeat("d\n", 300);
	buf_puts(&text, "\n## e\n");
	assert_last_heading("e", 2, (unsigned)count_lines());
}

static void
test_control_characters_are_not_taken_for_masks(void **state)
{
	struct fixture f;

	(void)state;
	begin("a \x01 \x19 b\n");
	fixture_parse(&f, buf_slice(&text));
	assert_slice(f.entries[0].text, "a \x01 \x19 b");
	fixture_free(&f);
	repeat("*a ", GUARD_INLINES * 2);
	buf_puts(&text, "\n\n# h\n\x08# i\n");
	assert_true(is_masked());
	assert_last_heading("h", 1, 4);
	fixture_parse(&f, buf_slice(&text));
	assert_true(slice_starts(f.entries[0].text, SLICE("a \x7f \x7f b\n*a *a")));
	fixture_free(&f);
}

static void
test_too_many_headings_are_not_all_parsed(void **state)
{
	struct arena a = ARENA_INIT;
	struct document d;
	struct err e = ERR_INIT;

	(void)state;
	begin("");
	repeat("#\n", 130000);
	assert_false(document_parse(buf_slice(&text), &a, &d, &e));
	assert_int_equal(e.code, ERR_LIMIT);
	arena_free(&a);
}

static void
check_untouched(const char *path, const char *name)
{
	struct slice s;
	struct guard g;

	assert_true(fixture_read(path, &s));
	guard_make(s, document_prologue(s), &g);
	if (g.is_masked || !g.has_tables || g.line_of != NULL)
		fail_msg("%s does not reach cmark as it is", name);
	guard_free(&g);
	fixture_free_file(s);
}

static void
check_folder(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *item;

	assert_non_null(dir);
	while ((item = readdir(dir)) != NULL) {
		char full[8192];
		struct stat st;

		if (item->d_name[0] == '.')
			continue;
		snprintf(full, sizeof(full), "%s/%s", path, item->d_name);
		assert_int_equal(stat(full, &st), 0);
		if (S_ISDIR(st.st_mode))
			check_folder(full);
		else if (slice_ends(slice_of(full), SLICE(".md")))
			check_untouched(full, item->d_name);
	}
	closedir(dir);
}

static void
test_ordinary_documents_are_not_touched(void **state)
{
	const char *dir = fixture_corpus_dir();

	(void)state;
	if (dir != NULL)
		check_folder(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tree_has_blocks_with_lines),
		cmocka_unit_test(test_lines_are_plain_text_with_their_code),
		cmocka_unit_test(test_threads_parse_at_the_same_time),
		cmocka_unit_test(test_tables_have_caps),
		cmocka_unit_test(test_long_rows_are_no_tables),
		cmocka_unit_test(test_a_table_over_the_caps_is_text),
		cmocka_unit_test(test_deep_markers_are_text),
		cmocka_unit_test(test_lists_that_open_in_one_line_have_a_cap),
		cmocka_unit_test(test_raw_openers_have_a_cap),
		cmocka_unit_test(test_references_have_a_cap),
		cmocka_unit_test(test_many_inlines_are_text),
		cmocka_unit_test(test_code_costs_nothing),
		cmocka_unit_test(test_many_short_lines_are_joined),
		cmocka_unit_test(test_joined_lines_keep_their_words),
		cmocka_unit_test(
		    test_html_before_joined_lines_hides_no_heading),
		cmocka_unit_test(test_blank_lines_are_left_out_and_counted),
		cmocka_unit_test(
		    test_control_characters_are_not_taken_for_masks),
		cmocka_unit_test(test_too_many_headings_are_not_all_parsed),
		cmocka_unit_test(test_ordinary_documents_are_not_touched),
	};

	return cmocka_run_group_tests_name("markdown", tests, NULL, teardown);
}
