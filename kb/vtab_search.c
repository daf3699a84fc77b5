/*
 * vtab_search.c - the table-valued function search(); see vtab_search.h.
 *
 * xBestIndex numbers the arguments that xFilter gets: idxStr has one letter
 * for each, from argument_letters. A plan without the query is refused when
 * the query is only not known yet (a join in the wrong order); a statement
 * that has none at all fails in xFilter, where an error can say so. idxNum
 * is 1 when the statement reads snippets.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/vtab_search.h"
#include "common/arena.h"
#include "common/buf.h"
#include "common/mem.h"
#include "kb/answer.h"
#include "kb/search.h"
#include "kb/search_tally.h"
#include "kb/vtab_common.h"

#include <sqlite3.h>
#include <stdlib.h>

enum {
	C_RANK, C_ENTRY, C_DOCUMENT, C_TITLE, C_KIND, C_SEVERITY,
	C_CONFIDENCE, C_SCORE, C_SNIPPET, C_ANSWER, C_TOTAL,
	C_QUERY, C_LIMIT, NCOLUMNS
};

/* The columns that can be arguments of a search; 0: no. */
static const char argument_letters[NCOLUMNS] = {
	[C_QUERY] = 'q', [C_LIMIT] = 'l', [C_DOCUMENT] = 'd', [C_KIND] = 'k',
	[C_SEVERITY] = 's',
};

/* Who reads none of these needs no snippets. */
#define SNIPPET_COLUMNS (1 << C_SNIPPET | 1 << C_ANSWER)

struct table {
	sqlite3_vtab base;
	sqlite3 *db;		/* borrowed */
	struct searcher *searcher;	/* owned */
	struct answer_source *source;	/* owned */
	bool explains;		/* search_explain() */
};

struct cursor {
	sqlite3_vtab_cursor base;
	struct arena arena;	/* of the current result */
	struct answer_list list;
	size_t at;
	size_t head_of;		/* the row that `head` is of, counted from 1 */
	struct answer_head head;
};

#define EXPLAIN_NAME "search_explain"
#define COLUMNS "rank INTEGER, entry_id INTEGER, document TEXT, title TEXT," \
	" kind TEXT, severity TEXT, confidence TEXT, score REAL, snippet TEXT"
#define ARGUMENTS ", total INTEGER, query TEXT HIDDEN, \"limit\" INTEGER HIDDEN"

static int
vt_connect(sqlite3 *db, void *aux, int argc, const char *const *argv,
    sqlite3_vtab **out, char **msg)
{
	struct table *t;
	int rc;

	(void)argc;
	(void)msg;
	rc = sqlite3_declare_vtab(db, strcmp(argv[0],
	    EXPLAIN_NAME) != 0 ? "CREATE TABLE s(" COLUMNS
	    ", answer TEXT" ARGUMENTS ")" : "CREATE TABLE s(" COLUMNS
	    ", explain TEXT" ARGUMENTS ")");
	if (rc != SQLITE_OK)
		return rc;
	t = mem_zalloc(sizeof(*t));
	t->db = db;
	t->explains = strcmp(argv[0], EXPLAIN_NAME) == 0;
	t->searcher = searcher_new(db, aux);
	t->source = answer_source_new(db);
	*out = &t->base;
	return SQLITE_OK;
}

static int
vt_disconnect(sqlite3_vtab *base)
{
	struct table *t = (struct table *)base;

	searcher_destroy(t->searcher);
	answer_source_destroy(t->source);
	free(t);
	return SQLITE_OK;
}

static int
vt_open(sqlite3_vtab *base, sqlite3_vtab_cursor **out)
{
	struct cursor *c = mem_zalloc(sizeof(*c));

	(void)base;
	*out = &c->base;
	return SQLITE_OK;
}

static int
vt_close(sqlite3_vtab_cursor *base)
{
	struct cursor *c = (struct cursor *)base;

	arena_free(&c->arena);
	free(c);
	return SQLITE_OK;
}

