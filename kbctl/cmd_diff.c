/*
 * cmd_diff.c - kbctl diff ENTRY [A [B]]: what changed between two versions.
 *
 *   diff 12        the last change
 *   diff 12@3      the change that made version 3
 *   diff 12 1      from version 1 to the newest
 *   diff 12 1 2    from version 1 to version 2
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "common/json.h"
#include "common/print.h"
#include "common/str.h"
#include "kbctl/change.h"
#include "kbctl/client.h"
#include "kbctl/command.h"
#include "kbctl/diff_view.h"
#include "kbctl/lookup.h"
#include "kbctl/report.h"

struct versions {
	struct entry_text from, to;
};

static bool
read_version(const char *word, int64_t *out, struct err *e)
{
	return str_int(slice_of(word), 1, INT64_MAX, out) ||
	    err_set(e, ERR_INVALID, "\"%s\" is no version: it is a number",
	    word);
}

/* The version before one, or that itself when it is the first. */
static bool
fetch_before(struct client *c, int64_t entry, int64_t version,
    struct arena *a, struct entry_text *out, struct err *e)
{
	return entry_text_fetch(c, entry, version > 1 ? version - 1 : version,
	    a, out, e);
}

static bool
find_versions(struct context *c, struct arena *a, struct versions *v,
    struct err *e)
{
	const struct args *args = c->args;
	struct client *client;
	struct entry_ref ref;
	int64_t from = 0, to = 0;

	if (!context_client(c, &client, e) ||
	    !lookup_entry(client, args->words[0], &ref, e) ||
	    (args->nwords > 1 && !read_version(args->words[1], &from, e)) ||
	    (args->nwords > 2 && !read_version(args->words[2], &to, e)))
		return false;
	if (to == 0)
		to = ref.version;
	if (!entry_text_fetch(client, ref.number, to, a, &v->to, e))
		return false;
	if (from != 0)
		return entry_text_fetch(client, ref.number, from, a, &v->from,
		    e);
	return fetch_before(client, ref.number, v->to.version, a, &v->from,
	    e);
}

static void
put_version(struct screen *s, const char *mark, const struct entry_text *t)
{
	struct buf b = BUF_INIT;

	buf_printf(&b, "%s version %lld  %s  %.16s  ", mark,
	    (long long)t->version, t->updated_by, t->updated_at);
	print_string(s, STYLE_DIM, buf_cstr(&b));
	if (s->is_terminal && str_width(buf_slice(&b)) + 4 < s->columns)
		print_cut(s, STYLE_DIM, slice_of(t->message),
		    s->columns - (unsigned)str_width(buf_slice(&b)));
	else
		print_string(s, STYLE_DIM, t->message);
	print_end(s);
	buf_free(&b);
}

static bool
put_text(struct screen *s, const struct versions *v)
{
	struct buf b = BUF_INIT;

	buf_printf(&b, "entry %lld · %s  ", (long long)v->to.entry,
	    v->to.document);
	print_string(s, STYLE_DIM, buf_cstr(&b));
	print_string(s, STYLE_TITLE, v->to.title);
	print_end(s);
	put_version(s, "-", &v->from);
	put_version(s, "+", &v->to);
	print_end(s);
	buf_free(&b);
	return diff_view_put(s, slice_of(v->from.markdown),
	    slice_of(v->to.markdown));
}

static struct json *
version_json(const struct entry_text *t)
{
	struct json *d = js_object();

	js_put_int(d, "version", t->version);
	js_put_int(d, "revision", t->revision);
	js_put_text(d, "author", slice_of(t->updated_by));
	js_put_time(d, "created", slice_of(t->updated_at));
	js_put_text(d, "message", slice_of(t->message));
	return d;
}

static bool
put_json(struct screen *s, const struct versions *v)
{
	struct json *doc = js_document("kb.diff/1"), *hunks;
	bool is_changed;

	hunks = diff_view_json(slice_of(v->from.markdown),
	    slice_of(v->to.markdown));
	is_changed = js_size(hunks) != 0;
	js_put_int(doc, "entry", v->to.entry);
	js_put_text(doc, "document", slice_of(v->to.document));
	js_put_text(doc, "title", slice_of(v->to.title));
	js_put(doc, "from", version_json(&v->from));
	js_put(doc, "to", version_json(&v->to));
	js_put(doc, "hunks", hunks);
	js_write(doc, &s->out);
	js_free(doc);
	return is_changed;
}

enum exit_code
cmd_diff(struct context *c)
{
	struct arena a = ARENA_INIT;
	struct err e = ERR_INIT;
	struct versions v;
	bool is_changed;

	if (!find_versions(c, &a, &v, &e)) {
		arena_free(&a);
		return report_err(&e);
	}
	is_changed = args_has(c->args, OPT_JSON) ? put_json(c->out, &v) :
	    put_text(c->out, &v);
	if (!is_changed && !args_has(c->args, OPT_JSON))
		report_note("versions %lld and %lld are the same",
		    (long long)v.from.version, (long long)v.to.version);
	arena_free(&a);
	return is_changed ? EXIT_NOTHING : EXIT_DONE;
}
