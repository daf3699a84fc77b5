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
#include "common/str.h"
#include "kb/relation.h"
#include "kbd/pg_msg.h"
#include "kbd/sql_db.h"
#include "kbd/sql_lex.h"

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

/* Functions that make memory out of nothing, show insides, or are ours. */
static bool
is_forbidden_function(const char *name)
{
	static const char *const names[] = { "load_extension",
		"fts3_tokenizer", "fts5", "fts5_source_id", "printf",
		"format", "randomblob", "zeroblob", "sqlite_compileoption_get",
		"sqlite_compileoption_used", "sqlite_source_id", "sqlite_log",
		"match", "optimize", "snippet", "offsets",
		"matchinfo" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(names); i++)
		if (sqlite3_stricmp(name, names[i]) == 0)
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
	static const char *const before[] = { "from", "join", ",", "(", ".",
		"in" };
	size_t k;

	for (k = 0; i > 0 && k < ARRAY_LEN(before); k++)
		if (sql_token_is(t, i - 1, before[k]))
			return true;
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
			    str_ieq(name, slice_of(db->counted[k])))
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
		return is_forbidden_function(b) ? deny(db, b) : SQLITE_OK;
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
		{ SQLITE_LIMIT_SQL_LENGTH, 64 << 10, 1 << 20 },
		{ SQLITE_LIMIT_COLUMN, 256, 2000 },
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
	if (sqlite3_set_authorizer(db->db, authorize, db) != SQLITE_OK)
		return err_set(e, ERR_STORAGE,
		    "could not guard the database connection");
	return true;
}
