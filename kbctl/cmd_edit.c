/*
 * cmd_edit.c - kbctl edit ENTRY, kbctl append ENTRY: a new version of one
 * entry, made on top of the one that was shown.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "common/buf.h"
#include "kb/entry_tail.h"
#include "kbctl/change.h"
#include "kbctl/client.h"
#include "kbctl/command.h"
#include "kbctl/compose.h"
#include "kbctl/report.h"

#include <stdio.h>

struct editing {
	struct entry_text old;
	bool is_append;
	struct change change;
	struct changed done;
};

/*
 * A file without a base is taken as made from the newest version: then its
 * sender hears whose text he replaces.
 */
static bool
is_base_said(const struct compose *co, const struct composed *text)
{
	const struct args *args = co->c->args;

	return text->is_base_said || !args_has(args, OPT_FILE) ||
	    strchr(args->words[0], '@') != NULL;
}

static bool
send_edit(struct compose *co, const struct composed *text, struct err *e)
{
	struct editing *ed = co->arg;
	struct buf whole = BUF_INIT, message = BUF_INIT;
	bool ok;

	if (ed->is_append)
		entry_append(slice_of(ed->old.markdown), text->body, &whole);
	else
		buf_put_slice(&whole, text->body);
	buf_put_slice(&message, text->message);
	ed->change.markdown = buf_cstr(&whole);
	ed->change.message = buf_cstr(&message);
	ed->change.base_version = text->version;
	ok = change_run(co->client, &ed->change, &ed->done, e);
	if (ok && !ed->is_append && !is_base_said(co, text))
		report_note("it replaces version %lld by %s, %.16s",
		    (long long)ed->old.version, ed->old.updated_by,
		    ed->old.updated_at);
	ed->change.markdown = ed->change.message = NULL;
	buf_free(&whole);
	buf_free(&message);
	return ok;
}

static enum exit_code
compose_edit(struct context *c, struct client *client, struct editing *ed,
    struct arena *a)
{
	struct compose co = { .c = c, .client = client,
		.entry = ed->old.entry, .version = ed->old.version,
		.is_fragment = ed->is_append, .send = send_edit, .arg = ed };
	enum exit_code code;
	bool sent;

	co.what = arena_printf(a, "%s: %s of %s", ed->is_append ?
	    "to be added at the end of" : "entry", ed->old.slug,
	    ed->old.document).ptr;
	co.stem = arena_printf(a, "%lld", (long long)ed->old.entry).ptr;
	if (!ed->is_append)
		co.before = slice_of(ed->old.markdown);
	ed->change = (struct change){ .verb = CHANGE_SAVE,
		.entry = ed->old.entry, .document = ed->old.document,
		.allow_secret = args_has(c->args, OPT_ALLOW_SECRET) };
	code = compose_run(&co, &sent);
	if (code != EXIT_DONE)
		return code;
	if (!sent)
		ed->done = (struct changed){ ed->old.entry, ed->old.version,
			0, false };
	change_report(c, ed->is_append ? "added to" : "saved", &ed->change,
	    &ed->done);
	return EXIT_DONE;
}

static enum exit_code
edit(struct context *c, bool is_append)
{
	struct editing ed = { .is_append = is_append };
	struct arena a = ARENA_INIT;
	struct err e = ERR_INIT;
	struct client *client;
	enum exit_code code;

	if (!context_client(c, &client, &e) ||
	    !entry_text_find(client, c->args->words[0], &a, &ed.old, &e))
		code = report_err(&e);
	else
		code = compose_edit(c, client, &ed, &a);
	arena_free(&a);
	return code;
}

enum exit_code
cmd_edit(struct context *c)
{
	return edit(c, false);
}

enum exit_code
cmd_append(struct context *c)
{
	return edit(c, true);
}
