/*
 * fts_rank.c - how well an entry answers a query; see fts_rank.h.
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

#include <math.h>
#include <sqlite3.h>

#define B 0.5		/* how much length matters */
#define B_TITLE 0.3	/* the same in a title */
#define K 1.2		/* how soon repetition stops to matter */
#define LENGTH_MAX 5	/* a field counts as at most this many usual ones */
#define COV_POWER 3	/* how much a missing word costs */
#define COV_FLOOR 0.1	/* what is left when all are missing */
#define WINDOW 20	/* tokens in which words stand together */
/* s of a word that stands once in a usual title: (K + 1) * 10 / (K + 10) */
#define TITLE_SCORE 1.96

static const struct {
	const char *name;
	double weight;
	double typical;	/* tokens; fields are often empty, an average lies */
} columns[FTS_NCOLUMNS] = {
	[FTS_TITLE] = { "title", 10, 6 },
	[FTS_ALIAS] = { "alias", 8, 6 },
	[FTS_SYMPTOM] = { "symptom", 6, 30 },
	[FTS_ERROR] = { "error", 6, 20 },
	[FTS_COMMAND] = { "command", 3, 30 },
	[FTS_TAGS] = { "tags", 4, 4 },
	[FTS_BODY] = { "body", 1, 60 },
};

const char *
fts_column_name(enum fts_column c)
{
	return columns[c].name;
}

#define PLACES_MAX 4096		/* hits of one row whose place matters */

struct place {
	uint8_t group, form, column;
	int offset;
};

/* Hits of each form in each column, in this row. */
struct hits {
	uint16_t n[QUERY_GROUPS_MAX][QUERY_FORMS_MAX][FTS_NCOLUMNS];
	struct place places[PLACES_MAX];	/* by column, then offset */
	unsigned nplaces;
};

static void
prepare(struct fts_rank_plan *p, const Fts5ExtensionApi *api,
    Fts5Context *fts)
{
	sqlite3_int64 rows = 1, total = 0;
	int c;

	(void)api->xRowCount(fts, &rows);
	for (c = 0; c < FTS_NCOLUMNS; c++) {
		p->typical[c] = columns[c].typical;
		if (api->xColumnTotalSize(fts, c, &total) == SQLITE_OK &&
		    rows > 0 && (double)total / (double)rows > p->typical[c])
			p->typical[c] = (double)total / (double)rows;
	}
	p->prepared = true;
}

static int
count_hits(const struct fts_rank_plan *p, const Fts5ExtensionApi *api,
    Fts5Context *fts, struct hits *h)
{
	int i, n, phrase, col, off, rc;

	rc = api->xInstCount(fts, &n);
	for (i = 0; rc == SQLITE_OK && i < n; i++) {
		const struct query_phrase *ph;

		rc = api->xInst(fts, i, &phrase, &col, &off);
		if (rc != SQLITE_OK || col >= FTS_NCOLUMNS ||
		    (unsigned)phrase >= p->match->nphrases)
			continue;
		ph = &p->match->phrases[phrase];
		if (ph->driver)
			continue;
		if (h->n[ph->group][ph->form][col] < UINT16_MAX)
			h->n[ph->group][ph->form][col]++;
		if (h->nplaces < PLACES_MAX)
			h->places[h->nplaces++] = (struct place){ ph->group,
				ph->form, (uint8_t)col, off };
	}
	return rc;
}

/* One over the length normalisation of each column. */
static void
norms(const struct fts_rank_plan *p, const Fts5ExtensionApi *api,
    Fts5Context *fts, double out[FTS_NCOLUMNS])
{
	int c, n;

	for (c = 0; c < FTS_NCOLUMNS; c++) {
		double len = 1, b = c == FTS_TITLE ? B_TITLE : B;

		if (api->xColumnSize(fts, c, &n) == SQLITE_OK)
			len = n / p->typical[c];
		if (len > LENGTH_MAX)
			len = LENGTH_MAX;
		out[c] = columns[c].weight / (1 - b + b * len);
	}
}

/* A form's saturated weight; *best is the column that gave most. */
static double
form_score(const uint16_t hits[FTS_NCOLUMNS], const double norm[FTS_NCOLUMNS],
    double weight, uint8_t *best)
{
	double tf = 0, most = 0;
	int c;

	for (c = 0; c < FTS_NCOLUMNS; c++) {
		double part = hits[c] * norm[c];

		tf += part;
		if (part > most) {
			most = part;
			*best = (uint8_t)c;
		}
	}
	return weight * (K + 1) * tf / (K + tf);
}

