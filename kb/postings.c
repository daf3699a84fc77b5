/*
 * postings.c - the lists kept as a connection's snapshot is; see postings.h.
 *
 * entry_text_change says at which revision an entry's text last changed, so
 * that catching up reads only what is new. A reader whose snapshot is older
 * than the lists, or that has uncommitted changes, is sent to FTS5.
 *
 * Invariants:
 *   (1) While p->revision is r, the lists are those of revision r exactly.
 *   (2) When reading fails on the way, p->revision is -1 and all is built
 *       anew by the next reader.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/postings_internal.h"
#include "common/mem.h"
#include "common/slice.h"

#include <sqlite3.h>
#include <stdlib.h>

/* Build anew when this many are dead, and more than a third of all. */
#define DEAD_MIN 1000
#define NO_REVISION (-1)

static const char *const sql[PQ_COUNT] = {
	[PQ_REVISION] = "SELECT max(id) FROM revision",
	[PQ_ALL] = "SELECT id, title, alias, symptom, error, command, tags,"
		   " path, body FROM entry_text",
	[PQ_CHANGED] = "SELECT id FROM entry_text_change WHERE revision > ?1",
	[PQ_ONE] = "SELECT id, title, alias, symptom, error, command, tags,"
		   " path, body FROM entry_text WHERE id = ?1",
};

struct postings *
postings_new(void)
{
	struct postings *p = mem_zalloc(sizeof(*p));

	pthread_rwlock_init(&p->lock, NULL);
	pthread_mutex_init(&p->filling, NULL);
	p->revision = NO_REVISION;
	return p;
}

void
postings_destroy(struct postings *p)
{
	if (p == NULL)
		return;
	lists_free(&p->lists);
	pthread_rwlock_destroy(&p->lock);
	pthread_mutex_destroy(&p->filling);
	free(p);
}

size_t
postings_memory(const struct postings *p)
{
	return lists_memory(&p->lists);
}

struct postings_reader *
postings_reader_new(struct postings *p, struct sqlite3 *db)
{
	struct postings_reader *r = mem_zalloc(sizeof(*r));

	r->p = p;
	r->db = db;
	return r;
}

void
postings_reader_destroy(struct postings_reader *r)
{
	size_t i;

	if (r == NULL)
		return;
	for (i = 0; i < PQ_COUNT; i++)
		sqlite3_finalize(r->q[i]);
	free(r->allowed);
	free(r->groups);
	free(r);
}

/* ---- reading the store ---- */

static sqlite3_stmt *
prepare(struct postings_reader *r, int which)
{
	if (r->q[which] == NULL)
		(void)sqlite3_prepare_v3(r->db, sql[which], -1,
		    SQLITE_PREPARE_PERSISTENT, &r->q[which], NULL);
	return r->q[which];
}

static void
add_row(struct lists *l, sqlite3_stmt *q)
{
	struct slice columns[RANK_NCOLUMNS];
	int c;

	for (c = 0; c < RANK_NCOLUMNS; c++) {
		const void *text = sqlite3_column_text(q, c + 1);

		columns[c] =
		    slice_make(text, (size_t)sqlite3_column_bytes(q, c + 1));
	}
	lists_add(l, sqlite3_column_int64(q, 0), columns);
}

static bool
read_all(struct postings_reader *r)
{
	struct lists *l = &r->p->lists;
	sqlite3_stmt *q = prepare(r, PQ_ALL);
	int rc;

	lists_free(l);
	if (q == NULL)
		return false;
	while ((rc = sqlite3_step(q)) == SQLITE_ROW)
		add_row(l, q);
	sqlite3_reset(q);
	lists_pack(l);
	return rc == SQLITE_DONE;
}

static bool
read_one(struct postings_reader *r, int64_t entry)
{
	sqlite3_stmt *q = prepare(r, PQ_ONE);
	int rc;

	lists_remove(&r->p->lists, entry);
	if (q == NULL)
		return false;
	sqlite3_bind_int64(q, 1, entry);
	rc = sqlite3_step(q);
	if (rc == SQLITE_ROW)
		add_row(&r->p->lists, q);
	sqlite3_reset(q);
	return rc == SQLITE_ROW || rc == SQLITE_DONE;
}

