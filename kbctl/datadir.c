/*
 * datadir.c - a data directory and its server; see datadir.h.
 *
 * That a server runs is known by its lock on kbd.pid, not by the number in
 * the file: numbers are used again.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbctl/datadir.h"
#include "common/buf.h"
#include "common/clock.h"
#include "common/str.h"
#include "kbctl/client.h"
#include "kbctl/environ.h"
#include "kbctl/exits.h"
#include "kbctl/files.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define WAIT_MS 60000
#define POLL_US 50000
#define LOG_NAME "log/kbd.log"

static bool
is_data_directory(const char *dir)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/kbd.conf", dir);
	return access(path, F_OK) == 0;
}

bool
datadir_find(struct setup *setup, const char **dir, struct err *e)
{
	const char *dirs[2];
	size_t i;

	*dir = setup->data;
	if (*dir != NULL) {
		char *full = realpath(*dir, NULL);

		if (full != NULL)
			*dir = arena_cstr(&setup->arena, slice_of(full));
		free(full);
		if (is_data_directory(*dir))
			return true;
		err_set(e, ERR_INVALID, "\"%s\" is no data directory", *dir);
		return err_hint(e, "kbd init -D %s makes one.", *dir);
	}
	setup_default_dirs(&setup->arena, dirs);
	for (i = 0; i < ARRAY_LEN(dirs); i++) {
		if (dirs[i] != NULL && is_data_directory(dirs[i])) {
			*dir = dirs[i];
			return true;
		}
	}
	err_set(e, ERR_INVALID, "there is no data directory in \"%s\"%s%s%s",
	    dirs[0], dirs[1] != NULL ? " or \"" : "",
	    dirs[1] != NULL ? dirs[1] : "", dirs[1] != NULL ? "\"" : "");
	return err_hint(e, "kbd init -D DIR makes one; kbctl -D DIR names "
	    "another.");
}

/* Whether somebody holds a lock on the open file, of either kind. */
static bool
is_locked(int fd)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK)
		return true;
	if (flock(fd, LOCK_SH | LOCK_NB) == 0) {
		flock(fd, LOCK_UN);
		return false;
	}
	return errno == EWOULDBLOCK;
}

/* The number in kbd.pid while its lock is held, else 0; -1: not readable. */
static pid_t
locked_pid(const char *dir)
{
	char path[4096], text[32];
	struct slice rest, line;
	int64_t pid = 0;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s/kbd.pid", dir);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == EACCES ? -1 : 0;
	n = read(fd, text, sizeof(text));
	rest = slice_make(text, n > 0 ? (size_t)n : 0);
	if (!str_line(&rest, &line, NULL) ||
	    !str_int(str_trim(line), 1, INT32_MAX, &pid) || !is_locked(fd))
		pid = 0;
	close(fd);
	return (pid_t)pid;
}

static enum ping
ping(struct setup *setup, const char *dir)
{
	unsigned host;

	setup_use_data(setup, dir);
	return client_ping(setup, &host);
}

enum datadir_state
datadir_state(struct setup *setup, const char *dir, pid_t *pid)
{
	*pid = locked_pid(dir);
	if (*pid > 0)
		return DATADIR_RUNNING;
	if (*pid == 0)
		return DATADIR_STOPPED;
	*pid = 0;
	return ping(setup, dir) < PING_NO_ANSWER ? DATADIR_RUNNING :
	    DATADIR_STOPPED;
}

static bool
is_program(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	    access(path, X_OK) == 0;
}

/* kbd beside kbctl, in the sbin next to its bin, in a build tree, in PATH. */
static bool
find_kbd(struct arena *a, const char **out, struct err *e)
{
	static const char *const near[] = { "kbd", "../sbin/kbd",
		"../kbd/kbd" };
	struct slice dirs = slice_of(environ_get("PATH")), dir;
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	size_t i;

	while (n > 0 && self[n - 1] != '/')
		n--;
	for (i = 0; n > 0 && i < ARRAY_LEN(near); i++) {
		*out = arena_printf(a, "%.*s%s", (int)n, self, near[i]).ptr;
		if (is_program(*out))
			return true;
	}
	while (str_split(&dirs, ':', &dir)) {
		*out = arena_printf(a, "%.*s/kbd", SLICE_ARG(dir)).ptr;
		if (is_program(*out))
			return true;
	}
	return err_set(e, ERR_SYSTEM, "could not find the program kbd beside "
	    "kbctl or in PATH");
}

