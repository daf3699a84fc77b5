/*
 * writer.c - the one thread that changes anything; see writer.h.
 *
 * Group commit: while other requests wait, a transaction is committed with
 * synchronous=NORMAL, which writes the log but does not flush it, and its
 * reply is parked. When nobody waits any more, or GROUP_MAX replies are
 * parked, one flush makes them all durable and they leave.
 *
 * Invariants:
 *   (1) A reply leaves only when its commit is on disk.
 *   (2) Nothing is parked while a session holds the writer.
 *   (3) Checkpoints run between transactions, with nothing parked.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/writer.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/mem.h"
#include "kb/search_tally.h"
#include "kb/store.h"
#include "kb/store_purge.h"
#include "kbd/pg_msg.h"
#include "kbd/sql_db.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <sqlite3.h>

#define STACK_BYTES (2 * 1024 * 1024)
#define GROUP_MAX 64
#define COUNT_MS 1000		/* between two counts of searches */
#define TICK_MS 20		/* while requests wait for a holder */
#define TRUNCATE_WAIT_MS 100	/* for readers */
#define SCRUB_WAIT_MS 20000	/* the same, after a purge */

struct writer {
	struct writer_init init;	/* under the lock */
	pthread_mutex_t lock;
	pthread_cond_t wake;
	pthread_t thread;
	struct job *first, **last;	/* under the lock */
	bool stopping;			/* the same */

	/* of the thread alone */
	struct sql_db *db;		/* owned */
	struct session *holder;		/* whose transaction is open */
	struct job *parked, **parked_last;
	unsigned nparked;
	bool is_lazy;			/* synchronous=NORMAL */
	bool is_broken;			/* a flush failed: nothing is written */
	_Atomic uint64_t commits;	/* counted by the hook */
	int wal_pages, checkpointed_pages;
	int page_size;
	int64_t last_commit_ms;
	bool is_dirty;			/* the log holds something */
	int64_t counted_ms;		/* when searches were counted */
};

/* ---- checkpoints ---- */

static int
on_commit(void *arg, sqlite3 *db, const char *schema, int pages)
{
	struct writer *w = arg;

	(void)db;
	(void)schema;
	w->commits++;
	w->wal_pages = pages;
	w->is_dirty = true;
	return SQLITE_OK;
}

static void
checkpoint(struct writer *w, bool truncate)
{
	struct err e = ERR_INIT;

	if (truncate)
		sqlite3_busy_timeout(w->db->db, TRUNCATE_WAIT_MS);
	if (!store_checkpoint(w->db->store, truncate, &e)) {
		err_prefix(&e, "checkpoint");
		log_err(LOG_LEVEL_WARNING, &e);
	} else if (truncate) {
		w->wal_pages = 0;
		w->is_dirty = false;
	}
	if (truncate)
		sqlite3_busy_timeout(w->db->db, 5000);
	w->checkpointed_pages = w->wal_pages;
	w->last_commit_ms = clock_ms();	/* do not try again at once */
}

static void
maybe_checkpoint(struct writer *w, const struct writer_init *c)
{
	if (w->holder != NULL || w->nparked != 0 || !w->is_dirty)
		return;
	if (w->wal_pages < w->checkpointed_pages)
		w->checkpointed_pages = 0;	/* the log started again */
	if ((int64_t)w->wal_pages * w->page_size > c->max_wal_bytes &&
	    w->wal_pages != w->checkpointed_pages)
		checkpoint(w, true);
	else if (w->wal_pages - w->checkpointed_pages >= c->checkpoint_pages)
		checkpoint(w, false);
	else if (clock_ms() - w->last_commit_ms >= c->checkpoint_timeout_ms)
		checkpoint(w, true);
}

/* ---- after a purge ---- */

/*
 * What was purged is still in free pages and in the log until this is done,
 * so the reply waits for it, and so does everybody who wants to write. When
 * readers are in the way for too long the client is told, and a later commit
 * tries again.
 */
