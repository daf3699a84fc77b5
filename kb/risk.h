/*
 * risk.h - what running a command may do.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_RISK_H
#define KBD_RISK_H

#include "common/slice.h"
#include "kb/entry.h"

/*
 * The worst of all commands in a shell text, by content/programs.tsv. A
 * program that is not known may change things; so does writing to a file.
 */
enum command_risk risk_of_shell(struct slice text);

/* The worst of all SQL statements in a text. */
enum command_risk risk_of_sql(struct slice text);

#endif
