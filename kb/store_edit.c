/*
 * store_edit.c - what a document shall be after one change; see store_edit.h.
 *
 * Each verb starts from the document as it is, as a list of items, and makes
 * the list that shall be. Nothing is written here.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/store_edit_plan.h"

#include <stdio.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/jsonw.h"
#include "common/str.h"
#include "kb/edit_date.h"
#include "kb/merge.h"
#include "kb/meta.h"
#include "kb/text_lines.h"

/* ---- what is there ---- */

struct edit_item *
edit_insert(struct edit_plan *p, size_t i)
{
	p->items = arena_grow(p->a, p->items, p->n, &p->cap,
	    sizeof(*p->items));
	memmove(&p->items[i + 1], &p->items[i],
	    (p->n - i) * sizeof(*p->items));
	p->n++;
	p->items[i] = (struct edit_item){ .entry = 0 };
	return &p->items[i];
}

static void
put_head_item(struct edit_plan *p, size_t i)
{
	const struct outline_item *h = &p->head.items[i];

	*edit_insert(p, p->n) = (struct edit_item){ .entry = h->entry,
		.version = h->version, .base = h->version, .bytes = h->bytes };
}

static bool
load_document(struct store *s, struct edit_plan *p, struct err *e)
{
	sqlite3_stmt *q = store_stmt(s, STMT_DOCUMENT_SEEN);
	bool found;
	size_t i;

	store_bind_int(q, 1, p->document);
	if (!store_row(s, q, &found, e))
		return false;
	if (found) {
		p->seen = sqlite3_column_int64(q, 0);
		p->name = store_column(p->a, q, 1);
		p->is_archived = sqlite3_column_int(q, 2) != 0;
	}
	store_reset(q);
	if (!store_outline_load(s, p->document, INT64_MAX, p->a, &p->head,
	    &found, e))
		return false;
	for (i = 0; i < p->head.n; i++)
		put_head_item(p, i);
	return true;
}

static bool
load_named(struct store *s, struct edit_plan *p, struct err *e)
{
	struct slice name = p->req->document;

	if (!store_find_document(s, name, true, &p->document, e))
		return false;
	if (p->document == 0)
		return err_set(e, ERR_NOT_FOUND,
		    "document \"%.*s\" does not exist", SLICE_ARG(name));
	return load_document(s, p, e);
}

/* The document of an entry. */
static bool
load_of_entry(struct store *s, struct edit_plan *p, int64_t entry,
    struct err *e)
{
	sqlite3_stmt *q = store_stmt(s, STMT_ENTRY_DOCUMENT);

	store_bind_int(q, 1, entry);
	if (!store_number(s, q, &p->document, e))
		return false;
	if (p->document == 0)
		return err_set(e, ERR_NOT_FOUND, "entry %lld does not exist",
		    (long long)entry);
	return load_document(s, p, e);
}

/* Index in the document as it is, or head.n. */
static size_t
find_head(const struct edit_plan *p, int64_t entry)
{
	size_t i = 0;

	while (i < p->head.n && p->head.items[i].entry != entry)
		i++;
	return i;
}

static size_t
find_item(const struct edit_plan *p, int64_t entry)
{
	size_t i = 0;

	while (i < p->n && p->items[i].entry != entry)
		i++;
	return i;
}

/* The index behind an entry and all that is below it. */
static size_t
subtree_end(const struct document *d, size_t i)
{
	size_t end = i + 1;

	while (end < d->n && d->sections[i].level != 0 &&
	    d->sections[end].level > d->sections[i].level)
		end++;
	return end;
}

/* A version's text; ERR_NOT_FOUND when there is none. */
static bool
load_version(struct store *s, struct edit_plan *p, int64_t version,
    struct outline_item *out, struct err *e)
{
	sqlite3_stmt *q = store_stmt(s, STMT_VERSION_GET);
	bool found;

