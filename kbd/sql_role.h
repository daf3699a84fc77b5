/*
 * sql_role.h - statements about roles.
 *
 *   CREATE ROLE|USER name [WITH] option ...
 *   ALTER ROLE|USER name [WITH] option ...
 *   DROP ROLE|USER [IF EXISTS] name, ...
 *   CALL create_role(name [, level [, password [, valid_until
 *	[, connection_limit]]]])
 *   CALL alter_role(the same), CALL drop_role(name)
 *
 *   option: PASSWORD 'text'|NULL, VALID UNTIL 'time', CONNECTION LIMIT n,
 *	LOGIN, NOLOGIN, SUPERUSER (is admin), NOSUPERUSER,
 *	IN ROLE viewer|editor|admin
 *
 * A CALL returns one row: role, level. Changes are durable at once and no
 * part of a transaction, so they are refused inside one.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_SQL_ROLE_H
#define KBD_SQL_ROLE_H

#include "kbd/authdb.h"
#include "kbd/pg_msg.h"
#include "kbd/pg_type.h"
#include "kbd/sql_stmt.h"

struct arena;
struct roles;

#define SQL_ROLE_COLUMNS 2

enum sql_role_verb { SQL_ROLE_CREATE, SQL_ROLE_ALTER, SQL_ROLE_DROP };

struct sql_role {
	enum sql_role_verb verb;
	bool is_call;
	bool if_exists;
	struct slice *names;	/* one, but for DROP */
	size_t nnames;
	struct role_change change;
	struct slice password;	/* as given; ptr NULL: none was */
};

/* The columns of a CALL. */
extern const struct pg_column sql_role_columns[SQL_ROLE_COLUMNS];

/* Is it a CALL of one of ours? By its name. */
bool sql_role_is_call(struct slice procedure);

/* CommandComplete's tag, and the type of each parameter. */
const char *sql_role_tag(const struct sql_stmt *s);
void sql_role_params(const struct sql_stmt *s, uint32_t *params);

/*
 * Read the statement. values may be NULL while they are not known: then only
 * the grammar is checked. The arena owns *out.
 */
bool sql_role_read(const struct sql_stmt *s, const struct pg_value *values,
    size_t nvalues, struct arena *a, struct sql_role *out, struct err *e)
    MUST_CHECK;

/*
 * Do it. caller asks; an admin may do all, others may change their own
 * password. Takes a while: a worker's thread. *level is of the role then.
 */
bool sql_role_run(struct sql_role *r, struct roles *roles,
    struct slice caller, bool is_admin, enum role_level *level,
    struct err *e) MUST_CHECK;

#endif
