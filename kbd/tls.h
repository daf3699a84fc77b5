/*
 * tls.h - TLS contexts: made from files, reloaded by swapping, and the few
 * facts about a connection that logins need.
 *
 * TLS 1.2 and 1.3, forward-secret AEAD ciphers, no renegotiation, no
 * compression, no tickets, no early data. A certificate that cannot be used
 * for channel binding (Ed25519) is refused, and so is a key file that others
 * can read. This is the only place that knows OpenSSL's TLS: connections
 * hold a struct bufferevent and ask here.
 *
 * A reload builds a second struct tls and swaps; connections made with the
 * first one keep what they need of it.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_TLS_H
#define KBD_TLS_H

#include "common/clock.h"
#include "common/err.h"
#include "common/slice.h"

struct bufferevent;
struct event_base;
struct tls;

/* What is spoken inside; decides about ALPN. */
enum tls_kind {
	TLS_POSTGRESQL,	/* "postgresql" */
	TLS_HTTP	/* "http/1.1" */
};

/*
 * Make a context from a PEM certificate (with its chain) and a PEM key.
 *
 *   tls13_only  refuse TLS 1.2: ssl_min_protocol_version = TLSv1.3
 *
 * ERR_REFUSED for a key that others can read or a certificate that cannot be
 * used, ERR_INVALID for what cannot be parsed or does not fit together,
 * ERR_SYSTEM for what cannot be read. A key with a passphrase cannot be used.
 */
bool tls_load(enum tls_kind kind, const char *cert_path,
    const char *key_path, bool tls13_only, struct tls **out, struct err *e)
    MUST_CHECK;

/* Connections that were made with it go on. */
void tls_free(struct tls *t);

/* SHA-256 of the certificate as "AB:CD:...", what openssl x509 prints. */
#define TLS_FINGERPRINT_SIZE 96
void tls_fingerprint(const struct tls *t, char out[TLS_FINGERPRINT_SIZE]);

/* When the certificate ends, as clock_now() writes times. */
void tls_not_after(const struct tls *t, char out[CLOCK_TEXT_SIZE]);

/*
 * Make an ECDSA P-256 key and a certificate for it, signed by itself, for
 * these names and always for localhost, 127.0.0.1 and ::1. A name is a host
 * name ("*.example.com" too) or an IP address. The files are created 0600
 * and must not exist; on failure neither is left. ERR_INVALID names a name
 * that cannot be in a certificate.
 */
#define TLS_SELF_SIGNED_DAYS 3650
bool tls_make_self_signed(const char *cert_path, const char *key_path,
    const struct slice *names, size_t n, struct err *e) MUST_CHECK;

/* Whether nobody but its own key signed the certificate. */
bool tls_is_self_signed(const struct tls *t);

/* Whether the certificate is for a host of that name. */
bool tls_is_for(const struct tls *t, struct slice name);

/* ---- connections -------------------------------------------------- */

/*
 * Begin the server's side of a handshake on a connected, non-blocking
 * socket, which the bufferevent owns from then on and closes when freed.
 * After SSLRequest nothing but its eight bytes may have been read from fd.
 *
 *   direct  the client began with TLS and no SSLRequest: it must offer ALPN
 *
 * NULL, with fd left to the caller, when OpenSSL has no memory for it.
 */
struct bufferevent *tls_accept(struct tls *t, struct event_base *base, int fd,
    bool direct, struct err *e) MUST_CHECK;

/*
 * To be asked at BEV_EVENT_CONNECTED: false when a direct connection agreed
 * on no protocol (ERR_PROTOCOL); close it.
 */
bool tls_accepted(struct bufferevent *bev, struct err *e) MUST_CHECK;

/* "TLSv1.3" and the cipher's name, for the log and kb_stat_activity. */
const char *tls_version(struct bufferevent *bev);
const char *tls_cipher(struct bufferevent *bev);

/*
 * tls-server-end-point of RFC 5929: the hash of the certificate that this
 * connection really showed. Returns its length, 0 when there is none.
 */
#define TLS_END_POINT_MAX 64
size_t tls_end_point(struct bufferevent *bev,
    unsigned char out[TLS_END_POINT_MAX]);

/*
 * Say close_notify before bufferevent_free(), which never does. Only when
 * the output is drained. Nothing happens on a connection without TLS.
 */
void tls_close_notify(struct bufferevent *bev);

/* Why a connection failed (at BEV_EVENT_ERROR); always returns false. */
bool tls_failure(struct bufferevent *bev, struct err *e);

#endif
