/*
 * entry_text.c - an entry as somebody sees it; see change.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbctl/change.h"
#include "kbctl/client.h"
#include "kbctl/entry_ref.h"
#include "kbctl/lookup.h"

enum { ID, VERSION_NUMBER, REVISION, DOCUMENT, SLUG, TITLE, MARKDOWN, AUTHOR,
	CREATED_AT, MESSAGE, ARCHIVED };

static const char newest_sql[] = "SELECT e.id, v.version, v.revision,"
    " e.document, e.slug, e.title, v.markdown, v.author, v.created_at,"
    " v.message, e.archived FROM entries e JOIN entry_versions v"
    " ON v.entry_id = e.id AND v.version = e.version WHERE e.id = $1";
static const char version_sql[] = "SELECT e.id, v.version, v.revision,"
    " e.document, e.slug, e.title, v.markdown, v.author, v.created_at,"
    " v.message, e.archived FROM entries e JOIN entry_versions v"
    " ON v.entry_id = e.id WHERE e.id = $1 AND v.version = $2";

static void
read_row(const struct result *r, struct arena *a, struct entry_text *out)
{
	*out = (struct entry_text){ .entry = result_int(r, 0, ID),
		.version = result_int(r, 0, VERSION_NUMBER),
		.revision = result_int(r, 0, REVISION),
		.document = arena_cstr(a, result_text(r, 0, DOCUMENT)),
		.slug = arena_cstr(a, result_text(r, 0, SLUG)),
		.title = arena_cstr(a, result_text(r, 0, TITLE)),
		.markdown = arena_cstr(a, result_text(r, 0, MARKDOWN)),
		.updated_by = arena_cstr(a, result_text(r, 0, AUTHOR)),
		.updated_at = arena_cstr(a, result_text(r, 0, CREATED_AT)),
		.message = arena_cstr(a, result_text(r, 0, MESSAGE)),
		.is_archived = result_bool(r, 0, ARCHIVED) };
}

bool
entry_text_fetch(struct client *c, int64_t entry, int64_t version,
    struct arena *a, struct entry_text *out, struct err *e)
{
	struct param p[2];
	struct result *r;
	bool found;

	param_int(&p[0], entry);
	param_int(&p[1], version);
	if (!client_query(c, version == 0 ? newest_sql : version_sql, p,
	    version == 0 ? 1 : 2, &r, e))
		return false;
	found = result_rows(r) != 0;
	if (found)
		read_row(r, a, out);
	result_free(r);
	if (found)
		return true;
	if (version != 0)
		return err_set(e, ERR_NOT_FOUND, "there is no version %lld of "
		    "entry %lld", (long long)version, (long long)entry);
	return err_set(e, ERR_NOT_FOUND, "there is no entry %lld",
	    (long long)entry);
}

bool
entry_text_find(struct client *c, const char *word, struct arena *a,
    struct entry_text *out, struct err *e)
{
	struct entry_ref ref;

	return lookup_entry(c, word, &ref, e) &&
	    entry_text_fetch(c, ref.number, ref.version, a, out, e);
}
