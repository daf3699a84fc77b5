/*
 * test_postings.c - the postings in memory answer as FTS5 does: the same
 * entries, scores and reasons, for random lessons and random questions, after
 * every kind of change.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "kb/postings.h"
#include "kb/search.h"
#include "tests/unit/store_fixture.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#define DOCUMENTS 40
#define SECTIONS 6
#define QUESTIONS 300

static const char *const words[] = {
	"docker", "docker-compose", "compose", "fileType", "file_type", "CPU",
	"100%", "libgl1", "libGL.so.1", "logs", "log", "queries", "timeout",
	"timed", "out", "数据库", "数据库表结构", "表", "结构不一致", "内存不足",
	"满载", "重启", "restart", "restarting", "mysql", "mysqldump", "1054",
	"--no-cache", "connection", "refused", "10.0.0.1", "nginx", "502",
	"swap", "disk", "full", "证书", "过期", "certificate", "expired", "the",
	"is", "C++", "384M", "oom", "killed", "kubectl", "容器", "镜像", "拉取失败",
};

static struct postings *postings;
static struct searcher *with, *without;
static struct arena arena;
static unsigned long seed = 20261125;

static unsigned
number(unsigned below)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(seed >> 33) % below;
}

static void
put_words(struct buf *b, unsigned n)
{
	while (n-- > 0)
		buf_printf(b, "%s%s", words[number(ARRAY_LEN(words))],
		    number(4) == 0 ? "" : " ");
}

static void
put_section(struct buf *b, unsigned i)
{
	static const char *const marks[] = { "", "🔴 ", "🟡 " };

	buf_printf(b, "## %s", marks[number(ARRAY_LEN(marks))]);
	put_words(b, 1 + number(4));
	buf_printf(b, "\n\n**问题**: ");
	put_words(b, number(12));
	if (number(3) == 0)
		buf_printf(b, "\n```\nError %u: ", i);
	put_words(b, 2 + number(30));
	buf_printf(b, "\n");
	if (number(3) == 0)
		buf_printf(b, "```\n");
	buf_printf(b, "\n");
}

static void
write_document(struct fixture *f, unsigned number_of)
{
	struct buf b = BUF_INIT;
	char name[16];
	unsigned i;

	snprintf(name, sizeof(name), "doc%u", number_of);
	buf_printf(&b, "# Notes %u\n\n", number_of);
	for (i = 0; i < 1 + number(SECTIONS); i++)
		put_section(&b, i);
	buf_putc(&b, '\0');
	(void)fixture_import(f, name, b.data);
	buf_free(&b);
}

static void
run(struct searcher *s, const struct search_request *req,
    struct answer_list *out)
{
	struct err e = ERR_INIT;

	if (!search_run(s, req, &arena, out, &e))
		fail_msg("%s", e.msg);
}

static void
compare_answers(const struct answer *a, const struct answer *b)
{
	size_t i;

	assert_int_equal(a->entry, b->entry);
	assert_true(a->score - b->score < 1e-9 && b->score - a->score < 1e-9);
	assert_int_equal(a->confidence, b->confidence);
	assert_int_equal(a->nwhy, b->nwhy);
	for (i = 0; i < a->nwhy; i++)
		assert_true(slice_eq(a->why[i], b->why[i]));
	assert_true(slice_eq(a->snippet, b->snippet));
}

static void
compare(const struct search_request *req)
{
	struct answer_list a, b;
	size_t i;

	run(with, req, &a);
	run(without, req, &b);
	if (a.n != b.n || a.total != b.total)
		fail_msg("\"%.*s\": %zu of %u answers, FTS5 has %zu of %u",
		    SLICE_ARG(req->text), a.n, a.total, b.n, b.total);
	for (i = 0; i < a.n; i++)
		compare_answers(&a.answers[i], &b.answers[i]);
	arena_reset(&arena);
}

static void
ask_many(unsigned n)
{
	struct buf b = BUF_INIT;
	struct search_request req = { .limit = 10 };

	for (; n > 0; n--) {
		buf_reset(&b);
		put_words(&b, 1 + number(6));
		if (number(10) == 0)
			buf_printf(&b, "dokcer");
		req.text = buf_slice(&b);
		req.limit = 1 + number(20);
		req.kind = number(8) == 0 ? SLICE("problem") : SLICE("");
		req.document = number(8) == 0 ? SLICE("doc3") : SLICE("");
		compare(&req);
	}
	buf_free(&b);
}

static int
setup(void **state)
{
	struct fixture *f;

	if (fixture_setup(state) != 0)
		return -1;
	f = *state;
	postings = postings_new();
	with = searcher_new(store_db(f->s), postings);
	without = searcher_new(store_db(f->s), NULL);
	return 0;
}

static int
teardown(void **state)
{
	searcher_destroy(with);
	searcher_destroy(without);
	postings_destroy(postings);
	arena_free(&arena);
	return fixture_teardown(state);
}

static void
fill(struct fixture *f)
{
	unsigned i;

	for (i = 0; i < DOCUMENTS; i++)
		write_document(f, i);
}

static void
test_an_empty_base_has_no_answers(void **state)
{
	(void)state;
	ask_many(5);
}

static void
test_random_questions_have_the_same_answers(void **state)
{
	fill(*state);
	ask_many(QUESTIONS);
}

static void
test_changes_are_seen_by_the_next_search(void **state)
{
	unsigned i;

	fill(*state);
	for (i = 0; i < 30; i++) {
		write_document(*state, number(DOCUMENTS + 5));
		ask_many(8);
	}
}

static void
test_many_changes_build_the_lists_anew(void **state)
{
	struct fixture *f = *state;
	unsigned i;

	fill(f);
	ask_many(1);
	for (i = 0; i < 500; i++)
		write_document(f, number(3));
	ask_many(40);
}

/* A search inside a transaction sees what it changed; nobody else does. */
static void
test_uncommitted_changes_are_not_shared(void **state)
{
	struct search_request req = { .text = SLICE("zebra"), .limit = 10 };
	struct fixture *f = *state;
	struct import_result result;
	struct answer_list list;
	struct err e = ERR_INIT;

	fill(f);
	run(with, &req, &list);
	assert_int_equal(list.n, 0);
	assert_true(store_begin(f->s, &e));
	assert_true(fixture_put(f, "new", SLICE("# zebra\n\nzebra\n"), 0,
	    &result, &e));
	run(with, &req, &list);
	assert_int_equal(list.n, 1);
	store_rollback(f->s);
	run(with, &req, &list);
	assert_int_equal(list.n, 0);
	ask_many(20);
}

