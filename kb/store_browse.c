/*
 * store_browse.c - what pages show of the base; see store_browse.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/store_browse.h"
#include "common/arena.h"
#include "common/mem.h"
#include "kb/related.h"
#include "kb/store.h"

#include <sqlite3.h>
#include <stdlib.h>

#define ARGS_MAX 3

#define DOCUMENT_COLUMNS "name, title, source, entries, revision, " \
	"updated_at, updated_by, ifnull(document_date, ''), next_review"

/* Of entry_head h and document d; the columns of ENTRY_..., but the text. */
#define ENTRY_COLUMNS "h.id, d.name, h.slug, h.title, h.depth, h.kind, " \
	"h.severity, h.version, h.updated_at, h.updated_by, h.archived, " \
	"ifnull(h.review_by, ''), d.source, h.line, h.revision, " \
	"ifnull(h.parent_id, '')"
#define ENTRY_TABLES "entry_head h JOIN document d ON d.id = h.document_id"
#define TEXT_TABLES ENTRY_TABLES " JOIN entry_version v ON v.entry_id = " \
	"h.id AND v.version = h.version"

/* A stored time as RFC 3339. */
#define TIME(c) "substr(" c ", 1, 10) || 'T' || substr(" c ", 12, 15) || 'Z'"
#define LIST(what, from) "(SELECT json_group_array(" what ") FROM (" from "))"
#define FIELD_LIST(name) LIST("text", "SELECT text FROM entry_field WHERE " \
	"entry_id = h.id AND name = '" name "' ORDER BY ordinal")

static const char entry_json[] = "SELECT json_object('schema', 'kb.entry/1',"
    " 'entry', h.id, 'document', d.name, 'source', d.source, 'line', h.line,"
    " 'slug', h.slug, 'heading', h.heading, 'title', h.title, 'depth', "
    "h.depth, 'parent', h.parent_id, 'path', " LIST("title",
    "WITH RECURSIVE up(id, n) AS (SELECT h.parent_id, 1 UNION ALL SELECT "
    "p.parent_id, n + 1 FROM up JOIN entry_head p ON p.id = up.id WHERE n < "
    "10) SELECT p.title FROM up JOIN entry_head p ON p.id = up.id ORDER BY n "
    "DESC") ", 'kind', h.kind, 'severity', nullif(h.severity, ''), 'version',"
    " h.version, 'revision', h.revision, 'created', " TIME("h.created_at")
    ", 'updated', " TIME("h.updated_at") ", 'updated_by', h.updated_by, "
    "'review_by', h.review_by, 'archived', json(iif(h.archived, 'true', "
    "'false')), 'symptom', h.symptom, 'cause', h.cause, 'markdown', "
    "v.markdown, 'fields', " LIST("json_object('name', name, 'text', text)",
    "SELECT name, text FROM entry_field WHERE entry_id = h.id ORDER BY "
    "ordinal") ", 'fix', " FIELD_LIST("fix") ", 'prevention', "
    FIELD_LIST("prevention") ", 'commands', " LIST("json_object('lang', lang,"
    " 'text', text, 'note', note, 'risk', risk, 'file', file)", "SELECT * "
    "FROM entry_command WHERE entry_id = h.id ORDER BY ordinal") ", 'items',"
    " " LIST("json_object('text', text, 'is_task', json(iif(is_task, 'true',"
    " 'false')), 'done', json(iif(is_done, 'true', 'false')), 'ordered', "
    "json(iif(is_ordered, 'true', 'false')))", "SELECT * FROM entry_item "
    "WHERE entry_id = h.id ORDER BY ordinal") ", 'signatures', " LIST("text",
    "SELECT text FROM entry_signature WHERE entry_id = h.id ORDER BY "
    "ordinal") ", 'children', " LIST("json_object('entry', id, 'title', "
    "title)", "SELECT id, title FROM entry_head WHERE parent_id = h.id AND "
    "NOT archived ORDER BY position") "), h.version FROM " TEXT_TABLES
    " WHERE h.id = CAST(?1 AS INTEGER)";

