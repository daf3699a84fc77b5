/*
 * store_derive.c - everything that the Markdown says, as rows.
 *
 * A document is derived as a whole, since a label section feeds its owner and
 * titles feed what is below them. But only what differs is written: the head
 * of an entry holds a digest of its rows, and the search index is told only
 * about entries whose indexed text really changed. So a save costs what it
 * changes, however long the document is.
 *
 * Invariants:
 *   (1) The rows depend on the truth alone: deriving again changes nothing
 *       (store_check() compares).
 *   (2) FTS5 gets, for each 'delete', exactly the text that was indexed; it
 *       is in entry_text and changes only here, together with the index.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/store_internal.h"

#include "common/buf.h"
#include "common/str.h"
#include "kb/edges.h"
#include "kb/rules.h"
#include "kb/store_signature.h"

#define RELATED_MAX 16	/* of one entry */
#define TEXT_COLUMNS 8	/* of entry_text, without the id */
#define PLACE_PARTS 2	/* of a document's name that are indexed */

enum text_column {
	TEXT_TITLE,
	TEXT_ALIAS,
	TEXT_SYMPTOM,
	TEXT_ERROR,
	TEXT_COMMAND,
	TEXT_TAGS,
	TEXT_PATH,
	TEXT_BODY
};

struct derive {
	struct store *s;
	int64_t document;
	struct slice place;	/* end of the document's name */
	const struct outline *outline;
	const struct document *doc;
	const struct entry *entries;
	const struct edge *edges;
	size_t nedges;
	struct arena *a;
	struct buf *body;	/* per section: what its label sections say */
	struct known_head *known;	/* by entry */
	size_t nknown;
};

/* ---- heads ---- */

/* All fields of a name, one a line. */
static struct slice
join_fields(const struct entry *n, enum field_name name, struct arena *a)
{
	struct buf b = BUF_INIT;
	struct slice out;
	size_t i;

	for (i = 0; i < n->nfields; i++) {
		if (n->fields[i].name != name)
			continue;
		if (b.len != 0)
			buf_putc(&b, '\n');
		buf_put_slice(&b, n->fields[i].text);
	}
	out = arena_dup(a, buf_slice(&b));
	buf_free(&b);
	return out;
}

/* "2025-08-03"; anything else is no date for a client. */
static bool
is_date(struct slice s)
{
	static const char form[] = "dddd-dd-dd";
	size_t i;

	if (s.len != sizeof(form) - 1)
		return false;
	for (i = 0; i < s.len; i++)
		if (form[i] == 'd' ? !ascii_is_digit(s.ptr[i]) :
		    s.ptr[i] != '-')
			return false;
	return true;
}

struct place {
	int64_t parent, owner;	/* entries, or 0 */
	size_t position;	/* from 1; 0 when archived */
	int depth;
	unsigned line;
};

/* A head as it is. */
struct known_head {
	int64_t entry, version, digest;
	struct place at;
};

static bool
set_head(struct store *s, const struct outline_item *item,
    const struct section *sec, const struct entry *n,
    const struct place *at, int64_t digest, struct arena *a, struct err *e)
{
	struct slice title = sec->title.len != 0 ? sec->title : sec->heading;
	sqlite3_stmt *q = store_stmt(s, STMT_HEAD_SET);

	store_bind_int(q, 1, item->entry);
	store_bind_int(q, 2, item->version);
	if (at->parent != 0)
		store_bind_int(q, 3, at->parent);
	if (at->owner != 0)
		store_bind_int(q, 4, at->owner);
	if (at->position != 0)
		store_bind_int(q, 5, (int64_t)at->position);
	store_bind_int(q, 6, at->depth);
	store_bind(q, 7, document_slug(item->entry, title, a));
	store_bind(q, 8, title);
	store_bind(q, 9, sec->heading);
	store_bind_int(q, 10, at->line);
	store_bind(q, 11, slice_of(entry_kind_name(n->kind)));
	store_bind(q, 12, slice_of(entry_severity_name(n->severity)));
	store_bind(q, 13, join_fields(n, FIELD_SYMPTOM, a));
	store_bind(q, 14, join_fields(n, FIELD_CAUSE, a));
	store_bind(q, 15, join_fields(n, FIELD_FIX, a));
	store_bind(q, 16, join_fields(n, FIELD_PREVENTION, a));
	store_bind(q, 17, n->tags);
	store_bind(q, 18, n->assignee);
	if (is_date(n->review_by))
		store_bind(q, 19, n->review_by);
	store_bind_int(q, 20, at->position == 0);
	store_bind_int(q, 21, digest);
	return store_done(s, q, e);
}

