/*
 * sql_stmt.c - what a client's statement asks for; see sql_stmt.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/sql_stmt.h"
#include "common/arena.h"
#include "kbd/pg_msg.h"
#include "kbd/pg_type.h"
#include "kbd/sql_backup.h"
#include "kbd/sql_role.h"

/* A cursor over one statement's tokens. */
struct parser {
	struct sql_stmt *s;
	struct arena *a;
	size_t at;
	struct err *e;
};

static bool
is(const struct parser *p, const char *what)
{
	return sql_token_is(&p->s->tokens, p->at, what);
}

static bool
accept(struct parser *p, const char *what)
{
	if (!is(p, what))
		return false;
	p->at++;
	return true;
}

static bool
at_end(const struct parser *p)
{
	return p->at >= p->s->tokens.n;
}

static bool
unexpected(struct parser *p)
{
	return sql_syntax_error(p->e, &p->s->tokens, p->at);
}

static bool
expect(struct parser *p, const char *what)
{
	return accept(p, what) || unexpected(p);
}

static bool
expect_end(struct parser *p)
{
	return at_end(p) || unexpected(p);
}

static bool
is_identifier(const struct parser *p)
{
	const struct sql_tokens *t = &p->s->tokens;

	return p->at < t->n && (t->list[p->at].kind == SQL_TOK_WORD ||
	    t->list[p->at].kind == SQL_TOK_QUOTED);
}

static bool
identifier(struct parser *p, struct slice *out)
{
	if (!is_identifier(p))
		return unexpected(p);
	return sql_token_value(&p->s->tokens, p->at++, p->a, out, p->e);
}

static bool
not_offered(struct parser *p, const char *what)
{
	size_t at = p->at < p->s->tokens.n ? p->s->tokens.list[p->at].start :
	    p->s->tokens.sql.len;

	return sql_error_at(p->e, "0A000", p->s->tokens.sql, at,
	    "%s is not supported", what);
}

/* ---- transactions ---- */

static bool
isolation_level(struct parser *p)
{
	if (!expect(p, "level"))
		return false;
	if (accept(p, "read"))
		return accept(p, "committed") || accept(p, "uncommitted") ||
		    unexpected(p);
	if (is(p, "serializable") || is(p, "repeatable"))
		return not_offered(p, "an isolation level above read committed");
	return unexpected(p);
}

static bool
transaction_mode(struct parser *p)
{
	if (accept(p, "isolation"))
		return isolation_level(p);
	if (accept(p, "not"))
		return expect(p, "deferrable");
	if (accept(p, "deferrable"))
		return true;
	if (!expect(p, "read"))
		return false;
	p->s->access = is(p, "only") ? SQL_READ_ONLY : SQL_READ_WRITE;
	return accept(p, "only") || expect(p, "write");
}

static bool
transaction_modes(struct parser *p)
{
	while (!at_end(p)) {
		if (!transaction_mode(p))
			return false;
		accept(p, ",");
	}
	return true;
}

static void
skip_work(struct parser *p)
{
	if (!accept(p, "work"))
		accept(p, "transaction");
}

static bool
parse_begin(struct parser *p)
{
	p->s->kind = SQL_BEGIN;
	if (is(p, "start")) {
		p->s->tag = "START TRANSACTION";
		p->at++;
		return expect(p, "transaction") && transaction_modes(p);
	}
	p->s->tag = "BEGIN";
	p->at++;
	skip_work(p);
	return transaction_modes(p);
}

/* AND [NO] CHAIN */
static bool
no_chain(struct parser *p)
{
	if (accept(p, "and")) {
		if (!accept(p, "no"))
			return not_offered(p, "AND CHAIN");
		if (!expect(p, "chain"))
			return false;
	}
	return expect_end(p);
}

static bool
parse_commit(struct parser *p)
{
	p->s->kind = SQL_COMMIT;
	p->s->tag = "COMMIT";
	p->at++;
	if (is(p, "prepared"))
		return not_offered(p, "two-phase commit");
	skip_work(p);
	return no_chain(p);
}

