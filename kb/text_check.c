/*
 * text_check.c - is this text, and if not, what may it be? See text_check.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/text_check.h"

#include "common/str.h"

/* Bytes looked at for a guess. */
#define SAMPLE 65536

/* UTF-16 of mostly ASCII or Chinese text, with or without its mark. */
static const char *
guess_utf16(struct slice s)
{
	size_t i, even = 0, odd = 0, least = 1 + (s.len < SAMPLE ? s.len :
	    SAMPLE) / 8;

	if (slice_starts(s, SLICE("\xff\xfe")))
		return "UTF-16LE";
	if (slice_starts(s, SLICE("\xfe\xff")))
		return "UTF-16BE";
	for (i = 0; i < s.len && i < SAMPLE; i++) {
		if (s.ptr[i] != '\0')
			continue;
		if (i % 2 == 0)
			even++;
		else
			odd++;
	}
	if (odd > even * 8 && odd > least)
		return "UTF-16LE";
	if (even > odd * 8 && even > least)
		return "UTF-16BE";
	return NULL;
}

/*
 * Length of the GB18030 character at p, 0 if there is none. *common is set
 * for the two-byte forms that hold everyday Chinese.
 */
static size_t
gb18030_len(const unsigned char *p, size_t left, bool *common)
{
	*common = false;
	if (p[0] < 0x80)
		return 1;
	if (p[0] == 0x80 || p[0] == 0xff || left < 2)
		return 0;
	if (p[1] >= 0x40 && p[1] != 0x7f && p[1] != 0xff) {
		*common = p[0] >= 0xa1 && p[0] <= 0xf7 && p[1] >= 0xa1;
		return 2;
	}
	if (left >= 4 && p[1] >= 0x30 && p[1] <= 0x39 && p[2] >= 0x81 &&
	    p[2] != 0xff && p[3] >= 0x30 && p[3] <= 0x39)
		return 4;
	return 0;
}

/* One wide character between letters: rather two accented ones. */
static bool
is_glued(struct slice s, size_t at, size_t len)
{
	return at > 0 && ascii_is_alpha(s.ptr[at - 1]) && at + len < s.len &&
	    ascii_is_alpha(s.ptr[at + len]);
}

/* Well-formed throughout, and mostly of everyday characters. */
static bool
is_gb18030(struct slice s)
{
	const unsigned char *p = (const unsigned char *)s.ptr;
	size_t i = 0, n, wide = 0, everyday = 0, glued = 0;
	size_t end = s.len < SAMPLE ? s.len : SAMPLE;
	bool common;

	while (i < end) {
		n = gb18030_len(p + i, s.len - i, &common);
		if (n == 0)
			return false;
		wide += n > 1;
		everyday += common;
		glued += n > 1 && is_glued(s, i, n);
		i += n;
	}
	return wide > 0 && everyday * 2 >= wide && glued * 2 < wide;
}

/* A NUL, or other control characters than text holds. */
static bool
is_binary(struct slice s)
{
	size_t i, bad = 0, end = s.len < SAMPLE ? s.len : SAMPLE;

	for (i = 0; i < end; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		if (c == '\0')
			return true;
		bad += c < 0x20 && !ascii_is_space((char)c) && c != 0x1b;
	}
	return bad * 32 > end;
}

const char *
text_guess_encoding(struct slice text)
{
	const char *name = guess_utf16(text);

	if (name != NULL)
		return name;
	if (is_binary(text))
		return NULL;
	if (is_gb18030(text))
		return "GB18030";
	return "ISO-8859-1";
}

/* 1-based line of the byte at `at`; CR, LF and CRLF end lines. */
static size_t
line_of(struct slice text, size_t at)
{
	struct slice rest = slice_sub(text, 0, at), line;
	size_t n = 1, end = 0;

	while (str_line(&rest, &line, &end))
		n += end != 0;
	return n;
}

bool
text_check(struct slice text, struct err *e)
{
	const char *nul, *guess;
	size_t bad = utf8_check(text);

	nul = text.len != 0 ? memchr(text.ptr, '\0', text.len) : NULL;
	if (nul != NULL && (size_t)(nul - text.ptr) < bad)
		bad = (size_t)(nul - text.ptr);
	if (bad == text.len)
		return true;
	err_set(e, ERR_INVALID, "text is not UTF-8: line %zu, byte %zu is %s",
	    line_of(text, bad), bad + 1,
	    text.ptr[bad] == '\0' ? "NUL" : "no valid character");
	guess = text_guess_encoding(text);
	if (guess == NULL)
		return err_detail(e, "This looks like a binary file.");
	err_detail(e, "The encoding is probably %s.", guess);
	return err_hint(e, "\"kbctl import --encoding %s\" converts it.",
	    guess);
}
