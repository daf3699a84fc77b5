/*
 * store_check.c - is the file whole, and is what is derived true?
 *
 * SQLite checks its pages and the search index its own rows. What is derived
 * is compared by deriving it again in a transaction that is rolled back: a
 * row that was damaged differs from what the Markdown says.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/store_internal.h"

#include "common/buf.h"

static const struct {
	enum stmt_id id;
	const char *table;
} derived_tables[] = {
	{ STMT_CHECK_HEAD, "entry_head" },
	{ STMT_CHECK_DOCUMENT_HEAD, "document_head" },
	{ STMT_CHECK_FIELD, "entry_field" },
	{ STMT_CHECK_COMMAND, "entry_command" },
	{ STMT_CHECK_ITEM, "entry_item" },
	{ STMT_CHECK_SIGNATURE, "entry_signature" },
	{ STMT_CHECK_EDGE, "entry_edge" },
	{ STMT_CHECK_TEXT, "entry_text" },
};

#define NTABLES ARRAY_LEN(derived_tables)

/* ---- the file ---- */

/* Fails with the first row of a query that should have none, but `fine`. */
static bool
expect_nothing(struct store *s, const char *sql, const char *fine,
    const char *what, struct err *e)
{
	sqlite3_stmt *q = NULL;
	bool ok = true, found;

	if (sqlite3_prepare_v2(s->db, sql, -1, &q, NULL) != SQLITE_OK)
		return store_fail(s->db, e, what);
	if (!store_row(s, q, &found, e)) {
		ok = err_prefix(e, "%s", what);
	} else if (found) {
		struct slice text = store_column_raw(q, 0);

		if (fine == NULL || !slice_is(text, fine))
			ok = err_set(e, ERR_STORAGE, "%s: %.*s", what,
			    SLICE_ARG(text));
	}
	sqlite3_finalize(q);
	return ok;
}

static bool
check_file(struct store *s, struct err *e)
{
	return expect_nothing(s, "PRAGMA integrity_check(1)", "ok",
	    "the file is damaged", e) &&
	    expect_nothing(s, "SELECT \"table\" || ' row ' || "
	    "coalesce(rowid, '?') || ' refers to a missing row of ' || parent "
	    "FROM pragma_foreign_key_check LIMIT 1", NULL,
	    "the base is inconsistent", e);
}

static bool
check_index(struct store *s, struct err *e)
{
	if (!store_done(s, store_stmt(s, STMT_FTS_CHECK), e)) {
		err_prefix(e, "the search index does not fit its text");
		return err_hint(e, "kbd reindex makes it anew.");
	}
	return true;
}

/* ---- what is derived ---- */

static void
put_row(struct buf *b, sqlite3_stmt *q)
{
	int i, n = sqlite3_column_count(q);

	for (i = 0; i < n; i++) {
		int type = sqlite3_column_type(q, i);
		struct slice text = store_column_raw(q, i);

		buf_putc(b, (char)('0' + type));
		buf_put_u32(b, (uint32_t)text.len);
		buf_put_slice(b, text);
	}
}

/* All rows that one derived table has of a document. */
static bool
dump(struct store *s, enum stmt_id id, int64_t document, struct buf *out,
    struct err *e)
{
	sqlite3_stmt *q = store_stmt(s, id);
	bool more;

	buf_reset(out);
	store_bind_int(q, 1, document);
	for (;;) {
		if (!store_row(s, q, &more, e))
			return false;
		if (!more)
			break;
		put_row(out, q);
	}
	store_reset(q);
	return true;
}

/*
 * The archived rows are derived again only when they seem to be missing:
 * say so for all of them, inside a transaction that is rolled back.
 */
static bool
forget_archived(struct store *s, int64_t document, struct err *e)
{
	sqlite3_stmt *q = store_stmt(s, STMT_CHECK_FORGET);

	store_bind_int(q, 1, document);
	return store_done(s, q, e);
}

static bool
derive_again(struct store *s, int64_t document, struct arena *a,
    struct err *e)
{
	struct outline o;
	bool found, ok;

	s->derives_all = true;
	ok = forget_archived(s, document, e) &&
	    store_outline_load(s, document, INT64_MAX, a, &o, &found, e) &&
	    store_derive_document(s, document, &o, NULL, a, e);
	s->derives_all = false;
	return ok;
}

static bool
compare_document(struct store *s, int64_t document, struct slice name,
    struct arena *a, struct err *e)
{
	struct buf before[NTABLES] = { { .data = NULL } }, after = BUF_INIT;
	bool ok = true;
	size_t i;

	for (i = 0; ok && i < NTABLES; i++)
		ok = dump(s, derived_tables[i].id, document, &before[i], e);
	ok = ok && derive_again(s, document, a, e);
	for (i = 0; ok && i < NTABLES; i++) {
		ok = dump(s, derived_tables[i].id, document, &after, e);
		if (!ok || slice_eq(buf_slice(&before[i]), buf_slice(&after)))
			continue;
		err_set(e, ERR_STORAGE, "rows of %s are not what \"%.*s\" "
		    "says", derived_tables[i].table, SLICE_ARG(name));
		ok = err_hint(e, "kbd reindex makes them anew.");
	}
	for (i = 0; i < NTABLES; i++)
		buf_free(&before[i]);
	buf_free(&after);
	return ok;
}

static bool
check_documents(struct store *s, struct err *e)
{
	struct arena a = ARENA_INIT;
	int64_t id = 0;
	bool ok = true, found = true;

	while (ok && found) {
		sqlite3_stmt *q = store_stmt(s, STMT_DOCUMENT_NEXT);
		struct slice name = { NULL, 0 };

		store_bind_int(q, 1, id);
		ok = store_row(s, q, &found, e);
		if (!ok)
			break;
		if (found) {
			id = sqlite3_column_int64(q, 0);
			name = store_column(&a, q, 1);
		}
		store_reset(q);
		if (found)
			ok = compare_document(s, id, name, &a, e);
		arena_reset(&a);
	}
	arena_free(&a);
	return ok;
}

static bool
check_strays(struct store *s, struct err *e)
{
	int64_t n;

	if (!store_number(s, store_stmt(s, STMT_CHECK_STRAY), &n, e))
		return false;
	if (n == 0)
		return true;
	err_set(e, ERR_STORAGE, "%lld derived rows belong to nothing",
	    (long long)n);
	return err_hint(e, "kbd reindex makes them anew.");
}

bool
store_check(struct store *s, struct err *e)
{
	bool ok;

	if (!check_file(s, e) || !store_begin(s, e))
		return false;
	ok = check_index(s, e) && check_strays(s, e) &&
	    check_documents(s, e);
	store_rollback(s);
	return ok;
}
