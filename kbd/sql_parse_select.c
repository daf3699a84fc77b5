/*
 * sql_parse_select.c - SELECT, VALUES, UNION and its like, WITH, ORDER BY,
 * LIMIT: a query as a whole.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/sql_parse_internal.h"
#include "common/arena.h"

/* ---- SELECT, VALUES ---- */

static bool
item_alias(struct parser *p, struct node *n)
{
	static const char *const not_bare[] = { "over", "filter", "within",
		"without", "isnull", "notnull", "overlaps", "precision",
		"varying", "day", "hour", "minute", "month", "second", "year",
		"char", "character", "to" };
	size_t i;

	if (parse_accept(p, "as")) {
		n->has_alias = true;
		return parse_label(p, &n->alias);
	}
	if (!parse_is_name(p, p->at))
		return true;
	for (i = 0; i < ARRAY_LEN(not_bare); i++)
		if (parse_is(p, not_bare[i]))
			return parse_unexpected(p);
	n->has_alias = true;
	return parse_label(p, &n->alias);
}

static bool
items(struct parser *p, struct node **last)
{
	struct node *n;

	/* SELECT FROM t is allowed, and useless */
	if (p->at >= p->t->n || parse_is(p, "from") || parse_is(p, ")"))
		return parse_refuse(p, p->at, "an empty select list");
	do {
		if (parse_accept(p, "*"))
			n = parse_node(p, NODE_STAR, p->at - 1);
		else if ((n = parse_expression(p, PREC_OR)) == NULL ||
		    !item_alias(p, n))
			return false;
		*last = n;
		last = &n->next;
	} while (parse_accept(p, ","));
	return true;
}

static bool
windows(struct parser *p, struct window **last)
{
	do {
		struct window *w = arena_zalloc(p->a, sizeof(*w));

		if (!parse_name(p, &w->name) || !parse_expect(p, "as") ||
		    !parse_window(p, w))
			return false;
		*last = w;
		last = &w->next;
	} while (parse_accept(p, ","));
	return true;
}

static bool
group_by(struct parser *p, struct node **out)
{
	if (parse_is(p, "grouping") || parse_is(p, "rollup") ||
	    parse_is(p, "cube") ||
	    (parse_is(p, "(") && parse_is_next(p, 1, ")")))
		return parse_refuse(p, p->at, "grouping sets");
	return parse_list(p, out);
}

static struct body *
select_body(struct parser *p)
{
	struct body *b = arena_zalloc(p->a, sizeof(*b));

	b->kind = BODY_SELECT;
	b->token = p->at++;
	if (parse_accept(p, "distinct")) {
		b->is_distinct = true;
		if (parse_is(p, "on"))
			return parse_refuse(p, p->at, "DISTINCT ON"), NULL;
	} else {
		parse_accept(p, "all");
	}
	if (!items(p, &b->items))
		return NULL;
	if (parse_is(p, "into")) {
		sql_tree_error(p->e, p->t, p->at, "25006",
		    "cannot execute SELECT INTO in a read-only transaction");
		return NULL;
	}
	if (parse_accept(p, "from") && !parse_from(p, &b->from))
		return NULL;
	if (parse_accept(p, "where") &&
	    (b->where = parse_expression(p, PREC_OR)) == NULL)
		return NULL;
	if (parse_accept(p, "group") && (!parse_expect(p, "by") ||
	    !group_by(p, &b->group)))
		return NULL;
	if (parse_accept(p, "having") &&
	    (b->having = parse_expression(p, PREC_OR)) == NULL)
		return NULL;
	if (parse_accept(p, "window") && !windows(p, &b->windows))
		return NULL;
	return b;
}

static struct body *
values_body(struct parser *p)
{
	struct body *b = arena_zalloc(p->a, sizeof(*b));
	struct node **last = &b->items;

	b->kind = BODY_VALUES;
	b->token = p->at++;
	do {
		*last = parse_node(p, NODE_ROW, p->at);
		if (!parse_expect(p, "(") || !parse_list(p, &(*last)->kid) ||
		    !parse_expect(p, ")"))
			return NULL;
		last = &(*last)->next;
	} while (parse_accept(p, ","));
	return b;
}

static struct body *
simple_body(struct parser *p)
{
	struct body *b;

	if (parse_is(p, "select"))
		return select_body(p);
	if (parse_is(p, "values"))
		return values_body(p);
	if (!parse_is(p, "(")) {
		parse_unexpected(p);
		return NULL;
	}
	b = arena_zalloc(p->a, sizeof(*b));
	b->kind = BODY_PAREN;
	b->token = p->at++;
	b->query = parse_query(p);
	return b->query != NULL && parse_expect(p, ")") ? b : NULL;
}

/* ---- set operations ---- */

static struct body *
set_operation(struct parser *p, struct body *left, const char *op,
    struct body *(*right)(struct parser *p))
{
	struct body *b = arena_zalloc(p->a, sizeof(*b));

	b->kind = BODY_SET;
	b->token = p->at++;
	b->op = op;
	b->is_all = parse_accept(p, "all");
	if (!b->is_all)
		parse_accept(p, "distinct");
	if (b->is_all && strcmp(op, "UNION") != 0)
		return parse_refuse(p, p->at,
		    "INTERSECT ALL and EXCEPT ALL"), NULL;
	b->left = left;
	b->right = right(p);
	return b->right != NULL ? b : NULL;
}

