/*
 * pg_cancel.c - process numbers and secret keys; see pg_cancel.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/pg_cancel.h"
#include "common/mem.h"
#include "kbd/run_control.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/random.h>

struct entry {
	struct pg_cancel_key key;
	struct run_control *control;	/* borrowed */
};

struct pg_cancel_table {
	pthread_mutex_t lock;
	struct entry *list;		/* owned */
	size_t n, cap;
};

struct pg_cancel_table *
pg_cancel_new(void)
{
	struct pg_cancel_table *t = mem_zalloc(sizeof(*t));

	pthread_mutex_init(&t->lock, NULL);
	return t;
}

void
pg_cancel_destroy(struct pg_cancel_table *t)
{
	if (t == NULL)
		return;
	pthread_mutex_destroy(&t->lock);
	free(t->list);
	free(t);
}

/* Without random bytes there is no secret: that is the end. */
static void
random_bytes(void *p, size_t len)
{
	if (getrandom(p, len, 0) != (ssize_t)len)
		abort();
}

static struct entry *
find(struct pg_cancel_table *t, uint32_t pid)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		if (t->list[i].key.pid == pid)
			return &t->list[i];
	return NULL;
}

void
pg_cancel_add(struct pg_cancel_table *t, struct run_control *control,
    size_t key_len, struct pg_cancel_key *out)
{
	out->len = key_len < PG_CANCEL_KEY_LONG ? 4 : PG_CANCEL_KEY_LONG;
	random_bytes(out->key, sizeof(out->key));
	pthread_mutex_lock(&t->lock);
	do {
		random_bytes(&out->pid, sizeof(out->pid));
		out->pid &= INT32_MAX;
	} while (out->pid == 0 || find(t, out->pid) != NULL);
	t->list = mem_grow(t->list, t->n, &t->cap, sizeof(*t->list));
	t->list[t->n++] = (struct entry){ *out, control };
	pthread_mutex_unlock(&t->lock);
}

void
pg_cancel_remove(struct pg_cancel_table *t, uint32_t pid)
{
	struct entry *found;

	pthread_mutex_lock(&t->lock);
	found = find(t, pid);
	if (found != NULL)
		*found = t->list[--t->n];
	pthread_mutex_unlock(&t->lock);
}

/* The time this takes does not depend on where the keys differ. */
static bool
same_key(const struct pg_cancel_key *k, struct slice key)
{
	unsigned diff = 0;
	size_t i;

	if (key.len != k->len)
		return false;
	for (i = 0; i < key.len; i++)
		diff |= k->key[i] ^ (unsigned char)key.ptr[i];
	return diff == 0;
}

bool
pg_cancel_hit(struct pg_cancel_table *t, uint32_t pid, struct slice key)
{
	struct entry *found;
	bool ok;

	pthread_mutex_lock(&t->lock);
	found = find(t, pid);
	ok = found != NULL && same_key(&found->key, key);
	if (ok)
		run_cancel(found->control);
	pthread_mutex_unlock(&t->lock);
	return ok;
}
