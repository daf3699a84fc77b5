/*
 * sql_backup.c - the procedures that take a backup; see sql_backup.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/sql_backup.h"
#include "common/arena.h"
#include "common/buf.h"
#include "common/log.h"
#include "kbd/backup.h"

#define ARGS_MAX 2

enum verb { VERB_START, VERB_READ, VERB_STOP };

struct procedure {
	const char *name;
	size_t nargs;
	const char *args[ARGS_MAX];
	uint32_t oids[ARGS_MAX];
	size_t ncolumns;
	struct pg_column columns[SQL_BACKUP_COLUMNS_MAX];
};

static const struct procedure procedures[] = {
	[VERB_START] = { "backup_start", 0, { NULL }, { 0 }, 3, {
	    { SLICE("revision"), OID_INT8, 0 },
	    { SLICE("files"), OID_INT4, 0 },
	    { SLICE("bytes"), OID_INT8, 0 } } },
	[VERB_READ] = { "backup_read", 2, { "file", "position" },
	    { OID_TEXT, OID_INT8 }, 1, { { SLICE("data"), OID_BYTEA, 0 } } },
	[VERB_STOP] = { "backup_stop", 0, { NULL }, { 0 }, 1,
	    { { SLICE("revision"), OID_INT8, 0 } } },
};

static const struct procedure *
find(struct slice name)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(procedures); i++)
		if (slice_is(name, procedures[i].name))
			return &procedures[i];
	return NULL;
}

bool
sql_backup_is_call(struct slice procedure)
{
	return find(procedure) != NULL;
}

bool
sql_backup_is_long(const struct sql_stmt *s)
{
	return find(s->name) == &procedures[VERB_START];
}

size_t
sql_backup_columns(const struct sql_stmt *s, const struct pg_column **out)
{
	const struct procedure *p = find(s->name);

	*out = p->columns;
	return p->ncolumns;
}

/* ---- arguments ---- */

/* Which argument args[i] is; -1 when there is none of that name. */
static int
place_of(const struct procedure *p, const struct sql_stmt *s, size_t i)
{
	size_t k;

	if (s->args[i].name.len == 0)
		return i < p->nargs ? (int)i : -1;
	for (k = 0; k < p->nargs; k++)
		if (slice_is(s->args[i].name, p->args[k]))
			return (int)k;
	return -1;
}

bool
sql_backup_check(const struct sql_stmt *s, struct err *e)
{
	const struct procedure *p = find(s->name);
	bool given[ARGS_MAX] = { false }, ok = s->nargs == p->nargs;
	size_t i;
	int k;

	for (i = 0; ok && i < s->nargs; i++) {
		k = place_of(p, s, i);
		ok = k >= 0 && !given[k];
		if (ok)
			given[k] = true;
	}
	if (ok)
		return true;
	err_set(e, ERR_NOT_FOUND,
	    "procedure %s with these arguments does not exist", p->name);
	err_hint(e, "There are backup_start(), backup_read(file, position) "
	    "and backup_stop().");
	return pg_err_state(e, "42883");
}

void
sql_backup_params(const struct sql_stmt *s, uint32_t *params)
{
	const struct procedure *p = find(s->name);
	size_t i;

	for (i = 0; i < s->nargs; i++) {
		unsigned n = s->args[i].param;
		int k = place_of(p, s, i);

		if (n != 0 && k >= 0 && (params[n - 1] == OID_UNKNOWN ||
		    params[n - 1] == OID_UNKNOWN_TEXT))
			params[n - 1] = p->oids[k];
	}
	for (i = 0; i < s->nparams; i++)
		if (params[i] == OID_UNKNOWN)
			params[i] = OID_TEXT;
}

/* The arguments of backup_read; types other than theirs do not fit. */
static bool
read_args(const struct sql_stmt *s, const struct pg_value *values,
    size_t nvalues, struct arena *a, struct pg_value out[ARGS_MAX],
    struct err *e)
{
	const struct procedure *p = find(s->name);
	size_t i;

