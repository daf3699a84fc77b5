/*
 * fuzz_query.c - any bytes as a query: FTS5 must accept what we make of them.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "tests/fuzz/replay.h"

#include "common/arena.h"
#include "kb/fts_tokenizer.h"
#include "kb/glossary.h"
#include "kb/query.h"
#include "kb/vocab.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

const char *const fuzz_seeds[] = {
	"CPU 100% docker-compose logs --tail=50 backend 怎么办",
	"\"unbalanced AND OR NOT (col:val* NEAR ^ {a b}:c -x + 'y' \"\"",
	"2025-08-03 10:00:00 ERROR (1054, \"Unknown column 'a.b' in 'c'\")\n"
	"Traceback: File \"/srv/app.py\", line 3\nKeyError: 'x'\r\n10.0.0.1:22",
	"數據庫表結構不一致怎麼辦 的 了 数 file_type libGL.so.1 docekr C++ $?",
	NULL,
};

/* A base whose words the seeds know, so that every kind of form is made. */
static const char schema[] =
	"CREATE TABLE revisions(revision);"
	"CREATE TABLE entry_text(id INTEGER PRIMARY KEY, body);"
	"CREATE VIRTUAL TABLE entry_fts USING fts5(body, content='entry_text',"
	" content_rowid='id', tokenize='ops');"
	"CREATE VIRTUAL TABLE entry_vocab USING fts5vocab(entry_fts, 'row');"
	"INSERT INTO entry_text(body) VALUES"
	" ('CPU 100% docker-compose logs --tail=50 a AND OR NOT x* \"q\"'),"
	" ('数据库表结构不一致 Unknown column a.b in c KeyError 怎么办 的 了'),"
	" ('file type libGL.so.1 C++ $? e f g h i j k l m n o p q r s t');"
	"INSERT INTO entry_fts(entry_fts) VALUES('rebuild');";

static sqlite3 *db;
static sqlite3_stmt *find;
static struct vocab *vocab;

static void
open_base(void)
{
	struct err e = ERR_INIT;

	if (sqlite3_open(":memory:", &db) != SQLITE_OK ||
	    !fts_tokenizer_register(db, &e) ||
	    sqlite3_exec(db, schema, NULL, NULL, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(db, "SELECT count(*) FROM entry_fts WHERE"
	    " entry_fts MATCH ?1", -1, &find, NULL) != SQLITE_OK)
		abort();
	vocab = vocab_new(db);
}

static void
check(const struct query *q, bool wide, struct arena *a)
{
	struct query_match m;

	query_to_match(q, wide, a, &m);
	if (m.nphrases > QUERY_PHRASES_MAX)
		abort();
	if (m.text.len == 0)
		return;
	sqlite3_bind_text(find, 1, m.text.ptr, (int)m.text.len, SQLITE_STATIC);
	if (sqlite3_step(find) != SQLITE_ROW) {
		fprintf(stderr, "%s\n%.*s\n", sqlite3_errmsg(db),
		    SLICE_ARG(m.text));
		abort();
	}
	/* every form has been seen in the index, so something matches */
	if (sqlite3_column_int(find, 0) == 0 && wide && q->ngroups > 0) {
		unsigned i, exact = 0;

		for (i = 0; i < q->ngroups; i++)
			exact += !q->groups[i].bonus && q->groups[i].nforms > 0 &&
			    memchr(q->groups[i].forms[0].phrase.ptr, ' ',
			    q->groups[i].forms[0].phrase.len) == NULL;
		if (exact > 0)
			abort();
	}
	sqlite3_reset(find);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT;
	struct query *q = arena_alloc(&a, sizeof(*q));
	struct err e = ERR_INIT;

	if (db == NULL)
		open_base();
	vocab_refresh(vocab, NULL);
	query_parse(slice_make(data, size), &(struct query_tools){ vocab,
	    { glossary_shipped() } }, &a, q);
	if (!vocab_ok(vocab, &e) || q->ngroups > QUERY_GROUPS_MAX)
		abort();
	check(q, true, &a);
	check(q, false, &a);
	arena_free(&a);
	return 0;
}
