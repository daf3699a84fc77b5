/*
 * sql_db.c - one SQLite connection for clients' statements; see sql_db.h.
 *
 * Statements are prepared once and kept, oldest out. A statement is reset as
 * soon as its last row is out: one that is merely suspended pins the
 * write-ahead log.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/sql_db.h"
#include "kbd/sql_activity.h"
#include "common/clock.h"
#include "common/mem.h"
#include "kb/store.h"
#include "kb/store_browse.h"
#include "kbd/pg_msg.h"
#include "kbd/sql_error.h"
#include "kbd/sql_func.h"
#include "kbd/sql_guard.h"
#include "kbd/sql_memory.h"
#include "kbd/sql_op.h"
#include "kbd/sql_rewrite.h"
#include "kbd/sql_settings.h"
#include "kbd/sql_text.h"

#include <stdlib.h>
#include <sqlite3.h>

#define PROGRESS_OPS 1000
#define QUERY_BYTES_MAX (40u << 20)	/* of memory, for one query */

static const char *
stop_reason(struct sql_db *db)
{
	int end;

	if (db->control == NULL)
		return NULL;
	end = atomic_load(&db->control->end);
	if (end == RUN_SHUTDOWN)
		return "terminating connection due to administrator command";
	if (end == RUN_GONE)
		return "connection to client lost";
	if (run_is_canceled(db->control, db->generation))
		return "canceling statement due to user request";
	if (db->deadline_ms != 0 && clock_ms() >= db->deadline_ms)
		return "canceling statement due to statement timeout";
	return NULL;
}

bool
sql_db_check_stop(struct sql_db *db, struct err *e)
{
	if (db->stopped == NULL)
		db->stopped = stop_reason(db);
	if (db->stopped == NULL)
		return true;
	err_set(e, ERR_CANCELED, "%s", db->stopped);
	if (db->control != NULL && atomic_load(&db->control->end) != RUN_ON)
		return pg_err_state(e, "57P01");
	return pg_err_state(e, "57014");
}

bool
sql_db_is_stopped(struct sql_db *db)
{
	if (!db->is_running)
		return false;	/* our own work is not interrupted */
	if (db->stopped == NULL)
		db->stopped = stop_reason(db);
	return db->stopped != NULL;
}

static int
on_progress(void *arg)
{
	return sql_db_is_stopped(arg);
}

static bool
configure(struct sql_db *db, int64_t cache_bytes, struct err *e)
{
	char *sql = sqlite3_mprintf("PRAGMA cache_size=-%lld; "
	    "PRAGMA temp_store=2; PRAGMA mmap_size=0;",
	    (long long)(cache_bytes / 1024));
	int rc = sqlite3_exec(db->db, sql, NULL, NULL, NULL);

	sqlite3_free(sql);
	if (rc == SQLITE_OK && !db->is_writer)
		rc = sqlite3_exec(db->db, "PRAGMA query_only=1", NULL, NULL,
		    NULL);
	if (rc != SQLITE_OK)
		return err_set(e, ERR_STORAGE, "could not configure the "
		    "database connection: %s", sqlite3_errmsg(db->db));
	sqlite3_progress_handler(db->db, PROGRESS_OPS, on_progress, db);
	return true;
}

bool
sql_db_open(struct store *s, bool is_writer, int64_t cache_bytes,
    struct sql_db **out, struct err *e)
{
	struct sql_db *db = mem_zalloc(sizeof(*db));

	db->store = s;
	db->db = store_db(s);
	db->is_writer = is_writer;
	db->browse = browse_new(s);
	if (!configure(db, cache_bytes, e) || !sql_func_register(db, e) ||
	    !sql_text_register(db, e) || !sql_op_register(db->db, e) ||
	    !sql_settings_register(db, e) || !sql_activity_register(db, e) ||
	    !sql_guard_install(db, e)) {
		sql_db_close(db);
		return false;
	}
	sql_guard_limits(db, !is_writer);
	*out = db;
	return true;
}

void
sql_db_close(struct sql_db *db)
{
	size_t i;

	if (db == NULL)
		return;
	for (i = 0; i < SQL_CACHE_SIZE; i++)
		sqlite3_finalize(db->cache[i].stmt);
	browse_destroy(db->browse);
	store_close(db->store);
	free(db);
}

/*
 * A client's statement runs from here to sql_db_done(). The writer's own work
 * may change things; a client's never.
 */
static void
set_running(struct sql_db *db, bool on)
{
	db->is_running = on;
	sql_memory_limit(on ? QUERY_BYTES_MAX : 0);
	if (db->is_writer)
		(void)sqlite3_exec(db->db, on ? "PRAGMA query_only=1" :
		    "PRAGMA query_only=0", NULL, NULL, NULL);
}

