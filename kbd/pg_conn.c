/*
 * pg_conn.c - one PostgreSQL client, from its first byte to its last.
 *
 * conn.c brings bytes, pg_msg.c cuts messages, a session (sql_session.h)
 * carries them out on other threads. This file and those that
 * pg_conn_internal.h names only decide what may happen next:
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

#include "kbd/pg_conn_internal.h"
#include "common/clock.h"
#include "common/mem.h"
#include "kbd/activity.h"
#include "kbd/settings.h"
#include "kbd/tally.h"

#include <assert.h>
#include <event2/buffer.h>
#include <stdio.h>
#include <stdlib.h>

#define INPUT_MAX (1024u * 1024)	/* kept while a request runs */

/* ---- state ---- */

void
pg_conn_set_state(struct pg_conn *c, enum pg_conn_state to)
{
	static const bool allowed[PG_CONN_STATES][PG_CONN_STATES] = {
		[PG_CONN_STARTUP] = { [PG_CONN_LOOKUP] = true,
		    [PG_CONN_CLOSING] = true },
		[PG_CONN_LOOKUP] = { [PG_CONN_SASL] = true,
		    [PG_CONN_IDLE] = true, [PG_CONN_CLOSING] = true },
		[PG_CONN_SASL] = { [PG_CONN_IDLE] = true,
		    [PG_CONN_REFUSED] = true, [PG_CONN_CLOSING] = true },
		[PG_CONN_REFUSED] = { [PG_CONN_CLOSING] = true },
		[PG_CONN_IDLE] = { [PG_CONN_BUSY] = true,
		    [PG_CONN_CLOSING] = true },
		[PG_CONN_BUSY] = { [PG_CONN_IDLE] = true,
		    [PG_CONN_CLOSING] = true },
		[PG_CONN_CLOSING] = { false },
	};

	if (c->state == to)
		return;
	assert(allowed[c->state][to]);
	c->state = to;
	c->since_ms = clock_ms();
}

/* ---- log ---- */

void
pg_conn_log_text(const struct pg_conn *c, bool role, char out[LOG_CONTEXT_MAX])
{
	snprintf(out, LOG_CONTEXT_MAX, "conn=%lu%s%s", c->number,
	    role ? " role=" : "", role ? c->login.role.name : "");
}

void
pg_conn_log_context(const struct pg_conn *c)
{
	char text[LOG_CONTEXT_MAX];

	pg_conn_log_text(c, c->session != NULL, text);
	log_set_context(text);
}

/* ---- the end ---- */

void
pg_conn_begin_closing(struct pg_conn *c, const char *why)
{
	if (c->state == PG_CONN_CLOSING)
		return;
	if (c->is_pending && !c->ask_live)
		pg_conn_end_login(c);
	c->why = why;
	atomic_store(&c->hurry, true);
	pg_conn_set_state(c, PG_CONN_CLOSING);
	pg_conn_cool(c);
	if (!c->job_live && c->session != NULL &&
	    session_holds_writer(c->session))
		pg_conn_say_farewell(c);
}

void
pg_conn_end(struct pg_conn *c, const char *why)
{
	pg_conn_begin_closing(c, why);
	if (c->in_handshake)
		conn_close(c->conn);
	else
		conn_finish(c->conn);
}

void
pg_conn_fatal(struct pg_conn *c, const struct err *e)
{
	struct buf b = BUF_INIT;

	pg_put_error(&b, PG_FATAL, e);
	if (!c->in_handshake)
		conn_send(c->conn, &b);
	buf_free(&b);
	pg_conn_log_context(c);
	log_err(LOG_LEVEL_INFO, e);
	log_set_context(NULL);
	pg_conn_end(c, e->msg[0] != '\0' ? "refused" : "error");
}

void
pg_conn_fatal_text(struct pg_conn *c, const char *sqlstate, const char *text)
{
	struct err e = ERR_INIT;

	err_set(&e, ERR_DENIED, "%s", text);
	pg_err_state(&e, sqlstate);
	pg_conn_fatal(c, &e);
}

/* ---- events of the connection ---- */

void
pg_conn_look(struct pg_conn *c)
{
	switch (c->state) {
	case PG_CONN_STARTUP:
		if (evbuffer_get_length(conn_input(c->conn)) != 0)
			pg_conn_look_startup(c);
		break;
	case PG_CONN_SASL:
		pg_conn_look_sasl(c);
		break;
	case PG_CONN_IDLE:
		pg_conn_look_idle(c);
		break;
	case PG_CONN_LOOKUP:
	case PG_CONN_REFUSED:
	case PG_CONN_BUSY:
		atomic_store(&c->hurry, true);
		if (evbuffer_get_length(conn_input(c->conn)) > INPUT_MAX)
			conn_read_off(c->conn);
		break;
	case PG_CONN_CLOSING:
	case PG_CONN_STATES:
		break;
	}
}