/*
 * Open the log for what kbd says on its standard output and error. Root does
 * so as the directory's owner: a link planted there leads nowhere new.
 */
static int
open_log(const char *dir)
{
	char path[4096];
	struct stat st;
	bool as_owner = geteuid() == 0 && stat(dir, &st) == 0 &&
	    st.st_uid != 0;
	int fd;

	if (as_owner && (setegid(st.st_gid) != 0 || seteuid(st.st_uid) != 0))
		return -1;
	snprintf(path, sizeof(path), "%s/log", dir);
	(void)mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/" LOG_NAME, dir);
	fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC,
	    0600);
	if (as_owner && (seteuid(0) != 0 || setegid(0) != 0))
		_exit(EXIT_FAILED);
	return fd;
}

/* In the child: become kbd. */
static void
exec_kbd(const char *program, const char *dir, int log)
{
	const char *argv[] = { program, "-D", dir, NULL };
	int null = open("/dev/null", O_RDONLY);

	setsid();
	dup2(null, STDIN_FILENO);
	dup2(log, STDOUT_FILENO);
	dup2(log, STDERR_FILENO);
	signal(SIGINT, SIG_DFL);
	execve(program, (char *const *)argv, environ_original());
	dprintf(STDERR_FILENO, "could not run %s: %s\n", program,
	    strerror(errno));
	_exit(127);
}

/* What was logged since `from`: why kbd did not start. */
static void
quote_log(int log, off_t from, struct err *e)
{
	char text[400];
	ssize_t n = pread(log, text, sizeof(text), from);
	struct slice s = slice_make(text, n > 0 ? (size_t)n : 0);

	s = str_trim(slice_sub(s, 0, utf8_cut(s, sizeof(text) - 4)));
	if (s.len != 0)
		err_detail(e, "%.*s", SLICE_ARG(s));
}

static bool
wait_ready(struct setup *setup, const char *dir, pid_t pid, struct err *e)
{
	int64_t deadline = clock_ms() + WAIT_MS;
	int status;

	while (clock_ms() < deadline) {
		if (waitpid(pid, &status, WNOHANG) == pid)
			return err_set(e, ERR_SYSTEM, "kbd did not start");
		if (locked_pid(dir) != 0 && ping(setup, dir) == PING_OK)
			return true;
		usleep(POLL_US);
	}
	return err_set(e, ERR_SYSTEM, "kbd was started, but takes no "
	    "connections after %d s", WAIT_MS / 1000);
}

bool
datadir_start(struct setup *setup, const char *dir, pid_t *pid,
    struct err *e)
{
	const char *program;
	off_t from;
	int log;
	bool ok;

	if (!find_kbd(&setup->arena, &program, e))
		return false;
	log = open_log(dir);
	if (log < 0)
		return err_errno(e, "could not open \"%s/" LOG_NAME "\"", dir);
	from = lseek(log, 0, SEEK_END);
	*pid = fork();
	if (*pid == 0)
		exec_kbd(program, dir, log);
	ok = *pid > 0 ? wait_ready(setup, dir, *pid, e) :
	    err_errno(e, "could not make a process");
	if (!ok) {
		quote_log(log, from, e);
		err_hint(e, "The whole log is %s/" LOG_NAME ".", dir);
	}
	close(log);
	return ok;
}

bool
datadir_signal(struct setup *setup, const char *dir, int sig, pid_t *pid,
    struct err *e)
{
	if (datadir_state(setup, dir, pid) == DATADIR_STOPPED) {
		err_set(e, ERR_SYSTEM, "no server runs on \"%s\"", dir);
		memcpy(e->sqlstate, SQLSTATE_NO_SERVER, 6);
		return false;
	}
	if (*pid == 0 || (kill(*pid, sig) != 0 && errno == EPERM)) {
		err_set(e, ERR_DENIED, "the server on \"%s\" is not yours",
		    dir);
		return err_hint(e, "Its owner and root may do this.");
	}
	return true;
}

bool
datadir_stop(struct setup *setup, const char *dir, struct err *e)
{
	int64_t deadline = clock_ms() + WAIT_MS;
	pid_t pid, now;

	if (!datadir_signal(setup, dir, SIGTERM, &pid, e))
		return false;
	while (clock_ms() < deadline) {
		if (datadir_state(setup, dir, &now) == DATADIR_STOPPED)
			return true;
		usleep(POLL_US);
	}
	return err_set(e, ERR_SYSTEM, "the server (PID %ld) has not left "
	    "after %d s", (long)pid, WAIT_MS / 1000);
}