static bool
parse_rollback(struct parser *p)
{
	p->s->kind = SQL_ROLLBACK;
	p->s->tag = "ROLLBACK";
	p->at++;
	if (is(p, "prepared"))
		return not_offered(p, "two-phase commit");
	skip_work(p);
	if (!accept(p, "to"))
		return no_chain(p);
	p->s->kind = SQL_ROLLBACK_TO;
	accept(p, "savepoint");
	return identifier(p, &p->s->name) && expect_end(p);
}

static bool
parse_savepoint(struct parser *p)
{
	p->s->kind = SQL_SAVEPOINT;
	p->s->tag = "SAVEPOINT";
	p->at++;
	return identifier(p, &p->s->name) && expect_end(p);
}

static bool
parse_release(struct parser *p)
{
	p->s->kind = SQL_RELEASE;
	p->s->tag = "RELEASE";
	p->at++;
	accept(p, "savepoint");
	return identifier(p, &p->s->name) && expect_end(p);
}

/* ---- settings ---- */

/* A name with dots, as in "kb.something". */
static bool
setting_name(struct parser *p, struct slice *out)
{
	struct slice part;

	if (!identifier(p, out))
		return false;
	while (accept(p, ".")) {
		if (!identifier(p, &part))
			return false;
		*out = arena_printf(p->a, "%.*s.%.*s", SLICE_ARG(*out),
		    SLICE_ARG(part));
	}
	return true;
}

/* One value of SET: a string, a word, a number with its sign. */
static bool
setting_value(struct parser *p, struct slice *out)
{
	bool negative = accept(p, "-");
	const struct sql_tokens *t = &p->s->tokens;

	if (!negative)
		accept(p, "+");
	if (at_end(p) || t->list[p->at].kind == SQL_TOK_OP ||
	    t->list[p->at].kind == SQL_TOK_PARAM)
		return unexpected(p);
	if (!sql_token_value(t, p->at++, p->a, out, p->e))
		return false;
	if (negative)
		*out = arena_printf(p->a, "-%.*s", SLICE_ARG(*out));
	return true;
}

static bool
setting_values(struct parser *p)
{
	struct slice more;

	if (is(p, "default") && p->at + 1 == p->s->tokens.n) {
		p->at++;
		return true;
	}
	if (!setting_value(p, &p->s->value))
		return false;
	while (accept(p, ",")) {
		if (!setting_value(p, &more))
			return false;
		p->s->value = arena_printf(p->a, "%.*s, %.*s",
		    SLICE_ARG(p->s->value), SLICE_ARG(more));
	}
	return expect_end(p);
}

static bool
parse_set_special(struct parser *p, bool *done)
{
	struct sql_stmt *s = p->s;

	*done = true;
	if (accept(p, "time")) {
		s->name = SLICE("timezone");
		if (!expect(p, "zone"))
			return false;
		if (is(p, "local"))
			return p->at++, expect_end(p);
		return setting_values(p);
	}
	if (accept(p, "names")) {
		s->name = SLICE("client_encoding");
		return setting_values(p);
	}
	if (accept(p, "transaction")) {
		s->kind = SQL_SET_TRANSACTION;
		if (is(p, "snapshot"))
			return not_offered(p, "SET TRANSACTION SNAPSHOT");
		return transaction_modes(p);
	}
	if (accept(p, "characteristics")) {
		s->kind = SQL_SET_TRANSACTION;
		s->is_session = true;
		return expect(p, "as") && expect(p, "transaction") &&
		    transaction_modes(p);
	}
	*done = false;
	return true;
}