	store_bind_int(q, 1, p->req->entry);
	store_bind_int(q, 2, version);
	if (!store_row(s, q, &found, e))
		return false;
	if (found)
		*out = (struct outline_item){ p->req->entry, version,
			store_column(p->a, q, 0) };
	store_reset(q);
	return found || err_set(e, ERR_NOT_FOUND,
	    "entry %lld has no version %lld", (long long)p->req->entry,
	    (long long)version);
}

static bool
load_latest(struct store *s, struct edit_plan *p, int64_t entry,
    struct outline_item *out, struct err *e)
{
	sqlite3_stmt *q = store_stmt(s, STMT_ENTRY_LATEST);
	bool found;

	store_bind_int(q, 1, entry);
	if (!store_row(s, q, &found, e))
		return false;
	*out = (struct outline_item){ entry, 0, { NULL, 0 } };
	if (found) {
		out->version = sqlite3_column_int64(q, 0);
		out->bytes = store_column(p->a, q, 1);
	}
	store_reset(q);
	return true;
}

/* ---- conflicts ---- */

static void
put_who(struct store *s, struct jsonw *j, const struct outline_item *item)
{
	sqlite3_stmt *q = store_stmt(s, STMT_VERSION_WHO);
	char when[CLOCK_TEXT_SIZE];
	struct err ignored;
	bool found;

	store_bind_int(q, 1, item->entry);
	store_bind_int(q, 2, item->version);
	if (!store_row(s, q, &found, &ignored))
		return;
	if (found) {
		jsonw_member_string(j, "updated_by", store_column_raw(q, 0));
		clock_rfc3339(store_column_raw(q, 1), when);
		jsonw_member_string(j, "updated_at", slice_of(when));
		jsonw_member_string(j, "message", store_column_raw(q, 2));
	}
	store_reset(q);
}

/* Both texts with marks, so that a person can go on from there. */
static struct slice
marked(struct edit_plan *p, const struct outline_item *base,
    const struct outline_item *theirs, struct slice yours)
{
	char name[40];
	struct merge_names names = { "yours", name, NULL };
	struct merge_text m;

	snprintf(name, sizeof(name), "version %lld",
	    (long long)theirs->version);
	merge_texts(base->bytes, yours, theirs->bytes, p->a, &m);
	return merge_marked(&m, &names, p->a);
}

bool
edit_conflict(struct store *s, struct edit_plan *p, const char *why,
    const struct outline_item *base, const struct outline_item *theirs,
    struct slice yours, struct err *e)
{
	struct buf b = BUF_INIT;
	struct jsonw j;

	jsonw_init(&j, &b);
	jsonw_object(&j);
	jsonw_member_string(&j, "schema", SLICE("kb.conflict/1"));
	jsonw_member_string(&j, "reason", slice_of(why));
	jsonw_member_string(&j, "document", p->name);
	jsonw_member_int(&j, "entry", theirs->entry);
	jsonw_member_int(&j, "base_version", base->version);
	jsonw_member_int(&j, "version", theirs->version);
	put_who(s, &j, theirs);
	jsonw_member_string(&j, "base", base->bytes);
	jsonw_member_string(&j, "theirs", theirs->bytes);
	jsonw_member_string(&j, "yours", yours);
	jsonw_member_string(&j, "merged", marked(p, base, theirs, yours));
	jsonw_object_end(&j);
	err_set(e, ERR_CONFLICT, "entry %lld %s since version %lld",
	    (long long)theirs->entry, why, (long long)base->version);
	err_hint(e, "Version %lld is the newest. DETAIL holds all texts.",
	    (long long)theirs->version);
	e->whole = arena_dup(p->a, buf_slice(&b)).ptr;
	buf_free(&b);
	return false;
}

/* Is the version that the person saw still the newest? */
static bool
check_base(struct store *s, struct edit_plan *p,
    const struct outline_item *now, struct err *e)
{
	struct outline_item base;

	if (!load_version(s, p, p->req->base_version, &base, e))
		return false;
	if (base.version == now->version)
		return true;
	return edit_conflict(s, p, "was changed", &base, now, base.bytes, e);
}

