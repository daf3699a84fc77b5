/*
 * sql_resolve.c - what the names of a query mean; WITH, the bodies, ORDER BY.
 *
 * Only what kb/relation.c publishes can be named, and the query's own common
 * tables, which may not bear a published name: before the authorizer a CTE of
 * that name would pass for the view.
 *
 * A query's common tables come first, then of each body its relations
 * (sql_resolve_from.c), the select list (sql_resolve_items.c) and GROUP BY
 * (sql_resolve_group.c), all of which ask sql_resolve_column.c what a column
 * is.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/sql_scope.h"
#include "common/arena.h"
#include "kb/relation.h"

static bool resolve_body(struct resolver *c, struct body *b,
    struct scope *outer, const struct cte_scope *ctes);

/* ---- bodies ---- */

static bool
resolve_condition(struct resolver *c, struct scope *s, struct node *n,
    const char *forbids, const char *what)
{
	bool ok;

	if (n == NULL)
		return true;
	s->forbids = forbids;
	ok = sql_expression(c, s, n) && sql_must_be(c, n, OID_BOOL, what);
	s->forbids = NULL;
	return ok;
}

static bool
resolve_windows(struct resolver *c, struct scope *s, struct body *b)
{
	struct window *w;
	struct node *n;

	for (w = b->windows; w != NULL; w = w->next) {
		for (n = w->partition; n != NULL; n = n->next)
			if (!sql_expression(c, s, n))
				return false;
		for (n = w->order; n != NULL; n = n->next)
			if (!sql_expression(c, s, n))
				return false;
	}
	return true;
}

static bool
resolve_select(struct resolver *c, struct body *b, struct scope *outer,
    const struct cte_scope *ctes)
{
	struct scope *s = arena_zalloc(c->a, sizeof(*s));
	struct node *n;

	s->outer = outer;
	s->ctes = ctes;
	s->body = b;
	b->scope = s;
	if (!sql_resolve_from(c, s, b->from) ||
	    !resolve_condition(c, s, b->where, "WHERE",
	    "argument of WHERE") || !resolve_windows(c, s, b))
		return false;
	s->keeps_refs = true;
	if (!sql_resolve_items(c, s, b))
		return false;
	s->keeps_refs = false;
	s->forbids = "GROUP BY";
	for (n = b->group; n != NULL; n = n->next)
		if (!sql_resolve_group(c, s, b, n))
			return false;
	s->forbids = NULL;
	s->keeps_refs = true;
	if (b->having != NULL && (!sql_expression(c, s, b->having) ||
	    !sql_must_be(c, b->having, OID_BOOL, "argument of HAVING")))
		return false;
	s->keeps_refs = false;
	return true;
}

static bool
coerce_column(struct resolver *c, struct body *b, size_t i, uint32_t type)
{
	struct node *row;

	b->columns[i].type = type;
	switch (b->kind) {
	case BODY_SELECT:
		return sql_coerce(c, sql_nth_item(b, i), type);
	case BODY_VALUES:
		for (row = b->items; row != NULL; row = row->next) {
			struct node *n = row->kid;
			size_t k = i;

			for (; k > 0; k--)
				n = n->next;
			if (!sql_coerce(c, n, type))
				return false;
		}
		return true;
	case BODY_PAREN:
		return coerce_column(c, b->query->body, i, type);
	case BODY_SET:
		return coerce_column(c, b->left, i, type) &&
		    coerce_column(c, b->right, i, type);
	}
	return false;
}

static bool
resolve_values(struct resolver *c, struct body *b, struct scope *outer,
    const struct cte_scope *ctes)
{
	struct scope *s = arena_zalloc(c->a, sizeof(*s));
	struct node *row, *n;
	size_t i;

	s->outer = outer;
	s->ctes = ctes;
	s->forbids = "VALUES";
	for (n = b->items->kid; n != NULL; n = n->next)
		b->ncolumns++;
	b->columns = arena_calloc(c->a, b->ncolumns, sizeof(*b->columns));
	for (i = 0; i < b->ncolumns; i++)
		b->columns[i].name = arena_printf(c->a, "column%zu", i + 1);
	for (row = b->items; row != NULL; row = row->next) {
		for (i = 0, n = row->kid; n != NULL; n = n->next, i++) {
			if (!sql_expression(c, s, n))
				return false;
			if (i < b->ncolumns && !sql_common_type(
			    b->columns[i].type, n->type, &b->columns[i].type))
				return sql_tree_error(c->e, c->t, n->token,
				    "42804", "VALUES types %s and %s cannot be "
				    "matched", pg_type_name(b->columns[i].type),
				    pg_type_name(n->type));
		}
		if (i != b->ncolumns)
			return sql_tree_error(c->e, c->t, row->token, "42601",
			    "VALUES lists must all be the same length");
	}
	for (i = 0; i < b->ncolumns; i++)
		if (!coerce_column(c, b, i, b->columns[i].type))
			return false;
	return true;
}

