/*
 * wiki.h - the pages: one function each, for the table of http_route.c.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_WIKI_H
#define KBD_WIKI_H

struct http_exchange;
struct sql_db;

/* wiki_list.c */
void wiki_home(struct http_exchange *x, struct sql_db *db);
void wiki_changes(struct http_exchange *x, struct sql_db *db);
void wiki_atom(struct http_exchange *x, struct sql_db *db);
void wiki_gaps(struct http_exchange *x, struct sql_db *db);
void wiki_help(struct http_exchange *x, struct sql_db *db);

/* wiki_view.c */
void wiki_document(struct http_exchange *x, struct sql_db *db);
void wiki_entry(struct http_exchange *x, struct sql_db *db);

/* wiki_past.c */
void wiki_history(struct http_exchange *x, struct sql_db *db);
void wiki_diff(struct http_exchange *x, struct sql_db *db);

/* wiki_search.c */
void wiki_search(struct http_exchange *x, struct sql_db *db);
void wiki_question(struct http_exchange *x, struct sql_db *db);

/* wiki_edit.c */
void wiki_edit(struct http_exchange *x, struct sql_db *db);
void wiki_edit_post(struct http_exchange *x, struct sql_db *db);
void wiki_new(struct http_exchange *x, struct sql_db *db);
void wiki_new_post(struct http_exchange *x, struct sql_db *db);

/* wiki_login.c */
void wiki_login(struct http_exchange *x, struct sql_db *db);
void wiki_login_post(struct http_exchange *x, struct sql_db *db);
void wiki_logout(struct http_exchange *x, struct sql_db *db);
void wiki_account(struct http_exchange *x, struct sql_db *db);
void wiki_account_post(struct http_exchange *x, struct sql_db *db);
void wiki_language(struct http_exchange *x, struct sql_db *db);
void wiki_login_first(struct http_exchange *x);	/* instead of the page */

/* wiki_static.c */
void wiki_static(struct http_exchange *x, struct sql_db *db);
void wiki_favicon(struct http_exchange *x, struct sql_db *db);
void wiki_robots(struct http_exchange *x, struct sql_db *db);

/* wiki_page.c: an error as a page; `why` NULL: what the status says */
void wiki_error(struct http_exchange *x, struct sql_db *db, int status,
    const char *why);

#endif
