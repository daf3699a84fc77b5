/*
 * relation.c - the published relations and their column types; relation.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/relation.h"

/* The server answers it, to admins; it stands here for its types. */
static const struct relation_column audit[] = {
	{ "at", COLUMN_TIMESTAMP },
	{ "event", COLUMN_TEXT },
	{ "role", COLUMN_TEXT },
	{ "address", COLUMN_TEXT },
	{ "object", COLUMN_TEXT },
	{ "detail", COLUMN_TEXT },
};

static const struct relation_column blame[] = {
	{ "line", COLUMN_INT },
	{ "text", COLUMN_TEXT },
	{ "version", COLUMN_INT },
	{ "revision", COLUMN_BIGINT },
	{ "author", COLUMN_TEXT },
	{ "created_at", COLUMN_TIMESTAMP },
	{ "message", COLUMN_TEXT },
};

static const struct relation_column checklist_items[] = {
	{ "entry_id", COLUMN_BIGINT },
	{ "ordinal", COLUMN_INT },
	{ "text", COLUMN_TEXT },
	{ "is_task", COLUMN_BOOL },
	{ "done", COLUMN_BOOL },
	{ "ordered", COLUMN_BOOL },
};

static const struct relation_column commands[] = {
	{ "entry_id", COLUMN_BIGINT },
	{ "ordinal", COLUMN_INT },
	{ "lang", COLUMN_TEXT },
	{ "text", COLUMN_TEXT },
	{ "note", COLUMN_TEXT },
	{ "risk", COLUMN_TEXT },
	{ "file", COLUMN_TEXT },
};

static const struct relation_column document_at[] = {
	{ "markdown", COLUMN_TEXT },
	{ "revision", COLUMN_BIGINT },
};

static const struct relation_column documents[] = {
	{ "name", COLUMN_TEXT },
	{ "title", COLUMN_TEXT },
	{ "source", COLUMN_TEXT },
	{ "entries", COLUMN_INT },
	{ "revision", COLUMN_BIGINT },
	{ "updated_at", COLUMN_TIMESTAMP },
	{ "updated_by", COLUMN_TEXT },
	{ "document_date", COLUMN_DATE },
	{ "next_review", COLUMN_TEXT },
	{ "archived", COLUMN_BOOL },
};

static const struct relation_column entries[] = {
	{ "id", COLUMN_BIGINT },
	{ "document", COLUMN_TEXT },
	{ "parent_id", COLUMN_BIGINT },
	{ "position", COLUMN_INT },
	{ "depth", COLUMN_INT },
	{ "slug", COLUMN_TEXT },
	{ "title", COLUMN_TEXT },
	{ "heading", COLUMN_TEXT },
	{ "line", COLUMN_INT },
	{ "kind", COLUMN_TEXT },
	{ "severity", COLUMN_TEXT },
	{ "symptom", COLUMN_TEXT },
	{ "cause", COLUMN_TEXT },
	{ "fix", COLUMN_TEXT },
	{ "prevention", COLUMN_TEXT },
	{ "markdown", COLUMN_TEXT },
	{ "version", COLUMN_INT },
	{ "revision", COLUMN_BIGINT },
	{ "created_at", COLUMN_TIMESTAMP },
	{ "updated_at", COLUMN_TIMESTAMP },
	{ "updated_by", COLUMN_TEXT },
	{ "review_by", COLUMN_DATE },
	{ "archived", COLUMN_BOOL },
	{ "owner", COLUMN_TEXT },
	{ "verified_at", COLUMN_TIMESTAMP },
	{ "verified_by", COLUMN_TEXT },
	{ "verified_version", COLUMN_INT },
	{ "stale", COLUMN_BOOL },
};

static const struct relation_column entry_versions[] = {
	{ "entry_id", COLUMN_BIGINT },
	{ "version", COLUMN_INT },
	{ "revision", COLUMN_BIGINT },
	{ "base_version", COLUMN_INT },
	{ "title", COLUMN_TEXT },
	{ "markdown", COLUMN_TEXT },
	{ "author", COLUMN_TEXT },
	{ "message", COLUMN_TEXT },
	{ "created_at", COLUMN_TIMESTAMP },
};

static const struct relation_column fields[] = {
	{ "entry_id", COLUMN_BIGINT },
	{ "ordinal", COLUMN_INT },
	{ "name", COLUMN_TEXT },
	{ "text", COLUMN_TEXT },
};

/* The server answers these three; they stand here for their types. */
static const struct relation_column kb_roles[] = {
	{ "name", COLUMN_TEXT },
	{ "level", COLUMN_TEXT },
	{ "can_login", COLUMN_BOOL },
	{ "has_password", COLUMN_BOOL },
	{ "valid_until", COLUMN_TIMESTAMP },
	{ "connection_limit", COLUMN_INT },
	{ "created_at", COLUMN_TIMESTAMP },
	{ "password_at", COLUMN_TIMESTAMP },
};

static const struct relation_column kb_stat_activity[] = {
	{ "pid", COLUMN_INT },
	{ "usename", COLUMN_TEXT },
	{ "datname", COLUMN_TEXT },
	{ "application_name", COLUMN_TEXT },
	{ "client_addr", COLUMN_TEXT },
	{ "client_port", COLUMN_INT },
	{ "ssl_version", COLUMN_TEXT },
	{ "backend_start", COLUMN_TIMESTAMP },
	{ "query_start", COLUMN_TIMESTAMP },
	{ "state_change", COLUMN_TIMESTAMP },
	{ "state", COLUMN_TEXT },
	{ "query", COLUMN_TEXT },
};

