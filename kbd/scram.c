/*
 * scram.c - SCRAM-SHA-256(-PLUS), the server's side; see scram.h.
 *
 *   CHOOSE --mechanism--> FIRST                      [scram_choose]
 *   FIRST  --client-first--> FINAL                   [server-first]
 *   FINAL  --client-final, proof right--> DONE       [server-final]
 *   any    --anything else--> DONE, with an error
 *
 * Invariants:
 *   (1) Nothing sent before the proof is checked depends on whether the role
 *       exists: salt, iteration count and errors come from *v alone.
 *   (2) The PLUS mechanism is accepted only with a channel binding, and a
 *       client that could bind but was told it cannot is refused: somebody
 *       between us removed PLUS from the list.
 *   (3) AuthMessage is made of the bytes that went over the wire, never of
 *       what was parsed from them.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/scram.h"

#include <stdlib.h>

#include "common/buf.h"
#include "common/mem.h"
#include "common/reader.h"
#include "common/str.h"
#include "kbd/saslprep.h"
#include "kbd/secret.h"

#define NAME "SCRAM-SHA-256"
#define NAME_PLUS "SCRAM-SHA-256-PLUS"
#define PREFIX NAME "$"
#define NONCE_BYTES 18	/* 24 characters of base64, none of them "=" */
#define NONCE_MAX 64
/* U+FDFA is three bytes that become 33, and nothing grows more */
#define PREPARED_MAX(len) (11 * (len) + 1)

enum state {
	STATE_CHOOSE,
	STATE_FIRST,
	STATE_FINAL,
	STATE_DONE
};

struct scram {
	enum state state;
	bool genuine;
	bool plus;		/* the mechanism chosen */
	bool asked_empty;	/* an empty challenge went out already */
	struct scram_verifier v;
	unsigned char binding[SCRAM_BINDING_MAX];
	size_t binding_len;
	char nonce[NONCE_MAX];	/* ours, without the client's part */
	struct buf header;	/* gs2 header as the client sent it */
	struct buf whole_nonce;	/* the client's part, then ours */
	struct buf message;	/* AuthMessage, as far as it is known */
};

static struct slice
key_slice(const unsigned char key[SCRAM_KEY_SIZE])
{
	return slice_make(key, SCRAM_KEY_SIZE);
}

/* ---- verifiers ---------------------------------------------------- */

static bool
read_key(struct slice text, unsigned char out[SCRAM_KEY_SIZE])
{
	size_t len;

	return secret_base64_read(text, out, SCRAM_KEY_SIZE, &len) &&
	    len == SCRAM_KEY_SIZE;
}

bool
scram_verifier_parse(struct slice text, struct scram_verifier *out,
    struct err *e)
{
	struct slice rest = text, cost, salt, stored;
	int64_t iterations;

	if (!slice_starts(text, SLICE(PREFIX)))
		goto bad;
	rest = slice_sub(text, sizeof(PREFIX) - 1, text.len);
	if (!str_split(&rest, ':', &cost) || !str_split(&rest, '$', &salt) ||
	    !str_split(&rest, ':', &stored))
		goto bad;
	if (!str_int(cost, 1, SCRAM_ITERATIONS_MAX, &iterations) ||
	    !secret_base64_read(salt, out->salt, sizeof(out->salt),
	    &out->salt_len) || out->salt_len == 0 ||
	    !read_key(stored, out->stored_key) ||
	    !read_key(rest, out->server_key))
		goto bad;
	out->iterations = (unsigned)iterations;
	return true;
bad:
	return err_set(e, ERR_INVALID, "invalid SCRAM-SHA-256 verifier");
}

void
scram_verifier_put(const struct scram_verifier *v, struct buf *b)
{
	buf_printf(b, PREFIX "%u:", v->iterations);
	secret_base64_put(b, slice_make(v->salt, v->salt_len));
	buf_putc(b, '$');
	secret_base64_put(b, key_slice(v->stored_key));
	buf_putc(b, ':');
	secret_base64_put(b, key_slice(v->server_key));
}

void
scram_verifier_derive(struct slice password, struct slice salt,
    unsigned iterations, struct scram_verifier *out)
{
	unsigned char salted[SCRAM_KEY_SIZE], client_key[SCRAM_KEY_SIZE];

	*out = (struct scram_verifier){ .iterations = iterations };
	out->salt_len = salt.len < SCRAM_SALT_MAX ? salt.len : SCRAM_SALT_MAX;
	memcpy(out->salt, salt.ptr, out->salt_len);
	secret_pbkdf2(password, salt, iterations, salted);
	secret_hmac(key_slice(salted), SLICE("Client Key"), client_key);
	secret_sha256(key_slice(client_key), out->stored_key);
	secret_hmac(key_slice(salted), SLICE("Server Key"), out->server_key);
	secret_wipe(salted, sizeof(salted));
	secret_wipe(client_key, sizeof(client_key));
}

