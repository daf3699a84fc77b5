/*
 * compose.c - a text on its way to the server; see compose.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbctl/compose.h"
#include "common/buf.h"
#include "common/str.h"
#include "kb/document.h"
#include "kb/entry_check.h"
#include "kb/merge.h"
#include "kb/secret_scan.h"
#include "kb/text_check.h"
#include "kbctl/ask.h"
#include "kbctl/command.h"
#include "kbctl/compose_conflict.h"
#include "kbctl/draft.h"
#include "kbctl/editor.h"
#include "kbctl/files.h"
#include "kbctl/report.h"
#include "kbctl/state.h"

#include <stdlib.h>
#include <unistd.h>

#define REASONS_MAX 20

/* A program for an editor, with nobody there to read reasons, ends some day. */
#define REOPEN_MAX 3

/* What came of one try. */
enum outcome {
	OUT_SENT,
	OUT_UNCHANGED,
	OUT_REFUSED,		/* reasons say why */
	OUT_AGAIN,		/* the writer wants to go on writing */
	OUT_STOPPED,		/* the writer gave up */
	OUT_CONFLICT,
	OUT_FAILED		/* not the text's fault */
};

struct attempt {
	struct compose *co;
	struct arena arena;	/* owns reasons */
	struct draft_reason reasons[REASONS_MAX];
	size_t nreasons;
	struct buf cleaned;	/* owned; what composed.body points to */
	struct slice message;	/* of the last draft, for the next head */
	struct slice document;
	int64_t version;
	enum exit_code code;
};

static void
refuse(struct attempt *t, size_t line, struct slice why)
{
	if (t->nreasons == REASONS_MAX)
		return;
	t->reasons[t->nreasons++] = (struct draft_reason){ line,
		arena_cstr(&t->arena, why) };
}

static void
refuse_err(struct attempt *t, const struct err *e)
{
	struct buf b = BUF_INIT;

	buf_puts(&b, e->msg);
	if (e->detail[0] != '\0')
		buf_printf(&b, ": %s", e->detail);
	if (e->hint[0] != '\0')
		buf_printf(&b, " %s", e->hint);
	refuse(t, 0, buf_slice(&b));
	t->code = exit_of(e);
	buf_free(&b);
}

/* Secrets, each with what may stand in its place. */
static bool
check_secrets(struct attempt *t, struct slice body)
{
	struct secret_hit hit = { .to = 0 };
	size_t at = 0;

	if (args_has(t->co->c->args, OPT_ALLOW_SECRET))
		return true;
	for (; secret_scan_find(body, at, &hit); at = hit.to)
		refuse(t, hit.line, arena_printf(&t->arena, "a secret (%s): "
		    "write %s instead", hit.form, hit.placeholder));
	if (t->nreasons != 0)
		t->code = EXIT_REFUSED;
	return t->nreasons == 0;
}

/* The first line that merge_marked() wrote, from 1. */
static bool
check_marks(struct attempt *t, struct slice body)
{
	if (!merge_has_marks(body))
		return true;
	refuse(t, 0, SLICE("the marks of a conflict (\"<<<<<<<\") are still "
	    "in it"));
	t->code = EXIT_REFUSED;
	return false;
}

/* Whether the text lacked the same before. */
static bool
was_lacking(struct attempt *t, enum entry_flaw flaw)
{
	struct entry_complaint *list;
	struct err e = ERR_INIT;
	size_t i, n = 0;

	if (t->co->entry == 0 ||
	    !entry_check(t->co->before, &t->arena, &list, &n, &e))
		return false;
	for (i = 0; i < n; i++)
		if (list[i].flaw == flaw)
			return true;
	return false;
}

