/*
 * wiki_view.c - a document and an entry, as pages and as they were written.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/wiki.h"
#include "common/jsonw.h"
#include "common/str.h"
#include "kb/html.h"
#include "kb/render_html.h"
#include "kb/store.h"
#include "kbd/http_api.h"
#include "kbd/sql_db.h"
#include "kbd/wiki_page.h"

#include <stdio.h>

#define LINKED_MAX 6144	/* bytes of linked entries' texts on a page */

/* "12.md": cut at the suffix; false: it has another one. */
static bool
cut_suffix(struct slice *s, const char *suffix)
{
	if (!slice_ends(*s, slice_of(suffix)) || s->len <= strlen(suffix))
		return false;
	s->len -= strlen(suffix);
	return true;
}

static int64_t
number(struct slice text)
{
	int64_t n = 0;

	return str_int(text, 0, INT64_MAX, &n) ? n : 0;
}

/* ---- documents ---- */

/* The outline as nested lists, by depth. */
static void
put_contents(struct http_exchange *x, const struct browse_rows *r)
{
	int64_t depth = -1, next;
	size_t i;

	put(x, "<nav class=\"toc\" aria-label=\"");
	put_tr(x, T_CONTENTS);
	put(x, "\">\n<details open><summary>");
	put_tr(x, T_CONTENTS);
	put(x, "</summary>\n");
	for (i = 0; i < r->n; i++) {
		if (browse_cell(r, i, ENTRY_TITLE).len == 0)
			continue;
		next = number(browse_cell(r, i, ENTRY_DEPTH));
		for (; depth < next; depth++)
			put(x, depth + 1 < next ? "<ol><li>" : "<ol>");
		if (depth > next) {
			for (; depth > next; depth--)
				put(x, "</li></ol>");
			put(x, "</li>");
		} else if (i != 0 && !slice_ends(buf_slice(
		    &x->reply.body), SLICE("<ol>"))) {
			put(x, "</li>");
		}
		put(x, "\n<li><a href=\"#");
		put_path(x, browse_cell(r, i, ENTRY_SLUG));
		put(x, "\"");
		put_lang(x, browse_cell(r, i, ENTRY_TITLE));
		put(x, ">");
		put_text(x, browse_cell(r, i, ENTRY_TITLE));
		put(x, "</a>");
	}
	for (; depth >= 0; depth--)
		put(x, "</li></ol>");
	put(x, "\n</details></nav>\n");
}

static bool
has_top_heading(struct slice markdown)
{
	struct slice rest = slice_sub(markdown, 0, 4096), line, next;

	while (str_line(&rest, &line, NULL)) {
		if (str_trim(line).len == 0)
			continue;
		next = rest;
		return slice_starts(line, SLICE("# ")) ||
		    (str_line(&next, &line, NULL) &&
		    slice_starts(line, SLICE("==")));
	}
	return false;
}

/* The preamble may have front matter, which is shown as it is. */
static void
put_section(struct http_exchange *x, const struct browse_rows *r, size_t i,
    struct html_options *o)
{
	struct slice markdown = browse_cell(r, i, ENTRY_TEXT);
	struct slice slug = browse_cell(r, i, ENTRY_SLUG);
	size_t prologue = i == 0 ? document_prologue(markdown) : 0;
	struct buf href = BUF_INIT;

	if (str_trim(slice_sub(markdown, 0, prologue)).len > 3) {
		put(x, "<details class=\"meta\"><summary>---</summary><pre "
		    "tabindex=\"0\">");
		put_text(x, slice_sub(markdown, 0, prologue));
		put(x, "</pre></details>\n");
	}
	buf_puts(&href, "/e/");
	html_url_part(&href, slug);
	o->id = slug;
	o->href = buf_slice(&href);
	put(x, "<section");
	put_lang(x, markdown);
	put(x, ">\n");
	render_html(slice_sub(markdown, prologue, markdown.len), o,
	    &x->reply.body);
	put(x, "</section>\n");
	buf_free(&href);
}

static void
put_document_head(struct http_exchange *x, const struct browse_rows *doc)
{
	put(x, "<p class=\"facts\">");
	put_number(x, number(browse_cell(doc, 0, DOC_ENTRIES)));
	put(x, " ");
	put_tr(x, T_ENTRIES);
	put(x, " · ");
	put_tr(x, T_UPDATED);
	put(x, " ");
	put_time(x, browse_cell(doc, 0, DOC_UPDATED));
	put(x, " · ");
	put_text(x, browse_cell(doc, 0, DOC_BY));
	put(x, " · <a href=\"/d/");
	put_path(x, browse_cell(doc, 0, DOC_NAME));
	put(x, ".md\">");
	put_tr(x, T_RAW);
	put(x, "</a></p>\n");
}

