/*
 * sql_session.h - the SQL side of one client: what it has open, what it asks.
 *
 * A session belongs to whoever runs its request: the loop thread while it
 * waits, a worker or the writer while it is busy; never two at a time. A
 * request is a run of whole messages. It starts on a worker; where a change
 * is made, or read back inside its transaction, it moves to the writer:
 *
 *   worker --CALL parsed, transaction that writes--> writer --> done
 *   writer --next CALL, not parsed yet--> worker
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_SQL_SESSION_H
#define KBD_SQL_SESSION_H

#include <stdint.h>

#include "common/arena.h"
#include "common/buf.h"
#include "common/err.h"
#include "kbd/outbox.h"
#include "kbd/run_control.h"
#include "kbd/sql_call.h"
#include "kbd/sql_stmt.h"

struct activity;
struct activity_entry;
struct audit;
struct guc;
struct roles;
struct session;
struct settings;
struct sql_db;

enum session_next {
	SESSION_DONE,
	SESSION_TO_WORKER,
	SESSION_TO_WRITER
};

struct session_init {
	const char *role;	/* copied, as the others */
	const char *log;	/* whose lines these are: "conn=17 role=ann" */
	const char *author;	/* who signs changes */
	bool is_admin;
	bool can_write;		/* may CALL what changes documents */
	struct roles *roles;	/* borrowed; NULL: no statements about roles */
	struct activity *activity;	/* borrowed; NULL: no kb_stat_activity */
	struct audit *audit;		/* borrowed; NULL: none is kept */
	const char *address;		/* of the client; NULL or "": local */
	struct activity_entry *entry;	/* of this session; borrowed */
	uint32_t pid;		/* of BackendKeyData */
	const char *dir;	/* of the data; borrowed; NULL: no backup */
	const struct settings *settings;	/* to start with */
};

/* Some messages of one client, and how far they were carried out. */
struct request {
	struct session *session;	/* borrowed */
	const struct settings *settings;	/* borrowed; in force now */
	struct run_control *control;	/* borrowed */
	uint64_t generation;
	int64_t started_ms;	/* clock_ms(); statement_timeout counts on */
	struct buf messages;	/* owned; whole messages */
	bool is_farewell;	/* no messages: roll back, the client left */
	struct outbox out;
	bool fatal;		/* set: close the connection after the output */

	/* how far it is */
	size_t at;		/* bytes of messages that are done */
	struct arena arena;	/* of the message at `at` */
	struct sql_stmts stmts;	/* of a Query message */
	size_t stmt;		/* the next of them */
	bool in_query;
	bool call_ready;
	bool call_planned;
	struct sql_call call;	/* when call_ready */
	size_t change_mark;	/* of out, before the first change */
	bool is_failing;	/* err is to be reported */
	struct err err;
};

/* sql_session.c */

struct session *session_new(const struct session_init *init);
void session_destroy(struct session *s);

/* To be used before the first request: the startup packet's parameters. */
bool session_startup(struct session *s, const struct pg_startup *m,
    struct err *e) MUST_CHECK;

/* ParameterStatus of all, and the first ReadyForQuery. */
void session_greet(struct session *s, struct buf *b);

/* 'I' idle, 'T' in a transaction, 'E' in a failed one. */
char session_status(const struct session *s);

/* It has changed something that is not committed: it needs the writer. */
bool session_holds_writer(const struct session *s);

/* A timeout of this session, in ms; 0 is none. */
int64_t session_timeout(const struct session *s, const char *name);

const char *session_role(const struct session *s);
bool session_is_admin(const struct session *s);
struct roles *session_roles(const struct session *s);
struct activity *session_activity(const struct session *s);
struct audit *session_audit(const struct session *s);
uint32_t session_pid(const struct session *s);
/* The number of BackendKeyData, once it is known. */
void session_set_pid(struct session *s, uint32_t pid);
const struct guc *session_guc(const struct session *s);
const struct settings *session_settings(const struct session *s);

/* sql_message.c */

/* Carry on with a request, on a worker or on the writer. */
enum session_next session_run(struct request *r, struct sql_db *db);

void request_init(struct request *r, struct session *s);
/* What is left fails with this error when session_run() is called again. */
void request_fail(struct request *r, const struct err *e);
void request_free(struct request *r);

/* sql_lane.c */

/* Are these messages cheap? Guesses from the text; for the lane. */
bool session_is_quick(const struct session *s, struct slice messages);

#endif
