/*
 * tls.c - TLS contexts and the few facts about a connection; see tls.h.
 *
 * Invariants:
 *   (1) The key is read from the very file whose mode was checked.
 *   (2) OpenSSL's error queue is empty when a function of ours returns: a
 *       stale entry would be blamed on the next connection of the thread.
 *   (3) A context that tls_load() returned is never changed afterwards.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/tls.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <event2/bufferevent.h>
#include <event2/bufferevent_ssl.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "common/mem.h"
#include "common/str.h"
#include "kbd/secret.h"

#define KEY_FILE_MAX (64 * 1024)
#define RSA_BITS_MIN 2048
#define SERIAL_BYTES 16
#define CIPHERS "ECDHE+AESGCM:ECDHE+CHACHA20"
#define CLOCK_SKEW_S 3600	/* valid this long before it was made */

struct tls {
	SSL_CTX *ctx;		/* owned */
	X509 *cert;		/* borrowed from ctx */
};

/* Set *e from OpenSSL's queue, and empty that. Always false. */
static bool
ssl_error(struct err *e, enum err_code code, const char *what,
    const char *path)
{
	unsigned long n = ERR_peek_last_error();
	const char *why = n == 0 ? "unknown error" :
	    ERR_SYSTEM_ERROR(n) ? strerror(ERR_GET_REASON(n)) :
	    ERR_reason_error_string(n);

	ERR_clear_error();
	return err_set(e, code, "%s \"%s\": %s", what, path,
	    why != NULL ? why : "unknown error");
}

/* ---- the key file ------------------------------------------------- */

/*
 * As PostgreSQL wants it: ours and private, or root's and readable by a group
 * at most.
 */
static bool
check_key_mode(const struct stat *st, const char *path, struct err *e)
{
	mode_t open_to = st->st_uid == 0 ? 027 : 077;

	if (!S_ISREG(st->st_mode))
		return err_set(e, ERR_REFUSED, "\"%s\" is not a file", path);
	if (st->st_uid != geteuid() && st->st_uid != 0)
		return err_set(e, ERR_REFUSED, "key file \"%s\" must be owned "
		    "by the server's user or root", path);
	if ((st->st_mode & open_to) == 0)
		return true;
	(void)err_set(e, ERR_REFUSED, "others can read key file \"%s\" "
	    "(mode %04o)", path, (unsigned)st->st_mode & 07777);
	return err_hint(e, "chmod 0600 \"%s\"; a file of root's may be 0640.",
	    path);
}

static bool
read_all(int fd, const char *path, char *out, size_t *len, struct err *e)
{
	ssize_t n;

	*len = 0;
	while (*len < KEY_FILE_MAX) {
		n = read(fd, out + *len, KEY_FILE_MAX - *len);
		if (n == 0)
			return true;
		if (n < 0 && errno != EINTR)
			return err_errno(e, "could not read \"%s\"", path);
		*len += n > 0 ? (size_t)n : 0;
	}
	return err_set(e, ERR_LIMIT, "\"%s\" is too long for a key", path);
}

/* OpenSSL would ask on the terminal; a server has none. */
static int
no_passphrase(char *out, int size, int rwflag, void *arg)
{
	(void)out;
	(void)size;
	(void)rwflag;
	*(bool *)arg = true;
	return -1;
}

static EVP_PKEY *
parse_key(const char *pem, size_t len, const char *path, struct err *e)
{
	BIO *bio = BIO_new_mem_buf(pem, (int)len);
	bool encrypted = false;
	EVP_PKEY *key = bio == NULL ? NULL :
	    PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, &encrypted);

	BIO_free(bio);
	if (key == NULL && encrypted) {
		ERR_clear_error();
		(void)err_set(e, ERR_INVALID,
		    "key file \"%s\" is protected by a passphrase", path);
	} else if (key == NULL) {
		(void)ssl_error(e, ERR_INVALID, "cannot read key file", path);
	}
	return key;
}

