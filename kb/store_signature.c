/*
 * store_signature.c - signatures as rows, and rows as a set to scan with; see
 * store_signature.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/store_signature.h"

#include <stdlib.h>

#include "common/buf.h"
#include "common/mem.h"
#include "kb/entry.h"
#include "kb/log_text.h"
#include "kb/store_internal.h"

#define CATALOGUE_MIN 12	/* error texts of one entry */

/* ---- writing ---- */

struct row {
	int64_t entry;
	size_t ordinal;
	const char *origin;	/* "text", "rule", "heading", ... */
	bool is_label;
	bool is_catalogue;	/* it lists many errors and is about none */
};

static bool
add_row(struct store *s, const struct row *r, struct slice text,
    struct err *e)
{
	sqlite3_stmt *q = store_stmt(s, STMT_SIGNATURE_ADD);
	struct signature_template t = { .mode = SIGNATURE_OFF };
	struct arena a = ARENA_INIT;
	bool ok;

	if (!r->is_label)
		signature_derive(text, strcmp(r->origin, "rule") == 0, &a, &t);
	if (t.mode == SIGNATURE_STRONG && (strcmp(r->origin, "mention") == 0 ||
	    (r->is_catalogue && strcmp(r->origin, "rule") != 0)))
		t.mode = SIGNATURE_LIKELY;
	store_bind_int(q, 1, r->entry);
	store_bind_int(q, 2, (int64_t)r->ordinal);
	store_bind(q, 3, text);
	store_bind(q, 4, slice_of(r->origin));
	store_bind(q, 5, slice_of(signature_mode_name(t.mode)));
	store_bind(q, 6, t.text);
	sqlite3_bind_double(q, 7, t.specificity);
	ok = store_done(s, q, e);
	arena_free(&a);
	return ok;
}

static bool
add_list(struct store *s, struct row *r, const struct slice *list, size_t n,
    const char *origin, struct err *e)
{
	size_t i;

	r->origin = origin;
	for (i = 0; i < n; i++) {
		r->ordinal++;
		if (!add_row(s, r, list[i], e))
			return false;
	}
	return true;
}

static bool
add_clauses(struct store *s, struct row *r, const struct entry *n,
    struct err *e)
{
	static const char *const origins[] = { [CLAUSE_HEADING] = "heading",
		[CLAUSE_SYMPTOM] = "symptom", [CLAUSE_MENTION] = "mention" };
	size_t i;

	for (i = 0; i < n->nclauses; i++)
		if (!add_list(s, r, &n->clauses[i].text, 1,
		    origins[n->clauses[i].place], e))
			return false;
	return true;
}

bool
store_add_signatures(struct store *s, int64_t entry, const struct entry *n,
    bool is_label, struct err *e)
{
	struct row r = { .entry = entry, .is_label = is_label,
		.is_catalogue = n->nsignatures + n->nclauses >
		    CATALOGUE_MIN };

	return add_list(s, &r, n->signatures, n->nsignatures, "text", e) &&
	    add_list(s, &r, n->rules, n->nrules, "rule", e) &&
	    add_clauses(s, &r, n, e);
}

/* ---- reading ---- */

enum { Q_REVISION, Q_ALL, NQUERIES };

static const char *const sql[NQUERIES] = {
	[Q_REVISION] = "SELECT max(revision) FROM revisions",
	[Q_ALL] = "SELECT s.entry_id, s.text, s.mode, s.template, e.kind, "
	    "e.severity, e.fix <> '', s.origin FROM signatures s "
	    "JOIN entries e ON e.id = s.entry_id WHERE s.template <> '' "
	    "ORDER BY s.entry_id, s.ordinal",
};

struct origin {
	int64_t entry;
	struct slice text;	/* in the arena */
};

struct signature_base {
	sqlite3 *db;		/* borrowed */
	sqlite3_stmt *q[NQUERIES];
	struct arena arena;
	struct origin *origins;	/* owned, by id */
	size_t n, cap;
	struct signature_set *set;
	struct signature_scanner *scanner;
	bool loaded;
	int64_t revision;
};

struct signature_base *
signature_base_new(struct sqlite3 *db)
{
	struct signature_base *b = mem_zalloc(sizeof(*b));

	b->db = db;
	return b;
}

static void
forget(struct signature_base *b)
{
	signature_scanner_destroy(b->scanner);
	signature_set_destroy(b->set);
	b->scanner = NULL;
	b->set = NULL;
	arena_free(&b->arena);
	b->n = 0;
	b->loaded = false;
}

void
signature_base_destroy(struct signature_base *b)
{
	size_t i;

	if (b == NULL)
		return;
	forget(b);
	for (i = 0; i < NQUERIES; i++)
		sqlite3_finalize(b->q[i]);
	free(b->origins);
	free(b);
}

static bool
fail(struct signature_base *b, struct err *e)
{
	return err_set(e, sqlite3_errcode(b->db) == SQLITE_INTERRUPT ?
	    ERR_CANCELED : ERR_STORAGE, "could not read the signatures: %s",
	    sqlite3_errmsg(b->db));
}