/* A reader whose snapshot is older than the lists. */
static void
test_an_old_snapshot_sees_the_old_entries(void **state)
{
	struct search_request req = { .text = SLICE("zebra"), .limit = 10 };
	struct fixture *f = *state;
	struct searcher *old;
	struct answer_list list;
	struct store *reader;
	struct err e = ERR_INIT;

	fill(f);
	assert_true(store_open(f->path, STORE_READ, &reader, &e));
	old = searcher_new(store_db(reader), postings);
	assert_int_equal(sqlite3_exec(store_db(reader), "BEGIN; SELECT max("
	    "revision) FROM revisions", NULL, NULL, NULL), SQLITE_OK);
	(void)fixture_import(f, "new", "# zebra\n\nzebra\n");
	run(with, &req, &list);
	assert_int_equal(list.n, 1);
	run(old, &req, &list);
	assert_int_equal(list.n, 0);
	assert_int_equal(sqlite3_exec(store_db(reader), "COMMIT", NULL, NULL,
	    NULL), SQLITE_OK);
	run(old, &req, &list);
	assert_int_equal(list.n, 1);
	searcher_destroy(old);
	store_close(reader);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    test_an_empty_base_has_no_answers, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    test_random_questions_have_the_same_answers, setup,
		    teardown),
		cmocka_unit_test_setup_teardown(
		    test_changes_are_seen_by_the_next_search, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    test_many_changes_build_the_lists_anew, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    test_uncommitted_changes_are_not_shared, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    test_an_old_snapshot_sees_the_old_entries, setup,
		    teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
