/*
 * store_purge.c - take a leaked secret out of every version; store_purge.h.
 *
 *   find      the secrets of the version that was named
 *   replace   in every text column of every table of the truth, whoever made
 *             that table; triggers let it pass while the row of `purge` is
 *             open
 *   derive    everything again
 *   scrub     after the commit: VACUUM, because pages that were balanced keep
 *             old bytes between their cells even with secure_delete, and a
 *             checkpoint that leaves an empty log
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/store_purge.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/mem.h"
#include "kb/secret_scan.h"
#include "kb/store_internal.h"

#define SECRETS_MAX 100
#define SCRUB_KEY "scrub"

struct purge {
	struct store *s;
	const struct purge_request *req;
	struct arena a;
	struct slice secrets[SECRETS_MAX];
	size_t n;
	int64_t texts;
};

/* ---- find ---- */

static void
add_secret(struct purge *p, struct slice secret)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		if (slice_eq(p->secrets[i], secret))
			return;
	if (p->n < SECRETS_MAX)
		p->secrets[p->n++] = secret;
}

static bool
find_secrets(struct purge *p, struct slice text, struct err *e)
{
	struct slice given = p->req->secret;
	struct secret_hit hit = { .to = 0 };

	if (given.len != 0) {
		if (given.len < PURGE_LITERAL_MIN)
			return err_set(e, ERR_INVALID, "a secret of less than "
			    "%d bytes could be anything", PURGE_LITERAL_MIN);
		if (memmem(text.ptr, text.len, given.ptr, given.len) != NULL)
			add_secret(p, given);
	} else {
		while (secret_scan_find(text, hit.to, &hit))
			add_secret(p, slice_sub(text, hit.from, hit.to));
	}
	if (p->n != 0)
		return true;
	err_set(e, ERR_NOT_FOUND, "version %lld of entry %lld holds no such "
	    "secret", (long long)p->req->version, (long long)p->req->entry);
	return err_hint(e, "Say which text it is: purge_entry(entry, version, "
	    "message, secret).");
}

static bool
load_text(struct purge *p, struct slice *out, struct err *e)
{
	sqlite3_stmt *q = store_stmt(p->s, STMT_VERSION_GET);
	bool found;

	store_bind_int(q, 1, p->req->entry);
	store_bind_int(q, 2, p->req->version);
	if (!store_row(p->s, q, &found, e))
		return false;
	if (found)
		*out = store_column(&p->a, q, 0);
	store_reset(q);
	return found || err_set(e, ERR_NOT_FOUND,
	    "entry %lld has no version %lld", (long long)p->req->entry,
	    (long long)p->req->version);
}

/* ---- replace ---- */

/* Bytes at the start of text that are a long secret; 0: none. */
static size_t
secret_at(const struct purge *p, struct slice text)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		if (p->secrets[i].len >= PURGE_LITERAL_MIN &&
		    slice_starts(text, p->secrets[i]))
			return p->secrets[i].len;
	return 0;
}

static bool
is_secret(const struct purge *p, struct slice text)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		if (slice_eq(p->secrets[i], text))
			return true;
	return false;
}

/* Long ones wherever their bytes are. */
static void
put_without_long(const struct purge *p, struct slice text, struct buf *out)
{
	size_t at = 0, len;

	while (at < text.len) {
		len = secret_at(p, slice_sub(text, at, text.len));
		if (len != 0)
			buf_puts(out, PURGE_MARK);
		else
			buf_putc(out, text.ptr[at]);
		at += len != 0 ? len : 1;
	}
}

/* Short ones where they are recognised. */
static void
put_without(const struct purge *p, struct slice text, struct buf *out)
{
	struct secret_hit hit = { .to = 0 };
	size_t at = 0;

	while (secret_scan_find(text, hit.to, &hit)) {
		if (!is_secret(p, slice_sub(text, hit.from, hit.to)))
			continue;
		put_without_long(p, slice_sub(text, at, hit.from), out);
		buf_puts(out, PURGE_MARK);
		at = hit.to;
	}
	put_without_long(p, slice_sub(text, at, text.len), out);
}

