/*
 * sql_rewrite.c - a client's query as SQLite shall read it; see the header.
 *
 * Refused here, because SQLite accepts it with another meaning:
 *
 *   $1::int           one variable named "$1::int"; values may be cast here,
 *                     as PostgreSQL does it, but not expressions
 *   a[1]              the column a with the alias "1"
 *   `x`, :x, @x, ?    other quotes, variables that are NULL
 *   CAST(x AS date)   a number: types it does not know get an affinity
 *   'a' 'b', 1 'x'    a string used as an alias
 *   AS 'x'            the same
 *   REGEXP, MATCH     ILIKE is carried out as REGEXP; MATCH is FTS5's
 *   docs AS (...)     a CTE with the name of a published relation would
 *                     pass for it before the authorizer
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/sql_rewrite.h"
#include "common/arena.h"
#include "common/buf.h"
#include "common/str.h"
#include "kb/relation.h"
#include "kbd/pg_msg.h"
#include "kbd/pg_type.h"

struct rewriter {
	const struct sql_tokens *t;
	struct arena *a;
	struct buf out;
	size_t *from;
	size_t cap;
	struct err *e;
};

/* Append text that stands for the client's byte at origin. */
static void
put(struct rewriter *r, struct slice text, size_t origin, bool step)
{
	size_t i, need = r->out.len + text.len + 1;

	if (need > r->cap) {
		size_t *grown = arena_calloc(r->a, need * 2, sizeof(*grown));

		if (r->cap != 0)
			memcpy(grown, r->from, r->cap * sizeof(*grown));
		r->from = grown;
		r->cap = need * 2;
	}
	for (i = 0; i < text.len; i++)
		r->from[r->out.len + i] = origin + (step ? i : 0);
	buf_put_slice(&r->out, text);
}

static size_t
start_of(const struct rewriter *r, size_t i)
{
	return i < r->t->n ? r->t->list[i].start : r->t->sql.len;
}

static enum sql_token_kind
kind_of(const struct rewriter *r, size_t i)
{
	return i < r->t->n ? r->t->list[i].kind : SQL_TOK_OP;
}

static bool
refuse(struct rewriter *r, size_t i, const char *what, const char *hint)
{
	sql_error_at(r->e, "0A000", r->t->sql, start_of(r, i),
	    "%s is not supported", what);
	return hint != NULL ? err_hint(r->e, "%s", hint) : false;
}

/* The token ends an operand, so that a string after it would be an alias. */
static bool
ends_operand(const struct rewriter *r, size_t i)
{
	static const char *const before[] = { "select", "distinct", "all",
		"where", "and", "or", "not", "in", "like", "ilike", "glob",
		"between", "then", "else", "when", "case", "by", "having",
		"on", "is", "from", "escape", "limit", "offset", "values",
		"over", "filter", "collate", "except", "union", "intersect",
		"return", "using", "isnull", "set" };
	size_t k;

	switch (kind_of(r, i)) {
	case SQL_TOK_OP:
		return sql_token_is(r->t, i, ")");
	case SQL_TOK_WORD:
		for (k = 0; k < ARRAY_LEN(before); k++)
			if (sql_token_is(r->t, i, before[k]))
				return false;
		return true;
	case SQL_TOK_QUOTED:
	case SQL_TOK_STRING:
	case SQL_TOK_NUMBER:
	case SQL_TOK_PARAM:
		break;
	}
	return true;
}

/* A text as a literal of SQLite's. */
static void
put_literal(struct rewriter *r, struct slice v, size_t origin)
{
	size_t k, from = 0;

	put(r, SLICE("'"), origin, false);
	for (k = 0; k < v.len; k++) {
		if (v.ptr[k] != '\'')
			continue;
		put(r, slice_sub(v, from, k + 1), origin, false);
		from = k;	/* the quote once more */
	}
	put(r, slice_sub(v, from, v.len), origin, false);
	put(r, SLICE("'"), origin, false);
}

static bool defines_cte(const struct rewriter *r, size_t i);

static bool
put_string(struct rewriter *r, size_t i)
{
	struct slice v;

	/* SQLite takes a string for a name, of a CTE as well */
	if ((i > 0 && ends_operand(r, i - 1)) || defines_cte(r, i))
		return sql_syntax_error(r->e, r->t, i);
	if (r->t->sql.ptr[start_of(r, i)] == '\'') {
		put(r, sql_token_text(r->t, i), start_of(r, i), true);
		return true;
	}
	if (!sql_token_value(r->t, i, r->a, &v, r->e))
		return false;
	put_literal(r, v, start_of(r, i));
	return true;
}

/* ---- casts ---- */

