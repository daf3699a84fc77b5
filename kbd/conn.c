/*
 * conn.c - accepted connections; see conn.h.
 *
 *   OPEN --conn_finish--> FINISHING --output empty--> CLOSED --> freed
 *   OPEN --conn_linger--> PARTING --output empty--> LINGERING --> CLOSED
 *   any  --conn_close, peer gone, stalled--> CLOSED
 *
 * Invariants:
 *   (1) Only conn_reap() frees a connection.
 *   (2) CLOSED is final: no byte is read or written after it.
 *   (3) Between conn_lend() and conn_back() only the job writes.
 *   (4) posted - written is what is on its way to the client: bytes handed
 *       over by jobs and not taken by the kernel.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/conn.h"
#include "common/clock.h"
#include "common/mem.h"
#include "kbd/loop.h"
#include "kbd/pg_msg.h"
#include "kbd/tls.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <pthread.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define READ_BYTES 16384
#define POLL_MS 100	/* how often a waiting job looks at its control */

enum conn_state {
	CONN_OPEN,
	CONN_FINISHING,
	CONN_PARTING,	/* finishing, and will linger */
	CONN_LINGERING,	/* our side is shut */
	CONN_CLOSED
};

struct conn {
	struct conn *next, **link;	/* in the set */
	struct conn_set *set;		/* borrowed */
	struct bufferevent *bev;	/* owned */
	struct bufferevent *plain;	/* owned; before TLS, without socket */
	struct event *first;		/* owned; waits for the first byte */
	struct event *reader;		/* owned; NULL with TLS */
	struct evbuffer *in;		/* owned; what reader read */
	size_t read_max;		/* bytes at a time; 0: any */
	bool is_tls, was_drained;
	const struct conn_ops *ops;
	void *arg;
	enum conn_state state;
	int fd;				/* of bev */
	bool is_lent;			/* a job may write to fd */
	int64_t write_ms;
	size_t last_output;		/* at the last sign of progress */
	int64_t linger_ms;		/* since when */
	int64_t progress_ms;

	pthread_mutex_t lock;
	pthread_cond_t room;
	uint64_t posted, delivered, written;	/* bytes; under the lock */
	bool gone;				/* the same */
};

struct conn_set {
	struct loop *loop;		/* owned */
	struct event *tick;		/* owned */
	struct conn *first;		/* owned */
	struct loop_task soon_task, now_task;
	struct event *soon;		/* owned; for ops.turned */
	bool stopping;
	size_t nclosed;			/* to be freed */
	struct conn_set_ops ops;
	void *arg;
};

/* Bytes on their way from a job to the loop. */
struct chunk {
	struct loop_task task;		/* first: they are one address */
	struct conn *conn;
	struct buf bytes;
};

/* ---- output ---- */

static size_t
output_len(struct conn *c)
{
	return evbuffer_get_length(bufferevent_get_output(c->bev));
}

/* Tell a waiting job how much room there is. */
static void
update_flow(struct conn *c)
{
	pthread_mutex_lock(&c->lock);
	c->written = c->delivered - (output_len(c) < c->delivered ?
	    output_len(c) : c->delivered);
	if (c->gone || c->posted - c->written <= OUTBOX_LOW)
		pthread_cond_signal(&c->room);
	pthread_mutex_unlock(&c->lock);
}

/*
 * Give the kernel what it takes at once, and drop that from b: a reply that
 * fits needs no event and no second turn. An error shows when the rest is
 * written, or read.
 */
static void
send_now(struct conn *c, struct buf *b)
{
	ssize_t n = send(c->fd, b->data, b->len, MSG_NOSIGNAL | MSG_DONTWAIT);

	if (n <= 0)
		return;
	if ((size_t)n < b->len)
		memmove(b->data, b->data + n, b->len - (size_t)n);
	b->len -= (size_t)n;
}

void
conn_send(struct conn *c, struct buf *b)
{
	if (c->state == CONN_OPEN && b->len != 0) {
		if (output_len(c) == 0) {
			if (!c->is_tls)
				send_now(c, b);
			c->progress_ms = clock_ms();
			c->last_output = 0;
		}
		if (b->len != 0)
			bufferevent_write(c->bev, b->data, b->len);
	}
	buf_reset(b);
}

void
conn_lend(struct conn *c)
{
	c->is_lent = c->state == CONN_OPEN && !c->is_tls &&
	    output_len(c) == 0;
}

void
conn_back(struct conn *c)
{
	c->is_lent = false;
}

