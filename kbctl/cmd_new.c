/*
 * cmd_new.c - kbctl new: record a lesson.
 *
 * The editor begins with a template, filled from the last search that found
 * nothing or from a log; the entry is filed among its like.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "common/buf.h"
#include "common/str.h"
#include "kb/document.h"
#include "kb/entry.h"
#include "kb/entry_tail.h"
#include "kbctl/ask.h"
#include "kbctl/change.h"
#include "kbctl/client.h"
#include "kbctl/command.h"
#include "kbctl/compose.h"
#include "kbctl/files.h"
#include "kbctl/log_errors.h"
#include "kbctl/lookup.h"
#include "kbctl/pasted.h"
#include "kbctl/place.h"
#include "kbctl/report.h"
#include "kbctl/similar.h"
#include "kbctl/template.h"
#include "kbctl/unanswered.h"

#define LOG_MAX (256u * 1024 * 1024)
#define LOG_ERRORS 5		/* taken from it */
#define TITLE_MAX 120		/* bytes of a search that become a title */

struct recording {
	struct context *c;
	struct client *client;
	struct arena arena;
	const char *document;	/* NULL: not known yet */
	struct place place;
	struct slice kind;
	struct buf log;		/* owned; errors point to it */
	struct buf query;	/* owned */
	struct change change;
	struct changed done;
	int64_t add_to;		/* that gets the text instead; 0: none */
};

/* --doc, else the only document, else the one with most entries of the kind. */
static bool
find_document(struct recording *r, struct err *e)
{
	static const char sql[] = "SELECT d.name FROM documents d LEFT JOIN"
	    " entries x ON x.document = d.name AND x.kind = $1"
	    " AND NOT x.archived WHERE NOT d.archived GROUP BY d.name"
	    " ORDER BY count(x.id) DESC, d.name LIMIT 1";
	const char *given = args_value(r->c->args, OPT_DOC);
	struct result *rows;
	struct param p;
	bool found;

	if (given != NULL)
		return lookup_document(r->client, given, &r->arena,
		    &r->document, e);
	param_text(&p, arena_cstr(&r->arena, r->kind));
	if (!client_query(r->client, sql, &p, 1, &rows, e))
		return false;
	found = result_rows(rows) != 0;
	if (found)
		r->document = arena_cstr(&r->arena, result_text(rows, 0, 0));
	result_free(rows);
	if (found)
		return true;
	err_set(e, ERR_NOT_FOUND, "there is no document to write in");
	return err_hint(e, "kbctl doc new NAME makes one, kbctl import FILE "
	    "brings one.");
}

static enum entry_kind
kind_value(struct slice name)
{
	int i;

	for (i = ENTRY_SECTION; i <= ENTRY_RETROSPECTIVE; i++)
		if (slice_is(name, entry_kind_name((enum entry_kind)i)))
			return (enum entry_kind)i;
	return ENTRY_PROBLEM;
}

/* The entry that --after or --under names; its document is the one. */
static bool
find_anchor(struct recording *r, const char *word, int64_t *entry,
    struct err *e)
{
	struct entry_text t;

	if (!entry_text_find(r->client, word, &r->arena, &t, e))
		return false;
	*entry = t.entry;
	r->document = t.document;
	return !t.is_archived || err_set(e, ERR_INVALID,
	    "entry %lld is archived", (long long)t.entry);
}

static bool
find_place(struct recording *r, struct err *e)
{
	const char *after = args_value(r->c->args, OPT_AFTER);
	const char *under = args_value(r->c->args, OPT_UNDER);
	struct place_entry *entries;
	int64_t anchor = 0;
	size_t n;

	if (after != NULL && under != NULL)
		return err_set(e, ERR_INVALID,
		    "--after and --under exclude each other");
	if (after != NULL || under != NULL) {
		if (!find_anchor(r, after != NULL ? after : under, &anchor, e))
			return false;
	} else if (r->document == NULL && !find_document(r, e)) {
		return false;
	}
	if (!place_fetch(r->client, r->document, &r->arena, &entries, &n, e))
		return false;
	if (after != NULL)
		return place_after(entries, n, anchor, &r->place) ||
		    err_set(e, ERR_NOT_FOUND, "there is no entry %s", after);
	if (under != NULL)
		return place_under(entries, n, anchor, &r->place) ||
		    err_set(e, ERR_NOT_FOUND, "there is no entry %s", under);
	place_by_kind(entries, n, kind_value(r->kind), &r->place);
	return true;
}

