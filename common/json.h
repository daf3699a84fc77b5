/*
 * json.h - JSON values, read and written whole; hides jansson, whose own names
 * begin with json_.
 *
 * Values are counted by jansson: a value put into an object or array belongs
 * to it, js_free() gives back a root. Text of any bytes may be given: what
 * is no UTF-8 becomes U+FFFD. What is printed is safe for a terminal: control
 * and bidirectional characters leave as \uXXXX.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_JSON_H
#define KBD_JSON_H

#include <stdint.h>

#include "common/err.h"
#include "common/slice.h"

struct buf;
struct json;

/* {"schema": schema} */
struct json *js_document(const char *schema);
struct json *js_object(void);
struct json *js_array(void);
void js_free(struct json *j);		/* only for what is in no other one */

/* NULL and *e (ERR_PROTOCOL) when the text is no JSON object. */
struct json *js_parse(struct slice text, struct err *e);

void js_put_text(struct json *object, const char *key, struct slice text);
void js_put_text_or_null(struct json *object, const char *key,
    struct slice text);		/* "" is null */
void js_put_int(struct json *object, const char *key, int64_t n);
void js_put_bool(struct json *object, const char *key, bool b);
void js_put_null(struct json *object, const char *key);
void js_put_time(struct json *object, const char *key, struct slice stored);
void js_put(struct json *object, const char *key, struct json *value);
void js_add(struct json *array, struct json *value);
struct json *js_string(struct slice text);

/* Reading: what is missing or of another type is "", 0 or NULL. Borrowed. */
struct slice js_text(const struct json *object, const char *key);
int64_t js_int(const struct json *object, const char *key);
double js_real(const struct json *object, const char *key);
bool js_is_true(const struct json *object, const char *key);
const struct json *js_get(const struct json *object, const char *key);
size_t js_size(const struct json *array);
const struct json *js_at(const struct json *array, size_t i);
struct json *js_item(struct json *array, size_t i);	/* to be changed */
struct slice js_text_at(const struct json *array, size_t i);

/* Append the value as indented JSON and a line end. */
void js_write(const struct json *j, struct buf *out);

#endif