static bool
parse_set(struct parser *p)
{
	bool done, ok;

	p->s->kind = SQL_SET;
	p->s->tag = "SET";
	p->at++;
	if (is(p, "local"))
		p->s->is_local = accept(p, "local");
	else
		accept(p, "session");
	ok = parse_set_special(p, &done);
	if (!ok || done)
		return ok;
	if (is(p, "role") || is(p, "authorization") || is(p, "constraints"))
		return not_offered(p, "this form of SET");
	if (!setting_name(p, &p->s->name))
		return false;
	if (!accept(p, "to") && !expect(p, "="))
		return false;
	return setting_values(p);
}

/* The name after SHOW or RESET; "" is ALL. */
static bool
shown_name(struct parser *p, struct slice *out)
{
	*out = slice_make("", 0);
	if (accept(p, "all"))
		return expect_end(p);
	if (accept(p, "time")) {
		*out = SLICE("timezone");
		return expect(p, "zone") && expect_end(p);
	}
	if (accept(p, "transaction")) {
		*out = SLICE("transaction_isolation");
		return expect(p, "isolation") && expect(p, "level") &&
		    expect_end(p);
	}
	if (accept(p, "session")) {
		*out = SLICE("session_authorization");
		return expect(p, "authorization") && expect_end(p);
	}
	return setting_name(p, out) && expect_end(p);
}

static bool
parse_reset(struct parser *p)
{
	p->s->kind = SQL_RESET;
	p->s->tag = "RESET";
	p->at++;
	return shown_name(p, &p->s->name);
}

static bool
parse_show(struct parser *p)
{
	p->s->kind = SQL_SHOW;
	p->s->tag = "SHOW";
	p->at++;
	return shown_name(p, &p->s->name);
}

static bool
parse_discard(struct parser *p)
{
	p->s->kind = SQL_DISCARD;
	p->at++;
	if (!identifier(p, &p->s->name))
		return false;
	if (slice_is(p->s->name, "all"))
		p->s->tag = "DISCARD ALL";
	else if (slice_is(p->s->name, "plans"))
		p->s->tag = "DISCARD PLANS";
	else if (slice_is(p->s->name, "temp") ||
	    slice_is(p->s->name, "temporary"))
		p->s->tag = "DISCARD TEMP";
	else if (slice_is(p->s->name, "sequences"))
		p->s->tag = "DISCARD SEQUENCES";
	else
		return p->at--, unexpected(p);
	return expect_end(p);
}

static bool
parse_deallocate(struct parser *p)
{
	p->s->kind = SQL_DEALLOCATE;
	p->s->tag = "DEALLOCATE";
	p->at++;
	if (!at_end(p) && p->at + 1 < p->s->tokens.n)
		accept(p, "prepare");
	if (accept(p, "all")) {
		p->s->tag = "DEALLOCATE ALL";
		p->s->name = slice_make("", 0);
		return expect_end(p);
	}
	return identifier(p, &p->s->name) && expect_end(p);
}

/* ---- CALL ---- */

/* '...'::text: a type that the value may be written with. */
static bool
arg_cast(struct parser *p)
{
	static const char *const types[] = { "text", "varchar", "int", "int4",
		"int8", "integer", "bigint", "smallint" };
	struct slice type;
	size_t i;

	if (!accept(p, "::"))
		return true;
	if (is(p, "pg_catalog")) {
		p->at++;
		if (!expect(p, "."))
			return false;
	}
	if (!identifier(p, &type))
		return false;
	for (i = 0; i < ARRAY_LEN(types); i++)
		if (slice_is(type, types[i]))
			return true;
	p->at--;
	return not_offered(p, "a cast to this type in CALL");
}

