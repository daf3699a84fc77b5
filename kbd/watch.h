/*
 * watch.h - sockets of clients that the workers wait for themselves.
 *
 * A client that asks again and again need not go through the loop for each
 * question: the worker that answered leaves the job here, and whichever is
 * free first when the next question is there goes on with it. All workers wait
 * in one epoll set, so that no busy one keeps a client waiting.
 *
 * A job that is armed belongs to nobody; watch_wait() or watch_take_back()
 * gives it to exactly one thread.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_WATCH_H
#define KBD_WATCH_H

#include "common/err.h"
#include "kbd/jobs.h"

struct watch;

/* alarm: readable when somebody wants a worker. */
bool watch_new(int alarm, struct watch **out, struct err *e) MUST_CHECK;
void watch_destroy(struct watch *w);

/*
 * Give the job away until fd is readable. False: *hurry is set, or there is no
 * room; the job stays the caller's, and is not watched any more.
 */
bool watch_arm(struct watch *w, struct job *j, int fd,
    const _Atomic bool *hurry) MUST_CHECK;

/* True: it was armed, and is the caller's now. Any thread. */
bool watch_take_back(struct watch *w, struct job *j) MUST_CHECK;

/* The caller has the job and is done with its socket. */
void watch_leave(struct watch *w, struct job *j);

/* Is any job watched? A guess, without the lock. */
bool watch_is_used(struct watch *w);

/*
 * A job whose socket is readable, now the caller's; or NULL: the alarm rang,
 * which *alarm says, or nothing is there.
 */
struct job *watch_wait(struct watch *w, bool may_sleep, bool *alarm);

#endif
