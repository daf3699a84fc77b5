/*
 * test_render_term.c - facts about Markdown on a terminal.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "common/buf.h"
#include "common/str.h"
#include "kb/render_term.h"

static struct buf out;

static const char *
render(const char *markdown, unsigned columns, bool color)
{
	struct render_options o = { columns, color };

	buf_reset(&out);
	render_term(slice_of(markdown), &o, &out);
	return buf_cstr(&out);
}

static const char *
plain(const char *markdown)
{
	return render(markdown, 80, false);
}

static void
test_headings_and_paragraphs_stand_apart(void **state)
{
	(void)state;
	assert_string_equal(plain("## 1. **CPU** full\n\ntext\nmore\n\nnext\n"),
	    "1. CPU full\n\ntext\nmore\n\nnext\n");
	assert_string_equal(plain(""), "");
}

static void
test_code_is_indented_and_else_untouched(void **state)
{
	(void)state;
	assert_string_equal(plain("```sh\n# why\nls   -l |\n  sort\n\nx\n"
	    "```\n"),
	    "    # why\n    ls   -l |\n      sort\n\n    x\n");
	assert_string_equal(plain("run `a  b`\n"), "run `a  b`\n");
	/* never wrapped: a broken line would be another command */
	assert_string_equal(render("```\naaaaaaaaaa bbbbbbbbbbbbbbbb c\n```\n",
	    20, false), "    aaaaaaaaaa bbbbbbbbbbbbbbbb c\n");
}

static void
test_lists_keep_their_numbers_and_boxes(void **state)
{
	(void)state;
	assert_string_equal(plain("- [ ] open\n- [x] done\n- plain\n"),
	    "[ ] open\n[x] done\n- plain\n");
	assert_string_equal(plain("3. a\n4. b\n   - c\n"),
	    "3. a\n4. b\n   - c\n");
	assert_string_equal(plain("1. a\n   ```\n   ls\n   ```\n2. b\n"),
	    "1. a\n\n       ls\n2. b\n");
	assert_string_equal(plain("-\n- a\n"), "-\n- a\n");
}

static void
test_long_items_hang_below_their_text(void **state)
{
	(void)state;
	assert_string_equal(render("- one two three four five six\n", 20,
	    false), "- one two three four\n  five six\n");
	assert_string_equal(render("> 数据库表结构不一致数据库\n", 20, false),
	    "| 数据库表结构不一致\n| 数据库\n");
}

static void
test_links_say_where_they_lead(void **state)
{
	(void)state;
	assert_string_equal(plain("[doc](http://x/y) <http://z> [a](#b)\n"),
	    "doc <http://x/y> http://z a\n");
}

static void
test_tables_keep_their_cells(void **state)
{
	(void)state;
	assert_string_equal(plain("| a | b |\n|---|---|\n| 1 | `x` |\n"),
	    "a | b\n1 | `x`\n");
}

static void
test_emphasis_becomes_style_only_with_color(void **state)
{
	(void)state;
	assert_string_equal(render("a **b `c` d** e\n", 80, true),
	    "a \033[1mb \033[32mc\033[0m\033[1m d\033[0m e\n");
	assert_null(strchr(plain("# a\n**b** *c* `d`\n"), '\033'));
}

static void
test_stored_controls_are_shown(void **state)
{
	static const char text[] = "a\033[31m\xc2\x9b \xe2\x80\xae\n\n"
	    "```\nx\033]0;t\a\n```\n\n<b\033>\n\n`\033c`\n\n"
	    "[t\033](<http://x/\033>)\n\n- \033[2J\n\n| \033 |\n|--|\n";
	const char *s = render(text, 80, true), *p;

	(void)state;
	for (p = s; (p = strchr(p, '\033')) != NULL; p++)
		assert_true(p[1] == '[' && strspn(p + 2, "0123456789;") ==
		    strcspn(p + 2, "m"));	/* ours: colours only */
	assert_null(strstr(s, "\033[31m"));
	assert_non_null(strstr(s, "a^[[31m<U+009B> <U+202E>"));
	assert_null(strchr(s, '\a'));
	assert_null(strstr(s, "\xc2\x9b"));
}

static void
test_deep_nesting_is_bounded(void **state)
{
	struct buf b = BUF_INIT;
	int i;

	(void)state;
	for (i = 0; i < 20000; i++)
		buf_puts(&b, "> ");
	buf_puts(&b, "x\n\n");
	for (i = 0; i < 20000; i++)
		buf_puts(&b, "**[");
	for (i = 0; i < 200; i++)
		buf_printf(&b, "\n%*s- x", i * 2, "");
	buf_putc(&b, '\n');
	assert_non_null(plain(buf_cstr(&b)));
	assert_true(out.len < 8 * b.len);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_headings_and_paragraphs_stand_apart),
		cmocka_unit_test(test_code_is_indented_and_else_untouched),
		cmocka_unit_test(test_lists_keep_their_numbers_and_boxes),
		cmocka_unit_test(test_long_items_hang_below_their_text),
		cmocka_unit_test(test_links_say_where_they_lead),
		cmocka_unit_test(test_tables_keep_their_cells),
		cmocka_unit_test(test_emphasis_becomes_style_only_with_color),
		cmocka_unit_test(test_stored_controls_are_shown),
		cmocka_unit_test(test_deep_nesting_is_bounded),
	};
	int failed = cmocka_run_group_tests_name("render_term", tests, NULL,
	    NULL);

	buf_free(&out);
	return failed;
}
