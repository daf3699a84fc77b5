/*
 * sql_parse_internal.h - what the files of the parser share.
 *
 * sql_parse.c begins and knows names and types; sql_parse_select.c reads a
 * query, sql_parse_from.c its FROM. sql_parse_expression.c ties what
 * sql_parse_primary.c reads by operators; sql_parse_call.c reads calls and
 * their windows. Each function takes the tokens it understands and leaves
 * the cursor behind them; NULL or false is an error, which is set.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_SQL_PARSE_INTERNAL_H
#define KBD_SQL_PARSE_INTERNAL_H

#include "kbd/sql_tree.h"

/* Operators, loosest first. */
enum { PREC_OR = 1, PREC_AND, PREC_NOT, PREC_IS, PREC_COMPARE, PREC_IN,
	PREC_OTHER, PREC_ADD, PREC_MULTIPLY, PREC_UNARY };

struct parser {
	const struct sql_tokens *t;
	struct arena *a;
	size_t at;
	unsigned depth;
	struct err *e;
};

/* What stands at the cursor. */

static inline bool
parse_is(const struct parser *p, const char *word)
{
	return sql_token_is(p->t, p->at, word);
}

static inline bool
parse_is_next(const struct parser *p, size_t ahead, const char *word)
{
	return sql_token_is(p->t, p->at + ahead, word);
}

static inline bool
parse_accept(struct parser *p, const char *word)
{
	if (!parse_is(p, word))
		return false;
	p->at++;
	return true;
}

static inline bool
parse_unexpected(struct parser *p)
{
	return sql_syntax_error(p->e, p->t, p->at);
}

static inline bool
parse_expect(struct parser *p, const char *word)
{
	return parse_accept(p, word) || parse_unexpected(p);
}

static inline bool
parse_refuse(struct parser *p, size_t token, const char *what)
{
	return sql_tree_error(p->e, p->t, token, "0A000",
	    "%s is not supported", what);
}

static inline enum sql_token_kind
parse_kind(const struct parser *p)
{
	return p->at < p->t->n ? p->t->list[p->at].kind : SQL_TOK_OP;
}

/* sql_parse.c */

/* "stack depth limit exceeded"; false. */
bool parse_too_deep(struct parser *p);

/* A word that is never a name. */
bool parse_is_reserved(const struct parser *p, size_t i);
bool parse_is_name(const struct parser *p, size_t i);

bool parse_name(struct parser *p, struct slice *out);
/* (a, b, c) */
bool parse_names(struct parser *p, struct name_list **out);
/* Any word at all, as it may stand behind AS or a dot. */
bool parse_label(struct parser *p, struct slice *out);
/* A type's name behind :: or AS: [pg_catalog.] words [(n)] */
bool parse_type(struct parser *p, uint32_t *oid);

struct node *parse_node(struct parser *p, enum node_kind k, size_t token);
struct node *parse_cast(struct parser *p, struct node *kid, size_t token,
    uint32_t oid);

/* sql_parse_expression.c */

/* An expression whose operators bind as tightly as this one, or tighter. */
struct node *parse_expression(struct parser *p, int least);
/* Expressions between commas. */
bool parse_list(struct parser *p, struct node **out);
/* A primary with its casts. */
struct node *parse_postfix(struct parser *p);

/* sql_parse_primary.c */

struct node *parse_primary(struct parser *p);

/* sql_parse_call.c */

/* The arguments and what follows; the cursor is on the parenthesis. */
struct node *parse_call(struct parser *p, struct slice what, size_t token);
/* ( [name] [PARTITION BY ...] [ORDER BY ...] [frame] ) */
bool parse_window(struct parser *p, struct window *w);

/* sql_parse_from.c */

/* What stands behind FROM. */
bool parse_from(struct parser *p, struct source **last);

/* sql_parse_select.c */

/* [WITH] SELECT, VALUES and set operations [ORDER BY] [LIMIT] */
struct query *parse_query(struct parser *p);
/* What stands behind ORDER BY, also of a window. */
bool parse_order(struct parser *p, struct node **out);

#endif