static bool
read_changed(struct postings_reader *r)
{
	sqlite3_stmt *q = prepare(r, PQ_CHANGED);
	bool ok = true;
	int rc = SQLITE_DONE;

	if (q == NULL)
		return false;
	sqlite3_bind_int64(q, 1, r->p->revision);
	while (ok && (rc = sqlite3_step(q)) == SQLITE_ROW)
		ok = read_one(r, sqlite3_column_int64(q, 0));
	sqlite3_reset(q);
	return ok && rc == SQLITE_DONE;
}

static bool
is_worn(const struct lists *l)
{
	size_t dead = l->ndocs - (l->ndocs > 0) - l->nliving;

	return dead > DEAD_MIN && dead > l->nliving / 2;
}

/* Under the lock for writing. */
static bool
fill(struct postings_reader *r, int64_t revision)
{
	struct postings *p = r->p;
	bool all = p->revision == NO_REVISION || is_worn(&p->lists);
	bool ok = all ? read_all(r) : read_changed(r);

	p->revision = ok ? revision : NO_REVISION;
	return ok;
}

/* ---- snapshots ---- */

/* Brings the lists to this revision; false when somebody else does so. */
static bool
catch_up(struct postings_reader *r, int64_t revision)
{
	struct postings *p = r->p;
	bool ok = true;

	if (pthread_mutex_trylock(&p->filling) != 0)
		return false;
	pthread_rwlock_wrlock(&p->lock);
	if (p->revision < revision)
		ok = fill(r, revision);
	pthread_rwlock_unlock(&p->lock);
	pthread_mutex_unlock(&p->filling);
	return ok;
}

/* Hold the lists if they are of this revision. */
static bool
hold(struct postings_reader *r, int64_t revision)
{
	pthread_rwlock_rdlock(&r->p->lock);
	if (r->p->revision == revision)
		return true;
	pthread_rwlock_unlock(&r->p->lock);
	return false;
}

/* Memory of the size that this search needs. */
static void
reserve_scratch(struct postings_reader *r)
{
	size_t n = r->p->lists.ndocs + 1;

	r->is_filtered = false;
	if (n <= r->cap)
		return;
	r->cap = n + n / 4;
	free(r->groups);
	free(r->allowed);
	r->groups = mem_calloc(r->cap, sizeof(*r->groups));
	r->allowed = mem_calloc(r->cap, 1);
}

bool
postings_begin(struct postings_reader *r)
{
	sqlite3_stmt *q;
	int64_t revision;
	bool ok = false;

	if (r->p == NULL ||
	    sqlite3_txn_state(r->db, NULL) == SQLITE_TXN_WRITE ||
	    (q = prepare(r, PQ_REVISION)) == NULL)
		return false;
	/* the statement is kept open: it holds the snapshot */
	if (sqlite3_step(q) == SQLITE_ROW) {
		revision = sqlite3_column_int64(q, 0);
		ok = hold(r, revision) ||
		    (catch_up(r, revision) && hold(r, revision));
	}
	sqlite3_reset(q);
	if (ok)
		reserve_scratch(r);
	return ok;
}

void
postings_end(struct postings_reader *r)
{
	pthread_rwlock_unlock(&r->p->lock);
}

void
postings_fill(struct postings *p, struct sqlite3 *db)
{
	struct postings_reader *r = postings_reader_new(p, db);

	if (postings_begin(r))
		postings_end(r);
	postings_reader_destroy(r);
}

/* ---- counts ---- */

uint32_t
postings_entries(const struct postings_reader *r)
{
	return r->p->lists.nliving;
}

uint32_t
postings_count(const struct postings_reader *r, struct slice token)
{
	const struct term *t = lists_find(&r->p->lists, token);

	return t != NULL ? t->count : 0;
}

static void
add_count(void *arg, const struct term *t)
{
	*(uint64_t *)arg += t->count;
}

uint64_t
postings_count_prefix(const struct postings_reader *r, struct slice prefix)
{
	uint64_t n = 0;

	lists_each_prefix(&r->p->lists, prefix, add_count, &n);
	return n;
}

bool
postings_word(const struct postings_reader *r, size_t len, size_t i,
    struct slice *word, uint32_t *mask, uint32_t *count)
{
	const struct lists *l = &r->p->lists;
	const struct term *t;

	if (len > POSTINGS_WORD_MAX || i >= l->words[len].n)
		return false;
	t = &l->terms[l->words[len].terms[i]];
	*word = slice_make((const char *)l->pool.bytes + t->text, t->text_len);
	*mask = l->words[len].masks[i];
	*count = t->count;
	return true;
}