void
conn_send_from_job(struct conn *c, struct buf *b)
{
	bool may;

	if (!c->is_lent || b->len == 0)
		return;
	pthread_mutex_lock(&c->lock);
	may = !c->gone && c->posted == c->written;
	pthread_mutex_unlock(&c->lock);
	if (may)
		send_now(c, b);
}

bool
conn_is_quiet(struct conn *c)
{
	bool quiet;

	pthread_mutex_lock(&c->lock);
	quiet = !c->gone && c->posted == c->written;
	pthread_mutex_unlock(&c->lock);
	return quiet && c->is_lent;
}

int
conn_fd(const struct conn *c)
{
	return c->fd;
}

bool
conn_is_plain(const struct conn *c)
{
	return !c->is_tls;
}

void
conn_send_both(struct conn *c, struct buf *head, struct slice body)
{
	struct evbuffer *out = bufferevent_get_output(c->bev);

	if (c->state == CONN_OPEN)
		(void)evbuffer_expand(out, head->len + body.len);
	conn_send(c, head);
	if (c->state == CONN_OPEN && body.len != 0)
		(void)evbuffer_add(out, body.ptr, body.len);
}

static void
deliver(struct loop_task *t)
{
	struct chunk *k = (struct chunk *)t;
	struct conn *c = k->conn;

	pthread_mutex_lock(&c->lock);
	c->delivered += k->bytes.len;
	pthread_mutex_unlock(&c->lock);
	conn_send(c, &k->bytes);
	update_flow(c);
	buf_free(&k->bytes);
	free(k);
}

static void
post_chunk(struct conn *c, struct outbox *o)
{
	struct chunk *k = mem_zalloc(sizeof(*k));
	size_t max = o->buf.max_bytes;

	k->task.run = deliver;
	k->conn = c;
	k->bytes = o->buf;
	buf_init(&o->buf, max);
	o->taken += k->bytes.len;
	pthread_mutex_lock(&c->lock);
	c->posted += k->bytes.len;
	pthread_mutex_unlock(&c->lock);
	loop_post(c->set->loop, &k->task);
}

static void
wait_a_bit(struct conn *c)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	t.tv_nsec += POLL_MS * 1000000;
	if (t.tv_nsec >= 1000000000) {
		t.tv_nsec -= 1000000000;
		t.tv_sec++;
	}
	(void)pthread_cond_timedwait(&c->room, &c->lock, &t);
}

static bool
client_lost(struct err *e)
{
	err_set(e, ERR_CANCELED, "connection to client lost");
	return pg_err_state(e, "57P01");
}

bool
conn_take(struct conn *c, struct outbox *o, struct run_control *control,
    uint64_t generation, struct err *e)
{
	size_t len = o->buf.len;
	bool gone, canceled = false;

	conn_send_from_job(c, &o->buf);
	o->taken += len - o->buf.len;
	if (o->buf.len != 0)
		post_chunk(c, o);
	pthread_mutex_lock(&c->lock);
	while (!c->gone && !canceled &&
	    c->posted - c->written > OUTBOX_HIGH) {
		wait_a_bit(c);
		canceled = run_is_canceled(control, generation) ||
		    atomic_load(&control->end) != RUN_ON;
	}
	gone = c->gone;
	pthread_mutex_unlock(&c->lock);
	if (gone)
		return client_lost(e);
	if (canceled) {
		err_set(e, ERR_CANCELED,
		    "canceling statement due to user request");
		return pg_err_state(e, "57014");
	}
	return true;
}

/* ---- closing ---- */

static void
stop_reading(struct conn *c)
{
	if (c->reader != NULL)
		(void)event_del(c->reader);
	else
		bufferevent_disable(c->bev, EV_READ);
}

static void
start_reading(struct conn *c)
{
	if (c->reader == NULL)
		bufferevent_enable(c->bev, EV_READ);
	else if (!event_pending(c->reader, EV_READ, NULL))
		(void)event_add(c->reader, NULL);
}

static void
discard_input(struct conn *c)
{
	struct evbuffer *in = conn_input(c);

	(void)evbuffer_drain(in, evbuffer_get_length(in));
}

bool
conn_is_closing(const struct conn *c)
{
	return c->state != CONN_OPEN;
}

void
conn_close(struct conn *c)
{
	if (c->state == CONN_CLOSED)
		return;
	c->state = CONN_CLOSED;
	c->set->nclosed++;
	stop_reading(c);
	bufferevent_disable(c->bev, EV_WRITE);
	pthread_mutex_lock(&c->lock);
	c->gone = true;
	pthread_cond_signal(&c->room);
	pthread_mutex_unlock(&c->lock);
}

