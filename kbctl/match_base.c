/*
 * match_base.c - the signatures of the server, fetched once; see match.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbctl/match.h"

#include <stdlib.h>

#include "common/mem.h"
#include "kbctl/client.h"

/* Rows of one entry follow each other. */
static const char sql[] = "SELECT s.entry_id, s.text, s.mode, s.template,"
    " e.document, d.source, e.heading, e.title, e.kind, e.severity,"
    " e.fix <> '' AS has_fix, s.origin"
    " FROM signatures s JOIN entries e ON e.id = s.entry_id"
    " JOIN documents d ON d.name = e.document"
    " WHERE s.template <> ''"
    " ORDER BY s.entry_id, s.ordinal";

static struct slice
keep(struct match_base *b, const struct result *r, size_t row,
    unsigned column)
{
	return arena_dup(&b->arena, result_text(r, row, column));
}

static void
add_entry(struct match_base *b, const struct result *r, size_t row)
{
	struct match_entry *n;

	b->entries = mem_grow(b->entries, b->nentries, &b->entry_cap,
	    sizeof(*b->entries));
	n = &b->entries[b->nentries++];
	*n = (struct match_entry){ .entry = result_int(r, row, 0) };
	n->document = keep(b, r, row, 4);
	n->source = keep(b, r, row, 5);
	n->heading = keep(b, r, row, 6);
	n->title = keep(b, r, row, 7);
	n->kind = keep(b, r, row, 8);
	n->severity = keep(b, r, row, 9);
}

static void
add_signature(struct match_base *b, const struct result *r, size_t row)
{
	const struct match_entry *n = &b->entries[b->nentries - 1];
	struct match_signature *s;

	b->signatures = mem_grow(b->signatures, b->nsignatures,
	    &b->signature_cap, sizeof(*b->signatures));
	s = &b->signatures[b->nsignatures];
	s->entry = (uint32_t)(b->nentries - 1);
	s->text = keep(b, r, row, 1);
	signature_set_add(b->set, (uint32_t)b->nsignatures++,
	    signature_priority(n->kind, n->severity, result_bool(r, row, 10),
	    result_text(r, row, 11)),
	    signature_mode_of(result_text(r, row, 2)), s->text,
	    result_text(r, row, 3));
}

bool
match_base_fetch(struct client *c, struct match_base *out, struct err *e)
{
	struct result *r;
	size_t i;

	*out = (struct match_base){ .nentries = 0 };
	if (!client_query(c, sql, NULL, 0, &r, e))
		return false;
	out->set = signature_set_new();
	for (i = 0; i < result_rows(r); i++) {
		if (out->nentries == 0 || out->entries[out->nentries - 1]
		    .entry != result_int(r, i, 0))
			add_entry(out, r, i);
		add_signature(out, r, i);
	}
	result_free(r);
	signature_set_find_errors(out->set);
	signature_set_compile(out->set);
	return true;
}

void
match_base_free(struct match_base *b)
{
	signature_set_destroy(b->set);
	free(b->signatures);
	free(b->entries);
	arena_free(&b->arena);
}

static int
by_weight(const void *a, const void *b)
{
	const struct match_entry *x = *(struct match_entry *const *)a;
	const struct match_entry *y = *(struct match_entry *const *)b;
	bool xs = x->best != SIGNATURE_LIKELY, ys = y->best != SIGNATURE_LIKELY;

	if (xs != ys)
		return xs ? -1 : 1;
	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return (x->entry > y->entry) - (x->entry < y->entry);
}

struct match_entry **
match_found(const struct match_result *r, size_t *n)
{
	struct match_entry **out = mem_calloc(r->base.nentries + 1,
	    sizeof(struct match_entry *));
	size_t i;

	*n = 0;
	for (i = 0; i < r->base.nentries; i++)
		if (r->base.entries[i].count != 0)
			out[(*n)++] = &r->base.entries[i];
	qsort(out, *n, sizeof(struct match_entry *), by_weight);
	return out;
}
