/*
 * store_outline.c - which entries a document has, in which order, with which
 * bytes, at any revision.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/store_internal.h"

/* Room for one more item. */
static struct outline_item *
add_item(struct outline *o, size_t *cap, struct arena *a)
{
	o->items = arena_grow(a, o->items, o->n, cap, sizeof(*o->items));
	return &o->items[o->n++];
}

bool
store_outline_load(struct store *s, int64_t document, int64_t revision,
    struct arena *a, struct outline *out, bool *found, struct err *e)
{
	sqlite3_stmt *q = store_stmt(s, STMT_OUTLINE_AT);
	size_t cap = 0;
	int64_t at;
	bool more;

	*out = (struct outline){ NULL, 0 };
	store_bind_int(q, 1, document);
	store_bind_int(q, 2, revision);
	if (!store_number(s, q, &at, e))
		return false;
	*found = at != 0;
	if (at == 0)
		return true;
	q = store_stmt(s, STMT_OUTLINE_ITEMS);
	store_bind_int(q, 1, document);
	store_bind_int(q, 2, at);
	store_bind_int(q, 3, revision);
	for (;;) {
		struct outline_item *item;

		if (!store_row(s, q, &more, e))
			return false;
		if (!more)
			break;
		item = add_item(out, &cap, a);
		item->entry = sqlite3_column_int64(q, 0);
		item->version = sqlite3_column_int64(q, 1);
		item->bytes = store_column(a, q, 2);
	}
	store_reset(q);
	return true;
}

static bool
save_item(struct store *s, int64_t document, size_t i, int64_t entry,
    struct err *e)
{
	sqlite3_stmt *q = store_stmt(s, STMT_OUTLINE_ENTRY_ADD);

	store_bind_int(q, 1, document);
	store_bind_int(q, 2, s->revision);
	store_bind_int(q, 3, (int64_t)i + 1);
	store_bind_int(q, 4, entry);
	return store_done(s, q, e);
}

bool
store_outline_save(struct store *s, int64_t document, const struct outline *o,
    struct err *e)
{
	sqlite3_stmt *q = store_stmt(s, STMT_OUTLINE_ADD);
	size_t i;

	store_bind_int(q, 1, document);
	store_bind_int(q, 2, s->revision);
	store_bind_int(q, 3, (int64_t)o->n);
	if (!store_done(s, q, e))
		return false;
	q = store_stmt(s, STMT_OUTLINE_ENTRY_CLEAR);
	store_bind_int(q, 1, document);
	store_bind_int(q, 2, s->revision);
	if (!store_done(s, q, e))
		return false;
	for (i = 0; i < o->n; i++)
		if (!save_item(s, document, i, o->items[i].entry, e))
			return false;
	return true;
}

struct slice
outline_join(const struct outline *o, struct arena *a)
{
	size_t len = 0, i;
	char *text, *p;

	for (i = 0; i < o->n; i++)
		len += o->items[i].bytes.len;
	p = text = arena_alloc(a, len + 1);
	for (i = 0; i < o->n; i++) {
		struct slice b = o->items[i].bytes;

		if (b.len != 0)
			memcpy(p, b.ptr, b.len);
		p += b.len;
	}
	*p = '\0';
	return slice_make(text, len);
}

bool
outline_fits(const struct outline *o, const struct document *d)
{
	size_t i;

	if (o->n != d->n)
		return false;
	for (i = 0; i < d->n; i++)
		if (!slice_eq(o->items[i].bytes, document_section(d, i)))
			return false;
	return true;
}

/* The nearest section before i whose heading is of a higher rank, or -1. */
static int
find_parent(const struct section *sections, size_t i)
{
	int p = (int)i - 1;

	while (p >= 0 && (sections[p].level == 0 ||
	    sections[p].level >= sections[i].level))
		p = sections[p].level == 0 ? -1 : sections[p].parent;
	return sections[i].level == 0 ? -1 : p;
}

static unsigned
count_lines(struct slice s)
{
	unsigned n = 0;
	size_t i;

	for (i = 0; i < s.len; i++)
		if (s.ptr[i] == '\n' || (s.ptr[i] == '\r' &&
		    (i + 1 == s.len || s.ptr[i + 1] != '\n')))
			n++;
	return n;
}

/* Read one item without its neighbours. */
static bool
parse_item(struct slice bytes, struct arena *a, struct section *out,
    struct err *e)
{
	struct document alone;

	if (!document_parse(bytes, a, &alone, e))
		return false;
	*out = alone.n != 0 ? alone.sections[0] :
	    (struct section){ .line = 1 };
	return true;
}

bool
outline_parse(const struct outline *o, struct arena *a, struct document *out,
    struct err *e)
{
	unsigned line = 1;
	size_t at = 0, i;

	if (!document_parse(outline_join(o, a), a, out, e))
		return false;
	if (outline_fits(o, out))
		return true;
	out->n = o->n;
	out->sections = arena_calloc(a, o->n, sizeof(*out->sections));
	for (i = 0; i < o->n; i++) {
		struct section *s = &out->sections[i];
		struct slice bytes = o->items[i].bytes;

		if (!parse_item(bytes, a, s, e))
			return false;
		s->start = at;
		s->end = at + bytes.len;
		s->line += line - 1;
		s->parent = find_parent(out->sections, i);
		at = s->end;
		line += count_lines(bytes);
	}
	return true;
}