static bool
match_arms(struct resolver *c, struct body *b)
{
	const struct body *l = b->left, *r = b->right;
	size_t i;

	if (l->ncolumns != r->ncolumns)
		return sql_tree_error(c->e, c->t, r->token + 1, "42601",
		    "each %s query must have the same number of columns",
		    b->op);
	b->ncolumns = l->ncolumns;
	b->columns = arena_calloc(c->a, l->ncolumns + 1,
	    sizeof(*b->columns));
	for (i = 0; i < l->ncolumns; i++) {
		uint32_t type;

		if (!sql_common_type(l->columns[i].type, r->columns[i].type,
		    &type))
			return sql_tree_error(c->e, c->t, r->token, "42804",
			    "%s types %s and %s cannot be matched", b->op,
			    pg_type_name(l->columns[i].type),
			    pg_type_name(r->columns[i].type));
		b->columns[i] = l->columns[i];
		if (type == OID_UNKNOWN)
			type = OID_TEXT;
		if (!coerce_column(c, b, i, type))
			return false;
	}
	return true;
}

static bool
resolve_body(struct resolver *c, struct body *b, struct scope *outer,
    const struct cte_scope *ctes)
{
	switch (b->kind) {
	case BODY_SELECT:
		return resolve_select(c, b, outer, ctes);
	case BODY_VALUES:
		return resolve_values(c, b, outer, ctes);
	case BODY_PAREN:
		if (!sql_resolve_query(c, b->query, outer, ctes))
			return false;
		b->columns = b->query->body->columns;
		b->ncolumns = b->query->body->ncolumns;
		return true;
	case BODY_SET:
		if (!resolve_body(c, b->left, outer, ctes) ||
		    !resolve_body(c, b->right, outer, ctes))
			return false;
		if (b->left->kind == BODY_SELECT &&
		    !sql_check_groups(c, b->left, NULL))
			return false;
		if (b->right->kind == BODY_SELECT &&
		    !sql_check_groups(c, b->right, NULL))
			return false;
		return match_arms(c, b);
	}
	return false;
}

/* ---- WITH ---- */

static bool
cte_columns(struct resolver *c, struct cte *cte, const struct column *from,
    size_t n)
{
	const struct name_list *a;
	size_t i = 0;

	cte->columns = arena_calloc(c->a, n + 1, sizeof(*cte->columns));
	cte->ncolumns = n;
	if (n != 0)
		memcpy(cte->columns, from, n * sizeof(*from));
	for (a = cte->aliases; a != NULL; a = a->next, i++) {
		if (i == n)
			return sql_tree_error(c->e, c->t, a->token, "42P10",
			    "WITH query \"%.*s\" has %zu columns available but "
			    "more were specified", SQL_NAME_ARG(cte->name), n);
		cte->columns[i].name = a->name;
	}
	cte->is_ready = true;
	return true;
}

/* The first arm says which columns there are, then the second may use them. */
static bool
resolve_recursive(struct resolver *c, struct cte *cte, struct scope *outer,
    const struct cte_scope *ctes)
{
	struct body *b = cte->query->body;

	if (cte->query->order != NULL || cte->query->limit != NULL ||
	    cte->query->offset != NULL || cte->query->ctes != NULL)
		return sql_tree_error(c->e, c->t, cte->token, "0A000",
		    "ORDER BY and LIMIT in a recursive query are not "
		    "supported");
	if (!resolve_body(c, b->left, outer, ctes) ||
	    (b->left->kind == BODY_SELECT &&
	    !sql_check_groups(c, b->left, NULL)))
		return false;
	for (size_t i = 0; i < b->left->ncolumns; i++)
		if (b->left->columns[i].type == OID_UNKNOWN &&
		    !coerce_column(c, b->left, i, OID_TEXT))
			return false;
	if (!cte_columns(c, cte, b->left->columns, b->left->ncolumns) ||
	    !resolve_body(c, b->right, outer, ctes))
		return false;
	if (b->right->kind == BODY_SELECT &&
	    !sql_check_groups(c, b->right, NULL))
		return false;
	return match_arms(c, b);
}

static bool
resolve_cte(struct resolver *c, struct query *q, struct cte *cte,
    struct scope *outer, const struct cte_scope *around)
{
	struct cte_scope before = { q->ctes, cte, around };
	const struct column *columns;
	const struct cte *other;
	size_t n;

