/*
 * authdb.c - auth.db: roles, verifiers, the mock secret; see authdb.h.
 *
 * Statements are prepared when they are needed: logins are rare beside
 * searches, and nothing then outlives a call that could hold a secret.
 *
 * Invariants:
 *   (1) No text that is not a SCRAM verifier reaches role.verifier.
 *   (2) The file is never readable by others, from its first byte on.
 *   (3) Each change is one statement, so each is a transaction.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/authdb.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sqlite3.h>

#include "common/arena.h"
#include "common/mem.h"
#include "common/str.h"
#include "kbd/scram.h"
#include "kbd/secret.h"

#include "schema/auth.inc"

#define APPLICATION_ID 1801609589	/* as in auth-001-role.sql */
#define NSTEPS ((int)ARRAY_LEN(auth_step_files))
#define BUSY_MS 5000

struct authdb {
	sqlite3 *db;		/* owned */
	char *path;		/* owned */
};

static bool
storage(struct authdb *db, const char *what, struct err *e)
{
	return err_set(e, ERR_STORAGE, "could not %s \"%s\": %s", what,
	    db->path, db->db != NULL ? sqlite3_errmsg(db->db) :
	    "out of memory");
}

static bool
with_state(struct err *e, const char *sqlstate)
{
	if (e != NULL)
		memcpy(e->sqlstate, sqlstate, 6);
	return false;
}

sqlite3 *
authdb_handle(struct authdb *db)
{
	return db->db;
}

/* ---- statements --------------------------------------------------- */

static sqlite3_stmt *
prepare(struct authdb *db, const char *sql, struct err *e)
{
	sqlite3_stmt *q = NULL;

	if (sqlite3_prepare_v2(db->db, sql, -1, &q, NULL) != SQLITE_OK)
		(void)storage(db, "read", e);
	return q;
}

static void
bind_text(sqlite3_stmt *q, int i, struct slice s)
{
	(void)sqlite3_bind_text(q, i, s.len != 0 ? s.ptr : "", (int)s.len,
	    SQLITE_STATIC);
}

/* Run to its end; *changes is the number of rows it touched. */
static bool
run(struct authdb *db, sqlite3_stmt *q, int *changes, struct err *e)
{
	bool ok = sqlite3_step(q) == SQLITE_DONE;

	if (!ok)
		(void)storage(db, "write", e);
	else
		*changes = sqlite3_changes(db->db);
	sqlite3_finalize(q);
	return ok;
}

/* A row came, or none: true. */
static bool
row(struct authdb *db, sqlite3_stmt *q, bool *found, struct err *e)
{
	int rc = sqlite3_step(q);

	*found = rc == SQLITE_ROW;
	return rc == SQLITE_ROW || rc == SQLITE_DONE ||
	    storage(db, "read", e);
}

static bool
exec(struct authdb *db, const char *sql, struct err *e)
{
	return sqlite3_exec(db->db, sql, NULL, NULL, NULL) == SQLITE_OK ||
	    storage(db, "open", e);
}

static bool
query_int(struct authdb *db, const char *sql, int *out, struct err *e)
{
	sqlite3_stmt *q = prepare(db, sql, e);
	bool found = false, ok = q != NULL && row(db, q, &found, e);

	if (ok)
		*out = found ? sqlite3_column_int(q, 0) : 0;
	sqlite3_finalize(q);
	return ok;
}

static struct slice
column(sqlite3_stmt *q, int i, struct arena *a)
{
	const void *p = sqlite3_column_text(q, i);

	return arena_dup(a, slice_make(p, (size_t)sqlite3_column_bytes(q, i)));
}

/* ---- opening ------------------------------------------------------ */

/* The file exists from the start with the mode that it keeps. */
static bool
make_file(const char *path, struct err *e)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0 && errno == EEXIST)
		return err_set(e, ERR_EXISTS, "\"%s\" exists already", path);
	if (fd < 0)
		return err_errno(e, "could not create \"%s\"", path);
	(void)close(fd);
	return true;
}

static bool
check_file(const char *path, struct err *e)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return errno == ENOENT ?
		    err_set(e, ERR_NOT_FOUND, "\"%s\" does not exist", path) :
		    err_errno(e, "could not open \"%s\"", path);
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_REFUSED, "\"%s\" is not a file", path);
	if ((st.st_mode & 077) != 0) {
		(void)err_set(e, ERR_REFUSED,
		    "others can read or write \"%s\" (mode %04o)", path,
		    (unsigned)st.st_mode & 07777);
		return err_hint(e, "It holds what passwords are checked "
		    "against: chmod 0600 \"%s\".", path);
	}
	return true;
}

