/*
 * sql_parse_primary.c - what operators tie: literals, names, CASE, CAST, what
 * stands in parentheses.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/sql_parse_internal.h"
#include "common/arena.h"

/* 'one' at the end of a line goes on with 'two' on the next. */
static bool
string(struct parser *p, struct slice *out)
{
	struct slice more;

	if (!sql_token_value(p->t, p->at++, p->a, out, p->e))
		return false;
	while (parse_kind(p) == SQL_TOK_STRING && p->at < p->t->n) {
		size_t from = p->t->list[p->at - 1].end;
		size_t to = p->t->list[p->at].start;
		struct slice between = slice_sub(p->t->sql, from, to);

		if (between.len == 0 ||
		    memchr(between.ptr, '\n', between.len) == NULL)
			return parse_unexpected(p);
		if (!sql_token_value(p->t, p->at++, p->a, &more, p->e))
			return false;
		*out = arena_printf(p->a, "%.*s%.*s", SLICE_ARG(*out),
		    SLICE_ARG(more));
	}
	return true;
}

static struct node *
number(struct parser *p)
{
	struct node *n = parse_node(p, NODE_NUMBER, p->at);

	n->text = sql_token_text(p->t, p->at++);
	return n;
}

static struct node *
case_expression(struct parser *p)
{
	struct node *n = parse_node(p, NODE_CASE, p->at++), **last = &n->kid;

	if (!parse_is(p, "when")) {
		n->has_operand = true;
		if ((*last = parse_expression(p, PREC_OR)) == NULL)
			return NULL;
		last = &(*last)->next;
	}
	do {
		if (!parse_expect(p, "when") ||
		    (*last = parse_expression(p, PREC_OR)) == NULL)
			return NULL;
		last = &(*last)->next;
		if (!parse_expect(p, "then") ||
		    (*last = parse_expression(p, PREC_OR)) == NULL)
			return NULL;
		last = &(*last)->next;
	} while (parse_is(p, "when"));
	if (parse_accept(p, "else")) {
		n->has_else = true;
		if ((*last = parse_expression(p, PREC_OR)) == NULL)
			return NULL;
	}
	return parse_expect(p, "end") ? n : NULL;
}

static struct node *
cast_call(struct parser *p)
{
	struct node *kid;
	size_t token = p->at++;
	uint32_t oid;

	if (!parse_expect(p, "(") ||
	    (kid = parse_expression(p, PREC_OR)) == NULL ||
	    !parse_expect(p, "as") || !parse_type(p, &oid) ||
	    !parse_expect(p, ")"))
		return NULL;
	return parse_cast(p, kid, token, oid);
}

/* current_user and its like: functions without parentheses */
static struct node *
bare_function(struct parser *p)
{
	static const struct {
		const char *word, *function;
	} words[] = {
		{ "current_user", "current_user" },
		{ "session_user", "session_user" },
		{ "current_role", "current_role" }, { "user", "user" },
		{ "current_catalog", "current_catalog" },
		{ "current_schema", "current_schema" },
		{ "current_timestamp", "current_timestamp" },
		{ "current_date", "current_date" },
	};
	struct node *n;
	size_t k;

	for (k = 0; k < ARRAY_LEN(words); k++) {
		if (!parse_is(p, words[k].word))
			continue;
		n = parse_node(p, NODE_CALL, p->at++);
		n->text = slice_of(words[k].function);
		if (slice_is(n->text, "current_schema") &&
		    parse_accept(p, "(") && !parse_expect(p, ")"))
			return NULL;
		return n;
	}
	parse_unexpected(p);
	return NULL;
}

