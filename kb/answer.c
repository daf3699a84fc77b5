/*
 * answer.c - a found entry as JSON; see answer.h.
 *
 * Reads the same views that SQL clients see, so that both tell the same.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/answer.h"
#include "common/arena.h"
#include "common/buf.h"
#include "common/clock.h"
#include "common/jsonw.h"
#include "common/mem.h"
#include "kb/related.h"

#include <sqlite3.h>
#include <stdlib.h>

#define PATH_MAX_LEVELS 16

#define RELATED_MAX 20

enum { Q_HEAD, Q_ENTRY, Q_PATH, Q_FIELDS, Q_COMMANDS, Q_ITEMS, Q_RELATED,
	Q_RELATED_HEAD, NQUERIES };

static const char *const sql[NQUERIES] = {
	[Q_HEAD] = "SELECT document, title, kind, severity FROM entries"
	    " WHERE id = ?1",
	[Q_ENTRY] = "SELECT e.id, e.document, d.source, e.line, e.heading,"
	    " e.title, e.kind, e.severity, e.version, e.revision,"
	    " e.updated_at, e.updated_by, e.symptom, e.cause, e.slug"
	    " FROM entries AS e LEFT JOIN documents AS d"
	    " ON d.name = e.document WHERE e.id = ?1",
	[Q_PATH] = "SELECT parent_id, title FROM entries WHERE id = ?1",
	[Q_FIELDS] = "SELECT text FROM fields WHERE entry_id = ?1"
	    " AND name = ?2 ORDER BY ordinal",
	[Q_COMMANDS] = "SELECT lang, text, note, risk FROM commands"
	    " WHERE entry_id = ?1 ORDER BY ordinal",
	[Q_ITEMS] = "SELECT text, is_task, done, ordered FROM checklist_items"
	    " WHERE entry_id = ?1 ORDER BY ordinal",
	[Q_RELATED] = RELATED_SQL " ORDER BY ordinal",
	[Q_RELATED_HEAD] = "SELECT document, title, kind, severity, slug"
	    " FROM entries WHERE id = ?1 AND NOT archived",
};

struct answer_source {
	sqlite3 *db;		/* borrowed */
	sqlite3_stmt *q[NQUERIES];
};

struct answer_source *
answer_source_new(struct sqlite3 *db)
{
	struct answer_source *s = mem_zalloc(sizeof(*s));

	s->db = db;
	return s;
}

void
answer_source_destroy(struct answer_source *s)
{
	size_t i;

	if (s == NULL)
		return;
	for (i = 0; i < NQUERIES; i++)
		sqlite3_finalize(s->q[i]);
	free(s);
}

static bool
fail(struct answer_source *s, struct err *e)
{
	if (sqlite3_errcode(s->db) == SQLITE_INTERRUPT)
		return err_set(e, ERR_CANCELED, "the search was interrupted");
	return err_set(e, ERR_STORAGE, "could not read an answer: %s",
	    sqlite3_errmsg(s->db));
}

/* The statement with the entry bound; NULL after a failure. */
static sqlite3_stmt *
start(struct answer_source *s, int which, int64_t entry, struct err *e)
{
	if (s->q[which] == NULL && sqlite3_prepare_v3(s->db, sql[which], -1,
	    SQLITE_PREPARE_PERSISTENT, &s->q[which], NULL) != SQLITE_OK) {
		(void)fail(s, e);
		return NULL;
	}
	sqlite3_bind_int64(s->q[which], 1, entry);
	return s->q[which];
}

static void
release(sqlite3_stmt *q)
{
	sqlite3_reset(q);
	sqlite3_clear_bindings(q);
}

/* True with *found; false when the database failed. */
static bool
step(struct answer_source *s, sqlite3_stmt *q, bool *found, struct err *e)
{
	int rc = sqlite3_step(q);

	*found = rc == SQLITE_ROW;
	return *found || rc == SQLITE_DONE || fail(s, e);
}

/* Valid until the statement moves on. */
static struct slice
column(sqlite3_stmt *q, int i)
{
	const void *p = sqlite3_column_text(q, i);

	return slice_make(p, (size_t)sqlite3_column_bytes(q, i));
}

bool
answer_head(struct answer_source *s, int64_t entry, struct arena *a,
    struct answer_head *out, struct err *e)
{
	sqlite3_stmt *q = start(s, Q_HEAD, entry, e);
	bool ok, found = false;

