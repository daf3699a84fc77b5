/*
 * sql_db.h - one SQLite connection, as clients' statements may use it.
 *
 * Each worker has one on a read-only store, the writer has one on the store
 * that it alone may change. Client SQL meets the same fence on both: limits,
 * an authorizer that lists what may be touched, a deadline. Belongs to one
 * thread.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_SQL_DB_H
#define KBD_SQL_DB_H

#include <stdint.h>

#include "common/err.h"
#include "common/slice.h"
#include "kbd/run_control.h"

struct browse;
struct session;
struct sql_rewritten;
struct sqlite3;
struct sqlite3_stmt;
struct store;

#define SQL_CACHE_SIZE 32	/* statements kept prepared */

struct sql_cached {
	struct sqlite3_stmt *stmt;	/* owned */
	uint64_t hash;			/* of its text */
	uint64_t used;			/* when, for the oldest */
};

struct sql_db {
	struct store *store;		/* owned */
	struct sqlite3 *db;		/* borrowed from store */
	bool is_writer;
	struct browse *browse;		/* owned; what pages read */
	struct sql_cached cache[SQL_CACHE_SIZE];
	uint64_t clock;

	/* of the client's statement that is being prepared or run */
	struct session *session;	/* borrowed; NULL: none */
	struct run_control *control;	/* borrowed */
	uint64_t generation;
	int64_t deadline_ms;		/* clock_ms(); 0: none */
	bool is_guarded;		/* client SQL is being prepared */
	bool is_running;		/* client SQL is being run */
	bool saw_write;			/* it asked for a change */
	char denied[64];		/* what else it must not touch */
	char counted[16][64];		/* base tables read without a column */
	size_t ncounted;
	const char *stopped;		/* why it was interrupted, or NULL */
};

/* Takes over the store, also on failure. cache_bytes is for its pages. */
bool sql_db_open(struct store *s, bool is_writer, int64_t cache_bytes,
    struct sql_db **out, struct err *e) MUST_CHECK;
void sql_db_close(struct sql_db *db);

/* From here to sql_db_leave() the statements are this client's. */
void sql_db_enter(struct sql_db *db, struct session *s,
    struct run_control *control, uint64_t generation);
void sql_db_leave(struct sql_db *db);

/*
 * Statements of our own for a page: from here to sql_db_page_end() they have
 * a deadline (clock_ms(); 0: none) and the memory quota of a client's, and
 * see one state of the base.
 */
bool sql_db_page_begin(struct sql_db *db, struct run_control *control,
    int64_t deadline_ms, struct err *e) MUST_CHECK;
void sql_db_page_end(struct sql_db *db);

/*
 * Prepare client SQL, from the cache when it is there. From here to
 * sql_db_done() the connection can change nothing, also the writer's.
 */
bool sql_db_prepare(struct sql_db *db, const struct sql_rewritten *r,
    struct slice original, struct sqlite3_stmt **out, struct err *e)
    MUST_CHECK;

/* One row: *row is false at the end. */
bool sql_db_step(struct sql_db *db, struct sqlite3_stmt *stmt, bool *row,
    struct err *e) MUST_CHECK;

/* Reset and keep for the next time. NULL is allowed. */
void sql_db_done(struct sql_db *db, struct sqlite3_stmt *stmt);

/* The same for a function that runs long, while it is called. */
bool sql_db_is_stopped(struct sql_db *db);

/* Canceled, past the deadline or ended? Sets the error that says so. */
bool sql_db_check_stop(struct sql_db *db, struct err *e) MUST_CHECK;

#endif
