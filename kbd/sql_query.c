/*
 * sql_query.c - one client query: bind, step, encode.
 *
 * Rows are encoded as the types that sql_rewrite.c found and announced. A client
 * that fetches in portions gets the rest of its rows from the portal, which
 * keeps them encoded: no SQLite statement outlives its request, so none pins
 * the write-ahead log.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/sql_backup.h"
#include "kbd/sql_role.h"
#include "kbd/sql_state.h"
#include "common/reader.h"
#include "kbd/settings.h"
#include "kbd/sql_type.h"

#include <stdio.h>
#include <sqlite3.h>

static bool
bind_values(struct sql_db *db, sqlite3_stmt *stmt, const struct portal *p,
    struct err *e)
{
	size_t i;
	int rc = SQLITE_OK;

	for (i = 0; i < p->nvalues && rc == SQLITE_OK &&
	    (int)i < sqlite3_bind_parameter_count(stmt); i++) {
		const struct pg_value *v = &p->values[i];
		int at = (int)i + 1;

		switch (v->kind) {
		case PG_NULL:
			rc = sqlite3_bind_null(stmt, at);
			break;
		case PG_INT:
			rc = sqlite3_bind_int64(stmt, at, v->i);
			break;
		case PG_REAL:
			rc = sqlite3_bind_double(stmt, at, v->r);
			break;
		case PG_TEXT:
			rc = sqlite3_bind_text64(stmt, at, v->s.ptr, v->s.len,
			    SQLITE_STATIC, SQLITE_UTF8);
			break;
		case PG_BLOB:
			rc = sqlite3_bind_blob64(stmt, at, v->s.ptr, v->s.len,
			    SQLITE_STATIC);
			break;
		}
	}
	return rc == SQLITE_OK || err_set(e, ERR_LIMIT,
	    "could not bind a parameter: %s", sqlite3_errmsg(db->db));
}

bool
query_formats(struct portal *p, size_t n, uint16_t **out, struct err *e)
{
	uint16_t *f = arena_calloc(&p->arena, n + 1, sizeof(*f));
	size_t i;

	if (p->nformats > 1 && p->nformats != n) {
		err_set(e, ERR_PROTOCOL, "bind message has %zu result formats "
		    "but query has %zu columns", p->nformats, n);
		return pg_err_state(e, "08P01");
	}
	for (i = 0; i < n && p->nformats != 0; i++)
		f[i] = p->formats[p->nformats == 1 ? 0 : i];
	*out = f;
	return true;
}

/* ---- columns ---- */

/* The columns of the statement, in the formats that Bind asked for. */
static bool
settle_columns(struct portal *p, const struct statement *st, struct err *e)
{
	const struct sql_rewritten *r = &st->rewritten;
	uint16_t *formats;
	size_t i;

	if (p->is_described)
		return true;
	if (!query_formats(p, r->ncolumns, &formats, e))
		return false;
	p->ncolumns = r->ncolumns;
	p->columns = arena_calloc(&p->arena, r->ncolumns + 1,
	    sizeof(*p->columns));
	for (i = 0; i < p->ncolumns; i++) {
		p->columns[i] = r->columns[i];
		p->columns[i].format = formats[i];
	}
	p->is_described = true;
	return true;
}

void
query_columns(struct statement *st)
{
	st->columns = st->rewritten.columns;
	st->ncolumns = st->rewritten.ncolumns;
	st->is_described = true;
}

bool
query_fixed_columns(const struct session *s, struct statement *st)
{
	static const char *const all[] = { "name", "setting", "description" };
	const char *name = NULL, *value;
	size_t i, n = 1;

	if (st->stmt.kind == SQL_CALL) {
		const struct pg_column *columns = sql_call_columns(&st->stmt,
		    &n);

		st->columns = arena_calloc(&st->arena, n,
		    sizeof(*st->columns));
		memcpy(st->columns, columns, n * sizeof(*columns));
	} else if (st->stmt.kind == SQL_EXECUTE) {
		const struct statement *of = statement_find(s, st->stmt.name);

		if (of == NULL || of->stmt.kind != SQL_QUERY)
			return false;
		n = of->rewritten.ncolumns;
		st->columns = arena_calloc(&st->arena, n + 1,
		    sizeof(*st->columns));
		for (i = 0; i < n; i++) {
			st->columns[i] = of->rewritten.columns[i];
			st->columns[i].name = arena_dup(&st->arena,
			    st->columns[i].name);
		}
	} else if (st->stmt.kind == SQL_ROLE && st->stmt.name.len != 0) {
		n = SQL_ROLE_COLUMNS;
		st->columns = arena_calloc(&st->arena, n,
		    sizeof(*st->columns));
		memcpy(st->columns, sql_role_columns,
		    sizeof(sql_role_columns));
	} else if (st->stmt.kind == SQL_BACKUP) {
		const struct pg_column *columns;

		n = sql_backup_columns(&st->stmt, &columns);
		st->columns = arena_calloc(&st->arena, n,
		    sizeof(*st->columns));
		memcpy(st->columns, columns, n * sizeof(*columns));
	} else if (st->stmt.kind == SQL_SHOW) {
		if (st->stmt.name.len == 0)
			n = ARRAY_LEN(all);
		else if (!guc_show(&s->guc, st->stmt.name, &name, &value,
		    NULL))
			name = arena_cstr(&st->arena, st->stmt.name);
		st->columns = arena_calloc(&st->arena, n,
		    sizeof(*st->columns));
		for (i = 0; i < n; i++)
			st->columns[i] = (struct pg_column){ slice_of(
			    name != NULL ? name : all[i]), OID_TEXT, 0 };
	} else {
		return false;
	}
	st->ncolumns = n;
	st->is_described = true;
	return true;
}

