/*
 * pg_conn_request.c - a client's messages as requests, which other threads
 * carry out and answer.
 *
 * Invariants (2), (4) and (5) of pg_conn.c are kept here.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/pg_conn_internal.h"
#include "common/clock.h"
#include "kbd/activity.h"
#include "kbd/settings.h"

#include <errno.h>
#include <event2/buffer.h>
#include <sys/socket.h>

#define BATCH_BYTES (64u * 1024)	/* of messages in one request */
#define HOT_MS 20		/* who asks again that soon is hot */
#define HOT_BYTES 8192		/* of messages that a worker reads */

/* ---- the end of a request ---- */

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
	if (c->state == PG_CONN_CLOSING) {
		if (session_holds_writer(c->session))
			pg_conn_say_farewell(c);
		return;
	}
	pg_conn_set_state(c, PG_CONN_IDLE);
	c->since_ms = c->done_ms;
	if (over) {
		pg_conn_begin_closing(c, "error");
		conn_finish(c->conn);
	} else if (c->stop_soon) {
		pg_conn_fatal_text(c, "57P01", "terminating connection due to "
		    "administrator command");
	} else {
		conn_read_on(c->conn);
		pg_conn_look(c);	/* bytes already here raise no event */
	}
}

void
pg_conn_cool(struct pg_conn *c)
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

void
pg_conn_say_farewell(struct pg_conn *c)
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

/* ---- its beginning ---- */

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
	pg_conn_set_state(c, PG_CONN_BUSY);
	if (c->env->submit(c->env->arg, j))
		return;
	c->job_live = c->is_hot = false;
	conn_back(c->conn);
	c->env->settings_put(c->env->arg, r->settings);
	request_free(r);
	pg_conn_set_state(c, PG_CONN_IDLE);
	pg_conn_fatal_text(c, "53300", "too many requests are waiting");
}

/* ---- messages ---- */

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

void
pg_conn_look_idle(struct pg_conn *c)
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
		pg_conn_fatal(c, &e);
	} else if (took == TOOK_TERMINATE) {
		pg_conn_begin_closing(c, "client left");
		conn_close(c->conn);
	}
}
