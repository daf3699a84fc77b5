/*
 * diff.c - two texts as what stayed and what changed; see diff.h.
 *
 *   cut       texts become tokens
 *   number    equal tokens get equal numbers; tokens that only one side has
 *             are changed for certain and are left out of the comparison
 *   compare   myers.c
 *   collect   marks become hunks
 *   slide     a hunk that could stand at several places takes the one that
 *             people expect
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/diff.h"

#include <stdint.h>
#include <stdlib.h>

#include "common/arena.h"
#include "common/mem.h"
#include "common/str.h"
#include "kb/myers.h"

/* ---- cut ---- */

static size_t
line_at(struct slice s, size_t at)
{
	while (at < s.len && s.ptr[at] != '\n' && s.ptr[at] != '\r')
		at++;
	if (at + 1 < s.len && s.ptr[at] == '\r' && s.ptr[at + 1] == '\n')
		return at + 2;
	return at < s.len ? at + 1 : at;
}

/* A character, with the marks that combine with it. */
static size_t
char_at(struct slice s, size_t at)
{
	size_t next;

	if (at + 1 < s.len && s.ptr[at] == '\r' && s.ptr[at + 1] == '\n')
		return at + 2;
	(void)utf8_decode(s, at, &next);
	while (next < s.len && (unsigned char)s.ptr[next] >= 0x80) {
		size_t after;
		int32_t cp = utf8_decode(s, next, &after);

		if (cp < 0 || char_width(cp) != 0)
			break;
		next = after;
	}
	return next;
}

enum char_class { CLASS_WORD, CLASS_BLANK, CLASS_ALONE };

static enum char_class
class_of(int32_t cp)
{
	if (cp == ' ' || cp == '\t')
		return CLASS_BLANK;
	if (cp == '_')
		return CLASS_WORD;
	return cp >= 0 && char_is_word(cp) && char_width(cp) < 2 ?
	    CLASS_WORD : CLASS_ALONE;
}

static size_t
word_at(struct slice s, size_t at)
{
	size_t next;
	enum char_class class = class_of(utf8_decode(s, at, &next));

	if (class == CLASS_ALONE)
		return char_at(s, at);
	for (at = next; at < s.len; at = next)
		if (class_of(utf8_decode(s, at, &next)) != class)
			break;
	return at;
}

void
diff_cut(struct slice text, enum diff_unit unit, struct arena *arena,
    struct diff_side *out)
{
	size_t *list = NULL, n = 0, cap = 0, at = 0;

	while (at < text.len) {
		list = mem_grow(list, n, &cap, sizeof(*list));
		list[n++] = at;
		at = unit == DIFF_LINES ? line_at(text, at) :
		    unit == DIFF_WORDS ? word_at(text, at) :
		    char_at(text, at);
	}
	*out = (struct diff_side){ text, NULL, n };
	out->at = arena_alloc(arena, (n + 1) * sizeof(*list));
	if (n != 0)
		memcpy(out->at, list, n * sizeof(*list));
	out->at[n] = text.len;
	free(list);
}

struct slice
diff_text(const struct diff_side *s, size_t from, size_t to)
{
	return slice_sub(s->text, s->at[from], s->at[to]);
}

static struct slice
token(const struct diff_side *s, size_t i)
{
	return slice_make(s->text.ptr + s->at[i], s->at[i + 1] - s->at[i]);
}

/* ---- number ---- */

enum { A, B };

struct word {
	struct slice bytes;	/* ptr is NULL in a free slot */
	uint64_t hash;
	int number;
	bool seen[2];		/* on which sides */
};

/* A comparison under way; [A] and [B]. */
struct work {
	const struct diff_side *side[2];
	size_t from[2], to[2];	/* without the common ends */
	struct word *words;	/* owned: a hash table */
	size_t mask;
	int *numbers[2];	/* owned: of the tokens from..to */
	bool *changed[2];	/* owned: of all tokens */
};