static bool
configure(struct authdb *db, struct err *e)
{
	(void)sqlite3_busy_timeout(db->db, BUSY_MS);
	(void)sqlite3_extended_result_codes(db->db, 1);
	(void)sqlite3_db_config(db->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	(void)sqlite3_db_config(db->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0,
	    NULL);
	/* secure_delete: an old verifier is not left in a free page */
	return exec(db, "PRAGMA journal_mode = DELETE;"
	    "PRAGMA synchronous = EXTRA;"
	    "PRAGMA secure_delete = ON;"
	    "PRAGMA cell_size_check = ON;"
	    "PRAGMA foreign_keys = ON", e);
}

static bool
check_identity(struct authdb *db, bool fresh, int *version, struct err *e)
{
	int id = 0;

	if (!query_int(db, "PRAGMA application_id", &id, e) ||
	    !query_int(db, "PRAGMA user_version", version, e))
		return false;
	if (!fresh && id != APPLICATION_ID)
		return err_set(e, ERR_INVALID, "\"%s\" is no role database",
		    db->path);
	if (*version > NSTEPS)
		return err_set(e, ERR_INVALID, "\"%s\" has schema %d, this "
		    "program knows %d", db->path, *version, NSTEPS);
	return true;
}

/* Each step is one transaction and sets user_version itself. */
static bool
migrate(struct authdb *db, int version, struct err *e)
{
	for (; version < NSTEPS; version++) {
		if (exec(db, "BEGIN IMMEDIATE", e) &&
		    exec(db, auth_step_files[version].text, e) &&
		    exec(db, "COMMIT", e))
			continue;
		(void)sqlite3_exec(db->db, "ROLLBACK", NULL, NULL, NULL);
		return err_prefix(e, "%s", auth_step_files[version].name);
	}
	return true;
}

static bool
make_mock_secret(struct authdb *db, struct err *e)
{
	unsigned char secret[AUTHDB_SECRET_SIZE];
	sqlite3_stmt *q = prepare(db, "INSERT OR IGNORE INTO meta(key, value) "
	    "VALUES ('mock_secret', ?1)", e);
	bool ok;
	int n;

	if (q == NULL)
		return false;
	secret_random(secret, sizeof(secret));
	(void)sqlite3_bind_blob(q, 1, secret, sizeof(secret), SQLITE_STATIC);
	ok = run(db, q, &n, e);
	secret_wipe(secret, sizeof(secret));
	return ok;
}

static bool
open_db(struct authdb *db, bool fresh, struct err *e)
{
	int version = 0;

	if (sqlite3_open_v2(db->path, &db->db, SQLITE_OPEN_READWRITE |
	    SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE, NULL) != SQLITE_OK)
		return storage(db, "open", e);
	return configure(db, e) && check_identity(db, fresh, &version, e) &&
	    migrate(db, version, e) && make_mock_secret(db, e);
}

bool
authdb_open(const char *path, enum authdb_mode mode, struct authdb **out,
    struct err *e)
{
	bool fresh = mode == AUTHDB_CREATE;
	struct authdb *db;

	if (fresh ? !make_file(path, e) : !check_file(path, e))
		return false;
	db = mem_zalloc(sizeof(*db));
	db->path = mem_strdup(path);
	if (!open_db(db, fresh, e)) {
		if (fresh)
			(void)unlink(path);
		authdb_close(db);
		return false;
	}
	*out = db;
	return true;
}

void
authdb_close(struct authdb *db)
{
	if (db == NULL)
		return;
	(void)sqlite3_close(db->db);
	free(db->path);
	free(db);
}

bool
authdb_mock_secret(struct authdb *db, unsigned char out[AUTHDB_SECRET_SIZE],
    struct err *e)
{
	sqlite3_stmt *q = prepare(db,
	    "SELECT value FROM meta WHERE key = 'mock_secret'", e);
	bool found = false, ok = q != NULL && row(db, q, &found, e);

	if (ok && (!found ||
	    sqlite3_column_bytes(q, 0) != AUTHDB_SECRET_SIZE))
		ok = err_set(e, ERR_STORAGE, "\"%s\" has no mock secret",
		    db->path);
	if (ok)
		memcpy(out, sqlite3_column_blob(q, 0), AUTHDB_SECRET_SIZE);
	sqlite3_finalize(q);
	return ok;
}

bool
authdb_check(struct authdb *db, struct err *e)
{
	sqlite3_stmt *q = prepare(db, "PRAGMA integrity_check(1)", e);
	bool found = false, ok = q != NULL && row(db, q, &found, e);

	if (ok && (!found ||
	    strcmp((const char *)sqlite3_column_text(q, 0), "ok") != 0))
		ok = err_set(e, ERR_STORAGE, "\"%s\" is damaged: %s", db->path,
		    found ? (const char *)sqlite3_column_text(q, 0) : "");
	sqlite3_finalize(q);
	return ok;
}

/* ---- roles -------------------------------------------------------- */

#define ROLE_COLUMNS "name, verifier, level, can_login, valid_until, " \
	"connection_limit, created_at, password_at"

static void
read_role(sqlite3_stmt *q, struct arena *a, struct role *out)
{
	out->name = column(q, 0, a);
	out->verifier = column(q, 1, a);
	out->level = (enum role_level)sqlite3_column_int(q, 2);
	out->can_login = sqlite3_column_int(q, 3) != 0;
	out->valid_until = column(q, 4, a);
	out->connection_limit = sqlite3_column_int(q, 5);
	out->created_at = column(q, 6, a);
	out->password_at = column(q, 7, a);
}

bool
authdb_role_find(struct authdb *db, struct slice name, struct arena *a,
    struct role *out, bool *found, struct err *e)
{
	sqlite3_stmt *q;
	bool ok;

	*found = false;
	if (name.len > ROLE_NAME_MAX)
		return true;
	q = prepare(db, "SELECT " ROLE_COLUMNS " FROM role WHERE name = ?1",
	    e);
	if (q == NULL)
		return false;
	bind_text(q, 1, name);
	ok = row(db, q, found, e);
	if (ok && *found)
		read_role(q, a, out);
	sqlite3_finalize(q);
	return ok;
}

bool
authdb_role_list(struct authdb *db, struct arena *a, struct role_list *out,
    struct err *e)
{
	sqlite3_stmt *q = prepare(db, "SELECT " ROLE_COLUMNS
	    " FROM role ORDER BY name", e);
	struct role_list list = { NULL, 0 };
	bool found = q != NULL, ok = q != NULL;
	size_t cap = 0;

	while (ok && (ok = row(db, q, &found, e)) && found) {
		list.roles = arena_grow(a, list.roles, list.n, &cap,
		    sizeof(*list.roles));
		read_role(q, a, &list.roles[list.n++]);
	}
	sqlite3_finalize(q);
	if (ok)
		*out = list;
	return ok;
}

static bool
check_time(struct slice t, struct err *e)
{
	char again[CLOCK_TEXT_SIZE];

	if (t.len == 0)
		return true;
	return role_time_parse(t, again, e) && (slice_is(t, again) ||
	    (err_set(e, ERR_INVALID, "invalid stored time \"%.*s\"",
	    SLICE_ARG(t)), with_state(e, "22007")));
}

/* The members that `what` names, whatever the role is called. */
static bool
check_role(const struct role *r, unsigned what, struct err *e)
{
	struct scram_verifier v;

	if ((what & ROLE_SET_VERIFIER) != 0 && r->verifier.len != 0) {
		if (!scram_verifier_parse(r->verifier, &v, e))
			return false;
		secret_wipe(&v, sizeof(v));
	}
	if ((what & ROLE_SET_LEVEL) != 0 &&
	    (r->level < ROLE_VIEWER || r->level > ROLE_ADMIN)) {
		(void)err_set(e, ERR_INVALID, "invalid level %d",
		    (int)r->level);
		return with_state(e, "22023");
	}
	if ((what & ROLE_SET_CONNECTION_LIMIT) != 0 &&
	    r->connection_limit < ROLE_LIMIT_NONE) {
		(void)err_set(e, ERR_INVALID, "invalid connection limit: %d",
		    r->connection_limit);
		return with_state(e, "22023");
	}
	return (what & ROLE_SET_VALID_UNTIL) == 0 ||
	    check_time(r->valid_until, e);
}

bool
authdb_role_create(struct authdb *db, const struct role *r, struct err *e)
{
	char now[CLOCK_TEXT_SIZE];
	sqlite3_stmt *q;
	int changes;

	if (!role_name_check(r->name, e) || !check_role(r, ~0u, e))
		return false;
	q = prepare(db, "INSERT INTO role(" ROLE_COLUMNS ") VALUES "
	    "(?1, ?2, ?3, ?4, ?5, ?6, ?7, iif(?2 = '', '', ?7)) "
	    "ON CONFLICT(name) DO NOTHING", e);
	if (q == NULL)
		return false;
	clock_now(now);
	bind_text(q, 1, r->name);
	bind_text(q, 2, r->verifier);
	(void)sqlite3_bind_int(q, 3, (int)r->level);
	(void)sqlite3_bind_int(q, 4, r->can_login);
	bind_text(q, 5, r->valid_until);
	(void)sqlite3_bind_int(q, 6, r->connection_limit);
	bind_text(q, 7, slice_of(now));
	if (!run(db, q, &changes, e))
		return false;
	if (changes != 0)
		return true;
	(void)err_set(e, ERR_EXISTS, "role \"%.*s\" already exists",
	    SLICE_ARG(r->name));
	return with_state(e, "42710");
}

static bool
no_such_role(struct slice name, struct err *e)
{
	(void)err_set(e, ERR_NOT_FOUND, "role \"%.*s\" does not exist",
	    SLICE_ARG(name));
	return with_state(e, "42704");
}

bool
authdb_role_alter(struct authdb *db, struct slice name,
    const struct role_change *c, struct err *e)
{
	char now[CLOCK_TEXT_SIZE];
	sqlite3_stmt *q;
	int changes;

	if (!check_role(&c->to, c->what, e))
		return false;
	/* what is not bound is NULL and stays */
	q = prepare(db, "UPDATE role SET verifier = coalesce(?2, verifier), "
	    "password_at = coalesce(?7, password_at), "
	    "level = coalesce(?3, level), "
	    "can_login = coalesce(?4, can_login), "
	    "valid_until = coalesce(?5, valid_until), "
	    "connection_limit = coalesce(?6, connection_limit) "
	    "WHERE name = ?1", e);
	if (q == NULL)
		return false;
	bind_text(q, 1, name);
	if ((c->what & ROLE_SET_VERIFIER) != 0) {
		clock_now(now);
		bind_text(q, 2, c->to.verifier);
		bind_text(q, 7, c->to.verifier.len != 0 ? slice_of(now) :
		    SLICE(""));
	}
	if ((c->what & ROLE_SET_LEVEL) != 0)
		(void)sqlite3_bind_int(q, 3, (int)c->to.level);
	if ((c->what & ROLE_SET_CAN_LOGIN) != 0)
		(void)sqlite3_bind_int(q, 4, c->to.can_login);
	if ((c->what & ROLE_SET_VALID_UNTIL) != 0)
		bind_text(q, 5, c->to.valid_until);
	if ((c->what & ROLE_SET_CONNECTION_LIMIT) != 0)
		(void)sqlite3_bind_int(q, 6, c->to.connection_limit);
	return run(db, q, &changes, e) &&
	    (changes != 0 || no_such_role(name, e));
}

bool
authdb_role_drop(struct authdb *db, struct slice name, struct err *e)
{
	sqlite3_stmt *q = prepare(db, "DELETE FROM role WHERE name = ?1", e);
	int changes;

	if (q == NULL)
		return false;
	bind_text(q, 1, name);
	return run(db, q, &changes, e) &&
	    (changes != 0 || no_such_role(name, e));
}

/* ---- what needs no database --------------------------------------- */

bool
role_may_login(const struct role *r, const char *now)
{
	/* times have one width: text order is time order */
	return r->can_login && (r->valid_until.len != CLOCK_TEXT_SIZE - 1 ?
	    r->valid_until.len == 0 :
	    memcmp(now, r->valid_until.ptr, CLOCK_TEXT_SIZE - 1) < 0);
}

static bool
has_control(struct slice s)
{
	size_t at = 0;

	while (at < s.len) {
		int32_t cp = utf8_decode(s, at, &at);

		if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0))
			return true;	/* or no UTF-8 */
	}
	return false;
}