static void
scrub(struct writer *w, struct job *j)
{
	struct err e = ERR_INIT;

	if (w->holder != NULL || !store_needs_scrub(w->db->store))
		return;
	if (store_scrub(w->db->store, SCRUB_WAIT_MS, &e)) {
		w->wal_pages = w->checkpointed_pages = 0;
		w->is_dirty = false;
		return;
	}
	err_prefix(&e, "purged text is still in the files");
	log_err(LOG_LEVEL_WARNING, &e);
	if (j != NULL)
		pg_put_error(&j->request.out.buf, PG_WARNING, &e);
}

/* ---- group commit ---- */

static void
set_lazy(struct writer *w, bool lazy)
{
	if (w->is_lazy == lazy || w->holder != NULL)
		return;
	if (sqlite3_exec(w->db->db, lazy ? "PRAGMA synchronous=NORMAL" :
	    "PRAGMA synchronous=FULL", NULL, NULL, NULL) == SQLITE_OK)
		w->is_lazy = lazy;
}

static bool
flush_log(struct writer *w)
{
	sqlite3_file *wal = NULL;

	return sqlite3_file_control(w->db->db, "main",
	    SQLITE_FCNTL_JOURNAL_POINTER, &wal) == SQLITE_OK && wal != NULL &&
	    wal->pMethods != NULL &&
	    wal->pMethods->xSync(wal, SQLITE_SYNC_NORMAL) == SQLITE_OK;
}

/* The commit may not be on disk: the client must not believe it is. */
static void
take_back(struct job *j)
{
	struct err e = ERR_INIT;

	err_set(&e, ERR_STORAGE, "could not flush the write-ahead log");
	err_detail(&e, "The change may be lost when the machine stops.");
	buf_reset(&j->request.out.buf);
	pg_put_error(&j->request.out.buf, PG_FATAL, &e);
	j->request.fatal = true;
}

static void
release_parked(struct writer *w, bool durable)
{
	struct job *j, *next;

	for (j = w->parked; j != NULL; j = next) {
		next = j->next;
		if (!durable)
			take_back(j);
		j->finished(j);
	}
	w->parked = NULL;
	w->parked_last = &w->parked;
	w->nparked = 0;
}

static void
flush_all(struct writer *w)
{
	bool ok = flush_log(w);

	if (!ok) {
		w->is_broken = true;
		log_error("could not flush the write-ahead log; "
		    "nothing is written until a restart");
	}
	release_parked(w, ok);
}

static void
flush_group(struct writer *w)
{
	if (w->nparked != 0)
		flush_all(w);
}

/*
 * A worker goes on with the request. What that committed before must be on
 * disk then, since nobody holds its reply back any more; other replies may
 * stay parked.
 */
static void
leave_to_worker(struct writer *w, struct job *j, bool committed,
    bool others_wait)
{
	if (committed && w->is_lazy)
		flush_all(w);
	else if (!others_wait)
		flush_group(w);
	if (!committed || !w->is_broken) {
		w->init.to_worker(w->init.arg, j);
		return;
	}
	take_back(j);
	j->finished(j);
}

static void
park(struct writer *w, struct job *j)
{
	j->next = NULL;
	*w->parked_last = j;
	w->parked_last = &j->next;
	w->nparked++;
}

/* ---- requests ---- */

static void
fail_job(struct writer *w, struct job *j, const char *sqlstate,
    const char *text)
{
	struct err e = ERR_INIT;

	err_set(&e, ERR_CANCELED, "%s", text);
	pg_err_state(&e, sqlstate);
	request_fail(&j->request, &e);
	(void)session_run(&j->request, w->db);
	j->finished(j);
}