/* The first line of what was searched for, not too long. */
static struct slice
title_of(struct slice text)
{
	struct slice line = SLICE("");

	text = str_trim(text);
	if (text.len != 0)
		(void)str_line(&text, &line, NULL);
	return str_trim(slice_sub(line, 0, utf8_cut(line, TITLE_MAX)));
}

static bool
read_log(struct recording *r, struct buf *errors, struct slice *title,
    struct err *e)
{
	const char *path = args_value(r->c->args, OPT_FROM_LOG);
	struct buf raw = BUF_INIT;
	struct log_error *list;
	size_t i, n;
	bool ok;

	buf_init(&raw, LOG_MAX);
	ok = files_read(path, &raw, e);
	if (ok)
		utf8_put_clean(&r->log, buf_slice(&raw));
	buf_free(&raw);
	if (!ok)
		return false;
	n = log_errors(buf_slice(&r->log), LOG_ERRORS, &r->arena, &list);
	for (i = 0; i < n; i++) {
		pasted_clean(list[i].text, errors);
		buf_putc(errors, '\n');
	}
	if (n == 0)
		report_note("%s: no line looks like an error", path);
	else
		*title = title_of(list[0].text);
	return true;
}

/* The text that the editor begins with. */
static bool
begin_text(struct recording *r, struct slice template_text, struct buf *out,
    struct err *e)
{
	struct buf errors = BUF_INIT;
	struct slice title = SLICE("");
	bool ok = true;

	if (args_has(r->c->args, OPT_FROM_LOG))
		ok = read_log(r, &errors, &title, e);
	else if (unanswered_load(client_target(r->client), &r->query))
		title = title_of(buf_slice(&r->query));
	if (ok)
		template_fill(template_text, r->place.level, r->place.number,
		    title, buf_slice(&errors), out);
	buf_free(&errors);
	return ok;
}

/* An entry like this is there: is it another one? */
static enum compose_answer
ask_similar(struct compose *co, const struct composed *text)
{
	struct recording *r = co->arg;
	struct similar like[SIMILAR_MAX];
	struct err e = ERR_INIT;
	size_t n, i;

	r->add_to = 0;
	if (!similar_find(r->client, text->body, &r->arena, like, &n, &e) ||
	    n == 0)
		return COMPOSE_SEND;	/* advice must not be in the way */
	for (i = 0; i < n; i++)
		report_note("looks like %lld. %.*s (%.*s): add to it instead? "
		    "kbctl append %lld", (long long)like[i].entry,
		    SLICE_ARG(like[i].title), SLICE_ARG(like[i].document),
		    (long long)like[i].entry);
	if (args_has(co->c->args, OPT_YES) || !ask_writer())
		return COMPOSE_SEND;
	switch (ask_letter("[n]ew entry, [a]dd to the first, [e]dit, [q]uit",
	    "naeq")) {
	case 'a':
		r->add_to = like[0].entry;
		return COMPOSE_SEND;
	case 'n':
		return COMPOSE_SEND;
	case 'e':
		return COMPOSE_AGAIN;
	default:
		return COMPOSE_STOP;
	}
}

/* The writer chose to add to an entry that is there. */
static bool
send_addition(struct recording *r, const struct composed *text,
    struct err *e)
{
	struct slice body = text->body, line;
	struct buf whole = BUF_INIT;
	struct entry_text old;
	bool ok;

