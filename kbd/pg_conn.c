/*
 * pg_conn.c - one PostgreSQL client, from its first byte to its last.
 *
 * conn.c brings bytes, pg_msg.c cuts messages, a session (sql_session.h)
 * carries them out on other threads. This file only decides what may happen
 * next:
 *
 *   STARTUP --SSLRequest, GSSENCRequest--> STARTUP      [answer S or N]
 *   STARTUP --CancelRequest--> CLOSING                  [cancel]
 *   STARTUP --StartupMessage--> LOOKUP                  [ask for the role]
 *   LOOKUP  --rules want a password--> SASL             [challenge]
 *   LOOKUP, SASL --proven--> IDLE                       [greet]
 *   SASL    --wrong password--> REFUSED --tick--> CLOSING
 *   IDLE    --whole messages--> BUSY                    [submit]
 *   BUSY    --request finished--> IDLE                  [send, look again]
 *   BUSY    --request finished, client is hot--> BUSY   [await the next]
 *   any     --error, Terminate, deadline, peer gone--> CLOSING
 *   CLOSING --session still holds the writer--> CLOSING [submit a farewell]
 *
 * Invariants:
 *   (1) Before IDLE there is no session, and only a role's verifier has
 *       been read.
 *   (2) In BUSY exactly one request is live, and only it uses the session.
 *   (3) CLOSING is final: no message is handled after it.
 *   (4) A client is freed only when no other thread has its job, or its
 *       question about a role.
 *   (5) A hot client asks again and again: workers read its messages, and
 *       the loop does not, until the loop takes it back or has to decide
 *       about what came.
 *   (6) Without TLS, over TCP, the first packets are read eight bytes at a
 *       time: what follows SSLRequest is never taken for plain text.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/pg_conn.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/mem.h"
#include "kbd/activity.h"
#include "kbd/audit.h"
#include "kbd/loop.h"
#include "kbd/pg_auth.h"
#include "kbd/pg_cancel.h"
#include "kbd/pg_msg.h"
#include "kbd/secret.h"
#include "kbd/serving.h"
#include "kbd/tally.h"
#include "kbd/tls.h"

#include <assert.h>
#include <errno.h>
#include <event2/buffer.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#define BATCH_BYTES (64u * 1024)	/* of messages in one request */
#define INPUT_MAX (1024u * 1024)	/* kept while a request runs */
#define HOT_MS 20		/* who asks again that soon is hot */
#define HOT_BYTES 8192		/* of messages that a worker reads */

enum state { STARTUP, LOOKUP, SASL, REFUSED, IDLE, BUSY, CLOSING, STATES };

