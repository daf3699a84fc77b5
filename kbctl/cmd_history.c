/*
 * cmd_history.c - kbctl history [ENTRY or DOC]: revisions, newest first.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbctl/client.h"
#include "kbctl/command.h"
#include "kbctl/json.h"
#include "kbctl/lookup.h"
#include "kbctl/print.h"
#include "kbctl/report.h"
#include "kbctl/statement.h"

enum { REVISION, AUTHOR, MESSAGE, CREATED_AT, ENTRIES, VERSION_NUMBER, ACTION };

/* What the history is of: everything, an entry, or a document. */
struct subject {
	int64_t entry;		/* 0: none */
	const char *document;	/* NULL: none */
};

static const char all_sql[] = "SELECT r.revision, r.author, r.message,"
    " r.created_at, r.entries FROM revisions r";
static const char entry_sql[] = "SELECT r.revision, r.author, r.message,"
    " r.created_at, r.entries, e.version, e.action FROM revisions r"
    " JOIN revision_entries e ON e.revision = r.revision"
    " WHERE e.entry_id = $1";
static const char document_sql[] = "SELECT r.revision, r.author, r.message,"
    " r.created_at, (SELECT count(*) FROM revision_entries x JOIN entries y"
    " ON y.id = x.entry_id WHERE x.revision = r.revision"
    " AND y.document = $1) AS entries FROM revisions r"
    " WHERE EXISTS (SELECT 1 FROM revision_entries x JOIN entries y"
    " ON y.id = x.entry_id WHERE x.revision = r.revision"
    " AND y.document = $1)";

static bool
find_subject(struct client *client, const struct args *args, struct arena *a,
    struct subject *out, struct err *e)
{
	struct entry_ref ref;
	const char *word = args->nwords == 1 ? args->words[0] : NULL;

	*out = (struct subject){ 0, NULL };
	if (word == NULL)
		return true;
	if (!entry_ref_parse(slice_of(word), &ref))
		return lookup_document(client, word, a, &out->document, e);
	if (!lookup_entry(client, word, &ref, e))
		return false;
	out->entry = ref.number;
	return true;
}

static bool
fetch(struct client *client, const struct subject *of, int64_t limit,
    struct result **r, struct err *e)
{
	struct statement s;
	bool ok;

	statement_init(&s, of->entry != 0 ? entry_sql :
	    of->document != NULL ? document_sql : all_sql);
	if (of->entry != 0)
		statement_int(&s, of->entry);
	else if (of->document != NULL)
		statement_text(&s, of->document);
	buf_puts(&s.sql, " ORDER BY r.revision DESC");
	if (limit != 0) {
		statement_int(&s, limit);
		buf_printf(&s.sql, " LIMIT $%u", s.nparams);
	}
	ok = statement_run(&s, client, r, e);
	statement_free(&s);
	return ok;
}

static void
put_json(struct screen *s, const struct subject *of, const struct result *r)
{
	struct json *doc = js_document("kb.history/1"), *list = js_array();
	struct json *row;
	size_t i;

	if (of->entry != 0)
		js_put_int(doc, "entry", of->entry);
	else
		js_put_null(doc, "entry");
	js_put_text_or_null(doc, "document", slice_of(of->document));
	for (i = 0; i < result_rows(r); i++) {
		row = js_object();
		js_put_int(row, "revision", result_int(r, i, REVISION));
		js_put_text(row, "author", result_text(r, i, AUTHOR));
		js_put_text(row, "message", result_text(r, i, MESSAGE));
		js_put_time(row, "created", result_text(r, i, CREATED_AT));
		js_put_int(row, "entries", result_int(r, i, ENTRIES));
		if (of->entry != 0) {
			js_put_int(row, "version",
			    result_int(r, i, VERSION_NUMBER));
			js_put_text(row, "action", result_text(r, i, ACTION));
		}
		js_add(list, row);
	}
	js_put(doc, "revisions", list);
	js_write(doc, &s->out);
	js_free(doc);
}

static void
put_head(struct table *t, bool of_entry)
{
	table_add(t, STYLE_DIM, SLICE("REVISION"));
	if (of_entry) {
		table_add(t, STYLE_DIM, SLICE("VERSION"));
		table_add(t, STYLE_DIM, SLICE("ACTION"));
	} else {
		table_add(t, STYLE_DIM, SLICE("ENTRIES"));
	}
	table_add(t, STYLE_DIM, SLICE("WHEN (UTC)"));
	table_add(t, STYLE_DIM, SLICE("WHO"));
	table_add(t, STYLE_DIM, SLICE("WHY"));
}

static void
put_table(struct screen *s, const struct subject *of, const struct result *r)
{
	bool of_entry = of->entry != 0;
	struct table t;
	size_t i;

	table_init(&t, of_entry ? 6 : 5);
	put_head(&t, of_entry);
	for (i = 0; i < result_rows(r); i++) {
		table_add(&t, STYLE_TITLE, result_text(r, i, REVISION));
		if (of_entry) {
			table_add(&t, STYLE_PLAIN,
			    result_text(r, i, VERSION_NUMBER));
			table_add(&t, STYLE_PLAIN, result_text(r, i, ACTION));
		} else {
			table_add(&t, STYLE_PLAIN, result_text(r, i, ENTRIES));
		}
		table_add(&t, STYLE_PLAIN,
		    print_minute(result_text(r, i, CREATED_AT)));
		table_add(&t, STYLE_PLAIN, result_text(r, i, AUTHOR));
		table_add(&t, STYLE_PLAIN, result_text(r, i, MESSAGE));
	}
	table_print(&t, s);
	table_free(&t);
}

static enum exit_code
history(struct context *c, struct arena *a)
{
	struct client *client;
	struct subject of;
	struct err e = ERR_INIT;
	struct result *r;
	size_t n;

	if (!context_client(c, &client, &e) ||
	    !find_subject(client, c->args, a, &of, &e) ||
	    !fetch(client, &of, c->args->limit, &r, &e))
		return report_err(&e);
	n = result_rows(r);
	if (args_has(c->args, OPT_JSON))
		put_json(c->out, &of, r);
	else if (n != 0)
		put_table(c->out, &of, r);
	if (n == 0 && of.entry != 0)
		report_note("there is no entry %lld", (long long)of.entry);
	else if (n == 0)
		report_note("nothing has happened yet");
	result_free(r);
	return n != 0 ? EXIT_DONE : EXIT_NOTHING;
}

enum exit_code
cmd_history(struct context *c)
{
	struct arena a = ARENA_INIT;
	enum exit_code code = history(c, &a);

	arena_free(&a);
	return code;
}
