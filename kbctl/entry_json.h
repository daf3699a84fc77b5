/*
 * entry_json.h - one entry as the JSON document kb.entry/1.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBCTL_ENTRY_JSON_H
#define KBCTL_ENTRY_JSON_H

#include "common/err.h"
#include "kbctl/entry_ref.h"

struct client;
struct json;

/*
 * Read an entry, or one version of it; the caller frees *out with js_free().
 * Of an older version only heading, text and who wrote it are known: what is
 * derived from the text (fields, commands, ...) is that of the newest, so it
 * is left out as empty. ERR_NOT_FOUND when there is none.
 */
bool entry_json_fetch(struct client *c, const struct entry_ref *ref,
    struct json **out, struct err *e) MUST_CHECK;

#endif