/* ---- texts ---- */

static struct slice
join(struct edit_plan *p, struct slice a, const char *between, struct slice b)
{
	struct buf t = BUF_INIT;
	struct slice out;

	buf_put_slice(&t, a);
	buf_puts(&t, between);
	buf_put_slice(&t, b);
	out = arena_dup(p->a, buf_slice(&t));
	buf_free(&t);
	return out;
}

static void
set_bytes(struct edit_item *item, struct slice bytes)
{
	if (slice_eq(item->bytes, bytes))
		return;
	item->bytes = bytes;
	item->is_changed = true;
}

/* What is followed by something else needs an end of its last line. */
static void
end_lines(struct edit_plan *p)
{
	size_t i;

	for (i = 0; i + 1 < p->n; i++) {
		struct slice b = p->items[i].bytes;

		if (b.len != 0 && text_end_length(b) == 0)
			set_bytes(&p->items[i], join(p, b, text_line_end(b),
			    SLICE("")));
	}
}

/* Merge what was typed with what happened since, or say both. */
static bool
save_text(struct store *s, struct edit_plan *p, size_t at, struct slice yours,
    struct err *e)
{
	const struct outline_item *now = &p->head.items[at];
	struct outline_item base;
	struct merge_text m;

	if (!load_version(s, p, p->req->base_version, &base, e))
		return false;
	if (p->req->verb == EDIT_SAVE && !edit_check_secrets(p, yours,
	    now->bytes, base.bytes, e))
		return false;
	yours = text_with_line_ends(yours, now->bytes, p->a);
	if (base.version != now->version) {
		merge_texts(base.bytes, yours, now->bytes, p->a, &m);
		if (m.nconflicts != 0)
			return edit_conflict(s, p, "was changed", &base, now,
			    yours, e);
		p->is_merged = !slice_eq(m.text, yours);
		yours = m.text;
	}
	p->version = now->version;
	p->is_nothing = slice_eq(yours, now->bytes);
	if (yours.len == 0) {
		err_set(e, ERR_REFUSED, "entry %lld would lose its heading",
		    (long long)now->entry);
		return err_hint(e, "archive_entry() takes an entry away.");
	}
	set_bytes(&p->items[at], yours);
	p->items[at].is_text = true;
	p->items[at].base = base.version;
	return true;
}

/* ---- verbs ---- */

static bool
fail_archived(struct store *s, struct edit_plan *p, struct slice yours,
    struct err *e)
{
	struct outline_item base, now;

	if (!load_version(s, p, p->req->base_version, &base, e) ||
	    !load_latest(s, p, p->req->entry, &now, e))
		return false;
	return edit_conflict(s, p, "was archived", &base, &now, yours, e);
}

static bool
plan_save(struct store *s, struct edit_plan *p, struct err *e)
{
	size_t at;

	if (!load_of_entry(s, p, p->req->entry, e))
		return false;
	p->entry = p->req->entry;
	at = find_head(p, p->entry);
	if (at == p->head.n)
		return fail_archived(s, p, p->req->markdown, e);
	return save_text(s, p, at, p->req->markdown, e);
}

static bool
plan_revert(struct store *s, struct edit_plan *p, struct err *e)
{
	struct outline_item old;
	size_t at;

	if (!load_of_entry(s, p, p->req->entry, e) ||
	    !load_version(s, p, p->req->version, &old, e))
		return false;
	p->entry = p->req->entry;
	at = find_head(p, p->entry);
	if (at == p->head.n)
		return fail_archived(s, p, old.bytes, e);
	return save_text(s, p, at, old.bytes, e);
}

/*
 * Where added text goes, and what it is separated with: its tail, if it has a
 * rule there, becomes that of the new text; else there is a blank line.
 */
