/*
 * pg_numeric.c - the wire forms of numeric; see pg_numeric.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/pg_numeric.h"
#include "common/arena.h"
#include "common/buf.h"
#include "common/reader.h"
#include "common/str.h"

#include <stdio.h>

#define NEGATIVE 0x4000u
#define NAN_SIGN 0xc000u

/* A decimal taken apart: its digits, and how many are before the point. */
struct decimal {
	char digits[PG_NUMERIC_DIGITS + 8];
	int n, point, scale;
	bool negative;
};

static size_t
skip_digits(struct slice s, size_t at)
{
	while (at < s.len && ascii_is_digit(s.ptr[at]))
		at++;
	return at;
}

bool
pg_numeric_valid(struct slice s)
{
	size_t at = 0, start, count;

	if (str_ieq(s, SLICE("nan")))
		return true;
	if (at < s.len && (s.ptr[at] == '-' || s.ptr[at] == '+'))
		at++;
	start = at;
	at = skip_digits(s, at);
	count = at - start;
	if (at < s.len && s.ptr[at] == '.') {
		start = at + 1;
		at = skip_digits(s, start);
		count += at - start;
	}
	if (count == 0)
		return false;
	if (at < s.len && (s.ptr[at] == 'e' || s.ptr[at] == 'E')) {
		at++;
		if (at < s.len && (s.ptr[at] == '-' || s.ptr[at] == '+'))
			at++;
		start = at;
		at = skip_digits(s, at);
		if (at == start || at - start > 4)
			return false;
	}
	return at == s.len;
}

static bool
take_apart(struct slice s, struct decimal *d)
{
	int64_t exponent = 0;
	bool after = false;
	size_t i = 0;

	*d = (struct decimal){ .n = 0 };
	if (i < s.len && (s.ptr[i] == '-' || s.ptr[i] == '+'))
		d->negative = s.ptr[i++] == '-';
	for (; i < s.len; i++) {
		if (s.ptr[i] == '.') {
			after = true;
		} else if (ascii_is_digit(s.ptr[i])) {
			if (d->n == PG_NUMERIC_DIGITS)
				return false;
			d->digits[d->n++] = s.ptr[i];
			d->point += !after;
			d->scale += after;
		} else {
			struct slice rest = slice_sub(s, i + 1, s.len);

			if (rest.len != 0 && rest.ptr[0] == '+')
				rest = slice_sub(rest, 1, rest.len);
			if (!str_int(rest, -1000, 1000, &exponent))
				return false;
			break;
		}
	}
	d->point += (int)exponent;
	d->scale -= (int)exponent;
	if (d->scale < 0)
		d->scale = 0;
	return true;
}

/* Digit at a place before (0, 1 ...) or after (-1, -2 ...) the point. */
static int
digit(const struct decimal *d, int place)
{
	int i = d->point - 1 - place;

	return i >= 0 && i < d->n ? d->digits[i] - '0' : 0;
}

static int
group(const struct decimal *d, int weight)
{
	int base = weight * 4;

	return digit(d, base + 3) * 1000 + digit(d, base + 2) * 100 +
	    digit(d, base + 1) * 10 + digit(d, base);
}

bool
pg_numeric_put(struct buf *b, struct slice text)
{
	struct decimal d;
	int first, last, i;

	if (str_ieq(text, SLICE("nan"))) {
		buf_put_u16(b, 0);
		buf_put_u16(b, 0);
		buf_put_u16(b, NAN_SIGN);
		buf_put_u16(b, 0);
		return true;
	}
	if (!pg_numeric_valid(text) || !take_apart(text, &d))
		return false;
	first = (d.point + 3) / 4;
	last = -((d.n - d.point + 7) / 4) - 1;
	while (first >= last && group(&d, first) == 0)
		first--;
	while (last <= first && group(&d, last) == 0)
		last++;
	if (first < last) {
		first = 0;
		last = 1;
		d.negative = false;
	}
	buf_put_u16(b, (uint16_t)(first - last + 1));
	buf_put_u16(b, (uint16_t)(first < last ? 0 : first));
	buf_put_u16(b, d.negative ? NEGATIVE : 0);
	buf_put_u16(b, (uint16_t)d.scale);
	for (i = first; i >= last; i--)
		buf_put_u16(b, (uint16_t)group(&d, i));
	return true;
}

static int
group_at(struct slice bytes, int weight, int w, int n)
{
	int i = weight - w;

	if (i < 0 || i >= n)
		return 0;
	return (unsigned char)bytes.ptr[8 + 2 * i] << 8 |
	    (unsigned char)bytes.ptr[9 + 2 * i];
}

bool
pg_numeric_read(struct slice bytes, struct arena *a, struct slice *out)
{
	struct reader r = reader_of(bytes);
	int n = reader_u16(&r), weight = (int16_t)reader_u16(&r), w, i;
	unsigned sign = reader_u16(&r), scale = reader_u16(&r);
	struct buf b = BUF_INIT;
	char four[8];
	bool ok = true;

	if (bytes.len < 8 || bytes.len != 8 + 2 * (size_t)n)
		return false;
	if (sign == NAN_SIGN) {
		*out = SLICE("NaN");
		return true;
	}
	if ((sign != 0 && sign != NEGATIVE) || weight > 500 ||
	    weight < -500 || scale > PG_NUMERIC_DIGITS || n > 500)
		return false;
	for (i = 0; i < n; i++)
		ok = ok && group_at(bytes, weight, weight - i, n) < 10000;
	if (sign == NEGATIVE)
		buf_putc(&b, '-');
	for (w = weight < 0 ? 0 : weight; w >= 0; w--)
		buf_printf(&b, w == weight || weight < 0 ? "%d" : "%04d",
		    group_at(bytes, weight, w, n));
	if (scale > 0)
		buf_putc(&b, '.');
	for (i = 0; i < (int)scale; i++) {
		snprintf(four, sizeof(four), "%04d", group_at(bytes, weight,
		    -1 - i / 4, n) % 10000);
		buf_putc(&b, four[i % 4]);
	}
	*out = arena_dup(a, buf_slice(&b));
	buf_free(&b);
	return ok;
}