static struct word *
find_word(struct work *w, struct slice bytes)
{
	uint64_t hash = str_hash(bytes);
	size_t i = (size_t)(hash ^ hash >> 32) & w->mask;

	while (w->words[i].bytes.ptr != NULL && (w->words[i].hash != hash ||
	    !slice_eq(w->words[i].bytes, bytes)))
		i = (i + 1) & w->mask;
	if (w->words[i].bytes.ptr == NULL)
		w->words[i] = (struct word){ bytes, hash, (int)i,
			{ false, false } };
	return &w->words[i];
}

static void
number_tokens(struct work *w)
{
	size_t total = w->to[A] - w->from[A] + w->to[B] - w->from[B], i;
	int side;

	for (w->mask = 64; w->mask < total * 2; w->mask *= 2)
		;
	w->words = mem_calloc(w->mask, sizeof(*w->words));
	w->mask--;
	for (side = A; side <= B; side++) {
		size_t n = w->to[side] - w->from[side];

		w->numbers[side] = mem_calloc(n + 1, sizeof(int));
		for (i = 0; i < n; i++) {
			struct word *x = find_word(w, token(w->side[side],
			    w->from[side] + i));

			x->seen[side] = true;
			w->numbers[side][i] = x->number;
		}
	}
}

/* ---- compare ---- */

static size_t
common_start(const struct diff_side *a, const struct diff_side *b)
{
	size_t i = 0;

	while (i < a->n && i < b->n && slice_eq(token(a, i), token(b, i)))
		i++;
	return i;
}

static size_t
common_end(const struct diff_side *a, const struct diff_side *b, size_t start)
{
	size_t i = 0;

	while (a->n - i > start && b->n - i > start &&
	    slice_eq(token(a, a->n - i - 1), token(b, b->n - i - 1)))
		i++;
	return i;
}

/* The tokens that both sides know, and where each stands. */
struct known {
	int *numbers;
	size_t *at;
	bool *changed;
	size_t n;
};

static struct known
select_known(struct work *w, int side)
{
	size_t n = w->to[side] - w->from[side], i;
	struct known k = { .n = 0 };

	k.numbers = mem_calloc(n + 1, sizeof(*k.numbers));
	k.at = mem_calloc(n + 1, sizeof(*k.at));
	k.changed = mem_calloc(n + 1, sizeof(*k.changed));
	for (i = 0; i < n; i++) {
		int number = w->numbers[side][i];

		if (!w->words[number].seen[!side]) {
			w->changed[side][w->from[side] + i] = true;
			continue;
		}
		k.at[k.n] = w->from[side] + i;
		k.numbers[k.n++] = number;
	}
	return k;
}

static void
take_marks(struct work *w, int side, struct known *k)
{
	size_t i;

	for (i = 0; i < k->n; i++)
		if (k->changed[i])
			w->changed[side][k->at[i]] = true;
	free(k->numbers);
	free(k->at);
	free(k->changed);
}

static void
mark_range(struct work *w)
{
	int side;

	for (side = A; side <= B; side++)
		if (w->to[side] > w->from[side])
			memset(&w->changed[side][w->from[side]], true,
			    w->to[side] - w->from[side]);
}

static bool
compare(struct work *w)
{
	struct known a, b;
	bool is_minimal;

	if (w->to[A] - w->from[A] + w->to[B] - w->from[B] > DIFF_TOKENS_MAX) {
		mark_range(w);
		return false;
	}
	number_tokens(w);
	a = select_known(w, A);
	b = select_known(w, B);
	is_minimal = myers_compare(a.numbers, a.n, b.numbers, b.n, a.changed,
	    b.changed);
	take_marks(w, A, &a);
	take_marks(w, B, &b);
	free(w->words);
	free(w->numbers[A]);
	free(w->numbers[B]);
	return is_minimal;
}

/* ---- hunks ---- */

