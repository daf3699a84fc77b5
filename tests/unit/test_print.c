/*
 * test_print.c - facts about output: visible text, wrapping, tables, JSON.
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
#include "common/json.h"
#include "common/print.h"
#include "common/str.h"
#include "common/visible.h"
#include "common/wrap.h"
#include "kbctl/pasted.h"

static const char *
visible(struct slice text, enum visible_mode mode)
{
	static struct buf b;

	buf_reset(&b);
	visible_put(&b, text, mode);
	return buf_cstr(&b);
}

static void
test_nothing_a_terminal_obeys_is_sent(void **state)
{
	(void)state;
	assert_string_equal(visible(SLICE("a\033[31mred\a"), VISIBLE_LINE),
	    "a^[[31mred^G");
	assert_string_equal(visible(SLICE("\xc2\x9b" "31m"), VISIBLE_LINE),
	    "<U+009B>31m");
	assert_string_equal(visible(SLICE("\x9b\xff"), VISIBLE_LINE),
	    "<9B><FF>");
	assert_string_equal(visible(SLICE("\x7f"), VISIBLE_LINE), "^?");
	assert_string_equal(visible(SLICE("a\0b"), VISIBLE_LINE), "a^@b");
	assert_string_equal(visible(SLICE("\xe2\x80\xae" "fdp.exe"),
	    VISIBLE_LINE), "<U+202E>fdp.exe");
	assert_string_equal(visible(SLICE("\xe2\x81\xa6\xe2\x80\x8b"),
	    VISIBLE_LINE), "<U+2066><U+200B>");
	assert_string_equal(visible(SLICE("中文 é 👍"), VISIBLE_LINE),
	    "中文 é 👍");
}

static void
test_line_ends_stay_only_in_text(void **state)
{
	(void)state;
	assert_string_equal(visible(SLICE("a\tb\r\nc\rd\n"), VISIBLE_TEXT),
	    "a\tb\nc\nd\n");
	assert_string_equal(visible(SLICE("a\tb\r\nc\rd\n"), VISIBLE_LINE),
	    "a b c d ");
}

static const char *
wrapped(struct slice text, size_t columns, const char *indent)
{
	static struct buf b;
	struct wrap w;

	buf_reset(&b);
	wrap_begin(&w, &b, columns, 0, slice_of(indent));
	wrap_text(&w, text);
	wrap_end(&w);
	return buf_cstr(&b);
}

static void
test_text_breaks_at_blanks(void **state)
{
	(void)state;
	assert_string_equal(wrapped(SLICE("one two  three\nfour"), 9, "  "),
	    "one two\n  three\n  four\n");
	assert_string_equal(wrapped(SLICE("one two"), 7, ""), "one two\n");
	assert_string_equal(wrapped(SLICE(""), 7, ""), "\n");
	assert_string_equal(wrapped(SLICE("  a"), 7, ""), "a\n");
}

static void
test_what_has_no_break_sticks_out(void **state)
{
	(void)state;
	assert_string_equal(wrapped(SLICE("see /var/lib/kbd/kbd.conf now"), 8,
	    ""), "see\n/var/lib/kbd/kbd.conf\nnow\n");
}

static void
test_wide_characters_break_anywhere_but_at_marks(void **state)
{
	(void)state;
	assert_string_equal(wrapped(SLICE("数据库表结构"), 6, ""),
	    "数据库\n表结构\n");
	assert_string_equal(wrapped(SLICE("数据库。表"), 6, ""),
	    "数据\n库。表\n");
	assert_string_equal(wrapped(SLICE("数据（库表）"), 6, ""),
	    "数据\n（库\n表）\n");
	assert_string_equal(wrapped(SLICE("CPU满载"), 5, ""), "CPU满\n载\n");
}

static void
test_styles_take_no_columns(void **state)
{
	static struct buf b;
	struct wrap w;

	(void)state;
	wrap_begin(&w, &b, 7, 0, SLICE(""));
	wrap_text(&w, SLICE("one "));
	wrap_style(&w, "\033[1m");
	wrap_text(&w, SLICE("two"));
	wrap_style(&w, "\033[0m");
	wrap_text(&w, SLICE(" six"));
	wrap_end(&w);
	assert_string_equal(buf_cstr(&b), "one \033[1mtwo\033[0m\nsix\n");
	buf_free(&b);
}

/* The screen of a pipe, or of a terminal of so many columns. */
static struct screen
screen_of(unsigned columns, bool is_terminal)
{
	struct screen s = { .columns = columns, .rows = 24,
		.is_terminal = is_terminal };

	return s;
}

static void
test_tables_count_wide_characters_double(void **state)
{
	struct screen s = screen_of(80, false);
	struct table t;

	(void)state;
	table_init(&t, 2);
	table_add(&t, STYLE_PLAIN, SLICE("数据"));
	table_add(&t, STYLE_PLAIN, SLICE("x"));
	table_add_int(&t, 123);
	table_add(&t, STYLE_PLAIN, SLICE("y"));
	table_print(&t, &s);
	assert_string_equal(buf_cstr(&s.out), "数据  x\n123   y\n");
	table_free(&t);
	screen_free(&s);
}

