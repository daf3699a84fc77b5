/*
 * sql_scope.h - what sql_resolve.c and sql_expression.c share: the names that
 * are visible at one place of a query. For nobody else.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_SQL_SCOPE_H
#define KBD_SQL_SCOPE_H

#include "kbd/sql_tree.h"

/* Common tables that can be named here, innermost first. */
struct cte_scope {
	struct cte *first;
	struct cte *end;	/* this one and the later ones cannot be named */
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
/* Fills in n->source, type and level. */
bool sql_resolve_column(struct resolver *c, struct scope *s, struct node *n);

#endif
