/*
 * fuzz_startup.c - any bytes as a whole login: startup packet, client rules,
 * SASL messages.
 *
 * The first byte chooses who is there: by the local socket or by TCP, with TLS
 * or without, whether the role exists and may log in, which rules hold. The
 * rest is what the client sends, with '~' for NUL. Nobody knows the password,
 * so nobody may get in where one is asked for, and who is refused is told why.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "tests/fuzz/replay.h"

#include "common/arena.h"
#include "common/buf.h"
#include "common/mem.h"
#include "kbd/access.h"
#include "kbd/pg_auth.h"
#include "kbd/pg_msg.h"
#include "kbd/serving.h"

#include <stdlib.h>

enum { LOCAL = 1, TLS = 2, FOUND = 4, MAY = 8, OWNER = 16, RULES = 32 };

#define MAX_ROUNDS 8

static const char *const rules[] = {
	"local all all peer map=m\nhost all all all scram-sha-256\n",
	"hostssl kb +editor,ann samehost scram-sha-256\n"
	"local sameuser all scram-sha-256\nhost all root all reject\n",
	"local all all reject\nhost all all 127.0.0.0/8 scram-sha-256\n",
};

const char *const fuzz_seeds[] = {
	"\x0d~~~\x1e~\x03~~user~ann~database~kb~~",
	"\x0c~~~\x12~\x03~~user~ann~~p~~~2SCRAM-SHA-256~~~~\x1cn,,n"
	"=,r=rOprNGfwEbeRWgbNEkqOp~~~Sc=biws,r=rOprNGfwEbeRWgbNEkqO"
	"abc,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
	"\x0e~~~\x08\x04\xd2\x16/~~~.~\x03~~user~ann~options~-c a=b"
	"~database~ann~~p~~~;SCRAM-SHA-256-PLUS~~~~ p=tls-server-en"
	"d-point,,n=,r=abcp~~~fc=cD10bHMtc2VydmVyLWVuZC1wb2ludCwsaG"
	"FzaA==,r=abcabc,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7An"
	"dVQ=",
	"\x18~~~\x1d~\x03'\x0fuser~admin~_pq_.x~1~~",
	"\x11~~~\x14~\x03~~user~admin~~",
	".~~~\x1e~\x03~~user~ann~database~kb~~p~~~\x1fSCRAM-SHA-256"
	"~~~~\x09y,,n=,r=x",
	"L~~~\x12~\x03~~user~all~~Q~~~\x0dSELECT 1~",
	NULL,
};

static struct serving serving[ARRAY_LEN(rules)];

static void
set_up(void)
{
	struct err e = ERR_INIT;
	size_t i;

	for (i = 0; i < ARRAY_LEN(rules) && serving[i].access == NULL; i++)
		if (!access_parse("hba", slice_of(rules[i]), "ident",
		    SLICE("m ann ann\nm root admin\n"), &serving[i].access,
		    &e))
			abort();
}

static void
must_explain(const struct err *e)
{
	if (e->msg[0] == '\0' || pg_sqlstate(e)[0] == '\0')
		abort();
}

static void
answer(unsigned how, struct role_ask *q)
{
	*q = (struct role_ask){ .found = (how & FOUND) != 0,
		.can_login = (how & MAY) != 0, .may_login = (how & MAY) != 0,
		.level = ROLE_EDITOR, .connection_limit = ROLE_LIMIT_NONE,
		.verifier = "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ=="
		    "$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY="
		    ":wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=" };
}

/* The messages after the startup packet. */
static enum pg_auth
steps(struct pg_login *l, struct slice s, struct buf *out, struct err *e)
{
	enum pg_auth what = PG_AUTH_MORE;
	struct pg_msg m;
	size_t used;
	int i;

	for (i = 0; i < MAX_ROUNDS && what == PG_AUTH_MORE; i++) {
		if (pg_msg_next(s, PG_STARTUP_MAX, &m, &used, e) !=
		    PG_NEXT_MSG || m.type != 'p')
			break;
		what = pg_auth_step(l, m.body, out, e);
		s = slice_sub(s, used, s.len);
	}
	if (i == MAX_ROUNDS)
		abort();	/* SCRAM has two */
	return what;
}

static void
login(unsigned how, const struct pg_startup *m, struct slice rest)
{
	struct pg_login l = { .owner = 1000, .is_tls = (how & TLS) != 0,
		.peer = { .is_local = (how & LOCAL) != 0, .name = "ann",
		    .uid = how & OWNER ? 1000 : 1001,
		    .addr = { 4, { 127, 0, 0, 1 } }, .text = "127.0.0.1" } };
	const struct serving *s = &serving[how / RULES % ARRAY_LEN(rules)];
	struct role_ask q;
	struct buf out = BUF_INIT;
	struct err e = ERR_INIT;
	enum pg_auth what = PG_AUTH_NO;

	if (l.is_tls && !l.peer.is_local)
		l.binding_len = 32;
	answer(how, &q);
	if (pg_auth_start(&l, m, &e)) {
		if (l.role.name[0] == '\0' || strlen(l.role.name) >
		    ROLE_NAME_MAX)
			abort();
		what = pg_auth_begin(&l, &q, s, SLICE("secret"), &out, &e);
		if (what == PG_AUTH_MORE)
			what = steps(&l, rest, &out, &e);
	}
	if (what == PG_AUTH_OK && l.method != ACCESS_PEER)
		abort();	/* without the password */
	if (what == PG_AUTH_OK && l.role.level == ROLE_ADMIN && !l.is_owner)
		abort();
	if (what == PG_AUTH_NO)
		must_explain(&e);
	pg_auth_end(&l);
	buf_free(&out);
}

static void
packets(unsigned how, struct slice s)
{
	struct arena a = ARENA_INIT;
	struct pg_startup m;
	struct pg_msg raw;
	struct err e = ERR_INIT;
	size_t used = 0;
	int i;

	for (i = 0; i < 4 && pg_startup_next(s, &raw, &used, &e) ==
	    PG_NEXT_MSG; i++) {
		s = slice_sub(s, used, s.len);
		if (!pg_startup_decode(raw.body, &a, &m, &e)) {
			must_explain(&e);
			break;
		}
		if (m.kind == PG_STARTUP_SESSION) {
			login(how, &m, s);
			break;
		}
	}
	arena_free(&a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = mem_alloc(size);
	size_t i;

	set_up();
	for (i = 0; i < size; i++)
		copy[i] = data[i] == '~' ? '\0' : (char)data[i];
	if (size != 0)
		packets(data[0], slice_make(copy + 1, size - 1));
	free(copy);
	return 0;
}
