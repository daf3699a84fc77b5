/*
 * store_edit_apply.c - a planned change is written; see store_edit.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/store_edit_plan.h"

/* Is the document still what the plan was made for? */
static bool
is_current(struct store *s, const struct edit_plan *p, bool *out,
    struct err *e)
{
	sqlite3_stmt *q;
	int64_t now;

	if (p->document == 0) {
		if (!store_find_document(s, p->name, false, &now, e))
			return false;
		*out = now == 0;
		return true;
	}
	q = store_stmt(s, STMT_DOCUMENT_SEEN);
	store_bind_int(q, 1, p->document);
	if (!store_number(s, q, &now, e))
		return false;
	*out = now == p->seen;
	if (!*out || p->req->verb != EDIT_RENAME_DOCUMENT)
		return true;
	if (!store_find_document(s, p->req->new_name, false, &now, e))
		return false;
	*out = now == 0;
	return true;
}

static bool
write_item(struct store *s, struct edit_plan *p, size_t i,
    struct outline_item *out, struct err *e)
{
	struct edit_item *x = &p->items[i];
	bool is_new = x->entry == 0;

	*out = (struct outline_item){ x->entry, x->version, x->bytes };
	if (is_new && !store_add_entry(s, p->document, &out->entry, e))
		return false;
	if (x->is_changed || is_new) {
		out->version++;
		if (!store_add_version(s, out, x->base,
		    p->parsed.doc.sections[i].title, e) ||
		    !store_note_action(s, out->entry, is_new ? "created" :
		    "changed", out->version, e))
			return false;
	}
	return x->action == NULL || store_note_action(s, out->entry,
	    x->action, out->version, e);
}

static bool
write_items(struct store *s, struct edit_plan *p, struct edit_result *out,
    struct err *e)
{
	struct outline o = { arena_calloc(p->a, p->n, sizeof(*o.items)),
		p->n };
	size_t i;

	for (i = 0; i < p->n; i++) {
		bool is_typed = p->items[i].is_text && p->entry == 0;

		if (!write_item(s, p, i, &o.items[i], e))
			return false;
		if (p->req->verb != EDIT_CREATE_DOCUMENT &&
		    (is_typed ? out->entry == 0 : p->entry != 0 &&
		    o.items[i].entry == p->entry)) {
			out->entry = o.items[i].entry;
			out->version = o.items[i].version;
		}
	}
	for (i = 0; i < p->ngone; i++)
		if (!store_note_action(s, p->gone[i].entry, "archived",
		    p->gone[i].version, e))
			return false;
	return (!p->is_restructured ||
	    store_outline_save(s, p->document, &o, e)) &&
	    store_derive_document(s, p->document, &o, &p->parsed, p->a, e);
}

static bool
set_archived(struct store *s, struct edit_plan *p, bool archived,
    struct err *e)
{
	sqlite3_stmt *q = store_stmt(s, STMT_DOCUMENT_ARCHIVE);

	store_bind_int(q, 1, p->document);
	store_bind_int(q, 2, archived);
	return store_done(s, q, e) && store_note_document(s, p->document,
	    archived ? "archived" : "unarchived", p->name, SLICE(""), e);
}

static bool
rename_document(struct store *s, struct edit_plan *p, struct err *e)
{
	struct outline o = p->head;
	sqlite3_stmt *q = store_stmt(s, STMT_DOCUMENT_RENAME);

	store_bind_int(q, 1, p->document);
	store_bind(q, 2, p->req->new_name);
	return store_done(s, q, e) && store_note_document(s, p->document,
	    "renamed", p->req->new_name, p->name, e) &&
	    store_derive_document(s, p->document, &o, &p->parsed, p->a, e);
}

static bool
add_review(struct store *s, struct edit_plan *p, struct edit_result *out,
    struct err *e)
{
	sqlite3_stmt *q = store_stmt(s, STMT_REVIEW_ADD);

	out->version = p->version;
	store_bind_int(q, 1, p->entry);
	store_bind_int(q, 2, s->revision);
	store_bind_int(q, 3, p->version);
	store_bind_or_null(q, 4, p->req->review_by);
	return store_done(s, q, e);
}

static bool
write_change(struct store *s, struct edit_plan *p, struct edit_result *out,
    struct err *e)
{
	if (!store_make_revision(s, p->req->author, p->req->message, e))
		return false;
	out->revision = s->revision;
	switch (p->req->verb) {
	case EDIT_REVIEW:
		return add_review(s, p, out, e);
	case EDIT_RENAME_DOCUMENT:
		return rename_document(s, p, e);
	case EDIT_CREATE_DOCUMENT:
		if (!store_add_document(s, p->name, SLICE(""), &p->document,
		    e))
			return false;
		break;
	case EDIT_ARCHIVE_DOCUMENT:
	case EDIT_UNARCHIVE_DOCUMENT:
		if (!set_archived(s, p, p->req->verb == EDIT_ARCHIVE_DOCUMENT,
		    e))
			return false;
		break;
	case EDIT_ADD:
	case EDIT_SAVE:
	case EDIT_REVERT:
	case EDIT_ARCHIVE:
	case EDIT_UNARCHIVE:
	case EDIT_MOVE:
		break;
	}
	return write_items(s, p, out, e);
}

bool
store_edit_apply(struct store *s, struct edit_plan *p,
    struct edit_result *out, bool *is_void, struct err *e)
{
	bool current;

	*out = (struct edit_result){ p->entry, p->version, 0, p->is_merged,
		p->has_secret };
	*is_void = false;
	if (!s->in_transaction || s->is_broken)
		return err_set(e, s->is_broken ? ERR_STORAGE : ERR_INVALID,
		    s->is_broken ? "the transaction failed before" :
		    "there is no transaction");
	if (p->is_nothing)
		return true;
	if (!is_current(s, p, &current, e))
		return false;
	*is_void = !current;
	if (!current)
		return true;
	if (write_change(s, p, out, e))
		return true;
	s->is_broken = true;
	return false;
}
