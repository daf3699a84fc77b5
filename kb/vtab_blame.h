/*
 * vtab_blame.h - SELECT * FROM blame(entry [, version]).
 *
 * One row for each line of an entry, with the version, revision, author and
 * time that last touched it.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_VTAB_BLAME_H
#define KBD_VTAB_BLAME_H

#include "common/err.h"

struct sqlite3;

bool vtab_blame_register(struct sqlite3 *db, struct err *e) MUST_CHECK;

#endif
