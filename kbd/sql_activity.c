/*
 * sql_activity.c - kb_stat_activity, kb_roles, audit, searches; see
 * sql_activity.h.
 *
 * Both are small: a scan copies all rows when it starts, and what the session
 * may not see is left out there.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/sql_activity.h"
#include "common/arena.h"
#include "common/mem.h"
#include "common/str.h"
#include "kbd/activity.h"
#include "kbd/audit.h"
#include "kbd/roles.h"
#include "kbd/sql_db.h"
#include "kbd/sql_session.h"

#include <stdlib.h>
#include <sqlite3.h>

enum relation_kind { ACTIVITY, ROLES, AUDIT, SEARCHES };

struct kind {
	enum relation_kind kind;
	const char *name;
	const char *sql;
};

static const struct kind kinds[] = {
	{ ACTIVITY, "kb_stat_activity", "CREATE TABLE x(pid INTEGER, "
	    "usename TEXT, datname TEXT, application_name TEXT, "
	    "client_addr TEXT, client_port INTEGER, ssl_version TEXT, "
	    "backend_start TEXT, query_start TEXT, state_change TEXT, "
	    "state TEXT, query TEXT)" },
	{ AUDIT, "audit", "CREATE TABLE x(at TEXT, event TEXT, role TEXT, "
	    "address TEXT, object TEXT, detail TEXT)" },
	{ SEARCHES, "searches", "CREATE TABLE x(query TEXT, asked INTEGER, "
	    "unanswered INTEGER, answers INTEGER, first_at TEXT, "
	    "last_at TEXT)" },
	{ ROLES, "kb_roles", "CREATE TABLE x(name TEXT, level TEXT, "
	    "can_login INTEGER, has_password INTEGER, valid_until TEXT, "
	    "connection_limit INTEGER, created_at TEXT, password_at TEXT)" },
};

#define SEARCH_COLUMNS 6

/* A text that people searched for. */
struct search_row {
	struct slice text[SEARCH_COLUMNS];
};

struct aux {
	const struct kind *kind;
	struct sql_db *db;	/* borrowed */
};

struct table {
	sqlite3_vtab base;
	struct aux aux;
};

struct cursor {
	sqlite3_vtab_cursor base;
	const struct aux *aux;
	struct activity_row *rows;	/* owned */
	struct arena arena;		/* owns roles */
	struct role_list roles;
	struct audit_list audit;
	struct search_row *searches;	/* in the arena */
	size_t n, at;
};

static int
x_connect(sqlite3 *sq, void *aux, int argc, const char *const *argv,
    sqlite3_vtab **out, char **err)
{
	struct aux *x = aux;
	struct table *t;
	int rc = sqlite3_declare_vtab(sq, x->kind->sql);

	(void)argc;
	(void)argv;
	(void)err;
	if (rc != SQLITE_OK)
		return rc;
	t = mem_zalloc(sizeof(*t));
	t->aux = *x;
	*out = &t->base;
	return SQLITE_OK;
}

static int
x_disconnect(sqlite3_vtab *t)
{
	free(t);
	return SQLITE_OK;
}

static int
x_best_index(sqlite3_vtab *t, sqlite3_index_info *info)
{
	(void)t;
	info->estimatedRows = 100;
	info->estimatedCost = 100;
	return SQLITE_OK;
}

static int
x_open(sqlite3_vtab *t, sqlite3_vtab_cursor **out)
{
	struct cursor *c = mem_zalloc(sizeof(*c));

	c->aux = &((struct table *)t)->aux;
	arena_init(&c->arena);
	*out = &c->base;
	return SQLITE_OK;
}

static void
forget(struct cursor *c)
{
	free(c->rows);
	c->rows = NULL;
	arena_reset(&c->arena);
	c->n = c->at = 0;
}

static int
x_close(sqlite3_vtab_cursor *vc)
{
	struct cursor *c = (struct cursor *)vc;

	forget(c);
	arena_free(&c->arena);
	free(c);
	return SQLITE_OK;
}