static const struct relation_column match[] = {
	{ "entry_id", COLUMN_BIGINT },
	{ "signature", COLUMN_TEXT },
	{ "captures", COLUMN_JSON },
	{ "confidence", COLUMN_TEXT },
};

static const struct relation_column pg_settings[] = {
	{ "name", COLUMN_TEXT },
	{ "setting", COLUMN_TEXT },
	{ "unit", COLUMN_TEXT },
	{ "short_desc", COLUMN_TEXT },
	{ "context", COLUMN_TEXT },
	{ "boot_val", COLUMN_TEXT },
	{ "sourcefile", COLUMN_TEXT },
	{ "sourceline", COLUMN_INT },
};

static const struct relation_column reviews[] = {
	{ "entry_id", COLUMN_BIGINT },
	{ "revision", COLUMN_BIGINT },
	{ "version", COLUMN_INT },
	{ "review_by", COLUMN_DATE },
	{ "author", COLUMN_TEXT },
	{ "message", COLUMN_TEXT },
	{ "created_at", COLUMN_TIMESTAMP },
};

static const struct relation_column revision_documents[] = {
	{ "revision", COLUMN_BIGINT },
	{ "document", COLUMN_TEXT },
	{ "action", COLUMN_TEXT },
	{ "name", COLUMN_TEXT },
	{ "old_name", COLUMN_TEXT },
};

static const struct relation_column revision_entries[] = {
	{ "revision", COLUMN_BIGINT },
	{ "entry_id", COLUMN_BIGINT },
	{ "version", COLUMN_INT },
	{ "action", COLUMN_TEXT },
};

static const struct relation_column revisions[] = {
	{ "revision", COLUMN_BIGINT },
	{ "author", COLUMN_TEXT },
	{ "message", COLUMN_TEXT },
	{ "created_at", COLUMN_TIMESTAMP },
	{ "entries", COLUMN_INT },
};

static const struct relation_column search[] = {
	{ "rank", COLUMN_INT },
	{ "entry_id", COLUMN_BIGINT },
	{ "document", COLUMN_TEXT },
	{ "title", COLUMN_TEXT },
	{ "kind", COLUMN_TEXT },
	{ "severity", COLUMN_TEXT },
	{ "confidence", COLUMN_TEXT },
	{ "score", COLUMN_REAL },
	{ "snippet", COLUMN_TEXT },
	{ "answer", COLUMN_JSON },
	{ "total", COLUMN_INT },
};

static const struct relation_column gaps[] = {
	{ "query", COLUMN_TEXT },
	{ "asked", COLUMN_BIGINT },
	{ "first_at", COLUMN_TIMESTAMP },
	{ "last_at", COLUMN_TIMESTAMP },
};

/* The server answers this one, for admins. */
static const struct relation_column searches[] = {
	{ "query", COLUMN_TEXT },
	{ "asked", COLUMN_BIGINT },
	{ "unanswered", COLUMN_BIGINT },
	{ "answers", COLUMN_BIGINT },
	{ "first_at", COLUMN_TIMESTAMP },
	{ "last_at", COLUMN_TIMESTAMP },
};

/* As search(), with what made the score instead of the answer. */
static const struct relation_column search_explain[] = {
	{ "rank", COLUMN_INT },
	{ "entry_id", COLUMN_BIGINT },
	{ "document", COLUMN_TEXT },
	{ "title", COLUMN_TEXT },
	{ "kind", COLUMN_TEXT },
	{ "severity", COLUMN_TEXT },
	{ "confidence", COLUMN_TEXT },
	{ "score", COLUMN_REAL },
	{ "snippet", COLUMN_TEXT },
	{ "explain", COLUMN_JSON },
	{ "total", COLUMN_INT },
};

static const struct relation_column related[] = {
	{ "entry_id", COLUMN_BIGINT },
	{ "ordinal", COLUMN_INT },
	{ "to_id", COLUMN_BIGINT },
	{ "target", COLUMN_TEXT },
	{ "why", COLUMN_TEXT },
};

static const struct relation_column signatures[] = {
	{ "entry_id", COLUMN_BIGINT },
	{ "ordinal", COLUMN_INT },
	{ "text", COLUMN_TEXT },
	{ "origin", COLUMN_TEXT },
	{ "mode", COLUMN_TEXT },
	{ "template", COLUMN_TEXT },
	{ "specificity", COLUMN_REAL },
};

#define RELATION(name) { #name, name, ARRAY_LEN(name) }

const struct relation relations[] = {
	RELATION(audit),
	RELATION(blame),
	RELATION(checklist_items),
	RELATION(commands),
	RELATION(document_at),
	RELATION(documents),
	RELATION(entries),
	RELATION(entry_versions),
	RELATION(fields),
	RELATION(gaps),
	RELATION(kb_roles),
	RELATION(kb_stat_activity),
	RELATION(match),
	RELATION(pg_settings),
	RELATION(related),
	RELATION(reviews),
	RELATION(revision_documents),
	RELATION(revision_entries),
	RELATION(revisions),
	RELATION(search),
	RELATION(search_explain),
	RELATION(searches),
	RELATION(signatures),
	{ NULL, NULL, 0 },
};

const struct relation *
relation_find(struct slice name)
{
	const struct relation *r;

	for (r = relations; r->name != NULL; r++)
		if (slice_is(name, r->name))
			return r;
	return NULL;
}

bool
relation_column_type(const struct relation *r, struct slice column,
    enum column_type *out)
{
	unsigned i;

	for (i = 0; i < r->ncolumns; i++) {
		if (!slice_is(column, r->columns[i].name))
			continue;
		*out = r->columns[i].type;
		return true;
	}
	return false;
}
