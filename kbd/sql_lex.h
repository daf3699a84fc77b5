/*
 * sql_lex.h - the tokens of a client's SQL, by PostgreSQL's lexical rules.
 *
 * Pure. What SQLite would read as something else than PostgreSQL does is
 * found here or in sql_rewrite.c, and refused; never silently accepted.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_SQL_LEX_H
#define KBD_SQL_LEX_H

#include <stdint.h>

#include "common/err.h"
#include "common/slice.h"
#include "common/str.h"

struct arena;

#define SQL_TOKENS_MAX 20000
#define SQL_PARAMS_MAX 1000
#define SQL_DEPTH_MAX 250	/* parentheses; keeps every later scan short */
#define SQL_NAME_SHOWN 63	/* bytes of a name in an error's text */

/* Format "%.*s" with SQL_NAME_ARG(name) where an error shows it. */
#define SQL_NAME_ARG(s) ((int)utf8_cut((s), SQL_NAME_SHOWN)), ((s).ptr)

enum sql_token_kind {
	SQL_TOK_WORD,		/* identifier or keyword, unquoted */
	SQL_TOK_QUOTED,		/* "identifier" */
	SQL_TOK_STRING,		/* 'text', E'text', $tag$text$tag$ */
	SQL_TOK_NUMBER,
	SQL_TOK_PARAM,		/* $1 */
	SQL_TOK_OP,		/* one operator, or one of ( ) , ; . */
};

struct sql_token {
	enum sql_token_kind kind;
	size_t start, end;	/* bytes of the statement's text */
	unsigned param;		/* of SQL_TOK_PARAM: 1.. */
};

struct sql_tokens {
	struct slice sql;		/* borrowed */
	struct sql_token *list;		/* comments left out */
	size_t n;
};

/* The arena owns the list. Errors carry the position of the character. */
bool sql_lex(struct slice sql, struct arena *a, struct sql_tokens *out,
    struct err *e) MUST_CHECK;

/* The bytes of token i; the empty slice past the end. */
struct slice sql_token_text(const struct sql_tokens *t, size_t i);

/* Token i is this keyword (unquoted, any case) or this operator. */
bool sql_token_is(const struct sql_tokens *t, size_t i, const char *what);

/*
 * What a string or identifier says: quotes and escapes resolved, unquoted
 * identifiers folded to lower case. The arena owns it.
 */
bool sql_token_value(const struct sql_tokens *t, size_t i, struct arena *a,
    struct slice *out, struct err *e) MUST_CHECK;

/* Characters are counted from 1, as the protocol's error field wants. */
int sql_position(struct slice sql, size_t byte);

/* err_set() for a syntax error at a byte; returns false. */
bool sql_error_at(struct err *e, const char *sqlstate, struct slice sql,
    size_t byte, const char *fmt, ...) PRINTF_LIKE(5, 6);

/* `syntax error at or near "x"` (or at end of input) for token i. */
bool sql_syntax_error(struct err *e, const struct sql_tokens *t, size_t i);

#endif
