/*
 * sql_memory.c - a quota for each thread's client SQL; see sql_memory.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/sql_memory.h"

#include <sqlite3.h>

static struct sqlite3_mem_methods plain;	/* SQLite's own */

static _Thread_local int64_t used;
static _Thread_local int64_t ceiling;	/* 0: none */

static bool
is_too_much(int64_t more)
{
	return ceiling != 0 && used + more > ceiling;
}

static void *
quota_malloc(int n)
{
	void *p;

	if (is_too_much(n))
		return NULL;
	p = plain.xMalloc(n);
	if (p != NULL)
		used += plain.xSize(p);
	return p;
}

static void
quota_free(void *p)
{
	if (p != NULL)
		used -= plain.xSize(p);
	plain.xFree(p);
}

static void *
quota_realloc(void *p, int n)
{
	int before = plain.xSize(p);
	void *out;

	if (n > before && is_too_much(n - before))
		return NULL;
	out = plain.xRealloc(p, n);
	if (out != NULL)
		used += plain.xSize(out) - before;
	return out;
}

bool
sql_memory_install(struct err *e)
{
	struct sqlite3_mem_methods m;

	if (plain.xMalloc != NULL)
		return true;
	if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &plain) != SQLITE_OK)
		return err_set(e, ERR_STORAGE,
		    "could not read SQLite's memory methods");
	m = plain;
	m.xMalloc = quota_malloc;
	m.xFree = quota_free;
	m.xRealloc = quota_realloc;
	if (sqlite3_config(SQLITE_CONFIG_MALLOC, &m) != SQLITE_OK ||
	    sqlite3_initialize() != SQLITE_OK)
		return err_set(e, ERR_STORAGE,
		    "could not set SQLite's memory methods");
	return true;
}

void
sql_memory_limit(size_t bytes)
{
	ceiling = bytes == 0 ? 0 : (used > 0 ? used : 0) + (int64_t)bytes;
}

int64_t
sql_memory_used(void)
{
	return used;
}