static int
depth_of(const struct document *d, size_t i)
{
	int depth = 0, p;

	for (p = d->sections[i].parent; p >= 0; p = d->sections[p].parent)
		depth++;
	return depth;
}

static struct place
place_of(const struct derive *d, size_t i)
{
	int p = d->doc->sections[i].parent, o = d->entries[i].owner;

	return (struct place){
		.parent = p >= 0 ? d->outline->items[p].entry : 0,
		.owner = o >= 0 ? d->outline->items[o].entry : 0,
		.position = i + 1,
		.depth = depth_of(d->doc, i),
		.line = d->doc->sections[i].line,
	};
}

/* ---- rows of an entry ---- */

/* A statement whose only parameter is the entry. */
static bool
run_for(struct store *s, enum stmt_id id, int64_t entry, struct err *e)
{
	sqlite3_stmt *q = store_stmt(s, id);

	store_bind_int(q, 1, entry);
	return store_done(s, q, e);
}

/*
 * Of one entry that is written again. Rows that belong to a document as a
 * whole are none of these: entries that did not change keep what they have.
 */
static bool
clear_rows(struct store *s, int64_t entry, struct err *e)
{
	return run_for(s, STMT_FIELD_CLEAR, entry, e) &&
	    run_for(s, STMT_COMMAND_CLEAR, entry, e) &&
	    run_for(s, STMT_ITEM_CLEAR, entry, e) &&
	    run_for(s, STMT_SIGNATURE_CLEAR, entry, e) &&
	    run_for(s, STMT_EDGE_CLEAR, entry, e);
}

/* A statement with the entry and an ordinal bound. */
static sqlite3_stmt *
ordinal_stmt(struct store *s, enum stmt_id id, int64_t entry, size_t i)
{
	sqlite3_stmt *q = store_stmt(s, id);

	store_bind_int(q, 1, entry);
	store_bind_int(q, 2, (int64_t)i + 1);
	return q;
}

static bool
add_field(struct store *s, int64_t entry, size_t i,
    const struct entry_field *f, struct err *e)
{
	sqlite3_stmt *q = ordinal_stmt(s, STMT_FIELD_ADD, entry, i);

	store_bind(q, 3, slice_of(entry_field_name(f->name)));
	store_bind(q, 4, f->text);
	return store_done(s, q, e);
}

static bool
add_command(struct store *s, int64_t entry, size_t i,
    const struct entry_command *c, struct err *e)
{
	sqlite3_stmt *q = ordinal_stmt(s, STMT_COMMAND_ADD, entry, i);

	store_bind(q, 3, c->lang);
	store_bind(q, 4, c->text);
	store_bind(q, 5, c->note);
	store_bind(q, 6, slice_of(entry_risk_name(c->risk)));
	store_bind(q, 7, c->file);
	return store_done(s, q, e);
}

static bool
add_item(struct store *s, int64_t entry, size_t i,
    const struct entry_item *item, struct err *e)
{
	sqlite3_stmt *q = ordinal_stmt(s, STMT_ITEM_ADD, entry, i);

	store_bind(q, 3, item->text);
	store_bind_int(q, 4, item->is_task);
	store_bind_int(q, 5, item->is_done);
	store_bind_int(q, 6, item->is_ordered);
	return store_done(s, q, e);
}

static bool
add_rows(struct store *s, int64_t entry, const struct entry *n, struct err *e)
{
	size_t i;

	for (i = 0; i < n->nfields; i++)
		if (!add_field(s, entry, i, &n->fields[i], e))
			return false;
	for (i = 0; i < n->ncommands; i++)
		if (!add_command(s, entry, i, &n->commands[i], e))
			return false;
	for (i = 0; i < n->nitems; i++)
		if (!add_item(s, entry, i, &n->items[i], e))
			return false;
	return store_add_signatures(s, entry, n, n->owner >= 0, e);
}

/* ---- indexed text ---- */

