/*
 * clock.c - time: deadlines and records; see clock.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "common/clock.h"

#include <stdio.h>
#include <time.h>

int64_t
clock_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t
clock_ms(void)
{
	return clock_us() / 1000;
}

int64_t
clock_real_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

void
clock_text(int64_t real_us, char out[CLOCK_TEXT_SIZE])
{
	time_t seconds = (time_t)(real_us / 1000000);
	struct tm tm;
	size_t n;

	gmtime_r(&seconds, &tm);
	n = strftime(out, CLOCK_TEXT_SIZE, "%Y-%m-%d %H:%M:%S", &tm);
	snprintf(out + n, CLOCK_TEXT_SIZE - n, ".%06ld+00",
	    (long)(real_us % 1000000));
}

void
clock_now(char out[CLOCK_TEXT_SIZE])
{
	clock_text(clock_real_us(), out);
}

/* "2026-11-23 21:43:00" and ".123456" after it. */
enum { SECONDS_END = 19, FRACTION_END = 26 };

void
clock_rfc3339(struct slice stored, char out[CLOCK_TEXT_SIZE])
{
	size_t n = stored.len < CLOCK_TEXT_SIZE ? stored.len :
	    CLOCK_TEXT_SIZE - 1;
	size_t end = n > 3 ? n - 3 : 0;

	if (n != 0)
		memcpy(out, stored.ptr, n);
	out[n] = '\0';
	if (end < SECONDS_END || out[10] != ' ' ||
	    memcmp(out + end, "+00", 3) != 0 ||
	    (end > SECONDS_END && out[SECONDS_END] != '.'))
		return;
	out[10] = 'T';
	out[SECONDS_END] = '.';
	if (end == SECONDS_END)
		end++;
	memset(out + end, '0', FRACTION_END - end);
	memcpy(out + FRACTION_END, "Z", 2);
}
