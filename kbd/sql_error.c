/*
 * sql_error.c - SQLite's errors in PostgreSQL's words; see sql_error.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/sql_error.h"
#include "common/log.h"
#include "common/str.h"
#include "kbd/pg_msg.h"
#include "kbd/sql_db.h"
#include "kbd/sql_rewrite.h"

#include <sqlite3.h>

struct message_rule {
	const char *prefix;	/* of SQLite's message */
	const char *sqlstate;
	enum err_code code;
	const char *format;	/* with one %.*s for the rest, or NULL: as is */
};

static const struct message_rule message_rules[] = {
	{ "no such table: ", "42P01", ERR_NOT_FOUND,
	    "relation \"%.*s\" does not exist" },
	{ "vtable constructor failed: ", "42P01", ERR_NOT_FOUND,
	    "relation \"%.*s\" does not exist" },
	{ "no such column: ", "42703", ERR_NOT_FOUND,
	    "column \"%.*s\" does not exist" },
	{ "no such function: ", "42883", ERR_NOT_FOUND,
	    "function %.*s does not exist" },
	{ "not authorized to use function: ", "42883", ERR_NOT_FOUND,
	    "function %.*s does not exist" },
	{ "ambiguous column name: ", "42702", ERR_SYNTAX,
	    "column reference \"%.*s\" is ambiguous" },
	{ "wrong number of arguments to function ", "42883", ERR_NOT_FOUND,
	    "wrong number of arguments to function %.*s" },
	{ "incomplete input", "42601", ERR_SYNTAX,
	    "syntax error at end of input%.*s" },
	{ "misuse of aggregate", "42803", ERR_SYNTAX, NULL },
	{ "misuse of window function", "42P20", ERR_SYNTAX, NULL },
	{ "integer overflow", "22003", ERR_INVALID,
	    "bigint out of range%.*s" },
	{ "malformed JSON", "22032", ERR_INVALID, NULL },
	{ "string or blob too big", "54000", ERR_LIMIT, NULL },
	{ "Expression tree is too large", "54001", ERR_LIMIT, NULL },
	{ "parser stack overflow", "54001", ERR_LIMIT, NULL },
	{ "at most 64 tables", "54000", ERR_LIMIT, NULL },
	{ "too many columns", "54011", ERR_LIMIT, NULL },
	{ "too many ", "54000", ERR_LIMIT, NULL },
	{ "no tables specified", "42601", ERR_SYNTAX,
	    "SELECT * with no tables specified is not valid%.*s" },
	{ "no such module", "42P01", ERR_NOT_FOUND,
	    "relation does not exist%.*s" },
};

struct code_rule {
	int code;		/* primary or extended */
	const char *sqlstate;
	enum err_code err;
};

static const struct code_rule code_rules[] = {
	{ SQLITE_BUSY_SNAPSHOT, "40001", ERR_CONFLICT },
	{ SQLITE_NOMEM, "53200", ERR_LIMIT },
	{ SQLITE_FULL, "53100", ERR_STORAGE },
	{ SQLITE_IOERR, "58030", ERR_STORAGE },
	{ SQLITE_CANTOPEN, "58030", ERR_STORAGE },
	{ SQLITE_CORRUPT, "XX001", ERR_STORAGE },
	{ SQLITE_NOTADB, "XX001", ERR_STORAGE },
	{ SQLITE_TOOBIG, "54000", ERR_LIMIT },
	{ SQLITE_BUSY, "55P03", ERR_LIMIT },
	{ SQLITE_LOCKED, "55P03", ERR_LIMIT },
	{ SQLITE_READONLY, "25006", ERR_DENIED },
	{ SQLITE_MISMATCH, "42804", ERR_INVALID },
	{ SQLITE_RANGE, "08P01", ERR_PROTOCOL },
	{ SQLITE_CONSTRAINT, "23000", ERR_INVALID },
};

bool
sql_error_write(struct err *e, const char *what)
{
	err_set(e, ERR_DENIED, "cannot execute %s in a read-only database",
	    what);
	err_hint(e, "Knowledge is changed by procedures: "
	    "CALL save_entry(entry, base_version, markdown, "
	    "message).");
	return pg_err_state(e, "25006");
}

