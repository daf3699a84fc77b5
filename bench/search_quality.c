/*
 * search_quality.c - how good the answers are, on a judged query set.
 *
 * usage: search_quality CORPUS QUERIES.tsv [--results FILE] [--no-glossary]
 *
 * Imports every Markdown file of CORPUS into a base of its own and runs each
 * query through search_run(). Prints success@1, success@3, MRR@10, nDCG@10
 * and recall@10 by language and type, the engine's time and the size of the
 * index. --results writes the ranked answers, one JSON object a line;
 * --no-glossary shows what the glossary is worth.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "bench/base.h"
#include "bench/judged.h"
#include "common/arena.h"
#include "common/buf.h"
#include "common/jsonw.h"
#include "common/mem.h"
#include "kb/postings.h"
#include "kb/search.h"
#include "kb/store.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <time.h>

#define ROUNDS 4		/* times each query runs */

struct run {
	struct base base;
	struct postings *postings;	/* owned */
	struct searcher *searcher;
	sqlite3_stmt *where;	/* document's source and line of an entry */
	struct judged_set set;
	struct judged_table *table;
	double *first, *again;	/* ms per query: asked first, fastest later */
	FILE *results;		/* or NULL */
	bool no_glossary;
};

/* What this thread has computed so far: other programs do not count. */
static double
cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Where the answers are in the files that were imported. */
static void
locate(struct run *r, const struct answer_list *list, struct arena *a,
    struct ranked *out)
{
	size_t i;

	for (i = 0; i < list->n; i++) {
		sqlite3_bind_int64(r->where, 1, list->answers[i].entry);
		if (sqlite3_step(r->where) == SQLITE_ROW) {
			const void *p = sqlite3_column_text(r->where, 0);

			out[i].path = arena_dup(a, slice_make(p, (size_t)
			    sqlite3_column_bytes(r->where, 0)));
			out[i].line = sqlite3_column_int(r->where, 1);
		}
		sqlite3_reset(r->where);
	}
}

static void
write_result(FILE *out, struct slice id, const struct ranked *r, size_t n)
{
	struct buf b = BUF_INIT;
	struct jsonw j;
	size_t i;

	jsonw_init(&j, &b);
	jsonw_object(&j);
	jsonw_member_string(&j, "id", id);
	jsonw_key(&j, "ranked");
	jsonw_array(&j);
	for (i = 0; i < n; i++) {
		jsonw_array(&j);
		jsonw_string(&j, r[i].path);
		jsonw_int(&j, r[i].line);
		jsonw_array_end(&j);
	}
	jsonw_array_end(&j);
	jsonw_object_end(&j);
	fprintf(out, "%s\n", buf_cstr(&b));
	buf_free(&b);
}

static bool
run_query(struct run *r, size_t i, struct err *e)
{
	const struct judged_query *q = &r->set.queries[i];
	struct search_request req = { .text = q->text,
		.limit = JUDGED_DEPTH };
	struct ranked ranked[JUDGED_DEPTH] = { { .line = 0 } };
	struct arena a = ARENA_INIT;
	struct answer_list list;
	bool ok = true;
	int round;

	r->again[i] = 1e9;
	for (round = 0; ok && round < ROUNDS; round++) {
		double start = cpu_ms(), ms;

		arena_reset(&a);
		ok = search_run(r->searcher, &req, &a, &list, e);
		ms = cpu_ms() - start;
		if (round == 0)
			r->first[i] = ms;
		else if (ms < r->again[i])
			r->again[i] = ms;
	}
	if (ok) {
		locate(r, &list, &a, ranked);
		judged_table_add(r->table, q, ranked, list.n);
		if (r->results != NULL)
			write_result(r->results, q->id, ranked, list.n);
	}
	arena_free(&a);
	return ok;
}

