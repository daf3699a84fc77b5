/*
 * sql_select.c - what a select list says by itself; see sql_select.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/sql_select.h"
#include "common/arena.h"
#include "common/str.h"
#include "kb/relation.h"
#include "kbd/pg_type.h"

struct scan {
	const struct sql_tokens *t;
	struct arena *a;
	const uint32_t *params;
	size_t nparams;
	struct select_list *out;
};

static bool
is_any(const struct scan *c, size_t i, const char *const *words)
{
	for (; *words != NULL; words++)
		if (sql_token_is(c->t, i, *words))
			return true;
	return false;
}

static bool
is_name(const struct scan *c, size_t i)
{
	return i < c->t->n && (c->t->list[i].kind == SQL_TOK_WORD ||
	    c->t->list[i].kind == SQL_TOK_QUOTED);
}

static struct slice
name_at(const struct scan *c, size_t i)
{
	struct slice v;

	if (!is_name(c, i) || !sql_token_value(c->t, i, c->a, &v, NULL))
		return slice_make("", 0);
	return v;
}

/* Depth in parentheses and CASE .. END, after token i. */
static size_t
step_depth(const struct scan *c, size_t i, size_t depth)
{
	if (sql_token_is(c->t, i, "(") || sql_token_is(c->t, i, "case"))
		return depth + 1;
	if (depth > 0 && (sql_token_is(c->t, i, ")") ||
	    sql_token_is(c->t, i, "end")))
		return depth - 1;
	return depth;
}

/* The first token from i on, at depth 0, that is one of the words; or end. */
static size_t
find_word(const struct scan *c, size_t i, size_t end,
    const char *const *words)
{
	size_t depth = 0;

	for (; i < end; i++) {
		if (depth == 0 && is_any(c, i, words))
			return i;
		depth = step_depth(c, i, depth);
	}
	return end;
}

static const char *const list_ends[] = { "from", "where", "group", "having",
	"order", "limit", "offset", "window", "union", "intersect", "except",
	NULL };
static const char *const compound[] = { "union", "intersect", "except",
	NULL };
static const char *const from_ends[] = { "where", "group", "having", "order",
	"limit", "offset", "window", "union", "intersect", "except", NULL };

/* ---- FROM ---- */

uint32_t
sql_select_oid(enum column_type t)
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

/* One relation of FROM at token i: [public.] name [ (args) ] [ [AS] alias ] */
static size_t
read_source(struct scan *c, size_t i, size_t end, size_t *cap)
{
	static const char *const no_alias[] = { "on", "using", "join", "left",
		"right", "full", "inner", "cross", "natural", "where", "not",
		"indexed", NULL };
	struct select_source src = { NULL, slice_make("", 0) };
	size_t depth = 0;

	if (sql_token_is(c->t, i + 1, ".") &&
	    (sql_token_is(c->t, i, "public") ||
	    sql_token_is(c->t, i, "pg_catalog")))
		i += 2;
	if (is_name(c, i)) {
		src.alias = name_at(c, i++);
		src.relation = relation_find(src.alias);
	}
	do {
		depth = step_depth(c, i, depth);
		i += depth != 0 || sql_token_is(c->t, i, ")");
	} while (depth != 0 && i < end);
	if (sql_token_is(c->t, i, "as"))
		i++;
	if (i < end && is_name(c, i) && !is_any(c, i, no_alias))
		src.alias = name_at(c, i++);
	c->out->sources = arena_grow(c->a, c->out->sources, c->out->nsources,
	    cap, sizeof(src));
	c->out->sources[c->out->nsources++] = src;
	return i;
}

static void
read_sources(struct scan *c, size_t from, size_t end)
{
	static const char *const next[] = { ",", "join", NULL };
	size_t i = from, cap = 0;

	while (i < end) {
		i = read_source(c, i, end, &cap);
		i = find_word(c, i, end, next);
		if (i < end)
			i++;
	}
}

uint32_t
sql_select_column(const struct select_list *l, struct slice qualifier,
    struct slice column)
{
	enum column_type type;
	size_t i;

	for (i = 0; i < l->nsources; i++) {
		const struct select_source *s = &l->sources[i];

		if (qualifier.len != 0 && !slice_eq(qualifier, s->alias))
			continue;
		if (s->relation != NULL &&
		    relation_column_type(s->relation, column, &type))
			return sql_select_oid(type);
	}
	return OID_UNKNOWN;
}

/* ---- items ---- */

struct function_type {
	const char *name;
	uint32_t oid;
};

