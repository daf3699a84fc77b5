/*
 * test_diff.c - what changed between two texts: fewest changes, at the places
 * that people expect, in lines, words and characters.
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
#include "common/buf.h"
#include "kb/diff.h"
#include "kb/myers.h"
#include "tests/unit/dice.h"

/* "[-gone-]", "{+new+}", as git's word diff shows it; tokens between. */
static const char *
show(const char *a, const char *b, enum diff_unit unit, bool tidy,
    struct buf *out)
{
	struct arena arena = ARENA_INIT;
	size_t at = 0, i;
	struct diff d;

	buf_reset(out);
	diff_run(slice_of(a), slice_of(b), unit, &arena, &d);
	if (tidy)
		diff_tidy(&d);
	for (i = 0; i < d.n; i++) {
		const struct diff_hunk *h = &d.hunks[i];

		buf_put_slice(out, diff_text(&d.a, at, h->a0));
		if (h->a0 < h->a1)
			buf_printf(out, "[-%.*s-]",
			    SLICE_ARG(diff_text(&d.a, h->a0, h->a1)));
		if (h->b0 < h->b1)
			buf_printf(out, "{+%.*s+}",
			    SLICE_ARG(diff_text(&d.b, h->b0, h->b1)));
		at = h->a1;
	}
	buf_put_slice(out, diff_text(&d.a, at, d.a.n));
	assert_true(d.is_minimal);
	arena_free(&arena);
	return buf_cstr(out);
}

static void
test_lines(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	assert_string_equal(show("a\nb\nc\n", "a\nc\nd\n", DIFF_LINES, false,
	    &b), "a\n[-b\n-]c\n{+d\n+}");
	assert_string_equal(show("", "a\n", DIFF_LINES, false, &b),
	    "{+a\n+}");
	assert_string_equal(show("a", "a\n", DIFF_LINES, false, &b),
	    "[-a-]{+a\n+}");
	assert_string_equal(show("a\r\nb\r", "a\r\nc\r", DIFF_LINES, false,
	    &b), "a\r\n[-b\r-]{+c\r+}");
	assert_string_equal(show("x\n", "x\n", DIFF_LINES, false, &b), "x\n");
	buf_free(&b);
}

static void
test_words_and_chinese(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	assert_string_equal(show("docker stats -a", "docker ps -a",
	    DIFF_WORDS, true, &b), "docker [-stats-]{+ps+} -a");
	assert_string_equal(show("重启后端服务", "重启数据库服务", DIFF_WORDS,
	    true, &b), "重启[-后端-]{+数据库+}服务");
	assert_string_equal(show("a b c d", "x y z d", DIFF_WORDS, true, &b),
	    "[-a b c-]{+x y z+} d");
	assert_string_equal(show("timeout=30s", "timeout=45s", DIFF_CHARS,
	    true, &b), "timeout=[-30-]{+45+}s");
	buf_free(&b);
}

static void
test_combining_marks_stay_with_their_letter(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	assert_string_equal(show("cafe", "cafe\xcc\x81", DIFF_CHARS, false,
	    &b), "caf[-e-]{+e\xcc\x81+}");
	buf_free(&b);
}

static void
test_added_lines_begin_a_paragraph(void **state)
{
	struct buf b = BUF_INIT;

	(void)state;
	/* "\nb\n", "b\n\n": the same change; people see a paragraph */
	assert_string_equal(show("a\n\nc\n", "a\n\nb\n\nc\n", DIFF_LINES,
	    false, &b), "a\n\n{+b\n\n+}c\n");
	assert_string_equal(show("a\n}\n", "a\n}\nb\n}\n", DIFF_LINES, false,
	    &b), "a\n}\n{+b\n}\n+}");
	buf_free(&b);
}

/* The length of a longest common subsequence, by the table. */
static size_t
common_length(const int *a, size_t na, const int *b, size_t nb)
{
	size_t t[41][41] = { { 0 } }, i, j;

	for (i = 1; i <= na; i++)
		for (j = 1; j <= nb; j++)
			t[i][j] = a[i - 1] == b[j - 1] ? t[i - 1][j - 1] + 1 :
			    t[i - 1][j] > t[i][j - 1] ? t[i - 1][j] :
			    t[i][j - 1];
	return t[na][nb];
}

static void
test_it_is_minimal(void **state)
{
	int a[40], b[40], round;

	(void)state;
	for (round = 0; round < 20000; round++) {
		bool ca[40] = { false }, cb[40] = { false };
		size_t na = dice(41), nb = dice(41), i, j = 0, kept = 0;
		unsigned letters = 1 + dice(6);

		for (i = 0; i < na; i++)
			a[i] = (int)dice(letters);
		for (i = 0; i < nb; i++)
			b[i] = (int)dice(letters);
		assert_true(myers_compare(a, na, b, nb, ca, cb));
		for (i = 0; i < na; i++) {
			if (ca[i])
				continue;
			while (j < nb && cb[j])
				j++;
			assert_true(j < nb && a[i] == b[j++]);
			kept++;
		}
		while (j < nb && cb[j])
			j++;
		assert_int_equal(j, nb);
		assert_int_equal(kept, common_length(a, na, b, nb));
	}
}

/* Two random texts of few letters: the dearest thing there is. */
static void
test_the_budget_ends_it(void **state)
{
	size_t n = 400000, i, left_a = 0, left_b = 0;
	int *a = malloc(n * sizeof(*a)), *b = malloc(n * sizeof(*b));
	bool *ca = calloc(n, 1), *cb = calloc(n, 1);

	(void)state;
	for (i = 0; i < n; i++) {
		a[i] = (int)dice(3);
		b[i] = (int)dice(50) == 0 ? (int)dice(3) : (int)dice(2);
	}
	(void)myers_compare(a, n, b, n, ca, cb);
	for (i = 0; i < n; i++) {
		left_a += !ca[i];
		left_b += !cb[i];
	}
	assert_int_equal(left_a, left_b);
	free(a);
	free(b);
	free(ca);
	free(cb);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_words_and_chinese),
		cmocka_unit_test(test_combining_marks_stay_with_their_letter),
		cmocka_unit_test(test_added_lines_begin_a_paragraph),
		cmocka_unit_test(test_it_is_minimal),
		cmocka_unit_test(test_the_budget_ends_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
