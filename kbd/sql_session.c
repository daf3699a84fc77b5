/*
 * sql_session.c - a session's life, and what others ask about it.
 *
 * What it is told to do is in sql_message.c; what it keeps for its client in
 * sql_prepared.c and sql_portal.c.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/sql_state.h"
#include "common/mem.h"
#include "kbd/backup.h"

#include <stdlib.h>

struct session *
session_new(const struct session_init *init)
{
	struct session *s = mem_zalloc(sizeof(*s));

	s->role = mem_strdup(init->role);
	s->author = mem_strdup(init->author);
	s->log = mem_strdup(init->log != NULL ? init->log : init->role);
	s->is_admin = init->is_admin;
	s->can_write = init->can_write;
	s->roles = init->roles;
	s->activity = init->activity;
	s->audit = init->audit;
	s->address = mem_strdup(init->address != NULL ? init->address : "");
	s->entry = init->entry;
	s->pid = init->pid;
	s->dir = init->dir;
	s->status = 'I';
	guc_init(&s->guc, init->settings, init->role, init->is_admin);
	return s;
}

void
session_destroy(struct session *s)
{
	if (s == NULL)
		return;
	portals_drop(s);
	statements_drop(s);
	backup_free(s->backup);
	while (s->nsavepoints > 0)
		free(s->savepoints[--s->nsavepoints].name);
	free(s->savepoints);
	free(s->statements);
	free(s->portals);
	free(s->role);
	free(s->author);
	free(s->address);
	free(s->log);
	free(s);
}

bool
session_startup(struct session *s, const struct pg_startup *m, struct err *e)
{
	size_t i;

	for (i = 0; i < m->nparams; i++) {
		const struct pg_param *p = &m->params[i];
		bool ok = true;

		if (slice_is(p->name, "options"))
			ok = guc_set_options(&s->guc, p->value, e);
		else if (slice_is(p->name, "replication") &&
		    !slice_is(p->value, "false"))
			ok = err_set(e, ERR_UNSUPPORTED,
			    "replication is not supported");
		else if (!slice_is(p->name, "user") &&
		    !slice_is(p->name, "database") &&
		    !slice_is(p->name, "replication"))
			ok = guc_set(&s->guc, p->name, p->value, false, e);
		if (!ok)
			return false;
	}
	guc_started(&s->guc);
	return true;
}

void
session_greet(struct session *s, struct buf *b)
{
	guc_report(&s->guc, b);
}

/* ---- what others ask ---- */

bool
session_aborted(const struct session *s, struct err *e)
{
	if (s->status != 'E')
		return false;
	err_set(e, ERR_INVALID, "current transaction is aborted, commands "
	    "ignored until end of transaction block");
	pg_err_state(e, "25P02");
	return true;
}

char
session_status(const struct session *s)
{
	return s->status;
}

bool
session_holds_writer(const struct session *s)
{
	return s->is_writing;
}

int64_t
session_timeout(const struct session *s, const char *name)
{
	return guc_number(&s->guc, name);
}

const char *
session_role(const struct session *s)
{
	return s->role;
}

bool
session_is_admin(const struct session *s)
{
	return s->is_admin;
}

struct roles *
session_roles(const struct session *s)
{
	return s->roles;
}

struct activity *
session_activity(const struct session *s)
{
	return s->activity;
}

struct audit *
session_audit(const struct session *s)
{
	return s->audit;
}

uint32_t
session_pid(const struct session *s)
{
	return s->pid;
}

void
session_set_pid(struct session *s, uint32_t pid)
{
	s->pid = pid;
}

const struct guc *
session_guc(const struct session *s)
{
	return &s->guc;
}

const struct settings *
session_settings(const struct session *s)
{
	return s->settings;
}
