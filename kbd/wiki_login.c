/*
 * wiki_login.c - logging in and out, the account, the language.
 *
 * A name that does not exist costs as much time as a wrong password, and
 * says the same.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/wiki.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/str.h"
#include "kb/html.h"
#include "kbd/audit.h"
#include "kbd/authdb_web.h"
#include "kbd/http_access.h"
#include "kbd/http_stats.h"
#include "kbd/login_limit.h"
#include "kbd/roles.h"
#include "kbd/scram.h"
#include "kbd/secret.h"
#include "kbd/serving.h"
#include "kbd/wiki_page.h"

#include <stdio.h>
#include <time.h>

#define TOKEN_DAYS 365

/* A path of this site to go to, or "/". */
static struct slice
safe_path(struct slice to)
{
	size_t i;

	if (to.len == 0 || to.ptr[0] != '/' || (to.len > 1 &&
	    (to.ptr[1] == '/' || to.ptr[1] == '\\')))
		return SLICE("/");
	for (i = 0; i < to.len; i++)
		if ((unsigned char)to.ptr[i] <= ' ' || to.ptr[i] == 0x7f ||
		    (unsigned char)to.ptr[i] >= 0x80)
			return SLICE("/");
	return to;
}

/* ---- the form ---- */

static void
put_login(struct http_exchange *x, int status, const char *problem,
    struct slice to, struct slice name)
{
	page_begin(x, status, slice_of(wiki_text(x->lang, T_LOGIN)));
	x->reply.is_cacheable = false;
	put(x, "<div class=\"narrow\">\n<h1>");
	put_tr(x, T_LOGIN);
	put(x, "</h1>\n");
	if (problem != NULL) {
		put(x, "<p class=\"notice alarm\" role=\"alert\">");
		put_text(x, slice_of(problem));
		put(x, "</p>\n");
	}
	put(x, "<form method=\"post\" action=\"/login\">\n");
	put_form_token(x);
	put(x, "<input type=\"hidden\" name=\"to\" value=\"");
	put_attr(x, to);
	put(x, "\">\n<p><label for=\"f-name\">");
	put_tr(x, T_NAME);
	put(x, "</label><input id=\"f-name\" name=\"name\" autocomplete="
	    "\"username\" autocapitalize=\"none\" spellcheck=\"false\" "
	    "required maxlength=\"63\" value=\"");
	put_attr(x, name);
	put(x, "\"></p>\n<p><label for=\"f-password\">");
	put_tr(x, T_PASSWORD);
	put(x, "</label><input id=\"f-password\" name=\"password\" type="
	    "\"password\" autocomplete=\"current-password\" required "
	    "maxlength=\"500\"></p>\n<p><button class=\"primary\">");
	put_tr(x, T_LOGIN);
	put(x, "</button></p>\n</form>\n</div>\n");
	page_end(x);
}

void
wiki_login(struct http_exchange *x, struct sql_db *db)
{
	(void)db;
	put_login(x, 200, NULL, safe_path(page_param(x, "to")), SLICE(""));
}

void
wiki_login_first(struct http_exchange *x)
{
	struct buf path = BUF_INIT;

	buf_puts(&path, "/login?to=");
	html_url_value(&path, x->head.method == HTTP_GET ? x->head.target :
	    SLICE("/"));
	reply_redirect(x, 303, buf_slice(&path));
	buf_free(&path);
}

/* ---- logging in ---- */

/* Whether the password is the role's; the work is the same without one. */
static bool
is_right(struct http_exchange *x, struct slice name, struct slice password,
    struct role *role)
{
	struct authdb *db = roles_lock(x->env->roles);
	struct scram_verifier v;
	struct err e = ERR_INIT;
	char now[CLOCK_TEXT_SIZE];
	bool found = false, genuine, accepts;

	if (!authdb_role_find(db, name, &x->arena, role, &found, &e))
		log_err(LOG_LEVEL_ERROR, &e);
	roles_unlock(x->env->roles);
	genuine = scram_verifier_for(name, found ? role->verifier :
	    SLICE(""), roles_secret(x->env->roles),
	    SCRAM_ITERATIONS_DEFAULT, &v);
	accepts = scram_verifier_accepts(&v, password);
	secret_wipe(&v, sizeof(v));
	clock_now(now);
	return genuine && found && accepts && role_may_login(role, now) &&
	    http_access_role(x, role);
}

static void
set_session_cookie(struct http_exchange *x, const char *secret,
    int64_t seconds)
{
	reply_header(x, "Set-Cookie", arena_printf(&x->arena,
	    HTTP_SESSION_COOKIE "=%s; Path=/; Max-Age=%lld; Secure; "
	    "HttpOnly; SameSite=Lax", secret, (long long)seconds));
}

