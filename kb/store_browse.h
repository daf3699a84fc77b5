/*
 * store_browse.h - what pages show of the base: rows of text.
 *
 * Each query of enum browse has its SQL in store_browse.c; arguments are
 * text, also where they are numbers. Runs on a reader's connection, which
 * keeps the statements.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_STORE_BROWSE_H
#define KBD_STORE_BROWSE_H

#include <stdint.h>

#include "common/err.h"
#include "common/slice.h"

struct arena;
struct browse;
struct store;

enum browse_query {
	BROWSE_DOCUMENTS,	/* - */
	BROWSE_DOCUMENT,	/* name, also in another case */
	BROWSE_OUTLINE,		/* document: its entries, in order */
	BROWSE_TEXTS,		/* document: the same, with Markdown */
	BROWSE_ENTRY,		/* number */
	BROWSE_PATH,		/* number: the entries above, the top first */
	BROWSE_BELOW,		/* number: the entries right below */
	BROWSE_LINKED,		/* number: what belongs to it, with Markdown */
	BROWSE_BY_TITLE,	/* title */
	BROWSE_VERSIONS,	/* number: newest first */
	BROWSE_VERSION,		/* number, version */
	BROWSE_CHANGES,		/* before this revision, how many */
	BROWSE_CHANGED,		/* revision: its entries */
	BROWSE_REVIEW,		/* until this day */
	BROWSE_ENTRIES,		/* document or "", kind or "", severity or "" */
	BROWSE_SEARCH,		/* words, limit */
	BROWSE_MATCH,		/* a line: the best first */
	BROWSE_COUNTS,		/* - */
	BROWSE_GAPS,		/* how many */
	/* one row, one column: the JSON document of that schema */
	BROWSE_ENTRY_JSON,	/* number: kb.entry/1 */
	BROWSE_GROUP_JSON,	/* number: what a group of kb.match/1 tells of it */
	BROWSE_LIST_JSON,	/* document or "", kind or "", severity or "" */
	BROWSE_DOCUMENTS_JSON,	/* - */
	BROWSE_CHANGES_JSON,	/* before this revision, how many */
	BROWSE_COUNT
};

/* Columns of the results. */
enum {
	DOC_NAME, DOC_TITLE, DOC_SOURCE, DOC_ENTRIES, DOC_REVISION,
	DOC_UPDATED, DOC_BY, DOC_DATE, DOC_REVIEW
};
enum {
	ENTRY_ID, ENTRY_DOCUMENT, ENTRY_SLUG, ENTRY_TITLE, ENTRY_DEPTH,
	ENTRY_SHOWN_KIND, ENTRY_SHOWN_SEVERITY, ENTRY_VERSION, ENTRY_UPDATED,
	ENTRY_BY, ENTRY_ARCHIVED, ENTRY_REVIEW_BY, ENTRY_SOURCE, ENTRY_LINE,
	ENTRY_REVISION, ENTRY_PARENT, ENTRY_TEXT
};
enum {
	VERSION_NUMBER, VERSION_REVISION, VERSION_AUTHOR, VERSION_MESSAGE,
	VERSION_CREATED, VERSION_TITLE, VERSION_BASE, VERSION_TEXT
};
enum {
	CHANGE_REVISION, CHANGE_AUTHOR, CHANGE_MESSAGE, CHANGE_CREATED,
	CHANGE_ENTRIES
};
enum {
	CHANGED_ENTRY, CHANGED_SLUG, CHANGED_TITLE, CHANGED_DOCUMENT,
	CHANGED_VERSION, CHANGED_ACTION
};
enum {
	HIT_ENTRY, HIT_DOCUMENT, HIT_TITLE, HIT_KIND, HIT_SEVERITY,
	HIT_CONFIDENCE, HIT_SNIPPET, HIT_TOTAL, HIT_ANSWER
};
enum { COUNT_DOCUMENTS, COUNT_ENTRIES, COUNT_REVISION, COUNT_CREATED };
enum {
	MATCH_ENTRY, MATCH_SIGNATURE, MATCH_CAPTURES, MATCH_CONFIDENCE,
	MATCH_DOCUMENT, MATCH_SOURCE, MATCH_HEADING
};
enum { GAP_QUERY, GAP_TIMES, GAP_LAST };

struct browse_rows {
	struct slice *cells;	/* row by row; never a NULL ptr */
	size_t n, columns;
};

/* A cell; "" outside the rows. */
struct slice browse_cell(const struct browse_rows *r, size_t row,
    size_t column);

struct browse *browse_new(struct store *s);	/* borrows the store */
void browse_destroy(struct browse *b);

/* At most 3 arguments; the arena owns *out. */
bool browse_run(struct browse *b, enum browse_query what,
    const struct slice *args, struct arena *a, struct browse_rows *out,
    struct err *e) MUST_CHECK;

#endif