static const char group_json[] = "SELECT json_object('entry', h.id, "
    "'document', d.name, 'source', d.source, 'heading', h.heading, 'title', "
    "h.title, 'kind', h.kind, 'severity', nullif(h.severity, ''), 'fix', "
    FIELD_LIST("fix") ", 'commands', " LIST("json_object('lang', lang, "
    "'text', text, 'note', note, 'risk', risk)", "SELECT * FROM "
    "entry_command WHERE entry_id = h.id ORDER BY ordinal") ") FROM "
    ENTRY_TABLES " WHERE h.id = CAST(?1 AS INTEGER) AND NOT h.archived";

static const char list_json[] = "SELECT json_object('schema', 'kb.list/1', "
    "'total', count(*), 'entries', json_group_array(json_object('entry', id,"
    " 'document', document, 'slug', slug, 'parent', parent_id, 'depth', "
    "depth, 'heading', heading, 'title', title, 'line', line, 'kind', kind, "
    "'severity', nullif(severity, ''), 'version', version, 'updated', "
    TIME("updated_at") ", 'updated_by', updated_by, 'review_by', review_by)))"
    " FROM (SELECT h.*, d.name AS document FROM " ENTRY_TABLES " WHERE NOT "
    "h.archived AND (?1 = '' OR d.name = ?1) AND (?2 = '' OR h.kind = ?2) "
    "AND (?3 = '' OR h.severity = ?3) ORDER BY d.name, h.position)";

static const char documents_json[] = "SELECT json_object('schema', "
    "'kb.documents/1', 'total', count(*), 'documents', json_group_array("
    "json_object('name', name, 'title', title, 'source', source, 'entries', "
    "entries, 'revision', revision, 'updated', " TIME("updated_at") ", "
    "'updated_by', updated_by, 'document_date', document_date, 'next_review',"
    " nullif(next_review, '')))) FROM (SELECT * FROM documents WHERE NOT "
    "archived ORDER BY name)";

static const char changes_json[] = "SELECT json_object('schema', "
    "'kb.history/1', 'entry', NULL, 'document', NULL, 'revisions', "
    "json_group_array(json_object('revision', revision, 'author', author, "
    "'message', message, 'created', " TIME("created_at") ", 'entries', "
    "entries, 'touched', "
    "(SELECT json_group_array(json_object('entry', entry_id, 'version', "
    "version, 'action', action)) FROM revision_entry x WHERE x.revision = "
    "r.revision)))) FROM (SELECT * FROM revisions WHERE revision < CAST(?1 "
    "AS INTEGER) ORDER BY revision DESC LIMIT CAST(?2 AS INTEGER)) r";

