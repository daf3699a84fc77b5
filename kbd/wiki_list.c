/*
 * wiki_list.c - lists: home, changes, gaps; and the help.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/wiki.h"
#include "common/str.h"
#include "kb/html.h"
#include "kbd/http_route.h"
#include "kbd/sql_db.h"
#include "kbd/wiki_page.h"

#include <stdio.h>
#include <time.h>

#define PAGE_LENGTH 50
#define REVIEW_DAYS 14

/* ---- home ---- */

static void
put_documents(struct http_exchange *x, const struct browse_rows *r)
{
	size_t i;

	put(x, "<section>\n<h2>");
	put_tr(x, T_DOCUMENTS);
	put(x, "</h2>\n");
	if (r->n == 0) {
		put(x, "<p>");
		put_tr(x, T_EMPTY_BASE);
		put(x, " <code>kbctl import FILE</code></p>\n");
	}
	put(x, "<ul class=\"documents\">\n");
	for (i = 0; i < r->n; i++) {
		put(x, "<li>");
		put_document_link(x, browse_cell(r, i, DOC_NAME),
		    browse_cell(r, i, DOC_TITLE));
		put(x, " <span class=\"muted\">");
		put_text(x, browse_cell(r, i, DOC_ENTRIES));
		put(x, " ");
		put_tr(x, T_ENTRIES);
		put(x, " · ");
		put_time(x, browse_cell(r, i, DOC_UPDATED));
		put(x, "</span></li>\n");
	}
	put(x, "</ul>\n</section>\n");
}

static const struct {
	const char *name;
	enum wiki_text id;
} actions[] = {
	{ "created", T_CREATED }, { "changed", T_CHANGED },
	{ "moved", T_MOVED }, { "archived", T_ARCHIVED_WORD },
	{ "unarchived", T_UNARCHIVED },
};

static void
put_action(struct http_exchange *x, struct slice name)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(actions); i++)
		if (slice_is(name, actions[i].name))
			put_tr(x, actions[i].id);
}

/* What a revision did, as a list of its entries. */
static bool
put_changed(struct http_exchange *x, struct sql_db *db, struct slice revision)
{
	struct browse_rows r;
	size_t i;

	if (!page_query(x, db, BROWSE_CHANGED, &revision, &r))
		return false;
	put(x, "<ul class=\"changed\">\n");
	for (i = 0; i < r.n; i++) {
		put(x, "<li><span class=\"muted\">");
		put_action(x, browse_cell(&r, i, CHANGED_ACTION));
		put(x, "</span> ");
		put_entry_link(x, browse_cell(&r, i, CHANGED_SLUG),
		    browse_cell(&r, i, CHANGED_TITLE));
		put(x, " <span class=\"muted\">");
		put_text(x, browse_cell(&r, i, CHANGED_DOCUMENT));
		put(x, "</span></li>\n");
	}
	put(x, "</ul>\n");
	return true;
}

static void
put_change_line(struct http_exchange *x, const struct browse_rows *r,
    size_t i)
{
	put_time(x, browse_cell(r, i, CHANGE_CREATED));
	put(x, " <span class=\"who\">");
	put_text(x, browse_cell(r, i, CHANGE_AUTHOR));
	put(x, "</span> ");
	put_text(x, browse_cell(r, i, CHANGE_MESSAGE));
	put(x, " <span class=\"muted\">(");
	put_text(x, browse_cell(r, i, CHANGE_ENTRIES));
	put(x, " ");
	put_tr(x, T_ENTRIES);
	put(x, ")</span>");
}

static void
put_recent(struct http_exchange *x, const struct browse_rows *r)
{
	size_t i;

	put(x, "<section>\n<h2><a href=\"/changes\">");
	put_tr(x, T_RECENT);
	put(x, "</a></h2>\n<ul class=\"changes\">\n");
	for (i = 0; i < r->n; i++) {
		put(x, "<li>");
		put_change_line(x, r, i);
		put(x, "</li>\n");
	}
	put(x, "</ul>\n</section>\n");
}

static void
put_due(struct http_exchange *x, const struct browse_rows *r,
    const struct browse_rows *docs)
{
	size_t i, n = 0;

	for (i = 0; i < docs->n; i++)
		n += browse_cell(docs, i, DOC_REVIEW).len != 0;
	if (r->n + n == 0)
		return;
	put(x, "<section>\n<h2>");
	put_tr(x, T_DUE);
	put(x, "</h2>\n<ul class=\"due\">\n");
	for (i = 0; i < r->n; i++) {
		put(x, "<li>");
		put_entry_link(x, browse_cell(r, i, ENTRY_SLUG),
		    browse_cell(r, i, ENTRY_TITLE));
		put(x, " <span class=\"muted\">");
		put_text(x, browse_cell(r, i, ENTRY_REVIEW_BY));
		put(x, "</span></li>\n");
	}
	for (i = 0; i < docs->n; i++) {
		if (browse_cell(docs, i, DOC_REVIEW).len == 0)
			continue;
		put(x, "<li>");
		put_document_link(x, browse_cell(docs, i, DOC_NAME),
		    browse_cell(docs, i, DOC_TITLE));
		put(x, " <span class=\"muted\">");
		put_text(x, browse_cell(docs, i, DOC_REVIEW));
		put(x, "</span></li>\n");
	}
	put(x, "</ul>\n</section>\n");
}

