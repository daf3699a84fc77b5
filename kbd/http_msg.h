/*
 * http_msg.h - HTTP/1.1 requests out of bytes: strict, pure, bounded.
 *
 * What two readers could understand in two ways is refused, since a proxy in
 * front of us may be the other one: bare line feeds, folded or odd header
 * lines, two lengths, a length beside chunks, a body where none belongs.
 *
 *   400 and close  malformed, or ambiguous        414  target too long
 *   501            a method or coding unknown      431  head too long
 *   505            another version                 417  an odd Expect
 *
 * A head is taken when it is whole; "more" consumes nothing. A body is taken
 * as it comes. Slices of a head are views of the input or live in the arena.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_HTTP_MSG_H
#define KBD_HTTP_MSG_H

#include <stdint.h>

#include "common/slice.h"

struct arena;
struct buf;

#define HTTP_HEAD_MAX (16u * 1024)	/* bytes of a head */
#define HTTP_TARGET_MAX 2048		/* bytes of a target */
#define HTTP_HEADERS_MAX 64
#define HTTP_EXTENSION_MAX 256		/* bytes behind a chunk's size */
#define HTTP_TRAILER_MAX 1024

enum http_next { HTTP_MORE, HTTP_BAD, HTTP_DONE };

enum http_method {
	HTTP_GET = 1,
	HTTP_HEAD = 2,
	HTTP_POST = 4,
	HTTP_PUT = 8,
	HTTP_DELETE = 16
};

struct http_header {
	struct slice name, value;
};

struct http_head {
	enum http_method method;
	unsigned minor;			/* HTTP/1.minor */
	struct slice target;		/* as it came: "/q/a+b?c" */
	struct slice path;		/* decoded, UTF-8: "/q/a+b" */
	struct slice query;		/* behind "?", not decoded */
	struct slice host;		/* with its port; "" only in 1.0 */
	struct http_header headers[HTTP_HEADERS_MAX];
	size_t nheaders;
	uint64_t length;		/* of the body */
	bool is_chunked;		/* the length is not known */
	bool keep_alive;
	bool wants_continue;
};

/* Why a request is refused. */
struct http_bad {
	int status;
	const char *why;		/* for the log and the reader */
};

/*
 * Take a head from the start of `in`; *used is its length. HTTP_MORE when it
 * is not all there, and cannot be wrong so far as that shows.
 */
enum http_next http_head_next(struct slice in, struct arena *a,
    struct http_head *out, size_t *used, struct http_bad *bad);

/* The value of a header, by its name in any case; NULL ptr: not there. The
   first, when there are several. */
struct slice http_header(const struct http_head *h, const char *name);

/* Whether a list like "gzip, br" has the token; with ";q=0" it has not. */
bool http_list_has(struct slice list, const char *token);

/* A body that is being read. */
struct http_body {
	int state;
	uint64_t left;		/* of the body, or of this chunk */
	unsigned count;		/* digits, bytes of an extension, trailer */
	uint64_t size;		/* bytes taken so far */
};

void http_body_begin(struct http_body *b, const struct http_head *h);

/*
 * Take what there is of the body; *used bytes of `in` are done, also before
 * HTTP_MORE. Past max bytes it is HTTP_BAD with 413.
 */
enum http_next http_body_next(struct http_body *b, struct slice in,
    uint64_t max, struct buf *out, size_t *used, struct http_bad *bad);

/*
 * The value of a field in "a=1&b=2" (a query or a form), decoded: "+" is a
 * space. NULL ptr when it is not there, or is no text: UTF-8 without NUL.
 */
struct slice http_field(struct slice form, const char *name, struct arena *a);

/* "%41" and, with plus, "+" decoded; false for what is no such text. */
bool http_decode(struct slice s, bool plus, struct arena *a,
    struct slice *out);

const char *http_method_name(enum http_method m);
const char *http_reason(int status);

#endif
