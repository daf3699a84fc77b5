/*
 * store_import.c - one Markdown file becomes a new state of its document.
 *
 *   load     what the file looked like at its last import (base), and what
 *            the document looks like now (head)
 *   match    the file's sections get the numbers of the entries they are
 *            (store_match.c)
 *   merge    base, head and file become one outline (outline_merge.c)
 *   check    the joined text must split into exactly these entries again
 *   apply    versions, outline, revision, what is derived, the new base
 *
 * Nothing is written before `apply`, so a conflict or a refusal leaves the
 * transaction as it was. A write that fails breaks the transaction: only a
 * rollback, to a savepoint or of all, helps then. (A savepoint of our own
 * around each import would make FTS5 write its buffer to disk each time.)
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/store_import.h"

#include <stdlib.h>

#include "common/buf.h"
#include "common/str.h"

#define NAME_MAX_BYTES 512

/* ---- load ---- */

bool
store_check_name(struct slice name, struct err *e)
{
	struct slice rest = name, part;
	size_t i;

	if (name.len == 0 || name.len > NAME_MAX_BYTES ||
	    utf8_check(name) != name.len)
		return err_set(e, ERR_INVALID, "a document's name is 1 to %d "
		    "bytes of UTF-8", NAME_MAX_BYTES);
	for (i = 0; i < name.len; i++)
		if ((unsigned char)name.ptr[i] < 0x20 || name.ptr[i] == 0x7f)
			return err_set(e, ERR_INVALID, "a document's name "
			    "cannot hold control characters");
	while (str_split(&rest, '/', &part))
		if (part.len == 0 || slice_is(part, ".") ||
		    slice_is(part, ".."))
			return err_set(e, ERR_INVALID, "document name \"%.*s\" "
			    "is no path below a folder", SLICE_ARG(name));
	return true;
}

static bool
load_memory(struct import *im, struct err *e)
{
	struct store *s = im->s;
	sqlite3_stmt *q = store_stmt(s, STMT_IMPORT_FIND);
	size_t cap = 0;
	bool more;

	store_bind_int(q, 1, im->document);
	store_bind(q, 2, im->req->source);
	if (!store_number(s, q, &im->memory, e))
		return false;
	if (im->memory == 0)
		return true;
	q = store_stmt(s, STMT_IMPORT_ITEMS);
	store_bind_int(q, 1, im->memory);
	for (;;) {
		struct outline *o = &im->last;

		if (!store_row(s, q, &more, e))
			return false;
		if (!more)
			break;
		o->items = arena_grow(im->a, o->items, o->n, &cap,
		    sizeof(*o->items));
		o->items[o->n++] = (struct outline_item){
			sqlite3_column_int64(q, 0), sqlite3_column_int64(q, 1),
			store_column(im->a, q, 2) };
	}
	store_reset(q);
	return true;
}

static bool
load_head(struct import *im, struct err *e)
{
	bool found;

	return store_outline_load(im->s, im->document, INT64_MAX, im->a,
	    &im->head, &found, e);
}

/* The base as the request names it. */
static bool
choose_base(struct import *im, struct err *e)
{
	int64_t r = im->req->base_revision, newest;

	im->has_base = true;
	if (im->document == 0)
		return true;
	if (r == BASE_HEAD) {
		im->base = im->head;
		return true;
	}
	if (r == BASE_LAST_IMPORT) {
		im->base = im->last;
		im->has_base = im->memory != 0;
		return true;
	}
	if (!store_revision(im->s, &newest, e) ||
	    !store_outline_load(im->s, im->document, r, im->a, &im->base,
	    &im->has_base, e))
		return false;
	if (r > newest)
		return err_set(e, ERR_NOT_FOUND, "revision %lld does not exist",
		    (long long)r);
	if (im->has_base)
		return true;
	return err_set(e, ERR_NOT_FOUND, "document \"%.*s\" did not exist at "
	    "revision %lld", SLICE_ARG(im->req->name), (long long)r);
}

static void
add_left(struct import *im, int64_t id, size_t *cap)
{
	im->left = arena_grow(im->a, im->left, im->nleft, cap,
	    sizeof(*im->left));
	im->left[im->nleft++] = id;
}