bool
role_name_check(struct slice name, struct err *e)
{
	if (name.len == 0 || name.len > ROLE_NAME_MAX) {
		(void)err_set(e, ERR_INVALID,
		    "a role's name has 1 to %d bytes", ROLE_NAME_MAX);
		return with_state(e, "42602");
	}
	if (has_control(name)) {
		(void)err_set(e, ERR_INVALID, "a role's name is UTF-8 "
		    "without control characters");
		return with_state(e, "42602");
	}
	if (slice_starts(name, SLICE("pg_")) || slice_is(name, "public") ||
	    slice_is(name, "none") || slice_is(name, "anonymous")) {
		(void)err_set(e, ERR_INVALID, "role name \"%.*s\" is reserved",
		    SLICE_ARG(name));
		return with_state(e, "42939");
	}
	return true;
}

const char *
role_level_name(enum role_level level)
{
	switch (level) {
	case ROLE_VIEWER:
		return "viewer";
	case ROLE_EDITOR:
		return "editor";
	case ROLE_ADMIN:
		return "admin";
	}
	return "";
}

bool
role_level_parse(struct slice name, enum role_level *out)
{
	int i;

	for (i = ROLE_VIEWER; i <= ROLE_ADMIN; i++) {
		if (slice_is(name, role_level_name((enum role_level)i))) {
			*out = (enum role_level)i;
			return true;
		}
	}
	return false;
}

