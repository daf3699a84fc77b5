/*
 * login_limit.c - how often somebody may guess; see login_limit.h.
 *
 * For each address the time at which its failures are forgotten: each adds
 * LOGIN_LIMIT_EACH_MS to it. A table of fixed size; when an address finds no
 * place, the one that is forgotten first makes room.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/login_limit.h"
#include "common/mem.h"
#include "common/str.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define PLACES 4096
#define PROBES 8
#define BURST_MS ((int64_t)LOGIN_LIMIT_BURST * LOGIN_LIMIT_EACH_MS)

struct place {
	char address[48];
	int64_t free_ms;	/* when nothing is counted any more */
};

struct login_limit {
	pthread_mutex_t lock;
	struct place places[PLACES];
};

struct login_limit *
login_limit_new(void)
{
	struct login_limit *l = mem_zalloc(sizeof(*l));

	pthread_mutex_init(&l->lock, NULL);
	return l;
}

void
login_limit_destroy(struct login_limit *l)
{
	if (l == NULL)
		return;
	pthread_mutex_destroy(&l->lock);
	free(l);
}

/* The place of an address, or with `make` one for it; NULL: it has none. */
static struct place *
find(struct login_limit *l, const char *address, bool make)
{
	size_t start = str_hash(slice_of(address)) % PLACES, i;
	struct place *first = NULL;

	for (i = 0; i < PROBES; i++) {
		struct place *p = &l->places[(start + i) % PLACES];

		if (strcmp(p->address, address) == 0)
			return p;
		if (first == NULL || p->free_ms < first->free_ms)
			first = p;
	}
	if (!make)
		return NULL;
	snprintf(first->address, sizeof(first->address), "%s", address);
	first->free_ms = 0;
	return first;
}

int
login_limit_wait_s(struct login_limit *l, const char *address,
    int64_t now_ms)
{
	const struct place *p;
	int64_t over = 0;

	pthread_mutex_lock(&l->lock);
	p = find(l, address, false);
	if (p != NULL)
		over = p->free_ms - now_ms - BURST_MS + LOGIN_LIMIT_EACH_MS;
	pthread_mutex_unlock(&l->lock);
	return over > 0 ? (int)((over + 999) / 1000) : 0;
}

void
login_limit_failed(struct login_limit *l, const char *address,
    int64_t now_ms)
{
	struct place *p;

	pthread_mutex_lock(&l->lock);
	p = find(l, address, true);
	p->free_ms = (p->free_ms > now_ms ? p->free_ms : now_ms) +
	    LOGIN_LIMIT_EACH_MS;
	pthread_mutex_unlock(&l->lock);
}