static void
put_document(struct http_exchange *x, struct sql_db *db,
    const struct browse_rows *doc, const struct browse_rows *r)
{
	struct slice title = browse_cell(doc, 0, DOC_TITLE);
	bool own_heading = r->n != 0 && has_top_heading(browse_cell(r, 0,
	    ENTRY_TEXT));
	struct html_options o;
	size_t i;

	page_begin(x, 200, title.len != 0 ? title : browse_cell(doc, 0,
	    DOC_NAME));
	page_versioned(x, db);
	page_options(x, db, browse_cell(doc, 0, DOC_SOURCE), &o);
	put(x, "<div class=\"with-toc\">\n");
	put_contents(x, r);
	put(x, "<article>\n<nav class=\"path\" aria-label=\"");
	put_tr(x, T_PATH);
	put(x, "\"><a href=\"/\">");
	put_tr(x, T_HOME);
	put(x, "</a> / <span>");
	put_text(x, browse_cell(doc, 0, DOC_NAME));
	put(x, "</span></nav>\n");
	if (!own_heading) {
		put(x, "<h1>");
		put_text(x, title.len != 0 ? title : browse_cell(doc, 0,
		    DOC_NAME));
		put(x, "</h1>\n");
		o.shift = 1;
	}
	put_document_head(x, doc);
	for (i = 0; i < r->n; i++)
		put_section(x, r, i, &o);
	put(x, "</article>\n</div>\n");
	page_end(x);
}

/* The exact bytes, now or as of a moment. */
static void
put_document_bytes(struct http_exchange *x, struct sql_db *db,
    struct slice name)
{
	struct err e = ERR_INIT;
	int64_t revision = 0;

	reply_begin(x, 200, "text/markdown; charset=utf-8");
	if (store_export(db->store, name, page_param(x, "as_of"),
	    &x->reply.body, &revision, &e)) {
		snprintf(x->reply.etag, sizeof(x->reply.etag), "\"r%lld\"",
		    (long long)revision);
		reply_header(x, "Cache-Control", SLICE("no-cache"));
		x->reply.is_cacheable = true;
	} else if (e.code == ERR_NOT_FOUND) {
		wiki_error(x, db, 404, NULL);
	} else if (e.code == ERR_INVALID) {
		wiki_error(x, db, 400, e.msg);
	} else {
		page_failed(x, db, &e);
	}
}

void
wiki_document(struct http_exchange *x, struct sql_db *db)
{
	struct slice name = x->arg[0];
	struct browse_rows doc, texts;
	struct slice args[1] = { name };

	if (!page_query(x, db, BROWSE_DOCUMENT, args, &doc))
		return;
	if (doc.n == 0 && cut_suffix(&name, ".md")) {
		put_document_bytes(x, db, name);
	} else if (doc.n == 0) {
		wiki_error(x, db, 404, NULL);
	} else {
		args[0] = browse_cell(&doc, 0, DOC_NAME);
		if (page_query(x, db, BROWSE_TEXTS, args, &texts))
			put_document(x, db, &doc, &texts);
	}
}

/* ---- entries ---- */

static void
put_entry_path(struct http_exchange *x, const struct browse_rows *e,
    const struct browse_rows *path)
{
	size_t i;

	put(x, "<nav class=\"path\" aria-label=\"");
	put_tr(x, T_PATH);
	put(x, "\"><a href=\"/\">");
	put_tr(x, T_HOME);
	put(x, "</a> / ");
	put_document_link(x, browse_cell(e, 0, ENTRY_DOCUMENT), SLICE(""));
	for (i = 0; i < path->n; i++) {
		put(x, " / ");
		put_entry_link(x, browse_cell(path, i, ENTRY_SLUG),
		    browse_cell(path, i, ENTRY_TITLE));
	}
	put(x, "</nav>\n");
}

static void
put_action(struct http_exchange *x, struct slice id, const char *what,
    enum wiki_text text)
{
	put(x, " <a class=\"action\" href=\"/e/");
	put_path(x, id);
	put(x, what);
	put(x, "\">");
	put_tr(x, text);
	put(x, "</a>");
}

