/*
 * clock.h - time: a monotonic one for deadlines, wall time for records.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_CLOCK_H
#define KBD_CLOCK_H

#include <stdint.h>

#include "common/slice.h"

/* Milliseconds or microseconds since an arbitrary start; never goes back. */
int64_t clock_ms(void);
int64_t clock_us(void);

/*
 * The form in which times are stored and sent over SQL: UTC, microseconds,
 * fixed width, so that text order is time order.
 *   "2026-11-23 21:43:00.123456+00"
 */
#define CLOCK_TEXT_SIZE 30
void clock_now(char out[CLOCK_TEXT_SIZE]);

/* The time in microseconds since 1970, and the form above of one. */
int64_t clock_real_us(void);
void clock_text(int64_t real_us, char out[CLOCK_TEXT_SIZE]);

/*
 * A stored time, or one as PostgreSQL prints it (without the last zeros of
 * its fraction), as RFC 3339, for JSON: "2026-11-23T21:43:00.123456Z". Text
 * of any other form is copied as it is, cut to the size.
 */
void clock_rfc3339(struct slice stored, char out[CLOCK_TEXT_SIZE]);

#endif
