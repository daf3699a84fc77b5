/*
 * http_stats.h - what the HTTPS side has done, for /metrics. Any thread.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_HTTP_STATS_H
#define KBD_HTTP_STATS_H

#include <stdbool.h>
#include <stdint.h>

struct buf;
struct http_stats;

struct http_stats *http_stats_new(void);
void http_stats_destroy(struct http_stats *s);

void http_stats_connection(struct http_stats *s, int change);
void http_stats_count(struct http_stats *s, int status, int64_t ms);
void http_stats_cached(struct http_stats *s);
void http_stats_login(struct http_stats *s, bool ok);

/* In Prometheus' text format. */
void http_stats_put(const struct http_stats *s, struct buf *out);

#endif
