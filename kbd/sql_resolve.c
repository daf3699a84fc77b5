/*
 * sql_resolve.c - what the names of a query mean: relations, columns, CTEs.
 *
 * Only what kb/relation.c publishes can be named, and the query's own common
 * tables, which may not bear a published name: before the authorizer a CTE of
 * that name would pass for the view.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/sql_scope.h"
#include "common/arena.h"
#include "common/str.h"
#include "kb/relation.h"
#include "kbd/pg_msg.h"
#include "kbd/sql_function.h"

static bool resolve_body(struct resolver *c, struct body *b,
    struct scope *outer, const struct cte_scope *ctes);

#define SHOW(s) (int)utf8_cut((s), 63), (s).ptr

/* ---- columns ---- */

static const struct column *
find_in(const struct source *s, struct slice name)
{
	size_t i;

	for (i = 0; i < s->ncolumns; i++)
		if (slice_eq(s->columns[i].name, name))
			return &s->columns[i];
	return NULL;
}

static bool
is_merged(const struct source *join, struct slice name)
{
	const struct name_list *m;

	for (m = join->merged; m != NULL; m = m->next)
		if (slice_eq(m->name, name))
			return true;
	return false;
}

/* How many columns of that name; *at is NULL for a merged one. */
static size_t
count_columns(struct source *s, struct slice name, struct source **at,
    const struct column **column)
{
	const struct column *found;
	size_t n;

	if (s->kind == SOURCE_JOIN) {
		if (!is_merged(s, name))
			return count_columns(s->left, name, at, column) +
			    count_columns(s->right, name, at, column);
		n = count_columns(s->left, name, at, column);
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

static struct source *
find_alias(struct source *s, struct slice alias)
{
	struct source *found;

	if (s->kind != SOURCE_JOIN)
		return slice_eq(s->alias, alias) ? s : NULL;
	found = find_alias(s->left, alias);
	return found != NULL ? found : find_alias(s->right, alias);
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
			struct source *found = find_alias(at->sources[i],
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
			    SHOW(n->qualifier), SHOW(n->text));
		}
	}
	return sql_tree_error(c->e, c->t, n->token, "42P01",
	    "missing FROM-clause entry for table \"%.*s\"",
	    SHOW(n->qualifier));
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
			count += count_columns(at->sources[i], n->text,
			    &found, &column);
		}
		if (c->work > SQL_WORK_MAX)
			return sql_tree_error(c->e, c->t, n->token, "54001",
			    "the query has too many names");
		if (count > 1)
			return sql_tree_error(c->e, c->t, n->token, "42702",
			    "column reference \"%.*s\" is ambiguous",
			    SHOW(n->text));
		if (count == 1)
			return set_column(c, at, n, found, column, level);
	}
	return sql_tree_error(c->e, c->t, n->token, "42703",
	    "column \"%.*s\" does not exist", SHOW(n->text));
}

/* ---- relations ---- */

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
			    "were specified", SHOW(s->alias), s->ncolumns);
		s->columns[i].name = a->name;
	}
	return true;
}

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
	return s->schema.len != 0 ?
	    sql_tree_error(c->e, c->t, s->token, "42P01",
	    "relation \"%.*s.%.*s\" does not exist", SHOW(s->schema),
	    SHOW(s->name)) : sql_tree_error(c->e, c->t, s->token, "42P01",
	    "relation \"%.*s\" does not exist", SHOW(s->name));
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
			    SHOW(cte->name));
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
	    SHOW(s->name));
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

/* Columns of both sides; those of USING once. */
static bool
natural_names(struct resolver *c, struct source *j)
{
	struct name_list **last = &j->merged;
	size_t i, count;
	struct source *at;
	const struct column *column;

	for (i = 0; i < j->left->ncolumns; i++) {
		struct slice name = j->left->columns[i].name;

		if (count_columns(j->right, name, &at, &column) == 0)
			continue;
		count = count_columns(j->left, name, &at, &column);
		if (count > 1)
			return sql_tree_error(c->e, c->t, j->token, "42702",
			    "common column name \"%.*s\" appears more than once "
			    "in left table", SHOW(name));
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
		size_t left = count_columns(j->left, m->name, &at, &l);
		size_t right = count_columns(j->right, m->name, &at, &r);

		if (left == 0 || right == 0)
			return sql_tree_error(c->e, c->t, m->token, "42703",
			    "column \"%.*s\" specified in USING clause does not "
			    "exist in %s table", SHOW(m->name), left == 0 ?
			    "left" : "right");
		if (left > 1 || right > 1)
			return sql_tree_error(c->e, c->t, m->token, "42702",
			    "common column name \"%.*s\" appears more than "
			    "once", SHOW(m->name));
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

static void
join_columns(struct resolver *c, struct source *j)
{
	size_t i, n = 0;

	j->columns = arena_calloc(c->a, j->left->ncolumns +
	    j->right->ncolumns + 1, sizeof(*j->columns));
	for (i = 0; i < j->left->ncolumns; i++)
		j->columns[n++] = j->left->columns[i];
	for (i = 0; i < j->right->ncolumns; i++)
		if (!is_merged(j, j->right->columns[i].name))
			j->columns[n++] = j->right->columns[i];
	j->ncolumns = n;
}

static bool resolve_source(struct resolver *c, struct scope *s,
    struct source *src);

static bool
same_alias(struct resolver *c, struct source *a, struct source *b)
{
	if (b->kind == SOURCE_JOIN)
		return same_alias(c, a, b->left) && same_alias(c, a,
		    b->right);
	if (find_alias(a, b->alias) == NULL)
		return true;
	return sql_tree_error(c->e, c->t, b->token, "42712",
	    "table name \"%.*s\" specified more than once", SHOW(b->alias));
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

static bool
resolve_from(struct resolver *c, struct scope *s, struct source *list)
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

/* ---- the select list ---- */

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

			(void)count_columns(s->left, m->name, &at, &column);
			*last = column_node(c, star, NULL, column);
			last = &(*last)->next;
		}
		last = expand(c, star, s->left, s, last);
		return expand(c, star, s->right, s, last);
	}
	for (i = 0; i < s->ncolumns; i++) {
		if (top != NULL && is_merged(top, s->columns[i].name))
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
			found = find_alias(s->sources[i], star->qualifier);
			if (found != NULL)
				*last = expand(c, star, found, NULL, *last);
		}
	}
	if (star->qualifier.len == 0 || found != NULL)
		return true;
	return sql_tree_error(c->e, c->t, star->token, "42P01",
	    "missing FROM-clause entry for table \"%.*s\"",
	    SHOW(star->qualifier));
}

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

