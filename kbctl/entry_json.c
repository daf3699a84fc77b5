/*
 * entry_json.c - one entry as kb.entry/1; see entry_json.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbctl/entry_json.h"
#include "common/json.h"
#include "kbctl/client.h"

enum { ID, DOCUMENT, PARENT_ID, DEPTH, SLUG, TITLE, HEADING, LINE, KIND,
	SEVERITY, SYMPTOM, CAUSE, MARKDOWN, VERSION_NUMBER, REVISION, CREATED_AT,
	UPDATED_AT, UPDATED_BY, REVIEW_BY, ARCHIVED, SOURCE, OWNER, VERIFIED_AT,
	VERIFIED_BY, VERIFIED_VERSION, STALE };

static const char entry_sql[] = "SELECT e.id, e.document, e.parent_id,"
    " e.depth, e.slug, e.title, e.heading, e.line, e.kind, e.severity,"
    " e.symptom, e.cause, e.markdown, e.version, e.revision, e.created_at,"
    " e.updated_at, e.updated_by, e.review_by, e.archived, d.source,"
    " e.owner, e.verified_at, e.verified_by, e.verified_version, e.stale"
    " FROM entries e LEFT JOIN documents d ON d.name = e.document"
    " WHERE e.id = $1";
static const char version_sql[] = "SELECT title, markdown, version, revision,"
    " author, message, created_at FROM entry_versions"
    " WHERE entry_id = $1 AND version = $2";
static const char path_sql[] = "WITH RECURSIVE above(id, parent_id, title, n)"
    " AS (SELECT id, parent_id, title, 0 FROM entries WHERE id = $1"
    " UNION ALL SELECT e.id, e.parent_id, e.title, n + 1 FROM entries e"
    " JOIN above a ON e.id = a.parent_id WHERE n < 10)"
    " SELECT title FROM above WHERE n > 0 ORDER BY n DESC";
static const char fields_sql[] = "SELECT name, text FROM fields"
    " WHERE entry_id = $1 ORDER BY ordinal";
static const char commands_sql[] = "SELECT lang, text, note, risk, file"
    " FROM commands WHERE entry_id = $1 ORDER BY ordinal";
static const char items_sql[] = "SELECT text, is_task, done, ordered"
    " FROM checklist_items WHERE entry_id = $1 ORDER BY ordinal";
static const char signatures_sql[] = "SELECT text FROM signatures"
    " WHERE entry_id = $1 ORDER BY ordinal";
static const char children_sql[] = "SELECT id, title FROM entries"
    " WHERE parent_id = $1 AND NOT archived ORDER BY position";

/* Who answers for it, who found it right, and when: that is no edit. */
static void
put_review(struct json *d, const struct result *r)
{
	js_put_text_or_null(d, "owner", result_text(r, 0, OWNER));
	if (result_is_null(r, 0, VERIFIED_AT)) {
		js_put_null(d, "verified");
		js_put_null(d, "verified_by");
		js_put_null(d, "verified_version");
	} else {
		js_put_time(d, "verified", result_text(r, 0, VERIFIED_AT));
		js_put_text(d, "verified_by", result_text(r, 0, VERIFIED_BY));
		js_put_int(d, "verified_version",
		    result_int(r, 0, VERIFIED_VERSION));
	}
	js_put_bool(d, "stale", result_bool(r, 0, STALE));
}

static void
put_head(struct json *d, const struct result *r)
{
	js_put_int(d, "entry", result_int(r, 0, ID));
	js_put_text(d, "document", result_text(r, 0, DOCUMENT));
	js_put_text(d, "source", result_text(r, 0, SOURCE));
	js_put_int(d, "line", result_int(r, 0, LINE));
	js_put_text(d, "slug", result_text(r, 0, SLUG));
	js_put_text(d, "heading", result_text(r, 0, HEADING));
	js_put_text(d, "title", result_text(r, 0, TITLE));
	js_put_int(d, "depth", result_int(r, 0, DEPTH));
	if (result_is_null(r, 0, PARENT_ID))
		js_put_null(d, "parent");
	else
		js_put_int(d, "parent", result_int(r, 0, PARENT_ID));
	js_put_text(d, "kind", result_text(r, 0, KIND));
	js_put_text_or_null(d, "severity", result_text(r, 0, SEVERITY));
	js_put_int(d, "version", result_int(r, 0, VERSION_NUMBER));
	js_put_int(d, "revision", result_int(r, 0, REVISION));
	js_put_time(d, "created", result_text(r, 0, CREATED_AT));
	js_put_time(d, "updated", result_text(r, 0, UPDATED_AT));
	js_put_text(d, "updated_by", result_text(r, 0, UPDATED_BY));
	js_put_text_or_null(d, "review_by", result_text(r, 0, REVIEW_BY));
	js_put_bool(d, "archived", result_bool(r, 0, ARCHIVED));
	put_review(d, r);
	js_put_text(d, "symptom", result_text(r, 0, SYMPTOM));
	js_put_text(d, "cause", result_text(r, 0, CAUSE));
	js_put_text(d, "markdown", result_text(r, 0, MARKDOWN));
}

/* Take the version's text and author over those of the newest. */
static bool
put_version(struct client *c, const struct entry_ref *ref, struct json *d,
    struct err *e)
{
	struct param p[2];
	struct result *r;
	bool found;

