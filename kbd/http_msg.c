/*
 * http_msg.c - HTTP/1.1 requests out of bytes; see http_msg.h.
 *
 * RFC 9112, and where it leaves a choice, the stricter one.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/http_msg.h"
#include "common/arena.h"
#include "common/buf.h"
#include "common/str.h"

#define LINE_MAX_BYTES (HTTP_TARGET_MAX + 64)	/* of the request line */
#define CHUNK_DIGITS 8

static const struct {
	enum http_method method;
	const char *name;
} methods[] = {
	{ HTTP_GET, "GET" },
	{ HTTP_HEAD, "HEAD" },
	{ HTTP_POST, "POST" },
	{ HTTP_PUT, "PUT" },
	{ HTTP_DELETE, "DELETE" },
};

const char *
http_method_name(enum http_method m)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(methods); i++)
		if (methods[i].method == m)
			return methods[i].name;
	return "?";
}

const char *
http_reason(int status)
{
	static const struct {
		int status;
		const char *reason;
	} rows[] = {
		{ 100, "Continue" }, { 200, "OK" }, { 201, "Created" },
		{ 204, "No Content" }, { 301, "Moved Permanently" },
		{ 302, "Found" }, { 303, "See Other" },
		{ 304, "Not Modified" }, { 400, "Bad Request" },
		{ 401, "Unauthorized" }, { 403, "Forbidden" },
		{ 404, "Not Found" }, { 405, "Method Not Allowed" },
		{ 406, "Not Acceptable" }, { 408, "Request Timeout" },
		{ 409, "Conflict" }, { 410, "Gone" },
		{ 412, "Precondition Failed" }, { 413, "Content Too Large" },
		{ 414, "URI Too Long" }, { 415, "Unsupported Media Type" },
		{ 417, "Expectation Failed" },
		{ 421, "Misdirected Request" },
		{ 422, "Unprocessable Content" },
		{ 428, "Precondition Required" },
		{ 429, "Too Many Requests" },
		{ 431, "Request Header Fields Too Large" },
		{ 500, "Internal Server Error" }, { 501, "Not Implemented" },
		{ 503, "Service Unavailable" }, { 504, "Gateway Timeout" },
		{ 505, "HTTP Version Not Supported" },
		{ 507, "Insufficient Storage" },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].status == status)
			return rows[i].reason;
	return "Unknown";
}

static bool
refuse(struct http_bad *bad, int status, const char *why)
{
	bad->status = status;
	bad->why = why;
	return false;
}

/* ---- characters ---- */

