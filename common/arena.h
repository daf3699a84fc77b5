/*
 * arena.h - memory that is given back all at once.
 *
 * One arena per message, request or parsed document. Under AddressSanitizer
 * every allocation is a malloc of its own, so that overruns show.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_ARENA_H
#define KBD_ARENA_H

#include "common/slice.h"

struct arena_block;

struct arena {
	struct arena_block *blocks;	/* owned, newest first */
	size_t used;			/* bytes given out since the last reset */
};

#define ARENA_INIT ((struct arena){ NULL, 0 })

void arena_init(struct arena *a);
void arena_reset(struct arena *a);	/* all memory becomes invalid */
void arena_free(struct arena *a);	/* the same, and nothing is kept */

/* Each result is aligned for any type and lives until reset or free. */
void *arena_alloc(struct arena *a, size_t size);		/* not cleared */
void *arena_zalloc(struct arena *a, size_t size);		/* cleared */
void *arena_calloc(struct arena *a, size_t n, size_t size);	/* cleared */

/* Copies that are NUL-terminated as well; the NUL is not in the length. */
struct slice arena_dup(struct arena *a, struct slice s);
char *arena_cstr(struct arena *a, struct slice s);
struct slice arena_printf(struct arena *a, const char *fmt, ...)
    PRINTF_LIKE(2, 3);

/* As mem_grow(), for an array that lives in the arena. */
void *arena_grow(struct arena *a, void *p, size_t n, size_t *cap,
    size_t size);

#endif
