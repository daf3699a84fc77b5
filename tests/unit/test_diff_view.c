/*
 * test_diff_view.c - facts about how changes are shown, and how long lines
 * of styled pieces are laid out.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

#include "common/json.h"
#include "common/str.h"
#include "kbctl/diff_view.h"
#include "kbctl/runs.h"

/* What is shown of two texts; static storage. */
static const char *
shown(const char *a, const char *b, bool color)
{
	static char out[2048];
	struct screen s = { .columns = 40, .color = color };

	(void)diff_view_put(&s, slice_of(a), slice_of(b));
	snprintf(out, sizeof(out), "%s", buf_cstr(&s.out));
	screen_free(&s);
	return out;
}

static void
test_words_that_changed_are_marked(void **state)
{
	(void)state;
	assert_string_equal(shown("limit is 80 percent\n",
	    "limit is 90 percent\n", false),
	    "@@ line 1 @@\n~ limit is [-80-]{+90+} percent\n");
}

static void
test_in_chinese_characters_are(void **state)
{
	(void)state;
	assert_string_equal(shown("重启后端服务\n", "重启前端服务\n", false),
	    "@@ line 1 @@\n~ 重启[-后-]{+前+}端服务\n");
}

static void
test_lines_with_nothing_in_common_are_shown_apart(void **state)
{
	(void)state;
	assert_string_equal(shown("alpha beta\n", "gamma delta\n", false),
	    "@@ line 1 @@\n- alpha beta\n+ gamma delta\n");
	assert_string_equal(shown("a\nb\n", "a\nb\nc\n", false),
	    "@@ line 1 @@\n  a\n  b\n+ c\n");
	assert_string_equal(shown("a\nb\n", "a\n", false),
	    "@@ line 1 @@\n  a\n- b\n");
}

static void
test_the_same_text_has_no_changes(void **state)
{
	struct screen s = { .columns = 40 };

	(void)state;
	assert_false(diff_view_put(&s, SLICE("a\n"), SLICE("a\n")));
	assert_int_equal(s.out.len, 0);
	assert_true(diff_view_put(&s, SLICE("a\n"), SLICE("a")));
	screen_free(&s);
}

static void
test_far_changes_are_shown_with_lines_around_them(void **state)
{
	(void)state;
	assert_string_equal(shown("1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n",
	    "x\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\ny\n", false),
	    "@@ line 1 @@\n- 1\n+ x\n  2\n  3\n  4\n"
	    "@@ line 9 @@\n  9\n  10\n  11\n- 12\n+ y\n");
}

static void
test_colour_takes_the_place_of_marks(void **state)
{
	const char *text = shown("limit is 80 percent\n",
	    "limit is 90 percent\n", true);

	(void)state;
	assert_non_null(strstr(text, "\033[31m80\033[0m\033[32m90\033[0m"));
	assert_null(strstr(text, "[-"));
}

static void
test_json_has_the_pieces(void **state)
{
	struct json *list = diff_view_json(SLICE("a\nlimit 80\n"),
	    SLICE("a\nlimit 90\n"));
	const struct json *parts = js_get(js_at(list, 0), "parts");

	(void)state;
	assert_int_equal(js_size(list), 1);
	assert_int_equal(js_int(js_at(list, 0), "from_line"), 2);
	assert_true(slice_is(js_text(js_at(parts, 0), "op"), "same"));
	assert_true(slice_is(js_text(js_at(parts, 1), "op"), "removed"));
	assert_true(slice_is(js_text(js_at(parts, 1), "text"), "80"));
	assert_true(slice_is(js_text(js_at(parts, 2), "text"), "90"));
	js_free(list);
}

/* A text laid out in so many columns of a terminal. */
static const char *
laid_out(const char *text, unsigned columns)
{
	static char out[1024];
	struct screen s = { .columns = columns, .is_terminal = true };
	struct runs r = RUNS_INIT;

	runs_add(&r, STYLE_PLAIN, slice_of(text));
	runs_print(&r, &s, SLICE("> "), SLICE("  "));
	snprintf(out, sizeof(out), "%s", buf_cstr(&s.out));
	runs_free(&r);
	screen_free(&s);
	return out;
}

static void
test_long_lines_break_between_words(void **state)
{
	(void)state;
	assert_string_equal(laid_out("alpha beta gamma delta", 20),
	    "> alpha beta gamma\n  delta\n");
	assert_string_equal(laid_out("abcdefghijklmnopqrstuvwxyz", 20),
	    "> abcdefghijklmnopqr\n  stuvwxyz\n");
	assert_string_equal(laid_out("", 20), ">\n");
}

static void
test_chinese_breaks_anywhere(void **state)
{
	(void)state;
	assert_string_equal(laid_out("部署后服务器负载过高响应很慢", 20),
	    "> 部署后服务器负载过\n  高响应很慢\n");
}

static void
test_no_line_is_longer_than_the_screen(void **state)
{
	static const char text[] = "mix 部署后 docker-compose logs --tail=50 "
	    "backend 服务器 a b c averyveryverylongwordindeedthatneverends 完";
	struct slice rest, line;
	unsigned columns;

	(void)state;
	for (columns = 12; columns < 90; columns++) {
		rest = slice_of(laid_out(text, columns));
		while (rest.len != 0 && str_line(&rest, &line, NULL))
			assert_true(str_width(line) <= columns);
	}
}

static void
test_controls_are_shown(void **state)
{
	(void)state;
	assert_string_equal(laid_out("a\033[2Jb", 40), "> a^[[2Jb\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words_that_changed_are_marked),
		cmocka_unit_test(test_in_chinese_characters_are),
		cmocka_unit_test(
		    test_lines_with_nothing_in_common_are_shown_apart),
		cmocka_unit_test(test_the_same_text_has_no_changes),
		cmocka_unit_test(
		    test_far_changes_are_shown_with_lines_around_them),
		cmocka_unit_test(test_colour_takes_the_place_of_marks),
		cmocka_unit_test(test_json_has_the_pieces),
		cmocka_unit_test(test_long_lines_break_between_words),
		cmocka_unit_test(test_chinese_breaks_anywhere),
		cmocka_unit_test(test_no_line_is_longer_than_the_screen),
		cmocka_unit_test(test_controls_are_shown),
	};

	return cmocka_run_group_tests_name("diff_view", tests, NULL, NULL);
}
