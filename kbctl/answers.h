/*
 * answers.h - the last answer list, so that ":1" means its first.
 *
 * Kept in $XDG_STATE_HOME/kbctl/answers, with the server it came from: on
 * another server the numbers mean other entries.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBCTL_ANSWERS_H
#define KBCTL_ANSWERS_H

#include <stdint.h>

#include "common/err.h"

/* Remember; a home that cannot be written is no error. */
void answers_save(const char *target, const int64_t *entries, size_t n);

/*
 * The entry of answer `number` (from 1). ERR_INVALID when there is no such
 * answer or the list is another server's.
 */
bool answers_find(const char *target, int64_t number, int64_t *entry,
    struct err *e) MUST_CHECK;

#endif