static void
begin_session(struct http_exchange *x, const struct role *role,
    struct slice to)
{
	int64_t ms = x->serving->settings.web_session_ms;
	struct authdb *db = roles_lock(x->env->roles);
	char secret[WEB_SECRET_SIZE];
	struct err e = ERR_INIT;
	bool ok = authdb_session_add(db, role->name, slice_of(x->client), ms,
	    secret, &e);

	roles_unlock(x->env->roles);
	if (!ok) {
		log_err(LOG_LEVEL_ERROR, &e);
		put_login(x, 503, e.msg, to, role->name);
		return;
	}
	log_info("login over HTTPS: user=%.*s host=%s",
	    SLICE_ARG(role->name), x->client);
	audit_note(x->env->audit, AUDIT_LOGIN, arena_cstr(&x->arena,
	    role->name), x->client, SLICE("https"), SLICE(""));
	reply_redirect(x, 303, to);
	set_session_cookie(x, secret, ms / 1000);
	secret_wipe(secret, sizeof(secret));
}

static void
refuse_for_now(struct http_exchange *x, int wait_s, struct slice to)
{
	put_login(x, 429, wiki_text(x->lang, T_TOO_MANY), to, SLICE(""));
	reply_header(x, "Retry-After", arena_printf(&x->arena, "%d",
	    wait_s));
}

void
wiki_login_post(struct http_exchange *x, struct sql_db *db)
{
	struct slice name = page_form(x, "name");
	struct slice to = safe_path(page_form(x, "to"));
	int wait_s = login_limit_wait_s(x->env->logins, x->client,
	    clock_ms());
	struct role role;

	(void)db;
	if (wait_s != 0) {
		refuse_for_now(x, wait_s, to);
		return;
	}
	if (is_right(x, name, page_form(x, "password"), &role)) {
		http_stats_login(x->env->stats, true);
		begin_session(x, &role, to);
		return;
	}
	x->who = (struct http_who){ .is_known = false };
	login_limit_failed(x->env->logins, x->client, clock_ms());
	http_stats_login(x->env->stats, false);
	log_info("login over HTTPS failed: host=%s", x->client);
	audit_note(x->env->audit, AUDIT_LOGIN_REFUSED, arena_cstr(&x->arena,
	    slice_sub(name, 0, utf8_cut(name, ROLE_NAME_MAX))), x->client,
	    SLICE("https"), SLICE("wrong name or password"));
	put_login(x, 403, wiki_text(x->lang, T_WRONG_PASSWORD), to, name);
}

void
wiki_logout(struct http_exchange *x, struct sql_db *db)
{
	struct slice secret = http_cookie(&x->head, HTTP_SESSION_COOKIE);
	struct authdb *auth = roles_lock(x->env->roles);
	struct err e = ERR_INIT;
	bool ok = authdb_session_remove(auth, secret, &e);

	(void)db;
	roles_unlock(x->env->roles);
	if (!ok)
		log_err(LOG_LEVEL_ERROR, &e);
	reply_redirect(x, 303, SLICE("/"));
	set_session_cookie(x, "", 0);
	reply_header(x, "Clear-Site-Data", SLICE("\"storage\""));
}

/* ---- the account: tokens for the API ---- */

static void
put_token(struct http_exchange *x, const struct api_token *t)
{
	put(x, "<tr><td>");
	put_text(x, t->name);
	put(x, "</td><td>");
	put(x, t->can_write ? "read, write" : "read");
	put(x, "</td><td>");
	put_time(x, t->created_at);
	put(x, "</td><td>");
	put_time(x, t->expires_at);
	put(x, "</td><td><form method=\"post\" action=\"/account\">");
	put_form_token(x);
	put(x, "<input type=\"hidden\" name=\"remove\" value=\"");
	put_attr(x, t->name);
	put(x, "\"><button>");
	put_tr(x, T_TOKEN_REMOVE);
	put(x, "</button></form></td></tr>\n");
}

