/*
 * fts_api.h - how the fts_* files reach FTS5's extension interface.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_FTS_API_H
#define KBD_FTS_API_H

#include "common/err.h"

struct sqlite3;
struct fts5_api;

/* FTS5's interface on this connection, borrowed; ERR_STORAGE without it. */
bool fts_api_get(struct sqlite3 *db, struct fts5_api **out, struct err *e)
    MUST_CHECK;

#endif