/* ---- rows ---- */

/* One DataRow at the end of *b, or nothing. */
static bool
put_row(struct portal *p, sqlite3_stmt *stmt, struct buf *b, struct err *e)
{
	size_t start = b->len, mark = pg_msg_begin(b, 'D'), i;

	buf_put_u16(b, (uint16_t)p->ncolumns);
	for (i = 0; i < p->ncolumns; i++) {
		struct pg_value v = sql_type_value(stmt, i);

		if (!pg_value_put(b, &v, p->columns[i].oid,
		    p->columns[i].format, p->columns[i].name, e)) {
			b->len = start;
			return false;
		}
	}
	pg_msg_end(b, mark);
	if (buf_ok(b))
		return true;
	b->failed = false;
	b->len = start;
	err_set(e, ERR_LIMIT, "a row of the result is too long");
	return false;
}

static bool
keep_row(struct run *x, sqlite3_stmt *stmt, struct err *e)
{
	struct portal *p = x->portal;
	int64_t most = guc_number(&x->s->guc, "work_mem");
	size_t before = p->rows.len;

	if (!put_row(p, stmt, &p->rows, e))
		return false;
	x->s->row_bytes += p->rows.len - before;
	if ((int64_t)x->s->row_bytes <= most)
		return true;
	portal_drop_rows(x->s, p);
	err_set(e, ERR_LIMIT, "the rest of the result is more than work_mem");
	err_detail(e, "Rows that the client did not fetch yet are kept in "
	    "memory, at most %lld bytes for all its portals.",
	    (long long)most);
	return err_hint(e, "Fetch all rows at once, or raise work_mem.");
}

/* Someone's whole product of two relations is nobody's answer. */
static bool
check_size(const struct run *x, size_t start, struct err *e)
{
	int64_t most = x->r->settings != NULL ?
	    x->r->settings->max_result_bytes : 0;

	if (most == 0 || outbox_mark(&x->r->out) - start <= (size_t)most)
		return true;
	err_set(e, ERR_LIMIT, "the result is larger than max_result_size");
	pg_err_state(e, "54000");
	return err_hint(e, "Ask for less with WHERE or LIMIT.");
}

static bool
put_rows(struct run *x, sqlite3_stmt *stmt, bool row, uint64_t *sent,
    struct err *e)
{
	struct outbox *out = &x->r->out;
	size_t start = outbox_mark(out);
	bool ok = true;

	*sent = 0;
	while (row && ok) {
		if (x->max_rows != 0 && *sent >= x->max_rows) {
			ok = keep_row(x, stmt, e);
		} else {
			ok = put_row(x->portal, stmt, &out->buf, e) &&
			    check_size(x, start, e) && outbox_pace(out, e);
			(*sent)++;
		}
		ok = ok && sql_db_step(x->db, stmt, &row, e);
	}
	return ok;
}

static void
put_end(struct run *x, uint64_t sent)
{
	char tag[40];

	if (x->portal->at < x->portal->rows.len) {
		pg_put_empty(&x->r->out.buf, 's');	/* PortalSuspended */
		return;
	}
	portal_drop_rows(x->s, x->portal);
	snprintf(tag, sizeof(tag), "%s %llu", x->st->stmt.tag,
	    (unsigned long long)sent);
	pg_put_complete(&x->r->out.buf, tag);
}

/* The next portion of what the portal kept. */
static enum step
go_on(struct run *x)
{
	struct portal *p = x->portal;
	uint64_t sent = 0;

	while (p->at < p->rows.len && (x->max_rows == 0 ||
	    sent < x->max_rows)) {
		struct reader r = reader_of(slice_make(
		    p->rows.data + p->at + 1, 4));
		size_t len = (size_t)reader_u32(&r) + 1;

		buf_put(&x->r->out.buf, p->rows.data + p->at, len);
		p->at += len;
		sent++;
		if (!outbox_pace(&x->r->out, &x->r->err))
			return STEP_ERROR;
	}
	put_end(x, sent);
	return STEP_OK;
}

static bool
start(struct run *x, sqlite3_stmt *stmt, struct err *e)
{
	struct portal *p = x->portal;
	uint64_t sent;
	bool row;

	if (sqlite3_column_count(stmt) != (int)x->st->rewritten.ncolumns)
		return err_set(e, ERR_UNSUPPORTED,
		    "cached plan must not change result type");
	if (!settle_columns(p, x->st, e) ||
	    !bind_values(x->db, stmt, p, e) ||
	    !sql_db_step(x->db, stmt, &row, e))
		return false;
	if (x->wants_columns)
		pg_put_columns(&x->r->out.buf, p->columns, p->ncolumns);
	if (!put_rows(x, stmt, row, &sent, e))
		return false;
	put_end(x, sent);
	return true;
}

enum step
query_run(struct run *x)
{
	sqlite3_stmt *stmt = NULL;
	bool ok;

	if (x->portal->is_started)
		return go_on(x);
	x->portal->is_started = true;
	ok = sql_db_check_stop(x->db, &x->r->err) &&
	    sql_db_prepare(x->db, &x->st->rewritten, x->st->stmt.tokens.sql,
	    &stmt, &x->r->err) && start(x, stmt, &x->r->err);
	sql_db_done(x->db, stmt);
	return ok ? STEP_OK : STEP_ERROR;
}

bool
query_describe(struct run *x, struct err *e)
{
	struct portal *p = x->portal;

	if (!settle_columns(p, x->st, e))
		return false;
	pg_put_columns(&x->r->out.buf, p->columns, p->ncolumns);
	return true;
}
