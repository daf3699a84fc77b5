/*
 * meta.c - front matter and dates; see meta.h.
 *
 * Front matter is read as the small part of YAML that people write there:
 * "key: value", "key: [a, b]", and a list of "- a" lines below "key:".
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/meta.h"

#include "common/arena.h"
#include "common/buf.h"
#include "common/str.h"
#include "kb/rules.h"

#define BOM SLICE("\xef\xbb\xbf")
#define META_VALUE_BYTES 1024	/* more of a value is cut */

/* "---" and blanks. */
static bool
is_fence(struct slice line)
{
	return slice_starts(line, SLICE("---")) &&
	    str_trim(slice_sub(line, 3, line.len)).len == 0;
}

size_t
meta_front_matter(struct slice text)
{
	struct slice rest = text, line;

	if (slice_starts(rest, BOM))
		rest = slice_sub(rest, BOM.len, rest.len);
	if (!str_line(&rest, &line, NULL) || !is_fence(line))
		return 0;
	while (str_line(&rest, &line, NULL))
		if (is_fence(line))
			return text.len - rest.len;
	return 0;
}

static struct slice
unquote(struct slice s)
{
	s = slice_sub(s, 0, utf8_cut(s, META_VALUE_BYTES));
	s = str_trim(s);
	if (s.len >= 2 && (s.ptr[0] == '"' || s.ptr[0] == '\'') &&
	    s.ptr[s.len - 1] == s.ptr[0])
		return slice_sub(s, 1, s.len - 1);
	return s;
}

/* Append one tag; blanks inside it become "-", since blanks separate. */
static void
put_tag(struct buf *b, struct slice tag)
{
	size_t i;

	tag = unquote(tag);
	if (tag.len == 0)
		return;
	if (b->len != 0)
		buf_putc(b, ' ');
	for (i = 0; i < tag.len; i++)
		buf_putc(b, ascii_is_space(tag.ptr[i]) ? '-' : tag.ptr[i]);
}

/* "[a, b]" or "a, b"; without a comma, blanks separate. */
static void
put_tags(struct buf *b, struct slice value)
{
	struct slice tag;
	char sep = ',';

	value = str_trim(value);
	if (value.len >= 2 && value.ptr[0] == '[' &&
	    value.ptr[value.len - 1] == ']')
		value = slice_sub(value, 1, value.len - 1);
	else if (value.len != 0 && memchr(value.ptr, ',', value.len) == NULL &&
	    value.ptr[0] != '"' && value.ptr[0] != '\'')
		sep = ' ';
	while (str_split(&value, sep, &tag))
		put_tag(b, tag);
}

/* The later of the dates that are there is the one of the last change. */
static bool
is_date_key(struct slice key)
{
	static const char *const keys[] = { "date", "updated", "lastupdated",
		"last_updated", "last-updated", "lastmod", "last_modified",
		"last-modified", "modified", "updated_at", "last_update" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(keys); i++)
		if (str_ieq(key, slice_of(keys[i])))
			return true;
	return false;
}

static bool
is_review_key(struct slice key)
{
	static const char *const keys[] = { "next_review", "next-review",
		"review", "review_by", "review-by", "next_update" };
	enum label label;
	size_t i;

	for (i = 0; i < ARRAY_LEN(keys); i++)
		if (str_ieq(key, slice_of(keys[i])))
			return true;
	return rules_label(key, &label) && label == LABEL_NEXT_REVIEW;
}

static bool
is_tags_key(struct slice key)
{
	return str_ieq(key, SLICE("tags")) || str_ieq(key, SLICE("tag")) ||
	    str_ieq(key, SLICE("keywords")) || slice_eq(key, SLICE("标签"));
}

static bool
later(struct slice date, struct slice than)
{
	return date.len != 0 && (than.len == 0 ||
	    memcmp(date.ptr, than.ptr, than.len) > 0);
}

static void
take_pair(struct slice key, struct slice value, struct buf *tags,
    struct arena *a, struct document_meta *out)
{
	struct slice date;

	if (str_ieq(key, SLICE("title")) && unquote(value).len != 0) {
		out->title = arena_dup(a, unquote(value));
	} else if (is_tags_key(key)) {
		put_tags(tags, value);
	} else if (is_date_key(key)) {
		date = meta_date(unquote(value), a);
		if (later(date, out->date))
			out->date = date;
	} else if (is_review_key(key)) {
		out->next_review = arena_dup(a, unquote(value));
	}
}

