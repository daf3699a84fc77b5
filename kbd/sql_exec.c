/*
 * sql_exec.c - what each kind of statement does.
 *
 *   I --BEGIN--> T --error--> E        status
 *   T --COMMIT, ROLLBACK--> I
 *   E --ROLLBACK TO--> T, COMMIT or ROLLBACK--> I
 *
 * A transaction takes the writer at its first CALL and keeps it to its end;
 * from then on the session's statements run on the writer's connection, so
 * that it reads its own writes. Outside BEGIN, a Query message, or everything
 * up to Sync, is one transaction.
 *
 * Invariants:
 *   (1) is_writing is changed on the writer thread only.
 *   (2) savepoints[] of a writing session are savepoints of the store.
 *   (3) A reply to a change leaves after its commit.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/sql_state.h"
#include "common/arena.h"
#include "common/clock.h"
#include "common/mem.h"
#include "kb/store.h"
#include "kb/store_copy.h"
#include "kbd/activity.h"
#include "kbd/audit.h"
#include "kbd/settings.h"
#include "kbd/sql_backup.h"
#include "kbd/sql_error.h"
#include "kbd/sql_role.h"

#include <stdio.h>
#include <stdlib.h>

static enum step
done(struct run *x)
{
	pg_put_complete(&x->r->out.buf, x->st->stmt.tag);
	return STEP_OK;
}

static enum step
fail(struct run *x, enum err_code code, const char *sqlstate,
    const char *text)
{
	err_set(&x->r->err, code, "%s", text);
	pg_err_state(&x->r->err, sqlstate);
	return STEP_ERROR;
}

static void
warn(struct run *x, const char *sqlstate, const char *text)
{
	struct err e = ERR_INIT;

	err_set(&e, ERR_INVALID, "%s", text);
	pg_err_state(&e, sqlstate);
	pg_put_error(&x->r->out.buf, PG_WARNING, &e);
}

/* ---- transactions ---- */

static void
forget_savepoints(struct session *s, size_t keep)
{
	while (s->nsavepoints > keep)
		free(s->savepoints[--s->nsavepoints].name);
}

/* Back to idle, whether it went well or not. */
static void
end_transaction(struct session *s, bool well)
{
	if (!well && s->status != 'I')
		guc_restore(&s->guc, &s->at_begin);
	guc_end_local(&s->guc);
	forget_savepoints(s, 0);
	s->status = 'I';
	s->is_writing = false;
	portals_drop(s);
}

void
exec_rollback(struct session *s, struct sql_db *db)
{
	if (s->is_writing)
		store_rollback(db->store);
	end_transaction(s, false);
}

static bool
commit(struct session *s, struct sql_db *db, struct err *e)
{
	bool ok = !s->is_writing || store_commit(db->store, e);

	end_transaction(s, ok);
	return ok;
}

static enum step
exec_begin(struct run *x)
{
	struct session *s = x->s;

	if (s->status == 'T') {
		warn(x, "25001",
		    "there is already a transaction in progress");
	} else {
		s->status = 'T';
		x->r->out.holds = false;	/* replies are of the block */
		s->at_begin = s->guc.v;
		s->is_read_only = guc_is_on(&s->guc,
		    "default_transaction_read_only");
	}
	if (x->st->stmt.access != SQL_ACCESS_DEFAULT)
		s->is_read_only = x->st->stmt.access == SQL_READ_ONLY;
	return done(x);
}

static enum step
exec_commit(struct run *x)
{
	struct session *s = x->s;

	if (s->status == 'I') {
		warn(x, "25P01", "there is no transaction in progress");
		return done(x);
	}
	if (s->is_writing && !x->db->is_writer)
		return STEP_TO_WRITER;
	if (s->status == 'E') {
		exec_rollback(s, x->db);
		pg_put_complete(&x->r->out.buf, "ROLLBACK");
		return STEP_OK;
	}
	if (!commit(s, x->db, &x->r->err))
		return STEP_ERROR;
	return done(x);
}

static enum step
exec_rollback_stmt(struct run *x)
{
	if (x->s->is_writing && !x->db->is_writer)
		return STEP_TO_WRITER;
	if (x->s->status == 'I')
		warn(x, "25P01", "there is no transaction in progress");
	exec_rollback(x->s, x->db);
	return done(x);
}

