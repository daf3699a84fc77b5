/*
 * outline_merge.h - base, head and file of a document become one outline.
 *
 * Three-way by entry: what changed only in the file comes from the file, what
 * changed only in the head stays, what changed in both is merged (merge.h); a
 * conflict is what cannot be. Pure: outlines in, an outline out.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_OUTLINE_MERGE_H
#define KBD_OUTLINE_MERGE_H

#include <stdint.h>

#include "common/slice.h"

struct arena;

/* An entry of one side. */
struct merge_entry {
	int64_t id;		/* negative in the file: no number yet */
	int64_t parent;		/* the entry above, or 0 */
	struct slice bytes;
};

struct merge_side {
	const struct merge_entry *entries;	/* in order */
	size_t n;
};

enum merge_reason {
	MERGE_BOTH_CHANGED,
	MERGE_REMOVED_IN_FILE,	/* but changed in the base since */
	MERGE_REMOVED_IN_BASE,	/* archived, but changed in the file */
	MERGE_BOTH_MOVED,	/* to different places */
	MERGE_PARENT_LEFT	/* new below an entry that left on the other
				   side */
};

struct merge_conflict {
	int64_t id;		/* negative: new in the file */
	enum merge_reason reason;
	struct slice head;	/* the text in the base now; "" if none */
	struct slice file;	/* the text in the file; "" if none */
};

struct merge_item {
	int64_t id;
	int head;		/* its index there, or -1 */
	int file;		/* its index there, or -1 */
	struct slice bytes;	/* what it says now */
	bool is_moved;		/* against the head; as few as possible */
};

struct merge_result {
	struct merge_item *items;	/* the new outline, in order */
	size_t n;
	int *archived;			/* indexes of the head's entries */
	size_t narchived;
	struct merge_conflict *conflicts;	/* if any, items is NULL */
	size_t nconflicts;
};

/*
 * Merge. Ids are unique within a side. Where head and base have the same
 * entries in the same order the result has the file's order, and the reverse;
 * else what the head added or moved is put after the entry it follows there.
 * Trailing blank lines alone are no change when the other side changed or
 * removed the entry. A last line without an end gets one when something
 * follows it now. The arena owns the result. Costs about n log n.
 */
void outline_merge(struct merge_side base, struct merge_side head,
    struct merge_side file, struct arena *a, struct merge_result *out);

/*
 * Mark a longest rising subsequence of v[0..n): keep[i] is true for its
 * members. The others are what has moved.
 */
void outline_rising(const int *v, size_t n, bool *keep);

#endif
