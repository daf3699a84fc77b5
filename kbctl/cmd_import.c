/*
 * cmd_import.c - kbctl import FILE or DIR...: Markdown in, as one revision.
 *
 *   collect   find the files, their documents' names and sources
 *   check     read every file: UTF-8, no NUL, size. Nothing is sent yet
 *   send      BEGIN; SAVEPOINT, CALL import_document ... for each; COMMIT
 *
 * What cannot be taken is named, all of it; then nothing is imported, unless
 * --keep-going was given.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "common/buf.h"
#include "common/clock.h"
#include "common/json.h"
#include "common/print.h"
#include "common/str.h"
#include "kb/document.h"
#include "kb/text_check.h"
#include "kbctl/client.h"
#include "kbctl/command.h"
#include "kbctl/encoding.h"
#include "kbctl/files.h"
#include "kbctl/report.h"

#include <stdio.h>
#include <unistd.h>

#define BASE_REPLACE (-1)	/* of CALL import_document: the file wins */
#define PROGRESS_MS 100

struct import {
	const struct args *args;
	struct client *client;		/* borrowed; NULL until send */
	struct file_list list;
	struct buf stdin_text;		/* owned: it can be read only once */
	struct buf message;		/* owned */
	struct json *documents;		/* owned: one object for each sent */
	int64_t revision;		/* 0: none made */
	int64_t added, changed, archived, unchanged;
	size_t sent;
	enum exit_code worst;		/* of what could not be taken */
	int64_t shown_ms;		/* when progress was shown */
	bool has_progress;		/* a line of it stands there */
	bool is_ending;			/* COMMIT was sent */
};

static void
clear_progress(struct import *im)
{
	if (im->has_progress)
		fputs("\r\033[K", stderr);
	im->has_progress = false;
}

static void
show_progress(struct import *im, size_t i, const char *what)
{
	int64_t now = clock_ms();

	if (args_has(im->args, OPT_QUIET) || !isatty(STDERR_FILENO) ||
	    im->list.n < 2 || now - im->shown_ms < PROGRESS_MS)
		return;
	im->shown_ms = now;
	im->has_progress = true;
	fprintf(stderr, "\r\033[K%s %zu of %zu", what, i + 1, im->list.n);
	fflush(stderr);
}

/* Count a file that cannot be taken; conflicts weigh more than bad input. */
static void
note_bad(struct import *im, enum exit_code code)
{
	if (im->worst != EXIT_CONFLICT)
		im->worst = code;
}

static void
report_file(struct import *im, const char *path, const struct err *e)
{
	clear_progress(im);
	report_error("%s: %s", path, e->msg);
	if (e->detail[0] != '\0')
		report_detail(slice_of(e->detail));
	if (e->hint[0] != '\0')
		report_hint("%s", e->hint);
}

static bool
collect(struct import *im, struct err *e)
{
	const struct args *a = im->args;
	const char *doc = args_value(a, OPT_DOC);
	struct source_file *f;
	int i;

	for (i = 0; i < a->nwords; i++) {
		if (strcmp(a->words[i], "-") != 0) {
			files_collect(&im->list, a->words[i]);
			continue;
		}
		if (doc == NULL || a->nwords != 1)
			return err_set(e, ERR_INVALID, "a document from "
			    "standard input is imported alone, and needs its "
			    "name: kbctl import --doc NAME -");
		im->list.files = arena_grow(&im->list.arena, im->list.files,
		    im->list.n, &im->list.cap, sizeof(*im->list.files));
		im->list.files[im->list.n++] = (struct source_file){ "-", doc,
			arena_printf(&im->list.arena, "%s.md", doc).ptr,
			false, false };
	}
	if (doc == NULL)
		return true;
	if (im->list.n != 1 || im->list.files[0].is_plain)
		return err_set(e, ERR_INVALID,
		    "--doc names the document of a single file");
	f = &im->list.files[0];
	f->name = doc;
	return true;
}

/* The file as UTF-8 that the server can take, in *out. */
static bool
read_file(struct import *im, const struct source_file *f, struct buf *out,
    struct err *e)
{
	const char *encoding = args_value(im->args, OPT_ENCODING);
	struct buf raw = BUF_INIT;
	bool ok;

	buf_init(&raw, DOCUMENT_MAX_BYTES);
	buf_init(out, DOCUMENT_MAX_BYTES);
	if (strcmp(f->path, "-") == 0 && im->stdin_text.len != 0) {
		buf_put_slice(&raw, buf_slice(&im->stdin_text));
		ok = true;
	} else {
		ok = f->is_plain ? files_read_plain(f->path, &raw, e) :
		    files_read(f->path, &raw, e);
		if (ok && strcmp(f->path, "-") == 0)
			buf_put_slice(&im->stdin_text, buf_slice(&raw));
	}
	if (ok && encoding != NULL)
		ok = encoding_convert(encoding, buf_slice(&raw), out, e);
	else if (ok)
		buf_put_slice(out, buf_slice(&raw));
	buf_free(&raw);
	return ok && text_check(buf_slice(out), e);
}

