/*
 * pg_numeric.h - the wire forms of numeric.
 *
 * A numeric is its decimal text here, with every digit; the binary form is
 * groups of four digits. Pure.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_PG_NUMERIC_H
#define KBD_PG_NUMERIC_H

#include "common/slice.h"

struct arena;
struct buf;

#define PG_NUMERIC_DIGITS 2000	/* at most, of a value in binary */

/* [+-] digits [. digits] [e [+-] digits], or NaN */
bool pg_numeric_valid(struct slice text);

/* The value in binary, without its length; false when it is too long. */
bool pg_numeric_put(struct buf *b, struct slice text);

/* From binary to text; the arena owns it. False when it is not valid. */
bool pg_numeric_read(struct slice bytes, struct arena *a, struct slice *out);

#endif
