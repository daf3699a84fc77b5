/*
 * authdb.h - auth.db: roles, their verifiers, and the mock secret.
 *
 * A SQLite file of its own, mode 0600, that no reader connection ever opens.
 * A password is stored as a SCRAM verifier only; what is no verifier is
 * refused, here and by the schema. One thread at a time uses a handle, and
 * its calls touch the disk: not for a loop thread.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_AUTHDB_H
#define KBD_AUTHDB_H

#include "common/clock.h"
#include "common/err.h"
#include "common/slice.h"

struct arena;
struct authdb;
struct sqlite3;

#define AUTHDB_SECRET_SIZE 32
#define ROLE_NAME_MAX 63	/* bytes, as PostgreSQL's */
#define ROLE_LIMIT_NONE (-1)

/* Each may do what those before it may. */
enum role_level {
	ROLE_VIEWER = 1,
	ROLE_EDITOR,
	ROLE_ADMIN
};

struct role {
	struct slice name;
	struct slice verifier;		/* "": no password is ever right */
	enum role_level level;
	bool can_login;
	struct slice valid_until;	/* as clock_now(), UTC; "": for ever */
	int connection_limit;		/* or ROLE_LIMIT_NONE */
	struct slice created_at;	/* set by authdb_role_create() */
	struct slice password_at;	/* when the verifier was set, or "" */
};

struct role_list {
	struct role *roles;		/* by name */
	size_t n;
};

/* What authdb_role_alter() changes: the members whose flag is in `what`. */
enum {
	ROLE_SET_VERIFIER = 1,
	ROLE_SET_LEVEL = 2,
	ROLE_SET_CAN_LOGIN = 4,
	ROLE_SET_VALID_UNTIL = 8,
	ROLE_SET_CONNECTION_LIMIT = 16
};
struct role_change {
	unsigned what;
	struct role to;
};

enum authdb_mode {
	AUTHDB_CREATE,	/* a new file, which must not exist */
	AUTHDB_OPEN	/* migrates an older schema first */
};

/*
 * ERR_REFUSED when others can read the file, ERR_INVALID when it is not ours
 * or newer than this program, ERR_EXISTS or ERR_NOT_FOUND for the file
 * itself, else ERR_STORAGE or ERR_SYSTEM.
 */
bool authdb_open(const char *path, enum authdb_mode mode,
    struct authdb **out, struct err *e) MUST_CHECK;
void authdb_close(struct authdb *db);

/* The connection, borrowed; only for authdb_*.c, and to be copied. */
struct sqlite3 *authdb_handle(struct authdb *db);

/* The secret for scram_verifier_for(): made once, kept for ever. */
bool authdb_mock_secret(struct authdb *db,
    unsigned char out[AUTHDB_SECRET_SIZE], struct err *e) MUST_CHECK;

/*
 * The role with exactly this name; *found says whether there is one. The
 * arena owns *out, which holds a verifier: reset it when the login is over.
 */
bool authdb_role_find(struct authdb *db, struct slice name, struct arena *a,
    struct role *out, bool *found, struct err *e) MUST_CHECK;
bool authdb_role_list(struct authdb *db, struct arena *a,
    struct role_list *out, struct err *e) MUST_CHECK;

/*
 * Changes, each durable when it returns true. Times in *r are ignored.
 * ERR_EXISTS 42710, ERR_NOT_FOUND 42704, ERR_INVALID for a name, a level, a
 * limit or a time that cannot be (42602, 42939, 22023, 22007) and for a
 * verifier that is none.
 */
bool authdb_role_create(struct authdb *db, const struct role *r,
    struct err *e) MUST_CHECK;
bool authdb_role_alter(struct authdb *db, struct slice name,
    const struct role_change *c, struct err *e) MUST_CHECK;
bool authdb_role_drop(struct authdb *db, struct slice name, struct err *e)
    MUST_CHECK;

/* integrity_check and foreign keys; ERR_STORAGE says what is wrong. */
bool authdb_check(struct authdb *db, struct err *e) MUST_CHECK;

/*
 * Whether a role may log in at a time (as clock_now() writes it). Ask after
 * its proof, on every path: what expired must look like a wrong password.
 */
bool role_may_login(const struct role *r, const char *now);

/*
 * 1 to ROLE_NAME_MAX bytes of UTF-8 without control characters, neither
 * "pg_..." nor "public", "none" or "anonymous" (readers of the wiki who are
 * not logged in).
 */
bool role_name_check(struct slice name, struct err *e) MUST_CHECK;

/* "viewer", "editor", "admin". */
const char *role_level_name(enum role_level level);
bool role_level_parse(struct slice name, enum role_level *out) MUST_CHECK;

/* The levels a role has, as groups for access rules; returns how many. */
size_t role_groups(enum role_level level, struct slice out[3]);

/*
 * VALID UNTIL as people write it: "infinity" (which is ""), "2026-12-31"
 * (its first moment), "2026-12-31 18:00[:00[.5]]", with T for the blank, and
 * with Z, "+00" or nothing at the end: UTC. ERR_INVALID 22007 otherwise.
 */
bool role_time_parse(struct slice text, char out[CLOCK_TEXT_SIZE],
    struct err *e) MUST_CHECK;

#endif