static bool
by_message(struct slice msg, struct err *e)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(message_rules); i++) {
		const struct message_rule *m = &message_rules[i];
		struct slice rest;

		if (!slice_starts(msg, slice_of(m->prefix)))
			continue;
		rest = slice_sub(msg, strlen(m->prefix), msg.len);
		/* ", which starts at ...": nothing of ours in a message */
		if (slice_starts(rest, SLICE("main.")))
			rest = slice_sub(rest, 5, rest.len);
		if (m->format != NULL) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
			err_set(e, m->code, m->format, SLICE_ARG(rest));
#pragma GCC diagnostic pop
		} else {
			err_set(e, m->code, "%.*s", SLICE_ARG(msg));
		}
		pg_err_state(e, m->sqlstate);
		return true;
	}
	return false;
}

/* "22012:division by zero", from our own functions */
static bool
by_prefix(struct slice msg, struct err *e)
{
	char state[6];
	size_t i;

	for (i = 0; i < 5; i++) {
		if (i >= msg.len || !ascii_is_alnum(msg.ptr[i]))
			return false;
		state[i] = msg.ptr[i];
	}
	state[5] = '\0';
	if (msg.len < 6 || msg.ptr[5] != ':')
		return false;
	err_set(e, ERR_INVALID, "%.*s", SLICE_ARG(slice_sub(msg, 6,
	    msg.len)));
	return pg_err_state(e, state) || true;
}

/* near "x": syntax error */
static bool
by_near(struct slice msg, struct err *e)
{
	struct slice tail = SLICE(": syntax error");

	if (!slice_starts(msg, SLICE("near ")) || !slice_ends(msg, tail))
		return false;
	msg = slice_sub(msg, 5, msg.len - tail.len);
	err_set(e, ERR_SYNTAX, "syntax error at or near %.*s", SLICE_ARG(msg));
	return true;
}

static void
by_code(int code, struct slice msg, struct err *e)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(code_rules); i++) {
		const struct code_rule *c = &code_rules[i];

		if (c->code != code && c->code != (code & 0xff))
			continue;
		err_set(e, c->err, "%s", sqlite3_errstr(code));
		if (c->err == ERR_STORAGE)
			log_error("database: %.*s (code %d)", SLICE_ARG(msg),
			    code);
		pg_err_state(e, c->sqlstate);
		return;
	}
	err_set(e, ERR_INVALID, "%.*s", SLICE_ARG(msg));
	pg_err_state(e, "22023");
}

static bool
interrupted(struct sql_db *db, struct err *e)
{
	if (sql_db_check_stop(db, e))
		err_set(e, ERR_CANCELED, "canceling statement");
	return false;
}

static bool
denied(struct sql_db *db, const char *msg, struct err *e)
{
	if (db->saw_write)
		return sql_error_write(e, "a statement that changes data");
	if (strstr(msg, "function") != NULL) {
		err_set(e, ERR_NOT_FOUND, "function %s does not exist",
		    db->denied);
		return pg_err_state(e, "42883");
	}
	if (db->denied[0] == '\0') {
		err_set(e, ERR_DENIED, "permission denied");
		return pg_err_state(e, "42501");
	}
	err_set(e, ERR_NOT_FOUND, "relation \"%s\" does not exist",
	    db->denied);
	return pg_err_state(e, "42P01");
}

bool
sql_error(struct sql_db *db, const struct sql_rewritten *r,
    struct slice original, struct err *e)
{
	int code = sqlite3_extended_errcode(db->db);
	int at = sqlite3_error_offset(db->db);
	struct slice msg = slice_of(sqlite3_errmsg(db->db));

	if ((code & 0xff) == SQLITE_INTERRUPT || db->stopped != NULL)
		return interrupted(db, e);
	if (slice_starts(msg, SLICE("vtable constructor")))
		by_message(msg, e);
	else if ((code & 0xff) == SQLITE_AUTH || db->denied[0] != '\0')
		denied(db, msg.ptr, e);
	else if (!by_prefix(msg, e) && !by_near(msg, e) &&
	    !by_message(msg, e))
		by_code(code, msg, e);
	if (at >= 0 && r != NULL && original.len != 0 && e != NULL)
		e->position = sql_position(original,
		    sql_rewrite_origin(r, (size_t)at));
	return false;
}
