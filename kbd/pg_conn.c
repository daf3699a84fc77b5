/*
 * pg_conn.c - one PostgreSQL client, from its first byte to its last.
 *
 * conn.c brings bytes, pg_msg.c cuts messages, a session (sql_session.h)
 * carries them out on other threads. This file only decides what may happen
 * next:
 *
 *   STARTUP --SSLRequest, GSSENCRequest--> STARTUP      [answer N]
 *   STARTUP --CancelRequest--> CLOSING                  [cancel]
 *   STARTUP --StartupMessage--> IDLE                    [authenticate, greet]
 *   IDLE    --whole messages--> BUSY                    [submit]
 *   BUSY    --request finished--> IDLE                  [send, look again]
 *   any     --error, Terminate, deadline, peer gone--> CLOSING
 *   CLOSING --session still holds the writer--> CLOSING [submit a farewell]
 *
 * Invariants:
 *   (1) Before IDLE there is no session.
 *   (2) In BUSY exactly one request is live, and only it uses the session.
 *   (3) CLOSING is final: no message is handled after it.
 *   (4) A client is freed only when no other thread has its job.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/pg_conn.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/mem.h"
#include "kbd/loop.h"
#include "kbd/pg_auth.h"
#include "kbd/pg_cancel.h"
#include "kbd/pg_msg.h"
#include "kbd/settings.h"

#include <assert.h>
#include <event2/buffer.h>
#include <stdio.h>
#include <stdlib.h>

#define BATCH_BYTES (64u * 1024)	/* of messages in one request */
#define INPUT_MAX (1024u * 1024)	/* kept while a request runs */

enum state { STARTUP, IDLE, BUSY, CLOSING };

struct pg_conn {
	struct conn *conn;		/* borrowed; it owns us */
	const struct pg_env *env;
	struct net_peer peer;
	unsigned long number;
	enum state state;
	int64_t since_ms;		/* start of this state */
	bool saw_ssl, saw_gss;
	bool counted;			/* by session_begin */
	struct session *session;	/* owned */
	struct pg_role role;
	struct pg_cancel_key key;
	struct run_control control;
	struct job job;			/* live in BUSY, or saying farewell */
	bool job_live;
	bool stop_soon;			/* leave when this request is done */
	struct loop_task done_task;
	const char *why;		/* it ends, for the log */
};

static void look(struct pg_conn *c);

/* ---- state ---- */

static void
set_state(struct pg_conn *c, enum state to)
{
	static const bool allowed[4][4] = {
		[STARTUP] = { [IDLE] = true, [CLOSING] = true },
		[IDLE] = { [BUSY] = true, [CLOSING] = true },
		[BUSY] = { [IDLE] = true, [CLOSING] = true },
		[CLOSING] = { false },
	};

	if (c->state == to)
		return;
	assert(allowed[c->state][to]);
	c->state = to;
	c->since_ms = clock_ms();
}

static void
log_context(const struct pg_conn *c)
{
	char text[96];

	snprintf(text, sizeof(text), "conn=%lu%s%s", c->number,
	    c->session != NULL ? " role=" : "",
	    c->session != NULL ? c->role.name : "");
	log_set_context(text);
}

static void job_finished(struct job *j);

/* A transaction that is open has to be rolled back by the writer. */
static void
say_farewell(struct pg_conn *c)
{
	struct job *j = &c->job;

	c->job_live = true;
	request_init(&j->request, c->session);
	j->request.control = &c->control;
	j->request.settings = c->env->settings_get(c->env->arg);
	j->request.is_farewell = true;
	j->finished = job_finished;
	j->arg = c;
	j->lane = LANE_QUICK;
	if (!c->env->submit(c->env->arg, j)) {
		/* the lane is full; the next tick tries again */
		c->env->settings_put(c->env->arg, j->request.settings);
		request_free(&j->request);
		c->job_live = false;
	}
}

static void
begin_closing(struct pg_conn *c, const char *why)
{
	if (c->state == CLOSING)
		return;
	c->why = why;
	set_state(c, CLOSING);
	if (!c->job_live && c->session != NULL &&
	    session_holds_writer(c->session))
		say_farewell(c);
}

/* A last message, then the end. */
static void
fatal(struct pg_conn *c, const struct err *e)
{
	struct buf b = BUF_INIT;

	pg_put_error(&b, PG_FATAL, e);
	conn_send(c->conn, &b);
	buf_free(&b);
	log_context(c);
	log_err(LOG_LEVEL_INFO, e);
	log_set_context(NULL);
	begin_closing(c, e->msg[0] != '\0' ? "refused" : "error");
	conn_finish(c->conn);
}

