/*
 * http_reply.c - the reply to a request: head, dates, conditions.
 *
 * Every reply has the headers of fixed[]: nothing is loaded from elsewhere,
 * no script or style stands in a page, no other site may frame it.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/http_exchange.h"
#include "common/str.h"
#include "kbd/http_cache.h"
#include "kbd/serving.h"
#include "kbd/tls.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static const char fixed[] =
    "Content-Security-Policy: default-src 'none'; script-src 'self'; "
    "style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "X-Frame-Options: DENY\r\n"
    "Referrer-Policy: same-origin\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n"
    "Permissions-Policy: camera=(), geolocation=(), microphone=()\r\n";

void
reply_begin(struct http_exchange *x, int status, const char *type)
{
	struct http_reply *r = &x->reply;

	r->status = status;
	r->type = type;
	buf_reset(&r->headers);
	buf_reset(&r->body);
	r->etag[0] = r->modified[0] = '\0';
	r->is_cacheable = r->is_gzip = false;
}

void
reply_header(struct http_exchange *x, const char *name, struct slice value)
{
	struct buf *b = &x->reply.headers;
	size_t i;

	buf_puts(b, name);
	buf_puts(b, ": ");
	for (i = 0; i < value.len; i++)
		if ((unsigned char)value.ptr[i] >= ' ')
			buf_putc(b, value.ptr[i]);
	buf_puts(b, "\r\n");
}

void
reply_redirect(struct http_exchange *x, int status, struct slice path)
{
	reply_begin(x, status, "text/plain; charset=utf-8");
	reply_header(x, "Location", path);
	buf_puts(&x->reply.body, "see ");
	buf_put_slice(&x->reply.body, path);
	buf_putc(&x->reply.body, '\n');
}

void
reply_text(struct http_exchange *x, int status, const char *text)
{
	reply_begin(x, status, "text/plain; charset=utf-8");
	buf_puts(&x->reply.body, text);
	buf_putc(&x->reply.body, '\n');
}

/* ---- dates ---- */

static void
put_date(time_t t, char out[HTTP_DATE_SIZE])
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct tm tm;

	gmtime_r(&t, &tm);
	snprintf(out, HTTP_DATE_SIZE,
	    "%.3s, %02u %.3s %04u %02u:%02u:%02u GMT",
	    days + 3 * (tm.tm_wday % 7), (unsigned)tm.tm_mday % 100,
	    months + 3 * (tm.tm_mon % 12), (unsigned)(tm.tm_year + 1900) %
	    10000, (unsigned)tm.tm_hour % 100, (unsigned)tm.tm_min % 100,
	    (unsigned)tm.tm_sec % 100);
}

void
http_date_now(char out[HTTP_DATE_SIZE])
{
	put_date(time(NULL), out);
}

void
http_date_of(struct slice stored, char out[HTTP_DATE_SIZE])
{
	struct tm tm = { .tm_isdst = 0 };
	char text[CLOCK_TEXT_SIZE];

	snprintf(text, sizeof(text), "%.*s", SLICE_ARG(stored));
	out[0] = '\0';
	if (strptime(text, "%Y-%m-%d %H:%M:%S", &tm) != NULL)
		put_date(timegm(&tm), out);
}

/* ---- conditions ---- */

/* "a", W/"b": weak comparison, as RFC 9110 wants it for GET. */
static bool
list_has_tag(struct slice list, struct slice etag)
{
	struct slice part;

	if (slice_starts(etag, SLICE("W/")))
		etag = slice_sub(etag, 2, etag.len);
	while (str_split(&list, ',', &part)) {
		part = str_trim(part);
		if (slice_starts(part, SLICE("W/")))
			part = slice_sub(part, 2, part.len);
		if (slice_eq(part, etag) || slice_is(part, "*"))
			return true;
	}
	return false;
}

bool
reply_is_known(const struct http_exchange *x)
{
	const struct http_reply *r = &x->reply;
	struct slice tags = http_header(&x->head, "if-none-match");
	struct slice since = http_header(&x->head, "if-modified-since");

	if (r->status != 200 || (x->head.method & (HTTP_GET | HTTP_HEAD)) ==
	    0)
		return false;
	if (tags.ptr != NULL)
		return r->etag[0] != '\0' && list_has_tag(tags,
		    slice_of(r->etag));
	return since.ptr != NULL && r->modified[0] != '\0' &&
	    slice_is(since, r->modified);
}

/* ---- the head ---- */

/*
 * A browser keeps to HTTPS once it was told; a certificate that it has to
 * take on trust, or a name that is only here, is no ground for that.
 */
static bool
wants_strict_transport(const struct http_exchange *x)
{
	struct slice host = x->head.host;

	return x->serving != NULL && x->serving->https != NULL &&
	    !tls_is_self_signed(x->serving->https) && host.len != 0 &&
	    host.ptr[0] != '[' && !ascii_is_digit(host.ptr[0]) &&
	    !slice_starts(host, SLICE("localhost")) &&
	    memchr(host.ptr, '.', host.len) != NULL;
}

static void
put_line(struct buf *out, const char *name, const char *value)
{
	buf_puts(out, name);
	buf_puts(out, ": ");
	buf_puts(out, value);
	buf_puts(out, "\r\n");
}

/* A 304 and a 204 have no body, and no length of one either. */
static void
put_body_lines(const struct http_exchange *x, struct buf *out)
{
	const struct http_reply *r = &x->reply;

	if (r->status == 304 || r->status == 204)
		return;
	if (r->type != NULL)
		put_line(out, "Content-Type", r->type);
	if (r->is_gzip)
		put_line(out, "Content-Encoding", "gzip");
	buf_printf(out, "Content-Length: %zu\r\n", http_cache_body(x).len);
}

void
reply_put_head(const struct http_exchange *x, bool keep, struct buf *out)
{
	const struct http_reply *r = &x->reply;
	char date[HTTP_DATE_SIZE];

	http_date_now(date);
	buf_printf(out, "HTTP/1.1 %d %s\r\n", r->status,
	    http_reason(r->status));
	put_line(out, "Date", date);
	put_body_lines(x, out);
	if (r->etag[0] != '\0')
		put_line(out, "ETag", r->etag);
	if (r->modified[0] != '\0')
		put_line(out, "Last-Modified", r->modified);
	buf_put_slice(out, buf_slice(&r->headers));
	buf_puts(out, fixed);
	if (wants_strict_transport(x))
		put_line(out, "Strict-Transport-Security",
		    "max-age=31536000");
	if (!keep)
		put_line(out, "Connection", "close");
	else if (x->head.minor == 0)
		put_line(out, "Connection", "keep-alive");
	buf_puts(out, "\r\n");
}
