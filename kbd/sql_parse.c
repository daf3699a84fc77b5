/*
 * sql_parse.c - a query's tokens to a tree, by PostgreSQL's grammar.
 *
 * Here are its beginning and its words: what may be a name, and types. The
 * grammar is in the files that sql_parse_internal.h names.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/sql_parse_internal.h"
#include "common/arena.h"

bool
parse_too_deep(struct parser *p)
{
	sql_tree_error(p->e, p->t, p->at, "54001",
	    "stack depth limit exceeded");
	return err_hint(p->e, "Expressions and subqueries may nest %d deep.",
	    SQL_NEST_MAX);
}

/* ---- names ---- */

bool
parse_is_reserved(const struct parser *p, size_t i)
{
	static const char *const words[] = { "all", "analyse", "analyze",
		"and", "any", "array", "as", "asc", "asymmetric", "both",
		"case", "cast", "check", "collate", "column", "constraint",
		"create", "cross", "current_catalog", "current_date",
		"current_role", "current_schema", "current_time",
		"current_timestamp", "current_user", "default", "deferrable",
		"desc", "distinct", "do", "else", "end", "except", "false",
		"fetch", "for", "foreign", "from", "full", "grant", "group",
		"having", "ilike", "in", "initially", "inner", "intersect",
		"into", "is", "isnull", "join", "lateral", "leading", "left",
		"like", "limit", "localtime", "localtimestamp", "natural",
		"not", "notnull", "null", "offset", "on", "only", "or",
		"order", "outer", "overlaps", "placing", "primary",
		"references", "returning", "right", "select", "session_user",
		"similar", "some", "symmetric", "table", "tablesample",
		"then", "to", "trailing", "true", "union", "unique", "user",
		"using", "variadic", "verbose", "when", "where", "window",
		"with" };
	size_t k;

	if (i >= p->t->n || p->t->list[i].kind != SQL_TOK_WORD)
		return false;
	for (k = 0; k < ARRAY_LEN(words); k++)
		if (sql_token_is(p->t, i, words[k]))
			return true;
	return false;
}

bool
parse_is_name(const struct parser *p, size_t i)
{
	return i < p->t->n && (p->t->list[i].kind == SQL_TOK_QUOTED ||
	    (p->t->list[i].kind == SQL_TOK_WORD && !parse_is_reserved(p, i)));
}

bool
parse_name(struct parser *p, struct slice *out)
{
	if (!parse_is_name(p, p->at))
		return parse_unexpected(p);
	return sql_token_value(p->t, p->at++, p->a, out, p->e);
}

bool
parse_names(struct parser *p, struct name_list **out)
{
	if (!parse_expect(p, "("))
		return false;
	do {
		*out = arena_zalloc(p->a, sizeof(**out));
		(*out)->token = p->at;
		if (!parse_name(p, &(*out)->name))
			return false;
		out = &(*out)->next;
	} while (parse_accept(p, ","));
	return parse_expect(p, ")");
}

bool
parse_label(struct parser *p, struct slice *out)
{
	if (parse_kind(p) != SQL_TOK_WORD && parse_kind(p) != SQL_TOK_QUOTED)
		return parse_unexpected(p);
	return sql_token_value(p->t, p->at++, p->a, out, p->e);
}

/* ---- nodes and types ---- */

struct node *
parse_node(struct parser *p, enum node_kind k, size_t token)
{
	struct node *n = arena_zalloc(p->a, sizeof(*n));

	n->kind = k;
	n->token = token;
	n->scale = SQL_SCALE_OPEN;
	return n;
}

bool
parse_type(struct parser *p, uint32_t *oid)
{
	size_t start = p->at;
	struct slice word;

	if (parse_is(p, "pg_catalog") && parse_is_next(p, 1, "."))
		p->at += 2;
	if (!parse_label(p, &word))
		return false;
	if (slice_is(word, "double") && parse_accept(p, "precision")) {
		*oid = OID_FLOAT8;
		return true;
	}
	if (slice_is(word, "character") && parse_accept(p, "varying"))
		word = SLICE("varchar");
	if (slice_is(word, "timestamp") && parse_is_next(p, 1, "time")) {
		if (parse_accept(p, "with"))
			word = SLICE("timestamptz");
		else if (!parse_expect(p, "without"))
			return false;
		if (!parse_expect(p, "time") || !parse_expect(p, "zone"))
			return false;
	}
	*oid = pg_type_find(word);
	if (*oid == OID_UNKNOWN || *oid == OID_VOID ||
	    *oid == OID_UNKNOWN_TEXT)
		return sql_tree_error(p->e, p->t, start, "42704",
		    "type \"%.*s\" does not exist", SQL_NAME_ARG(word));
	if (parse_is(p, "("))
		return parse_refuse(p, p->at, "the length of a type");
	if (parse_is(p, "["))
		return parse_refuse(p, p->at, "an array");
	return true;
}

struct node *
parse_cast(struct parser *p, struct node *kid, size_t token, uint32_t oid)
{
	struct node *n = parse_node(p, NODE_CAST, token);

	n->type = oid;
	n->kid = kid;
	return n;
}

/* ---- the whole query ---- */

bool
sql_parse_query(const struct sql_tokens *t, struct arena *a,
    struct query **out, struct err *e)
{
	struct parser p = { t, a, 0, 0, e };

	*out = parse_query(&p);
	if (*out == NULL)
		return false;
	return p.at == t->n || parse_unexpected(&p);
}
