/*
 * http_route.c - which page answers a request; see http_route.h.
 *
 * The table is the whole outside of the wiki. Whether somebody may have a
 * page is decided here, before its function runs.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/http_route.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/str.h"
#include "kbd/http_access.h"
#include "kbd/http_api.h"
#include "kbd/http_cache.h"
#include "kbd/http_call.h"
#include "kbd/serving.h"
#include "kbd/sql_db.h"
#include "kbd/wiki.h"

#define GET HTTP_GET
#define POST HTTP_POST

static const struct http_route routes[] = {
	{ GET, "/", RIGHT_READ, KIND_PAGE, LANE_QUICK, wiki_home },
	{ GET, "/search", RIGHT_READ, KIND_PAGE, LANE_QUICK, wiki_search },
	{ GET, "/q/**", RIGHT_READ, KIND_PAGE, LANE_QUICK, wiki_question },
	{ GET, "/d/**", RIGHT_READ, KIND_PAGE, LANE_LONG, wiki_document },
	{ GET, "/e/*", RIGHT_READ, KIND_PAGE, LANE_QUICK, wiki_entry },
	{ GET, "/e/*/history", RIGHT_READ, KIND_PAGE, LANE_QUICK,
	    wiki_history },
	{ GET, "/e/*/diff", RIGHT_READ, KIND_PAGE, LANE_QUICK, wiki_diff },
	{ GET, "/e/*/edit", RIGHT_WRITE, KIND_PAGE, LANE_QUICK, wiki_edit },
	{ POST, "/e/*/edit", RIGHT_WRITE, KIND_PAGE, LANE_QUICK,
	    wiki_edit_post },
	{ GET, "/new", RIGHT_WRITE, KIND_PAGE, LANE_QUICK, wiki_new },
	{ POST, "/new", RIGHT_WRITE, KIND_PAGE, LANE_QUICK, wiki_new_post },
	{ GET, "/changes", RIGHT_READ, KIND_PAGE, LANE_QUICK, wiki_changes },
	{ GET, "/changes.atom", RIGHT_READ, KIND_PAGE, LANE_QUICK,
	    wiki_atom },
	{ GET, "/gaps", RIGHT_READ, KIND_PAGE, LANE_QUICK, wiki_gaps },
	{ GET, "/help", RIGHT_NONE, KIND_PAGE, LANE_QUICK, wiki_help },
	{ GET, "/login", RIGHT_NONE, KIND_PAGE, LANE_QUICK, wiki_login },
	{ POST, "/login", RIGHT_NONE, KIND_PAGE, LANE_QUICK,
	    wiki_login_post },
	{ POST, "/logout", RIGHT_NONE, KIND_PAGE, LANE_QUICK, wiki_logout },
	{ GET, "/account", RIGHT_LOGIN, KIND_PAGE, LANE_QUICK,
	    wiki_account },
	{ POST, "/account", RIGHT_LOGIN, KIND_PAGE, LANE_QUICK,
	    wiki_account_post },
	{ GET, "/lang", RIGHT_NONE, KIND_PAGE, LANE_QUICK, wiki_language },
	{ GET, "/static/*", RIGHT_NONE, KIND_PAGE, LANE_QUICK,
	    wiki_static },
	{ GET, "/favicon.ico", RIGHT_NONE, KIND_PAGE, LANE_QUICK,
	    wiki_favicon },
	{ GET, "/robots.txt", RIGHT_NONE, KIND_PAGE, LANE_QUICK,
	    wiki_robots },
	{ GET, "/healthz", RIGHT_NONE, KIND_API, LANE_QUICK,
	    http_api_healthz },
	{ GET, "/readyz", RIGHT_NONE, KIND_API, LANE_QUICK,
	    http_api_readyz },
	{ GET, "/metrics", RIGHT_READ, KIND_API, LANE_QUICK,
	    http_api_metrics },
	{ GET, "/api/v1/search", RIGHT_READ, KIND_API, LANE_QUICK,
	    http_api_search },
	{ POST, "/api/v1/match", RIGHT_READ, KIND_API, LANE_LONG,
	    http_api_match },
	{ GET, "/api/v1/documents", RIGHT_READ, KIND_API, LANE_QUICK,
	    http_api_documents },
	{ GET, "/api/v1/documents/**", RIGHT_READ, KIND_API, LANE_LONG,
	    http_api_document },
	{ GET, "/api/v1/entries", RIGHT_READ, KIND_API, LANE_LONG,
	    http_api_entries },
	{ GET, "/api/v1/entries/*", RIGHT_READ, KIND_API, LANE_QUICK,
	    http_api_entry },
	{ POST, "/api/v1/entries", RIGHT_WRITE, KIND_API, LANE_QUICK,
	    http_api_add },
	{ HTTP_PUT, "/api/v1/entries/*", RIGHT_WRITE, KIND_API, LANE_QUICK,
	    http_api_save },
	{ GET, "/api/v1/changes", RIGHT_READ, KIND_API, LANE_QUICK,
	    http_api_changes },
};

/* ---- finding it ---- */

static bool
fits(const char *pattern, struct slice path, struct slice arg[2])
{
	struct slice want = slice_of(pattern), part, have;
	size_t n = 0;

	while (str_split(&want, '/', &part)) {
		if (slice_is(part, "**")) {
			arg[n] = path;
			return path.len != 0;
		}
		if (!str_split(&path, '/', &have))
			return false;
		if (slice_is(part, "*") && have.len != 0)
			arg[n++] = have;
		else if (!slice_eq(part, have))
			return false;
	}
	return path.ptr == NULL;
}

