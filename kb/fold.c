/*
 * fold.c - characters as the search sees them; see fold.h.
 *
 * ASCII and Chinese, nearly all of the text, take short ways; the rest is
 * decomposed by utf8proc. Two things need a look at what follows: marks and
 * invisible characters, which widen the unit before them, and kana or hangul
 * parts, which are put together with it.
 *
 * Invariant: units[next..n) are ready to be given out, and nothing after
 * text[at] has been used.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/fold.h"
#include "common/str.h"

#include <utf8proc.h>

#define T2S_FIRST 0x3400
#define T2S_LAST 0x9fff

static const uint16_t t2s[T2S_LAST - T2S_FIRST + 1] = {
#include "content/t2s.inc"
};

void
fold_init(struct fold *f, struct slice text)
{
	if (text.len > UINT32_MAX)
		text.len = UINT32_MAX;
	f->text = text;
	f->at = 0;
	f->next = f->n = 0;
}

static int32_t
simplify(int32_t cp)
{
	if (cp < T2S_FIRST || cp > T2S_LAST || t2s[cp - T2S_FIRST] == 0)
		return cp;
	return t2s[cp - T2S_FIRST];
}

static bool
in_range(int32_t cp, int32_t first, int32_t last)
{
	return cp >= first && cp <= last;
}

/* Marks that any European letter may bear, and variation selectors. */
static bool
is_general_mark(int32_t cp)
{
	return in_range(cp, 0x300, 0x36f) || in_range(cp, 0x1ab0, 0x1aff) ||
	    in_range(cp, 0x1dc0, 0x1dff) || in_range(cp, 0x20d0, 0x20ff) ||
	    in_range(cp, 0xfe00, 0xfe0f) || in_range(cp, 0xfe20, 0xfe2f) ||
	    in_range(cp, 0xe0100, 0xe01ef);
}

/* Joiners, soft hyphens, byte order marks, skin tones, tags. */
static bool
is_invisible(int32_t cp)
{
	return cp == 0xad || cp == 0x34f || cp == 0x61c ||
	    in_range(cp, 0x180b, 0x180f) || in_range(cp, 0x200b, 0x200f) ||
	    in_range(cp, 0x202a, 0x202e) || in_range(cp, 0x2060, 0x206f) ||
	    cp == 0xfeff || in_range(cp, 0x1f3fb, 0x1f3ff) ||
	    in_range(cp, 0xe0000, 0xe0fff);
}

static bool
widens(int32_t cp)
{
	return cp >= 0xad && (is_general_mark(cp) || is_invisible(cp));
}

/* Voicing marks of kana, and vowels and finals of hangul. */
static bool
composes(int32_t cp)
{
	return in_range(cp, 0x3099, 0x309a) || in_range(cp, 0xff9e, 0xff9f) ||
	    in_range(cp, 0x1161, 0x11c2);
}

static bool
try_compose(struct fold_unit *u, int32_t cp)
{
	utf8proc_int32_t pair[2] = { u->cp, cp };

	if (in_range(cp, 0xff9e, 0xff9f))
		pair[1] = cp - 0xff9e + 0x3099;
	if (u->cp < 0 || utf8proc_normalize_utf32(pair, 2,
	    UTF8PROC_STABLE | UTF8PROC_COMPOSE) != 1)
		return false;
	u->cp = pair[0];
	return true;
}

/* What follows the last unit and belongs to it. */
static void
take_followers(struct fold *f)
{
	struct fold_unit *last = &f->units[f->n - 1];
	size_t next;
	int32_t cp;

	while (f->at < f->text.len &&
	    (unsigned char)f->text.ptr[f->at] >= 0xc2) {
		cp = utf8_decode(f->text, f->at, &next);
		if (!widens(cp) && !(composes(cp) && try_compose(last, cp)))
			break;
		f->at = next;
		last->end = (uint32_t)next;
	}
}

/* The short ways: scripts that no normalisation changes. */
static bool
is_stable(int32_t cp)
{
	return in_range(cp, 0x4e00, 0x9fff) || in_range(cp, 0x3400, 0x4dbf) ||
	    in_range(cp, 0xac00, 0xd7a3) || in_range(cp, 0x3041, 0x3096) ||
	    in_range(cp, 0x30a1, 0x30fa);
}

/*
 * TRADE MARK and SERVICE MARK would decompose to letters that stick to the
 * name before them.
 */
static bool
is_mark_sign(int32_t cp)
{
	return cp == 0x2122 || cp == 0x2120;
}

static unsigned
decompose(int32_t cp, int32_t out[FOLD_MAX_UNITS])
{
	utf8proc_int32_t parts[FOLD_MAX_UNITS];
	utf8proc_ssize_t n, i;
	unsigned kept = 0;
	int boundary = 0;

	n = utf8proc_decompose_char(cp, parts, FOLD_MAX_UNITS,
	    UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE |
	    UTF8PROC_CASEFOLD, &boundary);
	if (n < 0)
		n = 0;
	if (n > FOLD_MAX_UNITS)
		n = FOLD_MAX_UNITS;
	for (i = 0; i < n; i++)
		if (!widens(parts[i]))
			out[kept++] = simplify(parts[i]);
	return kept;
}

/* utf8proc takes precomposed kana apart: put their voicing back. */
static unsigned
recompose(int32_t *out, unsigned n)
{
	unsigned i, kept = 0;

	for (i = 0; i < n; i++) {
		struct fold_unit u = { .cp = kept > 0 ? out[kept - 1] : -1 };

		if (kept > 0 && composes(out[i]) && try_compose(&u, out[i]))
			out[kept - 1] = u.cp;
		else
			out[kept++] = out[i];
	}
	return kept;
}

static void
put(struct fold *f, int32_t cp, size_t start, bool upper)
{
	f->units[f->n++] = (struct fold_unit){ .cp = cp,
		.start = (uint32_t)start, .end = (uint32_t)f->at,
		.upper = upper };
}

static void
put_folded(struct fold *f, int32_t cp, size_t start)
{
	utf8proc_category_t cat = utf8proc_category(cp);
	int32_t parts[FOLD_MAX_UNITS];
	unsigned i, n;

	if (is_mark_sign(cp)) {
		put(f, ' ', start, false);
		return;
	}
	n = recompose(parts, decompose(cp, parts));
	for (i = 0; i < n; i++)
		put(f, parts[i], start, cat == UTF8PROC_CATEGORY_LU ||
		    cat == UTF8PROC_CATEGORY_LT);
}

/* Read one character, which may give no unit at all. */
static void
fill(struct fold *f)
{
	size_t start = f->at;
	int32_t cp = utf8_decode(f->text, start, &f->at);

	f->next = f->n = 0;
	if (cp < 0)
		put(f, FOLD_BAD, start, false);
	else if (cp < 0x80)
		put(f, cp >= 'A' && cp <= 'Z' ? cp + 32 : cp, start,
		    cp >= 'A' && cp <= 'Z');
	else if (is_stable(cp))
		put(f, simplify(cp), start, false);
	else if (!widens(cp))
		put_folded(f, cp, start);
	if (f->n > 0)
		take_followers(f);
}

bool
fold_next(struct fold *f, struct fold_unit *u)
{
	while (f->next == f->n) {
		if (f->at >= f->text.len)
			return false;
		fill(f);
	}
	*u = f->units[f->next++];
	return true;
}
