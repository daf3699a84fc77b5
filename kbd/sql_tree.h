/*
 * sql_tree.h - a query as a tree, from the parser to SQLite's text.
 *
 * The files sql_parse*.c build it by PostgreSQL's grammar, sql_resolve*.c find
 * what each name means and sql_expression.c which type each value has,
 * sql_rewrite.c writes it as SQLite must read it. Nothing reaches SQLite that
 * no step understood: a construct that we do not know is an error with its
 * position. Pure; the statement's arena owns all nodes.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_SQL_TREE_H
#define KBD_SQL_TREE_H

#include "kbd/pg_type.h"
#include "kbd/sql_lex.h"

#define SQL_NEST_MAX 150	/* of expressions and subqueries */
#define SQL_COLUMNS_MAX 256	/* of a result */
#define SQL_SOURCES_MAX 64	/* in one FROM; SQLite's limit */
#define SQL_TREE_MAX (24u << 20)	/* bytes of memory for one query */
#define SQL_WORK_MAX 50000000u	/* columns that are compared by name */
#define SQL_SCALE_OPEN (-1)	/* digits after the point are not known */

struct query;
struct scope;
struct source;
struct sql_function;

enum node_kind {
	NODE_NUMBER,	/* text */
	NODE_STRING,	/* text; the type is open until it is used */
	NODE_NULL,
	NODE_BOOL,	/* value */
	NODE_PARAM,	/* value */
	NODE_COLUMN,	/* qualifier, text */
	NODE_STAR,	/* qualifier; in a select list, and count(*) */
	NODE_CALL,	/* text, kids */
	NODE_CAST,	/* kid; type */
	NODE_UNARY,	/* text: - + ~ NOT; kid */
	NODE_BINARY,	/* text; two kids */
	NODE_LIKE,	/* text, pattern [, escape]; is_not, ignores_case */
	NODE_IN,	/* value, list or query; is_not */
	NODE_BETWEEN,	/* value, low, high; is_not */
	NODE_IS,	/* kid; text: NULL TRUE FALSE UNKNOWN; is_not */
	NODE_DISTINCT,	/* IS DISTINCT FROM; is_not */
	NODE_CASE,	/* [operand] when then ... [else] */
	NODE_EXISTS,	/* query */
	NODE_QUERY,	/* scalar subquery */
	NODE_ROW	/* kids */
};

struct window {
	struct slice name;	/* OVER name, or the name that is defined */
	struct node *partition;
	struct node *order;
	size_t frame_from, frame_to;	/* tokens, checked by the parser */
	bool is_reference;	/* OVER name, without parentheses */
	struct window *next;
};

struct node {
	enum node_kind kind;
	size_t token;		/* for positions */
	uint32_t type;		/* 0: open, as 'text', NULL and $1 are */
	struct slice text, qualifier;
	unsigned value;
	bool is_not, ignores_case, has_operand, has_else;
	bool is_distinct;	/* count(DISTINCT x) */
	struct node *kid;	/* the first */
	struct node *next;	/* sibling */
	struct query *query;
	struct node *filter;	/* FILTER (WHERE ...) */
	struct window *over;
	const struct sql_function *function;
	struct source *source;	/* of a column; NULL: merged by USING */
	int scale;		/* of numeric: digits after the point */
	unsigned level;		/* of a column: queries between */

	/* in ORDER BY */
	bool is_desc, has_nulls, nulls_first;
	unsigned position;	/* output column it stands for, from 1 */

	/* in a select list */
	struct slice alias;
	bool has_alias;
};

struct column {
	struct slice name;
	uint32_t type;
	bool is_merged;		/* by USING: shown once */
};

enum source_kind { SOURCE_RELATION, SOURCE_FUNCTION, SOURCE_QUERY,
	SOURCE_CTE, SOURCE_JOIN };

enum join_kind { JOIN_CROSS, JOIN_INNER, JOIN_LEFT, JOIN_RIGHT, JOIN_FULL };

struct name_list {
	struct slice name;
	size_t token;
	struct name_list *next;
};

struct source {
	enum source_kind kind;
	size_t token;
	struct slice schema, name, alias;
	bool has_alias;
	struct name_list *aliases;	/* of its columns */
	struct node *args;		/* SOURCE_FUNCTION */
	struct query *query;
	struct column *columns;		/* after resolving */
	size_t ncolumns;

	/* SOURCE_JOIN */
	enum join_kind join;
	bool is_natural;
	struct source *left, *right;
	struct node *on;
	struct name_list *merged;	/* USING */

	struct source *next;		/* the next behind a comma */
};

struct cte {
	struct slice name;
	size_t token;
	struct name_list *aliases;
	struct query *query;
	const char *how;	/* " MATERIALIZED", " NOT MATERIALIZED", "" */
	struct column *columns;
	size_t ncolumns;
	bool is_ready;
	struct cte *next;
};

enum body_kind { BODY_SELECT, BODY_VALUES, BODY_PAREN, BODY_SET };

struct body {
	enum body_kind kind;
	size_t token;
	struct query *query;		/* BODY_PAREN */
	const char *op;			/* BODY_SET: "UNION", ... */
	bool is_all;
	struct body *left, *right;
	bool is_distinct;
	struct node *items;		/* rows of VALUES: NODE_ROW */
	struct source *from;
	struct node *where, *group, *having;
	struct window *windows;
	bool has_aggregate;
	struct scope *scope;		/* of BODY_SELECT */
	struct column *columns;		/* the result, after resolving */
	size_t ncolumns;
};

struct query {
	bool is_recursive;
	struct cte *ctes;
	struct body *body;
	struct node *order, *limit, *offset;
};

/* The tokens of a query to a tree. */
bool sql_parse_query(const struct sql_tokens *t, struct arena *a,
    struct query **out, struct err *e) MUST_CHECK;

/* Names and types. params: what the client said, 0 where it left it open;
   filled in. */
bool sql_resolve(const struct sql_tokens *t, struct query *q,
    uint32_t *params, size_t nparams, struct arena *a, struct err *e)
    MUST_CHECK;

/* False when the tree takes too much memory, with the error set. */
bool sql_tree_has_room(const struct arena *a, const struct sql_tokens *t,
    size_t token, struct err *e) MUST_CHECK;

/* err_set() with the position of a token; returns false. */
bool sql_tree_error(struct err *e, const struct sql_tokens *t, size_t token,
    const char *sqlstate, const char *fmt, ...) PRINTF_LIKE(5, 6);

#endif