static void
put_big_search(struct http_exchange *x)
{
	put(x, "<form class=\"big-find\" role=\"search\" action=\"/search\" "
	    "aria-labelledby=\"big-q-label\">\n<label id=\"big-q-label\" "
	    "for=\"big-q\">");
	put_tr(x, T_SEARCH_LABEL);
	put(x, "</label>\n<div class=\"row\"><input id=\"big-q\" name=\"q\" "
	    "type=\"search\" autocomplete=\"off\" spellcheck=\"false\" "
	    "maxlength=\"500\" placeholder=\"");
	put_tr(x, T_SEARCH_HINT);
	put(x, "\"><button>");
	put_tr(x, T_SEARCH);
	put(x, "</button></div>\n</form>\n");
}

void
wiki_home(struct http_exchange *x, struct sql_db *db)
{
	struct browse_rows docs, recent, due;
	struct slice args[2] = { SLICE("9223372036854775807"), SLICE("8") };
	char day[16];
	time_t t = time(NULL) + REVIEW_DAYS * 86400;
	struct tm tm;
	struct slice until;

	gmtime_r(&t, &tm);
	(void)strftime(day, sizeof(day), "%Y-%m-%d", &tm);
	until = slice_of(day);
	if (!page_query(x, db, BROWSE_DOCUMENTS, NULL, &docs) ||
	    !page_query(x, db, BROWSE_CHANGES, args, &recent) ||
	    !page_query(x, db, BROWSE_REVIEW, &until, &due))
		return;
	page_begin(x, 200, SLICE(""));
	page_versioned(x, db);
	put(x, "<h1 class=\"hidden\">kbd</h1>\n");
	put_big_search(x);
	put(x, "<div class=\"columns\">\n");
	put_documents(x, &docs);
	put(x, "<div>\n");
	put_recent(x, &recent);
	put_due(x, &due, &docs);
	put(x, "</div>\n</div>\n");
	page_end(x);
}

/* ---- changes ---- */

static bool
load_changes(struct http_exchange *x, struct sql_db *db,
    struct browse_rows *r)
{
	struct slice args[2] = { page_param(x, "before"), SLICE("50") };
	int64_t n;

	if (!str_int(args[0], 1, INT64_MAX, &n))
		args[0] = SLICE("9223372036854775807");
	return page_query(x, db, BROWSE_CHANGES, args, r);
}

void
wiki_changes(struct http_exchange *x, struct sql_db *db)
{
	struct browse_rows r;
	size_t i;

	if (!load_changes(x, db, &r))
		return;
	page_begin(x, 200, slice_of(wiki_text(x->lang, T_CHANGES)));
	page_versioned(x, db);
	put(x, "<h1>");
	put_tr(x, T_CHANGES);
	put(x, "</h1>\n<p class=\"facts\"><a href=\"/changes.atom\">");
	put_tr(x, T_FEED);
	put(x, "</a></p>\n<ol class=\"revisions\">\n");
	for (i = 0; i < r.n; i++) {
		struct slice revision = browse_cell(&r, i, CHANGE_REVISION);

		put(x, "<li id=\"r");
		put_attr(x, revision);
		put(x, "\"><div>");
		put_change_line(x, &r, i);
		put(x, "</div>\n");
		if (!put_changed(x, db, revision))
			return;
		put(x, "</li>\n");
	}
	put(x, "</ol>\n");
	if (r.n == PAGE_LENGTH) {
		put(x, "<p><a rel=\"next\" href=\"/changes?before=");
		put_path(x, browse_cell(&r, r.n - 1, CHANGE_REVISION));
		put(x, "\">");
		put_tr(x, T_OLDER);
		put(x, "</a></p>\n");
	}
	page_end(x);
}

static void
put_atom_entry(struct http_exchange *x, const struct browse_rows *r,
    size_t i)
{
	char t[CLOCK_TEXT_SIZE];
	struct slice message = browse_cell(r, i, CHANGE_MESSAGE);

	clock_rfc3339(browse_cell(r, i, CHANGE_CREATED), t);
	put(x, "<entry><id>tag:");
	put_text(x, x->head.host);
	put(x, ",2026:r");
	put_text(x, browse_cell(r, i, CHANGE_REVISION));
	put(x, "</id><title>");
	put_text(x, message.len != 0 ? message : slice_of(wiki_text(x->lang,
	    T_CHANGED)));
	put(x, "</title><updated>");
	put(x, t);
	put(x, "</updated><author><name>");
	put_text(x, browse_cell(r, i, CHANGE_AUTHOR));
	put(x, "</name></author><link href=\"https://");
	put_attr(x, x->head.host);
	put(x, "/changes#r");
	put_text(x, browse_cell(r, i, CHANGE_REVISION));
	put(x, "\"/></entry>\n");
}

