/*
 * sql_session.c - the messages of one client, carried out; sql_session.h.
 *
 *   Query                          parse, run each statement, Z
 *   Parse, Bind, Describe,         one by one; after an error all are
 *   Execute, Close                 skipped up to Sync
 *   Sync                           end of the implicit transaction, Z
 *
 * A handler that must move to another thread returns before it has written
 * anything, and is called again there with the same message; what it knows
 * by then is in the request.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/sql_state.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/mem.h"
#include "common/str.h"
#include "kbd/backup.h"
#include "kbd/settings.h"
#include "kbd/sql_backup.h"
#include "kbd/sql_error.h"
#include "kbd/sql_role.h"

#include <stdio.h>
#include <stdlib.h>

#define OUTBOX_MAX (24u * 1024 * 1024)	/* one row, and what is before it */

/* ---- statements and portals ---- */

static void
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

static struct statement *
statement_new(struct slice name)
{
	struct statement *st = mem_zalloc(sizeof(*st));

	st->refs = 1;
	st->name = mem_strndup(name);
	arena_init(&st->arena);
	return st;
}

void
portal_drop_rows(struct session *s, struct portal *p)
{
	s->row_bytes -= p->rows.len;
	p->at = 0;
	buf_free(&p->rows);
}

static void
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

static struct portal *
portal_new(struct slice name, struct statement *st)
{
	struct portal *p = mem_zalloc(sizeof(*p));

	p->name = mem_strndup(name);
	p->statement = st;
	st->refs++;
	arena_init(&p->arena);
	buf_init(&p->rows, OUTBOX_MAX);
	return p;
}

static int
find_statement(const struct session *s, struct slice name)
{
	size_t i;

	for (i = 0; i < s->nstatements; i++)
		if (slice_is(name, s->statements[i]->name))
			return (int)i;
	return -1;
}

static int
find_portal(const struct session *s, struct slice name)
{
	size_t i;

	for (i = 0; i < s->nportals; i++)
		if (slice_is(name, s->portals[i]->name))
			return (int)i;
	return -1;
}

static void
remove_statement(struct session *s, int i)
{
	s->bytes -= s->statements[i]->bytes;
	statement_unref(s->statements[i]);
	s->statements[i] = s->statements[--s->nstatements];
}

static void
remove_portal(struct session *s, int i)
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