/* All roles, or one's own. */
static bool
list_roles(struct cursor *c, const struct session *s, struct err *e)
{
	struct roles *roles = session_roles(s);
	size_t i;
	bool ok;

	if (roles == NULL)
		return true;
	ok = authdb_role_list(roles_lock(roles), &c->arena, &c->roles, e);
	roles_unlock(roles);
	for (i = 0; ok && i < c->roles.n; i++)
		if (session_is_admin(s) || slice_is(c->roles.roles[i].name,
		    session_role(s)))
			c->roles.roles[c->n++] = c->roles.roles[i];
	return ok;
}

static bool
list_audit(struct cursor *c, const struct session *s, struct err *e)
{
	if (!session_is_admin(s))
		return err_set(e, ERR_DENIED,
		    "42501:permission denied for relation audit");
	if (session_audit(s) == NULL)
		return true;
	if (!audit_read(session_audit(s), &c->arena, &c->audit, e))
		return false;
	c->n = c->audit.n;
	return true;
}

static bool
read_searches(struct cursor *c, sqlite3_stmt *q)
{
	size_t cap = 0;
	int i, rc;

	c->searches = NULL;
	while ((rc = sqlite3_step(q)) == SQLITE_ROW) {
		c->searches = arena_grow(&c->arena, c->searches, c->n, &cap,
		    sizeof(*c->searches));
		for (i = 0; i < SEARCH_COLUMNS; i++)
			c->searches[c->n].text[i] = arena_dup(&c->arena,
			    slice_make(sqlite3_column_text(q, i),
			    (size_t)sqlite3_column_bytes(q, i)));
		c->n++;
	}
	return rc == SQLITE_DONE;
}

/* It holds what people typed. */
static bool
list_searches(struct cursor *c, const struct session *s, struct err *e)
{
	sqlite3_stmt *q = NULL;
	bool ok;

	if (!session_is_admin(s))
		return err_set(e, ERR_DENIED,
		    "42501:permission denied for relation searches");
	ok = sqlite3_prepare_v2(c->aux->db->db, "SELECT query, asked,"
	    " unanswered, answers, first_at, last_at FROM search_tally"
	    " ORDER BY asked DESC, query", -1, &q, NULL) == SQLITE_OK &&
	    read_searches(c, q);
	if (!ok)
		err_set(e, ERR_STORAGE, "could not read what was searched "
		    "for: %s", sqlite3_errmsg(c->aux->db->db));
	sqlite3_finalize(q);
	return ok;
}

static bool
list(struct cursor *c, const struct session *s, struct err *e)
{
	switch (c->aux->kind->kind) {
	case ROLES:
		return list_roles(c, s, e);
	case AUDIT:
		return list_audit(c, s, e);
	case SEARCHES:
		return list_searches(c, s, e);
	case ACTIVITY:
		break;
	}
	if (session_activity(s) != NULL)
		c->n = activity_list(session_activity(s), &c->rows);
	return true;
}

static int
x_filter(sqlite3_vtab_cursor *vc, int n, const char *text, int argc,
    sqlite3_value **argv)
{
	struct cursor *c = (struct cursor *)vc;
	const struct session *s = c->aux->db->session;
	struct err e = ERR_INIT;

	(void)n;
	(void)text;
	(void)argc;
	(void)argv;
	forget(c);
	if (s == NULL)
		return SQLITE_OK;
	if (list(c, s, &e))
		return SQLITE_OK;
	vc->pVtab->zErrMsg = sqlite3_mprintf("%s", e.msg);
	return SQLITE_ERROR;
}

static int
x_next(sqlite3_vtab_cursor *vc)
{
	((struct cursor *)vc)->at++;
	return SQLITE_OK;
}

static int
x_eof(sqlite3_vtab_cursor *vc)
{
	struct cursor *c = (struct cursor *)vc;

	return c->at >= c->n;
}

/* "" is NULL. */
static void
put(sqlite3_context *x, struct slice s)
{
	if (s.len != 0)
		sqlite3_result_text(x, s.ptr, (int)s.len, SQLITE_TRANSIENT);
}