static bool
arg_value(struct parser *p, struct sql_arg *arg)
{
	const struct sql_tokens *t = &p->s->tokens;
	bool negative = accept(p, "-");

	if (at_end(p))
		return unexpected(p);
	arg->start = t->list[p->at].start;
	switch (t->list[p->at].kind) {
	case SQL_TOK_PARAM:
		if (negative)
			return unexpected(p);
		arg->param = t->list[p->at++].param;
		return arg_cast(p);
	case SQL_TOK_STRING:
		if (negative)
			return unexpected(p);
		arg->is_string = true;
		return sql_token_value(t, p->at++, p->a, &arg->value, p->e) &&
		    arg_cast(p);
	case SQL_TOK_NUMBER:
		arg->value = sql_token_text(t, p->at++);
		if (negative)
			arg->value = arena_printf(p->a, "-%.*s",
			    SLICE_ARG(arg->value));
		return arg_cast(p);
	case SQL_TOK_WORD:
		if (!negative && (is(p, "null") || is(p, "true") ||
		    is(p, "false"))) {
			if (!is(p, "null"))
				arg->value = sql_token_text(t, p->at);
			p->at++;
			return arg_cast(p);
		}
		return not_offered(p, "an expression as an argument of CALL");
	case SQL_TOK_QUOTED:
	case SQL_TOK_OP:
		break;
	}
	return unexpected(p);
}

static bool
parse_arg(struct parser *p, struct sql_arg *arg)
{
	const struct sql_tokens *t = &p->s->tokens;

	*arg = (struct sql_arg){ .name = slice_make("", 0) };
	if (is_identifier(p) && (sql_token_is(t, p->at + 1, "=>") ||
	    sql_token_is(t, p->at + 1, ":="))) {
		if (!identifier(p, &arg->name))
			return false;
		p->at++;
	} else if (p->s->nargs != 0 &&
	    p->s->args[p->s->nargs - 1].name.len != 0) {
		return sql_error_at(p->e, "42601", t->sql,
		    at_end(p) ? t->sql.len : t->list[p->at].start,
		    "positional argument cannot follow named argument");
	}
	return arg_value(p, arg);
}

static bool
parse_call(struct parser *p)
{
	struct sql_stmt *s = p->s;
	size_t cap = 0;

	s->kind = SQL_CALL;
	s->tag = "CALL";
	p->at++;
	if (!identifier(p, &s->name))
		return false;
	if (slice_is(s->name, "public") && accept(p, ".") &&
	    !identifier(p, &s->name))
		return false;
	if (!expect(p, "("))
		return false;
	while (!accept(p, ")")) {
		if (s->nargs != 0 && !expect(p, ","))
			return false;
		s->args = arena_grow(p->a, s->args, s->nargs, &cap,
		    sizeof(*s->args));
		if (!parse_arg(p, &s->args[s->nargs]))
			return false;
		s->nargs++;
	}
	if (sql_role_is_call(s->name))
		s->kind = SQL_ROLE;
	else if (sql_backup_is_call(s->name))
		s->kind = SQL_BACKUP;
	return expect_end(p);
}

/* ---- PREPARE, EXECUTE ---- */

/* Words up to a comma or parenthesis: "double precision". */
static bool
prepared_type(struct parser *p, uint32_t *oid)
{
	size_t start = p->at;
	struct slice word, name = slice_make("", 0);

	while (is_identifier(p)) {
		if (!identifier(p, &word))
			return false;
		name = name.len == 0 ? word : arena_printf(p->a, "%.*s %.*s",
		    SLICE_ARG(name), SLICE_ARG(word));
	}
	*oid = pg_type_find(name);
	if (*oid != 0)
		return true;
	p->at = start;
	if (at_end(p) || !is_identifier(p))
		return unexpected(p);
	return sql_error_at(p->e, "42704", p->s->tokens.sql,
	    p->s->tokens.list[start].start, "type \"%.*s\" does not exist",
	    SQL_NAME_ARG(name));
}

