/*
 * sql_select.h - what the select list of a query says by itself.
 *
 * SQLite has no types for expressions and names them by their text. From the
 * tokens alone we know more: aliases, function names, literals, casts,
 * comparisons, and which published relation a column belongs to. Pure.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_SQL_SELECT_H
#define KBD_SQL_SELECT_H

#include "kb/relation.h"
#include "kbd/sql_stmt.h"

struct select_item {
	size_t from, to;	/* tokens, without the alias */
	bool is_star;		/* *, or t.* */
	struct slice name;	/* as PostgreSQL names the column */
	uint32_t oid;		/* 0: not known from the text */
};

struct select_source {
	const struct relation *relation;	/* NULL: not published */
	struct slice alias;			/* or the relation's name */
};

struct select_list {
	struct select_item *items;
	size_t n;
	struct select_source *sources;	/* of FROM, outermost level only */
	size_t nsources;
	bool is_compound;	/* UNION and the like: arms may differ */
};

/* Never fails: what it cannot read is left unknown. */
void sql_select_read(const struct sql_stmt *s, const uint32_t *params,
    struct arena *a, struct select_list *out);

/* The OID that stands for a published column's type. */
uint32_t sql_select_oid(enum column_type t);

/* The item of result column i of n, or NULL (it comes from a star). */
const struct select_item *sql_select_item(const struct select_list *l,
    size_t i, size_t n);

/* The type of a column of the FROM list; 0 when it is not published. */
uint32_t sql_select_column(const struct select_list *l,
    struct slice qualifier, struct slice column);

/*
 * Types of parameters that the client left open (0): LIMIT $1, column = $1,
 * search($1, $2). What stays open is text.
 */
void sql_select_params(const struct sql_stmt *s, struct arena *a,
    uint32_t *params);

#endif