void
meta_read(struct slice front, struct arena *a, struct document_meta *out)
{
	struct slice line, key = SLICE(""), item;
	struct buf tags = BUF_INIT;
	const char *colon;

	if (slice_starts(front, BOM))
		front = slice_sub(front, BOM.len, front.len);
	while (str_line(&front, &line, NULL)) {
		item = str_trim(line);
		if (is_fence(line) || item.len == 0 || item.ptr[0] == '#')
			continue;
		if (item.ptr[0] == '-') {	/* of the list below key */
			if (is_tags_key(key))
				put_tag(&tags, slice_sub(item, 1, item.len));
			continue;
		}
		colon = memchr(line.ptr, ':', line.len);
		if (colon == NULL || ascii_is_space(line.ptr[0]))
			continue;
		key = str_trim(slice_sub(line, 0, (size_t)(colon - line.ptr)));
		take_pair(key, slice_sub(line,
		    (size_t)(colon - line.ptr) + 1, line.len), &tags, a, out);
	}
	if (tags.len != 0)
		out->tags = arena_dup(a, buf_slice(&tags));
	buf_free(&tags);
}

/* A number of one to `max` digits at *at, which moves behind it; or 0. */
static unsigned
take_number(struct slice s, size_t *at, size_t max)
{
	unsigned v = 0;
	size_t n = 0;

	while (*at + n < s.len && ascii_is_digit(s.ptr[*at + n]) && n <= max) {
		v = v * 10 + (unsigned)(s.ptr[*at + n] - '0');
		n++;
	}
	if (n == 0 || n > max)
		return 0;
	*at += n;
	return v;
}

static bool
take(struct slice s, size_t *at, const char *what)
{
	struct slice w = slice_of(what);

	if (!slice_starts(slice_sub(s, *at, s.len), w))
		return false;
	*at += w.len;
	return true;
}

static bool
is_day(unsigned y, unsigned m, unsigned d)
{
	static const unsigned days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30,
		31, 30, 31 };

	return y >= 1970 && y <= 9999 && m >= 1 && m <= 12 && d >= 1 &&
	    d <= days[m - 1];
}

/* Year first: "2025年8月3日", "2025-08-03", "2025/8/3", "2025.8.3". */
static bool
year_first(struct slice s, size_t at, unsigned *y, unsigned *m, unsigned *d)
{
	static const char *const seps[][2] = { { "-", "-" }, { "/", "/" },
		{ ".", "." }, { "年", "月" }, { " 年 ", " 月 " } };
	size_t i, p;

	if ((*y = take_number(s, &at, 4)) < 1000)
		return false;
	for (i = 0; i < ARRAY_LEN(seps); i++) {
		p = at;
		if (take(s, &p, seps[i][0]) && (*m = take_number(s, &p, 2)) &&
		    take(s, &p, seps[i][1]) && (*d = take_number(s, &p, 2)) &&
		    is_day(*y, *m, *d))
			return true;
	}
	return false;
}

/* 1 to 12 for "Aug" or "August" at *at, which moves behind it; or 0. */
static unsigned
take_month(struct slice s, size_t *at)
{
	static const char *const names[] = { "january", "february", "march",
		"april", "may", "june", "july", "august", "september",
		"october", "november", "december" };
	size_t n = 0;
	unsigned i;

	while (*at + n < s.len && ascii_is_alpha(s.ptr[*at + n]))
		n++;
	for (i = 0; n >= 3 && i < ARRAY_LEN(names); i++) {
		if (n <= strlen(names[i]) && str_ieq(slice_sub(s, *at, *at + n),
		    slice_make(names[i], n))) {
			*at += n;
			take(s, at, ".");
			return i + 1;
		}
	}
	return 0;
}

static void
skip_blanks(struct slice s, size_t *at)
{
	while (*at < s.len && (s.ptr[*at] == ' ' || s.ptr[*at] == ','))
		(*at)++;
}

static void
skip_ordinal(struct slice s, size_t *at)
{
	(void)(take(s, at, "st") || take(s, at, "nd") || take(s, at, "rd") ||
	    take(s, at, "th"));
}

/* "Aug 3, 2025" and "3 August 2025". */
static bool
month_named(struct slice s, size_t at, unsigned *y, unsigned *m, unsigned *d)
{
	*m = take_month(s, &at);
	skip_blanks(s, &at);
	if ((*d = take_number(s, &at, 2)) == 0)
		return false;
	skip_ordinal(s, &at);
	skip_blanks(s, &at);
	if (*m == 0 && (*m = take_month(s, &at)) == 0)
		return false;
	skip_blanks(s, &at);
	*y = take_number(s, &at, 4);
	return is_day(*y, *m, *d);
}

struct slice
meta_date(struct slice text, struct arena *a)
{
	unsigned y, m, d;
	size_t at;

	text = slice_sub(text, 0, META_VALUE_BYTES);
	for (at = 0; at < text.len; at++) {
		if (at > 0 && ascii_is_alnum(text.ptr[at - 1]))
			continue;	/* inside a word or a number */
		if (year_first(text, at, &y, &m, &d) ||
		    month_named(text, at, &y, &m, &d))
			return arena_printf(a, "%04u-%02u-%02u", y, m, d);
	}
	return SLICE("");
}
