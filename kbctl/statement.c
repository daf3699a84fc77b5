/*
 * statement.c - a statement from constant pieces and values; see
 * statement.h. No value ever becomes part of the SQL text.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbctl/statement.h"
#include "kbctl/args.h"
#include "kbctl/lookup.h"

#include <assert.h>

void
statement_init(struct statement *s, const char *sql)
{
	*s = (struct statement){ .arena = ARENA_INIT };
	buf_init(&s->sql, 0);
	buf_puts(&s->sql, sql);
}

void
statement_free(struct statement *s)
{
	buf_free(&s->sql);
	arena_free(&s->arena);
}

void
statement_where(struct statement *s, const char *condition)
{
	buf_puts(&s->sql, s->has_where ? " AND " : " WHERE ");
	buf_puts(&s->sql, condition);
	s->has_where = true;
}

void
statement_text(struct statement *s, const char *value)
{
	assert(s->nparams < STATEMENT_PARAMS_MAX);
	param_text(&s->params[s->nparams++],
	    arena_cstr(&s->arena, slice_of(value)));
}

void
statement_int(struct statement *s, int64_t value)
{
	assert(s->nparams < STATEMENT_PARAMS_MAX);
	param_int(&s->params[s->nparams++], value);
}

void
statement_where_is(struct statement *s, const char *column,
    const char *value)
{
	statement_where(s, column);
	statement_text(s, value);
	buf_printf(&s->sql, " = $%u", s->nparams);
}

bool
statement_filter(struct statement *s, struct client *c,
    const struct args *args, struct err *e)
{
	const char *doc = args_value(args, OPT_DOC), *name;
	const char *kind = args_value(args, OPT_KIND);
	const char *severity = args_value(args, OPT_SEVERITY);

	if ((kind != NULL && !lookup_check_kind(kind, e)) ||
	    (severity != NULL && !lookup_check_severity(severity, e)))
		return false;
	if (doc != NULL) {
		if (!lookup_document(c, doc, &s->arena, &name, e))
			return false;
		statement_where_is(s, "document", name);
	}
	if (kind != NULL)
		statement_where_is(s, "kind", kind);
	if (severity != NULL)
		statement_where_is(s, "severity", severity);
	return true;
}

bool
statement_run(struct statement *s, struct client *c, struct result **out,
    struct err *e)
{
	return client_query(c, buf_cstr(&s->sql), s->params, s->nparams, out,
	    e);
}
