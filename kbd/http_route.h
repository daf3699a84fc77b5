/*
 * http_route.h - which page answers a request, and who may have it.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_HTTP_ROUTE_H
#define KBD_HTTP_ROUTE_H

#include "kbd/http_exchange.h"

enum http_right {
	RIGHT_NONE,	/* anybody */
	RIGHT_READ,	/* readers; by the access rules also unknown ones */
	RIGHT_LOGIN,	/* who is logged in */
	RIGHT_WRITE,	/* editors */
	RIGHT_ADMIN
};

enum http_kind {
	KIND_PAGE,	/* errors are pages; changes come from forms */
	KIND_API	/* errors are problem+json; no forms */
};

struct http_route {
	unsigned methods;	/* of enum http_method; GET brings HEAD */
	const char *path;	/* "*" is a part; "**" at the end the rest */
	enum http_right right;
	enum http_kind kind;
	enum job_lane lane;
	void (*run)(struct http_exchange *x, struct sql_db *db);
};

/* The lane for its work; sets x->route and x->arg. Loop thread. */
enum job_lane http_route_lane(struct http_exchange *x);

/* For struct job: answer the exchange j->arg; and go on after a call. */
void http_route_run(struct job *j, struct sql_db *db);
void http_route_continue(struct job *j, struct sql_db *db);

#endif
