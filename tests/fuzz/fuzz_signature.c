/*
 * fuzz_signature.c - any bytes as an error text, an author's rule and a log.
 *
 * The first line is the text, the rest is the log. What must hold: a text
 * that is a template finds itself, unless it is cut or denied; a line's
 * borders and captures lie within the log.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "tests/fuzz/replay.h"

#include <stdlib.h>

#include "common/arena.h"
#include "common/buf.h"
#include "common/str.h"
#include "kb/signature.h"

const char *const fuzz_seeds[] = {
	"Unknown column 'a.b' in 'field list'\n2026-01-01 ERROR (1054, "
	"\"Unknown column 'users.avatar' in 'field list'\")\r\nok\n",
	"all: lease * lost | gone; any: a b c d e|f; not: recovered ok\n"
	"the lease of n7 was lost\nlease lost, recovered ok",
	"连接 <host:port> 超时：错误 \"%s\" (E1054) ${X} ... C:\\a\\b *\\*\n"
	"数据库连接 10.0.0.1:3306 超时：错误 “x” (E1054)\n",
	"[err=\"[tikv:9005]Region is unavailable\"]: rpc error: desc = x\n"
	"tikv:9005 Region is unavailable Region is unavailable",
	NULL,
};

static bool
is_within(struct slice in, struct slice all)
{
	return in.len == 0 || (in.ptr >= all.ptr &&
	    in.ptr + in.len <= all.ptr + all.len);
}

static void
scan(struct signature_scanner *s, struct slice log)
{
	struct signature_line l;
	struct buf b = BUF_INIT;
	size_t at = 0, i, k;

	while (at <= log.len && signature_next(s, log, at, &l)) {
		if (l.start < at || l.end < l.start || l.end > log.len ||
		    l.nhits > SIGNATURE_HITS_MAX)
			abort();
		if (l.end > l.start && memchr(log.ptr + l.start, '\n',
		    l.end - l.start) != NULL)
			abort();
		for (i = 0; i < l.nhits; i++) {
			for (k = 0; k < l.hits[i].ncaptures; k++)
				if (!is_within(l.hits[i].captures[k], log))
					abort();
			signature_captures_json(&l.hits[i], &b);
		}
		at = l.end + 1;
	}
	buf_free(&b);
}

static void
check(struct slice text, bool rule, struct slice log)
{
	struct arena a = ARENA_INIT;
	struct signature_set *set = signature_set_new();
	struct signature_scanner *s;
	struct signature_template t;

	signature_derive(text, rule, &a, &t);
	if ((t.mode == SIGNATURE_OFF) != (t.text.len == 0))
		abort();
	signature_set_add(set, 0, 0, t.mode, text, t.text);
	signature_set_find_errors(set);
	signature_set_compile(set);
	s = signature_scanner_new(set);
	scan(s, log);
	scan(s, text);
	signature_scanner_destroy(s);
	signature_set_destroy(set);
	arena_free(&a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice all = slice_make(data, size), text;

	if (!str_split(&all, '\n', &text))
		return 0;
	check(text, false, all);
	check(text, true, all);
	return 0;
}
