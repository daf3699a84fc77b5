/*
 * cmd_list.c - kbctl list: the entries, in the order of their documents.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "common/json.h"
#include "common/print.h"
#include "kbctl/client.h"
#include "kbctl/command.h"
#include "kbctl/report.h"
#include "kbctl/statement.h"

enum { ID, DOCUMENT, PARENT_ID, DEPTH, SLUG, TITLE, HEADING, LINE, KIND,
	SEVERITY, VERSION_NUMBER, UPDATED_AT, UPDATED_BY, REVIEW_BY, OWNER,
	VERIFIED_AT, VERIFIED_BY, STALE };

/* A preamble without words is an entry, but nothing to look at. */
static const char sql[] = "SELECT id, document, parent_id, depth, slug, title,"
    " heading, line, kind, severity, version, updated_at, updated_by,"
    " review_by, owner, verified_at, verified_by, stale FROM entries WHERE NOT archived"
    " AND (heading <> '' OR trim(markdown, ' ' || char(9, 10, 13)) <> '')";

static struct json *
entry_json(const struct result *r, size_t i)
{
	struct json *d = js_object();

	js_put_int(d, "entry", result_int(r, i, ID));
	js_put_text(d, "document", result_text(r, i, DOCUMENT));
	js_put_text(d, "slug", result_text(r, i, SLUG));
	if (result_is_null(r, i, PARENT_ID))
		js_put_null(d, "parent");
	else
		js_put_int(d, "parent", result_int(r, i, PARENT_ID));
	js_put_int(d, "depth", result_int(r, i, DEPTH));
	js_put_text(d, "heading", result_text(r, i, HEADING));
	js_put_text(d, "title", result_text(r, i, TITLE));
	js_put_int(d, "line", result_int(r, i, LINE));
	js_put_text(d, "kind", result_text(r, i, KIND));
	js_put_text_or_null(d, "severity", result_text(r, i, SEVERITY));
	js_put_int(d, "version", result_int(r, i, VERSION_NUMBER));
	js_put_time(d, "updated", result_text(r, i, UPDATED_AT));
	js_put_text(d, "updated_by", result_text(r, i, UPDATED_BY));
	js_put_text_or_null(d, "review_by", result_text(r, i, REVIEW_BY));
	js_put_text_or_null(d, "owner", result_text(r, i, OWNER));
	if (result_is_null(r, i, VERIFIED_AT))
		js_put_null(d, "verified");
	else
		js_put_time(d, "verified", result_text(r, i, VERIFIED_AT));
	js_put_text_or_null(d, "verified_by", result_text(r, i, VERIFIED_BY));
	js_put_bool(d, "stale", result_bool(r, i, STALE));
	return d;
}

static void
put_json(struct screen *s, const struct result *r, size_t n)
{
	struct json *doc = js_document("kb.list/1"), *list = js_array();
	size_t i;

	js_put_int(doc, "total", (int64_t)result_rows(r));
	for (i = 0; i < n; i++)
		js_add(list, entry_json(r, i));
	js_put(doc, "entries", list);
	js_write(doc, &s->out);
	js_free(doc);
}

static void
put_table(struct screen *s, const struct result *r, size_t n)
{
	static const char *const head[] = { "ENTRY", "SEVERITY", "KIND",
		"TITLE", "DOCUMENT" };
	struct table t;
	size_t i;

	table_init(&t, ARRAY_LEN(head));
	for (i = 0; i < ARRAY_LEN(head); i++)
		table_add(&t, STYLE_DIM, slice_of(head[i]));
	for (i = 0; i < n; i++) {
		struct slice severity = result_text(r, i, SEVERITY);
		struct slice title = result_text(r, i, TITLE);

		table_add(&t, STYLE_PLAIN, result_text(r, i, ID));
		table_add(&t, style_of_severity(severity), severity);
		table_add(&t, STYLE_PLAIN, result_text(r, i, KIND));
		table_add(&t, STYLE_TITLE, title.len != 0 ? title :
		    SLICE("(before the first heading)"));
		table_add(&t, STYLE_DIM, result_text(r, i, DOCUMENT));
	}
	table_print(&t, s);
	table_free(&t);
}

/* "2026-11-25 ann", or "never". */
static void
put_when(struct table *t, struct slice when, struct slice who)
{
	struct buf b = BUF_INIT;

	if (when.len == 0)
		buf_puts(&b, "never");
	else
		buf_printf(&b, "%.10s %.*s", when.ptr, SLICE_ARG(who));
	table_add(t, STYLE_PLAIN, buf_slice(&b));
	buf_free(&b);
}

/* Who has to look at what; verified and edited are two things. */
static void
put_stale(struct screen *s, const struct result *r, size_t n)
{
	static const char *const head[] = { "ENTRY", "DUE", "OWNER",
		"VERIFIED", "EDITED", "TITLE" };
	struct table t;
	size_t i;

	table_init(&t, ARRAY_LEN(head));
	for (i = 0; i < ARRAY_LEN(head); i++)
		table_add(&t, STYLE_DIM, slice_of(head[i]));
	for (i = 0; i < n; i++) {
		table_add(&t, STYLE_PLAIN, result_text(r, i, ID));
		table_add(&t, STYLE_WARN, result_text(r, i, REVIEW_BY));
		table_add(&t, STYLE_PLAIN, result_text(r, i, OWNER));
		put_when(&t, result_text(r, i, VERIFIED_AT),
		    result_text(r, i, VERIFIED_BY));
		put_when(&t, result_text(r, i, UPDATED_AT),
		    result_text(r, i, UPDATED_BY));
		table_add(&t, STYLE_TITLE, result_text(r, i, TITLE));
	}
	table_print(&t, s);
	table_free(&t);
}

static bool
fetch(struct client *client, const struct args *args, struct result **r,
    struct err *e)
{
	struct statement s;
	bool ok;

	statement_init(&s, sql);
	s.has_where = true;
	ok = statement_filter(&s, client, args, e);
	if (ok && args_has(args, OPT_STALE))
		statement_where(&s, "stale");
	buf_puts(&s.sql, " ORDER BY document, position");
	ok = ok && statement_run(&s, client, r, e);
	statement_free(&s);
	return ok;
}

/* A check that is not met, when something is due. */
static enum exit_code
status(const struct args *args, size_t n)
{
	bool is_stale = args_has(args, OPT_STALE);

	if (n == 0 && !is_stale)
		report_note("there are no such entries");
	else if (n == 0)
		report_note("nothing is due");
	return (n != 0) != is_stale ? EXIT_DONE : EXIT_NOTHING;
}

enum exit_code
cmd_list(struct context *c)
{
	struct client *client;
	struct err e = ERR_INIT;
	struct result *r;
	size_t n;

	if (!context_client(c, &client, &e) ||
	    !fetch(client, c->args, &r, &e))
		return report_err(&e);
	n = result_rows(r);
	if (c->args->limit != 0 && (size_t)c->args->limit < n)
		n = (size_t)c->args->limit;
	if (args_has(c->args, OPT_JSON))
		put_json(c->out, r, n);
	else if (n != 0 && args_has(c->args, OPT_STALE))
		put_stale(c->out, r, n);
	else if (n != 0)
		put_table(c->out, r, n);
	result_free(r);
	return status(c->args, n);
}
