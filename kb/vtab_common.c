/*
 * vtab_common.c - what the table-valued functions have in common.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/vtab_common.h"

int
vtab_fail(sqlite3_vtab *vtab, const struct err *e)
{
	sqlite3_free(vtab->zErrMsg);
	vtab->zErrMsg = sqlite3_mprintf("%s", e->msg);
	return e->code == ERR_CANCELED ? SQLITE_INTERRUPT :
	    e->code == ERR_LIMIT       ? SQLITE_TOOBIG :
					 SQLITE_ERROR;
}

struct slice
vtab_text(sqlite3_value *v)
{
	const void *p = sqlite3_value_text(v);

	return slice_make(p, (size_t)sqlite3_value_bytes(v));
}

void
vtab_result(sqlite3_context *out, struct slice s)
{
	sqlite3_result_text64(out, s.len != 0 ? s.ptr : "", s.len,
	    SQLITE_TRANSIENT, SQLITE_UTF8);
}

int
vtab_arguments(sqlite3_index_info *info, int first, int n)
{
	int at[VTAB_ARGUMENTS_MAX] = { -1, -1, -1, -1 }, i, given = 0;

	for (i = 0; i < info->nConstraint; i++) {
		int column = info->aConstraint[i].iColumn;

		if (column < first || column >= first + n ||
		    info->aConstraint[i].op != SQLITE_INDEX_CONSTRAINT_EQ)
			continue;
		if (!info->aConstraint[i].usable)
			return SQLITE_CONSTRAINT;
		at[column - first] = i;
	}
	for (i = 0; i < n; i++) {
		if (at[i] < 0)
			continue;
		info->aConstraintUsage[at[i]].argvIndex = ++given;
		info->aConstraintUsage[at[i]].omit = 1;
		info->idxNum |= 1 << i;
	}
	return SQLITE_OK;
}