static EVP_PKEY *
load_key(const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char *pem = mem_alloc(KEY_FILE_MAX);
	EVP_PKEY *key = NULL;
	struct stat st;
	size_t len = 0;

	if (fd < 0 || fstat(fd, &st) != 0)
		(void)err_errno(e, "could not open key file \"%s\"", path);
	else if (check_key_mode(&st, path, e) &&
	    read_all(fd, path, pem, &len, e))
		key = parse_key(pem, len, path, e);
	if (fd >= 0)
		(void)close(fd);
	secret_wipe(pem, KEY_FILE_MAX);
	free(pem);
	return key;
}

/* ---- contexts ----------------------------------------------------- */

/* The digest for channel binding; NULL when the signature has none. */
static const EVP_MD *
end_point_digest(X509 *cert)
{
	int nid = NID_undef;

	if (X509_get_signature_info(cert, &nid, NULL, NULL, NULL) != 1 ||
	    nid == NID_undef)
		return NULL;
	/* RFC 5929, section 4.1 */
	if (nid == NID_md5 || nid == NID_sha1)
		nid = NID_sha256;
	return EVP_get_digestbynid(nid);
}

static bool
check_cert(X509 *cert, const char *path, struct err *e)
{
	EVP_PKEY *key = X509_get0_pubkey(cert);

	if (end_point_digest(cert) == NULL) {
		ERR_clear_error();
		(void)err_set(e, ERR_REFUSED, "the signature of certificate "
		    "\"%s\" cannot be used for channel binding", path);
		return err_hint(e, "Use ECDSA or RSA with SHA-2, not Ed25519.");
	}
	if (key != NULL && EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA &&
	    EVP_PKEY_get_bits(key) < RSA_BITS_MIN)
		return err_set(e, ERR_REFUSED,
		    "the RSA key of certificate \"%s\" has %d bits, %d are "
		    "needed", path, EVP_PKEY_get_bits(key), RSA_BITS_MIN);
	return true;
}

static bool
set_key(struct tls *t, const char *cert_path, const char *key_path,
    struct err *e)
{
	EVP_PKEY *key;
	bool ok;

	/* a chain file that does not exist is better said by the system */
	if (access(cert_path, R_OK) != 0)
		return err_errno(e, "could not open certificate \"%s\"",
		    cert_path);
	if (SSL_CTX_use_certificate_chain_file(t->ctx, cert_path) != 1)
		return ssl_error(e, ERR_INVALID, "cannot use certificate",
		    cert_path);
	t->cert = SSL_CTX_get0_certificate(t->ctx);
	if (!check_cert(t->cert, cert_path, e))
		return false;
	key = load_key(key_path, e);
	if (key == NULL)
		return false;
	ok = X509_check_private_key(t->cert, key) == 1 &&
	    SSL_CTX_use_PrivateKey(t->ctx, key) == 1;
	EVP_PKEY_free(key);
	ERR_clear_error();
	return ok || err_set(e, ERR_INVALID,
	    "key \"%s\" is not the one of certificate \"%s\"", key_path,
	    cert_path);
}

static const unsigned char alpn_postgresql[] = "\12postgresql";
static const unsigned char alpn_http[] = "\10http/1.1";

/*
 * Called only when the client offers a list. If ours is not on it, somebody
 * sent a client of another protocol here: the handshake must fail (ALPACA).
 */
static int
select_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_len,
    const unsigned char *in, unsigned in_len, void *arg)
{
	const unsigned char *ours = arg;
	unsigned char *chosen;

	(void)ssl;
	if (SSL_select_next_proto(&chosen, out_len, ours, ours[0] + 1u, in,
	    in_len) != OPENSSL_NPN_NEGOTIATED)
		return SSL_TLSEXT_ERR_ALERT_FATAL;
	*out = chosen;
	return SSL_TLSEXT_ERR_OK;
}