/* Read everything once, so that what cannot be taken is known beforehand. */
static void
check_files(struct import *im)
{
	struct buf text;
	size_t i;

	for (i = 0; i < im->list.n; i++) {
		struct err e = ERR_INIT;

		show_progress(im, i, "reading");
		if (!read_file(im, &im->list.files[i], &text, &e)) {
			report_file(im, im->list.files[i].path, &e);
			im->list.files[i].is_bad = true;
			note_bad(im, EXIT_USAGE);
		}
		buf_free(&text);
	}
	clear_progress(im);
	for (i = 0; i < im->list.nrefused; i++) {
		report_error("%s: %s", im->list.refused[i].path,
		    im->list.refused[i].reason);
		note_bad(im, EXIT_USAGE);
	}
}

static void
fill_call(struct import *im, const struct source_file *f, const char *text,
    struct param p[5])
{
	int64_t base;

	param_text(&p[0], f->name);
	param_text(&p[1], f->source);
	param_text(&p[2], text);
	if (args_has(im->args, OPT_REPLACE))
		param_int(&p[3], BASE_REPLACE);
	else if (args_has(im->args, OPT_BASE) &&
	    str_int(slice_of(args_value(im->args, OPT_BASE)), 1, INT64_MAX,
	    &base))
		param_int(&p[3], base);
	else
		param_null(&p[3]);
	param_text(&p[4], buf_cstr(&im->message));
}

static void
add_result(struct import *im, const struct source_file *f,
    const struct result *r)
{
	enum { DOCUMENT, REVISION, ADDED, CHANGED, ARCHIVED, UNCHANGED };
	struct json *d = js_object();

	if (result_rows(r) == 0) {
		js_free(d);
		return;
	}
	js_put_text(d, "document", result_text(r, 0, DOCUMENT));
	js_put_text(d, "source", slice_of(f->source));
	if (result_is_null(r, 0, REVISION))
		js_put_null(d, "revision");
	else
		js_put_int(d, "revision", result_int(r, 0, REVISION));
	js_put_int(d, "added", result_int(r, 0, ADDED));
	js_put_int(d, "changed", result_int(r, 0, CHANGED));
	js_put_int(d, "archived", result_int(r, 0, ARCHIVED));
	js_put_int(d, "unchanged", result_int(r, 0, UNCHANGED));
	js_add(im->documents, d);
	if (!result_is_null(r, 0, REVISION))
		im->revision = result_int(r, 0, REVISION);
	im->added += result_int(r, 0, ADDED);
	im->changed += result_int(r, 0, CHANGED);
	im->archived += result_int(r, 0, ARCHIVED);
	im->unchanged += result_int(r, 0, UNCHANGED);
	im->sent++;
}

/* The server did not take the file: say why, with the texts in conflict. */
static void
report_rejected(struct import *im, const struct source_file *f,
    const struct err *e)
{
	struct slice detail = client_detail(im->client);

	clear_progress(im);
	report_error("%s: %s", f->path, e->msg);
	if (detail.len != 0)
		report_detail(detail);
	if (exit_of(e) == EXIT_CONFLICT)
		report_hint("--base REVISION says what the file was made from; "
		    "--replace lets the file win. kbctl history %s shows who "
		    "changed it.", f->name);
	else if (e->hint[0] != '\0')
		report_hint("%s", e->hint);
}

/* An error that the next file would meet as well. */
static bool
is_fatal(const struct err *e)
{
	switch (exit_of(e)) {
	case EXIT_USAGE:
	case EXIT_CONFLICT:
	case EXIT_REFUSED:
	case EXIT_NOTHING:
		return false;
	default:
		return true;
	}
}

static bool
send_file(struct import *im, const struct source_file *f, struct err *e)
{
	static const char call[] =
	    "CALL import_document($1, $2, $3, $4, $5)";
	struct buf text = BUF_INIT;
	struct param p[5];
	struct result *r;
	bool ok;

	if (!read_file(im, f, &text, e)) {
		buf_free(&text);
		return false;
	}
	fill_call(im, f, buf_cstr(&text), p);
	ok = client_query(im->client, call, p, 5, &r, e);
	if (ok) {
		add_result(im, f, r);
		result_free(r);
	}
	buf_free(&text);
	return ok;
}

/* One file inside its savepoint, so that the others can go on after it. */
static bool
send_one(struct import *im, size_t i, struct err *e)
{
	const struct source_file *f = &im->list.files[i];
	struct err why = ERR_INIT;

	if (!client_run(im->client, "SAVEPOINT file", e))
		return false;
	if (send_file(im, f, &why))
		return client_run(im->client, "RELEASE SAVEPOINT file", e);
	if (is_fatal(&why)) {
		*e = why;
		return false;
	}
	report_rejected(im, f, &why);
	note_bad(im, exit_of(&why));
	return client_run(im->client, "ROLLBACK TO SAVEPOINT file", e) &&
	    client_run(im->client, "RELEASE SAVEPOINT file", e);
}

