/*
 * roles.c - auth.db with a thread of its own; see roles.h.
 *
 * Two locks: `queue` guards the questions, `use` the handle. The thread never
 * holds both.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/roles.h"
#include "common/arena.h"
#include "common/log.h"
#include "common/mem.h"
#include "kbd/secret.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STACK_BYTES (512 * 1024)

struct roles {
	struct authdb *db;		/* owned; under use */
	pthread_mutex_t use, queue;
	pthread_cond_t wake;
	pthread_t thread;
	struct role_ask *first, **last;	/* under queue */
	bool stopping;			/* the same */
	unsigned char secret[AUTHDB_SECRET_SIZE];
};

static void
fill_in(struct role_ask *q, const struct role *role)
{
	char now[CLOCK_TEXT_SIZE];

	clock_now(now);
	q->can_login = role->can_login;
	q->may_login = role_may_login(role, now);
	q->level = role->level;
	q->connection_limit = role->connection_limit;
	if (role->verifier.len < sizeof(q->verifier)) {
		memcpy(q->verifier, role->verifier.ptr, role->verifier.len);
		q->verifier[role->verifier.len] = '\0';
	}
}

static void
look_up(struct roles *r, struct role_ask *q)
{
	struct arena a = ARENA_INIT;
	struct err e = ERR_INIT;
	struct role role;

	q->found = q->can_login = q->may_login = false;
	q->verifier[0] = '\0';
	pthread_mutex_lock(&r->use);
	q->failed = !authdb_role_find(r->db, slice_of(q->name), &a, &role,
	    &q->found, &e);
	pthread_mutex_unlock(&r->use);
	if (q->failed)
		log_err(LOG_LEVEL_ERROR, &e);
	else if (q->found)
		fill_in(q, &role);
	arena_free(&a);
}

static void *
work(void *arg)
{
	struct roles *r = arg;
	struct role_ask *q;

	log_set_context("roles");
	for (;;) {
		pthread_mutex_lock(&r->queue);
		while ((q = r->first) == NULL && !r->stopping)
			pthread_cond_wait(&r->wake, &r->queue);
		if (q != NULL && (r->first = q->next) == NULL)
			r->last = &r->first;
		pthread_mutex_unlock(&r->queue);
		if (q == NULL)
			return NULL;
		look_up(r, q);
		q->answer(q);
	}
}

void
roles_ask(struct roles *r, struct role_ask *q)
{
	q->next = NULL;
	pthread_mutex_lock(&r->queue);
	*r->last = q;
	r->last = &q->next;
	pthread_cond_signal(&r->wake);
	pthread_mutex_unlock(&r->queue);
}

struct slice
roles_secret(const struct roles *r)
{
	return slice_make((const char *)r->secret, sizeof(r->secret));
}

struct authdb *
roles_lock(struct roles *r)
{
	pthread_mutex_lock(&r->use);
	return r->db;
}

void
roles_unlock(struct roles *r)
{
	pthread_mutex_unlock(&r->use);
}

/* A directory that was made before there were roles. */
static bool
open_or_create(const char *path, struct authdb **db, struct err *e)
{
	struct role admin = { .name = SLICE("admin"), .level = ROLE_ADMIN,
		.verifier = SLICE(""), .valid_until = SLICE(""),
		.can_login = true, .connection_limit = ROLE_LIMIT_NONE };

	if (access(path, F_OK) == 0)
		return authdb_open(path, AUTHDB_OPEN, db, e);
	if (!authdb_open(path, AUTHDB_CREATE, db, e))
		return false;
	log_info("made \"%s\" with the role \"admin\"", path);
	return authdb_role_create(*db, &admin, e);
}

static bool
start_thread(struct roles *r, struct err *e)
{
	pthread_attr_t attr;
	int rc;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	rc = pthread_create(&r->thread, &attr, work, r);
	pthread_attr_destroy(&attr);
	return rc == 0 || err_set(e, ERR_SYSTEM, "could not start a thread");
}

static void
destroy(struct roles *r)
{
	authdb_close(r->db);
	pthread_cond_destroy(&r->wake);
	pthread_mutex_destroy(&r->queue);
	pthread_mutex_destroy(&r->use);
	secret_wipe(r->secret, sizeof(r->secret));
	free(r);
}

bool
roles_start(const char *path, struct roles **out, struct err *e)
{
	struct roles *r = mem_zalloc(sizeof(*r));

	r->last = &r->first;
	pthread_mutex_init(&r->use, NULL);
	pthread_mutex_init(&r->queue, NULL);
	pthread_cond_init(&r->wake, NULL);
	if (!open_or_create(path, &r->db, e) ||
	    !authdb_mock_secret(r->db, r->secret, e) || !start_thread(r, e)) {
		destroy(r);
		return false;
	}
	*out = r;
	return true;
}

void
roles_stop(struct roles *r)
{
	if (r == NULL)
		return;
	pthread_mutex_lock(&r->queue);
	r->stopping = true;
	pthread_cond_signal(&r->wake);
	pthread_mutex_unlock(&r->queue);
	pthread_join(r->thread, NULL);
	destroy(r);
}
