/*
 * test_scram.c - facts about SCRAM, with a client that shares no code.
 *
 * The client below is written from RFC 5802 straight on OpenSSL, so that a
 * mistake of ours cannot cancel itself out.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "common/buf.h"
#include "kbd/scram.h"
#include "kbd/secret.h"

#define SALT_RFC "\x5b\x6d\x99\x68\x9d\x12\x35\x8e\xec\xa0\x4b\x14\x12\x36" \
	"\xfa\x81"
#define NONCE_CLIENT "rOprNGfwEbeRWgbNEkqO"
#define NONCE_SERVER "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
#define SECRET_TEXT "0123456789abcdef0123456789abcdef"

/* ---- a client ----------------------------------------------------- */

static void
client_hmac(const unsigned char key[32], const char *text,
    unsigned char out[32])
{
	unsigned n;

	HMAC(EVP_sha256(), key, 32, (const unsigned char *)text, strlen(text),
	    out, &n);
}

/* The answer to server_first, and the signature that must come back. */
static void
client_answer(const char *password, const char *header, struct slice binding,
    const char *first_bare, const char *server_first, char *out, size_t size,
    char *expect, size_t expect_size)
{
	unsigned char salt[64], salted[32], ckey[32], skey[32], stored[32];
	unsigned char sig[32], proof[32], cb[128], ssig[32];
	char nonce[600], salt64[100], cb64[200], proof64[60], without[900];
	char auth[3000];
	int iterations, salt_len, i;
	size_t n = strlen(salt64), h = strlen(header);

	assert_int_equal(sscanf(server_first, "r=%599[^,],s=%99[^,],i=%d",
	    nonce, salt64, &iterations), 3);
	n = strlen(salt64);
	salt_len = EVP_DecodeBlock(salt, (unsigned char *)salt64, (int)n);
	while (n > 0 && salt64[--n] == '=')
		salt_len--;
	PKCS5_PBKDF2_HMAC(password, (int)strlen(password), salt, salt_len,
	    iterations, EVP_sha256(), 32, salted);
	client_hmac(salted, "Client Key", ckey);
	client_hmac(salted, "Server Key", skey);
	EVP_Digest(ckey, 32, stored, NULL, EVP_sha256(), NULL);
	memcpy(cb, header, h);
	if (binding.len != 0)
		memcpy(cb + h, binding.ptr, binding.len);
	EVP_EncodeBlock((unsigned char *)cb64, cb, (int)(h + binding.len));
	snprintf(without, sizeof(without), "c=%s,r=%s", cb64, nonce);
	snprintf(auth, sizeof(auth), "%s,%s,%s", first_bare, server_first,
	    without);
	client_hmac(stored, auth, sig);
	for (i = 0; i < 32; i++)
		proof[i] = ckey[i] ^ sig[i];
	EVP_EncodeBlock((unsigned char *)proof64, proof, 32);
	snprintf(out, size, "%s,p=%s", without, proof64);
	client_hmac(skey, auth, ssig);
	memcpy(expect, "v=", 2);
	assert_true(expect_size > 2 + 44);
	EVP_EncodeBlock((unsigned char *)expect + 2, ssig, 32);
}

/* ---- helpers ------------------------------------------------------ */

/* The server's side, for the password "pencil". */
static struct scram *
begin(bool genuine, struct slice binding,
    const char *mechanism)
{
	static struct scram_verifier v;	/* made once: it takes its time */
	struct scram *s;

	if (v.iterations == 0)
		scram_verifier_derive(SLICE("pencil"),
		    slice_make(SALT_RFC, 16), 4096, &v);
	s = scram_new(&v, genuine, binding);
	scram_set_nonce(s, NONCE_SERVER);
	if (mechanism != NULL)
		assert_true(scram_choose(s, slice_of(mechanism), NULL));
	return s;
}

/* Send one message; the answer is in *out. */
static enum scram_result
step(struct scram *s, const char *in, struct buf *out, struct err *e)
{
	buf_reset(out);
	*e = ERR_INIT;
	return scram_step(s, slice_of(in), out, e);
}

