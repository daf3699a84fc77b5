/*
 * json.c - JSON text, written piece by piece; see json.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "common/json.h"
#include "common/buf.h"
#include "common/str.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

void
json_init(struct json *j, struct buf *out)
{
	*j = (struct json){ .out = out };
}

/* What must stand before the next value. */
static void
lead(struct json *j)
{
	if (j->key)
		j->key = false;
	else if (j->some[j->depth])
		buf_putc(j->out, ',');
	j->some[j->depth] = true;
}

static void
begin(struct json *j, char c)
{
	lead(j);
	assert(j->depth + 1 < JSON_DEPTH_MAX);
	j->some[++j->depth] = false;
	buf_putc(j->out, c);
}

static void
end(struct json *j, char c)
{
	assert(j->depth > 0 && !j->key);
	j->depth--;
	buf_putc(j->out, c);
}

void
json_object(struct json *j)
{
	begin(j, '{');
}

void
json_object_end(struct json *j)
{
	end(j, '}');
}

void
json_array(struct json *j)
{
	begin(j, '[');
}

void
json_array_end(struct json *j)
{
	end(j, ']');
}

static void
put_escape(struct buf *b, unsigned char c)
{
	switch (c) {
	case '"':
		buf_puts(b, "\\\"");
		break;
	case '\\':
		buf_puts(b, "\\\\");
		break;
	case '\n':
		buf_puts(b, "\\n");
		break;
	case '\r':
		buf_puts(b, "\\r");
		break;
	case '\t':
		buf_puts(b, "\\t");
		break;
	default:
		buf_printf(b, "\\u%04x", c);
		break;
	}
}

static void
put_string(struct buf *b, struct slice s)
{
	size_t at, from = 0, next;

	buf_putc(b, '"');
	for (at = 0; at < s.len; at = next) {
		int32_t cp = utf8_decode(s, at, &next);

		if (cp >= 0x20 && cp != '"' && cp != '\\' && cp != 0x7f)
			continue;
		buf_put(b, s.ptr + from, at - from);
		if (cp < 0)
			buf_puts(b, "\xef\xbf\xbd");
		else
			put_escape(b, (unsigned char)cp);
		from = next;
	}
	if (from < s.len)
		buf_put(b, s.ptr + from, s.len - from);
	buf_putc(b, '"');
}

void
json_key(struct json *j, const char *name)
{
	assert(!j->key);
	lead(j);
	put_string(j->out, slice_of(name));
	buf_putc(j->out, ':');
	j->key = true;
}

void
json_string(struct json *j, struct slice s)
{
	lead(j);
	put_string(j->out, s);
}

void
json_int(struct json *j, int64_t v)
{
	lead(j);
	buf_printf(j->out, "%" PRId64, v);
}

void
json_double(struct json *j, double v)
{
	char text[40], *p;

	if (!isfinite(v)) {
		json_null(j);
		return;
	}
	lead(j);
	snprintf(text, sizeof(text), "%.6g", v);
	/* a locale may have put a comma there */
	for (p = text; *p != '\0'; p++)
		if (*p == ',')
			*p = '.';
	buf_puts(j->out, text);
}

void
json_bool(struct json *j, bool v)
{
	json_raw(j, v ? SLICE("true") : SLICE("false"));
}

void
json_null(struct json *j)
{
	json_raw(j, SLICE("null"));
}

void
json_raw(struct json *j, struct slice s)
{
	lead(j);
	buf_put_slice(j->out, s);
}

void
json_member_string(struct json *j, const char *name, struct slice s)
{
	json_key(j, name);
	json_string(j, s);
}

void
json_member_int(struct json *j, const char *name, int64_t v)
{
	json_key(j, name);
	json_int(j, v);
}
