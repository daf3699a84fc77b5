/*
 * similar.h - entries that a new one looks like.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBCTL_SIMILAR_H
#define KBCTL_SIMILAR_H

#include "common/arena.h"
#include "common/err.h"
#include "common/slice.h"

#include <stdint.h>

struct client;

struct similar {
	int64_t entry;
	struct slice title, document;	/* in the arena */
	bool is_sure;			/* the search is; else it shares words */
};

#define SIMILAR_MAX 3

/*
 * Search for a new entry's heading and symptom. Fewer than max when there
 * are no others that the search is sure or fairly sure of.
 */
bool similar_find(struct client *c, struct slice markdown, struct arena *a,
    struct similar out[SIMILAR_MAX], size_t *n, struct err *e) MUST_CHECK;

#endif