static bool
parse_prepare(struct parser *p)
{
	static const char *const verbs[] = { "select", "with", "values", "(",
		"insert", "update", "delete" };
	struct sql_stmt *s = p->s;
	const struct sql_tokens *t = &s->tokens;
	size_t cap = 0, i;

	s->kind = SQL_PREPARE;
	s->tag = "PREPARE";
	s->nparams = 0;		/* they are the statement's inside */
	p->at++;
	if (!identifier(p, &s->name))
		return false;
	if (accept(p, "(")) {
		do {
			s->types = arena_grow(p->a, s->types, s->ntypes, &cap,
			    sizeof(*s->types));
			if (!prepared_type(p, &s->types[s->ntypes++]))
				return false;
		} while (accept(p, ","));
		if (!expect(p, ")"))
			return false;
	}
	if (!expect(p, "as"))
		return false;
	for (i = 0; i < ARRAY_LEN(verbs); i++) {
		if (!is(p, verbs[i]))
			continue;
		s->value = slice_sub(t->sql, t->list[p->at].start,
		    t->list[t->n - 1].end);
		return true;
	}
	return unexpected(p);
}

static bool
parse_execute(struct parser *p)
{
	struct sql_stmt *s = p->s;
	size_t cap = 0;

	s->kind = SQL_EXECUTE;
	s->tag = "EXECUTE";
	p->at++;
	if (!identifier(p, &s->name) || !accept(p, "("))
		return expect_end(p);
	while (!accept(p, ")")) {
		if (s->nargs != 0 && !expect(p, ","))
			return false;
		s->args = arena_grow(p->a, s->args, s->nargs, &cap,
		    sizeof(*s->args));
		s->args[s->nargs] = (struct sql_arg){
			.name = slice_make("", 0) };
		if (!arg_value(p, &s->args[s->nargs++]))
			return false;
	}
	return expect_end(p);
}

/* ---- which statement it is ---- */

static bool
parse_query(struct parser *p)
{
	p->s->kind = SQL_QUERY;
	p->s->tag = "SELECT";
	return true;
}

/* A CTE may stand before a change as well: what follows it decides. */
static bool
parse_with(struct parser *p)
{
	const struct sql_tokens *t = &p->s->tokens;
	size_t depth = 0;

	parse_query(p);
	for (p->at = 1; p->at < t->n; p->at++) {
		if (is(p, "("))
			depth++;
		else if (is(p, ")") && depth > 0)
			depth--;
		else if (depth == 0 && (is(p, "insert") || is(p, "update") ||
		    is(p, "delete") || is(p, "replace") || is(p, "merge")))
			p->s->kind = SQL_WRITE;
	}
	return true;
}

static bool
parse_write(struct parser *p)
{
	p->s->kind = SQL_WRITE;
	return true;
}

static bool
parse_other(struct parser *p)
{
	p->s->kind = SQL_OTHER;
	return true;
}

/* CREATE, ALTER, DROP: of a role it is one of ours. */
static bool
parse_ddl(struct parser *p)
{
	const struct sql_tokens *t = &p->s->tokens;

	if (!sql_token_is(t, 1, "role") && !sql_token_is(t, 1, "user"))
		return parse_write(p);
	p->s->kind = SQL_ROLE;
	p->s->name = slice_make("", 0);
	p->s->tag = sql_role_tag(p->s);
	return true;
}

struct verb {
	const char *word;
	bool (*parse)(struct parser *p);
};