static void
run_job(struct writer *w, struct job *j, bool others_wait)
{
	struct session *s = j->request.session;
	uint64_t before = w->commits;
	enum session_next next;

	if (w->is_broken && w->holder == NULL && !j->request.is_farewell) {
		fail_job(w, j, "58030",
		    "the server cannot write until it is restarted");
		return;
	}
	set_lazy(w, others_wait);
	next = session_run(&j->request, w->db);
	w->holder = session_holds_writer(s) ? s : NULL;
	if (w->commits != before)
		w->last_commit_ms = clock_ms();
	if (next == SESSION_TO_WORKER) {
		leave_to_worker(w, j, w->commits != before, others_wait);
		return;
	}
	if (w->commits != before)
		scrub(w, j);
	if (w->commits != before && w->is_lazy)
		park(w, j);
	else
		j->finished(j);
	if (w->commits != before && !w->is_lazy)
		release_parked(w, true);	/* one flush did for all */
	if (!others_wait || w->holder != NULL || w->nparked >= GROUP_MAX)
		flush_group(w);
}

/* ---- the queue, under the lock ---- */

static struct job *
unlink_job(struct writer *w, struct job **at)
{
	struct job *j = *at;

	*at = j->next;
	if (w->last == &j->next)
		w->last = at;
	return j;
}

/* The holder's next request, or anybody's when there is no holder. */
static struct job *
take_turn(struct writer *w)
{
	struct job **at = &w->first;

	while (*at != NULL && w->holder != NULL &&
	    (*at)->request.session != w->holder)
		at = &(*at)->next;
	return *at != NULL ? unlink_job(w, at) : NULL;
}

static const char *
why_not_wait(const struct job *j, int64_t now, const char **sqlstate)
{
	struct run_control *c = j->request.control;

	*sqlstate = "57014";
	if (atomic_load(&c->end) != RUN_ON) {
		*sqlstate = "57P01";
		return "terminating connection due to administrator command";
	}
	if (run_is_canceled(c, j->request.generation))
		return "canceling statement due to user request";
	if (j->deadline_ms != 0 && now >= j->deadline_ms)
		return "canceling statement due to statement timeout";
	*sqlstate = "55P03";
	if (j->lock_deadline_ms != 0 && now >= j->lock_deadline_ms)
		return "canceling statement due to lock timeout";
	return NULL;
}

/* One that has waited long enough for another session's transaction. */
static struct job *
take_expired(struct writer *w, const char **text, const char **sqlstate)
{
	struct job **at;
	int64_t now = clock_ms();

	for (at = &w->first; *at != NULL; at = &(*at)->next) {
		if ((*at)->request.is_farewell ||
		    (*at)->request.session == w->holder)
			continue;
		*text = why_not_wait(*at, now, sqlstate);
		if (*text != NULL)
			return unlink_job(w, at);
	}
	return NULL;
}

static void
wait_for_work(struct writer *w, int64_t ms)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	t.tv_sec += ms / 1000;
	t.tv_nsec += (ms % 1000) * 1000000;
	if (t.tv_nsec >= 1000000000) {
		t.tv_nsec -= 1000000000;
		t.tv_sec++;
	}
	(void)pthread_cond_timedwait(&w->wake, &w->lock, &t);
}

/* What was searched for is counted when nobody waits for anything. */
static void
count_searches(struct writer *w)
{
	struct err e = ERR_INIT;
	int64_t now = clock_ms();

	if (w->holder != NULL || w->nparked != 0 || w->is_broken ||
	    now - w->counted_ms < COUNT_MS || !search_tally_pending())
		return;
	w->counted_ms = now;
	if (!search_tally_write(w->db->store, &e))
		log_err(LOG_LEVEL_WARNING, &e);
}

static void
on_search(void *arg)
{
	struct writer *w = arg;

	pthread_mutex_lock(&w->lock);
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
}

/* How long the thread may sleep when it has nothing to do. */
static int64_t
idle_ms(const struct writer *w, const struct writer_init *config)
{
	int64_t ms = w->is_dirty ? config->checkpoint_timeout_ms / 2 + 10 :
	    3600000;

	return search_tally_pending() && ms > COUNT_MS ? COUNT_MS : ms;
}

