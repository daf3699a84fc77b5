/*
 * store_edit.h - one change of one entry or document, by a person.
 *
 * Whoever changes something says what he saw: a version, or a revision. What
 * changed since is merged (merge.h); what cannot be merged fails with
 * ERR_CONFLICT, and err.whole holds all texts.
 *
 *   store_edit_plan   reads, merges, parses and checks; on any thread, with a
 *                     connection that only reads
 *   store_edit_apply  writes, in the writer's transaction; says when the
 *                     document changed meanwhile, so that the plan is void
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_STORE_EDIT_H
#define KBD_STORE_EDIT_H

#include <stdbool.h>
#include <stdint.h>

#include "common/err.h"
#include "common/slice.h"

struct arena;
struct store;

enum edit_verb {
	EDIT_ADD,		/* document or after, markdown */
	EDIT_SAVE,		/* entry, base_version, markdown */
	EDIT_REVERT,		/* entry, version, base_version */
	EDIT_ARCHIVE,		/* entry, base_version */
	EDIT_UNARCHIVE,		/* entry, base_version */
	EDIT_MOVE,		/* entry, base_version, after */
	EDIT_REVIEW,		/* entry, base_version, review_by */
	EDIT_CREATE_DOCUMENT,	/* document, markdown */
	EDIT_RENAME_DOCUMENT,	/* document, new_name */
	EDIT_ARCHIVE_DOCUMENT,	/* document, base_revision */
	EDIT_UNARCHIVE_DOCUMENT	/* document */
};

struct edit_request {
	enum edit_verb verb;
	struct slice document;	/* its name; case counts only if it must */
	struct slice new_name;
	int64_t entry;
	int64_t after;		/* behind this entry and all below it; 0: at
				   the end (EDIT_ADD), at the start (MOVE) */
	int64_t version;	/* whose text comes back */
	int64_t base_version;	/* what the person saw */
	int64_t base_revision;
	struct slice markdown;
	struct slice review_by;	/* "2026-01-31", or "" */
	struct slice today;	/* "2026-11-25": also goes into the line that
				   says when the document was last updated; ""
				   leaves that alone */
	bool allow_secret;	/* take a text that holds one */
	struct slice author;
	struct slice message;
};

struct edit_result {
	int64_t entry;		/* 0: a whole document */
	int64_t version;	/* of the entry now; 0 for a document */
	int64_t revision;	/* 0: nothing changed, no revision was made */
	bool is_merged;		/* with what others changed since */
	bool has_secret;	/* that allow_secret let in */
};

struct edit_plan;

/*
 * Find out what the change will be. The request's texts must stay as long as
 * the arena, which owns *out.
 *
 * Texts: a text has the line ends of what it replaces. Headings in it that
 * begin a section of their own become new entries behind it. The result, the
 * whole document, is parsed: where a section outside of the change would be
 * another one than before (a code block that is not closed, a last line
 * without end), ERR_REFUSED names the place. Added text goes before the rule
 * and blank lines at the end of what it follows.
 *
 * Secrets (secret_scan.h) in a text or message are ERR_REFUSED with their
 * lines, and never with their bytes, unless they are in the entry already.
 *
 * An archived entry takes with it what is below it, and brings back what left
 * with it. ERR_NOT_FOUND for what does not exist, ERR_EXISTS for a name that
 * is taken, ERR_INVALID for a text or date that is none.
 *
 * ERR_CONFLICT: err.whole is the object of doc/schema/kb.conflict-1.json.
 */
bool store_edit_plan(struct store *s, const struct edit_request *req,
    struct arena *a, struct edit_plan **out, struct err *e) MUST_CHECK;

/*
 * Carry it out, inside store_begin() .. store_commit(). *is_void is set when
 * the document changed since; then nothing was done, and a new plan is
 * needed. After ERR_STORAGE the transaction is broken, as store_import() says.
 */
bool store_edit_apply(struct store *s, struct edit_plan *p,
    struct edit_result *out, bool *is_void, struct err *e) MUST_CHECK;

/* Both, in a transaction: nothing can come between. */
bool store_edit(struct store *s, const struct edit_request *req,
    struct arena *a, struct edit_result *out, struct err *e) MUST_CHECK;

#endif
