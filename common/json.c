/*
 * json.c - JSON values; see json.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "common/json.h"
#include "common/buf.h"
#include "common/clock.h"
#include "common/str.h"
#include "common/visible.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

/* A struct json is a json_t; only its name is hidden. */
static json_t *
jt(const struct json *j)
{
	return (json_t *)j;
}

static struct json *
sj(json_t *j)
{
	return (struct json *)j;
}

/* A string value of any bytes. */
static json_t *
text_value(struct slice text)
{
	struct buf clean = BUF_INIT;
	json_t *value;

	utf8_put_clean(&clean, text);
	value = json_stringn(clean.data != NULL ? clean.data : "", clean.len);
	buf_free(&clean);
	return value;
}

struct json *
js_document(const char *schema)
{
	return sj(json_pack("{s:s}", "schema", schema));
}

struct json *
js_object(void)
{
	return sj(json_object());
}

struct json *
js_array(void)
{
	return sj(json_array());
}

void
js_free(struct json *j)
{
	json_decref(jt(j));
}

struct json *
js_parse(struct slice text, struct err *e)
{
	json_error_t error;
	json_t *j = json_loadb(text.ptr != NULL ? text.ptr : "", text.len,
	    JSON_REJECT_DUPLICATES, &error);

	if (j != NULL && !json_is_object(j)) {
		json_decref(j);
		j = NULL;
		snprintf(error.text, sizeof(error.text), "no object");
	}
	if (j == NULL)
		err_set(e, ERR_PROTOCOL, "the server sent JSON that cannot be "
		    "read: %s", error.text);
	return sj(j);
}

void
js_put_text(struct json *object, const char *key, struct slice text)
{
	json_object_set_new(jt(object), key, text_value(text));
}

void
js_put_text_or_null(struct json *object, const char *key, struct slice text)
{
	json_object_set_new(jt(object), key, text.len != 0 ?
	    text_value(text) : json_null());
}

void
js_put_int(struct json *object, const char *key, int64_t n)
{
	json_object_set_new(jt(object), key, json_integer(n));
}

void
js_put_bool(struct json *object, const char *key, bool b)
{
	json_object_set_new(jt(object), key, json_boolean(b));
}

void
js_put_null(struct json *object, const char *key)
{
	json_object_set_new(jt(object), key, json_null());
}

void
js_put_time(struct json *object, const char *key, struct slice stored)
{
	char text[CLOCK_TEXT_SIZE];

	clock_rfc3339(stored, text);
	js_put_text_or_null(object, key, slice_of(text));
}

void
js_put(struct json *object, const char *key, struct json *value)
{
	json_object_set_new(jt(object), key, jt(value));
}

void
js_add(struct json *array, struct json *value)
{
	json_array_append_new(jt(array), jt(value));
}

struct json *
js_string(struct slice text)
{
	return sj(text_value(text));
}

static struct slice
string_of(const json_t *value)
{
	if (!json_is_string(value))
		return slice_make("", 0);
	return slice_make(json_string_value(value),
	    json_string_length(value));
}

struct slice
js_text(const struct json *object, const char *key)
{
	return string_of(json_object_get(jt(object), key));
}

int64_t
js_int(const struct json *object, const char *key)
{
	return json_integer_value(json_object_get(jt(object), key));
}

double
js_real(const struct json *object, const char *key)
{
	return json_number_value(json_object_get(jt(object), key));
}

bool
js_is_true(const struct json *object, const char *key)
{
	return json_is_true(json_object_get(jt(object), key));
}

const struct json *
js_get(const struct json *object, const char *key)
{
	return sj(json_object_get(jt(object), key));
}

size_t
js_size(const struct json *array)
{
	return json_array_size(jt(array));
}

const struct json *
js_at(const struct json *array, size_t i)
{
	return sj(json_array_get(jt(array), i));
}

struct json *
js_item(struct json *array, size_t i)
{
	return (struct json *)json_array_get((json_t *)array, i);
}

struct slice
js_text_at(const struct json *array, size_t i)
{
	return string_of(json_array_get(jt(array), i));
}

/*
 * jansson escapes what JSON demands; this also escapes what a terminal would
 * obey. Outside of strings JSON is ASCII, so every such character is in one.
 */
static void
put_escaped(struct buf *out, struct slice text)
{
	size_t at = 0, from = 0, next;

	for (; at < text.len; at = next) {
		int32_t cp = utf8_decode(text, at, &next);

		if (cp < 0x7f || !visible_is_hidden(cp))
			continue;
		buf_put(out, text.ptr + from, at - from);
		from = next;
		if (cp < 0x10000) {
			buf_printf(out, "\\u%04X", (unsigned)cp);
		} else {
			cp -= 0x10000;
			buf_printf(out, "\\u%04X\\u%04X",
			    0xd800u + ((unsigned)cp >> 10),
			    0xdc00u + ((unsigned)cp & 0x3ff));
		}
	}
	buf_put(out, text.ptr + from, text.len - from);
}

void
js_write(const struct json *j, struct buf *out)
{
	char *text = json_dumps(jt(j), JSON_INDENT(2) | JSON_REAL_PRECISION(6));

	if (text == NULL)
		return;
	put_escaped(out, slice_of(text));
	buf_putc(out, '\n');
	free(text);
}
