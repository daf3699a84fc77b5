/*
 * secret.h - random bytes, digests, comparing and forgetting secrets.
 *
 * The primitives that scram, authdb and web sessions stand on; OpenSSL does
 * the work. Nothing here can fail half way: secret_check() proves once, at
 * start, that this OpenSSL has what we need, and from then on a failing
 * digest or random generator ends the process, since a server that goes on
 * without them would be worse than none. Safe from any thread.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_SECRET_H
#define KBD_SECRET_H

#include "common/err.h"
#include "common/slice.h"

struct buf;

#define SECRET_DIGEST_SIZE 32	/* bytes of a SHA-256 */

/*
 * Known answers for SHA-256, HMAC and PBKDF2, and a working random
 * generator. Call once at start; ERR_SYSTEM says what is missing.
 */
bool secret_check(struct err *e) MUST_CHECK;

/* Fill with bytes fit for keys and nonces. */
void secret_random(void *out, size_t len);

void secret_sha256(struct slice data, unsigned char out[SECRET_DIGEST_SIZE]);
void secret_hmac(struct slice key, struct slice data,
    unsigned char out[SECRET_DIGEST_SIZE]);

/*
 * PBKDF2-HMAC-SHA-256, one block: RFC 5802's Hi(). iterations >= 1; about a
 * millisecond for 4096 of them, so not on a loop thread.
 */
void secret_pbkdf2(struct slice password, struct slice salt,
    unsigned iterations, unsigned char out[SECRET_DIGEST_SIZE]);

/* Equal content, in a time that depends on the lengths only. */
bool secret_eq(struct slice a, struct slice b);

/* Overwrite in a way that the compiler cannot leave out. */
void secret_wipe(void *p, size_t len);

/* Bytes that len bytes need in base64, without a NUL. */
#define SECRET_BASE64_SIZE(len) (((len) + 2) / 3 * 4)

/* Append as base64 (RFC 4648, padded, one line). */
void secret_base64_put(struct buf *b, struct slice bytes);

/*
 * Decode base64 into at most max bytes. Strict: padding as it must be, no
 * blanks, no stray bits, so that each value has one spelling. False leaves
 * *len alone.
 */
bool secret_base64_read(struct slice text, void *out, size_t max,
    size_t *len) MUST_CHECK;

/*
 * A password for somebody to copy from a screen: 25 characters in five
 * groups, no letter that looks like another, 123 bits. NUL-terminated.
 */
#define SECRET_PASSWORD_SIZE 30
void secret_password(char out[SECRET_PASSWORD_SIZE]);

#endif