static struct slice
place_text(struct edit_plan *p, size_t at, struct slice text)
{
	struct edit_item *before = at > 0 ? &p->items[at - 1] : NULL;
	const char *end = text_line_end(before != NULL ? before->bytes : text);
	struct slice old, tail;
	bool has_rule;
	size_t cut;

	cut = text_tail(text, &has_rule);
	if (!has_rule)
		text = slice_sub(text, 0, cut);
	if (text_end_length(text) == 0)
		text = join(p, text, end, SLICE(""));
	if (before == NULL)
		return at < p->n ? join(p, text, end, SLICE("")) : text;
	old = before->bytes;
	cut = text_tail(old, &has_rule);
	tail = slice_sub(old, cut, old.len);
	if (has_rule) {
		set_bytes(before, join(p, slice_sub(old, 0, cut), end,
		    SLICE("")));
		return join(p, text, "", tail);
	}
	if (tail.len == 0 && old.len != 0) {
		if (text_end_length(old) == 0)
			old = join(p, old, end, SLICE(""));
		set_bytes(before, join(p, old, end, SLICE("")));
	}
	return at < p->n ? join(p, text, end, SLICE("")) : text;
}

/* Without blank lines in front; it must begin with a heading. */
static bool
check_new_text(struct edit_plan *p, struct slice *text, struct err *e)
{
	struct slice rest = *text, line;
	struct document d;

	while (str_line(&rest, &line, NULL) && str_trim(line).len == 0)
		*text = rest;
	if (!document_parse(*text, p->a, &d, e))
		return false;
	if (d.n != 0 && d.sections[0].level != 0)
		return true;
	err_set(e, ERR_REFUSED, "line 1: an entry begins with its heading");
	return err_hint(e, "\"### CPU 100%%\" is a heading of level 3.");
}

static bool
need_tree(struct edit_plan *p, struct err *e)
{
	return outline_parse(&p->head, p->a, &p->head_doc, e);
}

static bool
fail_not_here(struct edit_plan *p, int64_t entry, struct err *e)
{
	return err_set(e, ERR_NOT_FOUND, "document \"%.*s\" has no entry %lld",
	    SLICE_ARG(p->name), (long long)entry);
}

static bool
plan_add(struct store *s, struct edit_plan *p, struct err *e)
{
	struct slice text = p->req->markdown;
	struct edit_item *item;
	size_t at;

	if (!(p->req->document.len != 0 || p->req->after == 0 ?
	    load_named(s, p, e) : load_of_entry(s, p, p->req->after, e)))
		return false;
	if (p->is_archived)
		return err_set(e, ERR_REFUSED, "document \"%.*s\" is archived",
		    SLICE_ARG(p->name));
	at = p->n;
	if (p->req->after != 0) {
		at = find_head(p, p->req->after);
		if (at == p->head.n)
			return fail_not_here(p, p->req->after, e);
		if (!need_tree(p, e))
			return false;
		at = subtree_end(&p->head_doc, at);
	}
	if (!edit_check_secrets(p, text, SLICE(""), SLICE(""), e) ||
	    !check_new_text(p, &text, e))
		return false;
	if (p->head.n != 0)
		text = text_with_line_ends(text, p->head.items[at > 0 ?
		    at - 1 : 0].bytes, p->a);
	text = place_text(p, at, text);
	item = edit_insert(p, at);
	item->bytes = text;
	item->is_text = item->is_changed = true;
	p->is_restructured = true;
	return true;
}

static bool
plan_archive(struct store *s, struct edit_plan *p, struct err *e)
{
	size_t at, end, i;

	if (!load_of_entry(s, p, p->req->entry, e))
		return false;
	p->entry = p->req->entry;
	at = find_head(p, p->entry);
	if (at == p->head.n) {
		struct outline_item now;

		if (!load_latest(s, p, p->entry, &now, e))
			return false;
		p->version = now.version;
		p->is_nothing = true;	/* somebody was faster */
		return true;
	}
	if (!check_base(s, p, &p->head.items[at], e) || !need_tree(p, e))
		return false;
	end = subtree_end(&p->head_doc, at);
	p->version = p->head.items[at].version;
	p->gone = arena_calloc(p->a, end - at, sizeof(*p->gone));
	for (i = at; i < end; i++)
		p->gone[p->ngone++] = p->head.items[i];
	memmove(&p->items[at], &p->items[end],
	    (p->n - end) * sizeof(*p->items));
	p->n -= end - at;
	p->is_restructured = true;
	return true;
}