/*
 * Entries that this file had once and that are in neither base nor head: a
 * section that comes back gets its number back. Those that it still had at
 * its last import come first; when the file wins, a similar text will do for
 * them.
 */
static bool
load_left(struct import *im, struct err *e)
{
	sqlite3_stmt *q = store_stmt(im->s, STMT_IMPORT_LEFT);
	int64_t *head = import_sorted_ids(im, &im->head);
	int64_t *base = import_sorted_ids(im, &im->base);
	bool more = im->memory != 0;
	size_t cap = 0, i;

	for (i = 0; i < im->last.n; i++) {
		int64_t id = im->last.items[i].entry;

		if (!import_has_id(id, head, im->head.n) &&
		    !import_has_id(id, base, im->base.n))
			add_left(im, id, &cap);
	}
	im->nlast = im->req->base_revision == BASE_HEAD ? im->nleft : 0;
	store_bind_int(q, 1, im->memory);
	while (more) {
		int64_t id;

		if (!store_row(im->s, q, &more, e))
			return false;
		id = more ? sqlite3_column_int64(q, 0) : 0;
		if (more && !import_has_id(id, head, im->head.n) &&
		    !import_has_id(id, base, im->base.n))
			add_left(im, id, &cap);
	}
	store_reset(q);
	return true;
}

/* ---- parse ---- */

static bool
is_same_outline(const struct outline *a, const struct outline *b)
{
	size_t i;

	if (a->n != b->n)
		return false;
	for (i = 0; i < a->n; i++)
		if (a->items[i].entry != b->items[i].entry ||
		    !slice_eq(a->items[i].bytes, b->items[i].bytes))
			return false;
	return true;
}

static bool
parse_sides(struct import *im, struct err *e)
{
	if (!outline_parse(&im->head, im->a, &im->head_doc, e))
		return false;
	if (!is_same_outline(&im->base, &im->head))
		return outline_parse(&im->base, im->a, &im->base_doc, e);
	im->base_doc = im->head_doc;
	return true;
}

/* ---- merge ---- */

static struct merge_side
merge_side_of(struct import *im, const struct outline *o,
    const struct document *d)
{
	struct merge_entry *out = arena_calloc(im->a, o->n, sizeof(*out));
	size_t i;

	for (i = 0; i < o->n; i++) {
		int p = d->sections[i].parent;

		out[i] = (struct merge_entry){ o->items[i].entry,
			p >= 0 ? o->items[p].entry : 0, o->items[i].bytes };
	}
	return (struct merge_side){ out, o->n };
}

static struct merge_side
merge_side_of_file(struct import *im)
{
	struct merge_entry *out = arena_calloc(im->a, im->file->n,
	    sizeof(*out));
	size_t i;

	for (i = 0; i < im->file->n; i++) {
		int p = im->file->sections[i].parent;

		out[i] = (struct merge_entry){ im->ids[i],
			p >= 0 ? im->ids[p] : 0,
			document_section(im->file, i) };
	}
	return (struct merge_side){ out, im->file->n };
}

/* The title of an entry as the reader knows it. */
static struct slice
title_of(const struct import *im, int64_t id)
{
	const struct section *s = NULL;
	size_t i;

	for (i = 0; i < im->head.n && s == NULL; i++)
		if (im->head.items[i].entry == id)
			s = &im->head_doc.sections[i];
	for (i = 0; i < im->file->n && s == NULL; i++)
		if (im->ids[i] == id)
			s = &im->file->sections[i];
	if (s == NULL)
		return SLICE("");
	return s->title.len != 0 ? s->title : s->heading;
}

static const char *
reason_text(enum merge_reason reason)
{
	switch (reason) {
	case MERGE_BOTH_CHANGED:
		return "changed on both sides";
	case MERGE_REMOVED_IN_FILE:
		return "removed in the file, changed in the base";
	case MERGE_REMOVED_IN_BASE:
		return "archived in the base, changed in the file";
	case MERGE_BOTH_MOVED:
		return "moved on both sides";
	case MERGE_PARENT_LEFT:
		return "new below a section that left on the other side";
	}
	return "";
}

