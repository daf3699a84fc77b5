/*
 * http_exchange.h - one request and its reply, from the last byte of the
 * one to the first of the other.
 *
 * The loop's thread fills the request in and sends the reply; in between a
 * worker owns the exchange. A page that changes something names a procedure
 * (http_call.h) and a function that goes on when it was carried out:
 *
 *   loop --http_route_run--> worker --page--> reply
 *                              \--call--> writer --then--> worker: reply
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_HTTP_EXCHANGE_H
#define KBD_HTTP_EXCHANGE_H

#include <stdint.h>

#include "common/arena.h"
#include "common/buf.h"
#include "common/err.h"
#include "kbd/access.h"
#include "kbd/authdb.h"
#include "kbd/http_msg.h"
#include "kbd/jobs.h"
#include "kbd/run_control.h"
#include "kbd/wiki_text.h"

struct audit;
struct http_cache;
struct http_cached;
struct http_call;
struct http_exchange;
struct http_route;
struct http_stats;
struct login_limit;
struct roles;
struct serving;
struct settings;
struct sql_db;

/* What an HTTP client needs of the server; outlives every client. */
struct http_env {
	const struct settings *(*settings_get)(void *arg);
	void (*settings_put)(void *arg, const struct settings *s);
	/* Run the job; false when the queue is full. */
	bool (*submit)(void *arg, struct job *j);
	void (*resume)(void *arg, struct job *j);	/* never refused */
	void (*connection_end)(void *arg);	/* it is freed */
	/* Changes whenever the base does, before anybody is told. */
	uint64_t (*generation)(void *arg);
	void *arg;
	struct roles *roles;
	struct audit *audit;
	struct login_limit *logins;
	struct http_cache *cache;
	struct http_stats *stats;
	int64_t started_ms;
	struct tally *addresses;	/* connections of each */
};

#define HTTP_FORM_TOKEN_SIZE 65

/* Who asks. */
struct http_who {
	bool is_known;			/* logged in, or by a token */
	bool by_token;			/* of the API: no cookie, no form */
	char name[ROLE_NAME_MAX + 1];	/* "" when not known */
	enum role_level level;
	bool may_read;			/* by the access rules */
	char form_token[HTTP_FORM_TOKEN_SIZE];	/* "" none */
};

struct http_reply {
	int status;
	const char *type;		/* of the body; NULL: no body */
	struct buf headers;		/* whole lines */
	struct buf body;
	char etag[64];			/* with its quotes; "" none */
	char modified[32];		/* an HTTP date; "" none */
	bool is_cacheable;		/* for everybody who asks so */
	bool is_gzip;
};

struct http_exchange {
	/* the request */
	const struct http_env *env;
	const struct serving *serving;	/* in force when it came; held */
	struct arena arena;		/* of all below */
	struct http_head head;
	struct buf body;
	char client[ACCESS_ADDR_SIZE];	/* behind trusted proxies */
	struct access_addr client_addr;
	enum wiki_lang lang;
	bool may_gzip;

	/* who, and which route */
	struct http_who who;
	const struct http_route *route;
	struct slice arg[2];		/* parts of the path */

	/* the reply */
	struct http_reply reply;
	uint64_t generation;		/* of the base, before it was read */
	bool is_public;			/* needs no right to read */
	struct http_cached *cached;	/* counted; the body is there */

	/* a change that is to be made; NULL: none */
	struct http_call *call;
	void (*then)(struct http_exchange *x, struct sql_db *db);

	struct run_control *control;	/* borrowed, of the connection */
	int64_t started_ms;
	struct job job;
	void *owner;			/* for job.finished */
};

/* ---- replies (http_reply.c) ---- */

/* Start over: nothing of an earlier reply stays. */
void reply_begin(struct http_exchange *x, int status, const char *type);

/* One header; line ends in the value are dropped. */
void reply_header(struct http_exchange *x, const char *name,
    struct slice value);

/* To a path of ours, percent-encoded. */
void reply_redirect(struct http_exchange *x, int status, struct slice path);

/* A short text that says what is wrong, for those who do not read HTML. */
void reply_text(struct http_exchange *x, int status, const char *text);

/*
 * The head of the reply. `keep` whether the connection goes on. The body is
 * not part of it.
 */
void reply_put_head(const struct http_exchange *x, bool keep,
    struct buf *out);

/* "Sun, 06 Nov 1994 08:49:37 GMT"; of now, or of a stored time. */
#define HTTP_DATE_SIZE 32
void http_date_now(char out[HTTP_DATE_SIZE]);
void http_date_of(struct slice stored, char out[HTTP_DATE_SIZE]);

/* Has the client this already? By If-None-Match, else If-Modified-Since. */
bool reply_is_known(const struct http_exchange *x);

/* ---- bodies (http_body.c) ---- */

/* Compress the body, when that makes it shorter. */
void reply_compress(struct http_exchange *x);

#endif
