/*
 * http_conn.c - one HTTPS client, from its first byte to its last.
 *
 * conn.c brings bytes, http_msg.c makes a request of them, http_route.c
 * answers it on a worker. This file only decides what may happen next:
 *
 *   FIRST     --a TLS handshake begins--> HANDSHAKE
 *   HANDSHAKE --secured--> HEAD
 *   HEAD      --a head with a body--> BODY
 *   HEAD,BODY --a whole request--> BUSY           [submit]
 *   BUSY      --a change is to be made--> BUSY    [submit that, then go on]
 *   BUSY      --the reply is ready--> SENDING
 *   SENDING   --its last byte is handed over--> HEAD
 *   any       --error, deadline, peer gone--> CLOSING
 *
 * Invariants:
 *   (1) One request is under way at a time; what a client sends ahead waits.
 *   (2) In BUSY the exchange belongs to another thread: job_live.
 *   (3) After a malformed request nothing more is read from the client.
 *   (4) Every state but BUSY has a deadline that no trickle of bytes moves.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/http_conn.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/mem.h"
#include "common/str.h"
#include "kbd/conn.h"
#include "kbd/http_access.h"
#include "kbd/http_cache.h"
#include "kbd/http_call.h"
#include "kbd/http_exchange.h"
#include "kbd/http_route.h"
#include "kbd/http_stats.h"
#include "kbd/loop.h"
#include "kbd/net.h"
#include "kbd/serving.h"
#include "kbd/tally.h"
#include "kbd/tls.h"

#include <assert.h>
#include <event2/buffer.h>
#include <stdio.h>
#include <stdlib.h>

#define HANDSHAKE_MS 10000
#define HEAD_MS 10000		/* from the first byte of a head */
#define IDLE_MS 30000		/* between two requests */
#define BODY_MS 10000		/* and a second for each RATE bytes */
#define SEND_MS 30000		/* the same */
#define RATE 1024
#define REQUESTS_MAX 1000	/* of one connection */
#define INPUT_MAX (64u * 1024)	/* kept while a request is under way */
#define PORTION (64u * 1024)	/* of a body that is sent at a time */

enum state { FIRST, HANDSHAKE, HEAD, BODY, BUSY, SENDING, CLOSING };

struct http_conn {
	struct conn *conn;		/* borrowed; it owns us */
	const struct http_env *env;
	struct net_peer peer;
	unsigned long number;
	enum state state;
	int64_t since_ms;		/* start of this state */
	unsigned requests;
	bool stop_soon;
	bool address_counted;
	struct http_exchange *x;	/* owned; NULL: nothing under way */
	struct http_body body;		/* how far it was read */
	size_t sent;			/* bytes of the reply's body */
	bool keep;			/* the connection, after this reply */
	bool job_live;
	struct run_control control;
	struct loop_task done_task;
};

static void look(struct http_conn *c);

static void
set_state(struct http_conn *c, enum state to)
{
	static const bool allowed[7][7] = {
		[FIRST] = { [HANDSHAKE] = true, [CLOSING] = true },
		[HANDSHAKE] = { [HEAD] = true, [CLOSING] = true },
		[HEAD] = { [BODY] = true, [BUSY] = true, [SENDING] = true,
		    [CLOSING] = true },
		[BODY] = { [BUSY] = true, [SENDING] = true,
		    [CLOSING] = true },
		[BUSY] = { [SENDING] = true, [CLOSING] = true },
		[SENDING] = { [HEAD] = true, [CLOSING] = true },
		[CLOSING] = { false },
	};

	if (c->state == to)
		return;
	assert(allowed[c->state][to]);
	c->state = to;
	c->since_ms = clock_ms();
}

static void
log_context(const struct http_conn *c)
{
	char text[64];

	snprintf(text, sizeof(text), "https=%lu", c->number);
	log_set_context(text);
}

/* ---- exchanges ---- */

static void
exchange_free(struct http_exchange *x)
{
	if (x == NULL)
		return;
	http_call_end(x);
	http_cache_release(x);
	if (x->serving != NULL)
		x->env->settings_put(x->env->arg, &x->serving->settings);
	buf_free(&x->body);
	buf_free(&x->reply.headers);
	buf_free(&x->reply.body);
	arena_free(&x->arena);
	free(x);
}

static struct http_exchange *
exchange_new(struct http_conn *c)
{
	struct http_exchange *x = mem_zalloc(sizeof(*x));

	x->env = c->env;
	x->control = &c->control;
	x->owner = c;
	x->serving = serving_of(c->env->settings_get(c->env->arg));
	x->started_ms = clock_ms();
	arena_init(&x->arena);
	buf_init(&x->body, (size_t)x->serving->settings.max_body_bytes);
	return x;
}