/* Behind the nearest one before `from` in the old outline that is here. */
static size_t
place_again(const struct edit_plan *p, const struct outline *old, size_t from)
{
	while (from-- > 0) {
		size_t at = find_item(p, old->items[from].entry);

		if (at < p->n)
			return at + 1;
	}
	return 0;
}

/* An entry comes back with its newest text. */
static bool
bring_back(struct store *s, struct edit_plan *p, int64_t entry, size_t at,
    struct err *e)
{
	struct outline_item now;
	struct edit_item *item;

	if (!load_latest(s, p, entry, &now, e))
		return false;
	item = edit_insert(p, at);
	*item = (struct edit_item){ .entry = entry, .version = now.version,
		.base = now.version, .bytes = now.bytes,
		.action = "unarchived" };
	return true;
}

static bool
last_outline_of(struct store *s, int64_t entry, int64_t *out, struct err *e)
{
	sqlite3_stmt *q = store_stmt(s, STMT_ENTRY_LAST_OUTLINE);

	store_bind_int(q, 1, entry);
	return store_number(s, q, out, e);
}

/* Entries from..to of an old outline that left when the first one did. */
static bool
bring_back_all(struct store *s, struct edit_plan *p,
    const struct outline *old, size_t from, size_t to, int64_t revision,
    struct err *e)
{
	size_t at = place_again(p, old, from), i;
	int64_t last;

	for (i = from; i < to; i++) {
		int64_t entry = old->items[i].entry;

		if (find_head(p, entry) < p->head.n)
			continue;
		if (!last_outline_of(s, entry, &last, e))
			return false;
		if (last == revision && !bring_back(s, p, entry, at++, e))
			return false;
	}
	end_lines(p);
	p->is_restructured = true;
	return true;
}

static bool
plan_unarchive(struct store *s, struct edit_plan *p, struct err *e)
{
	struct outline old;
	struct outline_item now;
	struct document d;
	int64_t revision;
	size_t at = 0;
	bool found;

	p->entry = p->req->entry;
	if (!load_of_entry(s, p, p->entry, e) ||
	    !load_latest(s, p, p->entry, &now, e) ||
	    !check_base(s, p, &now, e))
		return false;
	p->version = now.version;
	if (find_head(p, p->entry) < p->head.n) {
		p->is_nothing = true;
		return true;
	}
	if (p->is_archived)
		return err_set(e, ERR_REFUSED, "document \"%.*s\" is archived",
		    SLICE_ARG(p->name));
	if (!last_outline_of(s, p->entry, &revision, e) ||
	    !store_outline_load(s, p->document, revision, p->a, &old, &found,
	    e) || !outline_parse(&old, p->a, &d, e))
		return false;
	while (at < old.n && old.items[at].entry != p->entry)
		at++;
	if (at == old.n)
		return err_set(e, ERR_STORAGE,
		    "entry %lld was never in its document",
		    (long long)p->entry);
	return bring_back_all(s, p, &old, at, subtree_end(&d, at), revision,
	    e);
}

static bool
move_items(struct edit_plan *p, size_t from, size_t end, size_t to)
{
	size_t n = end - from;
	struct edit_item *moved = arena_calloc(p->a, n, sizeof(*moved));

	memcpy(moved, &p->items[from], n * sizeof(*moved));
	moved[0].action = "moved";
	memmove(&p->items[from], &p->items[end],
	    (p->n - end) * sizeof(*p->items));
	if (to >= end)
		to -= n;
	memmove(&p->items[to + n], &p->items[to],
	    (p->n - n - to) * sizeof(*p->items));
	memcpy(&p->items[to], moved, n * sizeof(*moved));
	return to != from;
}

