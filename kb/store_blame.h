/*
 * store_blame.h - who last touched each line of an entry.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_STORE_BLAME_H
#define KBD_STORE_BLAME_H

#include <stdint.h>

#include "common/err.h"
#include "common/slice.h"

struct arena;
struct store;

struct blame_line {
	struct slice text;	/* with its end */
	int64_t version;	/* that brought it, as it is */
	int64_t revision;
	struct slice author, created_at, message;	/* of that revision */
};

struct blame {
	struct blame_line *lines;
	size_t n;
};

/*
 * Every line of a version (0: the newest) with the version that it came from:
 * versions are compared one with the next, backward, until each line has its
 * own or BLAME_VERSIONS_MAX were looked at; what is left then is older and is
 * put down to the oldest that was. The arena owns *out. ERR_NOT_FOUND when
 * there is no such version.
 */
bool store_blame(struct store *s, int64_t entry, int64_t version,
    struct arena *a, struct blame *out, struct err *e) MUST_CHECK;

#define BLAME_VERSIONS_MAX 2000

#endif
