/*
 * store.c - open, close, transactions, savepoints, checkpoints.
 *
 * Invariants:
 *   (1) Nothing is committed but by store_commit() and store_reindex(): the
 *       commit hook turns any other commit into a rollback.
 *   (2) Only the writer's connection checkpoints. SQLite up to 3.51.2 can
 *       lose commits when a checkpoint of one connection meets a commit of
 *       another one; here both are the same connection.
 *   (3) A transaction makes at most one revision, at its first real change.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/store_internal.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/mem.h"
#include "kb/fts_rank.h"
#include "kb/fts_tokenizer.h"
#include "kb/markdown.h"
#include "kb/migrate.h"
#include "kb/postings.h"
#include "kb/vtab_blame.h"
#include "kb/vtab_document.h"
#include "kb/vtab_match.h"
#include "kb/vtab_search.h"

/* ---- open and close ---- */

static bool
set_config(sqlite3 *db, int op, int on, struct err *e)
{
	int is_on;

	if (sqlite3_db_config(db, op, on, &is_on) != SQLITE_OK || is_on != on)
		return err_set(e, ERR_STORAGE, "SQLite cannot be configured");
	return true;
}

/* Everything a file could use against us is off before it is read. */
static bool
harden(sqlite3 *db, struct err *e)
{
	return set_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, e) &&
	    set_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, e) &&
	    set_config(db, SQLITE_DBCONFIG_DQS_DML, 0, e) &&
	    set_config(db, SQLITE_DBCONFIG_DQS_DDL, 0, e) &&
	    set_config(db, SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, 0, e) &&
	    set_config(db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, e) &&
	    store_exec(db, "PRAGMA mmap_size = 0; PRAGMA cell_size_check = 1; "
	    "PRAGMA busy_timeout = 5000; PRAGMA temp_store = MEMORY", e);
}

static bool
configure_reader(sqlite3 *db, struct err *e)
{
	return set_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, e) &&
	    store_exec(db, "PRAGMA query_only = 1; "
	    "PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -8000", e);
}

/*
 * FULL: an acknowledged commit survives a power cut. secure_delete: free pages
 * keep no old text. recursive_triggers: REPLACE cannot get round the triggers
 * that refuse DELETE. The log is moved into the file after 4,000 pages even if
 * nobody calls store_checkpoint().
 */
static bool
configure_writer(sqlite3 *db, struct err *e)
{
	return store_exec(db, "PRAGMA journal_mode = WAL; "
	    "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; "
	    "PRAGMA foreign_keys = ON; PRAGMA recursive_triggers = ON; "
	    "PRAGMA wal_autocheckpoint = 4000; "
	    "PRAGMA journal_size_limit = 67108864; "
	    "PRAGMA cache_size = -16000", e);
}

static bool
register_modules(sqlite3 *db, struct err *e)
{
	return fts_tokenizer_register(db, e) &&
	    fts_rank_register(db, e) && vtab_search_register(db, NULL, e) &&
	    vtab_document_register(db, e) && vtab_blame_register(db, e) &&
	    vtab_match_register(db, e);
}

bool
store_share_postings(struct store *s, struct postings *p, struct err *e)
{
	postings_fill(p, s->db);
	return vtab_search_register(s->db, p, e);
}

static int
on_commit(void *arg)
{
	const struct store *s = arg;

	return s->may_commit ? 0 : 1;
}

/* An empty file that only its owner can read; it must not exist. */
static bool
create_file(const char *path, struct err *e)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0)
		return err_errno(e, "could not create \"%s\"", path);
	close(fd);
	return true;
}

static bool
open_handle(struct store *s, struct err *e)
{
	int flags = s->mode == STORE_READ ? SQLITE_OPEN_READONLY :
	    SQLITE_OPEN_READWRITE;

	if (sqlite3_open_v2(s->path, &s->db, flags | SQLITE_OPEN_NOMUTEX |
	    SQLITE_OPEN_EXRESCODE, NULL) != SQLITE_OK) {
		store_fail(s->db, e, "could not open the base");
		return err_prefix(e, "%s", s->path);
	}
	return harden(s->db, e) && register_modules(s->db, e);
}

/* A reader changes nothing: what it opens must be of this program already. */
static bool
check_reader(struct store *s, int newest, struct err *e)
{
	int version;
	bool is_current;

	if (!migrate_version(s->db, s->path, newest, &version, e))
		return false;
	if (version == newest) {
		if (!store_derive_is_current(s, &is_current, e))
			return false;
		if (is_current)
			return true;
	}
	err_set(e, ERR_INVALID, "\"%s\" was written by an older program",
	    s->path);
	return err_hint(e, "Start kbd on it once, or run kbd reindex.");
}

