/*
 * fts_highlight.h - where in a field the words of a query are.
 *
 * FTS5's highlight() and snippet() corrupt text whose tokens overlap, as
 * character pairs do, and light up only "docker" when "dockercompose" was
 * found. Ours marks nothing: it returns the places.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_FTS_HIGHLIGHT_H
#define KBD_FTS_HIGHLIGHT_H

#include <stdint.h>

#include "common/err.h"

struct sqlite3;

struct fts_range {
	uint32_t start, end;	/* bytes of the field */
};

/*
 * Adds kb_highlight(entry_fts, plan, column): a blob of struct fts_range, in
 * order, apart from each other by at least one byte that is no blank; empty
 * when the field has no hit. The plan is that of kb_rank(); column counts
 * from 0.
 */
bool fts_highlight_register(struct sqlite3 *db, struct err *e) MUST_CHECK;

#endif