static bool
configure(struct tls *t, enum tls_kind kind, bool tls13_only)
{
	const unsigned char *alpn = kind == TLS_POSTGRESQL ? alpn_postgresql :
	    alpn_http;

	(void)SSL_CTX_set_options(t->ctx, SSL_OP_NO_RENEGOTIATION |
	    SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET |
	    SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_IGNORE_UNEXPECTED_EOF);
	(void)SSL_CTX_set_mode(t->ctx, SSL_MODE_RELEASE_BUFFERS |
	    SSL_MODE_ENABLE_PARTIAL_WRITE |
	    SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	(void)SSL_CTX_set_session_cache_mode(t->ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_verify(t->ctx, SSL_VERIFY_NONE, NULL);
	SSL_CTX_set_alpn_select_cb(t->ctx, select_alpn,
	    (void *)(uintptr_t)alpn);
	return SSL_CTX_set_num_tickets(t->ctx, 0) == 1 &&
	    SSL_CTX_set_min_proto_version(t->ctx, tls13_only ?
	    TLS1_3_VERSION : TLS1_2_VERSION) == 1 &&
	    SSL_CTX_set_cipher_list(t->ctx, CIPHERS) == 1;
}

bool
tls_load(enum tls_kind kind, const char *cert_path, const char *key_path,
    bool tls13_only, struct tls **out, struct err *e)
{
	struct tls *t = mem_zalloc(sizeof(*t));
	bool ok;

	ERR_clear_error();
	t->ctx = SSL_CTX_new(TLS_server_method());
	ok = t->ctx != NULL && configure(t, kind, tls13_only);
	if (!ok)
		(void)ssl_error(e, ERR_SYSTEM, "could not use", "OpenSSL");
	else
		ok = set_key(t, cert_path, key_path, e);
	if (!ok) {
		tls_free(t);
		return false;
	}
	*out = t;
	return true;
}

void
tls_free(struct tls *t)
{
	if (t == NULL)
		return;
	SSL_CTX_free(t->ctx);	/* each SSL holds a reference of its own */
	free(t);
}

void
tls_fingerprint(const struct tls *t, char out[TLS_FINGERPRINT_SIZE])
{
	unsigned char md[EVP_MAX_MD_SIZE];
	unsigned n = 0, i;

	out[0] = '\0';
	if (X509_digest(t->cert, EVP_sha256(), md, &n) != 1)
		return;
	for (i = 0; i < n && i < SECRET_DIGEST_SIZE; i++)
		(void)snprintf(out + 3 * i, 4, "%02X%s", md[i],
		    i + 1 < n ? ":" : "");
}

bool
tls_is_self_signed(const struct tls *t)
{
	return (X509_get_extension_flags(t->cert) & EXFLAG_SS) != 0;
}

bool
tls_is_for(const struct tls *t, struct slice name)
{
	return name.len != 0 && X509_check_host(t->cert, name.ptr, name.len,
	    0, NULL) == 1;
}

void
tls_not_after(const struct tls *t, char out[CLOCK_TEXT_SIZE])
{
	struct tm tm;

	out[0] = '\0';
	if (ASN1_TIME_to_tm(X509_get0_notAfter(t->cert), &tm) == 1)
		(void)strftime(out, CLOCK_TEXT_SIZE,
		    "%Y-%m-%d %H:%M:%S.000000+00", &tm);
}

/* ---- a certificate of our own ------------------------------------- */

static bool
is_host_name(struct slice s)
{
	size_t i;

	if (s.len == 0 || s.len > 253 || s.ptr[0] == '.' || s.ptr[0] == '-')
		return false;
	for (i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (c == '*' && i == 0 && s.len > 2 && s.ptr[1] == '.')
			continue;
		if (c == '.' && i + 1 < s.len && s.ptr[i + 1] == '.')
			return false;
		if (!ascii_is_alnum(c) && c != '-' && c != '.' && c != '_')
			return false;
	}
	return true;
}

/* Text becomes an address or a name; NULL when it is neither. */
static GENERAL_NAME *
make_name(struct slice text)
{
	unsigned char ip[16];
	char s[256];
	int type = GEN_DNS, len = (int)text.len;
	const void *bytes = text.ptr;
	ASN1_OCTET_STRING *value;
	GENERAL_NAME *name;

	if (text.len == 0 || text.len >= sizeof(s))
		return NULL;
	memcpy(s, text.ptr, text.len);
	s[text.len] = '\0';
	if (inet_pton(AF_INET, s, ip) == 1)
		type = GEN_IPADD, len = 4, bytes = ip;
	else if (inet_pton(AF_INET6, s, ip) == 1)
		type = GEN_IPADD, len = 16, bytes = ip;
	else if (!is_host_name(text))
		return NULL;
	value = type == GEN_IPADD ? ASN1_OCTET_STRING_new() :
	    ASN1_IA5STRING_new();
	name = GENERAL_NAME_new();
	if (name == NULL || value == NULL ||
	    ASN1_STRING_set(value, bytes, len) != 1) {
		ASN1_STRING_free(value);
		GENERAL_NAME_free(name);
		return NULL;
	}
	GENERAL_NAME_set0_value(name, type, value);
	return name;
}

static bool
push_name(GENERAL_NAMES *all, struct slice text, struct err *e)
{
	GENERAL_NAME *name = make_name(text);
	int i;

	if (name == NULL)
		return err_set(e, ERR_INVALID, "\"%.*s\" is neither a host "
		    "name nor an IP address", SLICE_ARG(text));
	for (i = 0; i < sk_GENERAL_NAME_num(all); i++) {
		if (GENERAL_NAME_cmp(sk_GENERAL_NAME_value(all, i),
		    name) != 0)
			continue;
		GENERAL_NAME_free(name);
		return true;
	}
	if (sk_GENERAL_NAME_push(all, name) != 0)
		return true;
	GENERAL_NAME_free(name);
	return err_set(e, ERR_SYSTEM, "out of memory");
}

static bool
add_names(X509 *cert, const struct slice *names, size_t n, struct err *e)
{
	static const struct slice always[] = {
		{ "localhost", 9 }, { "127.0.0.1", 9 }, { "::1", 3 },
	};
	GENERAL_NAMES *all = sk_GENERAL_NAME_new_null();
	bool ok = all != NULL;
	size_t i;

	for (i = 0; ok && i < n; i++)
		ok = push_name(all, names[i], e);
	for (i = 0; ok && i < ARRAY_LEN(always); i++)
		ok = push_name(all, always[i], e);
	ok = ok && X509_add1_ext_i2d(cert, NID_subject_alt_name, all, 0,
	    X509V3_ADD_DEFAULT) == 1;
	GENERAL_NAMES_free(all);
	return ok;
}

/* One extension from a constant text, never from anybody's input. */
static bool
add_extension(X509 *cert, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *x;
	bool ok;

	X509V3_set_ctx(&ctx, cert, cert, NULL, NULL, 0);
	x = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	ok = x != NULL && X509_add_ext(cert, x, -1) == 1;
	X509_EXTENSION_free(x);
	return ok;
}

static bool
set_serial(X509 *cert)
{
	unsigned char bytes[SERIAL_BYTES];
	BIGNUM *n;
	bool ok;

	secret_random(bytes, sizeof(bytes));
	bytes[0] = (bytes[0] & 0x7f) | 0x40;	/* positive, not zero */
	n = BN_bin2bn(bytes, sizeof(bytes), NULL);
	ok = n != NULL &&
	    BN_to_ASN1_INTEGER(n, X509_get_serialNumber(cert)) != NULL;
	BN_free(n);
	return ok;
}

/* The subject is only a label: clients look at the alternative names. */
static bool
set_subject(X509 *cert, struct slice name)
{
	X509_NAME *subject = X509_get_subject_name(cert);

	if (name.len == 0 || name.len > 64)	/* ub-common-name */
		name = SLICE("kbd");
	return X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
	    (const unsigned char *)name.ptr, (int)name.len, -1, 0) == 1 &&
	    X509_set_issuer_name(cert, subject) == 1;
}

static bool
fill_cert(X509 *cert, EVP_PKEY *key, const struct slice *names, size_t n,
    struct err *e)
{
	bool ok = X509_set_version(cert, X509_VERSION_3) == 1 &&
	    set_serial(cert) &&
	    X509_gmtime_adj(X509_getm_notBefore(cert), -CLOCK_SKEW_S) != NULL &&
	    X509_time_adj_ex(X509_getm_notAfter(cert), TLS_SELF_SIGNED_DAYS, 0,
	    NULL) != NULL &&
	    X509_set_pubkey(cert, key) == 1 &&
	    set_subject(cert, n != 0 ? names[0] : SLICE("localhost")) &&
	    add_extension(cert, NID_basic_constraints, "critical,CA:FALSE") &&
	    add_extension(cert, NID_key_usage, "critical,digitalSignature") &&
	    add_extension(cert, NID_ext_key_usage, "serverAuth") &&
	    add_extension(cert, NID_subject_key_identifier, "hash") &&
	    add_names(cert, names, n, e) &&
	    X509_sign(cert, key, EVP_sha256()) != 0;

	if (!ok && (e == NULL || e->code == ERR_NONE))
		(void)ssl_error(e, ERR_SYSTEM, "could not make", "certificate");
	ERR_clear_error();
	return ok;
}

static bool
write_file(const char *path, const char *p, size_t len, struct err *e)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	ssize_t n = 0;
	bool ok;

	if (fd < 0)
		return errno == EEXIST ?
		    err_set(e, ERR_EXISTS, "\"%s\" exists already", path) :
		    err_errno(e, "could not create \"%s\"", path);
	while (len != 0 && (n = write(fd, p, len)) >= 0) {
		p += n;
		len -= (size_t)n;
	}
	ok = n >= 0 && fsync(fd) == 0;
	if (!ok) {
		(void)err_errno(e, "could not write \"%s\"", path);
		(void)unlink(path);
	}
	(void)close(fd);
	return ok;
}