static int
by_value(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void
print_times(const char *what, double *ms, size_t n)
{
	qsort(ms, n, sizeof(*ms), by_value);
	printf("engine time, %-12s p50 %5.2f ms, p95 %5.2f ms, p99 %5.2f ms,"
	    " max %5.2f ms\n", what, ms[n / 2], ms[n * 95 / 100],
	    ms[n * 99 / 100], ms[n - 1]);
}

static double
number(struct run *r, const char *sql)
{
	sqlite3_stmt *q = NULL;
	double v = 0;

	if (sqlite3_prepare_v2(store_db(r->base.store), sql, -1, &q, NULL) ==
	    SQLITE_OK && sqlite3_step(q) == SQLITE_ROW)
		v = sqlite3_column_double(q, 0);
	sqlite3_finalize(q);
	return v;
}

static void
print_sizes(struct run *r)
{
	double text = number(r, "SELECT sum(octet_length(markdown))"
	    " FROM entries");
	double index = number(r, "SELECT sum(octet_length(block))"
	    " FROM entry_fts_data");

	if (text == 0) {
		text = number(r, "SELECT sum(length(CAST(markdown AS BLOB)))"
		    " FROM entries");
		index = number(r, "SELECT sum(length(block))"
		    " FROM entry_fts_data");
	}
	printf("%u documents, %u entries in %.1f s; text %.2f MB,"
	    " index %.2f MB, in memory %.2f MB\n", r->base.documents,
	    r->base.entries, r->base.seconds, text / 1e6, index / 1e6,
	    (double)postings_memory(r->postings) / 1e6);
}

static bool
run_all(struct run *r, struct err *e)
{
	size_t i;

	if (sqlite3_prepare_v2(store_db(r->base.store), "SELECT d.source,"
	    " e.line FROM entries e JOIN documents d ON d.name = e.document"
	    " WHERE e.id = ?1", -1, &r->where, NULL) != SQLITE_OK)
		return err_set(e, ERR_STORAGE, "could not prepare: %s",
		    sqlite3_errmsg(store_db(r->base.store)));
	r->postings = postings_new();
	postings_fill(r->postings, store_db(r->base.store));
	r->searcher = searcher_new(store_db(r->base.store), r->postings);
	searcher_use_glossary(r->searcher, !r->no_glossary);
	r->table = judged_table_new();
	r->first = mem_calloc(r->set.n + 1, sizeof(*r->first));
	r->again = mem_calloc(r->set.n + 1, sizeof(*r->again));
	for (i = 0; i < r->set.n; i++)
		if (!run_query(r, i, e))
			return false;
	judged_table_print(r->table, stdout);
	print_times("asked first:", r->first, r->set.n);
	print_times("asked again:", r->again, r->set.n);
	print_sizes(r);
	return true;
}

static void
clean(struct run *r)
{
	if (r->results != NULL)
		fclose(r->results);
	searcher_destroy(r->searcher);
	postings_destroy(r->postings);
	sqlite3_finalize(r->where);
	judged_table_free(r->table);
	free(r->first);
	free(r->again);
	base_remove(&r->base);
}

static bool
read_options(int argc, char **argv, struct run *r)
{
	int i;

	for (i = 3; i < argc; i++) {
		if (strcmp(argv[i], "--no-glossary") == 0)
			r->no_glossary = true;
		else if (strcmp(argv[i], "--results") == 0 && i + 1 < argc &&
		    r->results == NULL &&
		    (r->results = fopen(argv[i + 1], "w")) != NULL)
			i++;
		else
			return false;
	}
	return argc >= 3;
}

int
main(int argc, char **argv)
{
	struct run r = { .results = NULL };
	struct arena a = ARENA_INIT;
	struct err e = ERR_INIT;
	bool ok;

	if (!read_options(argc, argv, &r)) {
		fprintf(stderr, "usage: search_quality CORPUS QUERIES.tsv"
		    " [--results FILE] [--no-glossary]\n");
		return 2;
	}
	ok = judged_load(argv[2], &a, &r.set, &e) &&
	    base_make(argv[1], &r.base, &e) && run_all(&r, &e);
	if (!ok)
		fprintf(stderr, "search_quality: %s\n", e.msg);
	clean(&r);
	arena_free(&a);
	return ok ? 0 : 1;
}
