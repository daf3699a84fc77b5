/*
 * loop.h - one event loop with its thread, and a mailbox for other threads.
 *
 * What belongs to a loop is touched by its thread only. Other threads post
 * tasks, which run in the order they came, after the events of a turn. An
 * eventfd wakes the loop, but only when it sleeps.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_LOOP_H
#define KBD_LOOP_H

#include <stdatomic.h>

#include "common/err.h"

struct event_base;
struct loop;

/* Embedded in what it is about; the loop does not free it. */
struct loop_task {
	struct loop_task *next;
	void (*run)(struct loop_task *t);
};

/* after_turn(arg) runs after each turn: the place to free things. */
bool loop_new(void (*after_turn)(void *arg), void *arg, struct loop **out,
    struct err *e) MUST_CHECK;

struct event_base *loop_base(struct loop *l);

/* Run t in the loop's thread. Any thread; t must not be posted already. */
void loop_post(struct loop *l, struct loop_task *t);

/*
 * The same without waking the loop: t runs when the loop has its next turn,
 * which may be a second away. Where somebody may wait for it, *hurry says so:
 * it is looked at once t can be seen, so that whoever sets it in the loop's
 * thread before t ran can be sure that t runs soon.
 */
void loop_post_lazily(struct loop *l, struct loop_task *t,
    const _Atomic bool *hurry);

/* One turn in the calling thread: events, then tasks. */
void loop_turn(struct loop *l, bool may_sleep);

/* Run in the calling thread until loop_stop(). */
void loop_run(struct loop *l);

/* The same in a thread of its own, called name. */
bool loop_start(struct loop *l, const char *name, struct err *e) MUST_CHECK;

/* End after this turn, when the mailbox is empty. Any thread. */
void loop_stop(struct loop *l);

/* Wait for the thread, if there is one. */
void loop_join(struct loop *l);

/* Join and free. */
void loop_destroy(struct loop *l);

#endif
