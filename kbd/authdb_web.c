/*
 * authdb_web.c - web sessions and API tokens in auth.db; see authdb_web.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/authdb_web.h"
#include "common/arena.h"
#include "common/str.h"
#include "kbd/secret.h"

#include <sqlite3.h>
#include <stdio.h>
#include <time.h>

#define SECRET_BYTES 32

static bool
storage(struct authdb *db, struct err *e)
{
	return err_set(e, ERR_STORAGE, "could not use auth.db: %s",
	    sqlite3_errmsg(authdb_handle(db)));
}

static sqlite3_stmt *
prepare(struct authdb *db, const char *sql, struct err *e)
{
	sqlite3_stmt *q = NULL;

	if (sqlite3_prepare_v2(authdb_handle(db), sql, -1, &q, NULL) !=
	    SQLITE_OK)
		(void)storage(db, e);
	return q;
}

static void
bind_text(sqlite3_stmt *q, int i, struct slice s)
{
	(void)sqlite3_bind_text(q, i, s.len != 0 ? s.ptr : "", (int)s.len,
	    SQLITE_STATIC);
}

static void
bind_hash(sqlite3_stmt *q, int i, struct slice secret)
{
	unsigned char hash[SECRET_DIGEST_SIZE];

	secret_sha256(secret, hash);
	(void)sqlite3_bind_blob(q, i, hash, sizeof(hash), SQLITE_TRANSIENT);
}

static bool
finish(struct authdb *db, sqlite3_stmt *q, struct err *e)
{
	bool ok = sqlite3_step(q) == SQLITE_DONE || storage(db, e);

	sqlite3_finalize(q);
	return ok;
}

static struct slice
column(sqlite3_stmt *q, int i, struct arena *a)
{
	return arena_dup(a, slice_make(sqlite3_column_text(q, i),
	    (size_t)sqlite3_column_bytes(q, i)));
}

static void
make_secret(char out[WEB_SECRET_SIZE])
{
	unsigned char bytes[SECRET_BYTES];
	size_t i;

	secret_random(bytes, sizeof(bytes));
	for (i = 0; i < sizeof(bytes); i++)
		(void)snprintf(out + 2 * i, 3, "%02x", bytes[i]);
	secret_wipe(bytes, sizeof(bytes));
}

/* A time from now, in the form in which times are stored. */
static void
time_after(int64_t ms, char out[CLOCK_TEXT_SIZE])
{
	time_t t = time(NULL) + (time_t)(ms / 1000);
	struct tm tm;

	gmtime_r(&t, &tm);
	(void)strftime(out, CLOCK_TEXT_SIZE, "%Y-%m-%d %H:%M:%S.000000+00",
	    &tm);
}

/* ---- sessions ---- */

static bool
remove_expired(struct authdb *db, const char *now, struct err *e)
{
	sqlite3_stmt *q = prepare(db, "DELETE FROM web_session WHERE "
	    "expires_at <= ?1", e);

	if (q == NULL)
		return false;
	bind_text(q, 1, slice_of(now));
	return finish(db, q, e);
}

bool
authdb_session_add(struct authdb *db, struct slice role,
    struct slice address, int64_t lifetime_ms, char secret[WEB_SECRET_SIZE],
    struct err *e)
{
	char now[CLOCK_TEXT_SIZE], until[CLOCK_TEXT_SIZE];
	sqlite3_stmt *q;

	clock_now(now);
	time_after(lifetime_ms, until);
	make_secret(secret);
	if (!remove_expired(db, now, e))
		return false;
	q = prepare(db, "INSERT INTO web_session(hash, role, created_at, "
	    "expires_at, address) VALUES(?1, ?2, ?3, ?4, ?5)", e);
	if (q == NULL)
		return false;
	bind_hash(q, 1, slice_of(secret));
	bind_text(q, 2, role);
	bind_text(q, 3, slice_of(now));
	bind_text(q, 4, slice_of(until));
	bind_text(q, 5, address);
	return finish(db, q, e);
}

/* The role in the first column, if it may log in now. */
static bool
find_role(struct authdb *db, sqlite3_stmt *q, const char *now,
    struct arena *a, struct role *out, bool *found, struct err *e)
{
	*found = sqlite3_step(q) == SQLITE_ROW;
	if (*found && !authdb_role_find(db, column(q, 0, a), a, out, found,
	    e))
		return false;
	*found = *found && role_may_login(out, now);
	return true;
}

