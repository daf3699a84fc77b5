/*
 * conf.h - "key = value" lines, with the position of each.
 *
 * The grammar of postgresql.conf: one setting a line, "=" optional, "#"
 * comments, values bare or in single quotes ('' is a quote). Pure: bytes in,
 * pairs out; who knows the keys is the caller's business.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_CONF_H
#define KBD_CONF_H

#include "common/err.h"
#include "common/slice.h"

struct arena;

struct conf_item {
	struct slice key;	/* as written */
	struct slice value;	/* unquoted */
	unsigned line;		/* 1-based */
};

struct conf {
	struct conf_item *items;	/* in the order of the file */
	size_t n;
};

/*
 * Parse a whole file. `name` is used in messages ("kbd.conf:3: ..."). Text
 * must be UTF-8 without NUL, at most CONF_MAX_BYTES. The arena owns *out.
 */
#define CONF_MAX_BYTES (1024 * 1024)
bool conf_parse(const char *name, struct slice text, struct arena *a,
    struct conf *out, struct err *e) MUST_CHECK;

#endif
