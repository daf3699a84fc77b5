/*
 * vtab_common.h - what the table-valued functions have in common.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_VTAB_COMMON_H
#define KBD_VTAB_COMMON_H

#include <sqlite3.h>

#include "common/err.h"
#include "common/slice.h"

/* Leave the error for the statement; the code to return to SQLite. */
int vtab_fail(sqlite3_vtab *vtab, const struct err *e);

/* An argument as text: borrowed until the call returns; NULL has no ptr. */
struct slice vtab_text(sqlite3_value *v);

/* Give a text, which is copied; no ptr is the empty text. */
void vtab_result(sqlite3_context *out, struct slice s);

/*
 * For xBestIndex: take equality with the n hidden columns from `first` on as
 * arguments, in that order; bit i of idxNum says that the i-th is given. A
 * plan that cannot have one yet is refused (SQLITE_CONSTRAINT), so that SQLite
 * finds another order. At most VTAB_ARGUMENTS_MAX.
 */
#define VTAB_ARGUMENTS_MAX 4
int vtab_arguments(sqlite3_index_info *info, int first, int n);

#endif
