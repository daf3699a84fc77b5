/*
 * pg_conn_login.c - from the startup packet to the session: who a client is,
 * and whether there is room for it.
 *
 * pg_auth.c decides about the proof, the roles' thread knows the verifier.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/pg_conn_internal.h"
#include "common/arena.h"
#include "kbd/activity.h"
#include "kbd/audit.h"
#include "kbd/secret.h"
#include "kbd/serving.h"
#include "kbd/tally.h"
#include "kbd/tls.h"

#include <event2/buffer.h>
#include <stdio.h>

void
pg_conn_end_login(struct pg_conn *c)
{
	pg_auth_end(&c->login);
	secret_wipe(c->ask.verifier, sizeof(c->ask.verifier));
	buf_free(&c->startup);
	if (c->is_pending)
		c->env->login_end(c->env->arg);
	c->is_pending = false;
}

/* ---- the session ---- */

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

	pg_conn_log_context(c);
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

	pg_conn_log_text(c, true, text);
	init.log = text;
	init.pid = new_key(c, m);
	c->activity = init.entry = add_activity(c, m);
	c->session = session_new(&init);
	if (!session_startup(c->session, m, &e)) {
		pg_conn_fatal(c, &e);
		return;
	}
	greet(c);
	pg_conn_set_state(c, PG_CONN_IDLE);
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
		pg_conn_fatal(c, &e);
	else
		open_session(c, &m, s);
	arena_free(&a);
	c->env->settings_put(c->env->arg, s);
	pg_conn_end_login(c);
}

/* ---- the proof ---- */

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
	if (c->state != PG_CONN_SASL || strcmp(e->sqlstate, "28P01") != 0) {
		pg_conn_fatal(c, e);
		return;
	}
	c->refusal = *e;
	pg_auth_end(&c->login);
	conn_read_off(c->conn);
	pg_conn_set_state(c, PG_CONN_REFUSED);
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
		pg_conn_set_state(c, PG_CONN_SASL);
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
	if (c->state != PG_CONN_LOOKUP) {
		pg_conn_end_login(c);
		return;
	}
	s = c->env->settings_get(c->env->arg);
	what = pg_auth_begin(&c->login, &c->ask, serving_of(s),
	    roles_secret(c->env->roles), &out, &e);
	c->env->settings_put(c->env->arg, s);
	after_auth(c, what, &out, &e);
	conn_read_on(c->conn);
	pg_conn_look(c);
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

void
pg_conn_begin_login(struct pg_conn *c, const struct pg_startup *m,
    struct slice raw)
{
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;

	if (!pg_auth_start(&c->login, m, &e)) {
		pg_conn_fatal(c, &e);
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
	pg_conn_set_state(c, PG_CONN_LOOKUP);
	conn_read_off(c->conn);		/* a stranger's bytes are not kept */
	roles_ask(c->env->roles, &c->ask);
}

void
pg_conn_look_sasl(struct pg_conn *c)
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
		pg_conn_fatal_text(c, "08P01", "expected SASL response");
		return;
	}
	switch (pg_msg_next(bytes, PG_STARTUP_MAX, &m, &used, &e)) {
	case PG_NEXT_MORE:
		return;
	case PG_NEXT_BAD:
		pg_conn_fatal(c, &e);
		return;
	case PG_NEXT_MSG:
		break;
	}
	what = pg_auth_step(&c->login, m.body, &out, &e);
	evbuffer_drain(in, used);
	after_auth(c, what, &out, &e);
	if (c->state == PG_CONN_SASL || c->state == PG_CONN_IDLE)
		pg_conn_look(c);
}
