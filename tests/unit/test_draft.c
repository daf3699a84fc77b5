/*
 * test_draft.c - facts about the file that an editor shows.
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
#include "kbctl/draft.h"

static const char template_text[] =
    "# {{title}}\n\n**Symptom**: <!-- what one sees -->\n\n```text\n{{e}}\n"
    "```\n\n**Cause**: <!-- why -->\n\n**Fix**: <!-- what helped -->\n\n"
    "```sh\n```\n\n**Prevention**: <!-- never again -->\n\n- [ ] <!-- a -->\n"
    "- [ ]\n";

static void
assert_cleaned(const char *body, const char *want)
{
	struct buf out = BUF_INIT;

	draft_clean(slice_of(body), SLICE(template_text), &out);
	assert_string_equal(buf_cstr(&out), want);
	buf_free(&out);
}

static void
test_block_and_text_come_back(void **state)
{
	struct draft_head head = { .what = "entry: 12-x of Notes",
		.version = 3, .document = SLICE("a b"),
		.message = SLICE("why --> not") };
	struct buf file = BUF_INIT;
	struct draft d;

	(void)state;
	draft_put_head(&head, &file);
	buf_puts(&file, "\n# a\n\ntext");
	draft_read(buf_slice(&file), &d);
	assert_true(d.has_head);
	assert_int_equal(d.version, 3);
	assert_true(slice_is(d.document, "a b"));
	assert_true(slice_is(d.message, "why -- > not"));
	assert_true(slice_is(d.body, "\n# a\n\ntext"));
	buf_free(&file);
}

static void
test_a_file_may_have_no_block(void **state)
{
	static const char *const files[] = { "", "# a\n", "<!-- mine -->\n# a",
		"<!-- kbctl: cut off" };
	struct draft d;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(files); i++) {
		draft_read(slice_of(files[i]), &d);
		assert_false(d.has_head);
		assert_int_equal(d.version, 0);
		assert_true(slice_is(d.body, files[i]));
	}
}

static void
test_an_emptied_file_has_no_text(void **state)
{
	static const char *const files[] = { "<!-- kbctl: x -->",
		"<!-- kbctl: x -->\n", "<!-- kbctl: x -->\n\n" };
	struct draft d;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(files); i++) {
		draft_read(slice_of(files[i]), &d);
		assert_true(d.has_head);
		assert_int_equal(d.body.len, 0);
	}
}

static void
test_reasons_name_lines_of_the_file(void **state)
{
	struct draft_reason reasons[] = { { 2, "a password" }, { 0, "too "
	    "short" } };
	struct draft_head head = { .what = "new entry", .reasons = reasons,
		.nreasons = 2 };
	struct buf file = BUF_INIT;
	struct slice rest;
	size_t lines = 1;

	(void)state;
	draft_put_head(&head, &file);
	for (rest = buf_slice(&file); rest.len != 0;
	    rest = slice_sub(rest, 1, rest.len))
		lines += rest.ptr[0] == '\n';
	/* the text begins on that line, its second line is the next */
	assert_int_equal(lines, 10);
	assert_non_null(strstr(buf_cstr(&file),
	    "refused: line 11: a password\n"));
	assert_non_null(strstr(buf_cstr(&file), "refused: too short\n"));
	buf_free(&file);
}

static void
test_what_nobody_filled_in_is_not_saved(void **state)
{
	(void)state;
	assert_cleaned("# t\n\n**Symptom**: <!-- what one sees -->\n\n"
	    "```text\n```\n\n**Cause**: <!-- why -->\n\n**Fix**: restart it "
	    "<!-- what helped -->\n\n```sh\n```\n\n"
	    "**Prevention**: <!-- never again -->\n\n- [ ] <!-- a -->\n"
	    "- [ ]\n", "# t\n\n**Fix**: restart it\n");
	assert_cleaned("# t\n\n**Symptom**: <!-- what one sees -->\n\n"
	    "```text\nboom\n```\n\n**Cause**:\n**Fix**:\n\n```sh\nls\n```\n",
	    "# t\n\n**Symptom**:\n\n```text\nboom\n```\n\n**Fix**:\n\n"
	    "```sh\nls\n```\n");
	assert_cleaned("# t\n\n- [ ] one <!-- a -->\n- [ ]\n- [x] two\n",
	    "# t\n\n- [ ] one\n- [x] two\n");
}

static void
test_what_somebody_wrote_stays(void **state)
{
	(void)state;
	assert_cleaned("# t\n\n<!-- mine -->\n\n```\n\n\na\n\n```\n\n\n\nb\n",
	    "# t\n\n<!-- mine -->\n\n```\n\n\na\n\n```\n\nb\n");
	assert_cleaned("# t\n\n````md\n```sh\n```\n````\n",
	    "# t\n\n````md\n```sh\n```\n````\n");
	assert_cleaned("# t\n\n**bold** text: **more**\n\n<!-- open",
	    "# t\n\n**bold** text: **more**\n\n<!-- open\n");
	assert_cleaned("# t\n```sh\n# 1. look\n# 2.\nls\n```\n",
	    "# t\n```sh\n# 1. look\nls\n```\n");
	assert_cleaned("a\x01" "b\n\n\n", "a\x01" "b\n\n\n");
}

static void
test_the_last_line_end_of_an_editor_is_no_change(void **state)
{
	(void)state;
	assert_true(draft_is_same(SLICE("a"), SLICE("a")));
	assert_true(draft_is_same(SLICE("a"), SLICE("a\n")));
	assert_false(draft_is_same(SLICE("a\n"), SLICE("a\n\n")));
	assert_false(draft_is_same(SLICE("a"), SLICE("b")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_block_and_text_come_back),
		cmocka_unit_test(test_a_file_may_have_no_block),
		cmocka_unit_test(test_an_emptied_file_has_no_text),
		cmocka_unit_test(test_reasons_name_lines_of_the_file),
		cmocka_unit_test(test_what_nobody_filled_in_is_not_saved),
		cmocka_unit_test(test_what_somebody_wrote_stays),
		cmocka_unit_test(
		    test_the_last_line_end_of_an_editor_is_no_change),
	};

	return cmocka_run_group_tests_name("draft", tests, NULL, NULL);
}
