/*
 * render_term.h - the Markdown of an entry, laid out for a terminal.
 *
 * Headings, wrapped paragraphs, lists, tasks, quotes and tables; code blocks
 * stand indented, line by line as they are, ready to copy. Emphasis becomes
 * style, or nothing without colour. Control, bidirectional and invisible
 * characters are written out (common/visible.h), never sent.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_RENDER_TERM_H
#define KBD_RENDER_TERM_H

#include "common/slice.h"

struct buf;

struct render_options {
	unsigned columns;	/* of the terminal; at least 20 is used */
	bool color;
};

/*
 * Append the rendered text to *out; it ends with a line end unless it is
 * empty. `markdown` is well-formed UTF-8 without NUL; any such text is fine.
 */
void render_term(struct slice markdown, const struct render_options *options,
    struct buf *out);

#endif