void
conn_finish(struct conn *c)
{
	if (c->state != CONN_OPEN)
		return;
	if (output_len(c) == 0) {
		c->was_drained = true;
		conn_close(c);
		return;
	}
	c->state = CONN_FINISHING;
	stop_reading(c);
	bufferevent_setwatermark(c->bev, EV_WRITE, 0, 0);
}

/* All is written: say so, and wait for the peer to see it. */
static void
begin_lingering(struct conn *c)
{
	c->state = CONN_LINGERING;
	c->linger_ms = clock_ms();
	if (c->is_tls)
		tls_close_notify(c->bev);
	(void)shutdown(bufferevent_getfd(c->bev), SHUT_WR);
}

void
conn_linger(struct conn *c)
{
	if (c->state != CONN_OPEN)
		return;
	c->state = CONN_PARTING;
	bufferevent_setwatermark(c->bev, EV_WRITE, 0, 0);
	discard_input(c);
	start_reading(c);
	if (output_len(c) == 0)
		begin_lingering(c);
}

size_t
conn_waiting(struct conn *c)
{
	return output_len(c);
}

static void
lose(struct conn *c, const struct err *e)
{
	if (c->state == CONN_CLOSED)
		return;
	conn_close(c);
	c->ops->lost(c->arg, e);
}

void
conn_check_peer(struct conn *c)
{
	struct pollfd p = { .fd = c->fd, .events = POLLRDHUP };

	if (c->state == CONN_OPEN && poll(&p, 1, 0) == 1)
		lose(c, NULL);
}

static void
free_conn(struct conn *c)
{
	*c->link = c->next;
	if (c->next != NULL)
		c->next->link = c->link;
	c->ops->destroy(c->arg);
	if (c->is_tls && c->was_drained)
		tls_close_notify(c->bev);
	/* before the socket that they wait for is closed */
	if (c->first != NULL)
		event_free(c->first);
	if (c->reader != NULL)
		event_free(c->reader);
	bufferevent_free(c->bev);
	if (c->plain != NULL)
		bufferevent_free(c->plain);
	if (c->in != NULL)
		evbuffer_free(c->in);
	pthread_cond_destroy(&c->room);
	pthread_mutex_destroy(&c->lock);
	free(c);
}

void
conn_reap(struct conn_set *set)
{
	struct conn *c, *next;

	for (c = set->nclosed != 0 ? set->first : NULL; c != NULL; c = next) {
		next = c->next;
		if (c->state == CONN_CLOSED && c->ops->may_free(c->arg)) {
			set->nclosed--;
			free_conn(c);
		}
	}
	if (set->stopping && set->first == NULL && set->ops.empty != NULL) {
		set->ops.empty(set->arg);
		set->ops.empty = NULL;	/* said once */
	}
}

/* ---- events ---- */

static void
look_at_input(struct conn *c)
{
	if (c->state == CONN_OPEN)
		c->ops->readable(c->arg);
	else if (c->state == CONN_PARTING || c->state == CONN_LINGERING)
		discard_input(c);
}

static void
on_read(struct bufferevent *bev, void *arg)
{
	struct conn *c = arg;

	(void)bev;
	look_at_input(c);
}

/*
 * Without TLS: one system call for what a bufferevent needs two for, since it
 * asks first how much there is.
 */
static void
on_bytes(evutil_socket_t fd, short what, void *arg)
{
	struct conn *c = arg;
	char bytes[READ_BYTES];
	size_t max = c->read_max != 0 && c->read_max < sizeof(bytes) ?
	    c->read_max : sizeof(bytes);
	ssize_t n = recv(fd, bytes, max, MSG_DONTWAIT);

	(void)what;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0 || evbuffer_add(c->in, bytes, (size_t)n) != 0)
		lose(c, NULL);
	else
		look_at_input(c);
}

static void
on_write(struct bufferevent *bev, void *arg)
{
	struct conn *c = arg;

	(void)bev;
	update_flow(c);
	if (c->state == CONN_FINISHING && output_len(c) == 0) {
		c->was_drained = true;
		conn_close(c);
	} else if (c->state == CONN_PARTING && output_len(c) == 0) {
		begin_lingering(c);
	} else if (c->state == CONN_OPEN && c->ops->room != NULL) {
		c->ops->room(c->arg);
	}
}

