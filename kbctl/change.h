/*
 * change.h - the server's procedures that change one entry or document.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBCTL_CHANGE_H
#define KBCTL_CHANGE_H

#include "common/arena.h"
#include "common/err.h"
#include "common/slice.h"

#include <stdint.h>

struct client;
struct context;

enum change_verb {
	CHANGE_ADD,		/* document, after, markdown */
	CHANGE_SAVE,		/* entry, base_version, markdown */
	CHANGE_ARCHIVE,		/* entry, base_version */
	CHANGE_UNARCHIVE,	/* entry, base_version */
	CHANGE_MOVE,		/* entry, base_version, after */
	CHANGE_REVERT,		/* entry, version, base_version */
	CHANGE_REVIEW,		/* entry, base_version, review_by */
	CHANGE_CREATE_DOCUMENT,	/* document, markdown */
	CHANGE_RENAME_DOCUMENT,	/* document, new_name */
	CHANGE_ARCHIVE_DOCUMENT,	/* document, base_revision */
	CHANGE_UNARCHIVE_DOCUMENT,	/* document */
	CHANGE_PURGE		/* entry, version */
};

struct change {
	enum change_verb verb;
	const char *document, *new_name;
	int64_t entry;
	int64_t after;		/* 0: at the end (ADD), at the start (MOVE) */
	int64_t version;
	int64_t base_version, base_revision;
	const char *markdown;
	const char *review_by;	/* "2026-01-31"; NULL: no date */
	const char *message;
	bool allow_secret;
};

struct changed {
	int64_t entry;		/* 0: a whole document */
	int64_t version;
	int64_t revision;	/* 0: nothing changed */
	bool is_merged;		/* with what others changed meanwhile */
};

bool change_run(struct client *c, const struct change *what,
    struct changed *out, struct err *e) MUST_CHECK;

/*
 * Say what was done, as a line or as kb.change/1: "archived entry 12 ...".
 * The entry's name and place are asked for once more.
 */
void change_report(struct context *c, const char *action,
    const struct change *what, const struct changed *done);

/* An entry as somebody sees it before he changes it. */
struct entry_text {
	int64_t entry, version, revision;
	const char *document, *slug, *title, *markdown;	/* in the arena */
	const char *updated_by, *updated_at, *message;
	bool is_archived;
};

/* The newest version, or an old one; ERR_NOT_FOUND. */
bool entry_text_fetch(struct client *c, int64_t entry, int64_t version,
    struct arena *a, struct entry_text *out, struct err *e) MUST_CHECK;

/* The same for what a word names; "12@3" is the old version 3. */
bool entry_text_find(struct client *c, const char *word, struct arena *a,
    struct entry_text *out, struct err *e) MUST_CHECK;

#endif
