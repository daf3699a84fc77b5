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

void
clock_now(char out[CLOCK_TEXT_SIZE])
{
	struct timespec t;
	struct tm tm;
	size_t n;

	clock_gettime(CLOCK_REALTIME, &t);
	gmtime_r(&t.tv_sec, &tm);
	n = strftime(out, CLOCK_TEXT_SIZE, "%Y-%m-%d %H:%M:%S", &tm);
	snprintf(out + n, CLOCK_TEXT_SIZE - n, ".%06ld+00", t.tv_nsec / 1000);
}

void
clock_rfc3339(struct slice stored, char out[CLOCK_TEXT_SIZE])
{
	size_t n = stored.len < CLOCK_TEXT_SIZE ? stored.len :
	    CLOCK_TEXT_SIZE - 1;

	if (n != 0)
		memcpy(out, stored.ptr, n);
	out[n] = '\0';
	if (n != CLOCK_TEXT_SIZE - 1 || out[10] != ' ' || out[26] != '+')
		return;
	out[10] = 'T';
	out[26] = 'Z';
	out[27] = '\0';
}
