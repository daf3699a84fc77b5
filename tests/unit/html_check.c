/*
 * html_check.c - a strict reader of our own HTML; see html_check.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "html_check.h"

#include "common/str.h"

#define STACK_MAX 512

struct element {
	const char *name;
	bool is_void;
	const char *attributes;	/* blanks around each */
};

static const struct element elements[] = {
	{ "a", false, " class href rel aria-label " },
	{ "blockquote", false, " " },
	{ "br", true, " " },
	{ "code", false, " class " },
	{ "del", false, " " },
	{ "div", false, " class tabindex " },
	{ "em", false, " " },
	{ "figcaption", false, " " },
	{ "figure", false, " class " },
	{ "h1", false, " id " }, { "h2", false, " id " },
	{ "h3", false, " id " }, { "h4", false, " id " },
	{ "h5", false, " id " }, { "h6", false, " id " },
	{ "hr", true, " " },
	{ "img", true, " alt loading src " },
	{ "input", true, " aria-label checked disabled type " },
	{ "li", false, " class " },
	{ "mark", false, " " },
	{ "ol", false, " start " },
	{ "p", false, " " },
	{ "pre", false, " class tabindex " },
	{ "span", false, " class " },
	{ "strong", false, " " },
	{ "table", false, " " },
	{ "tbody", false, " " },
	{ "td", false, " class " },
	{ "th", false, " class scope " },
	{ "thead", false, " " },
	{ "tr", false, " " },
	{ "ul", false, " " },
};

struct check {
	struct slice s;
	size_t at;
	const struct element *stack[STACK_MAX];
	size_t depth;
};

static bool
take(struct check *c, char b)
{
	if (c->at >= c->s.len || c->s.ptr[c->at] != b)
		return false;
	c->at++;
	return true;
}

static struct slice
take_name(struct check *c)
{
	size_t start = c->at;

	while (c->at < c->s.len && (ascii_is_alnum(c->s.ptr[c->at]) ||
	    c->s.ptr[c->at] == '-'))
		c->at++;
	return slice_sub(c->s, start, c->at);
}

static const struct element *
find(struct slice name)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(elements); i++)
		if (slice_is(name, elements[i].name))
			return &elements[i];
	return NULL;
}

static bool
may_have(const struct element *el, struct slice name)
{
	struct slice rest = slice_of(el->attributes), one;

	while (str_split(&rest, ' ', &one))
		if (one.len != 0 && slice_eq(one, name))
			return true;
	return false;
}

static bool
url_is_fine(struct slice url)
{
	size_t i;

	for (i = 0; i < url.len; i++)
		if ((unsigned char)url.ptr[i] <= ' ' ||
		    (unsigned char)url.ptr[i] >= 0x7f)
			return false;
	for (i = 0; i < url.len; i++) {
		if (strchr("/?#", url.ptr[i]) != NULL)
			return true;
		if (url.ptr[i] == ':')
			break;
	}
	url = slice_sub(url, 0, i);
	return i == 0 || str_ieq(url, SLICE("http")) ||
	    str_ieq(url, SLICE("https")) || str_ieq(url, SLICE("mailto"));
}

/* One character reference of ours at c->at. */
static bool
take_reference(struct check *c)
{
	static const char *const known[] = { "&amp;", "&lt;", "&gt;",
		"&quot;", "&#39;", "&#10;" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(known); i++) {
		if (slice_starts(slice_sub(c->s, c->at, c->s.len),
		    slice_of(known[i]))) {
			c->at += strlen(known[i]);
			return true;
		}
	}
	return false;
}

static const char *
take_value(struct check *c, struct slice name)
{
	size_t start;

	if (!take(c, '"'))
		return "a value without quotes";
	start = c->at;
	while (c->at < c->s.len && c->s.ptr[c->at] != '"') {
		char b = c->s.ptr[c->at];

		if (b == '<' || b == '>' || b == '\'' || b == '\0')
			return "a bare character in a value";
		if (b == '&' ? !take_reference(c) : (c->at++, false))
			return "an unknown reference in a value";
	}
	if ((slice_is(name, "href") || slice_is(name, "src")) &&
	    !url_is_fine(slice_sub(c->s, start, c->at)))
		return "a URL of a foreign scheme";
	return take(c, '"') ? NULL : "a value without end";
}

static const char *
take_start(struct check *c)
{
	const struct element *el = find(take_name(c));
	const char *wrong = NULL;
	struct slice name;

	if (el == NULL)
		return "an unknown element";
	while (wrong == NULL && take(c, ' ')) {
		name = take_name(c);
		if (!may_have(el, name))
			return "an attribute that does not belong there";
		if (take(c, '='))
			wrong = take_value(c, name);
	}
	if (wrong == NULL && !take(c, '>'))
		return "a tag without end";
	if (wrong == NULL && !el->is_void) {
		if (c->depth == STACK_MAX)
			return "nested too deeply";
		c->stack[c->depth++] = el;
	}
	return wrong;
}

static const char *
take_end(struct check *c)
{
	const struct element *el = find(take_name(c));

	if (el == NULL || c->depth == 0 || c->stack[c->depth - 1] != el)
		return "an end tag that does not fit";
	c->depth--;
	return take(c, '>') ? NULL : "a tag without end";
}

static const char *
take_text(struct check *c)
{
	size_t next;
	int32_t cp;

	if (c->s.ptr[c->at] == '&')
		return take_reference(c) ? NULL : "an unknown reference";
	cp = utf8_decode(c->s, c->at, &next);
	if (cp < 0 || (cp < ' ' && cp != '\n' && cp != '\t') || cp == '>' ||
	    cp == '"' || (cp >= 0x202a && cp <= 0x202e))
		return "a character that must not be in text";
	c->at = next;
	return NULL;
}

const char *
html_check(struct slice html)
{
	struct check c = { .s = html };
	const char *wrong = NULL;

	while (wrong == NULL && c.at < html.len) {
		if (!take(&c, '<'))
			wrong = take_text(&c);
		else
			wrong = take(&c, '/') ? take_end(&c) : take_start(&c);
	}
	if (wrong == NULL && c.depth != 0)
		wrong = "an element that is not closed";
	return wrong;
}
