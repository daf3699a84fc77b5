/*
 * store_apply.c - what an import decided is written: versions, outline,
 * revision, what is derived, and the base of the next import.
 *
 * Order matters: an entry before its versions, versions before the revision's
 * list of them and before the outline (foreign keys).
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/store_import.h"

#include <stdlib.h>

static bool
make_revision(struct import *im, struct err *e)
{
	if (!store_make_revision(im->s, im->req->author, im->req->message, e))
		return false;
	im->out->revision = im->s->revision;
	return true;
}

static bool
note_action(struct import *im, int64_t entry, const char *action,
    int64_t version, struct err *e)
{
	return store_note_action(im->s, entry, action, version, e);
}

static bool
add_document(struct import *im, struct err *e)
{
	return make_revision(im, e) && store_add_document(im->s, im->req->name,
	    im->req->source, &im->document, e);
}

/* The version after `latest`, made from `base` (0: from nothing). */
static bool
add_version(struct import *im, size_t i, int64_t latest, int64_t base,
    struct err *e)
{
	struct outline_item *item = &im->result.items[i];

	item->version = latest + 1;
	return store_add_version(im->s, item, base,
	    im->prepared->doc.sections[i].title, e);
}

/* The version of an entry that an outline has, or 0. */
static int64_t
version_in(const struct outline *o, int64_t entry)
{
	size_t i;

	for (i = 0; i < o->n; i++)
		if (o->items[i].entry == entry)
			return o->items[i].version;
	return 0;
}

static bool
write_new(struct import *im, size_t i, struct err *e)
{
	struct outline_item *item = &im->result.items[i];

	if (!store_add_entry(im->s, im->document, &item->entry, e))
		return false;
	/* the file's section of that place has its number from now on */
	im->ids[im->merged.items[i].file] = item->entry;
	return add_version(im, i, 0, 0, e) &&
	    note_action(im, item->entry, "created", 1, e);
}

/* An entry that left comes back under its number. */
static bool
write_revived(struct import *im, size_t i, struct err *e)
{
	struct outline_item *item = &im->result.items[i];
	sqlite3_stmt *q = store_stmt(im->s, STMT_ENTRY_LATEST);
	int64_t latest;
	bool found, same;

	store_bind_int(q, 1, item->entry);
	if (!store_row(im->s, q, &found, e))
		return false;
	latest = found ? sqlite3_column_int64(q, 0) : 0;
	same = found && slice_eq(store_column_raw(q, 1), item->bytes);
	store_reset(q);
	item->version = latest;
	if (!note_action(im, item->entry, "unarchived", latest, e))
		return false;
	return same || (add_version(im, i, latest, latest, e) &&
	    note_action(im, item->entry, "changed", item->version, e));
}

static bool
write_kept(struct import *im, size_t i, struct err *e)
{
	const struct merge_item *m = &im->merged.items[i];
	const struct outline_item *head = &im->head.items[m->head];
	struct outline_item *item = &im->result.items[i];

	if (!slice_eq(m->bytes, head->bytes)) {
		int64_t base = version_in(&im->base, item->entry);

		if (!add_version(im, i, head->version,
		    base != 0 ? base : head->version, e) ||
		    !note_action(im, item->entry, "changed", item->version, e))
			return false;
	}
	return !m->is_moved ||
	    note_action(im, item->entry, "moved", item->version, e);
}

static bool
write_item(struct import *im, size_t i, struct err *e)
{
	const struct merge_item *m = &im->merged.items[i];

	if (m->head >= 0)
		return write_kept(im, i, e);
	return m->id < 0 ? write_new(im, i, e) : write_revived(im, i, e);
}

static bool
write_archived(struct import *im, struct err *e)
{
	size_t i;

	for (i = 0; i < im->merged.narchived; i++) {
		const struct outline_item *item =
		    &im->head.items[im->merged.archived[i]];

		if (!note_action(im, item->entry, "archived", item->version,
		    e))
			return false;
	}
	return true;
}

/* Do the same entries stand in the same order as before? */
static bool
is_same_structure(const struct import *im)
{
	size_t i;

	if (im->result.n != im->head.n)
		return false;
	for (i = 0; i < im->result.n; i++)
		if (im->result.items[i].entry != im->head.items[i].entry)
			return false;
	return true;
}

static bool
touch_document(struct import *im, struct err *e)
{
	sqlite3_stmt *q = store_stmt(im->s, STMT_DOCUMENT_TOUCH);

	store_bind_int(q, 1, im->document);
	store_bind(q, 2, im->req->source);
	return store_done(im->s, q, e);
}

bool
store_apply_import(struct import *im, struct err *e)
{
	bool is_new = im->document == 0, is_restructured;
	size_t i;

	if (is_new && !add_document(im, e))
		return false;
	if (!touch_document(im, e))
		return false;
	is_restructured = is_new || !is_same_structure(im);
	if (!is_restructured && im->out->changed == 0)
		return true;		/* no revision */
	if (!make_revision(im, e))
		return false;
	for (i = 0; i < im->result.n; i++)
		if (!write_item(im, i, e))
			return false;
	return write_archived(im, e) &&
	    (!is_restructured ||
	    store_outline_save(im->s, im->document, &im->result, e)) &&
	    store_derive_document(im->s, im->document, &im->result,
	    im->prepared, im->a, e);
}

