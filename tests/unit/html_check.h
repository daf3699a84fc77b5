/*
 * html_check.h - is this HTML what our renderer may write, and nothing else?
 *
 * For tests and fuzzing: known elements with known attributes, every element
 * closed in its place, URLs of known schemes. Anything that somebody managed
 * to smuggle in is none of these.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_TEST_HTML_CHECK_H
#define KBD_TEST_HTML_CHECK_H

#include "common/slice.h"

/* NULL, or what is wrong. */
const char *html_check(struct slice html);

#endif
