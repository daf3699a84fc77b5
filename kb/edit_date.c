/*
 * edit_date.c - the date of the last update, set in a text; see edit_date.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/edit_date.h"

#include "common/arena.h"
#include "common/str.h"
#include "kb/rules.h"

#define LINES 12	/* from the end: further up it is no line of that kind */

/* A date in a line, and how it is written. */
struct date {
	size_t from, to;		/* bytes of the line */
	const char *after_year, *after_month;
	bool is_padded;			/* "08", not "8" */
};

static size_t
count_digits(struct slice s, size_t at)
{
	size_t n = 0;

	while (at + n < s.len && ascii_is_digit(s.ptr[at + n]))
		n++;
	return n;
}

static bool
take(struct slice s, size_t *at, const char *what)
{
	if (!slice_starts(slice_sub(s, *at, s.len), slice_of(what)))
		return false;
	*at += strlen(what);
	return true;
}

static bool
date_at(struct slice s, size_t at, struct date *out)
{
	static const char *const seps[][2] = { { "-", "-" }, { "/", "/" },
		{ ".", "." }, { "年", "月" } };
	size_t i, month, day, n;

	if (count_digits(s, at) != 4)
		return false;
	for (i = 0; i < ARRAY_LEN(seps); i++) {
		size_t p = at + 4;

		if (!take(s, &p, seps[i][0]))
			continue;
		month = p;
		p += n = count_digits(s, p);
		if (n < 1 || n > 2 || !take(s, &p, seps[i][1]))
			continue;
		day = p;
		p += n = count_digits(s, p);
		if (n < 1 || n > 2)
			continue;
		/* "2025-11-25" does not tell: padded is usual there */
		*out = (struct date){ at, p, seps[i][0], seps[i][1],
			s.ptr[month] == '0' || s.ptr[day] == '0' ||
			(i < 3 && count_digits(s, month) == 2 && n == 2) };
		return true;
	}
	return false;
}

static bool
find_date(struct slice line, struct date *out)
{
	size_t i;

	for (i = 0; i < line.len; i++)
		if ((i == 0 || !ascii_is_digit(line.ptr[i - 1])) &&
		    date_at(line, i, out))
			return true;
	return false;
}

static bool
is_update_line(struct slice line)
{
	enum label label;
	struct slice rest;
	size_t i = 0;

	line = str_trim(line);
	while (i < line.len && memchr("*_>- ", line.ptr[i], 5) != NULL)
		i++;
	return rules_label_line(slice_sub(line, i, line.len), &label, &rest) &&
	    label == LABEL_UPDATED;
}

static unsigned
number(struct slice s, size_t from, size_t to)
{
	int64_t v = 0;

	(void)str_int(slice_sub(s, from, to), 0, 9999, &v);
	return (unsigned)v;
}

/* Where the last LINES lines begin. */
static size_t
last_lines(struct slice text)
{
	size_t at = text.len, n = 0;

	while (at > 0 && n <= LINES)
		n += text.ptr[--at] == '\n';
	return at;
}

bool
edit_date(struct slice text, struct slice today, struct arena *a,
    struct slice *out)
{
	size_t start = last_lines(text), at = 0;
	struct slice rest = slice_sub(text, start, text.len), line;
	struct date d = { 0, 0, NULL, NULL, false }, found;

	while (str_line(&rest, &line, NULL))
		if (is_update_line(line) && find_date(line, &found)) {
			d = found;
			at = (size_t)(line.ptr - text.ptr);
		}
	if (d.after_year == NULL)
		return false;
	*out = arena_printf(a, d.is_padded ? "%.*s%04u%s%02u%s%02u%.*s" :
	    "%.*s%04u%s%u%s%u%.*s",
	    SLICE_ARG(slice_sub(text, 0, at + d.from)), number(today, 0, 4),
	    d.after_year, number(today, 5, 7), d.after_month,
	    number(today, 8, 10),
	    SLICE_ARG(slice_sub(text, at + d.to, text.len)));
	return true;
}