static bool
check_password(struct slice password, struct err *e)
{
	size_t i;

	if (password.len == 0)
		return err_set(e, ERR_INVALID, "the password is empty");
	if (password.len > SCRAM_PASSWORD_MAX)
		return err_set(e, ERR_LIMIT,
		    "the password is longer than %d bytes", SCRAM_PASSWORD_MAX);
	for (i = 0; i < password.len; i++) {
		unsigned char c = (unsigned char)password.ptr[i];

		if (c < 0x20 || c == 0x7f)
			return err_set(e, ERR_INVALID,
			    "the password holds a control character");
	}
	return true;
}

/* Derive from the form that libpq hashes. */
static void
derive_prepared(struct slice password, struct slice salt, unsigned iterations,
    struct scram_verifier *out)
{
	struct buf form = BUF_INIT;

	/* room for all of it: growing would leave copies behind */
	(void)buf_reserve(&form, PREPARED_MAX(password.len));
	form.len = 0;
	(void)saslprep_put(&form, password);
	scram_verifier_derive(buf_slice(&form), salt, iterations, out);
	secret_wipe(form.data, form.cap);
	buf_free(&form);
}

bool
scram_verifier_make(struct slice password, unsigned iterations,
    struct scram_verifier *out, struct err *e)
{
	unsigned char salt[SCRAM_SALT_SIZE];

	if (!check_password(password, e))
		return false;
	secret_random(salt, sizeof(salt));
	derive_prepared(password, slice_make(salt, sizeof(salt)), iterations,
	    out);
	return true;
}

bool
scram_verifier_accepts(const struct scram_verifier *v, struct slice password)
{
	struct scram_verifier tried;
	bool same;

	if (password.len > SCRAM_PASSWORD_MAX)
		return false;
	derive_prepared(password, slice_make(v->salt, v->salt_len),
	    v->iterations, &tried);
	same = secret_eq(key_slice(tried.stored_key), key_slice(v->stored_key));
	secret_wipe(&tried, sizeof(tried));
	return same;
}

/* A verifier with its own cost or salt would say "this role exists". */
static bool
check_uniform(const struct scram_verifier *v, unsigned iterations,
    struct err *e)
{
	if (v->iterations != iterations)
		return err_set(e, ERR_REFUSED, "the verifier was made with %u "
		    "iterations, this server uses %u", v->iterations,
		    iterations);
	if (v->salt_len != SCRAM_SALT_SIZE)
		return err_set(e, ERR_REFUSED, "the verifier's salt has %zu "
		    "bytes, this server uses %d", v->salt_len, SCRAM_SALT_SIZE);
	return true;
}

/* "md5" and 32 hexadecimal digits, as PostgreSQL stored them once. */
static bool
looks_like_md5(struct slice s)
{
	size_t i;

	if (s.len != 35 || !slice_starts(s, SLICE("md5")))
		return false;
	for (i = 3; i < s.len; i++)
		if (!ascii_is_digit(s.ptr[i]) &&
		    (s.ptr[i] < 'a' || s.ptr[i] > 'f'))
			return false;
	return true;
}

bool
scram_password_store(struct slice password, unsigned iterations,
    struct buf *out, struct err *e)
{
	struct scram_verifier v;

	if (looks_like_md5(password)) {
		(void)err_set(e, ERR_UNSUPPORTED,
		    "MD5 passwords are not supported");
		return err_hint(e, "Set password_encryption to scram-sha-256.");
	}
	if (slice_starts(password, SLICE(PREFIX))) {
		if (!scram_verifier_parse(password, &v, e) ||
		    !check_uniform(&v, iterations, e))
			return false;
	} else if (!scram_verifier_make(password, iterations, &v, e)) {
		return false;
	}
	scram_verifier_put(&v, out);
	secret_wipe(&v, sizeof(v));
	return true;
}

/*
 * Keys for a role that nobody can prove to be, from the same secret: they
 * need not be random anew, only unknown. One label each.
 */
static void
make_mock(struct slice role, struct slice secret, unsigned iterations,
    struct scram_verifier *out)
{
	unsigned char d[SCRAM_KEY_SIZE], own[SCRAM_KEY_SIZE];

