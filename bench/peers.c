/*
 * peers.c - our search beside stock FTS5, on the same sections and queries.
 *
 * usage: peers CORPUS QUERIES.tsv
 *
 * Each peer is an FTS5 table with the columns title and text, filled with
 * what our index holds of every entry, asked with an OR of the query's tokens
 * and ranked by bm25() with our weights of a title and a body. The tokens are
 * those that the peer's tokenizer makes of the query:
 *
 *   unicode61   runs of letters and digits
 *   trigram     every three characters of such a run
 *   bigrams     every two characters of a Chinese run, other runs whole;
 *               texts are cut the same way before unicode61 sees them
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "bench/base.h"
#include "bench/judged.h"
#include "common/arena.h"
#include "common/buf.h"
#include "common/mem.h"
#include "common/str.h"
#include "kb/fold.h"
#include "kb/lexer.h"
#include "kb/search.h"
#include "kb/store.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <utf8proc.h>

#define TOKENS_MAX 400		/* of one query */

enum cut { CUT_RUNS, CUT_TRIGRAMS, CUT_BIGRAMS };

struct peer {
	const char *name;
	const char *create, *fill, *find;
	enum cut cut;
};

#define FILL(table) "INSERT INTO peer." table "(rowid, title, text)" \
	" SELECT id, kb_cut(title), kb_cut(path || ' ' || body)" \
	" FROM entry_text"
#define FIND(table) "SELECT rowid FROM peer." table " WHERE " table \
	" MATCH ?1 ORDER BY bm25(" table ", 10, 1) LIMIT 10"

static const struct peer peers[] = {
	{ "FTS5 unicode61", "CREATE VIRTUAL TABLE peer.words USING"
	    " fts5(title, text, tokenize='unicode61')", FILL("words"),
	    FIND("words"), CUT_RUNS },
	{ "FTS5 trigram", "CREATE VIRTUAL TABLE peer.grams USING"
	    " fts5(title, text, tokenize='trigram')", FILL("grams"),
	    FIND("grams"), CUT_TRIGRAMS },
	{ "FTS5 bigrams", "CREATE VIRTUAL TABLE peer.pairs USING"
	    " fts5(title, text, tokenize='unicode61')", FILL("pairs"),
	    FIND("pairs"), CUT_BIGRAMS },
};

struct race {
	struct base base;
	struct judged_set set;
	sqlite3 *db;		/* owned; plain SQLite, where the peers live */
	sqlite3_stmt *where;
	enum cut cut;		/* of the peer that is being filled */
};

static double
cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static bool
is_word(int32_t cp)
{
	utf8proc_category_t c = cp < 0 ? UTF8PROC_CATEGORY_CC :
	    utf8proc_category(cp);

	return (c >= UTF8PROC_CATEGORY_LU && c <= UTF8PROC_CATEGORY_LO) ||
	    (c >= UTF8PROC_CATEGORY_ND && c <= UTF8PROC_CATEGORY_NO);
}

typedef void token_fn(struct slice token, void *arg);

/* Tokens of a run of characters; at[i] is where character i begins. */
static void
cut_run(struct slice s, const size_t *at, size_t n, enum cut how,
    token_fn *fn, void *arg)
{
	size_t i, width = how == CUT_TRIGRAMS ? 3 : 2, next;
	bool cjk = lexer_is_cjk(utf8_decode(s, at[0], &next));

	if (how == CUT_RUNS || (how == CUT_BIGRAMS && (!cjk || n == 1))) {
		fn(slice_sub(s, at[0], at[n]), arg);
		return;
	}
	for (i = 0; i + width <= n; i++)
		fn(slice_sub(s, at[i], at[i + width]), arg);
}

