/*
 * store_internal.h - what the store_*.c files share and nobody else sees.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_STORE_INTERNAL_H
#define KBD_STORE_INTERNAL_H

#include <sqlite3.h>

#include "common/arena.h"
#include "kb/store.h"

/* One for each line of stmt_sql[] in store_stmt.c. */
enum stmt_id {
	STMT_BEGIN,
	STMT_COMMIT,
	STMT_SAVEPOINT,
	STMT_RELEASE,
	STMT_ROLLBACK_TO,
	STMT_REVISION_MAX,
	STMT_REVISION_ADD,
	STMT_REVISION_HAS,
	STMT_REVISION_UNTIL,
	STMT_META_GET,
	STMT_META_SET,
	STMT_DOCUMENT_BY_NAME,
	STMT_DOCUMENT_NAME,
	STMT_DOCUMENT_BY_NAME_NOCASE,
	STMT_DOCUMENT_ADD,
	STMT_DOCUMENT_TOUCH,
	STMT_DOCUMENT_NEXT,
	STMT_DOCUMENT_SEEN,
	STMT_DOCUMENT_RENAME,
	STMT_DOCUMENT_ARCHIVE,
	STMT_ENTRY_ADD,
	STMT_ENTRY_LATEST,
	STMT_ENTRY_DOCUMENT,
	STMT_ENTRY_LAST_OUTLINE,
	STMT_DOCUMENT_LAST_OUTLINE,
	STMT_VERSION_ADD,
	STMT_VERSION_HAS,
	STMT_VERSION_GET,
	STMT_VERSION_WHO,
	STMT_VERSION_UNTIL,
	STMT_REVIEW_ADD,
	STMT_PURGE_OPEN,
	STMT_PURGE_CLOSE,
	STMT_REVISION_ENTRY_ADD,
	STMT_REVISION_DOCUMENT_ADD,
	STMT_OUTLINE_AT,
	STMT_OUTLINE_ITEMS,
	STMT_OUTLINE_ADD,
	STMT_OUTLINE_ENTRY_CLEAR,
	STMT_OUTLINE_ENTRY_ADD,
	STMT_IMPORT_FIND,
	STMT_IMPORT_ADD,
	STMT_IMPORT_TOUCH,
	STMT_IMPORT_ITEMS,
	STMT_IMPORT_ITEM_CLEAR,
	STMT_IMPORT_ITEM_ADD,
	STMT_IMPORT_LEFT,
	STMT_IMPORT_LEFT_CLEAR,
	STMT_IMPORT_LEFT_ADD,
	STMT_HEAD_SET,
	STMT_HEAD_KNOWN,
	STMT_HEAD_MOVE,
	STMT_HEAD_STALE,
	STMT_DOCUMENT_HEAD_SET,
	STMT_FIELD_CLEAR,
	STMT_FIELD_ADD,
	STMT_COMMAND_CLEAR,
	STMT_COMMAND_ADD,
	STMT_ITEM_CLEAR,
	STMT_ITEM_ADD,
	STMT_SIGNATURE_CLEAR,
	STMT_SIGNATURE_ADD,
	STMT_EDGE_CLEAR,
	STMT_EDGE_KNOWN,
	STMT_EDGE_ADD,
	STMT_TALLY_ADD,
	STMT_TALLY_TRIM,
	STMT_TEXT_GET,
	STMT_TEXT_SET,
	STMT_TEXT_CLEAR,
	STMT_TEXT_CHANGED,
	STMT_FTS_ADD,
	STMT_FTS_DELETE,
	STMT_FTS_CHECK,
	STMT_CHECK_HEAD,
	STMT_CHECK_DOCUMENT_HEAD,
	STMT_CHECK_FIELD,
	STMT_CHECK_COMMAND,
	STMT_CHECK_ITEM,
	STMT_CHECK_SIGNATURE,
	STMT_CHECK_EDGE,
	STMT_CHECK_TEXT,
	STMT_CHECK_FORGET,
	STMT_CHECK_STRAY,
	STMT_COUNT
};

struct savepoint {
	char *name;		/* owned */
	int64_t revision;	/* store.revision when it was set */
};

struct store {
	sqlite3 *db;		/* owned, unless is_borrowed */
	bool is_borrowed;	/* a statement cache on somebody's handle */
	enum store_mode mode;
	char *path;		/* owned; NULL when borrowed */
	sqlite3_stmt *stmts[STMT_COUNT];	/* owned, prepared when first
						   asked for */
	bool in_transaction;
	bool is_broken;		/* a write failed half way: only rollback */
	bool derives_all;	/* also what seems to be derived already */
	bool may_commit;	/* read by the commit hook */
	bool knows_scrub, needs_scrub;	/* store_purge.h */
	int64_t revision;	/* of this transaction; 0 before a change */
	struct savepoint *savepoints;	/* owned, oldest first */
	size_t nsavepoints, savepoint_cap;
};