static const struct function_type function_types[] = {
	{ "count", OID_INT8 }, { "row_number", OID_INT8 },
	{ "rank", OID_INT8 }, { "dense_rank", OID_INT8 },
	{ "length", OID_INT8 }, { "instr", OID_INT8 },
	{ "unicode", OID_INT8 }, { "ntile", OID_INT8 },
	{ "avg", OID_FLOAT8 }, { "total", OID_FLOAT8 },
	{ "upper", OID_TEXT }, { "lower", OID_TEXT }, { "trim", OID_TEXT },
	{ "ltrim", OID_TEXT }, { "rtrim", OID_TEXT }, { "substr", OID_TEXT },
	{ "substring", OID_TEXT }, { "replace", OID_TEXT },
	{ "hex", OID_TEXT }, { "quote", OID_TEXT }, { "typeof", OID_TEXT },
	{ "group_concat", OID_TEXT }, { "char", OID_TEXT },
	{ "version", OID_TEXT }, { "current_user", OID_NAME },
	{ "session_user", OID_NAME }, { "current_role", OID_NAME },
	{ "current_database", OID_NAME }, { "current_catalog", OID_NAME },
	{ "current_schema", OID_NAME }, { "user", OID_NAME },
	{ "current_setting", OID_TEXT },
	{ "now", OID_TIMESTAMPTZ }, { "clock_timestamp", OID_TIMESTAMPTZ },
	{ "current_timestamp", OID_TIMESTAMPTZ },
	{ "date", OID_TEXT }, { "time", OID_TEXT }, { "datetime", OID_TEXT },
	{ "strftime", OID_TEXT }, { "pg_backend_pid", OID_INT4 },
	{ "pg_is_in_recovery", OID_BOOL },
	{ "json", OID_JSON }, { "json_object", OID_JSON },
	{ "json_array", OID_JSON }, { "json_group_array", OID_JSON },
	{ "json_group_object", OID_JSON }, { "exists", OID_BOOL },
};

static uint32_t
function_type(const struct scan *c, size_t i)
{
	size_t k;

	for (k = 0; k < ARRAY_LEN(function_types); k++)
		if (sql_token_is(c->t, i, function_types[k].name))
			return function_types[k].oid;
	return OID_UNKNOWN;
}

/* The token behind the parenthesis that opens at i. */
static size_t
behind_parenthesis(const struct scan *c, size_t i, size_t end)
{
	size_t depth = 0;

	for (; i < end; i++) {
		if (sql_token_is(c->t, i, "("))
			depth++;
		else if (sql_token_is(c->t, i, ")") && --depth == 0)
			return i + 1;
	}
	return end;
}

/* a, t.a or public.t.a, and nothing else */
static bool
is_column(const struct scan *c, size_t from, size_t to,
    struct slice *qualifier, struct slice *column)
{
	size_t i;

	if ((to - from) % 2 == 0)
		return false;
	for (i = from; i < to; i++)
		if ((i - from) % 2 == 0 ? !is_name(c, i) :
		    !sql_token_is(c->t, i, "."))
			return false;
	*column = name_at(c, to - 1);
	*qualifier = to - from >= 3 ? name_at(c, to - 3) : slice_make("", 0);
	return true;
}

static uint32_t
cast_type(const struct scan *c, size_t from, size_t to)
{
	size_t i = to;

	while (i > from && !sql_token_is(c->t, i - 1, "as"))
		i--;
	if (i == from)
		return OID_UNKNOWN;
	if (sql_token_is(c->t, i, "double"))
		return OID_FLOAT8;
	return pg_type_find(sql_token_text(c->t, i));
}

static uint32_t item_type(const struct scan *c, size_t from, size_t to);

/* min(x), max(x), coalesce(x, ...), and casts: the type of what is inside */
static uint32_t
call_type(const struct scan *c, size_t from, size_t to)
{
	static const char *const same[] = { "min", "max", "coalesce",
		"ifnull", "nullif", "first_value", "last_value", "lag",
		"lead", NULL };
	static const char *const comma[] = { ",", NULL };
	size_t close = behind_parenthesis(c, from + 1, to);

	if (sql_token_is(c->t, from, "cast"))
		return cast_type(c, from, close);
	if (is_any(c, from, same))
		return item_type(c, from + 2, find_word(c, from + 2, close - 1,
		    comma));
	return function_type(c, from);
}

