/*
 * sql_role.c - statements about roles; see sql_role.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/sql_role.h"
#include "common/arena.h"
#include "common/buf.h"
#include "common/log.h"
#include "kbd/roles.h"
#include "kbd/scram.h"

#include <limits.h>

const struct pg_column sql_role_columns[SQL_ROLE_COLUMNS] = {
	{ SLICE("role"), OID_TEXT, 0 },
	{ SLICE("level"), OID_TEXT, 0 },
};

/* ---- CREATE, ALTER, DROP ---- */

struct reader {
	const struct sql_tokens *t;
	struct arena *a;
	struct sql_role *r;
	size_t at;
	struct err *e;
};

static bool
accept(struct reader *p, const char *what)
{
	if (!sql_token_is(p->t, p->at, what))
		return false;
	p->at++;
	return true;
}

static bool
unexpected(struct reader *p)
{
	return sql_syntax_error(p->e, p->t, p->at);
}

static bool
read_kind(struct reader *p, enum sql_token_kind k1, enum sql_token_kind k2,
    struct slice *out)
{
	if (p->at >= p->t->n || (p->t->list[p->at].kind != k1 &&
	    p->t->list[p->at].kind != k2))
		return unexpected(p);
	return sql_token_value(p->t, p->at++, p->a, out, p->e);
}

static bool
read_name(struct reader *p, struct slice *out)
{
	if (accept(p, "current_user") || accept(p, "session_user")) {
		*out = slice_make("", 0);	/* whoever asks */
		return true;
	}
	return read_kind(p, SQL_TOK_WORD, SQL_TOK_QUOTED, out);
}

static bool
read_text(struct reader *p, struct slice *out)
{
	return read_kind(p, SQL_TOK_STRING, SQL_TOK_STRING, out);
}

static bool
set_level(struct sql_role *r, struct slice name, struct err *e)
{
	r->change.what |= ROLE_SET_LEVEL;
	if (role_level_parse(name, &r->change.to.level))
		return true;
	err_set(e, ERR_INVALID, "there is no level \"%.*s\"",
	    SQL_NAME_ARG(name));
	err_hint(e, "The levels are viewer, editor and admin.");
	return pg_err_state(e, "22023");
}

static bool
set_until(struct sql_role *r, struct slice text, struct arena *a,
    struct err *e)
{
	char until[CLOCK_TEXT_SIZE];

	if (!role_time_parse(text, until, e))
		return false;
	r->change.what |= ROLE_SET_VALID_UNTIL;
	r->change.to.valid_until = arena_dup(a, slice_of(until));
	return true;
}

static bool
set_limit(struct sql_role *r, int64_t n, struct err *e)
{
	if (n < ROLE_LIMIT_NONE || n > INT_MAX) {
		err_set(e, ERR_INVALID, "invalid connection limit: %lld",
		    (long long)n);
		return pg_err_state(e, "22023");
	}
	r->change.what |= ROLE_SET_CONNECTION_LIMIT;
	r->change.to.connection_limit = (int)n;
	return true;
}

static bool
set_login(struct sql_role *r, bool can)
{
	r->change.what |= ROLE_SET_CAN_LOGIN;
	r->change.to.can_login = can;
	return true;
}

static bool
read_limit(struct reader *p)
{
	bool negative;
	int64_t n;

	if (!accept(p, "limit"))
		return unexpected(p);
	negative = accept(p, "-");
	if (p->at >= p->t->n || !str_int(sql_token_text(p->t, p->at), 0,
	    INT_MAX, &n))
		return unexpected(p);
	p->at++;
	return set_limit(p->r, negative ? -n : n, p->e);
}

static bool
read_password(struct reader *p)
{
	p->r->change.what |= ROLE_SET_VERIFIER;
	if (accept(p, "null")) {
		p->r->password = slice_make("", 0);
		return true;
	}
	return read_text(p, &p->r->password);
}

static bool
read_level(struct reader *p)
{
	struct slice name;

	if (!accept(p, "role") && !accept(p, "group"))
		return unexpected(p);
	return read_name(p, &name) && set_level(p->r, name, p->e);
}

