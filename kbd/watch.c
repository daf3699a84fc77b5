/*
 * watch.c - sockets that the workers wait for; see watch.h.
 *
 * Invariants, under the lock:
 *   (1) A place is in the epoll set from its first watch_arm() until it is
 *       free again.
 *   (2) An event names a place and how often that was used: one that was
 *       fetched before its job left fits no job that came after.
 *   (3) The set has each socket EPOLLONESHOT: it is asked for once each
 *       watch_arm().
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/watch.h"
#include "common/mem.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#define PLACES 1024	/* clients beyond go through the loop */

struct place {
	struct job *job;	/* borrowed; NULL: free */
	int fd;
	uint32_t uses;
	bool is_armed;
	unsigned next_free;
};

struct watch {
	int epoll;				/* owned */
	_Atomic unsigned used;
	pthread_mutex_t lock;
	unsigned first_free;			/* under the lock; 0: none */
	struct place places[PLACES];		/* the same; [0] is the alarm */
};

bool
watch_new(int alarm, struct watch **out, struct err *e)
{
	struct watch *w = mem_zalloc(sizeof(*w));
	struct epoll_event ev = { .events = EPOLLIN };
	unsigned i;

	pthread_mutex_init(&w->lock, NULL);
	for (i = 1; i + 1 < PLACES; i++)
		w->places[i].next_free = i + 1;
	w->first_free = 1;
	w->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (w->epoll < 0 ||
	    epoll_ctl(w->epoll, EPOLL_CTL_ADD, alarm, &ev) != 0) {
		watch_destroy(w);
		return err_errno(e, "could not make an epoll set");
	}
	*out = w;
	return true;
}

void
watch_destroy(struct watch *w)
{
	if (w == NULL)
		return;
	if (w->epoll >= 0)
		close(w->epoll);
	pthread_mutex_destroy(&w->lock);
	free(w);
}

/* With the lock: a place for j, or 0. */
static unsigned
take_place(struct watch *w, struct job *j, int fd)
{
	unsigned i = w->first_free;

	if (i == 0)
		return 0;
	w->first_free = w->places[i].next_free;
	w->places[i].job = j;
	w->places[i].fd = fd;
	w->places[i].uses++;
	w->places[i].is_armed = false;
	atomic_fetch_add(&w->used, 1);
	return i;
}

/* With the lock: the job is not watched any more. */
static void
leave(struct watch *w, struct job *j)
{
	unsigned i = j->place;
	struct place *p = &w->places[i];

	if (i == 0)
		return;
	(void)epoll_ctl(w->epoll, EPOLL_CTL_DEL, p->fd, NULL);
	p->job = NULL;
	p->next_free = w->first_free;
	w->first_free = i;
	j->place = 0;
	atomic_fetch_sub(&w->used, 1);
}

/* With the lock. */
static bool
arm(struct watch *w, struct job *j, int fd)
{
	struct epoll_event ev = { .events = EPOLLIN | EPOLLRDHUP |
		EPOLLONESHOT };
	int op = j->place == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;

	if (j->place == 0)
		j->place = take_place(w, j, fd);
	if (j->place == 0)
		return false;
	ev.data.u64 = (uint64_t)w->places[j->place].uses << 32 | j->place;
	w->places[j->place].is_armed = epoll_ctl(w->epoll, op, fd, &ev) == 0;
	return w->places[j->place].is_armed;
}

bool
watch_arm(struct watch *w, struct job *j, int fd, const _Atomic bool *hurry)
{
	bool ok;

	pthread_mutex_lock(&w->lock);
	ok = !atomic_load(hurry) && arm(w, j, fd);
	if (!ok)
		leave(w, j);
	pthread_mutex_unlock(&w->lock);
	return ok;
}

bool
watch_take_back(struct watch *w, struct job *j)
{
	bool ok;

	pthread_mutex_lock(&w->lock);
	ok = j->place != 0 && w->places[j->place].is_armed;
	if (ok)
		leave(w, j);
	pthread_mutex_unlock(&w->lock);
	return ok;
}

void
watch_leave(struct watch *w, struct job *j)
{
	pthread_mutex_lock(&w->lock);
	leave(w, j);
	pthread_mutex_unlock(&w->lock);
}

bool
watch_is_used(struct watch *w)
{
	return atomic_load_explicit(&w->used, memory_order_relaxed) != 0;
}

/* The job of an event, unless it has left meanwhile. */
static struct job *
claim(struct watch *w, uint64_t data)
{
	struct place *p = &w->places[(uint32_t)data];
	struct job *j = NULL;

	pthread_mutex_lock(&w->lock);
	if (p->job != NULL && p->uses == data >> 32 && p->is_armed) {
		p->is_armed = false;
		j = p->job;
	}
	pthread_mutex_unlock(&w->lock);
	return j;
}

struct job *
watch_wait(struct watch *w, bool may_sleep, bool *alarm)
{
	struct epoll_event ev;
	int n = epoll_wait(w->epoll, &ev, 1, may_sleep ? -1 : 0);

	*alarm = n == 1 && ev.data.u64 == 0;
	return n == 1 && !*alarm ? claim(w, ev.data.u64) : NULL;
}