	if (q == NULL)
		return false;
	ok = step(s, q, &found, e);
	if (ok && found) {
		out->document = arena_dup(a, column(q, 0));
		out->title = arena_dup(a, column(q, 1));
		out->kind = arena_dup(a, column(q, 2));
		out->severity = arena_dup(a, column(q, 3));
	}
	release(q);
	if (ok && !found)
		return err_set(e, ERR_NOT_FOUND, "there is no entry %lld",
		    (long long)entry);
	return ok;
}

/* Titles above the entry, outermost first. */
static bool
put_path(struct answer_source *s, int64_t entry, struct arena *a,
    struct jsonw *j, struct err *e)
{
	struct slice titles[PATH_MAX_LEVELS];
	int64_t at = entry;
	bool found = true;
	size_t n = 0;

	while (found && n < PATH_MAX_LEVELS) {
		sqlite3_stmt *q = start(s, Q_PATH, at, e);

		if (q == NULL || !step(s, q, &found, e)) {
			if (q != NULL)
				release(q);
			return false;
		}
		if (found && at != entry)
			titles[n++] = arena_dup(a, column(q, 1));
		at = found ? sqlite3_column_int64(q, 0) : 0;
		found = found && at != 0;
		release(q);
	}
	jsonw_key(j, "path");
	jsonw_array(j);
	while (n > 0)
		jsonw_string(j, titles[--n]);
	jsonw_array_end(j);
	return true;
}

/* All texts of a field as a list. */
static bool
put_fields(struct answer_source *s, int64_t entry, const char *name,
    struct jsonw *j, struct err *e)
{
	sqlite3_stmt *q = start(s, Q_FIELDS, entry, e);
	bool ok, found;

	if (q == NULL)
		return false;
	sqlite3_bind_text(q, 2, name, -1, SQLITE_STATIC);
	jsonw_key(j, name);
	jsonw_array(j);
	while ((ok = step(s, q, &found, e)) && found)
		jsonw_string(j, column(q, 0));
	jsonw_array_end(j);
	release(q);
	return ok;
}

static bool
put_commands(struct answer_source *s, int64_t entry, struct jsonw *j,
    struct err *e)
{
	sqlite3_stmt *q = start(s, Q_COMMANDS, entry, e);
	bool ok, found;

	if (q == NULL)
		return false;
	jsonw_key(j, "commands");
	jsonw_array(j);
	while ((ok = step(s, q, &found, e)) && found) {
		jsonw_object(j);
		jsonw_member_string(j, "lang", column(q, 0));
		jsonw_member_string(j, "text", column(q, 1));
		jsonw_member_string(j, "note", column(q, 2));
		jsonw_member_string(j, "risk", column(q, 3));
		jsonw_object_end(j);
	}
	jsonw_array_end(j);
	release(q);
	return ok;
}

/* Steps and checks: a step without a command is told here only. */
static bool
put_items(struct answer_source *s, int64_t entry, struct jsonw *j,
    struct err *e)
{
	sqlite3_stmt *q = start(s, Q_ITEMS, entry, e);
	bool ok, found;

	if (q == NULL)
		return false;
	jsonw_key(j, "items");
	jsonw_array(j);
	while ((ok = step(s, q, &found, e)) && found) {
		jsonw_object(j);
		jsonw_member_string(j, "text", column(q, 0));
		jsonw_key(j, "is_task");
		jsonw_bool(j, sqlite3_column_int(q, 1) != 0);
		jsonw_key(j, "done");
		jsonw_bool(j, sqlite3_column_int(q, 2) != 0);
		jsonw_key(j, "ordered");
		jsonw_bool(j, sqlite3_column_int(q, 3) != 0);
		jsonw_object_end(j);
	}
	jsonw_array_end(j);
	release(q);
	return ok;
}

static void
put_severity(struct jsonw *j, struct slice severity)
{
	jsonw_key(j, "severity");
	if (severity.len > 0)
		jsonw_string(j, severity);
	else
		jsonw_null(j);
}

static void
put_url(struct jsonw *j, struct slice slug, struct arena *a)
{
	jsonw_member_string(j, "url", arena_printf(a, "/e/%.*s",
	    SLICE_ARG(slug)));
}