static void
put_facts(struct http_exchange *x, const struct browse_rows *e)
{
	struct slice id = browse_cell(e, 0, ENTRY_ID);

	put(x, "<p class=\"facts\">");
	put_severity(x, browse_cell(e, 0, ENTRY_SHOWN_SEVERITY));
	put_kind(x, browse_cell(e, 0, ENTRY_SHOWN_KIND));
	put(x, "<span class=\"muted\">#");
	put_text(x, id);
	put(x, " · </span><a href=\"/e/");
	put_path(x, id);
	put(x, "/history\">");
	put_tr(x, T_VERSION);
	put(x, " ");
	put_text(x, browse_cell(e, 0, ENTRY_VERSION));
	put(x, "</a> <span class=\"muted\">·</span> ");
	put_time(x, browse_cell(e, 0, ENTRY_UPDATED));
	put(x, " <span class=\"muted\">·</span> ");
	put_text(x, browse_cell(e, 0, ENTRY_BY));
	if (browse_cell(e, 0, ENTRY_REVIEW_BY).len != 0) {
		put(x, " <span class=\"muted\">·</span> ");
		put_tr(x, T_DUE_BY);
		put(x, " ");
		put_text(x, browse_cell(e, 0, ENTRY_REVIEW_BY));
	}
	put(x, "<span class=\"actions\">");
	put_action(x, id, "/edit", T_EDIT);
	put_action(x, id, "/history", T_HISTORY);
	put_action(x, id, ".md", T_RAW);
	put(x, "</span></p>\n");
}

/* An entry in a list: a link to it, and what it is. */
static void
put_entry_head(struct http_exchange *x, const struct browse_rows *r, size_t i)
{
	put_entry_link(x, browse_cell(r, i, ENTRY_SLUG),
	    browse_cell(r, i, ENTRY_TITLE));
	put(x, " ");
	put_severity(x, browse_cell(r, i, ENTRY_SHOWN_SEVERITY));
	put_kind(x, browse_cell(r, i, ENTRY_SHOWN_KIND));
}

static void
put_below(struct http_exchange *x, const struct browse_rows *below)
{
	size_t i;

	if (below->n == 0)
		return;
	put(x, "<section class=\"below\">\n<h2>");
	put_tr(x, T_BELOW);
	put(x, "</h2>\n<ul class=\"entries\">\n");
	for (i = 0; i < below->n; i++) {
		put(x, "<li>");
		put_entry_head(x, below, i);
		put(x, "</li>\n");
	}
	put(x, "</ul>\n</section>\n");
}

/* An entry's own text, without its heading. */
static void
put_linked_text(struct http_exchange *x, struct sql_db *db,
    const struct browse_rows *r, size_t i)
{
	struct slice markdown = browse_cell(r, i, ENTRY_TEXT);
	struct html_options o;

	page_options(x, db, browse_cell(r, i, ENTRY_SOURCE), &o);
	o.id = browse_cell(r, i, ENTRY_SLUG);
	o.skip_heading = true;
	o.shift = 1;
	put(x, "<div");
	put_lang(x, markdown);
	put(x, ">\n");
	render_html(slice_sub(markdown, document_prologue(markdown),
	    markdown.len), &o, &x->reply.body);
	put(x, "</div>\n");
}

/* The runbook, the template: with their commands, ready to act on. */
static void
put_linked(struct http_exchange *x, struct sql_db *db,
    const struct browse_rows *r)
{
	size_t i, room = LINKED_MAX;

	if (r->n == 0)
		return;
	put(x, "<section class=\"linked\">\n<h2>");
	put_tr(x, T_SEE_ALSO);
	put(x, "</h2>\n");
	for (i = 0; i < r->n; i++) {
		size_t len = browse_cell(r, i, ENTRY_TEXT).len;

		put(x, "<h3>");
		put_entry_head(x, r, i);
		put(x, "</h3>\n");
		if (len > room)
			continue;
		room -= len;
		put_linked_text(x, db, r, i);
	}
	put(x, "</section>\n");
}

static void
put_body(struct http_exchange *x, struct sql_db *db,
    const struct browse_rows *e)
{
	struct slice markdown = browse_cell(e, 0, ENTRY_TEXT);
	struct html_options o;
	size_t prologue = number(browse_cell(e, 0, ENTRY_LINE)) <= 1 ?
	    document_prologue(markdown) : 0;
	struct slice text = slice_sub(markdown, prologue, markdown.len);

	page_options(x, db, browse_cell(e, 0, ENTRY_SOURCE), &o);
	o.id = browse_cell(e, 0, ENTRY_SLUG);
	o.skip_heading = true;
	put(x, "<div class=\"text\">\n");
	render_html(text, &o, &x->reply.body);
	put(x, "</div>\n");
}

static void
put_heading(struct http_exchange *x, const struct browse_rows *e)
{
	struct slice markdown = browse_cell(e, 0, ENTRY_TEXT);
	size_t before;

	put(x, "<h1>");
	before = x->reply.body.len;
	render_html_heading(slice_sub(markdown, document_prologue(markdown),
	    markdown.len), &x->reply.body);
	if (x->reply.body.len == before)
		put_text(x, browse_cell(e, 0, ENTRY_DOCUMENT));
	put(x, "</h1>\n");
}

