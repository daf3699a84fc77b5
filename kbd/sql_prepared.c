/*
 * sql_prepared.c - the statements that a client prepared, by Parse or PREPARE.
 *
 * A statement is read and checked when it is prepared, by SQLite as well. Its
 * portals refer to it, so it may outlive its name.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/sql_state.h"
#include "common/mem.h"
#include "kbd/sql_backup.h"
#include "kbd/sql_role.h"

#include <stdlib.h>

struct statement *
statement_new(struct slice name)
{
	struct statement *st = mem_zalloc(sizeof(*st));

	st->refs = 1;
	st->name = mem_strndup(name);
	arena_init(&st->arena);
	return st;
}

void
statement_unref(struct statement *st)
{
	struct arena a;

	if (st == NULL || --st->refs > 0)
		return;
	a = st->arena;
	free(st->name);
	free(st);
	arena_free(&a);
}

/* ---- by name ---- */

int
statement_index(const struct session *s, struct slice name)
{
	size_t i;

	for (i = 0; i < s->nstatements; i++)
		if (slice_is(name, s->statements[i]->name))
			return (int)i;
	return -1;
}

struct statement *
statement_find(const struct session *s, struct slice name)
{
	int i = statement_index(s, name);

	return i >= 0 ? s->statements[i] : NULL;
}

bool
statement_missing(struct slice name, struct err *e)
{
	if (name.len == 0)
		err_set(e, ERR_NOT_FOUND,
		    "unnamed prepared statement does not exist");
	else
		err_set(e, ERR_NOT_FOUND,
		    "prepared statement \"%.*s\" does not exist",
		    SLICE_ARG(name));
	return pg_err_state(e, "26000");
}

static void
remove_statement(struct session *s, int i)
{
	s->bytes -= s->statements[i]->bytes;
	statement_unref(s->statements[i]);
	s->statements[i] = s->statements[--s->nstatements];
}

bool
statement_drop(struct session *s, struct slice name)
{
	int i = statement_index(s, name);

	if (i >= 0)
		remove_statement(s, i);
	return i >= 0;
}

void
statements_drop(struct session *s)
{
	while (s->nstatements > 0)
		remove_statement(s, 0);
}

/* ---- reading a statement ---- */

bool
statement_check(struct statement *st, const uint32_t *types, size_t ntypes,
    struct err *e)
{
	const struct sql_stmt *q = &st->stmt;
	size_t i;

	if (ntypes > q->nparams && ntypes > SQL_PARAMS_MAX)
		return err_set(e, ERR_LIMIT, "too many parameters");
	st->params = arena_calloc(&st->arena, (q->nparams > ntypes ?
	    q->nparams : ntypes) + 1, sizeof(*st->params));
	for (i = 0; i < ntypes; i++) {
		if (!pg_type_known(types[i])) {
			err_set(e, ERR_UNSUPPORTED,
			    "parameters of type %u are not supported",
			    types[i]);
			return false;
		}
		st->params[i] = types[i];
	}
	if (q->kind == SQL_CALL) {
		if (!sql_call_check(q, e))
			return false;
		sql_call_params(q, st->params);
	} else if (q->kind == SQL_ROLE) {
		struct sql_role ignored;

		sql_role_params(q, st->params);
		return sql_role_read(q, NULL, 0, &st->arena, &ignored, e);
	} else if (q->kind == SQL_BACKUP) {
		if (!sql_backup_check(q, e))
			return false;
		sql_backup_params(q, st->params);
	} else if (q->kind == SQL_QUERY) {
		return sql_rewrite(q, st->params, &st->arena, &st->rewritten,
		    e);
	} else if (q->nparams != 0 && q->kind != SQL_WRITE) {
		err_set(e, ERR_NOT_FOUND, "there is no parameter $%u",
		    q->nparams);
		return pg_err_state(e, "42P02");
	}
	return true;
}

bool
statement_may_follow_error(const struct statement *st)
{
	return st->is_empty || st->stmt.kind == SQL_COMMIT ||
	    st->stmt.kind == SQL_ROLLBACK ||
	    st->stmt.kind == SQL_ROLLBACK_TO;
}