static void
put_line(struct buf *b, struct slice s)
{
	if (s.len == 0)
		return;
	if (b->len != 0)
		buf_putc(b, '\n');
	buf_put_slice(b, s);
}

/* The code spans of a text that is plain but for them. */
static void
put_code_spans(struct buf *b, struct slice text)
{
	struct slice rest = text, part;
	bool inside = false, more = str_split(&rest, '`', &part);

	while (more) {
		struct slice code = part;

		more = str_split(&rest, '`', &part);
		if (inside && more)
			put_line(b, code);
		inside = !inside;
	}
}

static void
put_commands(struct buf *b, const struct entry *n)
{
	size_t i;

	for (i = 0; i < n->ncommands; i++) {
		put_line(b, n->commands[i].text);
		put_line(b, n->commands[i].note);
		put_line(b, n->commands[i].file);
	}
	for (i = 0; i < n->nfields; i++)
		put_code_spans(b, n->fields[i].text);
	for (i = 0; i < n->nitems; i++)
		put_code_spans(b, n->items[i].text);
}

/* The titles above, the nearest first, and the document. */
static void
put_breadcrumb(struct buf *b, const struct derive *d, size_t i)
{
	const struct section *sections = d->doc->sections;
	int p;

	for (p = sections[i].parent; p >= 0; p = sections[p].parent)
		put_line(b, sections[p].heading);
	put_line(b, d->place);
}

/* The section that stands for the document: its first heading, or all of it. */
static size_t
first_section(const struct document *d)
{
	size_t i;

	for (i = 0; i < d->n; i++)
		if (d->sections[i].level != 0)
			return i;
	return 0;
}

static void
put_columns(const struct derive *d, size_t i, struct buf col[TEXT_COLUMNS])
{
	const struct section *sec = &d->doc->sections[i];
	const struct entry *n = &d->entries[i];
	const struct document_meta *meta = &d->doc->meta;
	size_t k;

	put_line(&col[TEXT_TITLE], sec->heading);
	if (first_section(d->doc) == i &&
	    !slice_eq(meta->title, sec->heading) &&
	    !slice_eq(meta->title, sec->title))
		put_line(&col[TEXT_TITLE], meta->title);
	put_line(&col[TEXT_ALIAS], n->aliases);
	for (k = 0; k < n->nfields; k++)
		if (n->fields[k].name == FIELD_SYMPTOM ||
		    n->fields[k].name == FIELD_IMPACT)
			put_line(&col[TEXT_SYMPTOM], n->fields[k].text);
	for (k = 0; k < n->nsignatures; k++)
		put_line(&col[TEXT_ERROR], n->signatures[k]);
	put_commands(&col[TEXT_COMMAND], n);
	put_line(&col[TEXT_TAGS], rules_severity_mark(n->severity));
	put_line(&col[TEXT_TAGS], n->tags);
	put_line(&col[TEXT_TAGS], meta->tags);
	put_line(&col[TEXT_BODY], n->text);
	put_line(&col[TEXT_BODY], buf_slice(&d->body[i]));
	put_breadcrumb(&col[TEXT_PATH], d, i);
}

/* What is indexed now, in the arena; *found is false when nothing is. */
static bool
load_text(struct store *s, int64_t entry, struct arena *a,
    struct slice out[TEXT_COLUMNS], bool *found, struct err *e)
{
	sqlite3_stmt *q = store_stmt(s, STMT_TEXT_GET);
	int i;

	store_bind_int(q, 1, entry);
	if (!store_row(s, q, found, e))
		return false;
	for (i = 0; *found && i < TEXT_COLUMNS; i++)
		out[i] = store_column(a, q, i);
	store_reset(q);
	return true;
}

static bool
run_text(struct store *s, enum stmt_id id, int64_t entry,
    const struct slice text[TEXT_COLUMNS], struct err *e)
{
	sqlite3_stmt *q = store_stmt(s, id);
	int i;

	store_bind_int(q, 1, entry);
	for (i = 0; i < TEXT_COLUMNS; i++)
		store_bind(q, i + 2, text[i]);
	return store_done(s, q, e);
}

static bool
same_text(const struct slice a[TEXT_COLUMNS],
    const struct slice b[TEXT_COLUMNS])
{
	int i;

	for (i = 0; i < TEXT_COLUMNS; i++)
		if (!slice_eq(a[i], b[i]))
			return false;
	return true;
}

