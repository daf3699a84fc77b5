/*
 * test_common.c - facts about common/: buffers, arenas, readers, text, conf.
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
#include "common/buf.h"
#include "common/clock.h"
#include "common/conf.h"
#include "common/err.h"
#include "common/reader.h"
#include "common/str.h"

static void
test_buf_failure_is_sticky(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 4);
	buf_puts(&b, "abc");
	assert_true(buf_ok(&b));
	buf_puts(&b, "de");
	assert_false(buf_ok(&b));
	buf_putc(&b, 'x');
	assert_int_equal(b.len, 3);
	buf_reset(&b);
	buf_put_u32(&b, 0x01020304);
	assert_true(buf_ok(&b));
	assert_memory_equal(b.data, "\1\2\3\4", 4);
	buf_free(&b);
}

static void
test_buf_patch_stays_inside(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	buf_patch_u32(&b, 0, 1);
	buf_puts(&b, "12345");
	buf_patch_u32(&b, 1, 0x41424344);
	assert_string_equal(buf_cstr(&b), "1ABCD");
	buf_patch_u32(&b, 2, 0);
	assert_string_equal(buf_cstr(&b), "1ABCD");
	buf_free(&b);
}

static void
test_arena_gives_aligned_memory(void **state)
{
	struct arena a = ARENA_INIT;
	size_t i;

	(void)state;
	for (i = 1; i < 5000; i += 7) {
		char *p = arena_alloc(&a, i);

		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		memset(p, 1, i);
	}
	arena_reset(&a);
	assert_true(slice_is(arena_printf(&a, "%d-%s", 7, "x"), "7-x"));
	arena_free(&a);
}

static void
test_reader_never_passes_the_end(void **state)
{
	struct reader r = reader_of(SLICE("\0\0\1\2ab\0c"));

	(void)state;
	assert_int_equal(reader_u32(&r), 258);
	assert_true(slice_is(reader_cstr(&r), "ab"));
	assert_false(reader_done(&r));
	assert_int_equal(reader_u16(&r), 0);
	assert_true(r.failed);
	assert_int_equal(reader_u8(&r), 0);
}

static void
test_utf8_accepts_only_well_formed(void **state)
{
	static const struct {
		const char *text;
		size_t good;
	} cases[] = {
		{ "plain", 5 }, { "数据", 6 }, { "a\xc0\x80", 1 },
		{ "\xed\xa0\x80", 0 }, { "\xf4\x90\x80\x80", 0 },
		{ "ok\xe6\x95", 2 }, { "\xf0\x9f\x94\xb4", 4 },
		{ "\xe0\x80\x80", 0 }, { "\xff", 0 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(cases); i++)
		assert_int_equal(utf8_check(slice_of(cases[i].text)),
		    cases[i].good);
}

static void
test_utf8_cut_keeps_characters_whole(void **state)
{
	struct slice s = SLICE("a数据b");

	(void)state;
	assert_int_equal(utf8_cut(s, 0), 0);
	assert_int_equal(utf8_cut(s, 1), 1);
	assert_int_equal(utf8_cut(s, 3), 1);
	assert_int_equal(utf8_cut(s, 4), 4);
	assert_int_equal(utf8_cut(s, 6), 4);
	assert_int_equal(utf8_cut(s, 7), 7);
	assert_int_equal(utf8_cut(s, 99), 8);
}

static void
test_width_counts_terminal_columns(void **state)
{
	(void)state;
	assert_int_equal(str_width(SLICE("CPU")), 3);
	assert_int_equal(str_width(SLICE("占用")), 4);
	assert_int_equal(str_width(SLICE("e\xcc\x81")), 1);
	assert_int_equal(str_width(SLICE("🔴")), 2);
	assert_int_equal(char_width(0x1b), -1);
}

static void
test_numbers_have_limits(void **state)
{
	int64_t v;

	(void)state;
	assert_true(str_int(SLICE("-9223372036854775808"), INT64_MIN,
	    INT64_MAX, &v));
	assert_true(v == INT64_MIN);
	assert_false(str_int(SLICE("9223372036854775808"), INT64_MIN,
	    INT64_MAX, &v));
	assert_false(str_int(SLICE(""), 0, 9, &v));
	assert_false(str_int(SLICE("-"), 0, 9, &v));
	assert_false(str_int(SLICE("1x"), 0, 9, &v));
	assert_true(str_duration_ms(SLICE("5min"), &v));
	assert_int_equal(v, 300000);
	assert_false(str_duration_ms(SLICE("soon"), &v));
	assert_true(str_size_bytes(SLICE("16 MB"), &v));
	assert_int_equal(v, 16777216);
	assert_false(str_size_bytes(SLICE("9223372036854775807GB"), &v));
}

static void
test_lines_end_in_three_ways(void **state)
{
	struct slice s = SLICE("a\r\nb\rc\nd"), line;
	static const char want[] = "abcd";
	size_t i = 0;

	(void)state;
	while (str_line(&s, &line, NULL)) {
		assert_int_equal(line.len, 1);
		assert_int_equal(line.ptr[0], want[i++]);
	}
	assert_int_equal(i, 4);
}

static void
test_split_keeps_empty_parts(void **state)
{
	struct slice s = SLICE("a||b|"), part;
	size_t n = 0, bytes = 0;

	(void)state;
	while (str_split(&s, '|', &part)) {
		n++;
		bytes += part.len;
	}
	assert_int_equal(n, 4);
	assert_int_equal(bytes, 2);
}

static void
test_conf_names_the_line(void **state)
{
	struct arena a = ARENA_INIT;
	struct conf c;
	struct err e = ERR_INIT;

	(void)state;
	assert_true(conf_parse("kbd.conf", SLICE("# x\nport = 7432 # y\n"
	    "name 'it''s'\r\n"), &a, &c, &e));
	assert_int_equal(c.n, 2);
	assert_true(slice_is(c.items[0].value, "7432"));
	assert_int_equal(c.items[1].line, 3);
	assert_true(slice_is(c.items[1].value, "it's"));
	assert_false(conf_parse("kbd.conf", SLICE("a = 1\nb = 'x\n"), &a, &c,
	    &e));
	assert_string_equal(e.msg,
	    "kbd.conf:2: the quote after \"b\" is not closed");
	assert_false(conf_parse("kbd.conf", SLICE("a = 1 2\n"), &a, &c, &e));
	assert_false(conf_parse("kbd.conf", SLICE("a =\n"), &a, &c, &e));
	assert_false(conf_parse("kbd.conf", SLICE("= 1\n"), &a, &c, &e));
	assert_false(conf_parse("kbd.conf", SLICE("a = \xff\n"), &a, &c, &e));
	arena_free(&a);
}

static void
test_long_messages_end_at_a_character(void **state)
{
	struct err e = ERR_INIT;
	char text[1200];
	size_t i;

	(void)state;
	for (i = 0; i + 3 < sizeof(text); i += 3)
		memcpy(text + i, "数", 3);
	text[i] = '\0';
	err_set(&e, ERR_INVALID, "x%s", text);
	assert_int_equal(utf8_check(slice_of(e.msg)), strlen(e.msg));
	assert_true(strlen(e.msg) > sizeof(e.msg) - 5);
}

static void
test_times_sort_as_text(void **state)
{
	char a[CLOCK_TEXT_SIZE], b[CLOCK_TEXT_SIZE];

	(void)state;
	clock_now(a);
	assert_int_equal(strlen(a), CLOCK_TEXT_SIZE - 1);
	clock_rfc3339(slice_of("2026-11-23 21:43:00.12+00"), b);
	assert_string_equal(b, "2026-11-23T21:43:00.120000Z");
	clock_rfc3339(slice_of("2026-11-23 21:43:00+00"), b);
	assert_string_equal(b, "2026-11-23T21:43:00.000000Z");
	clock_rfc3339(slice_of("2026-11-23 21:43:0+00"), b);
	assert_string_equal(b, "2026-11-23 21:43:0+00");
	clock_rfc3339(slice_of("2026-11-23 21:43:00x12+00"), b);
	assert_string_equal(b, "2026-11-23 21:43:00x12+00");
	clock_rfc3339(slice_of("2026-11-23 21:43:00.123456+00"), b);
	assert_string_equal(b, "2026-11-23T21:43:00.123456Z");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_buf_failure_is_sticky),
		cmocka_unit_test(test_buf_patch_stays_inside),
		cmocka_unit_test(test_arena_gives_aligned_memory),
		cmocka_unit_test(test_reader_never_passes_the_end),
		cmocka_unit_test(test_utf8_accepts_only_well_formed),
		cmocka_unit_test(test_utf8_cut_keeps_characters_whole),
		cmocka_unit_test(test_width_counts_terminal_columns),
		cmocka_unit_test(test_numbers_have_limits),
		cmocka_unit_test(test_lines_end_in_three_ways),
		cmocka_unit_test(test_split_keeps_empty_parts),
		cmocka_unit_test(test_conf_names_the_line),
		cmocka_unit_test(test_long_messages_end_at_a_character),
		cmocka_unit_test(test_times_sort_as_text),
	};

	return cmocka_run_group_tests_name("common", tests, NULL, NULL);
}
