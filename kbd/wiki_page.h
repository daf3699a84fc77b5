/*
 * wiki_page.h - what all pages have in common, and the words to write one.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_WIKI_PAGE_H
#define KBD_WIKI_PAGE_H

#include "kb/store_browse.h"
#include "kbd/http_exchange.h"
#include "kbd/wiki_text.h"

struct html_words;
struct html_options;

/* ---- writing ---- */

void put(struct http_exchange *x, const char *markup);	/* of ours */
void put_text(struct http_exchange *x, struct slice s);
void put_attr(struct http_exchange *x, struct slice s);
void put_path(struct http_exchange *x, struct slice s);	/* percent-encoded */
void put_tr(struct http_exchange *x, enum wiki_text id);
void put_number(struct http_exchange *x, long long n);

/* <a href="/e/12-slug">title</a>; the title may be empty */
void put_entry_link(struct http_exchange *x, struct slice slug,
    struct slice title);
void put_document_link(struct http_exchange *x, struct slice name,
    struct slice title);

/*
 * <a href="/new?title=...">: for whom may write, or has not said who it is.
 */
void put_new_link(struct http_exchange *x, struct slice title);

/* A stored time as <time>: the day, and the hour in its title. */
void put_time(struct http_exchange *x, struct slice stored);

/* Badges: a word and a colour. Nothing for "" or a section. */
void put_severity(struct http_exchange *x, struct slice severity);
void put_kind(struct http_exchange *x, struct slice kind);

/* class="..." lang="..." of what somebody wrote */
void put_lang(struct http_exchange *x, struct slice text);

/* <input type="hidden" name="form_token" ...> */
void put_form_token(struct http_exchange *x);

/* ---- the page ---- */

/*
 * Begin a page: the reply, its head, the bar on top, up to <main>. The title
 * is text; status 200 makes it cacheable unless it has a form.
 */
void page_begin(struct http_exchange *x, int status, struct slice title);
void page_end(struct http_exchange *x);

/* Its version is the base's newest revision: set the ETag, and the date. */
void page_versioned(struct http_exchange *x, struct sql_db *db);

/*
 * After page_begin(), or reply_begin(): what is found depends on the glossary
 * as well, which has no revision; so it is made anew each time.
 */
void page_found(struct http_exchange *x);

/* Run a query; on failure the page is an error. Args as browse_run(). */
bool page_query(struct http_exchange *x, struct sql_db *db,
    enum browse_query what, const struct slice *args,
    struct browse_rows *out) MUST_CHECK;

/* For an error of the base: logged, and a page that says so. */
void page_failed(struct http_exchange *x, struct sql_db *db,
    const struct err *e);

/* The reader's words for render_html(), and links by the base. */
const struct html_words *page_words(const struct http_exchange *x);
void page_options(struct http_exchange *x, struct sql_db *db,
    struct slice source, struct html_options *out);

/* A field of the query, "" when it is not there. */
struct slice page_param(struct http_exchange *x, const char *name);
struct slice page_form(struct http_exchange *x, const char *name);

#endif
