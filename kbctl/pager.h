/*
 * pager.h - long output, a screen at a time.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBCTL_PAGER_H
#define KBCTL_PAGER_H

#include "common/slice.h"

/*
 * Write text to standard output; through KB_PAGER, PAGER or less -FRX when
 * standard output is a terminal of that size and the text does not fit. A
 * reader that goes away early is no error in the pager; without one the
 * process ends with 141, quietly. False when it could not be written.
 */
bool pager_write(struct slice text, unsigned columns, unsigned rows);

/* Exactly these bytes to standard output, never through a pager. */
bool pager_write_raw(struct slice bytes);

#endif
