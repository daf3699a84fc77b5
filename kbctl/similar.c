/*
 * similar.c - entries that a new one looks like; see similar.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbctl/similar.h"
#include "kb/entry.h"
#include "kbctl/client.h"

/* What a reader would search for: the title, error texts, the symptom. */
static struct slice
query_of(const struct document *d, const struct entry *entries,
    struct arena *a)
{
	struct slice query = SLICE("");
	size_t i, k;

	for (i = 0; i < d->n; i++) {
		if (d->sections[i].level == 0)
			continue;
		query = d->sections[i].title;
		for (k = 0; k < entries[i].nfields && k < 4; k++)
			if (entries[i].fields[k].name == FIELD_SYMPTOM)
				query = arena_printf(a, "%.*s %.*s",
				    SLICE_ARG(query), SLICE_ARG(
				    entries[i].fields[k].text));
		break;
	}
	return slice_sub(query, 0, 2000);
}

static bool
run(struct client *c, struct slice query, struct arena *a,
    struct similar *out, size_t *n, struct err *e)
{
	enum { ENTRY, TITLE, DOCUMENT, CONFIDENCE };
	static const char sql[] = "SELECT entry_id, title, document,"
	    " confidence FROM search($1, 3)"
	    " WHERE confidence <> 'weak' ORDER BY rank";
	struct result *r;
	struct param p;
	size_t i;

	param_text(&p, arena_cstr(a, query));
	if (!client_query(c, sql, &p, 1, &r, e))
		return false;
	*n = result_rows(r) < SIMILAR_MAX ? result_rows(r) : SIMILAR_MAX;
	for (i = 0; i < *n; i++)
		out[i] = (struct similar){ result_int(r, i, ENTRY),
			arena_dup(a, result_text(r, i, TITLE)),
			arena_dup(a, result_text(r, i, DOCUMENT)),
			slice_is(result_text(r, i, CONFIDENCE), "strong") };
	result_free(r);
	return true;
}

bool
similar_find(struct client *c, struct slice markdown, struct arena *a,
    struct similar out[SIMILAR_MAX], size_t *n, struct err *e)
{
	struct document doc;
	struct entry *entries;
	struct slice query;

	*n = 0;
	if (!document_parse(markdown, a, &doc, e) ||
	    !entry_extract(&doc, a, &entries, e))
		return false;
	query = query_of(&doc, entries, a);
	return query.len == 0 || run(c, query, a, out, n, e);
}
