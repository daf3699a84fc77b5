/*
 * fuzz_merge.c - any three texts: merging ends, knows no side, and gives
 * back what only one side changed.
 *
 * The input is base, a and b with a byte 1 between them.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "tests/fuzz/replay.h"

#include "common/arena.h"
#include "kb/merge.h"

#include <stdlib.h>

const char *const fuzz_seeds[] = {
	"a\nb\nc\n\1a\nB\nc\n\1a\nb\nC\n",
	"a\nb\nc\n\1a\nx\nc\n\1a\ny\nc\n",
	"# t\n\n**问题**：一\n\n**解决**：二\n\n---\n\1"
	"# t\n\n**问题**：三\n\n**解决**：二\n\n**预防**：四\n\n---\n\1"
	"# t\n\n**问题**：一\n\n**原因**：五\n\n**解决**：六\n\n---\n",
	"- Symptom: x\n- Fix: y\n\1- Symptom: z\n- Fix: y\n\1- Symptom: x\n",
	"a\1a\nb\1c\na",
	"a\r\nb\r\n\1a\r\nc\r\n\1a\nb\n",
	NULL,
};

typedef void (*merge_fn)(struct slice, struct slice, struct slice,
    struct arena *, struct merge_text *);

static void
check_symmetry(const struct merge_text *x, const struct merge_text *y)
{
	size_t i;

	if (x->n != y->n || x->nconflicts != y->nconflicts ||
	    !slice_eq(x->text, y->text))
		abort();
	for (i = 0; i < x->n; i++)
		if (x->chunks[i].is_conflict != y->chunks[i].is_conflict ||
		    !slice_eq(x->chunks[i].text, y->chunks[i].text) ||
		    !slice_eq(x->chunks[i].base, y->chunks[i].base) ||
		    !slice_eq(x->chunks[i].a, y->chunks[i].b) ||
		    !slice_eq(x->chunks[i].b, y->chunks[i].a))
			abort();
}

static void
check(merge_fn merge, struct slice s[3])
{
	static const struct merge_names names = { "a", "b", "base" };
	struct arena arena = ARENA_INIT;
	struct merge_text x, y;

	merge(s[0], s[1], s[2], &arena, &x);
	merge(s[0], s[2], s[1], &arena, &y);
	check_symmetry(&x, &y);
	if (x.nconflicts != 0 &&
	    !merge_has_marks(merge_marked(&x, &names, &arena)))
		abort();
	merge(s[0], s[0], s[2], &arena, &x);
	if (x.nconflicts != 0 || !slice_eq(x.text, s[2]))
		abort();
	merge(s[0], s[1], s[1], &arena, &x);
	if (x.nconflicts != 0 || !slice_eq(x.text, s[1]))
		abort();
	arena_free(&arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice rest = slice_make((const char *)data, size), s[3];
	int i;

	for (i = 0; i < 3; i++) {
		const char *cut = rest.len != 0 ?
		    memchr(rest.ptr, 1, rest.len) : NULL;
		size_t at = cut != NULL && i < 2 ?
		    (size_t)(cut - rest.ptr) : rest.len;

		s[i] = slice_sub(rest, 0, at);
		rest = slice_sub(rest, at + 1, rest.len);
	}
	check(merge_texts, s);
	check(merge_lines, s);
	return 0;
}