static bool
is_token_byte(char c)
{
	return ascii_is_alnum(c) || (c != '\0' &&
	    strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static bool
is_token(struct slice s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if (!is_token_byte(s.ptr[i]))
			return false;
	return s.len != 0;
}

static bool
is_value_byte(char c)
{
	return c == '\t' || ((unsigned char)c >= ' ' && c != 0x7f);
}

static int
hex_value(char c)
{
	if (ascii_is_digit(c))
		return c - '0';
	c = ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static struct slice
trim_blanks(struct slice s)
{
	while (s.len != 0 && (s.ptr[0] == ' ' || s.ptr[0] == '\t'))
		s = slice_sub(s, 1, s.len);
	while (s.len != 0 && (s.ptr[s.len - 1] == ' ' ||
	    s.ptr[s.len - 1] == '\t'))
		s.len--;
	return s;
}

/* ---- lines ---- */

enum line { LINE_MORE, LINE_BAD, LINE_OK };

/* The line at *at, ended by CRLF and by nothing else. */
static enum line
next_line(struct slice in, size_t *at, struct slice *line)
{
	struct slice rest = slice_sub(in, *at, in.len);
	const char *lf = rest.len != 0 ? memchr(rest.ptr, '\n', rest.len) :
	    NULL;
	size_t n = lf != NULL ? (size_t)(lf - rest.ptr) : rest.len;
	const char *cr = n != 0 ? memchr(rest.ptr, '\r', n) : NULL;

	if (lf == NULL) {
		/* a CR must be the last byte so far */
		return cr != NULL && cr != rest.ptr + n - 1 ? LINE_BAD :
		    LINE_MORE;
	}
	if (cr == NULL || cr != lf - 1)
		return LINE_BAD;
	*line = slice_sub(rest, 0, n - 1);
	*at += n + 1;
	return LINE_OK;
}

/* ---- the request line ---- */

bool
http_decode(struct slice s, bool plus, struct arena *a, struct slice *out)
{
	char *to = arena_alloc(a, s.len + 1);
	size_t i, n = 0;

	for (i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (c == '%') {
			if (i + 2 >= s.len || hex_value(s.ptr[i + 1]) < 0 ||
			    hex_value(s.ptr[i + 2]) < 0)
				return false;
			c = (char)(hex_value(s.ptr[i + 1]) * 16 +
			    hex_value(s.ptr[i + 2]));
			i += 2;
		} else if (c == '+' && plus) {
			c = ' ';
		}
		if (c == '\0')
			return false;
		to[n++] = c;
	}
	to[n] = '\0';
	*out = slice_make(to, n);
	return utf8_check(*out) == n;
}

/* "." and ".." are for clients to resolve; here they only hide something. */
static bool
has_dots(struct slice path)
{
	struct slice part;

	while (str_split(&path, '/', &part))
		if (slice_is(part, ".") || slice_is(part, ".."))
			return true;
	return false;
}

static bool
has_controls(struct slice s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] < ' ' || s.ptr[i] == 0x7f)
			return true;
	return false;
}

static bool
read_target(struct slice t, struct arena *a, struct http_head *h,
    struct http_bad *bad)
{
	const char *mark = t.len != 0 ? memchr(t.ptr, '?', t.len) : NULL;
	size_t path_len = mark != NULL ? (size_t)(mark - t.ptr) : t.len;
	struct slice decoded;
	size_t i;

	if (t.len > HTTP_TARGET_MAX)
		return refuse(bad, 414, "the target is too long");
	if (t.len == 0 || t.ptr[0] != '/')
		return refuse(bad, 400, "the target is not a path");
	for (i = 0; i < t.len; i++)
		if ((unsigned char)t.ptr[i] <= ' ' || t.ptr[i] == 0x7f ||
		    t.ptr[i] == '#')
			return refuse(bad, 400, "the target has a character "
			    "that must be encoded");
	h->target = t;
	h->query = slice_sub(t, path_len + 1, t.len);
	if (!http_decode(slice_sub(t, 0, path_len), false, a, &h->path) ||
	    !http_decode(h->query, true, a, &decoded))
		return refuse(bad, 400, "the target is not encoded UTF-8");
	if (has_controls(h->path) || has_dots(h->path))
		return refuse(bad, 400, "the path has a part that is not "
		    "allowed");
	return true;
}

static bool
read_method(struct slice name, struct http_head *h, struct http_bad *bad)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(methods); i++) {
		if (slice_is(name, methods[i].name)) {
			h->method = methods[i].method;
			return true;
		}
	}
	return is_token(name) ? refuse(bad, 501, "unknown method") :
	    refuse(bad, 400, "the method is not a word");
}

static bool
read_version(struct slice v, struct http_head *h, struct http_bad *bad)
{
	if (slice_is(v, "HTTP/1.1")) {
		h->minor = 1;
		return true;
	}
	if (slice_is(v, "HTTP/1.0"))
		return true;
	if (v.len == 8 && slice_starts(v, SLICE("HTTP/")) &&
	    ascii_is_digit(v.ptr[5]) && v.ptr[6] == '.' &&
	    ascii_is_digit(v.ptr[7]))
		return refuse(bad, 505, "another version of HTTP");
	return refuse(bad, 400, "the request line has no version");
}

/* Exactly two blanks, which separate three parts. */
static bool
read_request_line(struct slice line, struct arena *a, struct http_head *h,
    struct http_bad *bad)
{
	struct slice part[3], rest = line;
	size_t n = 0;

	while (n < 3 && str_split(&rest, ' ', &part[n]))
		n++;
	if (n != 3 || rest.ptr != NULL)
		return refuse(bad, 400, "the request line has not three "
		    "parts");
	return read_method(part[0], h, bad) &&
	    read_version(part[2], h, bad) && read_target(part[1], a, h, bad);
}

/* ---- headers ---- */

struct slice
http_header(const struct http_head *h, const char *name)
{
	size_t i;

	for (i = 0; i < h->nheaders; i++)
		if (str_ieq(h->headers[i].name, slice_of(name)))
			return h->headers[i].value;
	return slice_make(NULL, 0);
}

