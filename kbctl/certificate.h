/*
 * certificate.h - what a server's certificate says; the only file of kbctl
 * that knows OpenSSL.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBCTL_CERTIFICATE_H
#define KBCTL_CERTIFICATE_H

#include "common/buf.h"
#include "common/err.h"

#define CERTIFICATE_PRINT_SIZE 96

struct certificate {
	char print[CERTIFICATE_PRINT_SIZE];	/* "AB:CD:...", of SHA-256 */
	char until[16];		/* "2036-11-22", or "" */
	bool is_over;		/* it is not valid any more */
	bool is_own;		/* signed by itself, so it can be kept */
	bool names_host;	/* it is for the host that was asked for */
	struct buf names;	/* owned; one on each line, cleaned */
	struct buf pem;		/* owned */
};

/*
 * The certificate that a server showed. `ssl` is an OpenSSL SSL, from libpq;
 * false while its handshake is not done. certificate_free() is due after
 * true.
 */
bool certificate_of_ssl(void *ssl, const char *host, struct certificate *out)
    MUST_CHECK;

/* The first certificate of a PEM file. */
bool certificate_read(const char *path, const char *host,
    struct certificate *out, struct err *e) MUST_CHECK;

void certificate_free(struct certificate *c);

/* Whether "SHA256:AB:cd..." or "abcd..." is this certificate's. */
bool certificate_has_print(const struct certificate *c, const char *print);

#endif