/* Index this text instead of what was indexed; NULL is none. */
static bool
set_text(struct store *s, int64_t entry,
    const struct slice new[TEXT_COLUMNS], struct arena *a, struct err *e)
{
	struct slice old[TEXT_COLUMNS];
	bool found;

	if (!load_text(s, entry, a, old, &found, e))
		return false;
	if (found ? new != NULL && same_text(old, new) : new == NULL)
		return true;
	if (!run_for(s, STMT_TEXT_CHANGED, entry, e))
		return false;
	if (found && !run_text(s, STMT_FTS_DELETE, entry, old, e))
		return false;
	if (new == NULL)
		return run_for(s, STMT_TEXT_CLEAR, entry, e);
	return run_text(s, STMT_TEXT_SET, entry, new, e) &&
	    run_text(s, STMT_FTS_ADD, entry, new, e);
}

/* ---- documents ---- */

static bool
load_known(struct derive *d, struct err *e)
{
	sqlite3_stmt *q = store_stmt(d->s, STMT_HEAD_KNOWN);
	size_t cap = 0;
	bool more = !d->s->derives_all;

	store_bind_int(q, 1, d->document);
	while (more) {
		if (!store_row(d->s, q, &more, e))
			return false;
		if (!more)
			break;
		d->known = arena_grow(d->a, d->known, d->nknown, &cap,
		    sizeof(*d->known));
		d->known[d->nknown++] = (struct known_head){
			sqlite3_column_int64(q, 0), sqlite3_column_int64(q, 1),
			sqlite3_column_int64(q, 2), {
			.parent = sqlite3_column_int64(q, 3),
			.owner = sqlite3_column_int64(q, 4),
			.position = (size_t)sqlite3_column_int64(q, 5),
			.depth = sqlite3_column_int(q, 6),
			.line = (unsigned)sqlite3_column_int64(q, 7) } };
	}
	store_reset(q);
	return true;
}

static const struct known_head *
find_known(const struct derive *d, int64_t entry)
{
	size_t lo = 0, hi = d->nknown;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (d->known[mid].entry < entry)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < d->nknown && d->known[lo].entry == entry ?
	    &d->known[lo] : NULL;
}

static void
put_part(struct buf *b, struct slice s)
{
	buf_put_u32(b, (uint32_t)s.len);
	buf_put_slice(b, s);
}

static void
put_entry(struct buf *b, const struct entry *n)
{
	size_t i;

	for (i = 0; i < n->nfields; i++) {
		buf_put_u16(b, (uint16_t)n->fields[i].name);
		put_part(b, n->fields[i].text);
	}
	for (i = 0; i < n->ncommands; i++) {
		put_part(b, n->commands[i].lang);
		put_part(b, n->commands[i].text);
		put_part(b, n->commands[i].note);
		put_part(b, n->commands[i].file);
		buf_put_u16(b, (uint16_t)n->commands[i].risk);
	}
	for (i = 0; i < n->nitems; i++) {
		put_part(b, n->items[i].text);
		buf_put_u16(b, (uint16_t)(n->items[i].is_task +
		    n->items[i].is_done * 2 + n->items[i].is_ordered * 4));
	}
	for (i = 0; i < n->nsignatures; i++)
		put_part(b, n->signatures[i]);
}

/* Of everything that set_head(), add_rows() and set_text() write. */
static int64_t
digest_of(const struct derive *d, size_t i, const struct slice *text)
{
	const struct section *sec = &d->doc->sections[i];
	const struct entry *n = &d->entries[i];
	const struct slice parts[] = { sec->title, sec->heading, n->tags,
		n->assignee, n->review_by, n->aliases };
	const size_t counts[] = { n->nfields, n->ncommands, n->nitems,
		n->nsignatures, n->kind, n->severity, n->owner >= 0 };
	struct buf b = BUF_INIT;
	uint64_t hash;
	size_t k;

	for (k = 0; k < ARRAY_LEN(counts); k++)
		buf_put_u32(&b, (uint32_t)counts[k]);
	for (k = 0; k < ARRAY_LEN(parts); k++)
		put_part(&b, parts[k]);
	put_entry(&b, n);
	for (k = 0; text != NULL && k < TEXT_COLUMNS; k++)
		put_part(&b, text[k]);
	hash = str_hash(buf_slice(&b));
	buf_free(&b);
	return (int64_t)hash;
}