struct pg_conn {
	struct conn *conn;		/* borrowed; it owns us */
	const struct pg_env *env;
	struct pg_login login;		/* peer, role */
	unsigned long number;
	enum state state;
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

static void look(struct pg_conn *c);
static void cool(struct pg_conn *c);

/* ---- state ---- */

static void
set_state(struct pg_conn *c, enum state to)
{
	static const bool allowed[STATES][STATES] = {
		[STARTUP] = { [LOOKUP] = true, [CLOSING] = true },
		[LOOKUP] = { [SASL] = true, [IDLE] = true, [CLOSING] = true },
		[SASL] = { [IDLE] = true, [REFUSED] = true,
		    [CLOSING] = true },
		[REFUSED] = { [CLOSING] = true },
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

/* Whose line it is; a role is named once it is proven. */
static void
log_text(const struct pg_conn *c, bool role, char out[LOG_CONTEXT_MAX])
{
	snprintf(out, LOG_CONTEXT_MAX, "conn=%lu%s%s", c->number,
	    role ? " role=" : "", role ? c->login.role.name : "");
}

static void
log_context(const struct pg_conn *c)
{
	char text[LOG_CONTEXT_MAX];

	log_text(c, c->session != NULL, text);
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
end_login(struct pg_conn *c)
{
	pg_auth_end(&c->login);
	secret_wipe(c->ask.verifier, sizeof(c->ask.verifier));
	buf_free(&c->startup);
	if (c->is_pending)
		c->env->login_end(c->env->arg);
	c->is_pending = false;
}

static void
begin_closing(struct pg_conn *c, const char *why)
{
	if (c->state == CLOSING)
		return;
	if (c->is_pending && !c->ask_live)
		end_login(c);
	c->why = why;
	atomic_store(&c->hurry, true);
	set_state(c, CLOSING);
	cool(c);
	if (!c->job_live && c->session != NULL &&
	    session_holds_writer(c->session))
		say_farewell(c);
}

/* The end without a word, but a goodbye of TLS. */
static void
end(struct pg_conn *c, const char *why)
{
	begin_closing(c, why);
	if (c->in_handshake)
		conn_close(c->conn);
	else
		conn_finish(c->conn);
}

/* A last message, then the end. */
static void
fatal(struct pg_conn *c, const struct err *e)
{
	struct buf b = BUF_INIT;

	pg_put_error(&b, PG_FATAL, e);
	if (!c->in_handshake)
		conn_send(c->conn, &b);
	buf_free(&b);
	log_context(c);
	log_err(LOG_LEVEL_INFO, e);
	log_set_context(NULL);
	end(c, e->msg[0] != '\0' ? "refused" : "error");
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

	c->job_live = c->is_hot = false;
	conn_back(c->conn);
	conn_send(c->conn, &r->out.buf);
	(void)evbuffer_add(conn_input(c->conn), c->early.data, c->early.len);
	buf_free(&c->early);
	c->env->settings_put(c->env->arg, r->settings);
	request_free(r);
	if (c->state == CLOSING) {
		if (session_holds_writer(c->session))
			say_farewell(c);
		return;
	}
	set_state(c, IDLE);
	c->since_ms = c->done_ms;
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

/* Workers shall not wait for the client any more; if one is at it, it says. */
static void
cool(struct pg_conn *c)
{
	if (c->is_hot && c->env->take_back(c->env->arg, &c->job))
		after_request(&c->done_task);
}

/* On a worker: the loop shall know that the request is finished. */
static void
give_back(struct pg_conn *c)
{
	c->done_task.run = after_request;
	loop_post_lazily(conn_loop(c->conn), &c->done_task, &c->hurry);
}

/*
 * On the thread that finished it. The client has its answer before the loop
 * knows, which it needs to at the client's next message only: unless there
 * is more to do, the loop is not woken for it.
 */
static void
job_finished(struct job *j)
{
	struct pg_conn *c = j->arg;
	struct request *r = &j->request;
	char status = session_status(r->session);

	activity_state(c->activity, status == 'I' ? ACTIVITY_IDLE :
	    status == 'T' ? ACTIVITY_IN_TRANSACTION : ACTIVITY_FAILED);
	conn_send_from_job(c->conn, &r->out.buf);
	if (r->out.buf.len != 0 || r->fatal || r->is_farewell)
		atomic_store(&c->hurry, true);
	c->done_ms = clock_ms();
	if (c->is_hot) {
		if (!atomic_load(&c->hurry) && conn_is_quiet(c->conn) &&
		    c->env->await(c->env->arg, j, conn_fd(c->conn), &c->hurry))
			return;		/* it is somebody else's by now */
		c->env->leave(c->env->arg, j);
		atomic_store(&c->hurry, true);	/* nobody reads */
	}
	give_back(c);
}

/* A new request of these messages; may be on a worker, if that has the old. */
static void
begin_request(struct pg_conn *c, struct buf *messages)
{
	struct request *r = &c->job.request;

	request_init(r, c->session);
	buf_free(&r->messages);
	r->messages = *messages;
	r->control = &c->control;
	r->settings = c->env->settings_get(c->env->arg);
	r->generation = atomic_fetch_add(&c->control.running, 1) + 1;
	r->started_ms = clock_ms();
	r->out.take = take_output;
	r->out.arg = c;
	activity_state(c->activity, ACTIVITY_ACTIVE);
}

/* A boundary after which the client waits for an answer. */
static bool
ends_batch(char type)
{
	return type == 'Q' || type == 'S' || type == 'H' || type == 'F';
}

/* Whole messages up to the one that wants an answer, none that a worker could
   not carry out at once? What is odd is the loop's. */
static bool
is_plain_batch(const struct pg_conn *c, struct slice in)
{
	const struct settings *s = c->env->settings_get(c->env->arg);
	size_t max = (size_t)s->max_message_bytes, used;
	struct slice rest = in;
	struct pg_msg m = { .type = '\0' };

	c->env->settings_put(c->env->arg, s);
	while (rest.len != 0 && !ends_batch(m.type)) {
		if (pg_msg_next(rest, max, &m, &used, NULL) != PG_NEXT_MSG ||
		    m.type == 'X' || m.type == 'p')
			return false;
		rest = slice_sub(rest, used, rest.len);
	}
	return rest.len == 0 && ends_batch(m.type) &&
	    session_is_quick(c->session, in);
}

/* On a worker: a hot client has sent something, or is gone. */
static bool
resume(struct job *j)
{
	struct pg_conn *c = j->arg;
	struct buf in = BUF_INIT;
	char bytes[HOT_BYTES];
	ssize_t n = recv(conn_fd(c->conn), bytes, sizeof(bytes), MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR) &&
	    c->env->await(c->env->arg, j, conn_fd(c->conn), &c->hurry))
		return false;
	if (n > 0)
		buf_put(&in, bytes, (size_t)n);
	if (n > 0 && !atomic_load(&c->hurry) &&
	    is_plain_batch(c, buf_slice(&in))) {
		c->env->settings_put(c->env->arg, j->request.settings);
		request_free(&j->request);
		begin_request(c, &in);
		return true;
	}
	c->early = in;
	c->env->leave(c->env->arg, j);
	atomic_store(&c->hurry, true);
	give_back(c);
	return false;
}

/*
 * Does the client ask again and again? Then the loop leaves it to the workers.
 */
static bool
becomes_hot(const struct pg_conn *c)
{
	return c->env->await != NULL && c->job.request.generation > 1 &&
	    c->job.lane == LANE_QUICK &&
	    conn_is_plain(c->conn) && !conn_is_closing(c->conn) &&
	    evbuffer_get_length(conn_input(c->conn)) == 0 &&
	    c->job.request.started_ms - c->since_ms < HOT_MS;
}

static void
submit(struct pg_conn *c, struct buf *messages)
{
	struct job *j = &c->job;
	struct request *r = &j->request;

	begin_request(c, messages);
	j->finished = job_finished;
	j->resume = resume;
	j->arg = c;
	j->lane = session_is_quick(c->session, buf_slice(messages)) ?
	    LANE_QUICK : LANE_LONG;
	c->job_live = true;
	c->is_hot = becomes_hot(c);
	if (c->is_hot)
		conn_read_off(c->conn);
	/* what is here already is looked at when this is done */
	atomic_store(&c->hurry, evbuffer_get_length(conn_input(c->conn)) != 0);
	conn_lend(c->conn);
	set_state(c, BUSY);
	if (c->env->submit(c->env->arg, j))
		return;
	c->job_live = c->is_hot = false;
	conn_back(c->conn);
	c->env->settings_put(c->env->arg, r->settings);
	request_free(r);
	set_state(c, IDLE);
	fatal_text(c, "53300", "too many requests are waiting");
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
greet(struct pg_conn *c)
{
	struct buf b = BUF_INIT;

	pg_put_auth_ok(&b);
	session_greet(c->session, &b);
	pg_put_key(&b, c->key.pid, slice_make(c->key.key, c->key.len));
	pg_put_ready(&b, 'I');
	conn_send(c->conn, &b);
	buf_free(&b);
}

/* Is there room for one more of this role, and for one more at all? */
static bool
take_place(struct pg_conn *c, struct err *e)
{
	const struct pg_role *r = &c->login.role;
	bool is_admin = r->level == ROLE_ADMIN;

	if (r->connection_limit != ROLE_LIMIT_NONE && !is_admin) {
		c->role_counted = tally_take(c->env->role_sessions,
		    slice_of(r->name), r->connection_limit);
		if (!c->role_counted) {
			err_set(e, ERR_LIMIT,
			    "too many connections for role \"%s\"", r->name);
			return pg_err_state(e, "53300");
		}
	}
	c->counted = c->env->session_begin(c->env->arg, is_admin);
	if (c->counted)
		return true;
	err_set(e, ERR_LIMIT, "sorry, too many clients already");
	return pg_err_state(e, "53300");
}

static void
log_login(struct pg_conn *c)
{
	const struct pg_login *l = &c->login;

	log_context(c);
	log_info("connection authorized: user=%s database=kb method=%s "
	    "(kbd_hba.conf:%u)%s%s%s%s", l->role.author,
	    access_method_name(l->method), l->rule,
	    l->is_tls ? " tls=" : "",
	    l->is_tls ? tls_version(conn_bev(c->conn)) : "",
	    l->is_tls ? " cipher=" : "",
	    l->is_tls ? tls_cipher(conn_bev(c->conn)) : "");
	log_set_context(NULL);
}

/* For BackendKeyData, of the length that the client's version knows. */
static uint32_t
new_key(struct pg_conn *c, const struct pg_startup *m)
{
	pg_cancel_add(c->env->cancels, &c->control,
	    m->version >= PG_VERSION_3_2 ? PG_CANCEL_KEY_LONG : 4, &c->key);
	return c->key.pid;
}

static struct activity_entry *
add_activity(struct pg_conn *c, const struct pg_startup *m)
{
	const struct pg_login *l = &c->login;
	struct slice name = pg_startup_param(m, "application_name");
	struct activity_row row = { .pid = c->key.pid,
		.port = l->peer.port };

	snprintf(row.role, sizeof(row.role), "%s", l->role.name);
	snprintf(row.database, sizeof(row.database), "%s", l->database);
	snprintf(row.application, sizeof(row.application), "%.*s",
	    SLICE_ARG(name));
	if (!l->peer.is_local)
		snprintf(row.address, sizeof(row.address), "%s",
		    l->peer.text);
	if (l->is_tls)
		snprintf(row.tls, sizeof(row.tls), "%s",
		    tls_version(conn_bev(c->conn)));
	return activity_add(c->env->activity, &row);
}

/* "" on the local socket. */
static const char *
address_of(const struct pg_conn *c)
{
	return c->login.peer.is_local ? "" : c->login.peer.text;
}

static void
open_session(struct pg_conn *c, const struct pg_startup *m,
    const struct settings *s)
{
	struct session_init init = { .role = c->login.role.name,
		.author = c->login.role.author,
		.is_admin = c->login.role.level == ROLE_ADMIN,
		.can_write = c->login.role.level >= ROLE_EDITOR,
		.roles = c->env->roles, .activity = c->env->activity,
		.audit = c->env->audit, .address = address_of(c),
		.dir = c->env->dir,
		.settings = s };
	char text[LOG_CONTEXT_MAX];
	struct err e = ERR_INIT;

	log_text(c, true, text);
	init.log = text;
	init.pid = new_key(c, m);
	c->activity = init.entry = add_activity(c, m);
	c->session = session_new(&init);
	if (!session_startup(c->session, m, &e)) {
		fatal(c, &e);
		return;
	}
	greet(c);
	set_state(c, IDLE);
	audit_note(c->env->audit, AUDIT_LOGIN, c->login.role.author,
	    address_of(c), SLICE(""),
	    slice_of(access_method_name(c->login.method)));
	if (s->log_connections)
		log_login(c);
}

/* Proven who it is. */
static void
begin_session(struct pg_conn *c)
{
	const struct settings *s = c->env->settings_get(c->env->arg);
	struct arena a = ARENA_INIT;
	struct pg_startup m;
	struct err e = ERR_INIT;

	if (!take_place(c, &e) ||
	    !pg_startup_decode(buf_slice(&c->startup), &a, &m, &e))
		fatal(c, &e);
	else
		open_session(c, &m, s);
	arena_free(&a);
	c->env->settings_put(c->env->arg, s);
	end_login(c);
}

/*
 * A wrong password is answered with the next tick. Whoever guesses has one
 * guess a second on each connection, of which an address has only so many;
 * nobody else waits for it.
 */
static void
refuse(struct pg_conn *c, const struct err *e)
{
	if (c->login.rule != 0)
		log_debug("kbd_hba.conf:%u decided", c->login.rule);
	if (c->state != SASL || strcmp(e->sqlstate, "28P01") != 0) {
		fatal(c, e);
		return;
	}
	c->refusal = *e;
	pg_auth_end(&c->login);
	conn_read_off(c->conn);
	set_state(c, REFUSED);
}

static void
after_auth(struct pg_conn *c, enum pg_auth what, struct buf *out,
    const struct err *e)
{
	if (what != PG_AUTH_NO)
		conn_send(c->conn, out);
	switch (what) {
	case PG_AUTH_OK:
		begin_session(c);
		break;
	case PG_AUTH_MORE:
		set_state(c, SASL);
		break;
	case PG_AUTH_NO:
		audit_note(c->env->audit, AUDIT_LOGIN_REFUSED,
		    c->login.role.author, address_of(c), SLICE(""),
		    slice_of(e->msg));
		refuse(c, e);
		break;
	}
	buf_free(out);
}

/* The answer about the role, back in the loop's thread. */
static void
on_role(struct loop_task *t)
{
	struct pg_conn *c = (struct pg_conn *)((char *)t -
	    offsetof(struct pg_conn, ask_task));
	const struct settings *s;
	struct buf out = BUF_INIT;
	struct err e = ERR_INIT;
	enum pg_auth what;

	c->ask_live = false;
	if (c->state != LOOKUP) {
		end_login(c);
		return;
	}
	s = c->env->settings_get(c->env->arg);
	what = pg_auth_begin(&c->login, &c->ask, serving_of(s),
	    roles_secret(c->env->roles), &out, &e);
	c->env->settings_put(c->env->arg, s);
	after_auth(c, what, &out, &e);
	conn_read_on(c->conn);
	look(c);
}

/* On the roles' thread. */
static void
role_answer(struct role_ask *q)
{
	struct pg_conn *c = (struct pg_conn *)((char *)q -
	    offsetof(struct pg_conn, ask));

	c->ask_task.run = on_role;
	loop_post(conn_loop(c->conn), &c->ask_task);
}

static void
begin_login(struct pg_conn *c, const struct pg_startup *m, struct slice raw)
{
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;

	if (!pg_auth_start(&c->login, m, &e)) {
		fatal(c, &e);
		return;
	}
	if (m->version > PG_VERSION_3_2 || m->nunknown != 0) {
		pg_put_negotiate(&b, m);
		conn_send(c->conn, &b);
		buf_free(&b);
	}
	buf_put(&c->startup, raw.ptr, raw.len);
	memcpy(c->ask.name, c->login.role.name, sizeof(c->ask.name));
	c->ask.answer = role_answer;
	c->ask_live = true;
	set_state(c, LOOKUP);
	conn_read_off(c->conn);		/* a stranger's bytes are not kept */
	roles_ask(c->env->roles, &c->ask);
}

/* ---- encryption ---- */

/* Eight bytes at most: what the client encrypts must not be read here. */
static void
read_exactly(struct pg_conn *c)
{
	size_t have = evbuffer_get_length(conn_input(c->conn));

	if (c->is_exact)
		conn_read_max(c->conn, have < 8 ? 8 - have : 0);
}

static void
begin_tls(struct pg_conn *c, bool direct)
{
	const struct settings *s = c->env->settings_get(c->env->arg);
	struct tls *tls = serving_of(s)->tls;
	struct err e = ERR_INIT;

	c->is_exact = false;
	c->in_handshake = true;
	/* read_exactly() leaves nothing here; were there something, it would
	   have been said in clear by who knows whom */
	if (tls == NULL || evbuffer_get_length(conn_input(c->conn)) != 0 ||
	    (!direct && !conn_send_now(c->conn, 'S'))) {
		begin_closing(c, "no TLS");
		conn_close(c->conn);
	} else if (!conn_start_tls(c->conn, tls, direct, &e)) {
		log_err(LOG_LEVEL_WARNING, &e);
		begin_closing(c, "TLS failed");
	}
	c->env->settings_put(c->env->arg, s);
}

static void
answer_no(struct pg_conn *c)
{
	struct buf b = BUF_INIT;

	buf_putc(&b, 'N');
	conn_send(c->conn, &b);
	buf_free(&b);
}

/* SSLRequest or GSSENCRequest, whose bytes are drained; each once. */
static void
want_encryption(struct pg_conn *c, enum pg_startup_kind kind)
{
	const struct settings *s;
	bool *seen = kind == PG_STARTUP_SSL ? &c->saw_ssl : &c->saw_gss;
	bool has_tls;

	if (*seen || c->login.is_tls) {
		fatal_text(c, "08P01", "encryption was asked for twice");
		return;
	}
	*seen = true;
	s = c->env->settings_get(c->env->arg);
	has_tls = serving_of(s)->tls != NULL;
	c->env->settings_put(c->env->arg, s);
	if (kind == PG_STARTUP_SSL && has_tls && !c->login.peer.is_local) {
		begin_tls(c, false);
		return;
	}
	answer_no(c);
	read_exactly(c);
}

static void
on_first(void *arg, unsigned char byte)
{
	struct pg_conn *c = arg;

	if (byte == 0x16) {	/* a TLS handshake */
		begin_tls(c, true);
		return;
	}
	c->is_exact = true;
	read_exactly(c);
	conn_read_on(c->conn);
}

static void
on_secured(void *arg)
{
	struct pg_conn *c = arg;

	c->in_handshake = false;
	c->login.is_tls = true;
	c->login.binding_len = tls_end_point(conn_bev(c->conn),
	    c->login.binding);
	log_context(c);
	log_debug("%s, %s", tls_version(conn_bev(c->conn)),
	    tls_cipher(conn_bev(c->conn)));
	log_set_context(NULL);
	look(c);
}

/* ---- the first packets ---- */

static void
handle_startup(struct pg_conn *c, const struct pg_startup *m,
    struct slice raw)
{
	switch (m->kind) {
	case PG_STARTUP_SSL:
	case PG_STARTUP_GSSENC:
		break;		/* look_startup has done it */
	case PG_STARTUP_CANCEL:
		if (pg_cancel_hit(c->env->cancels, m->pid, m->key))
			log_debug("cancel request for %u", m->pid);
		begin_closing(c, "cancel request");
		conn_close(c->conn);	/* never a reply */
		break;
	case PG_STARTUP_SESSION:
		begin_login(c, m, raw);
		break;
	}
}

static void
look_startup(struct pg_conn *c)
{
	struct evbuffer *in = conn_input(c->conn);
	struct arena a = ARENA_INIT;
	struct pg_startup m = { .kind = PG_STARTUP_SESSION };
	struct pg_msg raw;
	struct err e = ERR_INIT;
	size_t used, have = evbuffer_get_length(in);
	bool ok;

	if (have > PG_STARTUP_MAX)
		have = PG_STARTUP_MAX;
	switch (pg_startup_next(slice_make(evbuffer_pullup(in, (ssize_t)have),
	    have), &raw, &used, &e)) {
	case PG_NEXT_MORE:
		read_exactly(c);
		return;
	case PG_NEXT_BAD:
		/* not a PostgreSQL client: no answer it could not read */
		begin_closing(c, "invalid startup packet");
		conn_close(c->conn);
		return;
	case PG_NEXT_MSG:
		break;
	}
	ok = pg_startup_decode(raw.body, &a, &m, &e);
	if (ok)
		handle_startup(c, &m, raw.body);
	else
		fatal(c, &e);
	arena_free(&a);
	evbuffer_drain(in, used);
	if (ok && (m.kind == PG_STARTUP_SSL || m.kind == PG_STARTUP_GSSENC))
		want_encryption(c, m.kind);
	if (c->state == STARTUP && !c->in_handshake)
		look(c);
}

/* A step of SASL; nothing else may be sent before it is over. */
static void
look_sasl(struct pg_conn *c)
{
	struct evbuffer *in = conn_input(c->conn);
	size_t used, have = evbuffer_get_length(in);
	struct slice bytes;
	struct pg_msg m;
	struct buf out = BUF_INIT;
	struct err e = ERR_INIT;
	enum pg_auth what;

	if (have > PG_STARTUP_MAX)
		have = PG_STARTUP_MAX;
	bytes = slice_make((const char *)evbuffer_pullup(in, (ssize_t)have),
	    have);
	if (have != 0 && bytes.ptr[0] != 'p') {
		fatal_text(c, "08P01", "expected SASL response");
		return;
	}
	switch (pg_msg_next(bytes, PG_STARTUP_MAX, &m, &used, &e)) {
	case PG_NEXT_MORE:
		return;
	case PG_NEXT_BAD:
		fatal(c, &e);
		return;
	case PG_NEXT_MSG:
		break;
	}
	what = pg_auth_step(&c->login, m.body, &out, &e);
	evbuffer_drain(in, used);
	after_auth(c, what, &out, &e);
	if (c->state == SASL || c->state == IDLE)
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
	case SASL:
		look_sasl(c);
		break;
	case IDLE:
		look_idle(c);
		break;
	case LOOKUP:
	case REFUSED:
	case BUSY:
		atomic_store(&c->hurry, true);
		if (evbuffer_get_length(conn_input(c->conn)) > INPUT_MAX)
			conn_read_off(c->conn);
		break;
	case CLOSING:
	case STATES:
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
on_lost(void *arg, const struct err *e)
{
	struct pg_conn *c = arg;

	if (e != NULL) {
		log_context(c);
		log_err(LOG_LEVEL_INFO, e);
		log_set_context(NULL);
	}
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

/* Who has not even said what it wants learns nothing. */
static void
login_too_slow(struct pg_conn *c)
{
	if (c->state != STARTUP) {
		fatal_text(c, "57014",
		    "canceling authentication due to timeout");
		return;
	}
	log_context(c);
	log_info("no startup packet in authentication_timeout");
	log_set_context(NULL);
	end(c, "did not log in");
}

static void
on_tick(void *arg, int64_t now)
{
	struct pg_conn *c = arg;
	const struct settings *s = c->env->settings_get(c->env->arg);
	int64_t login_ms = s->authentication_timeout_ms;

	c->env->settings_put(c->env->arg, s);
	cool(c);	/* for the timeouts below */
	if (c->is_hot)
		conn_check_peer(c->conn);
	if (c->state == REFUSED)
		fatal(c, &c->refusal);
	else if (c->state == IDLE)
		tick_idle(c, now);
	else if (c->state != BUSY && c->state != CLOSING &&
	    too_long(login_ms, c->born_ms, now))
		login_too_slow(c);
}

static void
on_stop(void *arg, bool at_once)
{
	struct pg_conn *c = arg;

	if (at_once)
		atomic_store(&c->control.end, RUN_SHUTDOWN);
	if (c->state == BUSY) {
		c->stop_soon = true;
		atomic_store(&c->hurry, true);
		cool(c);
	} else if (c->state == IDLE) {
		fatal_text(c, "57P01", "terminating connection due to "
		    "administrator command");
	} else if (c->state != CLOSING) {
		end(c, "shutdown");
	}
}

static bool
on_may_free(void *arg)
{
	struct pg_conn *c = arg;

	if (!c->job_live && c->session != NULL &&
	    session_holds_writer(c->session))
		say_farewell(c);
	return !c->job_live && !c->ask_live;
}

static int64_t
on_pending_ms(void *arg)
{
	struct pg_conn *c = arg;

	return c->is_pending ? c->born_ms : 0;
}

static void
on_shed(void *arg)
{
	struct pg_conn *c = arg;

	log_context(c);
	log_warning("too many clients are logging in: dropped the one that "
	    "took longest");
	log_set_context(NULL);
	begin_closing(c, "did not log in");
	conn_close(c->conn);
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
	activity_remove(c->activity);
	session_destroy(c->session);
	end_login(c);
	if (c->counted)
		c->env->session_end(c->env->arg);
	if (c->role_counted)
		tally_give(c->env->role_sessions,
		    slice_of(c->login.role.name));
	if (c->address_counted)
		tally_give(c->env->addresses, slice_of(c->login.peer.share));
	c->env->connection_end(c->env->arg);
	buf_free(&c->early);
	free(c);
}

static const struct conn_ops ops = {
	.readable = on_readable,
	.lost = on_lost,
	.first = on_first,
	.secured = on_secured,
	.pending_ms = on_pending_ms,
	.shed = on_shed,
	.tick = on_tick,
	.stop = on_stop,
	.may_free = on_may_free,
	.destroy = on_destroy,
};

static void
log_arrival(const struct pg_conn *c)
{
	const struct net_peer *p = &c->login.peer;

	log_context(c);
	if (p->is_local)
		log_info("connection received: local uid=%ld pid=%ld",
		    (long)p->uid, (long)p->pid);
	else
		log_info("connection received: host=%s port=%u", p->text,
		    p->port);
	log_set_context(NULL);
}

/* Too many of its address: it learns that at once, and in clear. */
static void
count_address(struct pg_conn *c, const struct settings *s)
{
	const struct net_peer *p = &c->login.peer;

	if (p->is_local || s->max_per_address == 0)
		return;
	c->address_counted = tally_take(c->env->addresses, slice_of(p->share),
	    s->max_per_address);
	if (!c->address_counted)
		fatal_text(c, "53300", "too many connections from this address");
}

void
pg_conn_start(struct conn_set *set, struct bufferevent *bev,
    const struct pg_env *env, const struct net_peer *peer,
    unsigned long number)
{
	const struct settings *s = env->settings_get(env->arg);
	struct pg_conn *c = mem_zalloc(sizeof(*c));

	c->env = env;
	c->login.peer = *peer;
	c->login.owner = env->owner;
	c->number = number;
	c->state = STARTUP;
	c->since_ms = c->born_ms = clock_ms();
	c->why = "closed";
	buf_init(&c->startup, PG_STARTUP_MAX);
	if (s->log_connections)
		log_arrival(c);
	if (!env->login_begin(env->arg))
		conn_shed(set);
	c->is_pending = true;
	c->conn = conn_new(set, bev, s->client_write_timeout_ms, &ops, c);
	count_address(c, s);
	if (!peer->is_local)
		conn_wait_first(c->conn);
	env->settings_put(env->arg, s);
}
