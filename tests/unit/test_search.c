/*
 * test_search.c - facts about searching a small base through SQL.
 *
 * The base is made by hand with the tables that the search reads, so that
 * each fact can be seen in one place.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "common/mem.h"
#include "kb/fts_rank.h"
#include "kb/fts_tokenizer.h"
#include "kb/search.h"
#include "kb/vtab_search.h"

#include <sqlite3.h>
#include <stdlib.h>

static const char schema[] =
	"CREATE TABLE revisions(revision);"
	"INSERT INTO revisions VALUES(1);"
	"CREATE TABLE documents(name, source);"
	"CREATE TABLE entries(id INTEGER PRIMARY KEY, document, parent_id,"
	" slug, title, heading, line, kind, severity, symptom, cause, fix, version,"
	" revision, updated_at, updated_by,"
	" archived DEFAULT 0);"
	"CREATE TABLE fields(entry_id, ordinal, name, text);"
	"CREATE TABLE commands(entry_id, ordinal, lang, text, note, risk);"
	"CREATE TABLE related(entry_id, ordinal, to_id, target, why);"
	"CREATE TABLE checklist_items(entry_id, ordinal, text, is_task, done,"
	" ordered);"
	"CREATE TABLE signatures(entry_id, ordinal, text, origin, mode,"
	" template, specificity);"
	"INSERT INTO signatures VALUES(3, 1, 'Connection to ''a'' lost while"
	" syncing', 'text', 'strong', 'all Connection to ''*'' lost while"
	" syncing', 5.5);"
	"CREATE TABLE entry_text(id INTEGER PRIMARY KEY, title, alias, symptom,"
	" error, command, tags, path, body);"
	"CREATE VIRTUAL TABLE entry_fts USING fts5(title, alias, symptom, error,"
	" command, tags, path, body, content='entry_text', content_rowid='id',"
	" tokenize='ops');"
	"CREATE VIRTUAL TABLE entry_vocab USING fts5vocab(entry_fts, 'row');"
	"INSERT INTO documents VALUES('lessons', 'lessons.md'), ('other', '');"
	"INSERT INTO entries(id, document, parent_id, slug, title, heading, line,"
	" kind, severity, symptom, cause, fix, version, revision, updated_at,"
	" updated_by) VALUES"
	"(1,'lessons',NULL,'1-problems','问题','🎯 问题',1,'section','','','','',"
	"  1,1,'2026-11-23 21:43:00.123456+00','ann'),"
	"(2,'lessons',1,'2-cpu','CPU 100% 占用','CPU 100% 占用',3,'problem',"
	"  'critical','服务器 CPU 满载','','x',3,7,'2026-11-23 21:43:00.500000+00','bob'),"
	"(3,'lessons',1,'3-logs','日志','日志',9,'runbook','warning','','','',"
	"  1,1,'x','ann'),"
	"(4,'other',NULL,'4-upload','文件上传失败','文件上传失败',1,'problem',"
	"  '','中文文件名处理错误','','',1,1,'','');"
	"INSERT INTO fields VALUES(2,1,'fix','添加限制'),(2,2,'fix','创建 Swap'),"
	"(2,3,'prevention','监控 \"CPU\"');"
	"INSERT INTO commands VALUES(3,1,'bash','docker-compose logs --tail=50',"
	" '看日志','read-only');"
	"INSERT INTO entry_text(id, title, alias, symptom, error, command,"
	" tags, body) VALUES"
	"(1,'问题','','','','','','部署'),"
	"(2,'CPU 100% 占用','','服务器 CPU 满载，系统无响应','','','',"
	"  '添加 Docker 资源限制 创建 2GB Swap 分区'),"
	"(3,'日志','','','Connection refused (Errno 111)',"
	"  'docker-compose logs --tail=50 file_type','','查看 docker 日志'),"
	"(4,'文件上传失败','','中文文件名处理错误，file_type 为空','','','','upload');"
	"INSERT INTO entry_fts(entry_fts) VALUES('rebuild');";

static sqlite3 *db;

static int
set_up(void **state)
{
	struct err e = ERR_INIT;
	char *msg = NULL;

	(void)state;
	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	assert_true(fts_tokenizer_register(db, &e));
	assert_true(fts_rank_register(db, &e));
	assert_true(vtab_search_register(db, NULL, &e));
	if (sqlite3_exec(db, schema, NULL, NULL, &msg) != SQLITE_OK)
		print_error("%s\n", msg);
	assert_null(msg);
	return 0;
}

/* More lessons, of other things. */
static void
add_lessons(int n)
{
	char *sql = sqlite3_mprintf("WITH RECURSIVE c(i) AS (SELECT 100 UNION"
	    " ALL SELECT i + 1 FROM c WHERE i < %d) INSERT INTO entry_text(id,"
	    " title, body) SELECT i, 'lesson ' || i, 'about it' FROM c;"
	    " INSERT INTO entry_fts(entry_fts) VALUES('rebuild');"
	    " UPDATE revisions SET revision = revision + 1", 99 + n);

	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_free(sql);
}

