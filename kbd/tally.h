/*
 * tally.h - how many of each: connections of an address, sessions of a role.
 *
 * Safe from any thread.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_TALLY_H
#define KBD_TALLY_H

#include "common/err.h"
#include "common/slice.h"

struct tally;

#define TALLY_KEY_MAX 64	/* bytes; longer keys are cut */

struct tally *tally_new(void);
void tally_destroy(struct tally *t);

/* One more of this key; false, and nothing counted, when max are there. */
bool tally_take(struct tally *t, struct slice key, long max) MUST_CHECK;
void tally_give(struct tally *t, struct slice key);

#endif
