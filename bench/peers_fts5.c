/*
 * peers_fts5.c - stock FTS5 with the tokenizers it has; see peers.h.
 *
 * Texts are cut into bigrams by us before unicode61 sees them; the other two
 * tokenizers see the text as it is.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "bench/peers.h"
#include "bench/ranking.h"
#include "bench/words.h"
#include "common/buf.h"

#include <sqlite3.h>

#define WORDS_MAX 400 /* of one query; FTS5 nests no deeper */

struct peer {
	const char *file, *name, *table, *tokenizer;
	enum cut cut;
};

static const struct peer peers[] = {
	{ "10-fts5-unicode61", "FTS5 unicode61", "words", "unicode61",
	    CUT_RUNS },
	{ "12-fts5-trigram", "FTS5 trigram", "grams", "trigram", CUT_TRIGRAMS },
	{ "14-fts5-bigrams", "FTS5 bigrams", "pairs", "unicode61",
	    CUT_BIGRAMS },
};

struct fts5 {
	struct race *race;
	sqlite3 *db; /* owned; plain SQLite, where the peers live */
	enum cut cut; /* of the peer that is asked */
};

/* kb_cut(text): what the peer indexes; only bigrams change it. */
static void
cut_function(sqlite3_context *ctx, int n, sqlite3_value **v)
{
	struct fts5 *f = sqlite3_user_data(ctx);
	struct slice s = slice_make(
	    sqlite3_value_text(v[0]), (size_t)sqlite3_value_bytes(v[0]));
	struct buf b = BUF_INIT;

	(void)n;
	if (f->cut != CUT_BIGRAMS) {
		sqlite3_result_value(ctx, v[0]);
		return;
	}
	words_join(s, CUT_BIGRAMS, &b);
	sqlite3_result_text(ctx, buf_cstr(&b), (int)b.len, SQLITE_TRANSIENT);
	buf_free(&b);
}

struct match {
	struct buf text;
	enum cut cut;
	unsigned n;
};

static void
put_or(struct slice word, void *arg)
{
	struct match *m = arg;

	if (m->n++ < WORDS_MAX)
		buf_printf(&m->text, "%s\"%.*s\"",
		    m->text.len > 0 ? " OR " : "", SLICE_ARG(word));
}

/* A synonym is a phrase: its words, which have no quote in them. */
static void
put_phrase(struct slice form, unsigned term, void *arg)
{
	struct match *m = arg;
	struct buf b = BUF_INIT;

	(void)term;
	words_join(form, m->cut == CUT_BIGRAMS ? CUT_BIGRAMS : CUT_RUNS, &b);
	if (b.len > 0)
		put_or(buf_slice(&b), m);
	buf_free(&b);
}

static bool
sql_error(struct fts5 *f, struct err *e)
{
	return err_set(e, ERR_STORAGE, "%s", sqlite3_errmsg(f->db));
}

static size_t
ask_once(struct fts5 *f, sqlite3_stmt *q, struct slice text, bool glossary,
    int64_t *out)
{
	struct match m = { .text = BUF_INIT, .cut = f->cut };
	size_t n = 0;

	words_cut(text, f->cut, put_or, &m);
	if (glossary)
		words_synonyms(text, put_phrase, &m);
	if (m.n > 0) {
		sqlite3_bind_text(
		    q, 1, m.text.data, (int)m.text.len, SQLITE_STATIC);
		while (n < JUDGED_DEPTH && sqlite3_step(q) == SQLITE_ROW)
			out[n++] = sqlite3_column_int64(q, 0);
	}
	return n;
}

static bool
ask(struct fts5 *f, sqlite3_stmt *q, const struct judged_query *judged,
    bool glossary, FILE *out, struct err *e)
{
	int64_t sections[JUDGED_DEPTH];
	double best = 1e9;
	size_t n = 0;
	int round;

	for (round = 0; round < PEERS_ROUNDS; round++) {
		double start = peers_cpu_ms(), ms;

		n = ask_once(f, q, judged->text, glossary, sections);
		if (sqlite3_reset(q) != SQLITE_OK)
			return sql_error(f, e);
		ms = peers_cpu_ms() - start;
		best = ms < best ? ms : best;
	}
	ranking_put(out, judged, best, sections, n);
	return true;
}

static bool
prepare(struct fts5 *f, sqlite3_stmt **q, struct err *e, const char *sql,
    const char *table)
{
	char *text = sqlite3_mprintf(sql, table, table, table);
	bool ok = sqlite3_prepare_v2(f->db, text, -1, q, NULL) == SQLITE_OK ||
	    sql_error(f, e);

	sqlite3_free(text);
	return ok;
}

static double
index_bytes(struct fts5 *f, const struct peer *p)
{
	sqlite3_stmt *q = NULL;
	struct err e = ERR_INIT;
	double v = 0;

	if (prepare(f, &q, &e, "SELECT sum(length(block)) FROM peer.%s_data",
		p->table) &&
	    sqlite3_step(q) == SQLITE_ROW)
		v = sqlite3_column_double(q, 0);
	sqlite3_finalize(q);
	return v;
}

static bool
fill(struct fts5 *f, const struct peer *p, struct err *e)
{
	char *sql = sqlite3_mprintf(
	    "CREATE VIRTUAL TABLE peer.%s USING"
	    " fts5(title, text, tokenize='%s'); INSERT INTO"
	    " peer.%s(rowid, title, text) SELECT id, kb_cut(title),"
	    " kb_cut(path || ' ' || body) FROM entry_text",
	    p->table, p->tokenizer, p->table);
	bool ok;

	f->cut = p->cut;
	ok = sqlite3_exec(f->db, sql, NULL, NULL, NULL) == SQLITE_OK ||
	    sql_error(f, e);
	sqlite3_free(sql);
	return ok;
}

static bool
run(struct fts5 *f, const struct peer *p, bool glossary, struct err *e)
{
	char file[64], name[64];
	sqlite3_stmt *q = NULL;
	FILE *out;
	bool ok;
	size_t i;

	snprintf(
	    file, sizeof(file), "%s%s", p->file, glossary ? "-glossary" : "");
	snprintf(
	    name, sizeof(name), "%s%s", p->name, glossary ? ", glossary" : "");
	out = ranking_create(f->race->folder, file, name, e);
	ok = out != NULL &&
	    prepare(f, &q, e,
		"SELECT rowid FROM peer.%s WHERE"
		" %s MATCH ?1 ORDER BY bm25(%s, 10, 1) LIMIT 10",
		p->table);
	for (i = 0; ok && i < f->race->set.n; i++)
		ok = ask(f, q, &f->race->set.queries[i], glossary, out, e);
	sqlite3_finalize(q);
	if (!ok && out != NULL)
		fclose(out);
	return ok && ranking_close(out, index_bytes(f, p), e);
}

bool
peers_fts5(struct race *r, struct err *e)
{
	struct fts5 f = { .race = r };
	bool ok;
	size_t i;

	ok = (sqlite3_open(r->base.path, &f.db) == SQLITE_OK &&
		 sqlite3_exec(f.db, "ATTACH ':memory:' AS peer", NULL, NULL,
		     NULL) == SQLITE_OK &&
		 sqlite3_create_function(f.db, "kb_cut", 1, SQLITE_UTF8, &f,
		     cut_function, NULL, NULL) == SQLITE_OK) ||
	    sql_error(&f, e);
	for (i = 0; ok && i < ARRAY_LEN(peers); i++)
		ok = fill(&f, &peers[i], e) && run(&f, &peers[i], false, e) &&
		    run(&f, &peers[i], true, e);
	sqlite3_close(f.db);
	return ok;
}
