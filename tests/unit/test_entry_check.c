/*
 * test_entry_check.c - facts about what a lesson lacks, and about where text
 * is added to one.
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

#include "common/arena.h"
#include "common/buf.h"
#include "kb/entry_check.h"
#include "kb/entry_tail.h"

/* The flaws of a text, as "flaw@line flaw@line". */
static const char *
flaws(const char *text)
{
	static char out[256];
	struct arena a = ARENA_INIT;
	struct entry_complaint *list;
	struct err e = ERR_INIT;
	size_t i, n, at = 0;

	assert_true(entry_check(slice_of(text), &a, &list, &n, &e));
	out[0] = '\0';
	for (i = 0; i < n; i++)
		at += (size_t)snprintf(out + at, sizeof(out) - at, "%s%d@%u",
		    at != 0 ? " " : "", (int)list[i].flaw, list[i].line);
	arena_free(&a);
	return out;
}

static const char *
one(enum entry_flaw flaw, unsigned line)
{
	static char out[32];

	snprintf(out, sizeof(out), "%d@%u", (int)flaw, line);
	return out;
}

static void
test_a_whole_lesson_lacks_nothing(void **state)
{
	(void)state;
	assert_string_equal(flaws("### nginx 502\n\n**Symptom**: bad gateway"
	    "\n\n**Fix**: restart the backend\n"), "");
	assert_string_equal(flaws("### 网关 502\n\n**问题**: 网关报错\n"
	    "**解决**: 重启后端\n"), "");
	assert_string_equal(flaws("### disk full\n\n**Symptom**: no space\n\n"
	    "**Fix**:\n\n```sh\n# what is big\ndu -xh / | sort -h\n```\n"),
	    "");
	assert_string_equal(flaws("## 部署清单\n\n- [ ] 备份\n"), "");
	assert_string_equal(flaws("## notes\n\nanything\n"), "");
}

static void
test_a_problem_needs_symptom_and_fix(void **state)
{
	(void)state;
	assert_string_equal(flaws("\n### it fails\n\n**Fix**: restart nginx\n"),
	    one(FLAW_NO_SYMPTOM, 2));
	assert_string_equal(flaws("### x\n\n**Symptom**: 502 at noon\n"),
	    one(FLAW_NO_FIX, 1));
}

static void
test_a_fix_says_what_to_do(void **state)
{
	static const char *const empty[] = { "fixed", "Solved.", "已解决",
		"todo", "see above", "同上", "ok" };
	char text[200];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(empty); i++) {
		snprintf(text, sizeof(text), "### x\n\n**Symptom**: 502 at "
		    "noon\n\n**Fix**: %s\n", empty[i]);
		assert_string_equal(flaws(text), one(FLAW_EMPTY_FIX, 1));
	}
}

static void
test_other_kinds_hold_what_they_are_for(void **state)
{
	(void)state;
	assert_string_equal(flaws("### x\n\n**类型**: 手册\n"),
	    one(FLAW_NO_STEP, 1));
	assert_string_equal(flaws("### x\n\n**Kind**: checklist\n"),
	    one(FLAW_NO_ITEM, 1));
	assert_string_equal(flaws("### x\n\n**Kind**: template\n"),
	    one(FLAW_NO_CODE, 1));
	assert_string_equal(flaws("only words\n"), one(FLAW_NO_HEADING, 1));
	assert_string_equal(flaws("### \n\nwords\n"), one(FLAW_NO_HEADING, 1));
}

static void
test_flaws_can_be_told(void **state)
{
	int i;

	(void)state;
	for (i = FLAW_NO_HEADING; i <= FLAW_NO_CODE; i++)
		assert_true(strlen(entry_flaw_text((enum entry_flaw)i)) > 10);
}

/* What entry_append() makes of an entry and "new\n". */
static const char *
appended(const char *markdown, const char *text)
{
	static char out[512];
	struct buf b = BUF_INIT;

	entry_append(slice_of(markdown), slice_of(text), &b);
	snprintf(out, sizeof(out), "%s", buf_cstr(&b));
	buf_free(&b);
	return out;
}

static void
test_text_is_added_before_what_parts_entries(void **state)
{
	(void)state;
	assert_string_equal(appended("# a\n\ntext\n", "new\n"),
	    "# a\n\ntext\n\nnew\n");
	assert_string_equal(appended("# a\n\ntext\n\n---\n\n", "new"),
	    "# a\n\ntext\n\nnew\n\n---\n\n");
	assert_string_equal(appended("# a\n\ntext\n\n* * *\n", "\nnew\n\n"),
	    "# a\n\ntext\n\nnew\n\n* * *\n");
	assert_string_equal(appended("# a\n\ntext", "new\n"),
	    "# a\n\ntext\n\nnew\n");
	assert_string_equal(appended("# a\n", "new\n"), "# a\n\nnew\n");
	assert_string_equal(appended("", "new\n"), "new\n");
}

static void
test_an_underline_and_code_are_no_rule(void **state)
{
	(void)state;
	assert_string_equal(appended("text\n---\n\n", "new\n"),
	    "text\n---\n\nnew\n\n");
	assert_string_equal(appended("# a\n\n```\n\n---\n", "new\n"),
	    "# a\n\n```\n\n---\n\nnew\n");
	assert_string_equal(appended("# a\n\n```\n\n---\n```\n\n", "new\n"),
	    "# a\n\n```\n\n---\n```\n\nnew\n\n");
}

static void
test_line_ends_become_those_of_the_entry(void **state)
{
	(void)state;
	assert_string_equal(appended("# a\r\n\r\ntext\r\n\r\n---\r\n",
	    "new\nmore\n"),
	    "# a\r\n\r\ntext\r\n\r\nnew\r\nmore\r\n\r\n---\r\n");
	assert_string_equal(appended("# a\r\rtext\r", "new\n"),
	    "# a\r\rtext\r\rnew\r");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_whole_lesson_lacks_nothing),
		cmocka_unit_test(test_a_problem_needs_symptom_and_fix),
		cmocka_unit_test(test_a_fix_says_what_to_do),
		cmocka_unit_test(test_other_kinds_hold_what_they_are_for),
		cmocka_unit_test(test_flaws_can_be_told),
		cmocka_unit_test(test_text_is_added_before_what_parts_entries),
		cmocka_unit_test(test_an_underline_and_code_are_no_rule),
		cmocka_unit_test(test_line_ends_become_those_of_the_entry),
	};

	return cmocka_run_group_tests_name("entry_check", tests, NULL, NULL);
}
