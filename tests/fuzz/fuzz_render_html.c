/*
 * fuzz_render_html.c - Markdown as a page: whatever it is, only our markup.
 *
 * The first byte chooses a language for the rest as code.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/buf.h"
#include "common/str.h"
#include "kb/highlight.h"
#include "kb/render_html.h"
#include "replay.h"
#include "tests/unit/html_check.h"

const char *const fuzz_seeds[] = {
	"\001# a\n\n**b。**c [[12]] [x](y.md) <b> `c` http://d/\n",
	"\002```sh\n$ rm -rf \"$x\" # y\n```\n- [x] z\n",
	"\003|a|b|\n|-|:-:|\n|<br>|![i](/j)|\n> q\n",
	"\004{\"a\": [1, true, \"b\\\"\"]}",
	"\005\"\"\"a\nb\"\"\" # c\n",
	NULL
};

static const struct html_words words = { "r", "c", "d", "x", "o", "a", "i" };

static bool
find_entry(void *arg, struct slice what, struct buf *href, struct buf *title)
{
	(void)arg;
	buf_puts(href, "/e/1");
	buf_put_slice(title, what);
	return what.len % 2 == 0;
}

static void
check(const struct buf *html)
{
	const char *wrong = html_check(buf_slice(html));

	if (wrong != NULL) {
		fprintf(stderr, "%s: %.*s\n", wrong,
		    SLICE_ARG(buf_slice(html)));
		abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const langs[] = { "sh", "yaml", "dockerfile",
		"sql", "python", "json", "ini", "diff" };
	struct html_options o = { .words = &words, .entry = find_entry,
		.source = SLICE("a/b.md"), .host = SLICE("h"),
		.id = SLICE("e") };
	struct buf clean = BUF_INIT, out = BUF_INIT;

	if (size == 0)
		return 0;
	utf8_put_clean(&clean, slice_make(data + 1, size - 1));
	render_html(buf_slice(&clean), &o, &out);
	check(&out);
	buf_reset(&out);
	render_html_heading(buf_slice(&clean), &out);
	check(&out);
	buf_reset(&out);
	highlight_put(&out, slice_of(langs[data[0] % ARRAY_LEN(langs)]),
	    buf_slice(&clean));
	check(&out);
	buf_free(&clean);
	buf_free(&out);
	return 0;
}
