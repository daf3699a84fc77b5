/*
 * ask.h - questions to the person at the terminal.
 *
 * They are asked on the terminal itself, so that standard input and output
 * stay data. Without a terminal there is nobody to ask.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBCTL_ASK_H
#define KBCTL_ASK_H

#include "common/err.h"

#define ASK_PASSWORD_MAX 1024	/* bytes, with its NUL */

/* Whether there is somebody to ask. */
bool ask_somebody(void);

/* "prompt: ", without showing what is typed; the caller wipes it. */
bool ask_password(const char *prompt, char out[ASK_PASSWORD_MAX],
    struct err *e) MUST_CHECK;

/* "question (yes/no) "; true in *yes only for "yes" or "y". */
bool ask_yes(const char *question, bool *yes, struct err *e) MUST_CHECK;

/*
 * Whether a text's writer is there: somebody at the terminal whose standard
 * input it is. A script that happens to run in a terminal is asked nothing.
 */
bool ask_writer(void);

/*
 * "question " and one of these letters. An empty line means the first of
 * them; the end of the input, or a terminal that went away, the last.
 */
char ask_letter(const char *question, const char *letters);

#endif
