/*
 * fuzz_pg_msg.c - any bytes as a client's messages.
 *
 * The first byte says whether a startup packet comes first. '~' stands for
 * NUL, so that the seeds can be strings.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "tests/fuzz/replay.h"

#include "common/arena.h"
#include "common/buf.h"
#include "common/mem.h"
#include "kbd/pg_msg.h"
#include "kbd/pg_type.h"

#include <stdlib.h>

#define MAX_MESSAGE 65536

const char *const fuzz_seeds[] = {
	"s~~~\x20~\x03~~user~admin~database~kb~~",
	"s~~~\x28~\x03'~_pq_.x~1~user~a~options~-c a=b~~",
	"s~~~\x08\x04\xd2\x16/",
	"s~~~\x10\x04\xd2\x16.~~~\x07""abcd",
	"mQ~~~\x0dSELECT 1~",
	"mP~~~\x1bs~SELECT $1~~\x02~~~\x17~~~~" "S~~~\x04",
	"mB~~~\x22p~s~~\x01~\x01~\x02~~~\x02""ab\xff\xff\xff\xff~\x02~~~\x01",
	"mD~~~\x07Sx~" "C~~~\x06P~" "E~~~\x0bp~~~~\x05" "H~~~\x04",
	"mX~~~\x04", "md~~~\x06x~", "mF~~~\x04",
	NULL,
};

static void
must_explain(bool ok, const struct err *e)
{
	if (!ok && (e->msg[0] == '\0' || pg_sqlstate(e)[0] == '\0'))
		abort();
}

static void
try_values(const struct pg_bind *b, struct arena *a)
{
	static const uint32_t oids[] = { 0, 16, 17, 20, 21, 23, 25, 26, 114,
		700, 701, 1043, 1082, 1184, 1700, 3802, 9999 };
	struct buf out = BUF_INIT;
	size_t i, k;

	for (i = 0; i < b->nvalues && i < 4; i++) {
		for (k = 0; k < ARRAY_LEN(oids) * 2; k++) {
			struct pg_value v;
			struct err e = ERR_INIT;
			bool ok = pg_value_read(b->values[i], oids[k / 2],
			    k % 2, a, &v, &e);

			must_explain(ok, &e);
			if (ok)
				must_explain(pg_value_put(&out, &v,
				    oids[k / 2], k % 2, SLICE("c"), &e), &e);
		}
	}
	buf_free(&out);
}

static void
decode(const struct pg_msg *m, struct arena *a)
{
	struct slice sql;
	struct pg_parse parse;
	struct pg_bind bind;
	struct pg_target target;
	struct pg_execute execute;
	struct err e = ERR_INIT;

	switch (m->type) {
	case 'Q':
		must_explain(pg_query_decode(m->body, &sql, &e), &e);
		break;
	case 'P':
		must_explain(pg_parse_decode(m->body, a, &parse, &e), &e);
		break;
	case 'B':
		if (pg_bind_decode(m->body, a, &bind, &e))
			try_values(&bind, a);
		else
			must_explain(false, &e);
		break;
	case 'D': case 'C':
		must_explain(pg_target_decode(m->body, &target, &e), &e);
		break;
	case 'E':
		must_explain(pg_execute_decode(m->body, &execute, &e), &e);
		break;
	}
}

static void
startup(struct slice *s, struct arena *a)
{
	struct pg_startup m;
	struct pg_msg raw;
	struct err e = ERR_INIT;
	struct buf b = BUF_INIT;
	size_t used = 0;

	while (pg_startup_next(*s, &raw, &used, &e) == PG_NEXT_MSG) {
		if (pg_startup_decode(raw.body, a, &m, &e)) {
			(void)pg_startup_param(&m, "user");
			pg_put_negotiate(&b, &m);
		} else {
			must_explain(false, &e);
			pg_put_error(&b, PG_FATAL, &e);
		}
		*s = slice_sub(*s, used, s->len);
	}
	buf_free(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT;
	char *copy = mem_alloc(size);
	struct pg_msg m;
	struct err e = ERR_INIT;
	struct slice s;
	size_t i, used;

	for (i = 0; i < size; i++)
		copy[i] = data[i] == '~' ? '\0' : (char)data[i];
	s = slice_sub(slice_make(copy, size), 1, size);
	if (size != 0 && data[0] == 's')
		startup(&s, &a);
	while (pg_msg_next(s, MAX_MESSAGE, &m, &used, &e) == PG_NEXT_MSG) {
		if (used != pg_msg_size(s) || used > s.len)
			abort();
		decode(&m, &a);
		s = slice_sub(s, used, s.len);
	}
	arena_free(&a);
	free(copy);
	return 0;
}