static void
fatal_text(struct pg_conn *c, const char *sqlstate, const char *text)
{
	struct err e = ERR_INIT;

	err_set(&e, ERR_DENIED, "%s", text);
	pg_err_state(&e, sqlstate);
	fatal(c, &e);
}

/* ---- requests ---- */

static bool
take_output(struct outbox *o, struct err *e)
{
	struct pg_conn *c = o->arg;

	return conn_take(c->conn, o, &c->control, c->job.request.generation,
	    e);
}

static void
after_request(struct loop_task *t)
{
	struct pg_conn *c = (struct pg_conn *)((char *)t -
	    offsetof(struct pg_conn, done_task));
	struct request *r = &c->job.request;
	bool over = r->fatal;

	c->job_live = false;
	conn_send(c->conn, &r->out.buf);
	c->env->settings_put(c->env->arg, r->settings);
	request_free(r);
	if (c->state == CLOSING) {
		if (session_holds_writer(c->session))
			say_farewell(c);
		return;
	}
	set_state(c, IDLE);
	if (over) {
		begin_closing(c, "error");
		conn_finish(c->conn);
	} else if (c->stop_soon) {
		fatal_text(c, "57P01", "terminating connection due to "
		    "administrator command");
	} else {
		conn_read_on(c->conn);
		look(c);	/* bytes already here raise no event */
	}
}

/* On the thread that finished it. */
static void
job_finished(struct job *j)
{
	struct pg_conn *c = j->arg;

	c->done_task.run = after_request;
	loop_post(conn_loop(c->conn), &c->done_task);
}

static void
submit(struct pg_conn *c, struct buf *messages)
{
	struct job *j = &c->job;
	struct request *r = &j->request;

	request_init(r, c->session);
	buf_free(&r->messages);
	r->messages = *messages;
	r->control = &c->control;
	r->settings = c->env->settings_get(c->env->arg);
	r->generation = atomic_fetch_add(&c->control.running, 1) + 1;
	r->started_ms = clock_ms();
	r->out.take = take_output;
	r->out.arg = c;
	j->finished = job_finished;
	j->arg = c;
	j->lane = session_is_quick(c->session, buf_slice(messages)) ?
	    LANE_QUICK : LANE_LONG;
	c->job_live = true;
	set_state(c, BUSY);
	if (c->env->submit(c->env->arg, j))
		return;
	c->job_live = false;
	c->env->settings_put(c->env->arg, r->settings);
	request_free(r);
	set_state(c, IDLE);
	fatal_text(c, "53300", "too many requests are waiting");
}

/* A boundary after which the client waits for an answer. */
static bool
ends_batch(char type)
{
	return type == 'Q' || type == 'S' || type == 'H' || type == 'F';
}

enum took { TOOK_NONE, TOOK_ONE, TOOK_LAST, TOOK_TERMINATE, TOOK_BAD };

/* Move one whole message from the input to *b. */
static enum took
take_message(struct pg_conn *c, size_t max, struct buf *b, struct err *e)
{
	struct evbuffer *in = conn_input(c->conn);
	char head[5];
	ssize_t n = evbuffer_copyout(in, head, sizeof(head));
	struct slice have = slice_make(head, n > 0 ? (size_t)n : 0);
	struct pg_msg m;
	size_t size, used;
	char *to;

	/* the five bytes say all that the framer refuses */
	if (pg_msg_next(have, max, &m, &used, e) == PG_NEXT_BAD)
		return TOOK_BAD;
	size = pg_msg_size(have);
	if (size == 0 || evbuffer_get_length(in) < size)
		return TOOK_NONE;
	if (head[0] == 'X')
		return TOOK_TERMINATE;
	if (head[0] == 'p') {
		err_set(e, ERR_PROTOCOL,
		    "a password was not asked for");
		return TOOK_BAD;
	}
	to = buf_reserve(b, size);
	(void)evbuffer_remove(in, to, size);
	return ends_batch(head[0]) ? TOOK_LAST : TOOK_ONE;
}

