/*
 * sql_type.c - the type of each column of a prepared query; see sql_type.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/sql_type.h"
#include "common/arena.h"
#include "common/buf.h"
#include "common/mem.h"
#include "common/str.h"
#include "kb/relation.h"
#include "kbd/sql_select.h"

#include <stdlib.h>
#include <sqlite3.h>

struct origin {
	char *table, *column;	/* owned; of the base table */
	uint32_t oid;
};

struct sql_type_map {
	struct origin *list;	/* owned */
	size_t n, cap;
};

static void
map_column(struct sql_type_map *m, const struct relation *r,
    sqlite3_stmt *stmt, int i)
{
	const char *table = sqlite3_column_table_name(stmt, i);
	const char *column = sqlite3_column_origin_name(stmt, i);
	enum column_type type;

	if (table == NULL || column == NULL || !relation_column_type(r,
	    slice_of(sqlite3_column_name(stmt, i)), &type))
		return;
	m->list = mem_grow(m->list, m->n, &m->cap, sizeof(*m->list));
	m->list[m->n++] = (struct origin){ mem_strdup(table),
		mem_strdup(column), sql_select_oid(type) };
}

/* Table-valued functions that need an argument are not prepared: their
   columns bear the relation's own name. */
static void
map_relation(struct sql_type_map *m, sqlite3 *db, const struct relation *r)
{
	struct buf sql = BUF_INIT;
	sqlite3_stmt *stmt = NULL;
	int i;

	buf_puts(&sql, "SELECT * FROM ");
	buf_puts(&sql, r->name);
	if (sqlite3_prepare_v2(db, buf_cstr(&sql), -1, &stmt, NULL) ==
	    SQLITE_OK)
		for (i = 0; i < sqlite3_column_count(stmt); i++)
			map_column(m, r, stmt, i);
	sqlite3_finalize(stmt);
	buf_free(&sql);
}

bool
sql_type_map_new(sqlite3 *db, struct sql_type_map **out, struct err *e)
{
	struct sql_type_map *m = mem_zalloc(sizeof(*m));
	size_t i;

	(void)e;
	for (i = 0; relations[i].name != NULL; i++)
		map_relation(m, db, &relations[i]);
	*out = m;
	return true;
}

void
sql_type_map_destroy(struct sql_type_map *m)
{
	size_t i;

	if (m == NULL)
		return;
	for (i = 0; i < m->n; i++) {
		free(m->list[i].table);
		free(m->list[i].column);
	}
	free(m->list);
	free(m);
}

static uint32_t
origin_type(const struct sql_type_map *m, sqlite3_stmt *stmt, int i)
{
	const char *table = sqlite3_column_table_name(stmt, i);
	const char *column = sqlite3_column_origin_name(stmt, i);
	const struct relation *r;
	enum column_type type;
	size_t k;

	if (table == NULL || column == NULL)
		return OID_UNKNOWN;
	r = relation_find(slice_of(table));
	if (r != NULL && relation_column_type(r, slice_of(column), &type))
		return sql_select_oid(type);
	for (k = 0; k < m->n; k++)
		if (strcmp(m->list[k].table, table) == 0 &&
		    strcmp(m->list[k].column, column) == 0)
			return m->list[k].oid;
	return OID_UNKNOWN;
}

static uint32_t
declared_type(sqlite3_stmt *stmt, int i)
{
	const char *decl = sqlite3_column_decltype(stmt, i);
	struct slice d = slice_of(decl);

	if (str_ieq(d, SLICE("integer")) || str_ieq(d, SLICE("int")))
		return OID_INT8;
	if (str_ieq(d, SLICE("real")))
		return OID_FLOAT8;
	if (str_ieq(d, SLICE("text")))
		return OID_TEXT;
	return str_ieq(d, SLICE("blob")) ? OID_BYTEA : OID_UNKNOWN;
}

/* The arms of a UNION may differ, and SQLite reports the first one only. */
static uint32_t
column_type(const struct sql_type_map *m, sqlite3_stmt *stmt,
    const struct select_list *list, int i, int n)
{
	const struct select_item *item = sql_select_item(list, (size_t)i,
	    (size_t)n);
	uint32_t oid;

	if (list->is_compound)
		return OID_TEXT;
	oid = origin_type(m, stmt, i);
	if (oid == OID_UNKNOWN && item != NULL)
		oid = item->oid;
	if (oid == OID_UNKNOWN && item == NULL)
		oid = sql_select_column(list, slice_make("", 0),
		    slice_of(sqlite3_column_name(stmt, i)));
	return oid != OID_UNKNOWN ? oid : declared_type(stmt, i);
}

void
sql_type_columns(const struct sql_type_map *m, sqlite3_stmt *stmt,
    const struct sql_stmt *s, const uint32_t *params, struct arena *a,
    struct pg_column **out, size_t *count)
{
	int i, n = sqlite3_column_count(stmt);
	struct pg_column *columns = arena_calloc(a, (size_t)n,
	    sizeof(*columns));
	struct select_list list;

	sql_select_read(s, params, a, &list);
	for (i = 0; i < n; i++) {
		const struct select_item *item = sql_select_item(&list,
		    (size_t)i, (size_t)n);

		columns[i].name = item != NULL && item->name.len != 0 ?
		    item->name : arena_dup(a,
		    slice_of(sqlite3_column_name(stmt, i)));
		columns[i].oid = column_type(m, stmt, &list, i, n);
	}
	*out = columns;
	*count = (size_t)n;
}

static uint32_t
class_type(int class)
{
	switch (class) {
	case SQLITE_INTEGER:
		return OID_INT8;
	case SQLITE_FLOAT:
		return OID_FLOAT8;
	case SQLITE_BLOB:
		return OID_BYTEA;
	default:
		return OID_TEXT;
	}
}

void
sql_type_settle(sqlite3_stmt *stmt, bool has_row, struct pg_column *columns,
    size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (columns[i].oid == OID_UNKNOWN)
			columns[i].oid = has_row ? class_type(
			    sqlite3_column_type(stmt, (int)i)) : OID_TEXT;
}

struct pg_value
sql_type_value(sqlite3_stmt *stmt, size_t i)
{
	struct pg_value v = { .kind = PG_NULL };
	int c = (int)i;

	switch (sqlite3_column_type(stmt, c)) {
	case SQLITE_INTEGER:
		v.kind = PG_INT;
		v.i = sqlite3_column_int64(stmt, c);
		break;
	case SQLITE_FLOAT:
		v.kind = PG_REAL;
		v.r = sqlite3_column_double(stmt, c);
		break;
	case SQLITE_TEXT:
		v.kind = PG_TEXT;
		v.s.ptr = (const char *)sqlite3_column_text(stmt, c);
		v.s.len = (size_t)sqlite3_column_bytes(stmt, c);
		break;
	case SQLITE_BLOB:
		v.kind = PG_BLOB;
		v.s.ptr = sqlite3_column_blob(stmt, c);
		v.s.len = (size_t)sqlite3_column_bytes(stmt, c);
		break;
	default:
		break;
	}
	return v;
}
