/*
 * migrate.h - from an empty or older file to the schema of this program.
 *
 * Truth comes in numbered steps, PRAGMA user_version says which ran. What is
 * derived is taken away and made anew, whatever it was.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_MIGRATE_H
#define KBD_MIGRATE_H

#include <stdint.h>

#include "common/err.h"
#include "common/slice.h"

struct sqlite3;

/* "kbdb" as a number, in PRAGMA application_id: whose file this is. */
#define MIGRATE_APPLICATION_ID 0x6b626462

struct migrate_step {
	int version;		/* user_version once it ran */
	const char *sql;
};

/* The steps of this program, oldest first; *n says how many. */
const struct migrate_step *migrate_steps(size_t *n);

/*
 * Which schema a file has. Fails with ERR_INVALID when the file is not ours
 * or its schema is newer than `newest`; `path` is for the message.
 */
bool migrate_version(struct sqlite3 *db, const char *path, int newest,
    int *version, struct err *e) MUST_CHECK;

/*
 * Run the steps that are missing. Each is one transaction with its
 * user_version, after a check of all foreign keys. A file that holds
 * something is first copied to "<path>.before-<N>", N being the schema that
 * it will have; if that name is taken, ".before-<N>.2" and so on. Must be
 * called before foreign keys are enforced.
 */
bool migrate_run(struct sqlite3 *db, const char *path,
    const struct migrate_step *steps, size_t n, struct err *e) MUST_CHECK;

/*
 * Drop what derived.sql and views.sql of any version made and run those of
 * this program; inside a transaction. The tables are empty then.
 */
bool migrate_derived(struct sqlite3 *db, struct err *e) MUST_CHECK;

/* A number that changes when derived.sql or views.sql do. */
uint64_t migrate_derived_hash(void);

#endif