bool
http_list_has(struct slice list, const char *token)
{
	struct slice part, name;

	while (str_split(&list, ',', &part)) {
		struct slice rest = trim_blanks(part);

		if (!str_split(&rest, ';', &name) ||
		    !str_ieq(trim_blanks(name), slice_of(token)))
			continue;
		rest = trim_blanks(rest);
		return !str_ieq(rest, SLICE("q=0")) &&
		    !str_ieq(rest, SLICE("q=0.0")) &&
		    !str_ieq(rest, SLICE("q=0.00")) &&
		    !str_ieq(rest, SLICE("q=0.000"));
	}
	return false;
}

static bool
add_header(struct slice line, struct http_head *h, struct http_bad *bad)
{
	const char *colon = memchr(line.ptr, ':', line.len);
	struct slice name, value;
	size_t i;

	if (line.ptr[0] == ' ' || line.ptr[0] == '\t')
		return refuse(bad, 400, "a folded header");
	if (colon == NULL)
		return refuse(bad, 400, "a header without a colon");
	name = slice_sub(line, 0, (size_t)(colon - line.ptr));
	value = trim_blanks(slice_sub(line, name.len + 1, line.len));
	if (!is_token(name))
		return refuse(bad, 400, "the name of a header is not a word");
	for (i = 0; i < value.len; i++)
		if (!is_value_byte(value.ptr[i]))
			return refuse(bad, 400, "a header has a control "
			    "character");
	if (h->nheaders == HTTP_HEADERS_MAX)
		return refuse(bad, 431, "too many headers");
	h->headers[h->nheaders].name = name;
	h->headers[h->nheaders++].value = value;
	return true;
}

static size_t
count_headers(const struct http_head *h, const char *name)
{
	size_t i, n = 0;

	for (i = 0; i < h->nheaders; i++)
		n += str_ieq(h->headers[i].name, slice_of(name));
	return n;
}

/* A name, an IPv4 address or "[IPv6]", and maybe a port. */
static bool
is_authority(struct slice s)
{
	size_t i = 0, digits = 0;

	if (s.len != 0 && s.ptr[0] == '[') {
		for (i = 1; i < s.len && (hex_value(s.ptr[i]) >= 0 ||
		    s.ptr[i] == ':' || s.ptr[i] == '.'); i++)
			;
		if (i == 1 || i == s.len || s.ptr[i++] != ']')
			return false;
	} else {
		while (i < s.len && (ascii_is_alnum(s.ptr[i]) ||
		    strchr("-._", s.ptr[i]) != NULL))
			i++;
		if (i == 0)
			return false;
	}
	if (i == s.len)
		return true;
	if (s.ptr[i++] != ':')
		return false;
	for (; i < s.len && ascii_is_digit(s.ptr[i]); i++)
		digits++;
	return i == s.len && digits >= 1 && digits <= 5;
}

static bool
check_host(struct http_head *h, struct http_bad *bad)
{
	size_t n = count_headers(h, "host");

	if (n > 1 || (n == 0 && h->minor == 1))
		return refuse(bad, 400, "not exactly one Host");
	if (n == 0)
		return true;
	h->host = http_header(h, "host");
	return is_authority(h->host) ||
	    refuse(bad, 400, "the Host is not a name");
}

static bool
check_length(struct http_head *h, struct http_bad *bad)
{
	size_t lengths = count_headers(h, "content-length");
	size_t codings = count_headers(h, "transfer-encoding");
	struct slice coding = http_header(h, "transfer-encoding");
	struct slice text = http_header(h, "content-length");
	int64_t n = 0;
	size_t i;

	if (lengths > 1 || (lengths != 0 && codings != 0))
		return refuse(bad, 400, "more than one length");
	if (codings != 0) {
		if (codings > 1 || h->minor == 0 ||
		    !str_ieq(coding, SLICE("chunked")))
			return refuse(bad, 400, "a transfer coding that is "
			    "not chunked alone");
		h->is_chunked = true;
	}
	for (i = 0; i < text.len; i++)
		if (!ascii_is_digit(text.ptr[i]))
			return refuse(bad, 400, "the length is not a number");
	if (lengths != 0 && !str_int(text, 0, INT64_MAX, &n))
		return refuse(bad, text.len > 18 ? 413 : 400,
		    "the length is not a number");
	h->length = (uint64_t)n;
	if ((h->is_chunked || n != 0) && (h->method & (HTTP_POST |
	    HTTP_PUT)) == 0)
		return refuse(bad, 400, "a body where none belongs");
	return true;
}

