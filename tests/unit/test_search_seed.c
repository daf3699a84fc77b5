/*
 * test_search_seed.c - what the seed lessons answer, through a real store.
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
#include "common/mem.h"
#include "kb/search.h"
#include "kb/store.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char dir[] = "/tmp/kb-search-seed-XXXXXX";
static char path[64];
static struct store *store;
static struct searcher *searcher;
static struct arena arena;

static struct slice
read_seed(void)
{
	const char *src = getenv("KB_SRCDIR");
	char name[512], *bytes = arena_alloc(&arena, 65536);
	FILE *f;
	size_t n;

	snprintf(name, sizeof(name), "%s/content/InterviewPro.md",
	    src != NULL ? src : ".");
	f = fopen(name, "rb");
	assert_non_null(f);
	n = fread(bytes, 1, 65536, f);
	fclose(f);
	return slice_make(bytes, n);
}

static int
set_up(void **state)
{
	struct err e = ERR_INIT;
	struct prepared p;
	struct import_result result;
	struct import_request req = { .name = SLICE("InterviewPro"),
		.source = SLICE("InterviewPro.md"), .doc = &p,
		.author = SLICE("test") };

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/kb.db", dir);
	assert_true(store_open(path, STORE_CREATE, &store, &e));
	assert_true(store_prepare(read_seed(), &arena, &p, &e));
	assert_true(store_begin(store, &e));
	assert_true(store_import(store, &req, &result, &e));
	assert_true(store_commit(store, &e));
	searcher = searcher_new(store_db(store), NULL);
	return 0;
}

static int
tear_down(void **state)
{
	char other[80];

	(void)state;
	searcher_destroy(searcher);
	store_close(store);
	arena_free(&arena);
	(void)unlink(path);
	snprintf(other, sizeof(other), "%s-wal", path);
	(void)unlink(other);
	snprintf(other, sizeof(other), "%s-shm", path);
	(void)unlink(other);
	(void)rmdir(dir);
	return 0;
}

/* A column of the n-th answer, counted from 1; "" without one. */
static char *
answer_column(const char *query, size_t n, const char *sql)
{
	struct search_request req = { .text = slice_of(query), .limit = 10 };
	struct err e = ERR_INIT;
	struct answer_list list;
	sqlite3_stmt *q;
	char *text;

	assert_true(search_run(searcher, &req, &arena, &list, &e));
	if (list.n < n)
		return mem_strdup("");
	assert_int_equal(sqlite3_prepare_v2(store_db(store), sql, -1, &q,
	    NULL), SQLITE_OK);
	sqlite3_bind_int64(q, 1, list.answers[n - 1].entry);
	assert_int_equal(sqlite3_step(q), SQLITE_ROW);
	text = mem_strdup((const char *)sqlite3_column_text(q, 0));
	sqlite3_finalize(q);
	return text;
}

static void
assert_answer(const char *query, size_t n, const char *want)
{
	char *got = answer_column(query, n, "SELECT title FROM entries"
	    " WHERE id = ?1");

	if (strcmp(got, want) != 0)
		print_message("# query \"%s\", answer %zu\n", query, n);
	assert_string_equal(got, want);
	free(got);
}

static void
assert_found(const char *query)
{
	struct search_request req = { .text = slice_of(query), .limit = 1 };
	struct err e = ERR_INIT;
	struct answer_list list;

	assert_true(search_run(searcher, &req, &arena, &list, &e));
	assert_int_equal(list.n, 1);
}

static void
test_the_problem_comes_before_its_emergency_entry(void **state)
{
	(void)state;
	assert_answer("CPU 100%", 1, "CPU 100% 占用");
	assert_answer("CPU 100%", 2, "CPU 100% 紧急处理");
	assert_answer("ＣＰＵ　１００％", 1, "CPU 100% 占用");
	assert_answer("cpu 100", 1, "CPU 100% 占用");
}

static void
test_an_error_line_finds_its_lesson(void **state)
{
	(void)state;
	assert_answer("Unknown column 'resumes.original_filename' in"
	    " 'field list'", 1, "数据库表结构不一致");
	assert_answer("ERROR 1054 (42S22): Unknown column 'users.avatar' in"
	    " 'field list'", 1, "数据库表结构不一致");
	assert_answer("LookupError: 'archived' is not among the defined enum"
	    " values", 1, "数据库表结构不一致");
}

