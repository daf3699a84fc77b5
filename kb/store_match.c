/*
 * store_match.c - the sections of a file get the numbers of the entries that
 * they are: those of the base and the head first, then of what left the file
 * before and comes back.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/store_import.h"

#include <stdlib.h>

#include "common/str.h"
#include "kb/section_match.h"

/* Of what left, only so much is looked through: the last ones first. */
#define LEFT_MAX 1000
#define LEFT_MAX_BYTES (1024u * 1024)

int
import_compare_ids(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

int64_t *
import_sorted_ids(struct import *im, const struct outline *o)
{
	int64_t *ids = arena_calloc(im->a, o->n, sizeof(*ids));
	size_t i;

	for (i = 0; i < o->n; i++)
		ids[i] = o->items[i].entry;
	if (o->n != 0)
		qsort(ids, o->n, sizeof(*ids), import_compare_ids);
	return ids;
}

bool
import_has_id(int64_t id, const int64_t *ids, size_t n)
{
	return n != 0 && bsearch(&id, ids, n, sizeof(*ids),
	    import_compare_ids) != NULL;
}

/* What a file's section may be: the base's entries, then the head's own. */
struct candidates {
	struct match_section *sections;
	int64_t *ids;
	size_t n;
};

static void
list_candidates(struct import *im, struct candidates *c)
{
	size_t max = im->base.n + im->head.n, i;
	struct match_section *base = match_sections_of(&im->base_doc, im->a);
	struct match_section *head = match_sections_of(&im->head_doc, im->a);
	int64_t *known = import_sorted_ids(im, &im->base);

	c->sections = arena_calloc(im->a, max, sizeof(*c->sections));
	c->ids = arena_calloc(im->a, max, sizeof(*c->ids));
	for (i = 0; i < im->base.n; i++) {
		c->sections[i] = base[i];
		c->ids[i] = im->base.items[i].entry;
	}
	c->n = im->base.n;
	for (i = 0; i < im->head.n; i++) {
		if (import_has_id(im->head.items[i].entry, known, im->base.n))
			continue;
		c->sections[c->n] = head[i];
		c->sections[c->n].parent = -1;	/* an index of the head's */
		c->ids[c->n++] = im->head.items[i].entry;
	}
}

/* Is it surely the same section: its text or its title? */
static bool
is_sure(const struct match_section *old, const struct match_section *new)
{
	return slice_eq(old->bytes, new->bytes) ||
	    (old->level == new->level && slice_eq(old->title, new->title));
}

/* Is there anything but the heading's line? */
static bool
has_body(const struct match_section *s)
{
	struct slice rest = s->bytes, line;

	return str_line(&rest, &line, NULL) && str_trim(rest).len != 0;
}

/* A similar text is as good, where there is any: i < im->nlast. */
static bool
is_back(const struct import *im, size_t i, const struct match_section *old,
    const struct match_section *new)
{
	return is_sure(old, new) ||
	    (i < im->nlast && has_body(old) && has_body(new));
}

/* The latest text of an entry. */
static bool
load_latest(struct import *im, int64_t id, struct outline_item *out,
    struct err *e)
{
	sqlite3_stmt *q = store_stmt(im->s, STMT_ENTRY_LATEST);
	bool found;

	store_bind_int(q, 1, id);
	if (!store_row(im->s, q, &found, e))
		return false;
	out->entry = id;
	out->version = found ? sqlite3_column_int64(q, 0) : 0;
	out->bytes = found ? store_column(im->a, q, 1) : slice_make("", 0);
	store_reset(q);
	return true;
}

/* What left, as far as it is worth looking through. */
static bool
load_gone(struct import *im, struct outline *gone, struct err *e)
{
	size_t bytes = 0, max = im->nleft < LEFT_MAX ? im->nleft : LEFT_MAX;

	gone->items = arena_calloc(im->a, max, sizeof(*gone->items));
	while (gone->n < max && bytes < LEFT_MAX_BYTES) {
		struct outline_item *item = &gone->items[gone->n];

		if (!load_latest(im, im->left[gone->n], item, e))
			return false;
		bytes += item->bytes.len;
		if (bytes < LEFT_MAX_BYTES)
			gone->n++;
	}
	return true;
}

/* The sections without a number; at[i] is where the i-th one stands. */
static struct match_section *
list_unknown(struct import *im, const struct match_section *file, int *at,
    size_t *n)
{
	struct match_section *out = arena_calloc(im->a, im->file->n,
	    sizeof(*out));
	size_t i;

	*n = 0;
	for (i = 0; i < im->file->n; i++) {
		if (im->ids[i] > 0)
			continue;
		out[*n] = file[i];
		out[*n].parent = -1;
		at[(*n)++] = (int)i;
	}
	return out;
}

/* Give sections without a number one of those that left, if it fits. */
static bool
match_left(struct import *im, const struct match_section *file, struct err *e)
{
	int *at = arena_calloc(im->a, im->file->n, sizeof(*at));
	int *match = arena_calloc(im->a, im->file->n, sizeof(*match));
	struct match_section *old, *new;
	struct outline gone = { NULL, 0 };
	struct document doc;
	size_t n, i;

	new = list_unknown(im, file, at, &n);
	if (n == 0 || im->nleft == 0)
		return true;
	if (!load_gone(im, &gone, e) || !outline_parse(&gone, im->a, &doc, e))
		return false;
	old = match_sections_of(&doc, im->a);
	for (i = 0; i < gone.n; i++)
		old[i].parent = -1;
	for (i = 0; i < n; i++)
		match[i] = -1;
	section_match(old, gone.n, im->nlast < gone.n ? im->nlast : gone.n,
	    new, n, match);
	for (i = 0; i < n; i++)
		if (match[i] >= 0 && is_back(im, (size_t)match[i],
		    &old[match[i]], &new[i]))
			im->ids[at[i]] = gone.items[match[i]].entry;
	return true;
}

bool
store_match_file(struct import *im, struct err *e)
{
	size_t n = im->file->n, i;
	struct match_section *file = match_sections_of(im->file, im->a);
	int *match = arena_calloc(im->a, n, sizeof(*match));
	struct candidates c;

	im->ids = arena_calloc(im->a, n, sizeof(*im->ids));
	list_candidates(im, &c);
	for (i = 0; i < n; i++)
		match[i] = -1;
	section_match(c.sections, c.n, im->base.n, file, n, match);
	for (i = 0; i < n; i++)
		im->ids[i] = match[i] >= 0 ? c.ids[match[i]] :
		    -(int64_t)i - 1;
	return match_left(im, file, e);
}