static bool
plan_move(struct store *s, struct edit_plan *p, struct err *e)
{
	struct outline_item base;
	size_t at, end, to;

	p->entry = p->req->entry;
	if (!load_of_entry(s, p, p->entry, e) ||
	    !load_version(s, p, p->req->base_version, &base, e))
		return false;
	at = find_head(p, p->entry);
	if (at == p->head.n)
		return fail_archived(s, p, base.bytes, e);
	if (!need_tree(p, e))
		return false;
	p->version = p->head.items[at].version;
	end = subtree_end(&p->head_doc, at);
	to = p->head.n != 0 && p->head_doc.sections[0].level == 0 ? 1 : 0;
	if (p->req->after != 0) {
		to = find_head(p, p->req->after);
		if (to == p->head.n)
			return fail_not_here(p, p->req->after, e);
		if (to >= at && to < end)
			return err_set(e, ERR_INVALID, "entry %lld cannot go "
			    "behind itself", (long long)p->entry);
		to = subtree_end(&p->head_doc, to);
	}
	if (p->head_doc.sections[at].level == 0)
		return err_set(e, ERR_REFUSED,
		    "the text before the first heading cannot be moved");
	p->is_nothing = to == at || to == end ||
	    !move_items(p, at, end, to);
	p->is_restructured = true;
	end_lines(p);
	return true;
}

static bool
is_date(struct slice s)
{
	struct arena a = ARENA_INIT;
	bool ok = s.len == 10 && slice_eq(meta_date(s, &a), s);

	arena_free(&a);
	return ok;
}

static bool
plan_review(struct store *s, struct edit_plan *p, struct err *e)
{
	struct slice date = p->req->review_by;
	size_t at;

	p->entry = p->req->entry;
	if (date.len != 0 && !is_date(date))
		return err_set(e, ERR_INVALID, "\"%.*s\" is no date such as "
		    "\"2026-11-23\"", SLICE_ARG(date));
	if (!load_of_entry(s, p, p->entry, e))
		return false;
	at = find_head(p, p->entry);
	if (at == p->head.n)
		return err_set(e, ERR_REFUSED, "entry %lld is archived",
		    (long long)p->entry);
	p->version = p->head.items[at].version;
	return check_base(s, p, &p->head.items[at], e);
}

/* ---- documents ---- */

static bool
check_free(struct store *s, struct slice name, struct err *e)
{
	int64_t id;

	if (!store_check_name(name, e) ||
	    !store_find_document(s, name, false, &id, e))
		return false;
	if (id != 0)
		return err_set(e, ERR_EXISTS,
		    "document \"%.*s\" exists already", SLICE_ARG(name));
	return true;
}

static bool
plan_create(struct store *s, struct edit_plan *p, struct err *e)
{
	struct edit_item *item;

	p->name = p->req->document;
	if (!check_free(s, p->name, e) || !edit_check_secrets(p,
	    p->req->markdown, SLICE(""), SLICE(""), e))
		return false;
	p->is_restructured = true;
	if (p->req->markdown.len == 0)
		return true;
	item = edit_insert(p, 0);
	item->bytes = p->req->markdown;
	item->is_text = item->is_changed = true;
	return true;
}

static bool
plan_rename(struct store *s, struct edit_plan *p, struct err *e)
{
	if (!load_named(s, p, e))
		return false;
	p->is_nothing = slice_eq(p->name, p->req->new_name);
	return p->is_nothing || check_free(s, p->req->new_name, e);
}

static bool
plan_archive_document(struct store *s, struct edit_plan *p, struct err *e)
{
	if (!load_named(s, p, e))
		return false;
	p->is_nothing = p->is_archived;
	if (!p->is_nothing && p->req->base_revision < p->seen) {
		err_set(e, ERR_CONFLICT, "document \"%.*s\" was changed since "
		    "revision %lld", SLICE_ARG(p->name),
		    (long long)p->req->base_revision);
		return err_hint(e, "Its newest revision is %lld.",
		    (long long)p->seen);
	}
	p->gone = p->head.items;
	p->ngone = p->head.n;
	p->n = 0;
	p->is_restructured = true;
	return true;
}

