/*
 * certificate.c - what a server's certificate says; see certificate.h.
 *
 * A certificate is bytes from anybody: OpenSSL parses it, and its names are
 * cleaned before they are shown.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbctl/certificate.h"
#include "common/str.h"
#include "common/visible.h"

#include <arpa/inet.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <time.h>

#define NAMES_MAX 100

static void
fill_print(X509 *x, char out[CERTIFICATE_PRINT_SIZE])
{
	unsigned char md[EVP_MAX_MD_SIZE];
	unsigned n = 0, i;

	out[0] = '\0';
	if (X509_digest(x, EVP_sha256(), md, &n) != 1)
		return;
	for (i = 0; i < n && i < 32; i++)
		(void)snprintf(out + 3 * i, 4, "%02X%s", md[i],
		    i + 1 < n ? ":" : "");
}

static void
add_name(struct buf *b, struct slice name, unsigned *n)
{
	if ((*n)++ >= NAMES_MAX)
		return;
	visible_put(b, name, VISIBLE_LINE);
	buf_putc(b, '\n');
}

static void
add_address(struct buf *b, const ASN1_OCTET_STRING *ip, unsigned *n)
{
	int len = ASN1_STRING_length(ip);
	char text[INET6_ADDRSTRLEN];

	if ((len == 4 || len == 16) && inet_ntop(len == 4 ? AF_INET :
	    AF_INET6, ASN1_STRING_get0_data(ip), text, sizeof(text)) != NULL)
		add_name(b, slice_of(text), n);
}

static void
fill_names(X509 *x, struct buf *b)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(x, NID_subject_alt_name, NULL,
	    NULL);
	unsigned n = 0;
	int i;

	for (i = 0; i < sk_GENERAL_NAME_num(names); i++) {
		const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);

		if (name->type == GEN_DNS)
			add_name(b, slice_make((const char *)
			    ASN1_STRING_get0_data(name->d.dNSName), (size_t)
			    ASN1_STRING_length(name->d.dNSName)), &n);
		else if (name->type == GEN_IPADD)
			add_address(b, name->d.iPAddress, &n);
	}
	GENERAL_NAMES_free(names);
}

/* A host is an address or a name; a certificate tells them apart. */
static bool
is_for(X509 *x, const char *host)
{
	unsigned char address[16];

	if (inet_pton(AF_INET, host, address) == 1 ||
	    inet_pton(AF_INET6, host, address) == 1)
		return X509_check_ip_asc(x, host, 0) == 1;
	return X509_check_host(x, host, 0, 0, NULL) == 1;
}

static void
fill_pem(X509 *x, struct buf *b)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *data;
	long n;

	if (bio != NULL && PEM_write_bio_X509(bio, x) == 1 &&
	    (n = BIO_get_mem_data(bio, &data)) > 0)
		buf_put(b, data, (size_t)n);
	BIO_free(bio);
}

static void
fill(X509 *x, const char *host, struct certificate *out)
{
	struct tm tm;

	*out = (struct certificate){ .names = BUF_INIT, .pem = BUF_INIT };
	fill_print(x, out->print);
	if (ASN1_TIME_to_tm(X509_get0_notAfter(x), &tm) == 1)
		(void)strftime(out->until, sizeof(out->until), "%Y-%m-%d",
		    &tm);
	out->is_over = X509_cmp_current_time(X509_get0_notAfter(x)) <= 0;
	out->is_own = X509_self_signed(x, 1) == 1;
	out->names_host = is_for(x, host);
	fill_names(x, &out->names);
	fill_pem(x, &out->pem);
}

bool
certificate_of_ssl(void *ssl, const char *host, struct certificate *out)
{
	X509 *x = SSL_is_init_finished(ssl) ? SSL_get1_peer_certificate(ssl) :
	    NULL;

	if (x == NULL)
		return false;
	fill(x, host, out);
	X509_free(x);
	return true;
}

bool
certificate_read(const char *path, const char *host, struct certificate *out,
    struct err *e)
{
	FILE *f = fopen(path, "re");
	X509 *x;

	if (f == NULL)
		return err_errno(e, "could not open \"%s\"", path);
	x = PEM_read_X509(f, NULL, NULL, NULL);
	fclose(f);
	if (x == NULL)
		return err_set(e, ERR_INVALID, "\"%s\" holds no certificate",
		    path);
	fill(x, host, out);
	X509_free(x);
	return true;
}

void
certificate_free(struct certificate *c)
{
	buf_free(&c->names);
	buf_free(&c->pem);
}

/* The next hexadecimal digit of a fingerprint, in lower case. */
static char
next_digit(const char **p)
{
	while (**p == ':' || **p == ' ')
		(*p)++;
	return **p == '\0' ? '\0' : ascii_lower(*(*p)++);
}

bool
certificate_has_print(const struct certificate *c, const char *print)
{
	const char *a = c->print, *b = print;
	char x, y;

	if (strncasecmp(b, "SHA256:", 7) == 0)
		b += 7;
	do {
		x = next_digit(&a);
		y = next_digit(&b);
	} while (x == y && x != '\0');
	return x == y && c->print[0] != '\0';
}
