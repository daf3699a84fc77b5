/*
 * screen.h - the terminal, or the pipe, that print.h prints for.
 *
 * Output is written once, when the command is done: through the pager on a
 * terminal.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBCTL_SCREEN_H
#define KBCTL_SCREEN_H

#include "common/print.h"

/* color: "auto", "always" or "never". */
void screen_init(struct screen *s, const char *color);

/* Write what was printed; false when that failed. */
bool screen_flush(struct screen *s);

#endif
