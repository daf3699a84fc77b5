/*
 * net.c - listening sockets, and who is at the other end; see net.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/net.h"

#include <errno.h>
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

bool
net_peer_of(int fd, struct net_peer *out, struct err *e)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);
	struct passwd pw, *found = NULL;
	char buf[4096];

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) != 0)
		return err_errno(e, "could not learn who connected");
	*out = (struct net_peer){ .uid = cred.uid, .pid = cred.pid };
	if (getpwuid_r(cred.uid, &pw, buf, sizeof(buf), &found) == 0 &&
	    found != NULL && strlen(pw.pw_name) < sizeof(out->name))
		snprintf(out->name, sizeof(out->name), "%s", pw.pw_name);
	return true;
}
