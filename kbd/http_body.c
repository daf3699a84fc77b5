/*
 * http_body.c - bodies on their way out, compressed; the only user of zlib.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/http_exchange.h"

#include <zlib.h>

#define LEAST_BYTES 600		/* less is not worth it */
#define LEVEL 5
#define GZIP_WINDOW (15 + 16)	/* of zlib: with the header of gzip */

void
reply_compress(struct http_exchange *x)
{
	struct buf *body = &x->reply.body, out = BUF_INIT;
	z_stream z = { .next_in = (Bytef *)body->data,
		.avail_in = (uInt)body->len };
	size_t room;

	if (body->len < LEAST_BYTES || body->len > UINT32_MAX / 2 ||
	    deflateInit2(&z, LEVEL, Z_DEFLATED, GZIP_WINDOW, 8,
	    Z_DEFAULT_STRATEGY) != Z_OK)
		return;
	room = deflateBound(&z, body->len);
	z.next_out = (Bytef *)buf_reserve(&out, room);
	z.avail_out = (uInt)room;
	if (z.next_out != NULL && deflate(&z, Z_FINISH) == Z_STREAM_END &&
	    z.total_out < body->len) {
		out.len = z.total_out;
		buf_free(body);
		*body = out;
		x->reply.is_gzip = true;
	} else {
		buf_free(&out);
	}
	(void)deflateEnd(&z);
}
