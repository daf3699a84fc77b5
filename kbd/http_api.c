/*
 * http_api.c - /api/v1 and what monitors ask; see http_api.h.
 *
 * The documents are those of kbctl --json: their schemas are in doc/schema.
 * A change names the version it was made from, in If-Match.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/http_api.h"
#include "common/clock.h"
#include "common/jsonw.h"
#include "common/log.h"
#include "common/str.h"
#include "kb/document.h"
#include "kb/html.h"
#include "kbd/http_call.h"
#include "kbd/http_route.h"
#include "kbd/http_stats.h"
#include "kbd/sql_db.h"
#include "kbd/wiki_page.h"

#include <jansson.h>
#include <stdio.h>

#define LIMIT_MAX 200

static const char type_json[] = "application/json; charset=utf-8";

/* ---- problems ---- */

static void
put_problem(struct http_exchange *x, int status, const char *why,
    const char *state, struct slice detail)
{
	struct jsonw j;

	reply_begin(x, status, "application/problem+json; charset=utf-8");
	jsonw_init(&j, &x->reply.body);
	jsonw_object(&j);
	jsonw_member_string(&j, "type", SLICE("about:blank"));
	jsonw_member_string(&j, "title", slice_of(http_reason(status)));
	jsonw_member_int(&j, "status", status);
	jsonw_member_string(&j, "detail", slice_of(why != NULL ? why :
	    http_reason(status)));
	if (state != NULL && *state != '\0')
		jsonw_member_string(&j, "sqlstate", slice_of(state));
	if (detail.len != 0)
		jsonw_member_string(&j, "texts", detail);
	jsonw_object_end(&j);
	buf_putc(&x->reply.body, '\n');
}

void
http_api_problem(struct http_exchange *x, int status, const char *why)
{
	put_problem(x, status, why, NULL, SLICE(""));
}

bool
http_api_query(struct http_exchange *x, struct sql_db *db,
    enum browse_query what, const struct slice *args, struct browse_rows *out)
{
	struct err e = ERR_INIT;

	if (browse_run(db->browse, what, args, &x->arena, out, &e))
		return true;
	log_err(LOG_LEVEL_ERROR, &e);
	http_api_problem(x, e.code == ERR_CANCELED ? 504 : 500, e.msg);
	return false;
}

/* ---- reading ---- */

static void
begin_json(struct http_exchange *x, struct sql_db *db)
{
	reply_begin(x, 200, type_json);
	page_versioned(x, db);
	reply_header(x, "Cache-Control", SLICE("no-cache"));
	x->reply.is_cacheable = true;
}

static void
put_json_of(struct http_exchange *x, struct sql_db *db,
    enum browse_query what, const struct slice *args)
{
	struct browse_rows r;

	if (!http_api_query(x, db, what, args, &r))
		return;
	begin_json(x, db);
	buf_put_slice(&x->reply.body, browse_cell(&r, 0, 0));
	buf_putc(&x->reply.body, '\n');
}

static void
put_answers(struct http_exchange *x, const struct browse_rows *r,
    struct slice q, int64_t took_ms)
{
	int64_t total = 0;
	struct jsonw j;
	size_t i;

	(void)str_int(browse_cell(r, 0, HIT_TOTAL), 0, INT64_MAX, &total);
	jsonw_init(&j, &x->reply.body);
	jsonw_object(&j);
	jsonw_member_string(&j, "schema", SLICE("kb.search/1"));
	jsonw_member_string(&j, "query", q);
	jsonw_member_int(&j, "total", total);
	jsonw_member_int(&j, "took_ms", took_ms);
	jsonw_member_string(&j, "source", SLICE("server"));
	jsonw_key(&j, "confidence");
	if (r->n == 0)
		jsonw_null(&j);
	else
		jsonw_string(&j, browse_cell(r, 0, HIT_CONFIDENCE));
	jsonw_key(&j, "answers");
	jsonw_array(&j);
	for (i = 0; i < r->n; i++)
		jsonw_raw(&j, browse_cell(r, i, HIT_ANSWER));
	jsonw_array_end(&j);
	jsonw_object_end(&j);
	buf_putc(&x->reply.body, '\n');
}

void
http_api_search(struct http_exchange *x, struct sql_db *db)
{
	struct slice args[2] = { page_param(x, "q"), page_param(x,
	    "limit") };
	int64_t start = clock_ms(), n = 10;
	struct browse_rows r;

	if (str_trim(args[0]).len == 0) {
		http_api_problem(x, 400, "parameter \"q\" is missing");
		return;
	}
	if (args[1].len != 0 && !str_int(args[1], 1, LIMIT_MAX, &n)) {
		http_api_problem(x, 400, "\"limit\" must be 1 to 200");
		return;
	}
	args[1] = arena_printf(&x->arena, "%lld", (long long)n);
	if (!http_api_query(x, db, BROWSE_SEARCH, args, &r))
		return;
	begin_json(x, db);
	page_found(x);
	put_answers(x, &r, args[0], clock_ms() - start);
}