static void
put_conflict(struct buf *b, const struct import *im, int64_t id,
    const char *reason)
{
	struct slice title = title_of(im, id);

	if (b->len != 0)
		buf_puts(b, ", ");
	if (id > 0)
		buf_printf(b, "%lld ", (long long)id);
	buf_printf(b, "\"%.*s\" (%s)", (int)utf8_cut(title, 60),
	    title.ptr != NULL ? title.ptr : "", reason);
}

/* From the first line in which two texts differ, at most 180 bytes. */
static struct slice
differing(struct slice text, struct slice other)
{
	size_t i = 0, line = 0;

	while (i < text.len && i < other.len && text.ptr[i] == other.ptr[i]) {
		if (text.ptr[i] == '\n')
			line = i + 1;
		i++;
	}
	text = str_trim(slice_sub(text, line, text.len));
	return slice_sub(text, 0, utf8_cut(text, 180));
}

static void
put_both_texts(struct err *e, struct slice head, struct slice file)
{
	struct slice h = differing(head, file), f = differing(file, head);

	err_detail(e, "In the base: \"%.*s\" In the file: \"%.*s\"",
	    SLICE_ARG(h), SLICE_ARG(f));
}

static bool
fail_conflict(struct import *im, struct err *e)
{
	struct merge_result *r = &im->merged;
	struct buf b = BUF_INIT;
	size_t i;

	for (i = 0; i < r->nconflicts && b.len < sizeof(e->msg); i++)
		put_conflict(&b, im, r->conflicts[i].id,
		    reason_text(r->conflicts[i].reason));
	err_set(e, ERR_CONFLICT, "conflict in \"%.*s\": %s",
	    SLICE_ARG(im->req->name), buf_cstr(&b));
	buf_free(&b);
	put_both_texts(e, r->conflicts[0].head, r->conflicts[0].file);
	return err_hint(e, "--replace takes the file; --base REVISION says "
	    "which revision the file was made from.");
}

/* Nobody knows what the file was made from: any difference is a conflict. */
static bool
fail_unknown_base(struct import *im, struct err *e)
{
	struct slice head = SLICE(""), file = SLICE("");
	int64_t *ids = arena_calloc(im->a, im->file->n, sizeof(*ids));
	struct buf b = BUF_INIT;
	size_t i, j;

	for (i = 0; i < im->file->n; i++) {
		ids[i] = im->ids[i];
		if (ids[i] > 0 || b.len >= sizeof(e->msg))
			continue;
		put_conflict(&b, im, ids[i], "only in the file");
		if (file.len == 0)
			file = document_section(im->file, i);
	}
	if (im->file->n != 0)
		qsort(ids, im->file->n, sizeof(*ids),
		    import_compare_ids);
	for (j = 0; j < im->head.n && b.len < sizeof(e->msg); j++)
		if (!import_has_id(im->head.items[j].entry, ids, im->file->n)) {
			put_conflict(&b, im, im->head.items[j].entry,
			    "only in the base");
			if (head.len == 0)
				head = im->head.items[j].bytes;
		}
	for (i = 0; i < im->merged.nconflicts && b.len < sizeof(e->msg);
	    i++) {
		put_conflict(&b, im, im->merged.conflicts[i].id, "differs");
		head = im->merged.conflicts[i].head;
		file = im->merged.conflicts[i].file;
	}
	err_set(e, ERR_CONFLICT, "\"%.*s\" was never imported from \"%.*s\" "
	    "and differs: %s", SLICE_ARG(im->req->name),
	    SLICE_ARG(im->req->source), b.len != 0 ? buf_cstr(&b) :
	    "in the order of its sections");
	buf_free(&b);
	put_both_texts(e, head, file);
	return err_hint(e, "--replace takes the file; --base REVISION says "
	    "which revision the file was made from.");
}

/* ---- check ---- */

static bool
is_file_text(const struct import *im)
{
	return outline_fits(&im->result, im->file);
}

/*
 * A text of both sides must split into its entries: an unclosed fence or a
 * missing line end of one would swallow the next.
 */
