/*
 * export_document.h - one document's text, now or as of a moment.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBCTL_EXPORT_DOCUMENT_H
#define KBCTL_EXPORT_DOCUMENT_H

#include "common/err.h"

struct client;
struct result;

enum { EXPORT_MARKDOWN, EXPORT_REVISION };	/* columns of the one row */

/*
 * The caller frees *out. ERR_NOT_FOUND when there was no such document;
 * as_of NULL is now.
 */
bool export_document(struct client *c, const char *name, const char *as_of,
    struct result **out, struct err *e) MUST_CHECK;

#endif