/* kb_purged(text): NULL when there is nothing to replace. */
static void
sql_purged(sqlite3_context *x, int argc, sqlite3_value **argv)
{
	const struct purge *p = sqlite3_user_data(x);
	struct buf out = BUF_INIT;
	struct slice text;

	(void)argc;
	if (sqlite3_value_type(argv[0]) != SQLITE_TEXT)
		return;
	text = slice_make(sqlite3_value_text(argv[0]),
	    (size_t)sqlite3_value_bytes(argv[0]));
	put_without(p, text, &out);
	if (!slice_eq(text, buf_slice(&out)))
		sqlite3_result_text64(x, out.data, out.len, SQLITE_TRANSIENT,
		    SQLITE_UTF8);
	buf_free(&out);
}

/*
 * One UPDATE for each text column of the tables of the truth, whoever made
 * them: no virtual ones, none of SQLite's, none that is derived, no shadow of
 * a virtual one.
 */
static const char updates_sql[] =
    "SELECT format('UPDATE \"%w\" SET \"%w\" = kb_purged(\"%w\") "
    "WHERE kb_purged(\"%w\") IS NOT NULL', t.name, c.name, c.name, c.name) "
    "FROM sqlite_schema t, pragma_table_info(t.name) c "
    "WHERE t.type = 'table' AND t.rootpage > 0 "
    "AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
    "AND t.name NOT IN (SELECT name FROM derived_object) "
    "AND NOT EXISTS (SELECT 1 FROM sqlite_schema v WHERE v.type = 'table' "
    "AND v.rootpage = 0 AND "
    "substr(t.name, 1, length(v.name) + 1) = v.name || '_') "
    "AND upper(c.type) IN ('TEXT', 'ANY')";

static bool
list_updates(struct purge *p, const char ***out, size_t *n, struct err *e)
{
	sqlite3_stmt *q = NULL;
	size_t cap = 0;
	bool ok = true, more = true;

	*out = NULL;
	*n = 0;
	if (sqlite3_prepare_v2(p->s->db, updates_sql, -1, &q, NULL) !=
	    SQLITE_OK)
		return store_fail(p->s->db, e, "could not read the schema");
	while (ok && more) {
		ok = store_row(p->s, q, &more, e);
		if (!ok || !more)
			break;
		*out = arena_grow(&p->a, *out, *n, &cap, sizeof(**out));
		(*out)[(*n)++] = store_column(&p->a, q, 0).ptr;
	}
	sqlite3_finalize(q);
	return ok;
}

static bool
replace_all(struct purge *p, struct err *e)
{
	const char **updates;
	size_t n, i;
	bool ok;

	if (sqlite3_create_function(p->s->db, "kb_purged", 1, SQLITE_UTF8 |
	    SQLITE_DIRECTONLY, p, sql_purged, NULL, NULL) != SQLITE_OK)
		return store_fail(p->s->db, e, "could not purge");
	ok = list_updates(p, &updates, &n, e);
	for (i = 0; ok && i < n; i++) {
		ok = store_exec(p->s->db, updates[i], e);
		p->texts += ok ? sqlite3_changes64(p->s->db) : 0;
	}
	(void)sqlite3_create_function(p->s->db, "kb_purged", 1, SQLITE_UTF8,
	    NULL, NULL, NULL, NULL);
	return ok;
}

/* ---- copies of the file ---- */

static bool
holds_secret(const struct purge *p, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;
	void *map = MAP_FAILED;
	bool found = false;
	size_t i;

	if (fd >= 0 && fstat(fd, &st) == 0 && st.st_size > 0)
		map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE,
		    fd, 0);
	for (i = 0; map != MAP_FAILED && i < p->n && !found; i++)
		found = memmem(map, (size_t)st.st_size, p->secrets[i].ptr,
		    p->secrets[i].len) != NULL;
	if (map != MAP_FAILED)
		munmap(map, (size_t)st.st_size);
	if (fd >= 0)
		close(fd);
	return found;
}

/* What a migration copied aside would keep the secret for ever. */
static bool
remove_copies(const struct purge *p, struct err *e)
{
	char *folder = mem_strdup(p->s->path), *slash = strrchr(folder, '/');
	char prefix[256], path[4096];
	struct dirent *d;
	bool ok = true;
	DIR *dir;

	snprintf(prefix, sizeof(prefix), "%s.before-", slash != NULL ?
	    slash + 1 : folder);
	if (slash != NULL)
		*slash = '\0';
	dir = opendir(slash != NULL ? folder : ".");
	while (ok && dir != NULL && (d = readdir(dir)) != NULL) {
		if (strncmp(d->d_name, prefix, strlen(prefix)) != 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s",
		    slash != NULL ? folder : ".", d->d_name);
		if (holds_secret(p, path) && unlink(path) != 0)
			ok = err_errno(e, "could not remove \"%s\"", path);
	}
	if (dir != NULL)
		closedir(dir);
	free(folder);
	return ok;
}