static int
tear_down(void **state)
{
	(void)state;
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	return 0;
}

/* The first column of all rows with ?1 bound, joined by ","; or the error. */
static char *
ask_n(const char *sql, const char *query, int len)
{
	sqlite3_str *s = sqlite3_str_new(NULL);
	sqlite3_stmt *q = NULL;
	int rc, n = 0;

	rc = sqlite3_prepare_v2(db, sql, -1, &q, NULL);
	if (rc == SQLITE_OK && query != NULL)
		sqlite3_bind_text(q, 1, query, len, SQLITE_STATIC);
	while (rc == SQLITE_OK && (rc = sqlite3_step(q)) == SQLITE_ROW) {
		sqlite3_str_appendf(s, "%s%s", n++ > 0 ? "," : "",
		    sqlite3_column_text(q, 0));
		rc = SQLITE_OK;
	}
	if (rc != SQLITE_DONE)
		sqlite3_str_appendf(s, "error: %s", sqlite3_errmsg(db));
	sqlite3_finalize(q);
	sqlite3_str_appendf(s, "%s", "");
	return sqlite3_str_finish(s);
}

static void
assert_asks(const char *sql, const char *query, const char *want)
{
	char *got = ask_n(sql, query, -1);

	assert_string_equal(got != NULL ? got : "", want);
	sqlite3_free(got);
}

static void
assert_first(const char *query, const char *entry)
{
	assert_asks("SELECT entry_id FROM search(?1, 1)", query, entry);
}

static void
test_finds_by_any_spelling(void **state)
{
	(void)state;
	assert_first("CPU 100%", "2");
	assert_first("ＣＰＵ　１００％", "2");
	assert_first("cpu100%", "2");
	assert_first("服務器無響應", "2");
	assert_first("中文文件名", "4");
	assert_first("docker compose logs", "3");
	assert_first("dockercompose", "3");
	assert_first("--tail", "3");
	assert_first("filetype 空", "4");
	assert_first("docekr logs", "3");
	assert_first("errno 111", "3");
}

static void
test_says_why(void **state)
{
	char *got;

	(void)state;
	got = ask_n("SELECT answer FROM search(?1, 1)", "docekr logs", -1);
	assert_non_null(strstr(got, "\"docekr -> docker\""));
	sqlite3_free(got);
	assert_asks("SELECT confidence FROM search(?1, 1)", "CPU 100%",
	    "strong");
	assert_asks("SELECT confidence FROM search(?1, 1)",
	    "分区 quota palette upload", "weak");
	assert_asks("SELECT count(*) FROM search(?1)",
	    "upload kernel panic quota palette nebula", "0");
	assert_asks("SELECT snippet FROM search(?1, 1)", "无响应",
	    "服务器 CPU 满载，系统无响应");
}

static void
test_no_text_is_an_error(void **state)
{
	static const char *const texts[] = { "", " ", "*", "(", "\"unbalanced",
		"AND OR NOT", "col:val", "NEAR(a b)", "^a", "-x", "'", "a\"b",
		"title:x OR", "{a b}:c", "\xff\xfe", "🔴", "%_", "\\", ";--",
		"NOT", "怎么办", "the", "1", "a*", "中" };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(texts); i++) {
		char *got = ask_n("SELECT count(*) FROM search(?1)", texts[i],
		    -1);

		assert_null(strstr(got, "error"));
		sqlite3_free(got);
	}
	assert_asks("SELECT count(*) FROM search(?1)", "", "0");
	assert_asks("SELECT count(*) FROM search(?1)", "*", "0");
}

