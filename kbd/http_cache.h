/*
 * http_cache.h - pages that somebody else had just now.
 *
 * A page for readers who are not logged in depends on its URL, their language
 * and the base. It is kept under the base's generation, read before the page
 * was made, and is never given out under another one. Safe from any thread.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_HTTP_CACHE_H
#define KBD_HTTP_CACHE_H

#include "common/slice.h"

struct http_cache;
struct http_exchange;

struct http_cache *http_cache_new(void);
void http_cache_destroy(struct http_cache *c);

/* Reply from what is kept; false: there is nothing for this request. */
bool http_cache_find(struct http_exchange *x);

/* Keep the reply, if it is one for everybody. */
void http_cache_store(struct http_exchange *x);

/* Give back what http_cache_find() took. */
void http_cache_release(struct http_exchange *x);

/* The reply's body, wherever it is. */
struct slice http_cache_body(const struct http_exchange *x);

#endif
