/*
 * sql_memory.h - how much memory one thread's client SQL may take.
 *
 * SQLite's own limit is for the whole process: it would make the writer fail
 * for a reader's query. These wrappers around its allocator count for each
 * thread; a query past its quota fails with SQLITE_NOMEM, also while it is
 * being prepared, which no progress handler can stop.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_SQL_MEMORY_H
#define KBD_SQL_MEMORY_H

#include <stddef.h>
#include <stdint.h>

#include "common/err.h"

/* Before anything else of SQLite is used; once for the process. */
bool sql_memory_install(struct err *e) MUST_CHECK;

/* From now on this thread may take so many bytes more; 0: any. */
void sql_memory_limit(size_t bytes);

/* What this thread holds: less than 0 when it freed what others took. */
int64_t sql_memory_used(void);

#endif
