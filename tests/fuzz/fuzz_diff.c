/*
 * fuzz_diff.c - any two texts: the hunks turn the one into the other, and
 * what lies between them is the same on both sides.
 *
 * The input is both texts with a byte 1 between them.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "tests/fuzz/replay.h"

#include "common/arena.h"
#include "kb/diff.h"

#include <stdlib.h>

const char *const fuzz_seeds[] = {
	"a\nb\nc\n\1a\nc\nd\n",
	"one two  three\n\1one 2 three four\n",
	"问题：CPU 高\n\n解决：重启\n\1问题：CPU 100%\n\n解决：重启服务\n\n",
	"\n\n\nx\n\n\ny\n\n\1\n\nx\n\n\n\nz\ny\n",
	"a\r\nb\rc\1a\nb\nc\n",
	"e\xcc\x81\xcc\x82\xff\xfe\xe4\xb8\1e\xcc\x81\xff",
	NULL,
};

static void
check_side(const struct diff_side *s)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (s->at[i] >= s->at[i + 1])
			abort();
	if (s->at[s->n] != s->text.len || (s->n != 0 && s->at[0] != 0))
		abort();
}

static void
check(const struct diff *d)
{
	size_t a = 0, b = 0, i;

	for (i = 0; i <= d->n; i++) {
		struct diff_hunk end = { d->a.n, d->a.n, d->b.n, d->b.n };
		const struct diff_hunk *h = i < d->n ? &d->hunks[i] : &end;

		if (h->a0 < a || h->a1 < h->a0 || h->a1 > d->a.n ||
		    h->b0 < b || h->b1 < h->b0 || h->b1 > d->b.n)
			abort();
		if (!slice_eq(diff_text(&d->a, a, h->a0),
		    diff_text(&d->b, b, h->b0)))
			abort();
		if (i < d->n && h->a0 == h->a1 && h->b0 == h->b1)
			abort();
		a = h->a1;
		b = h->b1;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum diff_unit units[] = { DIFF_LINES, DIFF_WORDS,
		DIFF_CHARS };
	struct slice all = slice_make((const char *)data, size), a, b;
	const char *cut = size != 0 ? memchr(data, 1, size) : NULL;
	size_t i, at = cut != NULL ? (size_t)(cut - all.ptr) : size;

	a = slice_sub(all, 0, at);
	b = slice_sub(all, at + 1, size);
	for (i = 0; i < ARRAY_LEN(units); i++) {
		struct arena arena = ARENA_INIT;
		struct diff d;

		diff_run(a, b, units[i], &arena, &d);
		check_side(&d.a);
		check_side(&d.b);
		check(&d);
		diff_tidy(&d);
		check(&d);
		arena_free(&arena);
	}
	return 0;
}
