/*
 * audit.c - a log of who came in and who changed what; see audit.h.
 *
 * Writers put lines into a buffer under a lock; the thread swaps it with an
 * empty one and appends it to the file with one write(). The file is opened
 * anew each time, so that it may be moved away. Logins alone are not flushed
 * to the disk: that would compete with the changes that are.
 *
 * Invariants:
 *   (1) A line is written whole or not at all, as far as write() is.
 *   (2) What others typed is in a line only cut and without control
 *       characters: it can add neither a field nor a line.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/audit.h"
#include "common/arena.h"
#include "common/buf.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/mem.h"
#include "common/str.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define STACK_BYTES (256 * 1024)
#define FIELDS 6
#define FIELD_MAX 200

static const char *const names[] = {
	[AUDIT_LOGIN] = "login",
	[AUDIT_LOGIN_REFUSED] = "login refused",
	[AUDIT_ROLE_CREATED] = "role created",
	[AUDIT_ROLE_CHANGED] = "role changed",
	[AUDIT_ROLE_DROPPED] = "role dropped",
	[AUDIT_ROLE_REFUSED] = "role change refused",
	[AUDIT_WRITE_REFUSED] = "write refused",
	[AUDIT_SECRET_STORED] = "secret stored",
	[AUDIT_PURGE] = "purge",
	[AUDIT_BACKUP] = "backup",
	[AUDIT_LOST] = "lost",
};

struct audit {
	char *path, *old_path;		/* owned */
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake, written;
	struct buf waiting;		/* under the lock, as all below */
	unsigned events;		/* in waiting */
	unsigned lost;
	bool wants_sync;		/* more than logins wait */
	bool is_busy;			/* the thread has lines in hand */
	bool stopping;
};

/* ---- lines ---- */

static void
put_field(struct buf *b, struct slice s)
{
	size_t i;

	s = slice_sub(s, 0, utf8_cut(s, FIELD_MAX));
	buf_putc(b, '\t');
	for (i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.ptr[i];

		buf_putc(b, c < 0x20 || c == 0x7f ? ' ' : (char)c);
	}
}

static void
put_line(struct buf *b, enum audit_event event, const char *role,
    const char *address, struct slice object, struct slice detail)
{
	char now[CLOCK_TEXT_SIZE];

	clock_now(now);
	buf_puts(b, now);
	put_field(b, slice_of(names[event]));
	put_field(b, slice_of(role));
	put_field(b, slice_of(address));
	put_field(b, object);
	put_field(b, detail);
	buf_putc(b, '\n');
}

void
audit_note(struct audit *a, enum audit_event event, const char *role,
    const char *address, struct slice object, struct slice detail)
{
	if (a == NULL)
		return;
	pthread_mutex_lock(&a->lock);
	if (a->events < AUDIT_QUEUE_MAX) {
		put_line(&a->waiting, event, role, address, object, detail);
		a->events++;
		a->wants_sync |= event > AUDIT_LOGIN_REFUSED;
		pthread_cond_signal(&a->wake);
	} else {
		a->lost++;
	}
	pthread_mutex_unlock(&a->lock);
}

/* ---- the file ---- */

static void
rotate(const struct audit *a)
{
	struct stat st;

	if (stat(a->path, &st) == 0 && st.st_size > AUDIT_FILE_MAX)
		(void)rename(a->path, a->old_path);
}

static bool
append(const struct audit *a, struct slice lines, bool sync, struct err *e)
{
	int fd;
	bool ok = true;

	rotate(a);
	fd = open(a->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC |
	    O_NOFOLLOW, 0600);
	if (fd < 0)
		return err_errno(e, "could not open \"%s\"", a->path);
	while (ok && lines.len != 0) {
		ssize_t n = write(fd, lines.ptr, lines.len);

		if (n < 0 && errno == EINTR)
			continue;
		ok = n >= 0;
		if (ok)
			lines = slice_sub(lines, (size_t)n, lines.len);
	}
	ok = ok && (!sync || fdatasync(fd) == 0);
	if (!ok)
		err_errno(e, "could not write \"%s\"", a->path);
	close(fd);
	return ok;
}

static void
write_lines(const struct audit *a, struct buf *lines, unsigned lost,
    bool sync)
{
	struct err e = ERR_INIT;
	char count[40];

	if (lost != 0) {
		snprintf(count, sizeof(count), "%u events", lost);
		put_line(lines, AUDIT_LOST, "", "", SLICE(""),
		    slice_of(count));
	}
	if (!append(a, buf_slice(lines), sync, &e))
		log_err(LOG_LEVEL_ERROR, &e);
}

