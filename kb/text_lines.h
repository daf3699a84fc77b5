/*
 * text_lines.h - the ends of lines, and what stands at the end of a text.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_TEXT_LINES_H
#define KBD_TEXT_LINES_H

#include "common/slice.h"

struct arena;

/* The line end that a text uses first: "\n", "\r\n" or "\r"; "\n" if none. */
const char *text_line_end(struct slice text);

/* Bytes of the line end at the very end of a text: 0, 1 or 2. */
size_t text_end_length(struct slice text);

/*
 * The text with the line ends that `like` uses, if each of the two uses only
 * one kind; else as it is. A browser sends CRLF for what was LF.
 */
struct slice text_with_line_ends(struct slice text, struct slice like,
    struct arena *a);

/*
 * Where the tail begins: the blank lines at the end and the rule ("---")
 * among them, which separates what follows and must stay last. *has_rule says
 * whether there is one. A rule without a blank line above underlines a
 * heading and is none.
 */
size_t text_tail(struct slice text, bool *has_rule);

/*
 * The line, from 1, that opens a code block which nothing closes; 0 when
 * there is none.
 */
unsigned text_open_fence(struct slice text);

#endif