	*out = (struct scram_verifier){ .iterations = iterations,
		.salt_len = SCRAM_SALT_SIZE };
	secret_hmac(secret, SLICE("mock salt"), own);
	secret_hmac(key_slice(own), role, d);
	memcpy(out->salt, d, SCRAM_SALT_SIZE);
	secret_hmac(secret, SLICE("mock key"), own);
	secret_hmac(key_slice(own), role, out->stored_key);
	secret_hmac(key_slice(own), key_slice(out->stored_key),
	    out->server_key);
	secret_wipe(own, sizeof(own));
}

bool
scram_verifier_for(struct slice role, struct slice stored,
    struct slice secret, unsigned iterations, struct scram_verifier *out)
{
	struct scram_verifier real;
	struct buf mock = BUF_INIT;
	bool found;

	/* both are always made and read, so that time does not tell */
	make_mock(role, secret, iterations, out);
	scram_verifier_put(out, &mock);
	found = stored.len != 0;
	if (!scram_verifier_parse(found ? stored : buf_slice(&mock), &real,
	    NULL))
		found = false;
	if (found)
		*out = real;
	buf_free(&mock);
	secret_wipe(&real, sizeof(real));
	return found;
}

/* ---- the exchange ------------------------------------------------- */

struct scram *
scram_new(const struct scram_verifier *v, bool genuine, struct slice binding)
{
	struct scram *s = mem_zalloc(sizeof(*s));
	unsigned char raw[NONCE_BYTES];
	struct buf b = BUF_INIT;

	s->state = STATE_CHOOSE;
	s->genuine = genuine;
	s->v = *v;
	if (binding.len != 0 && binding.len <= sizeof(s->binding)) {
		memcpy(s->binding, binding.ptr, binding.len);
		s->binding_len = binding.len;
	}
	secret_random(raw, sizeof(raw));
	secret_base64_put(&b, slice_make(raw, sizeof(raw)));
	scram_set_nonce(s, buf_cstr(&b));
	buf_free(&b);
	buf_init(&s->header, SCRAM_MESSAGE_MAX);
	buf_init(&s->whole_nonce, 2 * SCRAM_MESSAGE_MAX);
	buf_init(&s->message, 4 * SCRAM_MESSAGE_MAX);
	return s;
}

void
scram_destroy(struct scram *s)
{
	if (s == NULL)
		return;
	buf_free(&s->header);
	buf_free(&s->whole_nonce);
	buf_free(&s->message);
	secret_wipe(s, sizeof(*s));
	free(s);
}

void
scram_set_nonce(struct scram *s, const char *nonce)
{
	size_t n = strlen(nonce);

	if (n >= sizeof(s->nonce))
		n = sizeof(s->nonce) - 1;
	memcpy(s->nonce, nonce, n);
	s->nonce[n] = '\0';
}

void
scram_put_mechanisms(const struct scram *s, struct buf *b)
{
	if (s->binding_len != 0)
		buf_put(b, NAME_PLUS, sizeof(NAME_PLUS));
	buf_put(b, NAME, sizeof(NAME));
	buf_putc(b, '\0');
}

static bool
malformed(struct err *e, const char *why)
{
	(void)err_set(e, ERR_PROTOCOL, "malformed SCRAM message");
	if (e != NULL)
		memcpy(e->sqlstate, "08P01", 6);
	return err_detail(e, "%s", why);
}

static bool
binding_failed(struct err *e, const char *msg, const char *why)
{
	(void)err_set(e, ERR_PROTOCOL, "%s", msg);
	if (e != NULL)
		memcpy(e->sqlstate, "28000", 6);
	return err_detail(e, "%s", why);
}

bool
scram_split_initial(struct slice body, struct slice *mechanism,
    struct slice *first, struct err *e)
{
	struct reader r = reader_of(body);
	uint32_t len;

	*mechanism = reader_cstr(&r);
	len = reader_u32(&r);
	*first = len == UINT32_MAX ? slice_make(NULL, 0) :
	    reader_bytes(&r, len);
	if (!reader_done(&r))
		return malformed(e, "The lengths do not fit.");
	if (first->ptr == NULL && len == 0)
		first->ptr = "";
	return true;
}

