/*
 * change.c - the server's procedures that change something; see change.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbctl/change.h"
#include "common/json.h"
#include "common/print.h"
#include "kbctl/client.h"
#include "kbctl/command.h"

/* The values of a CALL; which of them a procedure takes, its SQL says. */
enum arg { A_DOCUMENT, A_NEW_NAME, A_ENTRY, A_AFTER, A_VERSION,
	A_BASE_VERSION, A_BASE_REVISION, A_MARKDOWN, A_REVIEW_BY, A_MESSAGE,
	A_ALLOW_SECRET, A_NONE = -1 };

#define ARGS_MAX 6

struct procedure {
	const char *sql;
	enum arg args[ARGS_MAX];
};

static const struct procedure procedures[] = {
	[CHANGE_ADD] = { "CALL add_entry(document => $1, after_entry => $2,"
	    " markdown => $3, message => $4, allow_secret => $5)",
	    { A_DOCUMENT, A_AFTER, A_MARKDOWN, A_MESSAGE, A_ALLOW_SECRET,
	    A_NONE } },
	[CHANGE_SAVE] = { "CALL save_entry(entry => $1, base_version => $2,"
	    " markdown => $3, message => $4, allow_secret => $5)",
	    { A_ENTRY, A_BASE_VERSION, A_MARKDOWN, A_MESSAGE, A_ALLOW_SECRET,
	    A_NONE } },
	[CHANGE_ARCHIVE] = { "CALL archive_entry(entry => $1,"
	    " base_version => $2, message => $3)",
	    { A_ENTRY, A_BASE_VERSION, A_MESSAGE, A_NONE } },
	[CHANGE_UNARCHIVE] = { "CALL unarchive_entry(entry => $1,"
	    " base_version => $2, message => $3)",
	    { A_ENTRY, A_BASE_VERSION, A_MESSAGE, A_NONE } },
	[CHANGE_MOVE] = { "CALL move_entry(entry => $1, base_version => $2,"
	    " after_entry => $3, message => $4)",
	    { A_ENTRY, A_BASE_VERSION, A_AFTER, A_MESSAGE, A_NONE } },
	[CHANGE_REVERT] = { "CALL revert_entry(entry => $1, version => $2,"
	    " base_version => $3, message => $4)",
	    { A_ENTRY, A_VERSION, A_BASE_VERSION, A_MESSAGE, A_NONE } },
	[CHANGE_REVIEW] = { "CALL review_entry(entry => $1,"
	    " base_version => $2, review_by => $3, message => $4)",
	    { A_ENTRY, A_BASE_VERSION, A_REVIEW_BY, A_MESSAGE, A_NONE } },
	[CHANGE_CREATE_DOCUMENT] = { "CALL create_document(name => $1,"
	    " markdown => $2, message => $3, allow_secret => $4)",
	    { A_DOCUMENT, A_MARKDOWN, A_MESSAGE, A_ALLOW_SECRET, A_NONE } },
	[CHANGE_RENAME_DOCUMENT] = { "CALL rename_document(name => $1,"
	    " new_name => $2, message => $3)",
	    { A_DOCUMENT, A_NEW_NAME, A_MESSAGE, A_NONE } },
	[CHANGE_ARCHIVE_DOCUMENT] = { "CALL archive_document(name => $1,"
	    " base_revision => $2, message => $3)",
	    { A_DOCUMENT, A_BASE_REVISION, A_MESSAGE, A_NONE } },
	[CHANGE_UNARCHIVE_DOCUMENT] = { "CALL unarchive_document("
	    "name => $1, message => $2)",
	    { A_DOCUMENT, A_MESSAGE, A_NONE } },
	[CHANGE_PURGE] = { "CALL purge_entry(entry => $1, version => $2,"
	    " message => $3)",
	    { A_ENTRY, A_VERSION, A_MESSAGE, A_NONE } },
};

static void
put_arg(const struct change *w, enum arg which, struct param *p)
{
	switch (which) {
	case A_DOCUMENT:
		param_text(p, w->document);
		break;
	case A_NEW_NAME:
		param_text(p, w->new_name);
		break;
	case A_ENTRY:
		param_int(p, w->entry);
		break;
	case A_AFTER:
		if (w->after != 0)
			param_int(p, w->after);
		else
			param_null(p);
		break;
	case A_VERSION:
		param_int(p, w->version);
		break;
	case A_BASE_VERSION:
		param_int(p, w->base_version);
		break;
	case A_BASE_REVISION:
		param_int(p, w->base_revision);
		break;
	case A_MARKDOWN:
		param_text(p, w->markdown);
		break;
	case A_REVIEW_BY:
		param_text(p, w->review_by);
		break;
	case A_MESSAGE:
		param_text(p, w->message != NULL ? w->message : "");
		break;
	case A_ALLOW_SECRET:
		param_text(p, w->allow_secret ? "true" : "false");
		break;
	case A_NONE:
		break;
	}
}