	ok = entry_text_fetch(r->client, r->add_to, 0, &r->arena, &old, e);
	if (ok) {
		/* its heading is not the new text's: that becomes bold */
		body = str_trim(body);
		(void)str_line(&body, &line, NULL);
		while (line.len != 0 && (strchr("# .", line.ptr[0]) != NULL ||
		    ascii_is_digit(line.ptr[0])))
			line = slice_sub(line, 1, line.len);
		body = arena_printf(&r->arena, "**%.*s**\n%.*s",
		    SLICE_ARG(line), SLICE_ARG(body));
		entry_append(slice_of(old.markdown), body, &whole);
		r->change = (struct change){ .verb = CHANGE_SAVE,
			.entry = old.entry, .base_version = old.version,
			.document = old.document,
			.markdown = arena_cstr(&r->arena, buf_slice(&whole)),
			.message = arena_cstr(&r->arena, text->message),
			.allow_secret = r->change.allow_secret };
		ok = change_run(r->client, &r->change, &r->done, e);
	}
	buf_free(&whole);
	return ok;
}

static bool
send_new(struct compose *co, const struct composed *text, struct err *e)
{
	struct recording *r = co->arg;

	if (r->add_to != 0)
		return send_addition(r, text, e);
	/* the writer may have named another document in the head */
	if (text->document.len != 0 && !slice_is(text->document,
	    r->document)) {
		if (!lookup_document(r->client, arena_cstr(&r->arena,
		    text->document), &r->arena, &r->document, e) ||
		    !find_place(r, e))
			return false;
	}
	r->change.document = r->document;
	r->change.after = r->place.after;
	r->change.markdown = arena_cstr(&r->arena, text->body);
	/* a file knows nothing of the place; who saw the template chose */
	if (text->document.len == 0) {
		struct buf b = BUF_INIT;

		place_relevel(text->body, r->place.level, &b);
		r->change.markdown = arena_cstr(&r->arena, buf_slice(&b));
		buf_free(&b);
	}
	r->change.message = arena_cstr(&r->arena, text->message);
	return change_run(r->client, &r->change, &r->done, e);
}

/* "new problem, below 核心问题与解决方案" */
static const char *
describe(struct recording *r)
{
	if (r->place.section.len == 0)
		return arena_printf(&r->arena, "new %.*s",
		    SLICE_ARG(r->kind)).ptr;
	return arena_printf(&r->arena, "new %.*s, below %.*s",
	    SLICE_ARG(r->kind), SLICE_ARG(r->place.section)).ptr;
}

static enum exit_code
record(struct recording *r, struct slice template_text, struct buf *begin)
{
	struct compose co = { .c = r->c, .client = r->client, .stem = "new",
		.template_text = template_text, .ask = ask_similar,
		.send = send_new, .arg = r, .what = describe(r) };
	enum exit_code code;
	bool sent;

	co.before = buf_slice(begin);
	co.document = slice_of(r->document);
	r->change = (struct change){ .verb = CHANGE_ADD,
		.allow_secret = args_has(r->c->args, OPT_ALLOW_SECRET) };
	code = compose_run(&co, &sent);
	if (code != EXIT_DONE)
		return code;
	if (!sent) {
		report_note("nothing was written, nothing was recorded");
		return EXIT_NOTHING;
	}
	unanswered_forget();
	change_report(r->c, r->add_to != 0 ? "added to" : "recorded",
	    &r->change, &r->done);
	return EXIT_DONE;
}

static bool
begin(struct recording *r, struct slice *template_text, struct buf *text,
    struct err *e)
{
	const char *kind = args_value(r->c->args, OPT_KIND);

	r->kind = kind != NULL ? slice_of(kind) : SLICE("problem");
	*template_text = template_find(r->kind);
	if (template_text->len == 0)
		return err_set(e, ERR_INVALID, "there is no template for \"%s\""
		    ": --kind takes problem, runbook, checklist or template",
		    kind);
	return context_client(r->c, &r->client, e) && find_place(r, e) &&
	    begin_text(r, *template_text, text, e);
}

enum exit_code
cmd_new(struct context *c)
{
	struct recording r = { .c = c, .arena = ARENA_INIT };
	struct buf text = BUF_INIT;
	struct slice template_text;
	struct err e = ERR_INIT;
	enum exit_code code;

	code = begin(&r, &template_text, &text, &e) ?
	    record(&r, template_text, &text) : report_err(&e);
	buf_free(&text);
	buf_free(&r.log);
	buf_free(&r.query);
	arena_free(&r.arena);
	return code;
}