/* What everybody has, or nobody can have: said for PostgreSQL's sake. */
static bool
accept_noise(struct reader *p)
{
	static const char *const words[] = { "inherit", "nocreatedb",
		"nocreaterole", "noreplication", "nobypassrls" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(words); i++)
		if (accept(p, words[i]))
			return true;
	return false;
}

static bool
read_option(struct reader *p)
{
	struct slice text;

	if (accept(p, "encrypted"))
		return accept(p, "password") ? read_password(p) :
		    unexpected(p);
	if (accept(p, "password"))
		return read_password(p);
	if (accept(p, "valid"))
		return accept(p, "until") ? read_text(p, &text) &&
		    set_until(p->r, text, p->a, p->e) : unexpected(p);
	if (accept(p, "connection"))
		return read_limit(p);
	if (accept(p, "login"))
		return set_login(p->r, true);
	if (accept(p, "nologin"))
		return set_login(p->r, false);
	if (accept(p, "superuser"))
		return set_level(p->r, SLICE("admin"), p->e);
	if (accept(p, "nosuperuser"))
		return (p->r->change.what & ROLE_SET_LEVEL) != 0 ||
		    set_level(p->r, SLICE("viewer"), p->e);
	if (accept(p, "in"))
		return read_level(p);
	return accept_noise(p) || unexpected(p);
}

static bool
read_names(struct reader *p)
{
	size_t cap = 0;

	do {
		p->r->names = arena_grow(p->a, p->r->names, p->r->nnames,
		    &cap, sizeof(*p->r->names));
		if (!read_name(p, &p->r->names[p->r->nnames]))
			return false;
		p->r->nnames++;
	} while (p->r->verb == SQL_ROLE_DROP && accept(p, ","));
	return true;
}

static bool
read_statement(struct reader *p)
{
	bool is_user;

	p->r->verb = accept(p, "create") ? SQL_ROLE_CREATE :
	    accept(p, "alter") ? SQL_ROLE_ALTER : SQL_ROLE_DROP;
	if (p->r->verb == SQL_ROLE_DROP)
		p->at++;
	is_user = accept(p, "user");
	if (!is_user)
		p->at++;	/* ROLE */
	if (p->r->verb == SQL_ROLE_CREATE)
		set_login(p->r, is_user);
	if (p->r->verb == SQL_ROLE_DROP && accept(p, "if")) {
		if (!accept(p, "exists"))
			return unexpected(p);
		p->r->if_exists = true;
	}
	if (!read_names(p))
		return false;
	if (p->r->verb != SQL_ROLE_DROP)
		accept(p, "with");
	while (p->at < p->t->n)
		if (p->r->verb == SQL_ROLE_DROP || !read_option(p))
			return p->r->verb == SQL_ROLE_DROP ? unexpected(p) :
			    false;
	return true;
}

/* ---- CALL ---- */

enum arg { ARG_NAME, ARG_LEVEL, ARG_PASSWORD, ARG_UNTIL, ARG_LIMIT, ARGS };

static const char *const arg_names[ARGS] = { "name", "level", "password",
	"valid_until", "connection_limit" };
static const char *const procedures[] = {
	[SQL_ROLE_CREATE] = "create_role",
	[SQL_ROLE_ALTER] = "alter_role",
	[SQL_ROLE_DROP] = "drop_role",
};

bool
sql_role_is_call(struct slice procedure)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(procedures); i++)
		if (slice_is(procedure, procedures[i]))
			return true;
	return false;
}

static int
place_of(const struct sql_stmt *s, size_t i)
{
	int k;

	if (s->args[i].name.len == 0)
		return i < ARGS ? (int)i : -1;
	for (k = 0; k < ARGS; k++)
		if (slice_is(s->args[i].name, arg_names[k]))
			return k;
	return -1;
}

static bool
no_such_call(const struct sql_stmt *s, struct err *e)
{
	err_set(e, ERR_NOT_FOUND,
	    "procedure %.*s with these arguments does not exist",
	    SLICE_ARG(s->name));
	err_hint(e, "There are create_role and alter_role(name, level, "
	    "password, valid_until, connection_limit), and drop_role(name).");
	return pg_err_state(e, "42883");
}

