/*
 * test_tls.c - facts about certificates, contexts and handshakes.
 *
 * The server's side is a bufferevent on one end of a socket pair, the client
 * is plain OpenSSL on the other.
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
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "common/clock.h"
#include "kbd/tls.h"

static char dir[] = "/tmp/kb-tls-XXXXXX";
static char cert[64], key[64], other_cert[64], other_key[64];

static void
self_signed(const char *c, const char *k, const char *name)
{
	struct slice names[1] = { slice_of(name) };
	struct err e = ERR_INIT;

	(void)unlink(c);
	(void)unlink(k);
	if (!tls_make_self_signed(c, k, names, 1, &e))
		fail_msg("%s", e.msg);
}

static int
make_dir(void **state)
{
	(void)state;
	signal(SIGPIPE, SIG_IGN);
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(cert, sizeof(cert), "%s/server.crt", dir);
	snprintf(key, sizeof(key), "%s/server.key", dir);
	snprintf(other_cert, sizeof(other_cert), "%s/other.crt", dir);
	snprintf(other_key, sizeof(other_key), "%s/other.key", dir);
	self_signed(cert, key, "kb.example.com");
	self_signed(other_cert, other_key, "other.example.com");
	return 0;
}

static int
remove_dir(void **state)
{
	(void)state;
	(void)unlink(cert);
	(void)unlink(key);
	(void)unlink(other_cert);
	(void)unlink(other_key);
	return rmdir(dir);
}

static struct tls *
load(enum tls_kind kind, bool tls13_only)
{
	struct tls *t = NULL;
	struct err e = ERR_INIT;

	if (!tls_load(kind, cert, key, tls13_only, &t, &e))
		fail_msg("%s", e.msg);
	return t;
}

/* Loading must fail with this code and these words. */
static void
assert_refused(const char *c, const char *k, enum err_code code,
    const char *words)
{
	struct tls *t = NULL;
	struct err e = ERR_INIT;

	assert_false(tls_load(TLS_POSTGRESQL, c, k, false, &t, &e));
	assert_null(t);
	if (e.code != code || strstr(e.msg, words) == NULL)
		fail_msg("%d: %s", (int)e.code, e.msg);
}

static X509 *
read_cert(const char *path)
{
	FILE *f = fopen(path, "r");
	X509 *x;

	assert_non_null(f);
	x = PEM_read_X509(f, NULL, NULL, NULL);
	fclose(f);
	assert_non_null(x);
	return x;
}

/* ---- files -------------------------------------------------------- */

