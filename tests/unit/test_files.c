/*
 * test_files.c - facts about finding Markdown files and reading them.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/buf.h"
#include "kbctl/encoding.h"
#include "kbctl/files.h"

static char top[] = "/tmp/test_files-XXXXXX";

static void
put(const char *name, const char *text)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", top, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void
folder(const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", top, name);
	assert_int_equal(mkdir(path, 0700), 0);
}

static void
link_to(const char *target, const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", top, name);
	assert_int_equal(symlink(target, path), 0);
}

static int
set_up(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(top));
	folder("in");
	folder("in/b");
	folder("in/.git");
	put("in/z.md", "z");
	put("in/b/A b.MD", "a");
	put("in/b/c.markdown", "c");
	put("in/x.txt", "no");
	put("in/.md", "no");
	put("in/.git/no.md", "no");
	put("in/bad\xff.md", "no");
	put("out.md", "out");
	link_to("../out.md", "in/link.md");
	link_to("z.md", "in/same.md");
	link_to("nowhere", "in/gone.md");
	link_to("..", "in/up");
	return 0;
}

static int
tear_down(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", top);
	return system(command);
}

static bool
is_refused(const struct file_list *l, const char *part)
{
	size_t i;

	for (i = 0; i < l->nrefused; i++)
		if (strstr(l->refused[i].path, part) != NULL)
			return true;
	return false;
}

static void
test_a_folder_gives_its_markdown_in_order(void **state)
{
	static const char *const names[] = { "b/A b", "b/c", "same", "z" };
	struct file_list l = FILE_LIST_INIT;
	char path[512];
	size_t i;

	(void)state;
	snprintf(path, sizeof(path), "%s/in/", top);
	files_collect(&l, path);
	assert_int_equal(l.n, ARRAY_LEN(names));
	for (i = 0; i < l.n; i++)
		assert_string_equal(l.files[i].name, names[i]);
	assert_string_equal(l.files[0].source, "b/A b.MD");
	files_free(&l);
}

static void
test_links_out_of_the_folder_are_refused(void **state)
{
	struct file_list l = FILE_LIST_INIT;
	char path[512];

	(void)state;
	snprintf(path, sizeof(path), "%s/in", top);
	files_collect(&l, path);
	assert_int_equal(l.nrefused, 3);
	assert_true(is_refused(&l, "link.md"));
	assert_true(is_refused(&l, "gone.md"));
	assert_true(is_refused(&l, "bad"));
	files_free(&l);
}

static void
test_a_file_is_named_by_its_name(void **state)
{
	struct file_list l = FILE_LIST_INIT;
	char path[512];

	(void)state;
	snprintf(path, sizeof(path), "%s/in/x.txt", top);
	files_collect(&l, path);
	snprintf(path, sizeof(path), "%s/in/link.md", top);
	files_collect(&l, path);
	assert_int_equal(l.n, 2);
	assert_string_equal(l.files[0].name, "x.txt");
	assert_string_equal(l.files[1].name, "link");
	files_collect(&l, "/nonexistent/x.md");
	assert_int_equal(l.nrefused, 1);
	files_free(&l);
}

static void
test_twins_are_refused(void **state)
{
	struct file_list l = FILE_LIST_INIT;
	char path[512];

	(void)state;
	snprintf(path, sizeof(path), "%s/out.md", top);
	files_collect(&l, path);
	files_collect(&l, path);
	files_refuse_twins(&l);
	assert_int_equal(l.nrefused, 1);
	assert_true(l.files[0].is_bad && l.files[1].is_bad);
	files_free(&l);
}

static void
test_reading_has_a_cap(void **state)
{
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;
	char path[512];

	(void)state;
	snprintf(path, sizeof(path), "%s/out.md", top);
	buf_init(&b, 2);
	assert_false(files_read(path, &b, &e));
	assert_int_equal(e.code, ERR_LIMIT);
	buf_free(&b);
	buf_init(&b, 3);
	assert_true(files_read(path, &b, &e));
	assert_string_equal(buf_cstr(&b), "out");
	assert_false(files_read_plain("/dev/null", &b, &e));
	assert_false(files_read_plain(top, &b, &e));
	buf_free(&b);
}

static void
test_encodings_become_utf8(void **state)
{
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;

	(void)state;
	assert_true(encoding_check("GB18030", &e));
	assert_false(encoding_check("klingon", &e));
	assert_false(encoding_check("UTF-8//IGNORE", &e));
	assert_true(encoding_convert("GB18030", SLICE("a\xd6\xd0"), &b, &e));
	assert_string_equal(buf_cstr(&b), "a中");
	buf_reset(&b);
	assert_false(encoding_convert("UTF-8", SLICE("a\nb\xff"), &b, &e));
	assert_string_equal(e.msg, "line 2, byte 4: this is no UTF-8");
	buf_reset(&b);
	assert_false(encoding_convert("GB18030", SLICE("a\xd6"), &b, &e));
	buf_reset(&b);
	assert_true(encoding_convert("ISO-2022-JP",
	    SLICE("\033$B4A\033(B"), &b, &e));
	assert_string_equal(buf_cstr(&b), "漢");
	buf_free(&b);
	buf_init(&b, 3);
	assert_false(encoding_convert("UTF-16LE", SLICE("a\0b\0c\0d\0"), &b,
	    &e));
	assert_int_equal(e.code, ERR_LIMIT);
	buf_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_folder_gives_its_markdown_in_order),
		cmocka_unit_test(test_links_out_of_the_folder_are_refused),
		cmocka_unit_test(test_a_file_is_named_by_its_name),
		cmocka_unit_test(test_twins_are_refused),
		cmocka_unit_test(test_reading_has_a_cap),
		cmocka_unit_test(test_encodings_become_utf8),
	};

	return cmocka_run_group_tests_name("files", tests, set_up, tear_down);
}
