/*
 * reader.h - a bounds-checked cursor over bytes from a peer.
 *
 * A read past the end fails, and the reader stays failed: a decoder reads
 * everything, then asks reader_done() once.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_READER_H
#define KBD_READER_H

#include <stdint.h>

#include "common/slice.h"

struct reader {
	const unsigned char *p;	/* borrowed */
	size_t left;
	bool failed;
};

struct reader reader_of(struct slice bytes);

/* Integers are big endian; 0 after failure. */
uint8_t reader_u8(struct reader *r);
uint16_t reader_u16(struct reader *r);
uint32_t reader_u32(struct reader *r);

/* Exactly len bytes, borrowed; the empty slice after failure. */
struct slice reader_bytes(struct reader *r, size_t len);

/* Bytes up to a NUL, which is consumed; fails when there is none. */
struct slice reader_cstr(struct reader *r);

/* Nothing failed and nothing is left. */
bool reader_done(const struct reader *r);

#endif
