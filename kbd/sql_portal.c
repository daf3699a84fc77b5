/*
 * sql_portal.c - statements with their values, by Bind or EXECUTE, and the
 * rows that their client has not fetched yet.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/sql_state.h"
#include "common/mem.h"

#include <stdlib.h>

struct portal *
portal_new(struct slice name, struct statement *st)
{
	struct portal *p = mem_zalloc(sizeof(*p));

	p->name = mem_strndup(name);
	p->statement = st;
	st->refs++;
	arena_init(&p->arena);
	buf_init(&p->rows, SESSION_OUTBOX_MAX);
	return p;
}

void
portal_drop_rows(struct session *s, struct portal *p)
{
	s->row_bytes -= p->rows.len;
	p->at = 0;
	buf_free(&p->rows);
}

void
portal_free(struct session *s, struct portal *p)
{
	struct arena a;

	if (p == NULL)
		return;
	a = p->arena;
	statement_unref(p->statement);
	portal_drop_rows(s, p);
	free(p->name);
	free(p);
	arena_free(&a);
}

/* ---- by name ---- */

int
portal_index(const struct session *s, struct slice name)
{
	size_t i;

	for (i = 0; i < s->nportals; i++)
		if (slice_is(name, s->portals[i]->name))
			return (int)i;
	return -1;
}

bool
portal_missing(struct slice name, struct err *e)
{
	err_set(e, ERR_NOT_FOUND, "portal \"%.*s\" does not exist",
	    SLICE_ARG(name));
	return pg_err_state(e, "34000");
}

void
portal_remove(struct session *s, int i)
{
	struct portal *p = s->portals[i];

	s->portals[i] = s->portals[--s->nportals];
	s->bytes -= p->bytes;
	p->bytes = 0;
	if (p == s->running)
		s->running = NULL;	/* its Execute frees it */
	else
		portal_free(s, p);
}

void
portals_drop(struct session *s)
{
	while (s->nportals > 0)
		portal_remove(s, 0);
}

/* ---- values ---- */

static struct slice
copy_value(struct arena *a, struct slice v)
{
	return v.ptr == NULL ? v : arena_dup(a, v);
}

/* The values outlive the message, so they are copied. */
static bool
read_values(struct portal *p, const struct pg_bind *m, struct err *e)
{
	const struct statement *st = p->statement;
	size_t i;

	if (m->nformats > 1 && m->nformats != m->nvalues) {
		err_set(e, ERR_PROTOCOL, "bind message has %zu parameter "
		    "formats but %zu parameters", m->nformats, m->nvalues);
		return false;
	}
	p->values = arena_calloc(&p->arena, m->nvalues + 1,
	    sizeof(*p->values));
	p->nvalues = m->nvalues;
	for (i = 0; i < m->nvalues; i++) {
		uint16_t format = m->nformats == 0 ? 0 :
		    m->formats[m->nformats == 1 ? 0 : i];

		if (!pg_value_read(copy_value(&p->arena, m->values[i]),
		    st->params[i], format, &p->arena, &p->values[i], e))
			return err_detail(e, "It is parameter $%zu.", i + 1);
	}
	return true;
}

bool
portal_fill(struct portal *p, const struct pg_bind *m, struct err *e)
{
	const struct statement *st = p->statement;

	if (m->nvalues != (st->is_empty ? 0 : st->stmt.nparams)) {
		err_set(e, ERR_PROTOCOL, "bind message supplies %zu "
		    "parameters, but prepared statement \"%s\" requires %u",
		    m->nvalues, st->name, st->stmt.nparams);
		return false;
	}
	if (m->nresult_formats > 1 && st->stmt.kind == SQL_QUERY &&
	    !st->is_empty &&
	    m->nresult_formats != st->rewritten.ncolumns) {
		err_set(e, ERR_PROTOCOL, "bind message has %zu result formats "
		    "but query has %zu columns", m->nresult_formats,
		    st->rewritten.ncolumns);
		return false;
	}
	p->formats = arena_calloc(&p->arena, m->nresult_formats + 1,
	    sizeof(*p->formats));
	if (m->nresult_formats != 0)
		memcpy(p->formats, m->result_formats,
		    m->nresult_formats * sizeof(*p->formats));
	p->nformats = m->nresult_formats;
	return read_values(p, m, e);
}

/* ---- EXECUTE ---- */

/* What EXECUTE was given, as the statement's types; a value is a literal or
   a parameter of its own. */
static bool
execute_values(const struct run *x, struct portal *p, struct err *e)
{
	const struct sql_stmt *q = &x->st->stmt;
	const struct statement *st = p->statement;
	size_t i;

	if (q->nargs != st->stmt.nparams) {
		err_set(e, ERR_SYNTAX, "wrong number of parameters for "
		    "prepared statement \"%s\"", st->name);
		return err_detail(e, "Expected %u parameters but got %zu.",
		    st->stmt.nparams, q->nargs);
	}
	p->nvalues = q->nargs;
	p->values = arena_calloc(&p->arena, q->nargs + 1,
	    sizeof(*p->values));
	for (i = 0; i < q->nargs; i++) {
		struct slice text = q->args[i].value;

		if (q->args[i].param != 0) {
			err_set(e, ERR_UNSUPPORTED,
			    "a parameter of EXECUTE must be a literal");
			return false;
		}
		if (!pg_value_read(copy_value(&p->arena, text),
		    st->params[i], 0, &p->arena, &p->values[i], e)) {
			e->position = sql_position(q->tokens.sql,
			    q->args[i].start);
			return false;
		}
	}
	return true;
}

enum step
portal_execute(struct run *x)
{
	struct statement *st = statement_find(x->s, x->st->stmt.name);
	struct portal *p;
	struct run inner = *x;
	enum step step = STEP_ERROR;

	if (st == NULL || st->is_empty)
		return statement_missing(x->st->stmt.name, &x->r->err),
		    STEP_ERROR;
	if (st->stmt.kind == SQL_EXECUTE) {	/* itself, perhaps */
		err_set(&x->r->err, ERR_UNSUPPORTED,
		    "EXECUTE of an EXECUTE is not supported");
		return STEP_ERROR;
	}
	p = portal_new(SLICE(""), st);
	p->formats = x->portal->formats;
	p->nformats = x->portal->nformats;
	inner.st = st;
	inner.portal = p;
	inner.max_rows = 0;
	if (execute_values(x, p, &x->r->err))
		step = exec_run(&inner);
	portal_free(x->s, p);
	return step;
}
