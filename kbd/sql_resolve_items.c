/*
 * sql_resolve_items.c - the select list: *, and the names and types of the
 * result's columns.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/sql_scope.h"
#include "common/arena.h"

/* ---- the star ---- */

static struct node *
column_node(struct resolver *c, const struct node *star, struct source *s,
    const struct column *column)
{
	struct node *n = arena_zalloc(c->a, sizeof(*n));

	n->kind = NODE_COLUMN;
	n->token = star->token;
	n->text = column->name;
	n->type = column->type;
	n->source = s;
	n->scale = SQL_SCALE_OPEN;
	return n;
}

static struct node **
expand(struct resolver *c, const struct node *star, struct source *s,
    struct source *top, struct node **last)
{
	size_t i;

	if (s->kind == SOURCE_JOIN) {
		const struct name_list *m;

		for (m = s->merged; m != NULL; m = m->next) {
			const struct column *column = NULL;
			struct source *at;

			(void)sql_count_columns(s->left, m->name, &at, &column);
			*last = column_node(c, star, NULL, column);
			last = &(*last)->next;
		}
		last = expand(c, star, s->left, s, last);
		return expand(c, star, s->right, s, last);
	}
	for (i = 0; i < s->ncolumns; i++) {
		if (top != NULL && sql_is_merged(top, s->columns[i].name))
			continue;
		*last = column_node(c, star, s, &s->columns[i]);
		last = &(*last)->next;
	}
	return last;
}

static bool
expand_star(struct resolver *c, struct scope *s, const struct node *star,
    struct node ***last)
{
	size_t i;
	struct source *found = NULL;

	if (s->nsources == 0 && star->qualifier.len == 0)
		return sql_tree_error(c->e, c->t, star->token, "42601",
		    "SELECT * with no tables specified is not valid");
	for (i = 0; i < s->nsources; i++) {
		if (star->qualifier.len == 0) {
			*last = expand(c, star, s->sources[i], NULL, *last);
		} else if (found == NULL) {
			found = sql_find_alias(s->sources[i], star->qualifier);
			if (found != NULL)
				*last = expand(c, star, found, NULL, *last);
		}
	}
	if (star->qualifier.len == 0 || found != NULL)
		return true;
	return sql_tree_error(c->e, c->t, star->token, "42P01",
	    "missing FROM-clause entry for table \"%.*s\"",
	    SQL_NAME_ARG(star->qualifier));
}

/* ---- names ---- */

static struct slice
type_column_name(uint32_t type)
{
	switch (type) {
	case OID_INT2:
		return SLICE("int2");
	case OID_INT4:
		return SLICE("int4");
	case OID_INT8:
		return SLICE("int8");
	case OID_BOOL:
		return SLICE("bool");
	case OID_FLOAT4:
		return SLICE("float4");
	case OID_FLOAT8:
		return SLICE("float8");
	case OID_VARCHAR:
		return SLICE("varchar");
	case OID_BPCHAR:
		return SLICE("bpchar");
	case OID_TIMESTAMP:
		return SLICE("timestamp");
	case OID_TIMESTAMPTZ:
		return SLICE("timestamptz");
	default:
		return slice_of(pg_type_name(type));
	}
}

/* PostgreSQL's FigureColname(); empty when nothing gives a name. */
static struct slice
weak_name(const struct node *n)
{
	const struct node *k;
	struct slice name;
	size_t count;

	switch (n->kind) {
	case NODE_COLUMN:
	case NODE_CALL:
		return n->text;
	case NODE_CAST:
		name = weak_name(n->kid);
		return name.len != 0 && n->kid->kind != NODE_BOOL ? name :
		    type_column_name(n->type);
	case NODE_BOOL:
		return SLICE("bool");
	case NODE_EXISTS:
		return SLICE("exists");
	case NODE_ROW:
		return SLICE("row");
	case NODE_QUERY:
		return sql_query_columns(n->query, &count)[0].name;
	case NODE_CASE:
		if (n->has_else) {
			for (k = n->kid; k->next != NULL; k = k->next)
				;
			name = weak_name(k);
			if (name.len != 0 && k->kind != NODE_BOOL)
				return name;
		}
		return SLICE("case");
	default:
		return slice_make("", 0);
	}
}

static bool
body_columns(struct resolver *c, struct body *b)
{
	const struct node *n;
	size_t i = 0, count = 0;

	for (n = b->items; n != NULL; n = n->next)
		if (++count > SQL_COLUMNS_MAX)
			return sql_tree_error(c->e, c->t, n->token, "54011",
			    "target lists can have at most %d entries",
			    SQL_COLUMNS_MAX);
	b->columns = arena_calloc(c->a, count + 1, sizeof(*b->columns));
	for (n = b->items; n != NULL; n = n->next, i++) {
		b->columns[i].name = n->has_alias ? n->alias : weak_name(n);
		if (b->columns[i].name.len == 0)
			b->columns[i].name = SLICE("?column?");
		b->columns[i].type = n->type;
	}
	b->ncolumns = count;
	return true;
}

bool
sql_resolve_items(struct resolver *c, struct scope *s, struct body *b)
{
	struct node *n = b->items, *next, *list = NULL, **last = &list;

	for (; n != NULL; n = next) {
		next = n->next;
		if (n->kind == NODE_STAR) {
			if (!expand_star(c, s, n, &last) ||
			    !sql_tree_has_room(c->a, c->t, n->token, c->e))
				return false;
			continue;
		}
		if (!sql_expression(c, s, n))
			return false;
		if (n->kind == NODE_ROW)
			return sql_tree_error(c->e, c->t, n->token, "0A000",
			    "a row as a column is not supported");
		n->next = NULL;
		*last = n;
		last = &n->next;
	}
	b->items = list;
	return body_columns(c, b);
}

/* ---- columns of the result, for GROUP BY and ORDER BY ---- */

struct node *
sql_nth_item(const struct body *b, size_t i)
{
	struct node *n = b->items;

	for (; n != NULL && i > 0; i--)
		n = n->next;
	return n;
}

bool
sql_by_position(struct resolver *c, const struct body *b, struct node *n,
    const char *what)
{
	int64_t at;

	if (!str_int(n->text, 1, (int64_t)b->ncolumns, &at))
		return sql_tree_error(c->e, c->t, n->token, "42P10",
		    "%s position %.*s is not in select list", what,
		    SLICE_ARG(n->text));
	n->position = (unsigned)at;
	n->type = b->columns[at - 1].type;
	return true;
}

unsigned
sql_output_column(const struct body *b, struct slice name, bool *twice)
{
	unsigned found = 0;
	size_t i;

	*twice = false;
	for (i = 0; i < b->ncolumns; i++) {
		if (!slice_eq(b->columns[i].name, name))
			continue;
		if (found != 0 && b->kind == BODY_SELECT &&
		    !sql_same_node(sql_nth_item(b, found - 1),
		    sql_nth_item(b, i)))
			*twice = true;
		found = (unsigned)i + 1;
	}
	return found;
}
