/*
 * test_query.c - facts about kb/query: what groups a text becomes.
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
#include "common/mem.h"
#include "common/str.h"
#include "kb/fts_tokenizer.h"
#include "kb/glossary.h"
#include "kb/query.h"
#include "kb/query_text.h"
#include "kb/vocab.h"

#include <sqlite3.h>
#include <stdlib.h>

static sqlite3 *db;
static struct vocab *vocab;
static struct query_tools tools;	/* without a glossary */
static struct arena arena;

static const char schema[] =
	"CREATE TABLE revisions(revision);"
	"INSERT INTO revisions VALUES(1);"
	"CREATE TABLE entry_text(id INTEGER PRIMARY KEY, body);"
	"CREATE VIRTUAL TABLE entry_fts USING fts5(body, content='entry_text',"
	" content_rowid='id', tokenize='ops');"
	"CREATE VIRTUAL TABLE entry_vocab USING fts5vocab(entry_fts, 'row');"
	"INSERT INTO entry_text(body) VALUES"
	" ('CPU 100% 占用 服务器 docker-compose logs --no-cache'),"
	" ('数据库表结构不一致 Unknown column resumes.original_filename'),"
	" ('file type of docker containers, C++ and libgl1-mesa-glx 384M'),"
	" ('mysqldump mysql kubelet certificate expired 镜像 盘古 证书'),"
	" ('No space left on device (Errno 28) exited throttling');"
	"INSERT INTO entry_fts(entry_fts) VALUES('rebuild');";

static int
set_up(void **state)
{
	struct err e = ERR_INIT;
	char *msg = NULL;

	(void)state;
	assert_int_equal(sqlite3_open(":memory:", &db), SQLITE_OK);
	assert_true(fts_tokenizer_register(db, &e));
	(void)sqlite3_exec(db, schema, NULL, NULL, &msg);
	assert_null(msg);
	vocab = vocab_new(db);
	vocab_refresh(vocab, NULL);
	tools.vocab = vocab;
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	vocab_destroy(vocab);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
	arena_free(&arena);
	return 0;
}

/* "cpu; 100%|100; +cpu 100": groups in order, forms after "|", "+" bonus. */
static void
describe(const struct query *q, struct buf *b)
{
	unsigned i, k;

	for (i = 0; i < q->ngroups; i++) {
		const struct query_group *g = &q->groups[i];

		buf_printf(b, "%s%s", i > 0 ? "; " : "", g->bonus ? "+" : "");
		if (g->nforms == 0)
			buf_printf(b, "?%.*s", SLICE_ARG(g->words));
		for (k = 0; k < g->nforms; k++)
			buf_printf(b, "%s%.*s%s", k > 0 ? "|" : "",
			    SLICE_ARG(g->forms[k].phrase),
			    g->forms[k].prefix ? "*" : "");
	}
}

static void
assert_groups(const char *text, const char *want)
{
	struct query *q = arena_alloc(&arena, sizeof(*q));
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;

	query_parse(slice_of(text), &tools, &arena, q);
	assert_true(vocab_ok(vocab, &e));
	describe(q, &b);
	assert_string_equal(buf_cstr(&b), want);
	buf_free(&b);
}

static void
test_words_are_groups_with_forms(void **state)
{
	(void)state;
	assert_groups("CPU 100%", "cpu; 100%|100; +cpu 100");
	assert_groups("ＣＰＵ　１００％", "cpu; 100%|100; +cpu 100");
	assert_groups("container", "container|container*");
	assert_groups("C++", "c++|c");
	assert_groups("384m", "384m|384");
	assert_groups("--no-cache", "--no-cache|nocache|no cache; +no; +cache");
}

static void
test_identifiers_meet_their_spellings(void **state)
{
	(void)state;
	assert_groups("docker-compose", "dockercompose|docker compose;"
	    " +docker; +compose");
	/* not known whole: the parts carry the query */
	assert_groups("file_type", "+file type; file; type");
	assert_groups("filetype", "file type");
	assert_groups("libgl2", "libgl");
}

static void
test_typos_are_repaired(void **state)
{
	(void)state;
	assert_groups("docekr", "docker");
	assert_groups("kubelet certifcate exipred", "kubelet; certificate;"
	    " expired");
	assert_groups("mysqldmup", "mysqldump");
	assert_groups("exits", "exited");
	/* too short, or nothing is near */
	assert_groups("dcker", "docker");
	assert_groups("dkr", "?dkr");
	assert_groups("zzzzzzzz", "?zzzzzzzz");
}

