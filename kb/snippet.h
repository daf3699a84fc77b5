/*
 * snippet.h - one line of an entry's text around what was found in it.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_SNIPPET_H
#define KBD_SNIPPET_H

#include "common/slice.h"
#include "kb/rank.h"

struct arena;

#define SNIPPET_MAX 160 /* bytes, and two dots of three */

/*
 * From the column whose words tell most, apart from the titles; when only
 * they were found, the beginning of what the entry says. Blanks are collapsed,
 * and dots stand where text is left out. Pure; the arena owns the result.
 */
struct slice snippet_make(const struct query *q, const struct rank_row *row,
    const struct slice columns[RANK_NCOLUMNS], struct arena *a);

#endif
