/*
 * run_control.h - how a running statement learns that it shall stop.
 *
 * The loop thread counts a generation for each job of a client. A cancel
 * request names the generation that runs at that moment, so that it can
 * never hit the next one; sqlite3_interrupt() could.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_RUN_CONTROL_H
#define KBD_RUN_CONTROL_H

#include <stdatomic.h>
#include <stdint.h>

enum run_end {
	RUN_ON,
	RUN_SHUTDOWN,	/* the server stops at once */
	RUN_GONE	/* the client is not there any more */
};

struct run_control {
	_Atomic uint64_t running;	/* generation of the current job */
	_Atomic uint64_t canceled;	/* generation that shall stop */
	_Atomic int end;		/* enum run_end, for every job */
};

/* Stop what runs now; any thread. */
static inline void
run_cancel(struct run_control *c)
{
	atomic_store(&c->canceled, atomic_load(&c->running));
}

static inline bool
run_is_canceled(struct run_control *c, uint64_t generation)
{
	return atomic_load(&c->canceled) == generation && generation != 0;
}

#endif
