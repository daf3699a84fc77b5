/*
 * wiki_page.c - what all pages have in common; see wiki_page.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/wiki_page.h"
#include "common/log.h"
#include "common/str.h"
#include "kb/html.h"
#include "kb/render_html.h"
#include "kbd/http_access.h"
#include "kbd/http_route.h"
#include "kbd/sql_db.h"
#include "kbd/wiki.h"
#include "kbd/wiki_static.h"

#include <stdio.h>

void
put(struct http_exchange *x, const char *markup)
{
	html_raw_trusted(&x->reply.body, markup);
}

void
put_text(struct http_exchange *x, struct slice s)
{
	html_text(&x->reply.body, s);
}

void
put_attr(struct http_exchange *x, struct slice s)
{
	html_attr(&x->reply.body, s);
}

void
put_path(struct http_exchange *x, struct slice s)
{
	html_url_part(&x->reply.body, s);
}

void
put_tr(struct http_exchange *x, enum wiki_text id)
{
	put_text(x, slice_of(wiki_text(x->lang, id)));
}

void
put_number(struct http_exchange *x, long long n)
{
	buf_printf(&x->reply.body, "%lld", n);
}

void
put_entry_link(struct http_exchange *x, struct slice slug,
    struct slice title)
{
	put(x, "<a href=\"/e/");
	put_path(x, slug);
	put(x, "\"");
	put_lang(x, title);
	put(x, ">");
	put_text(x, title.len != 0 ? title : slug);
	put(x, "</a>");
}

void
put_document_link(struct http_exchange *x, struct slice name,
    struct slice title)
{
	put(x, "<a href=\"/d/");
	put_path(x, name);
	put(x, "\"");
	put_lang(x, title);
	put(x, ">");
	put_text(x, title.len != 0 ? title : name);
	put(x, "</a>");
}

void
put_new_link(struct http_exchange *x, struct slice title)
{
	if (x->who.is_known && x->who.level < ROLE_EDITOR)
		return;
	put(x, "<a class=\"action\" href=\"/new?title=");
	html_url_value(&x->reply.body, title);
	put(x, "\">");
	put_tr(x, T_NEW);
	put(x, "</a>");
}

void
put_time(struct http_exchange *x, struct slice stored)
{
	char t[CLOCK_TEXT_SIZE];

	if (stored.len == 0)
		return;
	clock_rfc3339(stored, t);
	put(x, "<time datetime=\"");
	put_attr(x, slice_of(t));
	put(x, "\" title=\"");
	put_attr(x, slice_sub(stored, 0, 16));
	put(x, " UTC\">");
	put_text(x, slice_sub(stored, 0, 10));
	put(x, "</time>");
}

struct word {
	const char *name;
	enum wiki_text id;
};

static const struct word severities[] = {
	{ "critical", T_CRITICAL }, { "high", T_HIGH },
	{ "warning", T_WARNING }, { "low", T_LOW }, { "info", T_INFO },
};

static const struct word kinds[] = {
	{ "problem", T_PROBLEM }, { "runbook", T_RUNBOOK },
	{ "checklist", T_CHECKLIST }, { "template", T_TEMPLATE },
	{ "procedure", T_PROCEDURE }, { "retrospective", T_RETROSPECTIVE },
};

static void
put_badge(struct http_exchange *x, const char *class,
    const struct word *words, size_t n, struct slice name)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (!slice_is(name, words[i].name))
			continue;
		put(x, "<span class=\"badge ");
		put(x, class);
		put(x, words[i].name);
		put(x, "\">");
		put_tr(x, words[i].id);
		put(x, "</span> ");
	}
}

void
put_severity(struct http_exchange *x, struct slice severity)
{
	put_badge(x, "s-", severities, ARRAY_LEN(severities), severity);
}

void
put_kind(struct http_exchange *x, struct slice kind)
{
	put_badge(x, "k-", kinds, ARRAY_LEN(kinds), kind);
}

void
put_lang(struct http_exchange *x, struct slice text)
{
	enum wiki_lang lang = wiki_is_chinese(text) ? LANG_ZH : LANG_EN;

	if (lang == x->lang || text.len == 0)
		return;
	put(x, " lang=\"");
	put(x, wiki_lang_tag(lang));
	put(x, "\"");
}

void
put_form_token(struct http_exchange *x)
{
	struct slice token = http_access_form_token(x);

	put(x, "<input type=\"hidden\" name=\"form_token\" value=\"");
	put_attr(x, token);
	put(x, "\">");
	x->reply.is_cacheable = false;
}

/* ---- the page ---- */

