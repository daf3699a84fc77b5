/*
 * log_errors.c - the errors of a log; see log_errors.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbctl/log_errors.h"
#include "common/mem.h"
#include "common/str.h"
#include "kb/error_text.h"
#include "kb/signature.h"

#include <stdlib.h>

/* Different errors that are kept apart; a log with more is noise. */
#define ERRORS_MAX 4096
#define SLOTS (4 * ERRORS_MAX)

struct seen {
	uint64_t hash;		/* 0: free */
	size_t index;
};

struct errors {
	struct log_error *list;	/* owned */
	size_t n, cap;
	struct seen *slots;	/* owned, SLOTS of them */
};

/* The part behind a time and a level: "2026-11-25 01:20:33,123 ERROR x". */
static struct slice
without_time(struct slice s)
{
	size_t i = 0;

	while (i < s.len && i < 40 && (ascii_is_digit(s.ptr[i]) ||
	    strchr(" \t-:.,/TZ+[]", s.ptr[i]) != NULL))
		i++;
	return i < s.len ? slice_sub(s, i, s.len) : s;
}

/* FNV-1a of the line with each number as one "#". */
static uint64_t
hash_of(struct slice s)
{
	uint64_t h = 14695981039346656037u;
	bool in_number = false;
	size_t i;

	for (i = 0; i < s.len; i++) {
		char c = s.ptr[i];
		bool is_number = ascii_is_digit(c);

		if (is_number && in_number)
			continue;
		in_number = is_number || (in_number && ((c >= 'a' &&
		    c <= 'f') || c == '-'));
		if (in_number && !is_number)
			continue;
		h = (h ^ (unsigned char)(is_number ? '#' : c)) *
		    1099511628211u;
	}
	return h != 0 ? h : 1;
}

/* Count a text under a hash, as often as it was seen. */
static void
count(struct errors *e, uint64_t h, struct slice text, size_t times)
{
	size_t slot = h % SLOTS;

	while (e->slots[slot].hash != 0 && e->slots[slot].hash != h)
		slot = (slot + 1) % SLOTS;
	if (e->slots[slot].hash == h) {
		e->list[e->slots[slot].index].count += times;
		return;
	}
	if (e->n == ERRORS_MAX)
		return;
	e->slots[slot] = (struct seen){ h, e->n };
	e->list = mem_grow(e->list, e->n, &e->cap, sizeof(*e->list));
	e->list[e->n++] = (struct log_error){ text, times };
}

/* Those that one signature would find become one. */
static void
join_signatures(const struct errors *lines, struct errors *out)
{
	struct arena a = ARENA_INIT;
	struct signature_template t;
	size_t i;

	for (i = 0; i < lines->n; i++) {
		struct slice text = lines->list[i].text;

		arena_reset(&a);
		signature_derive(text, false, &a, &t);
		count(out, str_hash(t.text.len != 0 ? t.text : text) | 1, text,
		    lines->list[i].count);
	}
	arena_free(&a);
}

/* More often first; the earlier one of the same count. */
static int
compare(const void *a, const void *b)
{
	const struct log_error *x = a, *y = b;

	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return x->text.ptr < y->text.ptr ? -1 : x->text.ptr > y->text.ptr;
}

size_t
log_errors(struct slice log, size_t max, struct arena *a,
    struct log_error **out)
{
	struct errors lines = { .slots = mem_calloc(SLOTS,
	    sizeof(*lines.slots)) };
	struct errors e = { .slots = mem_calloc(SLOTS, sizeof(*e.slots)) };
	struct slice text;
	size_t i, n;

	while (log.len != 0 && error_text_next(&log, ERROR_ANYWHERE, &text)) {
		text = without_time(text);
		count(&lines, hash_of(text), text, 1);
	}
	join_signatures(&lines, &e);
	if (e.n > 1)
		qsort(e.list, e.n, sizeof(*e.list), compare);
	n = e.n < max ? e.n : max;
	*out = arena_calloc(a, n + 1, sizeof(**out));
	for (i = 0; i < n; i++)
		(*out)[i] = e.list[i];
	free(lines.slots);
	free(lines.list);
	free(e.slots);
	free(e.list);
	return n;
}
