/*
 * log_text.h - lines of logs: made plain, and without what a logger puts
 * before the message.
 *
 * Logs come from anywhere: colours, NULs, any encoding. Nothing here fails and
 * nothing needs UTF-8.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_LOG_TEXT_H
#define KBD_LOG_TEXT_H

#include "common/slice.h"

struct buf;

/* Whether log_clean() would change the text; quick. */
bool log_needs_clean(struct slice text);

/*
 * Append the text to *out without escape sequences (ANSI colours, titles) and
 * with a blank for each NUL, backspace and other control; \uXXXX, as JSON
 * writers put it, becomes the character. Line ends stay, so lines keep their
 * numbers. The result is never longer. A sequence that is cut off at the end
 * is dropped.
 */
void log_clean(struct slice text, struct buf *out);

/*
 * A line without what stands before its message: the service name of "docker
 * compose logs", syslog's host, time, level, process, thread, source file.
 * The rest is never empty unless the line was. A view of the line.
 */
struct slice log_message(struct slice line);

/* "INFO", "[debug]", "level=info" before the message: no error is told. */
bool log_is_informational(struct slice line);

/* "ERROR", "fatal:", "E0411 ..." before the message; a warning is none. */
bool log_is_alarm(struct slice line);

#endif
