/*
 * fuzz_terminal.c - any bytes on their way to a terminal, or pasted from one.
 *
 * Whatever is stored, only line ends, TABs and our own colours are sent; and
 * whatever is pasted becomes UTF-8 without controls.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "tests/fuzz/replay.h"

#include "common/arena.h"
#include "common/buf.h"
#include "common/str.h"
#include "common/visible.h"
#include "kb/render_term.h"
#include "kbctl/entry_ref.h"
#include "kbctl/pasted.h"
#include "kbctl/url.h"

#include <stdlib.h>

const char *const fuzz_seeds[] = {
	"## 1. **CPU** `top`\n\n- [ ] a\n  ```sh\n  # x\n  ls\n  ```\n> q\n",
	"\033[31mred\033[0m \033]0;title\a \xc2\x9b \xe2\x80\xae \xff\n",
	"| a | b |\n|---|---|\n| 1 | ~~2~~ [t](http://x) |\n\n1. x\n\n2. y\n",
	"kb://ann@db1:7000,[::1]:7001,%2Frun/kb?sslmode=require",
	"12-cpu-100-占用@3",
	NULL,
};

/* Bytes of one of our escapes at s.ptr[at], or 0. */
static size_t
our_escape(struct slice s, size_t at)
{
	size_t i = at + 2;

	if (at + 1 >= s.len || s.ptr[at + 1] != '[')
		return 0;
	while (i < s.len && (ascii_is_digit(s.ptr[i]) || s.ptr[i] == ';'))
		i++;
	return i < s.len && s.ptr[i] == 'm' ? i + 1 - at : 0;
}

static void
check_sent(struct slice s, bool colors)
{
	size_t at = 0, next;

	for (; at < s.len; at = next) {
		int32_t cp = utf8_decode(s, at, &next);

		if (cp == 0x1b && colors && our_escape(s, at) != 0)
			next = at + our_escape(s, at);
		else if (cp < 0 || (visible_is_hidden(cp) && cp != '\n' &&
		    cp != '\t'))
			abort();
	}
}

static void
check_shown(struct slice bytes)
{
	struct render_options options = { 40, false };
	struct buf clean = BUF_INIT, out = BUF_INIT;

	visible_put(&out, bytes, VISIBLE_TEXT);
	check_sent(buf_slice(&out), false);
	utf8_put_clean(&clean, bytes);
	buf_reset(&out);
	render_term(buf_slice(&clean), &options, &out);
	check_sent(buf_slice(&out), false);
	options.color = true;
	buf_reset(&out);
	render_term(buf_slice(&clean), &options, &out);
	check_sent(buf_slice(&out), true);
	buf_free(&clean);
	buf_free(&out);
}

static void
check_pasted(struct slice bytes)
{
	struct buf out = BUF_INIT;
	size_t i;

	pasted_clean(bytes, &out);
	if (out.len > PASTED_MAX ||
	    utf8_check(buf_slice(&out)) != out.len)
		abort();
	for (i = 0; i < out.len; i++)
		if ((unsigned char)out.data[i] < 0x20 && out.data[i] != '\n' &&
		    out.data[i] != '\t')
			abort();
	buf_free(&out);
}

static void
check_names(struct slice bytes)
{
	struct arena a = ARENA_INIT;
	struct entry_ref ref;
	struct err e = ERR_INIT;
	struct url u;

	if (entry_ref_parse(bytes, &ref) && ref.number < 1)
		abort();
	if (url_parse(bytes, &a, &u, &e)) {
		if (u.nhosts == 0 || u.nhosts > URL_HOSTS_MAX)
			abort();
	} else if (e.msg[0] == '\0') {
		abort();
	}
	arena_free(&a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice bytes = slice_make(data, size);

	check_shown(bytes);
	check_pasted(bytes);
	check_names(bytes);
	return 0;
}