/* Advice: shown, and asked about where somebody can answer. */
static enum compose_answer
check_content(struct attempt *t, struct slice body)
{
	const struct args *args = t->co->c->args;
	struct entry_complaint *list;
	struct err e = ERR_INIT;
	size_t i, n = 0, told = 0;

	if (t->co->is_fragment ||
	    !entry_check(body, &t->arena, &list, &n, &e))
		return COMPOSE_SEND;
	for (i = 0; i < n; i++) {
		if (was_lacking(t, list[i].flaw))
			continue;
		report_note("line %u: %s", list[i].line,
		    entry_flaw_text(list[i].flaw));
		told++;
	}
	if (told == 0)
		return COMPOSE_SEND;
	if (args_has(args, OPT_YES) || !ask_writer())
		return COMPOSE_SEND;
	switch (ask_letter("save it all the same? [y]es, [e]dit, [q]uit",
	    "yeq")) {
	case 'y':
		return COMPOSE_SEND;
	case 'e':
		return COMPOSE_AGAIN;
	default:
		return COMPOSE_STOP;
	}
}

static enum outcome
outcome_of(enum compose_answer answer)
{
	switch (answer) {
	case COMPOSE_AGAIN:
		return OUT_AGAIN;
	case COMPOSE_STOP:
		return OUT_STOPPED;
	case COMPOSE_UNCHANGED:
	case COMPOSE_SEND:
		break;
	}
	return OUT_UNCHANGED;
}

static enum outcome
send_text(struct attempt *t, const struct composed *text)
{
	struct err e = ERR_INIT;

	if (t->co->send(t->co, text, &e))
		return OUT_SENT;
	t->code = exit_of(&e);
	if (t->code == EXIT_CONFLICT && t->co->entry != 0) {
		report_error("%s", e.msg);
		return OUT_CONFLICT;
	}
	if (t->code == EXIT_REFUSED || t->code == EXIT_USAGE) {
		refuse_err(t, &e);
		return OUT_REFUSED;
	}
	report_err(&e);
	return OUT_FAILED;
}

/* Which version it was made from: the file's word, --base, what was shown. */
static bool
read_base(struct attempt *t, const struct draft *d, struct composed *out,
    struct err *e)
{
	const char *base = args_value(t->co->c->args, OPT_BASE);

	t->version = d->version;
	out->version = d->version != 0 ? d->version : t->co->version;
	out->is_base_said = d->version != 0 || base != NULL;
	if (d->version != 0 || base == NULL)
		return true;
	return str_int(slice_of(base), 1, INT64_MAX, &out->version) ||
	    err_set(e, ERR_INVALID, "--base takes a version's number, not "
	    "\"%s\"", base);
}

/* What the file says, as it shall be saved. */
static bool
read_draft(struct attempt *t, struct slice file, struct composed *out,
    struct err *e)
{
	const char *given = args_value(t->co->c->args, OPT_MESSAGE);
	struct draft d;

	draft_read(file, &d);
	t->message = d.message;
	t->document = d.document;
	*out = (struct composed){ .body = d.body, .typed = d.body,
		.document = d.document, .message = d.message.len != 0 ||
		    given == NULL ? d.message : slice_of(given) };
	/* what did not begin as a template has no hints in it */
	buf_reset(&t->cleaned);
	if (t->co->template_text.len != 0 && d.has_head) {
		draft_clean(d.body, t->co->template_text, &t->cleaned);
		out->body = buf_slice(&t->cleaned);
	}
	return read_base(t, &d, out, e);
}

static bool
is_unchanged(const struct attempt *t, const struct composed *text)
{
	struct buf b = BUF_INIT;
	bool same;

	if (t->co->template_text.len == 0)
		return draft_is_same(t->co->before, text->body);
	draft_clean(t->co->before, t->co->template_text, &b);
	same = draft_is_same(buf_slice(&b), text->body);
	buf_free(&b);
	return same;
}

