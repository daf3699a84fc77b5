/*
 * loop.c - one event loop with its thread and mailbox; see loop.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/loop.h"
#include "common/log.h"
#include "common/mem.h"

#include <event2/event.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define STACK_BYTES (512 * 1024)

struct loop {
	struct event_base *base;	/* owned */
	struct event *wake;		/* owned */
	int fd;				/* eventfd, owned */
	void (*after_turn)(void *arg);
	void *arg;
	pthread_mutex_t lock;
	struct loop_task *first, **last;	/* under the lock */
	bool sleeps;			/* the same: nobody has woken it */
	_Atomic bool stopping;
	pthread_t thread;
	bool is_started;
	char name[24];
};

static void
on_wake(evutil_socket_t fd, short what, void *arg)
{
	uint64_t n;

	(void)what;
	(void)arg;
	(void)!read(fd, &n, sizeof(n));
}

static void
run_mail(struct loop *l)
{
	struct loop_task *t, *next;

	pthread_mutex_lock(&l->lock);
	t = l->first;
	l->first = NULL;
	l->last = &l->first;
	l->sleeps = false;
	pthread_mutex_unlock(&l->lock);
	for (; t != NULL; t = next) {
		next = t->next;
		t->run(t);
	}
}

bool
loop_new(void (*after_turn)(void *arg), void *arg, struct loop **out,
    struct err *e)
{
	struct loop *l = mem_zalloc(sizeof(*l));

	l->after_turn = after_turn;
	l->arg = arg;
	l->last = &l->first;
	pthread_mutex_init(&l->lock, NULL);
	l->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	l->base = event_base_new();
	if (l->fd >= 0 && l->base != NULL)
		l->wake = event_new(l->base, l->fd, EV_READ | EV_PERSIST,
		    on_wake, l);
	if (l->wake == NULL || event_add(l->wake, NULL) != 0) {
		loop_destroy(l);
		return err_errno(e, "could not make an event loop");
	}
	*out = l;
	return true;
}

struct event_base *
loop_base(struct loop *l)
{
	return l->base;
}

static void
wake_up(struct loop *l)
{
	uint64_t one = 1;

	(void)!write(l->fd, &one, sizeof(one));
}

static void
post(struct loop *l, struct loop_task *t, const _Atomic bool *hurry)
{
	bool wake;

	t->next = NULL;
	pthread_mutex_lock(&l->lock);
	*l->last = t;
	l->last = &t->next;
	wake = l->sleeps && (hurry == NULL || atomic_load(hurry));
	if (wake)
		l->sleeps = false;
	pthread_mutex_unlock(&l->lock);
	if (wake)
		wake_up(l);
}

void
loop_post(struct loop *l, struct loop_task *t)
{
	post(l, t, NULL);
}

void
loop_post_lazily(struct loop *l, struct loop_task *t,
    const _Atomic bool *hurry)
{
	post(l, t, hurry);
}

/* Whether the loop may sleep: from here on, who posts wakes it. */
static bool
fall_asleep(struct loop *l)
{
	bool may;

	pthread_mutex_lock(&l->lock);
	may = l->first == NULL && !atomic_load(&l->stopping);
	l->sleeps = may;
	pthread_mutex_unlock(&l->lock);
	return may;
}

static bool
has_mail(struct loop *l)
{
	bool yes;

	pthread_mutex_lock(&l->lock);
	yes = l->first != NULL;
	pthread_mutex_unlock(&l->lock);
	return yes;
}

void
loop_turn(struct loop *l, bool may_sleep)
{
	event_base_loop(l->base, may_sleep && fall_asleep(l) ? EVLOOP_ONCE :
	    EVLOOP_NONBLOCK);
	run_mail(l);
	if (l->after_turn != NULL)
		l->after_turn(l->arg);
}

void
loop_run(struct loop *l)
{
	while (!atomic_load(&l->stopping) || has_mail(l))
		loop_turn(l, true);
}

static void *
work(void *arg)
{
	struct loop *l = arg;

	log_set_context(l->name);
	loop_run(l);
	return NULL;
}

bool
loop_start(struct loop *l, const char *name, struct err *e)
{
	pthread_attr_t attr;
	int rc;

	strncpy(l->name, name, sizeof(l->name) - 1);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	rc = pthread_create(&l->thread, &attr, work, l);
	pthread_attr_destroy(&attr);
	l->is_started = rc == 0;
	return rc == 0 || err_set(e, ERR_SYSTEM, "could not start a thread");
}

void
loop_stop(struct loop *l)
{
	atomic_store(&l->stopping, true);
	wake_up(l);
}

void
loop_join(struct loop *l)
{
	if (l->is_started)
		pthread_join(l->thread, NULL);
	l->is_started = false;
}

void
loop_destroy(struct loop *l)
{
	if (l == NULL)
		return;
	loop_join(l);
	if (l->wake != NULL)
		event_free(l->wake);
	if (l->base != NULL)
		event_base_free(l->base);
	if (l->fd >= 0)
		close(l->fd);
	pthread_mutex_destroy(&l->lock);
	free(l);
}
