/*
 * sql_resolve_group.c - GROUP BY, and what may stand beside it.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/sql_scope.h"
#include "kbd/sql_function.h"

bool
sql_resolve_group(struct resolver *c, struct scope *s, struct body *b,
    struct node *n)
{
	struct source *at;
	const struct column *column;
	size_t i, count = 0;
	bool twice;

	if (n->kind == NODE_NUMBER)
		return sql_by_position(c, b, n, "GROUP BY");
	if (n->kind == NODE_COLUMN && n->qualifier.len == 0) {
		for (i = 0; i < s->nsources; i++)
			count += sql_count_columns(s->sources[i], n->text, &at,
			    &column);
		if (count == 0)
			n->position = sql_output_column(b, n->text, &twice);
		if (n->position != 0)
			return true;
	}
	if (!sql_expression(c, s, n))
		return false;
	return n->type != OID_UNKNOWN || sql_coerce(c, n, OID_TEXT);
}

static bool
is_grouped(const struct body *b, const struct node *n)
{
	const struct node *g, *item;

	for (g = b->group; g != NULL; g = g->next) {
		item = g->position != 0 ? sql_nth_item(b, g->position - 1) : g;
		if (sql_same_node(item, n))
			return true;
	}
	return false;
}

static bool
not_grouped(struct resolver *c, const struct node *n)
{
	struct slice q = n->source != NULL ? n->source->alias :
	    slice_make("", 0);

	return sql_tree_error(c->e, c->t, n->token, "42803",
	    "column \"%.*s%s%.*s\" must appear in the GROUP BY clause or be "
	    "used in an aggregate function", SQL_NAME_ARG(q),
	    q.len != 0 ? "." : "", SQL_NAME_ARG(n->text));
}

static bool
check_grouped(struct resolver *c, const struct body *b, const struct node *n)
{
	const struct node *k;

	if (n->position != 0 || is_grouped(b, n))
		return true;
	if (n->kind == NODE_COLUMN)
		return n->level > 0 || not_grouped(c, n);
	if (n->kind == NODE_CALL && n->over == NULL &&
	    (n->function->flags & FUNCTION_AGGREGATE))
		return true;
	for (k = n->kid; k != NULL; k = k->next)
		if (k->kind != NODE_STAR && !check_grouped(c, b, k))
			return false;
	if (n->over == NULL)
		return true;
	for (k = n->over->partition; k != NULL; k = k->next)
		if (!check_grouped(c, b, k))
			return false;
	for (k = n->over->order; k != NULL; k = k->next)
		if (!check_grouped(c, b, k))
			return false;
	return true;
}

bool
sql_check_groups(struct resolver *c, const struct body *b,
    const struct node *order)
{
	const struct node *n;
	size_t i;

	if (b->group == NULL && !b->has_aggregate && b->having == NULL)
		return true;
	for (n = b->group; n != NULL; n = n->next) {
		const struct node *item = n->position != 0 ?
		    sql_nth_item(b, n->position - 1) : n;

		if (item->kind == NODE_CALL && item->function->flags &
		    FUNCTION_AGGREGATE)
			return sql_tree_error(c->e, c->t, item->token,
			    "42803", "aggregate functions are not allowed in "
			    "GROUP BY");
	}
	for (n = b->items; n != NULL; n = n->next)
		if (!check_grouped(c, b, n))
			return false;
	for (n = order; n != NULL; n = n->next)
		if (!check_grouped(c, b, n))
			return false;
	if (b->having != NULL && !check_grouped(c, b, b->having))
		return false;
	for (i = 0; i < b->scope->nrefs; i++) {
		struct node copy = *b->scope->outer_refs[i];

		copy.level = 0;
		if (!is_grouped(b, &copy))
			return not_grouped(c, &copy);
	}
	return true;
}
