/*
 * jobs.c - worker threads; see jobs.h.
 *
 * Invariants, under the lock:
 *   (1) running_long <= threads - 1: one worker is always there for LANE_QUICK.
 *   (2) A job is in one queue, or with one thread, or watched, or finished.
 *   (3) sleeping counts who is in epoll_wait, wakings the bytes in the pipe
 *       that nobody has read yet: the difference is who is free.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/jobs.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/mem.h"
#include "kb/postings.h"
#include "kb/store.h"
#include "kbd/sql_db.h"
#include "kbd/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define STACK_BYTES (1024 * 1024)

struct queue {
	struct job *first, **last;
	unsigned n;
};

struct worker {
	struct jobs *js;
	pthread_t thread;
	bool is_started;
	struct sql_db *db;	/* owned */
	unsigned number;
	bool had_queued;	/* its last job was of a queue */
};

struct jobs {
	struct jobs_init init;
	pthread_mutex_t lock;
	int alarm[2];			/* a pipe: a byte wakes a worker */
	struct watch *watch;		/* owned */
	struct queue lanes[LANES];	/* under the lock, as all below */
	unsigned sleeping;
	unsigned wakings;
	unsigned running_long;
	unsigned turn;
	bool stopping;
	struct worker *workers;		/* owned */
	struct postings *postings;	/* owned; of all workers */
};

static void
push(struct jobs *js, struct job *j)
{
	struct queue *q = &js->lanes[j->lane];

	j->next = NULL;
	j->queued_us = clock_us();
	*q->last = j;
	q->last = &j->next;
	q->n++;
}

static void
wake_one(struct jobs *js)
{
	(void)!write(js->alarm[1], "", 1);
}

/* Workers that sleep and that nobody has woken. */
static unsigned
idle(const struct jobs *js)
{
	return js->sleeping > js->wakings ? js->sleeping - js->wakings : 0;
}

/* One worker shall wake; true: wake_one(), once the lock is given back. */
static bool
choose_one(struct jobs *js)
{
	if (idle(js) == 0)
		return false;
	js->wakings++;
	return true;
}

/* Is there a job that a worker could take now? */
static bool
has_work(const struct jobs *js)
{
	return js->lanes[LANE_QUICK].n != 0 || (js->lanes[LANE_LONG].n != 0 &&
	    js->running_long + 1 < js->init.threads);
}

static struct job *
pop(struct queue *q)
{
	struct job *j = q->first;

	if (j == NULL)
		return NULL;
	q->first = j->next;
	if (q->first == NULL)
		q->last = &q->first;
	q->n--;
	return j;
}

/* Quick work first, but every fourth time the other lane has a chance. */
static struct job *
take(struct jobs *js)
{
	bool may_long = js->running_long + 1 < js->init.threads;
	struct job *j = NULL;

	if (may_long && ++js->turn % 4 == 0)
		j = pop(&js->lanes[LANE_LONG]);
	if (j == NULL)
		j = pop(&js->lanes[LANE_QUICK]);
	if (j == NULL && may_long)
		j = pop(&js->lanes[LANE_LONG]);
	if (j != NULL && j->lane == LANE_LONG)
		js->running_long++;
	return j;
}

static enum session_next
carry_out(struct job *j, struct sql_db *db)
{
	if (j->work == NULL)
		return session_run(&j->request, db);
	j->work(j, db);
	return SESSION_DONE;
}

/* Has a job that a worker could take waited for too long? */
static bool
is_overdue(const struct jobs *js)
{
	const struct job *quick = js->lanes[LANE_QUICK].first;
	const struct job *slow = js->lanes[LANE_LONG].first;
	int64_t since;

	if (idle(js) == 0 || !has_work(js))
		return false;
	since = clock_us() - JOBS_WAIT_US;
	return (quick != NULL && quick->queued_us < since) ||
	    (slow != NULL && slow->queued_us < since);
}

static void
run(struct worker *w, struct job *j)
{
	switch (carry_out(j, w->db)) {
	case SESSION_TO_WRITER:
		w->js->init.to_writer(w->js->init.arg, j);
		break;
	case SESSION_TO_WORKER:		/* it is on one */
	case SESSION_DONE:
		j->finished(j);
		break;
	}
}

/* With the lock: a byte was there, unless another one was faster. */
static void
read_alarm(struct jobs *js)
{
	char byte;

	if (read(js->alarm[0], &byte, 1) == 1 && js->wakings != 0)
		js->wakings--;
}

/* With the lock: a watched job, or NULL: look at the queues. */
static struct job *
wait_for_one(struct jobs *js, bool may_sleep)
{
	struct job *j;
	bool alarm;

	js->sleeping += may_sleep;
	pthread_mutex_unlock(&js->lock);
	j = watch_wait(js->watch, may_sleep, &alarm);
	pthread_mutex_lock(&js->lock);
	js->sleeping -= may_sleep;
	if (alarm)
		read_alarm(js);
	return j;
}

/*
 * With the lock: what to do next; NULL: nothing any more. Neither the queues
 * nor the watched jobs can keep the others waiting for ever.
 */