static void
test_nul_and_noise_are_text(void **state)
{
	char *got, *big = mem_alloc(1024 * 1024);
	uint32_t x = 1;
	size_t i;

	(void)state;
	got = ask_n("SELECT entry_id FROM search(?1, 1)", "CPU\0 100%", 9);
	assert_string_equal(got, "2");
	sqlite3_free(got);
	for (i = 0; i < 1024 * 1024; i++) {
		x = x * 1664525u + 1013904223u;
		big[i] = (char)(x >> 24);
	}
	got = ask_n("SELECT count(*) FROM search(?1)", big, 1024 * 1024);
	assert_null(strstr(got, "error"));
	sqlite3_free(got);
	free(big);
}

static void
test_filters_count_before_the_limit(void **state)
{
	(void)state;
	assert_asks("SELECT entry_id FROM search(?1, 1) WHERE kind='runbook'",
	    "docker", "3");
	assert_asks("SELECT entry_id FROM search(?1, 1)"
	    " WHERE severity='critical'", "docker", "2");
	assert_asks("SELECT entry_id FROM search(?1, 1) WHERE document='other'",
	    "file_type", "4");
	assert_asks("SELECT entry_id FROM search(?1) WHERE severity=''"
	    " AND kind='problem'", "upload docker", "4");
	assert_asks("SELECT count(*) FROM search(?1) WHERE kind=''", "docker",
	    "0");
	assert_asks("SELECT count(*) FROM search(?1) WHERE kind=NULL",
	    "docker", "0");
	assert_asks("SELECT count(*) FROM search(?1) WHERE kind='nothing'",
	    "docker", "0");
}

static void
test_limit_and_order(void **state)
{
	(void)state;
	assert_asks("SELECT rank FROM search(?1)", "docker file", "1,2,3");
	assert_asks("SELECT rank FROM search(?1, 2)", "docker file", "1,2");
	assert_asks("SELECT rank FROM search(?1, NULL) ORDER BY rank",
	    "docker file", "1,2,3");
	assert_asks("SELECT rank FROM search(?1) ORDER BY rank DESC",
	    "docker file", "3,2,1");
	assert_asks("SELECT total FROM search(?1, 1)", "docker file", "3");
	assert_asks("SELECT rank FROM search(?1, 0)", "docker",
	    "error: limit of search() must be at least 1");
	assert_asks("SELECT count(*) FROM search(?1, 99999)", "docker", "2");
}

/* "upload" stands in a body only, "swap" too, "日志" in a title. */
static void
test_one_word_of_many_is_no_answer(void **state)
{
	(void)state;
	assert_asks("SELECT entry_id FROM search(?1)", "upload", "4");
	/* among few lessons hardly a word is there by chance */
	assert_asks("SELECT entry_id FROM search(?1)", "upload my kitten", "4");
	add_lessons(300);
	assert_asks("SELECT count(*) FROM search(?1)", "upload my kitten", "0");
	assert_asks("SELECT count(*) FROM search(?1)",
	    "where is my kitten\nplease upload a picture of her\n", "0");
	assert_asks("SELECT entry_id FROM search(?1)", "swap partition kitten",
	    "2");
	assert_asks("SELECT entry_id FROM search(?1)", "日志 kitten",
	    "3");
}

/* One answer asked for or ten: the same one is first, or there is none. */
static void
test_the_limit_is_no_judge(void **state)
{
	static const char *const questions[] = {
		"upload my kitten", "swap partition kitten", "docker file",
		"CPU 100%", "日志 kitten",
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(questions); i++) {
		char *ten = ask_n("SELECT entry_id FROM search(?1, 10)"
		    " LIMIT 1", questions[i], -1);

		assert_asks("SELECT entry_id FROM search(?1, 1)",
		    questions[i], ten);
		sqlite3_free(ten);
	}
}

static void
test_one_word_or_a_typo_is_not_sure(void **state)
{
	(void)state;
	assert_asks("SELECT confidence FROM search(?1, 1)", "CPU 100% 占用",
	    "strong");
	assert_asks("SELECT confidence FROM search(?1, 1)", "uplaod",
	    "likely");
	assert_asks("SELECT confidence FROM search(?1, 1)", "日志 kitten",
	    "weak");
}

