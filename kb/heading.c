/*
 * heading.c - the words of a heading; see heading.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/heading.h"

#include "common/arena.h"
#include "common/buf.h"
#include "common/str.h"
#include "kb/document.h"

/* At most this much of a title goes into a slug. */
#define SLUG_TITLE_BYTES 80

/* Longer than this nothing in "{#..}" or "<..>" is a name. */
#define NAME_MAX_BYTES 200

bool
heading_is_emoji(int cp)
{
	static const struct {
		int from, to;
	} ranges[] = {
		{ 0x200d, 0x200d },	/* joiner */
		{ 0x20e3, 0x20e3 },	/* keycap */
		{ 0x231a, 0x231b }, { 0x2328, 0x2328 }, { 0x23cf, 0x23cf },
		{ 0x23e9, 0x23fa }, { 0x25aa, 0x25ab }, { 0x25fb, 0x25fe },
		{ 0x2600, 0x266c },	/* symbols; then come flat and sharp */
		{ 0x2670, 0x2775 },	/* dingbats; then come circled digits */
		{ 0x2795, 0x2797 }, { 0x27b0, 0x27b0 }, { 0x27bf, 0x27bf },
		{ 0x2934, 0x2935 }, { 0x2b05, 0x2b07 }, { 0x2b1b, 0x2b1c },
		{ 0x2b50, 0x2b55 }, { 0x3030, 0x3030 }, { 0x303d, 0x303d },
		{ 0xfe0e, 0xfe0f },	/* variation selectors */
		{ 0x1f000, 0x1faff }, { 0xe0020, 0xe007f },
	};
	size_t i;

	for (i = 0; i < ARRAY_LEN(ranges); i++)
		if (cp >= ranges[i].from && cp <= ranges[i].to)
			return true;
	return false;
}

/* Length of "{#anchor}" at s, or 0. */
static size_t
anchor_len(struct slice s)
{
	size_t i;

	if (!slice_starts(s, SLICE("{#")))
		return 0;
	for (i = 2; i < s.len && i < NAME_MAX_BYTES; i++)
		if (s.ptr[i] == '}')
			return i + 1;
	return 0;
}

/* Length of "<tag>" or "<placeholder>" at s, or 0; "<" alone is a sign. */
static size_t
tag_len(struct slice s)
{
	size_t i;

	if (s.len < 3 || s.ptr[0] != '<' || ascii_is_space(s.ptr[1]))
		return 0;
	for (i = 1; i < s.len && i < NAME_MAX_BYTES && s.ptr[i] != '<'; i++)
		if (s.ptr[i] == '>')
			return i > 1 ? i + 1 : 0;
	return 0;
}

/* A blank that Unicode knows; the ideographic one is common in headings. */
static bool
is_blank(int32_t cp)
{
	return cp == ' ' || (cp >= '\t' && cp <= '\r') || cp == 0xa0 ||
	    cp == 0x3000 || (cp >= 0x2000 && cp <= 0x200b) || cp == 0xfeff;
}

struct slice
heading_clean(struct slice plain, struct arena *a)
{
	struct buf b = BUF_INIT;
	struct slice out;
	size_t at = 0, next, skip;
	bool gap = false;
	int32_t cp;

	while (at < plain.len) {
		struct slice rest = slice_sub(plain, at, plain.len);

		if ((skip = anchor_len(rest)) != 0 ||
		    (skip = tag_len(rest)) != 0) {
			at += skip;
			continue;
		}
		cp = utf8_decode(plain, at, &next);
		if (is_blank(cp) || heading_is_emoji(cp)) {
			gap = gap || is_blank(cp);
		} else if (!slice_starts(rest, SLICE("**"))) {
			if (gap && b.len != 0)
				buf_putc(&b, ' ');
			gap = false;
			buf_put(&b, plain.ptr + at, next - at);
		} else {
			next++;
		}
		at = next;
	}
	out = arena_dup(a, buf_slice(&b));
	buf_free(&b);
	return out;
}

static size_t
digits_len(struct slice s, size_t at)
{
	size_t n = 0;

	while (at + n < s.len && ascii_is_digit(s.ptr[at + n]))
		n++;
	return n;
}

