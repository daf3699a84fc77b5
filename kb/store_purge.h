/*
 * store_purge.h - take a leaked secret out of every version there is.
 *
 * The one exception to "truth is append-only": the bytes of a secret become
 * PURGE_MARK in all texts of the base, and a row of the table purge says that
 * it happened. What is derived is made anew.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_STORE_PURGE_H
#define KBD_STORE_PURGE_H

#include <stdint.h>

#include "common/err.h"
#include "common/slice.h"

struct store;

#define PURGE_MARK "********"

/* A shorter secret is replaced only where it is recognised as one: its bytes
   alone may be anything. */
#define PURGE_LITERAL_MIN 8

struct purge_request {
	int64_t entry, version;	/* where it was seen */
	struct slice secret;	/* the bytes, PURGE_LITERAL_MIN at least; "":
				   every secret that is recognised there */
	struct slice author;
	struct slice message;
};

/*
 * Inside store_begin() .. store_commit(). *texts is how many texts changed.
 * Copies of the file that a migration left ("<path>.before-N") and that hold
 * the bytes are removed. ERR_NOT_FOUND when that version does not exist or
 * holds no such thing, ERR_INVALID for a secret that is too short.
 *
 * After the commit the bytes are still in free pages and in the write-ahead
 * log: store_needs_scrub() says so, also after a crash, until store_scrub()
 * succeeded.
 */
bool store_purge(struct store *s, const struct purge_request *req,
    int64_t *texts, struct err *e) MUST_CHECK;

bool store_needs_scrub(struct store *s);

/*
 * Write the file anew and empty the write-ahead log; outside a transaction.
 * ERR_LIMIT when readers are in the way for longer than wait_ms: try again.
 */
bool store_scrub(struct store *s, int wait_ms, struct err *e) MUST_CHECK;

#endif
