/*
 * compose_conflict.h - both texts of a conflict in one, between marks.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBCTL_COMPOSE_CONFLICT_H
#define KBCTL_COMPOSE_CONFLICT_H

#include "common/err.h"
#include "common/slice.h"

#include <stdint.h>

struct buf;
struct client;

/*
 * Merge what somebody wrote on top of `version` with the newest one, and
 * append it with marks to *out; *newest is the version that the result is
 * made from.
 */
bool compose_conflict(struct client *c, int64_t entry, int64_t version,
    struct slice mine, int64_t *newest, struct buf *out, struct err *e)
    MUST_CHECK;

#endif
