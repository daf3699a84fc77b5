/*
 * sql_function.h - the functions that a client may call.
 *
 * One table says a function's arguments, its result and what SQLite is to
 * call. What is not in it does not exist: sql_expression.c says so with its
 * position, and the authorizer says it once more. Pure.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_SQL_FUNCTION_H
#define KBD_SQL_FUNCTION_H

#include <stdbool.h>
#include <stdint.h>

#include "common/slice.h"

/* Besides OIDs, what an argument may be and what a result follows from. */
enum sql_arg_type {
	ARG_ANY = 1,	/* of any type, kept */
	ARG_COMMON,	/* all of these are made one type */
	ARG_NUMBER,	/* any number, kept */
	ARG_EXACT,	/* an integer or numeric; else double precision */
	RESULT_COMMON,	/* that one type */
	RESULT_FIRST,	/* the type of the first argument */
	RESULT_SUM,	/* of sum() over the first argument */
	RESULT_AVG
};

enum sql_function_flags {
	FUNCTION_AGGREGATE = 1,
	FUNCTION_WINDOW = 2,	/* needs OVER */
	FUNCTION_STAR = 4,	/* count(*) */
	FUNCTION_BARE = 8,	/* written without parentheses by the parser */
	FUNCTION_ORDERED = 16	/* needs values that have an order */
};

#define SQL_FUNCTION_ANY_NUMBER 32	/* of arguments: SQLite's limit */

struct sql_function {
	const char *name;
	unsigned min, max;	/* arguments */
	uint32_t args[3];	/* the last one repeats */
	uint32_t result;
	unsigned flags;
	const char *as;		/* in SQLite; NULL: the same name */
};

/* The function of that name that takes n arguments; *exists: one of that
   name does, whatever it takes. */
const struct sql_function *sql_function_find(struct slice name, unsigned n,
    bool *exists);

/* May SQLite call it for a client? By SQLite's name. */
bool sql_function_allowed(const char *name);

#endif
