/*
 * rank.c - how well an entry answers a query; see rank.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/rank.h"

#include <math.h>

#define B 0.65		/* how much length matters */
#define B_TITLE 0.3	/* the same in a title */
#define K 1.2		/* how soon repetition stops to matter */
#define LENGTH_MAX 10	/* a field counts as at most this many usual ones */
#define COV_POWER 2	/* how much a missing word costs */
#define COV_FLOOR 0.05	/* what is left when all are missing */
#define PARTIAL 0.5	/* what missing parts of a whole cost the others */
#define BESIDE 0.5	/* of the parts, where the whole is worth more */
#define WINDOW 8	/* tokens in which words stand together */
#define LOOSE 0.3	/* of what stands elsewhere in the entry */
/* s of a word that stands once in a usual title: (K + 1) * 10 / (K + 10) */
#define TITLE_SCORE 1.96

static const struct {
	const char *name;
	double weight;
	double typical;	/* tokens; fields are often empty, an average lies */
} columns[RANK_NCOLUMNS] = {
	[RANK_TITLE] = { "title", 10, 6 },
	[RANK_ALIAS] = { "alias", 8, 6 },
	[RANK_SYMPTOM] = { "symptom", 6, 30 },
	[RANK_ERROR] = { "error", 6, 20 },
	[RANK_COMMAND] = { "command", 2, 30 },
	[RANK_TAGS] = { "tags", 4, 4 },
	[RANK_PATH] = { "path", 4, 12 },
	[RANK_BODY] = { "body", 1, 60 },
};

const char *
rank_column_name(enum rank_column c)
{
	return columns[c].name;
}

double
rank_typical_length(enum rank_column c)
{
	return columns[c].typical;
}

/* Hits */

void
rank_hits_reset(struct rank_hits *h, const struct query *q)
{
	unsigned i;

	for (i = 0; i < q->ngroups; i++) {
		memset(h->n[i], 0, q->groups[i].nforms * sizeof(h->n[i][0]));
		h->forms[i] = 0;
	}
	h->nplaces = 0;
}

void
rank_hits_add(struct rank_hits *h, unsigned group, unsigned form,
    unsigned column, int offset)
{
	h->forms[group] |= 1u << form;
	if (h->n[group][form][column] < UINT16_MAX)
		h->n[group][form][column]++;
	if (h->nplaces < RANK_PLACES_MAX)
		h->places[h->nplaces++] = (struct rank_place){ (uint8_t)group,
			(uint8_t)form, (uint8_t)column, offset };
}

void
rank_norms(const int length[RANK_NCOLUMNS],
    const double typical[RANK_NCOLUMNS], double norm[RANK_NCOLUMNS])
{
	int c;

	for (c = 0; c < RANK_NCOLUMNS; c++) {
		double len = fmin(length[c] / typical[c], LENGTH_MAX);
		double b = c == RANK_TITLE ? B_TITLE : B;

		norm[c] = columns[c].weight / (1 - b + b * len);
	}
}

/* Groups */

/* A form's saturated weight; *best is the column that gave most. */
static double
form_score(const uint16_t hits[RANK_NCOLUMNS],
    const double norm[RANK_NCOLUMNS], double weight, uint8_t *best,
    uint8_t *where)
{
	double tf = 0, most = 0;
	int c;

	*where = 0;
	for (c = 0; c < RANK_NCOLUMNS; c++) {
		double part = hits[c] * norm[c];

		*where |= (uint8_t)((hits[c] > 0) << c);
		tf += part;
		if (part > most) {
			most = part;
			*best = (uint8_t)c;
		}
	}
	return weight * (K + 1) * tf / (K + tf);
}

static double
group_score(const struct query_group *g, unsigned i,
    const struct rank_hits *h, const double norm[RANK_NCOLUMNS],
    struct rank_row *row)
{
	double s, best = 0;
	uint8_t column = 0, where = 0;
	unsigned k;

	row->form[i] = 0;
	for (k = 0; k < g->nforms; k++) {
		if ((h->forms[i] >> k & 1) == 0)
			continue;
		s = form_score(h->n[i][k], norm, g->forms[k].weight, &column,
		    &where);
		if (s > best) {
			best = s;
			row->form[i] = (uint8_t)(k + 1);
			row->column[i] = column;
			row->columns[i] = where;
		}
	}
	return best;
}

/* What every group is worth in this entry. */
struct worths {
	double score[QUERY_GROUPS_MAX];
	double have[QUERY_GROUPS_MAX];	/* of coverage */
};

static void
measure(const struct query *q, const struct rank_hits *h,
    const double norm[RANK_NCOLUMNS], struct rank_row *row, struct worths *w)
{
	unsigned i;

	for (i = 0; i < q->ngroups; i++) {
		const struct query_group *g = &q->groups[i];
		double idf = g->weight * g->idf;

		w->score[i] = idf * group_score(g, i, h, norm, row);
		w->have[i] = g->bonus || row->form[i] == 0 ? 0 :
		    idf * g->forms[row->form[i] - 1].credit;
	}
}

/*
 * Of a whole and its parts those score that are worth more; of two entries
 * that have the whole by another name, the one that has the parts too comes
 * first. One word of several is not the thing: parts count less the more of
 * them are missing. Covered are they by whichever covers more, which need not
 * be what scores: parts far apart take nothing from a whole.
 */
static void
settle_whole(const struct query *q, unsigned whole, struct rank_row *row,
    struct worths *w)
{
	double score = 0, have = 0, all = 0, share;
	bool parts_score, parts_cover;
	unsigned i;