static void
collect(const struct work *w, struct arena *arena, struct diff *out)
{
	size_t i = 0, j = 0, cap = 0;
	const bool *a = w->changed[A], *b = w->changed[B];

	while (i < out->a.n || j < out->b.n) {
		struct diff_hunk h = { i, i, j, j };

		while (h.a1 < out->a.n && a[h.a1])
			h.a1++;
		while (h.b1 < out->b.n && b[h.b1])
			h.b1++;
		i = h.a1 + 1;
		j = h.b1 + 1;
		if (h.a0 == h.a1 && h.b0 == h.b1)
			continue;
		out->hunks = arena_grow(arena, out->hunks, out->n, &cap,
		    sizeof(*out->hunks));
		out->hunks[out->n++] = h;
	}
}

static bool
is_blank(struct slice s)
{
	return str_trim(s).len == 0;
}

/* Does a group that begins with this line stand well? */
static bool
begins_well(const struct diff_side *s, size_t i)
{
	return token(s, i).ptr[0] == '#' ||
	    (i > 0 && is_blank(token(s, i - 1)) && !is_blank(token(s, i)));
}

static void
move_hunk(struct diff_hunk *h, ptrdiff_t by)
{
	h->a0 += (size_t)by;
	h->a1 += (size_t)by;
	h->b0 += (size_t)by;
	h->b1 += (size_t)by;
}

/*
 * Lines that were only added, or only removed, and that could as well be the
 * ones above or below: the last place where they begin a paragraph or a
 * heading, else the last place of all. It keeps one line of distance to its
 * neighbours.
 */
static void
slide(struct diff *d, size_t k)
{
	struct diff_hunk *h = &d->hunks[k], best;
	bool is_added = h->a0 == h->a1, is_good = false;
	const struct diff_side *s = is_added ? &d->b : &d->a;
	const size_t *start = is_added ? &h->b0 : &h->a0;
	const size_t *end = is_added ? &h->b1 : &h->a1;
	size_t above = k > 0 ? d->hunks[k - 1].a1 : 0;
	size_t below = k + 1 < d->n ? d->hunks[k + 1].a0 : d->a.n + 1;

	while (h->a0 > above + (k > 0) && slice_eq(token(s, *start - 1),
	    token(s, *end - 1)))
		move_hunk(h, -1);
	best = *h;
	for (;;) {
		if (begins_well(s, *start) || !is_good) {
			best = *h;
			is_good = begins_well(s, *start);
		}
		if (h->a1 + 1 >= below || *end == s->n ||
		    !slice_eq(token(s, *start), token(s, *end)))
			break;
		move_hunk(h, 1);
	}
	*h = best;
}

static void
slide_all(struct diff *d)
{
	size_t k;

	for (k = 0; k < d->n; k++)
		if (d->hunks[k].a0 == d->hunks[k].a1 ||
		    d->hunks[k].b0 == d->hunks[k].b1)
			slide(d, k);
}

void
diff_run(struct slice a, struct slice b, enum diff_unit unit,
    struct arena *arena, struct diff *out)
{
	struct work w = { .side = { &out->a, &out->b } };
	size_t start, end;

	*out = (struct diff){ .hunks = NULL };
	diff_cut(a, unit, arena, &out->a);
	diff_cut(b, unit, arena, &out->b);
	start = common_start(&out->a, &out->b);
	end = common_end(&out->a, &out->b, start);
	w.from[A] = w.from[B] = start;
	w.to[A] = out->a.n - end;
	w.to[B] = out->b.n - end;
	w.changed[A] = mem_calloc(out->a.n + 1, sizeof(bool));
	w.changed[B] = mem_calloc(out->b.n + 1, sizeof(bool));
	out->is_minimal = compare(&w);
	collect(&w, arena, out);
	if (unit == DIFF_LINES)
		slide_all(out);
	free(w.changed[A]);
	free(w.changed[B]);
}

void
diff_tidy(struct diff *d)
{
	size_t n = 0, k;

	for (k = 0; k < d->n; k++) {
		struct diff_hunk *last = n > 0 ? &d->hunks[n - 1] : NULL;
		const struct diff_hunk *h = &d->hunks[k];

		if (last != NULL && is_blank(diff_text(&d->a, last->a1,
		    h->a0))) {
			last->a1 = h->a1;
			last->b1 = h->b1;
		} else {
			d->hunks[n++] = *h;
		}
	}
	d->n = n;
}
