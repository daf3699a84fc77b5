/*
 * signature_neutral.c - everyday lines that no signature may match.
 *
 * content/neutral.log, written for this project: what healthy services log.
 * It is normalised once, on first use, into one text with a NUL between the
 * lines, so that one memmem tells for almost every pattern that it is not
 * there.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/signature_internal.h"

#include <pthread.h>
#include <stdlib.h>

#include "common/mem.h"
#include "common/str.h"

static const char *const lines[] = {
#include "content/neutral.inc"
	NULL
};

#define GRAM_SLOTS 65536u

static struct {
	pthread_once_t once;
	unsigned char *text;	/* owned; all lines, normalised */
	size_t len;
	uint8_t grams[GRAM_SLOTS];	/* counts, at most 255 */
} sample = { .once = PTHREAD_ONCE_INIT };

static unsigned
gram_slot(uint32_t gram)
{
	return (gram * 2654435761u) >> 16;
}

static void
count_grams(struct slice line)
{
	size_t i;

	for (i = 0; i + 4 <= line.len; i++) {
		uint8_t *n = &sample.grams[gram_slot(gram_at(line.ptr + i))];

		*n += *n < 255;
	}
}

static void
load(void)
{
	struct norm *n = mem_alloc(sizeof(*n));
	size_t i, cap = 1;

	for (i = 0; lines[i] != NULL; i++)
		cap += strlen(lines[i]) + 1;
	sample.text = mem_alloc(cap);
	for (i = 0; lines[i] != NULL; i++) {
		norm_make(slice_of(lines[i]), n);
		memcpy(sample.text + sample.len, n->bytes, n->len);
		sample.len += n->len;
		sample.text[sample.len++] = '\0';
		count_grams(slice_of(lines[i]));
	}
	free(n);
}

/* Whether the sample has the longest fragment at all. */
static bool
may_have(const struct pattern *p)
{
	size_t i, best = 0;

	for (i = 1; i < p->n; i++)
		if (p->fragments[i].len > p->fragments[best].len)
			best = i;
	return p->n != 0 && memmem(sample.text, sample.len,
	    p->fragments[best].bytes, p->fragments[best].len) != NULL;
}

bool
neutral_has(const struct pattern *p)
{
	bool found = false;
	struct norm *n;
	size_t i;

	pthread_once(&sample.once, load);
	if (!may_have(p))
		return false;
	n = mem_alloc(sizeof(*n));
	for (i = 0; !found && lines[i] != NULL; i++) {
		norm_make(slice_of(lines[i]), n);
		found = pattern_match(p, n, NULL, NULL);
	}
	free(n);
	return found;
}

unsigned
neutral_count(uint32_t gram)
{
	pthread_once(&sample.once, load);
	return sample.grams[gram_slot(gram)];
}

uint64_t
neutral_hash(void)
{
	uint64_t h = 0;
	size_t i;

	for (i = 0; lines[i] != NULL; i++)
		h = h * 31 + str_hash(slice_of(lines[i]));
	return h;
}
