/*
 * section_match.h - which section of a new text is which one of the old.
 *
 * Numbers of entries hang on this: a heading that was renamed, renumbered or
 * moved must keep its own. Pure: sections in, pairs out.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_SECTION_MATCH_H
#define KBD_SECTION_MATCH_H

#include "common/slice.h"
#include "kb/document.h"

struct arena;

struct match_section {
	struct slice bytes;
	struct slice title;	/* "" for a preamble */
	unsigned level;		/* 0 for a preamble */
	int parent;		/* index of the section above, or -1 */
};

/* The sections of a parsed document, in the arena. */
struct match_section *match_sections_of(const struct document *d,
    struct arena *a);

/* How far to go; each includes those before it. */
enum match_depth {
	MATCH_BYTES,	/* identical sections only */
	MATCH_PATHS,	/* and the same titles above */
	MATCH_ALL	/* and same title, similar body, same place */
};

/*
 * Pair sections, at most one to one.
 *
 *   match   one for each new section: the index of its old one, or -1. Pairs
 *           that are there already stay.
 *
 * Costs about n log n for n sections, and at most 16 comparisons a line.
 */
void section_match(const struct match_section *old, size_t nold,
    const struct match_section *new, size_t nnew, enum match_depth depth,
    int *match);

#endif
