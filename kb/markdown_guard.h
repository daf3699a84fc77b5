/*
 * markdown_guard.h - the copy of a text that cmark-gfm may safely see.
 *
 * cmark-gfm 0.29.0.gfm.6 needs quadratic time, or memory without bound, for
 * some texts. The guard measures a text first and makes a copy in which what
 * would be expensive is put out of action: such a byte is replaced by a
 * control character that stands for it, which guard_restore() turns back in
 * whatever comes out of the tree. Ordinary texts are copied as they are, with
 * every line end as LF.
 *
 *   what                                  cost without the guard
 *   tables: columns x rows, columns^2     7 s for one row of 90 KB
 *   "- - - ..." and "> > > ..." nested    depth x lines, minutes; the same
 *                                         for many blank lines in a list
 *   "<?", "<!X" that nothing closes       tens of seconds
 *   references to one long definition     gigabytes
 *   brackets, emphasis, quotes, breaks    two nodes of 170 bytes for each
 *   blocks of two or three bytes          up to five nodes for each
 *
 * What is masked is plain text for cmark: the tree has less structure, the
 * bytes of the document are not concerned. Headings stay what they are, but
 * for texts made to be odd in several of these ways at once.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_MARKDOWN_GUARD_H
#define KBD_MARKDOWN_GUARD_H

#include "common/slice.h"

/* Caps. Below them a text reaches cmark unchanged. */
#define GUARD_DELIMITER_ROWS 200	/* more: no tables */
#define GUARD_TABLE_CELLS 50000		/* columns x rows; more: no tables */
#define GUARD_TABLE_COLUMNS 1000	/* more: no tables */
#define GUARD_TABLE_STEPS (1u << 25)	/* squares of the pipes in each line;
					   more: no tables */
#define GUARD_MARKERS 8192		/* or a twentieth of the bytes: those
					   behind another one, "- - - a" */
#define GUARD_MARKER_COLUMN 40		/* "-" or ">" further right is text */
#define GUARD_RAW_OPENERS 100		/* "<?", "<!X": further ones are text */
#define GUARD_REFERENCE_BYTES (4u * 1024 * 1024) /* all references expanded */
#define GUARD_INLINES 16384		/* or a tenth of the bytes, at most */
#define GUARD_LINES 16384		/* likewise: lines that are not blank */
#define GUARD_NODES_MAX 262144		/* this many, for each of the two */
#define GUARD_BLANKS 100		/* more in a row are left out */
#define GUARD_HEADINGS 25000		/* more are text; the document has too
					   many in any case */
#define GUARD_UNDERLINES 100000		/* likewise, what may be "===" */

struct guard {
	char *text;		/* owned, NUL-terminated */
	size_t len;
	unsigned *line_of;	/* owned; line of the source for each line of
				   text; NULL: they are the same */
	struct guard_gap {	/* owned: blank lines that were left out, */
		unsigned line;	/* in front of this line of the copy, */
		unsigned n;	/* so many */
	} *gaps;
	size_t ngaps, cap_gaps;
	bool is_masked;		/* some bytes stand for others */
	char joiner[4];		/* a noncharacter that was put in; "": none */
	bool has_tables;	/* tables may be parsed */
};

/* The first skip bytes become empty lines. */
void guard_make(struct slice text, size_t skip, struct guard *out);

/*
 * The same for a text that is only read and not cut by lines: emphasis works
 * beside Chinese and its punctuation. CommonMark asks for blanks or
 * punctuation around a mark, which such text does not have. So a
 * noncharacter, which counts as a letter, goes between the mark and the
 * punctuation; guard_restored() takes it out again.
 */
void guard_make_reading(struct slice text, struct guard *out);
void guard_free(struct guard *g);

/* Put back what was masked, in place. */
void guard_restore(const struct guard *g, char *s, size_t len);

/* The same, and what was put in is taken out; returns the new length. */
size_t guard_restored(const struct guard *g, char *s, size_t len);

#endif