/* Write what is in memory, and forget it. */
static bool
write_bio(const char *path, BIO *bio, struct err *e)
{
	char *p = NULL;
	long len = BIO_get_mem_data(bio, &p);
	bool ok = write_file(path, p, len > 0 ? (size_t)len : 0, e);

	if (len > 0)
		secret_wipe(p, (size_t)len);
	return ok;
}

static bool
write_pair(const char *cert_path, const char *key_path, X509 *cert,
    EVP_PKEY *key, struct err *e)
{
	BIO *c = BIO_new(BIO_s_mem()), *k = BIO_new(BIO_s_mem());
	bool ok = false;

	if (c == NULL || k == NULL || PEM_write_bio_X509(c, cert) != 1 ||
	    PEM_write_bio_PrivateKey(k, key, NULL, NULL, 0, NULL, NULL) != 1) {
		(void)ssl_error(e, ERR_SYSTEM, "could not write", key_path);
	} else if (write_bio(key_path, k, e)) {
		ok = write_bio(cert_path, c, e);
		if (!ok)
			(void)unlink(key_path);
	}
	BIO_free(c);
	BIO_free(k);
	return ok;
}

bool
tls_make_self_signed(const char *cert_path, const char *key_path,
    const struct slice *names, size_t n, struct err *e)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *cert = X509_new();
	bool ok;

	if (e != NULL)
		e->code = ERR_NONE;
	ok = key != NULL && cert != NULL ? fill_cert(cert, key, names, n, e) :
	    ssl_error(e, ERR_SYSTEM, "could not make", "key");
	ok = ok && write_pair(cert_path, key_path, cert, key, e);
	X509_free(cert);
	EVP_PKEY_free(key);
	return ok;
}

