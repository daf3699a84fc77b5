/*
 * sql_guard.c - the fence around a client's SQL; see sql_guard.h.
 *
 * The authorizer is strict only while client SQL is being prepared. What
 * virtual tables prepare for themselves while a statement runs (FTS5 its
 * shadow tables, search() its own queries) is our SQL.
 *
 * A view reads its base tables with the view's name as accessor. A CTE of the
 * same name would be taken for it; sql_rewrite.c refuses those.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/sql_guard.h"
#include "common/arena.h"
#include "common/buf.h"
#include "common/str.h"
#include "kb/relation.h"
#include "kbd/pg_msg.h"
#include "kbd/sql_db.h"
#include "kbd/sql_function.h"
#include "kbd/sql_lex.h"
#include "kbd/sql_rewrite.h"
#include "kbd/sql_tree.h"

#include <stdio.h>
#include <sqlite3.h>

static bool
is_published(const char *name)
{
	static const char *const others[] = { "pg_settings", "json_each",
		"json_tree" };
	size_t i;

	if (name == NULL)
		return false;
	for (i = 0; i < ARRAY_LEN(others); i++)
		if (sqlite3_stricmp(name, others[i]) == 0)
			return true;
	for (i = 0; relations[i].name != NULL; i++)
		if (sqlite3_stricmp(name, relations[i].name) == 0)
			return true;
	return false;
}

static int
deny(struct sql_db *db, const char *what)
{
	snprintf(db->denied, sizeof(db->denied), "%s",
	    what != NULL ? what : "");
	return SQLITE_DENY;
}

/*
 * count(*) over a view reads a base table without any column, and does not
 * say through which view. Remember the table; sql_guard_check_counted() looks
 * whether the client named it.
 */
static bool
note_counted(struct sql_db *db, const char *table)
{
	size_t i;

	for (i = 0; i < db->ncounted; i++)
		if (sqlite3_stricmp(db->counted[i], table) == 0)
			return true;
	if (db->ncounted == ARRAY_LEN(db->counted))
		return false;
	snprintf(db->counted[db->ncounted++], sizeof(db->counted[0]), "%s",
	    table);
	return true;
}

/* Token i is where the name of a relation may stand. */
static bool
is_relation_place(const struct sql_tokens *t, size_t i)
{
	static const char *const before[] = { "from", "join", ",", "(" };
	size_t k;

	/* as sql_rewrite.c writes it: "name" AS "alias" */
	if (!sql_token_is(t, i + 1, "as"))
		return false;

	for (k = 0; i > 0 && k < ARRAY_LEN(before); k++)
		if (sql_token_is(t, i - 1, before[k]))
			return true;
	return false;
}

/* "name"(...) AS (...): then FROM "name" means the query's own table. */
static bool
is_own_table(const struct sql_tokens *t, const char *table, struct arena *a)
{
	struct slice name;
	size_t i, k;

	for (i = 1; i + 1 < t->n; i++) {
		if (!sql_token_is(t, i + 1, "(") || !(sql_token_is(t, i - 1,
		    "with") || sql_token_is(t, i - 1, "recursive") ||
		    sql_token_is(t, i - 1, ",")) ||
		    !sql_token_value(t, i, a, &name, NULL) ||
		    !str_ieq(name, slice_of(table)))
			continue;
		for (k = i + 2; k < t->n && !sql_token_is(t, k, ")"); k++)
			;
		if (sql_token_is(t, k + 1, "as"))
			return true;
	}
	return false;
}

bool
sql_guard_check_counted(struct sql_db *db, struct slice sql)
{
	struct arena a = ARENA_INIT;
	struct sql_tokens t;
	struct slice name;
	size_t i, k;
	bool ok = db->ncounted == 0 || sql_lex(sql, &a, &t, NULL);

	for (k = 0; ok && k < db->ncounted; k++)
		for (i = 0; ok && i < t.n; i++)
			if (is_relation_place(&t, i) &&
			    sql_token_value(&t, i, &a, &name, NULL) &&
			    str_ieq(name, slice_of(db->counted[k])) &&
			    !is_published(db->counted[k]) &&
			    !is_own_table(&t, db->counted[k], &a))
				ok = deny(db, db->counted[k]) == SQLITE_OK;
	arena_free(&a);
	return ok;
}

