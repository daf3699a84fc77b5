/*
 * client.h - one connection to kbd; the only file that knows libpq.
 *
 * Nothing of libpq's own surroundings has an effect: environ.h took the PG*
 * variables away, and every file that libpq would look for in the home
 * directory is named here instead.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBCTL_CLIENT_H
#define KBCTL_CLIENT_H

#include <stdint.h>

#include "common/err.h"
#include "common/slice.h"

struct certificate;
struct client;
struct endpoint;
struct setup;
struct result;

/*
 * Connect to the first of the hosts that answers. ERR_DENIED when the server
 * does not let us in; SQLSTATE class 08 in *e when no server answered.
 */
bool client_open(const struct setup *setup, struct client **out,
    struct err *e) MUST_CHECK;
void client_close(struct client *c);

/* "host:port" or the socket's path: which server this is; borrowed. */
const char *client_target(const struct client *c);

/* A value for $1, $2, ...; make it with one of the three below. */
struct param {
	const char *text;	/* NULL is SQL NULL; borrowed */
	unsigned oid;
	char digits[24];
};

void param_text(struct param *p, const char *text);
void param_int(struct param *p, int64_t value);
void param_null(struct param *p);

/*
 * Run one statement. The result is the caller's until result_free(). An
 * error of the server has its SQLSTATE in e; after a lost connection it is
 * of class 08. A statement that Ctrl-C stopped fails with ERR_CANCELED.
 */
bool client_query(struct client *c, const char *sql,
    const struct param *params, unsigned nparams, struct result **out,
    struct err *e) MUST_CHECK;

/* The same, with values as the protocol's bytes: bytea without its text. */
bool client_query_binary(struct client *c, const char *sql,
    const struct param *params, unsigned nparams, struct result **out,
    struct err *e) MUST_CHECK;

/* The same for a statement without parameters whose rows do not matter. */
bool client_run(struct client *c, const char *sql, struct err *e) MUST_CHECK;

/*
 * What the server stores instead of a password: a verifier, made here. The
 * caller free()s it.
 */
bool client_encrypt(struct client *c, const char *role, const char *password,
    char **out, struct err *e) MUST_CHECK;

/* The whole DETAIL of the last error, which *e has cut; borrowed. */
struct slice client_detail(const struct client *c);

size_t result_rows(const struct result *r);
struct slice result_text(const struct result *r, size_t row, unsigned column);
bool result_is_null(const struct result *r, size_t row, unsigned column);
int64_t result_int(const struct result *r, size_t row, unsigned column);
bool result_bool(const struct result *r, size_t row, unsigned column);
void result_free(struct result *r);

/*
 * The certificate that a server shows, whatever it is: nothing of it is
 * checked, and nothing is sent but the beginning of TLS. It is the caller's
 * until certificate_free().
 */
bool client_certificate(const struct endpoint *host, struct certificate *out,
    struct err *e) MUST_CHECK;

/* What pg_isready says, with its codes. */
enum ping { PING_OK, PING_REJECT, PING_NO_ANSWER, PING_NO_ATTEMPT };

/* Ask every host in turn; *host is set to the index of the one that it is. */
enum ping client_ping(const struct setup *setup, unsigned *host);

/*
 * From now on Ctrl-C cancels the running statement, if there is one, and
 * ends the process with 130 if not.
 */
void client_catch_interrupt(void);

#endif
