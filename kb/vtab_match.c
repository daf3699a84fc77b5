/*
 * vtab_match.c - the table-valued function match(line); see vtab_match.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/vtab_match.h"

#include <sqlite3.h>
#include <stdlib.h>

#include "common/arena.h"
#include "common/mem.h"
#include "kb/store_signature.h"
#include "kb/vtab_common.h"

enum { C_ENTRY, C_SIGNATURE, C_CAPTURES, C_CONFIDENCE, C_LINE };

struct table {
	sqlite3_vtab base;
	struct signature_base *signatures;	/* owned */
};

struct cursor {
	sqlite3_vtab_cursor base;
	struct arena arena;	/* of the current result */
	struct signature_found_list list;
	size_t at;
};

static int
connect_table(sqlite3 *db, void *aux, int argc, const char *const *argv,
    sqlite3_vtab **out, char **msg)
{
	struct table *t;
	int rc;

	(void)aux, (void)argc, (void)argv, (void)msg;
	rc = sqlite3_declare_vtab(db, "CREATE TABLE x(entry_id INTEGER,"
	    " signature TEXT, captures TEXT, confidence TEXT,"
	    " line TEXT HIDDEN)");
	if (rc != SQLITE_OK)
		return rc;
	t = mem_zalloc(sizeof(*t));
	t->signatures = signature_base_new(db);
	*out = &t->base;
	return SQLITE_OK;
}

static int
disconnect_table(sqlite3_vtab *base)
{
	struct table *t = (struct table *)base;

	signature_base_destroy(t->signatures);
	free(t);
	return SQLITE_OK;
}

/* A plan that cannot have the line yet is refused: another order has it. */
static int
best_index(sqlite3_vtab *base, sqlite3_index_info *info)
{
	int i;

	(void)base;
	info->estimatedCost = 1e12;
	for (i = 0; i < info->nConstraint; i++) {
		if (info->aConstraint[i].iColumn != C_LINE ||
		    info->aConstraint[i].op != SQLITE_INDEX_CONSTRAINT_EQ)
			continue;
		if (!info->aConstraint[i].usable)
			return SQLITE_CONSTRAINT;
		info->aConstraintUsage[i].argvIndex = 1;
		info->aConstraintUsage[i].omit = 1;
		info->idxNum = 1;
		info->estimatedCost = 100;
		info->estimatedRows = 4;
		break;
	}
	return SQLITE_OK;
}

static int
open_cursor(sqlite3_vtab *base, sqlite3_vtab_cursor **out)
{
	struct cursor *c = mem_zalloc(sizeof(*c));

	(void)base;
	*out = &c->base;
	return SQLITE_OK;
}

static int
close_cursor(sqlite3_vtab_cursor *base)
{
	struct cursor *c = (struct cursor *)base;

	arena_free(&c->arena);
	free(c);
	return SQLITE_OK;
}

static int
filter(sqlite3_vtab_cursor *base, int plan, const char *unused, int argc,
    sqlite3_value **argv)
{
	struct cursor *c = (struct cursor *)base;
	struct table *t = (struct table *)base->pVtab;
	struct err e = ERR_INIT;
	struct slice text;

	(void)unused, (void)argc;
	arena_reset(&c->arena);
	c->list = (struct signature_found_list){ .n = 0 };
	c->at = 0;
	if (plan == 0) {
		err_set(&e, ERR_INVALID, "match() needs a line, as in "
		    "match('ERROR 1054 ...')");
		return vtab_fail(&t->base, &e);
	}
	text = vtab_text(argv[0]);
	if (text.ptr != NULL && !signature_base_find(t->signatures, text,
	    &c->arena, &c->list, &e))
		return vtab_fail(&t->base, &e);
	return SQLITE_OK;
}

static int
next_row(sqlite3_vtab_cursor *base)
{
	((struct cursor *)base)->at++;
	return SQLITE_OK;
}

static int
is_eof(sqlite3_vtab_cursor *base)
{
	const struct cursor *c = (const struct cursor *)base;

	return c->at >= c->list.n;
}

static int
column(sqlite3_vtab_cursor *base, sqlite3_context *out, int i)
{
	const struct cursor *c = (const struct cursor *)base;
	const struct signature_found *f = &c->list.found[c->at];

	switch (i) {
	case C_ENTRY:
		sqlite3_result_int64(out, f->entry);
		break;
	case C_SIGNATURE:
		vtab_result(out, f->text);
		break;
	case C_CAPTURES:
		vtab_result(out, f->captures);
		break;
	case C_CONFIDENCE:
		vtab_result(out, slice_of(signature_confidence(f->mode)));
		break;
	default:	/* the argument is no result: SQLite has its value */
		break;
	}
	return SQLITE_OK;
}

static int
row_id(sqlite3_vtab_cursor *base, sqlite3_int64 *out)
{
	*out = (sqlite3_int64)((const struct cursor *)base)->at + 1;
	return SQLITE_OK;
}

bool
vtab_match_register(struct sqlite3 *db, struct err *e)
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

	if (sqlite3_create_module(db, "match", &module, NULL) != SQLITE_OK)
		return err_set(e, ERR_STORAGE,
		    "could not register match(): %s", sqlite3_errmsg(db));
	return true;
}