/* *allowed: the methods of the path, when its route is not for this one. */
static const struct http_route *
find(struct http_exchange *x, unsigned *allowed)
{
	unsigned method = x->head.method == HTTP_HEAD ? HTTP_GET :
	    x->head.method;
	size_t i;

	for (i = 0; i < ARRAY_LEN(routes); i++) {
		if (!fits(routes[i].path, x->head.path, x->arg))
			continue;
		if ((routes[i].methods & method) != 0)
			return &routes[i];
		*allowed |= routes[i].methods;
	}
	return NULL;
}

enum job_lane
http_route_lane(struct http_exchange *x)
{
	unsigned allowed = 0;

	x->route = find(x, &allowed);
	return x->route != NULL ? x->route->lane : LANE_QUICK;
}

static bool
is_api(const struct http_exchange *x)
{
	return x->route != NULL ? x->route->kind == KIND_API :
	    slice_starts(x->head.path, SLICE("/api/"));
}

static void
fail(struct http_exchange *x, struct sql_db *db, int status,
    const char *why)
{
	if (is_api(x))
		http_api_problem(x, status, why);
	else
		wiki_error(x, db, status, why);
}

static void
not_there(struct http_exchange *x, struct sql_db *db)
{
	static const enum http_method all[] = { HTTP_GET, HTTP_POST,
		HTTP_PUT, HTTP_DELETE };
	struct buf allow = BUF_INIT;
	unsigned allowed = 0;
	size_t i;

	(void)find(x, &allowed);
	if (allowed == 0) {
		fail(x, db, 404, NULL);
		return;
	}
	for (i = 0; i < ARRAY_LEN(all); i++)
		if (allowed & all[i])
			buf_printf(&allow, "%s%s%s", allow.len != 0 ? ", " :
			    "", http_method_name(all[i]),
			    all[i] == HTTP_GET ? ", HEAD" : "");
	fail(x, db, 405, NULL);
	reply_header(x, "Allow", buf_slice(&allow));
	buf_free(&allow);
}

/* ---- rights ---- */

static bool
has_right(const struct http_exchange *x)
{
	const struct http_who *w = &x->who;

	switch (x->route->right) {
	case RIGHT_NONE:
		return true;
	case RIGHT_READ:
		return w->may_read;
	case RIGHT_LOGIN:
		return w->is_known;
	case RIGHT_WRITE:
		return w->is_known && w->level >= ROLE_EDITOR;
	case RIGHT_ADMIN:
		return w->is_known && w->level >= ROLE_ADMIN;
	}
	return false;
}

static void
refuse(struct http_exchange *x, struct sql_db *db)
{
	if (x->who.is_known) {
		fail(x, db, 403, NULL);
	} else if (is_api(x)) {
		http_api_problem(x, 401, "this needs a token");
		reply_header(x, "WWW-Authenticate", SLICE("Bearer"));
	} else {
		wiki_login_first(x);
	}
}

/* A form of a page that is not ours changes nothing. */
static bool
is_forged(struct http_exchange *x)
{
	return x->head.method != HTTP_GET && x->head.method != HTTP_HEAD &&
	    !x->who.by_token && x->route->kind == KIND_PAGE &&
	    !http_access_form_is_ours(x);
}

/* The API takes no cookie for a change: a token only. */
static bool
needs_token(const struct http_exchange *x)
{
	return x->route->kind == KIND_API && x->route->right >= RIGHT_WRITE &&
	    !x->who.by_token;
}

static void
answer(struct http_exchange *x, struct sql_db *db)
{
	if (x->route == NULL) {
		not_there(x, db);
	} else if (!has_right(x) || needs_token(x)) {
		x->who.is_known = x->who.is_known && !needs_token(x);
		refuse(x, db);
	} else if (is_forged(x)) {
		fail(x, db, 403, "the form did not come from this site, or "
		    "is too old: load the page again");
	} else {
		x->is_public = x->route->right == RIGHT_NONE;
		x->route->run(x, db);
	}
}

/* ---- on a worker ---- */

static void
in_time(struct http_exchange *x, struct sql_db *db,
    void (*run)(struct http_exchange *x, struct sql_db *db))
{
	int64_t ms = x->serving->settings.statement_timeout_ms;
	struct err e = ERR_INIT;

	if (!sql_db_page_begin(db, x->control, ms != 0 ? clock_ms() + ms : 0,
	    &e)) {
		log_err(LOG_LEVEL_ERROR, &e);
		reply_text(x, 503, "the base cannot be read");
		return;
	}
	run(x, db);
	sql_db_page_end(db);
}

static void
finish(struct http_exchange *x)
{
	if (x->call != NULL && !http_call_is_done(x))
		return;
	reply_header(x, "Vary", SLICE("Accept-Encoding, Accept-Language, "
	    "Accept, Cookie"));
	/* what is secret in a page must not show in its length */
	if (x->may_gzip && x->who.form_token[0] == '\0')
		reply_compress(x);
	http_cache_store(x);
}

void
http_route_run(struct job *j, struct sql_db *db)
{
	struct http_exchange *x = j->arg;

	x->generation = x->env->generation(x->env->arg);
	http_access_identify(x);
	in_time(x, db, answer);
	finish(x);
}

void
http_route_continue(struct job *j, struct sql_db *db)
{
	struct http_exchange *x = j->arg;

	in_time(x, db, x->then);
	finish(x);
}