static void
test_a_self_signed_certificate_names_this_host(void **state)
{
	X509 *x = read_cert(cert);
	struct stat st;

	(void)state;
	assert_int_equal(X509_check_host(x, "kb.example.com", 0, 0, NULL), 1);
	assert_int_equal(X509_check_host(x, "localhost", 0, 0, NULL), 1);
	assert_int_equal(X509_check_ip_asc(x, "127.0.0.1", 0), 1);
	assert_int_equal(X509_check_ip_asc(x, "::1", 0), 1);
	assert_int_equal(X509_check_host(x, "example.com", 0, 0, NULL), 0);
	assert_int_equal(EVP_PKEY_get_base_id(X509_get0_pubkey(x)),
	    EVP_PKEY_EC);
	X509_free(x);
	assert_int_equal(stat(key, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void
test_names_may_be_addresses_wildcards_or_twice(void **state)
{
	struct slice names[] = { SLICE("10.1.2.3"), SLICE("*.example.com"),
		SLICE("fd00::5"), SLICE("localhost"), SLICE("10.1.2.3") };
	struct err e = ERR_INIT;
	char c[80], k[80];
	X509 *x;

	(void)state;
	snprintf(c, sizeof(c), "%s/n.crt", dir);
	snprintf(k, sizeof(k), "%s/n.key", dir);
	assert_true(tls_make_self_signed(c, k, names, 5, &e));
	x = read_cert(c);
	assert_int_equal(X509_check_ip_asc(x, "10.1.2.3", 0), 1);
	assert_int_equal(X509_check_ip_asc(x, "fd00::5", 0), 1);
	assert_int_equal(X509_check_host(x, "a.example.com", 0, 0, NULL), 1);
	X509_free(x);
	unlink(c);
	unlink(k);
}

static void
test_impossible_names_leave_no_files(void **state)
{
	static const char *const bad[] = { "", "a b", "a,DNS:evil.com", ".a",
		"a..b", "-a", "a*", "*", "例子", "http://x", NULL };
	struct err e = ERR_INIT;
	char c[80], k[80];
	size_t i;

	(void)state;
	snprintf(c, sizeof(c), "%s/n.crt", dir);
	snprintf(k, sizeof(k), "%s/n.key", dir);
	for (i = 0; bad[i] != NULL; i++) {
		struct slice name = slice_of(bad[i]);

		if (tls_make_self_signed(c, k, &name, 1, &e))
			fail_msg("\"%s\" was taken", bad[i]);
		assert_int_equal(e.code, ERR_INVALID);
		assert_int_equal(access(c, F_OK), -1);
		assert_int_equal(access(k, F_OK), -1);
	}
}

static void
test_existing_files_are_never_overwritten(void **state)
{
	struct err e = ERR_INIT;
	char k[80];

	(void)state;
	snprintf(k, sizeof(k), "%s/n.key", dir);
	assert_false(tls_make_self_signed(cert, k, NULL, 0, &e));
	assert_int_equal(e.code, ERR_EXISTS);
	assert_int_equal(access(k, F_OK), -1);	/* nor is half a pair left */
}

static void
test_fingerprint_is_what_openssl_prints(void **state)
{
	struct tls *t = load(TLS_POSTGRESQL, false);
	char got[TLS_FINGERPRINT_SIZE], want[TLS_FINGERPRINT_SIZE];
	char command[200], end[CLOCK_TEXT_SIZE], now[CLOCK_TEXT_SIZE];
	FILE *p;

	(void)state;
	tls_fingerprint(t, got);
	assert_int_equal(strlen(got), TLS_FINGERPRINT_SIZE - 1);
	tls_not_after(t, end);
	clock_now(now);
	assert_int_equal(strlen(end), strlen(now));
	assert_true(atoi(end) - atoi(now) >= 9);
	tls_free(t);
	snprintf(command, sizeof(command), "openssl x509 -in %s -noout "
	    "-fingerprint -sha256 2>/dev/null | sed 's/.*=//'", cert);
	p = popen(command, "r");
	if (fscanf(p, "%95s", want) == 1)	/* the program may be absent */
		assert_string_equal(got, want);
	pclose(p);
}

static void
test_a_key_that_others_can_read_is_refused(void **state)
{
	static const mode_t modes[] = { 0644, 0604, 0602, 0660, 0666 };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(modes); i++) {
		assert_int_equal(chmod(key, modes[i]), 0);
		assert_refused(cert, key, ERR_REFUSED, "others can read key");
	}
	assert_int_equal(chmod(key, 0400), 0);
	tls_free(load(TLS_POSTGRESQL, false));
	assert_int_equal(chmod(key, 0600), 0);
}

static void
test_pairs_that_do_not_fit_are_refused(void **state)
{
	char missing[80];

	(void)state;
	snprintf(missing, sizeof(missing), "%s/missing", dir);
	assert_refused(cert, other_key, ERR_INVALID, "is not the one of");
	assert_refused(missing, key, ERR_SYSTEM, "could not open certificate");
	assert_refused(cert, missing, ERR_SYSTEM, "could not open key file");
	assert_refused(key, key, ERR_INVALID, "cannot use certificate");
	assert_refused(cert, dir, ERR_REFUSED, "is not a file");
	assert_int_equal(chmod(cert, 0600), 0);
	assert_refused(cert, cert, ERR_INVALID, "cannot read key file");
}

static void
write_key(const char *path, EVP_PKEY *pkey, const EVP_CIPHER *cipher)
{
	FILE *f;

	(void)unlink(path);
	f = fdopen(open(path, O_CREAT | O_WRONLY, 0600), "w");
	assert_int_equal(PEM_write_PrivateKey(f, pkey, cipher,
	    (const unsigned char *)"secret", 6, NULL, NULL), 1);
	fclose(f);
}

static void
test_a_passphrase_is_never_asked_for(void **state)
{
	EVP_PKEY *pkey = EVP_EC_gen("P-256");
	char k[80];

	(void)state;
	snprintf(k, sizeof(k), "%s/locked.key", dir);
	write_key(k, pkey, EVP_aes_128_cbc());
	assert_refused(cert, k, ERR_INVALID, "protected by a passphrase");
	EVP_PKEY_free(pkey);
	unlink(k);
}

/* A certificate signed by pkey itself, with the given digest. */
static void
write_cert(const char *path, EVP_PKEY *pkey, const EVP_MD *md)
{
	X509 *x = X509_new();
	FILE *f = fopen(path, "w");

	assert_int_equal(X509_set_version(x, X509_VERSION_3), 1);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 7);
	X509_gmtime_adj(X509_getm_notBefore(x), -60);
	X509_gmtime_adj(X509_getm_notAfter(x), 3600);
	X509_set_pubkey(x, pkey);
	assert_true(X509_sign(x, pkey, md) != 0);
	assert_int_equal(PEM_write_X509(f, x), 1);
	fclose(f);
	X509_free(x);
}

static void
test_unfit_algorithms_are_refused(void **state)
{
	EVP_PKEY *ed = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	EVP_PKEY *rsa = EVP_RSA_gen(1024);
	char c[80], k[80];

	(void)state;
	snprintf(c, sizeof(c), "%s/unfit.crt", dir);
	snprintf(k, sizeof(k), "%s/unfit.key", dir);
	write_key(k, ed, NULL);
	write_cert(c, ed, NULL);
	assert_refused(c, k, ERR_REFUSED, "channel binding");
	write_key(k, rsa, NULL);
	write_cert(c, rsa, EVP_sha256());
	/* refused by us or, at its security level, by OpenSSL */
	{
		struct tls *t = NULL;
		struct err e = ERR_INIT;

		assert_false(tls_load(TLS_POSTGRESQL, c, k, false, &t, &e));
	}
	EVP_PKEY_free(ed);
	EVP_PKEY_free(rsa);
	unlink(c);
	unlink(k);
}

/* ---- handshakes --------------------------------------------------- */

struct pair {
	struct event_base *base;
	struct bufferevent *bev;
	short events;		/* seen by the server */
	SSL_CTX *ctx;
	SSL *client;
	int fd;			/* the client's end */
};

static void
on_event(struct bufferevent *bev, short what, void *arg)
{
	(void)bev;
	((struct pair *)arg)->events |= what;
}

static void
pair_open(struct pair *p, struct tls *t, bool direct)
{
	struct err e = ERR_INIT;
	int fds[2];

	*p = (struct pair){ .base = event_base_new() };
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0,
	    fds), 0);
	p->fd = fds[1];
	p->bev = tls_accept(t, p->base, fds[0], direct, &e);
	assert_non_null(p->bev);
	bufferevent_setcb(p->bev, NULL, NULL, on_event, p);
	bufferevent_enable(p->bev, EV_READ | EV_WRITE);
	p->ctx = SSL_CTX_new(TLS_client_method());
	assert_int_equal(SSL_CTX_load_verify_locations(p->ctx, cert, NULL), 1);
	SSL_CTX_set_verify(p->ctx, SSL_VERIFY_PEER, NULL);
	p->client = SSL_new(p->ctx);
	SSL_set_fd(p->client, p->fd);
	assert_int_equal(SSL_set1_host(p->client, "localhost"), 1);
}

