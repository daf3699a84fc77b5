/*
 * mem.c - allocation that cannot fail; see mem.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "common/mem.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static void *
check(void *p, size_t size)
{
	if (p == NULL && size != 0) {
		fprintf(stderr, "out of memory: %zu bytes wanted\n", size);
		abort();
	}
	return p;
}

static size_t
multiply(size_t n, size_t size)
{
	if (size != 0 && n > SIZE_MAX / size)
		check(NULL, SIZE_MAX);
	return n * size;
}

void *
mem_alloc(size_t size)
{
	return check(malloc(size != 0 ? size : 1), size);
}

void *
mem_zalloc(size_t size)
{
	return mem_calloc(1, size);
}

void *
mem_calloc(size_t n, size_t size)
{
	size_t total = multiply(n, size);

	return check(calloc(1, total != 0 ? total : 1), total);
}

void *
mem_realloc(void *p, size_t size)
{
	return check(realloc(p, size != 0 ? size : 1), size);
}

void *
mem_reallocarray(void *p, size_t n, size_t size)
{
	return mem_realloc(p, multiply(n, size));
}

char *
mem_strdup(const char *s)
{
	return mem_strndup(slice_of(s));
}

char *
mem_strndup(struct slice s)
{
	char *copy = mem_alloc(s.len + 1);

	if (s.len != 0)
		memcpy(copy, s.ptr, s.len);
	copy[s.len] = '\0';
	return copy;
}

void *
mem_grow(void *p, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return p;
	*cap = *cap < 8 ? 8 : *cap * 2;
	return mem_reallocarray(p, *cap, size);
}
