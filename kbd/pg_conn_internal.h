/*
 * pg_conn_internal.h - what the files of one PostgreSQL client share.
 *
 * pg_conn.c has the states, the events and the end; pg_conn_startup.c the
 * first packets and encryption, pg_conn_login.c who it is and its session,
 * pg_conn_request.c its messages while they are other threads'.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_PG_CONN_INTERNAL_H
#define KBD_PG_CONN_INTERNAL_H

#include "common/buf.h"
#include "common/err.h"
#include "common/log.h"
#include "kbd/loop.h"
#include "kbd/pg_auth.h"
#include "kbd/pg_cancel.h"
#include "kbd/pg_conn.h"
#include "kbd/pg_msg.h"
#include "kbd/roles.h"

struct activity_entry;

/* The arrows between them are at the head of pg_conn.c. */
enum pg_conn_state {
	PG_CONN_STARTUP,
	PG_CONN_LOOKUP,
	PG_CONN_SASL,
	PG_CONN_REFUSED,
	PG_CONN_IDLE,
	PG_CONN_BUSY,
	PG_CONN_CLOSING,
	PG_CONN_STATES
};

struct pg_conn {
	struct conn *conn;		/* borrowed; it owns us */
	const struct pg_env *env;
	struct pg_login login;		/* peer, role */
	unsigned long number;
	enum pg_conn_state state;
	int64_t since_ms;		/* start of this state */
	int64_t born_ms;
	bool saw_ssl, saw_gss;
	bool is_exact;			/* reads eight bytes at a time */
	bool in_handshake;		/* of TLS: no byte of ours may leave */
	bool is_pending;		/* counted by login_begin */
	bool counted;			/* by session_begin */
	bool role_counted, address_counted;
	struct buf startup;		/* the packet, until IDLE */
	struct err refusal;		/* in REFUSED */
	struct role_ask ask;
	bool ask_live;			/* the roles' thread has it */
	struct loop_task ask_task;
	struct session *session;	/* owned */
	struct activity_entry *activity;	/* owned; NULL before IDLE */
	struct pg_cancel_key key;
	struct run_control control;
	struct job job;			/* live in BUSY, or saying farewell */
	bool job_live;
	_Atomic bool hurry;		/* its end must not wait for a turn */
	int64_t done_ms;		/* when it ended */
	bool is_hot;			/* workers read, the loop does not */
	struct buf early;		/* what they read and did not want */
	bool stop_soon;			/* leave when this request is done */
	struct loop_task done_task;
	const char *why;		/* it ends, for the log */
};

/* pg_conn.c */

void pg_conn_set_state(struct pg_conn *c, enum pg_conn_state to);
/* What is here may be carried out: bytes came, or a wait ended. */
void pg_conn_look(struct pg_conn *c);
/* Whose line it is; a role is named once it is proven. */
void pg_conn_log_text(const struct pg_conn *c, bool role,
    char out[LOG_CONTEXT_MAX]);
void pg_conn_log_context(const struct pg_conn *c);
/* CLOSING; the caller ends the connection. why: for the log. */
void pg_conn_begin_closing(struct pg_conn *c, const char *why);
/* The end without a word, but a goodbye of TLS. */
void pg_conn_end(struct pg_conn *c, const char *why);
/* A last message, then the end. */
void pg_conn_fatal(struct pg_conn *c, const struct err *e);
void pg_conn_fatal_text(struct pg_conn *c, const char *sqlstate,
    const char *text);

/* pg_conn_startup.c */

void pg_conn_look_startup(struct pg_conn *c);
/* conn_ops: the first byte of a connection; TLS stands. */
void pg_conn_on_first(void *arg, unsigned char byte);
void pg_conn_on_secured(void *arg);

/* pg_conn_login.c */

void pg_conn_begin_login(struct pg_conn *c, const struct pg_startup *m,
    struct slice raw);
/* A step of SASL; nothing else may be sent before it is over. */
void pg_conn_look_sasl(struct pg_conn *c);
/* Forget what only a login needs. */
void pg_conn_end_login(struct pg_conn *c);

/* pg_conn_request.c */

/* Everything up to the first Sync, Query or Flush, or a batch full. */
void pg_conn_look_idle(struct pg_conn *c);
/* Workers shall not wait for the client any more; if one is at it, it says. */
void pg_conn_cool(struct pg_conn *c);
/* A transaction that is open has to be rolled back by the writer. */
void pg_conn_say_farewell(struct pg_conn *c);

#endif
