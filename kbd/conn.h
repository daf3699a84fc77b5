/*
 * conn.h - accepted connections: bytes in and out, back-pressure, closing.
 *
 * One layer below any protocol. A connection belongs to one loop; a job of
 * another thread may send through conn_take(), which waits while the client
 * does not read. Nothing frees itself inside its own callback: closing marks,
 * and the loop sweeps after each turn.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_CONN_H
#define KBD_CONN_H

#include <stdint.h>

#include "common/err.h"
#include "kbd/outbox.h"
#include "kbd/run_control.h"

struct bufferevent;
struct conn;
struct conn_set;
struct evbuffer;
struct loop;
struct tls;

/* What the protocol above does. All are called in the loop's thread. */
struct conn_ops {
	void (*readable)(void *arg);	/* there is input to look at */
	/* the peer is gone, or stalls; e says why, or is NULL */
	void (*lost)(void *arg, const struct err *e);
	void (*first)(void *arg, unsigned char byte);	/* conn_wait_first */
	void (*secured)(void *arg);	/* the handshake is done */
	void (*tick)(void *arg, int64_t now_ms);	/* about once a second */
	void (*stop)(void *arg, bool at_once);	/* the server ends */
	int64_t (*pending_ms)(void *arg);	/* since when; 0: logged in */
	void (*shed)(void *arg);	/* too many that are not */
	void (*room)(void *arg);	/* the output is short; or NULL */
	bool (*may_free)(void *arg);	/* no thread uses it any more */
	void (*destroy)(void *arg);
};

/* Both are called in the loop's thread, and may be NULL. */
struct conn_set_ops {
	/* after conn_set_stop(), once: no connection is left */
	void (*empty)(void *arg);
	/*
	 * The events of a turn were handled. True: call it again in a
	 * millisecond, even when nothing happens.
	 */
	bool (*turned)(void *arg);
};

/* The connections of one loop, which is made with it. ops are copied. */
bool conn_set_new(const struct conn_set_ops *ops, void *arg,
    struct conn_set **out, struct err *e) MUST_CHECK;
void conn_set_destroy(struct conn_set *set);	/* with its loop */
struct loop *conn_set_loop(struct conn_set *set);

/* Frees what is closed; the loop calls it after each turn, a test as well. */
void conn_reap(struct conn_set *set);

/*
 * Ask each connection to end: when what it runs is done, or at once. Any
 * thread; once each.
 */
void conn_set_stop(struct conn_set *set, bool at_once);

/* Takes over bev; call from the loop's thread. write_ms: stall timeout. */
struct conn *conn_new(struct conn_set *set, struct bufferevent *bev,
    int64_t write_ms, const struct conn_ops *ops, void *arg);

/*
 * Read nothing yet, but call first() with the first byte, which stays to be
 * read. Then either conn_read_on() or conn_start_tls().
 */
void conn_wait_first(struct conn *c);

/* Take at most n bytes more from the socket; 0 is any number. */
void conn_read_max(struct conn *c, size_t n);

/*
 * Send one byte at once, past the buffers; false when it does not go, which
 * it always does on a new connection.
 */
bool conn_send_now(struct conn *c, char byte) MUST_CHECK;

/*
 * From here on it is TLS, as the server; secured() is called when it works.
 * The input must be empty. direct: no SSLRequest came before it. False: the
 * connection is closed.
 */
bool conn_start_tls(struct conn *c, struct tls *t, bool direct,
    struct err *e) MUST_CHECK;
struct bufferevent *conn_bev(struct conn *c);	/* for tls_*() */

/* End the connection of this set that has been logging in the longest. */
void conn_shed(struct conn_set *set);

struct loop *conn_loop(struct conn *c);
struct evbuffer *conn_input(struct conn *c);

/* Stop or go on reading; readable() is not called for input already there. */
void conn_read_off(struct conn *c);
void conn_read_on(struct conn *c);

/* Append to the output and empty b. Loop thread only. */
void conn_send(struct conn *c, struct buf *b);

/*
 * A job for this client starts, on another thread: from now until conn_back()
 * nothing is sent from the loop. When nothing else is on its way, and there
 * is no TLS, the job's thread may write to the socket itself.
 */
void conn_lend(struct conn *c);
void conn_back(struct conn *c);

/*
 * On the job's thread: is all that it wrote with the kernel, and may it read
 * the client's next message itself? The loop reads nothing then.
 */
bool conn_is_quiet(struct conn *c);
int conn_fd(const struct conn *c);

/* Is there no TLS, so that a job may read and write? Loop thread. */
bool conn_is_plain(const struct conn *c);

/* While the loop does not read: end it when the peer has. Loop thread. */
void conn_check_peer(struct conn *c);

/* On the job's thread: send what the kernel takes now; the rest stays in b. */
void conn_send_from_job(struct conn *c, struct buf *b);

/*
 * conn_send() for a head and a body behind it, which is copied once and stands
 * next to the head: with TLS, one record for both where they fit.
 */
void conn_send_both(struct conn *c, struct buf *head, struct slice body);

void conn_close(struct conn *c);	/* now */
void conn_finish(struct conn *c);	/* once the last byte is written */

/*
 * The same, for a peer that may still be sending: what comes is thrown away
 * until it stops or CONN_LINGER_MS passed, so that the reset which unread
 * bytes cause does not take our last answer with it.
 */
#define CONN_LINGER_MS 2000
void conn_linger(struct conn *c);

/* Bytes that wait to be written. */
size_t conn_waiting(struct conn *c);
bool conn_is_closing(const struct conn *c);

/*
 * For struct outbox, from a job's thread: hand the bytes to the loop and wait
 * for room. Fails when the client is gone, does not read for write_ms, or
 * control says stop.
 */
bool conn_take(struct conn *c, struct outbox *o, struct run_control *control,
    uint64_t generation, struct err *e) MUST_CHECK;

#endif
