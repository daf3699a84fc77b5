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

/*
 * Pair sections, at most one to one.
 *
 *   nplaced the first so many old sections stand in order and are what the
 *           new text was made from; the others are taken only for the same
 *           bytes, or for the same title and level when nothing else fits
 *   match   one for each new section: the index of its old one, or -1. Pairs
 *           that are there already stay.
 *
 * Costs about n log n for n sections, at most 16 comparisons a line, and no
 * more than a fixed number of them: past that nothing counts as similar.
 */
void section_match(const struct match_section *old, size_t nold,
    size_t nplaced, const struct match_section *new, size_t nnew,
    int *match);

#endif
