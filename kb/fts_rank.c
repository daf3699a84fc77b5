/*
 * fts_rank.c - kb_rank(): what FTS5 found in a row, ranked; see fts_rank.h.
 *
 * Called by FTS5 once for each row that matches. Hits are read with xInst,
 * which gives them for all phrases at once; phrases that only drive the
 * search are skipped.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/fts_rank.h"
#include "kb/fts_api.h"

#include <sqlite3.h>

static void
prepare(struct fts_rank_plan *p, const Fts5ExtensionApi *api,
    Fts5Context *fts)
{
	sqlite3_int64 rows = 1, total = 0;
	int c;

	(void)api->xRowCount(fts, &rows);
	for (c = 0; c < RANK_NCOLUMNS; c++) {
		p->typical[c] = rank_typical_length((enum rank_column)c);
		if (api->xColumnTotalSize(fts, c, &total) == SQLITE_OK &&
		    rows > 0 && (double)total / (double)rows > p->typical[c])
			p->typical[c] = (double)total / (double)rows;
	}
	p->prepared = true;
}

static int
count_hits(const struct fts_rank_plan *p, const Fts5ExtensionApi *api,
    Fts5Context *fts, struct rank_hits *h)
{
	int i, n, phrase, col, off, rc;

	rank_hits_reset(h, p->query);
	rc = api->xInstCount(fts, &n);
	for (i = 0; rc == SQLITE_OK && i < n; i++) {
		const struct query_phrase *ph;

		rc = api->xInst(fts, i, &phrase, &col, &off);
		if (rc != SQLITE_OK || col >= RANK_NCOLUMNS ||
		    (unsigned)phrase >= p->match->nphrases)
			continue;
		ph = &p->match->phrases[phrase];
		if (!ph->driver)
			rank_hits_add(h, ph->group, ph->form, (unsigned)col,
			    off);
	}
	return rc;
}

static void
rank(const Fts5ExtensionApi *api, Fts5Context *fts, sqlite3_context *ctx,
    int nargs, sqlite3_value **args)
{
	struct fts_rank_plan *p = nargs == 1 ?
	    sqlite3_value_pointer(args[0], FTS_RANK_POINTER) : NULL;
	struct rank_hits h;
	double norm[RANK_NCOLUMNS];
	int length[RANK_NCOLUMNS], rc, c;

	if (p == NULL) {
		sqlite3_result_error(ctx, "kb_rank() is for search only", -1);
		return;
	}
	if (!p->prepared)
		prepare(p, api, fts);
	rc = count_hits(p, api, fts, &h);
	if (rc != SQLITE_OK) {
		sqlite3_result_error_code(ctx, rc);
		return;
	}
	for (c = 0; c < RANK_NCOLUMNS; c++)
		if (api->xColumnSize(fts, c, &length[c]) != SQLITE_OK)
			length[c] = (int)p->typical[c];
	rank_norms(length, p->typical, norm);
	rank_score(p->query, &h, norm, &p->row);
	sqlite3_result_double(ctx, p->row.score);
}

bool
fts_rank_register(struct sqlite3 *db, struct err *e)
{
	fts5_api *api;

	if (!fts_api_get(db, &api, e))
		return false;
	if (api->xCreateFunction(api, "kb_rank", NULL, rank, NULL) !=
	    SQLITE_OK)
		return err_set(e, ERR_STORAGE,
		    "could not register kb_rank(): %s", sqlite3_errmsg(db));
	return true;
}
