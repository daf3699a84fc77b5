/*
 * net.h - listening sockets, and who is at the other end.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_NET_H
#define KBD_NET_H

#include <sys/types.h>

#include "common/err.h"
#include "kbd/access.h"

struct settings;

/* Who connected, as the kernel saw them then. */
struct net_peer {
	bool is_local;		/* by the local socket: then uid, pid, name */
	uid_t uid;
	pid_t pid;
	char name[64];		/* of the system user; "" has none */
	struct access_addr addr;	/* else */
	unsigned port;
	char text[ACCESS_ADDR_SIZE];	/* "127.0.0.1", "[local]" */
	/* who shares its limits: the address or, as anybody has 2^64 of them,
	   the network of an IPv6 address */
	char share[ACCESS_ADDR_SIZE];
};

#define NET_PATH_MAX 108	/* of a local socket, with its NUL */

/*
 * Listen on a local socket that everybody may connect to (who may do what is
 * decided afterwards). A socket that is left over is replaced: the caller
 * holds the lock of the directory. Non-blocking, close-on-exec.
 */
bool net_listen_local(const char *path, int *fd, struct err *e) MUST_CHECK;

#define NET_LISTEN_MAX 16

/*
 * Listen on TCP: `list` is host names, addresses, "*", with commas between;
 * "" listens nowhere. Up to NET_LISTEN_MAX sockets; on failure none is left.
 */
bool net_listen_tcp(const char *list, unsigned port, int fds[NET_LISTEN_MAX],
    size_t *n, struct err *e) MUST_CHECK;

/* Keepalive and no delay for an accepted TCP socket. */
void net_tune(int fd, const struct settings *s);

/* Addresses of this machine, at most max of them; for samehost, samenet. */
size_t net_interfaces(struct access_interface *out, size_t max);

/* Looks the name up, which may block: not for a loop with clients. */
bool net_peer_of(int fd, struct net_peer *out, struct err *e) MUST_CHECK;

#endif