/* ---- connections -------------------------------------------------- */

/* Marks an SSL whose client began with TLS. */
static char direct_mark;

struct bufferevent *
tls_accept(struct tls *t, struct event_base *base, int fd, bool direct,
    struct err *e)
{
	SSL *ssl = SSL_new(t->ctx);
	struct bufferevent *bev;

	if (ssl == NULL) {
		(void)ssl_error(e, ERR_SYSTEM, "could not begin", "TLS");
		return NULL;
	}
	if (direct)
		SSL_set_app_data(ssl, &direct_mark);
	/*
	 * _socket_new, not _filter_new: that loops with deferred callbacks.
	 * When it fails it may have freed the SSL or not: keep a reference.
	 */
	(void)SSL_up_ref(ssl);
	bev = bufferevent_openssl_socket_new(base, fd, ssl,
	    BUFFEREVENT_SSL_ACCEPTING, BEV_OPT_CLOSE_ON_FREE);
	SSL_free(ssl);
	if (bev == NULL)
		(void)err_set(e, ERR_SYSTEM, "could not begin TLS");
	return bev;
}

bool
tls_accepted(struct bufferevent *bev, struct err *e)
{
	SSL *ssl = bufferevent_openssl_get_ssl(bev);
	const unsigned char *name = NULL;
	unsigned len = 0;

	if (ssl == NULL)
		return err_set(e, ERR_PROTOCOL, "the connection has no TLS");
	SSL_get0_alpn_selected(ssl, &name, &len);
	if (SSL_get_app_data(ssl) != &direct_mark || len != 0)
		return true;
	return err_set(e, ERR_PROTOCOL, "received direct SSL connection "
	    "request without ALPN protocol negotiation extension");
}

