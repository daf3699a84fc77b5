/*
 * inflection.c - what the inflections of an English word have in common; see
 * inflection.h.
 *
 * No dictionary and no irregular forms: a word that is cut too short meets
 * few others, and those only when it is unknown itself.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/inflection.h"

#define BASE_MIN 4	/* letters that must be left */

static bool
is_letters(struct slice w)
{
	size_t i;

	for (i = 0; i < w.len; i++)
		if (w.ptr[i] < 'a' || w.ptr[i] > 'z')
			return false;
	return w.len > 0;
}

/* stopped, running: the letter that was doubled for the ending goes, too */
static bool
is_doubled(struct slice w, size_t n)
{
	return n > BASE_MIN && w.ptr[n - 1] == w.ptr[n - 2] &&
	    memchr("bdgmnprt", w.ptr[n - 1], 8) != NULL;
}

size_t
inflection_base(struct slice w, bool *inflected)
{
	static const char *const ends[] = { "ing", "ed", "es", "s", "e" };
	size_t i, n;

	if (inflected != NULL)
		*inflected = false;
	if (!is_letters(w))
		return 0;
	for (i = 0; i < ARRAY_LEN(ends); i++) {
		n = strlen(ends[i]);
		if (w.len < n + BASE_MIN || !slice_ends(w, slice_of(ends[i])))
			continue;
		if (inflected != NULL)
			*inflected = i < 4;
		n = w.len - n;
		return i < 2 && is_doubled(w, n) ? n - 1 : n;
	}
	return w.len >= BASE_MIN ? w.len : 0;
}
