/*
 * cmd_blame.c - kbctl blame ENTRY: who last touched each line, and when.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "common/json.h"
#include "common/print.h"
#include "common/str.h"
#include "kbctl/client.h"
#include "kbctl/command.h"
#include "kbctl/lookup.h"
#include "kbctl/report.h"
#include "kbctl/runs.h"

#include <stdio.h>

enum { LINE, TEXT, VERSION_NUMBER, REVISION, AUTHOR, CREATED_AT, MESSAGE };

#define WHO_COLUMNS 10

static bool
fetch(struct context *c, struct entry_ref *ref, struct result **r,
    struct err *e)
{
	static const char sql[] = "SELECT line, text, version, revision,"
	    " author, created_at, message FROM blame($1) ORDER BY line";
	struct client *client;
	struct param p;

	if (!context_client(c, &client, e) ||
	    !lookup_entry(client, c->args->words[0], ref, e))
		return false;
	param_int(&p, ref->number);
	return client_query(client, sql, &p, 1, r, e);
}

static void
put_json(struct screen *s, const struct entry_ref *ref,
    const struct result *r)
{
	struct json *doc = js_document("kb.blame/1"), *list = js_array(), *row;
	size_t i;

	js_put_int(doc, "entry", ref->number);
	for (i = 0; i < result_rows(r); i++) {
		row = js_object();
		js_put_int(row, "line", result_int(r, i, LINE));
		js_put_text(row, "text", result_text(r, i, TEXT));
		js_put_int(row, "version", result_int(r, i, VERSION_NUMBER));
		js_put_int(row, "revision", result_int(r, i, REVISION));
		js_put_text(row, "author", result_text(r, i, AUTHOR));
		js_put_time(row, "created", result_text(r, i, CREATED_AT));
		js_put_text(row, "message", result_text(r, i, MESSAGE));
		js_add(list, row);
	}
	js_put(doc, "lines", list);
	js_write(doc, &s->out);
	js_free(doc);
}

/* A text in exactly so many columns. */
static void
put_cell(struct buf *b, struct slice text, size_t columns)
{
	size_t at = 0, next, used = 0;

	while (at < text.len) {
		int32_t cp = utf8_decode(text, at, &next);
		size_t w = str_width(slice_sub(text, at, next));

		if (used + w > columns || cp < 0)
			break;
		used += w;
		at = next;
	}
	buf_put_slice(b, slice_sub(text, 0, at));
	while (used++ < columns)
		buf_putc(b, ' ');
}

/*
 * "r12   v3  ann        2026-11-25  ", once for lines that follow each
 * other; blank below it.
 */
static void
put_margin(struct buf *b, const struct result *r, size_t i)
{
	char number[32];

	buf_reset(b);
	snprintf(number, sizeof(number), "r%-4lld v%-3lld ",
	    (long long)result_int(r, i, REVISION),
	    (long long)result_int(r, i, VERSION_NUMBER));
	buf_puts(b, number);
	put_cell(b, result_text(r, i, AUTHOR), WHO_COLUMNS);
	buf_putc(b, ' ');
	buf_put_slice(b, slice_sub(result_text(r, i, CREATED_AT), 0, 10));
	buf_puts(b, " │ ");
}

static void
put_table(struct screen *s, const struct result *r)
{
	struct buf margin = BUF_INIT, blank = BUF_INIT;
	struct runs line = RUNS_INIT;
	bool is_new;
	size_t i, n;

	for (i = 0; i < result_rows(r); i++) {
		is_new = i == 0 || result_int(r, i, REVISION) !=
		    result_int(r, i - 1, REVISION);
		put_margin(&margin, r, i);
		buf_reset(&blank);
		for (n = str_width(buf_slice(&margin)); n > 2; n--)
			buf_putc(&blank, ' ');
		buf_puts(&blank, "│ ");
		runs_reset(&line);
		runs_add(&line, STYLE_PLAIN, result_text(r, i, TEXT));
		runs_print(&line, s, buf_slice(is_new || !s->is_terminal ?
		    &margin : &blank), buf_slice(&blank));
	}
	runs_free(&line);
	buf_free(&margin);
	buf_free(&blank);
}

enum exit_code
cmd_blame(struct context *c)
{
	struct entry_ref ref;
	struct err e = ERR_INIT;
	struct result *r;
	size_t n;

	if (!fetch(c, &ref, &r, &e))
		return report_err(&e);
	n = result_rows(r);
	if (args_has(c->args, OPT_JSON))
		put_json(c->out, &ref, r);
	else
		put_table(c->out, r);
	if (n == 0)
		report_note("there is no entry %lld", (long long)ref.number);
	result_free(r);
	return n != 0 ? EXIT_DONE : EXIT_NOTHING;
}