/* An entry at a place of a document, at some moment. */
struct outline_item {
	int64_t entry;
	int64_t version;
	struct slice bytes;	/* what it said then */
};

struct outline {
	struct outline_item *items;
	size_t n;
};

/* ---- statements (store_stmt.c) ---- */

/*
 * The statement, reset and without bindings. NULL when it could not be
 * prepared: binding to it does nothing and store_row() reports the reason.
 */
sqlite3_stmt *store_stmt(struct store *s, enum stmt_id id);
void store_finalize(struct store *s);	/* all of them */

/* Bind text, which must stay as it is until store_reset(). */
void store_bind(sqlite3_stmt *q, int i, struct slice text);
void store_bind_or_null(sqlite3_stmt *q, int i, struct slice text);
void store_bind_int(sqlite3_stmt *q, int i, int64_t v);

/* Step: *found says whether there is a row. */
bool store_row(struct store *s, sqlite3_stmt *q, bool *found, struct err *e)
    MUST_CHECK;
/* Step to the end, ignore rows, reset. */
bool store_done(struct store *s, sqlite3_stmt *q, struct err *e) MUST_CHECK;
/* The first column of the first row as a number (0 without a row); reset. */
bool store_number(struct store *s, sqlite3_stmt *q, int64_t *out,
    struct err *e) MUST_CHECK;
void store_reset(sqlite3_stmt *q);	/* and clear its bindings */

/* A column's text: a copy in the arena, or borrowed until the next step. */
struct slice store_column(struct arena *a, sqlite3_stmt *q, int i);
struct slice store_column_raw(sqlite3_stmt *q, int i);

/* Run SQL text of ours: schema steps, pragmas. */
bool store_exec(sqlite3 *db, const char *sql, struct err *e) MUST_CHECK;

/* What SQLite just complained about, as an error; returns false. */
bool store_fail(sqlite3 *db, struct err *e, const char *what);

/* ---- truth ---- */

/* The revision of this transaction, made when first asked for. */
bool store_make_revision(struct store *s, struct slice author,
    struct slice message, struct err *e) MUST_CHECK;

/* The document of exactly that name, or with nocase the only one that has it
   without regard to case; 0 when there is none. */
bool store_find_document(struct store *s, struct slice name, bool nocase,
    int64_t *id, struct err *e) MUST_CHECK;

/* The outline of a document as of a revision; *found says if it had one. */
bool store_outline_load(struct store *s, int64_t document, int64_t revision,
    struct arena *a, struct outline *out, bool *found, struct err *e)
    MUST_CHECK;
bool store_outline_save(struct store *s, int64_t document,
    const struct outline *o, struct err *e) MUST_CHECK;

/* The bytes of all items, one after the other. */
struct slice outline_join(const struct outline *o, struct arena *a);

/* Does each item have exactly the bytes of the section of the same index? */
bool outline_fits(const struct outline *o, const struct document *d);

/*
 * The items as a parsed document: sections[i] is items[i]. Where the joined
 * text would split in another way than it once did (the rules of an older
 * program), each item is read by itself.
 */
bool outline_parse(const struct outline *o, struct arena *a,
    struct document *out, struct err *e) MUST_CHECK;

/* ---- single rows (store_write.c); all in the transaction's revision ---- */

bool store_note_action(struct store *s, int64_t entry, const char *action,
    int64_t version, struct err *e) MUST_CHECK;
bool store_note_document(struct store *s, int64_t document,
    const char *action, struct slice name, struct slice old_name,
    struct err *e) MUST_CHECK;
bool store_add_document(struct store *s, struct slice name,
    struct slice source, int64_t *id, struct err *e) MUST_CHECK;
bool store_add_entry(struct store *s, int64_t document, int64_t *id,
    struct err *e) MUST_CHECK;
/* base: the version it was made from, or 0. */
bool store_add_version(struct store *s, const struct outline_item *item,
    int64_t base, struct slice title, struct err *e) MUST_CHECK;

/* ERR_INVALID when it is no path below a folder (store_import.c). */
bool store_check_name(struct slice name, struct err *e) MUST_CHECK;

/* ---- derived (store_derive.c) ---- */

/*
 * Derive all of a document again; o is its newest outline. p is what its
 * text parses into, or NULL when the caller did not need to know.
 */
bool store_derive_document(struct store *s, int64_t document,
    const struct outline *o, const struct prepared *p, struct arena *a,
    struct err *e) MUST_CHECK;

/* The edges between the sections of a document that was just read. */
void store_find_edges(struct prepared *p, struct arena *a);

/* ---- all of it (store_reindex.c) ---- */

/* Take all that is derived away and derive it again; in a transaction. */
bool store_derive_all(struct store *s, struct err *e) MUST_CHECK;

/* Is what is derived made by this program's rules? */
bool store_derive_is_current(struct store *s, bool *out, struct err *e)
    MUST_CHECK;

#endif
