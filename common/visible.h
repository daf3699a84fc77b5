/*
 * visible.h - text from anybody, made safe to show on a terminal.
 *
 * What a terminal would obey or hide is written out instead of sent:
 *
 *   C0 controls, DEL          ^[  ^G  ^?
 *   C1 controls               <U+009B>
 *   bidirectional controls    <U+202E>, also the marks U+200E, U+200F, U+061C
 *   invisible characters      <U+200B>, tags, U+2028, U+2029, U+FEFF
 *   bytes that are no UTF-8   <9B>
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_VISIBLE_H
#define KBD_VISIBLE_H

#include <stdint.h>

#include "common/slice.h"

struct buf;

enum visible_mode {
	VISIBLE_LINE,	/* line ends and TABs become a blank each */
	VISIBLE_TEXT	/* LF and TAB stay; CRLF and a lone CR become LF */
};

/* Append text to *out. Text without any of the above stays as it is. */
void visible_put(struct buf *out, struct slice text, enum visible_mode mode);

/* Whether a code point is one that is written out; LF and TAB count. */
bool visible_is_hidden(int32_t cp);

#endif
