/*
 * http_access.c - where a request comes from and who asks; http_access.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/http_access.h"
#include "common/log.h"
#include "common/str.h"
#include "kbd/authdb_web.h"
#include "kbd/http_exchange.h"
#include "kbd/net.h"
#include "kbd/roles.h"
#include "kbd/secret.h"
#include "kbd/serving.h"
#include "kbd/tls.h"

#include <stdio.h>
#include <unistd.h>

struct slice
http_cookie(const struct http_head *h, const char *name)
{
	size_t i;

	for (i = 0; i < h->nheaders; i++) {
		struct slice rest = h->headers[i].value, part, key;

		if (!str_ieq(h->headers[i].name, SLICE("cookie")))
			continue;
		while (str_split(&rest, ';', &part)) {
			part = str_trim(part);
			if (str_split(&part, '=', &key) &&
			    slice_is(key, name) && part.ptr != NULL)
				return part;
		}
	}
	return slice_make(NULL, 0);
}

/* ---- the client's address ---- */

static bool
is_in_net(const struct access_addr *a, struct slice net)
{
	struct access_addr n;
	struct slice address;
	int64_t bits = -1;
	size_t i;

	if (!str_split(&net, '/', &address) ||
	    !access_addr_parse(str_trim(address), &n) || n.len != a->len)
		return false;
	if (net.ptr == NULL)
		bits = n.len * 8;
	else if (!str_int(str_trim(net), 0, n.len * 8, &bits))
		return false;
	for (i = 0; i < n.len; i++) {
		int64_t left = bits - (int64_t)i * 8;
		unsigned mask = left >= 8 ? 0xff : left <= 0 ? 0 :
		    0xff00u >> left & 0xff;

		if ((n.bytes[i] & mask) != (a->bytes[i] & mask))
			return false;
	}
	return true;
}

static bool
is_trusted(const char *list, const struct access_addr *a)
{
	struct slice rest = slice_of(list), net;

	while (str_split(&rest, ',', &net))
		if (is_in_net(a, net))
			return true;
	return false;
}

bool
http_access_is_proxy(const struct settings *s, const struct access_addr *a)
{
	return is_trusted(s->trusted_proxies, a);
}

/* The last one of the list, which is cut. */
static struct slice
take_last(struct slice *list)
{
	size_t n = list->len;
	struct slice last;

	while (n > 0 && list->ptr[n - 1] != ',')
		n--;
	last = str_trim(slice_sub(*list, n, list->len));
	*list = slice_sub(*list, 0, n > 0 ? n - 1 : 0);
	return last;
}

/*
 * Each proxy appends whom it saw: from the right, the first that is no proxy
 * of ours is the client. What stands left of it, anybody may have written.
 */
void
http_access_client(struct http_exchange *x, const struct net_peer *peer)
{
	const char *list = x->serving->settings.trusted_proxies;
	struct slice seen = http_header(&x->head, "x-forwarded-for");
	struct access_addr a;

	x->client_addr = peer->addr;
	while (*list != '\0' && seen.len != 0 &&
	    is_trusted(list, &x->client_addr)) {
		if (!access_addr_parse(take_last(&seen), &a))
			break;
		x->client_addr = a;
	}
	access_addr_text(&x->client_addr, x->client);
}

/* ---- our names ---- */

static struct slice
without_port(struct slice host)
{
	size_t n = host.len;

	while (n > 0 && ascii_is_digit(host.ptr[n - 1]))
		n--;
	if (n > 0 && n < host.len && host.ptr[n - 1] == ':')
		host.len = n - 1;
	if (host.len > 2 && host.ptr[0] == '[')
		host = slice_sub(host, 1, host.len - 1);
	while (host.len > 1 && host.ptr[host.len - 1] == '.')
		host.len--;
	return host;
}

static bool
is_listed(const char *list, struct slice name)
{
	struct slice rest = slice_of(list), one;

	while (str_split(&rest, ',', &one)) {
		one = str_trim(one);
		if (slice_is(one, "*") || str_ieq(one, name))
			return true;
	}
	return false;
}

bool
http_access_host(const struct http_exchange *x)
{
	const char *list = x->serving->settings.server_names;
	struct slice name = without_port(x->head.host);
	struct access_addr a;
	char own[256];

	if (x->head.host.len == 0)
		return true;	/* HTTP/1.0 */
	if (*list != '\0')
		return is_listed(list, name);
	if (access_addr_parse(name, &a) || str_ieq(name, SLICE("localhost")))
		return true;
	if (gethostname(own, sizeof(own)) == 0) {
		own[sizeof(own) - 1] = '\0';
		if (str_ieq(name, slice_of(own)))
			return true;
	}
	return x->serving->https != NULL &&
	    tls_is_for(x->serving->https, name);
}

bool
http_access_same_site(struct http_exchange *x)
{
	struct slice from = http_header(&x->head, "referer");
	struct slice site = http_header(&x->head, "sec-fetch-site");

	if (site.ptr != NULL && !slice_is(site, "same-origin") &&
	    !slice_is(site, "none"))
		return false;
	return from.ptr == NULL || slice_starts(from, arena_printf(&x->arena,
	    "https://%.*s/", SLICE_ARG(x->head.host)));
}

/* ---- who ---- */

