/*
 * sql_settings.c - pg_settings; see sql_settings.h.
 *
 * Rows: the settings of the file in their order, then the parameters that
 * only a session has. A setting that a session may change shows the session's
 * value.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/sql_settings.h"
#include "common/buf.h"
#include "common/mem.h"
#include "kbd/pg_guc.h"
#include "kbd/settings.h"
#include "kbd/sql_db.h"
#include "kbd/sql_session.h"

#include <stdlib.h>
#include <sqlite3.h>

enum column { COL_NAME, COL_SETTING, COL_UNIT, COL_DESC, COL_CONTEXT,
	COL_BOOT, COL_FILE, COL_LINE };

struct table {
	sqlite3_vtab base;
	struct sql_db *db;	/* borrowed */
};

struct cursor {
	sqlite3_vtab_cursor base;
	struct sql_db *db;
	size_t row;		/* settings first, then parameters */
};

static int
x_connect(sqlite3 *sq, void *aux, int argc, const char *const *argv,
    sqlite3_vtab **out, char **err)
{
	struct table *t;
	int rc;

	(void)argc;
	(void)argv;
	(void)err;
	rc = sqlite3_declare_vtab(sq, "CREATE TABLE x(name TEXT, setting TEXT,"
	    " unit TEXT, short_desc TEXT, context TEXT, boot_val TEXT,"
	    " sourcefile TEXT, sourceline INTEGER)");
	if (rc != SQLITE_OK)
		return rc;
	t = mem_zalloc(sizeof(*t));
	t->db = aux;
	*out = &t->base;
	return SQLITE_OK;
}

static int
x_disconnect(sqlite3_vtab *t)
{
	free(t);
	return SQLITE_OK;
}

static int
x_best_index(sqlite3_vtab *t, sqlite3_index_info *info)
{
	(void)t;
	info->estimatedRows = 60;
	info->estimatedCost = 60;
	return SQLITE_OK;
}

static int
x_open(sqlite3_vtab *t, sqlite3_vtab_cursor **out)
{
	struct cursor *c = mem_zalloc(sizeof(*c));

	c->db = ((struct table *)t)->db;
	*out = &c->base;
	return SQLITE_OK;
}

static int
x_close(sqlite3_vtab_cursor *c)
{
	free(c);
	return SQLITE_OK;
}

static const struct guc *
guc_of(const struct cursor *c)
{
	return c->db->session != NULL ? session_guc(c->db->session) : NULL;
}

/* Parameters that are settings as well were shown already. */
static bool
guc_at(const struct cursor *c, const char **name, const char **value,
    const char **desc)
{
	return c->row >= settings_count && guc_of(c) != NULL &&
	    guc_row(guc_of(c), c->row - settings_count, name, value, desc);
}

static void
skip_settings(struct cursor *c)
{
	const char *name, *value, *desc;

	while (guc_at(c, &name, &value, &desc) &&
	    settings_find(slice_of(name)) != NULL)
		c->row++;
}

static int
x_filter(sqlite3_vtab_cursor *vc, int n, const char *s, int argc,
    sqlite3_value **argv)
{
	(void)n;
	(void)s;
	(void)argc;
	(void)argv;
	((struct cursor *)vc)->row = 0;
	return SQLITE_OK;
}

static int
x_next(sqlite3_vtab_cursor *vc)
{
	struct cursor *c = (struct cursor *)vc;

	c->row++;
	skip_settings(c);
	return SQLITE_OK;
}

static int
x_eof(sqlite3_vtab_cursor *vc)
{
	struct cursor *c = (struct cursor *)vc;
	const char *name, *value, *desc;

	return c->row >= settings_count &&
	    !guc_at(c, &name, &value, &desc);
}

static void
put_setting_value(sqlite3_context *x, const struct cursor *c,
    const struct setting *row, const struct settings *s)
{
	struct buf b = BUF_INIT;
	int64_t v = settings_value(s, row);

	if (row->when == AT_SESSION && guc_of(c) != NULL)
		v = guc_number(guc_of(c), row->name);
	if (row->kind == SETTING_TEXT)
		buf_puts(&b, settings_text(s, row));
	else
		settings_plain(row, v, &b);
	sqlite3_result_text(x, buf_cstr(&b), -1, SQLITE_TRANSIENT);
	buf_free(&b);
}

static void
setting_column(sqlite3_context *x, const struct cursor *c, int column)
{
	const struct setting *row = &settings_table[c->row];
	const struct settings *s = c->db->session != NULL ?
	    session_settings(c->db->session) : NULL;
	struct settings fallback;
	unsigned line;

	if (s == NULL) {
		settings_defaults(&fallback);
		s = &fallback;
	}
	line = s->line[c->row];
	switch ((enum column)column) {
	case COL_NAME:
		sqlite3_result_text(x, row->name, -1, SQLITE_STATIC);
		break;
	case COL_SETTING:
		put_setting_value(x, c, row, s);
		break;
	case COL_UNIT:
		sqlite3_result_text(x, settings_unit(row), -1, SQLITE_STATIC);
		break;
	case COL_DESC:
		sqlite3_result_text(x, row->desc, -1, SQLITE_STATIC);
		break;
	case COL_CONTEXT:
		sqlite3_result_text(x, settings_context(row), -1,
		    SQLITE_STATIC);
		break;
	case COL_BOOT:
		sqlite3_result_text(x, row->boot, -1, SQLITE_STATIC);
		break;
	case COL_FILE:
		if (line != 0)
			sqlite3_result_text(x, "kbd.conf", -1, SQLITE_STATIC);
		break;
	case COL_LINE:
		if (line != 0)
			sqlite3_result_int64(x, line);
		break;
	}
}

static int
x_column(sqlite3_vtab_cursor *vc, sqlite3_context *x, int column)
{
	struct cursor *c = (struct cursor *)vc;
	const char *name, *value, *desc;

	if (c->row < settings_count) {
		setting_column(x, c, column);
		return SQLITE_OK;
	}
	if (!guc_at(c, &name, &value, &desc))
		return SQLITE_OK;
	if (column == COL_NAME)
		sqlite3_result_text(x, name, -1, SQLITE_STATIC);
	else if (column == COL_SETTING)
		sqlite3_result_text(x, value, -1, SQLITE_TRANSIENT);
	else if (column == COL_DESC)
		sqlite3_result_text(x, desc, -1, SQLITE_STATIC);
	else if (column == COL_CONTEXT)
		sqlite3_result_text(x, "user", -1, SQLITE_STATIC);
	return SQLITE_OK;
}

static int
x_rowid(sqlite3_vtab_cursor *vc, sqlite3_int64 *out)
{
	*out = (sqlite3_int64)((struct cursor *)vc)->row;
	return SQLITE_OK;
}

static const sqlite3_module module = {
	.iVersion = 0,
	.xConnect = x_connect,
	.xBestIndex = x_best_index,
	.xDisconnect = x_disconnect,
	.xOpen = x_open,
	.xClose = x_close,
	.xFilter = x_filter,
	.xNext = x_next,
	.xEof = x_eof,
	.xColumn = x_column,
	.xRowid = x_rowid,
};

bool
sql_settings_register(struct sql_db *db, struct err *e)
{
	if (sqlite3_create_module(db->db, "pg_settings", &module, db) !=
	    SQLITE_OK)
		return err_set(e, ERR_STORAGE,
		    "could not register pg_settings: %s",
		    sqlite3_errmsg(db->db));
	return true;
}
