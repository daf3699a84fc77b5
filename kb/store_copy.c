/*
 * store_copy.c - copying a database, and checking a copy; see store_copy.h.
 *
 * A connection that has a read transaction sees one moment, and SQLite's
 * backup then never has to start again when others commit. Meanwhile the
 * write-ahead log cannot be emptied, so the copy goes as fast as it can.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/store_copy.h"

#include "common/buf.h"
#include "kb/migrate.h"
#include "kb/store_internal.h"

#include <stdio.h>

#define PAGES_A_STEP 256	/* about a megabyte */

/* ---- copying ---- */

static bool
open_copy(const char *path, sqlite3 **out, struct err *e)
{
	int rc = sqlite3_open_v2(path, out, SQLITE_OPEN_READWRITE |
	    SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
	    NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_exec(*out, "PRAGMA journal_mode = OFF; "
		    "PRAGMA synchronous = OFF", NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		return true;
	store_fail(*out, e, "could not make the copy");
	return err_prefix(e, "%s", path);
}

static bool
copy_pages(sqlite3 *from, sqlite3 *to, const struct store_copy_watch *watch,
    struct err *e)
{
	sqlite3_backup *b = sqlite3_backup_init(to, "main", from, "main");
	bool goes_on = true;
	int rc = SQLITE_OK;

	while (b != NULL && goes_on && rc == SQLITE_OK) {
		goes_on = watch == NULL || watch->go_on(watch->arg, e);
		if (goes_on)
			rc = sqlite3_backup_step(b, PAGES_A_STEP);
	}
	if (b != NULL)
		(void)sqlite3_backup_finish(b);
	if (!goes_on)
		return false;
	return rc == SQLITE_DONE || store_fail(to, e, "could not copy");
}

bool
store_copy(sqlite3 *from, const char *to,
    const struct store_copy_watch *watch, struct err *e)
{
	bool begun = sqlite3_get_autocommit(from) != 0, ok;
	sqlite3 *copy = NULL;

	if (begun && sqlite3_exec(from, "BEGIN", NULL, NULL, NULL) !=
	    SQLITE_OK)
		return store_fail(from, e, "could not read the base");
	/* BEGIN alone reads nothing: this fixes the moment */
	ok = sqlite3_exec(from, "SELECT 1 FROM sqlite_schema LIMIT 1", NULL,
	    NULL, NULL) == SQLITE_OK ||
	    store_fail(from, e, "could not read the base");
	ok = ok && open_copy(to, &copy, e) &&
	    copy_pages(from, copy, watch, e);
	(void)sqlite3_close(copy);
	if (begun)
		(void)sqlite3_exec(from, "ROLLBACK", NULL, NULL, NULL);
	return ok;
}

bool
store_copy_base(const char *from, const char *to,
    const struct store_copy_watch *watch, int64_t *revision, struct err *e)
{
	struct store *s;
	bool ok;

	if (!store_open(from, STORE_READ, &s, e))
		return false;
	/* the transaction of this copy is also that of its revision */
	ok = store_exec(s->db, "BEGIN", e) && store_revision(s, revision, e) &&
	    store_copy(s->db, to, watch, e);
	(void)sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	store_close(s);
	return ok;
}

/* ---- checking ---- */

/* "file:...?immutable=1": no lock, no -wal and no -shm beside it. */
static void
put_uri(struct buf *b, const char *path)
{
	buf_puts(b, "file:");
	for (; *path != '\0'; path++) {
		if (strchr("%?#", *path) != NULL)
			buf_printf(b, "%%%02X", (unsigned char)*path);
		else
			buf_putc(b, *path);
	}
	buf_puts(b, "?immutable=1");
}

static bool
open_frozen(const char *path, sqlite3 **out, struct err *e)
{
	struct buf uri = BUF_INIT;
	int rc;

	put_uri(&uri, path);
	rc = sqlite3_open_v2(buf_cstr(&uri), out, SQLITE_OPEN_READONLY |
	    SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
	    NULL);
	buf_free(&uri);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(*out, "PRAGMA trusted_schema = 0; "
		    "PRAGMA cell_size_check = 1", NULL, NULL, NULL);
	return rc == SQLITE_OK || store_fail(*out, e, "could not open it");
}

static bool
check_pages(sqlite3 *db, struct err *e)
{
	sqlite3_stmt *q = NULL;
	const char *text = NULL;
	bool ok;

	if (sqlite3_prepare_v2(db, "PRAGMA integrity_check(1)", -1, &q,
	    NULL) == SQLITE_OK && sqlite3_step(q) == SQLITE_ROW)
		text = (const char *)sqlite3_column_text(q, 0);
	if (text == NULL)
		ok = store_fail(db, e, "the file is damaged");
	else
		ok = strcmp(text, "ok") == 0 || err_set(e, ERR_STORAGE,
		    "the file is damaged: %s", text);
	sqlite3_finalize(q);
	return ok;
}

static bool
read_number(sqlite3 *db, const char *sql, int64_t *out, struct err *e)
{
	sqlite3_stmt *q = NULL;
	bool ok = sqlite3_prepare_v2(db, sql, -1, &q, NULL) == SQLITE_OK &&
	    sqlite3_step(q) == SQLITE_ROW;

	if (ok)
		*out = sqlite3_column_int64(q, 0);
	sqlite3_finalize(q);
	return ok || store_fail(db, e, "the file is damaged");
}

static bool
verify(const char *path, int64_t *revision, struct err *e)
{
	sqlite3 *db = NULL;
	int64_t id = 0;
	bool ok = open_frozen(path, &db, e) && check_pages(db, e);

	if (ok && revision != NULL) {
		ok = read_number(db, "PRAGMA application_id", &id, e) &&
		    (id == MIGRATE_APPLICATION_ID || err_set(e, ERR_INVALID,
		    "this is not a knowledge base of kbd")) &&
		    read_number(db, "SELECT max(id) FROM revision", revision,
		    e);
	}
	(void)sqlite3_close(db);
	return ok || err_prefix(e, "%s", path);
}

bool
store_verify(const char *path, struct err *e)
{
	return verify(path, NULL, e);
}

bool
store_verify_base(const char *path, int64_t *revision, struct err *e)
{
	return verify(path, revision, e);
}
