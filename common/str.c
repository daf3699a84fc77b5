/*
 * str.c - text: UTF-8, display width, numbers, durations; see str.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "common/str.h"
#include "common/buf.h"

#include <utf8proc.h>

int32_t
utf8_decode(struct slice s, size_t at, size_t *next)
{
	const unsigned char *p = (const unsigned char *)s.ptr + at;
	size_t left = s.len - at, need, i;
	int32_t cp, min;

	*next = at + 1;
	if (p[0] < 0x80)
		return p[0];
	if (p[0] >= 0xc2 && p[0] <= 0xdf) {
		need = 2, cp = p[0] & 0x1f, min = 0x80;
	} else if (p[0] >= 0xe0 && p[0] <= 0xef) {
		need = 3, cp = p[0] & 0x0f, min = 0x800;
	} else if (p[0] >= 0xf0 && p[0] <= 0xf4) {
		need = 4, cp = p[0] & 0x07, min = 0x10000;
	} else {
		return -1;
	}
	if (left < need)
		return -1;
	for (i = 1; i < need; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return -1;
		cp = cp << 6 | (p[i] & 0x3f);
	}
	if (cp < min || cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
		return -1;
	*next = at + need;
	return cp;
}

size_t
utf8_encode(int32_t cp, char out[4])
{
	return (size_t)utf8proc_encode_char(cp, (utf8proc_uint8_t *)out);
}

size_t
utf8_check(struct slice s)
{
	size_t at = 0, next;

	while (at < s.len && utf8_decode(s, at, &next) >= 0)
		at = next;
	return at;
}

size_t
utf8_count(struct slice s)
{
	size_t at = 0, n = 0;

	for (; at < s.len; n++)
		(void)utf8_decode(s, at, &at);
	return n;
}

size_t
utf8_cut(struct slice s, size_t max)
{
	size_t at = 0, next;

	if (s.len <= max)
		return s.len;
	/* a character is at most four bytes: start just before the border */
	for (at = max > 4 ? max - 4 : 0;
	    at < max && ((unsigned char)s.ptr[at] & 0xc0) == 0x80; at++)
		;
	while (at < max) {
		(void)utf8_decode(s, at, &next);
		if (next > max)
			break;
		at = next;
	}
	return at;
}

void
utf8_put_clean(struct buf *b, struct slice s)
{
	size_t at = 0, from = 0, next;

	for (; at < s.len; at = next) {
		next = at + 1;
		if ((unsigned char)(s.ptr[at] - 1) < 0x7f)
			continue;	/* ASCII, the usual case */
		if (utf8_decode(s, at, &next) > 0)
			continue;
		buf_put(b, s.ptr + from, at - from);
		buf_puts(b, "\xef\xbf\xbd");
		from = next;
	}
	if (from < s.len)
		buf_put(b, s.ptr + from, s.len - from);
}

int
char_width(int32_t cp)
{
	if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0))
		return -1;
	if (cp < 0x300)
		return cp == 0xad ? 0 : 1;
	/* emoji presentation makes these symbols wide in today's terminals */
	switch (utf8proc_category(cp)) {
	case UTF8PROC_CATEGORY_MN:
	case UTF8PROC_CATEGORY_ME:
	case UTF8PROC_CATEGORY_CF:
		return 0;
	default:
		return utf8proc_charwidth(cp);
	}
}

int32_t
char_lower(int32_t cp)
{
	return utf8proc_tolower(cp);
}

int32_t
char_upper(int32_t cp)
{
	return utf8proc_toupper(cp);
}

bool
char_is_word(int32_t cp)
{
	switch (utf8proc_category(cp)) {
	case UTF8PROC_CATEGORY_LU:
	case UTF8PROC_CATEGORY_LL:
	case UTF8PROC_CATEGORY_LT:
	case UTF8PROC_CATEGORY_LM:
	case UTF8PROC_CATEGORY_LO:
	case UTF8PROC_CATEGORY_MN:
	case UTF8PROC_CATEGORY_MC:
	case UTF8PROC_CATEGORY_ND:
	case UTF8PROC_CATEGORY_NL:
		return true;
	default:
		return false;
	}
}

size_t
str_width(struct slice s)
{
	size_t at = 0, width = 0;

	while (at < s.len) {
		int32_t cp = utf8_decode(s, at, &at);
		int w = cp < 0 ? 1 : char_width(cp);

		width += w < 0 ? 1 : (size_t)w;
	}
	return width;
}

