/*
 * activity.c - who is logged in and what runs; see activity.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/activity.h"
#include "common/mem.h"
#include "common/str.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct activity_entry {
	struct activity *table;
	struct activity_entry *next, **link;
	struct activity_row row;	/* under the table's lock */
};

struct activity {
	pthread_mutex_t lock;
	struct activity_entry *first, **last;
	size_t n;
};

struct activity *
activity_new(void)
{
	struct activity *t = mem_zalloc(sizeof(*t));

	pthread_mutex_init(&t->lock, NULL);
	t->last = &t->first;
	return t;
}

void
activity_destroy(struct activity *t)
{
	if (t == NULL)
		return;
	pthread_mutex_destroy(&t->lock);
	free(t);
}

struct activity_entry *
activity_add(struct activity *t, const struct activity_row *row)
{
	struct activity_entry *x = mem_zalloc(sizeof(*x));

	x->table = t;
	x->row = *row;
	x->row.backend_start = x->row.state_change = clock_real_us();
	pthread_mutex_lock(&t->lock);
	x->link = t->last;
	*t->last = x;
	t->last = &x->next;
	t->n++;
	pthread_mutex_unlock(&t->lock);
	return x;
}

void
activity_remove(struct activity_entry *x)
{
	struct activity *t;

	if (x == NULL)
		return;
	t = x->table;
	pthread_mutex_lock(&t->lock);
	*x->link = x->next;
	if (x->next != NULL)
		x->next->link = x->link;
	else
		t->last = x->link;
	t->n--;
	pthread_mutex_unlock(&t->lock);
	free(x);
}

void
activity_state(struct activity_entry *x, enum activity_state state)
{
	if (x == NULL)
		return;
	pthread_mutex_lock(&x->table->lock);
	x->row.state = state;
	x->row.state_change = clock_real_us();
	pthread_mutex_unlock(&x->table->lock);
}

void
activity_query(struct activity_entry *x, struct slice sql,
    const char *application)
{
	size_t len;

	if (x == NULL)
		return;
	len = utf8_cut(sql, ACTIVITY_QUERY_MAX - 1);
	pthread_mutex_lock(&x->table->lock);
	memcpy(x->row.query, sql.ptr, len);
	x->row.query[len] = '\0';
	x->row.query_start = clock_real_us();
	if (strcmp(x->row.application, application) != 0)
		snprintf(x->row.application, sizeof(x->row.application),
		    "%s", application);
	pthread_mutex_unlock(&x->table->lock);
}

size_t
activity_list(struct activity *t, struct activity_row **rows)
{
	struct activity_entry *x;
	size_t n = 0;

	pthread_mutex_lock(&t->lock);
	*rows = mem_calloc(t->n + 1, sizeof(**rows));
	for (x = t->first; x != NULL; x = x->next)
		(*rows)[n++] = x->row;
	pthread_mutex_unlock(&t->lock);
	return n;
}

const char *
activity_state_name(enum activity_state state)
{
	static const char *const names[] = { "idle", "active",
		"idle in transaction", "idle in transaction (aborted)" };

	return names[state];
}
