/*
 * report.h - what kbctl says on standard error.
 *
 *   kbctl: what went wrong
 *   DETAIL:  where
 *   HINT:  what to do
 *
 * Everything passes visible.h, since messages quote text from anybody.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBCTL_REPORT_H
#define KBCTL_REPORT_H

#include "kbctl/exits.h"

/* "kbctl: " and one line; dropped when -q was given. */
void report_note(const char *fmt, ...) PRINTF_LIKE(1, 2);
void report_set_quiet(bool quiet);

/* "kbctl: " and one line. */
void report_error(const char *fmt, ...) PRINTF_LIKE(1, 2);

/* "DETAIL:  " or "HINT:  " and text that may have several lines. */
void report_detail(struct slice text);
void report_hint(const char *fmt, ...) PRINTF_LIKE(1, 2);

/* Message, detail and hint of e; returns its exit code. */
enum exit_code report_err(const struct err *e);

#endif