/* a, t.a, public.t.a, t.*, f(...), pg_catalog.f(...), date '...' */
static struct node *
named(struct parser *p)
{
	size_t token = p->at;
	struct slice part[3];
	struct node *n;
	size_t count = 0;
	uint32_t oid;

	if (p->at + 1 < p->t->n && parse_kind(p) == SQL_TOK_WORD &&
	    p->t->list[p->at + 1].kind == SQL_TOK_STRING &&
	    (oid = pg_type_find(sql_token_text(p->t, p->at))) !=
	    OID_UNKNOWN) {
		p->at++;
		n = parse_node(p, NODE_STRING, p->at);
		return string(p, &n->text) ?
		    parse_cast(p, n, token, oid) : NULL;
	}
	if (!parse_name(p, &part[count++]))
		return NULL;
	while (parse_is(p, ".")) {
		p->at++;
		if (parse_is(p, "*")) {
			p->at++;
			n = parse_node(p, NODE_STAR, token);
			n->qualifier = part[count - 1];
			return n;
		}
		if (count == 3)
			return parse_unexpected(p), NULL;
		if (!parse_label(p, &part[count++]))
			return NULL;
	}
	if (parse_is(p, "(")) {
		if (count > 1 && !slice_is(part[0], "pg_catalog")) {
			sql_tree_error(p->e, p->t, token, "3F000",
			    "schema \"%.*s\" does not exist",
			    SQL_NAME_ARG(part[0]));
			return NULL;
		}
		return parse_call(p, part[count - 1], token);
	}
	n = parse_node(p, NODE_COLUMN, token);
	n->text = part[count - 1];
	if (count > 1)
		n->qualifier = part[count - 2];
	return n;
}

static struct node *
parenthesis(struct parser *p)
{
	size_t token = p->at++;
	struct node *n, *row;

	if (parse_is(p, "select") || parse_is(p, "with") ||
	    parse_is(p, "values")) {
		n = parse_node(p, NODE_QUERY, token);
		n->query = parse_query(p);
		return n->query != NULL && parse_expect(p, ")") ? n : NULL;
	}
	n = parse_expression(p, PREC_OR);
	if (n == NULL)
		return NULL;
	if (parse_is(p, ",")) {
		row = parse_node(p, NODE_ROW, token);
		row->kid = n;
		p->at++;
		if (!parse_list(p, &n->next))
			return NULL;
		n = row;
	}
	return parse_expect(p, ")") ? n : NULL;
}

static struct node *
exists(struct parser *p)
{
	struct node *n = parse_node(p, NODE_EXISTS, p->at++);

	if (!parse_expect(p, "("))
		return NULL;
	n->query = parse_query(p);
	return n->query != NULL && parse_expect(p, ")") ? n : NULL;
}

static struct node *
word_primary(struct parser *p)
{
	struct node *n;

	if (parse_is(p, "case"))
		return case_expression(p);
	if (parse_is(p, "cast"))
		return cast_call(p);
	if (parse_is(p, "exists") && parse_is_next(p, 1, "("))
		return exists(p);
	if (parse_is(p, "null"))
		return parse_node(p, NODE_NULL, p->at++);
	if (parse_is(p, "true") || parse_is(p, "false")) {
		n = parse_node(p, NODE_BOOL, p->at);
		n->value = parse_is(p, "true");
		p->at++;
		return n;
	}
	if (parse_is(p, "left") || parse_is(p, "right"))
		if (parse_is_next(p, 1, "(")) {
			p->at++;
			return parse_call(p, parse_is_next(p, (size_t)-1,
			    "left") ? SLICE("left") : SLICE("right"),
			    p->at - 1);
		}
	if (parse_is(p, "array") || parse_is(p, "row"))
		if (parse_is_next(p, 1, "[") || parse_is_next(p, 1, "("))
			return parse_refuse(p, p->at, "an array or row"), NULL;
	if (parse_is(p, "interval") || parse_is(p, "extract"))
		if (!parse_is_next(p, 1, ".") && p->at + 1 < p->t->n &&
		    (parse_is_next(p, 1, "(") || p->t->list[p->at + 1].kind ==
		    SQL_TOK_STRING))
			return parse_refuse(p, p->at, "this function"), NULL;
	if (parse_is_reserved(p, p->at))
		return bare_function(p);
	return named(p);
}

struct node *
parse_primary(struct parser *p)
{
	struct node *n;

	if (p->at >= p->t->n)
		return parse_unexpected(p), NULL;
	switch (parse_kind(p)) {
	case SQL_TOK_NUMBER:
		return number(p);
	case SQL_TOK_STRING:
		n = parse_node(p, NODE_STRING, p->at);
		return string(p, &n->text) ? n : NULL;
	case SQL_TOK_PARAM:
		n = parse_node(p, NODE_PARAM, p->at);
		n->value = p->t->list[p->at++].param;
		return n;
	case SQL_TOK_WORD:
		return word_primary(p);
	case SQL_TOK_QUOTED:
		return named(p);
	case SQL_TOK_OP:
		break;
	}
	if (parse_is(p, "("))
		return parenthesis(p);
	return parse_unexpected(p), NULL;
}
