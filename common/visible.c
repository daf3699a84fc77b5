/*
 * visible.c - what a terminal would obey or hide, written out; see visible.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "common/visible.h"
#include "common/buf.h"
#include "common/str.h"

struct range {
	int32_t from, to;
};

/* Beyond C0 and C1: what reorders or vanishes. ZWJ and ZWNJ make letters. */
static const struct range hidden[] = {
	{ 0x061c, 0x061c }, { 0x180e, 0x180e }, { 0x200b, 0x200b },
	{ 0x200e, 0x200f }, { 0x2028, 0x202e }, { 0x2060, 0x206f },
	{ 0xfeff, 0xfeff }, { 0xfff9, 0xfffb }, { 0xe0000, 0xe007f },
};

bool
visible_is_hidden(int32_t cp)
{
	size_t i;

	if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0))
		return true;
	for (i = 0; i < ARRAY_LEN(hidden); i++)
		if (cp >= hidden[i].from && cp <= hidden[i].to)
			return true;
	return false;
}

static void
put_hidden(struct buf *out, int32_t cp, unsigned char byte)
{
	if (cp < 0) {
		buf_printf(out, "<%02X>", byte);
	} else if (cp < 0x20 || cp == 0x7f) {
		buf_putc(out, '^');
		buf_putc(out, (char)(cp ^ 0x40));
	} else {
		buf_printf(out, "<U+%04X>", (unsigned)cp);
	}
}

void
visible_put(struct buf *out, struct slice text, enum visible_mode mode)
{
	size_t at = 0, from = 0, next;

	for (; at < text.len; at = next) {
		int32_t cp = utf8_decode(text, at, &next);

		if (cp >= 0 && !visible_is_hidden(cp))
			continue;
		if (cp == '\r' && next < text.len && text.ptr[next] == '\n')
			next++, cp = '\n';
		else if (cp == '\r')
			cp = '\n';
		buf_put(out, text.ptr + from, at - from);
		from = next;
		if (cp != '\n' && cp != '\t')
			put_hidden(out, cp, (unsigned char)text.ptr[at]);
		else
			buf_putc(out, mode == VISIBLE_LINE ? ' ' : (char)cp);
	}
	if (from < text.len)
		buf_put(out, text.ptr + from, text.len - from);
}
