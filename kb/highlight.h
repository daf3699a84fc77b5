/*
 * highlight.h - colours for code, by a small scanner.
 *
 * One table row a language: how comments and strings look, which words mean
 * something. The scanner keeps every byte and only puts spans around some,
 * so that what is copied from a page is what was written.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_HIGHLIGHT_H
#define KBD_HIGHLIGHT_H

#include "common/slice.h"

struct buf;

/*
 * Append `code` as HTML. `lang` is the first word of the fence, in lower
 * case; code of a language that has no row is escaped and nothing else.
 */
void highlight_put(struct buf *out, struct slice lang, struct slice code);

#endif