const char *
tls_version(struct bufferevent *bev)
{
	SSL *ssl = bufferevent_openssl_get_ssl(bev);

	return ssl != NULL ? SSL_get_version(ssl) : "";
}

const char *
tls_cipher(struct bufferevent *bev)
{
	SSL *ssl = bufferevent_openssl_get_ssl(bev);
	const char *name = ssl != NULL ? SSL_get_cipher_name(ssl) : NULL;

	return name != NULL ? name : "";
}

size_t
tls_end_point(struct bufferevent *bev, unsigned char out[TLS_END_POINT_MAX])
{
	SSL *ssl = bufferevent_openssl_get_ssl(bev);
	X509 *cert = ssl != NULL ? SSL_get_certificate(ssl) : NULL;
	const EVP_MD *md = cert != NULL ? end_point_digest(cert) : NULL;
	unsigned n = 0;

	if (md == NULL || X509_digest(cert, md, out, &n) != 1)
		n = 0;
	ERR_clear_error();
	return n;
}

void
tls_close_notify(struct bufferevent *bev)
{
	SSL *ssl = bufferevent_openssl_get_ssl(bev);

	if (ssl == NULL || !SSL_is_init_finished(ssl))
		return;
	/* do not wait for theirs */
	SSL_set_shutdown(ssl, SSL_RECEIVED_SHUTDOWN);
	(void)SSL_shutdown(ssl);
	ERR_clear_error();
}

bool
tls_failure(struct bufferevent *bev, struct err *e)
{
	unsigned long n = 0, next;
	const char *why;

	/*
	 * Newest first; the cause is the oldest. libevent puts what
	 * SSL_get_error() said below them, which belongs to no library.
	 */
	while ((next = bufferevent_get_openssl_error(bev)) != 0)
		if (ERR_GET_LIB(next) != 0)
			n = next;
	ERR_clear_error();
	why = n != 0 ? ERR_reason_error_string(n) : NULL;
	if (why != NULL)
		return err_set(e, ERR_PROTOCOL, "TLS failed: %s", why);
	return errno != 0 ? err_errno(e, "TLS failed") :
	    err_set(e, ERR_SYSTEM, "TLS failed");
}