bool
authdb_session_find(struct authdb *db, struct slice secret, struct arena *a,
    struct role *out, bool *found, struct err *e)
{
	char now[CLOCK_TEXT_SIZE];
	sqlite3_stmt *q = prepare(db, "SELECT role, created_at FROM "
	    "web_session WHERE hash = ?1 AND expires_at > ?2", e);
	struct slice created;
	bool ok;

	*found = false;
	if (q == NULL)
		return false;
	clock_now(now);
	bind_hash(q, 1, secret);
	bind_text(q, 2, slice_of(now));
	ok = find_role(db, q, now, a, out, found, e);
	if (ok && *found && out->password_at.len != 0) {
		created = column(q, 1, a);
		*found = strcmp(created.ptr, arena_cstr(a,
		    out->password_at)) >= 0;
	}
	sqlite3_finalize(q);
	return ok;
}

bool
authdb_session_remove(struct authdb *db, struct slice secret, struct err *e)
{
	sqlite3_stmt *q = prepare(db, "DELETE FROM web_session WHERE hash = "
	    "?1", e);

	if (q == NULL)
		return false;
	bind_hash(q, 1, secret);
	return finish(db, q, e);
}

/* ---- tokens ---- */

bool
authdb_token_add(struct authdb *db, struct slice role,
    const struct api_token *t, char secret[WEB_SECRET_SIZE], struct err *e)
{
	sqlite3_stmt *q = prepare(db, "INSERT INTO api_token(hash, role, "
	    "name, scope, created_at, expires_at) VALUES(?1, ?2, ?3, ?4, ?5, "
	    "?6)", e);
	char now[CLOCK_TEXT_SIZE];
	int rc;

	if (q == NULL)
		return false;
	clock_now(now);
	make_secret(secret);
	bind_hash(q, 1, slice_of(secret));
	bind_text(q, 2, role);
	bind_text(q, 3, t->name);
	bind_text(q, 4, t->can_write ? SLICE("write") : SLICE("read"));
	bind_text(q, 5, slice_of(now));
	bind_text(q, 6, t->expires_at);
	rc = sqlite3_step(q);
	if (rc != SQLITE_DONE)
		(void)storage(db, e);
	sqlite3_finalize(q);
	if ((rc & 0xff) == SQLITE_CONSTRAINT)
		return err_set(e, ERR_EXISTS, "token \"%.*s\" already exists",
		    SLICE_ARG(t->name));
	return rc == SQLITE_DONE;
}

bool
authdb_token_find(struct authdb *db, struct slice secret, struct arena *a,
    struct role *out, bool *can_write, bool *found, struct err *e)
{
	char now[CLOCK_TEXT_SIZE];
	sqlite3_stmt *q = prepare(db, "SELECT role, scope FROM api_token "
	    "WHERE hash = ?1 AND expires_at > ?2", e);
	bool ok;

	*found = false;
	if (q == NULL)
		return false;
	clock_now(now);
	bind_hash(q, 1, secret);
	bind_text(q, 2, slice_of(now));
	ok = find_role(db, q, now, a, out, found, e);
	*can_write = ok && *found && slice_is(column(q, 1, a), "write");
	sqlite3_finalize(q);
	return ok;
}

bool
authdb_token_list(struct authdb *db, struct slice role, struct arena *a,
    struct api_token_list *out, struct err *e)
{
	sqlite3_stmt *q = prepare(db, "SELECT name, scope, created_at, "
	    "expires_at FROM api_token WHERE role = ?1 ORDER BY name", e);
	size_t cap = 0;
	int rc = SQLITE_ROW;

	*out = (struct api_token_list){ NULL, 0 };
	if (q == NULL)
		return false;
	bind_text(q, 1, role);
	while ((rc = sqlite3_step(q)) == SQLITE_ROW) {
		out->tokens = arena_grow(a, out->tokens, out->n, &cap,
		    sizeof(*out->tokens));
		out->tokens[out->n++] = (struct api_token){
			column(q, 0, a), slice_is(column(q, 1, a), "write"),
			column(q, 2, a), column(q, 3, a) };
	}
	if (rc != SQLITE_DONE)
		(void)storage(db, e);
	sqlite3_finalize(q);
	return rc == SQLITE_DONE;
}

bool
authdb_token_remove(struct authdb *db, struct slice role, struct slice name,
    struct err *e)
{
	sqlite3_stmt *q = prepare(db, "DELETE FROM api_token WHERE role = ?1 "
	    "AND name = ?2", e);

	if (q == NULL)
		return false;
	bind_text(q, 1, role);
	bind_text(q, 2, name);
	return finish(db, q, e);
}
