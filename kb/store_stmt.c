/*
 * store_stmt.c - every SQL statement of the store, prepared once each.
 *
 * SQL is a constant, values are bound, nothing is formatted into SQL. A
 * statement is reset as soon as its rows are copied: a stepped one pins the
 * write-ahead log.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/store_internal.h"

#include <stdio.h>

static const char *const stmt_sql[STMT_COUNT] = {
	[STMT_BEGIN] = "BEGIN IMMEDIATE",
	[STMT_COMMIT] = "COMMIT",
	/* one name for all levels; store.c counts them */
	[STMT_SAVEPOINT] = "SAVEPOINT kb",
	[STMT_RELEASE] = "RELEASE kb",
	[STMT_ROLLBACK_TO] = "ROLLBACK TO kb",

	[STMT_REVISION_MAX] = "SELECT max(id) FROM revision",
	[STMT_REVISION_ADD] =
	    "INSERT INTO revision(author, message, created_at) "
	    "VALUES (?1, ?2, max(?3, coalesce((SELECT created_at "
	    "FROM revision ORDER BY id DESC LIMIT 1), '')))",
	[STMT_REVISION_HAS] = "SELECT 1 FROM revision WHERE id = ?1",
	[STMT_REVISION_UNTIL] =
	    "SELECT id FROM revision WHERE created_at <= ?1 "
	    "ORDER BY created_at DESC, id DESC LIMIT 1",
	[STMT_META_GET] = "SELECT value FROM meta WHERE key = ?1",
	[STMT_META_SET] = "INSERT OR REPLACE INTO meta(key, value) "
	    "VALUES (?1, ?2)",

	[STMT_DOCUMENT_BY_NAME] = "SELECT id FROM document WHERE name = ?1",
	[STMT_DOCUMENT_NAME] = "SELECT name FROM document WHERE id = ?1",
	[STMT_DOCUMENT_BY_NAME_NOCASE] =
	    "SELECT id FROM document WHERE name = ?1 COLLATE NOCASE LIMIT 2",
	[STMT_DOCUMENT_ADD] =
	    "INSERT INTO document(name, source, created_revision) "
	    "VALUES (?1, ?2, ?3)",
	[STMT_DOCUMENT_TOUCH] =
	    "UPDATE document SET source = ?2, archived = 0 "
	    "WHERE id = ?1 AND (source <> ?2 OR archived <> 0)",
	[STMT_DOCUMENT_NEXT] =
	    "SELECT id, name FROM document WHERE id > ?1 ORDER BY id LIMIT 1",
	/* its newest revision, name, source, and whether it is archived */
	[STMT_DOCUMENT_SEEN] = "SELECT h.revision, d.name, d.archived "
	    "FROM document d JOIN document_head h ON h.id = d.id "
	    "WHERE d.id = ?1",
	[STMT_DOCUMENT_RENAME] = "UPDATE document SET name = ?2 WHERE id = ?1",
	[STMT_DOCUMENT_ARCHIVE] =
	    "UPDATE document SET archived = ?2 WHERE id = ?1",

	[STMT_ENTRY_ADD] = "INSERT INTO entry(document_id, created_revision) "
	    "VALUES (?1, ?2)",
	[STMT_ENTRY_LATEST] =
	    "SELECT version, markdown FROM entry_version WHERE entry_id = ?1 "
	    "ORDER BY version DESC LIMIT 1",
	[STMT_ENTRY_DOCUMENT] = "SELECT document_id FROM entry WHERE id = ?1",
	[STMT_ENTRY_LAST_OUTLINE] =
	    "SELECT max(o.revision) FROM entry e JOIN outline_entry o "
	    "ON o.document_id = e.document_id AND o.entry_id = e.id "
	    "WHERE e.id = ?1",
	[STMT_DOCUMENT_LAST_OUTLINE] = "SELECT max(revision) FROM outline "
	    "WHERE document_id = ?1 AND entries > 0",
	[STMT_VERSION_ADD] =
	    "INSERT INTO entry_version(entry_id, version, revision, "
	    "base_version, title, markdown) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
	[STMT_VERSION_HAS] = "SELECT 1 FROM entry_version "
	    "WHERE entry_id = ?1 AND version = ?2 AND markdown = ?3",
	[STMT_VERSION_GET] = "SELECT markdown FROM entry_version "
	    "WHERE entry_id = ?1 AND version = ?2",
	[STMT_VERSION_WHO] = "SELECT r.author, r.created_at, r.message "
	    "FROM entry_version v JOIN revision r ON r.id = v.revision "
	    "WHERE v.entry_id = ?1 AND v.version = ?2",
	[STMT_VERSION_UNTIL] =
	    "SELECT v.version, v.revision, v.markdown, r.author, "
	    "r.created_at, r.message FROM entry_version v "
	    "JOIN revision r ON r.id = v.revision WHERE v.entry_id = ?1 "
	    "AND v.version <= ?2 ORDER BY v.version DESC LIMIT 1",
	[STMT_REVIEW_ADD] =
	    "INSERT OR REPLACE INTO entry_review(entry_id, revision, version, "
	    "review_by) VALUES (?1, ?2, ?3, ?4)",
	[STMT_PURGE_OPEN] =
	    "INSERT INTO purge(entry_id, version, author, message, "
	    "created_at, revision, texts, is_open) "
	    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, 1)",
	[STMT_PURGE_CLOSE] =
	    "UPDATE purge SET texts = ?1, is_open = 0 WHERE is_open = 1",
	[STMT_REVISION_ENTRY_ADD] =
	    "INSERT OR IGNORE INTO revision_entry(revision, entry_id, action, "
	    "version) VALUES (?1, ?2, ?3, ?4)",
	[STMT_REVISION_DOCUMENT_ADD] =
	    "INSERT OR IGNORE INTO revision_document(revision, document_id, "
	    "action, name, old_name) VALUES (?1, ?2, ?3, ?4, ?5)",

	[STMT_OUTLINE_AT] = "SELECT max(revision) FROM outline "
	    "WHERE document_id = ?1 AND revision <= ?2",
	[STMT_OUTLINE_ITEMS] =
	    "SELECT o.entry_id, v.version, v.markdown FROM outline_entry o "
	    "JOIN entry_version v ON v.entry_id = o.entry_id AND v.version = "
	    "(SELECT max(x.version) FROM entry_version x "
	    "WHERE x.entry_id = o.entry_id AND x.revision <= ?3) "
	    "WHERE o.document_id = ?1 AND o.revision = ?2 ORDER BY o.position",
	[STMT_OUTLINE_ADD] =
	    "INSERT INTO outline(document_id, revision, entries) "
	    "VALUES (?1, ?2, ?3) ON CONFLICT(document_id, revision) "
	    "DO UPDATE SET entries = excluded.entries",
	[STMT_OUTLINE_ENTRY_CLEAR] = "DELETE FROM outline_entry "
	    "WHERE document_id = ?1 AND revision = ?2",
	[STMT_OUTLINE_ENTRY_ADD] =
	    "INSERT INTO outline_entry(document_id, revision, position, "
	    "entry_id) VALUES (?1, ?2, ?3, ?4)",

	[STMT_IMPORT_FIND] = "SELECT id FROM import "
	    "WHERE document_id = ?1 AND source = ?2",
	[STMT_IMPORT_ADD] =
	    "INSERT INTO import(document_id, source, revision) "
	    "VALUES (?1, ?2, ?3)",
	[STMT_IMPORT_TOUCH] = "UPDATE import SET revision = ?2 WHERE id = ?1",
	[STMT_IMPORT_ITEMS] =
	    "SELECT i.entry_id, i.version, coalesce(i.markdown, v.markdown) "
	    "FROM import_item i JOIN entry_version v "
	    "ON v.entry_id = i.entry_id AND v.version = i.version "
	    "WHERE i.import_id = ?1 ORDER BY i.position",
	[STMT_IMPORT_ITEM_CLEAR] = "DELETE FROM import_item "
	    "WHERE import_id = ?1",
	[STMT_IMPORT_ITEM_ADD] =
	    "INSERT INTO import_item(import_id, position, entry_id, version, "
	    "markdown) VALUES (?1, ?2, ?3, ?4, ?5)",
	[STMT_IMPORT_LEFT] = "SELECT entry_id FROM import_left "
	    "WHERE import_id = ?1 ORDER BY entry_id DESC",
	[STMT_IMPORT_LEFT_CLEAR] = "DELETE FROM import_left "
	    "WHERE import_id = ?1",
	[STMT_IMPORT_LEFT_ADD] =
	    "INSERT OR IGNORE INTO import_left(import_id, entry_id) "
	    "VALUES (?1, ?2)",

	[STMT_HEAD_SET] =
	    "INSERT OR REPLACE INTO entry_head(id, document_id, parent_id, "
	    "owner_id, position, depth, slug, title, heading, line, kind, "
	    "severity, symptom, cause, fix, prevention, tags, assignee, "
	    "version, revision, created_at, updated_at, updated_by, "
	    "review_by, archived, digest) "
	    "SELECT e.id, e.document_id, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, "
	    "?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, v.version, v.revision, "
	    "c.created_at, u.created_at, u.author, ?19, ?20, ?21 FROM entry e "
	    "JOIN revision c ON c.id = e.created_revision "
	    "JOIN entry_version v ON v.entry_id = e.id AND v.version = ?2 "
	    "JOIN revision u ON u.id = v.revision WHERE e.id = ?1",
	[STMT_HEAD_KNOWN] =
	    "SELECT id, version, digest, coalesce(parent_id, 0), "
	    "coalesce(owner_id, 0), coalesce(position, 0), depth, line "
	    "FROM entry_head WHERE document_id = ?1 AND archived = 0 "
	    "ORDER BY id",
	[STMT_HEAD_MOVE] =
	    "UPDATE entry_head SET parent_id = ?2, owner_id = ?3, "
	    "position = ?4, depth = ?5, line = ?6 WHERE id = ?1",
	/* no head yet, or one that says live; ?1's outline is derived later */
	[STMT_HEAD_STALE] =
	    "SELECT e.id, v.version, v.markdown FROM entry e "
	    "JOIN entry_version v ON v.entry_id = e.id AND v.version = "
	    "(SELECT max(x.version) FROM entry_version x "
	    "WHERE x.entry_id = e.id) "
	    "LEFT JOIN entry_head h ON h.id = e.id "
	    "WHERE e.document_id = ?1 AND coalesce(h.archived, 0) = 0 "
	    "AND e.id NOT IN (SELECT o.entry_id FROM outline_entry o "
	    "WHERE o.document_id = ?1 AND o.revision = "
	    "(SELECT max(p.revision) FROM outline p "
	    "WHERE p.document_id = ?1))",
	/*
	 * An entry's versions never fall from one revision to the next, so
	 * its newest revision is at the end of its index, however long its
	 * history is.
	 */
	[STMT_DOCUMENT_HEAD_SET] =
	    "INSERT OR REPLACE INTO document_head(id, title, tags, entries, "
	    "revision, updated_at, updated_by, document_date, next_review) "
	    "SELECT d.id, ?2, ?3, ?4, r.id, r.created_at, r.author, ?5, ?6 "
	    "FROM document d JOIN revision r ON r.id = max("
	    "d.created_revision, "
	    "coalesce((SELECT max(o.revision) FROM outline o "
	    "WHERE o.document_id = d.id), 0), "
	    "coalesce((SELECT max((SELECT x.revision FROM revision_entry x "
	    "WHERE x.entry_id = n.id ORDER BY x.version DESC, "
	    "x.revision DESC LIMIT 1)) FROM entry n "
	    "WHERE n.document_id = d.id), 0), "
	    "coalesce((SELECT max(m.revision) FROM revision_document m "
	    "WHERE m.document_id = d.id), 0)) "
	    "WHERE d.id = ?1",
	[STMT_FIELD_CLEAR] = "DELETE FROM entry_field WHERE entry_id = ?1",
	[STMT_FIELD_ADD] = "INSERT INTO entry_field(entry_id, ordinal, name, "
	    "text) VALUES (?1, ?2, ?3, ?4)",
	[STMT_COMMAND_CLEAR] = "DELETE FROM entry_command "
	    "WHERE entry_id = ?1",
	[STMT_COMMAND_ADD] =
	    "INSERT INTO entry_command(entry_id, ordinal, lang, text, note, "
	    "risk, file) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	[STMT_ITEM_CLEAR] = "DELETE FROM entry_item WHERE entry_id = ?1",
	[STMT_ITEM_ADD] =
	    "INSERT INTO entry_item(entry_id, ordinal, text, is_task, is_done, "
	    "is_ordered) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
	[STMT_SIGNATURE_CLEAR] = "DELETE FROM entry_signature "
	    "WHERE entry_id = ?1",
	[STMT_SIGNATURE_ADD] = "INSERT INTO entry_signature(entry_id, ordinal, "
	    "text, origin, mode, template, specificity) "
	    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
	[STMT_EDGE_CLEAR] = "DELETE FROM entry_edge WHERE entry_id = ?1",
	[STMT_EDGE_KNOWN] = "SELECT x.entry_id, coalesce(x.to_id, 0), "
	    "x.target, x.why FROM entry n JOIN entry_edge x "
	    "ON x.entry_id = n.id WHERE n.document_id = ?1 "
	    "ORDER BY n.id, x.ordinal",
	[STMT_EDGE_ADD] = "INSERT INTO entry_edge(entry_id, ordinal, to_id, "
	    "target, why) VALUES (?1, ?2, ?3, ?4, ?5)",
	[STMT_TALLY_ADD] = "INSERT INTO search_tally(query, asked, "
	    "unanswered, answers, first_at, last_at) VALUES (?1, ?2, ?3, ?4, "
	    "strftime('%Y-%m-%dT%H:%M:%fZ'), strftime('%Y-%m-%dT%H:%M:%fZ')) "
	    "ON CONFLICT(query) DO UPDATE SET asked = asked + excluded.asked, "
	    "unanswered = unanswered + excluded.unanswered, "
	    "answers = excluded.answers, last_at = excluded.last_at",
	/* those that were answered go first, then those seldom asked */
	[STMT_TALLY_TRIM] = "DELETE FROM search_tally WHERE query IN "
	    "(SELECT query FROM search_tally ORDER BY answers = 0, asked, "
	    "last_at LIMIT max(0, (SELECT count(*) FROM search_tally) - "
	    "10000))",
	[STMT_TEXT_GET] = "SELECT title, alias, symptom, error, command, tags, "
	    "path, body FROM entry_text WHERE id = ?1",
	[STMT_TEXT_SET] =
	    "INSERT OR REPLACE INTO entry_text(id, title, alias, symptom, "
	    "error, command, tags, path, body) "
	    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
	[STMT_TEXT_CLEAR] = "DELETE FROM entry_text WHERE id = ?1",
	[STMT_TEXT_CHANGED] =
	    "INSERT OR REPLACE INTO entry_text_change(id, revision) "
	    "VALUES (?1, (SELECT max(id) FROM revision))",
	[STMT_FTS_ADD] =
	    "INSERT INTO entry_fts(rowid, title, alias, symptom, error, "
	    "command, tags, path, body) "
	    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
	[STMT_FTS_DELETE] =
	    "INSERT INTO entry_fts(entry_fts, rowid, title, alias, symptom, "
	    "error, command, tags, path, body) "
	    "VALUES ('delete', ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
	[STMT_FTS_CHECK] = "INSERT INTO entry_fts(entry_fts, rank) "
	    "VALUES ('integrity-check', 1)",

	[STMT_CHECK_HEAD] = "SELECT * FROM entry_head WHERE document_id = ?1 "
	    "ORDER BY id",
	[STMT_CHECK_DOCUMENT_HEAD] = "SELECT * FROM document_head "
	    "WHERE id = ?1",
	[STMT_CHECK_FIELD] = "SELECT x.* FROM entry n JOIN entry_field x "
	    "ON x.entry_id = n.id WHERE n.document_id = ?1 "
	    "ORDER BY n.id, x.ordinal",
	[STMT_CHECK_COMMAND] = "SELECT x.* FROM entry n JOIN entry_command x "
	    "ON x.entry_id = n.id WHERE n.document_id = ?1 "
	    "ORDER BY n.id, x.ordinal",
	[STMT_CHECK_ITEM] = "SELECT x.* FROM entry n JOIN entry_item x "
	    "ON x.entry_id = n.id WHERE n.document_id = ?1 "
	    "ORDER BY n.id, x.ordinal",
	[STMT_CHECK_SIGNATURE] = "SELECT x.* FROM entry n "
	    "JOIN entry_signature x ON x.entry_id = n.id "
	    "WHERE n.document_id = ?1 ORDER BY n.id, x.ordinal",
	[STMT_CHECK_EDGE] = "SELECT x.* FROM entry n "
	    "JOIN entry_edge x ON x.entry_id = n.id "
	    "WHERE n.document_id = ?1 ORDER BY n.id, x.ordinal",
	[STMT_CHECK_TEXT] = "SELECT x.* FROM entry n JOIN entry_text x "
	    "ON x.id = n.id WHERE n.document_id = ?1 ORDER BY n.id",
	[STMT_CHECK_FORGET] = "DELETE FROM entry_head "
	    "WHERE document_id = ?1 AND archived = 1",
	[STMT_CHECK_STRAY] =
	    "SELECT (SELECT count(*) FROM entry_head "
	    "WHERE id NOT IN (SELECT id FROM entry))"
	    " + (SELECT count(*) FROM document_head "
	    "WHERE id NOT IN (SELECT id FROM document))"
	    " + (SELECT count(*) FROM entry_text "
	    "WHERE id NOT IN (SELECT id FROM entry))"
	    " + (SELECT count(*) FROM entry_field "
	    "WHERE entry_id NOT IN (SELECT id FROM entry))"
	    " + (SELECT count(*) FROM entry_command "
	    "WHERE entry_id NOT IN (SELECT id FROM entry))"
	    " + (SELECT count(*) FROM entry_item "
	    "WHERE entry_id NOT IN (SELECT id FROM entry))"
	    " + (SELECT count(*) FROM entry_edge "
	    "WHERE entry_id NOT IN (SELECT id FROM entry))"
	    " + (SELECT count(*) FROM entry_signature "
	    "WHERE entry_id NOT IN (SELECT id FROM entry))",
};

