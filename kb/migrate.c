/*
 * migrate.c - schema steps, each in one transaction; see migrate.h.
 *
 * Invariants:
 *   (1) user_version is N exactly when steps 1 to N ran, since both are
 *       written by the same transaction.
 *   (2) A file with content is never changed before its copy is on disk.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/migrate.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/mem.h"
#include "common/str.h"
#include "schema/schema.inc"

static bool
fail(sqlite3 *db, struct err *e, const char *what)
{
	return err_set(e, ERR_STORAGE, "%s: %s", what, sqlite3_errmsg(db));
}

static bool
run(sqlite3 *db, const char *sql, const char *what, struct err *e)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		return fail(db, e, what);
	return true;
}

const struct migrate_step *
migrate_steps(size_t *n)
{
	static const struct migrate_step steps[] = {
		{ 1, schema_001_truth_sql },
		{ 2, schema_002_edit_sql },
		{ 3, schema_003_purge_sql },
		{ 4, schema_004_tally_sql },
	};

	*n = ARRAY_LEN(steps);
	return steps;
}

/* A query with one number as its answer; 0 without a row. */
static bool
query_number(sqlite3 *db, const char *sql, int64_t *out, struct err *e)
{
	sqlite3_stmt *q = NULL;
	int rc = sqlite3_prepare_v2(db, sql, -1, &q, NULL);

	if (rc == SQLITE_OK) {
		rc = sqlite3_step(q);
		*out = rc == SQLITE_ROW ? sqlite3_column_int64(q, 0) : 0;
	}
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		fail(db, e, "could not read the schema");
	sqlite3_finalize(q);
	return rc == SQLITE_ROW || rc == SQLITE_DONE;
}

bool
migrate_version(sqlite3 *db, const char *path, int newest, int *version,
    struct err *e)
{
	int64_t id, user, objects;
	struct err why = ERR_INIT;

	if (!query_number(db, "PRAGMA application_id", &id, &why) ||
	    !query_number(db, "PRAGMA user_version", &user, &why) ||
	    !query_number(db, "SELECT count(*) FROM sqlite_schema", &objects,
	    &why)) {
		if ((sqlite3_errcode(db) & 0xff) == SQLITE_NOTADB)
			return err_set(e, ERR_INVALID,
			    "\"%s\" is not a knowledge base of kbd", path);
		if (e != NULL)
			*e = why;
		return err_prefix(e, "%s", path);
	}
	*version = (int)user;
	if (id == MIGRATE_APPLICATION_ID && user >= 1 && user <= newest)
		return true;
	if (id == 0 && user == 0 && objects == 0)
		return true;		/* nothing in it yet */
	if (id != MIGRATE_APPLICATION_ID || user < 1)
		return err_set(e, ERR_INVALID,
		    "\"%s\" is not a knowledge base of kbd", path);
	err_set(e, ERR_INVALID, "\"%s\" was written by a newer program: it has "
	    "schema %lld, this program knows %d", path, (long long)user,
	    newest);
	return err_hint(e, "Use the newer program, or the copy of the file "
	    "from before, if there is one: \"%s.before-%lld\".", path,
	    (long long)user);
}

/* ---- the copy ---- */

/* Make an empty file under the first free name; -1 when there is none. */
static int
create_copy(const char *path, int version, char *name, size_t size)
{
	int fd = -1, i;

	for (i = 1; i < 100 && fd < 0; i++) {
		if (i == 1)
			snprintf(name, size, "%s.before-%d", path, version);
		else
			snprintf(name, size, "%s.before-%d.%d", path, version,
			    i);
		fd = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	}
	return fd;
}

static bool
sync_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash == NULL ? mem_strdup(".") : slash == path ?
	    mem_strdup("/") : mem_strndup(slice_make(path,
	    (size_t)(slash - path)));
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		close(fd);
	free(folder);
	return ok;
}

static bool
vacuum_into(sqlite3 *db, const char *name, struct err *e)
{
	sqlite3_stmt *q = NULL;
	bool ok = sqlite3_prepare_v2(db, "VACUUM INTO ?1", -1, &q, NULL) ==
	    SQLITE_OK &&
	    sqlite3_bind_text(q, 1, name, -1, SQLITE_STATIC) == SQLITE_OK &&
	    sqlite3_step(q) == SQLITE_DONE;

	if (!ok)
		fail(db, e, "could not copy the base before its migration");
	sqlite3_finalize(q);
	return ok;
}

static bool
copy_before(sqlite3 *db, const char *path, int version, struct err *e)
{
	size_t size = strlen(path) + 40;
	char *name = mem_alloc(size);
	int fd = create_copy(path, version, name, size);
	bool ok = false;

	if (fd < 0) {
		err_errno(e, "could not create \"%s\"", name);
		goto out;
	}
	if (!vacuum_into(db, name, e))
		goto out;
	if (fsync(fd) != 0 || !sync_folder(path)) {
		err_errno(e, "could not write \"%s\"", name);
		goto out;
	}
	ok = true;
out:
	if (fd >= 0)
		close(fd);
	if (fd >= 0 && !ok)
		unlink(name);
	free(name);
	return ok;
}