static bool
prepare_writer(struct store *s, const struct migrate_step *steps, size_t n,
    struct err *e)
{
	bool is_current;
	int version;

	if (!migrate_version(s->db, s->path, steps[n - 1].version, &version,
	    e) || !configure_writer(s->db, e) ||
	    !store_exec(s->db, "PRAGMA foreign_keys = OFF", e) ||
	    !migrate_run(s->db, s->path, steps, n, e) ||
	    !store_exec(s->db, "PRAGMA foreign_keys = ON", e))
		return false;
	(void)sqlite3_commit_hook(s->db, on_commit, s);
	if (!store_derive_is_current(s, &is_current, e))
		return false;
	return is_current || store_reindex(s, e);
}

bool
store_open(const char *path, enum store_mode mode, struct store **out,
    struct err *e)
{
	struct store *s = mem_zalloc(sizeof(*s));
	const struct migrate_step *steps;
	bool ok = false, created = false;
	size_t n;

	s->mode = mode;
	s->path = mem_strdup(path);
	steps = migrate_steps(&n);
	if (mode == STORE_CREATE && !(created = create_file(path, e)))
		goto out;
	if (!open_handle(s, e))
		goto out;
	if (mode == STORE_READ)
		ok = configure_reader(s->db, e) &&
		    check_reader(s, steps[n - 1].version, e);
	else
		ok = prepare_writer(s, steps, n, e);
out:
	if (ok) {
		*out = s;
		return true;
	}
	if (s->db != NULL && (sqlite3_errcode(s->db) & 0xff) == SQLITE_NOTADB)
		err_set(e, ERR_INVALID,
		    "\"%s\" is not a knowledge base of kbd", path);
	store_close(s);
	if (created)
		unlink(path);
	return false;
}

static void
forget_savepoints(struct store *s, size_t keep)
{
	while (s->nsavepoints > keep)
		free(s->savepoints[--s->nsavepoints].name);
}

void
store_close(struct store *s)
{
	if (s == NULL)
		return;
	store_rollback(s);
	store_finalize(s);
	if (!s->is_borrowed) {
		s->may_commit = true;
		(void)sqlite3_close_v2(s->db);
	}
	forget_savepoints(s, 0);
	free(s->savepoints);
	free(s->path);
	free(s);
}

sqlite3 *
store_db(struct store *s)
{
	return s->db;
}

/* ---- transactions ---- */

bool
store_in_transaction(const struct store *s)
{
	return s->in_transaction;
}

bool
store_begin(struct store *s, struct err *e)
{
	if (s->mode == STORE_READ || s->in_transaction)
		return err_set(e, ERR_INVALID, s->in_transaction ?
		    "there is a transaction already" :
		    "the base was opened to be read");
	if (!store_done(s, store_stmt(s, STMT_BEGIN), e))
		return false;
	s->in_transaction = true;
	s->is_broken = false;
	s->revision = 0;
	return true;
}

static void
end_transaction(struct store *s)
{
	forget_savepoints(s, 0);
	s->in_transaction = false;
	s->is_broken = false;
	s->revision = 0;
}

bool
store_commit(struct store *s, struct err *e)
{
	bool ok;

	if (!s->in_transaction)
		return err_set(e, ERR_INVALID, "there is no transaction");
	if (s->is_broken || sqlite3_get_autocommit(s->db)) {
		store_rollback(s);
		return err_set(e, ERR_STORAGE,
		    "the transaction failed before and was rolled back");
	}
	s->may_commit = true;
	ok = store_done(s, store_stmt(s, STMT_COMMIT), e);
	s->may_commit = false;
	if (ok)
		end_transaction(s);
	else
		store_rollback(s);
	return ok;
}

void
store_rollback(struct store *s)
{
	if (!s->in_transaction)
		return;
	if (!sqlite3_get_autocommit(s->db))
		(void)sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	end_transaction(s);
}

/* ---- savepoints ---- */

/* The newest savepoint of that name, counted from 1; 0 if there is none. */
static size_t
find_savepoint(const struct store *s, struct slice name, struct err *e)
{
	size_t i = s->nsavepoints;

	while (i > 0 && !slice_is(name, s->savepoints[i - 1].name))
		i--;
	if (i == 0)
		err_set(e, ERR_NOT_FOUND, "savepoint \"%.*s\" does not exist",
		    SLICE_ARG(name));
	return i;
}

