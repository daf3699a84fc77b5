/*
 * fold.h - characters as the search sees them, with their place in the text.
 *
 * Compatibility forms (full-width, half-width kana, ligatures, circled
 * digits) become plain ones, case is folded, diacritics of European scripts
 * go, Traditional Chinese becomes Simplified character by character. Every
 * unit knows which bytes of the original it came from, so that a match can be
 * shown where it was written.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_FOLD_H
#define KBD_FOLD_H

#include <stdint.h>

#include "common/slice.h"

/* A byte that is not UTF-8: it separates, and means nothing. */
#define FOLD_BAD (-1)

struct fold_unit {
	int32_t cp;		/* folded, or FOLD_BAD */
	uint32_t start, end;	/* bytes of the original, end exclusive */
	bool upper;		/* was written as a capital */
};

/* One character becomes at most this many units; the rest is dropped. */
#define FOLD_MAX_UNITS 18

/* Plain data: a copy is a second cursor, which looks ahead. */
struct fold {
	struct slice text;	/* borrowed */
	size_t at;		/* next byte to read */
	unsigned next, n;	/* of units[] */
	struct fold_unit units[FOLD_MAX_UNITS];
};

/* At most UINT32_MAX bytes of text are read. */
void fold_init(struct fold *f, struct slice text);

/*
 * The next unit; false at the end. Starts never decrease, start < end, and
 * both lie in the text. Units that came from one character share its range.
 * Marks and invisible characters are part of the unit they follow.
 */
bool fold_next(struct fold *f, struct fold_unit *u);

#endif