void
sql_db_enter(struct sql_db *db, struct session *s, struct run_control *control,
    uint64_t generation)
{
	db->session = s;
	db->control = control;
	db->generation = generation;
	db->deadline_ms = 0;
	db->stopped = NULL;
}

void
sql_db_leave(struct sql_db *db)
{
	sql_db_enter(db, NULL, NULL, 0);
}

bool
sql_db_page_begin(struct sql_db *db, struct run_control *control,
    int64_t deadline_ms, struct err *e)
{
	sql_db_enter(db, NULL, control, 0);
	db->deadline_ms = deadline_ms;
	if (sqlite3_exec(db->db, "BEGIN", NULL, NULL, NULL) != SQLITE_OK)
		return err_set(e, ERR_STORAGE, "could not read: %s",
		    sqlite3_errmsg(db->db));
	set_running(db, true);
	return true;
}

void
sql_db_page_end(struct sql_db *db)
{
	set_running(db, false);
	(void)sqlite3_exec(db->db, "ROLLBACK", NULL, NULL, NULL);
	sql_db_leave(db);
}

static void
remember(struct sql_db *db, sqlite3_stmt *stmt, uint64_t hash)
{
	struct sql_cached *oldest = &db->cache[0];
	size_t i;

	for (i = 1; i < SQL_CACHE_SIZE; i++)
		if (db->cache[i].used < oldest->used)
			oldest = &db->cache[i];
	sqlite3_finalize(oldest->stmt);
	*oldest = (struct sql_cached){ stmt, hash, ++db->clock };
}

static sqlite3_stmt *
recall(struct sql_db *db, const struct sql_rewritten *r)
{
	size_t i;

	for (i = 0; i < SQL_CACHE_SIZE; i++) {
		sqlite3_stmt *stmt = db->cache[i].stmt;

		if (stmt != NULL && db->cache[i].hash == r->hash &&
		    slice_is(r->sql, sqlite3_sql(stmt))) {
			db->cache[i].used = ++db->clock;
			return stmt;
		}
	}
	return NULL;
}

/* What the authorizer does not see. */
static bool
is_plain_query(sqlite3_stmt *stmt)
{
	return stmt != NULL && sqlite3_stmt_readonly(stmt) &&
	    !sqlite3_stmt_isexplain(stmt) && sqlite3_column_count(stmt) > 0;
}

static bool
prepare_guarded(struct sql_db *db, const struct sql_rewritten *r,
    struct slice original, sqlite3_stmt **out, struct err *e)
{
	const char *tail = NULL;
	bool ok;
	int rc;

	db->is_guarded = true;
	db->saw_write = false;
	db->denied[0] = '\0';
	db->ncounted = 0;
	sql_guard_limits(db, true);
	sql_memory_limit(QUERY_BYTES_MAX);
	rc = sqlite3_prepare_v3(db->db, r->sql.ptr, (int)r->sql.len + 1,
	    SQLITE_PREPARE_PERSISTENT, out, &tail);
	db->is_guarded = false;
	sql_memory_limit(0);
	if (rc != SQLITE_OK || !sql_guard_check_counted(db, r->sql))
		ok = sql_error(db, r, original, e);
	else if (*tail != '\0' || !is_plain_query(*out))
		ok = sql_error_write(e, "this statement");
	else
		ok = true;
	sql_guard_limits(db, !db->is_writer);
	return ok;
}

bool
sql_db_prepare(struct sql_db *db, const struct sql_rewritten *r,
    struct slice original, struct sqlite3_stmt **out, struct err *e)
{
	*out = recall(db, r);
	if (*out == NULL) {
		if (!prepare_guarded(db, r, original, out, e)) {
			sqlite3_finalize(*out);
			*out = NULL;
			return false;
		}
		remember(db, *out, r->hash);
	}
	set_running(db, true);
	return true;
}

bool
sql_db_step(struct sql_db *db, struct sqlite3_stmt *stmt, bool *row,
    struct err *e)
{
	int rc;

	db->denied[0] = '\0';
	rc = sqlite3_step(stmt);
	*row = rc == SQLITE_ROW;
	if (rc == SQLITE_ROW || rc == SQLITE_DONE)
		return true;
	return sql_error(db, NULL, slice_make(NULL, 0), e);
}

void
sql_db_done(struct sql_db *db, struct sqlite3_stmt *stmt)
{
	if (stmt == NULL)
		return;
	(void)sqlite3_reset(stmt);
	(void)sqlite3_clear_bindings(stmt);
	set_running(db, false);
}