/* Of any group, with the shipped glossary. */
static bool
has_form(const char *text, const char *phrase)
{
	struct query_tools all = tools;
	struct query *q = arena_alloc(&arena, sizeof(*q));
	unsigned i, k;

	all.glossaries[0] = glossary_shipped();
	query_parse(slice_of(text), &all, &arena, q);
	for (i = 0; i < q->ngroups; i++)
		for (k = 0; k < q->groups[i].nforms; k++)
			if (slice_is(q->groups[i].forms[k].phrase, phrase))
				return true;
	return false;
}

static void
test_a_typo_has_the_other_names_of_what_was_meant(void **state)
{
	(void)state;
	assert_true(has_form("certificate", "证书"));
	assert_true(has_form("certifcate", "certificate"));
	assert_true(has_form("certifcate", "证书"));
	/* of another word there are none */
	assert_false(has_form("kubelt", "证书"));
	/* nor of names in pasted lines */
	assert_false(has_form("ERROR: certifcate", "证书"));
}

static void
test_chinese_is_pairs(void **state)
{
	(void)state;
	assert_groups("数据库", "数据; 据库; +数据 据库");
	assert_groups("数据盘", "数据; 盘*");
	assert_groups("資料庫表結構", "?资; ?料; 库表; 表结; 结构");
}

static void
test_noise_is_left_out(void **state)
{
	(void)state;
	assert_groups("数据库怎么办", "数据; 据库; +数据 据库");
	assert_groups("how do I see the docker?", "?see; docker");
	assert_groups("怎么 docker 呢", "docker");
	assert_groups("怎么", "?怎; ?么");
	assert_groups("the", "?the");
	assert_groups("no space left on device",
	    "no; space; +no space; left; +space left; device;"
	    " +left on device");
	/* words on both sides of noise stand there by chance */
	assert_groups("docker 数据", "docker; 数据; +docker 数据");
	assert_groups("docker 了数据", "docker; 数据");
	assert_groups("数据了 docker", "数据; docker|docker*");
}

static void
test_nothing_is_nothing(void **state)
{
	(void)state;
	assert_groups("", "");
	assert_groups(" \n\t", "");
	assert_groups("*", "");
	assert_groups("(", "");
	assert_groups("\"", "");
}

static bool
match_runs(const char *match, size_t len, int *rows)
{
	sqlite3_stmt *q;
	int rc;

	assert_int_equal(sqlite3_prepare_v2(db, "SELECT count(*) FROM entry_fts"
	    " WHERE entry_fts MATCH ?1", -1, &q, NULL), SQLITE_OK);
	sqlite3_bind_text(q, 1, match, (int)len, SQLITE_STATIC);
	rc = sqlite3_step(q);
	*rows = sqlite3_column_int(q, 0);
	sqlite3_finalize(q);
	return rc == SQLITE_ROW;
}

static void
test_match_strings_are_ours(void **state)
{
	static const char *const texts[] = { "AND OR NOT docker", "col:val cpu",
		"\"unbalanced docker", "a*b docker", "NEAR(docker cpu)",
		"{x} : docker", "^docker", "- docker", "docker\" OR \"cpu" };
	struct query *q = arena_alloc(&arena, sizeof(*q));
	struct query_match m;
	size_t i;
	int rows;

	(void)state;
	for (i = 0; i < ARRAY_LEN(texts); i++) {
		query_parse(slice_of(texts[i]), &tools, &arena, q);
		query_to_match(q, i % 2, &arena, &m);
		assert_true(m.text.len > 0);
		assert_true(match_runs(m.text.ptr, m.text.len, &rows));
		assert_true(rows > 0);
	}
	query_parse(SLICE("怎么"), &tools, &arena, q);
	query_to_match(q, true, &arena, &m);
	assert_int_equal(m.text.len, 0);
}