sqlite3_stmt *
store_stmt(struct store *s, enum stmt_id id)
{
	if (s->stmts[id] == NULL)
		(void)sqlite3_prepare_v3(s->db, stmt_sql[id], -1,
		    SQLITE_PREPARE_PERSISTENT, &s->stmts[id], NULL);
	return s->stmts[id];
}

void
store_finalize(struct store *s)
{
	size_t i;

	for (i = 0; i < STMT_COUNT; i++) {
		sqlite3_finalize(s->stmts[i]);
		s->stmts[i] = NULL;
	}
}

void
store_bind(sqlite3_stmt *q, int i, struct slice text)
{
	(void)sqlite3_bind_text64(q, i, text.len != 0 ? text.ptr : "",
	    text.len, SQLITE_STATIC, SQLITE_UTF8);
}

void
store_bind_or_null(sqlite3_stmt *q, int i, struct slice text)
{
	if (text.len != 0)
		store_bind(q, i, text);
	else
		(void)sqlite3_bind_null(q, i);
}

void
store_bind_int(sqlite3_stmt *q, int i, int64_t v)
{
	(void)sqlite3_bind_int64(q, i, v);
}

bool
store_row(struct store *s, sqlite3_stmt *q, bool *found, struct err *e)
{
	int rc = q != NULL ? sqlite3_step(q) : SQLITE_ERROR;

	*found = rc == SQLITE_ROW;
	if (rc == SQLITE_ROW || rc == SQLITE_DONE)
		return true;
	store_fail(s->db, e, "could not read or change the base");
	store_reset(q);
	return false;
}

