/*
 * sql_stmt.h - what a client's statement asks for, before SQLite sees it.
 *
 * Splits a query text into statements and reads those that the server itself
 * carries out: transactions, settings, CALL. Queries are only recognised;
 * what would change data otherwise is named as such. Pure.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_SQL_STMT_H
#define KBD_SQL_STMT_H

#include "kbd/sql_lex.h"

enum sql_kind {
	SQL_QUERY,		/* SELECT, VALUES, WITH */
	SQL_BEGIN,
	SQL_COMMIT,
	SQL_ROLLBACK,
	SQL_SAVEPOINT,		/* name */
	SQL_RELEASE,		/* name */
	SQL_ROLLBACK_TO,	/* name */
	SQL_SET,		/* name, value, is_local; value.ptr NULL: default */
	SQL_SET_TRANSACTION,	/* modes only; is_session: of each to come */
	SQL_RESET,		/* name; "" is all */
	SQL_SHOW,		/* name; "" is all */
	SQL_DISCARD,		/* name: "all", ... */
	SQL_PREPARE,		/* name, types, value: the statement */
	SQL_EXECUTE,		/* name, args */
	SQL_DEALLOCATE,		/* name; "" is all */
	SQL_CALL,		/* name, args */
	SQL_ROLE,		/* CREATE ROLE ..., or CALL create_role(...) */
	SQL_BACKUP,		/* CALL backup_start() and the like */
	SQL_WRITE,		/* would change data: refused with 25006 */
	SQL_OTHER		/* understood as SQL, but not offered */
};

enum sql_access { SQL_ACCESS_DEFAULT, SQL_READ_ONLY, SQL_READ_WRITE };

struct sql_arg {
	struct slice name;	/* "" is by position */
	struct slice value;	/* ptr NULL is NULL */
	unsigned param;		/* $n, or 0: then value counts */
	bool is_string;
	size_t start;		/* where it stands, in bytes */
};

struct sql_stmt {
	enum sql_kind kind;
	struct sql_tokens tokens;	/* of this statement; sql is the whole
					   query text, for positions */
	struct slice name;
	struct slice value;
	bool is_local;
	bool is_session;
	enum sql_access access;		/* BEGIN, SET TRANSACTION */
	struct sql_arg *args;		/* CALL, EXECUTE */
	size_t nargs;
	uint32_t *types;		/* PREPARE */
	size_t ntypes;
	unsigned nparams;		/* the highest $n */
	const char *tag;		/* of CommandComplete: "BEGIN" */
};

struct sql_stmts {
	struct sql_stmt *list;
	size_t n;		/* 0: nothing but blanks and comments */
};

/* Split and read a query text; the arena owns the result. */
bool sql_stmts_parse(struct slice sql, struct arena *a,
    struct sql_stmts *out, struct err *e) MUST_CHECK;

/* A query that may take long: anything that is no search and no point read.
   Decides the lane, so it may guess, but must be cheap. */
bool sql_stmt_is_quick(const struct sql_stmt *s);

#endif
