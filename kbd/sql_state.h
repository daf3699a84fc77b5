/*
 * sql_state.h - the inside of a session, for the files that carry out what its
 * client asks. For nobody else.
 *
 * sql_message.c reads messages, sql_lane.c only guesses what they cost.
 * sql_prepared.c keeps statements and sql_portal.c gives them values;
 * sql_exec.c runs one, sql_query.c those that are queries. sql_session.c
 * begins and ends it all.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_SQL_STATE_H
#define KBD_SQL_STATE_H

#include "kbd/pg_guc.h"
#include "kbd/pg_type.h"
#include "kbd/sql_db.h"
#include "kbd/sql_rewrite.h"
#include "kbd/sql_session.h"

#define SESSION_STATEMENTS_MAX 1000
#define SESSION_PORTALS_MAX 100
#define SESSION_SAVEPOINTS_MAX 100
#define SESSION_BYTES_MAX (24u << 20)	/* of statements and portals */
#define STATEMENT_BYTES 512		/* what each takes besides its arena */
#define SESSION_OUTBOX_MAX (24u << 20)	/* one row, and what is before it */

/* A statement that the client prepared, or the one that it just sent. */
struct statement {
	struct arena arena;	/* owns all below */
	unsigned refs;
	char *name;		/* "" is the unnamed one */
	size_t bytes;
	bool is_empty;
	bool is_quick;
	struct sql_stmt stmt;
	struct sql_rewritten rewritten;	/* SQL_QUERY */
	uint32_t *params;	/* types of stmt.nparams */
	bool is_described;	/* columns were announced: they stay */
	struct pg_column *columns;
	size_t ncolumns;
};

/* A statement with its values, perhaps on the way through its rows. */
struct portal {
	struct arena arena;
	char *name;
	struct statement *statement;	/* a reference */
	struct pg_value *values;
	size_t nvalues;
	uint16_t *formats;
	size_t nformats;
	bool is_described;
	bool wants_columns;	/* Describe was put off to Execute */
	struct pg_column *columns;
	size_t ncolumns;
	bool is_started;
	struct buf rows;	/* DataRows that were not asked for yet */
	size_t at;		/* of rows */
	size_t bytes;		/* of the arena, as the session counts them */
};

struct savepoint {
	char *name;
	struct guc_values guc;
};

struct session {
	char *role, *author;
	char *log;			/* prefix of its lines */
	bool is_admin, can_write;
	struct roles *roles;		/* borrowed, as the next two */
	struct activity *activity;
	struct audit *audit;
	char *address;			/* owned */
	struct activity_entry *entry;
	uint32_t pid;
	const char *dir;		/* borrowed; of the data, or NULL */
	struct backup *backup;		/* owned; NULL when none is taken */
	struct guc guc;
	struct guc_values at_begin;
	const struct settings *settings;	/* of the running request */

	char status;		/* 'I', 'T', 'E' */
	bool is_read_only;	/* this transaction */
	bool is_writing;	/* the writer's transaction is ours */
	bool skips;		/* to the next Sync, after an error */
	struct savepoint *savepoints;	/* owned, outermost first */
	size_t nsavepoints, savepoint_cap;
	struct statement **statements;	/* owned references */
	size_t nstatements, statement_cap;
	size_t bytes;		/* that statements and portals take */
	size_t row_bytes;	/* that portals keep of their results */
	struct portal **portals;	/* owned */
	size_t nportals, portal_cap;
	struct portal *running;		/* borrowed; NULL when it was dropped */
};

/* One statement on its way. */
struct run {
	struct session *s;
	struct request *r;
	struct sql_db *db;
	struct statement *st;
	struct portal *portal;	/* values, formats, rows */
	bool wants_columns;	/* RowDescription before the rows */
	uint32_t max_rows;	/* 0 is all */
};

enum step {
	STEP_OK,
	STEP_ERROR,		/* r->err says why */
	STEP_TO_WORKER,
	STEP_TO_WRITER
};

/* sql_session.c; the rest is in sql_session.h */

/* Is the transaction a failed one? Then with the error set. */
bool session_aborted(const struct session *s, struct err *e);

/* sql_query.c */

/* Run a query, or go on with the rows that its portal kept. */
enum step query_run(struct run *x);
/* RowDescription of a portal. */
bool query_describe(struct run *x, struct err *e) MUST_CHECK;
/* The columns of a query; they stay as announced. */
void query_columns(struct statement *st);
/* Fixed columns of SHOW and CALL; false for a statement without rows. */
bool query_fixed_columns(const struct session *s, struct statement *st);
/* Formats for n columns, spread as Bind says. */
bool query_formats(struct portal *p, size_t n, uint16_t **out, struct err *e)
    MUST_CHECK;

/* sql_exec.c */

/* Run x->st, whatever it is. */
enum step exec_run(struct run *x);
/* "cannot execute INSERT in a ..."; always false. */
bool exec_refuse_write(const struct sql_stmt *q, struct err *e);
/* The implicit transaction ends well, or the statement failed. */
enum step exec_finish(struct session *s, struct request *r,
    struct sql_db *db);
enum step exec_failed(struct session *s, struct request *r,
    struct sql_db *db);
/* Roll back whatever is open. On the writer when is_writing. */
void exec_rollback(struct session *s, struct sql_db *db);

/* sql_prepared.c */

/* With one reference; the last unref frees it. */
struct statement *statement_new(struct slice name);
void statement_unref(struct statement *st);
/* Where the session has it, or -1. */
int statement_index(const struct session *s, struct slice name);
struct statement *statement_find(const struct session *s, struct slice name);
/* "prepared statement ... does not exist"; always false. */
bool statement_missing(struct slice name, struct err *e);
void statements_drop(struct session *s);
bool statement_drop(struct session *s, struct slice name);
/* Is what it asks for right? Its parameters get their types, and a query is
   written as SQLite may see it. */
bool statement_check(struct statement *st, const uint32_t *types,
    size_t ntypes, struct err *e) MUST_CHECK;
/* Read a statement and keep it, as Parse does. */
bool statement_add(struct session *s, struct sql_db *db,
    const struct pg_parse *m, struct err *e) MUST_CHECK;
/* PREPARE: as Parse does it. */
bool statement_prepare(struct run *x) MUST_CHECK;
/* A statement that ends a failed transaction, or nothing at all. */
bool statement_may_follow_error(const struct statement *st);

/* sql_portal.c */

struct portal *portal_new(struct slice name, struct statement *st);
void portal_free(struct session *s, struct portal *p);
/* Where the session has it, or -1. */
int portal_index(const struct session *s, struct slice name);
/* "portal ... does not exist"; always false. */
bool portal_missing(struct slice name, struct err *e);
/* The one that is running lives until it is done. */
void portal_remove(struct session *s, int i);
void portals_drop(struct session *s);
void portal_drop_rows(struct session *s, struct portal *p);
/* The values and formats of Bind. */
bool portal_fill(struct portal *p, const struct pg_bind *m, struct err *e)
    MUST_CHECK;
/* EXECUTE: its rows are all sent at once. */
enum step portal_execute(struct run *x);

#endif