bool
store_savepoint(struct store *s, struct slice name, struct err *e)
{
	struct savepoint *p;

	if (!s->in_transaction)
		return err_set(e, ERR_INVALID, "there is no transaction");
	if (!store_done(s, store_stmt(s, STMT_SAVEPOINT), e))
		return false;
	s->savepoints = mem_grow(s->savepoints, s->nsavepoints,
	    &s->savepoint_cap, sizeof(*s->savepoints));
	p = &s->savepoints[s->nsavepoints++];
	p->name = mem_strndup(name);
	p->revision = s->revision;
	return true;
}

bool
store_release(struct store *s, struct slice name, struct err *e)
{
	size_t at = find_savepoint(s, name, e);

	if (at == 0)
		return false;
	while (s->nsavepoints >= at) {
		if (!store_done(s, store_stmt(s, STMT_RELEASE), e))
			return false;
		forget_savepoints(s, s->nsavepoints - 1);
	}
	return true;
}

/* The savepoint stays, those that were set after it go. */
bool
store_rollback_to(struct store *s, struct slice name, struct err *e)
{
	size_t at = find_savepoint(s, name, e);

	if (at == 0)
		return false;
	if (sqlite3_get_autocommit(s->db))
		return err_set(e, ERR_STORAGE,
		    "the whole transaction was rolled back before");
	for (;;) {
		if (!store_done(s, store_stmt(s, STMT_ROLLBACK_TO), e))
			return false;
		if (s->nsavepoints == at)
			break;
		if (!store_done(s, store_stmt(s, STMT_RELEASE), e))
			return false;
		forget_savepoints(s, s->nsavepoints - 1);
	}
	s->revision = s->savepoints[at - 1].revision;
	s->is_broken = false;
	return true;
}

/* ---- revisions and documents ---- */

bool
store_revision(struct store *s, int64_t *out, struct err *e)
{
	return store_number(s, store_stmt(s, STMT_REVISION_MAX), out, e);
}

bool
store_make_revision(struct store *s, struct slice author,
    struct slice message, struct err *e)
{
	char now[CLOCK_TEXT_SIZE];
	sqlite3_stmt *q;

	if (s->revision != 0)
		return true;
	clock_now(now);
	q = store_stmt(s, STMT_REVISION_ADD);
	store_bind(q, 1, author);
	store_bind(q, 2, message);
	store_bind(q, 3, slice_of(now));
	if (!store_done(s, q, e))
		return false;
	s->revision = sqlite3_last_insert_rowid(s->db);
	return true;
}

bool
store_find_document(struct store *s, struct slice name, bool nocase,
    int64_t *id, struct err *e)
{
	sqlite3_stmt *q = store_stmt(s, STMT_DOCUMENT_BY_NAME);
	bool found = false, another = false;

	store_bind(q, 1, name);
	if (!store_number(s, q, id, e))
		return false;
	if (*id != 0 || !nocase)
		return true;
	q = store_stmt(s, STMT_DOCUMENT_BY_NAME_NOCASE);
	store_bind(q, 1, name);
	if (!store_row(s, q, &found, e))
		return false;
	*id = found ? sqlite3_column_int64(q, 0) : 0;
	if (found && !store_row(s, q, &another, e))
		return false;
	store_reset(q);
	if (another)
		return err_set(e, ERR_NOT_FOUND, "more than one document is "
		    "named \"%.*s\" but for its case", SLICE_ARG(name));
	return true;
}

bool
store_prepare(struct slice markdown, struct arena *a, struct prepared *out,
    struct err *e)
{
	struct md *tree = NULL;
	bool ok = document_parse_tree(markdown, a, &out->doc, &tree, e) &&
	    entry_extract_tree(&out->doc, tree, a, &out->entries, e);

	md_free(tree);
	if (ok)
		store_find_edges(out, a);
	return ok;
}

bool
store_checkpoint(struct store *s, bool truncate, struct err *e)
{
	int mode = truncate ? SQLITE_CHECKPOINT_TRUNCATE :
	    SQLITE_CHECKPOINT_PASSIVE;
	int rc = sqlite3_wal_checkpoint_v2(s->db, NULL, mode, NULL, NULL);

	/* a reader in the way is no fault: the next one gets further */
	if (rc == SQLITE_OK || (rc & 0xff) == SQLITE_BUSY)
		return true;
	return store_fail(s->db, e, "could not checkpoint");
}