static const struct verb verbs[] = {
	{ "select", parse_query }, { "values", parse_query },
	{ "with", parse_with }, { "(", parse_query },
	{ "begin", parse_begin }, { "start", parse_begin },
	{ "commit", parse_commit }, { "end", parse_commit },
	{ "rollback", parse_rollback }, { "abort", parse_rollback },
	{ "savepoint", parse_savepoint }, { "release", parse_release },
	{ "set", parse_set }, { "reset", parse_reset }, { "show", parse_show },
	{ "discard", parse_discard }, { "deallocate", parse_deallocate },
	{ "call", parse_call },
	{ "insert", parse_write }, { "update", parse_write },
	{ "delete", parse_write }, { "replace", parse_write },
	{ "merge", parse_write }, { "truncate", parse_write },
	{ "create", parse_ddl }, { "drop", parse_ddl },
	{ "alter", parse_ddl }, { "grant", parse_write },
	{ "revoke", parse_write }, { "reindex", parse_write },
	{ "vacuum", parse_write }, { "analyze", parse_write },
	{ "comment", parse_write }, { "import", parse_write },
	{ "attach", parse_write }, { "detach", parse_write },
	{ "pragma", parse_write }, { "cluster", parse_write },
	{ "refresh", parse_write }, { "reassign", parse_write },
	{ "security", parse_write }, { "copy", parse_other },
	{ "declare", parse_other }, { "fetch", parse_other },
	{ "move", parse_other }, { "close", parse_other },
	{ "listen", parse_other }, { "unlisten", parse_other },
	{ "notify", parse_other }, { "prepare", parse_prepare },
	{ "execute", parse_execute }, { "explain", parse_other },
	{ "lock", parse_other }, { "do", parse_other },
	{ "load", parse_other }, { "checkpoint", parse_other },
	{ "table", parse_other },
};

static bool
parse_statement(struct sql_stmt *s, struct arena *a, struct err *e)
{
	struct parser p = { s, a, 0, e };
	size_t i;

	for (i = 0; i < s->tokens.n; i++)
		if (s->tokens.list[i].kind == SQL_TOK_PARAM &&
		    s->tokens.list[i].param > s->nparams)
			s->nparams = s->tokens.list[i].param;
	for (i = 0; i < ARRAY_LEN(verbs); i++)
		if (is(&p, verbs[i].word))
			return verbs[i].parse(&p);
	return unexpected(&p);
}

bool
sql_stmts_parse(struct slice sql, struct arena *a, struct sql_stmts *out,
    struct err *e)
{
	struct sql_tokens all;
	size_t i, start = 0, cap = 0;

	*out = (struct sql_stmts){ NULL, 0 };
	if (!sql_lex(sql, a, &all, e))
		return false;
	for (i = 0; i <= all.n; i++) {
		struct sql_stmt *s;

		if (i < all.n && !sql_token_is(&all, i, ";"))
			continue;
		if (i > start) {
			out->list = arena_grow(a, out->list, out->n, &cap,
			    sizeof(*out->list));
			s = &out->list[out->n++];
			*s = (struct sql_stmt){ .tokens = { sql,
			    all.list + start, i - start } };
			if (!parse_statement(s, a, e))
				return false;
		}
		start = i + 1;
	}
	return true;
}

bool
sql_stmt_is_quick(const struct sql_stmt *s)
{
	const struct sql_tokens *t = &s->tokens;
	size_t i, selects = 0;
	bool bounded = false, joins = false;

	if (s->kind == SQL_CALL || s->kind == SQL_EXECUTE ||
	    s->kind == SQL_ROLE)
		return false;
	if (s->kind == SQL_BACKUP)
		return !sql_backup_is_long(s);
	if (s->kind != SQL_QUERY)
		return true;
	for (i = 0; i < t->n; i++) {
		selects += sql_token_is(t, i, "select");
		joins |= sql_token_is(t, i, "join") ||
		    sql_token_is(t, i, "recursive") ||
		    sql_token_is(t, i, "union");
		/* search(...), or a key compared with a value */
		if ((sql_token_is(t, i, "search") ||
		    sql_token_is(t, i, "search_explain")) &&
		    sql_token_is(t, i + 1, "("))
			bounded = true;
		if ((sql_token_is(t, i, "id") ||
		    sql_token_is(t, i, "entry_id") ||
		    sql_token_is(t, i, "revision")) &&
		    sql_token_is(t, i + 1, "="))
			bounded = true;
		if (sql_token_is(t, i, "from"))
			selects += 100;
	}
	/* without FROM nothing is read; else one SELECT with a bound */
	return !joins && (selects < 100 ? selects <= 1 :
	    selects <= 101 && bounded);
}
