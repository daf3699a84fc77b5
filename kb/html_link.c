/*
 * html_link.c - where links of the Markdown lead; see html_link.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/html_link.h"
#include "common/buf.h"
#include "common/str.h"
#include "kb/html.h"
#include "kb/render_html.h"

#define REFERENCE_MAX 200	/* bytes between "[[" and "]]" */

/* ---- relative links ---- */

static int
hex_value(char c)
{
	if (ascii_is_digit(c))
		return c - '0';
	c = ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Append s with %XX decoded; what is no such escape stays. */
static void
put_decoded(struct buf *b, struct slice s)
{
	size_t i;

	for (i = 0; i < s.len; i++) {
		if (s.ptr[i] == '%' && i + 2 < s.len &&
		    hex_value(s.ptr[i + 1]) >= 0 &&
		    hex_value(s.ptr[i + 2]) >= 0) {
			buf_putc(b, (char)(hex_value(s.ptr[i + 1]) * 16 +
			    hex_value(s.ptr[i + 2])));
			i += 2;
		} else {
			buf_putc(b, s.ptr[i]);
		}
	}
}

/* Take the last part of a path away. */
static void
cut_part(struct buf *path)
{
	while (path->len > 0 && path->data[path->len - 1] != '/')
		path->len--;
	if (path->len > 0)
		path->len--;
}

/* Append the parts of a relative path to a folder; "..": one up. */
static bool
walk(struct buf *path, struct slice rest)
{
	struct slice part;

	while (str_split(&rest, '/', &part)) {
		if (slice_is(part, ".."))
			cut_part(path);
		else if (part.len != 0 && !slice_is(part, ".")) {
			if (path->len != 0)
				buf_putc(path, '/');
			buf_put_slice(path, part);
		}
	}
	return path->len != 0;
}

static bool
is_markdown_name(struct slice path)
{
	return path.len > 3 && str_ieq(slice_sub(path, path.len - 3,
	    path.len), SLICE(".md"));
}

void
html_document_of(struct slice path, struct slice source, struct buf *name)
{
	struct buf decoded = BUF_INIT;
	size_t mark;

	put_decoded(&decoded, path);
	buf_put_slice(name, source);
	cut_part(name);
	if (!is_markdown_name(buf_slice(&decoded)) ||
	    utf8_check(buf_slice(&decoded)) != decoded.len ||
	    memchr(decoded.data, '\0', decoded.len) != NULL ||
	    !walk(name, buf_slice(&decoded)))
		buf_reset(name);
	mark = name->len;
	name->len = mark > 3 ? mark - 3 : 0;
	buf_free(&decoded);
}

static size_t
find_byte(struct slice s, char c)
{
	const char *p = s.len != 0 ? memchr(s.ptr, c, s.len) : NULL;

	return p != NULL ? (size_t)(p - s.ptr) : s.len;
}

/* "/d/NAME#fragment" for a link to another file of the folder. */
static bool
put_document_href(struct buf *out, struct slice url, struct slice source)
{
	size_t hash = find_byte(url, '#');
	struct slice path = slice_sub(url, 0, find_byte(slice_sub(url, 0,
	    hash), '?'));
	struct buf name = BUF_INIT, fragment = BUF_INIT;
	bool ok;

	html_document_of(path, source, &name);
	ok = name.len != 0;
	if (ok) {
		html_raw_trusted(out, "/d/");
		html_url_part(out, buf_slice(&name));
		put_decoded(&fragment, slice_sub(url, hash + 1, url.len));
		if (fragment.len != 0) {
			html_raw_trusted(out, "#");
			html_url_part(out, buf_slice(&fragment));
		}
	}
	buf_free(&name);
	buf_free(&fragment);
	return ok;
}

static bool
is_external(struct slice url)
{
	return slice_starts(url, SLICE("//")) ||
	    find_byte(url, ':') < find_byte(url, '/');
}

bool
html_link_open(struct buf *out, struct slice url, struct slice source)
{
	size_t mark = out->len;
	bool ok;

	html_raw_trusted(out, "<a href=\"");
	if (is_external(url) || slice_starts(url, SLICE("#")) ||
	    slice_starts(url, SLICE("/")))
		ok = url.len != 0 && html_url(out, url);
	else
		ok = put_document_href(out, url, source);
	if (!ok) {
		out->len = mark;
		return false;
	}
	html_raw_trusted(out, is_external(url) ?
	    "\" rel=\"noopener noreferrer nofollow\">" : "\">");
	return true;
}

bool
html_is_own_image(struct slice url, struct slice host)
{
	struct slice rest;

	if (slice_starts(url, SLICE("/")))
		return !slice_starts(url, SLICE("//"));
	if (host.len == 0 || !slice_starts(url, SLICE("https://")))
		return false;
	rest = slice_sub(url, 8, url.len);
	return str_ieq(slice_sub(rest, 0, find_byte(rest, '/')), host);
}

/* ---- links in plain text ---- */

/* "[[...]]" at the start of s: its length, or 0. */
static size_t
reference_len(struct slice s)
{
	size_t i;

	if (s.len < 5 || s.ptr[0] != '[' || s.ptr[1] != '[')
		return 0;
	for (i = 2; i + 1 < s.len && i < REFERENCE_MAX; i++) {
		if (s.ptr[i] == '[' || s.ptr[i] == '\n')
			return 0;
		if (s.ptr[i] == ']')
			return i > 2 && s.ptr[i + 1] == ']' ? i + 2 : 0;
	}
	return 0;
}

/* An entry that is not there leads to a search for it. */
static void
put_reference(struct buf *out, struct slice what, const struct html_options *o)
{
	struct buf href = BUF_INIT, title = BUF_INIT;

	what = str_trim(what);
	if (o->entry != NULL && o->entry(o->arg, what, &href, &title)) {
		html_raw_trusted(out, "<a class=\"entry\" href=\"");
		html_attr(out, buf_slice(&href));
		html_raw_trusted(out, "\">");
		html_text(out, title.len != 0 ? buf_slice(&title) : what);
	} else {
		html_raw_trusted(out, "<a class=\"missing\" href=\"/search?q=");
		html_url_value(out, what);
		html_raw_trusted(out, "\">");
		html_text(out, what);
	}
	html_raw_trusted(out, "</a>");
	buf_free(&href);
	buf_free(&title);
}

/* Bytes of a URL in text: ASCII only, so that Chinese ends it. */
static bool
is_url_byte(char c)
{
	return ascii_is_alnum(c) || (c != '\0' &&
	    strchr("-._~:/?#@!$&()*+,;=%", c) != NULL);
}

/* "http://..." at the start of s: its length, or 0. */
static size_t
address_len(struct slice s)
{
	size_t n, start = slice_starts(s, SLICE("http://")) ? 7 :
	    slice_starts(s, SLICE("https://")) ? 8 : 0;
	int brackets = 0;

	if (start == 0)
		return 0;
	for (n = start; n < s.len && is_url_byte(s.ptr[n]); n++) {
		brackets += s.ptr[n] == '(';
		if (s.ptr[n] == ')' && brackets-- == 0)
			break;
	}
	while (n > start && strchr(".,;:!?*&", s.ptr[n - 1]) != NULL)
		n--;
	return n > start && ascii_is_alnum(s.ptr[start]) ? n : 0;
}

static void
put_address(struct buf *out, struct slice url)
{
	size_t mark = out->len;

	html_raw_trusted(out, "<a href=\"");
	if (!html_url(out, url)) {
		out->len = mark;
		html_text(out, url);
		return;
	}
	html_raw_trusted(out, "\" rel=\"noopener noreferrer nofollow\">");
	html_text(out, url);
	html_raw_trusted(out, "</a>");
}

/* Where the next link may start. */
static size_t
next_start(struct slice s, size_t at)
{
	while (at < s.len && s.ptr[at] != '[' && s.ptr[at] != 'h')
		at++;
	return at;
}

void
html_link_text(struct buf *out, struct slice s, const struct html_options *o)
{
	size_t from = 0, at = 0, n;

	while (o != NULL && (at = next_start(s, at)) < s.len) {
		struct slice rest = slice_sub(s, at, s.len);
		bool is_reference = (n = reference_len(rest)) != 0;

		if (!is_reference && (n = address_len(rest)) == 0) {
			at++;
			continue;
		}
		html_text(out, slice_sub(s, from, at));
		if (is_reference)
			put_reference(out, slice_sub(rest, 2, n - 2), o);
		else
			put_address(out, slice_sub(rest, 0, n));
		from = at += n;
	}
	html_text(out, slice_sub(s, from, s.len));
}
