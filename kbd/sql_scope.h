/*
 * sql_scope.h - what the files sql_resolve*.c and sql_expression.c share: the
 * names that are visible at one place of a query. For nobody else.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_SQL_SCOPE_H
#define KBD_SQL_SCOPE_H

#include "kbd/sql_tree.h"

/* Common tables that can be named here, innermost first. */
struct cte_scope {
	struct cte *first;
	struct cte *end;	/* this and the later ones cannot be named */
	const struct cte_scope *outer;
};

/* Relations of one SELECT, then those of the queries around it. */
struct scope {
	struct source **sources;
	size_t nsources, cap;
	size_t nleaves;		/* relations below all of them */
	size_t first;		/* those before it are not visible: ON */
	struct scope *outer;
	const struct cte_scope *ctes;
	struct body *body;
	struct node **outer_refs;	/* columns that subqueries use */
	size_t nrefs, refs_cap;
	bool keeps_refs;	/* in what must agree with GROUP BY */
	const char *forbids;	/* "WHERE": no aggregates, no windows */
	bool in_aggregate;
};

struct resolver {
	const struct sql_tokens *t;
	struct arena *a;
	uint32_t *params;
	size_t nparams;
	struct err *e;
	size_t work;		/* columns that were looked at */
};

/* sql_expression.c */

bool sql_expression(struct resolver *c, struct scope *s, struct node *n);
/* Give an open value this type, or check that it has it or becomes it. */
bool sql_coerce(struct resolver *c, struct node *n, uint32_t type);
/* sql_coerce() or an error; where: "argument of WHERE". */
bool sql_must_be(struct resolver *c, struct node *n, uint32_t type,
    const char *where);
/* One type for both; 0 when both are open; false when there is none. */
bool sql_common_type(uint32_t a, uint32_t b, uint32_t *out);
bool sql_same_node(const struct node *a, const struct node *b);
bool sql_type_has_order(uint32_t type);

/* sql_resolve.c */

bool sql_resolve_query(struct resolver *c, struct query *q,
    struct scope *outer, const struct cte_scope *ctes);
/* The columns of a query's result. */
const struct column *sql_query_columns(const struct query *q, size_t *n);

/* sql_resolve_column.c */

/* Fills in n->source, type and level. */
bool sql_resolve_column(struct resolver *c, struct scope *s, struct node *n);
/* How many columns of that name; *at is NULL for a merged one. */
size_t sql_count_columns(struct source *s, struct slice name,
    struct source **at, const struct column **column);
/* Does USING or NATURAL show that column once? */
bool sql_is_merged(const struct source *join, struct slice name);
/* The relation of that name, perhaps inside of a join, or NULL. */
struct source *sql_find_alias(struct source *s, struct slice alias);

/* sql_resolve_from.c */

bool sql_resolve_from(struct resolver *c, struct scope *s,
    struct source *list);

/* sql_resolve_items.c */

/* The select list, and the columns of the result. */
bool sql_resolve_items(struct resolver *c, struct scope *s, struct body *b);
struct node *sql_nth_item(const struct body *b, size_t i);
/* ORDER BY 2, GROUP BY 2 */
bool sql_by_position(struct resolver *c, const struct body *b,
    struct node *n, const char *what);
/* The output column of that name, from 1; 0: none. */
unsigned sql_output_column(const struct body *b, struct slice name,
    bool *twice);

/* sql_resolve_group.c */

/* One node of GROUP BY. */
bool sql_resolve_group(struct resolver *c, struct scope *s, struct body *b,
    struct node *n);
/* What is neither grouped nor aggregated has no one value. */
bool sql_check_groups(struct resolver *c, const struct body *b,
    const struct node *order);

#endif
