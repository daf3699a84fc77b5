/*
 * wiki_past.h - the difference of two texts as HTML.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_WIKI_PAST_H
#define KBD_WIKI_PAST_H

#include "common/slice.h"

struct http_exchange;

void wiki_put_diff(struct http_exchange *x, struct slice a, struct slice b);

#endif