/* ---- the steps ---- */

static bool
set_version(sqlite3 *db, int version, struct err *e)
{
	char sql[120];

	/* a pragma takes no bound values */
	snprintf(sql, sizeof(sql), "PRAGMA application_id = %d; "
	    "PRAGMA user_version = %d", MIGRATE_APPLICATION_ID, version);
	return run(db, sql, "could not set the schema's number", e);
}

static bool
check_foreign_keys(sqlite3 *db, struct err *e)
{
	int64_t n;

	if (!query_number(db, "SELECT count(*) FROM pragma_foreign_key_check",
	    &n, e))
		return false;
	if (n != 0)
		return err_set(e, ERR_STORAGE, "%lld rows refer to rows that "
		    "do not exist", (long long)n);
	return true;
}

static bool
run_step(sqlite3 *db, const struct migrate_step *step, struct err *e)
{
	if (!run(db, "BEGIN EXCLUSIVE", "could not lock the base", e))
		return false;
	if (run(db, step->sql, "could not run the step", e) &&
	    set_version(db, step->version, e) && check_foreign_keys(db, e) &&
	    run(db, "COMMIT", "could not commit", e))
		return true;
	(void)sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	return err_prefix(e, "schema step %d", step->version);
}

bool
migrate_run(sqlite3 *db, const char *path, const struct migrate_step *steps,
    size_t n, struct err *e)
{
	int version;
	size_t i;

	if (!migrate_version(db, path, steps[n - 1].version, &version, e))
		return false;
	if (version != 0 && version < steps[n - 1].version &&
	    !copy_before(db, path, steps[n - 1].version, e))
		return false;
	for (i = 0; i < n; i++)
		if (steps[i].version > version && !run_step(db, &steps[i], e))
			return false;
	return true;
}

/* ---- what is derived ---- */

static bool
drop_object(sqlite3 *db, struct slice type, const char *name, struct err *e)
{
	/* the name is one of ours; %w doubles quotes all the same */
	char *sql = sqlite3_mprintf("DROP %s IF EXISTS \"%w\"",
	    slice_is(type, "view") ? "VIEW" : "TABLE", name);
	bool ok = sql != NULL &&
	    run(db, sql, "could not drop what is derived", e);

	sqlite3_free(sql);
	return ok;
}

/* Newest first: a table goes before the one that it looks into. */
static bool
drop_derived(sqlite3 *db, struct err *e)
{
	static const char newest[] = "SELECT type, name FROM derived_object "
	    "ORDER BY ordinal DESC LIMIT 1";
	static const char forget[] = "DELETE FROM derived_object "
	    "WHERE ordinal = (SELECT max(ordinal) FROM derived_object)";
	bool ok = true, more = true;

	while (ok && more) {
		sqlite3_stmt *q = NULL;
		char *type = NULL, *name = NULL;

		ok = sqlite3_prepare_v2(db, newest, -1, &q, NULL) == SQLITE_OK;
		more = ok && sqlite3_step(q) == SQLITE_ROW;
		if (more) {
			type = mem_strdup((const char *)
			    sqlite3_column_text(q, 0));
			name = mem_strdup((const char *)
			    sqlite3_column_text(q, 1));
		}
		if (sqlite3_finalize(q) != SQLITE_OK || !ok)
			ok = fail(db, e, "could not read what is derived");
		if (ok && more)
			ok = drop_object(db, slice_of(type), name, e) &&
			    run(db, forget, "could not drop", e);
		free(type);
		free(name);
	}
	return ok;
}

bool
migrate_derived(sqlite3 *db, struct err *e)
{
	/* all that is new, but not the shadow tables, which go with their
	 * virtual table */
	static const char note[] =
	    "INSERT INTO derived_object(type, name) "
	    "SELECT x.type, x.name FROM main.sqlite_schema x "
	    "WHERE x.type IN ('table', 'view') "
	    "AND x.name NOT IN (SELECT name FROM temp.before_derived) "
	    "AND NOT EXISTS (SELECT 1 FROM main.sqlite_schema v "
	    "WHERE v.type = 'table' AND v.rootpage = 0 "
	    "AND substr(x.name, 1, length(v.name) + 1) = v.name || '_') "
	    "ORDER BY x.rowid; DROP TABLE temp.before_derived";

	return drop_derived(db, e) &&
	    run(db, "CREATE TEMP TABLE before_derived AS "
	    "SELECT name FROM main.sqlite_schema", "could not note", e) &&
	    run(db, schema_derived_sql, "could not make derived.sql", e) &&
	    run(db, schema_views_sql, "could not make views.sql", e) &&
	    run(db, note, "could not note what is derived", e);
}

uint64_t
migrate_derived_hash(void)
{
	return str_hash(slice_of(schema_derived_sql)) ^
	    str_hash(slice_of(schema_views_sql)) * 31;
}