/* The first message must be refused; the exchange is over then. */
static void
assert_first_bad(const char *mechanism, struct slice binding, struct slice in,
    const char *sqlstate)
{
	struct scram *s = begin(true, binding, mechanism);
	struct buf out = BUF_INIT;
	struct err e = ERR_INIT;

	assert_int_equal(scram_step(s, in, &out, &e), SCRAM_BAD);
	assert_string_equal(e.sqlstate, sqlstate);
	assert_true(e.detail[0] != '\0');
	assert_int_equal(out.len, 0);
	assert_int_equal(step(s, "n,,n=,r=abc", &out, &e), SCRAM_BAD);
	scram_destroy(s);
	buf_free(&out);
}

/* ---- facts about verifiers ---------------------------------------- */

static void
test_verifier_round_trips(void **state)
{
	static const char text[] = "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ=="
	    "$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY="
	    ":wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";
	struct scram_verifier v, made;
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;

	(void)state;
	assert_true(scram_verifier_parse(SLICE(text), &v, &e));
	assert_int_equal(v.iterations, 4096);
	scram_verifier_put(&v, &b);
	assert_string_equal(buf_cstr(&b), text);
	/* it is the one of RFC 7677's password */
	scram_verifier_derive(SLICE("pencil"), slice_make(SALT_RFC, 16), 4096,
	    &made);
	assert_memory_equal(made.stored_key, v.stored_key, 32);
	assert_memory_equal(made.server_key, v.server_key, 32);
	assert_true(scram_verifier_accepts(&v, SLICE("pencil")));
	assert_false(scram_verifier_accepts(&v, SLICE("pencils")));
	buf_free(&b);
}

static void
test_every_part_of_a_verifier_is_needed(void **state)
{
	static const char *const bad[] = {
		"", "SCRAM-SHA-256", "SCRAM-SHA-256$", "md5abc",
		"SCRAM-SHA-256$4096", "SCRAM-SHA-256$4096:c2FsdA==",
		"SCRAM-SHA-256$0:c2FsdA==$A:B", "SCRAM-SHA-256$x:c2FsdA==$A:B",
		NULL };
	struct scram_verifier v;
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;
	size_t i;

	(void)state;
	for (i = 0; bad[i] != NULL; i++)
		assert_false(scram_verifier_parse(slice_of(bad[i]), &v, &e));
	assert_true(scram_verifier_make(SLICE("pencil"), 4096, &v, &e));
	scram_verifier_put(&v, &b);
	for (i = 0; i < b.len; i++) {
		struct scram_verifier half;

		assert_false(scram_verifier_parse(slice_make(b.data, i), &half,
		    &e));
	}
	buf_putc(&b, '=');
	assert_false(scram_verifier_parse(buf_slice(&b), &v, &e));
	buf_free(&b);
}

static void
test_clear_text_has_no_controls(void **state)
{
	struct scram_verifier v, w;
	struct err e = ERR_INIT;
	char big[SCRAM_PASSWORD_MAX + 1];

	(void)state;
	assert_true(scram_verifier_make(SLICE("pass word~"), 4096, &v, &e));
	assert_true(scram_verifier_make(SLICE("pass word~"), 4096, &w, &e));
	assert_memory_not_equal(v.salt, w.salt, SCRAM_SALT_SIZE);
	assert_false(scram_verifier_make(SLICE(""), 4096, &v, &e));
	assert_int_equal(e.code, ERR_INVALID);
	assert_false(scram_verifier_make(SLICE("a\nb"), 4096, &v, &e));
	assert_int_equal(e.code, ERR_INVALID);
	assert_false(scram_verifier_make(SLICE("a\0b"), 4096, &v, &e));
	memset(big, 'a', sizeof(big));
	assert_false(scram_verifier_make(slice_make(big, sizeof(big)), 4096,
	    &v, &e));
	assert_int_equal(e.code, ERR_LIMIT);
}

static void
test_clear_text_is_prepared_as_libpq_does(void **state)
{
	/* made by libpq 15 from "\uff11\uff12\uff13\uff01" */
	static const char text[] = "SCRAM-SHA-256$4096:SwQyqUo6R7968Yx+Sj3b/g=="
	    "$I95p6yTYOOFBGVAmk0HajQUqqbEMUKf30lkRW2iQCxg="
	    ":gX+zEl8gPREeKuHbk2Pq70SGGgjNYbYX5mfg3GGtzUc=";
	struct scram_verifier v;
	struct err e = ERR_INIT;

	(void)state;
	assert_true(scram_verifier_parse(SLICE(text), &v, &e));
	assert_true(scram_verifier_accepts(&v, SLICE("１２３！")));
	assert_true(scram_verifier_accepts(&v, SLICE("123!")));
	assert_true(scram_verifier_make(SLICE("密码\u3000"), 4096, &v, &e));
	assert_true(scram_verifier_accepts(&v, SLICE("密码 ")));
	assert_false(scram_verifier_accepts(&v, SLICE("密码")));
}

