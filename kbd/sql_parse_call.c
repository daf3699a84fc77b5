/*
 * sql_parse_call.c - a function's arguments, FILTER and OVER; windows and the
 * ORDER BY that they share with queries.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/sql_parse_internal.h"
#include "common/arena.h"

bool
parse_order(struct parser *p, struct node **out)
{
	struct node **last = out, *n;

	do {
		if ((n = parse_expression(p, PREC_OR)) == NULL)
			return false;
		*last = n;
		last = &n->next;
		n->is_desc = is(p, "desc");
		if (!accept(p, "desc"))
			accept(p, "asc");
		if (is(p, "using"))
			return refuse(p, p->at, "ORDER BY USING");
		if (accept(p, "nulls")) {
			n->has_nulls = true;
			n->nulls_first = is(p, "first");
			if (!accept(p, "first") && !expect(p, "last"))
				return false;
		}
	} while (accept(p, ","));
	return true;
}

/* ---- windows ---- */

/* UNBOUNDED PRECEDING, CURRENT ROW, 5 FOLLOWING */
static bool
frame_bound(struct parser *p)
{
	if (accept(p, "current"))
		return expect(p, "row");
	if (!accept(p, "unbounded")) {
		if (kind(p) != SQL_TOK_NUMBER || p->at >= p->t->n)
			return refuse(p, p->at, "this frame of a window");
		p->at++;
	}
	return accept(p, "preceding") || expect(p, "following");
}

static bool
frame(struct parser *p, struct window *w)
{
	w->frame_from = p->at;
	if (!is(p, "rows") && !is(p, "range") && !is(p, "groups")) {
		w->frame_to = p->at;
		return true;
	}
	p->at++;
	if (accept(p, "between")) {
		if (!frame_bound(p) || !expect(p, "and") || !frame_bound(p))
			return false;
	} else if (!frame_bound(p)) {
		return false;
	}
	if (accept(p, "exclude")) {
		if (accept(p, "current")) {
			if (!expect(p, "row"))
				return false;
		} else if (accept(p, "no")) {
			if (!expect(p, "others"))
				return false;
		} else if (!accept(p, "group") && !expect(p, "ties")) {
			return false;
		}
	}
	w->frame_to = p->at;
	return true;
}

bool
parse_window(struct parser *p, struct window *w)
{
	if (!expect(p, "("))
		return false;
	if (parse_is_name(p, p->at) && !is(p, "partition") && !is(p, "rows") &&
	    !is(p, "range") && !is(p, "groups"))
		return refuse(p, p->at, "a window made from another one");
	if (accept(p, "partition") && (!expect(p, "by") ||
	    !parse_list(p, &w->partition)))
		return false;
	if (accept(p, "order") && (!expect(p, "by") ||
	    !parse_order(p, &w->order)))
		return false;
	return frame(p, w) && expect(p, ")");
}

/* ---- calls ---- */

static bool
call_tail(struct parser *p, struct node *n)
{
	if (accept(p, "filter")) {
		if (!expect(p, "(") || !expect(p, "where") ||
		    (n->filter = parse_expression(p, PREC_OR)) == NULL ||
		    !expect(p, ")"))
			return false;
	}
	if (is(p, "within"))
		return refuse(p, p->at, "WITHIN GROUP");
	if (!accept(p, "over"))
		return true;
	n->over = arena_zalloc(p->a, sizeof(*n->over));
	if (is(p, "("))
		return parse_window(p, n->over);
	n->over->is_reference = true;
	return parse_name(p, &n->over->name);
}

struct node *
parse_call(struct parser *p, struct slice what, size_t token)
{
	struct node *n = parse_node(p, NODE_CALL, token);

	n->text = what;
	p->at++;
	if (accept(p, "*")) {
		n->kid = parse_node(p, NODE_STAR, p->at - 1);
	} else if (!is(p, ")")) {
		if (accept(p, "distinct"))
			n->is_distinct = true;
		else
			accept(p, "all");
		if (is(p, "variadic"))
			return refuse(p, p->at, "VARIADIC"), NULL;
		if (!parse_list(p, &n->kid))
			return NULL;
		if (is(p, "order"))
			return refuse(p, p->at,
			    "ORDER BY in an aggregate"), NULL;
		if (is(p, "=>") || is(p, ":="))
			return refuse(p, p->at, "a named argument"), NULL;
	}
	if (!expect(p, ")") || !call_tail(p, n))
		return NULL;
	return n;
}
