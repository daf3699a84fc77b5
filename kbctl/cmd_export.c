/*
 * cmd_export.c - kbctl export DOC [-]: Markdown out, byte for byte.
 *
 * Into a file or a pipe exactly the stored bytes; on a terminal they are
 * made visible first, since they may be anybody's.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "common/visible.h"
#include "kbctl/client.h"
#include "kbctl/command.h"
#include "kbctl/json.h"
#include "kbctl/lookup.h"
#include "kbctl/pager.h"
#include "kbctl/print.h"
#include "kbctl/report.h"

static const char sql[] =
    "SELECT markdown, revision FROM document_at($1, $2)";
static const char sql_now[] = "SELECT markdown, revision FROM document_at($1)";

static void
put_json(struct screen *s, const char *name, const struct result *r)
{
	struct json *doc = js_document("kb.export/1");

	js_put_text(doc, "document", slice_of(name));
	js_put_int(doc, "revision", result_int(r, 0, 1));
	js_put_text(doc, "markdown", result_text(r, 0, 0));
	js_write(doc, &s->out);
	js_free(doc);
}

static enum exit_code
put(struct context *c, const char *name, const struct result *r)
{
	struct slice markdown = result_text(r, 0, 0);

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

static bool
fetch(struct client *client, const char *name, const char *as_of,
    struct result **r, struct err *e)
{
	struct param p[2];

	param_text(&p[0], name);
	param_text(&p[1], as_of);
	if (!client_query(client, as_of != NULL ? sql : sql_now, p,
	    as_of != NULL ? 2 : 1, r, e))
		return false;
	if (result_rows(*r) != 0)
		return true;
	result_free(*r);
	if (as_of != NULL)
		return err_set(e, ERR_NOT_FOUND, "there was no document \"%s\" "
		    "as of %s", name, as_of);
	err_set(e, ERR_NOT_FOUND, "there is no document \"%s\"", name);
	return err_hint(e, "kbctl docs lists them.");
}

static enum exit_code
export_one(struct context *c)
{
	struct client *client;
	struct err e = ERR_INIT;
	struct result *r;
	enum exit_code code;

	if (!context_client(c, &client, &e) ||
	    !fetch(client, c->args->words[0], args_value(c->args, OPT_AS_OF),
	    &r, &e))
		return report_err(&e);
	code = put(c, c->args->words[0], r);
	result_free(r);
	return code;
}

enum exit_code
cmd_export(struct context *c)
{
	const struct args *a = c->args;

	if (args_has(a, OPT_ALL)) {
		report_error("\"export --all\" is not available in this "
		    "version");
		return EXIT_USAGE;
	}
	return export_one(c);
}