void
sql_role_params(const struct sql_stmt *s, uint32_t *params)
{
	size_t i;

	for (i = 0; i < s->nargs; i++) {
		unsigned n = s->args[i].param;

		if (n != 0 && place_of(s, i) == ARG_LIMIT &&
		    (params[n - 1] == OID_UNKNOWN ||
		    params[n - 1] == OID_UNKNOWN_TEXT))
			params[n - 1] = OID_INT8;
	}
	for (i = 0; i < s->nparams; i++)
		if (params[i] == OID_UNKNOWN)
			params[i] = OID_TEXT;
}

static bool
apply_arg(struct sql_role *r, int k, const struct pg_value *v,
    struct arena *a, struct err *e)
{
	struct pg_value number = *v;

	if (v->kind == PG_NULL)
		return k != ARG_NAME || err_set(e, ERR_INVALID,
		    "argument \"name\" must not be null");
	if (k == ARG_LIMIT)
		return (v->kind == PG_INT || pg_value_read(v->s, OID_INT8, 0,
		    a, &number, e)) && set_limit(r, number.i, e);
	if (v->kind != PG_TEXT) {
		err_set(e, ERR_INVALID, "argument \"%s\" must be of type text",
		    arg_names[k]);
		return pg_err_state(e, "42804");
	}
	switch ((enum arg)k) {
	case ARG_NAME:
		r->names[0] = v->s;
		return true;
	case ARG_LEVEL:
		return set_level(r, v->s, e);
	case ARG_PASSWORD:
		r->change.what |= ROLE_SET_VERIFIER;
		r->password = v->s;
		return true;
	case ARG_UNTIL:
		return set_until(r, v->s, a, e);
	case ARG_LIMIT:
	case ARGS:
		break;
	}
	return true;
}

static bool
read_call(const struct sql_stmt *s, const struct pg_value *values,
    size_t nvalues, struct arena *a, struct sql_role *r, struct err *e)
{
	struct pg_value v;
	bool given[ARGS] = { false };
	size_t i;
	int k;

	while (!slice_is(s->name, procedures[r->verb]))
		r->verb++;
	r->is_call = true;
	r->names = arena_calloc(a, 1, sizeof(*r->names));
	r->nnames = 1;
	set_login(r, true);
	if (r->verb != SQL_ROLE_CREATE)
		r->change.what = 0;
	for (i = 0; i < s->nargs; i++) {
		const struct sql_arg *arg = &s->args[i];

		k = place_of(s, i);
		if (k < 0 || given[k] ||
		    (r->verb == SQL_ROLE_DROP && k != ARG_NAME))
			return no_such_call(s, e);
		given[k] = true;
		if (arg->param != 0 && values == NULL)
			continue;
		if (arg->param > nvalues)
			return no_such_call(s, e);
		if (arg->param != 0)
			v = values[arg->param - 1];
		else
			v = (struct pg_value){ .kind = arg->value.ptr == NULL ?
			    PG_NULL : PG_TEXT, .s = arg->value };
		if (!apply_arg(r, k, &v, a, e))
			return false;
	}
	return given[ARG_NAME] || no_such_call(s, e);
}

bool
sql_role_read(const struct sql_stmt *s, const struct pg_value *values,
    size_t nvalues, struct arena *a, struct sql_role *out, struct err *e)
{
	struct reader p = { &s->tokens, a, out, 0, e };

	*out = (struct sql_role){ .password = slice_make(NULL, 0) };
	out->change.to = (struct role){ .level = ROLE_VIEWER,
		.verifier = SLICE(""), .valid_until = SLICE(""),
		.connection_limit = ROLE_LIMIT_NONE };
	if (sql_role_is_call(s->name))
		return read_call(s, values, nvalues, a, out, e);
	if (s->nparams != 0) {
		err_set(e, ERR_NOT_FOUND, "there is no parameter $%u",
		    s->nparams);
		return pg_err_state(e, "42P02");
	}
	return read_statement(&p);
}