/* ---- all of it ---- */

static bool
open_row(struct purge *p, struct err *e)
{
	sqlite3_stmt *q = store_stmt(p->s, STMT_PURGE_OPEN);
	char now[CLOCK_TEXT_SIZE];
	int64_t revision;

	if (!store_revision(p->s, &revision, e))
		return false;
	clock_now(now);
	q = store_stmt(p->s, STMT_PURGE_OPEN);
	store_bind_int(q, 1, p->req->entry);
	store_bind_int(q, 2, p->req->version);
	store_bind(q, 3, p->req->author);
	store_bind(q, 4, p->req->message);
	store_bind(q, 5, slice_of(now));
	store_bind_int(q, 6, revision);
	return store_done(p->s, q, e);
}

static bool
close_row(struct purge *p, struct err *e)
{
	sqlite3_stmt *q = store_stmt(p->s, STMT_PURGE_CLOSE);

	store_bind_int(q, 1, p->texts);
	return store_done(p->s, q, e);
}

static bool
set_scrub(struct store *s, int64_t on, struct err *e)
{
	sqlite3_stmt *q = store_stmt(s, STMT_META_SET);

	store_bind(q, 1, SLICE(SCRUB_KEY));
	store_bind_int(q, 2, on);
	return store_done(s, q, e);
}

static bool
purge(struct purge *p, struct err *e)
{
	return open_row(p, e) && replace_all(p, e) && close_row(p, e) &&
	    store_derive_all(p->s, e) && set_scrub(p->s, 1, e) &&
	    remove_copies(p, e);
}

bool
store_purge(struct store *s, const struct purge_request *req, int64_t *texts,
    struct err *e)
{
	struct purge p = { .s = s, .req = req, .a = ARENA_INIT };
	struct slice text = SLICE("");
	bool ok;

	if (!s->in_transaction || s->is_broken)
		return err_set(e, s->is_broken ? ERR_STORAGE : ERR_INVALID,
		    s->is_broken ? "the transaction failed before" :
		    "there is no transaction");
	ok = load_text(&p, &text, e) && find_secrets(&p, text, e);
	if (ok) {
		ok = purge(&p, e);
		s->is_broken |= !ok;
		s->needs_scrub = s->needs_scrub || ok;
	}
	*texts = p.texts;
	arena_free(&p.a);
	return ok;
}

/* Asked once at the start; later the flag tells. */
bool
store_needs_scrub(struct store *s)
{
	sqlite3_stmt *q;
	struct err ignored = ERR_INIT;
	int64_t on = 0;

	if (!s->knows_scrub) {
		q = store_stmt(s, STMT_META_GET);
		store_bind(q, 1, SLICE(SCRUB_KEY));
		s->knows_scrub = store_number(s, q, &on, &ignored);
		s->needs_scrub = on != 0;
	}
	return s->needs_scrub && !s->in_transaction;
}

static bool
vacuum(struct store *s, struct err *e)
{
	bool ok;

	/* statements that are prepared would keep it from running */
	store_finalize(s);
	s->may_commit = true;
	ok = store_exec(s->db, "PRAGMA temp_store = FILE; VACUUM", e);
	s->may_commit = false;
	return store_exec(s->db, "PRAGMA temp_store = MEMORY", ok ? e : NULL)
	    && ok;
}

/* An empty log, or ERR_LIMIT. */
static bool
empty_log(struct store *s, int wait_ms, struct err *e)
{
	int rc;

	(void)sqlite3_busy_timeout(s->db, wait_ms);
	rc = sqlite3_wal_checkpoint_v2(s->db, NULL,
	    SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	(void)sqlite3_busy_timeout(s->db, 5000);
	if (rc == SQLITE_OK)
		return true;
	if ((rc & 0xff) == SQLITE_BUSY)
		return err_set(e, ERR_LIMIT,
		    "readers keep the write-ahead log from being emptied");
	return store_fail(s->db, e, "could not checkpoint");
}

bool
store_scrub(struct store *s, int wait_ms, struct err *e)
{
	if (!vacuum(s, e) || !empty_log(s, wait_ms, e))
		return false;
	if (!store_begin(s, e))
		return false;
	if (!set_scrub(s, 0, e) || !store_commit(s, e)) {
		store_rollback(s);
		return false;
	}
	s->needs_scrub = false;
	return empty_log(s, wait_ms, e);
}
