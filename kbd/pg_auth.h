/*
 * pg_auth.h - from a startup packet to a role.
 *
 * On the local socket the kernel says who is there. Pure.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_PG_AUTH_H
#define KBD_PG_AUTH_H

#include <sys/types.h>

#include "common/err.h"
#include "kbd/net.h"
#include "kbd/pg_msg.h"

struct pg_role {
	char name[64];		/* "admin" */
	char author[64];	/* who signs changes: the name asked for */
	bool is_admin;
};

/*
 * Who asks, and may they? root and the data directory's owner are admin, also
 * under their own names. Fails as PostgreSQL does, with 28000 or 3D000.
 */
bool pg_auth_local(const struct net_peer *peer, uid_t owner,
    const struct pg_startup *m, struct pg_role *out, struct err *e)
    MUST_CHECK;

#endif
