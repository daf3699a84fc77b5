/*
 * cmd_docs.c - kbctl docs: the documents.
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

enum { NAME, TITLE, SOURCE, ENTRIES, REVISION, UPDATED_AT, UPDATED_BY,
	DOCUMENT_DATE, NEXT_REVIEW };

static const char sql[] = "SELECT name, title, source, entries, revision,"
    " updated_at, updated_by, document_date, next_review FROM documents"
    " WHERE NOT archived ORDER BY name";

static struct json *
document_json(const struct result *r, size_t i)
{
	struct json *d = js_object();

	js_put_text(d, "name", result_text(r, i, NAME));
	js_put_text(d, "title", result_text(r, i, TITLE));
	js_put_text(d, "source", result_text(r, i, SOURCE));
	js_put_int(d, "entries", result_int(r, i, ENTRIES));
	js_put_int(d, "revision", result_int(r, i, REVISION));
	js_put_time(d, "updated", result_text(r, i, UPDATED_AT));
	js_put_text(d, "updated_by", result_text(r, i, UPDATED_BY));
	js_put_text_or_null(d, "document_date",
	    result_text(r, i, DOCUMENT_DATE));
	js_put_text_or_null(d, "next_review", result_text(r, i, NEXT_REVIEW));
	return d;
}

static void
put_json(struct screen *s, const struct result *r, size_t n)
{
	struct json *doc = js_document("kb.documents/1"), *list = js_array();
	size_t i;

	js_put_int(doc, "total", (int64_t)result_rows(r));
	for (i = 0; i < n; i++)
		js_add(list, document_json(r, i));
	js_put(doc, "documents", list);
	js_write(doc, &s->out);
	js_free(doc);
}

static void
put_table(struct screen *s, const struct result *r, size_t n)
{
	static const char *const head[] = { "DOCUMENT", "ENTRIES", "REVISION",
		"UPDATED (UTC)", "TITLE" };
	struct table t;
	size_t i;

	table_init(&t, ARRAY_LEN(head));
	for (i = 0; i < ARRAY_LEN(head); i++)
		table_add(&t, STYLE_DIM, slice_of(head[i]));
	for (i = 0; i < n; i++) {
		table_add(&t, STYLE_TITLE, result_text(r, i, NAME));
		table_add(&t, STYLE_PLAIN, result_text(r, i, ENTRIES));
		table_add(&t, STYLE_PLAIN, result_text(r, i, REVISION));
		table_add(&t, STYLE_PLAIN,
		    print_minute(result_text(r, i, UPDATED_AT)));
		table_add(&t, STYLE_PLAIN, result_text(r, i, TITLE));
	}
	table_print(&t, s);
	table_free(&t);
}

enum exit_code
cmd_docs(struct context *c)
{
	struct client *client;
	struct err e = ERR_INIT;
	struct result *r;
	size_t n;

	if (!context_client(c, &client, &e) ||
	    !client_query(client, sql, NULL, 0, &r, &e))
		return report_err(&e);
	n = result_rows(r);
	if (c->args->limit != 0 && (size_t)c->args->limit < n)
		n = (size_t)c->args->limit;
	if (args_has(c->args, OPT_JSON))
		put_json(c->out, r, n);
	else if (n != 0)
		put_table(c->out, r, n);
	if (n == 0)
		report_note("there are no documents yet; kbctl import FILE "
		    "brings one in");
	result_free(r);
	return n != 0 ? EXIT_DONE : EXIT_NOTHING;
}
