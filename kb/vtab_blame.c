/*
 * vtab_blame.c - the table-valued function blame(); see vtab_blame.h.
 *
 * Read-only and innocuous. Its own statements run on the client's
 * connection, so that they see what the client's statement sees.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/vtab_blame.h"

#include <stdlib.h>

#include "common/mem.h"
#include "common/str.h"
#include "kb/store_blame.h"
#include "kb/store_internal.h"
#include "kb/vtab_common.h"

enum column { COLUMN_LINE, COLUMN_TEXT, COLUMN_VERSION, COLUMN_REVISION,
	COLUMN_AUTHOR, COLUMN_CREATED_AT, COLUMN_MESSAGE, COLUMN_ENTRY,
	COLUMN_OF_VERSION };

struct table {
	sqlite3_vtab base;	/* first, as SQLite wants it */
	struct store *store;	/* owned; borrows the connection */
};

struct cursor {
	sqlite3_vtab_cursor base;	/* first */
	struct arena arena;		/* owns the lines */
	struct blame blame;
	size_t at;
};

static int
connect_table(sqlite3 *db, void *aux, int argc, const char *const *argv,
    sqlite3_vtab **out, char **message)
{
	struct table *t;
	int rc;

	(void)aux, (void)argc, (void)argv, (void)message;
	rc = sqlite3_declare_vtab(db, "CREATE TABLE x(line INTEGER, "
	    "text TEXT, version INTEGER, revision INTEGER, author TEXT, "
	    "created_at TEXT, message TEXT, entry INTEGER HIDDEN, "
	    "of_version INTEGER HIDDEN)");
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

/* idxNum says which arguments there are: 1 an entry, 2 a version. */
static int
best_index(sqlite3_vtab *vtab, sqlite3_index_info *info)
{
	int rc = vtab_arguments(info, COLUMN_ENTRY, 2);

	(void)vtab;
	if (rc != SQLITE_OK)
		return rc;
	info->estimatedCost = 100;
	info->estimatedRows = 50;
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

	arena_free(&c->arena);
	free(c);
	return SQLITE_OK;
}

static int
filter(sqlite3_vtab_cursor *cursor, int given, const char *unused, int argc,
    sqlite3_value **argv)
{
	struct cursor *c = (struct cursor *)cursor;
	struct table *t = (struct table *)cursor->pVtab;
	struct err e = ERR_INIT;
	int64_t version = 0;

	(void)unused, (void)argc;
	arena_reset(&c->arena);
	c->blame.n = c->at = 0;
	if ((given & 1) == 0) {
		err_set(&e, ERR_INVALID, "blame() needs an entry");
		return vtab_fail(&t->base, &e);
	}
	if (sqlite3_value_type(argv[0]) == SQLITE_NULL)
		return SQLITE_OK;
	if ((given & 2) != 0)
		version = sqlite3_value_int64(argv[1]);
	if (store_blame(t->store, sqlite3_value_int64(argv[0]), version,
	    &c->arena, &c->blame, &e) || e.code == ERR_NOT_FOUND)
		return SQLITE_OK;
	return vtab_fail(&t->base, &e);
}

static int
next_row(sqlite3_vtab_cursor *cursor)
{
	((struct cursor *)cursor)->at++;
	return SQLITE_OK;
}

static int
is_eof(sqlite3_vtab_cursor *cursor)
{
	const struct cursor *c = (struct cursor *)cursor;

	return c->at >= c->blame.n;
}

/* Without the end of the line; the arguments are no results. */
static int
column(sqlite3_vtab_cursor *cursor, sqlite3_context *out, int i)
{
	const struct cursor *c = (struct cursor *)cursor;
	const struct blame_line *l = &c->blame.lines[c->at];
	struct slice rest = l->text, line = l->text;

	switch ((enum column)i) {
	case COLUMN_LINE:
		sqlite3_result_int64(out, (sqlite3_int64)c->at + 1);
		break;
	case COLUMN_TEXT:
		(void)str_line(&rest, &line, NULL);
		vtab_result(out, line);
		break;
	case COLUMN_VERSION:
		sqlite3_result_int64(out, l->version);
		break;
	case COLUMN_REVISION:
		sqlite3_result_int64(out, l->revision);
		break;
	case COLUMN_AUTHOR:
		vtab_result(out, l->author);
		break;
	case COLUMN_CREATED_AT:
		vtab_result(out, l->created_at);
		break;
	case COLUMN_MESSAGE:
		vtab_result(out, l->message);
		break;
	case COLUMN_ENTRY:
	case COLUMN_OF_VERSION:
		break;
	}
	return SQLITE_OK;
}

static int
row_id(sqlite3_vtab_cursor *cursor, sqlite3_int64 *out)
{
	*out = (sqlite3_int64)((struct cursor *)cursor)->at;
	return SQLITE_OK;
}

bool
vtab_blame_register(sqlite3 *db, struct err *e)
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

	if (sqlite3_create_module_v2(db, "blame", &module, NULL, NULL) !=
	    SQLITE_OK)
		return err_set(e, ERR_STORAGE, "could not register "
		    "blame(): %s", sqlite3_errmsg(db));
	return true;
}
