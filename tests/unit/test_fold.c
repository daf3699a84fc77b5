/*
 * test_fold.c - facts about kb/fold.
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
#include "kb/fold.h"

/* The folded text, with "?" for bytes that are no UTF-8. */
static void
fold_text(struct slice in, struct buf *out)
{
	struct fold f;
	struct fold_unit u;
	char bytes[4];
	size_t last = 0;

	fold_init(&f, in);
	while (fold_next(&f, &u)) {
		assert_true(u.start < u.end && u.end <= in.len);
		assert_true(u.start >= last);
		last = u.start;
		if (u.cp == FOLD_BAD)
			buf_putc(out, '?');
		else
			buf_put(out, bytes, utf8_encode(u.cp, bytes));
	}
}

static void
assert_folds(const char *in, const char *want)
{
	struct buf b = BUF_INIT, twice = BUF_INIT;

	fold_text(slice_of(in), &b);
	assert_string_equal(buf_cstr(&b), want);
	fold_text(buf_slice(&b), &twice);
	assert_string_equal(buf_cstr(&twice), want);
	buf_free(&b);
	buf_free(&twice);
}

static void
test_full_width_becomes_plain(void **state)
{
	(void)state;
	assert_folds("ＣＰＵ　１００％", "cpu 100%");
	assert_folds("（：，－．＿）", "(:,-._)");
	assert_folds("ﬁle ①", "file 1");
	assert_folds("Docker™ v2", "docker  v2");
}

static void
test_case_and_diacritics_go(void **state)
{
	(void)state;
	assert_folds("Café NAÏVE Straße", "cafe naive strasse");
	assert_folds("e\xcc\x81t\xcc\x81", "et");
	assert_folds("ΣΊΣΥΦΟΣ", "σισυφοσ");
}

static void
test_traditional_becomes_simplified(void **state)
{
	(void)state;
	assert_folds("資料庫表結構不一致怎麼辦", "资料库表结构不一致怎么办");
	assert_folds("憑證過期", "凭证过期");
	assert_folds("裡面 乾燥 後端 複製", "里面 干燥 后端 复制");
}

static void
test_kana_and_hangul_keep_their_voice(void **state)
{
	(void)state;
	assert_folds("ｶﾞｷﾞパ", "ガギパ");
	assert_folds("が", "が");
	assert_folds("か\xe3\x82\x99", "が");
	assert_folds("한국", "한국");
	assert_folds("\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", "한");
}

static void
test_invisible_characters_widen_the_unit_before(void **state)
{
	struct fold f;
	struct fold_unit u;

	(void)state;
	/* sign, variation selector; letter, soft hyphen, letter */
	fold_init(&f, SLICE("\xe2\x9a\xa1\xef\xb8\x8f" "a\xc2\xad" "b"));
	assert_true(fold_next(&f, &u));
	assert_int_equal(u.cp, 0x26a1);
	assert_int_equal(u.start, 0);
	assert_int_equal(u.end, 6);
	assert_true(fold_next(&f, &u));
	assert_int_equal(u.cp, 'a');
	assert_int_equal(u.start, 6);
	assert_int_equal(u.end, 9);
	assert_true(fold_next(&f, &u));
	assert_int_equal(u.end, 10);
	assert_false(fold_next(&f, &u));
}

static void
test_ranges_are_of_the_original(void **state)
{
	struct fold f;
	struct fold_unit u;

	(void)state;
	fold_init(&f, SLICE("Ｃß"));
	assert_true(fold_next(&f, &u));
	assert_true(u.upper);
	assert_int_equal(u.cp, 'c');
	assert_int_equal(u.end, 3);
	assert_true(fold_next(&f, &u) && u.start == 3 && u.end == 5);
	assert_true(fold_next(&f, &u) && u.start == 3 && u.end == 5);
	assert_int_equal(u.cp, 's');
	assert_false(fold_next(&f, &u));
}

static void
test_bad_bytes_separate(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	fold_text(SLICE("a\xff" "b\xe4\xb8" "c\0d\xed\xa0\x80"), &b);
	assert_int_equal(b.len, 11);
	assert_memory_equal(b.data, "a?b??c\0d???", 11);
	buf_free(&b);
}

static void
test_every_code_point_folds(void **state)
{
	int32_t cp;

	(void)state;
	for (cp = 0; cp <= 0x10ffff; cp++) {
		char bytes[4];
		struct buf b = BUF_INIT;

		if (cp >= 0xd800 && cp <= 0xdfff)
			continue;
		fold_text(slice_make(bytes, utf8_encode(cp, bytes)), &b);
		buf_free(&b);
		if (cp == 0x33fff)
			cp = 0xdffff;
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_full_width_becomes_plain),
		cmocka_unit_test(test_case_and_diacritics_go),
		cmocka_unit_test(test_traditional_becomes_simplified),
		cmocka_unit_test(test_kana_and_hangul_keep_their_voice),
		cmocka_unit_test(test_invisible_characters_widen_the_unit_before),
		cmocka_unit_test(test_ranges_are_of_the_original),
		cmocka_unit_test(test_bad_bytes_separate),
		cmocka_unit_test(test_every_code_point_folds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
