/*
 * diff_view.h - what changed between two texts, for people and as JSON.
 *
 * Lines that changed a little are shown once, with the words (in Chinese: the
 * characters) that went and came: in colour, or as [-gone-] and {+new+}.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBCTL_DIFF_VIEW_H
#define KBCTL_DIFF_VIEW_H

#include "common/slice.h"

struct json;
struct screen;

/* Print the changes with some lines around each; false when there are none. */
bool diff_view_put(struct screen *s, struct slice a, struct slice b);

/*
 * An array of {"from_line", "from_lines", "to_line", "to_lines", "parts":
 * [{"op": "same"|"removed"|"added", "text"}]}.
 */
struct json *diff_view_json(struct slice a, struct slice b);

#endif
