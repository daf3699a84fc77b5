/*
 * fuzz_glossary.c - any bytes as a glossary file, and as a text that one is
 * looked up for.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "tests/fuzz/replay.h"

#include "kb/glossary.h"

#include <stdlib.h>

const char *const fuzz_seeds[] = {
	"# comment\nterm\t内存 | memory | ram\tswap\nlike\tcpu 100% | 打满\n",
	"code\tOOMKilled | exit code 137 | out of memory\tkilled\tdocker\n"
	    "term\t镜像 | image\t\t图片\nword\t查看 | show\n",
	NULL,
};

#define UNITS 512

struct text {
	const struct glossary *g;
	uint32_t ids[UNITS];
	bool noise[UNITS];
	size_t n, bytes;
};

static bool
take(void *arg, const struct glossary_unit *u)
{
	struct text *t = arg;

	if (u->start > u->end || u->end > t->bytes || u->key.len == 0)
		abort();
	if (u->joined)
		return true;
	t->noise[t->n] = u->key.len % 3 == 0;
	t->ids[t->n++] = glossary_unit_id(t->g, u->key);
	return t->n < UNITS;
}

static void
look_up(const struct glossary *g, struct slice text)
{
	const struct glossary_form *found[GLOSSARY_MATCHES_MAX];
	struct text t = { .g = g, .bytes = text.len };
	size_t i, k, n, taken;

	glossary_cut(text, take, &t);
	for (i = 0; i < t.n; i++) {
		taken = glossary_match(g, t.ids, t.noise, t.n, i, t.n - i,
		    found, &n);
		if (taken > t.n - i || (taken > 0) != (n > 0))
			abort();
		for (k = 0; k < n; k++)
			if (found[k]->concept >= glossary_concepts(g) ||
			    found[k]->phrase.len == 0)
				abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_make(data, size);
	struct err e = ERR_INIT;
	struct glossary *g = glossary_read("fuzz", text, &e);

	if (g == NULL && e.msg[0] == '\0')
		abort();
	if (g != NULL)
		look_up(g, text);
	glossary_destroy(g);
	look_up(glossary_shipped(), text);
	return 0;
}
