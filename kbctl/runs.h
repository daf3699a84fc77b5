/*
 * runs.h - a line of differently styled pieces, laid out on the terminal.
 *
 * On a terminal a long line goes on below itself, behind a margin; it breaks
 * at blanks and between East Asian characters, inside a word only when that
 * is longer than a line. Blanks are kept: the text may be code. Elsewhere a
 * line stays one.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBCTL_RUNS_H
#define KBCTL_RUNS_H

#include "common/print.h"
#include "common/slice.h"

struct run {
	enum style style;
	size_t to;		/* in text; it begins where the last one ends */
};

struct runs {
	struct buf text;	/* owned; visible already */
	struct run *runs;	/* owned */
	size_t n, cap;
};

#define RUNS_INIT ((struct runs){ .text = { .data = NULL } })

void runs_free(struct runs *r);
void runs_reset(struct runs *r);

/* Add a piece; control characters in it are made visible. */
void runs_add(struct runs *r, enum style style, struct slice text);

/*
 * Print the line. `first` stands before it and `next` before each line it
 * goes on in; both take the same columns.
 */
void runs_print(const struct runs *r, struct screen *s, struct slice first,
    struct slice next);

#endif
