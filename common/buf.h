/*
 * buf.h - bytes that grow, with a cap and a sticky failure.
 *
 * A writer puts many things and checks once: past max_bytes the buffer
 * fails, ignores every further put, and buf_ok() says so.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_BUF_H
#define KBD_BUF_H

#include <stdint.h>

#include "common/slice.h"

struct buf {
	char *data;		/* owned; NULL until the first put */
	size_t len;
	size_t cap;
	size_t max_bytes;	/* 0: no cap */
	bool failed;
};

#define BUF_INIT ((struct buf){ .data = NULL })

void buf_init(struct buf *b, size_t max_bytes);
void buf_free(struct buf *b);
void buf_reset(struct buf *b);	/* empty and not failed; keeps the memory */
static inline bool
buf_ok(const struct buf *b)
{
	return !b->failed;
}

void buf_put(struct buf *b, const void *p, size_t len);
void buf_put_slice(struct buf *b, struct slice s);
void buf_puts(struct buf *b, const char *s);
void buf_putc(struct buf *b, char c);
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
void buf_put_u16(struct buf *b, uint16_t v);	/* big endian */
void buf_put_u32(struct buf *b, uint32_t v);
void buf_put_u64(struct buf *b, uint64_t v);

/* Overwrite four bytes at offset `at`, which were put before. */
void buf_patch_u32(struct buf *b, size_t at, uint32_t v);

/* Room for len more bytes, uninitialised; NULL after failure. */
char *buf_reserve(struct buf *b, size_t len);

/* What is in it; valid until the next put. */
static inline struct slice
buf_slice(const struct buf *b)
{
	return slice_make(b->data, b->len);
}

/* NUL-terminated view of the content, valid until the next put. */
const char *buf_cstr(struct buf *b);

#endif
