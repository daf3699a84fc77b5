/*
 * store_blame.c - who last touched each line of an entry; store_blame.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/store_blame.h"

#include "kb/diff.h"
#include "kb/store_internal.h"

struct version {
	int64_t number, revision;
	struct slice markdown, author, created_at, message;
};

/* Lines whose version is not known yet, and where they are in it. */
struct open_lines {
	size_t *line;		/* of the result */
	size_t *at;		/* of the version that is looked at */
	size_t n;
};

static bool
load(struct store *s, int64_t entry, int64_t version, struct arena *a,
    struct version *out, bool *found, struct err *e)
{
	sqlite3_stmt *q = store_stmt(s, STMT_VERSION_UNTIL);

	store_bind_int(q, 1, entry);
	store_bind_int(q, 2, version);
	if (!store_row(s, q, found, e))
		return false;
	if (*found)
		*out = (struct version){ sqlite3_column_int64(q, 0),
			sqlite3_column_int64(q, 1), store_column(a, q, 2),
			store_column(a, q, 3), store_column(a, q, 4),
			store_column(a, q, 5) };
	store_reset(q);
	return true;
}

static void
settle(struct blame_line *line, const struct version *v)
{
	line->version = v->number;
	line->revision = v->revision;
	line->author = v->author;
	line->created_at = v->created_at;
	line->message = v->message;
}

/*
 * The lines that the newer version did not bring are looked for further in
 * the older one.
 */
static void
step_back(struct open_lines *open, const struct version *older,
    const struct version *newer, struct blame *out)
{
	struct arena scratch = ARENA_INIT;
	struct diff d;
	size_t i, k = 0, kept = 0;

	diff_run(older->markdown, newer->markdown, DIFF_LINES, &scratch, &d);
	for (i = 0; i < open->n; i++) {
		size_t at = open->at[i];
		const struct diff_hunk *h;

		while (k < d.n && d.hunks[k].b1 <= at)
			k++;
		h = k < d.n ? &d.hunks[k] : NULL;
		if (h != NULL && at >= h->b0) {
			settle(&out->lines[open->line[i]], newer);
			continue;
		}
		/* as far before this hunk, or the end, on both sides */
		open->line[kept] = open->line[i];
		open->at[kept++] = at + (h != NULL ? h->a0 : d.a.n) -
		    (h != NULL ? h->b0 : d.b.n);
	}
	open->n = kept;
	arena_free(&scratch);
}

static void
start(const struct version *v, struct arena *a, struct open_lines *open,
    struct blame *out)
{
	struct diff_side side;
	size_t i;

	diff_cut(v->markdown, DIFF_LINES, a, &side);
	*out = (struct blame){ arena_calloc(a, side.n, sizeof(*out->lines)),
		side.n };
	*open = (struct open_lines){ arena_calloc(a, side.n, sizeof(size_t)),
		arena_calloc(a, side.n, sizeof(size_t)), side.n };
	for (i = 0; i < side.n; i++) {
		out->lines[i].text = diff_text(&side, i, i + 1);
		open->line[i] = open->at[i] = i;
	}
}

bool
store_blame(struct store *s, int64_t entry, int64_t version, struct arena *a,
    struct blame *out, struct err *e)
{
	struct version now, older;
	struct open_lines open;
	bool found;
	size_t i;
	unsigned looked;

	if (!load(s, entry, version != 0 ? version : INT64_MAX, a, &now,
	    &found, e))
		return false;
	if (!found || (version != 0 && now.number != version))
		return err_set(e, ERR_NOT_FOUND, version != 0 && found ?
		    "entry %lld has no version %lld" :
		    "entry %lld does not exist", (long long)entry,
		    (long long)version);
	start(&now, a, &open, out);
	for (looked = 1; open.n != 0 && looked < BLAME_VERSIONS_MAX;
	    looked++) {
		if (!load(s, entry, now.number - 1, a, &older, &found, e))
			return false;
		if (!found)
			break;
		step_back(&open, &older, &now, out);
		now = older;
	}
	for (i = 0; i < open.n; i++)
		settle(&out->lines[open.line[i]], &now);
	return true;
}