static int
vt_best_index(sqlite3_vtab *base, sqlite3_index_info *info)
{
	char *letters = sqlite3_malloc(NCOLUMNS + 1);
	bool taken[NCOLUMNS] = { false };
	int i, n = 0;

	(void)base;
	if (letters == NULL)
		return SQLITE_NOMEM;
	for (i = 0; i < info->nConstraint; i++) {
		const struct sqlite3_index_constraint *k =
		    &info->aConstraint[i];
		int col = k->iColumn;

		if (k->op != SQLITE_INDEX_CONSTRAINT_EQ || col < 0 ||
		    argument_letters[col] == 0 || taken[col])
			continue;
		if (!k->usable) {
			if (col != C_QUERY && col != C_LIMIT)
				continue;
			sqlite3_free(letters);
			return SQLITE_CONSTRAINT;
		}
		taken[col] = true;
		letters[n++] = argument_letters[col];
		info->aConstraintUsage[i].argvIndex = n;
		info->aConstraintUsage[i].omit = col == C_QUERY ||
		    col == C_LIMIT;
	}
	letters[n] = '\0';
	info->idxStr = letters;
	info->idxNum = (info->colUsed & SNIPPET_COLUMNS) != 0;
	info->needToFreeIdxStr = 1;
	info->estimatedRows = SEARCH_LIMIT_DEFAULT;
	info->estimatedCost = taken[C_QUERY] ? 1000 : 1e12;
	info->orderByConsumed = info->nOrderBy == 1 &&
	    info->aOrderBy[0].iColumn == C_RANK && !info->aOrderBy[0].desc;
	return SQLITE_OK;
}

struct arguments {
	struct search_request req;
	bool has_query;
	bool nothing;		/* compared with what no entry has */
};

static bool
read_limit(sqlite3_value *v, struct arguments *args, struct err *e)
{
	sqlite3_int64 n = sqlite3_value_int64(v);

	if (sqlite3_value_type(v) == SQLITE_NULL)
		return true;
	if (n < 1)
		return err_set(e, ERR_INVALID,
		    "limit of search() must be at least 1");
	args->req.limit = n < SEARCH_LIMIT_MAX ? (unsigned)n :
	    SEARCH_LIMIT_MAX;
	return true;
}

/* An argument that is text. */
static void
read_text(char letter, sqlite3_value *v, struct arguments *args)
{
	bool null = sqlite3_value_type(v) == SQLITE_NULL;
	struct slice text = vtab_text(v);

	switch (letter) {
	case 'q':
		args->has_query = !null;
		args->req.text = text;
		break;
	case 'd':
		args->req.document = text;
		args->nothing |= text.len == 0;
		break;
	case 'k':
		args->req.kind = text;
		args->nothing |= text.len == 0;
		break;
	default:
		/* '' is an entry without severity: SQLite looks again */
		args->req.severity = text;
		args->nothing |= null;
		break;
	}
}

static bool
read_arguments(const char *letters, sqlite3_value **argv,
    struct arguments *args, struct err *e)
{
	int i;

	*args = (struct arguments){ .req.limit = SEARCH_LIMIT_DEFAULT };
	for (i = 0; letters[i] != '\0'; i++) {
		if (letters[i] != 'l')
			read_text(letters[i], argv[i], args);
		else if (!read_limit(argv[i], args, e))
			return false;
	}
	return args->has_query || err_set(e, ERR_INVALID,
	    "search() needs a query, as in search('CPU 100%%')");
}

static int
vt_filter(sqlite3_vtab_cursor *base, int with_snippets, const char *letters,
    int argc, sqlite3_value **argv)
{
	struct cursor *c = (struct cursor *)base;
	struct table *t = (struct table *)base->pVtab;
	struct err e = ERR_INIT;
	struct arguments args;

	(void)argc;
	arena_reset(&c->arena);
	c->list = (struct answer_list){ .n = 0 };
	c->at = c->head_of = 0;
	if (!read_arguments(letters, argv, &args, &e))
		return vtab_fail(base->pVtab, &e);
	if (args.nothing)
		return SQLITE_OK;
	args.req.no_snippets = !with_snippets;
	if (!search_run(t->searcher, &args.req, &c->arena, &c->list, &e))
		return vtab_fail(base->pVtab, &e);
	if (!t->explains)
		search_tally_add(args.req.text, c->list.total);
	return SQLITE_OK;
}

