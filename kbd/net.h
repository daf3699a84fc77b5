/*
 * net.h - listening sockets, and who is at the other end.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_NET_H
#define KBD_NET_H

#include <sys/types.h>

#include "common/err.h"

/* Who connected to the local socket, as the kernel saw them then. */
struct net_peer {
	uid_t uid;
	pid_t pid;
	char name[64];		/* of the system user; "" has none */
};

#define NET_PATH_MAX 108	/* of a local socket, with its NUL */

/*
 * Listen on a local socket that everybody may connect to (who may do what is
 * decided afterwards). A socket that is left over is replaced: the caller
 * holds the lock of the directory. Non-blocking, close-on-exec.
 */
bool net_listen_local(const char *path, int *fd, struct err *e) MUST_CHECK;

/* Looks the name up, which may block: not for a loop with clients. */
bool net_peer_of(int fd, struct net_peer *out, struct err *e) MUST_CHECK;

#endif
