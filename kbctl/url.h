/*
 * url.h - kb://user@host:port[,host:port...][/kb][?key=value&...]
 *
 * Parts may be percent-encoded; an IPv6 address stands in brackets. Keys are
 * sslmode, sslrootcert and passfile. A password in it is refused: it would
 * be seen in the process list. Pure.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBCTL_URL_H
#define KBCTL_URL_H

#include "common/err.h"
#include "common/slice.h"

struct arena;

#define URL_HOSTS_MAX 8

struct endpoint {
	const char *host;	/* name, address, or directory of a socket */
	const char *port;	/* decimal; NULL when none was given */
};

struct url {
	struct endpoint hosts[URL_HOSTS_MAX];
	unsigned nhosts;	/* at least 1 */
	const char *user;	/* this and the rest: NULL when not given */
	const char *sslmode;
	const char *sslrootcert;
	const char *passfile;
};

/* The arena owns the strings. Fails with ERR_INVALID. */
bool url_parse(struct slice text, struct arena *a, struct url *out,
    struct err *e) MUST_CHECK;

/* 1 to 65535, decimal. */
bool url_port_ok(const char *port);

/* A host that no network is needed for: a socket, localhost, 127.*, ::1. */
bool url_is_local(const char *host);

#endif