static int
vt_next(sqlite3_vtab_cursor *base)
{
	((struct cursor *)base)->at++;
	return SQLITE_OK;
}

static int
vt_eof(sqlite3_vtab_cursor *base)
{
	const struct cursor *c = (const struct cursor *)base;

	return c->at >= c->list.n;
}

static int
vt_rowid(sqlite3_vtab_cursor *base, sqlite3_int64 *out)
{
	*out = (sqlite3_int64)((const struct cursor *)base)->at + 1;
	return SQLITE_OK;
}

static int
column_head(struct cursor *c, sqlite3_context *ctx, int col)
{
	struct table *t = (struct table *)c->base.pVtab;
	struct err e = ERR_INIT;

	if (c->head_of != c->at + 1) {
		if (!answer_head(t->source, c->list.answers[c->at].entry,
		    &c->arena, &c->head, &e))
			return vtab_fail(c->base.pVtab, &e);
		c->head_of = c->at + 1;
	}
	vtab_result(ctx, col == C_DOCUMENT ? c->head.document :
	    col == C_TITLE ? c->head.title :
	    col == C_KIND ? c->head.kind : c->head.severity);
	return SQLITE_OK;
}

static int
column_answer(struct cursor *c, sqlite3_context *ctx)
{
	struct table *t = (struct table *)c->base.pVtab;
	struct err e = ERR_INIT;
	struct buf b = BUF_INIT;
	int rc = SQLITE_OK;

	if (t->explains) {
		search_explain(&c->list, &c->list.answers[c->at], &b);
		vtab_result(ctx, buf_slice(&b));
	} else if (answer_to_json(t->source, &c->list.answers[c->at], &b, &e))
		vtab_result(ctx, buf_slice(&b));
	else
		rc = vtab_fail(c->base.pVtab, &e);
	buf_free(&b);
	return rc;
}

static int
vt_column(sqlite3_vtab_cursor *base, sqlite3_context *ctx, int col)
{
	struct cursor *c = (struct cursor *)base;
	const struct answer *ans = &c->list.answers[c->at];

	switch (col) {
	case C_RANK:
		sqlite3_result_int64(ctx, (sqlite3_int64)c->at + 1);
		break;
	case C_ENTRY:
		sqlite3_result_int64(ctx, ans->entry);
		break;
	case C_DOCUMENT:
	case C_TITLE:
	case C_KIND:
	case C_SEVERITY:
		return column_head(c, ctx, col);
	case C_CONFIDENCE:
		vtab_result(ctx, slice_of(confidence_name(ans->confidence)));
		break;
	case C_SCORE:
		sqlite3_result_double(ctx, ans->score);
		break;
	case C_SNIPPET:
		vtab_result(ctx, ans->snippet);
		break;
	case C_ANSWER:
		return column_answer(c, ctx);
	case C_TOTAL:
		sqlite3_result_int64(ctx, c->list.total);
		break;
	default:
		break;
	}
	return SQLITE_OK;
}

bool
vtab_search_register(struct sqlite3 *db, struct postings *postings,
    struct err *e)
{
	static const sqlite3_module module = {
		.iVersion = 0,
		.xConnect = vt_connect,	/* no xCreate: it is always there */
		.xBestIndex = vt_best_index,
		.xDisconnect = vt_disconnect,
		.xOpen = vt_open,
		.xClose = vt_close,
		.xFilter = vt_filter,
		.xNext = vt_next,
		.xEof = vt_eof,
		.xColumn = vt_column,
		.xRowid = vt_rowid,
	};

	if (sqlite3_create_module(db, "search", &module, postings) !=
	    SQLITE_OK || sqlite3_create_module(db, EXPLAIN_NAME, &module,
	    postings) != SQLITE_OK)
		return err_set(e, ERR_STORAGE,
		    "could not register search(): %s", sqlite3_errmsg(db));
	return true;
}