static void
pair_close(struct pair *p)
{
	SSL_free(p->client);
	SSL_CTX_free(p->ctx);
	if (p->fd >= 0)
		close(p->fd);
	bufferevent_free(p->bev);
	event_base_free(p->base);
}

/* Both sides in turn until the server saw an end; the client's result. */
static bool
shake(struct pair *p)
{
	bool done = false;
	int i;

	for (i = 0; i < 50 && (p->events == 0 || !done); i++) {
		if (!done)
			done = SSL_connect(p->client) == 1;
		event_base_loop(p->base, EVLOOP_NONBLOCK);
		if ((p->events & BEV_EVENT_ERROR) != 0)
			break;
	}
	return done && (p->events & BEV_EVENT_CONNECTED) != 0;
}

static void
turn(struct pair *p)
{
	int i;

	for (i = 0; i < 5; i++)
		event_base_loop(p->base, EVLOOP_NONBLOCK);
}

static void
test_clients_verify_and_bind_to_the_certificate(void **state)
{
	unsigned char got[TLS_END_POINT_MAX], want[EVP_MAX_MD_SIZE];
	struct tls *t = load(TLS_POSTGRESQL, false);
	struct err e = ERR_INIT;
	struct pair p;
	unsigned n;
	X509 *peer;

	(void)state;
	pair_open(&p, t, false);
	assert_true(shake(&p));
	assert_true(tls_accepted(p.bev, &e));
	assert_string_equal(tls_version(p.bev), "TLSv1.3");
	assert_true(tls_cipher(p.bev)[0] != '\0');
	assert_int_equal(SSL_get_verify_result(p.client), X509_V_OK);
	peer = SSL_get1_peer_certificate(p.client);
	X509_digest(peer, EVP_sha256(), want, &n);
	X509_free(peer);
	assert_int_equal(tls_end_point(p.bev, got), 32);
	assert_memory_equal(got, want, 32);
	pair_close(&p);
	tls_free(t);
}

