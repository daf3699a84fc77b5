/*
 * sql_resolve_from.c - FROM: which relations there are, and their columns.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/sql_scope.h"
#include "common/arena.h"
#include "kb/relation.h"

static bool resolve_source(struct resolver *c, struct scope *s,
    struct source *src);

static void
take_columns(struct resolver *c, struct source *s,
    const struct column *from, size_t n)
{
	s->columns = arena_calloc(c->a, n + 1, sizeof(*s->columns));
	if (n != 0)
		memcpy(s->columns, from, n * sizeof(*from));
	s->ncolumns = n;
}

static bool
rename_columns(struct resolver *c, struct source *s)
{
	const struct name_list *a;
	size_t i = 0;

	if (s->aliases != NULL && s->kind != SOURCE_QUERY)
		return sql_tree_error(c->e, c->t, s->aliases->token, "0A000",
		    "column aliases of a relation are not supported");
	for (a = s->aliases; a != NULL; a = a->next, i++) {
		if (i == s->ncolumns)
			return sql_tree_error(c->e, c->t, a->token, "42P10",
			    "table \"%.*s\" has %zu columns available but more "
			    "were specified", SQL_NAME_ARG(s->alias),
			    s->ncolumns);
		s->columns[i].name = a->name;
	}
	return true;
}

/* ---- relations ---- */

static uint32_t
oid_of(enum column_type t)
{
	switch (t) {
	case COLUMN_TEXT:
		return OID_TEXT;
	case COLUMN_INT:
		return OID_INT4;
	case COLUMN_BIGINT:
		return OID_INT8;
	case COLUMN_REAL:
		return OID_FLOAT8;
	case COLUMN_BOOL:
		return OID_BOOL;
	case COLUMN_TIMESTAMP:
		return OID_TIMESTAMPTZ;
	case COLUMN_DATE:
		return OID_DATE;
	case COLUMN_JSON:
		return OID_JSON;
	}
	return OID_TEXT;
}

static void
relation_columns(struct resolver *c, struct source *s,
    const struct relation *r)
{
	unsigned i;

	s->ncolumns = r->ncolumns;
	s->columns = arena_calloc(c->a, r->ncolumns + 1, sizeof(*s->columns));
	for (i = 0; i < r->ncolumns; i++)
		s->columns[i] = (struct column){ slice_of(
		    r->columns[i].name), oid_of(r->columns[i].type),
		    false };
}

static struct cte *
find_cte(const struct cte_scope *at, struct slice name)
{
	struct cte *c;

	for (; at != NULL; at = at->outer)
		for (c = at->first; c != at->end; c = c->next)
			if (slice_eq(c->name, name))
				return c;
	return NULL;
}

static bool
no_relation(struct resolver *c, const struct source *s)
{
	if (s->schema.len != 0)
		return sql_tree_error(c->e, c->t, s->token, "42P01",
		    "relation \"%.*s.%.*s\" does not exist",
		    SQL_NAME_ARG(s->schema), SQL_NAME_ARG(s->name));
	return sql_tree_error(c->e, c->t, s->token, "42P01",
	    "relation \"%.*s\" does not exist", SQL_NAME_ARG(s->name));
}

static bool
needs_arguments(const struct relation *r)
{
	return strcmp(r->name, "search") == 0 ||
	    strcmp(r->name, "search_explain") == 0 ||
	    strcmp(r->name, "document_at") == 0 ||
	    strcmp(r->name, "blame") == 0 ||
	    strcmp(r->name, "match") == 0;
}

static bool
resolve_relation(struct resolver *c, struct scope *s, struct source *src)
{
	const struct relation *r = relation_find(src->name);
	struct cte *cte = src->schema.len == 0 ? find_cte(s->ctes,
	    src->name) : NULL;

	if (cte != NULL) {
		if (!cte->is_ready)
			return sql_tree_error(c->e, c->t, src->token, "42P19",
			    "recursive reference to query \"%.*s\" must not "
			    "appear within its non-recursive term",
			    SQL_NAME_ARG(cte->name));
		src->kind = SOURCE_CTE;
		take_columns(c, src, cte->columns, cte->ncolumns);
		return true;
	}
	if (r == NULL || (src->schema.len != 0 &&
	    !slice_is(src->schema, "public") &&
	    !slice_is(src->schema, "pg_catalog")))
		return no_relation(c, src);
	if (needs_arguments(r)) {
		sql_tree_error(c->e, c->t, src->token, "42601",
		    "%s needs arguments", r->name);
		return err_hint(c->e, "Write %s('...').", r->name);
	}
	relation_columns(c, src, r);
	return true;
}