bool
statement_drop(struct session *s, struct slice name)
{
	int i = find_statement(s, name);

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

void
portals_drop(struct session *s)
{
	while (s->nportals > 0)
		remove_portal(s, 0);
}

/* ---- life ---- */

struct session *
session_new(const struct session_init *init)
{
	struct session *s = mem_zalloc(sizeof(*s));

	s->role = mem_strdup(init->role);
	s->author = mem_strdup(init->author);
	s->log = mem_strdup(init->log != NULL ? init->log : init->role);
	s->is_admin = init->is_admin;
	s->can_write = init->can_write;
	s->roles = init->roles;
	s->activity = init->activity;
	s->audit = init->audit;
	s->address = mem_strdup(init->address != NULL ? init->address : "");
	s->entry = init->entry;
	s->pid = init->pid;
	s->dir = init->dir;
	s->status = 'I';
	guc_init(&s->guc, init->settings, init->role, init->is_admin);
	return s;
}

void
session_destroy(struct session *s)
{
	if (s == NULL)
		return;
	portals_drop(s);
	statements_drop(s);
	backup_free(s->backup);
	while (s->nsavepoints > 0)
		free(s->savepoints[--s->nsavepoints].name);
	free(s->savepoints);
	free(s->statements);
	free(s->portals);
	free(s->role);
	free(s->author);
	free(s->address);
	free(s->log);
	free(s);
}

bool
session_startup(struct session *s, const struct pg_startup *m, struct err *e)
{
	size_t i;

	for (i = 0; i < m->nparams; i++) {
		const struct pg_param *p = &m->params[i];
		bool ok = true;

		if (slice_is(p->name, "options"))
			ok = guc_set_options(&s->guc, p->value, e);
		else if (slice_is(p->name, "replication") &&
		    !slice_is(p->value, "false"))
			ok = err_set(e, ERR_UNSUPPORTED,
			    "replication is not supported");
		else if (!slice_is(p->name, "user") &&
		    !slice_is(p->name, "database") &&
		    !slice_is(p->name, "replication"))
			ok = guc_set(&s->guc, p->name, p->value, false, e);
		if (!ok)
			return false;
	}
	guc_started(&s->guc);
	return true;
}

void
session_greet(struct session *s, struct buf *b)
{
	guc_report(&s->guc, b);
}

char
session_status(const struct session *s)
{
	return s->status;
}

bool
session_holds_writer(const struct session *s)
{
	return s->is_writing;
}

int64_t
session_timeout(const struct session *s, const char *name)
{
	return guc_number(&s->guc, name);
}

const char *
session_role(const struct session *s)
{
	return s->role;
}

bool
session_is_admin(const struct session *s)
{
	return s->is_admin;
}

struct roles *
session_roles(const struct session *s)
{
	return s->roles;
}

struct activity *
session_activity(const struct session *s)
{
	return s->activity;
}

struct audit *
session_audit(const struct session *s)
{
	return s->audit;
}

uint32_t
session_pid(const struct session *s)
{
	return s->pid;
}

void
session_set_pid(struct session *s, uint32_t pid)
{
	s->pid = pid;
}

const struct guc *
session_guc(const struct session *s)
{
	return &s->guc;
}

const struct settings *
session_settings(const struct session *s)
{
	return s->settings;
}

/* ---- reading a statement ---- */

/* What a query needs before SQLite may see it. */
static bool
prepare_text(struct statement *st, const uint32_t *types, size_t ntypes,
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

/* ---- Query ---- */

/* Statement r->stmt of the message, which the request's arena holds. */
static enum step
run_simple(struct session *s, struct request *r, struct sql_db *db)
{
	struct statement *st = statement_new(SLICE(""));
	struct portal *p = portal_new(SLICE(""), st);
	struct run x = { s, r, db, st, p, true, 0 };
	enum step step = STEP_ERROR;

	st->stmt = r->stmts.list[r->stmt];
	if (prepare_text(st, NULL, 0, &r->err)) {
		if (st->stmt.nparams != 0) {
			err_set(&r->err, ERR_NOT_FOUND,
			    "there is no parameter $1");
			pg_err_state(&r->err, "42P02");
		} else {
			query_fixed_columns(s, st);
			step = exec_run(&x);
		}
	}
	portal_free(s, p);
	statement_unref(st);
	return step;
}

/* Each statement has statement_timeout for itself. */
static void
set_deadline(struct session *s, struct request *r, struct sql_db *db)
{
	int64_t ms = guc_number(&s->guc, "statement_timeout");

	db->deadline_ms = ms != 0 ? r->started_ms + ms : 0;
}

static enum step
on_query(struct session *s, struct request *r, struct sql_db *db,
    struct slice body)
{
	enum step step;
	struct slice sql;
	int unnamed;

	if (!r->in_query) {
		if (!pg_query_decode(body, &sql, &r->err) ||
		    !sql_stmts_parse(sql, &r->arena, &r->stmts, &r->err))
			return STEP_ERROR;
		r->in_query = true;
		r->stmt = 0;
		unnamed = find_portal(s, SLICE(""));
		if (unnamed >= 0)
			remove_portal(s, unnamed);
		if (r->stmts.n == 0)
			pg_put_empty(&r->out.buf, 'I');
	}
	for (; r->stmt < r->stmts.n; r->stmt++) {
		step = run_simple(s, r, db);
		if (step != STEP_OK)
			return step;
		r->started_ms = clock_ms();
		set_deadline(s, r, db);
	}
	return exec_finish(s, r, db);
}

/* ---- Parse, Bind, Describe, Execute, Close ---- */

static bool
aborted(const struct session *s, struct err *e)
{
	if (s->status != 'E')
		return false;
	err_set(e, ERR_INVALID, "current transaction is aborted, commands "
	    "ignored until end of transaction block");
	pg_err_state(e, "25P02");
	return true;
}

/* A statement that ends a failed transaction, or nothing at all. */
static bool
may_follow_error(const struct statement *st)
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
	if (!may_follow_error(st) && aborted(s, e))
		return false;
	if (st->is_empty)
		return true;
	if (st->stmt.kind == SQL_WRITE)
		return exec_refuse_write(&st->stmt, e);
	if (!prepare_text(st, m->types, m->ntypes, e))
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

static bool
add_statement(struct session *s, struct sql_db *db, const struct pg_parse *m,
    struct err *e)
{
	struct statement *st;

	if (m->name.len == 0) {
		statement_drop(s, m->name);
	} else if (find_statement(s, m->name) >= 0) {
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

static enum step
on_parse(struct session *s, struct request *r, struct sql_db *db,
    struct slice body)
{
	struct pg_parse m;

	if (!pg_parse_decode(body, &r->arena, &m, &r->err) ||
	    !add_statement(s, db, &m, &r->err))
		return STEP_ERROR;
	pg_put_empty(&r->out.buf, '1');
	return STEP_OK;
}

static bool
no_statement(struct slice name, struct err *e)
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

static bool
no_portal(struct slice name, struct err *e)
{
	err_set(e, ERR_NOT_FOUND, "portal \"%.*s\" does not exist",
	    SLICE_ARG(name));
	return pg_err_state(e, "34000");
}

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

static bool
fill_portal(struct portal *p, const struct pg_bind *m, struct err *e)
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

struct statement *
statement_find(const struct session *s, struct slice name)
{
	int i = find_statement(s, name);

	return i >= 0 ? s->statements[i] : NULL;
}

/* ---- PREPARE, EXECUTE ---- */

bool
session_prepare(struct run *x)
{
	const struct sql_stmt *q = &x->st->stmt;
	struct pg_parse m = { .name = q->name, .sql = q->value,
		.types = q->types, .ntypes = q->ntypes };

	if (add_statement(x->s, x->db, &m, &x->r->err))
		return true;
	if (x->r->err.position != 0)	/* in the statement inside */
		x->r->err.position += sql_position(q->tokens.sql, (size_t)
		    (q->value.ptr - q->tokens.sql.ptr)) - 1;
	return false;
}

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
session_execute(struct run *x)
{
	struct statement *st = statement_find(x->s, x->st->stmt.name);
	struct portal *p;
	struct run inner = *x;
	enum step step = STEP_ERROR;

	if (st == NULL || st->is_empty)
		return no_statement(x->st->stmt.name, &x->r->err),
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

static enum step
on_bind(struct session *s, struct request *r, struct slice body)
{
	struct pg_bind m;
	struct portal *p;
	int i, old;

	if (!pg_bind_decode(body, &r->arena, &m, &r->err))
		return STEP_ERROR;
	i = find_statement(s, m.statement);
	if (i < 0)
		return no_statement(m.statement, &r->err), STEP_ERROR;
	if (!may_follow_error(s->statements[i]) && aborted(s, &r->err))
		return STEP_ERROR;
	old = find_portal(s, m.portal);
	if (old >= 0 && m.portal.len != 0) {
		err_set(&r->err, ERR_EXISTS, "cursor \"%.*s\" already exists",
		    SLICE_ARG(m.portal));
		pg_err_state(&r->err, "42P03");
		return STEP_ERROR;
	}
	if (old >= 0)
		remove_portal(s, old);
	if (s->nportals == SESSION_PORTALS_MAX ||
	    s->bytes > SESSION_BYTES_MAX) {
		err_set(&r->err, ERR_LIMIT, "too many open portals");
		pg_err_state(&r->err, "53200");
		return STEP_ERROR;
	}
	p = portal_new(m.portal, s->statements[i]);
	if (!fill_portal(p, &m, &r->err)) {
		portal_free(s, p);
		return STEP_ERROR;
	}
	s->portals = mem_grow(s->portals, s->nportals, &s->portal_cap,
	    sizeof(struct portal *));
	s->portals[s->nportals++] = p;
	p->bytes = p->arena.used + STATEMENT_BYTES;
	s->bytes += p->bytes;
	pg_put_empty(&r->out.buf, '2');
	return STEP_OK;
}

static enum step
describe_statement(struct session *s, struct request *r, struct slice name)
{
	int i = find_statement(s, name);
	struct statement *st;

	if (i < 0)
		return no_statement(name, &r->err), STEP_ERROR;
	st = s->statements[i];
	if (!may_follow_error(st) && aborted(s, &r->err))
		return STEP_ERROR;
	if (!st->is_empty && st->stmt.kind == SQL_QUERY)
		query_columns(st);
	pg_put_types(&r->out.buf, st->params, st->is_empty ? 0 :
	    st->stmt.nparams);
	if (st->is_described)
		pg_put_columns(&r->out.buf, st->columns, st->ncolumns);
	else
		pg_put_empty(&r->out.buf, 'n');
	return STEP_OK;
}

/* The next message executes this portal: it can describe it on the way. */
static bool
is_executed_next(const struct request *r, size_t used, const char *name)
{
	struct slice rest = slice_sub(slice_make(r->messages.data,
	    r->messages.len), r->at + used, r->messages.len);
	struct pg_execute m;
	struct pg_msg next;
	size_t n;

	return pg_msg_next(rest, SIZE_MAX, &next, &n, NULL) == PG_NEXT_MSG &&
	    next.type == 'E' && pg_execute_decode(next.body, &m, NULL) &&
	    slice_is(m.portal, name);
}

static enum step
describe_portal(struct session *s, struct request *r, struct sql_db *db,
    struct slice name, size_t used)
{
	int i = find_portal(s, name);
	struct portal *p;
	struct statement *st;
	struct run x;

	if (i < 0)
		return no_portal(name, &r->err), STEP_ERROR;
	p = s->portals[i];
	st = p->statement;
	if (!may_follow_error(st) && aborted(s, &r->err))
		return STEP_ERROR;
	if (st->is_empty || (st->stmt.kind != SQL_QUERY &&
	    !st->is_described)) {
		pg_put_empty(&r->out.buf, 'n');
		return STEP_OK;
	}
	if (!p->is_started && is_executed_next(r, used, p->name)) {
		p->wants_columns = true;
		return STEP_OK;
	}
	if (st->stmt.kind != SQL_QUERY) {
		pg_put_columns(&r->out.buf, st->columns, st->ncolumns);
		return STEP_OK;
	}
	if (s->is_writing && !db->is_writer)
		return STEP_TO_WRITER;
	x = (struct run){ s, r, db, st, p, false, 0 };
	return query_describe(&x, &r->err) ? STEP_OK : STEP_ERROR;
}

static enum step
on_describe(struct session *s, struct request *r, struct sql_db *db,
    struct slice body, size_t used)
{
	struct pg_target m;

	if (!pg_target_decode(body, &m, &r->err))
		return STEP_ERROR;
	if (m.kind == 'S')
		return describe_statement(s, r, m.name);
	return describe_portal(s, r, db, m.name, used);
}

static enum step
on_execute(struct session *s, struct request *r, struct sql_db *db,
    struct slice body)
{
	struct pg_execute m;
	struct portal *p;
	struct run x;
	enum step step;
	int i;

	if (!pg_execute_decode(body, &m, &r->err))
		return STEP_ERROR;
	i = find_portal(s, m.portal);
	if (i < 0)
		return no_portal(m.portal, &r->err), STEP_ERROR;
	p = s->portals[i];
	if (p->statement->is_empty) {
		pg_put_empty(&r->out.buf, 'I');
		return STEP_OK;
	}
	x = (struct run){ s, r, db, p->statement, p, p->wants_columns,
		m.max_rows };
	s->running = p;
	step = exec_run(&x);
	if (s->running == NULL)
		portal_free(s, p);	/* the transaction ended with it */
	else if (step == STEP_OK)
		p->wants_columns = false;
	s->running = NULL;
	if (step == STEP_OK) {
		r->started_ms = clock_ms();
		set_deadline(s, r, db);
	}
	return step;
}

static enum step
on_close(struct session *s, struct request *r, struct slice body)
{
	struct pg_target m;
	int i;

	if (!pg_target_decode(body, &m, &r->err))
		return STEP_ERROR;
	if (m.kind == 'S') {
		statement_drop(s, m.name);
	} else {
		i = find_portal(s, m.name);
		if (i >= 0)
			remove_portal(s, i);
	}
	pg_put_empty(&r->out.buf, '3');
	return STEP_OK;
}

/* ---- messages ---- */

static void
put_ready(struct session *s, struct request *r)
{
	guc_report(&s->guc, &r->out.buf);
	pg_put_ready(&r->out.buf, s->status);
}

static bool
ends_segment(char type)
{
	return type == 'S' || type == 'Q' || type == 'F';
}

static enum step
handle(struct session *s, struct request *r, struct sql_db *db,
    const struct pg_msg *m, size_t used)
{
	enum step step;

	switch (m->type) {
	case 'Q':
		return on_query(s, r, db, m->body);
	case 'P':
		return on_parse(s, r, db, m->body);
	case 'B':
		return on_bind(s, r, m->body);
	case 'D':
		return on_describe(s, r, db, m->body, used);
	case 'E':
		return on_execute(s, r, db, m->body);
	case 'C':
		return on_close(s, r, m->body);
	case 'S':
		step = exec_finish(s, r, db);
		if (step == STEP_OK && s->status == 'I')
			portals_drop(s);
		return step;
	case 'F':
		err_set(&r->err, ERR_UNSUPPORTED,
		    "function calls by message are not supported");
		return STEP_ERROR;
	default:
		return STEP_OK;	/* H; d, c, f outside of COPY are ignored */
	}
}

/* The message at r->at is done; the next may start. */
static void
message_done(struct request *r, size_t used)
{
	r->at += used;
	r->in_query = false;
	r->call_ready = r->call_planned = false;
	arena_reset(&r->arena);
}

/* Report r->err; the transaction fails. */
static enum step
report(struct session *s, struct request *r, struct sql_db *db,
    const struct pg_msg *m)
{
	enum step step = exec_failed(s, r, db);
	bool fatal;

	if (step != STEP_OK)
		return step;
	fatal = atomic_load(&r->control->end) != RUN_ON ||
	    strcmp(r->err.sqlstate, "57P01") == 0;
	pg_put_error(&r->out.buf, fatal ? PG_FATAL : PG_ERROR, &r->err);
	r->is_failing = false;
	r->fatal |= fatal;
	s->skips = !ends_segment(m->type);
	return STEP_OK;
}

static enum step
step_message(struct session *s, struct request *r, struct sql_db *db,
    const struct pg_msg *m, size_t used)
{
	enum step step;

	if (s->skips && m->type != 'S') {
		message_done(r, used);
		return STEP_OK;
	}
	step = r->is_failing ? STEP_ERROR : handle(s, r, db, m, used);
	if (step == STEP_ERROR) {
		r->is_failing = true;
		step = report(s, r, db, m);
	}
	if (step != STEP_OK)
		return step;
	if (ends_segment(m->type) && !r->fatal) {
		s->skips = false;
		put_ready(s, r);
	}
	message_done(r, used);
	return STEP_OK;
}

static enum session_next
run_messages(struct session *s, struct request *r, struct sql_db *db)
{
	struct slice all = buf_slice(&r->messages);
	struct pg_msg m;
	size_t used;

	while (r->at < all.len && !r->fatal) {
		if (pg_msg_next(slice_sub(all, r->at, all.len), SIZE_MAX, &m,
		    &used, &r->err) != PG_NEXT_MSG)
			break;	/* the framer let whole messages through */
		switch (step_message(s, r, db, &m, used)) {
		case STEP_OK:
		case STEP_ERROR:
			break;
		case STEP_TO_WORKER:
			return SESSION_TO_WORKER;
		case STEP_TO_WRITER:
			return SESSION_TO_WRITER;
		}
	}
	return SESSION_DONE;
}

enum session_next
session_run(struct request *r, struct sql_db *db)
{
	struct session *s = r->session;
	enum session_next next = SESSION_DONE;

	s->settings = r->settings;
	log_lend_context(s->log);
	sql_db_enter(db, s, r->control, r->generation);
	set_deadline(s, r, db);
	if (!r->is_farewell)
		next = run_messages(s, r, db);
	else if (s->is_writing && !db->is_writer)
		next = SESSION_TO_WRITER;
	else
		exec_rollback(s, db);
	sql_db_leave(db);
	log_lend_context(NULL);
	s->settings = NULL;
	return next;
}

void
request_init(struct request *r, struct session *s)
{
	*r = (struct request){ .session = s };
	buf_init(&r->messages, 0);
	buf_init(&r->out.buf, OUTBOX_MAX);
	arena_init(&r->arena);
}

void
request_fail(struct request *r, const struct err *e)
{
	r->is_failing = true;
	r->err = *e;
}

void
request_free(struct request *r)
{
	buf_free(&r->messages);
	buf_free(&r->out.buf);
	arena_free(&r->arena);
}

/* ---- lanes ---- */

#define QUICK_TEXT_MAX 8192	/* longer text is not looked at by the loop */

static bool
is_quick_text(struct slice sql)
{
	struct arena a = ARENA_INIT;
	struct sql_stmts list;
	bool quick = sql.len <= QUICK_TEXT_MAX;
	size_t i;

	if (quick && sql_stmts_parse(sql, &a, &list, NULL))
		for (i = 0; i < list.n; i++)
			quick = quick && sql_stmt_is_quick(&list.list[i]);
	arena_free(&a);
	return quick;
}

static bool
is_quick_message(const struct session *s, const struct pg_msg *m)
{
	struct slice text = m->body, name;
	const char *nul = m->body.len != 0 ? memchr(text.ptr, '\0', text.len) :
	    NULL;
	int i;

	if (nul == NULL)
		return true;
	name = slice_make(text.ptr, (size_t)(nul - text.ptr));
	switch (m->type) {
	case 'Q':
		return is_quick_text(name);
	case 'P':
		text = slice_sub(text, name.len + 1, text.len);
		nul = text.len != 0 ? memchr(text.ptr, '\0', text.len) : NULL;
		return nul == NULL || is_quick_text(slice_make(text.ptr,
		    (size_t)(nul - text.ptr)));
	case 'B':
		text = slice_sub(text, name.len + 1, text.len);
		nul = text.len != 0 ? memchr(text.ptr, '\0', text.len) : NULL;
		i = nul == NULL ? -1 : find_statement(s, slice_make(text.ptr,
		    (size_t)(nul - text.ptr)));
		return i < 0 || s->statements[i]->is_quick ||
		    s->statements[i]->is_empty;
	case 'E':
		i = find_portal(s, name);
		return i < 0 || s->portals[i]->statement->is_quick;
	default:
		return true;
	}
}

bool
session_is_quick(const struct session *s, struct slice messages)
{
	struct pg_msg m;
	size_t used;

	while (pg_msg_next(messages, SIZE_MAX, &m, &used, NULL) ==
	    PG_NEXT_MSG) {
		if (!is_quick_message(s, &m))
			return false;
		messages = slice_sub(messages, used, messages.len);
	}
	return true;
}
