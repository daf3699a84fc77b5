/*
 * editor.h - the user's editor, and short questions on the terminal.
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

/* Whether somebody is there who can answer. */
bool editor_can_ask(void);

/*
 * Ask, with the letters that answer, the first of which is meant by an empty
 * line: "save anyway? [y]es, [e]dit again, [n]o". The last is meant when the
 * input ends.
 */
char editor_ask(const char *question, const char *letters);

#endif