/* Everything up to the first Sync, Query or Flush, or a batch full. */
static void
look_idle(struct pg_conn *c)
{
	const struct settings *s = c->env->settings_get(c->env->arg);
	size_t max = (size_t)s->max_message_bytes;
	struct buf batch = BUF_INIT;
	struct err e = ERR_INIT;
	enum took took;

	c->env->settings_put(c->env->arg, s);
	do {
		took = take_message(c, max, &batch, &e);
	} while (took == TOOK_ONE && batch.len < BATCH_BYTES);
	if (batch.len != 0) {
		/* what comes after is found again when this is done */
		submit(c, &batch);
		return;
	}
	buf_free(&batch);
	if (took == TOOK_BAD) {
		fatal(c, &e);
	} else if (took == TOOK_TERMINATE) {
		begin_closing(c, "client left");
		conn_close(c->conn);
	}
}

/* ---- startup ---- */

static void
greet(struct pg_conn *c, const struct pg_startup *m)
{
	struct buf b = BUF_INIT;

	pg_cancel_add(c->env->cancels, &c->control,
	    m->version >= PG_VERSION_3_2 ? PG_CANCEL_KEY_LONG : 4, &c->key);
	if (m->version > PG_VERSION_3_2 || m->nunknown != 0)
		pg_put_negotiate(&b, m);
	pg_put_auth_ok(&b);
	session_greet(c->session, &b);
	pg_put_key(&b, c->key.pid, slice_make(c->key.key, c->key.len));
	pg_put_ready(&b, 'I');
	conn_send(c->conn, &b);
	buf_free(&b);
}

static void
begin_session(struct pg_conn *c, const struct pg_startup *m)
{
	const struct settings *s = c->env->settings_get(c->env->arg);
	struct session_init init = { .settings = s };
	struct err e = ERR_INIT;

	if (!pg_auth_local(&c->peer, c->env->owner, m, &c->role, &e)) {
		fatal(c, &e);
	} else if (!c->env->session_begin(c->env->arg)) {
		fatal_text(c, "53300", "sorry, too many clients already");
	} else {
		c->counted = true;
		init.role = c->role.name;
		init.author = c->role.author;
		init.is_admin = c->role.is_admin;
		c->session = session_new(&init);
		if (!session_startup(c->session, m, &e)) {
			fatal(c, &e);
		} else {
			greet(c, m);
			set_state(c, IDLE);
			if (s->log_connections) {
				log_context(c);
				log_info("connection authorized: user=%s "
				    "database=kb", c->role.author);
				log_set_context(NULL);
			}
		}
	}
	c->env->settings_put(c->env->arg, s);
}

/* No encryption on the local socket; the client decides what then. */
static void
answer_no(struct pg_conn *c, bool *seen)
{
	struct buf b = BUF_INIT;

	if (*seen) {
		fatal_text(c, "08P01", "encryption was asked for twice");
		return;
	}
	*seen = true;
	buf_putc(&b, 'N');
	conn_send(c->conn, &b);
	buf_free(&b);
}

static void
handle_startup(struct pg_conn *c, const struct pg_startup *m)
{
	switch (m->kind) {
	case PG_STARTUP_SSL:
		answer_no(c, &c->saw_ssl);
		break;
	case PG_STARTUP_GSSENC:
		answer_no(c, &c->saw_gss);
		break;
	case PG_STARTUP_CANCEL:
		if (pg_cancel_hit(c->env->cancels, m->pid, m->key))
			log_debug("cancel request for %u", m->pid);
		begin_closing(c, "cancel request");
		conn_close(c->conn);	/* never a reply */
		break;
	case PG_STARTUP_SESSION:
		begin_session(c, m);
		break;
	}
}

static void
look_startup(struct pg_conn *c)
{
	struct evbuffer *in = conn_input(c->conn);
	struct arena a = ARENA_INIT;
	struct pg_startup m;
	struct pg_msg raw;
	struct err e = ERR_INIT;
	size_t used, have = evbuffer_get_length(in);

	if (have > PG_STARTUP_MAX)
		have = PG_STARTUP_MAX;
	switch (pg_startup_next(slice_make(evbuffer_pullup(in, (ssize_t)have),
	    have), &raw, &used, &e)) {
	case PG_NEXT_MORE:
		return;
	case PG_NEXT_BAD:
		/* not a PostgreSQL client: no answer it could not read */
		begin_closing(c, "invalid startup packet");
		conn_close(c->conn);
		return;
	case PG_NEXT_MSG:
		break;
	}
	if (pg_startup_decode(raw.body, &a, &m, &e))
		handle_startup(c, &m);
	else
		fatal(c, &e);
	arena_free(&a);
	evbuffer_drain(in, used);
	if (c->state == STARTUP || c->state == IDLE)
		look(c);
}

