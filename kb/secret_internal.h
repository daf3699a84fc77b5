/*
 * secret_internal.h - between the secret_*.c files only.
 *
 * A detector is asked at one byte, its anchor, and looks at most
 * SECRET_BEFORE bytes back and SECRET_VALUE_MAX ahead, so that the whole scan
 * is linear.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_SECRET_INTERNAL_H
#define KBD_SECRET_INTERNAL_H

#include "kb/secret_scan.h"

#define SECRET_BEFORE 160
#define SECRET_VALUE_MAX 1024

/* How sure its surroundings are that a value is a secret. */
enum secret_sure {
	SECRET_MAYBE,		/* "token: ...": it must look like one */
	SECRET_LIKELY,		/* "password: ..." may still be prose */
	SECRET_CERTAIN		/* "-p...", "user:...@host" */
};

/* Whether a value, without its quotes, is a real secret. */
bool secret_value_is_real(struct slice value, enum secret_sure sure,
    bool is_quoted);

/* Bytes of an alphabet from `at` on, at most max of them. */
enum secret_alphabet {
	SECRET_HEX, SECRET_UPPER, SECRET_ALNUM, SECRET_URL64, SECRET_BASE64,
	SECRET_CRYPT, SECRET_SLASHED
};
size_t secret_span(struct slice text, size_t at, enum secret_alphabet set,
    size_t max);

/*
 * Values in a place that says what they are. True when a secret was found,
 * which *hit then describes, but for its line. `at` is at
 *
 *   assigned      ':', '=' or one of "：是为" behind a name
 *   in_url        the ':' of "://", that of a .pgpass line, or "@tcp("
 *   in_option     the first '-' of an option
 *   behind_word   the first letter of a word
 */
bool secret_assigned(struct slice text, size_t at, struct secret_hit *hit);
bool secret_in_url(struct slice text, size_t at, struct secret_hit *hit);
bool secret_in_option(struct slice text, size_t at, struct secret_hit *hit);
bool secret_behind_word(struct slice text, size_t at, struct secret_hit *hit);

#endif