/* Check a file's text and send it. */
static enum outcome
try_text(struct attempt *t, struct slice file, struct composed *text)
{
	enum compose_answer answer;
	struct err e = ERR_INIT;

	t->nreasons = 0;
	if (!text_check(file, &e)) {
		refuse_err(t, &e);
		return OUT_REFUSED;
	}
	if (!read_draft(t, file, text, &e)) {
		refuse_err(t, &e);
		return OUT_REFUSED;
	}
	if (str_trim(text->body).len == 0 || is_unchanged(t, text))
		return OUT_UNCHANGED;
	/* lines are those of what was typed: that is what comes back */
	if (!check_marks(t, text->typed) || !check_secrets(t, text->typed))
		return OUT_REFUSED;
	answer = check_content(t, text->body);
	if (answer == COMPOSE_SEND && t->co->ask != NULL)
		answer = t->co->ask(t->co, text);
	return answer == COMPOSE_SEND ? send_text(t, text) :
	    outcome_of(answer);
}

static void
report_reasons(const struct attempt *t)
{
	size_t i;

	for (i = 0; i < t->nreasons; i++) {
		if (t->reasons[i].line != 0)
			report_error("line %zu: %s", t->reasons[i].line,
			    t->reasons[i].text);
		else
			report_error("%s", t->reasons[i].text);
	}
}

/* The head and the text, as the editor shall see them. */
static void
put_file(const struct attempt *t, struct slice body, struct buf *out)
{
	const struct compose *co = t->co;
	const char *given = args_value(co->c->args, OPT_MESSAGE);
	struct draft_head head = { .what = co->what,
		.version = t->version != 0 ? t->version : co->version,
		.document = t->document.len != 0 ? t->document :
		    co->document,
		.message = t->message.len != 0 ? t->message :
		    slice_of(given),
		.reasons = t->reasons, .nreasons = t->nreasons };

	draft_put_head(&head, out);
	buf_put_slice(out, body);
}

/* Keep the text of a conflict with its marks, and say where. */
static void
keep_conflict(struct attempt *t, const struct composed *text, char **path)
{
	struct buf marked = BUF_INIT, file = BUF_INIT;
	struct err e = ERR_INIT;

	if (compose_conflict(t->co->client, t->co->entry, text->version,
	    text->body, &t->version, &marked, &e)) {
		t->nreasons = 0;
		t->message = text->message;
		put_file(t, buf_slice(&marked), &file);
		if (*path != NULL ? !state_redraft(*path, buf_slice(&file),
		    &e) : !state_draft(t->co->stem, buf_slice(&file), path,
		    &e))
			report_err(&e);
	} else {
		report_err(&e);
	}
	buf_free(&marked);
	buf_free(&file);
}

static void
name_kept(const struct attempt *t, const char *path)
{
	if (path == NULL)
		return;
	report_error("your text is kept in %s", path);
	if (t->co->entry != 0)
		report_hint("Put it right there, then: kbctl edit %lld -F %s",
		    (long long)t->co->entry, path);
	else
		report_hint("Put it right there, then: kbctl new -F %s",
		    path);
}

static enum exit_code
finish(struct attempt *t, enum outcome o, char **path,
    const struct composed *text, bool *sent)
{
	*sent = o == OUT_SENT;
	switch (o) {
	case OUT_SENT:
	case OUT_UNCHANGED:
		return EXIT_DONE;
	case OUT_CONFLICT:
		keep_conflict(t, text, path);
		name_kept(t, *path);
		return EXIT_CONFLICT;
	case OUT_REFUSED:
		report_reasons(t);
		break;
	case OUT_AGAIN:
	case OUT_STOPPED:
		t->code = EXIT_REFUSED;
		break;
	case OUT_FAILED:
		break;
	}
	name_kept(t, *path);
	return t->code != EXIT_DONE ? t->code : EXIT_FAILED;
}