static void
look(struct pg_conn *c)
{
	switch (c->state) {
	case STARTUP:
		if (evbuffer_get_length(conn_input(c->conn)) != 0)
			look_startup(c);
		break;
	case IDLE:
		look_idle(c);
		break;
	case BUSY:
		if (evbuffer_get_length(conn_input(c->conn)) > INPUT_MAX)
			conn_read_off(c->conn);
		break;
	case CLOSING:
		break;
	}
}

/* ---- events of the connection ---- */

static void
on_readable(void *arg)
{
	look(arg);
}

static void
on_lost(void *arg)
{
	struct pg_conn *c = arg;

	atomic_store(&c->control.end, RUN_GONE);
	begin_closing(c, "connection lost");
}

static bool
too_long(int64_t limit_ms, int64_t since_ms, int64_t now)
{
	return limit_ms != 0 && now - since_ms >= limit_ms;
}

static void
tick_idle(struct pg_conn *c, int64_t now)
{
	bool in_transaction = session_status(c->session) != 'I' ||
	    session_holds_writer(c->session);

	if (in_transaction && too_long(session_timeout(c->session,
	    "idle_in_transaction_session_timeout"), c->since_ms, now))
		fatal_text(c, "25P03", "terminating connection due to "
		    "idle-in-transaction timeout");
	else if (!in_transaction && too_long(session_timeout(c->session,
	    "idle_session_timeout"), c->since_ms, now))
		fatal_text(c, "57P05", "terminating connection due to idle-"
		    "session timeout");
}

static void
on_tick(void *arg, int64_t now)
{
	struct pg_conn *c = arg;
	const struct settings *s = c->env->settings_get(c->env->arg);
	int64_t login_ms = s->authentication_timeout_ms;

	c->env->settings_put(c->env->arg, s);
	if (c->state == STARTUP && too_long(login_ms, c->since_ms, now))
		fatal_text(c, "57014",
		    "canceling authentication due to timeout");
	else if (c->state == IDLE)
		tick_idle(c, now);
}

static void
on_stop(void *arg, bool at_once)
{
	struct pg_conn *c = arg;

	if (at_once)
		atomic_store(&c->control.end, RUN_SHUTDOWN);
	if (c->state == BUSY) {
		c->stop_soon = true;
	} else if (c->state == IDLE) {
		fatal_text(c, "57P01", "terminating connection due to "
		    "administrator command");
	} else if (c->state == STARTUP) {
		begin_closing(c, "shutdown");
		conn_close(c->conn);
	}
}

static bool
on_may_free(void *arg)
{
	struct pg_conn *c = arg;

	if (!c->job_live && c->session != NULL &&
	    session_holds_writer(c->session))
		say_farewell(c);
	return !c->job_live;
}

static void
on_destroy(void *arg)
{
	struct pg_conn *c = arg;
	const struct settings *s = c->env->settings_get(c->env->arg);

	if (s->log_disconnections && c->session != NULL) {
		log_context(c);
		log_info("disconnection: %s", c->why);
		log_set_context(NULL);
	}
	c->env->settings_put(c->env->arg, s);
	if (c->session != NULL && c->key.pid != 0)
		pg_cancel_remove(c->env->cancels, c->key.pid);
	session_destroy(c->session);
	if (c->counted)
		c->env->session_end(c->env->arg);
	c->env->connection_end(c->env->arg);
	free(c);
}

static const struct conn_ops ops = {
	.readable = on_readable,
	.lost = on_lost,
	.tick = on_tick,
	.stop = on_stop,
	.may_free = on_may_free,
	.destroy = on_destroy,
};

void
pg_conn_start(struct conn_set *set, struct bufferevent *bev,
    const struct pg_env *env, const struct net_peer *peer,
    unsigned long number)
{
	const struct settings *s = env->settings_get(env->arg);
	struct pg_conn *c = mem_zalloc(sizeof(*c));

	c->env = env;
	c->peer = *peer;
	c->number = number;
	c->state = STARTUP;
	c->since_ms = clock_ms();
	c->why = "closed";
	if (s->log_connections) {
		log_context(c);
		log_info("connection received: local uid=%ld pid=%ld",
		    (long)peer->uid, (long)peer->pid);
		log_set_context(NULL);
	}
	c->conn = conn_new(set, bev, s->client_write_timeout_ms, &ops, c);
	env->settings_put(env->arg, s);
}