static void
test_old_versions_are_refused(void **state)
{
	struct tls *t = load(TLS_POSTGRESQL, false);
	struct tls *t13 = load(TLS_POSTGRESQL, true);
	struct err e = ERR_INIT;
	struct pair p;

	(void)state;
	pair_open(&p, t, false);
	SSL_set_max_proto_version(p.client, TLS1_2_VERSION);
	assert_true(shake(&p));
	assert_string_equal(tls_version(p.bev), "TLSv1.2");
	/* neither side may begin again */
	assert_int_equal(SSL_renegotiate(p.client), 1);
	(void)SSL_do_handshake(p.client);
	turn(&p);
	(void)SSL_do_handshake(p.client);
	turn(&p);
	assert_int_not_equal(SSL_do_handshake(p.client), 1);
	pair_close(&p);

	pair_open(&p, t13, false);
	SSL_set_max_proto_version(p.client, TLS1_2_VERSION);
	assert_false(shake(&p));
	assert_false(tls_failure(p.bev, &e));
	assert_int_equal(e.code, ERR_PROTOCOL);
	assert_true(strstr(e.msg, "TLS failed: ") != NULL);
	pair_close(&p);

	pair_open(&p, t, false);
	SSL_set_security_level(p.client, 0);
	SSL_set_min_proto_version(p.client, TLS1_VERSION);
	SSL_set_max_proto_version(p.client, TLS1_1_VERSION);
	assert_false(shake(&p));
	pair_close(&p);
	tls_free(t);
	tls_free(t13);
}

static void
test_alpn_must_match_when_it_is_offered(void **state)
{
	static const unsigned char pg[] = "\10http/1.1\12postgresql";
	static const unsigned char http[] = "\2h2\10http/1.1";
	struct tls *t = load(TLS_POSTGRESQL, false);
	struct tls *web = load(TLS_HTTP, false);
	const unsigned char *name;
	struct err e = ERR_INIT;
	struct pair p;
	unsigned len;

	(void)state;
	pair_open(&p, t, true);
	SSL_set_alpn_protos(p.client, pg, sizeof(pg) - 1);
	assert_true(shake(&p));
	assert_true(tls_accepted(p.bev, &e));
	SSL_get0_alpn_selected(p.client, &name, &len);
	assert_int_equal(len, 10);
	assert_memory_equal(name, "postgresql", 10);
	pair_close(&p);

	pair_open(&p, t, false);
	SSL_set_alpn_protos(p.client, http, sizeof(http) - 1);
	assert_false(shake(&p));
	pair_close(&p);

	pair_open(&p, web, false);
	SSL_set_alpn_protos(p.client, http, sizeof(http) - 1);
	assert_true(shake(&p));
	pair_close(&p);

	pair_open(&p, web, false);
	SSL_set_alpn_protos(p.client, pg + 9, sizeof(pg) - 10);
	assert_false(shake(&p));
	pair_close(&p);
	tls_free(t);
	tls_free(web);
}

static void
test_direct_tls_needs_alpn(void **state)
{
	struct tls *t = load(TLS_POSTGRESQL, false);
	struct err e = ERR_INIT;
	struct pair p;

	(void)state;
	pair_open(&p, t, true);
	assert_true(shake(&p));
	assert_false(tls_accepted(p.bev, &e));
	assert_int_equal(e.code, ERR_PROTOCOL);
	pair_close(&p);
	tls_free(t);
}

static void
test_plain_text_is_no_handshake(void **state)
{
	struct tls *t = load(TLS_POSTGRESQL, false);
	struct err e = ERR_INIT;
	struct pair p;

	(void)state;
	pair_open(&p, t, false);
	assert_int_equal(write(p.fd, "GET / HTTP/1.1\r\n\r\n", 18), 18);
	turn(&p);
	assert_true((p.events & BEV_EVENT_ERROR) != 0);
	assert_false(tls_failure(p.bev, &e));
	assert_int_equal(e.code, ERR_PROTOCOL);
	assert_string_equal(e.msg, "TLS failed: http request");
	pair_close(&p);
	tls_free(t);
}