const char *
sql_role_tag(const struct sql_stmt *s)
{
	if (sql_role_is_call(s->name))
		return "CALL";
	if (sql_token_is(&s->tokens, 0, "create"))
		return "CREATE ROLE";
	return sql_token_is(&s->tokens, 0, "alter") ? "ALTER ROLE" :
	    "DROP ROLE";
}

/* ---- doing it ---- */

static bool
may_do(const struct sql_role *r, struct slice caller, bool is_admin,
    struct err *e)
{
	bool own = r->verb == SQL_ROLE_ALTER &&
	    slice_eq(r->names[0], caller) &&
	    (r->change.what & ~(unsigned)ROLE_SET_VERIFIER) == 0;

	if (is_admin || own)
		return true;
	err_set(e, ERR_DENIED, r->verb == SQL_ROLE_CREATE ?
	    "permission denied to create role" : "permission denied");
	err_detail(e, "Only an admin may change roles.");
	return pg_err_state(e, "42501");
}

static bool
check_drop(const struct sql_role *r, struct slice caller, struct err *e)
{
	size_t i;

	for (i = 0; i < r->nnames; i++) {
		if (!slice_eq(r->names[i], caller))
			continue;
		err_set(e, ERR_REFUSED, "current user cannot be dropped");
		return pg_err_state(e, "55006");
	}
	return true;
}

static bool
drop_all(const struct sql_role *r, struct authdb *db, struct err *e)
{
	size_t i;

	for (i = 0; i < r->nnames; i++) {
		if (authdb_role_drop(db, r->names[i], e))
			continue;
		if (!r->if_exists || e->code != ERR_NOT_FOUND)
			return false;
		*e = ERR_INIT;
	}
	return true;
}

/* The row's level, as it is now. */
static bool
read_back(struct authdb *db, struct slice name, enum role_level *level,
    struct err *e)
{
	struct arena a = ARENA_INIT;
	struct role role;
	bool found, ok = authdb_role_find(db, name, &a, &role, &found, e);

	if (ok && found)
		*level = role.level;
	arena_free(&a);
	return ok;
}

static bool
run_locked(struct sql_role *r, struct authdb *db, enum role_level *level,
    struct err *e)
{
	r->change.to.name = r->names[0];
	switch (r->verb) {
	case SQL_ROLE_CREATE:
		return authdb_role_create(db, &r->change.to, e) &&
		    read_back(db, r->names[0], level, e);
	case SQL_ROLE_ALTER:
		return authdb_role_alter(db, r->names[0], &r->change, e) &&
		    read_back(db, r->names[0], level, e);
	case SQL_ROLE_DROP:
		break;
	}
	return drop_all(r, db, e);
}

static void
log_change(const struct sql_role *r, struct slice caller)
{
	static const char *const words[] = { "created", "changed",
		"dropped" };
	size_t i;

	for (i = 0; i < r->nnames; i++)
		log_info("role \"%.*s\" %s by %.*s%s",
		    SLICE_ARG(r->names[i]), words[r->verb],
		    SLICE_ARG(caller), r->password.ptr != NULL &&
		    (r->change.what & ROLE_SET_VERIFIER) != 0 ?
		    ", with a password" : "");
}

bool
sql_role_run(struct sql_role *r, struct roles *roles, struct slice caller,
    bool is_admin, enum role_level *level, struct err *e)
{
	struct buf verifier = BUF_INIT;
	bool ok;

	*level = ROLE_VIEWER;
	if (r->names[0].len == 0 && r->verb == SQL_ROLE_ALTER && !r->is_call)
		r->names[0] = caller;
	if (!may_do(r, caller, is_admin, e) ||
	    (r->verb == SQL_ROLE_DROP && !check_drop(r, caller, e)))
		return false;
	/* an empty one takes the password away */
	if (r->password.len != 0 && !scram_password_store(r->password,
	    SCRAM_ITERATIONS_DEFAULT, &verifier, e))
		return false;
	r->change.to.verifier = verifier.len != 0 ? buf_slice(&verifier) :
	    SLICE("");
	ok = run_locked(r, roles_lock(roles), level, e);
	roles_unlock(roles);
	buf_free(&verifier);
	if (ok)
		log_change(r, caller);
	return ok;
}