static bool
prepare(struct signature_base *b, int which, struct err *e)
{
	return b->q[which] != NULL || sqlite3_prepare_v3(b->db, sql[which], -1,
	    SQLITE_PREPARE_PERSISTENT, &b->q[which], NULL) == SQLITE_OK ||
	    fail(b, e);
}

static void
add_origin(struct signature_base *b, sqlite3_stmt *q)
{
	struct origin *o;

	b->origins = mem_grow(b->origins, b->n, &b->cap, sizeof(*b->origins));
	o = &b->origins[b->n];
	o->entry = sqlite3_column_int64(q, 0);
	o->text = store_column(&b->arena, q, 1);
	signature_set_add(b->set, (uint32_t)b->n++, signature_priority(
	    store_column_raw(q, 4), store_column_raw(q, 5),
	    sqlite3_column_int(q, 6) != 0, store_column_raw(q, 7)),
	    signature_mode_of(store_column_raw(q, 2)), o->text,
	    store_column_raw(q, 3));
}

static bool
load(struct signature_base *b, struct err *e)
{
	sqlite3_stmt *q;
	int rc;

	if (!prepare(b, Q_ALL, e))
		return false;
	q = b->q[Q_ALL];
	b->set = signature_set_new();
	while ((rc = sqlite3_step(q)) == SQLITE_ROW)
		add_origin(b, q);
	if (rc != SQLITE_DONE)
		(void)fail(b, e);
	sqlite3_reset(q);
	signature_set_compile(b->set);
	b->scanner = signature_scanner_new(b->set);
	b->loaded = rc == SQLITE_DONE;
	return b->loaded;
}

/* Load again if the base has a newer revision. */
static bool
refresh(struct signature_base *b, struct err *e)
{
	int64_t revision;
	int rc;

	if (!prepare(b, Q_REVISION, e))
		return false;
	rc = sqlite3_step(b->q[Q_REVISION]);
	revision = sqlite3_column_int64(b->q[Q_REVISION], 0);
	if (rc != SQLITE_ROW)
		(void)fail(b, e);
	sqlite3_reset(b->q[Q_REVISION]);
	if (rc != SQLITE_ROW)
		return false;
	if (b->loaded && b->revision == revision)
		return true;
	forget(b);
	b->revision = revision;
	return load(b, e);
}

/* ---- finding ---- */

/* The row of a hit's signature, new or known; NULL when there are too many. */
static struct signature_found *
row_of(struct signature_base *b, const struct signature_hit *h,
    struct arena *a, struct signature_found_list *out, uint32_t *ids)
{
	struct signature_found *f;
	size_t i;

	for (i = 0; i < out->n; i++)
		if (ids[i] == h->id)
			return &out->found[i];
	if (out->n == SIGNATURE_FOUND_MAX)
		return NULL;
	ids[out->n] = h->id;
	f = &out->found[out->n++];
	*f = (struct signature_found){ .entry = b->origins[h->id].entry,
		.text = arena_dup(a, b->origins[h->id].text) };
	return f;
}

static void
take_hit(struct signature_base *b, const struct signature_hit *h,
    struct arena *a, struct signature_found_list *out, uint32_t *ids)
{
	struct signature_found *f = row_of(b, h, a, out, ids);
	struct buf json = BUF_INIT;

	if (f == NULL)
		return;
	f->lines++;
	if (f->captures.ptr != NULL && f->score >= h->score)
		return;
	f->score = h->score;
	f->mode = h->mode;
	signature_captures_json(h, &json);
	f->captures = arena_dup(a, buf_slice(&json));
	buf_free(&json);
}

static int
by_score(const void *a, const void *b)
{
	const struct signature_found *x = a, *y = b;

	if (x->score != y->score)
		return x->score > y->score ? -1 : 1;
	return (x->entry > y->entry) - (x->entry < y->entry);
}

/* The first so many lines of a text. */
static struct slice
first_lines(struct slice text)
{
	size_t i, n = 0;

	for (i = 0; i < text.len; i++)
		if (text.ptr[i] == '\n' && ++n == SIGNATURE_LINES_MAX)
			return slice_sub(text, 0, i);
	return text;
}

bool
signature_base_find(struct signature_base *b, struct slice text,
    struct arena *a, struct signature_found_list *out, struct err *e)
{
	uint32_t ids[SIGNATURE_FOUND_MAX];
	struct buf clean = BUF_INIT;
	struct signature_line l;
	size_t at = 0, i;

	*out = (struct signature_found_list){ .n = 0 };
	if (!refresh(b, e))
		return false;
	out->found = arena_calloc(a, SIGNATURE_FOUND_MAX,
	    sizeof(*out->found));
	text = first_lines(text);
	if (log_needs_clean(text)) {
		log_clean(text, &clean);
		text = buf_slice(&clean);
	}
	while (at < text.len && signature_next(b->scanner, text, at, &l)) {
		for (i = 0; i < l.nhits; i++)
			take_hit(b, &l.hits[i], a, out, ids);
		at = l.end + 1;
	}
	buf_free(&clean);
	qsort(out->found, out->n, sizeof(*out->found), by_score);
	return true;
}