uint32_t
sql_type_at(const struct sql_tokens *t, size_t i, size_t *end)
{
	static const char *const two_words[][3] = {
		{ "double", "precision", "float8" },
		{ "character", "varying", "varchar" },
	};
	size_t k;

	if (sql_token_is(t, i, "pg_catalog") && sql_token_is(t, i + 1, "."))
		i += 2;
	*end = i + 1;
	for (k = 0; k < ARRAY_LEN(two_words); k++) {
		if (sql_token_is(t, i, two_words[k][0]) &&
		    sql_token_is(t, i + 1, two_words[k][1])) {
			*end = i + 2;
			return pg_type_find(slice_of(two_words[k][2]));
		}
	}
	return i < t->n && t->list[i].kind == SQL_TOK_WORD ?
	    pg_type_find(sql_token_text(t, i)) : OID_UNKNOWN;
}

static bool
put_value(struct rewriter *r, const struct pg_value *v, size_t origin)
{
	switch (v->kind) {
	case PG_INT:
		put(r, arena_printf(r->a, "%lld", (long long)v->i), origin,
		    false);
		return true;
	case PG_REAL:
		if (v->r - v->r != 0)	/* NaN, infinity: no literals */
			return sql_error_at(r->e, "0A000", r->t->sql, origin,
			    "this value is not supported");
		put(r, arena_printf(r->a, "%.17e", v->r), origin, false);
		return true;
	case PG_TEXT:
		put_literal(r, v->s, origin);
		return true;
	case PG_NULL:
	case PG_BLOB:
		break;
	}
	return sql_error_at(r->e, "0A000", r->t->sql, origin,
	    "a cast to this type is not supported");
}

/* 'text'::type, 12::type: read as PostgreSQL reads it. $1::type was bound as
   that type already (sql_select_params). */
static bool
put_cast(struct rewriter *r, size_t i, size_t *next)
{
	uint32_t oid = sql_type_at(r->t, i + 2, next);
	struct pg_value v;
	struct slice text;

	if (oid == OID_UNKNOWN) {
		sql_error_at(r->e, "42704", r->t->sql, start_of(r, i + 2),
		    "type \"%.*s\" is not supported",
		    SLICE_ARG(sql_token_text(r->t, i + 2)));
		return false;
	}
	if (sql_token_is(r->t, *next, "[") || sql_token_is(r->t, *next, "(") ||
	    sql_token_is(r->t, *next, "::"))
		return refuse(r, *next, "this form of a cast", NULL);
	if (kind_of(r, i) == SQL_TOK_PARAM) {
		put(r, arena_printf(r->a, "?%u", r->t->list[i].param),
		    start_of(r, i), false);
		return true;
	}
	if (!sql_token_value(r->t, i, r->a, &text, r->e))
		return false;
	if (!pg_value_read(text, oid, 0, r->a, &v, r->e)) {
		if (r->e != NULL)
			r->e->position = sql_position(r->t->sql,
			    start_of(r, i));
		return false;
	}
	return put_value(r, &v, start_of(r, i));
}

/* CAST ( ... AS type ): SQLite takes any words for a type. */
static bool
check_cast(struct rewriter *r, size_t i)
{
	static const char *const known[] = { "integer", "int", "int4",
		"int8", "bigint", "smallint", "int2", "text", "varchar",
		"real", "float8", "float4", "double" };
	size_t depth = 0, k, at;

	for (at = i + 1; at < r->t->n; at++) {
		if (sql_token_is(r->t, at, "("))
			depth++;
		else if (sql_token_is(r->t, at, ")") && --depth == 0)
			return true;
		else if (depth == 1 && sql_token_is(r->t, at, "as"))
			break;
	}
	if (sql_token_is(r->t, at + 1, "pg_catalog"))
		return refuse(r, at + 1, "a qualified type name", NULL);
	for (k = 0; k < ARRAY_LEN(known); k++)
		if (sql_token_is(r->t, at + 1, known[k]))
			return true;
	return refuse(r, at + 1, "a cast to this type",
	    "Casts to integer, bigint, real, double precision, text and "
	    "varchar are.");
}

/* name [ ( columns ) ] AS [ NOT ] [ MATERIALIZED ] ( */
static bool
defines_cte(const struct rewriter *r, size_t i)
{
	size_t at = i + 1;

	if (sql_token_is(r->t, at, "(")) {
		do {
			at++;
		} while (kind_of(r, at) == SQL_TOK_WORD ||
		    kind_of(r, at) == SQL_TOK_QUOTED ||
		    sql_token_is(r->t, at, ","));
		if (!sql_token_is(r->t, at++, ")"))
			return false;
	}
	if (!sql_token_is(r->t, at, "as"))
		return false;
	at++;
	if (sql_token_is(r->t, at, "not"))
		at++;
	if (sql_token_is(r->t, at, "materialized"))
		at++;
	return sql_token_is(r->t, at, "(");
}