static void
test_a_query_is_needed(void **state)
{
	static const char want[] =
	    "error: search() needs a query, as in search('CPU 100%')";

	(void)state;
	assert_asks("SELECT * FROM search", NULL, want);
	assert_asks("SELECT * FROM search(NULL)", NULL, want);
	assert_asks("SELECT * FROM search WHERE kind='problem'", NULL, want);
}

static void
test_joins_find_their_order(void **state)
{
	(void)state;
	assert_asks("SELECT e.slug FROM search(?1, 1) s JOIN entries e"
	    " ON e.id = s.entry_id", "CPU 100%", "2-cpu");
	assert_asks("WITH q(t) AS (VALUES('CPU 100%'), ('中文文件名'))"
	    " SELECT s.entry_id FROM q, search(q.t, 1) s", NULL, "2,4");
}

static void
test_answer_has_every_field(void **state)
{
	(void)state;
	assert_asks("SELECT json_remove(answer, '$.score')"
	    " FROM search(?1, 1)", "CPU 100%",
	    "{\"entry\":2,\"document\":\"lessons\",\"source\":\"lessons.md\","
	    "\"line\":3,\"heading\":\"CPU 100% 占用\","
	    "\"title\":\"CPU 100% 占用\",\"kind\":\"problem\","
	    "\"severity\":\"critical\",\"version\":3,\"revision\":7,"
	    "\"updated\":\"2026-11-23T21:43:00.500000Z\",\"updated_by\":\"bob\","
	    "\"symptom\":\"服务器 CPU 满载\",\"cause\":\"\","
	    "\"url\":\"/e/2-cpu\",\"path\":[\"问题\"],"
	    "\"fix\":[\"添加限制\",\"创建 Swap\"],"
	    "\"prevention\":[\"监控 \\\"CPU\\\"\"],\"commands\":[],\"items\":[],"
	    "\"see_also\":[],\"confidence\":\"strong\","
	    "\"why\":[\"title\"],\"snippet\":\"服务器 CPU 满载，系统无响应\"}");
}

static void
test_a_changed_base_is_seen(void **state)
{
	(void)state;
	assert_asks("SELECT count(*) FROM search(?1)", "kubernetes", "0");
	assert_int_equal(sqlite3_exec(db, "INSERT INTO entry_text(id,"
	    " title) VALUES(5,'kubernetes'); INSERT INTO entries(id, title)"
	    " VALUES(5,'k'); INSERT INTO entry_fts(entry_fts)"
	    " VALUES('rebuild'); INSERT INTO revisions VALUES(2)",
	    NULL, NULL, NULL), SQLITE_OK);
	assert_asks("SELECT entry_id FROM search(?1)", "kubernetes", "5");
	assert_asks("SELECT entry_id FROM search(?1)", "kuberentes", "5");
}

static void
test_a_missing_table_is_an_error(void **state)
{
	char *got;

	(void)state;
	assert_int_equal(sqlite3_exec(db, "DROP TABLE revisions", NULL, NULL,
	    NULL), SQLITE_OK);
	got = ask_n("SELECT entry_id FROM search(?1)", "docker", -1);
	assert_non_null(strstr(got, "no such table"));
	sqlite3_free(got);
}

static void
test_the_rank_refuses_other_callers(void **state)
{
	char *got;

	(void)state;
	got = ask_n("SELECT kb_rank(entry_fts, 1) FROM entry_fts(?1)",
	    "docker", -1);
	assert_non_null(strstr(got, "for search only"));
	sqlite3_free(got);
}

#define FACT(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FACT(test_finds_by_any_spelling),
		FACT(test_says_why),
		FACT(test_no_text_is_an_error),
		FACT(test_nul_and_noise_are_text),
		FACT(test_filters_count_before_the_limit),
		FACT(test_limit_and_order),
		FACT(test_one_word_of_many_is_no_answer),
		FACT(test_the_limit_is_no_judge),
		FACT(test_one_word_or_a_typo_is_not_sure),
		FACT(test_a_query_is_needed),
		FACT(test_joins_find_their_order),
		FACT(test_answer_has_every_field),
		FACT(test_a_changed_base_is_seen),
		FACT(test_a_missing_table_is_an_error),
		FACT(test_the_rank_refuses_other_callers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
