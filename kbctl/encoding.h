/*
 * encoding.h - from any encoding to UTF-8; the only file that knows iconv.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBCTL_ENCODING_H
#define KBCTL_ENCODING_H

#include "common/err.h"
#include "common/slice.h"

struct buf;

/* Whether iconv knows the encoding; ERR_INVALID names it if not. */
bool encoding_check(const char *name, struct err *e) MUST_CHECK;

/*
 * Append bytes of that encoding to *out as UTF-8. ERR_INVALID names the line
 * and the byte of what is no text in it; ERR_LIMIT past out->max_bytes.
 */
bool encoding_convert(const char *name, struct slice bytes, struct buf *out,
    struct err *e) MUST_CHECK;

#endif
