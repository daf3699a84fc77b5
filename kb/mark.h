/*
 * mark.h - where the words of a query stand in a text.
 *
 * Stock highlight() and snippet() of FTS5 break text in which tokens overlap,
 * as pairs of Chinese characters do. Here the lexer cuts the text as it does
 * for the index, and what a form of the query names is marked, as bytes.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_MARK_H
#define KBD_MARK_H

#include <stdint.h>

#include "common/slice.h"
#include "kb/query.h"

struct arena;

struct mark {
	uint32_t start, end; /* bytes */
};

#define MARKS_MAX 2000 /* more are not looked for */

/*
 * The marks of a text, in their order; overlapping and adjacent ones, also
 * those with one byte between, are one. The arena owns *out.
 */
size_t mark_find(const struct query *q, struct slice text, struct arena *a,
    struct mark **out);

#endif
