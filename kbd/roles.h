/*
 * roles.h - who may log in: auth.db, its own thread, and those who ask it.
 *
 * auth.db touches the disk, so a loop never calls it: it posts a question
 * and gets the answer as a call from the roles' thread. Changes come from
 * workers, which take the handle for as long as one change lasts.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_ROLES_H
#define KBD_ROLES_H

#include "kbd/authdb.h"

struct roles;

#define ROLE_VERIFIER_MAX 384	/* bytes of a verifier's text, with its NUL */

/* One question about a role; embedded in who asks, who keeps it alive. */
struct role_ask {
	struct role_ask *next;
	char name[ROLE_NAME_MAX + 1];
	/* Called once, on the roles' thread, when the rest is filled in. */
	void (*answer)(struct role_ask *q);
	bool failed;		/* auth.db could not be read */
	bool found;
	bool can_login;		/* and is not expired: may_login */
	bool may_login;
	enum role_level level;
	int connection_limit;
	char verifier[ROLE_VERIFIER_MAX];	/* wipe it after use */
};

/*
 * Open auth.db, or make it with the role "admin" (no password) when a data
 * directory from before has none; starts the thread.
 */
bool roles_start(const char *path, struct roles **out, struct err *e)
    MUST_CHECK;
void roles_stop(struct roles *r);	/* every question is answered */

/* Any thread; the answer may come before this returns. */
void roles_ask(struct roles *r, struct role_ask *q);

/* For mock verifiers; the same after every restart. */
struct slice roles_secret(const struct roles *r);

/* The handle for one change; not on a loop thread. */
struct authdb *roles_lock(struct roles *r);
void roles_unlock(struct roles *r);

#endif
