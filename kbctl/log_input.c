/*
 * log_input.c - log files and pipes, as blocks of whole lines; log_input.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbctl/log_input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/mem.h"
#include "kb/log_text.h"

static bool
open_fd(struct log_input *in, struct err *e)
{
	struct stat st;

	in->fd = strcmp(in->path, "-") == 0 ? STDIN_FILENO :
	    open(in->path, O_RDONLY | O_CLOEXEC);
	if (in->fd < 0 || fstat(in->fd, &st) != 0)
		return err_errno(e, "could not open \"%s\"", in->path);
	if (S_ISDIR(st.st_mode))
		return err_set(e, ERR_INVALID, "\"%s\" is a directory",
		    in->path);
	in->dev = st.st_dev;
	in->ino = st.st_ino;
	in->size = S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
	return true;
}

static void
begin_file(struct log_input *in)
{
	in->done = in->len = in->used = 0;
	in->line = 1;
	in->in_line = in->at_end = false;
}

bool
log_input_open(struct log_input *in, const char *path, bool follow,
    struct err *e)
{
	*in = (struct log_input){ .path = path, .fd = -1, .follow = follow };
	begin_file(in);
	if (!open_fd(in, e)) {
		log_input_close(in);
		return false;
	}
	in->data = mem_alloc(LOG_BLOCK);
	return true;
}

void
log_input_close(struct log_input *in)
{
	if (in->fd > STDIN_FILENO)
		close(in->fd);
	in->fd = -1;
	free(in->data);
	in->data = NULL;
	buf_free(&in->clean);
}

/* What was given out makes room, but for the overlap of a long line. */
static void
make_room(struct log_input *in)
{
	size_t keep = in->len - in->used;

	memmove(in->data, in->data + in->used, keep);
	in->len = keep;
	in->used = 0;
}

static enum log_read
fill(struct log_input *in, struct err *e)
{
	ssize_t n;

	if (in->at_end)
		return LOG_READ_END;
	n = read(in->fd, in->data + in->len, LOG_BLOCK - in->len);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return LOG_READ_NOTHING;
	if (n < 0) {
		err_errno(e, "could not read \"%s\"", in->path);
		return LOG_READ_FAILED;
	}
	if (n == 0) {
		in->at_end = !in->follow || in->fd == STDIN_FILENO;
		return in->at_end ? LOG_READ_END : LOG_READ_NOTHING;
	}
	in->len += (size_t)n;
	in->done += (uint64_t)n;
	return LOG_READ_BLOCK;
}

/*
 * The file of that name is another one now, or shorter than what was read: a
 * rotation or a truncation.
 */
static bool
has_changed(const struct log_input *in)
{
	struct stat st;

	if (!in->follow || in->fd == STDIN_FILENO ||
	    stat(in->path, &st) != 0)
		return false;	/* gone for a moment: it will be back */
	return st.st_dev != in->dev || st.st_ino != in->ino ||
	    (S_ISREG(st.st_mode) && (uint64_t)st.st_size < in->done);
}

static bool
begin_anew(struct log_input *in)
{
	int old = in->fd;
	struct err e;

	if (!open_fd(in, &e)) {
		if (in->fd >= 0)
			close(in->fd);
		in->fd = old;
		return false;
	}
	close(old);
	begin_file(in);
	return true;
}

/*
 * Bytes of whole lines in the buffer. A line that fills the buffer, and the
 * last one of a file, need no LF.
 */
static size_t
whole_lines(const struct log_input *in, bool full)
{
	const char *lf = in->len == 0 ? NULL :
	    memrchr(in->data, '\n', in->len);

	if (lf != NULL)
		return (size_t)(lf - in->data) + 1;
	return in->at_end || full ? in->len : 0;
}

static uint64_t
count_lines(struct slice text)
{
	const char *p = text.ptr, *end = text.ptr + text.len;
	uint64_t n = 0;

	while (p < end && (p = memchr(p, '\n', (size_t)(end - p))) != NULL) {
		n++;
		p++;
	}
	return n;
}

static void
give(struct log_input *in, size_t n, struct log_block *out)
{
	struct slice text = slice_make(in->data, n);
	bool whole = n != 0 && in->data[n - 1] == '\n';

	out->line = in->line;
	out->goes_on = in->in_line;
	in->line += count_lines(text);
	in->used = n;
	in->in_line = !whole && !in->at_end;
	if (in->in_line && n > LOG_OVERLAP)
		in->used = n - LOG_OVERLAP;
	out->text = text;
	if (log_needs_clean(text)) {
		buf_reset(&in->clean);
		log_clean(text, &in->clean);
		out->text = buf_slice(&in->clean);
	}
}

enum log_read
log_input_next(struct log_input *in, struct log_block *out, struct err *e)
{
	bool changed, full;
	enum log_read r;
	size_t n;

	make_room(in);
	for (;;) {
		r = fill(in, e);
		if (r == LOG_READ_FAILED)
			return r;
		changed = r == LOG_READ_NOTHING && has_changed(in);
		full = in->len == LOG_BLOCK;
		n = changed ? in->len : whole_lines(in, full);
		if (n != 0 && (r != LOG_READ_NOTHING || changed || full)) {
			give(in, n, out);
			return LOG_READ_BLOCK;
		}
		if (r == LOG_READ_END)
			return r;
		if (r == LOG_READ_NOTHING && !(changed && begin_anew(in)))
			return r;
	}
}
