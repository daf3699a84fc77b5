/*
 * since.h - "since when", as people say it.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBCTL_SINCE_H
#define KBCTL_SINCE_H

#include "common/err.h"

#define SINCE_SIZE 40

/*
 * "7d", "12h", "30min" ago, a day ("2026-11-20", from its beginning in UTC)
 * or a time ("2026-11-20T21:43:00Z"), as a timestamp for SQL.
 */
bool since_parse(const char *text, char out[SINCE_SIZE], struct err *e)
    MUST_CHECK;

#endif
