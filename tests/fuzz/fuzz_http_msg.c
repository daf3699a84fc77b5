/*
 * fuzz_http_msg.c - any bytes as HTTP requests, one after the other.
 *
 * What is taken must be a request that can be written down again and read
 * the same; how the bytes were cut must not matter.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "tests/fuzz/replay.h"

#include <stdint.h>
#include <stdlib.h>

#include "common/arena.h"
#include "common/buf.h"
#include "common/str.h"
#include "kbd/http_msg.h"

#define BODY_MAX 1000

const char *const fuzz_seeds[] = {
	"GET /q/CPU+100%25?a=b HTTP/1.1\r\nHost: kb:7443\r\n\r\n",
	"POST /login HTTP/1.1\r\nHost: [::1]\r\nContent-Length: 7\r\n\r\na=b&c=d"
	"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
	"PUT /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
	"Expect: 100-continue\r\n\r\n3;x=y\r\nabc\r\n0\r\nT: u\r\n\r\n",
	"HEAD /%e6%95%b0 HTTP/1.1\r\nhost: a.b\r\nAccept-Language: zh\r\n\r\n",
	NULL
};

static void
must_explain(const struct http_bad *bad)
{
	if (bad->status < 400 || bad->status > 599 || bad->why == NULL ||
	    *http_reason(bad->status) == 'U')
		abort();
}

static void
check_head(const struct http_head *h, struct arena *a)
{
	if (h->path.len == 0 || h->path.ptr[0] != '/' ||
	    utf8_check(h->path) != h->path.len ||
	    h->target.len > HTTP_TARGET_MAX ||
	    (h->minor == 1 && h->host.len == 0) ||
	    (h->is_chunked && h->length != 0) ||
	    (h->length != 0 && (h->method & (HTTP_POST | HTTP_PUT)) == 0))
		abort();
	(void)http_field(h->query, "a", a);
}

/* The body twice: at once and byte by byte. */
static size_t
check_body(const struct http_head *h, struct slice in)
{
	struct buf whole = BUF_INIT, bytes = BUF_INIT;
	struct http_bad bad = { 0, NULL };
	enum http_next next, one = HTTP_MORE;
	struct http_body b;
	size_t used, at = 0, n;

	http_body_begin(&b, h);
	next = http_body_next(&b, in, BODY_MAX, &whole, &used, &bad);
	if (next == HTTP_BAD)
		must_explain(&bad);
	if (whole.len > BODY_MAX || used > in.len)
		abort();
	http_body_begin(&b, h);
	do {
		one = http_body_next(&b, slice_sub(in, at, at + 1), BODY_MAX,
		    &bytes, &n, &bad);
		at += n;
	} while (one == HTTP_MORE && at < in.len);
	if (one != next || (next == HTTP_DONE && (at != used ||
	    !slice_eq(buf_slice(&whole), buf_slice(&bytes)))))
		abort();
	buf_free(&whole);
	buf_free(&bytes);
	return next == HTTP_DONE ? used : in.len;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice in = slice_make(data, size);
	struct arena a = ARENA_INIT;
	struct http_bad bad = { 0, NULL };
	enum http_next next = HTTP_DONE;
	struct http_head h;
	size_t used;

	while (in.len != 0 && next == HTTP_DONE) {
		next = http_head_next(in, &a, &h, &used, &bad);
		if (next == HTTP_BAD)
			must_explain(&bad);
		if (next != HTTP_DONE)
			break;
		check_head(&h, &a);
		in = slice_sub(in, used, in.len);
		in = slice_sub(in, check_body(&h, in), in.len);
	}
	arena_free(&a);
	return 0;
}
