/*
 * merge.h - two changed texts of an entry and what both were made from
 * become one.
 *
 * Field by field, so that the symptom of one writer and the fix of another
 * never meet, and within a field line by line. Pure, and bounded as diff.h
 * is. Symmetric: merging b and a gives what merging a and b gives, with the
 * sides of its conflicts exchanged.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_MERGE_H
#define KBD_MERGE_H

#include "common/slice.h"

struct arena;

/* A piece of the result. */
struct merge_chunk {
	bool is_conflict;
	struct slice text;	/* agreed; "" in a conflict */
	struct slice base, a, b;	/* of a conflict: whole lines */
};

struct merge_text {
	struct merge_chunk *chunks;	/* in order */
	size_t n;
	size_t nconflicts;
	struct slice text;	/* all of it, when there is no conflict */
};

/*
 * Merge a and b, which were made from base. Changes that do not overlap are
 * all kept, also in lines that touch; the same change on both sides is one.
 * What both wrote at the same place, or what one removed and the other
 * changed, is a conflict. Line ends are bytes like others: a caller who has
 * CRLF from a browser changes them to the entry's before.
 *
 * The arena owns *out, which may borrow from the texts. No text is an error.
 */
void merge_texts(struct slice base, struct slice a, struct slice b,
    struct arena *arena, struct merge_text *out);

/* The same without knowing fields. */
void merge_lines(struct slice base, struct slice a, struct slice b,
    struct arena *arena, struct merge_text *out);

/* What stands behind the marks, in one line each. */
struct merge_names {
	const char *a, *b;
	const char *base;	/* NULL: the base's text is not shown */
};

/*
 * The result with each conflict as both texts between marks, as git and
 * diff3 write them:
 *
 *	<<<<<<< a
 *	||||||| base
 *	=======
 *	>>>>>>> b
 */
struct slice merge_marked(const struct merge_text *m,
    const struct merge_names *names, struct arena *arena);

/* Does a text still hold a line that merge_marked() wrote as a mark? */
bool merge_has_marks(struct slice text);

#endif
