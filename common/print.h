/*
 * print.h - output for people: width, colour, wrapped text, tables.
 *
 * Output is collected in memory; who it is for writes it, once. All text passes
 * visible.h on its way in.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_PRINT_H
#define KBD_PRINT_H

#include <stdint.h>

#include "common/buf.h"
#include "common/slice.h"

struct screen {
	unsigned columns;	/* of the terminal; 80 when there is none */
	unsigned rows;		/* 24 when there is none */
	bool color;
	bool is_terminal;	/* standard output is one */
	struct buf out;		/* owned; what was printed so far */
};

void screen_free(struct screen *s);

enum style {
	STYLE_PLAIN, STYLE_TITLE, STYLE_LABEL, STYLE_DIM, STYLE_COMMAND,
	STYLE_NOTE, STYLE_ALARM, STYLE_WARN, STYLE_REMOVED, STYLE_ADDED
};

/* One line's worth of text, as it is: not wrapped, not ended. */
void print_text(struct screen *s, enum style style, struct slice text);
void print_string(struct screen *s, enum style style, const char *text);
void print_end(struct screen *s);	/* the line end */

/* As many columns of text as there are, with "..." when it was cut. */
void print_cut(struct screen *s, enum style style, struct slice text,
    unsigned columns);

/*
 * "  label    text that is wrapped and
 *            goes on below itself"
 * label_columns counts from the line's start to the text; bullet ("- ") may
 * be "". The label may be "".
 */
void print_field(struct screen *s, const char *label, unsigned label_columns,
    const char *bullet, struct slice text);

/* "    # text", wrapped, with "# " on each line. */
void print_comment(struct screen *s, enum style style, struct slice text);

/* Lines of code, each behind `indent` blanks, never wrapped nor cut. */
void print_code(struct screen *s, unsigned indent, struct slice text);

/* The style of a severity's name. */
enum style style_of_severity(struct slice severity);

/* "2026-11-23 21:43" of a stored time. */
struct slice print_minute(struct slice stored);

/*
 * A table: cells are added row by row, then printed with columns as wide as
 * they need to be. The last column takes what is left and is cut there.
 */
struct table {
	unsigned ncolumns;
	struct table_cell *cells;	/* owned */
	size_t n, cap;
	struct buf text;		/* owned; the cells' text */
};

struct table_cell {
	size_t from, to;		/* in text */
	enum style style;
};

void table_init(struct table *t, unsigned ncolumns);
void table_add(struct table *t, enum style style, struct slice text);
void table_add_int(struct table *t, int64_t n);
void table_print(struct table *t, struct screen *s);
void table_free(struct table *t);

#endif
