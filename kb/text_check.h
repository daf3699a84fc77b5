/*
 * text_check.h - is this text, and if not, what may it be?
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_TEXT_CHECK_H
#define KBD_TEXT_CHECK_H

#include "common/err.h"
#include "common/slice.h"

/*
 * UTF-8 without NUL. Fails with ERR_INVALID; the message names line and byte
 * (both 1-based, the byte within the file), the detail the likely encoding
 * ("GB18030", "UTF-16LE", "UTF-16BE", "ISO-8859-1"), the hint how to convert.
 */
bool text_check(struct slice text, struct err *e) MUST_CHECK;

/* The likely encoding of bytes that are not UTF-8; NULL: no text at all. */
const char *text_guess_encoding(struct slice text);

#endif
