/*
 * buf.c - bytes that grow, with a cap and a sticky failure; see buf.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "common/buf.h"
#include "common/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void
buf_init(struct buf *b, size_t max_bytes)
{
	*b = BUF_INIT;
	b->max_bytes = max_bytes;
}

void
buf_free(struct buf *b)
{
	free(b->data);
	buf_init(b, b->max_bytes);
}

void
buf_reset(struct buf *b)
{
	b->len = 0;
	b->failed = false;
}

/* Make room for len bytes and one NUL. */
static bool
make_room(struct buf *b, size_t len)
{
	size_t cap = b->cap;

	if (b->failed)
		return false;
	if (len > SIZE_MAX / 4 || b->len > SIZE_MAX / 4 ||
	    (b->max_bytes != 0 && b->len + len > b->max_bytes)) {
		b->failed = true;
		return false;
	}
	if (b->data != NULL && b->cap - b->len > len)
		return true;
	if (cap < 64)
		cap = 64;
	while (cap - b->len <= len)
		cap *= 2;
	b->data = mem_realloc(b->data, cap);
	b->cap = cap;
	return true;
}

char *
buf_reserve(struct buf *b, size_t len)
{
	if (!make_room(b, len))
		return NULL;
	b->len += len;
	return b->data + b->len - len;
}

void
buf_put(struct buf *b, const void *p, size_t len)
{
	char *to;

	if (len != 0 && (to = buf_reserve(b, len)) != NULL)
		memcpy(to, p, len);
}

void
buf_put_slice(struct buf *b, struct slice s)
{
	buf_put(b, s.ptr, s.len);
}

void
buf_puts(struct buf *b, const char *s)
{
	buf_put(b, s, strlen(s));
}

void
buf_putc(struct buf *b, char c)
{
	buf_put(b, &c, 1);
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0 || !make_room(b, (size_t)n))
		return;
	va_start(ap, fmt);
	vsnprintf(b->data + b->len, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)n;
}

static void
put_be(struct buf *b, uint64_t v, size_t bytes)
{
	char *p = buf_reserve(b, bytes);

	if (p == NULL)
		return;
	while (bytes-- > 0) {
		p[bytes] = (char)(v & 0xff);
		v >>= 8;
	}
}

void
buf_put_u16(struct buf *b, uint16_t v)
{
	put_be(b, v, 2);
}

void
buf_put_u32(struct buf *b, uint32_t v)
{
	put_be(b, v, 4);
}

void
buf_put_u64(struct buf *b, uint64_t v)
{
	put_be(b, v, 8);
}

void
buf_patch_u32(struct buf *b, size_t at, uint32_t v)
{
	size_t i;

	if (b->failed || b->len < 4 || at > b->len - 4)
		return;
	for (i = 0; i < 4; i++)
		b->data[at + i] = (char)(v >> (24 - 8 * i));
}

const char *
buf_cstr(struct buf *b)
{
	if (b->data == NULL && !make_room(b, 0))
		return "";
	b->data[b->len] = '\0';
	return b->data;
}