static const struct {
	int args;
	const char *sql;
} queries[BROWSE_COUNT] = {
	[BROWSE_DOCUMENTS] = { 0, "SELECT " DOCUMENT_COLUMNS
	    " FROM documents WHERE NOT archived ORDER BY name" },
	[BROWSE_DOCUMENT] = { 1, "SELECT " DOCUMENT_COLUMNS
	    " FROM documents WHERE name = ?1 COLLATE NOCASE AND NOT archived"
	    " ORDER BY name <> ?1" },
	[BROWSE_OUTLINE] = { 1, "SELECT " ENTRY_COLUMNS " FROM " ENTRY_TABLES
	    " WHERE d.name = ?1 AND NOT h.archived ORDER BY h.position" },
	[BROWSE_TEXTS] = { 1, "SELECT " ENTRY_COLUMNS ", v.markdown FROM "
	    TEXT_TABLES " WHERE d.name = ?1 AND NOT h.archived"
	    " ORDER BY h.position" },
	[BROWSE_ENTRY] = { 1, "SELECT " ENTRY_COLUMNS ", v.markdown FROM "
	    TEXT_TABLES " WHERE h.id = CAST(?1 AS INTEGER)" },
	[BROWSE_PATH] = { 1, "WITH RECURSIVE up(id, level) AS ("
	    "SELECT parent_id, 1 FROM entry_head WHERE id = "
	    "CAST(?1 AS INTEGER) UNION ALL SELECT h.parent_id, level + 1 FROM "
	    "up JOIN entry_head h ON h.id = up.id WHERE level < 20) SELECT "
	    ENTRY_COLUMNS " FROM up JOIN entry_head h ON h.id = up.id JOIN "
	    "document d ON d.id = h.document_id ORDER BY up.level DESC" },
	[BROWSE_BELOW] = { 1, "SELECT " ENTRY_COLUMNS " FROM " ENTRY_TABLES
	    " WHERE h.parent_id = CAST(?1 AS INTEGER) AND NOT h.archived"
	    " ORDER BY h.position" },
	[BROWSE_LINKED] = { 1, "SELECT " ENTRY_COLUMNS ", v.markdown FROM "
	    "(SELECT to_id, min(ordinal) AS place FROM (" RELATED_SQL ") "
	    "GROUP BY to_id) JOIN " TEXT_TABLES " WHERE h.id = to_id AND NOT "
	    "h.archived AND h.id <> CAST(?1 AS INTEGER) ORDER BY place "
	    "LIMIT 20" },
	[BROWSE_BY_TITLE] = { 1, "SELECT " ENTRY_COLUMNS " FROM "
	    ENTRY_TABLES " WHERE (h.title = ?1 OR h.heading = ?1) AND NOT "
	    "h.archived ORDER BY h.id LIMIT 1" },
	[BROWSE_VERSIONS] = { 1, "SELECT version, revision, author, message,"
	    " created_at, title, ifnull(base_version, '') FROM entry_versions"
	    " WHERE entry_id = CAST(?1 AS INTEGER) ORDER BY version DESC"
	    " LIMIT 500" },
	[BROWSE_VERSION] = { 2, "SELECT version, revision, author, message,"
	    " created_at, title, ifnull(base_version, ''), markdown FROM "
	    "entry_versions WHERE entry_id = CAST(?1 AS INTEGER) AND version "
	    "= CAST(?2 AS INTEGER)" },
	[BROWSE_CHANGES] = { 2, "SELECT revision, author, message, "
	    "created_at, entries FROM revisions WHERE revision < CAST(?1 AS "
	    "INTEGER) ORDER BY revision DESC LIMIT CAST(?2 AS INTEGER)" },
	[BROWSE_CHANGED] = { 1, "SELECT x.entry_id, h.slug, h.title, d.name,"
	    " x.version, x.action FROM revision_entry x JOIN entry_head h ON "
	    "h.id = x.entry_id JOIN document d ON d.id = h.document_id WHERE "
	    "x.revision = CAST(?1 AS INTEGER) ORDER BY d.name, h.position "
	    "LIMIT 30" },
	[BROWSE_REVIEW] = { 1, "SELECT " ENTRY_COLUMNS " FROM " ENTRY_TABLES
	    " WHERE h.review_by <= ?1 AND NOT h.archived ORDER BY "
	    "h.review_by LIMIT 20" },
	[BROWSE_ENTRIES] = { 3, "SELECT " ENTRY_COLUMNS " FROM " ENTRY_TABLES
	    " WHERE NOT h.archived AND h.owner_id IS NULL AND (?1 = '' OR "
	    "d.name = ?1) AND (?2 = '' OR h.kind = ?2) AND (?3 = '' OR "
	    "h.severity = ?3) ORDER BY d.name, h.position" },
	[BROWSE_SEARCH] = { 2, "SELECT entry_id, document, title, kind, "
	    "severity, confidence, snippet, total, answer FROM search(?1, "
	    "CAST(?2 AS INTEGER))" },
	[BROWSE_MATCH] = { 1, "SELECT m.entry_id, m.signature, m.captures,"
	    " m.confidence, d.name, d.source, h.heading FROM match(?1) m JOIN "
	    ENTRY_TABLES " WHERE h.id = m.entry_id ORDER BY m.rowid LIMIT 1" },
	[BROWSE_COUNTS] = { 0, "SELECT (SELECT count(*) FROM document WHERE "
	    "NOT archived), (SELECT count(*) FROM entry_head WHERE NOT "
	    "archived), ifnull((SELECT max(id) FROM revision), 0), ifnull(("
	    "SELECT created_at FROM revision ORDER BY id DESC LIMIT 1), '')" },
	[BROWSE_ENTRY_JSON] = { 1, entry_json },
	[BROWSE_GROUP_JSON] = { 1, group_json },
	[BROWSE_LIST_JSON] = { 3, list_json },
	[BROWSE_DOCUMENTS_JSON] = { 0, documents_json },
	[BROWSE_CHANGES_JSON] = { 2, changes_json },
	[BROWSE_GAPS] = { 1, "SELECT query, asked, last_at FROM gaps ORDER "
	    "BY asked DESC, last_at DESC, query LIMIT CAST(?1 AS INTEGER)" },
};

