/*
 * store_reindex.c - take all that is derived away and derive it again; and
 * when that is needed.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/store_internal.h"

#include <stdio.h>

#include "kb/fts_tokenizer.h"
#include "kb/migrate.h"
#include "kb/rules.h"
#include "kb/signature.h"

/* Raise it when store_derive.c or kb/entry make other rows of the same text. */
#define DERIVED_VERSION 4

/* "1.9f3a...": this code, the text of derived.sql and the rules' data. */
static void
derived_version(char out[40])
{
	snprintf(out, 40, "%d.%016llx", DERIVED_VERSION,
	    (unsigned long long)((migrate_derived_hash() ^
	    rules_hash()) + signature_rules_hash()));
}

static bool
get_meta(struct store *s, const char *key, char *out, size_t size,
    struct err *e)
{
	sqlite3_stmt *q = store_stmt(s, STMT_META_GET);
	bool found;

	store_bind(q, 1, slice_of(key));
	if (!store_row(s, q, &found, e))
		return false;
	snprintf(out, size, "%.*s", SLICE_ARG(found ?
	    store_column_raw(q, 0) : SLICE("")));
	store_reset(q);
	return true;
}

static bool
set_meta(struct store *s, const char *key, const char *value, struct err *e)
{
	sqlite3_stmt *q = store_stmt(s, STMT_META_SET);

	store_bind(q, 1, slice_of(key));
	store_bind(q, 2, slice_of(value));
	return store_done(s, q, e);
}

static void
tokenizer_version(char out[40])
{
	snprintf(out, 40, "%d", (int)FTS_TOKENIZER_VERSION);
}

bool
store_derive_is_current(struct store *s, bool *out, struct err *e)
{
	char derived[40], tokenizer[40], has_derived[40], has_tokenizer[40];

	derived_version(derived);
	tokenizer_version(tokenizer);
	if (!get_meta(s, "derived_version", has_derived, 40, e) ||
	    !get_meta(s, "tokenizer_version", has_tokenizer, 40, e))
		return false;
	*out = strcmp(derived, has_derived) == 0 &&
	    strcmp(tokenizer, has_tokenizer) == 0;
	return true;
}

/* The next document by id after *id; *id is 0 at the end. */
static bool
next_document(struct store *s, int64_t *id, struct err *e)
{
	sqlite3_stmt *q = store_stmt(s, STMT_DOCUMENT_NEXT);

	store_bind_int(q, 1, *id);
	return store_number(s, q, id, e);
}

static bool
derive_next(struct store *s, int64_t document, struct arena *a, struct err *e)
{
	struct outline o;
	bool found;

	return store_outline_load(s, document, INT64_MAX, a, &o, &found, e) &&
	    store_derive_document(s, document, &o, NULL, a, e);
}

bool
store_derive_all(struct store *s, struct err *e)
{
	char derived[40], tokenizer[40];
	struct arena a = ARENA_INIT;
	int64_t id = 0;
	bool ok = migrate_derived(s->db, e);

	while (ok && (ok = next_document(s, &id, e)) && id != 0) {
		ok = derive_next(s, id, &a, e);
		arena_reset(&a);
	}
	arena_free(&a);
	derived_version(derived);
	tokenizer_version(tokenizer);
	return ok && set_meta(s, "derived_version", derived, e) &&
	    set_meta(s, "tokenizer_version", tokenizer, e);
}

bool
store_reindex(struct store *s, struct err *e)
{
	if (!store_begin(s, e))
		return false;
	if (store_derive_all(s, e) && store_commit(s, e))
		return true;
	store_rollback(s);
	return false;
}
