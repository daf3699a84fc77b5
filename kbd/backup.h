/*
 * backup.h - one moment of a data directory, to be read in pieces.
 *
 * The databases are copied into <directory>/tmp, and the copies have no name
 * any more when this returns: they are gone with the backup, or with the
 * process. Settings, rules and certificate are small and kept in memory. A
 * manifest lists every file with its size and SHA-256, and says the revision;
 * a client reads it first.
 *
 * Not on a loop thread: it reads and writes the disk.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_BACKUP_H
#define KBD_BACKUP_H

#include <stdint.h>

#include "common/err.h"
#include "common/slice.h"

struct backup;
struct buf;
struct roles;
struct store_copy_watch;

#define BACKUP_MANIFEST "backup_manifest"
#define BACKUP_PIECE (1024u * 1024)	/* bytes that one read gives */

/* dir is the data directory; roles own auth.db. */
bool backup_new(const char *dir, struct roles *roles,
    const struct store_copy_watch *watch, struct backup **out, struct err *e)
    MUST_CHECK;
void backup_free(struct backup *b);

int64_t backup_revision(const struct backup *b);
unsigned backup_files(const struct backup *b);	/* without the manifest */
int64_t backup_bytes(const struct backup *b);	/* of them */

/*
 * Append at most BACKUP_PIECE bytes of a file from an offset on; none at its
 * end. ERR_NOT_FOUND for a name that is not in the manifest.
 */
bool backup_read(const struct backup *b, struct slice name, int64_t at,
    struct buf *out, struct err *e) MUST_CHECK;

/* At start: remove what a process that was killed left in <dir>/tmp. */
void backup_clean(const char *dir);

#endif
