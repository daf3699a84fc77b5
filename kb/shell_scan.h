/*
 * shell_scan.h - how far a shell statement goes.
 *
 * Knows quotes, comments, substitutions, heredocs, continuations and compound
 * commands, as far as is needed to say whether a statement is complete at the
 * end of a line. It does not expand or run anything.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_SHELL_SCAN_H
#define KBD_SHELL_SCAN_H

#include "common/slice.h"

#define SHELL_NEST_MAX 64	/* deeper: not understood */
#define SHELL_HEREDOC_MAX 8	/* more pending ones: not understood */

struct shell_scan {
	char nest[SHELL_NEST_MAX];	/* what is open, innermost last */
	size_t depth;
	struct slice heredoc[SHELL_HEREDOC_MAX];	/* words that end them */
	bool heredoc_tabs[SHELL_HEREDOC_MAX];		/* "<<-" */
	size_t nheredoc;
	bool goes_on;		/* the line ended in "|", "&&" or "\" */
	bool is_continued;	/* in "\" */
	bool is_broken;		/* something closed that was not open */
};

#define SHELL_SCAN_INIT ((struct shell_scan){ .depth = 0 })

/* Take one line, without its end. */
void shell_scan_line(struct shell_scan *s, struct slice line);

/* After a line: the statement that it belongs to ends here. */
bool shell_scan_is_complete(const struct shell_scan *s);

#endif
