/*
 * outbox.h - encoded messages on their way from a job to a client.
 *
 * The job's thread writes into buf. Past OUTBOX_CHUNK it calls
 * outbox_flush(), which hands the bytes to the loop and waits while more than
 * OUTBOX_HIGH of them are unread: a client that does not read stops its own
 * query and nothing else.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_OUTBOX_H
#define KBD_OUTBOX_H

#include "common/buf.h"
#include "common/err.h"

#define OUTBOX_CHUNK (32u * 1024)
#define OUTBOX_HIGH (256u * 1024)
#define OUTBOX_LOW (64u * 1024)

struct outbox {
	struct buf buf;		/* not handed on yet */
	size_t taken;		/* bytes handed on so far */
	bool holds;		/* a change is not committed: nothing leaves */
	/*
	 * Take all of buf, which is empty afterwards; may wait for room.
	 * NULL: nobody takes anything before the end (a test). Fails with
	 * ERR_CANCELED when the client is gone or does not read.
	 */
	bool (*take)(struct outbox *o, struct err *e);
	void *arg;
};

static inline bool
outbox_flush(struct outbox *o, struct err *e)
{
	return o->take == NULL || o->holds || o->buf.len == 0 ||
	    o->take(o, e);
}

/* After each row: hand on what is a chunk by now. */
static inline bool
outbox_pace(struct outbox *o, struct err *e)
{
	return o->buf.len < OUTBOX_CHUNK || outbox_flush(o, e);
}

/* A place in the output that outbox_cut() can go back to. */
static inline size_t
outbox_mark(const struct outbox *o)
{
	return o->taken + o->buf.len;
}

/* Drop what was written since; what has left already stays. */
static inline void
outbox_cut(struct outbox *o, size_t mark)
{
	size_t len = mark > o->taken ? mark - o->taken : 0;

	if (len < o->buf.len)
		o->buf.len = len;
	o->buf.failed = false;
}

#endif