static void
on_event(struct bufferevent *bev, short what, void *arg)
{
	struct conn *c = arg;
	struct err e = ERR_INIT;

	if (what & BEV_EVENT_CONNECTED) {
		if (!tls_accepted(bev, &e))
			lose(c, &e);
		else if (c->state == CONN_OPEN)
			c->ops->secured(c->arg);
	} else if ((what & BEV_EVENT_ERROR) && c->is_tls) {
		(void)tls_failure(bev, &e);
		lose(c, &e);
	} else if (what & (BEV_EVENT_EOF | BEV_EVENT_ERROR)) {
		lose(c, NULL);
	}
}

/* One byte, looked at and left there; nothing yet: wait again. */
static void
on_first(evutil_socket_t fd, short what, void *arg)
{
	struct conn *c = arg;
	unsigned char byte;
	ssize_t n;

	(void)what;
	if (c->state != CONN_OPEN)
		return;
	n = recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
	if (n == 1)
		c->ops->first(c->arg, byte);
	else if (n < 0 && (errno == EAGAIN || errno == EINTR))
		(void)event_add(c->first, NULL);
	else
		lose(c, NULL);
}

/* The client reads nothing of what waits for it. */
static void
check_stall(struct conn *c, int64_t now)
{
	size_t len = output_len(c);

	if (len == 0 || len < c->last_output || c->last_output == 0) {
		c->progress_ms = now;
		c->last_output = len;
	} else {
		c->last_output = len;
		if (now - c->progress_ms >= c->write_ms)
			lose(c, NULL);
	}
	update_flow(c);
}

static void
check_linger(struct conn *c, int64_t now)
{
	if (c->state == CONN_LINGERING && now - c->linger_ms >=
	    CONN_LINGER_MS)
		conn_close(c);
}

static void
on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct conn_set *set = arg;
	int64_t now = clock_ms();
	struct conn *c, *next;

	(void)fd;
	(void)what;
	for (c = set->first; c != NULL; c = next) {
		next = c->next;
		check_linger(c, now);
		if (c->state != CONN_CLOSED)
			check_stall(c, now);
		if (c->state != CONN_CLOSED)
			c->ops->tick(c->arg, now);
	}
}

/* ---- life ---- */

static void
after_turn(void *arg)
{
	struct conn_set *set = arg;
	struct timeval soon = { 0, 1000 };

	conn_reap(set);
	if (set->ops.turned != NULL && set->ops.turned(set->arg) &&
	    !event_pending(set->soon, EV_TIMEOUT, NULL))
		(void)event_add(set->soon, &soon);
}

/* It is the turn that counts. */
static void
on_soon(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
}

bool
conn_set_new(const struct conn_set_ops *ops, void *arg, struct conn_set **out,
    struct err *e)
{
	struct conn_set *set = mem_zalloc(sizeof(*set));
	struct timeval second = { 1, 0 };

	if (!loop_new(after_turn, set, &set->loop, e)) {
		free(set);
		return false;
	}
	set->tick = event_new(loop_base(set->loop), -1, EV_PERSIST, on_tick,
	    set);
	set->soon = event_new(loop_base(set->loop), -1, 0, on_soon, set);
	if (set->tick == NULL || set->soon == NULL ||
	    event_add(set->tick, &second) != 0) {
		conn_set_destroy(set);
		return err_set(e, ERR_SYSTEM, "could not make a timer");
	}
	if (ops != NULL)
		set->ops = *ops;
	set->arg = arg;
	*out = set;
	return true;
}

struct loop *
conn_set_loop(struct conn_set *set)
{
	return set->loop;
}

void
conn_set_destroy(struct conn_set *set)
{
	if (set == NULL)
		return;
	loop_stop(set->loop);
	loop_join(set->loop);
	while (set->first != NULL)
		free_conn(set->first);
	if (set->tick != NULL)
		event_free(set->tick);
	if (set->soon != NULL)
		event_free(set->soon);
	loop_destroy(set->loop);
	free(set);
}

static void
stop_all(struct conn_set *set, bool at_once)
{
	struct conn *c, *next;

	set->stopping = true;
	for (c = set->first; c != NULL; c = next) {
		next = c->next;
		c->ops->stop(c->arg, at_once);
	}
}

static void
stop_soon(struct loop_task *t)
{
	stop_all((struct conn_set *)((char *)t -
	    offsetof(struct conn_set, soon_task)), false);
}

static void
stop_now(struct loop_task *t)
{
	stop_all((struct conn_set *)((char *)t -
	    offsetof(struct conn_set, now_task)), true);
}

