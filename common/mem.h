/*
 * mem.h - allocation that cannot fail.
 *
 * For memory that we decide on: running out ends the process, in one place.
 * Sizes that a peer decides on are capped before they come here.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_MEM_H
#define KBD_MEM_H

#include "common/slice.h"

void *mem_alloc(size_t size);			/* not cleared */
void *mem_zalloc(size_t size);			/* cleared */
void *mem_calloc(size_t n, size_t size);	/* cleared, n * size checked */
void *mem_realloc(void *p, size_t size);
void *mem_reallocarray(void *p, size_t n, size_t size);
char *mem_strdup(const char *s);
char *mem_strndup(struct slice s);		/* adds the NUL */

/*
 * Make room for one more element: p is an array of n elements of the given
 * size with room for *cap. Returns the (moved) array. Growth is geometric.
 */
void *mem_grow(void *p, size_t n, size_t *cap, size_t size);

#endif
