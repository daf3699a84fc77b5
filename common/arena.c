/*
 * arena.c - memory that is given back all at once; see arena.h.
 *
 * A list of blocks; the newest one has the free space. Requests larger than
 * a quarter of a block get a block of their own behind the newest one, so
 * that they do not waste its rest.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "common/arena.h"
#include "common/mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#define BLOCK_SIZE 0		/* every request is a block of its own */
#else
#define BLOCK_SIZE 8192
#endif

struct arena_block {
	struct arena_block *next;
	size_t size;		/* of data */
	size_t used;
	_Alignas(max_align_t) unsigned char data[];
};

void
arena_init(struct arena *a)
{
	*a = ARENA_INIT;
}

static void
free_blocks(struct arena_block *b)
{
	while (b != NULL) {
		struct arena_block *next = b->next;

		free(b);
		b = next;
	}
}

void
arena_reset(struct arena *a)
{
	struct arena_block *keep = a->blocks;

	if (keep == NULL || keep->size != BLOCK_SIZE || BLOCK_SIZE == 0) {
		arena_free(a);
		return;
	}
	free_blocks(keep->next);
	keep->next = NULL;
	keep->used = 0;
	a->used = 0;
}

void
arena_free(struct arena *a)
{
	free_blocks(a->blocks);
	*a = ARENA_INIT;
}

static struct arena_block *
new_block(size_t size)
{
	struct arena_block *b = mem_alloc(sizeof(*b) + size);

	b->next = NULL;
	b->size = size;
	b->used = 0;
	return b;
}

void *
arena_alloc(struct arena *a, size_t size)
{
	const size_t align = _Alignof(max_align_t);
	struct arena_block *b = a->blocks;
	size_t need = size;

	if (size > SIZE_MAX / 2)
		mem_alloc(SIZE_MAX);	/* ends the process */
	a->used += size;
#if BLOCK_SIZE != 0
	need = (size + align - 1) & ~(align - 1);
	if (need <= BLOCK_SIZE / 4) {
		if (b == NULL || b->size - b->used < need) {
			b = new_block(BLOCK_SIZE);
			b->next = a->blocks;
			a->blocks = b;
		}
		b->used += need;
		return b->data + b->used - need;
	}
#else
	(void)align;
#endif
	struct arena_block *own = new_block(need);

	own->used = need;
	if (b != NULL) {
		own->next = b->next;
		b->next = own;
	} else {
		a->blocks = own;
	}
	return own->data;
}

void *
arena_zalloc(struct arena *a, size_t size)
{
	return memset(arena_alloc(a, size), 0, size);
}

void *
arena_calloc(struct arena *a, size_t n, size_t size)
{
	if (size != 0 && n > SIZE_MAX / 2 / size)
		mem_alloc(SIZE_MAX);
	return arena_zalloc(a, n * size);
}

char *
arena_cstr(struct arena *a, struct slice s)
{
	char *p = arena_alloc(a, s.len + 1);

	if (s.len != 0)
		memcpy(p, s.ptr, s.len);
	p[s.len] = '\0';
	return p;
}

struct slice
arena_dup(struct arena *a, struct slice s)
{
	return slice_make(arena_cstr(a, s), s.len);
}

struct slice
arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	int n;
	char *p;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	p = arena_alloc(a, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return slice_make(p, (size_t)n);
}

void *
arena_grow(struct arena *a, void *p, size_t n, size_t *cap, size_t size)
{
	void *moved;

	if (n < *cap)
		return p;
	*cap = *cap < 8 ? 8 : *cap * 2;
	moved = arena_calloc(a, *cap, size);
	if (n != 0)
		memcpy(moved, p, n * size);
	return moved;
}
