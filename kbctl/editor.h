/*
 * editor.h - the user's editor.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBCTL_EDITOR_H
#define KBCTL_EDITOR_H

#include "common/err.h"

/*
 * Whether there is an editor to run: KB_EDITOR, VISUAL or EDITOR says which;
 * without them it is vi, on a terminal only.
 */
bool editor_is_there(void);

/*
 * Let it change a file and wait for its end. It gets the environment that
 * kbctl was started with. ERR_SYSTEM when it cannot be run or fails.
 */
bool editor_run(const char *path, struct err *e) MUST_CHECK;

#endif
