/*
 * store_write.c - single rows of the truth, for everybody who changes it.
 *
 * Order matters to the callers: a revision first, an entry before its
 * versions, versions before the revision's list of them (foreign keys).
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/store_internal.h"

bool
store_note_action(struct store *s, int64_t entry, const char *action,
    int64_t version, struct err *e)
{
	sqlite3_stmt *q = store_stmt(s, STMT_REVISION_ENTRY_ADD);

	store_bind_int(q, 1, s->revision);
	store_bind_int(q, 2, entry);
	store_bind(q, 3, slice_of(action));
	store_bind_int(q, 4, version);
	return store_done(s, q, e);
}

bool
store_note_document(struct store *s, int64_t document, const char *action,
    struct slice name, struct slice old_name, struct err *e)
{
	sqlite3_stmt *q = store_stmt(s, STMT_REVISION_DOCUMENT_ADD);

	store_bind_int(q, 1, s->revision);
	store_bind_int(q, 2, document);
	store_bind(q, 3, slice_of(action));
	store_bind(q, 4, name);
	store_bind_or_null(q, 5, old_name);
	return store_done(s, q, e);
}

bool
store_add_document(struct store *s, struct slice name, struct slice source,
    int64_t *id, struct err *e)
{
	sqlite3_stmt *q = store_stmt(s, STMT_DOCUMENT_ADD);

	store_bind(q, 1, name);
	store_bind(q, 2, source);
	store_bind_int(q, 3, s->revision);
	if (!store_done(s, q, e))
		return false;
	*id = sqlite3_last_insert_rowid(s->db);
	return store_note_document(s, *id, "created", name, SLICE(""), e);
}

bool
store_add_entry(struct store *s, int64_t document, int64_t *id,
    struct err *e)
{
	sqlite3_stmt *q = store_stmt(s, STMT_ENTRY_ADD);

	store_bind_int(q, 1, document);
	store_bind_int(q, 2, s->revision);
	if (!store_done(s, q, e))
		return false;
	*id = sqlite3_last_insert_rowid(s->db);
	return true;
}

bool
store_add_version(struct store *s, const struct outline_item *item,
    int64_t base, struct slice title, struct err *e)
{
	sqlite3_stmt *q = store_stmt(s, STMT_VERSION_ADD);

	store_bind_int(q, 1, item->entry);
	store_bind_int(q, 2, item->version);
	store_bind_int(q, 3, s->revision);
	if (base != 0)
		store_bind_int(q, 4, base);
	store_bind(q, 5, title);
	store_bind(q, 6, item->bytes);
	return store_done(s, q, e);
}
