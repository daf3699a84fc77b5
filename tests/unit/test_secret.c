/*
 * test_secret.c - facts about random bytes, digests, base64 and passwords.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "common/buf.h"
#include "kbd/secret.h"

static struct slice
digest(const unsigned char d[SECRET_DIGEST_SIZE])
{
	return slice_make(d, SECRET_DIGEST_SIZE);
}

static void
assert_base64(struct slice bytes, const char *want)
{
	struct buf b = BUF_INIT;
	char back[64];
	size_t len = 99;

	secret_base64_put(&b, bytes);
	assert_string_equal(buf_cstr(&b), want);
	assert_true(secret_base64_read(buf_slice(&b), back, sizeof(back),
	    &len));
	assert_true(slice_eq(slice_make(back, len), bytes));
	assert_int_equal(b.len, SECRET_BASE64_SIZE(bytes.len));
	buf_free(&b);
}

static void
test_this_openssl_passes_the_check(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	assert_true(secret_check(&e));
}

static void
test_digests_match_published_answers(void **state)
{
	unsigned char d[SECRET_DIGEST_SIZE];
	struct buf b = BUF_INIT;

	(void)state;
	secret_sha256(SLICE(""), d);
	secret_base64_put(&b, digest(d));
	assert_string_equal(buf_cstr(&b),
	    "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
	/* RFC 4231, case 2 */
	secret_hmac(SLICE("Jefe"), SLICE("what do ya want for nothing?"), d);
	assert_memory_equal(d, "\x5b\xdc\xc1\x46\xbf\x60\x75\x4e", 8);
	/* an empty key is a key */
	secret_hmac(slice_make(NULL, 0), slice_make(NULL, 0), d);
	assert_memory_equal(d, "\xb6\x13\x67\x9a\x08\x14\xd9\xec", 8);
	/* RFC 7914, section 11 */
	secret_pbkdf2(SLICE("passwd"), SLICE("salt"), 1, d);
	assert_memory_equal(d, "\x55\xac\x04\x6e\x56\xe3\x08\x9f", 8);
	buf_free(&b);
}

static void
test_base64_is_that_of_rfc_4648(void **state)
{
	(void)state;
	assert_base64(SLICE(""), "");
	assert_base64(SLICE("f"), "Zg==");
	assert_base64(SLICE("fo"), "Zm8=");
	assert_base64(SLICE("foo"), "Zm9v");
	assert_base64(SLICE("foob"), "Zm9vYg==");
	assert_base64(SLICE("fooba"), "Zm9vYmE=");
	assert_base64(SLICE("foobar"), "Zm9vYmFy");
	assert_base64(SLICE("\xff\xfe\xfd\0"), "//79AA==");
}

static void
test_base64_has_one_spelling(void **state)
{
	static const char *const bad[] = { "Z", "Zg", "Zg=", "Zh==", "Zm9=",
		"Zm9v\n", "Zm 9", "=Zg=", "Z===", "====", "Zg==Zg==", "Zm9-",
		"Zm9vZg=a", "Zg=g", NULL };
	char out[16];
	size_t len = 7, i;

	(void)state;
	for (i = 0; bad[i] != NULL; i++)
		assert_false(secret_base64_read(slice_of(bad[i]), out,
		    sizeof(out), &len));
	assert_false(secret_base64_read(slice_make("Zg\0=", 4), out,
	    sizeof(out), &len));
	assert_int_equal(len, 7);
}

static void
test_base64_stays_inside_its_room(void **state)
{
	char out[3];
	size_t len;

	(void)state;
	assert_true(secret_base64_read(SLICE("Zm9v"), out, 3, &len));
	assert_false(secret_base64_read(SLICE("Zm9v"), out, 2, &len));
	assert_true(secret_base64_read(SLICE("Zm8="), out, 2, &len));
	assert_false(secret_base64_read(SLICE("Zm9vYg=="), out, 3, &len));
}

static void
test_comparing_sees_length_and_bytes(void **state)
{
	(void)state;
	assert_true(secret_eq(SLICE("abc"), SLICE("abc")));
	assert_true(secret_eq(SLICE(""), slice_make(NULL, 0)));
	assert_false(secret_eq(SLICE("abc"), SLICE("abd")));
	assert_false(secret_eq(SLICE("abc"), SLICE("abcd")));
}

static void
test_wiping_leaves_zeros(void **state)
{
	char p[8] = "secret";

	(void)state;
	secret_wipe(p, sizeof(p));
	assert_memory_equal(p, "\0\0\0\0\0\0\0\0", 8);
}

static void
test_random_bytes_and_passwords_differ(void **state)
{
	char a[SECRET_PASSWORD_SIZE], b[SECRET_PASSWORD_SIZE];
	unsigned char r[2][16];

	(void)state;
	secret_random(r[0], 16);
	secret_random(r[1], 16);
	assert_memory_not_equal(r[0], r[1], 16);
	secret_password(a);
	secret_password(b);
	assert_int_equal(strlen(a), SECRET_PASSWORD_SIZE - 1);
	assert_int_equal(strspn(a, "abcdefghjkmnpqrstuvwxyz23456789-"),
	    strlen(a));
	assert_int_equal(a[5], '-');
	assert_string_not_equal(a, b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_this_openssl_passes_the_check),
		cmocka_unit_test(test_digests_match_published_answers),
		cmocka_unit_test(test_base64_is_that_of_rfc_4648),
		cmocka_unit_test(test_base64_has_one_spelling),
		cmocka_unit_test(test_base64_stays_inside_its_room),
		cmocka_unit_test(test_comparing_sees_length_and_bytes),
		cmocka_unit_test(test_wiping_leaves_zeros),
		cmocka_unit_test(test_random_bytes_and_passwords_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