static enum step
exec_savepoint(struct run *x)
{
	struct session *s = x->s;
	struct slice name = x->st->stmt.name;
	struct savepoint *p;

	if (s->status == 'I')
		return fail(x, ERR_INVALID, "25P01",
		    "SAVEPOINT can only be used in transaction blocks");
	if (s->nsavepoints == SESSION_SAVEPOINTS_MAX)
		return fail(x, ERR_LIMIT, "54000", "too many savepoints");
	if (s->is_writing) {
		if (!x->db->is_writer)
			return STEP_TO_WRITER;
		if (!store_savepoint(x->db->store, name, &x->r->err))
			return STEP_ERROR;
	}
	s->savepoints = mem_grow(s->savepoints, s->nsavepoints,
	    &s->savepoint_cap, sizeof(*s->savepoints));
	p = &s->savepoints[s->nsavepoints++];
	p->name = mem_strndup(name);
	p->guc = s->guc.v;
	return done(x);
}

/* The newest of that name, counted from 1; 0 sets the error. */
static size_t
find_savepoint(struct run *x)
{
	size_t i = x->s->nsavepoints;
	struct slice name = x->st->stmt.name;

	while (i > 0 && !slice_is(name, x->s->savepoints[i - 1].name))
		i--;
	if (i == 0) {
		err_set(&x->r->err, ERR_NOT_FOUND,
		    "savepoint \"%.*s\" does not exist", SLICE_ARG(name));
		pg_err_state(&x->r->err, "3B001");
	}
	return i;
}

static enum step
exec_release(struct run *x)
{
	size_t at;

	if (x->s->status == 'I')
		return fail(x, ERR_INVALID, "25P01", "RELEASE SAVEPOINT can "
		    "only be used in transaction blocks");
	if (x->s->is_writing && !x->db->is_writer)
		return STEP_TO_WRITER;
	at = find_savepoint(x);
	if (at == 0 || (x->s->is_writing && !store_release(x->db->store,
	    x->st->stmt.name, &x->r->err)))
		return STEP_ERROR;
	forget_savepoints(x->s, at - 1);
	return done(x);
}

static enum step
exec_rollback_to(struct run *x)
{
	struct session *s = x->s;
	size_t at;

	if (s->status == 'I')
		return fail(x, ERR_INVALID, "25P01", "ROLLBACK TO SAVEPOINT "
		    "can only be used in transaction blocks");
	if (s->is_writing && !x->db->is_writer)
		return STEP_TO_WRITER;
	at = find_savepoint(x);
	if (at == 0 || (s->is_writing && !store_rollback_to(x->db->store,
	    x->st->stmt.name, &x->r->err)))
		return STEP_ERROR;
	guc_restore(&s->guc, &s->savepoints[at - 1].guc);
	forget_savepoints(s, at);
	s->status = 'T';
	return done(x);
}

/* ---- parameters ---- */

static enum step
exec_set(struct run *x)
{
	const struct sql_stmt *q = &x->st->stmt;

	if (slice_is(q->name, "transaction_read_only")) {
		if (x->s->status == 'T')
			x->s->is_read_only = !slice_is(q->value, "off");
		return done(x);
	}
	if (q->is_local && x->s->status == 'I') {
		warn(x, "25P01",
		    "SET LOCAL can only be used in transaction blocks");
		return done(x);
	}
	if (!guc_set(&x->s->guc, q->name, q->value, q->is_local, &x->r->err))
		return STEP_ERROR;
	return done(x);
}

static enum step
exec_set_transaction(struct run *x)
{
	const struct sql_stmt *q = &x->st->stmt;
	struct slice on = q->access == SQL_READ_ONLY ? SLICE("on") :
	    SLICE("off");

	if (q->is_session) {
		if (q->access != SQL_ACCESS_DEFAULT && !guc_set(&x->s->guc,
		    SLICE("default_transaction_read_only"), on, false,
		    &x->r->err))
			return STEP_ERROR;
	} else if (x->s->status == 'I') {
		warn(x, "25P01",
		    "SET TRANSACTION can only be used in transaction blocks");
	} else if (q->access == SQL_READ_WRITE && x->s->is_read_only) {
		return fail(x, ERR_REFUSED, "25001", "cannot set transaction "
		    "read-write mode inside a read-only transaction");
	} else if (q->access == SQL_READ_ONLY) {
		x->s->is_read_only = true;
	}
	return done(x);
}

