/*
 * backup_manifest.h - what a backup holds, and whether it still does.
 *
 * The server writes the manifest (kbd/backup.c); its last line has the
 * SHA-256 of all lines before it. Names in it are data: only those that a
 * data directory can have are taken.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBCTL_BACKUP_MANIFEST_H
#define KBCTL_BACKUP_MANIFEST_H

#include <stdint.h>

#include "common/err.h"
#include "common/sha256.h"

#define BACKUP_MANIFEST "backup_manifest"
#define BACKUP_MANIFEST_MAX (64u * 1024)
#define BACKUP_FILES_MAX 32

struct backup_file {
	const char *name;	/* "kb.db", "tls/server.key" */
	int64_t size;
	char sha256[SHA256_TEXT_SIZE];
};

struct backup_manifest {
	int64_t revision;
	int64_t bytes;		/* of all files */
	struct backup_file files[BACKUP_FILES_MAX];
	unsigned nfiles;
};

/* Read and check its text; ERR_STORAGE when it is damaged. */
bool backup_manifest_parse(struct slice text, struct backup_manifest *out,
    struct err *e) MUST_CHECK;

/* A file as it arrived: its size and its digest are those promised? */
bool backup_file_check(const struct backup_file *f, int64_t size,
    const char *sha256, struct err *e) MUST_CHECK;

/*
 * Are the databases in this directory whole, and is the base of the revision
 * that the manifest says? Reads all of them.
 */
bool backup_verify(const char *dir, const struct backup_manifest *m,
    struct err *e) MUST_CHECK;

/* "1.2 MB", for people; out has BACKUP_SIZE_TEXT bytes. */
#define BACKUP_SIZE_TEXT 24
void backup_size_text(int64_t bytes, char out[BACKUP_SIZE_TEXT]);

#endif
