/*
 * meta.h - what a document says of itself: front matter, dates.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_META_H
#define KBD_META_H

#include "common/slice.h"
#include "kb/document.h"

struct arena;

/*
 * Bytes of the front matter: "---", any lines, "---", at byte 0 (after a byte
 * order mark at most), with its last line end. 0 when there is none.
 */
size_t meta_front_matter(struct slice text);

/*
 * Title, tags and dates of the front matter (the bytes that the function
 * above counted) into *out; what it does not say is left as it was.
 */
void meta_read(struct slice front, struct arena *a, struct document_meta *out);

/*
 * The first date in a text as "2025-08-03": "2025年8月3日", "2025-8-3",
 * "2025/08/03", "Aug 3, 2025", "3 August 2025". Empty when there is none.
 */
struct slice meta_date(struct slice text, struct arena *a);

#endif