static void
put_head(struct http_exchange *x, struct slice title)
{
	put(x, "<!DOCTYPE html>\n<html lang=\"");
	put(x, wiki_lang_tag(x->lang));
	put(x, "\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\""
	    " content=\"width=device-width, initial-scale=1\">\n"
	    "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
	if (title.len != 0) {
		put_text(x, title);
		put(x, " · ");
	}
	put(x, "kbd</title>\n<link rel=\"stylesheet\" href=\"");
	put(x, wiki_static_style());
	put(x, "\">\n<link rel=\"icon\" href=\"");
	put(x, wiki_static_icon());
	put(x, "\" type=\"image/svg+xml\">\n<link rel=\"alternate\" type=\""
	    "application/atom+xml\" href=\"/changes.atom\" title=\"");
	put_tr(x, T_CHANGES);
	put(x, "\">\n<script src=\"");
	put(x, wiki_static_script());
	put(x, "\" defer></script>\n</head>\n");
}

static void
put_nav_link(struct http_exchange *x, const char *path, enum wiki_text id)
{
	put(x, "<a href=\"");
	put(x, path);
	put(x, slice_is(x->head.path, path) ? "\" aria-current=\"page\">" :
	    "\">");
	put_tr(x, id);
	put(x, "</a>\n");
}

static void
put_who(struct http_exchange *x)
{
	if (!x->who.is_known) {
		put_nav_link(x, "/login", T_LOGIN);
		return;
	}
	put(x, "<a href=\"/account\">");
	put_text(x, slice_of(x->who.name));
	put(x, "</a>\n");
}

static void
put_bar(struct http_exchange *x)
{
	put(x, "<header class=\"bar\">\n<a class=\"brand\" href=\"/\">kbd</a>"
	    "\n<form class=\"find\" role=\"search\" action=\"/search\">"
	    "<label class=\"hidden\" for=\"q\">");
	put_tr(x, T_SEARCH_LABEL);
	put(x, "</label><input id=\"q\" name=\"q\" type=\"search\" "
	    "autocomplete=\"off\" spellcheck=\"false\" maxlength=\"500\" "
	    "placeholder=\"");
	put_tr(x, T_SEARCH_HINT);
	put(x, "\" value=\"");
	if (slice_is(x->head.path, "/search"))
		put_attr(x, page_param(x, "q"));
	put(x, "\"><button>");
	put_tr(x, T_SEARCH);
	put(x, "</button></form>\n<nav aria-label=\"");
	put_tr(x, T_TOPBAR);
	put(x, "\">\n");
	put_nav_link(x, "/changes", T_CHANGES);
	if (x->who.is_known && x->who.level >= ROLE_EDITOR)
		put_nav_link(x, "/new", T_NEW);
	put_who(x);
	put(x, "</nav>\n</header>\n");
}

void
page_begin(struct http_exchange *x, int status, struct slice title)
{
	reply_begin(x, status, "text/html; charset=utf-8");
	x->who.form_token[0] = '\0';
	x->reply.is_cacheable = status == 200;
	put_head(x, title);
	put(x, "<body>\n<a class=\"skip\" href=\"#main\">");
	put_tr(x, T_SKIP);
	put(x, "</a>\n");
	put_bar(x);
	put(x, "<main id=\"main\" tabindex=\"-1\">\n");
}

/* Back to this page, in the other language. */
static void
put_switch(struct http_exchange *x)
{
	bool is_get = x->head.method == HTTP_GET;

	put(x, "<a href=\"/lang?to=");
	put(x, x->lang == LANG_ZH ? "en" : "zh");
	put(x, "&amp;back=");
	html_url_value(&x->reply.body, is_get ? x->head.target : SLICE("/"));
	put(x, "\" lang=\"");
	put(x, wiki_lang_tag(x->lang == LANG_ZH ? LANG_EN : LANG_ZH));
	put(x, "\" hreflang=\"");
	put(x, wiki_lang_tag(x->lang == LANG_ZH ? LANG_EN : LANG_ZH));
	put(x, "\">");
	put_tr(x, T_LANGUAGE);
	put(x, "</a>");
}

void
page_end(struct http_exchange *x)
{
	put(x, "</main>\n<footer>\n");
	put_switch(x);
	put(x, "\n<a href=\"/gaps\">");
	put_tr(x, T_GAPS);
	put(x, "</a>\n<a href=\"/help\">");
	put_tr(x, T_HELP);
	put(x, "</a>\n<span class=\"muted\">kbd " PACKAGE_VERSION
	    "</span>\n</footer>\n</body>\n</html>\n");
	reply_header(x, "Cache-Control", x->who.is_known ?
	    SLICE("private, no-cache") : SLICE("no-cache"));
}

void
page_versioned(struct http_exchange *x, struct sql_db *db)
{
	struct browse_rows r;
	struct err e = ERR_INIT;

	if (!browse_run(db->browse, BROWSE_COUNTS, NULL, &x->arena, &r, &e)) {
		log_err(LOG_LEVEL_ERROR, &e);
		return;
	}
	snprintf(x->reply.etag, sizeof(x->reply.etag),
	    "\"r%.*s-%s-%s-%016llx\"", SLICE_ARG(browse_cell(&r, 0,
	    COUNT_REVISION)), wiki_static_build(), wiki_lang_tag(x->lang),
	    (unsigned long long)str_hash(slice_of(x->who.name)));
	http_date_of(browse_cell(&r, 0, COUNT_CREATED), x->reply.modified);
}

void
page_found(struct http_exchange *x)
{
	x->reply.is_cacheable = false;
	x->reply.etag[0] = x->reply.modified[0] = '\0';
}

bool
page_query(struct http_exchange *x, struct sql_db *db,
    enum browse_query what, const struct slice *args,
    struct browse_rows *out)
{
	struct err e = ERR_INIT;

	if (browse_run(db->browse, what, args, &x->arena, out, &e))
		return true;
	page_failed(x, db, &e);
	return false;
}

void
page_failed(struct http_exchange *x, struct sql_db *db, const struct err *e)
{
	log_err(LOG_LEVEL_ERROR, e);
	if (x->route != NULL && x->route->kind == KIND_API)
		reply_text(x, e->code == ERR_CANCELED ? 504 : 500, e->msg);
	else
		wiki_error(x, db, e->code == ERR_CANCELED ? 504 : 500,
		    e->msg);
}

struct slice
page_param(struct http_exchange *x, const char *name)
{
	struct slice s = http_field(x->head.query, name, &x->arena);

	return s.ptr != NULL ? s : SLICE("");
}

struct slice
page_form(struct http_exchange *x, const char *name)
{
	struct slice s = http_field(buf_slice(&x->body), name, &x->arena);

	return s.ptr != NULL ? s : SLICE("");
}

/* ---- Markdown ---- */

const struct html_words *
page_words(const struct http_exchange *x)
{
	struct html_words *w = arena_zalloc((struct arena *)&x->arena,
	    sizeof(*w));

	*w = (struct html_words){
		wiki_text(x->lang, T_READ_ONLY),
		wiki_text(x->lang, T_RISK_CHANGES),
		wiki_text(x->lang, T_DESTRUCTIVE),
		wiki_text(x->lang, T_DONE), wiki_text(x->lang, T_OPEN),
		wiki_text(x->lang, T_ANCHOR), wiki_text(x->lang, T_IMAGE),
	};
	return w;
}

struct resolver {
	struct http_exchange *x;
	struct sql_db *db;
};

/* [[12]] by its number, anything else by its title. */
static bool
find_entry(void *arg, struct slice what, struct buf *href, struct buf *title)
{
	struct resolver *r = arg;
	struct browse_rows rows;
	struct err e = ERR_INIT;
	int64_t id;
	bool by_number = str_int(what, 1, INT64_MAX, &id);

	if (!browse_run(r->db->browse, by_number ? BROWSE_ENTRY :
	    BROWSE_BY_TITLE, &what, &r->x->arena, &rows, &e)) {
		log_err(LOG_LEVEL_ERROR, &e);
		return false;
	}
	if (rows.n == 0)
		return false;
	buf_puts(href, "/e/");
	html_url_part(href, browse_cell(&rows, 0, ENTRY_SLUG));
	if (by_number)
		buf_put_slice(title, browse_cell(&rows, 0, ENTRY_TITLE));
	return true;
}

void
page_options(struct http_exchange *x, struct sql_db *db,
    struct slice source, struct html_options *out)
{
	struct resolver *r = arena_zalloc(&x->arena, sizeof(*r));

	*r = (struct resolver){ x, db };
	*out = (struct html_options){ .words = page_words(x),
		.entry = find_entry, .arg = r, .source = source,
		.host = x->head.host };
}

/* ---- errors ---- */

static enum wiki_text
error_title(int status)
{
	return status == 404 ? T_NOT_FOUND : status == 403 ? T_FORBIDDEN :
	    T_WENT_WRONG;
}

void
wiki_error(struct http_exchange *x, struct sql_db *db, int status,
    const char *why)
{
	(void)db;
	if (!http_list_has(http_header(&x->head, "accept"), "text/html")) {
		reply_text(x, status, why != NULL ? why :
		    http_reason(status));
		return;
	}
	page_begin(x, status, slice_of(wiki_text(x->lang,
	    error_title(status))));
	put(x, "<h1>");
	put_tr(x, error_title(status));
	put(x, "</h1>\n<p>");
	if (why != NULL)
		put_text(x, slice_of(why));
	else if (status == 404)
		put_tr(x, T_NOT_FOUND_HELP);
	else if (status == 403)
		put_tr(x, T_FORBIDDEN_HELP);
	else
		put_text(x, slice_of(http_reason(status)));
	put(x, "</p>\n");
	page_end(x);
}
