/*
 * log_input.h - log files and pipes, as blocks of whole lines.
 *
 * One buffer of LOG_BLOCK bytes is all the memory that a file of any size
 * takes. A line that does not fit comes in pieces that overlap, so that a
 * message across a border is seen whole in one of them.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBCTL_LOG_INPUT_H
#define KBCTL_LOG_INPUT_H

#include <stdint.h>
#include <sys/types.h>

#include "common/buf.h"
#include "common/err.h"
#include "common/slice.h"

#define LOG_BLOCK (512u * 1024)
#define LOG_OVERLAP 4096u

struct log_input {
	const char *path;	/* "-" is standard input; borrowed */
	int fd;			/* -1: not open */
	bool follow;
	dev_t dev;
	ino_t ino;
	uint64_t size;		/* of a regular file, else 0 */
	uint64_t done;		/* bytes read of this file */
	uint64_t line;		/* number of the next line, from 1 */
	char *data;		/* owned, LOG_BLOCK bytes */
	size_t len;		/* bytes in data */
	size_t used;		/* of them, that were given out */
	bool in_line;		/* the next piece goes on with a line */
	bool at_end;
	struct buf clean;	/* owned; a block without escapes */
};

/* Lines from a file. */
struct log_block {
	struct slice text;	/* whole lines; the last may lack its LF at
				   the file's end */
	uint64_t line;		/* number of the first */
	bool goes_on;		/* the first line's beginning was in the last
				   block, and it has the same number */
};

bool log_input_open(struct log_input *in, const char *path, bool follow,
    struct err *e) MUST_CHECK;
void log_input_close(struct log_input *in);

enum log_read { LOG_READ_BLOCK, LOG_READ_NOTHING, LOG_READ_END,
	LOG_READ_FAILED };

/*
 * The next block, cleaned of escape sequences; valid until the next call.
 * NOTHING: a followed file has no more for now, or a signal came. A followed
 * file that was replaced or cut begins anew, with line 1.
 */
enum log_read log_input_next(struct log_input *in, struct log_block *out,
    struct err *e);

#endif
