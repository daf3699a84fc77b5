/*
 * test_merge.c - two changed texts become one: every change that does not
 * overlap is kept, the sides can be exchanged, and conflicts show both.
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
#include "kb/merge.h"

#define DICE_SEED 424242424242u
#include "tests/unit/dice.h"

#define ROUNDS 3000
#define LINES_MAX 60

static const struct merge_names names = { "yours", "theirs", NULL };

/* The merged text, or the one with marks. */
static const char *
merged(const char *base, const char *a, const char *b, struct buf *out)
{
	struct arena arena = ARENA_INIT;
	struct merge_text m;

	buf_reset(out);
	merge_texts(slice_of(base), slice_of(a), slice_of(b), &arena, &m);
	buf_put_slice(out, m.nconflicts == 0 ? m.text :
	    merge_marked(&m, &names, &arena));
	arena_free(&arena);
	return buf_cstr(out);
}

#define MERGES_TO(base, a, b, want) do {				\
	assert_string_equal(merged(base, a, b, &out), want);		\
	assert_string_equal(merged(base, b, a, &out), want);		\
} while (0)

static void
test_changes_of_both_are_kept(void **state)
{
	struct buf out = BUF_INIT;

	(void)state;
	MERGES_TO("1\n2\n3\n", "1a\n2\n3\n", "1\n2\n3b\n", "1a\n2\n3b\n");
	MERGES_TO("1\n2\n3\n", "1a\n2\n3\n", "1\n2b\n3\n", "1a\n2b\n3\n");
	MERGES_TO("1\n2\n", "1\n2\n", "1\n", "1\n");
	MERGES_TO("1\n2\n3\n", "1\n3\n", "1\n2\n3\n4\n", "1\n3\n4\n");
	MERGES_TO("1\n2\n", "1\nx\n2\n", "1\n2b\n", "1\nx\n2b\n");
	MERGES_TO("1\n2\n", "x\n", "x\n", "x\n");
	buf_free(&out);
}

static void
test_the_last_line_end_is_no_conflict(void **state)
{
	struct buf out = BUF_INIT;

	(void)state;
	MERGES_TO("1\n2", "1\n2\n3", "1a\n2", "1a\n2\n3");
	MERGES_TO("1\n2", "1\n2\n", "1a\n2", "1a\n2\n");
	MERGES_TO("1\n2\n", "1\n2", "1\n2\n3\n", "1\n2\n3");
	buf_free(&out);
}

static void
test_a_conflict_shows_both(void **state)
{
	struct buf out = BUF_INIT;

	(void)state;
	assert_string_equal(merged("1\n2\n3\n", "1\nx\n3\n", "1\ny\n3\n",
	    &out), "1\n<<<<<<< yours\nx\n=======\ny\n>>>>>>> theirs\n3\n");
	assert_true(merge_has_marks(buf_slice(&out)));
	assert_string_equal(merged("1\r\n", "x\r\n", "", &out),
	    "<<<<<<< yours\r\nx\r\n=======\r\n>>>>>>> theirs\r\n");
	assert_false(merge_has_marks(SLICE("Title\n=======\n")));
	buf_free(&out);
}

static void
test_fields_that_touch_do_not_meet(void **state)
{
	struct buf out = BUF_INIT;

	(void)state;
	MERGES_TO("- 问题: a\n- 解决: b\n", "- 问题: a\n- 原因: c\n- 解决: b\n",
	    "- 问题: x\n- 解决: y\n", "- 问题: x\n- 原因: c\n- 解决: y\n");
	buf_free(&out);
}

static void
test_both_add_a_field_at_the_end(void **state)
{
	struct buf out = BUF_INIT;

	(void)state;
	MERGES_TO("### 1. CPU\n\n**问题**：满\n\n---\n",
	    "### 1. CPU\n\n**问题**：满\n\n**预防**：限制\n\n---\n",
	    "### 1. CPU\n\n**问题**：满\n\n**解决**：重启\n\n---\n",
	    "### 1. CPU\n\n**问题**：满\n\n**解决**：重启\n\n**预防**：限制\n"
	    "\n---\n");
	buf_free(&out);
}

static void
test_a_field_removed_here_and_changed_there(void **state)
{
	struct buf out = BUF_INIT;

	(void)state;
	assert_string_equal(merged("# t\n\n**Fix**: x\n", "# t\n",
	    "# t\n\n**Fix**: y\n", &out), "# t\n<<<<<<< yours\n=======\n"
	    "\n**Fix**: y\n>>>>>>> theirs\n");
	MERGES_TO("# t\n\n**Fix**: x\n\n**Note**: n\n", "# t\n\n**Note**: n\n",
	    "# t\n\n**Fix**: x\n\n**Note**: m\n", "# t\n\n**Note**: m\n");
	buf_free(&out);
}