static bool
check_cte_name(struct rewriter *r, size_t i)
{
	struct slice name;

	if (!sql_token_value(r->t, i, r->a, &name, r->e))
		return false;
	if (kind_of(r, i) == SQL_TOK_QUOTED) {
		char *low = arena_cstr(r->a, name);
		size_t k;

		for (k = 0; k < name.len; k++)
			low[k] = ascii_lower(low[k]);
		name.ptr = low;
	}
	if (relation_find(name) == NULL && !slice_is(name, "pg_settings"))
		return true;
	sql_error_at(r->e, "42P07", r->t->sql, start_of(r, i),
	    "WITH query name \"%.*s\" is the name of a relation",
	    SLICE_ARG(name));
	return err_hint(r->e, "Give it another name.");
}

static bool
check_name(struct rewriter *r, size_t i)
{
	struct slice name;

	if (defines_cte(r, i))
		return check_cte_name(r, i);
	/* "" is no name */
	return kind_of(r, i) != SQL_TOK_QUOTED ||
	    sql_token_value(r->t, i, r->a, &name, r->e);
}

struct word_rule {
	const char *word;
	const char *as;		/* instead; NULL: refused */
};

/* Words that are functions without parentheses in PostgreSQL. */
static const struct word_rule bare_words[] = {
	{ "current_user", "current_user()" },
	{ "session_user", "current_user()" },
	{ "current_role", "current_user()" },
	{ "user", "current_user()" },
	{ "current_catalog", "current_database()" },
	{ "current_schema", "current_schema()" },
	{ "current_timestamp", "now()" },
	{ "localtimestamp", NULL },
	{ "localtime", NULL },
};

static bool
put_bare_word(struct rewriter *r, size_t i, bool *done)
{
	size_t k;

	*done = false;
	if (sql_token_is(r->t, i + 1, "(") || sql_token_is(r->t, i + 1, ".") ||
	    (i > 0 && (sql_token_is(r->t, i - 1, ".") ||
	    sql_token_is(r->t, i - 1, "as"))))
		return true;
	for (k = 0; k < ARRAY_LEN(bare_words); k++) {
		if (!sql_token_is(r->t, i, bare_words[k].word))
			continue;
		if (bare_words[k].as == NULL)
			return refuse(r, i, bare_words[k].word, NULL);
		put(r, slice_of(bare_words[k].as), start_of(r, i), false);
		*done = true;
		return true;
	}
	return true;
}

static bool
put_word(struct rewriter *r, size_t i)
{
	bool done;

	if (sql_token_is(r->t, i, "ilike")) {
		put(r, SLICE("REGEXP"), start_of(r, i), false);
		return true;
	}
	if (sql_token_is(r->t, i, "regexp") || sql_token_is(r->t, i, "match"))
		return refuse(r, i, "this operator",
		    "Use LIKE, ILIKE, GLOB or search().");
	if (sql_token_is(r->t, i, "cast") && !check_cast(r, i))
		return false;
	if (sql_token_is(r->t, i, "as") &&
	    kind_of(r, i + 1) == SQL_TOK_STRING && i + 1 < r->t->n)
		return sql_syntax_error(r->e, r->t, i + 1);
	if (!check_name(r, i) || !put_bare_word(r, i, &done))
		return false;
	if (!done)
		put(r, sql_token_text(r->t, i), start_of(r, i), true);
	return true;
}

static bool
put_operator(struct rewriter *r, size_t i)
{
	static const char *const hint =
	    "Values can be cast so; else write CAST(... AS type).";

	if (sql_token_is(r->t, i, "::"))
		return refuse(r, i, "the cast operator ::", hint);
	if (sql_token_is(r->t, i, "["))
		return refuse(r, i, "a subscript", NULL);
	if (strchr("?:@#]^!", r->t->sql.ptr[start_of(r, i)]) != NULL &&
	    !sql_token_is(r->t, i, "!="))
		return sql_syntax_error(r->e, r->t, i);
	put(r, sql_token_text(r->t, i), start_of(r, i), true);
	return true;
}

/* The parenthesis that closes the one at i, or the last token. */
static size_t
closing(const struct rewriter *r, size_t i)
{
	size_t depth = 0;

	for (; i < r->t->n; i++) {
		if (sql_token_is(r->t, i, "("))
			depth++;
		else if (sql_token_is(r->t, i, ")") && --depth == 0)
			return i;
	}
	return r->t->n;
}