static enum step
exec_reset(struct run *x)
{
	if (x->st->stmt.name.len == 0)
		guc_reset_all(&x->s->guc);
	else if (!guc_reset(&x->s->guc, x->st->stmt.name, &x->r->err))
		return STEP_ERROR;
	return done(x);
}

static void
put_text_row(struct run *x, const char *const *cells, size_t n)
{
	struct buf *b = &x->r->out.buf;
	size_t mark = pg_msg_begin(b, 'D'), i;

	buf_put_u16(b, (uint16_t)n);
	for (i = 0; i < n; i++) {
		buf_put_u32(b, (uint32_t)strlen(cells[i]));
		buf_puts(b, cells[i]);
	}
	pg_msg_end(b, mark);
}

static void
show_all(struct run *x)
{
	const char *cells[3];
	size_t i;

	for (i = 0; guc_row(&x->s->guc, i, &cells[0], &cells[1], &cells[2]);
	    i++)
		put_text_row(x, cells, ARRAY_LEN(cells));
}

static bool
show_one(struct run *x)
{
	struct slice name = x->st->stmt.name;
	const struct setting *row = settings_find(name);
	const char *canonical, *value;
	struct buf b = BUF_INIT;

	if (slice_is(name, "transaction_read_only")) {
		value = x->s->is_read_only && x->s->status != 'I' ? "on" :
		    "off";
	} else if (row != NULL && row->when != AT_SESSION) {
		settings_show_of(x->r->settings, row, &b);
		value = buf_cstr(&b);
	} else if (!guc_show(&x->s->guc, name, &canonical, &value,
	    &x->r->err)) {
		return false;
	}
	put_text_row(x, &value, 1);
	buf_free(&b);
	return true;
}

static enum step
exec_show(struct run *x)
{
	uint16_t *formats;
	size_t mark = x->r->out.buf.len;

	if (!query_formats(x->portal, x->st->ncolumns, &formats, &x->r->err))
		return STEP_ERROR;
	if (x->wants_columns)
		pg_put_columns(&x->r->out.buf, x->st->columns,
		    x->st->ncolumns);
	if (x->st->stmt.name.len == 0) {
		show_all(x);
	} else if (!show_one(x)) {
		x->r->out.buf.len = mark;
		return STEP_ERROR;
	}
	return done(x);
}

static enum step
exec_discard(struct run *x)
{
	if (slice_is(x->st->stmt.name, "all")) {
		if (x->s->status != 'I')
			return fail(x, ERR_INVALID, "25001", "DISCARD ALL "
			    "cannot run inside a transaction block");
		guc_reset_all(&x->s->guc);
		statements_drop(x->s);
		portals_drop(x->s);
	}
	return done(x);
}

static enum step
exec_deallocate(struct run *x)
{
	struct slice name = x->st->stmt.name;

	if (name.len == 0) {
		statements_drop(x->s);
	} else if (!statement_drop(x->s, name)) {
		err_set(&x->r->err, ERR_NOT_FOUND,
		    "prepared statement \"%.*s\" does not exist",
		    SLICE_ARG(name));
		pg_err_state(&x->r->err, "26000");
		return STEP_ERROR;
	}
	return done(x);
}

/* ---- CALL ---- */

/* The first change of a transaction takes the writer. */
static bool
begin_writing(struct session *s, struct request *r, struct sql_db *db)
{
	struct err *e = &r->err;
	size_t i;

	if (s->is_writing)
		return true;
	if (!store_begin(db->store, e))
		return false;
	s->is_writing = true;
	r->change_mark = outbox_mark(&r->out);
	r->out.holds = s->status == 'I';
	for (i = 0; i < s->nsavepoints; i++)
		if (!store_savepoint(db->store,
		    slice_of(s->savepoints[i].name), e))
			return false;
	return true;
}

/* "2026-11-25" when a change shall also set its document's date. */
static struct slice
today(const struct run *x)
{
	char now[CLOCK_TEXT_SIZE];

	if (!x->r->settings->update_document_date)
		return SLICE("");
	clock_now(now);
	return arena_dup(&x->r->arena, slice_make(now, 10));
}

static bool
read_call(struct run *x)
{
	struct sql_call_context c = { slice_of(x->s->author), today(x),
		&x->r->arena };

	if (x->r->call_ready)
		return true;
	x->r->call_ready = sql_call_prepare(&x->st->stmt, x->portal->values,
	    x->portal->nvalues, &c, &x->r->call, &x->r->err);
	return x->r->call_ready;
}