static void
test_a_label_in_a_code_block_is_none(void **state)
{
	struct buf out = BUF_INIT;

	(void)state;
	MERGES_TO("# t\n```\nFix: a\nb\n```\n", "# t\n```\nFix: x\nb\n```\n",
	    "# t\n```\nFix: a\ny\n```\n", "# t\n```\nFix: x\ny\n```\n");
	buf_free(&out);
}

/* ---- any edits ---- */

/*
 * What happens to each line of the base: 0 nothing, 1 it is changed, 2 it is
 * removed, 3 a line comes after it. Lines are their own; every second one may
 * be blank, which is what makes it hard.
 */
struct plan {
	unsigned n;
	bool blanks;
	unsigned char edit[2][LINES_MAX];
};

static void
make_plan(struct plan *p)
{
	unsigned i;

	*p = (struct plan){ .n = 1 + dice(LINES_MAX - 1) };
	p->blanks = dice(2) == 0;
	for (i = 0; i < p->n; i += 1 + dice(3)) {
		if (p->blanks && i % 2 != 0)
			continue;
		/* one side only: the edits do not overlap */
		p->edit[dice(2)][i] = (unsigned char)(1 + dice(3));
		i++;	/* and there is a line between them */
	}
}

static void
put_line(struct buf *b, const struct plan *p, unsigned i, unsigned edit)
{
	if (p->blanks && i % 2 != 0)
		buf_puts(b, "\n");
	else if (edit == 1)
		buf_printf(b, "line %u, changed\n", i);
	else if (edit != 2)
		buf_printf(b, "line %u\n", i);
	if (edit == 3)
		buf_printf(b, "after line %u\n", i);
}

/* The text with the edits of one side, of both (2), or of none (3). */
static struct slice
play(const struct plan *p, int side, struct buf *b)
{
	unsigned i;

	buf_reset(b);
	for (i = 0; i < p->n; i++)
		put_line(b, p, i, side == 2 ? p->edit[0][i] | p->edit[1][i] :
		    side == 3 ? 0 : p->edit[side][i]);
	return buf_slice(b);
}

static void
test_no_change_is_lost(void **state)
{
	struct buf b[4] = { { .data = NULL } };
	int round, side;

	(void)state;
	for (round = 0; round < ROUNDS; round++) {
		struct arena arena = ARENA_INIT;
		struct merge_text m;
		struct slice s[4];
		struct plan p;

		make_plan(&p);
		for (side = 0; side < 4; side++)
			s[side] = play(&p, side, &b[side]);
		merge_texts(s[3], s[0], s[1], &arena, &m);
		assert_int_equal(m.nconflicts, 0);
		assert_int_equal(m.text.len, s[2].len);
		assert_true(slice_eq(m.text, s[2]));
		arena_free(&arena);
	}
	for (side = 0; side < 4; side++)
		buf_free(&b[side]);
}

/* Edits that do overlap: a line of either side is in the result or shown. */
static void
test_every_line_is_somewhere(void **state)
{
	struct buf b[3] = { { .data = NULL } };
	int round, side;

	(void)state;
	for (round = 0; round < ROUNDS; round++) {
		struct arena arena = ARENA_INIT;
		struct merge_text m, turned;
		struct slice s[3], shown;
		unsigned i;

		for (side = 0; side < 3; side++) {
			buf_reset(&b[side]);
			for (i = 0; i < 20; i++)
				if (side == 2 || dice(4) != 0)
					buf_printf(&b[side], "%u\n", i);
				else if (dice(2) == 0)
					buf_printf(&b[side], "new %d %u\n",
					    side, i);
			s[side] = buf_slice(&b[side]);
		}
		merge_texts(s[2], s[0], s[1], &arena, &m);
		merge_texts(s[2], s[1], s[0], &arena, &turned);
		assert_int_equal(m.nconflicts, turned.nconflicts);
		assert_true(slice_eq(m.text, turned.text));
		shown = merge_marked(&m, &names, &arena);
		for (side = 0; side < 2; side++)
			for (i = 0; i < 20; i++) {
				struct slice line = arena_printf(&arena,
				    "new %d %u\n", side, i);

				if (memmem(s[side].ptr, s[side].len, line.ptr,
				    line.len) != NULL)
					assert_non_null(memmem(shown.ptr,
					    shown.len, line.ptr, line.len));
			}
		arena_free(&arena);
	}
	for (side = 0; side < 3; side++)
		buf_free(&b[side]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_changes_of_both_are_kept),
		cmocka_unit_test(test_the_last_line_end_is_no_conflict),
		cmocka_unit_test(test_a_conflict_shows_both),
		cmocka_unit_test(test_fields_that_touch_do_not_meet),
		cmocka_unit_test(test_both_add_a_field_at_the_end),
		cmocka_unit_test(test_a_field_removed_here_and_changed_there),
		cmocka_unit_test(test_a_label_in_a_code_block_is_none),
		cmocka_unit_test(test_no_change_is_lost),
		cmocka_unit_test(test_every_line_is_somewhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
