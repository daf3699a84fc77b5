/*
 * sql_call.c - the procedures that change the knowledge base; sql_call.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/sql_call.h"
#include "common/arena.h"
#include "common/buf.h"
#include "common/str.h"

enum arg { ARG_NAME, ARG_SOURCE, ARG_MARKDOWN, ARG_BASE, ARG_MESSAGE };

struct arg_def {
	const char *name;
	uint32_t oid;
	bool required;
};

static const struct arg_def arg_defs[SQL_CALL_ARGS] = {
	[ARG_NAME] = { "name", OID_TEXT, true },
	[ARG_SOURCE] = { "source", OID_TEXT, true },
	[ARG_MARKDOWN] = { "markdown", OID_TEXT, true },
	[ARG_BASE] = { "base_revision", OID_INT8, false },
	[ARG_MESSAGE] = { "message", OID_TEXT, false },
};

const struct pg_column sql_call_columns[SQL_CALL_COLUMNS] = {
	{ SLICE("document"), OID_TEXT, 0 },
	{ SLICE("revision"), OID_INT8, 0 },
	{ SLICE("added"), OID_INT4, 0 },
	{ SLICE("changed"), OID_INT4, 0 },
	{ SLICE("archived"), OID_INT4, 0 },
	{ SLICE("unchanged"), OID_INT4, 0 },
};

static bool
no_such_procedure(const struct sql_stmt *s, struct err *e)
{
	err_set(e, ERR_NOT_FOUND,
	    "procedure %.*s with these arguments does not exist",
	    (int)utf8_cut(s->name, 63), s->name.ptr);
	err_hint(e, "There is import_document(name, source, markdown, "
	    "base_revision, message).");
	return pg_err_state(e, "42883");
}

/* Which argument args[i] is; -1 when there is none of that name. */
static int
place_of(const struct sql_stmt *s, size_t i)
{
	int k;

	if (s->args[i].name.len == 0)
		return i < SQL_CALL_ARGS ? (int)i : -1;
	for (k = 0; k < SQL_CALL_ARGS; k++)
		if (slice_is(s->args[i].name, arg_defs[k].name))
			return k;
	return -1;
}

bool
sql_call_check(const struct sql_stmt *s, struct err *e)
{
	bool given[SQL_CALL_ARGS] = { false };
	size_t i;
	int k;

	if (!slice_is(s->name, "import_document"))
		return no_such_procedure(s, e);
	for (i = 0; i < s->nargs; i++) {
		k = place_of(s, i);
		if (k < 0 || given[k])
			return no_such_procedure(s, e);
		given[k] = true;
	}
	for (i = 0; i < SQL_CALL_ARGS; i++)
		if (arg_defs[i].required && !given[i])
			return no_such_procedure(s, e);
	return true;
}

void
sql_call_params(const struct sql_stmt *s, uint32_t *params)
{
	size_t i;
	int k;

	for (i = 0; i < s->nargs; i++) {
		unsigned n = s->args[i].param;

		k = place_of(s, i);
		if (n != 0 && k >= 0 && (params[n - 1] == OID_UNKNOWN ||
		    params[n - 1] == OID_UNKNOWN_TEXT))
			params[n - 1] = arg_defs[k].oid;
	}
	for (i = 0; i < s->nparams; i++)
		if (params[i] == OID_UNKNOWN)
			params[i] = OID_TEXT;
}

/* What was given for an argument, as the type that it must have. */
static bool
read_arg(const struct sql_stmt *s, const struct pg_value *values,
    size_t nvalues, struct arena *a, struct pg_value *out, struct err *e)
{
	size_t i;
	int k;

	for (i = 0; i < s->nargs; i++) {
		const struct sql_arg *arg = &s->args[i];

		k = place_of(s, i);
		if (k < 0)
			return no_such_procedure(s, e);
		if (arg->param == 0) {
			if (pg_value_read(arg->value, arg_defs[k].oid, 0, a,
			    &out[k], e))
				continue;
			if (e != NULL)
				e->position = sql_position(s->tokens.sql,
				    arg->start);
			return false;
		}
		if (arg->param > nvalues) {
			err_set(e, ERR_NOT_FOUND, "there is no parameter $%u",
			    arg->param);
			return pg_err_state(e, "42P02");
		}
		out[k] = values[arg->param - 1];
	}
	return true;
}

