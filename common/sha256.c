/*
 * sha256.c - the digest of bytes that come in pieces; see sha256.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "common/sha256.h"
#include "common/mem.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

#define DIGEST_BYTES 32

struct sha256 {
	EVP_MD_CTX *ctx;	/* owned */
};

static void
must(int rc)
{
	if (rc == 1)
		return;
	fputs("this OpenSSL cannot do SHA-256\n", stderr);
	abort();
}

struct sha256 *
sha256_new(void)
{
	struct sha256 *h = mem_zalloc(sizeof(*h));

	h->ctx = EVP_MD_CTX_new();
	must(h->ctx != NULL);
	must(EVP_DigestInit_ex(h->ctx, EVP_sha256(), NULL));
	return h;
}

void
sha256_add(struct sha256 *h, struct slice bytes)
{
	if (bytes.len != 0)
		must(EVP_DigestUpdate(h->ctx, bytes.ptr, bytes.len));
}

void
sha256_finish(struct sha256 *h, char out[SHA256_TEXT_SIZE])
{
	static const char hex[] = "0123456789abcdef";
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned n = 0, i;

	must(EVP_DigestFinal_ex(h->ctx, digest, &n));
	must(n == DIGEST_BYTES);
	for (i = 0; i < DIGEST_BYTES; i++) {
		out[2 * i] = hex[digest[i] >> 4];
		out[2 * i + 1] = hex[digest[i] & 15];
	}
	out[2 * i] = '\0';
	EVP_MD_CTX_free(h->ctx);
	free(h);
}

void
sha256_text(struct slice bytes, char out[SHA256_TEXT_SIZE])
{
	struct sha256 *h = sha256_new();

	sha256_add(h, bytes);
	sha256_finish(h, out);
}
