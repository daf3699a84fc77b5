/*
 * saslprep.c - the form of a password that is hashed; see saslprep.h.
 *
 * RFC 4013 is a profile of RFC 3454 (stringprep), which is frozen at Unicode
 * 3.2: a character that came later is not allowed, so that newer tables for
 * normalisation cannot change the result. Like PostgreSQL we look for what is
 * forbidden after mapping and before normalising. Compared with libpq 15 over
 * every code point and millions of random texts: no difference.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/saslprep.h"

#include <stdint.h>
#include <stdlib.h>

#include <utf8proc.h>

#include "common/buf.h"
#include "common/str.h"
#include "kbd/secret.h"

struct range {
	int32_t first, last;
};

#include "content/unassigned.inc"

/* C.1.2, which B.1's U+200B is in too: spaces that become a space. */
static const struct range spaces[] = {
	{ 0x00a0, 0x00a0 }, { 0x1680, 0x1680 }, { 0x2000, 0x200b },
	{ 0x202f, 0x202f }, { 0x205f, 0x205f }, { 0x3000, 0x3000 },
};

/* B.1: what becomes nothing. */
static const struct range nothing[] = {
	{ 0x00ad, 0x00ad }, { 0x034f, 0x034f }, { 0x1806, 0x1806 },
	{ 0x180b, 0x180d }, { 0x200c, 0x200d }, { 0x2060, 0x2060 },
	{ 0xfe00, 0xfe0f }, { 0xfeff, 0xfeff },
};

/* C.2 to C.9 in order; the planes' last two code points are tested apart. */
static const struct range forbidden[] = {
	{ 0x0000, 0x001f }, { 0x007f, 0x009f }, { 0x0340, 0x0341 },
	{ 0x06dd, 0x06dd }, { 0x070f, 0x070f }, { 0x180e, 0x180e },
	{ 0x200c, 0x200f }, { 0x2028, 0x202e }, { 0x2060, 0x2063 },
	{ 0x206a, 0x206f }, { 0x2ff0, 0x2ffb }, { 0xd800, 0xf8ff },
	{ 0xfdd0, 0xfdef }, { 0xfeff, 0xfeff }, { 0xfff9, 0xffff },
	{ 0x1d173, 0x1d17a }, { 0xe0001, 0xe0001 }, { 0xe0020, 0xe007f },
	{ 0xf0000, 0x10ffff },
};

/* Direction is the one property that changed: left-to-right only since, */
static const struct range left_since[] = {
	{ 0x0cbf, 0x0cbf }, { 0x0cc6, 0x0cc6 }, { 0x1734, 0x1734 },
	{ 0x2132, 0x2132 }, { 0x2800, 0x28ff }, { 0x302e, 0x302f },
};

/* and left-to-right only then. */
static const struct range left_once[] = {
	{ 0x17b4, 0x17b5 }, { 0x1885, 0x1886 }, { 0x1d6db, 0x1d6db },
	{ 0x1d715, 0x1d715 }, { 0x1d74f, 0x1d74f }, { 0x1d789, 0x1d789 },
	{ 0x1d7c3, 0x1d7c3 },
};

static bool
is_in(int32_t cp, const struct range *r, size_t n)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (cp < r[mid].first)
			high = mid;
		else if (cp > r[mid].last)
			low = mid + 1;
		else
			return true;
	}
	return false;
}

#define IS_IN(cp, table) is_in(cp, table, ARRAY_LEN(table))

static bool
is_allowed(int32_t cp)
{
	return (cp & 0xfffe) != 0xfffe && !IS_IN(cp, forbidden) &&
	    !IS_IN(cp, unassigned);
}

static bool
is_right_to_left(int32_t cp)
{
	int class = utf8proc_get_property(cp)->bidi_class;

	return class == UTF8PROC_BIDI_CLASS_R ||
	    class == UTF8PROC_BIDI_CLASS_AL;
}

static bool
is_left_to_right(int32_t cp)
{
	return IS_IN(cp, left_once) || (!IS_IN(cp, left_since) &&
	    utf8proc_get_property(cp)->bidi_class == UTF8PROC_BIDI_CLASS_L);
}

/* RFC 3454, section 6: right-to-left text is that from first to last. */
static bool
has_one_direction(struct slice text)
{
	bool any_right = false, any_left = false, first = false, last = false;
	size_t at = 0;

	while (at < text.len) {
		bool start = at == 0;
		int32_t cp = utf8_decode(text, at, &at);

		last = is_right_to_left(cp);
		first = start ? last : first;
		any_right = any_right || last;
		any_left = any_left || is_left_to_right(cp);
	}
	return !any_right || (!any_left && first && last);
}

/* Spaces and nothings; false when a character is not allowed. */
static bool
map(struct slice text, struct buf *out)
{
	size_t at = 0, from;

	while (at < text.len) {
		int32_t cp;

		from = at;
		cp = utf8_decode(text, at, &at);
		if (cp < 0)
			return false;
		if (IS_IN(cp, spaces))
			buf_putc(out, ' ');
		else if (IS_IN(cp, nothing))
			continue;
		else if (is_allowed(cp))
			buf_put(out, text.ptr + from, at - from);
		else
			return false;
	}
	return out->len != 0;
}

static bool
normalise(struct slice text, struct buf *out)
{
	utf8proc_uint8_t *nfkc = NULL;
	utf8proc_ssize_t n = utf8proc_map((const utf8proc_uint8_t *)text.ptr,
	    (utf8proc_ssize_t)text.len, &nfkc, UTF8PROC_STABLE |
	    UTF8PROC_COMPOSE | UTF8PROC_COMPAT);

	if (n > 0) {
		buf_put(out, nfkc, (size_t)n);
		secret_wipe(nfkc, (size_t)n);
	}
	free(nfkc);
	return n > 0;
}

static bool
is_ascii(struct slice s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] >= 0x80)
			return false;
	return true;
}

bool
saslprep_put(struct buf *out, struct slice text)
{
	struct buf mapped = BUF_INIT;
	bool ok;

	if (is_ascii(text)) {
		buf_put(out, text.ptr, text.len);
		return true;
	}
	/* in one piece from the start: growing would leave copies behind */
	(void)buf_reserve(&mapped, text.len);
	mapped.len = 0;
	ok = map(text, &mapped) && has_one_direction(buf_slice(&mapped)) &&
	    normalise(buf_slice(&mapped), out);
	if (!ok)
		buf_put(out, text.ptr, text.len);
	if (mapped.data != NULL)
		secret_wipe(mapped.data, mapped.cap);
	buf_free(&mapped);
	return ok;
}
