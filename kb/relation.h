/*
 * relation.h - the relations that SQL clients see, with their column types.
 *
 * SQLite knows five storage classes; PostgreSQL clients want to know that a
 * column is a timestamp or a boolean. This is the one table that says so: the
 * views of schema/views.sql and the table-valued functions are tested
 * against it.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_RELATION_H
#define KBD_RELATION_H

#include "common/slice.h"

enum column_type {
	COLUMN_TEXT,
	COLUMN_INT,		/* 32 bit */
	COLUMN_BIGINT,		/* 64 bit */
	COLUMN_REAL,		/* double precision */
	COLUMN_BOOL,		/* stored as 0 and 1 */
	COLUMN_TIMESTAMP,	/* with time zone; stored as clock_now() has it */
	COLUMN_DATE,		/* stored as "2026-11-23" */
	COLUMN_JSON
};

struct relation_column {
	const char *name;
	enum column_type type;
};

struct relation {
	const char *name;
	const struct relation_column *columns;
	unsigned ncolumns;
};

/* All published relations, by name; the last has name NULL. */
extern const struct relation relations[];

/* The relation of that name (lower case), or NULL. */
const struct relation *relation_find(struct slice name);

/* The type of a column; false when the relation has no such column. */
bool relation_column_type(const struct relation *r, struct slice column,
    enum column_type *out);

#endif