static void
test_password_clause_takes_text_or_verifier(void **state)
{
	struct scram_verifier v;
	struct buf first = BUF_INIT, second = BUF_INIT;
	struct err e = ERR_INIT;

	(void)state;
	assert_true(scram_password_store(SLICE("pencil"), 4096, &first, &e));
	assert_true(scram_verifier_parse(buf_slice(&first), &v, &e));
	assert_true(scram_verifier_accepts(&v, SLICE("pencil")));
	assert_true(scram_password_store(buf_slice(&first), 4096, &second,
	    &e));
	assert_true(slice_eq(buf_slice(&first), buf_slice(&second)));
	/* a verifier that would stand out among the mock ones */
	assert_false(scram_password_store(buf_slice(&first), 8192, &second,
	    &e));
	assert_int_equal(e.code, ERR_REFUSED);
	assert_false(scram_password_store(SLICE("SCRAM-SHA-256$4096:oops"),
	    4096, &second, &e));
	assert_int_equal(e.code, ERR_INVALID);
	assert_null(strstr(e.msg, "oops"));
	assert_false(scram_password_store(
	    SLICE("md50123456789abcdef0123456789abcdef"), 4096, &second, &e));
	assert_int_equal(e.code, ERR_UNSUPPORTED);
	buf_free(&first);
	buf_free(&second);
}

static void
test_mock_verifier_is_stable_per_role(void **state)
{
	struct scram_verifier a, b, c, d;
	struct slice secret = SLICE(SECRET_TEXT), none = slice_make(NULL, 0);

	(void)state;
	assert_false(scram_verifier_for(SLICE("ann"), none, secret, 4096, &a));
	assert_false(scram_verifier_for(SLICE("ann"), none, secret, 4096, &b));
	assert_false(scram_verifier_for(SLICE("bob"), none, secret, 4096, &c));
	assert_false(scram_verifier_for(SLICE("ann"), none,
	    SLICE("another secret"), 4096, &d));
	assert_int_equal(a.iterations, 4096);
	assert_int_equal(a.salt_len, SCRAM_SALT_SIZE);
	assert_memory_equal(&a, &b, sizeof(a));
	assert_memory_not_equal(a.salt, c.salt, SCRAM_SALT_SIZE);
	assert_memory_not_equal(a.salt, d.salt, SCRAM_SALT_SIZE);
	/* what is stored but cannot be read counts as nothing */
	assert_false(scram_verifier_for(SLICE("ann"), SLICE("junk"), secret,
	    4096, &b));
	assert_memory_equal(a.salt, b.salt, SCRAM_SALT_SIZE);
}

static void
test_stored_verifier_is_used(void **state)
{
	struct scram_verifier v, got;
	struct buf b = BUF_INIT;

	(void)state;
	scram_verifier_derive(SLICE("pencil"), slice_make(SALT_RFC, 16), 4096,
	    &v);
	scram_verifier_put(&v, &b);
	assert_true(scram_verifier_for(SLICE("ann"), buf_slice(&b),
	    SLICE(SECRET_TEXT), 4096, &got));
	assert_memory_equal(got.stored_key, v.stored_key, 32);
	buf_free(&b);
}

/* ---- facts about the exchange ------------------------------------- */