void
wiki_atom(struct http_exchange *x, struct sql_db *db)
{
	struct browse_rows r;
	char t[CLOCK_TEXT_SIZE];
	size_t i;

	if (!load_changes(x, db, &r))
		return;
	reply_begin(x, 200, "application/atom+xml; charset=utf-8");
	page_versioned(x, db);
	clock_rfc3339(r.n != 0 ? browse_cell(&r, 0, CHANGE_CREATED) :
	    SLICE("1970-01-01 00:00:00.000000+00"), t);
	put(x, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
	    "<feed xmlns=\"http://www.w3.org/2005/Atom\">\n<id>tag:");
	put_text(x, x->head.host);
	put(x, ",2026:changes</id>\n<title>kbd</title>\n<updated>");
	put(x, t);
	put(x, "</updated>\n<link rel=\"self\" href=\"https://");
	put_attr(x, x->head.host);
	put(x, "/changes.atom\"/>\n");
	for (i = 0; i < r.n; i++)
		put_atom_entry(x, &r, i);
	put(x, "</feed>\n");
	reply_header(x, "Cache-Control", SLICE("no-cache"));
	x->reply.is_cacheable = true;
}

/* ---- gaps ---- */

/* What people typed is for those who log in. */
static void
put_gaps(struct http_exchange *x, const struct browse_rows *r)
{
	size_t i;

	if (r->n == 0) {
		put(x, "<p>");
		put_tr(x, T_NONE_YET);
		put(x, "</p>\n");
		return;
	}
	put(x, "<div class=\"scroll\" tabindex=\"0\"><table>\n<thead><tr><th "
	    "scope=\"col\">");
	put_tr(x, T_QUERY);
	put(x, "</th><th scope=\"col\" class=\"right\">");
	put_tr(x, T_TIMES);
	put(x, "</th><th scope=\"col\">");
	put_tr(x, T_WHEN);
	put(x, "</th><td></td></tr></thead>\n<tbody>\n");
	for (i = 0; i < r->n; i++) {
		put(x, "<tr><td><a href=\"/search?q=");
		html_url_value(&x->reply.body, browse_cell(r, i, GAP_QUERY));
		put(x, "\">");
		put_text(x, browse_cell(r, i, GAP_QUERY));
		put(x, "</a></td><td class=\"right\">");
		put_text(x, browse_cell(r, i, GAP_TIMES));
		put(x, "</td><td>");
		put_time(x, browse_cell(r, i, GAP_LAST));
		put(x, "</td><td>");
		put_new_link(x, browse_cell(r, i, GAP_QUERY));
		put(x, "</td></tr>\n");
	}
	put(x, "</tbody></table></div>\n");
}

void
wiki_gaps(struct http_exchange *x, struct sql_db *db)
{
	struct slice limit = SLICE("100");
	struct browse_rows r;

	if (!x->who.is_known) {
		wiki_login_first(x);
		return;
	}
	if (!page_query(x, db, BROWSE_GAPS, &limit, &r))
		return;
	page_begin(x, 200, slice_of(wiki_text(x->lang, T_GAPS)));
	x->reply.is_cacheable = false;
	put(x, "<h1>");
	put_tr(x, T_GAPS);
	put(x, "</h1>\n<p>");
	put_tr(x, T_GAPS_HELP);
	put(x, "</p>\n");
	put_gaps(x, &r);
	page_end(x);
}

/* ---- help ---- */

static void
put_key(struct http_exchange *x, const char *key, enum wiki_text what)
{
	put(x, "<dt><kbd>");
	put(x, key);
	put(x, "</kbd></dt><dd>");
	put_tr(x, what);
	put(x, "</dd>\n");
}

void
wiki_help(struct http_exchange *x, struct sql_db *db)
{
	(void)db;
	page_begin(x, 200, slice_of(wiki_text(x->lang, T_HELP)));
	put(x, "<article>\n<h1>");
	put_tr(x, T_HELP);
	put(x, "</h1>\n<h2>");
	put_tr(x, T_KEYS);
	put(x, "</h2>\n<dl class=\"keys\">\n");
	put_key(x, "/", T_KEY_SEARCH);
	put_key(x, "e", T_KEY_EDIT);
	put_key(x, "?", T_KEY_HELP);
	put_key(x, "Ctrl+Enter", T_KEY_SAVE);
	put(x, "</dl>\n<h2>");
	put_tr(x, T_WRITING);
	put(x, "</h2>\n<p>");
	put_tr(x, T_WRITING_HELP);
	put(x, " <code>[[12]]</code> <code>[[CPU 100%]]</code></p>\n<p>");
	put_tr(x, T_LABELS_HELP);
	put(x, " <code>**问题**:</code> <code>**解决**:</code> "
	    "<code>**预防**:</code> <code>Symptom:</code> <code>Fix:</code> "
	    "<code>Prevention:</code></p>\n<h2>");
	put_tr(x, T_FROM_SHELL);
	put(x, "</h2>\n<pre tabindex=\"0\">kbctl CPU 100%\ncurl https://");
	put_text(x, x->head.host);
	put(x, "/q/CPU+100%25</pre>\n</article>\n");
	page_end(x);
}
