/*
 * pasted.h - what somebody typed or piped, made fit to be searched for.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBCTL_PASTED_H
#define KBCTL_PASTED_H

#include "common/err.h"
#include "common/slice.h"

struct buf;

#define PASTED_MAX (64u * 1024)	/* bytes that are used */

/*
 * Append any bytes as clean UTF-8: terminal escape sequences are removed;
 * control characters, NUL and bytes that are no UTF-8 become blanks. Stops,
 * at a character, when *out holds PASTED_MAX bytes.
 */
void pasted_clean(struct slice bytes, struct buf *out);

/*
 * Standard input, cleaned. As much is read as can be used; there is no
 * input that is an error.
 */
bool pasted_stdin(struct buf *out, struct err *e) MUST_CHECK;

/* Words joined by blanks, cleaned. */
void pasted_words(const char *const *words, int n, struct buf *out);

#endif