static bool
plan_unarchive_document(struct store *s, struct edit_plan *p, struct err *e)
{
	sqlite3_stmt *q;
	struct outline old;
	int64_t revision;
	bool found;

	if (!load_named(s, p, e))
		return false;
	p->is_nothing = !p->is_archived;
	if (p->is_nothing)
		return true;
	q = store_stmt(s, STMT_DOCUMENT_LAST_OUTLINE);
	store_bind_int(q, 1, p->document);
	if (!store_number(s, q, &revision, e) ||
	    !store_outline_load(s, p->document, revision, p->a, &old, &found,
	    e))
		return false;
	return bring_back_all(s, p, &old, 0, old.n, revision, e);
}

/* ---- all of it ---- */

/* The line that says when the document was last updated. */
static void
set_updated_line(struct edit_plan *p)
{
	size_t i = p->n;
	struct slice text;

	if (p->req->today.len == 0 || p->is_nothing ||
	    (p->req->verb != EDIT_SAVE && p->req->verb != EDIT_ADD &&
	    p->req->verb != EDIT_REVERT))
		return;
	while (i-- > 0)
		if (edit_date(p->items[i].bytes, p->req->today, p->a, &text)) {
			set_bytes(&p->items[i], text);
			return;
		}
}

typedef bool (*plan_fn)(struct store *, struct edit_plan *, struct err *);

static const plan_fn plans[] = {
	[EDIT_ADD] = plan_add,
	[EDIT_SAVE] = plan_save,
	[EDIT_REVERT] = plan_revert,
	[EDIT_ARCHIVE] = plan_archive,
	[EDIT_UNARCHIVE] = plan_unarchive,
	[EDIT_MOVE] = plan_move,
	[EDIT_REVIEW] = plan_review,
	[EDIT_CREATE_DOCUMENT] = plan_create,
	[EDIT_RENAME_DOCUMENT] = plan_rename,
	[EDIT_ARCHIVE_DOCUMENT] = plan_archive_document,
	[EDIT_UNARCHIVE_DOCUMENT] = plan_unarchive_document,
};

/* Is anything derived again? A rename touches the document's head. */
static bool
needs_parsing(const struct edit_plan *p)
{
	return !p->is_nothing && p->req->verb != EDIT_REVIEW;
}

static bool
make_plan(struct store *s, struct edit_plan *p, struct err *e)
{
	if (!edit_check_secrets(p, p->req->message, SLICE(""), SLICE(""), e))
		return err_prefix(e, "the message");
	if (!plans[p->req->verb](s, p, e))
		return false;
	if (!needs_parsing(p))
		return true;
	set_updated_line(p);
	return edit_check(p, e);
}

/*
 * A reader's statements must all see the same moment. A plan that is made
 * inside a transaction has that already.
 */
bool
store_edit_plan(struct store *s, const struct edit_request *req,
    struct arena *a, struct edit_plan **out, struct err *e)
{
	bool is_alone = sqlite3_get_autocommit(s->db) != 0, ok;
	struct edit_plan *p = arena_zalloc(a, sizeof(*p));

	p->req = req;
	p->a = a;
	if (is_alone && !store_exec(s->db, "BEGIN", e))
		return false;
	ok = make_plan(s, p, e);
	if (is_alone)
		(void)sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
	if (ok)
		*out = p;
	return ok;
}

bool
store_edit(struct store *s, const struct edit_request *req, struct arena *a,
    struct edit_result *out, struct err *e)
{
	struct edit_plan *p;
	bool is_void;

	if (!store_edit_plan(s, req, a, &p, e) ||
	    !store_edit_apply(s, p, out, &is_void, e))
		return false;
	if (is_void)
		return err_set(e, ERR_CONFLICT,
		    "the document changed while it was changed");
	return true;
}
