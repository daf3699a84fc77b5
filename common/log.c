/*
 * log.c - one line per event; see log.h.
 *
 * A line is built in a fixed buffer and leaves by one write(2), so that
 * lines of several threads do not mix.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "common/log.h"
#include "common/str.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define LINE_MAX_BYTES 2048

static const char *const level_names[] = { "error", "warning", "info",
	"debug" };

static _Atomic int max_level = LOG_LEVEL_INFO;
static pthread_mutex_t file_lock = PTHREAD_MUTEX_INITIALIZER;
static int file_fd = STDERR_FILENO;	/* guarded by file_lock */
static char file_path[4096];		/* the same; "" is standard error */
static _Thread_local char context[LOG_CONTEXT_MAX];
static _Thread_local const char *lent_context;	/* goes before it */

bool
log_level_parse(struct slice name, enum log_level *out)
{
	size_t i;

	for (i = 0; i < ARRAY_LEN(level_names); i++) {
		if (slice_is(name, level_names[i])) {
			*out = (enum log_level)i;
			return true;
		}
	}
	return false;
}

void
log_set_level(enum log_level level)
{
	max_level = (int)level;
}

void
log_set_context(const char *text)
{
	snprintf(context, sizeof(context), "%s", text != NULL ? text : "");
}

void
log_lend_context(const char *text)
{
	lent_context = text;
}

bool
log_open(const char *path, struct err *e)
{
	int fd = STDERR_FILENO;

	if (path != NULL) {
		fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
		    0600);
		if (fd < 0)
			return err_errno(e, "could not open log file \"%s\"",
			    path);
	}
	pthread_mutex_lock(&file_lock);
	if (file_fd != STDERR_FILENO)
		close(file_fd);
	file_fd = fd;
	if (path != file_path)
		snprintf(file_path, sizeof(file_path), "%s",
		    path != NULL ? path : "");
	pthread_mutex_unlock(&file_lock);
	return true;
}

bool
log_reopen(struct err *e)
{
	return file_path[0] == '\0' || log_open(file_path, e);
}

/* Control characters and ill-formed bytes as \xNN; the rest as it is. */
static size_t
escape(char *out, size_t size, const char *text)
{
	struct slice s = slice_of(text);
	size_t at = 0, next, n = 0;

	for (; at < s.len && n + 5 < size; at = next) {
		int32_t cp = utf8_decode(s, at, &next);

		if (cp < 0x20 || cp == 0x7f || (cp >= 0x80 && cp < 0xa0)) {
			n += (size_t)snprintf(out + n, size - n, "\\x%02x",
			    (unsigned char)s.ptr[at]);
			next = at + 1;
		} else {
			memcpy(out + n, s.ptr + at, next - at);
			n += next - at;
		}
	}
	return n;
}

static void write_line(enum log_level level, const char *fmt, va_list ap)
    PRINTF_LIKE(2, 0);

static void
write_line(enum log_level level, const char *fmt, va_list ap)
{
	char raw[LINE_MAX_BYTES], line[LINE_MAX_BYTES + 256];
	const char *about = lent_context != NULL ? lent_context : context;
	struct timespec now;
	struct tm tm;
	size_t n;
	ssize_t done;

	if ((int)level > max_level)
		return;
	vsnprintf(raw, sizeof(raw), fmt, ap);
	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	n = strftime(line, 32, "%Y-%m-%d %H:%M:%S", &tm);
	n += (size_t)snprintf(line + n, 256, ".%03ldZ %s [%ld] %s%s",
	    now.tv_nsec / 1000000, level_names[level], (long)getpid(), about,
	    about[0] != '\0' ? ": " : "");
	n += escape(line + n, sizeof(line) - n - 1, raw);
	line[n++] = '\n';
	pthread_mutex_lock(&file_lock);
	do {
		done = write(file_fd, line, n);
	} while (done < 0 && errno == EINTR);
	pthread_mutex_unlock(&file_lock);
}

#define DEFINE_LOG(name, level)			\
	void					\
	name(const char *fmt, ...)		\
	{					\
		va_list ap;			\
						\
		va_start(ap, fmt);		\
		write_line(level, fmt, ap);	\
		va_end(ap);			\
	}

DEFINE_LOG(log_error, LOG_LEVEL_ERROR)
DEFINE_LOG(log_warning, LOG_LEVEL_WARNING)
DEFINE_LOG(log_info, LOG_LEVEL_INFO)
DEFINE_LOG(log_debug, LOG_LEVEL_DEBUG)

static void log_at(enum log_level level, const char *fmt, ...)
    PRINTF_LIKE(2, 3);

static void
log_at(enum log_level level, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	write_line(level, fmt, ap);
	va_end(ap);
}

void
log_err(enum log_level level, const struct err *e)
{
	log_at(level, "%s%s%s%s%s", e->msg, e->detail[0] != '\0' ? "; " : "",
	    e->detail, e->hint[0] != '\0' ? "; hint: " : "", e->hint);
}
