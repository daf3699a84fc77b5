/*
 * jsonw.h - JSON text, written piece by piece.
 *
 * Commas and escapes are the writer's business: bytes that are not UTF-8
 * become U+FFFD and control characters \u00XX, so that the result is valid
 * JSON whatever the strings hold. What is asserted is the caller's order of
 * calls, never data.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_JSONW_H
#define KBD_JSONW_H

#include <stdint.h>

#include "common/slice.h"

struct buf;

#define JSONW_DEPTH_MAX 32

struct jsonw {
	struct buf *out;	/* borrowed; its failure is sticky */
	unsigned depth;
	bool some[JSONW_DEPTH_MAX];	/* this level has a member already */
	bool key;		/* a key was written, its value comes next */
};

void jsonw_init(struct jsonw *j, struct buf *out);

void jsonw_object(struct jsonw *j);	/* { */
void jsonw_object_end(struct jsonw *j);
void jsonw_array(struct jsonw *j);	/* [ */
void jsonw_array_end(struct jsonw *j);

/* In an object: the name of the value that comes next. */
void jsonw_key(struct jsonw *j, const char *name);

void jsonw_string(struct jsonw *j, struct slice s);
void jsonw_int(struct jsonw *j, int64_t v);
void jsonw_double(struct jsonw *j, double v);	/* null if not finite */
void jsonw_bool(struct jsonw *j, bool v);
void jsonw_null(struct jsonw *j);

/* A value that is JSON already. */
void jsonw_raw(struct jsonw *j, struct slice s);

/* Key and value at once. */
void jsonw_member_string(struct jsonw *j, const char *name, struct slice s);
void jsonw_member_int(struct jsonw *j, const char *name, int64_t v);

#endif
