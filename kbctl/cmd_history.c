/*
 * cmd_history.c - kbctl history [ENTRY or DOC]: revisions, newest first.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "common/json.h"
#include "common/print.h"
#include "kbctl/client.h"
#include "kbctl/command.h"
#include "kbctl/lookup.h"
#include "kbctl/report.h"
#include "kbctl/since.h"
#include "kbctl/statement.h"

#include <stdio.h>

enum { REVISION, AUTHOR, MESSAGE, CREATED_AT, ENTRIES, VERSION_NUMBER, ACTION,
	ENTRY = VERSION_NUMBER, TITLE = ACTION, WHAT };

/* What the history is of: everything, an entry, or a document. */
struct subject {
	int64_t entry;		/* 0: none */
	const char *document;	/* NULL: none */
};

/*
 * The entry that a revision is about: its only one, or the only new one, which
 * may have moved a rule from its neighbour.
 */
#define ABOUT \
    " CASE WHEN (SELECT count(*) FROM revision_entries x" \
    " WHERE x.revision = r.revision AND x.action = 'created') = 1" \
    " THEN (SELECT min(x.entry_id) FROM revision_entries x" \
    " WHERE x.revision = r.revision AND x.action = 'created')" \
    " WHEN (SELECT count(DISTINCT x.entry_id) FROM revision_entries x" \
    " WHERE x.revision = r.revision) = 1" \
    " THEN (SELECT min(x.entry_id) FROM revision_entries x" \
    " WHERE x.revision = r.revision) END"

#define ABOUT_COLUMNS ABOUT " AS entry," \
    " (SELECT y.title FROM entries y WHERE y.id =" ABOUT ") AS title," \
    " (SELECT min(x.action) FROM revision_entries x" \
    " WHERE x.revision = r.revision AND x.entry_id =" ABOUT ") AS what"

static const char all_sql[] = "SELECT r.revision, r.author, r.message,"
    " r.created_at, r.entries," ABOUT_COLUMNS " FROM revisions r";
static const char entry_sql[] = "SELECT r.revision, r.author, r.message,"
    " r.created_at, r.entries, e.version, e.action FROM revisions r"
    " JOIN revision_entries e ON e.revision = r.revision"
    " WHERE e.entry_id = $1";
static const char document_sql[] = "SELECT r.revision, r.author, r.message,"
    " r.created_at, (SELECT count(*) FROM revision_entries x JOIN entries y"
    " ON y.id = x.entry_id WHERE x.revision = r.revision"
    " AND y.document = $1) AS entries," ABOUT_COLUMNS " FROM revisions r"
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

/* What --author and --since ask for. */
static bool
filter(struct statement *s, const struct args *args, struct err *e)
{
	const char *author = args_value(args, OPT_AUTHOR);
	const char *since = args_value(args, OPT_SINCE);
	char when[SINCE_SIZE];

	if (author != NULL)
		statement_where_is(s, "r.author", author);
	if (since == NULL)
		return true;
	if (!since_parse(since, when, e))
		return false;
	statement_where(s, "r.created_at >= ");
	statement_text(s, when);
	buf_printf(&s->sql, "CAST($%u AS timestamptz)", s->nparams);
	return true;
}

static bool
fetch(struct client *client, const struct subject *of,
    const struct args *args, struct result **r, struct err *e)
{
	int64_t limit = args->limit;
	struct statement s;
	bool ok;

	statement_init(&s, of->entry != 0 ? entry_sql :
	    of->document != NULL ? document_sql : all_sql);
	if (of->entry != 0)
		statement_int(&s, of->entry);
	else if (of->document != NULL)
		statement_text(&s, of->document);
	s.has_where = of->entry != 0 || of->document != NULL;
	if (!filter(&s, args, e)) {
		statement_free(&s);
		return false;
	}
	buf_puts(&s.sql, " ORDER BY r.revision DESC");
	if (limit != 0) {
		statement_int(&s, limit);
		buf_printf(&s.sql, " LIMIT $%u", s.nparams);
	}
	ok = statement_run(&s, client, r, e);
	statement_free(&s);
	return ok;
}

/* Which entry it was about, when it was about one. */
static void
put_entry_json(struct json *row, const struct result *r, size_t i)
{
	if (result_is_null(r, i, ENTRY)) {
		js_put_null(row, "entry");
		js_put_null(row, "title");
		js_put_null(row, "action");
		return;
	}
	js_put_int(row, "entry", result_int(r, i, ENTRY));
	js_put_text(row, "title", result_text(r, i, TITLE));
	js_put_text(row, "action", result_text(r, i, WHAT));
}

/* "changed 12 CPU 100% 占用", "25 entries"; "" for what is no entry's. */
static void
put_what(struct table *t, const struct result *r, size_t i)
{
	struct buf b = BUF_INIT;

	if (!result_is_null(r, i, ENTRY))
		buf_printf(&b, "%.*s %lld %.*s",
		    SLICE_ARG(result_text(r, i, WHAT)),
		    (long long)result_int(r, i, ENTRY),
		    SLICE_ARG(result_text(r, i, TITLE)));
	else if (result_int(r, i, ENTRIES) != 0)
		buf_printf(&b, "%lld entries",
		    (long long)result_int(r, i, ENTRIES));
	table_add(t, STYLE_PLAIN, buf_slice(&b));
	buf_free(&b);
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
		} else {
			put_entry_json(row, r, i);
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
		table_add(t, STYLE_DIM, SLICE("WHAT"));
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
			put_what(&t, r, i);
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
	    !fetch(client, &of, c->args, &r, &e))
		return report_err(&e);
	n = result_rows(r);
	if (args_has(c->args, OPT_JSON))
		put_json(c->out, &of, r);
	else if (n != 0)
		put_table(c->out, &of, r);
	if (n == 0 && of.entry != 0 && !args_has(c->args, OPT_AUTHOR) &&
	    !args_has(c->args, OPT_SINCE))
		report_note("there is no entry %lld", (long long)of.entry);
	else if (n == 0 && (args_has(c->args, OPT_AUTHOR) ||
	    args_has(c->args, OPT_SINCE)))
		report_note("nothing of that has happened");
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
