/*
 * pg_auth.c - from a startup packet to a role; see pg_auth.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/pg_auth.h"

#include <stdio.h>

#define ADMIN "admin"
#define DATABASE "kb"

static bool
check_database(struct slice database, struct slice user, struct err *e)
{
	if (database.len == 0 || slice_is(database, DATABASE) ||
	    slice_eq(database, user))
		return true;
	err_set(e, ERR_NOT_FOUND, "database \"%.*s\" does not exist",
	    SLICE_ARG(database));
	pg_err_state(e, "3D000");
	return err_hint(e, "The database is called \"" DATABASE "\".");
}

bool
pg_auth_local(const struct net_peer *peer, uid_t owner,
    const struct pg_startup *m, struct pg_role *out, struct err *e)
{
	struct slice user = pg_startup_param(m, "user");
	bool is_owner = peer->uid == 0 || peer->uid == owner;
	bool own_name = peer->name[0] != '\0' && slice_is(user, peer->name);

	if (user.len == 0 || user.len >= sizeof(out->name)) {
		err_set(e, ERR_DENIED, "no PostgreSQL user name specified in "
		    "startup packet");
		return pg_err_state(e, "28000");
	}
	if (is_owner && (own_name || slice_is(user, ADMIN))) {
		snprintf(out->name, sizeof(out->name), ADMIN);
		snprintf(out->author, sizeof(out->author), "%.*s",
		    SLICE_ARG(user));
		out->is_admin = true;
		return check_database(pg_startup_param(m, "database"), user,
		    e);
	}
	/* there are no roles yet that another system user could be */
	if (own_name)
		err_set(e, ERR_DENIED, "role \"%.*s\" does not exist",
		    SLICE_ARG(user));
	else
		err_set(e, ERR_DENIED,
		    "Peer authentication failed for user \"%.*s\"",
		    SLICE_ARG(user));
	return pg_err_state(e, "28000");
}
