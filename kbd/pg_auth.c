/*
 * pg_auth.c - from a startup packet to a role; see pg_auth.h.
 *
 * Invariants:
 *   (1) Every connection meets the client rules, also the local ones.
 *   (2) Whether a role exists changes nothing that a stranger can see: an
 *       unknown one, one that may not log in and a wrong password all fail
 *       at the last step of SCRAM with the same words.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/pg_auth.h"
#include "common/buf.h"
#include "common/str.h"
#include "kbd/scram.h"
#include "kbd/secret.h"
#include "kbd/serving.h"

#include <stdio.h>
#include <string.h>

#define ADMIN "admin"
#define DATABASE "kb"

enum { AUTH_SASL = 10, AUTH_SASL_CONTINUE = 11, AUTH_SASL_FINAL = 12 };

static void
copy(char *to, size_t size, struct slice from)
{
	snprintf(to, size, "%.*s", SLICE_ARG(from));
}

bool
pg_auth_start(struct pg_login *l, const struct pg_startup *m, struct err *e)
{
	struct slice user = pg_startup_param(m, "user");
	struct slice database = pg_startup_param(m, "database");
	bool is_owner = l->peer.is_local &&
	    (l->peer.uid == 0 || l->peer.uid == l->owner);

	if (user.len == 0) {
		err_set(e, ERR_DENIED, "no PostgreSQL user name specified in "
		    "startup packet");
		return pg_err_state(e, "28000");
	}
	/* cut as PostgreSQL does it: no name is longer */
	user = slice_sub(user, 0, utf8_cut(user, ROLE_NAME_MAX));
	database = database.len == 0 ? user :
	    slice_sub(database, 0, utf8_cut(database, ROLE_NAME_MAX));
	l->is_owner = is_owner && (slice_is(user, ADMIN) ||
	    (l->peer.name[0] != '\0' && slice_is(user, l->peer.name)));
	copy(l->role.author, sizeof(l->role.author), user);
	copy(l->role.name, sizeof(l->role.name), l->is_owner ? SLICE(ADMIN) :
	    user);
	copy(l->database, sizeof(l->database), slice_eq(database, user) ?
	    SLICE(DATABASE) : database);
	return true;
}

static bool
no_role(const struct pg_login *l, struct err *e)
{
	err_set(e, ERR_DENIED, "role \"%s\" does not exist", l->role.author);
	return pg_err_state(e, "28000");
}

static bool
wrong_password(const struct pg_login *l, struct err *e)
{
	err_set(e, ERR_DENIED, "password authentication failed for user "
	    "\"%s\"", l->role.author);
	return pg_err_state(e, "28P01");
}

/* Proven: is there such a role, may it log in, is that its database? */
static enum pg_auth
admit(struct pg_login *l, const struct role_ask *q, struct err *e)
{
	if (l->is_owner) {
		l->role.level = ROLE_ADMIN;
		l->role.connection_limit = ROLE_LIMIT_NONE;
	} else if (!q->found) {
		return no_role(l, e), PG_AUTH_NO;
	} else if (!q->can_login) {
		err_set(e, ERR_DENIED,
		    "role \"%s\" is not permitted to log in", l->role.author);
		pg_err_state(e, "28000");
		return PG_AUTH_NO;
	}
	if (strcmp(l->database, DATABASE) == 0)
		return PG_AUTH_OK;
	err_set(e, ERR_NOT_FOUND, "database \"%s\" does not exist",
	    l->database);
	err_hint(e, "The database is called \"" DATABASE "\".");
	pg_err_state(e, "3D000");
	return PG_AUTH_NO;
}

static enum pg_auth
peer(struct pg_login *l, const struct role_ask *q, const struct serving *s,
    const struct access_verdict *v, struct err *e)
{
	if (!l->is_owner && (l->peer.name[0] == '\0' ||
	    !access_peer(s->access, v, slice_of(l->peer.name),
	    slice_of(l->role.name)))) {
		err_set(e, ERR_DENIED, "Peer authentication failed for user "
		    "\"%s\"", l->role.author);
		pg_err_state(e, "28000");
		return PG_AUTH_NO;
	}
	return admit(l, q, e);
}