void
conn_set_stop(struct conn_set *set, bool at_once)
{
	struct loop_task *t = at_once ? &set->now_task : &set->soon_task;

	t->run = at_once ? stop_now : stop_soon;
	loop_post(set->loop, t);
}

static void
take_over(struct conn *c, struct bufferevent *bev)
{
	c->bev = bev;
	c->fd = bufferevent_getfd(bev);
	bufferevent_setcb(bev, on_read, on_write, on_event, c);
	bufferevent_setwatermark(bev, EV_WRITE, OUTBOX_LOW, 0);
	if (c->is_tls) {
		bufferevent_enable(bev, EV_READ | EV_WRITE);
		return;
	}
	bufferevent_enable(bev, EV_WRITE);
	bufferevent_disable(bev, EV_READ);
	c->in = evbuffer_new();
	c->reader = event_new(loop_base(c->set->loop), c->fd,
	    EV_READ | EV_PERSIST, on_bytes, c);
	if (c->in == NULL || c->reader == NULL ||
	    event_add(c->reader, NULL) != 0)
		conn_close(c);
}

struct conn *
conn_new(struct conn_set *set, struct bufferevent *bev, int64_t write_ms,
    const struct conn_ops *ops, void *arg)
{
	struct conn *c = mem_zalloc(sizeof(*c));

	c->set = set;
	c->ops = ops;
	c->arg = arg;
	c->write_ms = write_ms;
	pthread_mutex_init(&c->lock, NULL);
	pthread_cond_init(&c->room, NULL);
	c->next = set->first;
	c->link = &set->first;
	if (c->next != NULL)
		c->next->link = &c->next;
	set->first = c;
	take_over(c, bev);
	if (set->stopping)
		conn_close(c);
	return c;
}

struct loop *
conn_loop(struct conn *c)
{
	return c->set->loop;
}

struct evbuffer *
conn_input(struct conn *c)
{
	return c->is_tls ? bufferevent_get_input(c->bev) : c->in;
}

void
conn_read_off(struct conn *c)
{
	stop_reading(c);
}

void
conn_read_on(struct conn *c)
{
	if (c->state == CONN_OPEN)
		start_reading(c);
}

/* ---- before and with TLS ---- */

void
conn_wait_first(struct conn *c)
{
	struct event_base *base = loop_base(c->set->loop);

	if (c->state != CONN_OPEN)
		return;
	stop_reading(c);
	c->first = event_new(base, bufferevent_getfd(c->bev), EV_READ,
	    on_first, c);
	if (c->first == NULL || event_add(c->first, NULL) != 0)
		conn_close(c);
}

void
conn_read_max(struct conn *c, size_t n)
{
	c->read_max = n;
}

bool
conn_send_now(struct conn *c, char byte)
{
	return c->state == CONN_OPEN && output_len(c) == 0 &&
	    send(bufferevent_getfd(c->bev), &byte, 1,
	    MSG_NOSIGNAL | MSG_DONTWAIT) == 1;
}

bool
conn_start_tls(struct conn *c, struct tls *t, bool direct, struct err *e)
{
	int fd = bufferevent_getfd(c->bev);
	struct bufferevent *bev;

	if (c->state != CONN_OPEN)
		return err_set(e, ERR_CANCELED, "the connection ends");
	/* the old one may be in its own callback: it is freed with us */
	event_free(c->reader);
	c->reader = NULL;
	bufferevent_disable(c->bev, EV_WRITE);
	bufferevent_setcb(c->bev, NULL, NULL, NULL, NULL);
	(void)bufferevent_setfd(c->bev, -1);
	bev = tls_accept(t, loop_base(c->set->loop), fd, direct, e);
	if (bev == NULL) {
		close(fd);
		conn_close(c);
		return false;
	}
	c->plain = c->bev;
	c->is_tls = true;
	take_over(c, bev);
	return true;
}

struct bufferevent *
conn_bev(struct conn *c)
{
	return c->bev;
}

void
conn_shed(struct conn_set *set)
{
	struct conn *c, *oldest = NULL;
	int64_t since, first = 0;

	for (c = set->first; c != NULL; c = c->next) {
		since = c->state == CONN_OPEN ? c->ops->pending_ms(c->arg) : 0;
		if (since != 0 && (oldest == NULL || since < first)) {
			oldest = c;
			first = since;
		}
	}
	if (oldest != NULL)
		oldest->ops->shed(oldest->arg);
}