/* One turn of the thread; false when it shall end. Called with the lock. */
static bool
turn(struct writer *w)
{
	const char *text = NULL, *sqlstate = NULL;
	struct writer_init config = w->init;
	struct job *expired = NULL, *j = take_turn(w);
	bool others_wait = w->first != NULL;

	if (j == NULL && others_wait)
		expired = take_expired(w, &text, &sqlstate);
	if (j == NULL && expired == NULL) {
		if (w->stopping && !others_wait)
			return false;
		wait_for_work(w, others_wait ? TICK_MS : idle_ms(w, &config));
	}
	pthread_mutex_unlock(&w->lock);
	if (j != NULL)
		run_job(w, j, others_wait);
	else if (expired != NULL)
		fail_job(w, expired, sqlstate, text);
	if (j == NULL && !others_wait)
		count_searches(w);
	maybe_checkpoint(w, &config);
	pthread_mutex_lock(&w->lock);
	return true;
}

static void *
work(void *arg)
{
	struct writer *w = arg;

	log_set_context("writer");
	pthread_mutex_lock(&w->lock);
	while (turn(w))
		;
	pthread_mutex_unlock(&w->lock);
	flush_group(w);
	w->counted_ms = 0;
	count_searches(w);
	if (w->is_dirty)
		checkpoint(w, true);
	return NULL;
}

void
writer_submit(struct writer *w, struct job *j)
{
	struct request *r = &j->request;
	int64_t lock_ms = session_timeout(r->session, "lock_timeout");
	int64_t ms = session_timeout(r->session, "statement_timeout");

	j->next = NULL;
	j->lock_deadline_ms = lock_ms != 0 ? clock_ms() + lock_ms : 0;
	j->deadline_ms = ms != 0 ? r->started_ms + ms : 0;
	pthread_mutex_lock(&w->lock);
	*w->last = j;
	w->last = &j->next;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
}

uint64_t
writer_commits(const struct writer *w)
{
	return atomic_load(&w->commits);
}

void
writer_configure(struct writer *w, const struct writer_init *init)
{
	pthread_mutex_lock(&w->lock);
	w->init.checkpoint_pages = init->checkpoint_pages;
	w->init.checkpoint_timeout_ms = init->checkpoint_timeout_ms;
	w->init.max_wal_bytes = init->max_wal_bytes;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
}

static int
page_size(sqlite3 *db)
{
	sqlite3_stmt *q = NULL;
	int n = 4096;

	if (sqlite3_prepare_v2(db, "PRAGMA page_size", -1, &q, NULL) ==
	    SQLITE_OK && sqlite3_step(q) == SQLITE_ROW)
		n = sqlite3_column_int(q, 0);
	sqlite3_finalize(q);
	return n;
}

static bool
start_thread(struct writer *w, struct err *e)
{
	pthread_attr_t attr;
	int rc;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	rc = pthread_create(&w->thread, &attr, work, w);
	pthread_attr_destroy(&attr);
	if (rc != 0)
		return err_set(e, ERR_SYSTEM, "could not start a thread");
	search_tally_start(on_search, w);
	return true;
}

bool
writer_start(const struct writer_init *init, struct writer **out,
    struct err *e)
{
	struct writer *w = mem_zalloc(sizeof(*w));
	struct store *s;

	w->init = *init;
	w->last = &w->first;
	w->parked_last = &w->parked;
	w->is_dirty = true;	/* what an earlier server left */
	w->last_commit_ms = clock_ms();
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->wake, NULL);
	if (!store_open(init->path, STORE_WRITE, &s, e) ||
	    !sql_db_open(s, true, init->cache_bytes, &w->db, e)) {
		free(w);
		return false;
	}
	w->page_size = page_size(w->db->db);
	scrub(w, NULL);
	(void)sqlite3_wal_hook(w->db->db, on_commit, w);
	if (!start_thread(w, e)) {
		sql_db_close(w->db);
		free(w);
		return false;
	}
	*out = w;
	return true;
}

void
writer_stop(struct writer *w)
{
	if (w == NULL)
		return;
	search_tally_start(NULL, NULL);
	pthread_mutex_lock(&w->lock);
	w->stopping = true;
	pthread_cond_signal(&w->wake);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	sql_db_close(w->db);
	pthread_cond_destroy(&w->wake);
	pthread_mutex_destroy(&w->lock);
	free(w);
}