static void
test_rfc_7677_example(void **state)
{
	struct scram *s = begin(true, slice_make(NULL, 0),
	    "SCRAM-SHA-256");
	struct buf out = BUF_INIT;
	struct err e;

	(void)state;
	assert_int_equal(step(s, "n,,n=user,r=" NONCE_CLIENT, &out, &e),
	    SCRAM_MORE);
	assert_string_equal(buf_cstr(&out), "r=" NONCE_CLIENT NONCE_SERVER
	    ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096");
	assert_int_equal(step(s, "c=biws,r=" NONCE_CLIENT NONCE_SERVER
	    ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=", &out, &e),
	    SCRAM_OK);
	assert_string_equal(buf_cstr(&out),
	    "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
	assert_int_equal(step(s, "c=biws", &out, &e), SCRAM_BAD);
	scram_destroy(s);
	buf_free(&out);
}

/* One whole exchange by the client above. */
static enum scram_result
exchange(const char *password, bool genuine, const char *mechanism,
    const char *header, struct slice server_binding,
    struct slice client_binding, struct err *e)
{
	struct scram *s = begin(genuine, server_binding, mechanism);
	struct buf out = BUF_INIT;
	char first[200], answer[1000], expect[100];
	enum scram_result r;

	snprintf(first, sizeof(first), "%sn=,r=" NONCE_CLIENT, header);
	r = step(s, first, &out, e);
	if (r == SCRAM_MORE) {
		client_answer(password, header, client_binding,
		    first + strlen(header), buf_cstr(&out), answer,
		    sizeof(answer), expect, sizeof(expect));
		r = step(s, answer, &out, e);
		if (r == SCRAM_OK)
			assert_string_equal(buf_cstr(&out), expect);
		else
			assert_int_equal(out.len, 0);
	}
	scram_destroy(s);
	buf_free(&out);
	return r;
}

static void
test_only_the_right_password_of_a_genuine_role_passes(void **state)
{
	struct slice none = slice_make(NULL, 0);
	struct err e;

	(void)state;
	assert_int_equal(exchange("pencil", true, "SCRAM-SHA-256", "n,,", none,
	    none, &e), SCRAM_OK);
	assert_int_equal(exchange("pencil", true, "SCRAM-SHA-256", "y,,", none,
	    none, &e), SCRAM_OK);
	assert_int_equal(exchange("wrong", true, "SCRAM-SHA-256", "n,,", none,
	    none, &e), SCRAM_BAD);
	assert_int_equal(e.code, ERR_DENIED);
	assert_int_equal(exchange("pencil", false, "SCRAM-SHA-256", "n,,",
	    none, none, &e), SCRAM_BAD);
	assert_int_equal(e.code, ERR_DENIED);
}

static void
test_channel_binding_names_the_certificate(void **state)
{
	static const char plus[] = "p=tls-server-end-point,,";
	struct slice cert = SLICE(SECRET_TEXT), none = slice_make(NULL, 0);
	struct slice other = SLICE("0123456789abcdef0123456789abcdeF");
	struct err e;

	(void)state;
	assert_int_equal(exchange("pencil", true, "SCRAM-SHA-256-PLUS", plus,
	    cert, cert, &e), SCRAM_OK);
	assert_int_equal(exchange("pencil", true, "SCRAM-SHA-256-PLUS", plus,
	    cert, other, &e), SCRAM_BAD);
	assert_string_equal(e.sqlstate, "28000");
	assert_int_equal(exchange("pencil", true, "SCRAM-SHA-256-PLUS", plus,
	    cert, none, &e), SCRAM_BAD);
	/* a client that cannot bind may log in without */
	assert_int_equal(exchange("pencil", true, "SCRAM-SHA-256", "n,,", cert,
	    none, &e), SCRAM_OK);
	/* one that can, and was not told that we can too, was lied to */
	assert_int_equal(exchange("pencil", true, "SCRAM-SHA-256", "y,,", cert,
	    none, &e), SCRAM_BAD);
	assert_string_equal(e.sqlstate, "28000");
	assert_true(strstr(e.detail, "does not") != NULL);
}

static void
test_plus_is_offered_with_a_binding_only(void **state)
{
	struct scram *s = begin(true, SLICE("hash"), NULL);
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;

	(void)state;
	scram_put_mechanisms(s, &b);
	assert_int_equal(b.len, 34);
	assert_memory_equal(b.data, "SCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0", 34);
	scram_destroy(s);
	buf_reset(&b);
	s = begin(true, slice_make(NULL, 0), NULL);
	scram_put_mechanisms(s, &b);
	assert_int_equal(b.len, 15);
	assert_memory_equal(b.data, "SCRAM-SHA-256\0", 15);
	assert_false(scram_choose(s, SLICE("SCRAM-SHA-256-PLUS"), &e));
	assert_string_equal(e.sqlstate, "08P01");
	assert_false(scram_choose(s, SLICE("SCRAM-SHA-256"), &e));
	scram_destroy(s);
	buf_free(&b);
}

static void
test_malformed_first_messages_are_refused(void **state)
{
	static const char *const bad[] = {
		"", "n", "n,", "n,,", ",,n=,r=abc", "x,,n=,r=abc",
		"n,a=root,n=,r=abc", "n,,m=x,n=,r=abc", "n,,n=", "n,,n=,",
		"n,,n=,r=", "n,,n=,r=a b", "n,,n=,r=\x7f", "n,,r=abc,n=",
		"n,,n=,r=abc,", "n,,n=,r=abc,1=x", "n,,n=,r=abc,x",
		"n,,n=,r=abc,m=x", "n,,n=\xff,r=abc", "nn,,n=,r=abc",
		"p,,n=,r=abc", "p=tls-server-end-point,,n=,r=abc",
		"p=tls-unique,,n=,r=abc", NULL };
	struct slice none = slice_make(NULL, 0), cert = SLICE("hash");
	char big[SCRAM_MESSAGE_MAX + 1];
	size_t i;

	(void)state;
	for (i = 0; bad[i] != NULL; i++)
		assert_first_bad("SCRAM-SHA-256", none, slice_of(bad[i]),
		    "08P01");
	assert_first_bad("SCRAM-SHA-256", none, SLICE("n,,n=,r=a\0c"),
	    "08P01");
	memset(big, 'a', sizeof(big));
	memcpy(big, "n,,n=,r=", 8);
	assert_first_bad("SCRAM-SHA-256", none, slice_make(big, sizeof(big)),
	    "08P01");
	assert_first_bad("SCRAM-SHA-256-PLUS", cert, SLICE("n,,n=,r=abc"),
	    "08P01");
	assert_first_bad("SCRAM-SHA-256-PLUS", cert, SLICE("y,,n=,r=abc"),
	    "08P01");
	assert_first_bad("SCRAM-SHA-256-PLUS", cert,
	    SLICE("p=tls-unique,,n=,r=abc"), "28000");
}

static void
test_names_and_extensions_are_ignored(void **state)
{
	static const char *const good[] = { "n,,n=,r=abc", "n,,n=*,r=abc",
		"n,,n=李=2C,r=abc", "n,,n=u,r=abc,x=1,y=", NULL };
	struct buf out = BUF_INIT;
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; good[i] != NULL; i++) {
		struct scram *s = begin(true, slice_make(NULL, 0),
		    "SCRAM-SHA-256");

		assert_int_equal(step(s, good[i], &out, &e), SCRAM_MORE);
		assert_true(slice_starts(buf_slice(&out), SLICE("r=abc%")));
		scram_destroy(s);
	}
	buf_free(&out);
}

#define FINAL_HEAD "c=biws,r=" NONCE_CLIENT NONCE_SERVER
#define FINAL FINAL_HEAD ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="

/* A final message after RFC 7677's first one. */
static enum scram_result
final(struct slice in, struct err *e)
{
	struct scram *s = begin(true, slice_make(NULL, 0),
	    "SCRAM-SHA-256");
	struct buf out = BUF_INIT;
	enum scram_result r;

	*e = ERR_INIT;
	assert_int_equal(step(s, "n,,n=user,r=" NONCE_CLIENT, &out, e),
	    SCRAM_MORE);
	buf_reset(&out);
	r = scram_step(s, in, &out, e);
	if (r != SCRAM_OK)
		assert_int_equal(out.len, 0);
	scram_destroy(s);
	buf_free(&out);
	return r;
}

static void
test_no_part_and_no_change_of_a_final_message_passes(void **state)
{
	char text[] = FINAL;
	struct err e;
	size_t i;

	(void)state;
	assert_int_equal(final(SLICE(FINAL), &e), SCRAM_OK);
	for (i = 0; i < sizeof(text) - 1; i++) {
		char was = text[i];
		char *part = malloc(i + 1);

		memcpy(part, text, i);	/* of its own, so that ASan sees */
		assert_int_equal(final(slice_make(part, i), &e), SCRAM_BAD);
		free(part);
		text[i] = (char)(was ^ 1);
		assert_int_equal(final(SLICE(text), &e), SCRAM_BAD);
		text[i] = '\0';
		assert_int_equal(final(SLICE(text), &e), SCRAM_BAD);
		text[i] = was;
	}
}

static void
test_malformed_final_messages_are_refused(void **state)
{
	static const char *const bad[] = {
		FINAL ",", FINAL ",x=1", FINAL "=", FINAL_HEAD,
		FINAL_HEAD ",p=", FINAL_HEAD ",p=AAAA",
		FINAL_HEAD ",m=1,p=AAAA",
		"c=biws,r=" NONCE_CLIENT ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqm"
		"miz7AndVQ=", "c=,r=x", "r=x,c=biws",
		"c=eSws,r=" NONCE_CLIENT NONCE_SERVER
		",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
		"c=biwsYWJj,r=" NONCE_CLIENT NONCE_SERVER
		",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=", NULL };
	struct err e;
	size_t i;

	(void)state;
	for (i = 0; bad[i] != NULL; i++) {
		assert_int_equal(final(slice_of(bad[i]), &e), SCRAM_BAD);
		assert_int_equal(e.code, ERR_PROTOCOL);
	}
	/* an extension changes AuthMessage, so the old proof is wrong */
	assert_int_equal(final(SLICE(FINAL_HEAD
	    ",x=1,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="), &e),
	    SCRAM_BAD);
	assert_int_equal(e.code, ERR_DENIED);
}

static void
test_nothing_happens_before_a_mechanism(void **state)
{
	struct scram *s = begin(true, slice_make(NULL, 0), NULL);
	struct buf out = BUF_INIT;
	struct err e;

	(void)state;
	assert_int_equal(step(s, "n,,n=,r=abc", &out, &e), SCRAM_BAD);
	scram_destroy(s);
	buf_free(&out);
}

static void
test_an_absent_first_message_is_asked_for_once(void **state)
{
	struct scram *s = begin(true, slice_make(NULL, 0),
	    "SCRAM-SHA-256");
	struct buf out = BUF_INIT;
	struct err e;

	(void)state;
	assert_int_equal(step(s, NULL, &out, &e), SCRAM_MORE);
	assert_int_equal(out.len, 0);
	assert_int_equal(step(s, NULL, &out, &e), SCRAM_BAD);
	scram_destroy(s);
	s = begin(true, slice_make(NULL, 0), "SCRAM-SHA-256");
	assert_int_equal(step(s, NULL, &out, &e), SCRAM_MORE);
	assert_int_equal(step(s, "n,,n=,r=abc", &out, &e), SCRAM_MORE);
	scram_destroy(s);
	buf_free(&out);
}

static void
test_initial_response_is_split_by_its_lengths(void **state)
{
	static const char body[] = "SCRAM-SHA-256\0\0\0\0\3abc";
	struct slice mechanism, first;
	struct err e = ERR_INIT;
	size_t i;

	(void)state;
	assert_true(scram_split_initial(SLICE(body), &mechanism, &first, &e));
	assert_true(slice_is(mechanism, "SCRAM-SHA-256"));
	assert_true(slice_is(first, "abc"));
	for (i = 0; i < sizeof(body) - 1; i++)
		assert_false(scram_split_initial(slice_make(body, i),
		    &mechanism, &first, &e));
	assert_false(scram_split_initial(slice_make(body, sizeof(body)),
	    &mechanism, &first, &e));
	assert_true(scram_split_initial(SLICE("X\0\xff\xff\xff\xff"),
	    &mechanism, &first, &e));
	assert_null(first.ptr);
	assert_true(scram_split_initial(SLICE("X\0\0\0\0\0"), &mechanism,
	    &first, &e));
	assert_non_null(first.ptr);
	assert_false(scram_split_initial(SLICE("X\0\xff\xff\xff\xfe"),
	    &mechanism, &first, &e));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verifier_round_trips),
		cmocka_unit_test(test_every_part_of_a_verifier_is_needed),
		cmocka_unit_test(test_clear_text_has_no_controls),
		cmocka_unit_test(test_clear_text_is_prepared_as_libpq_does),
		cmocka_unit_test(test_password_clause_takes_text_or_verifier),
		cmocka_unit_test(test_mock_verifier_is_stable_per_role),
		cmocka_unit_test(test_stored_verifier_is_used),
		cmocka_unit_test(test_rfc_7677_example),
		cmocka_unit_test(
		    test_only_the_right_password_of_a_genuine_role_passes),
		cmocka_unit_test(test_channel_binding_names_the_certificate),
		cmocka_unit_test(test_plus_is_offered_with_a_binding_only),
		cmocka_unit_test(test_malformed_first_messages_are_refused),
		cmocka_unit_test(test_names_and_extensions_are_ignored),
		cmocka_unit_test(
		    test_no_part_and_no_change_of_a_final_message_passes),
		cmocka_unit_test(test_malformed_final_messages_are_refused),
		cmocka_unit_test(test_nothing_happens_before_a_mechanism),
		cmocka_unit_test(
		    test_an_absent_first_message_is_asked_for_once),
		cmocka_unit_test(test_initial_response_is_split_by_its_lengths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
