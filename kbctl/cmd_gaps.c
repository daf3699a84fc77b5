/*
 * cmd_gaps.c - kbctl gaps: searches that found nothing, most asked first.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "common/json.h"
#include "common/print.h"
#include "kbctl/client.h"
#include "kbctl/command.h"
#include "kbctl/report.h"

enum { QUERY, ASKED, FIRST_AT, LAST_AT };

static const char sql[] = "SELECT query, asked, first_at, last_at FROM gaps"
    " ORDER BY asked DESC, last_at DESC, query";

static void
put_json(struct screen *s, const struct result *r, size_t n)
{
	struct json *doc = js_document("kb.gaps/1"), *list = js_array();
	size_t i;

	js_put_int(doc, "total", (int64_t)result_rows(r));
	for (i = 0; i < n; i++) {
		struct json *gap = js_object();

		js_put_text(gap, "query", result_text(r, i, QUERY));
		js_put_int(gap, "asked", result_int(r, i, ASKED));
		js_put_time(gap, "first", result_text(r, i, FIRST_AT));
		js_put_time(gap, "last", result_text(r, i, LAST_AT));
		js_add(list, gap);
	}
	js_put(doc, "gaps", list);
	js_write(doc, &s->out);
	js_free(doc);
}

static void
put_table(struct screen *s, const struct result *r, size_t n)
{
	static const char *const head[] = { "ASKED", "LAST (UTC)", "QUERY" };
	struct table t;
	size_t i;

	table_init(&t, ARRAY_LEN(head));
	for (i = 0; i < ARRAY_LEN(head); i++)
		table_add(&t, STYLE_DIM, slice_of(head[i]));
	for (i = 0; i < n; i++) {
		table_add(&t, STYLE_PLAIN, result_text(r, i, ASKED));
		table_add(&t, STYLE_PLAIN,
		    print_minute(result_text(r, i, LAST_AT)));
		table_add(&t, STYLE_TITLE, result_text(r, i, QUERY));
	}
	table_print(&t, s);
	table_free(&t);
}

enum exit_code
cmd_gaps(struct context *c)
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
		report_note("every search found something");
	else
		report_note("kbctl new records what was missing");
	result_free(r);
	return n != 0 ? EXIT_DONE : EXIT_NOTHING;
}
