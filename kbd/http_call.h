/*
 * http_call.h - a change that a page wants: a procedure of SQL, called as any
 * client calls it.
 *
 * So a save in the browser meets the same rights, checks, merge and group
 * commit as CALL save_entry() does. Arguments are text, by name.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_HTTP_CALL_H
#define KBD_HTTP_CALL_H

#include "common/err.h"
#include "common/slice.h"

struct http_exchange;
struct sql_db;

#define HTTP_CALL_ARGS 8

struct http_call_arg {
	const char *name;
	struct slice value;
};

/*
 * When the page returns, call it as the one who asks, then go on with
 * `then`, on a worker. The arguments end with a NULL name; texts are copied.
 */
void http_call_begin(struct http_exchange *x, const char *procedure,
    const struct http_call_arg *args,
    void (*then)(struct http_exchange *x, struct sql_db *db));

/* How it went, inside `then`: false with the error of the statement. */
bool http_call_ok(const struct http_exchange *x, struct err *e);

/* A column of the row that it returned; NULL ptr: not there, or null. */
struct slice http_call_column(const struct http_exchange *x,
    const char *name);

/* DETAIL of the error in full: it may hold both texts of a conflict. */
struct slice http_call_detail(const struct http_exchange *x);

/*
 * For the loop, when a job of the exchange is finished: is there another one
 * to be submitted? Then it is ready in x->job.
 */
bool http_call_next(struct http_exchange *x);

/* That one must not be refused: the change is made. */
bool http_call_is_done(const struct http_exchange *x);

void http_call_end(struct http_exchange *x);

#endif
