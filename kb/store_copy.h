/*
 * store_copy.h - a copy of a database while others change it, and whether a
 * copy is whole.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_STORE_COPY_H
#define KBD_STORE_COPY_H

#include <stdint.h>

#include "common/err.h"

struct sqlite3;

/* Asked between two steps of a copy: false stops it, with *e set. */
struct store_copy_watch {
	bool (*go_on)(void *arg, struct err *e);
	void *arg;
};

/*
 * Copy what one connection sees into the file `to`, which must be empty or
 * not there. It is one moment: when the connection has no transaction, it gets
 * one for as long as the copy lasts. Neither flushed nor journaled: the copy
 * is to be read once more by whoever keeps it.
 */
bool store_copy(struct sqlite3 *from, const char *to,
    const struct store_copy_watch *watch, struct err *e) MUST_CHECK;

/* The same for the base in a file, and the revision that the copy has. */
bool store_copy_base(const char *from, const char *to,
    const struct store_copy_watch *watch, int64_t *revision, struct err *e)
    MUST_CHECK;

/*
 * Is this file, which nobody writes, a whole SQLite database? Reads all of
 * it, and leaves no file beside it.
 */
bool store_verify(const char *path, struct err *e) MUST_CHECK;

/* The same for a base, and its newest revision; ERR_INVALID if it is none. */
bool store_verify_base(const char *path, int64_t *revision, struct err *e)
    MUST_CHECK;

#endif