static void
test_words_find_their_lesson(void **state)
{
	(void)state;
	assert_answer("中文文件名", 1, "文件上传失败");
	assert_answer("資料庫表結構不一致怎麼辦", 1, "数据库表结构不一致");
	assert_answer("tesseract", 1, "系统依赖");
	assert_answer("numpy opencv 版本", 1, "依赖包冲突");
	assert_answer("file_type 为空", 1, "文件上传失败");
	assert_answer("DESCRIBE resumes", 1, "数据库问题快速诊断");
	assert_answer("swap 分区", 1, "CPU 100% 占用");
}

static void
test_a_typo_finds_the_command(void **state)
{
	char *got = answer_column("docekr compose log", 1, "SELECT markdown"
	    " FROM entries WHERE id = ?1");

	(void)state;
	assert_non_null(strstr(got, "docker-compose logs"));
	free(got);
}

/* The first answer is one of two. */
static void
assert_either(const char *query, const char *one, const char *two)
{
	char *got = answer_column(query, 1, "SELECT title FROM entries"
	    " WHERE id = ?1");

	if (strcmp(got, one) != 0 && strcmp(got, two) != 0)
		print_message("# query \"%s\": %s\n", query, got);
	assert_true(strcmp(got, one) == 0 || strcmp(got, two) == 0);
	free(got);
}

static void
test_other_names_are_found(void **state)
{
	(void)state;
	assert_either("libGL.so.1: cannot open shared object file",
	    "系统依赖", "依赖包冲突");
	assert_either("server frozen after deploy", "CPU 100% 占用",
	    "CPU 100% 紧急处理");
	assert_either("OOM", "Docker 资源限制", "CPU 100% 占用");
	assert_either("limit container memory", "Docker 资源限制",
	    "CPU 100% 占用");
	assert_answer("资料库 schema 对不上", 1, "数据库表结构不一致");
	assert_answer("swap", 1, "CPU 100% 占用");
	assert_either("the machine hangs, processor pegged", "CPU 100% 占用",
	    "CPU 100% 紧急处理");
	assert_either("記憶體上限", "Docker 资源限制", "CPU 100% 占用");
	assert_answer("file upload does not work", 1, "文件上传失败");
	assert_answer("table definitions differ", 1, "数据库表结构不一致");
	assert_either("pinned versions of packages", "关键依赖版本",
	    "依赖包冲突");
}

static void
test_a_mark_finds_its_severity(void **state)
{
	(void)state;
	assert_answer("🔴", 1, "数据库表结构不一致");
	assert_answer("🔴", 2, "CPU 100% 占用");
	assert_answer("🔴", 3, "");
}

static void
test_chance_words_are_no_answer(void **state)
{
	(void)state;
	assert_answer("how to bake bread", 1, "");
	assert_answer("sudo: command not found", 1, "");
	assert_answer("kubectl get pods", 1, "");
	assert_answer("cheap flights to Lisbon", 1, "");
	assert_answer("周末去哪里爬山", 1, "");
}

/* Of a long sentence a few words that are not everywhere are enough. */
static void
test_a_long_story_finds_its_lesson(void **state)
{
	(void)state;
	assert_answer("yesterday evening a colleague from the other office "
	    "wanted to look at her holiday pictures, her browser said the "
	    "upload of a filename with Chinese characters had failed", 1,
	    "文件上传失败");
}

static void
test_the_documents_name_is_found(void **state)
{
	(void)state;
	assert_answer("InterviewPro swap", 1, "CPU 100% 占用");
	assert_found("interviewpro");
}

static void
test_nothing_is_found_for_nothing(void **state)
{
	(void)state;
	assert_answer("", 1, "");
	assert_answer("*", 1, "");
	assert_answer("(", 1, "");
	assert_answer("kubernetes", 1, "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_the_problem_comes_before_its_emergency_entry),
		cmocka_unit_test(test_an_error_line_finds_its_lesson),
		cmocka_unit_test(test_words_find_their_lesson),
		cmocka_unit_test(test_a_typo_finds_the_command),
		cmocka_unit_test(test_other_names_are_found),
		cmocka_unit_test(test_a_mark_finds_its_severity),
		cmocka_unit_test(test_chance_words_are_no_answer),
		cmocka_unit_test(test_a_long_story_finds_its_lesson),
		cmocka_unit_test(test_the_documents_name_is_found),
		cmocka_unit_test(test_nothing_is_found_for_nothing),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
