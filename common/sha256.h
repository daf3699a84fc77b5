/*
 * sha256.h - the digest of bytes that come in pieces; OpenSSL does the work.
 *
 * Server and client describe a backup with it. Cannot fail: a process whose
 * OpenSSL has no SHA-256 ends.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_SHA256_H
#define KBD_SHA256_H

#include "common/slice.h"

#define SHA256_TEXT_SIZE 65	/* hexadecimal, lower case, with its NUL */

struct sha256;

struct sha256 *sha256_new(void);
void sha256_add(struct sha256 *h, struct slice bytes);

/* Says the digest of all that was added, and frees h. */
void sha256_finish(struct sha256 *h, char out[SHA256_TEXT_SIZE]);

/* The digest of bytes that are all here. */
void sha256_text(struct slice bytes, char out[SHA256_TEXT_SIZE]);

#endif