bool
ascii_is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

bool
ascii_is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool
ascii_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool
ascii_is_alnum(char c)
{
	return ascii_is_alpha(c) || ascii_is_digit(c);
}

char
ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
}

struct slice
str_trim(struct slice s)
{
	while (s.len != 0 && ascii_is_space(s.ptr[0]))
		s = slice_sub(s, 1, s.len);
	while (s.len != 0 && ascii_is_space(s.ptr[s.len - 1]))
		s.len--;
	return s;
}

bool
str_ieq(struct slice a, struct slice b)
{
	size_t i;

	if (a.len != b.len)
		return false;
	for (i = 0; i < a.len; i++)
		if (ascii_lower(a.ptr[i]) != ascii_lower(b.ptr[i]))
			return false;
	return true;
}

bool
str_split(struct slice *s, char sep, struct slice *part)
{
	const char *at;

	if (s->ptr == NULL)
		return false;
	at = s->len != 0 ? memchr(s->ptr, sep, s->len) : NULL;
	if (at == NULL) {
		*part = *s;
		*s = slice_make(NULL, 0);
		return true;
	}
	*part = slice_sub(*s, 0, (size_t)(at - s->ptr));
	*s = slice_sub(*s, part->len + 1, s->len);
	return true;
}

bool
str_line(struct slice *s, struct slice *line, size_t *end)
{
	size_t n = 0, e = 0;

	if (s->len == 0)
		return false;
	while (n < s->len && s->ptr[n] != '\n' && s->ptr[n] != '\r')
		n++;
	if (n < s->len)
		e = s->ptr[n] == '\r' && n + 1 < s->len &&
		    s->ptr[n + 1] == '\n' ? 2 : 1;
	*line = slice_sub(*s, 0, n);
	*s = slice_sub(*s, n + e, s->len);
	if (end != NULL)
		*end = e;
	return true;
}

bool
str_int(struct slice s, int64_t min, int64_t max, int64_t *out)
{
	bool negative = s.len != 0 && s.ptr[0] == '-';
	size_t i = negative ? 1 : 0;
	int64_t v = 0;

	if (i == s.len)
		return false;
	for (; i < s.len; i++) {
		if (!ascii_is_digit(s.ptr[i]) ||
		    __builtin_mul_overflow(v, 10, &v) ||
		    __builtin_sub_overflow(v, s.ptr[i] - '0', &v))
			return false;	/* counted downward: fits INT64_MIN */
	}
	if (!negative && __builtin_sub_overflow((int64_t)0, v, &v))
		return false;
	if (v < min || v > max)
		return false;
	*out = v;
	return true;
}

struct unit {
	const char *name;
	int64_t factor;
};

/* A number, optional blanks, one of the units; the first unit is "". */
static bool
parse_unit(struct slice s, const struct unit *units, size_t n, int64_t *out)
{
	size_t digits = 0, i;
	int64_t v;

	s = str_trim(s);
	while (digits < s.len && ascii_is_digit(s.ptr[digits]))
		digits++;
	if (!str_int(slice_sub(s, 0, digits), 0, INT64_MAX, &v))
		return false;
	s = str_trim(slice_sub(s, digits, s.len));
	for (i = 0; i < n; i++)
		if (slice_is(s, units[i].name))
			return !__builtin_mul_overflow(v, units[i].factor, out);
	return false;
}

bool
str_duration_ms(struct slice s, int64_t *ms)
{
	static const struct unit units[] = {
		{ "", 1 }, { "ms", 1 }, { "s", 1000 }, { "min", 60000 },
		{ "h", 3600000 }, { "d", 86400000 },
	};

	return parse_unit(s, units, ARRAY_LEN(units), ms);
}

bool
str_size_bytes(struct slice s, int64_t *bytes)
{
	static const struct unit units[] = {
		{ "", 1 }, { "B", 1 }, { "kB", 1024 }, { "MB", 1048576 },
		{ "GB", 1073741824 },
	};

	return parse_unit(s, units, ARRAY_LEN(units), bytes);
}

uint64_t
str_hash(struct slice s)
{
	uint64_t h = 14695981039346656037u;
	size_t i;

	for (i = 0; i < s.len; i++)
		h = (h ^ (unsigned char)s.ptr[i]) * 1099511628211u;
	return h;
}