bool
scram_choose(struct scram *s, struct slice mechanism, struct err *e)
{
	if (s->state != STATE_CHOOSE)
		return malformed(e, "A mechanism was chosen already.");
	s->plus = slice_is(mechanism, NAME_PLUS);
	if ((s->plus && s->binding_len == 0) ||
	    (!s->plus && !slice_is(mechanism, NAME))) {
		s->state = STATE_DONE;
		(void)err_set(e, ERR_PROTOCOL,
		    "client selected an invalid SASL authentication mechanism");
		if (e != NULL)
			memcpy(e->sqlstate, "08P01", 6);
		return false;
	}
	s->state = STATE_FIRST;
	return true;
}

/* Take "<name>=value" off the front of *rest, up to a comma or the end. */
static bool
take_attribute(struct slice *rest, char *name, struct slice *value)
{
	struct slice part;

	if (!str_split(rest, ',', &part) || part.len < 2 ||
	    !ascii_is_alpha(part.ptr[0]) || part.ptr[1] != '=')
		return false;
	*name = part.ptr[0];
	*value = slice_sub(part, 2, part.len);
	return true;
}

static bool
take_named(struct slice *rest, char want, struct slice *value)
{
	char name;

	return take_attribute(rest, &name, value) && name == want;
}

/* What follows the known attributes may be anything but mandatory. */
static bool
skip_extensions(struct slice *rest)
{
	struct slice value;
	char name;

	while (rest->ptr != NULL)
		if (!take_attribute(rest, &name, &value) || name == 'm')
			return false;
	return true;
}

static bool
is_nonce(struct slice s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if (s.ptr[i] < 0x21 || s.ptr[i] > 0x7e)
			return false;
	return s.len != 0;
}

/* "n,,", "y,," or "p=tls-server-end-point,,"; *rest is what follows. */
static bool
take_header(struct scram *s, struct slice *rest, struct err *e)
{
	struct slice whole = *rest, flag, authzid;

	if (!str_split(rest, ',', &flag) || !str_split(rest, ',', &authzid) ||
	    rest->ptr == NULL)
		return malformed(e, "The GS2 header is not complete.");
	if (slice_is(flag, "n") || slice_is(flag, "y")) {
		if (s->plus)
			return malformed(e, "The client selected " NAME_PLUS
			    ", but its message has no channel binding.");
		if (flag.ptr[0] == 'y' && s->binding_len != 0)
			return binding_failed(e,
			    "SCRAM channel binding negotiation error",
			    "The client supports channel binding but thinks "
			    "that the server does not. However, it does.");
	} else if (!slice_starts(flag, SLICE("p="))) {
		return malformed(e, "The channel binding flag is unknown.");
	} else if (!s->plus) {
		return malformed(e, "The client selected " NAME
		    ", but its message has a channel binding.");
	} else if (!slice_is(flag, "p=tls-server-end-point")) {
		return binding_failed(e, "unsupported SCRAM channel binding",
		    "Only tls-server-end-point is known.");
	}
	if (authzid.len != 0)
		return malformed(e,
		    "An authorization identity is not supported.");
	buf_put(&s->header, whole.ptr, whole.len - rest->len);
	return true;
}

static bool
check_bytes(struct slice in, struct err *e)
{
	if (in.len == 0)
		return malformed(e, "The message is empty.");
	if (in.len > SCRAM_MESSAGE_MAX)
		return malformed(e, "The message is too long.");
	if (memchr(in.ptr, '\0', in.len) != NULL)
		return malformed(e, "The message holds a NUL byte.");
	if (utf8_check(in) != in.len)
		return malformed(e, "The message is not UTF-8.");
	return true;
}

static bool
client_first(struct scram *s, struct slice in, struct buf *out, struct err *e)
{
	struct slice rest = in, bare, user, nonce;
	size_t from = out->len;

	if (!check_bytes(in, e) || !take_header(s, &rest, e))
		return false;
	bare = rest;
	if (slice_starts(rest, SLICE("m=")))
		return malformed(e, "A mandatory extension is not supported.");
	/* the name was in the startup packet; libpq sends none here */
	if (!take_named(&rest, 'n', &user) || !take_named(&rest, 'r', &nonce))
		return malformed(e, "User name or nonce is missing.");
	if (!is_nonce(nonce))
		return malformed(e, "The nonce has characters not allowed.");
	if (!skip_extensions(&rest))
		return malformed(e, "An extension is not supported.");
	buf_put_slice(&s->whole_nonce, nonce);
	buf_puts(&s->whole_nonce, s->nonce);
	buf_puts(out, "r=");
	buf_put_slice(out, buf_slice(&s->whole_nonce));
	buf_puts(out, ",s=");
	secret_base64_put(out, slice_make(s->v.salt, s->v.salt_len));
	buf_printf(out, ",i=%u", s->v.iterations);
	buf_put_slice(&s->message, bare);
	buf_putc(&s->message, ',');
	buf_put_slice(&s->message,
	    slice_sub(buf_slice(out), from, out->len));
	return true;
}