static void
cut_text(struct slice s, enum cut how, token_fn *fn, void *arg)
{
	size_t *ends = mem_calloc(s.len + 2, sizeof(*ends)), n = 0, at = 0;
	bool cjk = false;

	while (at < s.len) {
		size_t next;
		int32_t cp = utf8_decode(s, at, &next);
		bool split = how == CUT_BIGRAMS && n > 0 &&
		    lexer_is_cjk(cp) != cjk;

		if (n > 0 && (!is_word(cp) || split)) {
			cut_run(s, ends, n, how, fn, arg);
			n = 0;
		}
		if (is_word(cp)) {
			cjk = lexer_is_cjk(cp);
			ends[n++] = at;
			ends[n] = next;
		}
		at = next;
	}
	if (n > 0)
		cut_run(s, ends, n, how, fn, arg);
	free(ends);
}

static void
put_spaced(struct slice token, void *arg)
{
	buf_put_slice(arg, token);
	buf_putc(arg, ' ');
}

/* kb_cut(text): what the peer indexes; only bigrams change it. */
static void
cut_function(sqlite3_context *ctx, int n, sqlite3_value **v)
{
	struct race *r = sqlite3_user_data(ctx);
	struct slice s = slice_make(sqlite3_value_text(v[0]),
	    (size_t)sqlite3_value_bytes(v[0]));
	struct buf b = BUF_INIT;

	(void)n;
	if (r->cut != CUT_BIGRAMS) {
		sqlite3_result_value(ctx, v[0]);
		return;
	}
	cut_text(s, CUT_BIGRAMS, put_spaced, &b);
	sqlite3_result_text(ctx, b.data != NULL ? b.data : "", (int)b.len,
	    SQLITE_TRANSIENT);
	buf_free(&b);
}

struct match {
	struct buf text;
	unsigned n;
};

static void
put_or(struct slice token, void *arg)
{
	struct match *m = arg;

	if (m->n++ < TOKENS_MAX)
		buf_printf(&m->text, "%s\"%.*s\"", m->text.len > 0 ? " OR " :
		    "", SLICE_ARG(token));
}

static bool
sql_error(struct race *r, struct err *e)
{
	return err_set(e, ERR_STORAGE, "%s", sqlite3_errmsg(r->db));
}

/* Where entry `id` is. */
static void
locate(struct race *r, int64_t id, struct arena *a, struct ranked *out)
{
	sqlite3_bind_int64(r->where, 1, id);
	if (sqlite3_step(r->where) == SQLITE_ROW) {
		out->path = arena_dup(a, slice_make(
		    sqlite3_column_text(r->where, 0),
		    (size_t)sqlite3_column_bytes(r->where, 0)));
		out->line = sqlite3_column_int(r->where, 1);
	}
	sqlite3_reset(r->where);
}

static size_t
ask_peer(struct race *r, const struct peer *p, sqlite3_stmt *q,
    struct slice text, struct arena *a, struct ranked *out)
{
	struct match m = { .text = BUF_INIT };
	size_t n = 0;

	cut_text(text, p->cut, put_or, &m);
	if (m.n > 0) {
		sqlite3_bind_text(q, 1, m.text.data, (int)m.text.len,
		    SQLITE_STATIC);
		while (n < JUDGED_DEPTH && sqlite3_step(q) == SQLITE_ROW)
			locate(r, sqlite3_column_int64(q, 0), a, &out[n++]);
		sqlite3_reset(q);
	}
	buf_free(&m.text);
	return n;
}

