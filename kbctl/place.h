/*
 * place.h - where in a document a new entry belongs.
 *
 * Among its like: behind the last entry of its kind in the section that holds
 * most of them, else at the end of the section whose heading speaks of that
 * kind, else at the end.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBCTL_PLACE_H
#define KBCTL_PLACE_H

#include "common/arena.h"
#include "common/err.h"
#include "kb/entry.h"

#include <stdint.h>

struct buf;
struct client;

/* An entry of the document, in its order. */
struct place_entry {
	int64_t id;
	unsigned depth;		/* entries above it */
	unsigned level;		/* of its heading, 1 to 6; 0: none */
	int64_t number;		/* "3. ..." in front of its heading; 0: none */
	enum entry_kind kind;
	struct slice heading;	/* plain */
};

struct place {
	int64_t after;		/* behind this and all below it; 0: the end */
	unsigned level;		/* of the new heading */
	int64_t number;		/* for its front; 0: its like have none */
	struct slice section;	/* it will stand in; "" at the top */
};

/* The level of a heading's Markdown, and the number in front of it. */
unsigned place_level(struct slice markdown, int64_t *number);

/*
 * Append a text with its "#" headings moved so that the first of them has
 * this level: "# title" of a file becomes "### title" among its like.
 */
void place_relevel(struct slice markdown, unsigned level, struct buf *out);

/* Pure. *out borrows from the entries. */
void place_by_kind(const struct place_entry *entries, size_t n,
    enum entry_kind kind, struct place *out);

/* Right behind an entry, or as the last below it; false when it is none. */
bool place_after(const struct place_entry *entries, size_t n, int64_t entry,
    struct place *out);
bool place_under(const struct place_entry *entries, size_t n, int64_t entry,
    struct place *out);

/* The entries of a document; the arena owns them. */
bool place_fetch(struct client *c, const char *document, struct arena *a,
    struct place_entry **out, size_t *n, struct err *e) MUST_CHECK;

#endif