/* 0 is NULL. */
static void
put_time(sqlite3_context *x, int64_t real_us)
{
	char text[CLOCK_TEXT_SIZE];

	if (real_us == 0)
		return;
	clock_text(real_us, text);
	put(x, slice_of(text));
}

static void
activity_column(sqlite3_context *x, const struct cursor *c, int column)
{
	const struct activity_row *r = &c->rows[c->at];
	const struct session *s = c->aux->db->session;
	const char *const texts[] = { NULL, r->role, r->database,
		r->application, r->address, NULL, r->tls, NULL, NULL, NULL,
		activity_state_name(r->state), r->query };
	const int64_t times[] = { r->backend_start, r->query_start,
		r->state_change };

	if (column == 0)
		sqlite3_result_int64(x, r->pid);
	else if (column == 5 && r->address[0] != '\0')
		sqlite3_result_int64(x, r->port);
	else if (column >= 7 && column <= 9)
		put_time(x, times[column - 7]);
	else if (column == 11 && (s == NULL || (!session_is_admin(s) &&
	    strcmp(r->role, session_role(s)) != 0)))
		put(x, SLICE("<insufficient privilege>"));
	else if (column < (int)ARRAY_LEN(texts) && texts[column] != NULL)
		put(x, slice_of(texts[column]));
}

static void
role_column(sqlite3_context *x, const struct role *r, int column)
{
	switch (column) {
	case 0:
		put(x, r->name);
		break;
	case 1:
		put(x, slice_of(role_level_name(r->level)));
		break;
	case 2:
		sqlite3_result_int(x, r->can_login);
		break;
	case 3:
		sqlite3_result_int(x, r->verifier.len != 0);
		break;
	case 4:
		put(x, r->valid_until);
		break;
	case 5:
		sqlite3_result_int(x, r->connection_limit);
		break;
	case 6:
		put(x, r->created_at);
		break;
	case 7:
		put(x, r->password_at);
		break;
	}
}

static void
audit_column(sqlite3_context *x, const struct audit_row *r, int column)
{
	const struct slice texts[] = { r->at, r->event, r->role, r->address,
		r->object, r->detail };

	if (column >= 0 && column < (int)ARRAY_LEN(texts))
		put(x, texts[column]);
}

static void
search_column(sqlite3_context *x, const struct search_row *r, int column)
{
	int64_t n = 0;

	if (column < 1 || column > 3)
		put(x, r->text[column]);
	else if (str_int(r->text[column], 0, INT64_MAX, &n))
		sqlite3_result_int64(x, n);
}

static int
x_column(sqlite3_vtab_cursor *vc, sqlite3_context *x, int column)
{
	struct cursor *c = (struct cursor *)vc;

	if (c->aux->kind->kind == ROLES)
		role_column(x, &c->roles.roles[c->at], column);
	else if (c->aux->kind->kind == SEARCHES)
		search_column(x, &c->searches[c->at], column);
	else if (c->aux->kind->kind == AUDIT)
		audit_column(x, &c->audit.rows[c->at], column);
	else
		activity_column(x, c, column);
	return SQLITE_OK;
}

static int
x_rowid(sqlite3_vtab_cursor *vc, sqlite3_int64 *out)
{
	*out = (sqlite3_int64)((struct cursor *)vc)->at;
	return SQLITE_OK;
}

static const sqlite3_module module = {
	.iVersion = 0,
	.xConnect = x_connect,
	.xBestIndex = x_best_index,
	.xDisconnect = x_disconnect,
	.xOpen = x_open,
	.xClose = x_close,
	.xFilter = x_filter,
	.xNext = x_next,
	.xEof = x_eof,
	.xColumn = x_column,
	.xRowid = x_rowid,
};

bool
sql_activity_register(struct sql_db *db, struct err *e)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(kinds); i++) {
		struct aux *aux = mem_zalloc(sizeof(*aux));

		*aux = (struct aux){ &kinds[i], db };
		if (sqlite3_create_module_v2(db->db, kinds[i].name, &module,
		    aux, free) != SQLITE_OK)
			return err_set(e, ERR_STORAGE,
			    "could not register %s: %s", kinds[i].name,
			    sqlite3_errmsg(db->db));
	}
	return true;
}