static void
on_readable(void *arg)
{
	pg_conn_look(arg);
}

static void
on_lost(void *arg, const struct err *e)
{
	struct pg_conn *c = arg;

	if (e != NULL) {
		pg_conn_log_context(c);
		log_err(LOG_LEVEL_INFO, e);
		log_set_context(NULL);
	}
	atomic_store(&c->control.end, RUN_GONE);
	pg_conn_begin_closing(c, "connection lost");
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
		pg_conn_fatal_text(c, "25P03", "terminating connection due to "
		    "idle-in-transaction timeout");
	else if (!in_transaction && too_long(session_timeout(c->session,
	    "idle_session_timeout"), c->since_ms, now))
		pg_conn_fatal_text(c, "57P05", "terminating connection due to "
		    "idle-session timeout");
}

/* Who has not even said what it wants learns nothing. */
static void
login_too_slow(struct pg_conn *c)
{
	if (c->state != PG_CONN_STARTUP) {
		pg_conn_fatal_text(c, "57014",
		    "canceling authentication due to timeout");
		return;
	}
	pg_conn_log_context(c);
	log_info("no startup packet in authentication_timeout");
	log_set_context(NULL);
	pg_conn_end(c, "did not log in");
}

static void
on_tick(void *arg, int64_t now)
{
	struct pg_conn *c = arg;
	const struct settings *s = c->env->settings_get(c->env->arg);
	int64_t login_ms = s->authentication_timeout_ms;

	c->env->settings_put(c->env->arg, s);
	pg_conn_cool(c);	/* for the timeouts below */
	if (c->is_hot)
		conn_check_peer(c->conn);
	if (c->state == PG_CONN_REFUSED)
		pg_conn_fatal(c, &c->refusal);
	else if (c->state == PG_CONN_IDLE)
		tick_idle(c, now);
	else if (c->state != PG_CONN_BUSY && c->state != PG_CONN_CLOSING &&
	    too_long(login_ms, c->born_ms, now))
		login_too_slow(c);
}

static void
on_stop(void *arg, bool at_once)
{
	struct pg_conn *c = arg;

	if (at_once)
		atomic_store(&c->control.end, RUN_SHUTDOWN);
	if (c->state == PG_CONN_BUSY) {
		c->stop_soon = true;
		atomic_store(&c->hurry, true);
		pg_conn_cool(c);
	} else if (c->state == PG_CONN_IDLE) {
		pg_conn_fatal_text(c, "57P01", "terminating connection due to "
		    "administrator command");
	} else if (c->state != PG_CONN_CLOSING) {
		pg_conn_end(c, "shutdown");
	}
}

static bool
on_may_free(void *arg)
{
	struct pg_conn *c = arg;

	if (!c->job_live && c->session != NULL &&
	    session_holds_writer(c->session))
		pg_conn_say_farewell(c);
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

	pg_conn_log_context(c);
	log_warning("too many clients are logging in: dropped the one that "
	    "took longest");
	log_set_context(NULL);
	pg_conn_begin_closing(c, "did not log in");
	conn_close(c->conn);
}

static void
on_destroy(void *arg)
{
	struct pg_conn *c = arg;
	const struct settings *s = c->env->settings_get(c->env->arg);

	if (s->log_disconnections && c->session != NULL) {
		pg_conn_log_context(c);
		log_info("disconnection: %s", c->why);
		log_set_context(NULL);
	}
	c->env->settings_put(c->env->arg, s);
	if (c->session != NULL && c->key.pid != 0)
		pg_cancel_remove(c->env->cancels, c->key.pid);
	activity_remove(c->activity);
	session_destroy(c->session);
	pg_conn_end_login(c);
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
	.first = pg_conn_on_first,
	.secured = pg_conn_on_secured,
	.pending_ms = on_pending_ms,
	.shed = on_shed,
	.tick = on_tick,
	.stop = on_stop,
	.may_free = on_may_free,
	.destroy = on_destroy,
};

/* ---- the beginning ---- */

static void
log_arrival(const struct pg_conn *c)
{
	const struct net_peer *p = &c->login.peer;

	pg_conn_log_context(c);
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
		pg_conn_fatal_text(c, "53300",
		    "too many connections from this address");
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
	c->state = PG_CONN_STARTUP;
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