static void
put_entry(struct http_exchange *x, struct sql_db *db,
    const struct browse_rows *e)
{
	struct slice id = browse_cell(e, 0, ENTRY_ID);
	struct slice title = browse_cell(e, 0, ENTRY_TITLE);
	struct browse_rows path, below, linked;

	if (!page_query(x, db, BROWSE_PATH, &id, &path) ||
	    !page_query(x, db, BROWSE_BELOW, &id, &below) ||
	    !page_query(x, db, BROWSE_LINKED, &id, &linked))
		return;
	page_begin(x, 200, title.len != 0 ? title : browse_cell(e, 0,
	    ENTRY_DOCUMENT));
	page_versioned(x, db);
	put(x, "<article class=\"entry\"");
	put_lang(x, browse_cell(e, 0, ENTRY_TEXT));
	put(x, ">\n");
	put_entry_path(x, e, &path);
	put_heading(x, e);
	put_facts(x, e);
	if (slice_is(browse_cell(e, 0, ENTRY_ARCHIVED), "1")) {
		put(x, "<p class=\"notice\">");
		put_tr(x, T_ARCHIVED);
		put(x, "</p>\n");
	}
	put_body(x, db, e);
	put_linked(x, db, &linked);
	put_below(x, &below);
	put(x, "</article>\n");
	page_end(x);
}

/* The bytes of the entry; of an older version with ?version=. */
static void
put_entry_bytes(struct http_exchange *x, struct sql_db *db,
    const struct browse_rows *e, const char *type)
{
	struct slice text = browse_cell(e, 0, ENTRY_TEXT);
	struct slice version = page_param(x, "version");
	struct browse_rows v;
	struct slice args[2] = { browse_cell(e, 0, ENTRY_ID), version };

	if (version.len != 0) {
		if (!page_query(x, db, BROWSE_VERSION, args, &v))
			return;
		if (v.n == 0) {
			wiki_error(x, db, 404, NULL);
			return;
		}
		text = browse_cell(&v, 0, VERSION_TEXT);
	} else {
		version = browse_cell(e, 0, ENTRY_VERSION);
	}
	reply_begin(x, 200, type);
	buf_put_slice(&x->reply.body, text);
	snprintf(x->reply.etag, sizeof(x->reply.etag), "\"%.*s\"",
	    SLICE_ARG(version));
	http_date_of(browse_cell(e, 0, ENTRY_UPDATED), x->reply.modified);
	reply_header(x, "Cache-Control", SLICE("no-cache"));
	x->reply.is_cacheable = true;
}

/* The number that "12-cpu-100", "12.md" and "12" begin with. */
static struct slice
leading_number(struct slice s)
{
	size_t n = 0;

	while (n < s.len && ascii_is_digit(s.ptr[n]))
		n++;
	return slice_sub(s, 0, n);
}

static void
redirect_to_slug(struct http_exchange *x, struct slice slug)
{
	struct buf path = BUF_INIT;

	buf_puts(&path, "/e/");
	html_url_part(&path, slug);
	if (x->head.query.len != 0) {
		buf_putc(&path, '?');
		buf_put_slice(&path, x->head.query);
	}
	reply_redirect(x, 301, buf_slice(&path));
	buf_free(&path);
}

/*
 * A slug that is not today's leads to the one that is. One with another kind
 * of text asked for does not: "12-cpu.md" is the Markdown of number 12.
 */
void
wiki_entry(struct http_exchange *x, struct sql_db *db)
{
	struct slice name = x->arg[0], id = leading_number(name);
	struct browse_rows e;

	if (id.len == 0 || id.len > 18) {
		wiki_error(x, db, 404, NULL);
		return;
	}
	if (!page_query(x, db, BROWSE_ENTRY, &id, &e))
		return;
	if (e.n == 0)
		wiki_error(x, db, 404, NULL);
	else if (slice_eq(name, browse_cell(&e, 0, ENTRY_SLUG)))
		put_entry(x, db, &e);
	else if (cut_suffix(&name, ".md"))
		put_entry_bytes(x, db, &e, "text/markdown; charset=utf-8");
	else if (cut_suffix(&name, ".txt"))
		put_entry_bytes(x, db, &e, "text/plain; charset=utf-8");
	else if (cut_suffix(&name, ".json"))
		http_api_put_entry(x, db, &e);
	else
		redirect_to_slug(x, browse_cell(&e, 0, ENTRY_SLUG));
}
