/*
 * pasted.c - what was typed, made fit to be searched for; see
 * pasted.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbctl/pasted.h"
#include "common/buf.h"
#include "common/str.h"

#include <errno.h>
#include <unistd.h>

/* Escape sequences take room before they are removed. */
#define READ_MAX (8 * PASTED_MAX)

static bool
is_final(char c)
{
	return c >= 0x40 && c <= 0x7e;
}

/* The end of the escape sequence whose ESC stands at `at` (ECMA-48). */
static size_t
skip_escape(struct slice s, size_t at)
{
	char kind = at + 1 < s.len ? s.ptr[at + 1] : '\0';
	size_t i = at + 2;

	if (kind == '[') {			/* CSI ... final */
		while (i < s.len && s.ptr[i] >= 0x20 && s.ptr[i] < 0x40)
			i++;
		return i < s.len && is_final(s.ptr[i]) ? i + 1 : i;
	}
	if (kind == ']' || kind == 'P' || kind == '^' || kind == '_') {
		/* OSC, DCS, PM, APC: up to BEL or ST, on this line */
		while (i < s.len && s.ptr[i] != '\a' && s.ptr[i] != '\n' &&
		    s.ptr[i] != '\033')
			i++;
		if (i + 1 < s.len && s.ptr[i] == '\033' &&
		    s.ptr[i + 1] == '\\')
			return i + 2;
		return i < s.len && s.ptr[i] == '\a' ? i + 1 : i;
	}
	if (kind >= 0x20 && kind < 0x30) {	/* ESC ( B and the like */
		while (i < s.len && s.ptr[i] >= 0x20 && s.ptr[i] < 0x30)
			i++;
		return i < s.len ? i + 1 : i;
	}
	return at + 1;
}

void
pasted_clean(struct slice bytes, struct buf *out)
{
	size_t at = 0, next;

	for (; at < bytes.len; at = next) {
		int32_t cp = utf8_decode(bytes, at, &next);

		if (cp == 0x1b)
			next = skip_escape(bytes, at);
		if (out->len + (next - at) > PASTED_MAX && cp != 0x1b)
			return;
		if (cp == '\n' || cp == '\t' || (cp >= 0x20 && cp < 0x7f) ||
		    cp >= 0xa0)
			buf_put(out, bytes.ptr + at, next - at);
		else if (cp != 0x1b)
			buf_putc(out, ' ');
	}
}

bool
pasted_stdin(struct buf *out, struct err *e)
{
	struct buf raw = BUF_INIT;
	char chunk[65536];
	ssize_t n = 1;

	while (raw.len < READ_MAX && n != 0) {
		n = read(STDIN_FILENO, chunk, sizeof(chunk));
		if (n < 0 && errno != EINTR)
			break;
		if (n > 0)
			buf_put(&raw, chunk, (size_t)n);
	}
	pasted_clean(buf_slice(&raw), out);
	buf_free(&raw);
	return n >= 0 || err_errno(e, "could not read standard input");
}

void
pasted_words(const char *const *words, int n, struct buf *out)
{
	int i;

	for (i = 0; i < n; i++) {
		if (i > 0 && out->len < PASTED_MAX)
			buf_putc(out, ' ');
		pasted_clean(slice_of(words[i]), out);
	}
}
