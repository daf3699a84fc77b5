/*
 * draft.h - the file that an editor shows: a block that is not saved, then
 * the text. Pure.
 *
 *	<!-- kbctl: this block is not saved.
 *
 *	  refused: line 12: a password; write <password> instead
 *
 *	  entry: 12-cpu-100-占用 of InterviewPro
 *	  version: 3
 *	  message: why
 *	-->
 *
 *	### the text
 *
 * The block is a comment of Markdown, so that "#" stays a heading.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBCTL_DRAFT_H
#define KBCTL_DRAFT_H

#include <stdint.h>

#include "common/slice.h"

struct buf;

/* One line of the block that says why the text came back. */
struct draft_reason {
	size_t line;		/* of the text, from 1; 0: none */
	const char *text;
};

struct draft_head {
	const char *what;	/* "entry: 12-cpu-100-占用 of InterviewPro" */
	int64_t version;	/* that the text was made from; 0: none */
	struct slice document;	/* where a new entry goes; "" if it is old */
	struct slice message;
	const struct draft_reason *reasons;
	size_t nreasons;
};

/* Append the block; lines of reasons are counted from the file's start. */
void draft_put_head(const struct draft_head *head, struct buf *out);

/* What a file says: its block's answers, and the text below. */
struct draft {
	bool has_head;
	int64_t version;	/* 0: none */
	struct slice document;
	struct slice message;
	struct slice body;
};

/* Everything in *out is a view of `file`. A file may have no block. */
void draft_read(struct slice file, struct draft *out);

/*
 * The text without what nobody filled in: hints of the template it began
 * with, labels with nothing behind them, empty fences, empty items. Appended
 * to *out, with one line end last.
 */
void draft_clean(struct slice body, struct slice template_text,
    struct buf *out);

/* Whether the text still is what it was before the editor. */
bool draft_is_same(struct slice before, struct slice after);

#endif