/* ---- closing ---- */

static void
end(struct http_conn *c)
{
	set_state(c, CLOSING);
	if (!c->job_live) {
		exchange_free(c->x);
		c->x = NULL;
	}
}

static void
close_now(struct http_conn *c)
{
	if (c->state != CLOSING)
		end(c);
	conn_close(c->conn);
}

/* ---- sending ---- */

static void
log_request(const struct http_conn *c)
{
	const struct http_exchange *x = c->x;

	http_stats_count(c->env->stats, x->reply.status,
	    clock_ms() - x->started_ms);
	if (x->head.target.len == 0)
		return;
	log_context(c);
	log_debug("%s \"%.*s\" from %s: %d, %zu bytes, %lld ms",
	    http_method_name(x->head.method), SLICE_ARG(x->head.target),
	    x->client, x->reply.status, http_cache_body(x).len,
	    (long long)(clock_ms() - x->started_ms));
	log_set_context(NULL);
}

static void
after_reply(struct http_conn *c)
{
	log_request(c);
	if (!c->keep || c->stop_soon) {
		end(c);
		conn_linger(c->conn);
		return;
	}
	exchange_free(c->x);
	c->x = NULL;
	set_state(c, HEAD);
	conn_read_on(c->conn);
	look(c);	/* bytes already here raise no event */
}

static bool
has_body(const struct http_exchange *x)
{
	return x->head.method != HTTP_HEAD && x->reply.status != 304 &&
	    x->reply.status != 204;
}

/* The next portion, when what was handed over has mostly gone. */
static void
send_more(struct http_conn *c)
{
	struct slice body = http_cache_body(c->x);
	struct buf portion = BUF_INIT;

	while (c->sent < body.len && conn_waiting(c->conn) < PORTION) {
		struct slice part = slice_sub(body, c->sent,
		    c->sent + PORTION);

		buf_put_slice(&portion, part);
		c->sent += part.len;
		conn_send(c->conn, &portion);
	}
	buf_free(&portion);
	if (c->sent == body.len)
		after_reply(c);
}

static void
send_reply(struct http_conn *c)
{
	struct http_exchange *x = c->x;
	struct slice body;
	struct buf out = BUF_INIT;
	size_t first;

	if (reply_is_known(x))
		x->reply.status = 304;
	body = has_body(x) ? http_cache_body(x) : SLICE("");
	c->keep = x->head.keep_alive && !c->stop_soon &&
	    ++c->requests < REQUESTS_MAX;
	reply_put_head(x, c->keep, &out);
	/* head and a small body as one run of bytes: one TLS record */
	first = body.len < PORTION ? body.len : PORTION;
	set_state(c, SENDING);
	conn_send_both(c->conn, &out, slice_sub(body, 0, first));
	buf_free(&out);
	c->sent = has_body(x) ? first : http_cache_body(x).len;
	if (c->sent == http_cache_body(x).len)
		after_reply(c);
	else
		send_more(c);
}

/* The request is refused before anybody looked at what it wants. */
static void
refuse(struct http_conn *c, int status, const char *why)
{
	log_context(c);
	log_info("request from %s refused: %d, %s", c->peer.text, status,
	    why);
	log_set_context(NULL);
	reply_text(c->x, status, why);
	c->x->head.keep_alive = false;
	if (c->x->head.method == HTTP_HEAD)
		c->x->head.method = HTTP_GET;
	send_reply(c);
}

/* ---- work on other threads ---- */

static void
after_job(struct loop_task *t)
{
	struct http_conn *c = (struct http_conn *)((char *)t -
	    offsetof(struct http_conn, done_task));

	c->job_live = false;
	if (c->state == CLOSING) {
		exchange_free(c->x);
		c->x = NULL;
		return;
	}
	if (!http_call_next(c->x)) {
		send_reply(c);
		return;
	}
	c->job_live = true;
	if (http_call_is_done(c->x)) {
		c->env->resume(c->env->arg, &c->x->job);
	} else if (!c->env->submit(c->env->arg, &c->x->job)) {
		c->job_live = false;
		refuse(c, 503, "too many requests are waiting");
	}
}

/* On the thread that finished it. */
static void
job_finished(struct job *j)
{
	struct http_exchange *x = j->arg;
	struct http_conn *c = x->owner;

	c->done_task.run = after_job;
	loop_post(conn_loop(c->conn), &c->done_task);
}

static void
submit(struct http_conn *c)
{
	struct job *j = &c->x->job;

	j->work = http_route_run;
	j->finished = job_finished;
	j->arg = c->x;
	j->lane = http_route_lane(c->x);
	set_state(c, BUSY);
	c->job_live = c->env->submit(c->env->arg, j);
	if (!c->job_live)
		refuse(c, 503, "too many requests are waiting");
}