/* Rare groups drive; the common ones only count. */
static void
test_rare_words_drive(void **state)
{
	struct query *q = arena_zalloc(&arena, sizeof(*q));
	struct query_match m;
	unsigned i;

	(void)state;
	q->ngroups = 3;
	for (i = 0; i < 3; i++) {
		q->groups[i].weight = 1;
		q->groups[i].idf = i == 0 ? 4 : 1;
		query_add_form(&q->groups[i], slice_of(i == 0 ? "kubelet" :
		    i == 1 ? "docker" : "cpu"), false, QUERY_EXACT, 1, 1);
	}
	query_to_match(q, false, &arena, &m);
	assert_true(slice_is(m.text, "(\"kubelet\") AND"
	    " (\"kubelet\" OR \"docker\" OR \"cpu\")"));
	assert_int_equal(m.nphrases, 4);
	assert_true(m.phrases[0].driver && !m.phrases[1].driver);
	assert_int_equal(m.phrases[3].group, 2);
	query_to_match(q, true, &arena, &m);
	assert_true(slice_is(m.text, "(\"kubelet\" OR \"docker\") AND"
	    " (\"kubelet\" OR \"docker\" OR \"cpu\")"));
	q->groups[0].idf = 1;
	query_to_match(q, true, &arena, &m);
	assert_true(slice_is(m.text,
	    "\"kubelet\" OR \"docker\" OR \"cpu\""));
}

static void
test_forms_are_kept_once(void **state)
{
	struct query_group g = { .nforms = 0 };
	char word[2] = "a";
	int i;

	(void)state;
	query_add_form(&g, SLICE("x"), false, QUERY_EXACT, 1, 3);
	query_add_form(&g, SLICE("x"), false, QUERY_STEM, .5, 9);
	query_add_form(&g, SLICE("none"), false, QUERY_STEM, .5, 0);
	query_add_form(&g, SLICE(""), false, QUERY_STEM, .5, 1);
	assert_int_equal(g.nforms, 1);
	assert_int_equal(g.count, 3);
	for (i = 0; i < 20; i++, word[0]++)
		query_add_form(&g, arena_dup(&arena, slice_of(word)), true,
		    QUERY_PREFIX, .5, 1);
	assert_int_equal(g.nforms, QUERY_FORMS_MAX);
}

static void
test_of_a_log_the_errors_are_used(void **state)
{
	struct query_text t;
	struct buf b = BUF_INIT;
	int i;

	(void)state;
	for (i = 0; i < 3000; i++)
		buf_printf(&b, "2025-08-03 10:00:%02d INFO request %d served\n",
		    i % 60, i);
	buf_puts(&b, "2025-08-03 10:01:00 ERROR (1054, \"Unknown column"
	    " 'a.b' in 'field list'\")\r\n");
	for (i = 0; i < 100; i++)
		buf_puts(&b, "  at handler\n");
	query_text_clean(buf_slice(&b), &arena, &t);
	assert_true(t.is_log && t.is_error);
	assert_true(t.text.len < QUERY_TEXT_MAX);
	assert_non_null(strstr(arena_cstr(&arena, t.text), "Unknown column"));
	assert_null(strstr(arena_cstr(&arena, t.text), "INFO"));
	buf_free(&b);
}

static void
test_changing_parts_are_marked(void **state)
{
	struct query_text t;
	struct slice s = SLICE("error: 'orders.code' at 10.0.3.7:22 in"
	    " /etc/app/app.yml of http://x.y/z \"Unknown column 'a' in\"");
	size_t i;
	static const char *const want[] = { "'orders.code'", "10.0.3.7:22",
		"/etc/app/app.yml", "http://x.y/z", "'a'" };

	(void)state;
	query_text_clean(s, &arena, &t);
	assert_true(t.is_error && !t.is_log);
	assert_int_equal(t.nspans, ARRAY_LEN(want));
	for (i = 0; i < t.nspans; i++)
		assert_true(slice_is(slice_sub(t.text, t.spans[i].start,
		    t.spans[i].end), want[i]));
	assert_ptr_equal(query_text_span(&t, t.spans[1].start), &t.spans[1]);
	assert_null(query_text_span(&t, 0));
	query_text_clean(SLICE("2025-08-03 10:00:00,123 [12] ERROR boom"),
	    &arena, &t);
	assert_int_equal(t.nspans, 1);
	assert_int_equal(t.spans[0].kind, SPAN_PREFIX);
	query_text_clean(SLICE("what is 'docker'"), &arena, &t);
	assert_int_equal(t.nspans, 0);
}

static void
test_long_texts_are_cut(void **state)
{
	struct query *q = arena_alloc(&arena, sizeof(*q));
	struct query_match m;
	struct query_text t;
	size_t i, n = 64 * 1024;
	char *p = mem_alloc(n);
	int rows;

	(void)state;
	for (i = 0; i + 8 <= n; i += 8)
		memcpy(p + i, "数据 b", 8);
	query_text_clean(slice_make(p, i), &arena, &t);
	assert_true(t.text.len <= QUERY_TEXT_MAX);
	assert_int_equal(utf8_check(t.text), t.text.len);
	for (i = 0; i < n; i++)
		p[i] = (char)("abcdefgh \n.-_'\"/0159"[rand() % 20]);
	query_parse(slice_make(p, n), &tools, &arena, q);
	assert_true(q->ngroups <= QUERY_GROUPS_MAX);
	query_to_match(q, true, &arena, &m);
	assert_true(m.text.len == 0 || match_runs(m.text.ptr, m.text.len,
	    &rows));
	free(p);
}