static bool
is_same_place(const struct place *x, const struct place *y)
{
	return x->parent == y->parent && x->owner == y->owner &&
	    x->position == y->position && x->depth == y->depth &&
	    x->line == y->line;
}

static bool
move_head(struct store *s, int64_t entry, const struct place *at,
    struct err *e)
{
	sqlite3_stmt *q = store_stmt(s, STMT_HEAD_MOVE);

	store_bind_int(q, 1, entry);
	if (at->parent != 0)
		store_bind_int(q, 2, at->parent);
	if (at->owner != 0)
		store_bind_int(q, 3, at->owner);
	store_bind_int(q, 4, (int64_t)at->position);
	store_bind_int(q, 5, at->depth);
	store_bind_int(q, 6, at->line);
	return store_done(s, q, e);
}

/* Write what differs. text is NULL when nothing of the entry is indexed. */
static bool
write_entry(const struct derive *d, size_t i, const struct slice *text,
    struct err *e)
{
	const struct outline_item *item = &d->outline->items[i];
	const struct known_head *known = find_known(d, item->entry);
	struct place at = place_of(d, i);
	int64_t digest = digest_of(d, i, text);

	if (known != NULL && known->digest == digest &&
	    known->version == item->version)
		return is_same_place(&known->at, &at) ||
		    move_head(d->s, item->entry, &at, e);
	return set_head(d->s, item, &d->doc->sections[i], &d->entries[i],
	    &at, digest, d->a, e) &&
	    clear_rows(d->s, item->entry, e) &&
	    add_rows(d->s, item->entry, &d->entries[i], e) &&
	    set_text(d->s, item->entry, text, d->a, e);
}

static bool
derive_entry(const struct derive *d, size_t i, struct err *e)
{
	struct buf col[TEXT_COLUMNS] = { { .data = NULL } };
	struct slice text[TEXT_COLUMNS];
	bool ok, is_indexed = d->entries[i].owner < 0;
	size_t k;

	if (is_indexed)
		put_columns(d, i, col);
	for (k = 0; k < TEXT_COLUMNS; k++)
		text[k] = buf_slice(&col[k]);
	ok = write_entry(d, i, is_indexed ? text : NULL, e);
	for (k = 0; k < TEXT_COLUMNS; k++)
		buf_free(&col[k]);
	return ok;
}

static bool
derive_document_head(const struct derive *d, struct err *e)
{
	sqlite3_stmt *q = store_stmt(d->s, STMT_DOCUMENT_HEAD_SET);
	const struct document_meta *m = &d->doc->meta;

	store_bind_int(q, 1, d->document);
	store_bind(q, 2, m->title);
	store_bind(q, 3, m->tags);
	store_bind_int(q, 4, (int64_t)d->outline->n);
	if (is_date(m->date))
		store_bind(q, 5, m->date);
	store_bind(q, 6, m->next_review);
	return store_done(d->s, q, e);
}

/* An archived entry is read by itself; it has a head and no other rows. */
static bool
derive_archived(struct store *s, const struct outline_item *item,
    struct arena *a, struct err *e)
{
	static const struct place nowhere = { .position = 0 };
	static const struct section blank_section = { .line = 1 };
	static const struct entry blank_entry = { .owner = -1 };
	struct prepared p;
	const struct section *sec = &blank_section;
	const struct entry *n = &blank_entry;

	if (!store_prepare(item->bytes, a, &p, e))
		return false;
	if (p.doc.n != 0) {
		sec = &p.doc.sections[0];
		n = &p.entries[0];
	}
	return clear_rows(s, item->entry, e) &&
	    set_text(s, item->entry, NULL, a, e) &&
	    set_head(s, item, sec, n, &nowhere, 0, a, e);
}

static bool
load_stale(struct store *s, int64_t document, struct arena *a,
    struct outline *out, struct err *e)
{
	sqlite3_stmt *q = store_stmt(s, STMT_HEAD_STALE);
	size_t cap = 0;
	bool more;

