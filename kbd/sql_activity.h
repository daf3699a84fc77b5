/*
 * sql_activity.h - the relations kb_stat_activity and kb_roles.
 *
 * Everybody sees who is there; what others asked, and other roles, only an
 * admin.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_SQL_ACTIVITY_H
#define KBD_SQL_ACTIVITY_H

#include "common/err.h"

struct sql_db;

bool sql_activity_register(struct sql_db *db, struct err *e) MUST_CHECK;

#endif