/*
 * On a worker, where nobody waits while we parse. A session that has the
 * writer plans there: only there it sees its own changes.
 */
static enum step
prepare_call(struct run *x)
{
	if (x->db->is_writer && !x->r->call_ready)
		return STEP_TO_WORKER;
	if (!read_call(x))
		return STEP_ERROR;
	if (!x->s->is_writing && !sql_call_plan(&x->r->call, x->db->store,
	    &x->r->arena, &x->r->err))
		return STEP_ERROR;
	x->r->call_planned = true;
	return STEP_TO_WRITER;
}

static void
note(const struct run *x, enum audit_event event, struct slice object,
    struct slice detail)
{
	audit_note(x->s->audit, event, x->s->author, x->s->address, object,
	    detail);
}

/* What the change that was just made did that somebody may ask about. */
static void
note_call(const struct run *x)
{
	const struct sql_call *call = &x->r->call;
	struct buf b = BUF_INIT;

	sql_call_object(call, &b);
	if (call->has_secret)
		note(x, AUDIT_SECRET_STORED, buf_slice(&b), x->st->stmt.name);
	if (sql_call_right(&x->st->stmt) == CALL_ADMIN)
		note(x, AUDIT_PURGE, buf_slice(&b), call->purge.message);
	buf_free(&b);
}

/*
 * The document may have changed since a worker made the plan. Then it is made
 * again here, where nobody can come between any more: a worker's next one
 * could come too late again.
 */
static bool
plan_and_run(struct run *x, bool was_writing, const uint16_t *formats,
    bool *is_void)
{
	struct sql_call *call = &x->r->call;
	struct store *s = x->db->store;
	struct buf *b = &x->r->out.buf;
	struct err *e = &x->r->err;

	if (was_writing && !sql_call_plan(call, s, &x->r->arena, e))
		return false;
	if (!sql_call_run(call, s, formats, b, is_void, e))
		return false;
	if (!*is_void || was_writing)
		return true;
	return sql_call_plan(call, s, &x->r->arena, e) &&
	    sql_call_run(call, s, formats, b, is_void, e);
}

/* In the writer's turn. */
static enum step
run_call(struct run *x)
{
	struct buf *b = &x->r->out.buf;
	bool was_writing = x->s->is_writing, is_void = false;
	uint16_t *formats;
	const struct pg_column *columns;
	size_t mark, n;

	columns = sql_call_columns(&x->st->stmt, &n);
	if (!sql_db_check_stop(x->db, &x->r->err) ||
	    !query_formats(x->portal, n, &formats, &x->r->err) ||
	    !begin_writing(x->s, x->r, x->db))
		return STEP_ERROR;
	mark = b->len;
	if (x->wants_columns)
		pg_put_columns(b, columns, n);
	if (!plan_and_run(x, was_writing, formats, &is_void)) {
		b->len = mark;
		return STEP_ERROR;
	}
	if (is_void) {
		b->len = mark;
		return fail(x, ERR_CONFLICT, "40001",
		    "the document changed meanwhile");
	}
	note_call(x);
	x->r->call_ready = x->r->call_planned = false;
	return done(x);
}

static enum step
do_call(struct run *x)
{
	enum sql_call_right right = sql_call_right(&x->st->stmt);

	if (right == CALL_ADMIN ? !x->s->is_admin : !x->s->can_write) {
		err_set(&x->r->err, ERR_DENIED,
		    "permission denied for procedure %.*s",
		    SLICE_ARG(x->st->stmt.name));
		pg_err_state(&x->r->err, "42501");
		return STEP_ERROR;
	}
	if (x->s->is_read_only && x->s->status == 'T')
		return fail(x, ERR_DENIED, "25006",
		    "cannot execute CALL in a read-only transaction");
	if (!x->r->call_ready || !x->r->call_planned)
		return prepare_call(x);
	if (!x->db->is_writer)
		return STEP_TO_WRITER;
	return run_call(x);
}

static enum step
exec_call(struct run *x)
{
	enum step step = do_call(x);

	/* roles and rules; what was wrong or late is no attempt */
	if (step == STEP_ERROR && (x->r->err.code == ERR_DENIED ||
	    x->r->err.code == ERR_REFUSED))
		note(x, AUDIT_WRITE_REFUSED, x->st->stmt.name,
		    slice_of(x->r->err.msg));
	return step;
}