/* A parameter of another type than the argument's: text and integers fit. */
static bool
fit_arg(struct pg_value *v, enum arg k, struct arena *a, struct err *e)
{
	if (v->kind == PG_NULL) {
		if (!arg_defs[k].required)
			return true;
		err_set(e, ERR_INVALID, "argument \"%s\" must not be null",
		    arg_defs[k].name);
		return pg_err_state(e, "22004");
	}
	if (arg_defs[k].oid == OID_INT8 && v->kind == PG_TEXT)
		return pg_value_read(v->s, OID_INT8, 0, a, v, e);
	if (arg_defs[k].oid == OID_INT8 ? v->kind == PG_INT :
	    v->kind == PG_TEXT)
		return true;
	err_set(e, ERR_INVALID, "argument \"%s\" must be of type %s",
	    arg_defs[k].name, pg_type_name(arg_defs[k].oid));
	return pg_err_state(e, "42804");
}

static bool
read_base(const struct pg_value *v, int64_t *out, struct err *e)
{
	*out = BASE_LAST_IMPORT;
	if (v->kind == PG_NULL)
		return true;
	if (v->i < BASE_HEAD || v->i == 0) {
		err_set(e, ERR_INVALID,
		    "base_revision must be a revision, or -1, or null");
		err_detail(e, "-1 replaces what is there; null is the last "
		    "import of that source.");
		return pg_err_state(e, "22023");
	}
	*out = v->i;
	return true;
}

bool
sql_call_prepare(const struct sql_stmt *s, const struct pg_value *values,
    size_t nvalues, struct slice author, struct arena *a,
    struct sql_call *out, struct err *e)
{
	struct pg_value v[SQL_CALL_ARGS] = { { .kind = PG_NULL } };
	struct import_request *r = &out->import;
	int k;

	if (!sql_call_check(s, e) || !read_arg(s, values, nvalues, a, v, e))
		return false;
	for (k = 0; k < SQL_CALL_ARGS; k++)
		if (!fit_arg(&v[k], (enum arg)k, a, e))
			return false;
	if (v[ARG_NAME].s.len == 0) {
		err_set(e, ERR_INVALID, "a document needs a name");
		return pg_err_state(e, "22023");
	}
	if (!store_prepare(v[ARG_MARKDOWN].s, a, &out->doc, e))
		return false;
	*r = (struct import_request){ .name = v[ARG_NAME].s,
		.source = v[ARG_SOURCE].s, .doc = &out->doc,
		.author = author, .message = v[ARG_MESSAGE].kind == PG_NULL ?
		    slice_make("", 0) : v[ARG_MESSAGE].s };
	return read_base(&v[ARG_BASE], &r->base_revision, e);
}

bool
sql_call_run(struct sql_call *c, struct store *s, const uint16_t *formats,
    struct buf *b, struct err *e)
{
	struct import_result r = { 0 };
	struct pg_value v[SQL_CALL_COLUMNS];
	size_t mark, i;

	if (!store_import(s, &c->import, &r, e))
		return false;
	v[0] = (struct pg_value){ .kind = PG_TEXT, .s = c->import.name };
	v[1] = (struct pg_value){ .kind = r.revision != 0 ? PG_INT : PG_NULL,
		.i = r.revision };
	v[2] = (struct pg_value){ .kind = PG_INT, .i = r.added };
	v[3] = (struct pg_value){ .kind = PG_INT, .i = r.changed };
	v[4] = (struct pg_value){ .kind = PG_INT, .i = r.archived };
	v[5] = (struct pg_value){ .kind = PG_INT, .i = r.unchanged };
	mark = pg_msg_begin(b, 'D');
	buf_put_u16(b, SQL_CALL_COLUMNS);
	for (i = 0; i < SQL_CALL_COLUMNS; i++)
		if (!pg_value_put(b, &v[i], sql_call_columns[i].oid,
		    formats[i], sql_call_columns[i].name, e))
			return false;
	pg_msg_end(b, mark);
	return true;
}
