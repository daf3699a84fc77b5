/*
 * http_cache.c - pages that somebody else had just now; see http_cache.h.
 *
 * A hash table under one lock, which is held for a look-up and never for a
 * body's bytes: entries are counted, and immutable. When it is full, it
 * starts over; what is asked for often is back at once.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/http_cache.h"
#include "common/mem.h"
#include "common/str.h"
#include "kbd/http_access.h"
#include "kbd/http_exchange.h"
#include "kbd/http_stats.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#define BUCKETS 1024
#define TOTAL_MAX (16u * 1024 * 1024)
#define BODY_MAX (512u * 1024)
#define KEY_MAX (HTTP_TARGET_MAX + 8)

struct http_cached {
	struct http_cached *next;	/* in its bucket */
	_Atomic int refs;
	uint64_t generation;
	struct buf key;
	bool is_public;			/* needs no right to read */
	struct http_reply reply;
};

struct http_cache {
	pthread_mutex_t lock;
	struct http_cached *buckets[BUCKETS];	/* under the lock */
	size_t total;				/* bytes; the same */
};

static void
unref(struct http_cached *e)
{
	if (e == NULL || atomic_fetch_sub(&e->refs, 1) != 1)
		return;
	buf_free(&e->key);
	buf_free(&e->reply.headers);
	buf_free(&e->reply.body);
	free(e);
}

struct http_cache *
http_cache_new(void)
{
	struct http_cache *c = mem_zalloc(sizeof(*c));

	pthread_mutex_init(&c->lock, NULL);
	return c;
}

/* Under the lock. */
static void
clear(struct http_cache *c)
{
	struct http_cached *e;
	size_t i;

	for (i = 0; i < BUCKETS; i++) {
		while ((e = c->buckets[i]) != NULL) {
			c->buckets[i] = e->next;
			unref(e);
		}
	}
	c->total = 0;
}

void
http_cache_destroy(struct http_cache *c)
{
	if (c == NULL)
		return;
	clear(c);
	pthread_mutex_destroy(&c->lock);
	free(c);
}

/* What a page depends on, besides the base; false: on more than that. */
static bool
make_key(const struct http_exchange *x, char key[KEY_MAX], size_t *len)
{
	if ((x->head.method & (HTTP_GET | HTTP_HEAD)) == 0 ||
	    http_cookie(&x->head, HTTP_SESSION_COOKIE).ptr != NULL ||
	    http_header(&x->head, "authorization").ptr != NULL)
		return false;
	*len = (size_t)snprintf(key, KEY_MAX, "%d%d%d%.*s", (int)x->lang,
	    x->may_gzip, http_list_has(http_header(&x->head, "accept"),
	    "text/html"), SLICE_ARG(x->head.target));
	return *len < KEY_MAX;
}

/* Under the lock: what is there of that key, and is not outdated. */
static struct http_cached *
find(struct http_cache *c, struct slice key, uint64_t generation)
{
	struct http_cached **at = &c->buckets[str_hash(key) % BUCKETS];
	struct http_cached *e;

	while ((e = *at) != NULL && !slice_eq(buf_slice(&e->key), key))
		at = &e->next;
	if (e != NULL && e->generation != generation) {
		*at = e->next;
		c->total -= e->reply.body.len;
		unref(e);
		return NULL;
	}
	if (e != NULL)
		atomic_fetch_add(&e->refs, 1);
	return e;
}

bool
http_cache_find(struct http_exchange *x)
{
	struct http_cache *c = x->env->cache;
	struct http_cached *e;
	char key[KEY_MAX];
	size_t len;

	if (!make_key(x, key, &len))
		return false;
	pthread_mutex_lock(&c->lock);
	e = find(c, slice_make(key, len), x->env->generation(x->env->arg));
	pthread_mutex_unlock(&c->lock);
	if (e == NULL)
		return false;
	if (!e->is_public && !http_access_anonymous(x)) {
		unref(e);
		return false;
	}
	x->cached = e;
	reply_begin(x, e->reply.status, e->reply.type);
	buf_put_slice(&x->reply.headers, buf_slice(&e->reply.headers));
	memcpy(x->reply.etag, e->reply.etag, sizeof(x->reply.etag));
	memcpy(x->reply.modified, e->reply.modified,
	    sizeof(x->reply.modified));
	x->reply.is_gzip = e->reply.is_gzip;
	http_stats_cached(x->env->stats);
	return true;
}

void
http_cache_release(struct http_exchange *x)
{
	unref(x->cached);
	x->cached = NULL;
}

struct slice
http_cache_body(const struct http_exchange *x)
{
	return buf_slice(x->cached != NULL ? &x->cached->reply.body :
	    &x->reply.body);
}

static struct http_cached *
copy_of(const struct http_exchange *x, struct slice key)
{
	struct http_cached *e = mem_zalloc(sizeof(*e));

	atomic_init(&e->refs, 1);
	e->generation = x->generation;
	e->is_public = x->is_public;
	buf_put_slice(&e->key, key);
	e->reply = x->reply;
	e->reply.headers = e->reply.body = BUF_INIT;
	buf_put_slice(&e->reply.headers, buf_slice(&x->reply.headers));
	buf_put_slice(&e->reply.body, buf_slice(&x->reply.body));
	return e;
}

void
http_cache_store(struct http_exchange *x)
{
	struct http_cache *c = x->env->cache;
	struct http_cached *e, *old, **bucket;
	char key[KEY_MAX];
	size_t len;

	if (!x->reply.is_cacheable || x->reply.status != 200 ||
	    x->reply.body.len > BODY_MAX || !make_key(x, key, &len))
		return;
	e = copy_of(x, slice_make(key, len));
	pthread_mutex_lock(&c->lock);
	old = find(c, buf_slice(&e->key), e->generation);
	if (old == NULL) {
		if (c->total + e->reply.body.len > TOTAL_MAX)
			clear(c);
		bucket = &c->buckets[str_hash(buf_slice(&e->key)) % BUCKETS];
		e->next = *bucket;
		*bucket = e;
		c->total += e->reply.body.len;
	}
	pthread_mutex_unlock(&c->lock);
	if (old != NULL)
		unref(e);
	unref(old);
}
