/*
 * net.c - listening sockets, and who is at the other end; see net.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/net.h"

#include "kbd/settings.h"

#include <errno.h>
#include <ifaddrs.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 128

bool
net_listen_local(const char *path, int *fd, struct err *e)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int s;

	if (strlen(path) >= sizeof(sun.sun_path))
		return err_set(e, ERR_LIMIT, "socket path \"%s\" is too long",
		    path);
	memcpy(sun.sun_path, path, strlen(path) + 1);
	if (unlink(path) != 0 && errno != ENOENT)
		return err_errno(e, "could not remove \"%s\"", path);
	s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (s < 0)
		return err_errno(e, "could not make a socket");
	if (bind(s, (struct sockaddr *)&sun, sizeof(sun)) != 0 ||
	    chmod(path, 0777) != 0 || listen(s, BACKLOG) != 0) {
		err_errno(e, "could not listen on \"%s\"", path);
		close(s);
		return false;
	}
	*fd = s;
	return true;
}

/* ---- TCP ---- */

static bool
listen_one(const struct addrinfo *ai, int *out, struct err *e)
{
	int on = 1;
	int s = socket(ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC |
	    SOCK_NONBLOCK, 0);

	if (s < 0)
		return err_errno(e, "could not make a socket");
	(void)setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (ai->ai_family == AF_INET6)
		(void)setsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, &on,
		    sizeof(on));
	if (bind(s, ai->ai_addr, ai->ai_addrlen) != 0 ||
	    listen(s, BACKLOG) != 0) {
		err_errno(e, "could not listen");
		close(s);
		return false;
	}
	*out = s;
	return true;
}

/* "localhost" may have an IPv6 address where there is no IPv6. */
static bool
is_missing_family(const struct addrinfo *ai)
{
	return ai->ai_family == AF_INET6 &&
	    (errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL);
}

/*
 * "localhost" is the loopback addresses, whatever hosts(5) and the name server
 * say (RFC 6761, 6.3): a bare container may have neither.
 */
static int
find_addresses(const char *host, const char *service, struct addrinfo **list)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM };

	if (strcmp(host, "localhost") == 0)
		return getaddrinfo(NULL, service, &hints, list);
	hints.ai_flags = AI_PASSIVE;
	return getaddrinfo(strcmp(host, "*") == 0 ? NULL : host, service,
	    &hints, list);
}

static bool
listen_host(const char *host, unsigned port, int fds[NET_LISTEN_MAX],
    size_t *n, struct err *e)
{
	struct addrinfo *list, *ai;
	size_t before = *n;
	char service[16];
	bool ok = true;
	int rc;

	snprintf(service, sizeof(service), "%u", port);
	rc = find_addresses(host, service, &list);
	if (rc != 0)
		return err_set(e, ERR_INVALID, "could not find the address "
		    "\"%s\" to listen on: %s", host, gai_strerror(rc));
	for (ai = list; ai != NULL && ok && *n < NET_LISTEN_MAX;
	    ai = ai->ai_next) {
		if (listen_one(ai, &fds[*n], e))
			(*n)++;
		else
			ok = is_missing_family(ai);
	}
	freeaddrinfo(list);
	if (!ok || *n == before)
		return err_prefix(e, "address \"%s\", port %u", host, port);
	return true;
}

bool
net_listen_tcp(const char *list, unsigned port, int fds[NET_LISTEN_MAX],
    size_t *n, struct err *e)
{
	char copy[SETTING_TEXT_MAX], *save = NULL, *host;

	*n = 0;
	snprintf(copy, sizeof(copy), "%s", list);
	for (host = strtok_r(copy, ", \t", &save); host != NULL;
	    host = strtok_r(NULL, ", \t", &save)) {
		if (listen_host(host, port, fds, n, e))
			continue;
		while (*n > 0)
			close(fds[--*n]);
		return false;
	}
	return true;
}

static void
set_option(int fd, int level, int name, int64_t value)
{
	int v = (int)value;

	(void)setsockopt(fd, level, name, &v, sizeof(v));
}

void
net_tune(int fd, const struct settings *s)
{
	set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
	set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, s->keepalive_idle_ms / 1000);
	set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL,
	    s->keepalive_interval_ms / 1000);
	set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, s->keepalive_count);
}

size_t
net_interfaces(struct access_interface *out, size_t max)
{
	struct ifaddrs *list, *i;
	size_t n = 0;

	if (getifaddrs(&list) != 0)
		return 0;
	for (i = list; i != NULL && n < max; i = i->ifa_next) {
		if (i->ifa_addr == NULL || i->ifa_netmask == NULL)
			continue;
		out[n].addr = access_addr_of(i->ifa_addr);
		out[n].mask = access_addr_of(i->ifa_netmask);
		if (out[n].addr.len != 0 &&
		    out[n].mask.len == out[n].addr.len)
			n++;
	}
	freeifaddrs(list);
	return n;
}

/* ---- who is there ---- */

static bool
remote_peer(const struct sockaddr_storage *from, struct net_peer *out)
{
	struct access_addr network;

	*out = (struct net_peer){ .is_local = false,
		.addr = access_addr_of((const struct sockaddr *)from) };
	if (from->ss_family == AF_INET)
		out->port = ntohs(((const struct sockaddr_in *)from)->sin_port);
	else if (from->ss_family == AF_INET6)
		out->port = ntohs(
		    ((const struct sockaddr_in6 *)from)->sin6_port);
	access_addr_text(&out->addr, out->text);
	network = out->addr;
	if (network.len == 16)
		memset(network.bytes + 8, 0, 8);
	access_addr_text(&network, out->share);
	return true;
}

bool
net_peer_of(int fd, struct net_peer *out, struct err *e)
{
	struct sockaddr_storage from = { .ss_family = AF_UNSPEC };
	socklen_t from_len = sizeof(from);
	struct ucred cred;
	socklen_t len = sizeof(cred);
	struct passwd pw, *found = NULL;
	char buf[4096];

	if (getpeername(fd, (struct sockaddr *)&from, &from_len) != 0)
		return err_errno(e, "could not learn who connected");
	if (from.ss_family != AF_UNIX)
		return remote_peer(&from, out);
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) != 0)
		return err_errno(e, "could not learn who connected");
	*out = (struct net_peer){ .is_local = true, .uid = cred.uid,
		.pid = cred.pid, .text = "[local]" };
	if (getpwuid_r(cred.uid, &pw, buf, sizeof(buf), &found) == 0 &&
	    found != NULL && strlen(pw.pw_name) < sizeof(out->name))
		snprintf(out->name, sizeof(out->name), "%s", pw.pw_name);
	return true;
}
