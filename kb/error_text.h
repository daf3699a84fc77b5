/*
 * error_text.h - which lines of a text are error messages worth knowing.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_ERROR_TEXT_H
#define KBD_ERROR_TEXT_H

#include "common/slice.h"

struct arena;

/* Shorter lines say too little, longer ones are cut. */
#define ERROR_TEXT_MIN 8
#define ERROR_TEXT_MAX 500

/*
 * Whether a line looks like an error: Error, Exception, FATAL, denied,
 * failed, refused, not found, 错误, 失败, E1054, errno and the like.
 */
bool error_text_is_error(struct slice line);

enum error_context {
	ERROR_IN_SYMPTOM,	/* the block shows the problem: every line */
	ERROR_ANYWHERE		/* only lines that look like errors */
};

/*
 * The next error text of a block; false at the end. *rest moves behind it.
 * Blank lines, prompts, comments, "..." and stack frames are no errors; of a
 * traceback only the last line counts. The result is a trimmed view.
 */
bool error_text_next(struct slice *rest, enum error_context where,
    struct slice *out);

/* The same rules for one piece of text, such as a code span. */
bool error_text_one(struct slice text, enum error_context where,
    struct slice *out);

/*
 * An error text that is a heading or part of one: "Error: ...", "connect to
 * 10.0.0.1 failed", "报错 packet for query is too large".
 */
bool error_text_in_heading(struct slice heading, struct slice *out);

/*
 * The error texts of a list item that is nothing but errors, as FAQs have
 * them: "KeyError: ..." or texts in double quotes. Returns how many of the
 * max were found.
 */
size_t error_text_in_item(struct slice item, struct slice *out, size_t max);

/*
 * The clause of a symptom that says what is wrong with a named thing: of
 * "文件名错误，`file_type` 为空" and "file_type" it is "file_type 为空". The
 * arena owns *out.
 */
bool error_text_clause(struct slice sentence, struct slice name,
    struct arena *a, struct slice *out);

/*
 * An error text in running words, such as a code span: ASCII, looks like an
 * error, and at least three words.
 */
bool error_text_mention(struct slice text, struct slice *out);

/*
 * The next run of ASCII words in a Chinese heading that is about an error,
 * by its own words or by those of the run; false at the end. *rest moves behind
 * it and is the heading at first.
 */
bool error_text_next_run(struct slice heading, struct slice *rest,
    struct slice *out);

#endif