/* ---- functions ---- */

static const struct relation_column json_columns[] = {
	{ "key", COLUMN_TEXT }, { "value", COLUMN_TEXT },
	{ "type", COLUMN_TEXT }, { "atom", COLUMN_TEXT },
	{ "id", COLUMN_BIGINT }, { "parent", COLUMN_BIGINT },
	{ "fullkey", COLUMN_TEXT }, { "path", COLUMN_TEXT },
};

struct table_function {
	const char *name;
	size_t min, max;
	uint32_t args[2];	/* 0: any */
};

static const struct table_function table_functions[] = {
	{ "search", 1, 2, { OID_TEXT, OID_INT8 } },
	{ "search_explain", 1, 2, { OID_TEXT, OID_INT8 } },
	{ "document_at", 1, 2, { OID_TEXT, 0 } },
	{ "blame", 1, 2, { OID_INT8, OID_INT8 } },
	{ "match", 1, 1, { OID_TEXT, 0 } },
	{ "json_each", 1, 2, { OID_JSON, OID_TEXT } },
	{ "json_tree", 1, 2, { OID_JSON, OID_TEXT } },
};

static bool
no_table_function(struct resolver *c, const struct source *s)
{
	return sql_tree_error(c->e, c->t, s->token, "42883",
	    "function %.*s with these arguments does not exist",
	    SQL_NAME_ARG(s->name));
}

static bool
function_arguments(struct resolver *c, struct scope *s, struct source *src,
    const struct table_function *f)
{
	struct node *n;
	size_t i = 0;
	bool ok = true;

	s->forbids = "functions in FROM";
	for (n = src->args; ok && n != NULL; n = n->next, i++) {
		ok = sql_expression(c, s, n);
		if (ok && f->args[i] == OID_JSON && n->type == OID_TEXT)
			continue;
		ok = ok && (f->args[i] != 0 ? sql_must_be(c, n, f->args[i],
		    "argument of a function in FROM") :
		    n->type != OID_UNKNOWN || sql_coerce(c, n, OID_TEXT));
	}
	s->forbids = NULL;
	return ok;
}

static bool
resolve_function(struct resolver *c, struct scope *s, struct source *src)
{
	static const struct relation json = { "json_each", json_columns,
		ARRAY_LEN(json_columns) };
	const struct table_function *f = NULL;
	const struct relation *r = relation_find(src->name);
	struct node *n;
	size_t i, count = 0;

	for (n = src->args; n != NULL; n = n->next)
		count++;
	for (i = 0; i < ARRAY_LEN(table_functions); i++)
		if (slice_is(src->name, table_functions[i].name))
			f = &table_functions[i];
	if (f == NULL || count < f->min || count > f->max ||
	    (r == NULL && !slice_starts(src->name, SLICE("json_"))))
		return no_table_function(c, src);
	relation_columns(c, src, r != NULL ? r : &json);
	return function_arguments(c, s, src, f);
}

/* ---- joins ---- */

/* NATURAL is USING with every name that both sides have. */
static bool
natural_names(struct resolver *c, struct source *j)
{
	struct name_list **last = &j->merged;
	size_t i, count;
	struct source *at;
	const struct column *column;

	for (i = 0; i < j->left->ncolumns; i++) {
		struct slice name = j->left->columns[i].name;

		if (sql_count_columns(j->right, name, &at, &column) == 0)
			continue;
		count = sql_count_columns(j->left, name, &at, &column);
		if (count > 1)
			return sql_tree_error(c->e, c->t, j->token, "42702",
			    "common column name \"%.*s\" appears more than "
			    "once in left table", SQL_NAME_ARG(name));
		*last = arena_zalloc(c->a, sizeof(**last));
		(*last)->name = name;
		(*last)->token = j->token;
		last = &(*last)->next;
	}
	return true;
}