static bool
send_all(struct import *im, struct err *e)
{
	bool keep_going = args_has(im->args, OPT_KEEP_GOING);
	size_t i;

	if (!client_run(im->client, "BEGIN", e))
		return false;
	for (i = 0; i < im->list.n; i++) {
		if (im->list.files[i].is_bad)
			continue;
		show_progress(im, i, "importing");
		if (!send_one(im, i, e))
			return false;
	}
	clear_progress(im);
	im->is_ending = true;
	return client_run(im->client, im->worst == EXIT_DONE || keep_going ?
	    "COMMIT" : "ROLLBACK", e);
}

static void
put_json(struct screen *s, struct import *im)
{
	struct json *doc = js_document("kb.import/1");

	if (im->revision != 0)
		js_put_int(doc, "revision", im->revision);
	else
		js_put_null(doc, "revision");
	js_put_int(doc, "added", im->added);
	js_put_int(doc, "changed", im->changed);
	js_put_int(doc, "archived", im->archived);
	js_put_int(doc, "unchanged", im->unchanged);
	js_put(doc, "documents", im->documents);
	im->documents = NULL;
	js_write(doc, &s->out);
	js_free(doc);
}

static void
put_summary(struct screen *s, const struct import *im)
{
	const char *plural = im->sent == 1 ? "" : "s";

	if (im->revision == 0) {
		buf_printf(&s->out, "%zu document%s: nothing changed\n",
		    im->sent, plural);
		return;
	}
	buf_printf(&s->out, "revision %lld: %zu document%s; entries: %lld "
	    "added, %lld changed, %lld archived, %lld unchanged\n",
	    (long long)im->revision, im->sent, plural, (long long)im->added,
	    (long long)im->changed, (long long)im->archived,
	    (long long)im->unchanged);
}

/* "import of notes/ and 2 more", unless -m says it better. */
static void
make_message(struct import *im)
{
	const struct args *a = im->args;
	const char *given = args_value(a, OPT_MESSAGE);

	if (given != NULL)
		buf_puts(&im->message, given);
	else if (a->nwords == 1)
		buf_printf(&im->message, "import of %s",
		    strcmp(a->words[0], "-") == 0 ? "standard input" :
		    a->words[0]);
	else
		buf_printf(&im->message, "import of %s and %d more",
		    a->words[0], a->nwords - 1);
}

static bool
check_options(const struct args *a, struct err *e)
{
	const char *base = args_value(a, OPT_BASE);
	const char *encoding = args_value(a, OPT_ENCODING);
	int64_t n;

	if (base != NULL && args_has(a, OPT_REPLACE))
		return err_set(e, ERR_INVALID,
		    "--base and --replace exclude each other");
	if (base != NULL && !str_int(slice_of(base), 1, INT64_MAX, &n))
		return err_set(e, ERR_INVALID,
		    "--base takes a revision's number, not \"%s\"", base);
	return encoding == NULL || encoding_check(encoding, e);
}

/* Nothing of what was typed exists: it may have been a search. */
static void
hint_search(const struct import *im)
{
	struct buf b = BUF_INIT;
	int i;

	if (im->list.n != 0 || im->list.nrefused != (size_t)im->args->nwords)
		return;
	for (i = 0; i < im->args->nwords; i++) {
		if (access(im->args->words[i], F_OK) == 0)
			break;
		buf_printf(&b, " %s", im->args->words[i]);
	}
	if (i == im->args->nwords)
		report_hint("did you mean: kbctl search import%s",
		    buf_cstr(&b));
	buf_free(&b);
}

static enum exit_code
import(struct context *c, struct import *im)
{
	bool keep_going = args_has(c->args, OPT_KEEP_GOING);
	struct err e = ERR_INIT;

	if (!check_options(c->args, &e) || !collect(im, &e))
		return report_err(&e);
	files_refuse_twins(&im->list);
	check_files(im);
	if (im->worst != EXIT_DONE && (!keep_going || im->list.n == 0)) {
		hint_search(im);
		report_error("nothing was imported");
		return im->worst;
	}
	if (!context_client(c, &im->client, &e) || !send_all(im, &e)) {
		clear_progress(im);
		report_err(&e);
		if (!im->is_ending)
			report_error("nothing was imported");
		return exit_of(&e);
	}
	if (im->worst != EXIT_DONE && !keep_going) {
		report_error("nothing was imported");
		return im->worst;
	}
	if (args_has(c->args, OPT_JSON))
		put_json(c->out, im);
	else if (!args_has(c->args, OPT_QUIET))
		put_summary(c->out, im);
	return im->worst;
}

enum exit_code
cmd_import(struct context *c)
{
	struct import im = { .args = c->args, .list = FILE_LIST_INIT,
		.documents = js_array() };
	enum exit_code code;

	make_message(&im);
	code = import(c, &im);
	js_free(im.documents);
	buf_free(&im.message);
	buf_free(&im.stdin_text);
	files_free(&im.list);
	return code;
}