size_t
role_groups(enum role_level level, struct slice out[3])
{
	size_t n = 0;
	int i;

	for (i = ROLE_VIEWER; i <= (int)level && n < 3; i++)
		out[n++] = slice_of(role_level_name((enum role_level)i));
	return n;
}

/* ---- times -------------------------------------------------------- */

/* n digits off the front of *s, within min..max. */
static bool
take_digits(struct slice *s, size_t n, int64_t min, int64_t max, int *out)
{
	int64_t v;

	if (s->len < n || s->ptr[0] == '-' ||
	    !str_int(slice_sub(*s, 0, n), min, max, &v))
		return false;
	*s = slice_sub(*s, n, s->len);
	*out = (int)v;
	return true;
}

static bool
take_char(struct slice *s, const char *any)
{
	if (s->len == 0 || s->ptr[0] == '\0' || strchr(any, s->ptr[0]) == NULL)
		return false;
	*s = slice_sub(*s, 1, s->len);
	return true;
}

static int
days_in_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
		31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return month == 2 && leap ? 29 : days[month - 1];
}

/* ":SS" and ".ffffff", which may be missing. */
static bool
take_seconds(struct slice *s, int *second, int *micros)
{
	int scale = 100000;

	if (!take_char(s, ":"))
		return true;
	if (!take_digits(s, 2, 0, 59, second))
		return false;
	if (!take_char(s, "."))
		return true;
	if (s->len == 0 || !ascii_is_digit(s->ptr[0]))
		return false;
	for (; s->len != 0 && ascii_is_digit(s->ptr[0]); scale /= 10) {
		*micros += (s->ptr[0] - '0') * scale;
		*s = slice_sub(*s, 1, s->len);
	}
	return true;
}

