/*
 * cmd_show.c - kbctl show ENTRY[@VERSION]: one entry, whole.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "common/json.h"
#include "common/print.h"
#include "kb/render_term.h"
#include "kbctl/client.h"
#include "kbctl/command.h"
#include "kbctl/entry_json.h"
#include "kbctl/lookup.h"
#include "kbctl/report.h"

static void
put_remark(struct screen *s, const char *label, struct slice text)
{
	if (text.len == 0)
		return;
	print_string(s, STYLE_DIM, s->out.len != 0 &&
	    s->out.data[s->out.len - 1] != '\n' ? " · " : "");
	print_string(s, STYLE_DIM, label);
	print_text(s, STYLE_DIM, text);
}

/* "verified 2026-11-25 by ann (version 3) · owner bob · due 2027-01-31" */
static void
put_review(struct screen *s, const struct json *entry)
{
	struct slice when = slice_sub(js_text(entry, "verified"), 0, 10);
	struct slice due = js_text(entry, "review_by");
	struct buf b = BUF_INIT;

	if (when.len != 0)
		buf_printf(&b, "%.*s by %.*s (version %lld)", SLICE_ARG(when),
		    SLICE_ARG(js_text(entry, "verified_by")),
		    (long long)js_int(entry, "verified_version"));
	put_remark(s, "verified ", buf_slice(&b));
	put_remark(s, "owner ", js_text(entry, "owner"));
	put_remark(s, js_is_true(entry, "stale") ? "review was due " :
	    "review by ", due);
	if (when.len != 0 || due.len != 0 || js_text(entry, "owner").len != 0)
		print_end(s);
	buf_free(&b);
}

/* "entry 12 · InterviewPro · critical problem · version 3 · ..." */
static void
put_head(struct screen *s, const struct json *entry)
{
	struct buf id = BUF_INIT;

	buf_printf(&id, "%lld", (long long)js_int(entry, "entry"));
	put_remark(s, "entry ", buf_slice(&id));
	put_remark(s, "", js_text(entry, "document"));
	put_remark(s, "", js_text(entry, "severity"));
	put_remark(s, "", js_text(entry, "kind"));
	buf_reset(&id);
	buf_printf(&id, "%lld", (long long)js_int(entry, "version"));
	put_remark(s, "version ", buf_slice(&id));
	put_remark(s, "", slice_sub(js_text(entry, "updated"), 0, 10));
	put_remark(s, "", js_text(entry, "updated_by"));
	if (js_is_true(entry, "archived"))
		put_remark(s, "", SLICE("archived"));
	print_end(s);
	put_review(s, entry);
	buf_free(&id);
}

/* The entries right below: a heading may have no text of its own. */
static void
put_children(struct screen *s, const struct json *entry)
{
	const struct json *list = js_get(entry, "children");
	size_t i;

	if (js_size(list) == 0)
		return;
	print_end(s);
	for (i = 0; i < js_size(list); i++) {
		struct buf line = BUF_INIT;

		buf_printf(&line, "%6lld  ",
		    (long long)js_int(js_at(list, i), "entry"));
		print_text(s, STYLE_DIM, buf_slice(&line));
		print_cut(s, STYLE_PLAIN, js_text(js_at(list, i), "title"),
		    s->columns - 8);
		print_end(s);
		buf_free(&line);
	}
}

static void
put_entry(struct screen *s, const struct json *entry)
{
	struct render_options options = { s->columns, s->color };

	put_head(s, entry);
	render_term(js_text(entry, "markdown"), &options, &s->out);
	put_children(s, entry);
}

enum exit_code
cmd_show(struct context *c)
{
	struct client *client;
	struct entry_ref ref;
	struct json *entry;
	struct err e = ERR_INIT;

	if (!context_client(c, &client, &e) ||
	    !lookup_entry(client, c->args->words[0], &ref, &e) ||
	    !entry_json_fetch(client, &ref, &entry, &e))
		return report_err(&e);
	if (args_has(c->args, OPT_JSON))
		js_write(entry, &c->out->out);
	else
		put_entry(c->out, entry);
	js_free(entry);
	return EXIT_DONE;
}