static struct body *
intersections(struct parser *p)
{
	struct body *b = simple_body(p);
	unsigned count = 0;

	while (b != NULL && parse_is(p, "intersect")) {
		if (++count > SQL_NEST_MAX)
			return parse_too_deep(p), NULL;
		b = set_operation(p, b, "INTERSECT", simple_body);
	}
	return b;
}

static struct body *
bodies(struct parser *p)
{
	struct body *b = intersections(p);
	unsigned count = 0;

	while (b != NULL && (parse_is(p, "union") || parse_is(p, "except"))) {
		if (++count > SQL_NEST_MAX)
			return parse_too_deep(p), NULL;
		b = set_operation(p, b, parse_is(p, "union") ? "UNION" :
		    "EXCEPT", intersections);
	}
	return b;
}

/* ---- WITH ---- */

static bool
ctes(struct parser *p, struct query *q)
{
	struct cte **last = &q->ctes, *c;

	q->is_recursive = parse_accept(p, "recursive");
	do {
		c = *last = arena_zalloc(p->a, sizeof(*c));
		last = &c->next;
		c->token = p->at;
		c->how = "";
		if (!parse_name(p, &c->name) || (parse_is(p, "(") &&
		    !parse_names(p, &c->aliases)) || !parse_expect(p, "as"))
			return false;
		if (parse_is(p, "not") && parse_is_next(p, 1, "materialized")) {
			p->at += 2;
			c->how = "NOT MATERIALIZED ";
		} else if (parse_accept(p, "materialized")) {
			c->how = "MATERIALIZED ";
		}
		if (!parse_expect(p, "("))
			return false;
		if (parse_is(p, "insert") || parse_is(p, "update") ||
		    parse_is(p, "delete"))
			return sql_tree_error(p->e, p->t, p->at, "25006",
			    "cannot execute %.*s in a read-only transaction",
			    SLICE_ARG(sql_token_text(p->t, p->at)));
		if ((c->query = parse_query(p)) == NULL ||
		    !parse_expect(p, ")"))
			return false;
		if (parse_is(p, "search") || parse_is(p, "cycle"))
			return parse_refuse(p, p->at, "SEARCH and CYCLE");
	} while (parse_accept(p, ","));
	return true;
}

/* ---- ORDER BY ---- */

bool
parse_order(struct parser *p, struct node **out)
{
	struct node **last = out, *n;

	do {
		if ((n = parse_expression(p, PREC_OR)) == NULL)
			return false;
		*last = n;
		last = &n->next;
		n->is_desc = parse_is(p, "desc");
		if (!parse_accept(p, "desc"))
			parse_accept(p, "asc");
		if (parse_is(p, "using"))
			return parse_refuse(p, p->at, "ORDER BY USING");
		if (parse_accept(p, "nulls")) {
			n->has_nulls = true;
			n->nulls_first = parse_is(p, "first");
			if (!parse_accept(p, "first") &&
			    !parse_expect(p, "last"))
				return false;
		}
	} while (parse_accept(p, ","));
	return true;
}

/* ---- LIMIT ---- */

static bool
fetch_first(struct parser *p, struct query *q)
{
	if (!parse_accept(p, "first") && !parse_expect(p, "next"))
		return false;
	if (parse_is(p, "row") || parse_is(p, "rows")) {
		q->limit = parse_node(p, NODE_NUMBER, p->at);
		q->limit->text = SLICE("1");
	} else if ((q->limit = parse_postfix(p)) == NULL) {
		return false;
	}
	if (!parse_accept(p, "row") && !parse_expect(p, "rows"))
		return false;
	if (parse_is(p, "with"))
		return parse_refuse(p, p->at, "WITH TIES");
	return parse_expect(p, "only");
}

/* LIMIT, OFFSET and FETCH, in any order but each once */
static bool
limits(struct parser *p, struct query *q)
{
	bool limited = false;

	for (;;) {
		if (!limited && parse_accept(p, "limit")) {
			limited = true;
			if (parse_accept(p, "all"))
				continue;
			if ((q->limit = parse_expression(p, PREC_OR)) == NULL)
				return false;
			if (parse_is(p, ",")) {
				sql_tree_error(p->e, p->t, p->at, "42601",
				    "LIMIT #,# syntax is not supported");
				return err_hint(p->e, "Use separate LIMIT and "
				    "OFFSET clauses.");
			}
		} else if (!limited && parse_is(p, "fetch")) {
			limited = true;
			p->at++;
			if (!fetch_first(p, q))
				return false;
		} else if (q->offset == NULL && parse_accept(p, "offset")) {
			if ((q->offset = parse_expression(p, PREC_OR)) == NULL)
				return false;
			if (!parse_accept(p, "row"))
				parse_accept(p, "rows");
		} else {
			break;
		}
	}
	if (parse_is(p, "for"))
		return parse_refuse(p, p->at, "FOR UPDATE and FOR SHARE");
	return true;
}

/* ---- the query ---- */

struct query *
parse_query(struct parser *p)
{
	struct query *q = arena_zalloc(p->a, sizeof(*q));
	bool ok;

	if (p->depth >= SQL_NEST_MAX)
		return parse_too_deep(p), NULL;
	p->depth++;
	ok = (!parse_accept(p, "with") || ctes(p, q)) &&
	    (q->body = bodies(p)) != NULL &&
	    (!parse_accept(p, "order") || (parse_expect(p, "by") &&
	    parse_order(p, &q->order))) && limits(p, q);
	p->depth--;
	return ok ? q : NULL;
}
