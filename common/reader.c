/*
 * reader.c - a bounds-checked cursor over bytes from a peer; see reader.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "common/reader.h"

struct reader
reader_of(struct slice bytes)
{
	return (struct reader){ (const unsigned char *)bytes.ptr, bytes.len,
	    false };
}

static uint32_t
read_be(struct reader *r, size_t n)
{
	uint32_t v = 0;
	struct slice s = reader_bytes(r, n);
	size_t i;

	for (i = 0; i < s.len; i++)
		v = v << 8 | (unsigned char)s.ptr[i];
	return v;
}

uint8_t
reader_u8(struct reader *r)
{
	return (uint8_t)read_be(r, 1);
}

uint16_t
reader_u16(struct reader *r)
{
	return (uint16_t)read_be(r, 2);
}

uint32_t
reader_u32(struct reader *r)
{
	return read_be(r, 4);
}

struct slice
reader_bytes(struct reader *r, size_t len)
{
	struct slice s = { NULL, 0 };

	if (r->failed || len > r->left) {
		r->failed = true;
		return s;
	}
	s = slice_make(r->p, len);
	if (len != 0)
		r->p += len;
	r->left -= len;
	return s;
}

struct slice
reader_cstr(struct reader *r)
{
	const unsigned char *nul = NULL;
	struct slice s = { NULL, 0 };

	if (!r->failed && r->left != 0)
		nul = memchr(r->p, '\0', r->left);
	if (nul == NULL) {
		r->failed = true;
		return s;
	}
	s = reader_bytes(r, (size_t)(nul - r->p));
	(void)reader_bytes(r, 1);
	return s;
}

bool
reader_done(const struct reader *r)
{
	return !r->failed && r->left == 0;
}