static bool
resolve_items(struct resolver *c, struct scope *s, struct body *b)
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

/* ---- GROUP BY ---- */

static struct node *
nth_item(const struct body *b, size_t i)
{
	struct node *n = b->items;

	for (; n != NULL && i > 0; i--)
		n = n->next;
	return n;
}

/* ORDER BY 2, GROUP BY 2 */
static bool
by_position(struct resolver *c, const struct body *b, struct node *n,
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

/* The output column of that name, from 1; 0: none. */
static unsigned
output_column(const struct body *b, struct slice name, bool *twice)
{
	unsigned found = 0;
	size_t i;

	*twice = false;
	for (i = 0; i < b->ncolumns; i++) {
		if (!slice_eq(b->columns[i].name, name))
			continue;
		if (found != 0 && b->kind == BODY_SELECT &&
		    !sql_same_node(nth_item(b, found - 1), nth_item(b, i)))
			*twice = true;
		found = (unsigned)i + 1;
	}
	return found;
}

static bool
resolve_group(struct resolver *c, struct scope *s, struct body *b,
    struct node *n)
{
	struct source *at;
	const struct column *column;
	size_t i, count = 0;
	bool twice;

	if (n->kind == NODE_NUMBER)
		return by_position(c, b, n, "GROUP BY");
	if (n->kind == NODE_COLUMN && n->qualifier.len == 0) {
		for (i = 0; i < s->nsources; i++)
			count += count_columns(s->sources[i], n->text, &at,
			    &column);
		if (count == 0)
			n->position = output_column(b, n->text, &twice);
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
		item = g->position != 0 ? nth_item(b, g->position - 1) : g;
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
	    "used in an aggregate function", SHOW(q), q.len != 0 ? "." : "",
	    SHOW(n->text));
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

/* What is neither grouped nor aggregated has no one value. */
static bool
check_groups(struct resolver *c, const struct body *b,
    const struct node *order)
{
	const struct node *n;
	size_t i;

	if (b->group == NULL && !b->has_aggregate && b->having == NULL)
		return true;
	for (n = b->group; n != NULL; n = n->next) {
		const struct node *item = n->position != 0 ?
		    nth_item(b, n->position - 1) : n;

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
	if (!resolve_from(c, s, b->from) ||
	    !resolve_condition(c, s, b->where, "WHERE",
	    "argument of WHERE") || !resolve_windows(c, s, b))
		return false;
	s->keeps_refs = true;
	if (!resolve_items(c, s, b))
		return false;
	s->keeps_refs = false;
	s->forbids = "GROUP BY";
	for (n = b->group; n != NULL; n = n->next)
		if (!resolve_group(c, s, b, n))
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
		return sql_coerce(c, nth_item(b, i), type);
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
		    !check_groups(c, b->left, NULL))
			return false;
		if (b->right->kind == BODY_SELECT &&
		    !check_groups(c, b->right, NULL))
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
			    "more were specified", SHOW(cte->name), n);
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
	    !check_groups(c, b->left, NULL)))
		return false;
	for (size_t i = 0; i < b->left->ncolumns; i++)
		if (b->left->columns[i].type == OID_UNKNOWN &&
		    !coerce_column(c, b->left, i, OID_TEXT))
			return false;
	if (!cte_columns(c, cte, b->left->columns, b->left->ncolumns) ||
	    !resolve_body(c, b->right, outer, ctes))
		return false;
	if (b->right->kind == BODY_SELECT && !check_groups(c, b->right, NULL))
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
		    SHOW(cte->name));
		return err_hint(c->e, "Give it another name.");
	}
	for (other = q->ctes; other != cte; other = other->next)
		if (slice_eq(other->name, cte->name))
			return sql_tree_error(c->e, c->t, cte->token, "42712",
			    "WITH query name \"%.*s\" specified more than once",
			    SHOW(cte->name));
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
		return by_position(c, b, n, "ORDER BY");
	if (n->kind == NODE_COLUMN && n->qualifier.len == 0) {
		n->position = output_column(b, n->text, &twice);
		if (twice)
			return sql_tree_error(c->e, c->t, n->token, "42702",
			    "ORDER BY \"%.*s\" is ambiguous", SHOW(n->text));
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
		if (sql_same_node(nth_item(b, i), n))
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
	if (q->body->kind == BODY_SELECT && !check_groups(c, q->body,
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
