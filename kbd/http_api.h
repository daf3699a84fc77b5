/*
 * http_api.h - /api/v1 and what monitors ask; kbd-http(7) documents it.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_HTTP_API_H
#define KBD_HTTP_API_H

#include "kb/store_browse.h"

struct http_exchange;
struct sql_db;

void http_api_healthz(struct http_exchange *x, struct sql_db *db);
void http_api_readyz(struct http_exchange *x, struct sql_db *db);
void http_api_metrics(struct http_exchange *x, struct sql_db *db);
void http_api_search(struct http_exchange *x, struct sql_db *db);

/* Run a query; false, and answered, when that went wrong. */
bool http_api_query(struct http_exchange *x, struct sql_db *db,
    enum browse_query what, const struct slice *args,
    struct browse_rows *out) MUST_CHECK;

/* Of http_match.c. */
void http_api_match(struct http_exchange *x, struct sql_db *db);

void http_api_documents(struct http_exchange *x, struct sql_db *db);
void http_api_document(struct http_exchange *x, struct sql_db *db);
void http_api_entries(struct http_exchange *x, struct sql_db *db);
void http_api_entry(struct http_exchange *x, struct sql_db *db);
void http_api_add(struct http_exchange *x, struct sql_db *db);
void http_api_save(struct http_exchange *x, struct sql_db *db);
void http_api_changes(struct http_exchange *x, struct sql_db *db);

/* The JSON of an entry: row 0 of BROWSE_ENTRY. */
void http_api_put_entry(struct http_exchange *x, struct sql_db *db,
    const struct browse_rows *e);

/* An error as application/problem+json; `why` NULL: what the status says. */
void http_api_problem(struct http_exchange *x, int status, const char *why);

#endif
