/*
 * search_explain.c - how an answer came about; see search.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "common/jsonw.h"
#include "kb/query.h"
#include "kb/rank.h"
#include "kb/search.h"

static const char *
reason_name(enum query_reason r)
{
	switch (r) {
	case QUERY_EXACT:
		return "exact";
	case QUERY_JOINED:
		return "joined";
	case QUERY_SPLIT:
		return "split";
	case QUERY_STEM:
		return "stem";
	case QUERY_LETTERS:
		return "letters";
	case QUERY_NUMBER:
		return "number";
	case QUERY_PREFIX:
		return "prefix";
	case QUERY_TYPO:
		return "typo";
	case QUERY_BACKOFF:
		return "character";
	case QUERY_GLOSSARY:
		return "glossary";
	case QUERY_RELATED:
		break;
	}
	return "related";
}

static void
member_double(struct jsonw *j, const char *name, double v)
{
	jsonw_key(j, name);
	jsonw_double(j, v);
}

static void
put_form(struct jsonw *j, const struct query_form *f)
{
	jsonw_object(j);
	jsonw_member_string(j, "text", f->shown.len > 0 ? f->shown :
	    f->phrase);
	jsonw_key(j, "prefix");
	jsonw_bool(j, f->prefix);
	jsonw_member_string(j, "reason", slice_of(reason_name(f->reason)));
	member_double(j, "weight", f->weight);
	jsonw_member_int(j, "entries", f->count);
	jsonw_object_end(j);
}

/* Which form this entry has, where, and what that gave. */
static void
put_hit(struct jsonw *j, const struct query_group *g,
    const struct rank_row *row, unsigned i)
{
	const struct query_form *f;

	jsonw_key(j, "hit");
	if (row->form[i] == 0) {
		jsonw_null(j);
		return;
	}
	f = &g->forms[row->form[i] - 1];
	jsonw_object(j);
	jsonw_member_string(j, "text", f->shown.len > 0 ? f->shown :
	    f->phrase);
	jsonw_member_string(j, "field", slice_of(rank_column_name(
	    (enum rank_column)row->column[i])));
	member_double(j, "score", (double)row->share[i]);
	jsonw_object_end(j);
}

static void
put_group(struct jsonw *j, const struct query *q, unsigned i,
    const struct rank_row *row)
{
	const struct query_group *g = &q->groups[i];
	unsigned k;

	jsonw_object(j);
	jsonw_member_string(j, "words", g->words);
	jsonw_member_string(j, "role", slice_of(g->bonus ? "together" :
	    g->has_parts ? "whole" : g->whole != 0 ? "part" : "word"));
	member_double(j, "weight", g->weight);
	member_double(j, "idf", g->idf);
	jsonw_key(j, "forms");
	jsonw_array(j);
	for (k = 0; k < g->nforms; k++)
		put_form(j, &g->forms[k]);
	jsonw_array_end(j);
	put_hit(j, g, row, i);
	jsonw_object_end(j);
}

void
search_explain(const struct answer_list *list, const struct answer *ans,
    struct buf *out)
{
	struct jsonw j;
	unsigned i;

	jsonw_init(&j, out);
	jsonw_object(&j);
	member_double(&j, "score", ans->score);
	member_double(&j, "coverage", ans->row->coverage);
	member_double(&j, "quality", ans->row->quality);
	member_double(&j, "prior", ans->prior);
	jsonw_key(&j, "groups");
	jsonw_array(&j);
	for (i = 0; i < list->query->ngroups; i++)
		put_group(&j, list->query, i, ans->row);
	jsonw_array_end(&j);
	jsonw_object_end(&j);
}