/* ---- roles ---- */

static bool
put_role(struct run *x, const struct sql_role *role, enum role_level level)
{
	struct buf *b = &x->r->out.buf;
	struct pg_value v[SQL_ROLE_COLUMNS] = {
		{ .kind = PG_TEXT, .s = role->names[0] },
		{ .kind = role->verb == SQL_ROLE_DROP ? PG_NULL : PG_TEXT,
		    .s = slice_of(role_level_name(level)) },
	};
	uint16_t *formats;
	size_t mark, i;

	if (!query_formats(x->portal, SQL_ROLE_COLUMNS, &formats, &x->r->err))
		return false;
	if (x->wants_columns)
		pg_put_columns(b, sql_role_columns, SQL_ROLE_COLUMNS);
	mark = pg_msg_begin(b, 'D');
	buf_put_u16(b, SQL_ROLE_COLUMNS);
	for (i = 0; i < SQL_ROLE_COLUMNS; i++)
		if (!pg_value_put(b, &v[i], OID_TEXT, formats[i],
		    sql_role_columns[i].name, &x->r->err))
			return false;
	pg_msg_end(b, mark);
	return true;
}

static void
note_role(const struct run *x, const struct sql_role *role,
    enum role_level level)
{
	static const enum audit_event events[] = {
		[SQL_ROLE_CREATE] = AUDIT_ROLE_CREATED,
		[SQL_ROLE_ALTER] = AUDIT_ROLE_CHANGED,
		[SQL_ROLE_DROP] = AUDIT_ROLE_DROPPED,
	};
	size_t i;

	for (i = 0; i < role->nnames; i++)
		note(x, events[role->verb], role->names[i],
		    role->verb == SQL_ROLE_DROP ? SLICE("") :
		    slice_of(role_level_name(level)));
}

static enum step
exec_role(struct run *x)
{
	struct sql_role role;
	enum role_level level;

	if (x->s->status != 'I')
		return fail(x, ERR_INVALID, "25001", "roles cannot be changed "
		    "inside a transaction block");
	if (x->s->roles == NULL)
		return fail(x, ERR_UNSUPPORTED, "0A000",
		    "there are no roles here");
	if (x->db->is_writer)
		return STEP_TO_WORKER;	/* others wait for this thread */
	if (!sql_role_read(&x->st->stmt, x->portal->values,
	    x->portal->nvalues, &x->r->arena, &role, &x->r->err))
		return STEP_ERROR;
	if (!sql_role_run(&role, x->s->roles, slice_of(x->s->role),
	    x->s->is_admin, &level, &x->r->err)) {
		note(x, AUDIT_ROLE_REFUSED, role.names[0],
		    slice_of(x->r->err.msg));
		return STEP_ERROR;
	}
	note_role(x, &role, level);
	if (role.is_call && !put_role(x, &role, level))
		return STEP_ERROR;
	return done(x);
}

/* ---- backup ---- */

static bool
goes_on(void *arg, struct err *e)
{
	return sql_db_check_stop(arg, e);
}

static enum step
exec_backup(struct run *x)
{
	struct session *s = x->s;
	struct store_copy_watch watch = { goes_on, x->db };
	struct sql_backup_env env = { s->dir, s->roles, &watch,
		slice_of(s->role), &s->backup };
	struct buf *b = &x->r->out.buf;
	size_t mark = b->len;
	uint16_t *formats;

	if (!s->is_admin)
		return fail(x, ERR_DENIED, "42501",
		    "must be admin to take a backup");
	if (x->db->is_writer)
		return STEP_TO_WORKER;	/* others wait for this thread */
	if (!query_formats(x->portal, x->st->ncolumns, &formats, &x->r->err))
		return STEP_ERROR;
	if (x->wants_columns)
		pg_put_columns(b, x->st->columns, x->st->ncolumns);
	if (!sql_backup_run(&x->st->stmt, x->portal->values,
	    x->portal->nvalues, &env, formats, b, &x->r->err)) {
		b->len = mark;
		return STEP_ERROR;
	}
	/* it has all that is secret here, in somebody's hands */
	if (sql_backup_is_long(&x->st->stmt))
		note(x, AUDIT_BACKUP, SLICE("all"), SLICE(""));
	return done(x);
}

/* ---- any statement ---- */

static bool
may_run_after_error(enum sql_kind k)
{
	return k == SQL_COMMIT || k == SQL_ROLLBACK || k == SQL_ROLLBACK_TO;
}