/* Bytes of a Chinese numeral (one to three characters) at `at`. */
static size_t
numeral_len(struct slice s, size_t at)
{
	static const char *const numerals[] = { "一", "二", "三", "四", "五",
		"六", "七", "八", "九", "十", "零" };
	size_t n = 0, i, count = 0;

	do {
		for (i = 0; i < ARRAY_LEN(numerals); i++)
			if (slice_starts(slice_sub(s, at + n, s.len),
			    slice_of(numerals[i])))
				break;
		if (i < ARRAY_LEN(numerals))
			n += strlen(numerals[i]);
	} while (i < ARRAY_LEN(numerals) && ++count < 3);
	return n;
}

/* Length of one of the texts at `at`, or 0. */
static size_t
any_of(struct slice s, size_t at, const char *const *texts)
{
	for (; *texts != NULL; texts++)
		if (slice_starts(slice_sub(s, at, s.len), slice_of(*texts)))
			return strlen(*texts);
	return 0;
}

/*
 * Bytes of the number in front: "1. " "1、" "(1) " "2.10. df" "4.3 text" and
 * "一、". A plain number without a mark behind it ("502 Bad Gateway") and a
 * number that goes on ("1.24.3-beta", "3.5mm") are words.
 */
static size_t
number_len(struct slice s)
{
	static const char *const open[] = { "(", "（", NULL };
	static const char *const close[] = { ")", "）", NULL };
	static const char *const mark[] = { "、", "．", "，", "：", ")", "）",
		":", NULL };
	size_t at = any_of(s, 0, open), n, parts = 1;
	bool bracket = at != 0;

	n = numeral_len(s, at);
	if (n == 0)
		n = digits_len(s, at);
	else
		parts = 0;
	if (n == 0 || (parts == 1 && n > 3))
		return 0;
	at += n;
	if (bracket) {
		n = any_of(s, at, close);
		return n != 0 ? at + n : 0;
	}
	while (parts != 0 && at + 1 < s.len && s.ptr[at] == '.' &&
	    (n = digits_len(s, at + 1)) != 0 && n <= 3) {
		at += n + 1;
		parts++;
	}
	if ((n = any_of(s, at, mark)) != 0)
		return parts != 0 || n > 1 ? at + n : 0;
	if (parts != 0 && at < s.len && s.ptr[at] == '.')
		return at + 1;
	return parts > 1 && at < s.len && s.ptr[at] == ' ' ? at : 0;
}

/* Where the bracket that closes s was opened; s.len if none closes it. */
static size_t
remark_start(struct slice s)
{
	size_t at, wide = strlen("（"), depth = 0;

	if (!slice_ends(s, SLICE(")")) && !slice_ends(s, SLICE("）")))
		return s.len;
	for (at = s.len; at-- > 0;) {
		struct slice rest = slice_sub(s, at, s.len);

		if (s.ptr[at] == ')' || slice_starts(rest, SLICE("）")))
			depth++;
		else if (s.ptr[at] == '(' || slice_starts(rest, SLICE("（")))
			depth--;
		if (depth != 0)
			continue;
		if (rest.len > wide && slice_starts(rest, SLICE("（")))
			return at;
		if (s.ptr[at] == '(')	/* "free()" is no remark */
			return at > 0 && s.ptr[at - 1] == ' ' ? at : s.len;
	}
	return s.len;
}

struct slice
heading_title(struct slice heading)
{
	struct slice s = heading, shorter;
	size_t n = number_len(s);

	shorter = str_trim(slice_sub(s, n, s.len));
	if (n != 0 && shorter.len != 0)
		s = shorter;
	shorter = str_trim(slice_sub(s, 0, remark_start(s)));
	return shorter.len != 0 ? shorter : s;
}

struct slice
document_slug(long long id, struct slice title, struct arena *a)
{
	struct buf b = BUF_INIT;
	struct slice out;
	size_t at = 0, next, start, n;
	bool gap = true;
	char utf8[4];
	int32_t cp;

	buf_printf(&b, "%lld", id);
	start = b.len;
	for (; at < title.len; at = next) {
		cp = utf8_decode(title, at, &next);
		if (cp < 0 || !char_is_word(cp)) {
			gap = true;
			continue;
		}
		n = utf8_encode(char_lower(cp), utf8);
		if (b.len - start + n + gap > SLUG_TITLE_BYTES + 1)
			break;
		if (gap)
			buf_putc(&b, '-');
		gap = false;
		buf_put(&b, utf8, n);
	}
	out = arena_dup(a, buf_slice(&b));
	buf_free(&b);
	return out;
}
