/*
 * store.h - the knowledge base on disk: documents, entries, revisions.
 *
 * Truth is append-only: entry_version rows are never changed or deleted, and
 * a revision says who changed which entries, when and why. All else (heads,
 * fields, commands, search index) is derived in the same transaction and can
 * be rebuilt with store_reindex().
 *
 * One process opens a store for writing, one thread at a time uses a handle.
 * Schema: schema/NNN-*.sql (truth, numbered steps), schema/derived.sql.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_STORE_H
#define KBD_STORE_H

#include <stdint.h>

#include "common/err.h"
#include "common/slice.h"
#include "kb/document.h"
#include "kb/entry.h"

struct arena;
struct buf;
struct postings;
struct sqlite3;
struct store;

enum store_mode {
	STORE_READ,	/* read-only connection, as a worker uses it */
	STORE_WRITE,	/* the one writer; migrates an older schema first */
	STORE_CREATE	/* a new file, which must not exist */
};

/*
 * Open the database file. Every connection gets the tokenizer, the rank
 * function and the table-valued functions search() and document_at().
 * STORE_WRITE copies the file to "<path>.before-<N>" before it migrates to
 * schema N, and rebuilds what is derived when the code's rules are newer.
 * Fails with ERR_INVALID when the file is not ours or is newer than this
 * program, else with ERR_STORAGE.
 */
bool store_open(const char *path, enum store_mode mode, struct store **out,
    struct err *e) MUST_CHECK;
void store_close(struct store *s);

/*
 * Let search() use these postings, which all readers of a process share, and
 * fill them if nobody has. Before the connection's first search; they are
 * borrowed until it is closed.
 */
bool store_share_postings(struct store *s, struct postings *p,
    struct err *e) MUST_CHECK;

/* The connection, borrowed; only for the files that may know SQLite. */
struct sqlite3 *store_db(struct store *s);

/*
 * One transaction, begun with BEGIN IMMEDIATE. All changes in it make one
 * revision; a transaction that changes nothing makes none. After a failed
 * change the transaction may already be gone (disk full): store_rollback()
 * is always safe. The first change gives the revision its author and message.
 */
bool store_begin(struct store *s, struct err *e) MUST_CHECK;
bool store_commit(struct store *s, struct err *e) MUST_CHECK;
void store_rollback(struct store *s);
bool store_in_transaction(const struct store *s);

/* Nested: a savepoint inside the transaction. The name is any text. */
bool store_savepoint(struct store *s, struct slice name, struct err *e)
    MUST_CHECK;
bool store_release(struct store *s, struct slice name, struct err *e)
    MUST_CHECK;
bool store_rollback_to(struct store *s, struct slice name, struct err *e)
    MUST_CHECK;

/* A document parsed and checked, ready for the writer's turn. */
struct prepared {
	struct document doc;
	struct entry *entries;
	struct edge *edges;	/* between its sections, by `from` */
	size_t nedges;
};

/* Parse on any thread, before the writer's turn; the arena owns *out. */
bool store_prepare(struct slice markdown, struct arena *a,
    struct prepared *out, struct err *e) MUST_CHECK;

#define BASE_LAST_IMPORT 0	/* the last import of that source */
#define BASE_HEAD (-1)		/* whatever is there now: the file wins */

struct import_request {
	struct slice name;	/* of the document: a path without ".md" */
	struct slice source;	/* path relative to the imported folder */
	const struct prepared *doc;
	int64_t base_revision;	/* a revision, or BASE_... */
	struct slice author;
	struct slice message;
};

struct import_result {
	int64_t revision;	/* 0: nothing changed, no revision was made */
	unsigned added, changed, archived, unchanged;	/* entries */
};

/*
 * Import one document inside store_begin() .. store_commit(). Entries changed
 * only in the file get a new version, those changed only in the base stay,
 * both are merged; entries keep their numbers when heading or place changed;
 * those that left the file are archived. The name is taken exactly: names that
 * differ in case are two documents.
 *
 * ERR_CONFLICT names the entries that changed on both sides (both texts in
 * detail, capped), ERR_REFUSED the place where the merged text would split in
 * another way than its entries, ERR_NOT_FOUND a base revision that does not
 * exist, ERR_INVALID a name that is no path. All of these leave the
 * transaction as it was before the call. After ERR_STORAGE it is broken: only
 * store_rollback() or store_rollback_to() help.
 */
bool store_import(struct store *s, const struct import_request *req,
    struct import_result *out, struct err *e) MUST_CHECK;

/*
 * The bytes of a document, now or as of a moment, appended to *out.
 *
 *   name    exact, or unique without regard to case
 *   as_of   "" is now; "42" is a revision; "2026-11-23" (that day's end, UTC)
 *           or "2026-11-23T21:43:00Z" is the last revision not after it
 *
 * *revision is the one that was read (for "" the newest). Other offsets than
 * Z are understood. ERR_NOT_FOUND when there was no such document or no such
 * revision then, ERR_INVALID when as_of is none of these.
 */
bool store_export(struct store *s, struct slice name, struct slice as_of,
    struct buf *out, int64_t *revision, struct err *e) MUST_CHECK;

/* The newest revision; 0 in an empty base. */
bool store_revision(struct store *s, int64_t *out, struct err *e) MUST_CHECK;

/* Rebuild everything derived, in one transaction. */
bool store_reindex(struct store *s, struct err *e) MUST_CHECK;

/*
 * integrity_check, foreign keys, the search index against its content, and
 * derived rows against what the Markdown says now. ERR_STORAGE names what is
 * wrong. Needs a handle that may write, outside a transaction: it derives
 * again and rolls back.
 */
bool store_check(struct store *s, struct err *e) MUST_CHECK;

/*
 * Move committed pages from the WAL into the file; only the writer calls it.
 * With truncate the WAL is emptied if no reader is in the way.
 */
bool store_checkpoint(struct store *s, bool truncate, struct err *e)
    MUST_CHECK;

#endif