bool
role_time_parse(struct slice text, char out[CLOCK_TEXT_SIZE], struct err *e)
{
	struct slice s = str_trim(text);
	int year, month, day, hour = 0, minute = 0, second = 0, micros = 0;

	if (slice_is(s, "infinity")) {
		out[0] = '\0';
		return true;
	}
	if (!take_digits(&s, 4, 1, 9999, &year) || !take_char(&s, "-") ||
	    !take_digits(&s, 2, 1, 12, &month) || !take_char(&s, "-") ||
	    !take_digits(&s, 2, 1, days_in_month(year, month), &day))
		goto bad;
	if (take_char(&s, " T") && (!take_digits(&s, 2, 0, 23, &hour) ||
	    !take_char(&s, ":") || !take_digits(&s, 2, 0, 59, &minute) ||
	    !take_seconds(&s, &second, &micros)))
		goto bad;
	if (s.len != 0 && !slice_is(s, "Z") && !slice_is(s, "+00") &&
	    !slice_is(s, "+00:00"))
		goto bad;
	(void)snprintf(out, CLOCK_TEXT_SIZE,
	    "%04d-%02d-%02d %02d:%02d:%02d.%06d+00", year, month, day, hour,
	    minute, second, micros);
	return true;
bad:
	(void)err_set(e, ERR_INVALID, "invalid time \"%.*s\"", SLICE_ARG(text));
	(void)err_hint(e, "Write \"2026-12-31 18:00:00Z\" (UTC), "
	    "\"2026-12-31\" or \"infinity\".");
	return with_state(e, "22007");
}