static int
by_value(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void
print_row(const char *name, const struct judged_table *t, double *ms,
    size_t n)
{
	double all[NMETRICS];

	judged_table_all(t, all);
	qsort(ms, n, sizeof(*ms), by_value);
	printf("%-16s %.3f  %.3f  %.3f  %.3f  %.3f  %6.2f  %6.2f\n", name,
	    all[S_AT_1], all[S_AT_3], all[MRR], all[NDCG], all[R_AT_10],
	    ms[n / 2], ms[n * 95 / 100]);
}

static bool
run_peer(struct race *r, const struct peer *p, struct err *e)
{
	struct judged_table *t = judged_table_new();
	double *ms = mem_calloc(r->set.n + 1, sizeof(*ms));
	struct arena a = ARENA_INIT;
	sqlite3_stmt *q = NULL;
	bool ok;
	size_t i;

	r->cut = p->cut;
	ok = (sqlite3_exec(r->db, p->create, NULL, NULL, NULL) == SQLITE_OK &&
	    sqlite3_exec(r->db, p->fill, NULL, NULL, NULL) == SQLITE_OK &&
	    sqlite3_prepare_v2(r->db, p->find, -1, &q, NULL) == SQLITE_OK) ||
	    sql_error(r, e);
	for (i = 0; ok && i < r->set.n; i++) {
		struct ranked ranked[JUDGED_DEPTH] = { { .line = 0 } };
		double start = cpu_ms();
		size_t n = ask_peer(r, p, q, r->set.queries[i].text, &a,
		    ranked);

		ms[i] = cpu_ms() - start;
		judged_table_add(t, &r->set.queries[i], ranked, n);
		arena_reset(&a);
	}
	if (ok)
		print_row(p->name, t, ms, r->set.n);
	sqlite3_finalize(q);
	arena_free(&a);
	judged_table_free(t);
	free(ms);
	return ok;
}

static bool
run_ours(struct race *r, struct err *e)
{
	struct searcher *s = searcher_new(store_db(r->base.store), NULL);
	struct judged_table *t = judged_table_new();
	double *ms = mem_calloc(r->set.n + 1, sizeof(*ms));
	struct arena a = ARENA_INIT;
	bool ok = true;
	size_t i, k;

	for (i = 0; ok && i < r->set.n; i++) {
		struct search_request req = { .limit = JUDGED_DEPTH,
			.text = r->set.queries[i].text };
		struct ranked ranked[JUDGED_DEPTH] = { { .line = 0 } };
		struct answer_list list;
		double start = cpu_ms();

		ok = search_run(s, &req, &a, &list, e);
		for (k = 0; ok && k < list.n; k++)
			locate(r, list.answers[k].entry, &a, &ranked[k]);
		ms[i] = cpu_ms() - start;
		if (ok)
			judged_table_add(t, &r->set.queries[i], ranked,
			    list.n);
		arena_reset(&a);
	}
	if (ok)
		print_row("kbd", t, ms, r->set.n);
	searcher_destroy(s);
	judged_table_free(t);
	arena_free(&a);
	free(ms);
	return ok;
}

static bool
run_race(struct race *r, struct err *e)
{
	size_t i;

	if (sqlite3_open(r->base.path, &r->db) != SQLITE_OK ||
	    sqlite3_exec(r->db, "ATTACH ':memory:' AS peer", NULL, NULL,
	    NULL) != SQLITE_OK || sqlite3_create_function(r->db, "kb_cut", 1,
	    SQLITE_UTF8, r, cut_function, NULL, NULL) != SQLITE_OK ||
	    sqlite3_prepare_v2(r->db, "SELECT d.source, e.line FROM entries e"
	    " JOIN documents d ON d.name = e.document WHERE e.id = ?1", -1,
	    &r->where, NULL) != SQLITE_OK)
		return sql_error(r, e);
	printf("%u sections of %u documents, %zu queries; title and text"
	    " weigh 10 and 1\n\n", r->base.entries, r->base.documents,
	    r->set.n);
	printf("%-16s S@1    S@3    MRR    nDCG   R@10   p50 ms  p95 ms\n",
	    "");
	for (i = 0; i < ARRAY_LEN(peers); i++)
		if (!run_peer(r, &peers[i], e))
			return false;
	return run_ours(r, e);
}

int
main(int argc, char **argv)
{
	struct race r = { .cut = CUT_RUNS };
	struct arena a = ARENA_INIT;
	struct err e = ERR_INIT;
	bool ok;

	if (argc != 3) {
		fprintf(stderr, "usage: peers CORPUS QUERIES.tsv\n");
		return 2;
	}
	ok = judged_load(argv[2], &a, &r.set, &e) &&
	    base_make(argv[1], &r.base, &e) && run_race(&r, &e);
	if (!ok)
		fprintf(stderr, "peers: %s\n", e.msg);
	sqlite3_finalize(r.where);
	sqlite3_close(r.db);
	base_remove(&r.base);
	arena_free(&a);
	return ok ? 0 : 1;
}
