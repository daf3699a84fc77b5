/*
 * diff.h - two texts as what stayed and what changed.
 *
 * A text is cut into tokens: lines, words or characters. Own linear-space
 * Myers below (myers.h), bounded in time whatever the bytes. Pure.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_DIFF_H
#define KBD_DIFF_H

#include "common/slice.h"

struct arena;

enum diff_unit {
	DIFF_LINES,	/* with their ends: LF, CRLF or CR */
	DIFF_WORDS,	/* words, single East Asian characters, runs of
			   blanks, single other characters */
	DIFF_CHARS	/* characters with their combining marks */
};

/* One text, cut. Token i is text[at[i]] up to text[at[i + 1]]. */
struct diff_side {
	struct slice text;	/* borrowed */
	size_t *at;		/* n + 1 offsets; at[n] is text.len */
	size_t n;
};

/*
 * A place where they differ: tokens a0..a1 of the one became b0..b1 of the
 * other; one of the two may be empty. Between hunks the tokens are the same.
 */
struct diff_hunk {
	size_t a0, a1;
	size_t b0, b1;
};

struct diff {
	struct diff_side a, b;
	struct diff_hunk *hunks;	/* in order; none touches the next */
	size_t n;
	bool is_minimal;	/* false: it was cut short by its bound */
};

/*
 * Compare two texts of any bytes. The arena owns *out, but for the texts.
 * No text is an error; two texts with more than DIFF_TOKENS_MAX tokens
 * together between their common first and last ones are one hunk.
 */
void diff_run(struct slice a, struct slice b, enum diff_unit unit,
    struct arena *arena, struct diff *out);

#define DIFF_TOKENS_MAX 2000000

/* Cut one text; the same tokens as diff_run() makes. */
void diff_cut(struct slice text, enum diff_unit unit, struct arena *arena,
    struct diff_side *out);

/* The bytes of tokens from..to. */
struct slice diff_text(const struct diff_side *s, size_t from, size_t to);

/*
 * For readers, not for machines: hunks with nothing but blanks between them
 * become one, so that a sentence that was written anew is not shown as every
 * second word.
 */
void diff_tidy(struct diff *d);

#endif
