/*
 * http_call.c - a procedure of SQL for a page; see http_call.h.
 *
 * The request is what a client would send, Parse, Bind, Describe, Execute and
 * Sync, in a session of its own; the reply is read as a client would read it.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/http_call.h"
#include "common/clock.h"
#include "common/mem.h"
#include "common/str.h"
#include "kbd/http_exchange.h"
#include "kbd/http_route.h"
#include "kbd/pg_msg.h"
#include "kbd/serving.h"
#include "kbd/sql_session.h"

#include <stdlib.h>

#define COLUMNS_MAX 16

enum call_state { CALL_WANTED, CALL_UNDER_WAY, CALL_DONE };

struct http_call {
	enum call_state state;
	struct session *session;	/* owned */
	struct buf messages;		/* until it is submitted */
	struct buf reply;		/* when it is done */
	bool ok;
	struct err err;
	struct slice detail;		/* view of reply */
	struct slice names[COLUMNS_MAX], values[COLUMNS_MAX];	/* the same */
	size_t ncolumns;
};

/* ---- what is sent ---- */

static void
put_text(struct buf *b, struct slice s)
{
	buf_put_u32(b, (uint32_t)s.len);
	buf_put_slice(b, s);
}

static size_t
count(const struct http_call_arg *args)
{
	size_t n = 0;

	while (args[n].name != NULL)
		n++;
	return n;
}

/* Parse: CALL procedure(name => $1, ...), every parameter text. */
static void
put_parse(struct buf *b, const char *procedure,
    const struct http_call_arg *args)
{
	size_t mark = pg_msg_begin(b, 'P'), i;

	buf_putc(b, '\0');
	buf_puts(b, "CALL ");
	buf_puts(b, procedure);
	buf_putc(b, '(');
	for (i = 0; args[i].name != NULL; i++)
		buf_printf(b, "%s%s => $%zu", i != 0 ? ", " : "",
		    args[i].name, i + 1);
	buf_put(b, ")", 2);	/* with its NUL */
	buf_put_u16(b, 0);
	pg_msg_end(b, mark);
}

static void
put_bind(struct buf *b, const struct http_call_arg *args)
{
	size_t mark = pg_msg_begin(b, 'B'), i;

	buf_put(b, "\0", 2);	/* the portal, the statement */
	buf_put_u16(b, 0);	/* all as text */
	buf_put_u16(b, (uint16_t)count(args));
	for (i = 0; args[i].name != NULL; i++) {
		if (args[i].value.ptr == NULL)
			buf_put_u32(b, UINT32_MAX);	/* null */
		else
			put_text(b, args[i].value);
	}
	buf_put_u16(b, 0);
	pg_msg_end(b, mark);
}

static void
put_rest(struct buf *b)
{
	size_t mark = pg_msg_begin(b, 'D');

	buf_put(b, "P", 2);
	pg_msg_end(b, mark);
	mark = pg_msg_begin(b, 'E');
	buf_putc(b, '\0');
	buf_put_u32(b, 0);
	pg_msg_end(b, mark);
	pg_put_empty(b, 'S');
}

void
http_call_begin(struct http_exchange *x, const char *procedure,
    const struct http_call_arg *args,
    void (*then)(struct http_exchange *x, struct sql_db *db))
{
	struct session_init init = { .role = x->who.name,
		.author = x->who.name,
		.is_admin = x->who.level == ROLE_ADMIN,
		.can_write = x->who.level >= ROLE_EDITOR,
		.roles = x->env->roles,
		.audit = x->env->audit, .address = x->client,
		.settings = &x->serving->settings };
	struct http_call *c = mem_zalloc(sizeof(*c));

	http_call_end(x);
	c->session = session_new(&init);
	put_parse(&c->messages, procedure, args);
	put_bind(&c->messages, args);
	put_rest(&c->messages);
	x->call = c;
	x->then = then;
}

/* ---- what comes back ---- */

static struct slice
take_cstr(struct slice *s)
{
	const char *nul = s->len != 0 ? memchr(s->ptr, '\0', s->len) : NULL;
	size_t n = nul != NULL ? (size_t)(nul - s->ptr) : s->len;
	struct slice out = slice_sub(*s, 0, n);

	*s = slice_sub(*s, n + 1, s->len);
	return out;
}

static uint32_t
take_number(struct slice *s, size_t bytes)
{
	uint32_t v = 0;
	size_t i;

	for (i = 0; i < bytes && i < s->len; i++)
		v = v << 8 | (unsigned char)s->ptr[i];
	*s = slice_sub(*s, bytes, s->len);
	return v;
}

