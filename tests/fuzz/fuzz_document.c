/*
 * fuzz_document.c - any bytes as a document.
 *
 * What is accepted is partitioned without loss, each heading starts where a
 * line starts and looks like one, and the joined sections are split again
 * the same way. What is refused says why.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "tests/fuzz/replay.h"

#include "common/arena.h"
#include "common/buf.h"
#include "common/str.h"
#include "kb/document.h"

#include <stdlib.h>

const char *const fuzz_seeds[] = {
	"---\ntitle: \"a\"\ntags: [b, c]\ndate: 2025-08-03\n---\n# One\n",
	"[a]: /u\n[b]: <v> 'w\nx'\nTi\ntle\n===\n> # q\n\n- # l\n\n## 2. x (y)",
	"\xef\xbb\xbf# a\r\n```sh\r\n# b\r\n```\r\n<!-- \r\n# c\r\n-->\r## d\r",
	"a|b\n-|-\n|c|\n\n- - - + > 1. x\n<?x <!A\n*最后更新: 2025年8月3日*\n",
	"### 1. \xf0\x9f\x94\xb4 **\xe6\x95\xb0** {#x} <a> [l](u) `c` ###\n\\#",
	NULL,
};

static void
check(bool holds)
{
	if (!holds)
		abort();
}

/* "#", or text with an underline below it. */
static void
check_heading(struct slice bytes)
{
	struct slice line, s;

	if (slice_starts(bytes, SLICE("\xef\xbb\xbf")))
		bytes = slice_sub(bytes, 3, bytes.len);
	if (slice_starts(str_trim(bytes), SLICE("#")))
		return;
	while (str_line(&bytes, &line, NULL)) {
		s = str_trim(line);
		if (s.len != 0 && (s.ptr[0] == '=' || s.ptr[0] == '-'))
			return;
	}
	check(false);
}

static void
check_sections(const struct document *d)
{
	size_t i, at = 0;

	for (i = 0; i < d->n; i++) {
		const struct section *s = &d->sections[i];

		check(s->start == at && s->end >= s->start);
		check(i == 0 || s->end > s->start);
		check(s->level <= 6 && (s->level != 0 || i == 0));
		check(s->parent >= -1 && s->parent < (int)i);
		check(s->line >= 1 && (i == 0 || s->line > s[-1].line ||
		    s[-1].level == 0));
		check(at == 0 || d->text.ptr[at - 1] == '\n' ||
		    d->text.ptr[at - 1] == '\r');
		check(utf8_check(s->heading) == s->heading.len);
		check(s->heading.len == 0 || s->title.len != 0);
		if (s->level != 0)
			check_heading(document_section(d, i));
		at = s->end;
	}
	check(at == d->text.len);
}

static void
check_again(const struct document *d, struct arena *a)
{
	struct buf b = BUF_INIT;
	struct document again;
	struct err e = ERR_INIT;
	size_t i;

	for (i = 0; i < d->n; i++)
		buf_put_slice(&b, document_section(d, i));
	check(slice_eq(buf_slice(&b), d->text));
	check(document_parse(buf_slice(&b), a, &again, &e));
	check(again.n == d->n);
	for (i = 0; i < d->n; i++)
		check(again.sections[i].start == d->sections[i].start &&
		    again.sections[i].level == d->sections[i].level &&
		    slice_eq(again.sections[i].title, d->sections[i].title));
	buf_free(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT;
	struct document d;
	struct err e = ERR_INIT;

	if (document_parse(slice_make(data, size), &a, &d, &e)) {
		check_sections(&d);
		check_again(&d, &a);
	} else {
		check(e.msg[0] != '\0' && e.code != ERR_NONE);
	}
	arena_free(&a);
	return 0;
}
