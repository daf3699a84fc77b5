/*
 * http_access.h - where a request comes from, under which name it calls us,
 * and who asks.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_HTTP_ACCESS_H
#define KBD_HTTP_ACCESS_H

#include "common/slice.h"

struct access_addr;
struct http_exchange;
struct http_head;
struct net_peer;
struct settings;

#define HTTP_SESSION_COOKIE "__Host-kbd"
#define HTTP_FORM_COOKIE "__Host-kbd-form"

/* A cookie's value; NULL ptr: not there. */
struct slice http_cookie(const struct http_head *h, const char *name);

/* The client's address: of X-Forwarded-For when a trusted proxy calls. */
void http_access_client(struct http_exchange *x, const struct net_peer *peer);

/* Is that one of the proxies of trusted_proxies? */
bool http_access_is_proxy(const struct settings *s,
    const struct access_addr *a);

/*
 * Does the Host name us? With server_names empty these do: an IP address,
 * localhost, this machine's name, and what the certificate is for. So a page
 * elsewhere cannot reach us under a name of its own.
 */
bool http_access_host(const struct http_exchange *x);

/*
 * Did the reader come from a page of ours, or from none? Only then are replies
 * compressed: how long one becomes tells what is in it, to a page elsewhere
 * that can make a browser ask us and can see the length (BREACH).
 */
bool http_access_same_site(struct http_exchange *x);

/* May those who do not say who they are read, from there? Loop thread too. */
bool http_access_anonymous(const struct http_exchange *x);

/*
 * This role asks, if the access rules let it in from there with a password.
 */
struct role;
bool http_access_role(struct http_exchange *x, const struct role *r);

/* Fill in x->who from the session's cookie or a bearer token. Worker. */
void http_access_identify(struct http_exchange *x);

/*
 * Is the request one that a page of ours made? By its Origin and by the
 * token in the form. For everything that changes something with a cookie.
 */
bool http_access_form_is_ours(struct http_exchange *x);

/* The token for a form in the page; sets the cookie it needs. */
struct slice http_access_form_token(struct http_exchange *x);

#endif
