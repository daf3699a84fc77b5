/*
 * writer.h - the one thread that changes anything.
 *
 * It owns the only connection that may write, and does all checkpoints:
 * SQLite up to 3.51.2 can corrupt a write-ahead log when a checkpoint races a
 * commit of another connection. A session that changes something inside a
 * transaction has the writer for itself to the transaction's end; all others
 * wait, at most lock_timeout.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_WRITER_H
#define KBD_WRITER_H

#include "common/err.h"
#include "kbd/jobs.h"

struct writer;

struct writer_init {
	const char *path;		/* of the database */
	int64_t cache_bytes;
	int64_t checkpoint_pages;
	int64_t checkpoint_timeout_ms;
	int64_t max_wal_bytes;
	void (*to_worker)(void *arg, struct job *j);
	void *arg;
};

/* Opens the store, migrates it if it must, and starts the thread. */
bool writer_start(const struct writer_init *init, struct writer **out,
    struct err *e) MUST_CHECK;

/* A request that needs the writer. Any thread. */
void writer_submit(struct writer *w, struct job *j);

/* Counts commits: it has changed once a commit can be seen. Any thread. */
uint64_t writer_commits(const struct writer *w);

/* New checkpoint settings, from a reload. */
void writer_configure(struct writer *w, const struct writer_init *init);

/* Waits for the thread, which empties the log. No job may be waiting. */
void writer_stop(struct writer *w);

#endif
