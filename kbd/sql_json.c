/*
 * sql_json.c - PostgreSQL's reading of JSON; see sql_json.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/sql_json.h"
#include "common/arena.h"
#include "common/buf.h"
#include "common/str.h"

struct scan {
	struct slice s;
	size_t at;
	unsigned depth;
};

static bool value(struct scan *c);

static void
blanks(struct scan *c)
{
	while (c->at < c->s.len && (c->s.ptr[c->at] == ' ' ||
	    c->s.ptr[c->at] == '\t' || c->s.ptr[c->at] == '\n' ||
	    c->s.ptr[c->at] == '\r'))
		c->at++;
}

static char
peek(const struct scan *c)
{
	return c->at < c->s.len ? c->s.ptr[c->at] : '\0';
}

static bool
take(struct scan *c, char want)
{
	blanks(c);
	if (peek(c) != want)
		return false;
	c->at++;
	return true;
}

static bool
is_hex(char c)
{
	c = ascii_lower(c);
	return ascii_is_digit(c) || (c >= 'a' && c <= 'f');
}

static bool
string(struct scan *c)
{
	size_t i;

	if (!take(c, '"'))
		return false;
	while (c->at < c->s.len) {
		char ch = c->s.ptr[c->at++];

		if (ch == '"')
			return true;
		if ((unsigned char)ch < 0x20)
			return false;
		if (ch != '\\')
			continue;
		ch = peek(c);
		c->at++;
		if (ch == 'u') {
			for (i = 0; i < 4; i++, c->at++)
				if (!is_hex(peek(c)))
					return false;
		} else if (ch == '\0' || strchr("\"\\/bfnrt", ch) == NULL) {
			return false;
		}
	}
	return false;
}

static size_t
digits(struct scan *c)
{
	size_t start = c->at;

	while (ascii_is_digit(peek(c)))
		c->at++;
	return c->at - start;
}

static bool
number(struct scan *c)
{
	if (peek(c) == '-')
		c->at++;
	if (peek(c) == '0')
		c->at++;
	else if (digits(c) == 0)
		return false;
	if (peek(c) == '.') {
		c->at++;
		if (digits(c) == 0)
			return false;
	}
	if (peek(c) == 'e' || peek(c) == 'E') {
		c->at++;
		if (peek(c) == '+' || peek(c) == '-')
			c->at++;
		return digits(c) != 0;
	}
	return true;
}

static bool
word(struct scan *c, const char *text)
{
	if (!slice_starts(slice_sub(c->s, c->at, c->s.len), slice_of(text)))
		return false;
	c->at += strlen(text);
	return true;
}

static bool
members(struct scan *c, char close, bool has_names)
{
	c->at++;
	if (take(c, close))
		return true;
	do {
		if (has_names && (!string(c) || !take(c, ':')))
			return false;
		if (!value(c))
			return false;
	} while (take(c, ','));
	return take(c, close);
}

static bool
value(struct scan *c)
{
	bool ok;

	blanks(c);
	if (c->depth == SQL_JSON_DEPTH)
		return false;
	c->depth++;
	switch (peek(c)) {
	case '{':
		ok = members(c, '}', true);
		break;
	case '[':
		ok = members(c, ']', false);
		break;
	case '"':
		ok = string(c);
		break;
	case 't':
		ok = word(c, "true");
		break;
	case 'f':
		ok = word(c, "false");
		break;
	case 'n':
		ok = word(c, "null");
		break;
	default:
		ok = number(c);
		break;
	}
	c->depth--;
	return ok;
}

bool
sql_json_valid(struct slice json)
{
	struct scan c = { json, 0, 0 };

	if (!value(&c))
		return false;
	blanks(&c);
	return c.at == json.len;
}

static void
unescape_code(struct slice s, size_t *i, struct buf *b)
{
	char utf8[4];
	uint32_t v = 0, low = 0;
	size_t k;

	for (k = 0; k < 4; k++) {
		char ch = ascii_lower(s.ptr[++*i]);

		v = v * 16 + (uint32_t)(ascii_is_digit(ch) ? ch - '0' :
		    ch - 'a' + 10);
	}
	if (v >= 0xd800 && v < 0xdc00 && *i + 6 < s.len &&
	    s.ptr[*i + 1] == '\\' && s.ptr[*i + 2] == 'u') {
		for (k = 3; k < 7; k++) {
			char ch = ascii_lower(s.ptr[*i + k]);

			low = low * 16 + (uint32_t)(ascii_is_digit(ch) ?
			    ch - '0' : ch - 'a' + 10);
		}
		if (low >= 0xdc00 && low < 0xe000) {
			v = 0x10000 + ((v - 0xd800) << 10) + (low - 0xdc00);
			*i += 6;
		}
	}
	if (v == 0 || (v >= 0xd800 && v < 0xe000))
		v = 0xfffd;
	buf_put(b, utf8, utf8_encode((int32_t)v, utf8));
}

/* s is a valid string with its quotes */
static struct slice
unescape(struct slice s, struct arena *a)
{
	static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
	struct buf b = BUF_INIT;
	struct slice out;
	const char *known;
	size_t i;

	for (i = 1; i + 1 < s.len; i++) {
		if (s.ptr[i] != '\\') {
			buf_putc(&b, s.ptr[i]);
			continue;
		}
		i++;
		known = strchr(from, s.ptr[i]);
		if (s.ptr[i] == 'u')
			unescape_code(s, &i, &b);
		else
			buf_putc(&b, known != NULL ? to[known - from] :
			    s.ptr[i]);
	}
	out = arena_dup(a, buf_slice(&b));
	buf_free(&b);
	return out;
}

bool
sql_json_member(struct slice json, struct slice name, struct arena *a,
    struct slice *out)
{
	struct scan c = { json, 0, 0 };
	bool found = false;
	size_t start;

	blanks(&c);
	if (!take(&c, '{') || take(&c, '}'))
		return false;
	do {
		struct slice key;

		blanks(&c);
		start = c.at;
		if (!string(&c))
			return false;
		key = slice_sub(json, start + 1, c.at - 1);
		if (key.len != 0 && memchr(key.ptr, '\\', key.len) != NULL)
			key = unescape(slice_sub(json, start, c.at), a);
		if (!take(&c, ':'))
			return false;
		blanks(&c);
		start = c.at;
		if (!value(&c))
			return false;
		if (slice_eq(key, name)) {
			*out = slice_sub(json, start, c.at);
			found = true;
		}
	} while (take(&c, ','));
	return found;
}

bool
sql_json_element(struct slice json, int64_t want, struct slice *out)
{
	struct scan c = { json, 0, 0 };
	int64_t i, count = 0;
	size_t start;

	if (want < 0) {		/* count first */
		if (!take(&c, '[') || take(&c, ']'))
			return false;
		do {
			if (!value(&c))
				return false;
			count++;
		} while (take(&c, ','));
		if (want + count < 0)
			return false;
		want += count;
		c.at = 0;
	}
	if (!take(&c, '[') || take(&c, ']'))
		return false;
	for (i = 0;; i++) {
		blanks(&c);
		start = c.at;
		if (!value(&c))
			return false;
		if (i == want) {
			*out = slice_sub(json, start, c.at);
			return true;
		}
		if (!take(&c, ','))
			return false;
	}
}

bool
sql_json_text(struct slice json, struct arena *a, struct slice *out)
{
	if (slice_is(json, "null"))
		return false;
	*out = json.len != 0 && json.ptr[0] == '"' ? unescape(json, a) : json;
	return true;
}
