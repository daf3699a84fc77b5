/*
 * unanswered.h - the last search that found nothing, so that kbctl new can
 * begin with it.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBCTL_UNANSWERED_H
#define KBCTL_UNANSWERED_H

#include "common/slice.h"

struct buf;

/* Whoever records a lesson does so the same day. */
#define UNANSWERED_HOURS 24

void unanswered_save(const char *target, struct slice query);

/*
 * Append what was searched for on that server within the last hours; false
 * when there is nothing, or it was recorded since.
 */
bool unanswered_load(const char *target, struct buf *out);

void unanswered_forget(void);

#endif
