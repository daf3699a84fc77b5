/*
 * pg_conn.h - one PostgreSQL client, as a state machine over a connection.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_PG_CONN_H
#define KBD_PG_CONN_H

#include <sys/types.h>

#include "kbd/conn.h"
#include "kbd/jobs.h"
#include "kbd/net.h"

struct activity;
struct pg_cancel_table;
struct audit;
struct roles;
struct tally;
struct settings;

/* What a client needs of the server; outlives every client. */
struct pg_env {
	/* The settings in force, until they are given back. Any thread. */
	const struct settings *(*settings_get)(void *arg);
	void (*settings_put)(void *arg, const struct settings *s);
	/* Run the request; false when the queue is full. */
	bool (*submit)(void *arg, struct job *j);
	/*
	 * jobs_await() and the like; NULL: each request comes through the
	 * loop.
	 */
	bool (*await)(void *arg, struct job *j, int fd,
	    const _Atomic bool *hurry);
	bool (*take_back)(void *arg, struct job *j);
	void (*leave)(void *arg, struct job *j);
	/* One more session? False past max_connections, of which some are
	   kept for admins. Any thread. */
	bool (*session_begin)(void *arg, bool is_admin);
	void (*session_end)(void *arg);
	void (*connection_end)(void *arg);	/* it is freed */
	/* A login starts: false when there are too many; and it ends. */
	bool (*login_begin)(void *arg);
	void (*login_end)(void *arg);
	void *arg;
	struct pg_cancel_table *cancels;
	struct roles *roles;
	struct tally *addresses;	/* connections of each */
	struct tally *role_sessions;	/* sessions of each */
	struct activity *activity;
	struct audit *audit;		/* NULL: none is kept */
	uid_t owner;			/* of the data directory */
	const char *dir;		/* the data directory */
};

/*
 * A new client on bev, which is taken over. Call in the loop's thread. number
 * is of the connection, for the log.
 */
void pg_conn_start(struct conn_set *set, struct bufferevent *bev,
    const struct pg_env *env, const struct net_peer *peer,
    unsigned long number);

#endif