	for (i = 0; i < s->nargs; i++) {
		const struct sql_arg *arg = &s->args[i];
		int k = place_of(p, s, i);
		enum pg_value_kind want;

		if (k < 0 || arg->param > nvalues)
			return sql_backup_check(s, e);
		if (arg->param != 0)
			out[k] = values[arg->param - 1];
		else if (!pg_value_read(arg->value, p->oids[k], 0, a, &out[k],
		    e))
			return false;
		want = p->oids[k] == OID_INT8 ? PG_INT : PG_TEXT;
		if (out[k].kind == want)
			continue;
		err_set(e, ERR_INVALID, "argument \"%s\" must be of type %s",
		    p->args[k], pg_type_name(p->oids[k]));
		return pg_err_state(e, "42804");
	}
	return true;
}

/* ---- doing it ---- */

static struct pg_value
number(int64_t n)
{
	return (struct pg_value){ .kind = PG_INT, .i = n };
}

static bool
start(const struct sql_backup_env *env, struct pg_value *row, struct err *e)
{
	if (*env->backup != NULL) {
		err_set(e, ERR_INVALID,
		    "a backup is already in progress in this session");
		return pg_err_state(e, "55000");
	}
	if (env->dir == NULL || env->roles == NULL)
		return err_set(e, ERR_UNSUPPORTED,
		    "there is no data directory to back up");
	if (!backup_new(env->dir, env->roles, env->watch, env->backup, e)) {
		log_err(LOG_LEVEL_WARNING, e);
		return false;
	}
	log_info("backup of revision %lld by %.*s: %u files, %lld bytes",
	    (long long)backup_revision(*env->backup), SLICE_ARG(env->role),
	    backup_files(*env->backup),
	    (long long)backup_bytes(*env->backup));
	row[0] = number(backup_revision(*env->backup));
	row[1] = number(backup_files(*env->backup));
	row[2] = number(backup_bytes(*env->backup));
	return true;
}

static bool
need_backup(const struct sql_backup_env *env, struct err *e)
{
	if (*env->backup != NULL)
		return true;
	err_set(e, ERR_INVALID, "no backup is in progress in this session");
	err_hint(e, "CALL backup_start() begins one.");
	return pg_err_state(e, "55000");
}

static bool
run(const struct sql_stmt *s, const struct pg_value *args,
    const struct sql_backup_env *env, struct buf *data, struct pg_value *row,
    struct err *e)
{
	switch ((enum verb)(find(s->name) - procedures)) {
	case VERB_START:
		return start(env, row, e);
	case VERB_READ:
		if (!need_backup(env, e) || !backup_read(*env->backup,
		    args[0].s, args[1].i, data, e))
			return false;
		row[0] = (struct pg_value){ .kind = PG_BLOB, .s =
		    data->len != 0 ? buf_slice(data) : SLICE("") };
		return true;
	case VERB_STOP:
		break;
	}
	if (!need_backup(env, e))
		return false;
	row[0] = number(backup_revision(*env->backup));
	backup_free(*env->backup);
	*env->backup = NULL;
	return true;
}

static bool
put_row(const struct procedure *p, const struct pg_value *row,
    const uint16_t *formats, struct buf *b, struct err *e)
{
	size_t mark = pg_msg_begin(b, 'D'), i;

	buf_put_u16(b, (uint16_t)p->ncolumns);
	for (i = 0; i < p->ncolumns; i++)
		if (!pg_value_put(b, &row[i], p->columns[i].oid, formats[i],
		    p->columns[i].name, e))
			return false;
	pg_msg_end(b, mark);
	return true;
}

bool
sql_backup_run(const struct sql_stmt *s, const struct pg_value *values,
    size_t nvalues, const struct sql_backup_env *env,
    const uint16_t *formats, struct buf *b, struct err *e)
{
	struct pg_value args[ARGS_MAX] = { { .kind = PG_NULL } };
	struct pg_value row[SQL_BACKUP_COLUMNS_MAX];
	struct arena a = ARENA_INIT;
	struct buf data = BUF_INIT;
	bool ok = read_args(s, values, nvalues, &a, args, e) &&
	    run(s, args, env, &data, row, e) &&
	    put_row(find(s->name), row, formats, b, e);

	buf_free(&data);
	arena_free(&a);
	return ok;
}
