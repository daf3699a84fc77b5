/*
 * edit_date.h - the line that says when a document was last updated.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_EDIT_DATE_H
#define KBD_EDIT_DATE_H

#include "common/slice.h"

struct arena;

/*
 * The text with today's date in the last line near its end that is labelled
 * as the date of the last update ("*最后更新: 2025年8月3日*"), written as the
 * date was written there. False when there is no such line or its date has
 * none of the forms with the year first.
 *
 *   today  "2026-11-23"
 */
bool edit_date(struct slice text, struct slice today, struct arena *a,
    struct slice *out);

#endif
