/*
 * inflection.h - what the inflections of an English word have in common.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_INFLECTION_H
#define KBD_INFLECTION_H

#include "common/slice.h"

/*
 * Bytes of a lower-case word without its English ending: "throttl" of
 * throttle, throttles, throttled and throttling; "stop" of stopped. 0 when too
 * little would be left or a byte is no letter from a to z. *inflected tells
 * whether an ending other than a mere "e" was taken off; it may be NULL.
 */
size_t inflection_base(struct slice word, bool *inflected);

#endif