static void
read_columns(struct http_call *c, struct slice body)
{
	uint32_t n = take_number(&body, 2), i;

	for (i = 0; i < n && i < COLUMNS_MAX; i++) {
		c->names[i] = take_cstr(&body);
		(void)take_number(&body, 18);	/* types and so on */
	}
	c->ncolumns = i;
}

static void
read_row(struct http_call *c, struct slice body)
{
	uint32_t n = take_number(&body, 2), len, i;

	for (i = 0; i < n && i < c->ncolumns; i++) {
		len = take_number(&body, 4);
		if (len == UINT32_MAX)
			continue;
		c->values[i] = slice_sub(body, 0, len);
		body = slice_sub(body, len, body.len);
	}
}

static void
read_error(struct http_call *c, struct slice body)
{
	struct slice state = SLICE(""), message = SLICE(""), hint = SLICE("");

	while (body.len != 0 && body.ptr[0] != '\0') {
		char field = body.ptr[0];
		struct slice value;

		body = slice_sub(body, 1, body.len);
		value = take_cstr(&body);
		if (field == 'C')
			state = value;
		else if (field == 'M')
			message = value;
		else if (field == 'D')
			c->detail = value;
		else if (field == 'H')
			hint = value;
	}
	err_set(&c->err, ERR_INVALID, "%.*s", SLICE_ARG(message));
	err_detail(&c->err, "%.*s", SLICE_ARG(c->detail));
	err_hint(&c->err, "%.*s", SLICE_ARG(hint));
	memcpy(c->err.sqlstate, state.ptr, state.len < 5 ? state.len : 5);
	c->ok = false;
}

static void
read_reply(struct http_call *c)
{
	struct slice rest = buf_slice(&c->reply), body;
	char type;

	c->ok = true;
	while (rest.len >= 5) {
		uint32_t len;

		type = rest.ptr[0];
		rest = slice_sub(rest, 1, rest.len);
		len = take_number(&rest, 4);
		body = slice_sub(rest, 0, len - 4);
		rest = slice_sub(rest, len - 4, rest.len);
		if (type == 'T')
			read_columns(c, body);
		else if (type == 'D')
			read_row(c, body);
		else if (type == 'E')
			read_error(c, body);
	}
}

bool
http_call_ok(const struct http_exchange *x, struct err *e)
{
	if (!x->call->ok)
		*e = x->call->err;
	return x->call->ok;
}

struct slice
http_call_column(const struct http_exchange *x, const char *name)
{
	const struct http_call *c = x->call;
	size_t i;

	for (i = 0; i < c->ncolumns; i++)
		if (slice_is(c->names[i], name))
			return c->values[i];
	return slice_make(NULL, 0);
}

struct slice
http_call_detail(const struct http_exchange *x)
{
	return x->call->detail;
}

/* ---- on its way ---- */

static void
prepare(struct http_exchange *x)
{
	struct request *r = &x->job.request;
	struct http_call *c = x->call;

	c->state = CALL_UNDER_WAY;
	request_init(r, c->session);
	buf_free(&r->messages);
	r->messages = c->messages;
	c->messages = BUF_INIT;
	r->settings = &x->serving->settings;
	r->control = x->control;
	r->generation = atomic_fetch_add(&x->control->running, 1) + 1;
	r->started_ms = clock_ms();
	x->job.work = NULL;
	x->job.lane = LANE_LONG;	/* it may have much to parse */
}

static void
take_reply(struct http_exchange *x)
{
	struct http_call *c = x->call;

	c->state = CALL_DONE;
	c->reply = x->job.request.out.buf;
	buf_init(&x->job.request.out.buf, 0);
	request_free(&x->job.request);
	read_reply(c);
	x->job.work = http_route_continue;
	x->job.lane = LANE_QUICK;
}

bool
http_call_next(struct http_exchange *x)
{
	struct http_call *c = x->call;

	if (c == NULL || c->state == CALL_DONE)
		return false;
	if (c->state == CALL_WANTED)
		prepare(x);
	else
		take_reply(x);
	return true;
}

bool
http_call_is_done(const struct http_exchange *x)
{
	return x->call != NULL && x->call->state == CALL_DONE;
}

void
http_call_end(struct http_exchange *x)
{
	struct http_call *c = x->call;

	if (c == NULL)
		return;
	if (c->state == CALL_UNDER_WAY)
		request_free(&x->job.request);
	session_destroy(c->session);
	buf_free(&c->messages);
	buf_free(&c->reply);
	free(c);
	x->call = NULL;
}
