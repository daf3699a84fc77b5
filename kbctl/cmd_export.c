/*
 * cmd_export.c - kbctl export DOC [-], kbctl export --all DIR: Markdown out,
 * byte for byte.
 *
 * Into a file or a pipe exactly the stored bytes; on a terminal they are
 * made visible first, since they may be anybody's.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "common/json.h"
#include "common/print.h"
#include "common/visible.h"
#include "kbctl/client.h"
#include "kbctl/command.h"
#include "kbctl/export_all.h"
#include "kbctl/export_document.h"
#include "kbctl/pager.h"
#include "kbctl/report.h"

static void
put_json(struct screen *s, const char *name, const struct result *r)
{
	struct json *doc = js_document("kb.export/1");

	js_put_text(doc, "document", slice_of(name));
	js_put_int(doc, "revision", result_int(r, 0, EXPORT_REVISION));
	js_put_text(doc, "markdown", result_text(r, 0, EXPORT_MARKDOWN));
	js_write(doc, &s->out);
	js_free(doc);
}

static enum exit_code
put(struct context *c, const char *name, const struct result *r)
{
	struct slice markdown = result_text(r, 0, EXPORT_MARKDOWN);

	if (args_has(c->args, OPT_JSON)) {
		put_json(c->out, name, r);
	} else if (c->out->is_terminal) {
		visible_put(&c->out->out, markdown, VISIBLE_TEXT);
	} else if (!pager_write_raw(markdown)) {
		report_error("could not write to standard output");
		return EXIT_FAILED;
	}
	return EXIT_DONE;
}

static enum exit_code
export_one(struct context *c)
{
	struct client *client;
	struct err e = ERR_INIT;
	struct result *r;
	enum exit_code code;

	if (!context_client(c, &client, &e) ||
	    !export_document(client, c->args->words[0],
	    args_value(c->args, OPT_AS_OF), &r, &e))
		return report_err(&e);
	code = put(c, c->args->words[0], r);
	result_free(r);
	return code;
}

/* "DOC", "DOC -", or --all alone. */
static bool
words_fit(const struct args *a)
{
	if (args_has(a, OPT_ALL))
		return a->nwords == 0 && !args_has(a, OPT_JSON);
	return a->nwords == 1 ||
	    (a->nwords == 2 && strcmp(a->words[1], "-") == 0);
}

enum exit_code
cmd_export(struct context *c)
{
	const char *dir = args_value(c->args, OPT_ALL);
	struct client *client;
	struct err e = ERR_INIT;

	if (!words_fit(c->args)) {
		err_set(&e, ERR_INVALID, "usage: kbctl export DOC [-], or "
		    "kbctl export --all DIR");
		command_hint_search(c->args, &e);
		return report_err(&e);
	}
	if (dir == NULL)
		return export_one(c);
	if (!context_client(c, &client, &e))
		return report_err(&e);
	return export_all(client, dir, args_value(c->args, OPT_AS_OF));
}