void
http_api_documents(struct http_exchange *x, struct sql_db *db)
{
	put_json_of(x, db, BROWSE_DOCUMENTS_JSON, NULL);
}

/* The Markdown of a document: what /d/NAME.md is. */
void
http_api_document(struct http_exchange *x, struct sql_db *db)
{
	struct buf path = BUF_INIT;
	struct browse_rows r;

	if (!http_api_query(x, db, BROWSE_DOCUMENT, x->arg, &r))
		return;
	if (r.n == 0) {
		http_api_problem(x, 404, "there is no such document");
		return;
	}
	buf_puts(&path, "/d/");
	html_url_part(&path, browse_cell(&r, 0, DOC_NAME));
	buf_puts(&path, ".md");
	reply_redirect(x, 303, buf_slice(&path));
	buf_free(&path);
}

void
http_api_entries(struct http_exchange *x, struct sql_db *db)
{
	struct slice args[3] = { page_param(x, "document"),
		page_param(x, "kind"), page_param(x, "severity") };

	put_json_of(x, db, BROWSE_LIST_JSON, args);
}

void
http_api_changes(struct http_exchange *x, struct sql_db *db)
{
	struct slice args[2] = { page_param(x, "before"), SLICE("100") };
	int64_t n;

	if (args[0].len == 0)
		args[0] = SLICE("9223372036854775807");
	if (!str_int(args[0], 1, INT64_MAX, &n)) {
		http_api_problem(x, 400, "\"before\" must be a revision");
		return;
	}
	put_json_of(x, db, BROWSE_CHANGES_JSON, args);
}

void
http_api_put_entry(struct http_exchange *x, struct sql_db *db,
    const struct browse_rows *e)
{
	struct slice id = browse_cell(e, 0, ENTRY_ID);
	struct browse_rows r;

	if (!http_api_query(x, db, BROWSE_ENTRY_JSON, &id, &r))
		return;
	begin_json(x, db);
	snprintf(x->reply.etag, sizeof(x->reply.etag), "\"%.*s\"",
	    SLICE_ARG(browse_cell(e, 0, ENTRY_VERSION)));
	buf_put_slice(&x->reply.body, browse_cell(&r, 0, 0));
	buf_putc(&x->reply.body, '\n');
}

void
http_api_entry(struct http_exchange *x, struct sql_db *db)
{
	struct browse_rows e;

	if (!http_api_query(x, db, BROWSE_ENTRY, x->arg, &e))
		return;
	if (e.n == 0)
		http_api_problem(x, 404, "there is no such entry");
	else
		http_api_put_entry(x, db, &e);
}

/* ---- changes ---- */

/* The body as an object; NULL, and answered, when it is none. */
static json_t *
read_object(struct http_exchange *x)
{
	struct slice type = http_header(&x->head, "content-type");
	json_t *o;

	if (!str_ieq(slice_sub(type, 0, 16), SLICE("application/json"))) {
		http_api_problem(x, 415, "the body must be "
		    "application/json");
		return NULL;
	}
	o = json_loadb(x->body.data != NULL ? x->body.data : "",
	    x->body.len, JSON_REJECT_DUPLICATES, NULL);
	if (json_is_object(o))
		return o;
	json_decref(o);
	http_api_problem(x, 400, "the body is not a JSON object");
	return NULL;
}

static struct slice
member(struct http_exchange *x, const json_t *o, const char *name)
{
	const json_t *v = json_object_get(o, name);

	if (json_is_integer(v))
		return arena_printf(&x->arena, "%lld",
		    (long long)json_integer_value(v));
	if (!json_is_string(v))
		return slice_make(NULL, 0);
	return arena_dup(&x->arena, slice_make(json_string_value(v),
	    json_string_length(v)));
}

static void
fail(struct http_exchange *x, const struct err *e)
{
	struct slice state = slice_of(e->sqlstate);
	int status = slice_starts(state, SLICE("40")) ? 409 :
	    slice_is(state, "42501") ? 403 :
	    slice_is(state, "02000") || slice_is(state, "42704") ? 404 :
	    slice_starts(state, SLICE("5")) ? 503 : 422;

	put_problem(x, status, e->msg, e->sqlstate, http_call_detail(x));
}

static void
put_number_member(struct jsonw *j, const char *name, struct slice text)
{
	int64_t n;

	jsonw_key(j, name);
	if (str_int(text, 0, INT64_MAX, &n))
		jsonw_int(j, n);
	else
		jsonw_null(j);
}

static void
after_change(struct http_exchange *x, int status)
{
	struct err e = ERR_INIT;
	struct slice id, version;
	struct jsonw j;

	if (!http_call_ok(x, &e)) {
		fail(x, &e);
		return;
	}
	id = http_call_column(x, "entry");
	version = http_call_column(x, "version");
	reply_begin(x, status, type_json);
	jsonw_init(&j, &x->reply.body);
	jsonw_object(&j);
	jsonw_member_string(&j, "schema", SLICE("kb.saved/1"));
	put_number_member(&j, "entry", id);
	put_number_member(&j, "version", version);
	put_number_member(&j, "revision", http_call_column(x, "revision"));
	jsonw_object_end(&j);
	buf_putc(&x->reply.body, '\n');
	snprintf(x->reply.etag, sizeof(x->reply.etag), "\"%.*s\"",
	    SLICE_ARG(version));
	if (status == 201)
		reply_header(x, "Location", arena_printf(&x->arena,
		    "/api/v1/entries/%.*s", SLICE_ARG(id)));
}