static uint32_t
literal_type(const struct scan *c, size_t i)
{
	struct slice text = sql_token_text(c->t, i);
	int64_t v;

	switch (c->t->list[i].kind) {
	case SQL_TOK_STRING:
		return OID_TEXT;
	case SQL_TOK_NUMBER:
		if (!str_int(text, INT64_MIN, INT64_MAX, &v))
			return OID_FLOAT8;
		return v <= INT32_MAX ? OID_INT4 : OID_INT8;
	case SQL_TOK_PARAM:
		return c->t->list[i].param <= c->nparams ?
		    c->params[c->t->list[i].param - 1] : OID_UNKNOWN;
	case SQL_TOK_WORD:
		if (sql_token_is(c->t, i, "true") ||
		    sql_token_is(c->t, i, "false"))
			return OID_BOOL;
		if (sql_token_is(c->t, i, "null"))
			return OID_TEXT;
		return function_type(c, i);	/* current_user */
	case SQL_TOK_QUOTED:
	case SQL_TOK_OP:
		break;
	}
	return OID_UNKNOWN;
}

static uint32_t
item_type(const struct scan *c, size_t from, size_t to)
{
	static const char *const comparisons[] = { "=", "==", "<", ">", "<=",
		">=", "<>", "!=", "and", "or", "not", "is", "isnull",
		"notnull", "in", "like", "ilike", "glob", "between", NULL };
	static const char *const texts[] = { "||", "->>", NULL };
	struct slice qualifier, column;
	uint32_t oid;

	if (from >= to)
		return OID_UNKNOWN;
	if (is_column(c, from, to, &qualifier, &column)) {
		oid = sql_select_column(c->out, qualifier, column);
		if (oid != OID_UNKNOWN || to - from > 1)
			return oid;
		return literal_type(c, from);
	}
	if (find_word(c, from, to, comparisons) < to)
		return OID_BOOL;
	if (find_word(c, from, to, texts) < to)
		return OID_TEXT;
	if (to - from == 1)
		return literal_type(c, from);
	if (sql_token_is(c->t, from, "-") && to - from == 2)
		return literal_type(c, from + 1);
	if (sql_token_is(c->t, from, "pg_catalog") &&
	    sql_token_is(c->t, from + 1, "."))
		from += 2;
	if (is_name(c, from) && sql_token_is(c->t, from + 1, "(") &&
	    (behind_parenthesis(c, from + 1, to) == to ||
	    find_word(c, from, to, (const char *const[]){ "over", NULL }) < to))
		return call_type(c, from, to);
	return OID_UNKNOWN;
}

static struct slice
item_name(const struct scan *c, size_t from, size_t to)
{
	struct slice qualifier, column;
	uint32_t oid;

	if (sql_token_is(c->t, from, "true") ||
	    sql_token_is(c->t, from, "false"))
		return SLICE("bool");
	if (!sql_token_is(c->t, from, "null") &&
	    is_column(c, from, to, &qualifier, &column))
		return column;
	if (sql_token_is(c->t, from, "case"))
		return SLICE("case");
	if (sql_token_is(c->t, from, "pg_catalog") &&
	    sql_token_is(c->t, from + 1, "."))
		from += 2;
	if (is_name(c, from) && sql_token_is(c->t, from + 1, "(") &&
	    (behind_parenthesis(c, from + 1, to) == to ||
	    find_word(c, from, to, (const char *const[]){ "over", NULL }) < to)) {
		if (!sql_token_is(c->t, from, "cast"))
			return name_at(c, from);
		oid = cast_type(c, from, to);
		return oid == OID_INT4 ? SLICE("int4") : oid == OID_INT8 ?
		    SLICE("int8") : oid == OID_TEXT ? SLICE("text") :
		    SLICE("?column?");
	}
	return SLICE("?column?");
}

/* [ AS ] alias at the end of an item; false when there is none. */
static bool
take_alias(const struct scan *c, size_t from, size_t *to, struct slice *name)
{
	static const char *const no_alias[] = { "end", "null", "true",
		"false", "isnull", "notnull", NULL };
	size_t last = *to - 1, before = *to - 2;

	if (*to - from < 2 || !is_name(c, last))
		return false;
	if (sql_token_is(c->t, before, "as")) {
		*name = name_at(c, last);
		*to = before;
		return true;
	}
	/* an identifier right behind an operand */
	if (is_any(c, last, no_alias) || (c->t->list[before].kind ==
	    SQL_TOK_OP && !sql_token_is(c->t, before, ")")))
		return false;
	if (c->t->list[before].kind == SQL_TOK_WORD && is_any(c, before,
	    (const char *const[]){ "and", "or", "not", "is", "in", "like",
	    "ilike", "glob", "between", "distinct", "collate", NULL }))
		return false;
	*name = name_at(c, last);
	*to = last;
	return true;
}

static void
read_item(const struct scan *c, size_t from, size_t to,
    struct select_item *item)
{
	*item = (struct select_item){ .from = from, .to = to };
	if (from >= to)
		return;
	if (sql_token_is(c->t, to - 1, "*") && (to - from == 1 ||
	    (to - from >= 3 && sql_token_is(c->t, to - 2, ".")))) {
		item->is_star = true;
		return;
	}
	if (!take_alias(c, from, &item->to, &item->name))
		item->name = item_name(c, from, to);
	item->oid = item_type(c, from, item->to);
}

