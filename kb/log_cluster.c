/*
 * log_cluster.c - error lines by likeness; see log_cluster.h.
 *
 * In a flood the same line comes a million times with other numbers. So a
 * line's shape (its bytes without digits) is looked up in a small cache
 * first; only a shape that is new is looked at closely and masked.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/log_cluster.h"

#include <stdlib.h>

#include "common/arena.h"
#include "common/mem.h"
#include "common/str.h"
#include "kb/error_text.h"
#include "kb/log_text.h"
#include "kb/signature_internal.h"

#define SHAPES 4096u		/* a power of two */
#define LINE_MAX_LOOKED_AT 2048

struct shape {
	uint64_t hash;
	uint64_t key;		/* of its cluster; 0: no error */
	bool used;
};

struct log_clusters {
	struct log_cluster list[LOG_CLUSTERS_MAX];
	size_t n;
	uint64_t dropped;
	struct arena arena;	/* for one line */
	struct shape shapes[SHAPES];
};

struct log_clusters *
log_clusters_new(void)
{
	return mem_zalloc(sizeof(struct log_clusters));
}

void
log_clusters_destroy(struct log_clusters *c)
{
	if (c == NULL)
		return;
	arena_free(&c->arena);
	free(c);
}

static uint64_t
shape_of(struct slice line)
{
	uint64_t h = 14695981039346656037u;
	size_t i;

	for (i = 0; i < line.len; i++)
		if (!ascii_is_digit(line.ptr[i]))
			h = (h ^ (unsigned char)line.ptr[i]) *
			    1099511628211u;
	return h;
}

/* A place in a stack trace says where, not what. */
static bool
is_frame(struct slice s)
{
	return slice_starts(s, SLICE("at ")) ||
	    slice_starts(s, SLICE("File \"")) ||
	    slice_starts(s, SLICE("Traceback (")) ||
	    slice_starts(s, SLICE("... ")) ||
	    slice_starts(s, SLICE("goroutine ")) ||
	    slice_starts(s, SLICE("raise "));
}

/* "GET /errors HTTP/1.1" 200: a page that was served. */
static bool
is_served(struct slice s)
{
	const char *p = s.len == 0 ? NULL : memmem(s.ptr, s.len, "HTTP/", 5);
	size_t at = p == NULL ? s.len : (size_t)(p - s.ptr);

	while (at < s.len && s.ptr[at] != ' ')
		at++;
	return at + 1 < s.len && s.ptr[at + 1] != '5';
}

static bool
is_error(struct slice line, struct slice message)
{
	return !is_frame(message) && !log_is_informational(line) &&
	    !is_served(line) && (log_is_alarm(line) ||
	    error_text_is_error(message));
}

static struct log_cluster *
find(struct log_clusters *c, uint64_t key)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		if (c->list[i].key == key)
			return &c->list[i];
	return NULL;
}

/* Room for one more: the smallest goes; of equals the oldest. */
static struct log_cluster *
make_room(struct log_clusters *c)
{
	size_t i, worst = 0;

	if (c->n < LOG_CLUSTERS_MAX)
		return &c->list[c->n++];
	for (i = 1; i < c->n; i++)
		if (c->list[i].count < c->list[worst].count ||
		    (c->list[i].count == c->list[worst].count &&
		    c->list[i].last < c->list[worst].last))
			worst = i;
	c->dropped += c->list[worst].count;
	return &c->list[worst];
}

static void
copy_text(char *out, struct slice s)
{
	s = slice_sub(s, 0, utf8_cut(s, LOG_SAMPLE_MAX));
	memcpy(out, s.len != 0 ? s.ptr : "", s.len);
	out[s.len] = '\0';
}

static struct log_cluster *
add_cluster(struct log_clusters *c, uint64_t key, struct slice template,
    struct slice message)
{
	struct log_cluster *k = make_room(c);

	*k = (struct log_cluster){ .key = key };
	copy_text(k->template, template);
	copy_text(k->sample, message);
	return k;
}

/* The cluster of a line whose shape is not known; NULL: no error. */
static struct log_cluster *
classify(struct log_clusters *c, struct slice line)
{
	struct slice message = log_message(line), template;
	struct log_cluster *k;
	uint64_t key;

	if (!is_error(line, message))
		return NULL;
	arena_reset(&c->arena);
	template = signature_mask(slice_sub(message, 0,
	    utf8_cut(message, LOG_SAMPLE_MAX)), &c->arena);
	key = str_hash(template) | 1;
	k = find(c, key);
	return k != NULL ? k : add_cluster(c, key, template, message);
}

bool
log_clusters_add(struct log_clusters *c, struct slice line, uint32_t file,
    uint64_t number)
{
	struct shape *s;
	struct log_cluster *k = NULL;
	uint64_t h;

	line = slice_sub(line, 0, LINE_MAX_LOOKED_AT);
	h = shape_of(line);
	s = &c->shapes[h & (SHAPES - 1)];
	if (s->used && s->hash == h && s->key == 0)
		return false;
	if (s->used && s->hash == h)
		k = find(c, s->key);
	if (k == NULL)
		k = classify(c, line);
	*s = (struct shape){ .hash = h, .key = k != NULL ? k->key : 0,
		.used = true };
	if (k == NULL)
		return false;
	if (k->count++ == 0) {
		k->first = number;
		k->first_file = file;
	}
	k->last = number;
	k->last_file = file;
	return true;
}

static int
by_count(const void *a, const void *b)
{
	const struct log_cluster *x = a, *y = b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return (x->first > y->first) - (x->first < y->first);
}

size_t
log_clusters_sorted(struct log_clusters *c, const struct log_cluster **out)
{
	qsort(c->list, c->n, sizeof(*c->list), by_count);
	*out = c->list;
	return c->n;
}

uint64_t
log_clusters_dropped(const struct log_clusters *c)
{
	return c->dropped;
}
