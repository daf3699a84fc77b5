/*
 * authdb_web.h - web sessions and API tokens in auth.db.
 *
 * A secret is random bytes as hex, shown to its owner once; auth.db has its
 * digest. Nothing of a role that expired or was dropped is good any more, nor
 * a session from before its password was changed.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_AUTHDB_WEB_H
#define KBD_AUTHDB_WEB_H

#include "kbd/authdb.h"

#define WEB_SECRET_SIZE 65	/* hex, with its NUL */
#define WEB_TOKEN_NAME_MAX 60

/* Begin a session of a role; what is outdated is taken away as well. */
bool authdb_session_add(struct authdb *db, struct slice role,
    struct slice address, int64_t lifetime_ms, char secret[WEB_SECRET_SIZE],
    struct err *e) MUST_CHECK;

/* The role whose session this is; *found says whether it is good. */
bool authdb_session_find(struct authdb *db, struct slice secret,
    struct arena *a, struct role *out, bool *found, struct err *e)
    MUST_CHECK;
bool authdb_session_remove(struct authdb *db, struct slice secret,
    struct err *e) MUST_CHECK;

struct api_token {
	struct slice name;
	bool can_write;
	struct slice created_at, expires_at;
};

struct api_token_list {
	struct api_token *tokens;
	size_t n;
};

/* ERR_EXISTS when the role has a token of that name. */
bool authdb_token_add(struct authdb *db, struct slice role,
    const struct api_token *t, char secret[WEB_SECRET_SIZE], struct err *e)
    MUST_CHECK;
bool authdb_token_find(struct authdb *db, struct slice secret,
    struct arena *a, struct role *out, bool *can_write, bool *found,
    struct err *e) MUST_CHECK;
bool authdb_token_list(struct authdb *db, struct slice role, struct arena *a,
    struct api_token_list *out, struct err *e) MUST_CHECK;
bool authdb_token_remove(struct authdb *db, struct slice role,
    struct slice name, struct err *e) MUST_CHECK;

#endif