static int
authorize(void *arg, int action, const char *a, const char *b,
    const char *schema, const char *accessor)
{
	struct sql_db *db = arg;

	(void)schema;
	if (!db->is_guarded)
		return SQLITE_OK;
	switch (action) {
	case SQLITE_SELECT:
	case SQLITE_RECURSIVE:
		return SQLITE_OK;
	case SQLITE_FUNCTION:
		/* the view "entries" asks what day it is */
		if (is_published(accessor) && strcmp(b, "strftime") == 0)
			return SQLITE_OK;
		return sql_function_allowed(b) ? SQLITE_OK : deny(db, b);
	case SQLITE_READ:
		if (is_published(a) || is_published(accessor))
			return SQLITE_OK;
		if (b != NULL && b[0] == '\0' && note_counted(db, a))
			return SQLITE_OK;
		return deny(db, a);
	case SQLITE_INSERT:
	case SQLITE_UPDATE:
	case SQLITE_DELETE:
		db->saw_write = true;
		return deny(db, a);
	default:
		return deny(db, a);
	}
}

void
sql_guard_limits(struct sql_db *db, bool client)
{
	static const struct {
		int id, client, ours;
	} limits[] = {
		{ SQLITE_LIMIT_LENGTH, 16 << 20, 256 << 20 },
		{ SQLITE_LIMIT_SQL_LENGTH, SQL_REWRITTEN_MAX, 1 << 20 },
		{ SQLITE_LIMIT_COLUMN, SQL_COLUMNS_MAX, 2000 },
		{ SQLITE_LIMIT_EXPR_DEPTH, 200, 1000 },
		{ SQLITE_LIMIT_COMPOUND_SELECT, 50, 500 },
		{ SQLITE_LIMIT_VDBE_OP, 25000, 250000000 },
		{ SQLITE_LIMIT_FUNCTION_ARG, 32, 127 },
		{ SQLITE_LIMIT_ATTACHED, 0, 2 },
		{ SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 256, 50000 },
		{ SQLITE_LIMIT_VARIABLE_NUMBER, 1000, 32766 },
		{ SQLITE_LIMIT_TRIGGER_DEPTH, 10, 100 },
		{ SQLITE_LIMIT_WORKER_THREADS, 0, 0 },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(limits); i++)
		(void)sqlite3_limit(db->db, limits[i].id,
		    client ? limits[i].client : limits[i].ours);
}

/*
 * Connecting a virtual table reads and "updates" sqlite_master, which the
 * authorizer would refuse: all are connected before it is there.
 */
static void
connect_table(sqlite3 *db, const char *name)
{
	struct buf sql = BUF_INIT;
	sqlite3_stmt *stmt = NULL;

	buf_puts(&sql, "SELECT * FROM ");
	buf_puts(&sql, name);
	(void)sqlite3_prepare_v2(db, buf_cstr(&sql), -1, &stmt, NULL);
	sqlite3_finalize(stmt);
	buf_free(&sql);
}

static void
connect_tables(sqlite3 *db)
{
	size_t i;

	connect_table(db, "json_each");
	connect_table(db, "json_tree");
	for (i = 0; relations[i].name != NULL; i++)
		connect_table(db, relations[i].name);
}

bool
sql_guard_install(struct sql_db *db, struct err *e)
{
	static const struct {
		int id, value;
	} switches[] = {
		{ SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 },
		{ SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, 0 },
		{ SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
		{ SQLITE_DBCONFIG_DQS_DML, 0 },
		{ SQLITE_DBCONFIG_DQS_DDL, 0 },
		{ SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1 },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(switches); i++) {
		/* the writer closes last and may empty the log */
		if (switches[i].id == SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE &&
		    db->is_writer)
			continue;
		if (sqlite3_db_config(db->db, switches[i].id,
		    switches[i].value, NULL) != SQLITE_OK)
			return err_set(e, ERR_STORAGE,
			    "could not configure the database connection");
	}
	connect_tables(db->db);
	if (sqlite3_set_authorizer(db->db, authorize, db) != SQLITE_OK)
		return err_set(e, ERR_STORAGE,
		    "could not guard the database connection");
	return true;
}