static void
after_save(struct http_exchange *x, struct sql_db *db)
{
	(void)db;
	after_change(x, 200);
}

static void
after_add(struct http_exchange *x, struct sql_db *db)
{
	(void)db;
	after_change(x, 201);
}

/* "3": the version that If-Match names. */
static struct slice
base_version(const struct http_exchange *x)
{
	struct slice tag = http_header(&x->head, "if-match");
	int64_t n;

	if (tag.len < 3 || tag.ptr[0] != '"' || tag.ptr[tag.len - 1] != '"')
		return slice_make(NULL, 0);
	tag = slice_sub(tag, 1, tag.len - 1);
	return str_int(tag, 1, INT64_MAX, &n) ? tag : slice_make(NULL, 0);
}

void
http_api_save(struct http_exchange *x, struct sql_db *db)
{
	struct slice base = base_version(x), markdown, message;
	json_t *o;

	(void)db;
	if (base.ptr == NULL) {
		http_api_problem(x, 428, "If-Match must name the version "
		    "that the text was made from, as \"3\"");
		return;
	}
	o = read_object(x);
	if (o == NULL)
		return;
	markdown = member(x, o, "markdown");
	message = member(x, o, "message");
	json_decref(o);
	if (markdown.ptr == NULL) {
		http_api_problem(x, 400, "\"markdown\" is missing");
		return;
	}
	http_call_begin(x, "save_entry", (const struct http_call_arg[]){
		{ "entry", x->arg[0] }, { "base_version", base },
		{ "markdown", markdown }, { "message", message },
		{ NULL, { NULL, 0 } } }, after_save);
}

void
http_api_add(struct http_exchange *x, struct sql_db *db)
{
	struct slice document, after, markdown, message;
	json_t *o = read_object(x);

	(void)db;
	if (o == NULL)
		return;
	document = member(x, o, "document");
	after = member(x, o, "after");
	markdown = member(x, o, "markdown");
	message = member(x, o, "message");
	json_decref(o);
	if (document.ptr == NULL || markdown.ptr == NULL) {
		http_api_problem(x, 400, "\"document\" or \"markdown\" is "
		    "missing");
		return;
	}
	http_call_begin(x, "add_entry", (const struct http_call_arg[]){
		{ "document", document }, { "after_entry", after },
		{ "markdown", markdown }, { "message", message },
		{ NULL, { NULL, 0 } } }, after_add);
}

/* ---- monitors ---- */

void
http_api_healthz(struct http_exchange *x, struct sql_db *db)
{
	(void)db;
	reply_text(x, 200, "ok");
	reply_header(x, "Cache-Control", SLICE("no-store"));
}

/* The base can be read. */
void
http_api_readyz(struct http_exchange *x, struct sql_db *db)
{
	struct browse_rows r;
	struct err e = ERR_INIT;

	if (browse_run(db->browse, BROWSE_COUNTS, NULL, &x->arena, &r, &e))
		reply_text(x, 200, "ready");
	else
		reply_text(x, 503, "the base cannot be read");
	reply_header(x, "Cache-Control", SLICE("no-store"));
}

static void
put_gauge(struct http_exchange *x, const char *name, const char *help,
    struct slice value)
{
	buf_printf(&x->reply.body, "# HELP %s %s\n# TYPE %s gauge\n%s %.*s\n",
	    name, help, name, name, SLICE_ARG(value));
}

void
http_api_metrics(struct http_exchange *x, struct sql_db *db)
{
	struct browse_rows r;

	if (!http_api_query(x, db, BROWSE_COUNTS, NULL, &r))
		return;
	reply_begin(x, 200, "text/plain; version=0.0.4; charset=utf-8");
	reply_header(x, "Cache-Control", SLICE("no-store"));
	buf_puts(&x->reply.body, "# HELP kbd_build_info The version that "
	    "runs.\n# TYPE kbd_build_info gauge\nkbd_build_info{version=\""
	    PACKAGE_VERSION "\"} 1\n");
	put_gauge(x, "kbd_uptime_seconds", "Time since the start.",
	    arena_printf(&x->arena, "%lld", (long long)(clock_ms() -
	    x->env->started_ms) / 1000));
	put_gauge(x, "kbd_documents", "Documents that are not archived.",
	    browse_cell(&r, 0, COUNT_DOCUMENTS));
	put_gauge(x, "kbd_entries", "Entries that are not archived.",
	    browse_cell(&r, 0, COUNT_ENTRIES));
	put_gauge(x, "kbd_revision", "Newest revision of the base.",
	    browse_cell(&r, 0, COUNT_REVISION));
	http_stats_put(x->env->stats, &x->reply.body);
}