static void
put_tokens(struct http_exchange *x, const struct api_token_list *list)
{
	size_t i;

	put(x, "<h2>");
	put_tr(x, T_TOKENS);
	put(x, "</h2>\n");
	if (list->n != 0)
		put(x, "<div class=\"scroll\" tabindex=\"0\"><table><tbody>"
		    "\n");
	for (i = 0; i < list->n; i++)
		put_token(x, &list->tokens[i]);
	if (list->n != 0)
		put(x, "</tbody></table></div>\n");
	put(x, "<form method=\"post\" action=\"/account\">\n");
	put_form_token(x);
	put(x, "<p><label for=\"f-token\">");
	put_tr(x, T_TOKEN_NAME);
	put(x, "</label><input id=\"f-token\" name=\"token\" required "
	    "maxlength=\"60\"></p>\n<p><label class=\"inline\"><input type="
	    "\"checkbox\" name=\"write\" value=\"1\"> ");
	put_tr(x, T_TOKEN_WRITE);
	put(x, "</label></p>\n<p><button>");
	put_tr(x, T_TOKEN_MAKE);
	put(x, "</button></p>\n</form>\n");
}

static void
put_account(struct http_exchange *x, int status, const char *secret,
    const char *problem)
{
	struct authdb *db = roles_lock(x->env->roles);
	struct api_token_list list = { NULL, 0 };
	struct err e = ERR_INIT;

	if (!authdb_token_list(db, slice_of(x->who.name), &x->arena, &list,
	    &e))
		log_err(LOG_LEVEL_ERROR, &e);
	roles_unlock(x->env->roles);
	page_begin(x, status, slice_of(wiki_text(x->lang, T_ACCOUNT)));
	x->reply.is_cacheable = false;
	put(x, "<h1>");
	put_text(x, slice_of(x->who.name));
	put(x, "</h1>\n<p>");
	put_tr(x, T_ROLE);
	put(x, ": ");
	put(x, role_level_name(x->who.level));
	put(x, "</p>\n<form method=\"post\" action=\"/logout\">");
	put_form_token(x);
	put(x, "<button>");
	put_tr(x, T_LOGOUT);
	put(x, "</button></form>\n");
	if (problem != NULL) {
		put(x, "<p class=\"notice alarm\" role=\"alert\">");
		put_text(x, slice_of(problem));
		put(x, "</p>\n");
	}
	if (secret != NULL) {
		put(x, "<div class=\"notice\" role=\"status\"><p>");
		put_tr(x, T_TOKEN_ONCE);
		put(x, "</p><pre tabindex=\"0\">");
		put_text(x, slice_of(secret));
		put(x, "</pre></div>\n");
	}
	put_tokens(x, &list);
	page_end(x);
}

void
wiki_account(struct http_exchange *x, struct sql_db *db)
{
	(void)db;
	put_account(x, 200, NULL, NULL);
}

static void
make_token(struct http_exchange *x, struct slice name)
{
	struct api_token t = { .name = name,
		.can_write = page_form(x, "write").len != 0 };
	time_t until = time(NULL) + TOKEN_DAYS * (time_t)86400;
	char secret[WEB_SECRET_SIZE], text[CLOCK_TEXT_SIZE];
	struct authdb *db;
	struct err e = ERR_INIT;
	struct tm tm;
	bool ok;

	gmtime_r(&until, &tm);
	(void)strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S.000000+00",
	    &tm);
	t.expires_at = slice_of(text);
	db = roles_lock(x->env->roles);
	ok = authdb_token_add(db, slice_of(x->who.name), &t, secret, &e);
	roles_unlock(x->env->roles);
	put_account(x, ok ? 200 : 422, ok ? secret : NULL, ok ? NULL :
	    e.msg);
	secret_wipe(secret, sizeof(secret));
}

void
wiki_account_post(struct http_exchange *x, struct sql_db *db)
{
	struct slice remove = page_form(x, "remove");
	struct slice name = str_trim(page_form(x, "token"));
	struct authdb *auth;
	struct err e = ERR_INIT;

	(void)db;
	if (remove.len == 0 && name.len != 0 &&
	    name.len <= WEB_TOKEN_NAME_MAX) {
		make_token(x, name);
		return;
	}
	auth = roles_lock(x->env->roles);
	if (remove.len != 0 && !authdb_token_remove(auth,
	    slice_of(x->who.name), remove, &e))
		log_err(LOG_LEVEL_ERROR, &e);
	roles_unlock(x->env->roles);
	reply_redirect(x, 303, SLICE("/account"));
}

/* ---- the language ---- */

void
wiki_language(struct http_exchange *x, struct sql_db *db)
{
	bool zh = slice_is(page_param(x, "to"), "zh");

	(void)db;
	reply_redirect(x, 303, safe_path(page_param(x, "back")));
	reply_header(x, "Set-Cookie", zh ? SLICE("lang=zh; Path=/; Max-Age="
	    "31536000; Secure; HttpOnly; SameSite=Lax") :
	    SLICE("lang=en; Path=/; Max-Age=31536000; Secure; HttpOnly; "
	    "SameSite=Lax"));
}