/* A query is kept as SQLite reads it: its tokens have said what they know. */
static void
shrink(struct statement *st)
{
	const struct sql_tokens *t = &st->stmt.tokens;
	struct statement old = *st;
	struct sql_token *all;
	size_t i;

	arena_init(&st->arena);
	all = arena_zalloc(&st->arena, sizeof(*all));
	all->kind = SQL_TOK_WORD;
	all->start = t->list[0].start;
	all->end = t->list[t->n - 1].end;
	st->stmt.tokens = (struct sql_tokens){
		arena_dup(&st->arena, t->sql), all, 1 };
	sql_rewritten_copy(&st->rewritten, &st->arena);
	st->params = arena_calloc(&st->arena, st->stmt.nparams + 1,
	    sizeof(*st->params));
	for (i = 0; i < st->stmt.nparams; i++)
		st->params[i] = old.params[i];
	arena_free(&old.arena);
}

static bool
read_statement(struct session *s, struct sql_db *db, const struct pg_parse *m,
    struct statement *st, struct err *e)
{
	struct sql_stmts list;
	struct sqlite3_stmt *stmt;

	if (!sql_stmts_parse(arena_dup(&st->arena, m->sql), &st->arena, &list,
	    e))
		return false;
	if (list.n > 1) {
		err_set(e, ERR_SYNTAX, "cannot insert multiple commands into "
		    "a prepared statement");
		return false;
	}
	st->is_empty = list.n == 0;
	if (list.n == 1) {
		st->stmt = list.list[0];
		st->is_quick = sql_stmt_is_quick(&st->stmt);
	}
	if (!statement_may_follow_error(st) && session_aborted(s, e))
		return false;
	if (st->is_empty)
		return true;
	if (st->stmt.kind == SQL_WRITE)
		return exec_refuse_write(&st->stmt, e);
	if (!statement_check(st, m->types, m->ntypes, e))
		return false;
	query_fixed_columns(s, st);
	if (st->stmt.kind != SQL_QUERY)
		return true;
	/* what SQLite has to say against it, it says now */
	if (!sql_db_prepare(db, &st->rewritten, st->stmt.tokens.sql, &stmt, e))
		return false;
	sql_db_done(db, stmt);
	shrink(st);
	return true;
}

/* ---- keeping it ---- */

static bool
room_for_statement(const struct session *s, const struct pg_parse *m,
    struct err *e)
{
	if (s->nstatements < SESSION_STATEMENTS_MAX &&
	    s->bytes + m->sql.len <= SESSION_BYTES_MAX)
		return true;
	err_set(e, ERR_LIMIT, "too many prepared statements");
	pg_err_state(e, "53200");
	return err_hint(e, "Close those that are not needed: DEALLOCATE ALL.");
}

bool
statement_add(struct session *s, struct sql_db *db, const struct pg_parse *m,
    struct err *e)
{
	struct statement *st;

	if (m->name.len == 0) {
		statement_drop(s, m->name);
	} else if (statement_index(s, m->name) >= 0) {
		err_set(e, ERR_EXISTS,
		    "prepared statement \"%.*s\" already exists",
		    SLICE_ARG(m->name));
		return pg_err_state(e, "42P05");
	}
	if (!room_for_statement(s, m, e))
		return false;
	st = statement_new(m->name);
	if (!read_statement(s, db, m, st, e)) {
		statement_unref(st);
		return false;
	}
	s->statements = mem_grow(s->statements, s->nstatements,
	    &s->statement_cap, sizeof(struct statement *));
	s->statements[s->nstatements++] = st;
	st->bytes = st->arena.used + STATEMENT_BYTES;
	s->bytes += st->bytes;
	return true;
}

bool
statement_prepare(struct run *x)
{
	const struct sql_stmt *q = &x->st->stmt;
	struct pg_parse m = { .name = q->name, .sql = q->value,
		.types = q->types, .ntypes = q->ntypes };

	if (statement_add(x->s, x->db, &m, &x->r->err))
		return true;
	if (x->r->err.position != 0)	/* in the statement inside */
		x->r->err.position += sql_position(q->tokens.sql, (size_t)
		    (q->value.ptr - q->tokens.sql.ptr)) - 1;
	return false;
}
