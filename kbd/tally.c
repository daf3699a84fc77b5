/*
 * tally.c - how many of each; see tally.h.
 *
 * A list: what is counted is bounded by max_connections.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/tally.h"
#include "common/mem.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct count {
	char key[TALLY_KEY_MAX];
	size_t len;
	long n;
};

struct tally {
	pthread_mutex_t lock;
	struct count *list;		/* owned */
	size_t n, cap;
};

struct tally *
tally_new(void)
{
	struct tally *t = mem_zalloc(sizeof(*t));

	pthread_mutex_init(&t->lock, NULL);
	return t;
}

void
tally_destroy(struct tally *t)
{
	if (t == NULL)
		return;
	pthread_mutex_destroy(&t->lock);
	free(t->list);
	free(t);
}

static struct count *
find(struct tally *t, struct slice key)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		if (slice_eq(key, slice_make(t->list[i].key, t->list[i].len)))
			return &t->list[i];
	return NULL;
}

static struct slice
cut(struct slice key)
{
	return key.len > TALLY_KEY_MAX ? slice_sub(key, 0, TALLY_KEY_MAX) : key;
}

bool
tally_take(struct tally *t, struct slice key, long max)
{
	struct count *c;
	bool ok;

	key = cut(key);
	pthread_mutex_lock(&t->lock);
	c = find(t, key);
	ok = (c != NULL ? c->n : 0) < max;
	if (ok && c == NULL) {
		t->list = mem_grow(t->list, t->n, &t->cap, sizeof(*t->list));
		c = &t->list[t->n++];
		memcpy(c->key, key.ptr, key.len);
		c->len = key.len;
		c->n = 0;
	}
	if (ok)
		c->n++;
	pthread_mutex_unlock(&t->lock);
	return ok;
}

void
tally_give(struct tally *t, struct slice key)
{
	struct count *c;

	pthread_mutex_lock(&t->lock);
	c = find(t, cut(key));
	if (c != NULL && --c->n == 0)
		*c = t->list[--t->n];
	pthread_mutex_unlock(&t->lock);
}
