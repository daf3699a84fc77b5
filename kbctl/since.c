/*
 * since.c - "since when"; see since.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbctl/since.h"
#include "common/str.h"

#include <stdio.h>
#include <time.h>

/* "2026-11-20", and what may stand behind it in a time. */
static bool
is_time(struct slice s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if (i < 10 ? (i == 4 || i == 7 ? s.ptr[i] != '-' :
		    !ascii_is_digit(s.ptr[i])) :
		    !ascii_is_digit(s.ptr[i]) &&
		    strchr("T Z:.+-", s.ptr[i]) == NULL)
			return false;
	return s.len >= 10;
}

bool
since_parse(const char *text, char out[SINCE_SIZE], struct err *e)
{
	struct slice s = slice_of(text);
	struct tm tm;
	int64_t ms;
	time_t then;

	if (is_time(s) && s.len < SINCE_SIZE - 10) {
		snprintf(out, SINCE_SIZE, "%s%s", text,
		    s.len == 10 ? " 00:00:00+00" : "");
		return true;
	}
	/* a number alone would be milliseconds */
	if (s.len == 0 || ascii_is_digit(s.ptr[s.len - 1]) ||
	    !str_duration_ms(s, &ms))
		return err_set(e, ERR_INVALID, "--since takes 7d, 12h, a day "
		    "like 2026-11-20 or a time, not \"%s\"", text);
	then = time(NULL) - (time_t)(ms / 1000);
	gmtime_r(&then, &tm);
	strftime(out, SINCE_SIZE, "%Y-%m-%d %H:%M:%S+00", &tm);
	return true;
}