/* The fields that one row of Q_ENTRY has. */
static void
put_entry(sqlite3_stmt *q, struct arena *a, struct jsonw *j)
{
	char updated[CLOCK_TEXT_SIZE];

	jsonw_member_int(j, "entry", sqlite3_column_int64(q, 0));
	jsonw_member_string(j, "document", column(q, 1));
	jsonw_member_string(j, "source", column(q, 2));
	jsonw_member_int(j, "line", sqlite3_column_int64(q, 3));
	jsonw_member_string(j, "heading", column(q, 4));
	jsonw_member_string(j, "title", column(q, 5));
	jsonw_member_string(j, "kind", column(q, 6));
	put_severity(j, column(q, 7));
	jsonw_member_int(j, "version", sqlite3_column_int64(q, 8));
	jsonw_member_int(j, "revision", sqlite3_column_int64(q, 9));
	clock_rfc3339(column(q, 10), updated);
	jsonw_member_string(j, "updated", slice_of(updated));
	jsonw_member_string(j, "updated_by", column(q, 11));
	jsonw_member_string(j, "symptom", column(q, 12));
	jsonw_member_string(j, "cause", column(q, 13));
	put_url(j, column(q, 14), a);
}

/* An entry that belongs to the answer, with its commands and steps. */
static bool
put_related_entry(struct answer_source *s, int64_t entry, struct slice why,
    struct arena *a, struct jsonw *j, struct err *e)
{
	sqlite3_stmt *q = start(s, Q_RELATED_HEAD, entry, e);
	bool ok, found = false;

	if (q == NULL)
		return false;
	ok = step(s, q, &found, e);
	if (ok && found) {
		jsonw_object(j);
		jsonw_member_int(j, "entry", entry);
		jsonw_member_string(j, "document", column(q, 0));
		jsonw_member_string(j, "title", column(q, 1));
		jsonw_member_string(j, "kind", column(q, 2));
		put_severity(j, column(q, 3));
		jsonw_member_string(j, "why", why);
		put_url(j, column(q, 4), a);
	}
	release(q);
	if (ok && found) {
		ok = put_commands(s, entry, j, e) &&
		    put_items(s, entry, j, e);
		jsonw_object_end(j);
	}
	return ok;
}

/* The runbook, the template: what makes a problem's answer whole. */
static bool
put_related(struct answer_source *s, int64_t entry, struct arena *a,
    struct jsonw *j, struct err *e)
{
	sqlite3_stmt *q = start(s, Q_RELATED, entry, e);
	int64_t to[RELATED_MAX];
	struct slice why[RELATED_MAX];
	size_t n = 0, i, k;
	bool ok, found;

	if (q == NULL)
		return false;
	while ((ok = step(s, q, &found, e)) && found && n < RELATED_MAX) {
		to[n] = sqlite3_column_int64(q, 0);
		why[n] = arena_dup(a, column(q, 1));
		for (k = 0; k < n && to[k] != to[n]; k++)
			;
		if (to[n] != 0 && to[n] != entry && k == n)
			n++;
	}
	release(q);
	jsonw_key(j, "see_also");
	jsonw_array(j);
	for (i = 0; ok && i < n; i++)
		ok = put_related_entry(s, to[i], why[i], a, j, e);
	jsonw_array_end(j);
	return ok;
}

/* How it was found. */
static void
put_match(struct jsonw *j, const struct answer *ans)
{
	size_t i;

	jsonw_key(j, "score");
	jsonw_double(j, ans->score);
	jsonw_member_string(j, "confidence",
	    slice_of(confidence_name(ans->confidence)));
	jsonw_key(j, "why");
	jsonw_array(j);
	for (i = 0; i < ans->nwhy; i++)
		jsonw_string(j, ans->why[i]);
	jsonw_array_end(j);
	jsonw_member_string(j, "snippet", ans->snippet);
}

bool
answer_to_json(struct answer_source *s, const struct answer *ans,
    struct buf *out, struct err *e)
{
	struct arena a = ARENA_INIT;
	sqlite3_stmt *q = start(s, Q_ENTRY, ans->entry, e);
	bool ok, found = false;
	struct jsonw j;

	if (q == NULL)
		return false;
	jsonw_init(&j, out);
	jsonw_object(&j);
	ok = step(s, q, &found, e);
	if (ok && found)
		put_entry(q, &a, &j);
	release(q);
	if (ok && !found)
		ok = err_set(e, ERR_NOT_FOUND, "there is no entry %lld",
		    (long long)ans->entry);
	ok = ok && put_path(s, ans->entry, &a, &j, e) &&
	    put_fields(s, ans->entry, "fix", &j, e) &&
	    put_fields(s, ans->entry, "prevention", &j, e) &&
	    put_commands(s, ans->entry, &j, e) &&
	    put_items(s, ans->entry, &j, e) &&
	    put_related(s, ans->entry, &a, &j, e);
	put_match(&j, ans);
	jsonw_object_end(&j);
	arena_free(&a);
	return ok;
}