static bool
check_structure(struct import *im, struct err *e)
{
	const struct document *d = &im->reparsed.doc;
	size_t i = 0;

	if (is_file_text(im)) {
		im->prepared = im->req->doc;
		return true;
	}
	if (!store_prepare(outline_join(&im->result, im->a), im->a,
	    &im->reparsed, e))
		return false;
	im->prepared = &im->reparsed;
	if (outline_fits(&im->result, d))
		return true;
	while (i < d->n && i < im->result.n && slice_eq(document_section(d, i),
	    im->result.items[i].bytes))
		i++;
	err_set(e, ERR_REFUSED, "the merged document \"%.*s\" would not keep "
	    "its sections", SLICE_ARG(im->req->name));
	if (i < im->result.n) {
		struct slice title = title_of(im, im->result.items[i].entry);

		err_detail(e, "Line %u, \"%.*s\": an unclosed fence or a "
		    "missing blank line would change the outline.",
		    i < d->n ? d->sections[i].line : 1, SLICE_ARG(title));
	}
	return false;
}

/* The merged items as an outline; versions come with the writing. */
static void
list_result(struct import *im)
{
	const struct merge_result *r = &im->merged;
	size_t i;

	im->result.items = arena_calloc(im->a, r->n,
	    sizeof(*im->result.items));
	im->result.n = r->n;
	for (i = 0; i < r->n; i++)
		im->result.items[i] = (struct outline_item){ r->items[i].id,
			r->items[i].head >= 0 ?
			im->head.items[r->items[i].head].version : 0,
			r->items[i].bytes };
}

static void
count_result(struct import *im)
{
	struct import_result *out = im->out;
	size_t i;

	out->archived = (unsigned)im->merged.narchived;
	for (i = 0; i < im->result.n; i++) {
		const struct merge_item *m = &im->merged.items[i];

		if (m->head < 0)
			out->added++;
		else if (slice_eq(m->bytes, im->head.items[m->head].bytes))
			out->unchanged++;
		else
			out->changed++;
	}
}

/* ---- all of it ---- */

static bool
decide(struct import *im, struct err *e)
{
	if (!choose_base(im, e) || !load_left(im, e) || !parse_sides(im, e) ||
	    !store_match_file(im, e))
		return false;
	outline_merge(merge_side_of(im, &im->base, &im->base_doc),
	    merge_side_of(im, &im->head, &im->head_doc),
	    merge_side_of_file(im), im->a, &im->merged);
	if (!im->has_base &&
	    !outline_fits(&im->head, im->file))
		return fail_unknown_base(im, e);
	if (im->merged.nconflicts != 0)
		return fail_conflict(im, e);
	list_result(im);
	return check_structure(im, e);
}

static bool
import_document(struct import *im, struct err *e)
{
	struct store *s = im->s;

	if (!store_find_document(s, im->req->name, false, &im->document, e))
		return false;
	if (im->document != 0 && !load_memory(im, e))
		return false;
	/* the file is what it was: whatever the base did stays */
	if (im->memory != 0 && im->req->base_revision == BASE_LAST_IMPORT &&
	    outline_fits(&im->last, im->file)) {
		im->out->unchanged = (unsigned)im->file->n;
		return true;
	}
	if (im->document != 0 && !load_head(im, e))
		return false;
	if (!decide(im, e))
		return false;
	count_result(im);
	if (store_apply_import(im, e) && store_remember_import(im, e))
		return true;
	s->is_broken = true;
	return false;
}

bool
store_import(struct store *s, const struct import_request *req,
    struct import_result *out, struct err *e)
{
	struct arena a = ARENA_INIT;
	struct import im = { .s = s, .req = req, .out = out, .a = &a,
		.file = &req->doc->doc };
	bool ok;

	*out = (struct import_result){ 0, 0, 0, 0, 0 };
	if (!s->in_transaction || s->is_broken)
		return err_set(e, s->is_broken ? ERR_STORAGE : ERR_INVALID,
		    s->is_broken ? "the transaction failed before" :
		    "there is no transaction");
	ok = store_check_name(req->name, e) && import_document(&im, e);
	arena_free(&a);
	return ok;
}
