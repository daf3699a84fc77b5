/*
 * sql_resolve_column.c - which relation's column a name is, here or in a
 * query around it.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/sql_scope.h"
#include "common/arena.h"

static const struct column *
find_in(const struct source *s, struct slice name)
{
	size_t i;

	for (i = 0; i < s->ncolumns; i++)
		if (slice_eq(s->columns[i].name, name))
			return &s->columns[i];
	return NULL;
}

bool
sql_is_merged(const struct source *join, struct slice name)
{
	const struct name_list *m;

	for (m = join->merged; m != NULL; m = m->next)
		if (slice_eq(m->name, name))
			return true;
	return false;
}

size_t
sql_count_columns(struct source *s, struct slice name, struct source **at,
    const struct column **column)
{
	const struct column *found;
	size_t n;

	if (s->kind == SOURCE_JOIN) {
		if (!sql_is_merged(s, name))
			return sql_count_columns(s->left, name, at, column) +
			    sql_count_columns(s->right, name, at, column);
		n = sql_count_columns(s->left, name, at, column);
		*at = NULL;
		return n;
	}
	found = find_in(s, name);
	if (found == NULL)
		return 0;
	*at = s;
	*column = found;
	return 1;
}

struct source *
sql_find_alias(struct source *s, struct slice alias)
{
	struct source *found;

	if (s->kind != SOURCE_JOIN)
		return slice_eq(s->alias, alias) ? s : NULL;
	found = sql_find_alias(s->left, alias);
	return found != NULL ? found : sql_find_alias(s->right, alias);
}

static bool
set_column(struct resolver *c, struct scope *at, struct node *n,
    struct source *s, const struct column *column, unsigned level)
{
	n->source = s;
	n->type = column->type;
	n->level = level;
	if (level > 0 && at->keeps_refs && !at->in_aggregate) {
		at->outer_refs = arena_grow(c->a, at->outer_refs, at->nrefs,
		    &at->refs_cap, sizeof(*at->outer_refs));
		at->outer_refs[at->nrefs++] = n;
	}
	return true;
}

static bool
resolve_qualified(struct resolver *c, struct scope *s, struct node *n)
{
	struct scope *at;
	unsigned level = 0;
	size_t i;

	for (at = s; at != NULL; at = at->outer, level++) {
		for (i = at->first; i < at->nsources; i++) {
			struct source *found = sql_find_alias(at->sources[i],
			    n->qualifier);
			const struct column *column;

			if (found == NULL)
				continue;
			column = find_in(found, n->text);
			if (column != NULL)
				return set_column(c, at, n, found, column,
				    level);
			return sql_tree_error(c->e, c->t, n->token, "42703",
			    "column %.*s.%.*s does not exist",
			    SQL_NAME_ARG(n->qualifier), SQL_NAME_ARG(n->text));
		}
	}
	return sql_tree_error(c->e, c->t, n->token, "42P01",
	    "missing FROM-clause entry for table \"%.*s\"",
	    SQL_NAME_ARG(n->qualifier));
}

bool
sql_resolve_column(struct resolver *c, struct scope *s, struct node *n)
{
	const struct column *column = NULL;
	struct source *found = NULL;
	struct scope *at;
	unsigned level = 0;
	size_t i, count;

	if (n->qualifier.len != 0)
		return resolve_qualified(c, s, n);
	for (at = s; at != NULL; at = at->outer, level++) {
		for (count = 0, i = at->first; i < at->nsources; i++) {
			c->work += at->sources[i]->ncolumns;
			count += sql_count_columns(at->sources[i], n->text,
			    &found, &column);
		}
		if (c->work > SQL_WORK_MAX)
			return sql_tree_error(c->e, c->t, n->token, "54001",
			    "the query has too many names");
		if (count > 1)
			return sql_tree_error(c->e, c->t, n->token, "42702",
			    "column reference \"%.*s\" is ambiguous",
			    SQL_NAME_ARG(n->text));
		if (count == 1)
			return set_column(c, at, n, found, column, level);
	}
	return sql_tree_error(c->e, c->t, n->token, "42703",
	    "column \"%.*s\" does not exist", SQL_NAME_ARG(n->text));
}