static void *
work(void *arg)
{
	struct audit *a = arg;
	struct buf lines;
	unsigned lost;
	bool sync;

	log_set_context("audit");
	pthread_mutex_lock(&a->lock);
	while (a->events != 0 || !a->stopping) {
		if (a->events == 0) {
			pthread_cond_wait(&a->wake, &a->lock);
			continue;
		}
		lines = a->waiting;
		lost = a->lost;
		sync = a->wants_sync;
		a->waiting = BUF_INIT;
		a->events = a->lost = 0;
		a->wants_sync = false;
		a->is_busy = true;
		pthread_mutex_unlock(&a->lock);
		write_lines(a, &lines, lost, sync);
		buf_free(&lines);
		pthread_mutex_lock(&a->lock);
		a->is_busy = false;
		pthread_cond_broadcast(&a->written);
	}
	pthread_mutex_unlock(&a->lock);
	return NULL;
}

/* ---- life ---- */

static char *
path_in(const char *folder, const char *name)
{
	struct buf b = BUF_INIT;
	char *path;

	buf_printf(&b, "%s/%s", folder, name);
	path = mem_strdup(buf_cstr(&b));
	buf_free(&b);
	return path;
}

static void
destroy(struct audit *a)
{
	pthread_cond_destroy(&a->wake);
	pthread_cond_destroy(&a->written);
	pthread_mutex_destroy(&a->lock);
	buf_free(&a->waiting);
	free(a->path);
	free(a->old_path);
	free(a);
}

static bool
start_thread(struct audit *a, struct err *e)
{
	pthread_attr_t attr;
	int rc;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	rc = pthread_create(&a->thread, &attr, work, a);
	pthread_attr_destroy(&attr);
	return rc == 0 || err_set(e, ERR_SYSTEM, "could not start a thread");
}

bool
audit_start(const char *folder, struct audit **out, struct err *e)
{
	struct audit *a = mem_zalloc(sizeof(*a));

	a->path = path_in(folder, "audit.log");
	a->old_path = path_in(folder, "audit.log.1");
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->wake, NULL);
	pthread_cond_init(&a->written, NULL);
	if ((mkdir(folder, 0700) != 0 && errno != EEXIST &&
	    !err_errno(e, "could not create \"%s\"", folder)) ||
	    !append(a, SLICE(""), false, e) || !start_thread(a, e)) {
		destroy(a);
		return false;
	}
	*out = a;
	return true;
}

void
audit_stop(struct audit *a)
{
	if (a == NULL)
		return;
	pthread_mutex_lock(&a->lock);
	a->stopping = true;
	pthread_cond_signal(&a->wake);
	pthread_mutex_unlock(&a->lock);
	pthread_join(a->thread, NULL);
	destroy(a);
}

/* ---- reading ---- */

/* Append the last `max` bytes of a file, from the start of a line on. */
static bool
read_tail(const char *path, size_t max, struct buf *out, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat st;
	size_t start = out->len;
	off_t from = 0;
	ssize_t n = 0;

	if (fd < 0)
		return errno == ENOENT ||
		    err_errno(e, "could not open \"%s\"", path);
	if (fstat(fd, &st) == 0 && st.st_size > (off_t)max)
		from = st.st_size - (off_t)max;
	do {
		char *room = buf_reserve(out, 65536);

		n = pread(fd, room, 65536, from);
		out->len -= 65536 - (n > 0 ? (size_t)n : 0);
		from += n > 0 ? n : 0;
	} while (n > 0);
	if (n < 0) {
		out->len = start;
		err_errno(e, "could not read \"%s\"", path);
	}
	close(fd);
	return n >= 0;
}

static bool
split_line(struct slice line, struct audit_row *out)
{
	struct slice *fields[FIELDS] = { &out->at, &out->event, &out->role,
		&out->address, &out->object, &out->detail };
	size_t i;

	for (i = 0; i < FIELDS; i++)
		if (!str_split(&line, '\t', fields[i]))
			return false;
	/* a line whose start was cut off has no whole time */
	return line.ptr == NULL && out->at.len == CLOCK_TEXT_SIZE - 1;
}

static void
split_lines(struct slice text, struct arena *arena, struct audit_list *out)
{
	struct slice line;
	size_t cap = 0;

	while (str_split(&text, '\n', &line)) {
		struct audit_row row;

		if (!split_line(line, &row))
			continue;
		out->rows = arena_grow(arena, out->rows, out->n, &cap,
		    sizeof(*out->rows));
		out->rows[out->n++] = row;
	}
}

bool
audit_read(struct audit *a, struct arena *arena, struct audit_list *out,
    struct err *e)
{
	struct buf b = BUF_INIT;
	struct stat st;
	bool ok = true;

	*out = (struct audit_list){ NULL, 0 };
	pthread_mutex_lock(&a->lock);
	while (a->events != 0 || a->is_busy)
		pthread_cond_wait(&a->written, &a->lock);
	pthread_mutex_unlock(&a->lock);
	if (stat(a->path, &st) != 0 || st.st_size < AUDIT_SHOWN_MAX)
		ok = read_tail(a->old_path, AUDIT_SHOWN_MAX, &b, e);
	buf_putc(&b, '\n');	/* were its last line cut short */
	ok = ok && read_tail(a->path, AUDIT_SHOWN_MAX, &b, e);
	if (ok)
		split_lines(arena_dup(arena, buf_slice(&b)), arena, out);
	buf_free(&b);
	return ok;
}
