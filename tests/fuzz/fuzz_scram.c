/*
 * fuzz_scram.c - any bytes as a SASL conversation.
 *
 * The first byte chooses: with or without channel binding. Then messages,
 * each ended by a line feed: the first is the body of SASLInitialResponse
 * with "|" for its NUL and without the length, the others are SASL data.
 * Nobody may get in: the verifier is a mock one.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "tests/fuzz/replay.h"

#include "common/buf.h"
#include "common/str.h"
#include "kbd/scram.h"

#include <stdlib.h>

const char *const fuzz_seeds[] = {
	"-SCRAM-SHA-256|n,,n=user,r=rOprNGfwEbeRWgbNEkqO\n"
	"c=biws,r=rOprNGfwEbeRWgbNEkqOabc,"
	"p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
	"+SCRAM-SHA-256-PLUS|p=tls-server-end-point,,n=,r=abc,x=1\n"
	"c=cD10bHMtc2VydmVyLWVuZC1wb2ludCwsaGFzaA==,r=abcabc,x=y,"
	"p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
	"+SCRAM-SHA-256|y,a=root,m=n=\nc=\np=",
	"vSCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ=="
	"$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY="
	":wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=",
	NULL,
};

/* What can be read must be written again as it was. */
static void
verifier(struct slice text)
{
	struct scram_verifier v;
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;

	if (scram_verifier_parse(text, &v, &e)) {
		struct scram_verifier again;

		scram_verifier_put(&v, &b);
		if (!scram_verifier_parse(buf_slice(&b), &again, &e) ||
		    again.iterations != v.iterations ||
		    again.salt_len != v.salt_len ||
		    memcmp(again.stored_key, v.stored_key, SCRAM_KEY_SIZE))
			abort();
	} else if (e.msg[0] == '\0') {
		abort();
	}
	buf_free(&b);
}

static void
conversation(struct slice text, bool bind)
{
	struct slice line, mechanism, first, m2, f2;
	struct scram_verifier v;
	struct buf out = BUF_INIT;
	struct err e = ERR_INIT;
	enum scram_result r = SCRAM_MORE;
	struct scram *s;
	bool known;

	if (!scram_split_initial(text, &m2, &f2, &e) && e.msg[0] == '\0')
		abort();
	known = scram_verifier_for(SLICE("nobody"), slice_make(NULL, 0),
	    SLICE("secret"), SCRAM_ITERATIONS_DEFAULT, &v);
	s = scram_new(&v, known, bind ? SLICE("hash") : slice_make(NULL, 0));
	scram_set_nonce(s, "abc");
	if (str_split(&text, '\n', &line) && str_split(&line, '|', &mechanism)
	    && scram_choose(s, mechanism, &e)) {
		first = line;
		do {
			r = scram_step(s, first, &out, &e);
		} while (r == SCRAM_MORE && str_split(&text, '\n', &first));
	}
	if (r == SCRAM_OK || (r == SCRAM_BAD && e.msg[0] == '\0'))
		abort();
	scram_destroy(s);
	buf_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_make(data, size);

	if (size == 0)
		return 0;
	if (data[0] == 'v')
		verifier(slice_sub(text, 1, size));
	else
		conversation(slice_sub(text, 1, size), data[0] == '+');
	return 0;
}
