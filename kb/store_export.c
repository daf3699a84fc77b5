/*
 * store_export.c - a document's bytes, now or as of a moment.
 *
 * Truth is append-only, so that once the revision is known all reads of it
 * agree, whatever is committed meanwhile.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/store_internal.h"

#include <stdio.h>
#include <time.h>

#include "common/buf.h"
#include "common/clock.h"
#include "common/str.h"

/* ---- moments ---- */

/* Exactly n digits at *at, which moves on. */
static bool
take_digits(struct slice s, size_t *at, size_t n, int *out)
{
	size_t i;

	*out = 0;
	for (i = 0; i < n; i++, (*at)++) {
		if (*at >= s.len || !ascii_is_digit(s.ptr[*at]))
			return false;
		*out = *out * 10 + (s.ptr[*at] - '0');
	}
	return true;
}

static bool
take_char(struct slice s, size_t *at, const char *any)
{
	if (*at >= s.len || strchr(any, s.ptr[*at]) == NULL)
		return false;
	(*at)++;
	return true;
}

static bool
take_date(struct slice s, size_t *at, struct tm *tm)
{
	if (!take_digits(s, at, 4, &tm->tm_year) || !take_char(s, at, "-") ||
	    !take_digits(s, at, 2, &tm->tm_mon) || !take_char(s, at, "-") ||
	    !take_digits(s, at, 2, &tm->tm_mday))
		return false;
	return tm->tm_year >= 1970 && tm->tm_mon >= 1 && tm->tm_mon <= 12 &&
	    tm->tm_mday >= 1 && tm->tm_mday <= 31;
}

/* "21:43", "21:43:00", "21:43:00.5"; microseconds in *us. */
static bool
take_time(struct slice s, size_t *at, struct tm *tm, int *us)
{
	int digit, factor = 100000;

	if (!take_digits(s, at, 2, &tm->tm_hour) || !take_char(s, at, ":") ||
	    !take_digits(s, at, 2, &tm->tm_min))
		return false;
	if (take_char(s, at, ":") && !take_digits(s, at, 2, &tm->tm_sec))
		return false;
	if (take_char(s, at, ".,"))
		while (take_digits(s, at, 1, &digit)) {
			*us += digit * factor;
			factor /= 10;
		}
	return tm->tm_hour <= 23 && tm->tm_min <= 59 && tm->tm_sec <= 60;
}

/* "Z", "+08:00", "-0530", "+08" or nothing, which is UTC. */
static bool
take_zone(struct slice s, size_t *at, int *seconds)
{
	int sign, hours = 0, minutes = 0;

	*seconds = 0;
	if (*at == s.len || take_char(s, at, "Zz"))
		return *at == s.len;
	sign = s.ptr[*at] == '-' ? -1 : 1;
	if (!take_char(s, at, "+-") || !take_digits(s, at, 2, &hours))
		return false;
	(void)take_char(s, at, ":");
	if (*at < s.len && !take_digits(s, at, 2, &minutes))
		return false;
	*seconds = sign * (hours * 3600 + minutes * 60);
	return *at == s.len && hours <= 15 && minutes <= 59;
}

/* A moment in the form in which times are stored. */
static bool
read_moment(struct slice s, char out[CLOCK_TEXT_SIZE])
{
	struct tm tm = { 0 }, utc;
	int us = 0, zone = 0;
	size_t at = 0, n;
	time_t t;

	if (!take_date(s, &at, &tm))
		return false;
	if (at == s.len) {
		tm.tm_hour = 23, tm.tm_min = 59, tm.tm_sec = 59, us = 999999;
	} else if (!take_char(s, &at, "Tt ") ||
	    !take_time(s, &at, &tm, &us) || !take_zone(s, &at, &zone)) {
		return false;
	}
	tm.tm_year -= 1900;
	tm.tm_mon -= 1;
	t = timegm(&tm) - zone;
	if (gmtime_r(&t, &utc) == NULL)
		return false;
	n = strftime(out, CLOCK_TEXT_SIZE, "%Y-%m-%d %H:%M:%S", &utc);
	snprintf(out + n, CLOCK_TEXT_SIZE - n, ".%06d+00", us);
	return n == 19;
}

static bool
revision_until(struct store *s, struct slice as_of, int64_t *out,
    struct err *e)
{
	sqlite3_stmt *q = store_stmt(s, STMT_REVISION_UNTIL);
	char moment[CLOCK_TEXT_SIZE];

	if (!read_moment(as_of, moment))
		return err_set(e, ERR_INVALID, "\"%.*s\" is neither a revision "
		    "nor a date such as \"2026-11-23\"", SLICE_ARG(as_of));
	store_bind(q, 1, slice_of(moment));
	if (!store_number(s, q, out, e))
		return false;
	if (*out == 0)
		return err_set(e, ERR_NOT_FOUND, "there was no revision yet on "
		    "\"%.*s\"", SLICE_ARG(as_of));
	return true;
}

static bool
find_revision(struct store *s, struct slice as_of, int64_t *out,
    struct err *e)
{
	int64_t newest;

	if (!store_revision(s, &newest, e))
		return false;
	if (as_of.len == 0) {
		*out = newest;
		return true;
	}
	if (!str_int(as_of, INT64_MIN, INT64_MAX, out))
		return revision_until(s, as_of, out, e);
	if (*out < 1 || *out > newest)
		return err_set(e, ERR_NOT_FOUND, "revision %lld does not exist",
		    (long long)*out);
	return true;
}

/* ---- bytes ---- */

static bool
put_items(struct store *s, int64_t document, int64_t outline,
    int64_t revision, struct buf *out, struct err *e)
{
	sqlite3_stmt *q = store_stmt(s, STMT_OUTLINE_ITEMS);
	bool more;

	store_bind_int(q, 1, document);
	store_bind_int(q, 2, outline);
	store_bind_int(q, 3, revision);
	for (;;) {
		if (!store_row(s, q, &more, e))
			return false;
		if (!more)
			break;
		buf_put_slice(out, store_column_raw(q, 2));
	}
	store_reset(q);
	if (!buf_ok(out))
		return err_set(e, ERR_LIMIT, "the document is longer than %zu "
		    "bytes", out->max_bytes);
	return true;
}

bool
store_export(struct store *s, struct slice name, struct slice as_of,
    struct buf *out, int64_t *revision, struct err *e)
{
	sqlite3_stmt *q;
	int64_t document, outline;

	if (!store_find_document(s, name, true, &document, e))
		return false;
	if (document == 0)
		return err_set(e, ERR_NOT_FOUND,
		    "document \"%.*s\" does not exist", SLICE_ARG(name));
	if (!find_revision(s, as_of, revision, e))
		return false;
	q = store_stmt(s, STMT_OUTLINE_AT);
	store_bind_int(q, 1, document);
	store_bind_int(q, 2, *revision);
	if (!store_number(s, q, &outline, e))
		return false;
	if (outline == 0)
		return err_set(e, ERR_NOT_FOUND, "document \"%.*s\" did not "
		    "exist at revision %lld", SLICE_ARG(name),
		    (long long)*revision);
	return put_items(s, document, outline, *revision, out, e);
}
