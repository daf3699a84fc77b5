/*
 * myers.h - which items of two sequences of numbers stay, which change.
 *
 * Myers' O(ND) comparison in linear space, with a budget: what it cannot
 * decide for that price counts as changed. Pure: numbers in, marks out.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_MYERS_H
#define KBD_MYERS_H

#include <stdbool.h>
#include <stddef.h>

/* Steps that one comparison may take: some 50 ms of one core. */
#define MYERS_BUDGET 12000000

/*
 * Compare a[0..na) with b[0..nb). The marks are set for items that are not
 * common to both; the items without a mark are the same on both sides, in
 * order. False when the budget ended it early: then there may be more marks
 * than needed, and what has no mark is still common.
 *
 *   a_changed, b_changed   na and nb marks, all false before
 */
bool myers_compare(const int *a, size_t na, const int *b, size_t nb,
    bool *a_changed, bool *b_changed);

#endif