bool
store_done(struct store *s, sqlite3_stmt *q, struct err *e)
{
	bool found = true;

	while (found)
		if (!store_row(s, q, &found, e))
			return false;
	store_reset(q);
	return true;
}

bool
store_number(struct store *s, sqlite3_stmt *q, int64_t *out, struct err *e)
{
	bool found;

	if (!store_row(s, q, &found, e))
		return false;
	*out = found ? sqlite3_column_int64(q, 0) : 0;
	store_reset(q);
	return true;
}

void
store_reset(sqlite3_stmt *q)
{
	if (q == NULL)
		return;
	(void)sqlite3_reset(q);
	(void)sqlite3_clear_bindings(q);
}

struct slice
store_column_raw(sqlite3_stmt *q, int i)
{
	const void *p = sqlite3_column_text(q, i);

	return slice_make(p, (size_t)sqlite3_column_bytes(q, i));
}

struct slice
store_column(struct arena *a, sqlite3_stmt *q, int i)
{
	return arena_dup(a, store_column_raw(q, i));
}

bool
store_exec(sqlite3 *db, const char *sql, struct err *e)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		return store_fail(db, e, "could not run a statement");
	return true;
}

/* The SQLSTATE that a client should see, or "". */
static const char *
sqlstate_of(int rc)
{
	switch (rc & 0xff) {
	case SQLITE_FULL:
		return "53100";
	case SQLITE_NOMEM:
		return "53200";
	case SQLITE_IOERR:
		return "58030";
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return "XX001";
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return "55P03";
	case SQLITE_READONLY:
		return "25006";
	default:
		return "";
	}
}

bool
store_fail(sqlite3 *db, struct err *e, const char *what)
{
	int rc = sqlite3_extended_errcode(db);

	if ((rc & 0xff) == SQLITE_INTERRUPT)
		return err_set(e, ERR_CANCELED, "%s: canceled", what);
	err_set(e, ERR_STORAGE, "%s: %s", what, sqlite3_errmsg(db));
	if (e != NULL)
		snprintf(e->sqlstate, sizeof(e->sqlstate), "%s",
		    sqlstate_of(rc));
	return false;
}
