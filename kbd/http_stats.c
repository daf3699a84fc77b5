/*
 * http_stats.c - counters of the HTTPS side; see http_stats.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/http_stats.h"
#include "common/buf.h"
#include "common/mem.h"

#include <stdatomic.h>
#include <stdlib.h>

static const int bounds_ms[] = { 1, 5, 20, 100, 500, 2000, 10000 };
#define BUCKETS (ARRAY_LEN(bounds_ms) + 1)

struct http_stats {
	_Atomic long connections;
	_Atomic unsigned long accepted;
	_Atomic unsigned long classes[6];	/* by hundreds of the status */
	_Atomic unsigned long buckets[BUCKETS];
	_Atomic unsigned long total_ms, cached;
	_Atomic unsigned long logins, failed_logins;
};

struct http_stats *
http_stats_new(void)
{
	return mem_zalloc(sizeof(struct http_stats));
}

void
http_stats_destroy(struct http_stats *s)
{
	free(s);
}

void
http_stats_connection(struct http_stats *s, int change)
{
	atomic_fetch_add(&s->connections, change);
	if (change > 0)
		atomic_fetch_add(&s->accepted, 1);
}

void
http_stats_count(struct http_stats *s, int status, int64_t ms)
{
	size_t i = 0;

	while (i < ARRAY_LEN(bounds_ms) && ms > bounds_ms[i])
		i++;
	atomic_fetch_add(&s->buckets[i], 1);
	atomic_fetch_add(&s->total_ms, (unsigned long)ms);
	atomic_fetch_add(&s->classes[status / 100 % 6], 1);
}

void
http_stats_cached(struct http_stats *s)
{
	atomic_fetch_add(&s->cached, 1);
}

void
http_stats_login(struct http_stats *s, bool ok)
{
	atomic_fetch_add(ok ? &s->logins : &s->failed_logins, 1);
}

static void
put_head(struct buf *out, const char *name, const char *type,
    const char *help)
{
	buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name,
	    type);
}

static void
put_seconds(const struct http_stats *s, struct buf *out)
{
	unsigned long sum = 0;
	size_t i;

	put_head(out, "kbd_http_request_seconds", "histogram",
	    "Time from the first byte of a request to its reply.");
	for (i = 0; i < BUCKETS; i++) {
		sum += atomic_load(&s->buckets[i]);
		if (i < ARRAY_LEN(bounds_ms))
			buf_printf(out, "kbd_http_request_seconds_bucket{le="
			    "\"%g\"} %lu\n", bounds_ms[i] / 1000.0, sum);
	}
	buf_printf(out, "kbd_http_request_seconds_bucket{le=\"+Inf\"} %lu\n"
	    "kbd_http_request_seconds_sum %g\n"
	    "kbd_http_request_seconds_count %lu\n", sum,
	    (double)atomic_load(&s->total_ms) / 1000, sum);
}

void
http_stats_put(const struct http_stats *s, struct buf *out)
{
	size_t i;

	put_head(out, "kbd_http_connections", "gauge",
	    "HTTPS connections that are open.");
	buf_printf(out, "kbd_http_connections %ld\n",
	    atomic_load(&s->connections));
	put_head(out, "kbd_http_connections_total", "counter",
	    "HTTPS connections that were accepted.");
	buf_printf(out, "kbd_http_connections_total %lu\n",
	    atomic_load(&s->accepted));
	put_head(out, "kbd_http_requests_total", "counter",
	    "Replies by the first digit of their status.");
	for (i = 1; i < ARRAY_LEN(s->classes); i++)
		buf_printf(out, "kbd_http_requests_total{code=\"%zuxx\"} "
		    "%lu\n", i, atomic_load(&s->classes[i]));
	put_head(out, "kbd_http_cached_total", "counter",
	    "Replies that came from the cache.");
	buf_printf(out, "kbd_http_cached_total %lu\n",
	    atomic_load(&s->cached));
	put_head(out, "kbd_http_logins_total", "counter", "Logins by result.");
	buf_printf(out, "kbd_http_logins_total{result=\"ok\"} %lu\n"
	    "kbd_http_logins_total{result=\"failed\"} %lu\n",
	    atomic_load(&s->logins), atomic_load(&s->failed_logins));
	put_seconds(s, out);
}
