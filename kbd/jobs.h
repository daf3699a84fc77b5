/*
 * jobs.h - worker threads: requests in two lanes, each with its own queue.
 *
 * Cheap, bounded work (a search, a point read) and unbounded work (any other
 * SQL, imports) never wait for each other: all workers but one may be busy
 * with unbounded requests. Queues are bounded; a full one refuses.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_JOBS_H
#define KBD_JOBS_H

#include <stdatomic.h>

#include "common/err.h"
#include "kbd/sql_session.h"

enum job_lane { LANE_QUICK, LANE_LONG, LANES };

/* A request on its way through the threads. */
struct job {
	struct job *next;		/* of the queue it is in */
	int64_t queued_us;		/* since when */
	enum job_lane lane;
	struct request request;
	/*
	 * Instead of the request: work for a worker, with its connection.
	 * NULL: the request.
	 */
	void (*work)(struct job *j, struct sql_db *db);
	/* Called once, on the thread that finished the request. */
	void (*finished)(struct job *j);
	/*
	 * A worker has the job of jobs_await(), whose socket is readable.
	 * True: there is a new request in it. False: it belongs to somebody
	 * else now, and may be gone.
	 */
	bool (*resume)(struct job *j);
	unsigned place;			/* of watch.c; 0: not watched */
	void *arg;			/* of finished */
	int64_t lock_deadline_ms;	/* in the writer's queue; 0: none */
	int64_t deadline_ms;		/* of the statement; 0: none */
};

/* Waking a thread costs more than many a job: a short queue goes on. */
#define JOBS_WAIT_US 250

struct jobs;
struct sql_db;

struct jobs_init {
	const char *path;		/* of the database */
	unsigned threads;		/* at least 2 */
	unsigned queue_max;		/* jobs that may wait in each lane */
	int64_t cache_bytes;		/* per worker */
	void (*to_writer)(void *arg, struct job *j);
	void *arg;
};

/* Opens one read-only store for each worker and starts them. */
bool jobs_start(const struct jobs_init *init, struct jobs **out,
    struct err *e) MUST_CHECK;

/* False when the lane is full. Any thread; call jobs_kick() afterwards. */
bool jobs_submit(struct jobs *js, struct job *j) MUST_CHECK;

/*
 * Jobs that were submitted are noticed by workers that are awake, and now by
 * one that sleeps: if none is awake, or a job has waited JOBS_WAIT_US. True:
 * jobs wait while workers sleep, so call again soon. Any thread.
 */
bool jobs_kick(struct jobs *js);

/* The writer gives a request back; never refused. */
void jobs_resume(struct jobs *js, struct job *j);

/*
 * Instead of an end, by whoever has the job: a worker shall call resume() once
 * fd is readable. False when *hurry is set, or there is no room for one more.
 */
bool jobs_await(struct jobs *js, struct job *j, int fd,
    const _Atomic bool *hurry) MUST_CHECK;

/* True: no worker has it, nor will have. Any thread, after setting hurry. */
bool jobs_take_back(struct jobs *js, struct job *j) MUST_CHECK;

/* The caller has the job, and no worker shall wait for it any more. */
void jobs_leave(struct jobs *js, struct job *j);

/* Waits for the workers; no job may be waiting or running. */
void jobs_stop(struct jobs *js);

#endif