/* What the access rules say about a role from this address. */
static bool
rule_for(const struct http_exchange *x, struct slice role,
    const struct slice *groups, size_t ngroups, enum access_method *method)
{
	struct access_client c = { .tls = true, .addr = x->client_addr,
		.role = role, .database = SLICE("kb"), .asked = SLICE("kb"),
		.groups = groups, .ngroups = ngroups,
		.interfaces = x->serving->interfaces,
		.ninterfaces = x->serving->ninterfaces };
	struct access_verdict v;

	if (!access_check(x->serving->access, &c, &v, NULL))
		return false;
	*method = v.method;
	return true;
}

bool
http_access_anonymous(const struct http_exchange *x)
{
	enum access_method m;

	return rule_for(x, SLICE("anonymous"), NULL, 0, &m) &&
	    m == ACCESS_TRUST;
}

bool
http_access_role(struct http_exchange *x, const struct role *r)
{
	struct slice groups[3];
	size_t n = role_groups(r->level, groups);
	enum access_method m;

	if (!rule_for(x, r->name, groups, n, &m) ||
	    (m != ACCESS_SCRAM && m != ACCESS_TRUST))
		return false;
	x->who.is_known = x->who.may_read = true;
	x->who.level = r->level;
	snprintf(x->who.name, sizeof(x->who.name), "%.*s",
	    SLICE_ARG(r->name));
	return true;
}

/* "Bearer ..." */
static struct slice
bearer(const struct http_exchange *x)
{
	struct slice v = http_header(&x->head, "authorization");

	if (v.len < 8 || !str_ieq(slice_sub(v, 0, 7), SLICE("bearer ")))
		return slice_make(NULL, 0);
	return str_trim(slice_sub(v, 7, v.len));
}

static void
by_token(struct http_exchange *x, struct slice secret)
{
	struct authdb *db = roles_lock(x->env->roles);
	struct err e = ERR_INIT;
	struct role role;
	bool found, can_write, ok;

	ok = authdb_token_find(db, secret, &x->arena, &role, &can_write,
	    &found, &e);
	roles_unlock(x->env->roles);
	if (!ok)
		log_err(LOG_LEVEL_ERROR, &e);
	else if (found && http_access_role(x, &role)) {
		x->who.by_token = true;
		if (!can_write)
			x->who.level = ROLE_VIEWER;
	}
}

static void
by_session(struct http_exchange *x, struct slice secret)
{
	struct authdb *db = roles_lock(x->env->roles);
	struct err e = ERR_INIT;
	struct role role;
	bool found, ok;

	ok = authdb_session_find(db, secret, &x->arena, &role, &found, &e);
	roles_unlock(x->env->roles);
	if (!ok)
		log_err(LOG_LEVEL_ERROR, &e);
	else if (found)
		(void)http_access_role(x, &role);
}

void
http_access_identify(struct http_exchange *x)
{
	struct slice token = bearer(x);
	struct slice session = http_cookie(&x->head, HTTP_SESSION_COOKIE);

	if (token.ptr != NULL)
		by_token(x, token);
	else if (session.len == WEB_SECRET_SIZE - 1)
		by_session(x, session);
	if (!x->who.is_known && token.ptr == NULL)
		x->who.may_read = http_access_anonymous(x);
}

/* ---- forms ---- */

/* What proves that a form came from a page that had this cookie. */
static void
derive(struct slice cookie, char out[HTTP_FORM_TOKEN_SIZE])
{
	unsigned char md[SECRET_DIGEST_SIZE];
	size_t i;

	secret_hmac(cookie, SLICE("kbd form"), md);
	for (i = 0; i < sizeof(md); i++)
		(void)snprintf(out + 2 * i, 3, "%02x", md[i]);
}

static struct slice
form_cookie(const struct http_exchange *x)
{
	struct slice c = http_cookie(&x->head, HTTP_SESSION_COOKIE);

	if (x->who.is_known && c.ptr != NULL)
		return c;
	return http_cookie(&x->head, HTTP_FORM_COOKIE);
}

struct slice
http_access_form_token(struct http_exchange *x)
{
	struct slice cookie = form_cookie(x);
	unsigned char bytes[24];
	char text[2 * sizeof(bytes) + 1];
	size_t i;

	if (x->who.form_token[0] != '\0')
		return slice_of(x->who.form_token);
	if (cookie.len < 2 * sizeof(bytes)) {
		secret_random(bytes, sizeof(bytes));
		for (i = 0; i < sizeof(bytes); i++)
			(void)snprintf(text + 2 * i, 3, "%02x", bytes[i]);
		cookie = arena_dup(&x->arena, slice_of(text));
		reply_header(x, "Set-Cookie", arena_printf(&x->arena,
		    HTTP_FORM_COOKIE "=%s; Path=/; Secure; HttpOnly; "
		    "SameSite=Strict", text));
	}
	derive(cookie, x->who.form_token);
	return slice_of(x->who.form_token);
}

bool
http_access_form_is_ours(struct http_exchange *x)
{
	struct slice origin = http_header(&x->head, "origin");
	struct slice site = http_header(&x->head, "sec-fetch-site");
	struct slice cookie = form_cookie(x), token;
	char expected[HTTP_FORM_TOKEN_SIZE];

	if (origin.ptr != NULL && !slice_eq(origin, arena_printf(&x->arena,
	    "https://%.*s", SLICE_ARG(x->head.host))))
		return false;
	if (site.ptr != NULL && !slice_is(site, "same-origin") &&
	    !slice_is(site, "none"))
		return false;
	token = http_field(buf_slice(&x->body), "form_token", &x->arena);
	if (token.ptr == NULL || cookie.ptr == NULL)
		return false;
	derive(cookie, expected);
	return secret_eq(token, slice_of(expected));
}