	store_bind_int(q, 1, document);
	for (;;) {
		if (!store_row(s, q, &more, e))
			return false;
		if (!more)
			break;
		out->items = arena_grow(a, out->items, out->n, &cap,
		    sizeof(*out->items));
		out->items[out->n++] = (struct outline_item){
			sqlite3_column_int64(q, 0), sqlite3_column_int64(q, 1),
			store_column(a, q, 2) };
	}
	store_reset(q);
	return true;
}

static bool
derive_all_archived(struct store *s, int64_t document, struct arena *a,
    struct err *e)
{
	struct outline gone = { NULL, 0 };
	size_t i;

	if (!load_stale(s, document, a, &gone, e))
		return false;
	for (i = 0; i < gone.n; i++)
		if (!derive_archived(s, &gone.items[i], a, e))
			return false;
	return true;
}

/*
 * The last two parts of the document's name, in the arena: what its authors
 * call it and where they keep it ("postgres/add-foreign-key").
 */
static bool
load_place(struct derive *d, struct err *e)
{
	sqlite3_stmt *q = store_stmt(d->s, STMT_DOCUMENT_NAME);
	struct slice name;
	unsigned parts = 0;
	bool found;
	size_t at;

	store_bind_int(q, 1, d->document);
	if (!store_row(d->s, q, &found, e))
		return false;
	name = found ? store_column(d->a, q, 0) : SLICE("");
	store_reset(q);
	for (at = name.len; at > 0; at--)
		if (name.ptr[at - 1] == '/' && ++parts == PLACE_PARTS)
			break;
	d->place = slice_sub(name, at, name.len);
	return true;
}

/* What each label section says goes to its owner's text as well. */
static void
collect_bodies(struct derive *d)
{
	size_t i;

	d->body = arena_calloc(d->a, d->doc->n, sizeof(*d->body));
	for (i = 0; i < d->doc->n; i++)
		if (d->entries[i].owner >= 0)
			put_line(&d->body[d->entries[i].owner],
			    d->entries[i].text);
}

/* ---- edges ---- */

/* A row of an entry's edges: to an entry of the document, or a target. */
struct edge_row {
	int64_t entry, to;
	struct slice target, why;
};

struct edge_rows {
	struct edge_row *list;
	size_t n, cap;
};

static void
put_edge(struct edge_rows *rows, struct arena *a, struct edge_row row)
{
	rows->list = arena_grow(a, rows->list, rows->n, &rows->cap,
	    sizeof(*rows->list));
	rows->list[rows->n++] = row;
}

/* What the author calls related. */
static void
put_related(struct edge_rows *rows, const struct derive *d, size_t i)
{
	const struct entry *n = &d->entries[i];
	struct slice rest = n->related, target;
	size_t first = rows->n;

	while (n->related.len != 0 && rows->n - first < RELATED_MAX &&
	    str_split(&rest, '|', &target)) {
		target = str_trim(target);
		if (target.len != 0)
			put_edge(rows, d->a, (struct edge_row){
			    d->outline->items[i].entry, 0, target,
			    SLICE("related") });
	}
}

static struct edge_node
edge_node(const struct section *sec, const struct entry *n, struct arena *a)
{
	struct buf b = BUF_INIT;
	struct edge_node node = { .kind = n->kind, .title = sec->title,
		.useful = n->owner < 0 && (n->ncommands != 0 ||
		n->nitems != 0) };
	size_t k;

	for (k = 0; k < n->nfields; k++)
		put_line(&b, n->fields[k].text);
	if (n->kind != ENTRY_PROBLEM)
		put_commands(&b, n);
	node.text = arena_dup(a, buf_slice(&b));
	buf_free(&b);
	return node;
}

void
store_find_edges(struct prepared *p, struct arena *a)
{
	struct edge_node *nodes = arena_calloc(a, p->doc.n + 1,
	    sizeof(*nodes));
	size_t i;

	for (i = 0; i < p->doc.n; i++)
		nodes[i] = edge_node(&p->doc.sections[i], &p->entries[i], a);
	p->nedges = edges_find(nodes, p->doc.n, a, &p->edges);
}

/* All rows that the document shall have, entry by entry. */
static void
collect_edges(const struct derive *d, struct edge_rows *rows)
{
	size_t i, k = 0;

	for (i = 0; i < d->outline->n; i++) {
		put_related(rows, d, i);
		for (; k < d->nedges && d->edges[k].from == i; k++)
			put_edge(rows, d->a, (struct edge_row){
			    d->outline->items[i].entry,
			    d->outline->items[d->edges[k].to].entry, SLICE(""),
			    slice_of(d->edges[k].why) });
	}
}