static struct job *
next_job(struct worker *w)
{
	struct jobs *js = w->js;
	struct job *j = NULL;

	if (w->had_queued && watch_is_used(js->watch))
		j = wait_for_one(js, false);
	w->had_queued = false;
	while (j == NULL) {
		j = take(js);
		w->had_queued = j != NULL;
		if (j != NULL || js->stopping)
			break;
		j = wait_for_one(js, true);
	}
	return j;
}

static void *
work(void *arg)
{
	struct worker *w = arg;
	struct jobs *js = w->js;
	struct job *j;
	char name[32];
	bool is_long, was_queued, wake;

	snprintf(name, sizeof(name), "worker=%u", w->number);
	log_set_context(name);
	pthread_mutex_lock(&js->lock);
	while ((j = next_job(w)) != NULL) {
		was_queued = w->had_queued;
		is_long = was_queued && j->lane == LANE_LONG;
		/* this one may take long: others shall not wait for it */
		wake = (is_long ? has_work(js) : is_overdue(js)) &&
		    choose_one(js);
		pthread_mutex_unlock(&js->lock);
		if (wake)
			wake_one(js);
		if (was_queued || j->resume(j))
			run(w, j);	/* j may be gone then */
		pthread_mutex_lock(&js->lock);
		if (is_long)
			js->running_long--;
	}
	pthread_mutex_unlock(&js->lock);
	return NULL;
}

static bool
start_worker(struct jobs *js, struct worker *w, unsigned number,
    struct err *e)
{
	struct store *s;
	pthread_attr_t attr;
	int rc;

	w->js = js;
	w->number = number;
	if (!store_open(js->init.path, STORE_READ, &s, e))
		return false;
	if (!store_share_postings(s, js->postings, e)) {
		store_close(s);
		return false;
	}
	if (!sql_db_open(s, false, js->init.cache_bytes, &w->db, e))
		return false;
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	rc = pthread_create(&w->thread, &attr, work, w);
	pthread_attr_destroy(&attr);
	if (rc != 0)
		return err_set(e, ERR_SYSTEM, "could not start a thread");
	w->is_started = true;
	return true;
}

bool
jobs_start(const struct jobs_init *init, struct jobs **out, struct err *e)
{
	struct jobs *js = mem_zalloc(sizeof(*js));
	unsigned i;

	js->init = *init;
	pthread_mutex_init(&js->lock, NULL);
	if (pipe2(js->alarm, O_CLOEXEC | O_NONBLOCK) != 0) {
		free(js);
		return err_errno(e, "could not make a pipe");
	}
	if (!watch_new(js->alarm[0], &js->watch, e)) {
		close(js->alarm[0]);
		close(js->alarm[1]);
		free(js);
		return false;
	}
	for (i = 0; i < LANES; i++)
		js->lanes[i].last = &js->lanes[i].first;
	js->postings = postings_new();
	js->workers = mem_calloc(init->threads, sizeof(*js->workers));
	for (i = 0; i < init->threads; i++) {
		if (!start_worker(js, &js->workers[i], i + 1, e)) {
			jobs_stop(js);
			return false;
		}
	}
	log_info("search index: %.1f MB in memory",
	    (double)postings_memory(js->postings) / 1e6);
	*out = js;
	return true;
}

bool
jobs_submit(struct jobs *js, struct job *j)
{
	bool ok;

	pthread_mutex_lock(&js->lock);
	ok = !js->stopping && js->lanes[j->lane].n < js->init.queue_max;
	if (ok)
		push(js, j);
	pthread_mutex_unlock(&js->lock);
	return ok;
}

bool
jobs_kick(struct jobs *js)
{
	bool wake, waits;

	pthread_mutex_lock(&js->lock);
	waits = has_work(js);
	wake = waits && js->wakings == 0 && (is_overdue(js) ||
	    js->sleeping == js->init.threads) && choose_one(js);
	waits = waits && idle(js) != 0;
	pthread_mutex_unlock(&js->lock);
	if (wake)
		wake_one(js);
	return waits;
}

void
jobs_resume(struct jobs *js, struct job *j)
{
	bool wake;

	pthread_mutex_lock(&js->lock);
	push(js, j);
	wake = has_work(js) && choose_one(js);
	pthread_mutex_unlock(&js->lock);
	if (wake)
		wake_one(js);
}

bool
jobs_await(struct jobs *js, struct job *j, int fd, const _Atomic bool *hurry)
{
	return watch_arm(js->watch, j, fd, hurry);
}

bool
jobs_take_back(struct jobs *js, struct job *j)
{
	return watch_take_back(js->watch, j);
}

void
jobs_leave(struct jobs *js, struct job *j)
{
	watch_leave(js->watch, j);
}

void
jobs_stop(struct jobs *js)
{
	unsigned i;

	if (js == NULL)
		return;
	pthread_mutex_lock(&js->lock);
	js->stopping = true;
	pthread_mutex_unlock(&js->lock);
	for (i = 0; i < js->init.threads; i++)
		wake_one(js);
	for (i = 0; i < js->init.threads; i++) {
		if (js->workers[i].is_started)
			pthread_join(js->workers[i].thread, NULL);
		sql_db_close(js->workers[i].db);
	}
	free(js->workers);
	postings_destroy(js->postings);
	watch_destroy(js->watch);
	close(js->alarm[0]);
	close(js->alarm[1]);
	pthread_mutex_destroy(&js->lock);
	free(js);
}
