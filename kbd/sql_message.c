/*
 * sql_message.c - the messages of one client, carried out; sql_session.h.
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
	if (statement_check(st, NULL, 0, &r->err)) {
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
		unnamed = portal_index(s, SLICE(""));
		if (unnamed >= 0)
			portal_remove(s, unnamed);
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

static enum step
on_parse(struct session *s, struct request *r, struct sql_db *db,
    struct slice body)
{
	struct pg_parse m;

	if (!pg_parse_decode(body, &r->arena, &m, &r->err) ||
	    !statement_add(s, db, &m, &r->err))
		return STEP_ERROR;
	pg_put_empty(&r->out.buf, '1');
	return STEP_OK;
}

static enum step
on_bind(struct session *s, struct request *r, struct slice body)
{
	struct pg_bind m;
	struct portal *p;
	int i, old;

	if (!pg_bind_decode(body, &r->arena, &m, &r->err))
		return STEP_ERROR;
	i = statement_index(s, m.statement);
	if (i < 0)
		return statement_missing(m.statement, &r->err), STEP_ERROR;
	if (!statement_may_follow_error(s->statements[i]) &&
	    session_aborted(s, &r->err))
		return STEP_ERROR;
	old = portal_index(s, m.portal);
	if (old >= 0 && m.portal.len != 0) {
		err_set(&r->err, ERR_EXISTS, "cursor \"%.*s\" already exists",
		    SLICE_ARG(m.portal));
		pg_err_state(&r->err, "42P03");
		return STEP_ERROR;
	}
	if (old >= 0)
		portal_remove(s, old);
	if (s->nportals == SESSION_PORTALS_MAX ||
	    s->bytes > SESSION_BYTES_MAX) {
		err_set(&r->err, ERR_LIMIT, "too many open portals");
		pg_err_state(&r->err, "53200");
		return STEP_ERROR;
	}
	p = portal_new(m.portal, s->statements[i]);
	if (!portal_fill(p, &m, &r->err)) {
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
	int i = statement_index(s, name);
	struct statement *st;

	if (i < 0)
		return statement_missing(name, &r->err), STEP_ERROR;
	st = s->statements[i];
	if (!statement_may_follow_error(st) && session_aborted(s, &r->err))
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
	int i = portal_index(s, name);
	struct portal *p;
	struct statement *st;
	struct run x;

	if (i < 0)
		return portal_missing(name, &r->err), STEP_ERROR;
	p = s->portals[i];
	st = p->statement;
	if (!statement_may_follow_error(st) && session_aborted(s, &r->err))
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
	i = portal_index(s, m.portal);
	if (i < 0)
		return portal_missing(m.portal, &r->err), STEP_ERROR;
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
		i = portal_index(s, m.name);
		if (i >= 0)
			portal_remove(s, i);
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

/* ---- requests ---- */

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
	buf_init(&r->out.buf, SESSION_OUTBOX_MAX);
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