static void
put_auth(struct buf *out, uint32_t kind, struct slice data)
{
	size_t mark = pg_msg_begin(out, 'R');

	buf_put_u32(out, kind);
	buf_put(out, data.ptr, data.len);
	pg_msg_end(out, mark);
}

static enum pg_auth
sasl(struct pg_login *l, const struct role_ask *q, struct slice secret,
    struct buf *out)
{
	struct scram_verifier v;
	struct buf names = BUF_INIT;
	bool genuine = scram_verifier_for(slice_of(l->role.name),
	    q->found ? slice_of(q->verifier) : SLICE(""), secret,
	    SCRAM_ITERATIONS_DEFAULT, &v);

	l->scram = scram_new(&v, genuine && q->found && q->may_login,
	    slice_make((const char *)l->binding, l->binding_len));
	scram_put_mechanisms(l->scram, &names);
	put_auth(out, AUTH_SASL, buf_slice(&names));
	buf_free(&names);
	secret_wipe(&v, sizeof(v));
	return PG_AUTH_MORE;
}

enum pg_auth
pg_auth_begin(struct pg_login *l, const struct role_ask *q,
    const struct serving *s, struct slice secret, struct buf *out,
    struct err *e)
{
	struct access_verdict v;
	struct slice groups[3];
	struct access_client c = { .local = l->peer.is_local,
		.tls = l->is_tls, .addr = l->peer.addr,
		.role = slice_of(l->role.name),
		.database = slice_of(l->database),
		.asked = slice_of(l->database), .groups = groups,
		.interfaces = s->interfaces, .ninterfaces = s->ninterfaces };

	if (q->failed) {
		err_set(e, ERR_STORAGE, "roles cannot be read");
		pg_err_state(e, "58030");
		return PG_AUTH_NO;
	}
	if (l->is_owner || q->found)
		c.ngroups = role_groups(l->is_owner ? ROLE_ADMIN : q->level,
		    groups);
	l->role.level = q->found ? q->level : ROLE_VIEWER;
	l->role.connection_limit = q->found ? q->connection_limit :
	    ROLE_LIMIT_NONE;
	if (!access_check(s->access, &c, &v, e))
		return PG_AUTH_NO;
	l->method = v.method;
	l->rule = v.line;
	switch (v.method) {
	case ACCESS_TRUST:
		l->is_owner = false;	/* nothing was proven */
		return admit(l, q, e);
	case ACCESS_PEER:
		return peer(l, q, s, &v, e);
	case ACCESS_SCRAM:
		l->is_owner = false;
		return sasl(l, q, secret, out);
	case ACCESS_REJECT:
		break;
	}
	err_set(e, ERR_DENIED, "rejected");
	pg_err_state(e, "28000");
	return PG_AUTH_NO;
}

static bool
split(struct pg_login *l, struct slice body, struct slice *data,
    struct err *e)
{
	struct slice mechanism;

	return scram_split_initial(body, &mechanism, data, e) &&
	    scram_choose(l->scram, mechanism, e);
}

enum pg_auth
pg_auth_step(struct pg_login *l, struct slice body, struct buf *out,
    struct err *e)
{
	struct role_ask proven = { .found = true, .can_login = true };
	struct buf answer = BUF_INIT;
	struct slice data = body;
	enum scram_result r = SCRAM_BAD;

	if (l->is_chosen || split(l, body, &data, e)) {
		l->is_chosen = true;
		r = scram_step(l->scram, data, &answer, e);
	}
	if (r == SCRAM_MORE)
		put_auth(out, AUTH_SASL_CONTINUE, buf_slice(&answer));
	else if (r == SCRAM_OK)
		put_auth(out, AUTH_SASL_FINAL, buf_slice(&answer));
	buf_free(&answer);
	switch (r) {
	case SCRAM_MORE:
		return PG_AUTH_MORE;
	case SCRAM_OK:
		/* a role without login is not genuine, so it never gets here */
		return admit(l, &proven, e);
	case SCRAM_BAD:
		break;
	}
	if (e->code == ERR_DENIED)
		wrong_password(l, e);
	return PG_AUTH_NO;
}

void
pg_auth_end(struct pg_login *l)
{
	scram_destroy(l->scram);
	l->scram = NULL;
}
