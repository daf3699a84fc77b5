/*
 * merge_internal.h - what merge.c and merge_fields.c share.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_MERGE_INTERNAL_H
#define KBD_MERGE_INTERNAL_H

#include "common/arena.h"
#include "kb/merge.h"

struct merging {
	struct arena *arena;
	struct merge_text *out;
	size_t cap;
};

/* Append what both agree on; "" is nothing. */
void merge_put(struct merging *m, struct slice text);
void merge_put_conflict(struct merging *m, struct slice base, struct slice a,
    struct slice b);

/* Merge by lines and append. All three texts end with a line end, or are "". */
void merge_put_lines(struct merging *m, struct slice base, struct slice a,
    struct slice b);

/*
 * The same field by field (merge_fields.c). False when their fields stand in
 * such an order that only lines can tell; then nothing was appended.
 */
bool merge_put_fields(struct merging *m, struct slice base, struct slice a,
    struct slice b);

#endif
