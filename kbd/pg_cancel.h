/*
 * pg_cancel.h - who may be canceled by whom: process numbers and secret keys.
 *
 * A CancelRequest comes on a connection of its own and has no other proof
 * than the key. Safe from any thread.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_PG_CANCEL_H
#define KBD_PG_CANCEL_H

#include <stddef.h>
#include <stdint.h>

#include "common/slice.h"

struct pg_cancel_table;
struct run_control;

#define PG_CANCEL_KEY_LONG 32	/* bytes, for protocol 3.2 */

struct pg_cancel_key {
	uint32_t pid;		/* random, not 0, unique */
	unsigned char key[PG_CANCEL_KEY_LONG];
	size_t len;		/* 4 or PG_CANCEL_KEY_LONG */
};

struct pg_cancel_table *pg_cancel_new(void);
void pg_cancel_destroy(struct pg_cancel_table *t);

/* Make a key for a session. control must live until pg_cancel_remove(). */
void pg_cancel_add(struct pg_cancel_table *t, struct run_control *control,
    size_t key_len, struct pg_cancel_key *out);
void pg_cancel_remove(struct pg_cancel_table *t, uint32_t pid);

/* Stop what the session runs now, if the key is right; says if it was. */
bool pg_cancel_hit(struct pg_cancel_table *t, uint32_t pid,
    struct slice key);

#endif