static double
group_score(const struct query_group *g, unsigned i, const struct hits *h,
    const double norm[FTS_NCOLUMNS], struct fts_row *row)
{
	double s, best = 0;
	uint8_t column = 0;
	unsigned k;

	row->form[i] = 0;
	for (k = 0; k < g->nforms; k++) {
		s = form_score(h->n[i][k], norm, g->forms[k].weight, &column);
		if (s > best) {
			best = s;
			row->form[i] = (uint8_t)(k + 1);
			row->column[i] = column;
		}
	}
	return best;
}

/* What a group is worth for coverage when this form of it was found. */
static double
worth(const struct query_group *g, unsigned form)
{
	return g->bonus ? 0 : g->weight * g->idf *
	    fmin(1, g->forms[form].weight);
}

/* Fields that are about the whole entry: a word there is near all others. */
static bool
is_head(unsigned column)
{
	return column == FTS_TITLE || column == FTS_ALIAS ||
	    column == FTS_TAGS;
}

/* What the head has: per group in head[], and its sum. */
static double
head_worth(const struct query *q, const struct hits *h,
    double head[QUERY_GROUPS_MAX])
{
	double sum = 0;
	unsigned i;

	for (i = 0; i < h->nplaces; i++) {
		const struct place *p = &h->places[i];
		double w = worth(&q->groups[p->group], p->form);

		if (is_head(p->column) && w > head[p->group]) {
			sum += w - head[p->group];
			head[p->group] = w;
		}
	}
	return sum;
}

/*
 * The most that stands together: the words of the head, and words of one
 * other field no more than WINDOW tokens apart. A long section that has every
 * word somewhere is no answer. A group counts as its first form does.
 */
static double
local_worth(const struct query *q, const struct hits *h)
{
	double head[QUERY_GROUPS_MAX] = { 0 }, sum, best;
	unsigned count[QUERY_GROUPS_MAX] = { 0 }, i, from = 0;

	best = sum = head_worth(q, h, head);
	for (i = 0; i < h->nplaces; i++) {
		const struct place *p = &h->places[i], *old;

		if (is_head(p->column))
			continue;
		for (; from < i; from++) {
			old = &h->places[from];
			if (old->column == p->column &&
			    p->offset - old->offset <= WINDOW)
				break;
			if (!is_head(old->column) &&
			    --count[old->group] == 0 && head[old->group] == 0)
				sum -= worth(&q->groups[old->group], 0);
		}
		if (count[p->group]++ == 0 && head[p->group] == 0)
			sum += worth(&q->groups[p->group], 0);
		best = fmax(best, sum);
	}
	return best;
}

static void
score_row(struct fts_rank_plan *p, const struct hits *h,
    const double norm[FTS_NCOLUMNS])
{
	const struct query *q = p->query;
	double lexical = 0, bonus = 0, have = 0, all = 0;
	unsigned i;

	for (i = 0; i < q->ngroups; i++) {
		const struct query_group *g = &q->groups[i];
		double idf = g->weight * g->idf;

		double s = idf * group_score(g, i, h, norm, &p->row);

		if (g->bonus) {
			bonus += s;
			continue;
		}
		lexical += s;
		all += idf;
		if (p->row.form[i] != 0)
			have += idf * fmin(1,
			    g->forms[p->row.form[i] - 1].weight);
	}
	have = fmin(have, local_worth(q, h));
	p->row.coverage = all > 0 ? have / all : 0;
	p->row.quality = all > 0 ? lexical / (all * TITLE_SCORE) : 0;
	p->row.score = (lexical + bonus) *
	    (COV_FLOOR + (1 - COV_FLOOR) * pow(p->row.coverage, COV_POWER));
}

static void
rank(const Fts5ExtensionApi *api, Fts5Context *fts, sqlite3_context *ctx,
    int nargs, sqlite3_value **args)
{
	struct fts_rank_plan *p = nargs == 1 ?
	    sqlite3_value_pointer(args[0], FTS_RANK_POINTER) : NULL;
	struct hits h;
	double norm[FTS_NCOLUMNS];
	int rc;

	if (p == NULL) {
		sqlite3_result_error(ctx, "kb_rank() is for search only", -1);
		return;
	}
	memset(h.n, 0, sizeof(h.n));
	h.nplaces = 0;
	if (!p->prepared)
		prepare(p, api, fts);
	rc = count_hits(p, api, fts, &h);
	if (rc != SQLITE_OK) {
		sqlite3_result_error_code(ctx, rc);
		return;
	}
	norms(p, api, fts, norm);
	score_row(p, &h, norm);
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