static void
test_distances(void **state)
{
	static const struct {
		const char *a, *b;
		unsigned max, want;
	} rows[] = {
		{ "docekr", "docker", 1, 1 }, { "kubctl", "kubectl", 1, 1 },
		{ "mysqldmup", "mysqldump", 2, 1 }, { "abc", "abc", 1, 0 },
		{ "abcd", "dcba", 2, 3 }, { "a", "abcd", 2, 3 },
		{ "kitten", "sitting", 3, 3 }, { "", "ab", 2, 2 },
		{ "ca", "abc", 3, 3 }, { "exceded", "exceeded", 1, 1 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(rows); i++) {
		assert_int_equal(vocab_distance(slice_of(rows[i].a),
		    slice_of(rows[i].b), rows[i].max), rows[i].want);
		assert_int_equal(vocab_distance(slice_of(rows[i].b),
		    slice_of(rows[i].a), rows[i].max), rows[i].want);
	}
}

static void
test_near_words_come_nearest_first(void **state)
{
	struct vocab_near near[VOCAB_NEAR_MAX];

	(void)state;
	assert_int_equal(vocab_near(vocab, SLICE("mysqldumps"), near), 1);
	assert_true(slice_is(near[0].word, "mysqldump"));
	assert_int_equal(near[0].count, 1);
	assert_int_equal(vocab_near(vocab, SLICE("abc"), near), 0);
	assert_int_equal(vocab_near(vocab, SLICE("x12345"), near), 0);
	assert_int_equal(vocab_near(vocab, SLICE("pocker"), near), 0);
}

static void
test_counts_follow_the_base(void **state)
{
	(void)state;
	assert_int_equal(vocab_entries(vocab), 5);
	assert_int_equal(vocab_count(vocab, SLICE("docker")), 2);
	assert_int_equal(vocab_count(vocab, SLICE("docker")), 2);
	assert_int_equal(vocab_count_prefix(vocab, SLICE("mysql")), 2);
	assert_int_equal(vocab_count(vocab, SLICE("")), 0);
	assert_int_equal(sqlite3_exec(db, "INSERT INTO entry_text(body)"
	    " VALUES('docker'); INSERT INTO entry_fts(entry_fts)"
	    " VALUES('rebuild')", NULL, NULL, NULL), SQLITE_OK);
	assert_int_equal(vocab_count(vocab, SLICE("docker")), 2);
	assert_int_equal(sqlite3_exec(db, "INSERT INTO revisions VALUES(2)",
	    NULL, NULL, NULL), SQLITE_OK);
	vocab_refresh(vocab, NULL);
	assert_int_equal(vocab_count(vocab, SLICE("docker")), 3);
	assert_int_equal(vocab_entries(vocab), 6);
}

static void
test_a_failure_is_sticky(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(sqlite3_exec(db, "DROP TABLE entry_vocab", NULL, NULL,
	    NULL), SQLITE_OK);
	assert_int_equal(vocab_count(vocab, SLICE("docker")), 0);
	assert_false(vocab_ok(vocab, &e));
	assert_int_equal(e.code, ERR_STORAGE);
	assert_int_equal(vocab_count_prefix(vocab, SLICE("docker")), 0);
	assert_false(vocab_ok(vocab, NULL));
}

#define FACT(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FACT(test_words_are_groups_with_forms),
		FACT(test_identifiers_meet_their_spellings),
		FACT(test_typos_are_repaired),
		FACT(test_a_typo_has_the_other_names_of_what_was_meant),
		FACT(test_chinese_is_pairs),
		FACT(test_noise_is_left_out),
		FACT(test_nothing_is_nothing),
		FACT(test_match_strings_are_ours),
		FACT(test_rare_words_drive),
		FACT(test_forms_are_kept_once),
		FACT(test_of_a_log_the_errors_are_used),
		FACT(test_changing_parts_are_marked),
		FACT(test_long_texts_are_cut),
		FACT(test_distances),
		FACT(test_near_words_come_nearest_first),
		FACT(test_counts_follow_the_base),
		FACT(test_a_failure_is_sticky),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