	for (i = 0; i < q->ngroups; i++) {
		if (q->groups[i].whole != whole + 1)
			continue;
		score += w->score[i];
		have += w->have[i];
		all += q->groups[i].weight * q->groups[i].idf;
	}
	share = all > 0 ? 1 - PARTIAL * (1 - fmin(1, have / all)) : 0;
	parts_score = share > 0 && share * score >= w->score[whole];
	parts_cover = fmin(share * have, q->groups[whole].weight *
	    q->groups[whole].idf) > w->have[whole];
	for (i = 0; i < q->ngroups; i++) {
		if (q->groups[i].whole != whole + 1)
			continue;
		w->score[i] *= parts_score ? share : 0;
		w->have[i] *= parts_cover ? share : 0;
		if (!parts_score)
			row->form[i] = 0;
	}
	if (parts_score) {
		w->score[whole] = 0;
		row->form[whole] = 0;
	} else {
		w->score[whole] += BESIDE * share * score;
	}
	if (parts_cover)
		w->have[whole] = 0;
}

/* Standing together */

/* Fields that are about the whole entry: a word there is near all others. */
static bool
is_head(unsigned column)
{
	return column == RANK_TITLE || column == RANK_ALIAS ||
	    column == RANK_TAGS || column == RANK_PATH;
}

/* What the head has: which groups, and what they are worth together. */
static double
head_worth(const struct query *q, const struct rank_hits *h,
    const struct worths *w, bool head[QUERY_GROUPS_MAX])
{
	double sum = 0;
	unsigned i;

	(void)q;
	for (i = 0; i < h->nplaces; i++) {
		const struct rank_place *p = &h->places[i];

		if (is_head(p->column) && !head[p->group]) {
			sum += w->have[p->group];
			head[p->group] = true;
		}
	}
	return sum;
}

/*
 * The most that stands together: the words of the head, and words of one
 * other field no more than WINDOW tokens apart. A long section that has every
 * word somewhere is no answer. A group counts as its best form does.
 */
static double
local_worth(const struct query *q, const struct rank_hits *h,
    const struct worths *w)
{
	bool head[QUERY_GROUPS_MAX] = { false };
	unsigned count[QUERY_GROUPS_MAX] = { 0 }, i, from = 0;
	double sum = head_worth(q, h, w, head), best = sum;

	for (i = 0; i < h->nplaces; i++) {
		const struct rank_place *p = &h->places[i], *old;

		if (is_head(p->column))
			continue;
		for (; from < i; from++) {
			old = &h->places[from];
			if (old->column == p->column &&
			    p->offset - old->offset <= WINDOW)
				break;
			if (!is_head(old->column) &&
			    --count[old->group] == 0 && !head[old->group])
				sum -= w->have[old->group];
		}
		if (count[p->group]++ == 0 && !head[p->group])
			sum += w->have[p->group];
		best = fmax(best, sum);
	}
	return best;
}

static double
coverage_factor(double coverage)
{
	return COV_FLOOR + (1 - COV_FLOOR) * pow(coverage, COV_POWER);
}

void
rank_score(const struct query *q, const struct rank_hits *h,
    const double norm[RANK_NCOLUMNS], struct rank_row *row)
{
	double lexical = 0, bonus = 0, have = 0, all = 0, near;
	struct worths w;
	unsigned i;

	measure(q, h, norm, row, &w);
	for (i = 0; i < q->ngroups; i++)
		if (q->groups[i].has_parts)
			settle_whole(q, i, row, &w);
	for (i = 0; i < q->ngroups; i++) {
		const struct query_group *g = &q->groups[i];

		row->share[i] = (float)w.score[i];
		if (g->bonus) {
			bonus += w.score[i];
			continue;
		}
		lexical += w.score[i];
		have += w.have[i];
		if (g->whole == 0)
			all += g->weight * g->idf;
	}
	near = fmin(have, local_worth(q, h, &w));
	have = near + LOOSE * (have - near);
	row->coverage = all > 0 ? fmin(1, have / all) : 0;
	row->quality = all > 0 ? lexical / (all * TITLE_SCORE) : 0;
	row->score = (lexical + bonus) * coverage_factor(row->coverage);
}

/* Every form saturated; a whole and its parts counted both. */
double
rank_bound(const struct query *q, uint64_t groups)
{
	double lexical = 0, have = 0, all = 0;
	unsigned i, k;

	for (i = 0; i < q->ngroups; i++) {
		const struct query_group *g = &q->groups[i];
		double idf = g->weight * g->idf, weight = 0, credit = 0;

		all += g->bonus || g->whole != 0 ? 0 : idf;
		if ((groups >> i & 1) == 0)
			continue;
		for (k = 0; k < g->nforms; k++) {
			weight = fmax(weight, g->forms[k].weight);
			credit = fmax(credit, g->forms[k].credit);
		}
		lexical += idf * weight * (K + 1);
		have += g->bonus ? 0 : idf * credit;
	}
	return lexical * coverage_factor(all > 0 ? fmin(1, have / all) : 0);
}

void
rank_list_add(struct rank_list *l, int64_t entry, const struct rank_row *row)
{
	size_t i = l->n;

	while (i > 0 && (l->best[i - 1].row.score < row->score ||
	    (l->best[i - 1].row.score == row->score &&
	    l->best[i - 1].entry > entry)))
		i--;
	if (i >= l->keep)
		return;
	memmove(&l->best[i + 1], &l->best[i], (l->n - i) * sizeof(*l->best));
	l->best[i] = (struct rank_candidate){ entry, 1, *row };
	if (l->n < l->keep)
		l->n++;
}
