/*
 * statement.h - a statement put together from constant pieces and values.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBCTL_STATEMENT_H
#define KBCTL_STATEMENT_H

#include "common/arena.h"
#include "common/buf.h"
#include "kbctl/client.h"

struct args;

#define STATEMENT_PARAMS_MAX 8

/* A statement that grows: constant SQL, and the values of its $n. */
struct statement {
	struct buf sql;
	struct param params[STATEMENT_PARAMS_MAX];
	unsigned nparams;
	struct arena arena;	/* owns what the parameters point to */
	bool has_where;
};

void statement_init(struct statement *s, const char *sql);
void statement_free(struct statement *s);

/* " WHERE " or " AND ", and a constant condition. */
void statement_where(struct statement *s, const char *condition);

/* The same with "column = $n" and its value, which is copied. */
void statement_where_is(struct statement *s, const char *column,
    const char *value);

/* A value for $n, n counting from 1 in the order of the calls. */
void statement_text(struct statement *s, const char *value);
void statement_int(struct statement *s, int64_t value);

/* Add what the options ask for; the document's name is looked up. */
bool statement_filter(struct statement *s, struct client *c,
    const struct args *args, struct err *e) MUST_CHECK;

bool statement_run(struct statement *s, struct client *c, struct result **out,
    struct err *e) MUST_CHECK;

#endif
