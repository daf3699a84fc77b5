/*
 * sql_parse_call.c - a function's arguments, FILTER and OVER; windows.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/sql_parse_internal.h"
#include "common/arena.h"

/* ---- windows ---- */

/* UNBOUNDED PRECEDING, CURRENT ROW, 5 FOLLOWING */
static bool
frame_bound(struct parser *p)
{
	if (parse_accept(p, "current"))
		return parse_expect(p, "row");
	if (!parse_accept(p, "unbounded")) {
		if (parse_kind(p) != SQL_TOK_NUMBER || p->at >= p->t->n)
			return parse_refuse(p, p->at, "this frame of a window");
		p->at++;
	}
	return parse_accept(p, "preceding") || parse_expect(p, "following");
}

static bool
frame(struct parser *p, struct window *w)
{
	w->frame_from = p->at;
	if (!parse_is(p, "rows") && !parse_is(p, "range") &&
	    !parse_is(p, "groups")) {
		w->frame_to = p->at;
		return true;
	}
	p->at++;
	if (parse_accept(p, "between")) {
		if (!frame_bound(p) || !parse_expect(p, "and") ||
		    !frame_bound(p))
			return false;
	} else if (!frame_bound(p)) {
		return false;
	}
	if (parse_accept(p, "exclude")) {
		if (parse_accept(p, "current")) {
			if (!parse_expect(p, "row"))
				return false;
		} else if (parse_accept(p, "no")) {
			if (!parse_expect(p, "others"))
				return false;
		} else if (!parse_accept(p, "group") &&
		    !parse_expect(p, "ties")) {
			return false;
		}
	}
	w->frame_to = p->at;
	return true;
}

bool
parse_window(struct parser *p, struct window *w)
{
	if (!parse_expect(p, "("))
		return false;
	if (parse_is_name(p, p->at) && !parse_is(p, "partition") &&
	    !parse_is(p, "rows") && !parse_is(p, "range") &&
	    !parse_is(p, "groups"))
		return parse_refuse(p, p->at, "a window made from another one");
	if (parse_accept(p, "partition") && (!parse_expect(p, "by") ||
	    !parse_list(p, &w->partition)))
		return false;
	if (parse_accept(p, "order") && (!parse_expect(p, "by") ||
	    !parse_order(p, &w->order)))
		return false;
	return frame(p, w) && parse_expect(p, ")");
}

/* ---- calls ---- */

static bool
call_tail(struct parser *p, struct node *n)
{
	if (parse_accept(p, "filter")) {
		if (!parse_expect(p, "(") || !parse_expect(p, "where") ||
		    (n->filter = parse_expression(p, PREC_OR)) == NULL ||
		    !parse_expect(p, ")"))
			return false;
	}
	if (parse_is(p, "within"))
		return parse_refuse(p, p->at, "WITHIN GROUP");
	if (!parse_accept(p, "over"))
		return true;
	n->over = arena_zalloc(p->a, sizeof(*n->over));
	if (parse_is(p, "("))
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
	if (parse_accept(p, "*")) {
		n->kid = parse_node(p, NODE_STAR, p->at - 1);
	} else if (!parse_is(p, ")")) {
		if (parse_accept(p, "distinct"))
			n->is_distinct = true;
		else
			parse_accept(p, "all");
		if (parse_is(p, "variadic"))
			return parse_refuse(p, p->at, "VARIADIC"), NULL;
		if (!parse_list(p, &n->kid))
			return NULL;
		if (parse_is(p, "order"))
			return parse_refuse(p, p->at,
			    "ORDER BY in an aggregate"), NULL;
		if (parse_is(p, "=>") || parse_is(p, ":="))
			return parse_refuse(p, p->at, "a named argument"), NULL;
	}
	if (!parse_expect(p, ")") || !call_tail(p, n))
		return NULL;
	return n;
}
