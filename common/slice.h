/*
 * slice.h - borrowed bytes: a pointer and a length, not NUL-terminated.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_SLICE_H
#define KBD_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))
#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

struct slice {
	const char *ptr;	/* borrowed; may be NULL when len is 0 */
	size_t len;		/* bytes */
};

/* A string constant as a slice. */
#define SLICE(s) ((struct slice){ (s), sizeof(s) - 1 })

/* Format "%.*s" with SLICE_ARG(s). */
#define SLICE_ARG(s) ((int)(s).len), ((s).ptr ? (s).ptr : "")

/* The bytes of a NUL-terminated string; NULL is the empty slice. */
static inline struct slice
slice_of(const char *s)
{
	return (struct slice){ s, s != NULL ? strlen(s) : 0 };
}

static inline struct slice
slice_make(const void *p, size_t len)
{
	return (struct slice){ p, len };
}

static inline bool
slice_eq(struct slice a, struct slice b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool
slice_is(struct slice a, const char *s)
{
	return slice_eq(a, slice_of(s));
}

/* Bytes from..to of s; both are capped to its length. */
static inline struct slice
slice_sub(struct slice s, size_t from, size_t to)
{
	if (to > s.len)
		to = s.len;
	if (from > to)
		from = to;
	return (struct slice){ s.ptr != NULL ? s.ptr + from : NULL, to - from };
}

static inline bool
slice_starts(struct slice s, struct slice prefix)
{
	return s.len >= prefix.len &&
	    slice_eq(slice_sub(s, 0, prefix.len), prefix);
}

static inline bool
slice_ends(struct slice s, struct slice suffix)
{
	return s.len >= suffix.len &&
	    slice_eq(slice_sub(s, s.len - suffix.len, s.len), suffix);
}

#endif
