/*
 * entry_tail.h - where text is added to an entry.
 *
 * The blank lines at its end, and a rule ("---") among them, are what parts it
 * from the next entry: they stay last.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_ENTRY_TAIL_H
#define KBD_ENTRY_TAIL_H

#include "common/slice.h"

struct buf;

/* Offset of that tail in an entry's Markdown; its length when there is none. */
size_t entry_tail(struct slice markdown);

/*
 * Append the entry to *out with `text` as a paragraph of its own before the
 * tail. Line ends become those of the entry.
 */
void entry_append(struct slice markdown, struct slice text, struct buf *out);

#endif