/* A page that somebody else had just now needs no worker. */
static void
dispatch(struct http_conn *c)
{
	if (http_cache_find(c->x))
		send_reply(c);
	else
		submit(c);
}

/* ---- requests ---- */

static void
look_body(struct http_conn *c)
{
	struct http_exchange *x = c->x;
	struct evbuffer *in = conn_input(c->conn);
	size_t len = evbuffer_get_length(in), used;
	struct http_bad bad = { 0, NULL };
	enum http_next next;

	next = http_body_next(&c->body, slice_make(evbuffer_pullup(in,
	    (ssize_t)len), len),
	    (uint64_t)x->serving->settings.max_body_bytes, &x->body, &used,
	    &bad);
	evbuffer_drain(in, used);
	if (next == HTTP_BAD)
		refuse(c, bad.status, bad.why);
	else if (next == HTTP_DONE)
		dispatch(c);
}

static void
say_continue(struct http_conn *c)
{
	struct buf b = BUF_INIT;

	buf_puts(&b, "HTTP/1.1 100 Continue\r\n\r\n");
	conn_send(c->conn, &b);
	buf_free(&b);
}

static void
begin_body(struct http_conn *c)
{
	struct http_exchange *x = c->x;

	if (x->head.length > (uint64_t)x->serving->settings.max_body_bytes) {
		refuse(c, 413, "the body is too long");
		return;
	}
	http_body_begin(&c->body, &x->head);
	set_state(c, BODY);
	if (x->head.wants_continue)
		say_continue(c);
	look_body(c);
}

static void
handle_head(struct http_conn *c)
{
	struct http_exchange *x = c->x;

	http_access_client(x, &c->peer);
	if (!http_access_host(x)) {
		refuse(c, 421, "this server does not go by that name; see "
		    "server_names in kbd.conf(5)");
		return;
	}
	x->lang = wiki_lang_of(http_cookie(&x->head, "lang"),
	    http_header(&x->head, "accept-language"));
	x->may_gzip = http_list_has(http_header(&x->head, "accept-encoding"),
	    "gzip") && http_access_same_site(x);
	if (x->head.is_chunked || x->head.length != 0)
		begin_body(c);
	else
		dispatch(c);
}

/* A whole head is copied first, since the request outlives the input. */
static enum http_next
read_head(struct http_conn *c, struct http_bad *bad)
{
	struct evbuffer *in = conn_input(c->conn);
	size_t len = evbuffer_get_length(in), used;
	struct slice bytes;
	const char *blank;
	enum http_next next;

	if (len > HTTP_HEAD_MAX + 2)
		len = HTTP_HEAD_MAX + 2;
	bytes = slice_make(evbuffer_pullup(in, (ssize_t)len), len);
	blank = memmem(bytes.ptr, len, "\r\n\r\n", 4);
	arena_reset(&c->x->arena);
	if (blank != NULL)
		bytes = arena_dup(&c->x->arena, slice_make(bytes.ptr,
		    (size_t)(blank - bytes.ptr) + 4));
	next = http_head_next(bytes, &c->x->arena, &c->x->head, &used, bad);
	if (next == HTTP_DONE)
		evbuffer_drain(in, used);
	return next;
}

static void
look_head(struct http_conn *c)
{
	struct http_bad bad = { 0, NULL };

	if (evbuffer_get_length(conn_input(c->conn)) == 0)
		return;
	if (c->x == NULL) {
		c->x = exchange_new(c);
		c->since_ms = clock_ms();	/* the first byte */
	}
	switch (read_head(c, &bad)) {
	case HTTP_MORE:
		break;
	case HTTP_BAD:
		refuse(c, bad.status, bad.why);
		break;
	case HTTP_DONE:
		handle_head(c);
		break;
	}
}

