/*
 * pg_conn_startup.c - a client's first packets: encryption, a cancel request,
 * or the startup packet.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/pg_conn_internal.h"
#include "common/arena.h"
#include "kbd/serving.h"
#include "kbd/tls.h"

#include <event2/buffer.h>

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
		pg_conn_begin_closing(c, "no TLS");
		conn_close(c->conn);
	} else if (!conn_start_tls(c->conn, tls, direct, &e)) {
		log_err(LOG_LEVEL_WARNING, &e);
		pg_conn_begin_closing(c, "TLS failed");
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
		pg_conn_fatal_text(c, "08P01",
		    "encryption was asked for twice");
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

void
pg_conn_on_first(void *arg, unsigned char byte)
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

void
pg_conn_on_secured(void *arg)
{
	struct pg_conn *c = arg;

	c->in_handshake = false;
	c->login.is_tls = true;
	c->login.binding_len = tls_end_point(conn_bev(c->conn),
	    c->login.binding);
	pg_conn_log_context(c);
	log_debug("%s, %s", tls_version(conn_bev(c->conn)),
	    tls_cipher(conn_bev(c->conn)));
	log_set_context(NULL);
	pg_conn_look(c);
}

/* ---- packets ---- */

static void
handle_startup(struct pg_conn *c, const struct pg_startup *m,
    struct slice raw)
{
	switch (m->kind) {
	case PG_STARTUP_SSL:
	case PG_STARTUP_GSSENC:
		break;		/* pg_conn_look_startup() does it */
	case PG_STARTUP_CANCEL:
		if (pg_cancel_hit(c->env->cancels, m->pid, m->key))
			log_debug("cancel request for %u", m->pid);
		pg_conn_begin_closing(c, "cancel request");
		conn_close(c->conn);	/* never a reply */
		break;
	case PG_STARTUP_SESSION:
		pg_conn_begin_login(c, m, raw);
		break;
	}
}

void
pg_conn_look_startup(struct pg_conn *c)
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
		pg_conn_begin_closing(c, "invalid startup packet");
		conn_close(c->conn);
		return;
	case PG_NEXT_MSG:
		break;
	}
	ok = pg_startup_decode(raw.body, &a, &m, &e);
	if (ok)
		handle_startup(c, &m, raw.body);
	else
		pg_conn_fatal(c, &e);
	arena_free(&a);
	evbuffer_drain(in, used);
	if (ok && (m.kind == PG_STARTUP_SSL || m.kind == PG_STARTUP_GSSENC))
		want_encryption(c, m.kind);
	if (c->state == PG_CONN_STARTUP && !c->in_handshake)
		pg_conn_look(c);
}
