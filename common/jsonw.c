/*
 * jsonw.c - JSON text, written piece by piece; see jsonw.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "common/jsonw.h"
#include "common/buf.h"
#include "common/str.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

void
jsonw_init(struct jsonw *j, struct buf *out)
{
	*j = (struct jsonw){ .out = out };
}

/* What must stand before the next value. */
static void
lead(struct jsonw *j)
{
	if (j->key)
		j->key = false;
	else if (j->some[j->depth])
		buf_putc(j->out, ',');
	j->some[j->depth] = true;
}

static void
begin(struct jsonw *j, char c)
{
	lead(j);
	assert(j->depth + 1 < JSONW_DEPTH_MAX);
	j->some[++j->depth] = false;
	buf_putc(j->out, c);
}

static void
end(struct jsonw *j, char c)
{
	assert(j->depth > 0 && !j->key);
	j->depth--;
	buf_putc(j->out, c);
}

void
jsonw_object(struct jsonw *j)
{
	begin(j, '{');
}

void
jsonw_object_end(struct jsonw *j)
{
	end(j, '}');
}

void
jsonw_array(struct jsonw *j)
{
	begin(j, '[');
}

void
jsonw_array_end(struct jsonw *j)
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
jsonw_key(struct jsonw *j, const char *name)
{
	assert(!j->key);
	lead(j);
	put_string(j->out, slice_of(name));
	buf_putc(j->out, ':');
	j->key = true;
}

void
jsonw_string(struct jsonw *j, struct slice s)
{
	lead(j);
	put_string(j->out, s);
}

void
jsonw_int(struct jsonw *j, int64_t v)
{
	lead(j);
	buf_printf(j->out, "%" PRId64, v);
}

void
jsonw_double(struct jsonw *j, double v)
{
	char text[40], *p;

	if (!isfinite(v)) {
		jsonw_null(j);
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
jsonw_bool(struct jsonw *j, bool v)
{
	jsonw_raw(j, v ? SLICE("true") : SLICE("false"));
}

void
jsonw_null(struct jsonw *j)
{
	jsonw_raw(j, SLICE("null"));
}

void
jsonw_raw(struct jsonw *j, struct slice s)
{
	lead(j);
	buf_put_slice(j->out, s);
}

void
jsonw_member_string(struct jsonw *j, const char *name, struct slice s)
{
	jsonw_key(j, name);
	jsonw_string(j, s);
}

void
jsonw_member_int(struct jsonw *j, const char *name, int64_t v)
{
	jsonw_key(j, name);
	jsonw_int(j, v);
}