static enum step
exec_query(struct run *x)
{
	if (x->s->is_writing && !x->db->is_writer)
		return STEP_TO_WRITER;
	return query_run(x);
}

bool
exec_refuse_write(const struct sql_stmt *q, struct err *e)
{
	struct slice word = sql_token_text(&q->tokens, 0);
	char upper[24];
	size_t i;

	for (i = 0; i < word.len && i + 1 < sizeof(upper); i++)
		upper[i] = word.ptr[i] >= 'a' && word.ptr[i] <= 'z' ?
		    (char)(word.ptr[i] - 32) : word.ptr[i];
	upper[i] = '\0';
	return sql_error_write(e, strcmp(upper, "WITH") == 0 ?
	    "a statement that changes data" : upper);
}

/* For kb_stat_activity. A statement about roles may hold a password. */
static void
show_statement(struct run *x)
{
	const struct sql_tokens *t = &x->st->stmt.tokens;
	const char *canonical, *application;
	struct slice sql = SLICE("");

	if (x->s->entry == NULL)
		return;
	if (x->st->stmt.kind == SQL_ROLE)
		sql = SLICE("<about a role>");
	else if (t->n != 0)
		sql = slice_sub(t->sql, t->list[0].start,
		    t->list[t->n - 1].end);
	if (!guc_show(&x->s->guc, SLICE("application_name"), &canonical,
	    &application, NULL))
		application = "";
	activity_query(x->s->entry, sql, application);
}

enum step
exec_run(struct run *x)
{
	const struct sql_stmt *q = &x->st->stmt;

	show_statement(x);

	if (x->s->status == 'E' && !may_run_after_error(q->kind))
		return fail(x, ERR_INVALID, "25P02", "current transaction is "
		    "aborted, commands ignored until end of transaction "
		    "block");
	switch (q->kind) {
	case SQL_QUERY:
		return exec_query(x);
	case SQL_BEGIN:
		return exec_begin(x);
	case SQL_COMMIT:
		return exec_commit(x);
	case SQL_ROLLBACK:
		return exec_rollback_stmt(x);
	case SQL_SAVEPOINT:
		return exec_savepoint(x);
	case SQL_RELEASE:
		return exec_release(x);
	case SQL_ROLLBACK_TO:
		return exec_rollback_to(x);
	case SQL_SET:
		return exec_set(x);
	case SQL_SET_TRANSACTION:
		return exec_set_transaction(x);
	case SQL_RESET:
		return exec_reset(x);
	case SQL_SHOW:
		return exec_show(x);
	case SQL_DISCARD:
		return exec_discard(x);
	case SQL_PREPARE:
		if (!statement_prepare(x))
			return STEP_ERROR;
		return done(x);
	case SQL_EXECUTE:
		return portal_execute(x);
	case SQL_DEALLOCATE:
		return exec_deallocate(x);
	case SQL_CALL:
		return exec_call(x);
	case SQL_ROLE:
		return exec_role(x);
	case SQL_BACKUP:
		return exec_backup(x);
	case SQL_WRITE:
		exec_refuse_write(q, &x->r->err);
		return STEP_ERROR;
	case SQL_OTHER:
		break;
	}
	err_set(&x->r->err, ERR_UNSUPPORTED, "%.*s is not supported",
	    SLICE_ARG(sql_token_text(&q->tokens, 0)));
	return STEP_ERROR;
}

enum step
exec_finish(struct session *s, struct request *r, struct sql_db *db)
{
	if (s->status != 'I')
		return STEP_OK;
	if (s->is_writing && !db->is_writer)
		return STEP_TO_WRITER;
	if (commit(s, db, &r->err)) {
		r->out.holds = false;
		return STEP_OK;
	}
	if (r->out.holds)	/* nothing was done, so nothing is said */
		outbox_cut(&r->out, r->change_mark);
	return STEP_ERROR;
}

enum step
exec_failed(struct session *s, struct request *r, struct sql_db *db)
{
	if (s->is_writing && (s->status == 'I' || s->nsavepoints == 0)) {
		if (!db->is_writer)
			return STEP_TO_WRITER;
		store_rollback(db->store);	/* others may write again */
		s->is_writing = false;
	}
	r->out.holds = false;
	if (s->status == 'I')
		end_transaction(s, false);
	else
		s->status = 'E';
	return STEP_OK;
}
