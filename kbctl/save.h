/*
 * save.h - writing files that are the person's alone (0600, folders 0700).
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBCTL_SAVE_H
#define KBCTL_SAVE_H

#include "common/err.h"
#include "common/slice.h"

/*
 * Replace a file, whole or not at all: it is written beside and renamed. The
 * folders above it are made. Fails with ERR_SYSTEM.
 */
bool save_private(const char *path, struct slice text, struct err *e)
    MUST_CHECK;

/* Make the folders above a file; errno says why it failed. */
bool save_folders(const char *path);

/* Write a file; flags are O_TRUNC or O_EXCL; errno says why it failed. */
bool save_bytes(const char *path, int flags, struct slice text);

#endif