/* c= must be the header as it was sent and, with PLUS, our certificate. */
static bool
check_binding(const struct scram *s, struct slice text, struct err *e)
{
	char got[SCRAM_MESSAGE_MAX];
	size_t len, head = s->header.len;

	if (!secret_base64_read(text, got, sizeof(got), &len))
		return malformed(e, "The channel binding is not base64.");
	if (len < head || memcmp(got, s->header.data, head) != 0 ||
	    (!s->plus && len != head))
		return malformed(e, "The client's header is not the one it "
		    "began with.");
	if (s->plus && (len != head + s->binding_len ||
	    memcmp(got + head, s->binding, s->binding_len) != 0))
		return binding_failed(e, "SCRAM channel binding check failed",
		    "The client saw another certificate.");
	return true;
}

/*
 * ClientKey = proof XOR HMAC(StoredKey, AuthMessage), and it is the right one
 * when its digest is StoredKey. Computed for a mock verifier as well.
 */
static bool
proof_is_right(const struct scram *s, const unsigned char *proof)
{
	unsigned char key[SCRAM_KEY_SIZE], digest[SCRAM_KEY_SIZE];
	bool same;
	size_t i;

	secret_hmac(key_slice(s->v.stored_key), buf_slice(&s->message), key);
	for (i = 0; i < sizeof(key); i++)
		key[i] ^= proof[i];
	secret_sha256(key_slice(key), digest);
	same = secret_eq(key_slice(digest), key_slice(s->v.stored_key));
	secret_wipe(key, sizeof(key));
	return same && s->genuine;
}

/* Attributes up to the proof, which must be the last one. */
static bool
take_proof(struct slice *rest, unsigned char proof[SCRAM_KEY_SIZE],
    struct slice *raw)
{
	struct slice value;
	char name;

	do {
		*raw = *rest;
		if (!take_attribute(rest, &name, &value) || name == 'm')
			return false;
	} while (name != 'p');
	return rest->ptr == NULL && read_key(value, proof);
}

static bool
client_final(struct scram *s, struct slice in, struct buf *out, struct err *e)
{
	unsigned char proof[SCRAM_KEY_SIZE], signature[SCRAM_KEY_SIZE];
	struct slice rest = in, binding, nonce, raw;

	if (!check_bytes(in, e))
		return false;
	if (!take_named(&rest, 'c', &binding) ||
	    !take_named(&rest, 'r', &nonce))
		return malformed(e, "Channel binding or nonce is missing.");
	if (!take_proof(&rest, proof, &raw))
		return malformed(e, "The proof is missing or malformed.");
	if (!check_binding(s, binding, e))
		return false;
	if (!slice_eq(nonce, buf_slice(&s->whole_nonce)))
		return malformed(e, "The nonce does not match.");
	/* all before ",p=", as it came */
	buf_putc(&s->message, ',');
	buf_put(&s->message, in.ptr, (size_t)(raw.ptr - in.ptr) - 1);
	if (!buf_ok(&s->message))
		return malformed(e, "The messages are too long.");
	if (!proof_is_right(s, proof))
		return err_set(e, ERR_DENIED, "password authentication failed");
	secret_hmac(key_slice(s->v.server_key), buf_slice(&s->message),
	    signature);
	buf_puts(out, "v=");
	secret_base64_put(out, key_slice(signature));
	return true;
}

enum scram_result
scram_step(struct scram *s, struct slice in, struct buf *out, struct err *e)
{
	enum state was = s->state;

	s->state = STATE_DONE;
	switch (was) {
	case STATE_FIRST:
		if (in.ptr == NULL && !s->asked_empty) {
			s->asked_empty = true;
			s->state = STATE_FIRST;
			return SCRAM_MORE;
		}
		if (!client_first(s, in, out, e))
			return SCRAM_BAD;
		s->state = STATE_FINAL;
		return SCRAM_MORE;
	case STATE_FINAL:
		return client_final(s, in, out, e) ? SCRAM_OK : SCRAM_BAD;
	case STATE_CHOOSE:
	case STATE_DONE:
		break;
	}
	(void)malformed(e, "No message is expected now.");
	return SCRAM_BAD;
}