static bool
is_named_values(const struct rewriter *r, size_t i)
{
	size_t name;

	if (!sql_token_is(r->t, i + 1, "values"))
		return false;
	name = closing(r, i) + 1;
	name += sql_token_is(r->t, name, "as");
	return (kind_of(r, name) == SQL_TOK_WORD ||
	    kind_of(r, name) == SQL_TOK_QUOTED) &&
	    sql_token_is(r->t, name + 1, "(") &&
	    closing(r, name + 1) < r->t->n;
}

static bool put_named_values(struct rewriter *r, size_t i, size_t *next);

static bool
is_value(const struct rewriter *r, size_t i)
{
	enum sql_token_kind k = kind_of(r, i);

	return k == SQL_TOK_STRING || k == SQL_TOK_NUMBER ||
	    k == SQL_TOK_PARAM;
}

/* Token i, and with it those up to *next. */
static bool
put_token(struct rewriter *r, size_t i, size_t *next)
{
	struct slice text;

	*next = i + 1;
	if (is_value(r, i) && sql_token_is(r->t, i + 1, "::") &&
	    (i == 0 || !ends_operand(r, i - 1)))
		return put_cast(r, i, next);
	if (sql_token_is(r->t, i, "(") && is_named_values(r, i))
		return put_named_values(r, i, next);
	switch (kind_of(r, i)) {
	case SQL_TOK_WORD:
		return put_word(r, i);
	case SQL_TOK_QUOTED:
		if (!check_name(r, i))
			return false;
		break;
	case SQL_TOK_STRING:
		return put_string(r, i);
	case SQL_TOK_PARAM:
		text = arena_printf(r->a, "?%u", r->t->list[i].param);
		put(r, text, start_of(r, i), false);
		return true;
	case SQL_TOK_OP:
		return put_operator(r, i);
	case SQL_TOK_NUMBER:
		break;
	}
	put(r, sql_token_text(r->t, i), start_of(r, i), true);
	return true;
}

/*
 * ( VALUES ... ) [ AS ] name ( columns ): SQLite names no columns there, but
 * in a CTE it does: ( WITH name ( columns ) AS ( VALUES ... ) SELECT * FROM
 * name ) AS name.
 */
static bool
put_named_values(struct rewriter *r, size_t i, size_t *next)
{
	size_t close = closing(r, i), name = close + 1, end, k;
	struct slice id;
	bool ok = true;

	name += sql_token_is(r->t, name, "as");
	end = closing(r, name + 1) + 1;
	id = sql_token_text(r->t, name);
	if (!check_cte_name(r, name))
		return false;
	put(r, SLICE("(WITH "), start_of(r, i), false);
	for (k = name; k < end; k++)
		put(r, sql_token_text(r->t, k), start_of(r, k), true);
	put(r, SLICE(" AS "), start_of(r, i), false);
	put(r, SLICE("("), start_of(r, i), false);
	for (k = i + 1; ok && k < close; k = *next) {
		put(r, SLICE(" "), start_of(r, k), false);
		ok = put_token(r, k, next);
	}
	put(r, SLICE(") SELECT * FROM "), start_of(r, close), false);
	put(r, id, start_of(r, name), false);
	put(r, SLICE(") AS "), start_of(r, name), false);
	put(r, id, start_of(r, name), true);
	*next = end;
	return ok;
}

/* SQLite knows no qualified functions, and no schema but "main". */
static bool
is_schema_prefix(const struct rewriter *r, size_t i)
{
	return (sql_token_is(r->t, i, "pg_catalog") ||
	    sql_token_is(r->t, i, "public")) &&
	    sql_token_is(r->t, i + 1, ".") &&
	    (i == 0 || !sql_token_is(r->t, i - 1, "."));
}

bool
sql_rewrite(const struct sql_stmt *s, struct arena *a,
    struct sql_rewritten *out, struct err *e)
{
	struct rewriter r = { .t = &s->tokens, .a = a, .e = e };
	bool ok = true;
	size_t i, next;

	for (i = 0; ok && i < r.t->n; i = next) {
		/* blanks between tokens, also where a comment was */
		if (i > 0 && r.t->list[i].start > r.t->list[i - 1].end)
			put(&r, SLICE(" "), r.t->list[i].start, false);
		next = i + 2;	/* the dot as well */
		if (!is_schema_prefix(&r, i))
			ok = put_token(&r, i, &next);
	}
	out->sql = arena_dup(a, buf_slice(&r.out));
	out->from = r.from;
	buf_free(&r.out);
	return ok;
}

size_t
sql_rewrite_origin(const struct sql_rewritten *r, size_t byte)
{
	if (r->sql.len == 0)
		return 0;
	return r->from[byte < r->sql.len ? byte : r->sql.len - 1];
}
