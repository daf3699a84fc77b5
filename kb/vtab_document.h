/*
 * vtab_document.h - document_at(name [, as_of]) -> markdown, revision.
 *
 * One row with the whole document; none when there was no such document (or
 * no such revision) then. Without a name, or with an as_of that cannot be
 * read, the statement fails.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_VTAB_DOCUMENT_H
#define KBD_VTAB_DOCUMENT_H

#include "common/err.h"

struct sqlite3;

bool vtab_document_register(struct sqlite3 *db, struct err *e) MUST_CHECK;

#endif
