/*
 * html.c - text on its way into a page; see html.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/html.h"
#include "common/buf.h"
#include "common/str.h"

/* Marks, embeddings, overrides and isolates of direction. */
static bool
turns_text(int32_t cp)
{
	return cp == 0x061c || cp == 0x200e || cp == 0x200f ||
	    (cp >= 0x202a && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069);
}

static bool
is_hidden(int32_t cp)
{
	return cp < 0 || (cp < 0x20 && cp != '\t' && cp != '\n') ||
	    (cp >= 0x7f && cp <= 0x9f) || turns_text(cp) ||
	    (cp >= 0xfdd0 && cp <= 0xfdef) || (cp & 0xfffe) == 0xfffe;
}

static const char *
entity(int32_t cp)
{
	switch (cp) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

/* A carriage return is dropped: browsers would make a line end of it. */
void
html_text(struct buf *out, struct slice s)
{
	size_t at = 0, next;

	while (at < s.len) {
		int32_t cp = utf8_decode(s, at, &next);
		const char *e = entity(cp);

		if (e != NULL)
			buf_puts(out, e);
		else if (cp == '\r')
			;
		else if (is_hidden(cp))
			buf_puts(out, "\xef\xbf\xbd");
		else
			buf_put(out, s.ptr + at, next - at);
		at = next;
	}
}

/* Line ends as references, so that they stay what they are. */
void
html_attr(struct buf *out, struct slice s)
{
	size_t at = 0, end;

	while (at < s.len) {
		for (end = at; end < s.len && s.ptr[end] != '\n'; end++)
			;
		html_text(out, slice_sub(s, at, end));
		if (end < s.len)
			buf_puts(out, "&#10;");
		at = end + 1;
	}
}

static void
percent(struct buf *out, struct slice s, const char *keep)
{
	static const char hex[] = "0123456789ABCDEF";
	size_t i;

	for (i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		if (ascii_is_alnum((char)c) ||
		    (c != '\0' && strchr(keep, c) != NULL)) {
			buf_putc(out, (char)c);
		} else {
			buf_putc(out, '%');
			buf_putc(out, hex[c >> 4]);
			buf_putc(out, hex[c & 15]);
		}
	}
}

void
html_url_part(struct buf *out, struct slice s)
{
	percent(out, s, "-._~/");
}

void
html_url_value(struct buf *out, struct slice s)
{
	percent(out, s, "-._~");
}

/* Length of "scheme:" at the start of a URL; 0: it has none. */
static size_t
scheme_len(struct slice url)
{
	size_t i;

	for (i = 0; i < url.len; i++) {
		if (url.ptr[i] == ':')
			return i + 1;
		if (strchr("/?#", url.ptr[i]) != NULL && url.ptr[i] != '\0')
			return 0;
	}
	return 0;
}

static bool
scheme_is_fine(struct slice scheme)
{
	return scheme.len == 0 || str_ieq(scheme, SLICE("http:")) ||
	    str_ieq(scheme, SLICE("https:")) ||
	    str_ieq(scheme, SLICE("mailto:"));
}

/*
 * Browsers drop blanks around a URL and tabs and line ends inside one, and
 * take "\" for "/": with any of these it may be another URL than it looks.
 */
bool
html_url(struct buf *out, struct slice url)
{
	size_t i;

	for (i = 0; i < url.len; i++)
		if ((unsigned char)url.ptr[i] < 0x20 || url.ptr[i] == 0x7f ||
		    url.ptr[i] == '\\')
			return false;
	if ((url.len != 0 && ascii_is_space(url.ptr[0])) ||
	    !scheme_is_fine(slice_sub(url, 0, scheme_len(url))))
		return false;
	for (i = 0; i < url.len; i++) {
		if (url.ptr[i] == '&')
			buf_puts(out, "&amp;");
		else
			percent(out, slice_sub(url, i, i + 1),
			    "-._~/:?#[]@!$()*+,;=%");
	}
	return true;
}

void
html_raw_trusted(struct buf *out, const char *markup)
{
	buf_puts(out, markup);
}