static bool
check_connection(struct http_head *h, struct http_bad *bad)
{
	struct slice expect = http_header(h, "expect");
	size_t i;

	h->keep_alive = h->minor == 1;
	for (i = 0; i < h->nheaders; i++) {
		if (!str_ieq(h->headers[i].name, SLICE("connection")))
			continue;
		if (http_list_has(h->headers[i].value, "close"))
			h->keep_alive = false;
		else if (h->minor == 0 && http_list_has(
		    h->headers[i].value, "keep-alive"))
			h->keep_alive = true;
	}
	if (expect.ptr == NULL)
		return true;
	if (!str_ieq(expect, SLICE("100-continue")))
		return refuse(bad, 417, "an expectation that is not known");
	h->wants_continue = h->minor == 1 && (h->is_chunked ||
	    h->length != 0);
	return true;
}

/* ---- heads ---- */

/* What a head that is not whole yet shows already. */
static enum http_next
not_yet(struct slice in, bool in_headers, struct http_bad *bad)
{
	if (!in_headers && in.len > LINE_MAX_BYTES) {
		refuse(bad, 414, "the request line is too long");
		return HTTP_BAD;
	}
	if (in.len >= HTTP_HEAD_MAX) {
		refuse(bad, 431, "the head is too long");
		return HTTP_BAD;
	}
	return HTTP_MORE;
}

static enum http_next
broken_line(struct http_bad *bad)
{
	refuse(bad, 400, "a line that CRLF does not end");
	return HTTP_BAD;
}

/* One empty line in front of a request is left over from a body. */
static size_t
skip_empty_line(struct slice in)
{
	return slice_starts(in, SLICE("\r\n")) ? 2 : 0;
}

enum http_next
http_head_next(struct slice in, struct arena *a, struct http_head *out,
    size_t *used, struct http_bad *bad)
{
	size_t at = skip_empty_line(in);
	struct slice line;
	enum line got;

	*out = (struct http_head){ .minor = 0 };
	got = next_line(in, &at, &line);
	if (got != LINE_OK)
		return got == LINE_BAD ? broken_line(bad) :
		    not_yet(in, false, bad);
	if (line.len > LINE_MAX_BYTES) {
		refuse(bad, 414, "the request line is too long");
		return HTTP_BAD;
	}
	if (!read_request_line(line, a, out, bad))
		return HTTP_BAD;
	while ((got = next_line(in, &at, &line)) == LINE_OK && line.len != 0)
		if (at > HTTP_HEAD_MAX || !add_header(line, out, bad))
			return at > HTTP_HEAD_MAX ? not_yet(in, true, bad) :
			    HTTP_BAD;
	if (got != LINE_OK)
		return got == LINE_BAD ? broken_line(bad) :
		    not_yet(in, true, bad);
	if (at > HTTP_HEAD_MAX)
		return not_yet(in, true, bad);
	if (!check_host(out, bad) || !check_length(out, bad) ||
	    !check_connection(out, bad))
		return HTTP_BAD;
	*used = at;
	return HTTP_DONE;
}

/* ---- bodies ---- */

enum body_state {
	BODY_PLAIN,		/* of a known length */
	BODY_SIZE,		/* digits of a chunk's size */
	BODY_EXTENSION,		/* behind ";", up to CR */
	BODY_SIZE_LF,
	BODY_DATA,
	BODY_DATA_CR,
	BODY_DATA_LF,
	BODY_TRAILER,		/* at the start of a trailer line */
	BODY_TRAILER_LINE,
	BODY_TRAILER_LF,
	BODY_LAST_LF,
	BODY_END
};

void
http_body_begin(struct http_body *b, const struct http_head *h)
{
	*b = (struct http_body){ .left = h->length };
	b->state = h->is_chunked ? BODY_SIZE : h->length != 0 ? BODY_PLAIN :
	    BODY_END;
}

