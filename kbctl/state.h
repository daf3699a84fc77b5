/*
 * state.h - what kbctl remembers, below $XDG_STATE_HOME/kbctl.
 *
 * Files are the user's alone (0600). A home that cannot be written is no
 * error for what is only a convenience; a text that would be lost is.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBCTL_STATE_H
#define KBCTL_STATE_H

#include "common/err.h"
#include "common/slice.h"

struct buf;

/* Replace the file of that name, whole or not at all. */
void state_save(const char *name, struct slice text);

/* Append its bytes; false when there is none, or more than 1 MiB. */
bool state_load(const char *name, struct buf *out);

void state_forget(const char *name);

/*
 * A new file with these bytes, "drafts/STEM.md" or with a number behind the
 * stem when that is taken; in the folder for temporary files when there is no
 * home. Its path in *path, which the caller frees. ERR_SYSTEM.
 */
bool state_draft(const char *stem, struct slice text, char **path,
    struct err *e) MUST_CHECK;

/* Write a draft again. */
bool state_redraft(const char *path, struct slice text, struct err *e)
    MUST_CHECK;

#endif