	param_int(&p[0], ref->number);
	param_int(&p[1], ref->version);
	if (!client_query(c, version_sql, p, 2, &r, e))
		return false;
	found = result_rows(r) != 0;
	if (found) {
		js_put_text(d, "title", result_text(r, 0, 0));
		js_put_text(d, "markdown", result_text(r, 0, 1));
		js_put_int(d, "version", result_int(r, 0, 2));
		js_put_int(d, "revision", result_int(r, 0, 3));
		js_put_text(d, "updated_by", result_text(r, 0, 4));
		js_put_text(d, "message", result_text(r, 0, 5));
		js_put_time(d, "updated", result_text(r, 0, 6));
	}
	result_free(r);
	return found || err_set(e, ERR_NOT_FOUND,
	    "entry %lld has no version %lld", (long long)ref->number,
	    (long long)ref->version);
}

typedef struct json *row_function(const struct result *r, size_t i);

static struct json *
field_row(const struct result *r, size_t i)
{
	struct json *row = js_object();

	js_put_text(row, "name", result_text(r, i, 0));
	js_put_text(row, "text", result_text(r, i, 1));
	return row;
}

static struct json *
command_row(const struct result *r, size_t i)
{
	struct json *row = js_object();

	js_put_text(row, "lang", result_text(r, i, 0));
	js_put_text(row, "text", result_text(r, i, 1));
	js_put_text(row, "note", result_text(r, i, 2));
	js_put_text(row, "risk", result_text(r, i, 3));
	js_put_text_or_null(row, "file", result_text(r, i, 4));
	return row;
}

static struct json *
item_row(const struct result *r, size_t i)
{
	struct json *row = js_object();

	js_put_text(row, "text", result_text(r, i, 0));
	js_put_bool(row, "is_task", result_bool(r, i, 1));
	js_put_bool(row, "done", result_bool(r, i, 2));
	js_put_bool(row, "ordered", result_bool(r, i, 3));
	return row;
}

static struct json *
child_row(const struct result *r, size_t i)
{
	struct json *row = js_object();

	js_put_int(row, "entry", result_int(r, i, 0));
	js_put_text(row, "title", result_text(r, i, 1));
	return row;
}

static struct json *
text_row(const struct result *r, size_t i)
{
	return js_string(result_text(r, i, 0));
}

/* Put the rows of a statement about the entry under a key. */
static bool
put_rows(struct client *c, const char *sql, int64_t entry,
    row_function *to_json, const char *key, struct json *d, struct err *e)
{
	struct json *list = js_array();
	struct result *r;
	struct param p;
	size_t i;

	js_put(d, key, list);
	param_int(&p, entry);
	if (!client_query(c, sql, &p, 1, &r, e))
		return false;
	for (i = 0; i < result_rows(r); i++)
		js_add(list, to_json(r, i));
	result_free(r);
	return true;
}

/* The texts of one kind of field as an array: "fix", "prevention". */
static void
put_field_texts(struct json *d, const char *name)
{
	const struct json *fields = js_get(d, "fields");
	struct json *list = js_array();
	size_t i;

	for (i = 0; i < js_size(fields); i++)
		if (slice_is(js_text(js_at(fields, i), "name"), name))
			js_add(list, js_string(js_text(js_at(fields, i),
			    "text")));
	js_put(d, name, list);
}

static bool
put_derived(struct client *c, int64_t entry, struct json *d, struct err *e)
{
	return put_rows(c, fields_sql, entry, field_row, "fields", d, e) &&
	    put_rows(c, commands_sql, entry, command_row, "commands", d, e) &&
	    put_rows(c, items_sql, entry, item_row, "items", d, e) &&
	    put_rows(c, signatures_sql, entry, text_row, "signatures", d, e);
}

static void
put_nothing_derived(struct json *d)
{
	static const char *const keys[] = { "fields", "commands", "items",
		"signatures" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(keys); i++)
		js_put(d, keys[i], js_array());
	js_put_text(d, "symptom", SLICE(""));
	js_put_text(d, "cause", SLICE(""));
}

bool
entry_json_fetch(struct client *c, const struct entry_ref *ref,
    struct json **out, struct err *e)
{
	struct json *d = js_document("kb.entry/1");
	struct result *r;
	struct param p;
	bool ok;

	param_int(&p, ref->number);
	ok = client_query(c, entry_sql, &p, 1, &r, e);
	if (ok) {
		ok = result_rows(r) != 0 || err_set(e, ERR_NOT_FOUND,
		    "there is no entry %lld", (long long)ref->number);
		if (ok)
			put_head(d, r);
		result_free(r);
	}
	if (ok && ref->version != 0 && ref->version != js_int(d, "version")) {
		ok = put_version(c, ref, d, e);
		put_nothing_derived(d);
	} else {
		ok = ok && put_derived(c, ref->number, d, e);
	}
	if (ok) {
		put_field_texts(d, "fix");
		put_field_texts(d, "prevention");
	}
	ok = ok && put_rows(c, path_sql, ref->number, text_row, "path", d,
	    e) && put_rows(c, children_sql, ref->number, child_row, "children",
	    d, e);
	if (!ok)
		js_free(d);
	else
		*out = d;
	return ok;
}