static void
test_tables_fit_the_terminal(void **state)
{
	struct screen s = screen_of(20, true);
	struct slice rest, line;
	struct table t;

	(void)state;
	table_init(&t, 2);
	table_add(&t, STYLE_PLAIN, SLICE("数据库表结构不一致数据库"));
	table_add(&t, STYLE_PLAIN, SLICE("InterviewPro-long-name"));
	table_print(&t, &s);
	rest = buf_slice(&s.out);
	assert_true(str_line(&rest, &line, NULL));
	assert_true(str_width(line) <= 20);
	assert_non_null(strstr(buf_cstr(&s.out), "…"));
	table_free(&t);
	screen_free(&s);
}

static void
test_fields_hang_below_their_label(void **state)
{
	struct screen s = screen_of(24, false);

	(void)state;
	print_field(&s, "Fix", 9, "- ", SLICE("one two three four"));
	assert_string_equal(buf_cstr(&s.out),
	    "   Fix   - one two three\n           four\n");
	screen_free(&s);
}

static void
test_commands_stand_alone(void **state)
{
	struct screen s = screen_of(20, false);

	(void)state;
	print_code(&s, 4, SLICE("for i in 1 2 3 4 5 6 7 8; do\n\n"
	    "  x\033\ndone"));
	assert_string_equal(buf_cstr(&s.out),
	    "    for i in 1 2 3 4 5 6 7 8; do\n\n      x^[\n    done\n");
	screen_free(&s);
}

static const char *
cleaned(struct slice bytes)
{
	static struct buf b;

	buf_reset(&b);
	pasted_clean(bytes, &b);
	return buf_cstr(&b);
}

static void
test_pasted_text_loses_its_colours(void **state)
{
	(void)state;
	assert_string_equal(cleaned(SLICE("\033[1;31mError\033[0m: x")),
	    "Error: x");
	assert_string_equal(cleaned(SLICE("\033]0;title\atext")), "text");
	assert_string_equal(cleaned(SLICE("\033]8;;http://x\033\\link")),
	    "link");
	assert_string_equal(cleaned(SLICE("\033(Btext\033")), "text");
	assert_string_equal(cleaned(SLICE("a\0b\rc\n")), "a b c\n");
	assert_string_equal(cleaned(SLICE("\xff\xfe数")), "  数");
	assert_string_equal(cleaned(SLICE("\033[")), "");
	assert_string_equal(cleaned(SLICE("\033]unclosed\nnext")), "\nnext");
}

static void
test_pasted_text_has_an_end(void **state)
{
	struct buf in = BUF_INIT, out = BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < PASTED_MAX; i++)
		buf_puts(&in, "数");
	pasted_clean(buf_slice(&in), &out);
	assert_true(out.len <= PASTED_MAX && out.len > PASTED_MAX - 3);
	assert_int_equal(utf8_check(buf_slice(&out)), out.len);
	buf_free(&in);
	buf_free(&out);
}

static void
test_json_is_safe_for_a_terminal(void **state)
{
	struct json *j = js_document("kb.test/1");
	struct buf out = BUF_INIT;
	struct err e = ERR_INIT;
	struct json *back;

	(void)state;
	js_put_text(j, "text", SLICE("a\033[\xc2\x9b\xe2\x80\xae\x7f\xff数"
	    "\xf3\xa0\x80\x81"));
	js_put_time(j, "at", SLICE("2026-11-23 21:43:00.123456+00"));
	js_put_text_or_null(j, "none", SLICE(""));
	js_write(j, &out);
	assert_non_null(strstr(buf_cstr(&out), "a\\u001B[\\u009B\\u202E\\u007F"
	    "\xef\xbf\xbd数\\uDB40\\uDC01\""));
	assert_non_null(strstr(buf_cstr(&out),
	    "\"at\": \"2026-11-23T21:43:00.123456Z\""));
	back = js_parse(buf_slice(&out), &e);
	assert_non_null(back);
	assert_true(slice_eq(js_text(back, "text"), js_text(j, "text")));
	js_free(back);
	js_free(j);
	buf_free(&out);
}

static void
test_json_of_the_server_is_not_trusted(void **state)
{
	struct err e = ERR_INIT;
	struct json *j;

	(void)state;
	assert_null(js_parse(SLICE("[1]"), &e));
	assert_null(js_parse(SLICE("{"), &e));
	assert_null(js_parse(SLICE(""), &e));
	j = js_parse(SLICE("{\"fix\": 1, \"list\": {}}"), &e);
	assert_non_null(j);
	assert_int_equal(js_text(j, "fix").len, 0);
	assert_int_equal(js_size(js_get(j, "list")), 0);
	assert_int_equal(js_text(js_at(js_get(j, "fix"), 0), "x").len, 0);
	js_free(j);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_a_terminal_obeys_is_sent),
		cmocka_unit_test(test_line_ends_stay_only_in_text),
		cmocka_unit_test(test_text_breaks_at_blanks),
		cmocka_unit_test(test_what_has_no_break_sticks_out),
		cmocka_unit_test(
		    test_wide_characters_break_anywhere_but_at_marks),
		cmocka_unit_test(test_styles_take_no_columns),
		cmocka_unit_test(test_tables_count_wide_characters_double),
		cmocka_unit_test(test_tables_fit_the_terminal),
		cmocka_unit_test(test_fields_hang_below_their_label),
		cmocka_unit_test(test_commands_stand_alone),
		cmocka_unit_test(test_pasted_text_loses_its_colours),
		cmocka_unit_test(test_pasted_text_has_an_end),
		cmocka_unit_test(test_json_is_safe_for_a_terminal),
		cmocka_unit_test(test_json_of_the_server_is_not_trusted),
	};

	return cmocka_run_group_tests_name("print", tests, NULL, NULL);
}
