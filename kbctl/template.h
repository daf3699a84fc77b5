/*
 * template.h - what kbctl new begins with: the texts of content/new-*.md.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBCTL_TEMPLATE_H
#define KBCTL_TEMPLATE_H

#include <stdint.h>

#include "common/slice.h"

struct buf;

/*
 * The template of a kind ("problem", "runbook", "checklist", "template") in
 * the language of the locale, Chinese or English. Empty when that kind has
 * none.
 */
struct slice template_find(struct slice kind);

/*
 * Append a template with its heading at a level (1 to 6) and what is known
 * filled in: a number before the title, the title, error lines.
 */
void template_fill(struct slice text, unsigned level, int64_t number,
    struct slice title, struct slice errors, struct buf *out);

#endif