static void
read_result(const struct result *r, enum change_verb verb,
    struct changed *out)
{
	enum { ENTRY, VERSION_NUMBER, REVISION, MERGED };

	*out = (struct changed){ 0, 0, 0, false };
	if (result_rows(r) == 0)
		return;
	switch (verb) {
	case CHANGE_CREATE_DOCUMENT:
	case CHANGE_RENAME_DOCUMENT:
	case CHANGE_ARCHIVE_DOCUMENT:
	case CHANGE_UNARCHIVE_DOCUMENT:
		out->revision = result_int(r, 0, 1);
		return;
	case CHANGE_PURGE:
		out->entry = result_int(r, 0, ENTRY);
		out->version = result_int(r, 0, VERSION_NUMBER);
		return;
	case CHANGE_ADD:
	case CHANGE_SAVE:
	case CHANGE_ARCHIVE:
	case CHANGE_UNARCHIVE:
	case CHANGE_MOVE:
	case CHANGE_REVERT:
	case CHANGE_REVIEW:
		break;
	}
	out->entry = result_int(r, 0, ENTRY);
	out->version = result_int(r, 0, VERSION_NUMBER);
	out->revision = result_int(r, 0, REVISION);
	out->is_merged = result_bool(r, 0, MERGED);
}

bool
change_run(struct client *c, const struct change *what,
    struct changed *out, struct err *e)
{
	const struct procedure *f = &procedures[what->verb];
	struct param p[ARGS_MAX];
	struct result *r;
	unsigned n;

	for (n = 0; n < ARGS_MAX && f->args[n] != A_NONE; n++)
		put_arg(what, f->args[n], &p[n]);
	if (!client_query(c, f->sql, p, n, &r, e))
		return false;
	read_result(r, what->verb, out);
	result_free(r);
	return true;
}

static void
put_json(struct screen *s, const char *action, const struct change *what,
    const struct changed *done, const struct entry_text *t)
{
	struct json *doc = js_document("kb.change/1");

	js_put_text(doc, "action", slice_of(action));
	if (done->entry != 0)
		js_put_int(doc, "entry", done->entry);
	else
		js_put_null(doc, "entry");
	js_put_text_or_null(doc, "document", slice_of(t != NULL ?
	    t->document : what->new_name != NULL ? what->new_name :
	    what->document));
	js_put_text_or_null(doc, "slug", slice_of(t != NULL ? t->slug : NULL));
	js_put_text_or_null(doc, "title",
	    slice_of(t != NULL ? t->title : NULL));
	if (done->entry != 0)
		js_put_int(doc, "version", done->version);
	else
		js_put_null(doc, "version");
	if (done->revision != 0)
		js_put_int(doc, "revision", done->revision);
	else
		js_put_null(doc, "revision");
	js_put_bool(doc, "merged", done->is_merged);
	js_write(doc, &s->out);
	js_free(doc);
}

/* "recorded 26  nginx 502, as 26-nginx-502 in Notes (version 1, ...)" */
static void
put_line(struct screen *s, const char *action, const struct change *what,
    const struct changed *done, const struct entry_text *t)
{
	struct buf b = BUF_INIT;

	buf_printf(&b, "%s ", done->revision == 0 &&
	    what->verb != CHANGE_PURGE ? "no changes:" : action);
	if (t != NULL) {
		buf_printf(&b, "entry %lld: ", (long long)t->entry);
		print_string(s, STYLE_PLAIN, buf_cstr(&b));
		print_string(s, STYLE_TITLE, t->title);
		buf_reset(&b);
		buf_printf(&b, ", /e/%s in %s, version %lld", t->slug,
		    t->document, (long long)done->version);
	} else {
		buf_printf(&b, "document %s", what->new_name != NULL ?
		    what->new_name : what->document);
	}
	if (done->revision != 0)
		buf_printf(&b, ", revision %lld", (long long)done->revision);
	if (done->is_merged)
		buf_puts(&b, ", merged with what changed meanwhile");
	print_string(s, STYLE_PLAIN, buf_cstr(&b));
	print_end(s);
	buf_free(&b);
}

void
change_report(struct context *c, const char *action,
    const struct change *what, const struct changed *done)
{
	struct arena a = ARENA_INIT;
	struct err e = ERR_INIT;
	struct entry_text t;
	bool has_text = done->entry != 0 && entry_text_fetch(c->client,
	    done->entry, 0, &a, &t, &e);

	if (args_has(c->args, OPT_JSON))
		put_json(c->out, action, what, done, has_text ? &t : NULL);
	else if (!args_has(c->args, OPT_QUIET))
		put_line(c->out, action, what, done, has_text ? &t : NULL);
	arena_free(&a);
}
