/*
 * fuzz_draft.c - any bytes as what an editor left, as an entry that text is
 * added to, and as a log: the text is a view of the file, cleaning adds
 * nothing but a last line end, and what was there before stays.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "tests/fuzz/replay.h"

#include "common/arena.h"
#include "common/buf.h"
#include "kb/entry_check.h"
#include "kb/entry_tail.h"
#include "kbctl/draft.h"
#include "kbctl/log_errors.h"
#include "kbctl/place.h"

#include <stdlib.h>

const char *const fuzz_seeds[] = {
	"<!-- kbctl: this block is not saved.\n\n  refused: line 3: x\n\n"
	"  entry: 12-x of Notes\n  document: Notes\n  version: 3\n"
	"  message: why\n-->\n\n### a\n\n**Fix**: <!-- hint -->\n\n```sh\n```\n",
	"# t\n\n**Symptom**: <!-- hint -->\n\n```text\nboom\n```\n\n- [ ]\n",
	"### a\r\n\r\ntext\r\n\r\n---\r\n\r\n", "x\n---\n\n* * *\n~~~\n---\n",
	"2026-11-25 01:20:33 ERROR connection to 10.0.0.1:5432 refused\n"
	"Traceback (most recent call last):\n  File \"x\"\nKeyError: 'a'\n",
	NULL,
};

static const char hints[] = "# {{title}}\n\n**Fix**: <!-- hint -->\n- [ ]\n";

static void
clean(struct slice file)
{
	struct buf out = BUF_INIT;
	struct draft d;

	draft_read(file, &d);
	if (d.body.len > file.len || (d.body.len != 0 &&
	    d.body.ptr + d.body.len != file.ptr + file.len))
		abort();
	draft_clean(d.body, SLICE(hints), &out);
	if (out.len > d.body.len + 1)
		abort();
	buf_free(&out);
}

static void
append(struct slice entry)
{
	size_t tail = entry_tail(entry);
	struct buf out = BUF_INIT;

	entry_append(entry, SLICE("more\n"), &out);
	if (tail > entry.len || out.len < entry.len + 4 ||
	    !slice_starts(buf_slice(&out), slice_sub(entry, 0, tail)) ||
	    !slice_ends(buf_slice(&out), slice_sub(entry, tail, entry.len)))
		abort();
	buf_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_make((const char *)data, size);
	struct entry_complaint *complaints;
	struct arena a = ARENA_INIT;
	struct err e = ERR_INIT;
	struct log_error *list;
	int64_t number;
	size_t n;

	clean(text);
	append(text);
	if (place_level(text, &number) > 6 ||
	    log_errors(text, 3, &a, &list) > 3)
		abort();
	(void)!entry_check(text, &a, &complaints, &n, &e);
	arena_free(&a);
	return 0;
}