static void
look(struct http_conn *c)
{
	switch (c->state) {
	case HEAD:
		look_head(c);
		break;
	case BODY:
		look_body(c);
		break;
	case BUSY:
	case SENDING:
		if (evbuffer_get_length(conn_input(c->conn)) > INPUT_MAX)
			conn_read_off(c->conn);
		break;
	case FIRST:
	case HANDSHAKE:
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
on_room(void *arg)
{
	struct http_conn *c = arg;

	if (c->state == SENDING)
		send_more(c);
}

/* Somebody typed http:// and the port. */
static void
answer_plain(struct http_conn *c)
{
	struct buf b = BUF_INIT;

	buf_puts(&b, "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\n"
	    "Content-Length: 39\r\nConnection: close\r\n\r\n"
	    "this port speaks HTTPS: use https://\r\n\n");
	conn_send(c->conn, &b);
	buf_free(&b);
	set_state(c, CLOSING);
	conn_linger(c->conn);
}

static void
on_first(void *arg, unsigned char byte)
{
	struct http_conn *c = arg;
	const struct settings *s = c->env->settings_get(c->env->arg);
	struct tls *tls = serving_of(s)->https;
	struct err e = ERR_INIT;

	if (byte != 0x16) {
		answer_plain(c);
	} else if (tls == NULL) {
		close_now(c);
	} else if (!conn_start_tls(c->conn, tls, false, &e)) {
		log_err(LOG_LEVEL_WARNING, &e);
		end(c);
	} else {
		set_state(c, HANDSHAKE);
	}
	c->env->settings_put(c->env->arg, s);
}

static void
on_secured(void *arg)
{
	struct http_conn *c = arg;

	set_state(c, HEAD);
	look(c);
}

static void
on_lost(void *arg, const struct err *e)
{
	struct http_conn *c = arg;

	if (e != NULL) {
		log_context(c);
		log_err(LOG_LEVEL_DEBUG, e);
		log_set_context(NULL);
	}
	atomic_store(&c->control.end, RUN_GONE);
	if (c->state != CLOSING)
		end(c);
}

/* How long this state may last, counted from its start. */
static int64_t
limit_ms(const struct http_conn *c)
{
	switch (c->state) {
	case FIRST:
	case HANDSHAKE:
		return HANDSHAKE_MS;
	case HEAD:
		return c->x != NULL ? HEAD_MS : IDLE_MS;
	case BODY:
		return BODY_MS + (int64_t)c->body.size * 1000 / RATE;
	case SENDING:
		return SEND_MS + (int64_t)c->sent * 1000 / RATE;
	case BUSY:
	case CLOSING:
		break;
	}
	return INT64_MAX;
}

static void
on_tick(void *arg, int64_t now)
{
	struct http_conn *c = arg;

	if (now - c->since_ms < limit_ms(c))
		return;
	if ((c->state == HEAD && c->x != NULL) || c->state == BODY)
		refuse(c, 408, "the request took too long");
	else
		close_now(c);
}

static void
on_stop(void *arg, bool at_once)
{
	struct http_conn *c = arg;

	if (at_once)
		atomic_store(&c->control.end, RUN_SHUTDOWN);
	if ((c->state == BUSY || c->state == SENDING) && !at_once)
		c->stop_soon = true;
	else
		close_now(c);
}

static bool
on_may_free(void *arg)
{
	return !((struct http_conn *)arg)->job_live;
}

/* Those that have no request under way give way to those that will. */
static int64_t
on_pending_ms(void *arg)
{
	struct http_conn *c = arg;

	return c->state == FIRST || c->state == HANDSHAKE ||
	    c->state == HEAD ? c->since_ms : 0;
}

static void
on_shed(void *arg)
{
	close_now(arg);
}

static void
on_destroy(void *arg)
{
	struct http_conn *c = arg;

	exchange_free(c->x);
	if (c->address_counted)
		tally_give(c->env->addresses, slice_of(c->peer.share));
	http_stats_connection(c->env->stats, -1);
	c->env->connection_end(c->env->arg);
	free(c);
}

static const struct conn_ops ops = {
	.readable = on_readable,
	.lost = on_lost,
	.first = on_first,
	.secured = on_secured,
	.room = on_room,
	.pending_ms = on_pending_ms,
	.shed = on_shed,
	.tick = on_tick,
	.stop = on_stop,
	.may_free = on_may_free,
	.destroy = on_destroy,
};

/* Too many of one address: before TLS, there is nothing it could be told. */
static bool
count_address(struct http_conn *c, const struct settings *s)
{
	if (s->https_max_per_address == 0 ||
	    http_access_is_proxy(s, &c->peer.addr))
		return true;
	c->address_counted = tally_take(c->env->addresses,
	    slice_of(c->peer.share), s->https_max_per_address);
	if (!c->address_counted)
		log_debug("too many browsers from %s", c->peer.text);
	return c->address_counted;
}

void
http_conn_start(struct conn_set *set, struct bufferevent *bev,
    const struct http_env *env, const struct net_peer *peer,
    unsigned long number)
{
	const struct settings *s = env->settings_get(env->arg);
	struct http_conn *c = mem_zalloc(sizeof(*c));

	c->env = env;
	c->peer = *peer;
	c->number = number;
	c->state = FIRST;
	c->since_ms = clock_ms();
	http_stats_connection(env->stats, 1);
	c->conn = conn_new(set, bev, s->client_write_timeout_ms, &ops, c);
	if (count_address(c, s))
		conn_wait_first(c->conn);
	else
		close_now(c);
	env->settings_put(env->arg, s);
}
