/*
 * saslprep.h - the form of a password that is hashed (RFC 4013).
 *
 * As libpq and PostgreSQL do it, since both ends must come to the same
 * bytes: ASCII as it is; other text mapped and brought to NFKC; and what
 * SASLprep forbids, or what is no UTF-8, as its raw bytes.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_SASLPREP_H
#define KBD_SASLPREP_H

#include "common/slice.h"

struct buf;

/*
 * Append the form of text to *out. False when it is the raw bytes because
 * SASLprep does not allow the text; that is no error.
 */
bool saslprep_put(struct buf *out, struct slice text);

#endif
