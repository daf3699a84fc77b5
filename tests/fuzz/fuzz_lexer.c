/*
 * fuzz_lexer.c - any bytes as text to be indexed.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "tests/fuzz/replay.h"

#include "common/str.h"
#include "kb/lexer.h"

#include <stdlib.h>

const char *const fuzz_seeds[] = {
	"数据库表结构不一致 ＣＰＵ　１００％ docker-compose fileType libGL.so.1",
	"ER_BAD_FIELD_ERROR (1054) /var/lib/mysql --no-cache -h C++ .NET $?",
	"TiKV_space_used_more_than_80% 10.0.0.1:22 v1.2.3-rc1 APIs' can't 🔴️",
	"ｶﾞ e\xcc\x81 \xff\xfe 資料庫\xe2\x80\x8d x\xc2\xady TCP/IP a/b/c 50 %",
	NULL,
};

struct seen {
	size_t len;
	uint32_t start, position, compound, n, colocated;
};

static bool
check(void *arg, const struct token *t)
{
	struct seen *s = arg;

	if (t->start >= t->end || t->end > s->len || t->start < s->start ||
	    t->text.len == 0 || t->text.len > TOKEN_MAX_BYTES ||
	    utf8_check(t->text) != t->text.len ||
	    memchr(t->text.ptr, ' ', t->text.len) != NULL ||
	    t->compound < s->compound)
		abort();
	if (t->colocated) {
		if (s->n == 0 || t->position != s->position ||
		    ++s->colocated > 16)
			abort();
	} else {
		if (s->n > 0 && t->position != s->position + 1)
			abort();
		s->colocated = 0;
	}
	s->start = t->start;
	s->position = t->position;
	s->compound = t->compound;
	s->n++;
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seen s = { .len = size };

	if (!lexer_run(slice_make(data, size), check, &s))
		abort();
	if (s.n != 0 && s.position >= size * FOLD_MAX_UNITS)
		abort();
	return 0;
}
