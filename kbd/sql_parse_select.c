/*
 * sql_parse_select.c - SELECT, VALUES, UNION and its like, WITH, LIMIT: a
 * query as a whole.
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

	if (accept(p, "as")) {
		n->has_alias = true;
		return parse_label(p, &n->alias);
	}
	if (!parse_is_name(p, p->at))
		return true;
	for (i = 0; i < ARRAY_LEN(not_bare); i++)
		if (is(p, not_bare[i]))
			return unexpected(p);
	n->has_alias = true;
	return parse_label(p, &n->alias);
}

static bool
items(struct parser *p, struct node **last)
{
	struct node *n;

	/* SELECT FROM t is allowed, and useless */
	if (p->at >= p->t->n || is(p, "from") || is(p, ")"))
		return refuse(p, p->at, "an empty select list");
	do {
		if (accept(p, "*"))
			n = parse_node(p, NODE_STAR, p->at - 1);
		else if ((n = parse_expression(p, PREC_OR)) == NULL ||
		    !item_alias(p, n))
			return false;
		*last = n;
		last = &n->next;
	} while (accept(p, ","));
	return true;
}

static bool
windows(struct parser *p, struct window **last)
{
	do {
		struct window *w = arena_zalloc(p->a, sizeof(*w));

		if (!parse_name(p, &w->name) || !expect(p, "as") ||
		    !parse_window(p, w))
			return false;
		*last = w;
		last = &w->next;
	} while (accept(p, ","));
	return true;
}

static bool
group_by(struct parser *p, struct node **out)
{
	if (is(p, "grouping") || is(p, "rollup") || is(p, "cube") ||
	    (is(p, "(") && is_next(p, 1, ")")))
		return refuse(p, p->at, "grouping sets");
	return parse_list(p, out);
}

static struct body *
select_body(struct parser *p)
{
	struct body *b = arena_zalloc(p->a, sizeof(*b));

	b->kind = BODY_SELECT;
	b->token = p->at++;
	if (accept(p, "distinct")) {
		b->is_distinct = true;
		if (is(p, "on"))
			return refuse(p, p->at, "DISTINCT ON"), NULL;
	} else {
		accept(p, "all");
	}
	if (!items(p, &b->items))
		return NULL;
	if (is(p, "into")) {
		sql_tree_error(p->e, p->t, p->at, "25006",
		    "cannot execute SELECT INTO in a read-only transaction");
		return NULL;
	}
	if (accept(p, "from") && !parse_from(p, &b->from))
		return NULL;
	if (accept(p, "where") &&
	    (b->where = parse_expression(p, PREC_OR)) == NULL)
		return NULL;
	if (accept(p, "group") && (!expect(p, "by") ||
	    !group_by(p, &b->group)))
		return NULL;
	if (accept(p, "having") &&
	    (b->having = parse_expression(p, PREC_OR)) == NULL)
		return NULL;
	if (accept(p, "window") && !windows(p, &b->windows))
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
		if (!expect(p, "(") || !parse_list(p, &(*last)->kid) ||
		    !expect(p, ")"))
			return NULL;
		last = &(*last)->next;
	} while (accept(p, ","));
	return b;
}

static struct body *
simple_body(struct parser *p)
{
	struct body *b;

	if (is(p, "select"))
		return select_body(p);
	if (is(p, "values"))
		return values_body(p);
	if (!is(p, "(")) {
		unexpected(p);
		return NULL;
	}
	b = arena_zalloc(p->a, sizeof(*b));
	b->kind = BODY_PAREN;
	b->token = p->at++;
	b->query = parse_query(p);
	return b->query != NULL && expect(p, ")") ? b : NULL;
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
	b->is_all = accept(p, "all");
	if (!b->is_all)
		accept(p, "distinct");
	if (b->is_all && strcmp(op, "UNION") != 0)
		return refuse(p, p->at, "INTERSECT ALL and EXCEPT ALL"), NULL;
	b->left = left;
	b->right = right(p);
	return b->right != NULL ? b : NULL;
}

