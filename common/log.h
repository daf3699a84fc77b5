/*
 * log.h - one line per event, with time, level and who.
 *
 *   2026-11-23 21:43:00.123Z info [412] conn=17 role=ann: connected
 *
 * Text that came from outside is escaped, so that a line stays a line.
 * No passwords and no bound values are ever logged. Safe from any thread.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_LOG_H
#define KBD_LOG_H

#include "common/err.h"

enum log_level {
	LOG_LEVEL_ERROR,	/* someone must act */
	LOG_LEVEL_WARNING,	/* odd but handled */
	LOG_LEVEL_INFO,		/* life of the service */
	LOG_LEVEL_DEBUG		/* ours */
};

/* "error", "warning", "info", "debug"; false when it is none of them. */
bool log_level_parse(struct slice name, enum log_level *out);

/* Lines above this level are dropped. The default is LOG_LEVEL_INFO. */
void log_set_level(enum log_level level);

/*
 * Append to this file instead of standard error; NULL goes back to it. The
 * file stays open until the next call; log_reopen() opens the same path
 * again, after a rotation.
 */
bool log_open(const char *path, struct err *e) MUST_CHECK;
bool log_reopen(struct err *e) MUST_CHECK;

/* A prefix for this thread's lines, such as "conn=17 role=ann"; copied. */
void log_set_context(const char *context);

/* The same for a while, borrowed: goes before it until NULL takes it away. */
void log_lend_context(const char *context);

#define LOG_CONTEXT_MAX 96	/* bytes of it, with its NUL */

void log_error(const char *fmt, ...) PRINTF_LIKE(1, 2);
void log_warning(const char *fmt, ...) PRINTF_LIKE(1, 2);
void log_info(const char *fmt, ...) PRINTF_LIKE(1, 2);
void log_debug(const char *fmt, ...) PRINTF_LIKE(1, 2);

/* Message, detail and hint of e in one line. */
void log_err(enum log_level level, const struct err *e);

#endif
