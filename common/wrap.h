/*
 * wrap.h - flowing text into lines of a terminal.
 *
 * Breaks at blanks and between East Asian wide characters, but not before a
 * closing mark nor after an opening one. What has no such place (a path, an
 * URL) is never cut: it may stick out. Widths do not depend on the locale.
 *
 *   wrap_begin(&w, out, 80, SLICE("  "));    "  " starts every further line
 *   wrap_text(&w, text);                     already visible (visible.h)
 *   wrap_style(&w, "\033[1m");               takes no columns
 *   wrap_end(&w);                            writes what is pending, and LF
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_WRAP_H
#define KBD_WRAP_H

#include "common/buf.h"
#include "common/slice.h"

struct wrap {
	struct buf *out;	/* borrowed */
	struct buf word;	/* owned: bytes that must stay together */
	struct slice indent;	/* borrowed; starts each line but the first */
	size_t columns;		/* of a line, with its indent */
	size_t col;		/* columns written on this line */
	size_t word_width;
	bool space;		/* a blank is due before the word */
	bool empty;		/* nothing but indent on this line */
	bool after_wide;	/* the last character was a wide one */
	bool after_opening;	/* it was an opening mark */
};

/*
 * Start a paragraph at column `col` of the line that is being written to
 * *out. Both *out and indent must live until wrap_end().
 */
void wrap_begin(struct wrap *w, struct buf *out, size_t columns, size_t col,
    struct slice indent);

/* Add flowing text: runs of blanks and line ends count as one blank. */
void wrap_text(struct wrap *w, struct slice text);

/* Add text that is never broken, blanks included: a code span. */
void wrap_solid(struct wrap *w, struct slice text);

/* Add bytes that take no columns: an escape sequence of ours. */
void wrap_style(struct wrap *w, const char *bytes);

/* Go to the next line. */
void wrap_break(struct wrap *w);

/* Write what is pending and end the line; frees what wrap_begin() took. */
void wrap_end(struct wrap *w);

#endif
