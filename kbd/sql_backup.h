/*
 * sql_backup.h - the procedures that take a backup, for admins.
 *
 *   CALL backup_start()               revision, files, bytes
 *   CALL backup_read(file, position)  data: a piece; none at the file's end
 *   CALL backup_stop()                revision
 *
 * A session has one backup at a time, which ends with it. Each call is
 * bounded but the first, so that a client that reads slowly holds no thread.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_SQL_BACKUP_H
#define KBD_SQL_BACKUP_H

#include "kbd/pg_msg.h"
#include "kbd/pg_type.h"
#include "kbd/sql_stmt.h"

struct arena;
struct backup;
struct roles;
struct store_copy_watch;

#define SQL_BACKUP_COLUMNS_MAX 3

/* Is it a CALL of one of ours? By its name. */
bool sql_backup_is_call(struct slice procedure);

/* May take long: the copy is made. */
bool sql_backup_is_long(const struct sql_stmt *s);

/* The columns of the one row; returns how many. */
size_t sql_backup_columns(const struct sql_stmt *s,
    const struct pg_column **out);

/* Its arguments fit? 42883 when not. Then, types of open parameters. */
bool sql_backup_check(const struct sql_stmt *s, struct err *e) MUST_CHECK;
void sql_backup_params(const struct sql_stmt *s, uint32_t *params);

struct sql_backup_env {
	const char *dir;		/* data directory; NULL: there is none */
	struct roles *roles;
	const struct store_copy_watch *watch;
	struct slice role;		/* who asks, for the log */
	struct backup **backup;		/* of the session */
};

/* Do it, and append the DataRow in these formats; a worker's thread. */
bool sql_backup_run(const struct sql_stmt *s, const struct pg_value *values,
    size_t nvalues, const struct sql_backup_env *env,
    const uint16_t *formats, struct buf *b, struct err *e) MUST_CHECK;

#endif
