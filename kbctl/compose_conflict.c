/*
 * compose_conflict.c - both texts of a conflict; see compose_conflict.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbctl/compose_conflict.h"
#include "common/buf.h"
#include "kb/merge.h"
#include "kbctl/change.h"

bool
compose_conflict(struct client *c, int64_t entry, int64_t version,
    struct slice mine, int64_t *newest, struct buf *out, struct err *e)
{
	struct arena a = ARENA_INIT;
	struct entry_text base, theirs;
	struct merge_text merged;
	struct merge_names names;
	bool ok;

	ok = entry_text_fetch(c, entry, version, &a, &base, e) &&
	    entry_text_fetch(c, entry, 0, &a, &theirs, e);
	if (ok) {
		merge_texts(slice_of(base.markdown), mine,
		    slice_of(theirs.markdown), &a, &merged);
		names = (struct merge_names){ .a = "yours",
			.b = arena_printf(&a, "version %lld by %s, %.16s: %s",
			    (long long)theirs.version, theirs.updated_by,
			    theirs.updated_at, theirs.message).ptr,
			.base = arena_printf(&a, "version %lld",
			    (long long)version).ptr };
		buf_put_slice(out, merge_marked(&merged, &names, &a));
		*newest = theirs.version;
	}
	arena_free(&a);
	return ok;
}
