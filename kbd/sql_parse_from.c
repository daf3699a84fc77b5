/*
 * sql_parse_from.c - FROM: relations, functions, subqueries and their joins.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/sql_parse_internal.h"
#include "common/arena.h"

static struct source *from_item(struct parser *p);

static bool
source_alias(struct parser *p, struct source *s)
{
	if (parse_accept(p, "as") || parse_is_name(p, p->at)) {
		s->has_alias = true;
		if (!parse_name(p, &s->alias))
			return false;
		if (parse_is(p, "("))
			return parse_names(p, &s->aliases);
	}
	return true;
}

static struct source *
source_query(struct parser *p)
{
	struct source *s = arena_zalloc(p->a, sizeof(*s));

	s->kind = SOURCE_QUERY;
	s->token = p->at++;
	if ((s->query = parse_query(p)) == NULL || !parse_expect(p, ")") ||
	    !source_alias(p, s))
		return NULL;
	if (!s->has_alias) {
		sql_tree_error(p->e, p->t, s->token, "42601",
		    "subquery in FROM must have an alias");
		return NULL;
	}
	return s;
}

static struct source *
source_name(struct parser *p)
{
	struct source *s = arena_zalloc(p->a, sizeof(*s));

	s->kind = SOURCE_RELATION;
	s->token = p->at;
	parse_accept(p, "only");
	if (!parse_name(p, &s->name))
		return NULL;
	if (parse_accept(p, ".")) {
		s->schema = s->name;
		if (!parse_label(p, &s->name))
			return NULL;
	}
	s->alias = s->name;
	if (parse_accept(p, "(")) {
		s->kind = SOURCE_FUNCTION;
		if (!parse_is(p, ")") && !parse_list(p, &s->args))
			return NULL;
		if (!parse_expect(p, ")"))
			return NULL;
		if (parse_is(p, "with"))
			return parse_refuse(p, p->at, "WITH ORDINALITY"), NULL;
	}
	if (!source_alias(p, s))
		return NULL;
	if (parse_is(p, "tablesample"))
		return parse_refuse(p, p->at, "TABLESAMPLE"), NULL;
	return s;
}

static struct source *
source(struct parser *p)
{
	struct source *s;

	if (parse_is(p, "lateral"))
		return parse_refuse(p, p->at, "LATERAL"), NULL;
	if (!parse_is(p, "("))
		return source_name(p);
	if (parse_is_next(p, 1, "select") || parse_is_next(p, 1, "with") ||
	    parse_is_next(p, 1, "values"))
		return source_query(p);
	if (p->depth >= SQL_NEST_MAX)
		return parse_too_deep(p), NULL;
	p->depth++;
	p->at++;
	s = from_item(p);
	p->depth--;
	return s != NULL && parse_expect(p, ")") ? s : NULL;
}

/* ---- joins ---- */

/* [NATURAL] [INNER | LEFT ...] JOIN; *found: there is one */
static bool
join_kind(struct parser *p, struct source *j, bool *found)
{
	size_t start = p->at;

	*found = true;
	j->token = p->at;
	j->kind = SOURCE_JOIN;
	j->join = JOIN_INNER;
	j->is_natural = parse_accept(p, "natural");
	if (parse_accept(p, "cross"))
		j->join = JOIN_CROSS;
	else if (parse_accept(p, "left"))
		j->join = JOIN_LEFT;
	else if (parse_accept(p, "right"))
		j->join = JOIN_RIGHT;
	else if (parse_accept(p, "full"))
		j->join = JOIN_FULL;
	else
		parse_accept(p, "inner");
	if (j->join >= JOIN_LEFT)
		parse_accept(p, "outer");
	if (p->at == start && !parse_is(p, "join")) {
		*found = false;
		return true;
	}
	return parse_expect(p, "join");
}

static bool
join_condition(struct parser *p, struct source *j)
{
	if (j->join == JOIN_CROSS || j->is_natural)
		return true;
	if (parse_accept(p, "using"))
		return parse_names(p, &j->merged);
	if (!parse_expect(p, "on"))
		return false;
	j->on = parse_expression(p, PREC_OR);
	return j->on != NULL;
}

static bool
too_many_sources(struct parser *p)
{
	return sql_tree_error(p->e, p->t, p->at, "54000",
	    "at most %d relations may be joined", SQL_SOURCES_MAX);
}

static struct source *
from_item(struct parser *p)
{
	struct source *left = source(p), *j;
	bool found;
	unsigned count = 1;

	while (left != NULL) {
		j = arena_zalloc(p->a, sizeof(*j));
		if (!join_kind(p, j, &found))
			return NULL;
		if (!found)
			return left;
		if (++count > SQL_SOURCES_MAX)	/* each is one call deeper */
			return too_many_sources(p), NULL;
		j->left = left;
		if ((j->right = source(p)) == NULL || !join_condition(p, j))
			return NULL;
		left = j;
	}
	return NULL;
}

bool
parse_from(struct parser *p, struct source **last)
{
	do {
		if ((*last = from_item(p)) == NULL)
			return false;
		last = &(*last)->next;
	} while (parse_accept(p, ","));
	return true;
}
