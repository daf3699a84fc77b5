/*
 * markdown_guard.h - the copy of a text that cmark-gfm may safely see.
 *
 * cmark-gfm 0.29.0.gfm.6 needs quadratic time, or memory without bound, for
 * some texts. The guard measures a text first, in one pass each, and makes a
 * copy in which what would be expensive is put out of action: such a byte is
 * replaced by a control character that stands for it, which guard_restore()
 * turns back in whatever comes out of the tree. Ordinary texts are copied as
 * they are, with every line end as LF.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_MARKDOWN_GUARD_H
#define KBD_MARKDOWN_GUARD_H

#include "common/slice.h"

/* Caps. Below them a text reaches cmark unchanged. */
#define GUARD_DELIMITER_ROWS 200	/* more: no tables */
#define GUARD_TABLE_CELLS 50000		/* more: no tables */
#define GUARD_TABLE_COLUMNS 2000	/* in one row; more: no tables */
#define GUARD_MARKER_COLUMN 48		/* "-" or ">" further right is text */
#define GUARD_RAW_OPENERS 100		/* "<?", "<!X": more are text */
#define GUARD_REFERENCE_BYTES (4u * 1024 * 1024) /* all references expanded */
#define GUARD_INLINES 16384		/* or a tenth of the bytes */
#define GUARD_LINES 16384		/* likewise, lines that are not blank */

struct guard {
	char *text;		/* owned */
	size_t len;
	unsigned *line_of;	/* owned; line of the source for each line of
				   text; NULL: they are the same */
	bool is_masked;		/* some bytes stand for others */
	bool has_tables;	/* tables may be parsed */
};

/* The first skip bytes become empty lines. */
void guard_make(struct slice text, size_t skip, struct guard *out);
void guard_free(struct guard *g);

/* Put back what was masked, in place. */
void guard_restore(const struct guard *g, char *s, size_t len);

#endif
