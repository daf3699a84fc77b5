/*
 * heading.h - the words of a heading, without its decoration.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_HEADING_H
#define KBD_HEADING_H

#include "common/slice.h"

struct arena;

/*
 * Plain text of a heading made presentable: emoji, "{#anchor}" and leftover
 * "**", "`", "\" and "<tag>" removed, blanks collapsed.
 */
struct slice heading_clean(struct slice plain, struct arena *a);

/*
 * The part of a cleaned heading that names its subject: without a number in
 * front ("1.", "2.10.", "（3）", "一、") and a remark in brackets at the end.
 * A view of `heading`; never empty unless heading is.
 */
struct slice heading_title(struct slice heading);

/* A pictograph, or an invisible character that goes with one. */
bool heading_is_emoji(int cp);

#endif