	if (relation_find(cte->name) != NULL) {
		sql_tree_error(c->e, c->t, cte->token, "0A000",
		    "WITH query \"%.*s\" has the name of a relation",
		    SQL_NAME_ARG(cte->name));
		return err_hint(c->e, "Give it another name.");
	}
	for (other = q->ctes; other != cte; other = other->next)
		if (slice_eq(other->name, cte->name))
			return sql_tree_error(c->e, c->t, cte->token, "42712",
			    "WITH query name \"%.*s\" specified more than once",
			    SQL_NAME_ARG(cte->name));
	if (q->is_recursive && cte->query->body->kind == BODY_SET) {
		before.end = cte->next;
		return resolve_recursive(c, cte, outer, &before);
	}
	if (!sql_resolve_query(c, cte->query, outer, &before))
		return false;
	columns = sql_query_columns(cte->query, &n);
	return cte_columns(c, cte, columns, n);
}

/* ---- ORDER BY, LIMIT ---- */

static bool
resolve_order(struct resolver *c, struct query *q, struct node *n)
{
	struct body *b = q->body;
	bool twice;
	size_t i;

	if (n->kind == NODE_NUMBER)
		return sql_by_position(c, b, n, "ORDER BY");
	if (n->kind == NODE_COLUMN && n->qualifier.len == 0) {
		n->position = sql_output_column(b, n->text, &twice);
		if (twice)
			return sql_tree_error(c->e, c->t, n->token, "42702",
			    "ORDER BY \"%.*s\" is ambiguous",
			    SQL_NAME_ARG(n->text));
		if (n->position != 0) {
			n->type = b->columns[n->position - 1].type;
			return true;
		}
	}
	if (b->kind != BODY_SELECT)
		return sql_tree_error(c->e, c->t, n->token,
		    n->kind == NODE_COLUMN ? "42703" : "0A000",
		    "ORDER BY of a UNION, INTERSECT, EXCEPT or VALUES must "
		    "name a column of the result");
	b->scope->keeps_refs = true;
	if (!sql_expression(c, b->scope, n) || (n->type == OID_UNKNOWN &&
	    !sql_coerce(c, n, OID_TEXT)))
		return false;
	if (!b->is_distinct)
		return true;
	for (i = 0; i < b->ncolumns && n->position == 0; i++)
		if (sql_same_node(sql_nth_item(b, i), n))
			n->position = (unsigned)i + 1;
	return n->position != 0 || sql_tree_error(c->e, c->t, n->token,
	    "42P10", "for SELECT DISTINCT, ORDER BY expressions must appear "
	    "in select list");
}

static bool
resolve_limit(struct resolver *c, struct node *n, struct scope *outer,
    const struct cte_scope *ctes, const char *what)
{
	struct scope s = { .outer = outer, .ctes = ctes, .forbids = what };

	if (n == NULL)
		return true;
	if (!sql_expression(c, &s, n))
		return false;
	if (n->type == OID_NUMERIC || n->type == OID_FLOAT8)
		return true;
	return sql_must_be(c, n, OID_INT8, what);
}

/* ---- the query ---- */

const struct column *
sql_query_columns(const struct query *q, size_t *n)
{
	*n = q->body->ncolumns;
	return q->body->columns;
}

bool
sql_resolve_query(struct resolver *c, struct query *q, struct scope *outer,
    const struct cte_scope *ctes)
{
	struct cte_scope own = { q->ctes, NULL, ctes };
	struct cte *cte;
	struct node *n;
	size_t i;

	for (cte = q->ctes; cte != NULL; cte = cte->next)
		if (!resolve_cte(c, q, cte, outer, ctes))
			return false;
	if (!resolve_body(c, q->body, outer, &own))
		return false;
	for (i = 0; i < q->body->ncolumns; i++)
		if (q->body->columns[i].type == OID_UNKNOWN &&
		    !coerce_column(c, q->body, i, OID_TEXT))
			return false;
	for (n = q->order; n != NULL; n = n->next)
		if (!resolve_order(c, q, n) || !sql_type_has_order(n->type))
			return n->type != OID_JSON ? false : sql_tree_error(
			    c->e, c->t, n->token, "42883", "could not "
			    "identify an ordering operator for type json");
	if (q->body->kind == BODY_SELECT && !sql_check_groups(c, q->body,
	    q->order))
		return false;
	/* own lives on this stack; nothing below looks at it again */
	if (q->body->scope != NULL)
		q->body->scope->ctes = NULL;
	return resolve_limit(c, q->limit, outer, &own,
	    "argument of LIMIT") && resolve_limit(c, q->offset, outer, &own,
	    "argument of OFFSET");
}

bool
sql_resolve(const struct sql_tokens *t, struct query *q, uint32_t *params,
    size_t nparams, struct arena *a, struct err *e)
{
	struct resolver c = { t, a, params, nparams, e, 0 };
	size_t i;

	if (!sql_resolve_query(&c, q, NULL, NULL))
		return false;
	for (i = 0; i < nparams; i++)
		if (params[i] == OID_UNKNOWN)
			params[i] = OID_TEXT;
	return true;
}
