/*
 * vtab_match.h - the table-valued function match(line).
 *
 *   SELECT entry_id, signature, captures, confidence FROM match('ERROR ...')
 *
 * A row for each signature that the line has, best first; several lines are
 * taken one by one, as in a pasted piece of a log.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_VTAB_MATCH_H
#define KBD_VTAB_MATCH_H

#include "common/err.h"

struct sqlite3;

bool vtab_match_register(struct sqlite3 *db, struct err *e) MUST_CHECK;

#endif
