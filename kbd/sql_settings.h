/*
 * sql_settings.h - pg_settings: what is set, and where.
 *
 * An eponymous virtual table over the table of settings.c and the session's
 * parameters of pg_guc.c.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_SQL_SETTINGS_H
#define KBD_SQL_SETTINGS_H

#include "common/err.h"
#include "common/slice.h"

struct sql_db;

bool sql_settings_register(struct sql_db *db, struct err *e) MUST_CHECK;

#endif
