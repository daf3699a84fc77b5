/*
 * conf.c - "key = value" lines, with the position of each; see conf.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "common/conf.h"
#include "common/arena.h"
#include "common/str.h"

static bool
is_key_char(char c)
{
	return ascii_is_alnum(c) || c == '_' || c == '.' || c == '-';
}

static struct slice
skip_blanks(struct slice s)
{
	size_t i = 0;

	while (i < s.len && (s.ptr[i] == ' ' || s.ptr[i] == '\t'))
		i++;
	return slice_sub(s, i, s.len);
}

static bool
at_end(struct slice s)
{
	s = skip_blanks(s);
	return s.len == 0 || s.ptr[0] == '#';
}

/* 'it''s' -> it's; *s moves behind the closing quote. */
static bool
quoted_value(struct slice *s, struct arena *a, struct slice *out)
{
	char *to = arena_alloc(a, s->len);
	size_t n = 0, i;

	for (i = 1; i < s->len; i++) {
		if (s->ptr[i] == '\'') {
			if (i + 1 >= s->len || s->ptr[i + 1] != '\'')
				break;
			i++;
		}
		to[n++] = s->ptr[i];
	}
	if (i >= s->len)
		return false;
	*out = slice_make(to, n);
	*s = slice_sub(*s, i + 1, s->len);
	return true;
}

static bool
parse_line(struct slice s, struct arena *a, struct conf_item *item,
    struct err *e)
{
	size_t n = 0;

	while (n < s.len && is_key_char(s.ptr[n]))
		n++;
	if (n == 0)
		return err_set(e, ERR_INVALID, "a setting's name is expected");
	item->key = slice_sub(s, 0, n);
	s = skip_blanks(slice_sub(s, n, s.len));
	if (s.len != 0 && s.ptr[0] == '=')
		s = skip_blanks(slice_sub(s, 1, s.len));
	if (at_end(s))
		return err_set(e, ERR_INVALID, "setting \"%.*s\" has no value",
		    SLICE_ARG(item->key));
	if (s.ptr[0] == '\'') {
		if (!quoted_value(&s, a, &item->value))
			return err_set(e, ERR_INVALID,
			    "the quote after \"%.*s\" is not closed",
			    SLICE_ARG(item->key));
	} else {
		for (n = 0; n < s.len && s.ptr[n] != '#' &&
		    !ascii_is_space(s.ptr[n]); n++)
			;
		item->value = slice_sub(s, 0, n);
		s = slice_sub(s, n, s.len);
	}
	if (!at_end(s))
		return err_set(e, ERR_INVALID,
		    "unexpected text after the value of \"%.*s\"",
		    SLICE_ARG(item->key));
	return true;
}

bool
conf_parse(const char *name, struct slice text, struct arena *a,
    struct conf *out, struct err *e)
{
	struct slice rest = text, line;
	size_t cap = 0, bad = utf8_check(text);
	unsigned number = 0;

	*out = (struct conf){ NULL, 0 };
	if (text.len > CONF_MAX_BYTES)
		return err_set(e, ERR_LIMIT, "%s: file of %zu bytes is too long",
		    name, text.len);
	if (bad < text.len)
		return err_set(e, ERR_INVALID,
		    "%s: byte %zu is not valid UTF-8", name, bad + 1);
	if (text.len != 0 && memchr(text.ptr, '\0', text.len) != NULL)
		return err_set(e, ERR_INVALID, "%s: contains a NUL byte", name);
	while (str_line(&rest, &line, NULL)) {
		number++;
		line = skip_blanks(line);
		if (at_end(line))
			continue;
		out->items = arena_grow(a, out->items, out->n, &cap,
		    sizeof(*out->items));
		out->items[out->n] = (struct conf_item){ .line = number };
		if (!parse_line(line, a, &out->items[out->n], e))
			return err_prefix(e, "%s:%u", name, number);
		out->n++;
	}
	return true;
}
