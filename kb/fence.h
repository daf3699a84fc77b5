/*
 * fence.h - following the fences of a Markdown text line by line.
 *
 * Good enough to tell a rule or a blank line of the text from one of a code
 * block; what a heading is, cmark decides (markdown.h).
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_FENCE_H
#define KBD_FENCE_H

#include "common/slice.h"

struct fence {
	char mark;	/* '`' or '~' of the one that is open; '\0': none */
	size_t len;	/* of its run */
};

#define FENCE_INIT ((struct fence){ '\0', 0 })

enum fence_line {
	FENCE_OUTSIDE,	/* text */
	FENCE_INSIDE,	/* code */
	FENCE_OPENS,
	FENCE_CLOSES
};

/* What the next line is; its end may be left on. */
enum fence_line fence_next(struct fence *f, struct slice line);

#endif