static bool
check_merged(struct resolver *c, const struct source *j)
{
	const struct name_list *m;
	const struct column *l, *r;
	struct source *at;
	uint32_t type;

	for (m = j->merged; m != NULL; m = m->next) {
		size_t left = sql_count_columns(j->left, m->name, &at, &l);
		size_t right = sql_count_columns(j->right, m->name, &at, &r);

		if (left == 0 || right == 0)
			return sql_tree_error(c->e, c->t, m->token, "42703",
			    "column \"%.*s\" specified in USING clause does "
			    "not exist in %s table", SQL_NAME_ARG(m->name),
			    left == 0 ? "left" : "right");
		if (left > 1 || right > 1)
			return sql_tree_error(c->e, c->t, m->token, "42702",
			    "common column name \"%.*s\" appears more than "
			    "once", SQL_NAME_ARG(m->name));
		if (!sql_common_type(l->type, r->type, &type))
			return sql_tree_error(c->e, c->t, m->token, "42804",
			    "JOIN/USING types %s and %s cannot be matched",
			    pg_type_name(l->type), pg_type_name(r->type));
	}
	return true;
}

static void
push(struct resolver *c, struct scope *s, struct source *src)
{
	s->sources = arena_grow(c->a, s->sources, s->nsources, &s->cap,
	    sizeof(struct source *));
	s->sources[s->nsources++] = src;
}

/* Columns of both sides; those of USING once. */
static void
join_columns(struct resolver *c, struct source *j)
{
	size_t i, n = 0;

	j->columns = arena_calloc(c->a, j->left->ncolumns +
	    j->right->ncolumns + 1, sizeof(*j->columns));
	for (i = 0; i < j->left->ncolumns; i++)
		j->columns[n++] = j->left->columns[i];
	for (i = 0; i < j->right->ncolumns; i++)
		if (!sql_is_merged(j, j->right->columns[i].name))
			j->columns[n++] = j->right->columns[i];
	j->ncolumns = n;
}

static bool
same_alias(struct resolver *c, struct source *a, struct source *b)
{
	if (b->kind == SOURCE_JOIN)
		return same_alias(c, a, b->left) && same_alias(c, a,
		    b->right);
	if (sql_find_alias(a, b->alias) == NULL)
		return true;
	return sql_tree_error(c->e, c->t, b->token, "42712",
	    "table name \"%.*s\" specified more than once",
	    SQL_NAME_ARG(b->alias));
}

static bool
resolve_join(struct resolver *c, struct scope *s, struct source *j)
{
	size_t base = s->nsources, first = s->first;
	bool ok;

	if (!resolve_source(c, s, j->left))
		return false;
	push(c, s, j->left);
	if (!resolve_source(c, s, j->right) ||
	    !same_alias(c, j->left, j->right) ||
	    (j->is_natural && !natural_names(c, j)) || !check_merged(c, j))
		return false;
	push(c, s, j->right);
	if (j->on != NULL) {
		s->first = base;
		s->forbids = "JOIN conditions";
		ok = sql_expression(c, s, j->on) && sql_must_be(c, j->on,
		    OID_BOOL, "argument of JOIN/ON");
		s->forbids = NULL;
		s->first = first;
		if (!ok)
			return false;
	}
	s->nsources = base;
	join_columns(c, j);
	return true;
}

/* ---- the list ---- */

static bool
has_room(struct resolver *c, struct scope *s, const struct source *src)
{
	if (src->kind != SOURCE_JOIN && ++s->nleaves > SQL_SOURCES_MAX)
		return sql_tree_error(c->e, c->t, src->token, "54000",
		    "at most %d relations may be joined", SQL_SOURCES_MAX);
	return sql_tree_has_room(c->a, c->t, src->token, c->e);
}

static bool
resolve_source(struct resolver *c, struct scope *s, struct source *src)
{
	const struct column *columns;
	size_t n;

	if (!has_room(c, s, src))
		return false;
	switch (src->kind) {
	case SOURCE_RELATION:
	case SOURCE_CTE:
		if (!resolve_relation(c, s, src))
			return false;
		break;
	case SOURCE_FUNCTION:
		if (!resolve_function(c, s, src))
			return false;
		break;
	case SOURCE_QUERY:
		/* what stands beside it is not visible inside */
		if (!sql_resolve_query(c, src->query, s->outer, s->ctes))
			return false;
		columns = sql_query_columns(src->query, &n);
		take_columns(c, src, columns, n);
		break;
	case SOURCE_JOIN:
		return resolve_join(c, s, src);
	}
	return rename_columns(c, src);
}

bool
sql_resolve_from(struct resolver *c, struct scope *s, struct source *list)
{
	struct source *src;
	size_t i;

	for (src = list; src != NULL; src = src->next) {
		if (!resolve_source(c, s, src))
			return false;
		for (i = 0; i < s->nsources; i++)
			if (!same_alias(c, s->sources[i], src))
				return false;
		push(c, s, src);
	}
	return true;
}
