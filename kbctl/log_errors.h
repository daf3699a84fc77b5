/*
 * log_errors.h - the errors of a log, most frequent first, each once.
 *
 * Lines that differ only in numbers and times are one, and those that would be
 * known by the same signature (kb/signature.h); the first of them stands for
 * all. Pure.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBCTL_LOG_ERRORS_H
#define KBCTL_LOG_ERRORS_H

#include "common/arena.h"
#include "common/slice.h"

struct log_error {
	struct slice text;	/* a view of the log */
	size_t count;
};

/* At most max errors, in the arena; how many there are is returned. */
size_t log_errors(struct slice log, size_t max, struct arena *a,
    struct log_error **out);

#endif
