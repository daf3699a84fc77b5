/*
 * vtab_document.c - the table-valued function document_at(); see
 * vtab_document.h.
 *
 * Read-only and innocuous. Its own statements run on the client's
 * connection, so that they see what the client's statement sees.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/vtab_document.h"

#include <stdlib.h>

#include "common/buf.h"
#include "common/mem.h"
#include "kb/store_internal.h"
#include "kb/vtab_common.h"

enum { COLUMN_MARKDOWN, COLUMN_REVISION, COLUMN_NAME, COLUMN_AS_OF };

struct table {
	sqlite3_vtab base;	/* first, as SQLite wants it */
	struct store *store;	/* owned; borrows the connection */
};

struct cursor {
	sqlite3_vtab_cursor base;	/* first */
	struct buf markdown;
	int64_t revision;
	bool has_row;
};

static int
connect_table(sqlite3 *db, void *aux, int argc, const char *const *argv,
    sqlite3_vtab **out, char **message)
{
	struct table *t;
	int rc;

	(void)aux, (void)argc, (void)argv, (void)message;
	rc = sqlite3_declare_vtab(db, "CREATE TABLE x(markdown TEXT, "
	    "revision INTEGER, name TEXT HIDDEN, as_of TEXT HIDDEN)");
	if (rc != SQLITE_OK)
		return rc;
	(void)sqlite3_vtab_config(db, SQLITE_VTAB_INNOCUOUS);
	t = mem_zalloc(sizeof(*t));
	t->store = mem_zalloc(sizeof(*t->store));
	t->store->db = db;
	t->store->is_borrowed = true;
	*out = &t->base;
	return SQLITE_OK;
}

static int
disconnect_table(sqlite3_vtab *vtab)
{
	struct table *t = (struct table *)vtab;

	store_close(t->store);
	free(t);
	return SQLITE_OK;
}

/* idxNum says which arguments there are: 1 a name, 2 an as_of. */
static int
best_index(sqlite3_vtab *vtab, sqlite3_index_info *info)
{
	int rc = vtab_arguments(info, COLUMN_NAME, 2);

	(void)vtab;
	if (rc != SQLITE_OK)
		return rc;
	info->estimatedCost = 100;
	info->estimatedRows = 1;
	info->idxFlags = SQLITE_INDEX_SCAN_UNIQUE;
	return SQLITE_OK;
}

static int
open_cursor(sqlite3_vtab *vtab, sqlite3_vtab_cursor **out)
{
	struct cursor *c = mem_zalloc(sizeof(*c));

	(void)vtab;
	*out = &c->base;
	return SQLITE_OK;
}

static int
close_cursor(sqlite3_vtab_cursor *cursor)
{
	struct cursor *c = (struct cursor *)cursor;

	buf_free(&c->markdown);
	free(c);
	return SQLITE_OK;
}

static int
filter(sqlite3_vtab_cursor *cursor, int given, const char *unused, int argc,
    sqlite3_value **argv)
{
	struct cursor *c = (struct cursor *)cursor;
	struct table *t = (struct table *)cursor->pVtab;
	struct slice name, as_of = { NULL, 0 };
	struct err e = ERR_INIT;

	(void)unused, (void)argc;
	c->has_row = false;
	if ((given & 1) == 0) {
		err_set(&e, ERR_INVALID, "document_at() needs a name");
		return vtab_fail(&t->base, &e);
	}
	if (sqlite3_value_type(argv[0]) == SQLITE_NULL)
		return SQLITE_OK;
	name = vtab_text(argv[0]);
	if ((given & 2) != 0)
		as_of = vtab_text(argv[1]);
	buf_free(&c->markdown);
	buf_init(&c->markdown, (size_t)sqlite3_limit(t->store->db,
	    SQLITE_LIMIT_LENGTH, -1));
	c->has_row = store_export(t->store, name, as_of, &c->markdown,
	    &c->revision, &e);
	if (c->has_row || e.code == ERR_NOT_FOUND)
		return SQLITE_OK;
	return vtab_fail(&t->base, &e);
}

static int
next_row(sqlite3_vtab_cursor *cursor)
{
	((struct cursor *)cursor)->has_row = false;
	return SQLITE_OK;
}

static int
is_eof(sqlite3_vtab_cursor *cursor)
{
	return !((struct cursor *)cursor)->has_row;
}

/* The arguments are no results: SQLite has their values already. */
static int
column(sqlite3_vtab_cursor *cursor, sqlite3_context *out, int i)
{
	struct cursor *c = (struct cursor *)cursor;

	if (i == COLUMN_MARKDOWN)
		sqlite3_result_text64(out, c->markdown.len != 0 ?
		    c->markdown.data : "", c->markdown.len, SQLITE_TRANSIENT,
		    SQLITE_UTF8);
	else if (i == COLUMN_REVISION)
		sqlite3_result_int64(out, c->revision);
	return SQLITE_OK;
}

static int
row_id(sqlite3_vtab_cursor *cursor, sqlite3_int64 *out)
{
	*out = ((struct cursor *)cursor)->revision;
	return SQLITE_OK;
}

bool
vtab_document_register(sqlite3 *db, struct err *e)
{
	/* without xCreate it exists on every connection and cannot be made */
	static const sqlite3_module module = {
		.xConnect = connect_table,
		.xBestIndex = best_index,
		.xDisconnect = disconnect_table,
		.xOpen = open_cursor,
		.xClose = close_cursor,
		.xFilter = filter,
		.xNext = next_row,
		.xEof = is_eof,
		.xColumn = column,
		.xRowid = row_id,
	};

	if (sqlite3_create_module_v2(db, "document_at", &module, NULL, NULL) !=
	    SQLITE_OK)
		return err_set(e, ERR_STORAGE, "could not register "
		    "document_at(): %s", sqlite3_errmsg(db));
	return true;
}
