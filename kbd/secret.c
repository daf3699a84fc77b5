/*
 * secret.c - random bytes, digests, comparing, forgetting; see secret.h.
 *
 * Digests are one-shot calls on whole messages: those that we hash are short
 * and in memory anyway.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/secret.h"

#include <stdio.h>
#include <stdlib.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include "common/buf.h"

static void
must(bool ok, const char *what)
{
	if (!ok) {
		fprintf(stderr, "OpenSSL failed: %s\n", what);
		abort();
	}
}

/* OpenSSL takes NULL for "no key" in places; an empty text is not that. */
static const char *
bytes_of(struct slice s)
{
	return s.len != 0 ? s.ptr : "";
}

static bool
try_sha256(struct slice data, unsigned char out[SECRET_DIGEST_SIZE])
{
	unsigned n = 0;

	return EVP_Digest(bytes_of(data), data.len, out, &n, EVP_sha256(),
	    NULL) == 1 && n == SECRET_DIGEST_SIZE;
}

static bool
try_hmac(struct slice key, struct slice data,
    unsigned char out[SECRET_DIGEST_SIZE])
{
	unsigned n = 0;

	return HMAC(EVP_sha256(), bytes_of(key), (int)key.len,
	    (const unsigned char *)bytes_of(data), data.len, out, &n) != NULL &&
	    n == SECRET_DIGEST_SIZE;
}

static bool
try_pbkdf2(struct slice password, struct slice salt, unsigned iterations,
    unsigned char out[SECRET_DIGEST_SIZE])
{
	return PKCS5_PBKDF2_HMAC(bytes_of(password), (int)password.len,
	    (const unsigned char *)bytes_of(salt), (int)salt.len,
	    (int)iterations, EVP_sha256(), SECRET_DIGEST_SIZE, out) == 1;
}

/* What the digests of "abc" and RFC 7677's password must begin with. */
bool
secret_check(struct err *e)
{
	unsigned char d[SECRET_DIGEST_SIZE];
	struct slice abc = SLICE("abc");

	if (!try_sha256(abc, d) || memcmp(d, "\xba\x78\x16\xbf", 4) != 0)
		return err_set(e, ERR_SYSTEM, "OpenSSL offers no SHA-256");
	if (!try_hmac(SLICE("key"), abc, d) ||
	    memcmp(d, "\x9c\x19\x6e\x32", 4) != 0)
		return err_set(e, ERR_SYSTEM, "OpenSSL offers no HMAC-SHA-256");
	if (!try_pbkdf2(SLICE("password"), SLICE("salt"), 2, d) ||
	    memcmp(d, "\xae\x4d\x0c\x95", 4) != 0)
		return err_set(e, ERR_SYSTEM, "OpenSSL offers no PBKDF2");
	if (RAND_bytes(d, sizeof(d)) != 1)
		return err_set(e, ERR_SYSTEM, "OpenSSL has no random bytes");
	return true;
}

void
secret_random(void *out, size_t len)
{
	must(RAND_bytes(out, (int)len) == 1, "random bytes");
}

void
secret_sha256(struct slice data, unsigned char out[SECRET_DIGEST_SIZE])
{
	must(try_sha256(data, out), "SHA-256");
}

void
secret_hmac(struct slice key, struct slice data,
    unsigned char out[SECRET_DIGEST_SIZE])
{
	must(try_hmac(key, data, out), "HMAC-SHA-256");
}

void
secret_pbkdf2(struct slice password, struct slice salt, unsigned iterations,
    unsigned char out[SECRET_DIGEST_SIZE])
{
	must(try_pbkdf2(password, salt, iterations, out), "PBKDF2");
}

bool
secret_eq(struct slice a, struct slice b)
{
	return a.len == b.len &&
	    CRYPTO_memcmp(bytes_of(a), bytes_of(b), a.len) == 0;
}

void
secret_wipe(void *p, size_t len)
{
	OPENSSL_cleanse(p, len);
}

static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void
secret_base64_put(struct buf *b, struct slice bytes)
{
	size_t i, k;

	for (i = 0; i < bytes.len; i += 3) {
		size_t n = bytes.len - i < 3 ? bytes.len - i : 3;
		unsigned v = 0;

		for (k = 0; k < 3; k++)
			v = v << 8 |
			    (k < n ? (unsigned char)bytes.ptr[i + k] : 0u);
		for (k = 0; k < 4; k++)
			buf_putc(b, k <= n ?
			    base64_digits[v >> (18 - 6 * k) & 63] : '=');
	}
}

/* The value of a digit, or 64. */
static unsigned
base64_value(char c)
{
	const char *at = c != '\0' ? strchr(base64_digits, c) : NULL;

	return at != NULL ? (unsigned)(at - base64_digits) : 64;
}

bool
secret_base64_read(struct slice text, void *out, size_t max, size_t *len)
{
	unsigned char *to = out;
	size_t pad = 0, n, i, k;

	if (text.len % 4 != 0)
		return false;
	while (pad < 2 && pad < text.len &&
	    text.ptr[text.len - 1 - pad] == '=')
		pad++;
	n = text.len / 4 * 3 - pad;
	if (n > max)
		return false;
	for (i = 0; i < text.len; i += 4) {
		size_t bytes = i + 4 == text.len ? 3 - pad : 3;
		unsigned v = 0;

		for (k = 0; k < 4; k++) {
			unsigned d = k > bytes ? 0 :
			    base64_value(text.ptr[i + k]);

			if (d == 64)
				return false;
			v = v << 6 | d;
		}
		if ((v & ((1u << (8 * (3 - bytes))) - 1)) != 0)
			return false;	/* bits that no byte holds */
		for (k = 0; k < bytes; k++)
			*to++ = (unsigned char)(v >> (16 - 8 * k));
	}
	*len = n;
	return true;
}

void
secret_password(char out[SECRET_PASSWORD_SIZE])
{
	/* 31 characters: 248 is the largest multiple below 256 */
	static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789";
	unsigned char r = 0;
	size_t i;

	for (i = 0; i < SECRET_PASSWORD_SIZE - 1; i++) {
		if (i % 6 == 5) {
			out[i] = '-';
			continue;
		}
		do
			secret_random(&r, 1);
		while (r >= 248);
		out[i] = letters[r % 31];
	}
	out[SECRET_PASSWORD_SIZE - 1] = '\0';
}
