/*
 * peers.c - our search beside others, on the same sections and queries.
 *
 * usage: peers export CORPUS QUERIES.tsv FOLDER
 *        peers table QUERIES.tsv FOLDER
 *
 * `export` imports CORPUS, writes into FOLDER what the other programs need
 * and the rankings of kbd and FTS5; peers-postgres, peers-groonga and
 * peers-xapian add theirs; `table` judges them all. One JSON object a line:
 *
 *   sections.jsonl  id, title, text; title_pairs and text_pairs are the same
 *                   with Chinese cut into bigrams
 *   queries.jsonl   id, text, runs and pairs (its words), synonyms: the
 *                   term's number, text and pairs of each other form that
 *                   the glossary has
 *   places.tsv      section, path, line
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "bench/peers.h"
#include "bench/ranking.h"
#include "bench/words.h"
#include "common/arena.h"
#include "common/buf.h"
#include "common/jsonw.h"
#include "kb/store.h"

#include <sqlite3.h>
#include <stdlib.h>

static FILE *
create(const struct race *r, const char *name, struct err *e)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", r->folder, name);
	f = fopen(path, "w");
	if (f == NULL)
		(void)err_errno(e, "could not create \"%s\"", path);
	return f;
}

static bool
finish(FILE *f, struct err *e)
{
	return fclose(f) == 0 || err_errno(e, "could not write");
}

static void
put_pairs(struct jsonw *j, struct slice text)
{
	struct buf b = BUF_INIT;

	words_join(text, CUT_BIGRAMS, &b);
	jsonw_string(j, buf_slice(&b));
	buf_free(&b);
}

static void
put_word(struct slice word, void *arg)
{
	jsonw_string(arg, word);
}

static void
put_synonym(struct slice form, unsigned term, void *arg)
{
	struct jsonw *j = arg;

	jsonw_object(j);
	jsonw_member_int(j, "term", term);
	jsonw_member_string(j, "text", form);
	jsonw_key(j, "pairs");
	put_pairs(j, form);
	jsonw_object_end(j);
}

static void
put_query(const struct judged_query *q, FILE *out)
{
	struct buf b = BUF_INIT;
	struct jsonw j;

	jsonw_init(&j, &b);
	jsonw_object(&j);
	jsonw_member_string(&j, "id", q->id);
	jsonw_member_string(&j, "text", q->text);
	jsonw_key(&j, "runs");
	jsonw_array(&j);
	words_cut(q->text, CUT_RUNS, put_word, &j);
	jsonw_array_end(&j);
	jsonw_key(&j, "pairs");
	jsonw_array(&j);
	words_cut(q->text, CUT_BIGRAMS, put_word, &j);
	jsonw_array_end(&j);
	jsonw_key(&j, "synonyms");
	jsonw_array(&j);
	words_synonyms(q->text, put_synonym, &j);
	jsonw_array_end(&j);
	jsonw_object_end(&j);
	fprintf(out, "%s\n", buf_cstr(&b));
	buf_free(&b);
}

static struct slice
column(sqlite3_stmt *q, int i)
{
	const void *p = sqlite3_column_text(q, i);

	return slice_make(p, (size_t)sqlite3_column_bytes(q, i));
}

static void
put_section(sqlite3_stmt *q, FILE *sections, FILE *places)
{
	struct buf b = BUF_INIT;
	struct jsonw j;

	jsonw_init(&j, &b);
	jsonw_object(&j);
	jsonw_member_int(&j, "id", sqlite3_column_int64(q, 0));
	jsonw_member_string(&j, "title", column(q, 1));
	jsonw_member_string(&j, "text", column(q, 2));
	jsonw_key(&j, "title_pairs");
	put_pairs(&j, column(q, 1));
	jsonw_key(&j, "text_pairs");
	put_pairs(&j, column(q, 2));
	jsonw_object_end(&j);
	fprintf(sections, "%s\n", buf_cstr(&b));
	fprintf(places, "%lld\t%.*s\t%d\n",
	    (long long)sqlite3_column_int64(q, 0), SLICE_ARG(column(q, 3)),
	    sqlite3_column_int(q, 4));
	buf_free(&b);
}

static bool
put_sections(struct race *r, FILE *sections, FILE *places, struct err *e)
{
	sqlite3 *db = store_db(r->base.store);
	sqlite3_stmt *q = NULL;
	int rc = sqlite3_prepare_v2(db,
	    "SELECT t.id, t.title, t.path || ' '"
	    " || t.body, d.source, e.line FROM entry_text t"
	    " JOIN entries e ON e.id = t.id"
	    " JOIN documents d ON d.name = e.document ORDER BY t.id",
	    -1, &q, NULL);

	while (rc == SQLITE_OK && (rc = sqlite3_step(q)) == SQLITE_ROW) {
		put_section(q, sections, places);
		rc = SQLITE_OK;
	}
	sqlite3_finalize(q);
	return rc == SQLITE_DONE ||
	    err_set(e, ERR_STORAGE, "could not read the sections: %s",
		sqlite3_errmsg(db));
}

static bool
export_files(struct race *r, struct err *e)
{
	FILE *queries = create(r, "queries.jsonl", e);
	FILE *sections = create(r, "sections.jsonl", e);
	FILE *places = create(r, "places.tsv", e);
	bool ok = queries != NULL && sections != NULL && places != NULL;
	size_t i;

	for (i = 0; ok && i < r->set.n; i++)
		put_query(&r->set.queries[i], queries);
	ok = ok && put_sections(r, sections, places, e);
	ok = (queries == NULL || finish(queries, e)) && ok;
	ok = (sections == NULL || finish(sections, e)) && ok;
	return (places == NULL || finish(places, e)) && ok;
}

static bool export(const char *corpus, struct race *r, struct err *e)
{
	bool ok = base_make(corpus, &r->base, e);

	if (ok)
		printf("%u sections of %u documents, %zu queries\n",
		    r->base.entries, r->base.documents, r->set.n);
	ok = ok && export_files(r, e) && peers_fts5(r, e) && peers_kbd(r, e);
	base_remove(&r->base);
	return ok;
}

int
main(int argc, char **argv)
{
	bool out = argc == 5 && strcmp(argv[1], "export") == 0;
	bool table = argc == 4 && strcmp(argv[1], "table") == 0;
	struct race r = { .folder = out || table ? argv[argc - 1] : NULL };
	struct arena a = ARENA_INIT;
	struct err e = ERR_INIT;
	bool ok;

	if (!out && !table) {
		fprintf(stderr,
		    "usage: peers export CORPUS QUERIES.tsv FOLDER"
		    "\n       peers table QUERIES.tsv FOLDER\n");
		return 2;
	}
	ok = judged_load(argv[argc - 2], &a, &r.set, &e) &&
	    (out ? export(argv[2], &r, &e)
		 : ranking_table(r.folder, &r.set, &e));
	if (!ok)
		fprintf(stderr, "peers: %s\n", e.msg);
	arena_free(&a);
	return ok ? 0 : 1;
}
