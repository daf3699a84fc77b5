/*
 * cmd_doc.c - kbctl doc new, rename, archive, unarchive: whole documents.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "common/buf.h"
#include "kb/document.h"
#include "kb/text_check.h"
#include "kbctl/change.h"
#include "kbctl/client.h"
#include "kbctl/command.h"
#include "kbctl/files.h"
#include "kbctl/lookup.h"
#include "kbctl/report.h"

struct doc_verb {
	const char *name;
	int words;		/* besides the verb's */
	enum change_verb verb;
	const char *action;
};

static const struct doc_verb verbs[] = {
	{ "new", 1, CHANGE_CREATE_DOCUMENT, "made" },
	{ "rename", 2, CHANGE_RENAME_DOCUMENT, "renamed" },
	{ "archive", 1, CHANGE_ARCHIVE_DOCUMENT, "archived" },
	{ "unarchive", 1, CHANGE_UNARCHIVE_DOCUMENT, "unarchived" },
};

static const struct doc_verb *
find_verb(const struct args *a, struct err *e)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(verbs); i++)
		if (strcmp(a->words[0], verbs[i].name) == 0 &&
		    a->nwords == 1 + verbs[i].words)
			return &verbs[i];
	err_set(e, ERR_INVALID, "usage: kbctl doc new NAME, doc rename DOC "
	    "NAME, doc archive DOC or doc unarchive DOC");
	command_hint_search(a, e);
	return NULL;
}

/* The history has no entry to show for it: say what was done. */
static const char *
message_of(struct context *c, const struct doc_verb *v, struct arena *a)
{
	const char *given = args_value(c->args, OPT_MESSAGE);

	if (given != NULL)
		return given;
	if (v->verb == CHANGE_RENAME_DOCUMENT)
		return arena_printf(a, "renamed %s to %s", c->args->words[1],
		    c->args->words[2]).ptr;
	return arena_printf(a, "%s document %s", v->action,
	    c->args->words[1]).ptr;
}

/* The text of -F, or a heading alone. */
static bool
read_text(const struct args *a, struct buf *out, struct err *e)
{
	const char *path = args_value(a, OPT_FILE);
	const char *name = a->words[1], *slash = strrchr(name, '/');

	buf_init(out, DOCUMENT_MAX_BYTES);
	if (path == NULL) {
		buf_printf(out, "# %s\n", slash != NULL ? slash + 1 : name);
		return true;
	}
	return files_read(path, out, e) && text_check(buf_slice(out), e);
}

/* The newest revision that touched a document: what its archiver has seen. */
static bool
find_revision(struct client *c, const char *document, int64_t *out,
    struct err *e)
{
	static const char sql[] =
	    "SELECT revision FROM documents WHERE name = $1";
	struct result *r;
	struct param p;

	param_text(&p, document);
	if (!client_query(c, sql, &p, 1, &r, e))
		return false;
	*out = result_rows(r) != 0 ? result_int(r, 0, 0) : 0;
	result_free(r);
	return true;
}

static bool
fill(struct context *c, const struct doc_verb *v, struct arena *a,
    struct buf *text, struct change *what, struct err *e)
{
	const char *typed = c->args->words[1];
	struct client *client;

	*what = (struct change){ .verb = v->verb, .document = typed,
		.message = message_of(c, v, a),
		.allow_secret = args_has(c->args, OPT_ALLOW_SECRET) };
	if (!context_client(c, &client, e))
		return false;
	if (v->verb == CHANGE_CREATE_DOCUMENT) {
		if (!read_text(c->args, text, e))
			return false;
		what->markdown = buf_cstr(text);
		return true;
	}
	if (!lookup_document(client, typed, a, &what->document, e))
		return false;
	if (v->verb == CHANGE_RENAME_DOCUMENT)
		what->new_name = c->args->words[2];
	return v->verb != CHANGE_ARCHIVE_DOCUMENT ||
	    find_revision(client, what->document, &what->base_revision, e);
}

enum exit_code
cmd_doc(struct context *c)
{
	struct arena a = ARENA_INIT;
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;
	const struct doc_verb *v = find_verb(c->args, &e);
	struct changed done;
	struct change what;
	enum exit_code code = EXIT_DONE;

	if (v != NULL && fill(c, v, &a, &text, &what, &e) &&
	    change_run(c->client, &what, &done, &e)) {
		done.entry = 0;
		change_report(c, v->action, &what, &done);
	} else {
		code = report_err(&e);
	}
	buf_free(&text);
	arena_free(&a);
	return code;
}
