/*
 * pg_auth.h - from a startup packet to a role.
 *
 *   pg_auth_start   what was asked for, and which role to look up
 *   pg_auth_begin   the client rules decide: in, out, or SASL
 *   pg_auth_step    a SASL message of the client
 *
 * No I/O: the caller looks roles up and sends what is put into buffers. On
 * the local socket root and the data directory's owner are the role "admin",
 * also under their own names.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_PG_AUTH_H
#define KBD_PG_AUTH_H

#include <sys/types.h>

#include "common/err.h"
#include "kbd/net.h"
#include "kbd/pg_msg.h"
#include "kbd/roles.h"
#include "kbd/tls.h"

struct scram;
struct serving;

struct pg_role {
	char name[ROLE_NAME_MAX + 1];	/* "admin" */
	char author[ROLE_NAME_MAX + 1];	/* who signs changes: as asked for */
	enum role_level level;
	int connection_limit;
};

/* One login. */
struct pg_login {
	struct net_peer peer;
	uid_t owner;		/* of the data directory */
	bool is_tls;
	unsigned char binding[TLS_END_POINT_MAX];
	size_t binding_len;
	struct pg_role role;	/* known once it succeeded */
	char database[ROLE_NAME_MAX + 1];	/* as asked for */
	bool is_owner;		/* the owner as admin, no role needed */
	struct scram *scram;	/* owned; while it runs */
	bool is_chosen;		/* the client named a mechanism */
	enum access_method method;
	unsigned rule;		/* line of kbd_hba.conf */
};

enum pg_auth {
	PG_AUTH_OK,		/* l->role is who it is */
	PG_AUTH_MORE,		/* send *out, wait for the client */
	PG_AUTH_NO		/* *e says why, in PostgreSQL's words */
};

/* Read the startup packet; sets the name to look up in l->role.name. */
bool pg_auth_start(struct pg_login *l, const struct pg_startup *m,
    struct err *e) MUST_CHECK;

/* q is the answer about l->role.name; secret is for mock verifiers. */
enum pg_auth pg_auth_begin(struct pg_login *l, const struct role_ask *q,
    const struct serving *s, struct slice secret, struct buf *out,
    struct err *e) MUST_CHECK;

/* The body of a 'p' message. */
enum pg_auth pg_auth_step(struct pg_login *l, struct slice body,
    struct buf *out, struct err *e) MUST_CHECK;

void pg_auth_end(struct pg_login *l);	/* forgets the secrets */

#endif
