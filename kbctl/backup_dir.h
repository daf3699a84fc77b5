/*
 * backup_dir.h - a new directory that is filled file by file, or not at all.
 *
 * For backups and for what is restored from them. The directory must be empty
 * or not be there; every file is new, is readable by its owner only, and is
 * flushed to the disk. No link is followed inside it.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBCTL_BACKUP_DIR_H
#define KBCTL_BACKUP_DIR_H

#include <stdint.h>
#include <sys/types.h>

#include "common/err.h"
#include "common/sha256.h"

#define BACKUP_DIR_ENTRIES 40

struct backup_dir {
	const char *path;	/* borrowed */
	int fd;			/* of the directory, or -1 */
	bool is_new;		/* we made it */
	uid_t uid;		/* who owns what is made; -1: who makes it */
	gid_t gid;
	const char *made[BACKUP_DIR_ENTRIES];	/* borrowed names, in order */
	bool is_dir[BACKUP_DIR_ENTRIES];
	unsigned nmade;
};

/* ERR_EXISTS when there is something in it. */
bool backup_dir_open(const char *path, mode_t mode, struct backup_dir *out,
    struct err *e) MUST_CHECK;
/* Whom all belongs to; the directory itself too. Only root may. */
bool backup_dir_give(struct backup_dir *d, uid_t uid, gid_t gid,
    struct err *e) MUST_CHECK;
bool backup_dir_folder(struct backup_dir *d, const char *name, mode_t mode,
    struct err *e) MUST_CHECK;
void backup_dir_close(struct backup_dir *d);

/* Take away what was made. */
void backup_dir_undo(struct backup_dir *d);

/* Flush the directory itself. */
bool backup_dir_sync(struct backup_dir *d, struct err *e) MUST_CHECK;

/* One file while it is written. */
struct backup_writer {
	const char *name;
	int fd;
	int64_t size;		/* so far */
	struct sha256 *sha256;	/* owned until backup_writer_close() */
};

/* name, which is kept, may have one folder, which is made: "tls/server.key". */
bool backup_writer_open(struct backup_dir *d, const char *name,
    struct backup_writer *out, struct err *e) MUST_CHECK;
bool backup_writer_add(struct backup_writer *w, struct slice bytes,
    struct err *e) MUST_CHECK;
/* Flush and close in any case; sha256 is of what was written. */
bool backup_writer_close(struct backup_writer *w,
    char sha256[SHA256_TEXT_SIZE], struct err *e) MUST_CHECK;

#endif
