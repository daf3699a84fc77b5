/*
 * json.h - JSON text, written piece by piece.
 *
 * Commas and escapes are the writer's business: bytes that are not UTF-8
 * become U+FFFD and control characters \u00XX, so that the result is valid
 * JSON whatever the strings hold. What is asserted is the caller's order of
 * calls, never data.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_JSON_H
#define KBD_JSON_H

#include <stdint.h>

#include "common/slice.h"

struct buf;

#define JSON_DEPTH_MAX 32

struct json {
	struct buf *out;	/* borrowed; its failure is sticky */
	unsigned depth;
	bool some[JSON_DEPTH_MAX];	/* this level has a member already */
	bool key;		/* a key was written, its value comes next */
};

void json_init(struct json *j, struct buf *out);

void json_object(struct json *j);	/* { */
void json_object_end(struct json *j);
void json_array(struct json *j);	/* [ */
void json_array_end(struct json *j);

/* In an object: the name of the value that comes next. */
void json_key(struct json *j, const char *name);

void json_string(struct json *j, struct slice s);
void json_int(struct json *j, int64_t v);
void json_double(struct json *j, double v);	/* null if not finite */
void json_bool(struct json *j, bool v);
void json_null(struct json *j);

/* A value that is JSON already. */
void json_raw(struct json *j, struct slice s);

/* Key and value at once. */
void json_member_string(struct json *j, const char *name, struct slice s);
void json_member_int(struct json *j, const char *name, int64_t v);

#endif
