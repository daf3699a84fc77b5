/*
 * fts_highlight.c - where the words of a query are; see fts_highlight.h.
 *
 * xInst says at which positions phrases begin; running the tokenizer over the
 * field again says which bytes a position has. Several tokens may lie at one
 * position: the one that the phrase names gives the range.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/fts_highlight.h"
#include "common/mem.h"
#include "common/slice.h"
#include "common/str.h"
#include "kb/fts_api.h"
#include "kb/fts_rank.h"

#include <sqlite3.h>
#include <stdlib.h>

#define HITS_MAX 2000

/* One token that a phrase found. */
struct hit {
	int position;
	struct slice text;	/* of the token, or its beginning */
	bool prefix;
};

struct finder {
	struct hit *hits;	/* by position */
	size_t nhits, caphits;
	size_t next;		/* hits before it lie before `position` */
	int position;		/* of the last token */
	struct fts_range *ranges;
	size_t nranges, capranges;
};

static void
add_hits(struct finder *f, const struct query_form *form, int position)
{
	struct slice rest = form->phrase, token;

	while (f->nhits < HITS_MAX && str_split(&rest, ' ', &token)) {
		f->hits = mem_grow(f->hits, f->nhits, &f->caphits,
		    sizeof(*f->hits));
		f->hits[f->nhits++] = (struct hit){ position++, token,
			form->prefix && rest.ptr == NULL };
	}
}

static int
find_hits(struct finder *f, const struct fts_rank_plan *p,
    const Fts5ExtensionApi *api, Fts5Context *fts, int column)
{
	int i, n, phrase, col, off, rc;

	rc = api->xInstCount(fts, &n);
	for (i = 0; rc == SQLITE_OK && i < n; i++) {
		const struct query_phrase *ph;

		rc = api->xInst(fts, i, &phrase, &col, &off);
		if (rc != SQLITE_OK || col != column ||
		    (unsigned)phrase >= p->match->nphrases)
			continue;
		ph = &p->match->phrases[phrase];
		if (!ph->driver)
			add_hits(f, &p->query->groups[ph->group].
			    forms[ph->form], off);
	}
	return rc;
}

static int
by_position(const void *a, const void *b)
{
	const struct hit *x = a, *y = b;

	return (x->position > y->position) - (x->position < y->position);
}

static void
add_range(struct finder *f, uint32_t start, uint32_t end)
{
	struct fts_range *last = f->nranges > 0 ?
	    &f->ranges[f->nranges - 1] : NULL;

	if (last != NULL && start <= last->end + 1) {
		if (end > last->end)
			last->end = end;
		return;
	}
	f->ranges = mem_grow(f->ranges, f->nranges, &f->capranges,
	    sizeof(*f->ranges));
	f->ranges[f->nranges++] = (struct fts_range){ start, end };
}

static int
on_token(void *ctx, int flags, const char *text, int len, int start, int end)
{
	struct finder *f = ctx;
	struct slice token = slice_make(text, (size_t)len);
	size_t i;

	if (!(flags & FTS5_TOKEN_COLOCATED))
		f->position++;
	while (f->next < f->nhits && f->hits[f->next].position < f->position)
		f->next++;
	for (i = f->next; i < f->nhits &&
	    f->hits[i].position == f->position; i++) {
		if (f->hits[i].prefix ? slice_starts(token, f->hits[i].text) :
		    slice_eq(token, f->hits[i].text)) {
			add_range(f, (uint32_t)start, (uint32_t)end);
			break;
		}
	}
	return f->next < f->nhits ? SQLITE_OK : SQLITE_DONE;
}

static void
highlight(const Fts5ExtensionApi *api, Fts5Context *fts, sqlite3_context *ctx,
    int nargs, sqlite3_value **args)
{
	struct fts_rank_plan *p = nargs == 2 ?
	    sqlite3_value_pointer(args[0], FTS_RANK_POINTER) : NULL;
	struct finder f = { .position = -1 };
	const char *text;
	int rc, len, column;

	if (p == NULL) {
		sqlite3_result_error(ctx, "kb_highlight() is for search only",
		    -1);
		return;
	}
	column = sqlite3_value_int(args[1]);
	rc = find_hits(&f, p, api, fts, column);
	if (rc == SQLITE_OK && f.nhits > 0) {
		qsort(f.hits, f.nhits, sizeof(*f.hits), by_position);
		rc = api->xColumnText(fts, column, &text, &len);
		if (rc == SQLITE_OK)
			rc = api->xTokenize(fts, text, len, &f, on_token);
	}
	if (rc == SQLITE_OK || rc == SQLITE_DONE)
		sqlite3_result_blob(ctx, f.ranges, (int)(f.nranges *
		    sizeof(*f.ranges)), SQLITE_TRANSIENT);
	else
		sqlite3_result_error_code(ctx, rc);
	free(f.hits);
	free(f.ranges);
}

bool
fts_highlight_register(struct sqlite3 *db, struct err *e)
{
	fts5_api *api;

	if (!fts_api_get(db, &api, e))
		return false;
	if (api->xCreateFunction(api, "kb_highlight", NULL, highlight, NULL) !=
	    SQLITE_OK)
		return err_set(e, ERR_STORAGE,
		    "could not register kb_highlight(): %s",
		    sqlite3_errmsg(db));
	return true;
}