static bool
on_size(struct http_body *b, char c, struct http_bad *bad)
{
	if (hex_value(c) >= 0) {
		if (b->count++ == CHUNK_DIGITS)
			return refuse(bad, 400, "the size of a chunk is too "
			    "long");
		b->left = b->left * 16 + (unsigned)hex_value(c);
		return true;
	}
	if (b->count == 0 || (c != '\r' && c != ';'))
		return refuse(bad, 400, "the size of a chunk is no number");
	b->count = 0;
	b->state = c == ';' ? BODY_EXTENSION : BODY_SIZE_LF;
	return true;
}

static bool
on_extension(struct http_body *b, char c, struct http_bad *bad)
{
	if (c == '\r') {
		b->state = BODY_SIZE_LF;
		b->count = 0;
	} else if (!is_value_byte(c) || b->count++ == HTTP_EXTENSION_MAX) {
		return refuse(bad, 400, "the extension of a chunk");
	}
	return true;
}

static bool
on_trailer(struct http_body *b, char c, struct http_bad *bad)
{
	if (c == '\r')
		b->state = b->state == BODY_TRAILER ? BODY_LAST_LF :
		    BODY_TRAILER_LF;
	else if (!is_value_byte(c) || b->count++ == HTTP_TRAILER_MAX)
		return refuse(bad, 400, "the trailer");
	else
		b->state = BODY_TRAILER_LINE;
	return true;
}

static bool
expect_byte(struct http_body *b, char c, char wanted, int next,
    struct http_bad *bad)
{
	b->state = next;
	return c == wanted || refuse(bad, 400, "the end of a chunk");
}

/* One byte of what is around the data of chunks. */
static bool
on_frame(struct http_body *b, char c, struct http_bad *bad)
{
	switch ((enum body_state)b->state) {
	case BODY_SIZE:
		return on_size(b, c, bad);
	case BODY_EXTENSION:
		return on_extension(b, c, bad);
	case BODY_SIZE_LF:
		return expect_byte(b, c, '\n', b->left != 0 ? BODY_DATA :
		    BODY_TRAILER, bad);
	case BODY_DATA_CR:
		return expect_byte(b, c, '\r', BODY_DATA_LF, bad);
	case BODY_DATA_LF:
		return expect_byte(b, c, '\n', BODY_SIZE, bad);
	case BODY_TRAILER:
	case BODY_TRAILER_LINE:
		return on_trailer(b, c, bad);
	case BODY_TRAILER_LF:
		return expect_byte(b, c, '\n', BODY_TRAILER, bad);
	case BODY_LAST_LF:
		return expect_byte(b, c, '\n', BODY_END, bad);
	case BODY_PLAIN:
	case BODY_DATA:
	case BODY_END:
		break;
	}
	return refuse(bad, 400, "a body out of order");
}

/* As much of the data as there is. */
static bool
take_data(struct http_body *b, struct slice in, uint64_t max,
    struct buf *out, size_t *used, struct http_bad *bad)
{
	size_t n = in.len - *used;

	if (b->left > max || b->size > max - b->left)
		return refuse(bad, 413, "the body is too long");
	if (n > b->left)
		n = (size_t)b->left;
	buf_put(out, in.ptr + *used, n);
	*used += n;
	b->left -= n;
	b->size += n;
	if (b->left == 0)
		b->state = b->state == BODY_PLAIN ? BODY_END : BODY_DATA_CR;
	return true;
}

enum http_next
http_body_next(struct http_body *b, struct slice in, uint64_t max,
    struct buf *out, size_t *used, struct http_bad *bad)
{
	bool ok = true;

	*used = 0;
	while (ok && b->state != BODY_END) {
		if (b->state == BODY_PLAIN || b->state == BODY_DATA) {
			if (*used == in.len && b->left <= max)
				return HTTP_MORE;
			ok = take_data(b, in, max, out, used, bad);
		} else {
			if (*used == in.len)
				return HTTP_MORE;
			ok = on_frame(b, in.ptr[(*used)++], bad);
		}
	}
	return ok ? HTTP_DONE : HTTP_BAD;
}

/* ---- forms ---- */

struct slice
http_field(struct slice form, const char *name, struct arena *a)
{
	struct slice part, key, value;

	while (str_split(&form, '&', &part)) {
		value = part;
		if (!str_split(&value, '=', &key) ||
		    !http_decode(key, true, a, &key) || !slice_is(key, name))
			continue;
		if (value.ptr == NULL)
			value = SLICE("");
		if (!http_decode(value, true, a, &value))
			return slice_make(NULL, 0);
		return value;
	}
	return slice_make(NULL, 0);
}
