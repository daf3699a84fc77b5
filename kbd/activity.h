/*
 * activity.h - who is logged in and what runs: the rows of kb_stat_activity.
 *
 * Safe from any thread.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_ACTIVITY_H
#define KBD_ACTIVITY_H

#include <stdint.h>

#include "common/clock.h"
#include "common/slice.h"
#include "kbd/access.h"

struct activity;
struct activity_entry;

#define ACTIVITY_QUERY_MAX 1024		/* bytes kept of a statement */
#define ACTIVITY_NAME_MAX 64

enum activity_state {
	ACTIVITY_IDLE,
	ACTIVITY_ACTIVE,
	ACTIVITY_IN_TRANSACTION,	/* idle */
	ACTIVITY_FAILED			/* idle, and the transaction is over */
};

struct activity_row {
	uint32_t pid;
	char role[ACTIVITY_NAME_MAX], database[ACTIVITY_NAME_MAX];
	char application[ACTIVITY_NAME_MAX];
	char address[ACCESS_ADDR_SIZE];	/* "" is the local socket */
	unsigned port;
	char tls[16];			/* "TLSv1.3", "" without */
	int64_t backend_start;		/* clock_real_us() */
	int64_t query_start;		/* 0: none yet */
	int64_t state_change;
	enum activity_state state;
	char query[ACTIVITY_QUERY_MAX];	/* the last, or the one that runs */
};

struct activity *activity_new(void);
void activity_destroy(struct activity *t);

/* A session begins; times, state and query of *row are set here. */
struct activity_entry *activity_add(struct activity *t,
    const struct activity_row *row);
void activity_remove(struct activity_entry *x);	/* NULL is allowed */

/* x may be NULL in both. */
void activity_state(struct activity_entry *x, enum activity_state state);
void activity_query(struct activity_entry *x, struct slice sql,
    const char *application);

/* Copies, in the order of their begin; *rows is free()d by the caller. */
size_t activity_list(struct activity *t, struct activity_row **rows);

/* "active", "idle", "idle in transaction", ... */
const char *activity_state_name(enum activity_state state);

#endif
