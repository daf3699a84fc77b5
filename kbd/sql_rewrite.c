/*
 * sql_rewrite.c - a client's query as SQLite shall read it; see the header.
 *
 * Refused here, because SQLite accepts it with another meaning:
 *
 *   $1::int, x::t     one variable named "$1::int", or nothing
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

static bool
put_string(struct rewriter *r, size_t i)
{
	struct slice v;
	size_t k, from = 0;

	if (i > 0 && ends_operand(r, i - 1))
		return sql_syntax_error(r->e, r->t, i);
	if (r->t->sql.ptr[start_of(r, i)] == '\'') {
		put(r, sql_token_text(r->t, i), start_of(r, i), true);
		return true;
	}
	if (!sql_token_value(r->t, i, r->a, &v, r->e))
		return false;
	put(r, SLICE("'"), start_of(r, i), false);
	for (k = 0; k < v.len; k++) {
		if (v.ptr[k] != '\'')
			continue;
		put(r, slice_sub(v, from, k + 1), start_of(r, i), false);
		from = k;	/* the quote once more */
	}
	put(r, slice_sub(v, from, v.len), start_of(r, i), false);
	put(r, SLICE("'"), start_of(r, i), false);
	return true;
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
		while (at < r->t->n && !sql_token_is(r->t, at, ")"))
			at++;
		at++;
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
check_name(struct rewriter *r, size_t i)
{
	struct slice name;

	if (!sql_token_value(r->t, i, r->a, &name, r->e))
		return false;
	if (!defines_cte(r, i))
		return true;
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
	static const char *const hint = "Write CAST(value AS type).";

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

static bool
put_token(struct rewriter *r, size_t i)
{
	struct slice text;

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
	size_t i;

	for (i = 0; ok && i < r.t->n; i++) {
		if (is_schema_prefix(&r, i)) {
			i++;	/* the dot as well */
			continue;
		}
		/* blanks between tokens, also where a comment was */
		if (i > 0 && r.t->list[i].start > r.t->list[i - 1].end)
			put(&r, SLICE(" "), r.t->list[i].start, false);
		ok = put_token(&r, i);
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