static void
read_items(struct scan *c, size_t from, size_t end)
{
	static const char *const comma[] = { ",", NULL };
	size_t cap = 0, to;

	for (;;) {
		to = find_word(c, from, end, comma);
		c->out->items = arena_grow(c->a, c->out->items, c->out->n,
		    &cap, sizeof(*c->out->items));
		read_item(c, from, to, &c->out->items[c->out->n++]);
		if (to >= end)
			return;
		from = to + 1;
	}
}

void
sql_select_read(const struct sql_stmt *s, const uint32_t *params,
    struct arena *a, struct select_list *out)
{
	static const char *const select[] = { "select", NULL };
	struct scan c = { &s->tokens, a, params, s->nparams, out };
	size_t from, end, n = s->tokens.n, sources;

	*out = (struct select_list){ .n = 0 };
	from = find_word(&c, 0, n, select);
	if (from >= n)
		return;
	out->is_compound = find_word(&c, from, n, compound) < n;
	from++;
	if (sql_token_is(c.t, from, "distinct") ||
	    sql_token_is(c.t, from, "all"))
		from++;
	end = find_word(&c, from, n, list_ends);
	if (sql_token_is(c.t, end, "from")) {
		sources = find_word(&c, end + 1, n, from_ends);
		read_sources(&c, end + 1, sources);
	}
	read_items(&c, from, end);
}

const struct select_item *
sql_select_item(const struct select_list *l, size_t i, size_t n)
{
	size_t k, stars = 0, star = 0;

	for (k = 0; k < l->n; k++) {
		if (l->items[k].is_star) {
			star = k;
			stars++;
		}
	}
	if (stars == 0)
		return l->n == n ? &l->items[i] : NULL;
	if (i < star && stars == 1)
		return &l->items[i];
	if (stars == 1 && n - i < l->n - star)
		return &l->items[l->n - (n - i)];
	return NULL;
}

/* ---- parameters ---- */

static bool
is_comparison(const struct scan *c, size_t i)
{
	return is_any(c, i, (const char *const[]){ "=", "==", "<", ">", "<=",
	    ">=", "<>", "!=", NULL });
}

/* The type of the column that ends at token i (going back) or starts there. */
static uint32_t
column_before(const struct scan *c, size_t i)
{
	struct slice qualifier = slice_make("", 0);

	if (!is_name(c, i))
		return OID_UNKNOWN;
	if (i >= 2 && sql_token_is(c->t, i - 1, "."))
		qualifier = name_at(c, i - 2);
	return sql_select_column(c->out, qualifier, name_at(c, i));
}

static uint32_t
column_after(const struct scan *c, size_t i)
{
	if (!is_name(c, i))
		return OID_UNKNOWN;
	if (sql_token_is(c->t, i + 1, "."))
		return sql_select_column(c->out, name_at(c, i),
		    name_at(c, i + 2));
	return sql_select_column(c->out, slice_make("", 0), name_at(c, i));
}

static uint32_t
param_type(const struct scan *c, size_t i)
{
	if (i == 0)
		return OID_UNKNOWN;
	if (sql_token_is(c->t, i - 1, "limit") ||
	    sql_token_is(c->t, i - 1, "offset"))
		return OID_INT8;
	/* search(text, $n) */
	if (i >= 4 && sql_token_is(c->t, i - 1, ",") &&
	    sql_token_is(c->t, i - 3, "(") &&
	    sql_token_is(c->t, i - 4, "search"))
		return OID_INT8;
	if (is_comparison(c, i - 1) && i >= 2)
		return column_before(c, i - 2);
	if (is_comparison(c, i + 1))
		return column_after(c, i + 2);
	return OID_UNKNOWN;
}

void
sql_select_params(const struct sql_stmt *s, struct arena *a, uint32_t *params)
{
	struct select_list list;
	struct scan c = { &s->tokens, a, params, s->nparams, &list };
	size_t i;

	sql_select_read(s, params, a, &list);
	for (i = 0; i < s->tokens.n; i++) {
		const struct sql_token *t = &s->tokens.list[i];

		if (t->kind == SQL_TOK_PARAM &&
		    (params[t->param - 1] == OID_UNKNOWN ||
		    params[t->param - 1] == OID_UNKNOWN_TEXT))
			params[t->param - 1] = param_type(&c, i);
	}
	for (i = 0; i < s->nparams; i++)
		if (params[i] == OID_UNKNOWN)
			params[i] = OID_TEXT;
}
