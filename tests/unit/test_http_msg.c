/*
 * test_http_msg.c - facts about HTTP requests: what is taken, what is not.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "common/arena.h"
#include "common/buf.h"
#include "kbd/http_msg.h"

static struct arena arena;
static struct http_head head;
static struct http_bad bad;

static enum http_next
parse(const char *bytes, size_t len)
{
	size_t used = 0;
	char *copy = malloc(len + 1);	/* so that overruns show */
	enum http_next next;

	arena_reset(&arena);
	memcpy(copy, bytes, len);
	next = http_head_next(slice_make(arena_dup(&arena, slice_make(copy,
	    len)).ptr, len), &arena, &head, &used, &bad);
	free(copy);
	if (next == HTTP_DONE)
		assert_true(used <= len && used > 0);
	return next;
}

struct row {
	int status;		/* 0: taken */
	const char *bytes;
};

/* The list of protocols.md, one row at least for each rule. */
static const struct row rows[] = {
	{ 0, "GET / HTTP/1.1\r\nHost: kb\r\n\r\n" },
	{ 0, "\r\nGET / HTTP/1.1\r\nHost: kb\r\n\r\n" },
	{ 400, "\r\n\r\nGET / HTTP/1.1\r\nHost: kb\r\n\r\n" },
	{ 0, "GET / HTTP/1.0\r\n\r\n" },
	{ 0, "HEAD /a?b=c HTTP/1.1\r\nhost:[::1]:7443\r\n\r\n" },
	{ 0, "DELETE /a HTTP/1.1\r\nHost: kb\r\nContent-Length: 0\r\n\r\n" },
	{ 0, "PUT /a HTTP/1.1\r\nHost: kb\r\nContent-Length: 3\r\n\r\n" },
	/* Host */
	{ 400, "GET / HTTP/1.1\r\n\r\n" },
	{ 400, "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n" },
	{ 400, "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n" },
	{ 400, "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n" },
	{ 400, "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n" },
	{ 400, "GET / HTTP/1.1\r\nHost:\r\n\r\n" },
	{ 400, "GET / HTTP/1.1\r\nHost: a:\r\n\r\n" },
	{ 400, "GET / HTTP/1.1\r\nHost: a:123456\r\n\r\n" },
	{ 400, "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n" },
	/* methods */
	{ 501, "PROPFIND / HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ 501, "get / HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ 501, "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ 400, "G(T / HTTP/1.1\r\nHost: a\r\n\r\n" },
	/* versions */
	{ 505, "GET / HTTP/1.9\r\nHost: a\r\n\r\n" },
	{ 505, "GET / HTTP/2.0\r\nHost: a\r\n\r\n" },
	{ 400, "GET / HTTP/4294967297.1\r\nHost: a\r\n\r\n" },
	{ 400, "GET / http/1.1\r\nHost: a\r\n\r\n" },
	{ 400, "GET /\r\nHost: a\r\n\r\n" },
	{ 400, "GET / HTTP/1.1 \r\nHost: a\r\n\r\n" },
	/* line ends */
	{ 400, "GET / HTTP/1.1\nHost: a\n\n" },
	{ 400, "GET / HTTP/1.1\r\nHost: a\n\r\n" },
	{ 400, "GET / HTTP/1.1\r\nHost: a\r\n\n" },
	{ 400, "GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n" },
	{ 400, "GET / HTTP/1.1\r\nHost: a\r\r\n\r\n" },
	/* header lines */
	{ 400, "GET / HTTP/1.1\r\nHost : a\r\n\r\n" },
	{ 400, "GET / HTTP/1.1\r\nHost: a\r\nA b: c\r\n\r\n" },
	{ 400, "GET / HTTP/1.1\r\nHost: a\r\n: c\r\n\r\n" },
	{ 400, "GET / HTTP/1.1\r\nHost: a\r\nnothing\r\n\r\n" },
	{ 400, "GET / HTTP/1.1\r\nHost: a\r\n b: c\r\n\r\n" },
	{ 400, "GET / HTTP/1.1\r\n Host: a\r\n\r\n" },
	{ 400, "GET / HTTP/1.1\r\nHost: a\r\nB: c\r\n\td\r\n\r\n" },
	{ 400, "GET / HTTP/1.1\r\nHost: a\r\nB: \x01\r\n\r\n" },
	{ 400, "GET / HTTP/1.1\r\nHost: a\r\nB: \x7f\r\n\r\n" },
	{ 0, "GET / HTTP/1.1\r\nHost: a\r\nB: \xe6\x95\xb0\t x\r\n\r\n" },
	{ 0, "GET / HTTP/1.1\r\nHost: a\r\nB:\r\n\r\n" },
	/* targets */
	{ 400, "GET  / HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ 400, "GET / a HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ 400, "GET /\t HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ 400, "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ 400, "GET * HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ 400, "GET a HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ 400, "GET /#a HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ 400, "GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ 400, "GET /%0a HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ 400, "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ 400, "GET /%4 HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ 400, "GET /%ff HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ 400, "GET /?a=%00 HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ 400, "GET /?a=%e6%95 HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ 400, "GET /../x HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ 400, "GET /a/%2e%2E/x HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ 400, "GET /a/. HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ 0, "GET /a/..b/.c HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ 0, "GET /%e6%95%b0\xe6\x8d\xae?\xe5\xba\x93 HTTP/1.1\r\nHost: a"
	    "\r\n\r\n" },
	{ 400, "GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n" },
	/* lengths */
	{ 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n"
	    "Content-Length: 3\r\n\r\n" },
	{ 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n"
	    "Content-Length: 4\r\n\r\n" },
	{ 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 3\r\n\r\n" },
	{ 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\n" },
	{ 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n" },
	{ 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x3\r\n\r\n" },
	{ 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3 3\r\n\r\n" },
	{ 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n" },
	{ 0, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:  3 \r\n\r\n" },
	{ 413, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: "
	    "99999999999999999999\r\n\r\n" },
	{ 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n" },
	{ 400, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
	    "gzip, chunked\r\n\r\n" },
	{ 400, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n"
	    "\r\n" },
	{ 400, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n" },
	{ 400, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n"
	    "\r\n" },
	{ 400, "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
	    "\r\n" },
	{ 400, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: \"chunked\""
	    "\r\n\r\n" },
	{ 400, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n\r\n" },
	{ 0, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n"
	    "\r\n" },
	{ 400, "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n" },
	{ 400, "HEAD / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
	    "\r\n" },
	{ 400, "DELETE / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n" },
	/* expectations */
	{ 0, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n"
	    "Expect: 100-Continue\r\n\r\n" },
	{ 417, "POST / HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n" },
};

static void
test_each_rule_has_its_answer(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(rows); i++) {
		enum http_next next = parse(rows[i].bytes,
		    strlen(rows[i].bytes));

		if (rows[i].status == 0 ? next != HTTP_DONE :
		    next != HTTP_BAD || bad.status != rows[i].status)
			fail_msg("%s: %d %d %s", rows[i].bytes, next,
			    bad.status, bad.why);
	}
}

static void
test_a_prefix_is_more_or_wrong_already(void **state)
{
	size_t i, n, len;

	(void)state;
	for (i = 0; i < ARRAY_LEN(rows); i++) {
		len = strlen(rows[i].bytes);
		for (n = 0; n < len; n++) {
			enum http_next next = parse(rows[i].bytes, n);

			assert_int_not_equal(next, HTTP_DONE);
			if (rows[i].status == 0)
				assert_int_equal(next, HTTP_MORE);
		}
	}
}

static void
test_a_nul_is_refused(void **state)
{
	static const char value[] = "GET / HTTP/1.1\r\nHost: a\r\nB: \0\r\n\r\n";
	static const char path[] = "GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n";

	(void)state;
	assert_int_equal(parse(value, sizeof(value) - 1), HTTP_BAD);
	assert_int_equal(parse(path, sizeof(path) - 1), HTTP_BAD);
}

static void
fill(struct buf *b, char c, size_t n)
{
	while (n-- > 0)
		buf_putc(b, c);
}

static void
assert_status(const struct buf *b, int status)
{
	assert_int_equal(parse(b->data, b->len), HTTP_BAD);
	assert_int_equal(bad.status, status);
}

static void
test_sizes_are_capped(void **state)
{
	struct buf b = BUF_INIT;
	int i;

	(void)state;
	buf_puts(&b, "GET /");
	fill(&b, 'a', HTTP_TARGET_MAX - 1);
	buf_puts(&b, " HTTP/1.1\r\nHost: a\r\n\r\n");
	assert_int_equal(parse(b.data, b.len), HTTP_DONE);
	buf_reset(&b);
	buf_puts(&b, "GET /");
	fill(&b, 'a', HTTP_TARGET_MAX);
	buf_puts(&b, " HTTP/1.1\r\nHost: a\r\n\r\n");
	assert_status(&b, 414);
	buf_reset(&b);
	fill(&b, 'a', HTTP_TARGET_MAX + 100);
	assert_status(&b, 414);
	buf_reset(&b);
	buf_puts(&b, "GET / HTTP/1.1\r\nHost: a\r\nB: ");
	fill(&b, 'a', HTTP_HEAD_MAX);
	assert_status(&b, 431);
	buf_reset(&b);
	buf_puts(&b, "GET / HTTP/1.1\r\nHost: a\r\n");
	for (i = 0; i < HTTP_HEADERS_MAX; i++)
		buf_puts(&b, "a: b\r\n");
	buf_puts(&b, "\r\n");
	assert_status(&b, 431);
	buf_free(&b);
}

static void
test_a_head_is_understood(void **state)
{
	static const char text[] = "POST /q/%E6%95%B0+b?q=a+b&r=%26 HTTP/1.1\r\n"
	    "Host: kb.example:7443\r\nContent-Length: 5\r\nX-A:  b c \r\n"
	    "Connection: x, Close\r\nExpect: 100-continue\r\n\r\nabcde";

	(void)state;
	assert_int_equal(parse(text, sizeof(text) - 1), HTTP_DONE);
	assert_int_equal(head.method, HTTP_POST);
	assert_string_equal(head.path.ptr, "/q/数+b");
	assert_true(slice_is(head.query, "q=a+b&r=%26"));
	assert_true(slice_is(head.host, "kb.example:7443"));
	assert_true(slice_is(http_header(&head, "x-a"), "b c"));
	assert_null(http_header(&head, "nosuch").ptr);
	assert_int_equal(head.length, 5);
	assert_false(head.keep_alive);
	assert_true(head.wants_continue);
	assert_true(slice_is(http_field(head.query, "q", &arena), "a b"));
	assert_true(slice_is(http_field(head.query, "r", &arena), "&"));
	assert_null(http_field(head.query, "s", &arena).ptr);
	assert_true(slice_is(http_field(SLICE("a&b="), "a", &arena), ""));
	assert_null(http_field(SLICE("a=%ff"), "a", &arena).ptr);
}

static void
test_connections_stay_as_the_version_says(void **state)
{
	(void)state;
	parse("GET / HTTP/1.1\r\nHost: a\r\n\r\n", 27);
	assert_true(head.keep_alive);
	parse("GET / HTTP/1.0\r\n\r\n", 18);
	assert_false(head.keep_alive);
	parse("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", 42);
	assert_true(head.keep_alive);
}

static void
test_lists_know_their_weights(void **state)
{
	(void)state;
	assert_true(http_list_has(SLICE("br, gzip"), "gzip"));
	assert_true(http_list_has(SLICE("GZIP;q=0.5"), "gzip"));
	assert_false(http_list_has(SLICE("gzip;q=0, br"), "gzip"));
	assert_false(http_list_has(SLICE("gzipx"), "gzip"));
	assert_false(http_list_has(slice_make(NULL, 0), "gzip"));
}

/* ---- bodies ---- */

static enum http_next
body(const char *bytes, size_t len, uint64_t length, uint64_t max,
    size_t step, struct buf *out)
{
	struct http_head h = { .length = length, .is_chunked = length == 0 };
	enum http_next next = HTTP_MORE;
	struct http_body b;
	size_t at = 0, used;

	http_body_begin(&b, &h);
	buf_reset(out);
	while (next == HTTP_MORE && at < len) {
		next = http_body_next(&b, slice_make(bytes + at, len - at <
		    step ? len - at : step), max, out, &used, &bad);
		at += used;
		if (next == HTTP_MORE && used == 0)
			return next;
	}
	return next;
}

struct body_row {
	int status;	/* 0: taken; -1: more is needed */
	const char *bytes, *data;
};

static const struct body_row body_rows[] = {
	{ 0, "3\r\nabc\r\n0\r\n\r\n", "abc" },
	{ 0, "0003\r\nabc\r\n0\r\n\r\n", "abc" },
	{ 0, "A;x=\"y\"\r\n0123456789\r\n1\r\n!\r\n0\r\n\r\n",
	    "0123456789!" },
	{ 0, "0\r\nA: b\r\nC: d\r\n\r\n", "" },
	{ -1, "3\r\nabc\r\n0\r\n", "abc" },
	{ -1, "3\r\nab", "ab" },
	{ 400, "0x3\r\nabc\r\n0\r\n\r\n", NULL },
	{ 400, "+3\r\nabc\r\n0\r\n\r\n", NULL },
	{ 400, "-3\r\nabc\r\n0\r\n\r\n", NULL },
	{ 400, " 3\r\nabc\r\n0\r\n\r\n", NULL },
	{ 400, "3 \r\nabc\r\n0\r\n\r\n", NULL },
	{ 400, "\r\nabc\r\n0\r\n\r\n", NULL },
	{ 400, "3\nabc\r\n0\r\n\r\n", NULL },
	{ 400, "3\r\nabcd\r\n0\r\n\r\n", NULL },
	{ 400, "3\r\nabc\n0\r\n\r\n", NULL },
	{ 400, "3\r\nabc0\r\n\r\n", NULL },
	{ 400, "000000003\r\nabc\r\n0\r\n\r\n", NULL },
	{ 400, "3;\x01\r\nabc\r\n0\r\n\r\n", NULL },
	{ 400, "3;a\nabc\r\n0\r\n\r\n", NULL },
	{ 400, "0\r\nA: b\n\r\n", NULL },
	{ 400, "0\r\n\n", NULL },
	{ 413, "ffffffff\r\na", NULL },
	{ 413, "5\r\nabcde\r\n60\r\n0", NULL },
};

static void
test_chunks_are_strict_in_any_portion(void **state)
{
	static const size_t steps[] = { 1, 2, 3, 1000 };
	struct buf out = BUF_INIT;
	size_t i, k;

	(void)state;
	for (i = 0; i < ARRAY_LEN(body_rows); i++) {
		const struct body_row *r = &body_rows[i];

		for (k = 0; k < ARRAY_LEN(steps); k++) {
			enum http_next next = body(r->bytes,
			    strlen(r->bytes), 0, 100, steps[k], &out);

			assert_int_equal(next, r->status == 0 ? HTTP_DONE :
			    r->status < 0 ? HTTP_MORE : HTTP_BAD);
			if (r->status > 0)
				assert_int_equal(bad.status, r->status);
			else
				assert_string_equal(buf_cstr(&out), r->data);
		}
	}
	buf_free(&out);
}

static void
test_chunk_extensions_and_trailers_are_capped(void **state)
{
	struct buf b = BUF_INIT, out = BUF_INIT;

	(void)state;
	buf_puts(&b, "3;");
	fill(&b, 'a', HTTP_EXTENSION_MAX + 1);
	buf_puts(&b, "\r\nabc\r\n0\r\n\r\n");
	assert_int_equal(body(b.data, b.len, 0, 100, 7, &out), HTTP_BAD);
	buf_reset(&b);
	buf_puts(&b, "0\r\na: ");
	fill(&b, 'a', HTTP_TRAILER_MAX + 1);
	buf_puts(&b, "\r\n\r\n");
	assert_int_equal(body(b.data, b.len, 0, 100, 7, &out), HTTP_BAD);
	buf_free(&b);
	buf_free(&out);
}

static void
test_a_plain_body_is_counted(void **state)
{
	struct buf out = BUF_INIT;

	(void)state;
	assert_int_equal(body("abcdef", 6, 5, 100, 2, &out), HTTP_DONE);
	assert_string_equal(buf_cstr(&out), "abcde");
	assert_int_equal(body("abc", 3, 5, 100, 2, &out), HTTP_MORE);
	assert_int_equal(body("abcdef", 6, 101, 100, 2, &out), HTTP_BAD);
	assert_int_equal(bad.status, 413);
	buf_free(&out);
}

static int
teardown(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_rule_has_its_answer),
		cmocka_unit_test(test_a_prefix_is_more_or_wrong_already),
		cmocka_unit_test(test_a_nul_is_refused),
		cmocka_unit_test(test_sizes_are_capped),
		cmocka_unit_test(test_a_head_is_understood),
		cmocka_unit_test(test_connections_stay_as_the_version_says),
		cmocka_unit_test(test_lists_know_their_weights),
		cmocka_unit_test(test_chunks_are_strict_in_any_portion),
		cmocka_unit_test(test_chunk_extensions_and_trailers_are_capped),
		cmocka_unit_test(test_a_plain_body_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