/* A text from elsewhere: one try; standard input is kept when that fails. */
static enum exit_code
run_file(struct compose *co, const char *name, bool *sent)
{
	struct attempt t = { .co = co, .arena = ARENA_INIT };
	bool is_stdin = strcmp(name, "-") == 0;
	struct composed text = { .version = 0 };
	struct err e = ERR_INIT;
	struct buf file = BUF_INIT;
	char *path = NULL;
	enum outcome o;
	enum exit_code code;

	buf_init(&file, DOCUMENT_MAX_BYTES);
	if (!files_read(name, &file, &e)) {
		buf_free(&file);
		return report_err(&e);
	}
	o = try_text(&t, buf_slice(&file), &text);
	if (is_stdin && (o == OUT_REFUSED || o == OUT_FAILED ||
	    o == OUT_AGAIN || o == OUT_STOPPED) &&
	    !state_draft(co->stem, buf_slice(&file), &path, &e))
		report_err(&e);
	if (!is_stdin && o != OUT_CONFLICT)
		path = strdup(name);
	code = finish(&t, o, &path, &text, sent);
	free(path);
	buf_free(&t.cleaned);
	buf_free(&file);
	arena_free(&t.arena);
	return code;
}

/* Let the editor at the file and read what it left. */
static bool
edit_file(const char *path, struct buf *file, struct err *e)
{
	buf_reset(file);
	return editor_run(path, e) && files_read(path, file, e);
}

/* Write the file for the editor to come back to, with the reasons. */
static bool
reopen(struct attempt *t, const char *path, struct slice file,
    struct buf *next, struct err *e)
{
	struct draft d;

	if (t->nreasons != 0)
		report_reasons(t);
	draft_read(file, &d);
	buf_reset(next);
	put_file(t, d.body, next);
	return state_redraft(path, buf_slice(next), e);
}

/*
 * Edit until it is sent, given up, or comes back as it was refused. *file
 * holds what the last editor left.
 */
static enum outcome
edit_loop(struct attempt *t, const char *path, struct buf *file,
    struct composed *text)
{
	struct buf shown = BUF_INIT;
	struct err e = ERR_INIT;
	enum outcome o = OUT_SENT;
	unsigned reopened = 0;

	while (edit_file(path, file, &e)) {
		if (o == OUT_REFUSED && slice_eq(buf_slice(file),
		    buf_slice(&shown)))
			goto out;
		o = try_text(t, buf_slice(file), text);
		if (o != OUT_REFUSED && o != OUT_AGAIN)
			goto out;
		if (reopened++ == REOPEN_MAX && !ask_writer())
			goto out;
		if (!reopen(t, path, buf_slice(file), &shown, &e))
			break;
	}
	t->code = report_err(&e);
	o = OUT_FAILED;
out:
	buf_free(&shown);
	return o;
}

static enum exit_code
run_editor(struct compose *co, bool *sent)
{
	struct attempt t = { .co = co, .arena = ARENA_INIT };
	struct composed text = { .version = 0 };
	struct buf file = BUF_INIT;
	struct err e = ERR_INIT;
	char *path = NULL;
	enum outcome o;
	enum exit_code code;

	buf_init(&file, DOCUMENT_MAX_BYTES);
	put_file(&t, co->before, &file);
	if (!state_draft(co->stem, buf_slice(&file), &path, &e)) {
		buf_free(&file);
		return report_err(&e);
	}
	o = edit_loop(&t, path, &file, &text);
	code = finish(&t, o, &path, &text, sent);
	if (o == OUT_SENT || o == OUT_UNCHANGED)
		(void)unlink(path);
	free(path);
	buf_free(&t.cleaned);
	buf_free(&file);
	arena_free(&t.arena);
	return code;
}

enum exit_code
compose_run(struct compose *co, bool *sent)
{
	const char *name = args_value(co->c->args, OPT_FILE);
	struct err e = ERR_INIT;

	*sent = false;
	if (name != NULL)
		return run_file(co, name, sent);
	if (editor_is_there())
		return run_editor(co, sent);
	err_set(&e, ERR_INVALID, "there is no terminal for an editor");
	err_hint(&e, "-F FILE takes the text from a file, -F - from standard "
	    "input.");
	return report_err(&e);
}
