/*
 * fts_api.c - how the fts_* files reach FTS5's extension interface.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/fts_api.h"

#include <sqlite3.h>

bool
fts_api_get(struct sqlite3 *db, struct fts5_api **out, struct err *e)
{
	sqlite3_stmt *q = NULL;
	fts5_api *api = NULL;

	if (sqlite3_prepare_v2(db, "SELECT fts5(?1)", -1, &q, NULL) ==
	    SQLITE_OK) {
		sqlite3_bind_pointer(q, 1, &api, "fts5_api_ptr", NULL);
		(void)sqlite3_step(q);
	}
	sqlite3_finalize(q);
	if (api == NULL || api->iVersion < 2)
		return err_set(e, ERR_STORAGE,
		    "this SQLite has no full-text search (FTS5)");
	*out = api;
	return true;
}
