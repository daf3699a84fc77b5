/*
 * sql_json.h - PostgreSQL's reading of JSON: json, -> and ->>.
 *
 * Members keep their bytes, as type json does. Pure; bounded by the length
 * and SQL_JSON_DEPTH.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_SQL_JSON_H
#define KBD_SQL_JSON_H

#include <stdint.h>

#include "common/slice.h"

struct arena;

#define SQL_JSON_DEPTH 500

/* One JSON value and nothing else? */
bool sql_json_valid(struct slice json);

/* The last member of that name; element i, from the end when negative. */
bool sql_json_member(struct slice json, struct slice name, struct arena *a,
    struct slice *out);
bool sql_json_element(struct slice json, int64_t i, struct slice *out);

/* What ->> gives: a string without quotes and escapes, anything else as it
   is written; false for null. */
bool sql_json_text(struct slice json, struct arena *a, struct slice *out);

#endif
