/*
 * scram.h - SCRAM-SHA-256 and SCRAM-SHA-256-PLUS, the server's side.
 *
 * RFC 5802 and 7677, channel binding tls-server-end-point of RFC 5929, with
 * the habits of PostgreSQL: verifiers in its text form, the user name inside
 * the exchange ignored (the startup packet named the role). No I/O: SASL
 * messages in, SASL messages out; who frames them is the caller's business.
 *
 * A role that does not exist, has no password or may not log in runs the
 * whole exchange against a mock verifier and fails at the last step, with
 * the same error as a wrong password. See scram_verifier_for().
 *
 * Passwords: libpq, and so psql and kbctl, apply SASLprep and fall back to
 * the raw bytes where it does not allow a text. So do we when we make or try
 * a verifier (saslprep.h); in a SCRAM login the server sees no password.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_SCRAM_H
#define KBD_SCRAM_H

#include "common/err.h"
#include "common/slice.h"

struct buf;
struct scram;

#define SCRAM_KEY_SIZE 32	/* SHA-256 */
#define SCRAM_SALT_SIZE 16	/* of the verifiers that we make */
#define SCRAM_SALT_MAX 64	/* of those that others made */
#define SCRAM_ITERATIONS_MIN 4096	/* RFC 7677 */
#define SCRAM_ITERATIONS_MAX 1000000
#define SCRAM_ITERATIONS_DEFAULT 4096	/* what libpq's \password uses */
#define SCRAM_MESSAGE_MAX 1024	/* bytes of one SASL message from a client */
#define SCRAM_PASSWORD_MAX 1024	/* bytes */
#define SCRAM_BINDING_MAX 64	/* bytes of a channel binding hash */

/* What is stored instead of a password. */
struct scram_verifier {
	unsigned iterations;
	size_t salt_len;
	unsigned char salt[SCRAM_SALT_MAX];
	unsigned char stored_key[SCRAM_KEY_SIZE];
	unsigned char server_key[SCRAM_KEY_SIZE];
};

/*
 * Read "SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>" (base64).
 * ERR_INVALID when it is anything else; the text is not put in the message.
 */
bool scram_verifier_parse(struct slice text, struct scram_verifier *out,
    struct err *e) MUST_CHECK;

/* Append the text form. */
void scram_verifier_put(const struct scram_verifier *v, struct buf *b);

/*
 * Make a verifier from a clear text password with a random salt. Takes as
 * long as its iterations: not on a loop thread. ERR_INVALID when the password
 * is empty or holds an ASCII control character, ERR_LIMIT when it is too
 * long.
 */
bool scram_verifier_make(struct slice password, unsigned iterations,
    struct scram_verifier *out, struct err *e) MUST_CHECK;

/*
 * The same with a given salt of at most SCRAM_SALT_MAX bytes, and with the
 * password as its bytes are: unchecked, without SASLprep.
 */
void scram_verifier_derive(struct slice password, struct slice salt,
    unsigned iterations, struct scram_verifier *out);

/* Is this clear text password the one of v? For HTTPS; slow as above. */
bool scram_verifier_accepts(const struct scram_verifier *v,
    struct slice password);

/*
 * What the PASSWORD clause of ALTER ROLE holds, as the text to store: a
 * verifier is taken as it is, clear text becomes one. A verifier that would
 * tell its role from a mock one (another iteration count or length of salt)
 * is ERR_REFUSED, and an MD5 hash ERR_UNSUPPORTED.
 */
bool scram_password_store(struct slice password, unsigned iterations,
    struct buf *out, struct err *e) MUST_CHECK;

/*
 * The verifier to run an exchange with.
 *
 *   role        as the client named it
 *   stored      text form; empty when there is no such role or password
 *   secret      auth.db's mock secret, the same after every restart
 *   iterations  what the mock verifier claims: the setting
 *
 * True when *out is the stored one; false when it is the mock one, whose
 * salt is the same each time that this role is asked for and whose keys
 * nobody knows. Both cost the same time.
 */
bool scram_verifier_for(struct slice role, struct slice stored,
    struct slice secret, unsigned iterations, struct scram_verifier *out);

enum scram_result {
	SCRAM_MORE,	/* send *out as AuthenticationSASLContinue */
	SCRAM_OK,	/* send *out as AuthenticationSASLFinal; proven */
	SCRAM_BAD	/* *e says why; nothing to send but the error */
};

/*
 * Begin an exchange.
 *
 *   v        copied
 *   genuine  what scram_verifier_for() said, and that the role may log in;
 *            false: no proof is ever accepted
 *   binding  hash of our certificate (tls_end_point()); the PLUS mechanism is
 *            offered exactly when it is not empty, so empty without TLS
 */
struct scram *scram_new(const struct scram_verifier *v, bool genuine,
    struct slice binding);
void scram_destroy(struct scram *s);	/* wipes it */

/*
 * Append the mechanisms on offer, best first, as AuthenticationSASL lists
 * them: each with a NUL, and one more at the end.
 */
void scram_put_mechanisms(const struct scram *s, struct buf *b);

/*
 * Split the body of SASLInitialResponse: mechanism name with its NUL, length
 * of the data, the data. *first has a NULL ptr when the length was -1.
 */
bool scram_split_initial(struct slice body, struct slice *mechanism,
    struct slice *first, struct err *e) MUST_CHECK;

/* The client's choice; ERR_PROTOCOL when it was not on offer. Once. */
bool scram_choose(struct scram *s, struct slice mechanism, struct err *e)
    MUST_CHECK;

/*
 * Take the client's next SASL message and append the answer to *out. A first
 * message with a NULL ptr gets an empty challenge, once. SCRAM_BAD sets
 * ERR_DENIED for a wrong proof and for a role without a verifier: the caller
 * answers both with "password authentication failed", 28P01. Malformed
 * messages are ERR_PROTOCOL with sqlstate set, and nothing is sent about them
 * that depends on the role. After SCRAM_OK or SCRAM_BAD every call is
 * SCRAM_BAD.
 */
enum scram_result scram_step(struct scram *s, struct slice in,
    struct buf *out, struct err *e) MUST_CHECK;

/* For tests with published vectors: the server's part of the nonce. */
void scram_set_nonce(struct scram *s, const char *nonce);

#endif