struct browse {
	sqlite3 *db;				/* borrowed */
	sqlite3_stmt *stmts[BROWSE_COUNT];	/* owned */
};

struct browse *
browse_new(struct store *s)
{
	struct browse *b = mem_zalloc(sizeof(*b));

	b->db = store_db(s);
	return b;
}

void
browse_destroy(struct browse *b)
{
	size_t i;

	if (b == NULL)
		return;
	for (i = 0; i < BROWSE_COUNT; i++)
		sqlite3_finalize(b->stmts[i]);
	free(b);
}

struct slice
browse_cell(const struct browse_rows *r, size_t row, size_t column)
{
	if (row >= r->n || column >= r->columns)
		return SLICE("");
	return r->cells[row * r->columns + column];
}

static bool
fail(struct browse *b, struct err *e)
{
	bool stopped = sqlite3_errcode(b->db) == SQLITE_INTERRUPT;

	return err_set(e, stopped ? ERR_CANCELED : ERR_STORAGE,
	    "could not read: %s", sqlite3_errmsg(b->db));
}

static void
take_row(sqlite3_stmt *q, struct arena *a, struct browse_rows *out,
    size_t *cap)
{
	size_t i, at = out->n * out->columns;

	for (i = 0; i < out->columns; i++) {
		const void *p = sqlite3_column_text(q, (int)i);

		out->cells = arena_grow(a, out->cells, at + i, cap,
		    sizeof(*out->cells));
		out->cells[at + i] = arena_dup(a, slice_make(p != NULL ? p :
		    "", (size_t)sqlite3_column_bytes(q, (int)i)));
	}
	out->n++;
}

/* A client's statements may be held shorter than ours are. */
static bool
prepare(struct browse *b, enum browse_query what)
{
	int args = sqlite3_limit(b->db, SQLITE_LIMIT_FUNCTION_ARG, 127);
	int rc = sqlite3_prepare_v3(b->db, queries[what].sql, -1,
	    SQLITE_PREPARE_PERSISTENT, &b->stmts[what], NULL);

	(void)sqlite3_limit(b->db, SQLITE_LIMIT_FUNCTION_ARG, args);
	return rc == SQLITE_OK;
}

bool
browse_run(struct browse *b, enum browse_query what,
    const struct slice *args, struct arena *a, struct browse_rows *out,
    struct err *e)
{
	sqlite3_stmt **q = &b->stmts[what];
	size_t cap = 0;
	int i, rc;

	*out = (struct browse_rows){ .n = 0 };
	if (*q == NULL && !prepare(b, what))
		return fail(b, e);
	for (i = 0; i < queries[what].args; i++)
		sqlite3_bind_text(*q, i + 1, args[i].len != 0 ? args[i].ptr :
		    "", (int)args[i].len, SQLITE_STATIC);
	out->columns = (size_t)sqlite3_column_count(*q);
	while ((rc = sqlite3_step(*q)) == SQLITE_ROW)
		take_row(*q, a, out, &cap);
	if (rc != SQLITE_DONE)
		(void)fail(b, e);
	sqlite3_reset(*q);
	sqlite3_clear_bindings(*q);
	return rc == SQLITE_DONE;
}