static bool
load_edges(const struct derive *d, struct edge_rows *rows, struct err *e)
{
	sqlite3_stmt *q = store_stmt(d->s, STMT_EDGE_KNOWN);
	bool more;

	store_bind_int(q, 1, d->document);
	for (;;) {
		if (!store_row(d->s, q, &more, e))
			return false;
		if (!more)
			break;
		put_edge(rows, d->a, (struct edge_row){
		    sqlite3_column_int64(q, 0), sqlite3_column_int64(q, 1),
		    store_column(d->a, q, 2), store_column(d->a, q, 3) });
	}
	store_reset(q);
	return true;
}

/* The rows of one entry, which begin at `from` if there are any. */
static struct edge_rows
edges_of(const struct edge_rows *all, size_t from, int64_t entry)
{
	struct edge_rows of = { all->list, 0, 0 };

	if (from < all->n)
		of.list += from;
	while (from + of.n < all->n && all->list[from + of.n].entry == entry)
		of.n++;
	return of;
}

/* Where an entry's rows begin in a list by entry. */
static size_t
first_edge(const struct edge_rows *all, int64_t entry)
{
	size_t lo = 0, hi = all->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (all->list[mid].entry < entry)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool
same_edges(const struct edge_rows *x, const struct edge_rows *y)
{
	size_t i;

	if (x->n != y->n)
		return false;
	for (i = 0; i < x->n; i++)
		if (x->list[i].to != y->list[i].to ||
		    !slice_eq(x->list[i].target, y->list[i].target) ||
		    !slice_eq(x->list[i].why, y->list[i].why))
			return false;
	return true;
}

static bool
add_edges(struct store *s, const struct edge_rows *rows, struct err *e)
{
	size_t i;

	for (i = 0; i < rows->n; i++) {
		const struct edge_row *r = &rows->list[i];
		sqlite3_stmt *q = ordinal_stmt(s, STMT_EDGE_ADD, r->entry, i);

		if (r->to != 0)
			store_bind_int(q, 3, r->to);
		store_bind(q, 4, r->target);
		store_bind(q, 5, r->why);
		if (!store_done(s, q, e))
			return false;
	}
	return true;
}

/* Also of an entry that did not change: it may mean others now. */
static bool
derive_edges(const struct derive *d, struct err *e)
{
	struct edge_rows known = { NULL, 0, 0 }, new = { NULL, 0, 0 };
	size_t i, at = 0;

	collect_edges(d, &new);
	if (!load_edges(d, &known, e))
		return false;
	if (new.n == 0 && known.n == 0)
		return true;
	for (i = 0; i < d->outline->n; i++) {
		int64_t entry = d->outline->items[i].entry;
		struct edge_rows was = edges_of(&known,
		    first_edge(&known, entry), entry);
		struct edge_rows is = edges_of(&new, at, entry);

		at += is.n;
		if (!same_edges(&was, &is) &&
		    (!run_for(d->s, STMT_EDGE_CLEAR, entry, e) ||
		    !add_edges(d->s, &is, e)))
			return false;
	}
	return true;
}

bool
store_derive_document(struct store *s, int64_t document,
    const struct outline *o, const struct prepared *p, struct arena *a,
    struct err *e)
{
	struct derive d = { .s = s, .document = document, .outline = o,
		.a = a };
	struct prepared own;
	bool ok = true;
	size_t i;

	if (p == NULL) {
		p = &own;
		if (!outline_parse(o, a, &own.doc, e) ||
		    !entry_extract(&own.doc, a, &own.entries, e))
			return false;
		store_find_edges(&own, a);
	}
	d.doc = &p->doc;
	d.entries = p->entries;
	d.edges = p->edges;
	d.nedges = p->nedges;
	collect_bodies(&d);
	ok = load_place(&d, e) && load_known(&d, e);
	for (i = 0; ok && i < o->n; i++)
		ok = derive_entry(&d, i, e);
	ok = ok && derive_edges(&d, e);
	for (i = 0; i < d.doc->n; i++)
		buf_free(&d.body[i]);
	return ok && derive_all_archived(s, document, a, e) &&
	    derive_document_head(&d, e);
}