/* ---- memory ---- */

static bool
open_memory(struct import *im, struct err *e)
{
	sqlite3_stmt *q;
	int64_t revision;

	if (!store_revision(im->s, &revision, e))
		return false;
	q = store_stmt(im->s, im->memory != 0 ? STMT_IMPORT_TOUCH :
	    STMT_IMPORT_ADD);
	if (im->memory != 0) {
		store_bind_int(q, 1, im->memory);
		store_bind_int(q, 2, revision);
		return store_done(im->s, q, e);
	}
	store_bind_int(q, 1, im->document);
	store_bind(q, 2, im->req->source);
	store_bind_int(q, 3, revision);
	if (!store_done(im->s, q, e))
		return false;
	im->memory = sqlite3_last_insert_rowid(im->s->db);
	return true;
}

static bool
clear_memory(struct import *im, enum stmt_id id, struct err *e)
{
	sqlite3_stmt *q = store_stmt(im->s, id);

	store_bind_int(q, 1, im->memory);
	return store_done(im->s, q, e);
}

struct known {
	int64_t entry;
	const struct outline_item *item;
};

static int
compare_known(const void *a, const void *b)
{
	const struct known *x = a, *y = b;

	return x->entry < y->entry ? -1 : x->entry > y->entry;
}

/* Entry to item of an outline, for lookups. */
static struct known *
index_outline(const struct outline *o, struct arena *a)
{
	struct known *list = arena_calloc(a, o->n, sizeof(*list));
	size_t i;

	for (i = 0; i < o->n; i++)
		list[i] = (struct known){ o->items[i].entry, &o->items[i] };
	if (o->n != 0)
		qsort(list, o->n, sizeof(*list), compare_known);
	return list;
}

static const struct outline_item *
look_up(const struct known *list, size_t n, int64_t entry)
{
	struct known key = { entry, NULL }, *hit = NULL;

	if (n != 0)
		hit = bsearch(&key, list, n, sizeof(*list), compare_known);
	return hit != NULL ? hit->item : NULL;
}

/* Are these the bytes of that version of an entry? */
static bool
is_version(struct import *im, const struct outline_item *item,
    struct slice bytes, bool *out, struct err *e)
{
	sqlite3_stmt *q = store_stmt(im->s, STMT_VERSION_HAS);
	int64_t n;

	*out = false;
	if (item == NULL || !slice_eq(item->bytes, bytes))
		return true;
	store_bind_int(q, 1, item->entry);
	store_bind_int(q, 2, item->version);
	store_bind(q, 3, bytes);
	if (!store_number(im->s, q, &n, e))
		return false;
	*out = n != 0;
	return true;
}

/*
 * A section is remembered by the version that has its bytes; where no version
 * has, after a merge, by its bytes.
 */
static bool
remember_item(struct import *im, size_t i, const struct outline_item *now,
    const struct outline_item *base, struct err *e)
{
	struct slice bytes = document_section(im->file, i);
	bool is_now = now != NULL && slice_eq(now->bytes, bytes);
	bool is_base = false;
	sqlite3_stmt *q;

	if (!is_now && !is_version(im, base, bytes, &is_base, e))
		return false;
	q = store_stmt(im->s, STMT_IMPORT_ITEM_ADD);
	store_bind_int(q, 1, im->memory);
	store_bind_int(q, 2, (int64_t)i + 1);
	store_bind_int(q, 3, im->ids[i]);
	store_bind_int(q, 4, now != NULL && !is_base ? now->version :
	    base->version);
	if (!is_now && !is_base)
		store_bind(q, 5, bytes);
	return store_done(im->s, q, e);
}

static bool
remember_left(struct import *im, int64_t entry, struct err *e)
{
	sqlite3_stmt *q = store_stmt(im->s, STMT_IMPORT_LEFT_ADD);

	store_bind_int(q, 1, im->memory);
	store_bind_int(q, 2, entry);
	return store_done(im->s, q, e);
}

/* Entries this file once had that are neither in it nor in the document. */
static bool
remember_all_left(struct import *im, const struct known *now, struct err *e)
{
	size_t n = im->result.n, i;

	for (i = 0; i < im->nleft; i++)
		if (look_up(now, n, im->left[i]) == NULL &&
		    !remember_left(im, im->left[i], e))
			return false;
	for (i = 0; i < im->merged.narchived; i++)
		if (!remember_left(im,
		    im->head.items[im->merged.archived[i]].entry, e))
			return false;
	return true;
}

bool
store_remember_import(struct import *im, struct err *e)
{
	struct known *now = index_outline(&im->result, im->a);
	struct known *base = index_outline(&im->base, im->a);
	size_t i;

	if (!open_memory(im, e) ||
	    !clear_memory(im, STMT_IMPORT_ITEM_CLEAR, e) ||
	    !clear_memory(im, STMT_IMPORT_LEFT_CLEAR, e))
		return false;
	for (i = 0; i < im->file->n; i++)
		if (!remember_item(im, i, look_up(now, im->result.n,
		    im->ids[i]), look_up(base, im->base.n, im->ids[i]), e))
			return false;
	return remember_all_left(im, now, e);
}