static struct body *
intersections(struct parser *p)
{
	struct body *b = simple_body(p);
	unsigned count = 0;

	while (b != NULL && is(p, "intersect")) {
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

	while (b != NULL && (is(p, "union") || is(p, "except"))) {
		if (++count > SQL_NEST_MAX)
			return parse_too_deep(p), NULL;
		b = set_operation(p, b, is(p, "union") ? "UNION" : "EXCEPT",
		    intersections);
	}
	return b;
}

/* ---- WITH ---- */

static bool
ctes(struct parser *p, struct query *q)
{
	struct cte **last = &q->ctes, *c;

	q->is_recursive = accept(p, "recursive");
	do {
		c = *last = arena_zalloc(p->a, sizeof(*c));
		last = &c->next;
		c->token = p->at;
		c->how = "";
		if (!parse_name(p, &c->name) || (is(p, "(") &&
		    !parse_names(p, &c->aliases)) || !expect(p, "as"))
			return false;
		if (is(p, "not") && is_next(p, 1, "materialized")) {
			p->at += 2;
			c->how = "NOT MATERIALIZED ";
		} else if (accept(p, "materialized")) {
			c->how = "MATERIALIZED ";
		}
		if (!expect(p, "("))
			return false;
		if (is(p, "insert") || is(p, "update") || is(p, "delete"))
			return sql_tree_error(p->e, p->t, p->at, "25006",
			    "cannot execute %.*s in a read-only transaction",
			    SLICE_ARG(sql_token_text(p->t, p->at)));
		if ((c->query = parse_query(p)) == NULL || !expect(p, ")"))
			return false;
		if (is(p, "search") || is(p, "cycle"))
			return refuse(p, p->at, "SEARCH and CYCLE");
	} while (accept(p, ","));
	return true;
}

/* ---- LIMIT ---- */

static bool
fetch_first(struct parser *p, struct query *q)
{
	if (!accept(p, "first") && !expect(p, "next"))
		return false;
	if (is(p, "row") || is(p, "rows")) {
		q->limit = parse_node(p, NODE_NUMBER, p->at);
		q->limit->text = SLICE("1");
	} else if ((q->limit = parse_postfix(p)) == NULL) {
		return false;
	}
	if (!accept(p, "row") && !expect(p, "rows"))
		return false;
	if (is(p, "with"))
		return refuse(p, p->at, "WITH TIES");
	return expect(p, "only");
}

/* LIMIT, OFFSET and FETCH, in any order but each once */
static bool
limits(struct parser *p, struct query *q)
{
	bool limited = false;

	for (;;) {
		if (!limited && accept(p, "limit")) {
			limited = true;
			if (accept(p, "all"))
				continue;
			if ((q->limit = parse_expression(p, PREC_OR)) == NULL)
				return false;
			if (is(p, ",")) {
				sql_tree_error(p->e, p->t, p->at, "42601",
				    "LIMIT #,# syntax is not supported");
				return err_hint(p->e, "Use separate LIMIT and "
				    "OFFSET clauses.");
			}
		} else if (!limited && is(p, "fetch")) {
			limited = true;
			p->at++;
			if (!fetch_first(p, q))
				return false;
		} else if (q->offset == NULL && accept(p, "offset")) {
			if ((q->offset = parse_expression(p, PREC_OR)) == NULL)
				return false;
			if (!accept(p, "row"))
				accept(p, "rows");
		} else {
			break;
		}
	}
	if (is(p, "for"))
		return refuse(p, p->at, "FOR UPDATE and FOR SHARE");
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
	ok = (!accept(p, "with") || ctes(p, q)) &&
	    (q->body = bodies(p)) != NULL &&
	    (!accept(p, "order") || (expect(p, "by") &&
	    parse_order(p, &q->order))) && limits(p, q);
	p->depth--;
	return ok ? q : NULL;
}