static void
test_an_end_without_goodbye_is_an_end(void **state)
{
	struct tls *t = load(TLS_POSTGRESQL, false);
	struct pair p;

	(void)state;
	pair_open(&p, t, false);
	assert_true(shake(&p));
	p.events = 0;
	close(p.fd);
	p.fd = -1;
	turn(&p);
	assert_true((p.events & BEV_EVENT_EOF) != 0);
	assert_true((p.events & BEV_EVENT_ERROR) == 0);
	pair_close(&p);
	tls_free(t);
}

static void
test_our_end_says_goodbye(void **state)
{
	struct tls *t = load(TLS_POSTGRESQL, false);
	struct pair p;
	char c;
	int n;

	(void)state;
	pair_open(&p, t, false);
	assert_true(shake(&p));
	tls_close_notify(p.bev);
	n = SSL_read(p.client, &c, 1);
	assert_true(n <= 0);
	assert_int_equal(SSL_get_error(p.client, n), SSL_ERROR_ZERO_RETURN);
	pair_close(&p);

	/* in the middle of a handshake and without TLS it does nothing */
	pair_open(&p, t, false);
	tls_close_notify(p.bev);
	pair_close(&p);
	pair_open(&p, t, false);
	{
		struct bufferevent *plain = bufferevent_socket_new(p.base, -1,
		    0);
		unsigned char out[TLS_END_POINT_MAX];

		tls_close_notify(plain);
		assert_int_equal(tls_end_point(plain, out), 0);
		assert_string_equal(tls_version(plain), "");
		bufferevent_free(plain);
	}
	pair_close(&p);
	tls_free(t);
}

static void
test_connections_outlive_a_reload(void **state)
{
	unsigned char before[TLS_END_POINT_MAX], after[TLS_END_POINT_MAX];
	struct tls *t = load(TLS_POSTGRESQL, false), *next = NULL;
	struct err e = ERR_INIT;
	struct pair p;
	char got[8] = "";

	(void)state;
	pair_open(&p, t, false);
	assert_true(shake(&p));
	assert_int_equal(tls_end_point(p.bev, before), 32);
	assert_true(tls_load(TLS_POSTGRESQL, other_cert, other_key, false,
	    &next, &e));
	tls_free(t);
	assert_int_equal(tls_end_point(p.bev, after), 32);
	assert_memory_equal(before, after, 32);
	bufferevent_write(p.bev, "hello", 5);
	turn(&p);
	assert_int_equal(SSL_read(p.client, got, sizeof(got)), 5);
	assert_string_equal(got, "hello");
	pair_close(&p);

	pair_open(&p, next, false);
	SSL_set_verify(p.client, SSL_VERIFY_NONE, NULL);
	assert_true(shake(&p));
	assert_int_equal(tls_end_point(p.bev, after), 32);
	assert_memory_not_equal(before, after, 32);
	pair_close(&p);
	tls_free(next);
}

static void
test_sessions_cannot_be_resumed(void **state)
{
	struct tls *t = load(TLS_POSTGRESQL, false);
	struct pair p;
	char c;

	(void)state;
	pair_open(&p, t, false);
	assert_true(shake(&p));
	bufferevent_write(p.bev, "x", 1);
	turn(&p);
	assert_int_equal(SSL_read(p.client, &c, 1), 1);
	assert_int_equal(SSL_SESSION_is_resumable(SSL_get_session(p.client)),
	    0);
	pair_close(&p);
	tls_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_a_self_signed_certificate_names_this_host),
		cmocka_unit_test(
		    test_names_may_be_addresses_wildcards_or_twice),
		cmocka_unit_test(test_impossible_names_leave_no_files),
		cmocka_unit_test(test_existing_files_are_never_overwritten),
		cmocka_unit_test(test_fingerprint_is_what_openssl_prints),
		cmocka_unit_test(test_a_key_that_others_can_read_is_refused),
		cmocka_unit_test(test_pairs_that_do_not_fit_are_refused),
		cmocka_unit_test(test_a_passphrase_is_never_asked_for),
		cmocka_unit_test(test_unfit_algorithms_are_refused),
		cmocka_unit_test(
		    test_clients_verify_and_bind_to_the_certificate),
		cmocka_unit_test(test_old_versions_are_refused),
		cmocka_unit_test(test_alpn_must_match_when_it_is_offered),
		cmocka_unit_test(test_direct_tls_needs_alpn),
		cmocka_unit_test(test_plain_text_is_no_handshake),
		cmocka_unit_test(test_an_end_without_goodbye_is_an_end),
		cmocka_unit_test(test_our_end_says_goodbye),
		cmocka_unit_test(test_connections_outlive_a_reload),
		cmocka_unit_test(test_sessions_cannot_be_resumed),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
