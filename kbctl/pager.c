/*
 * pager.c - long output, a screen at a time; see pager.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbctl/pager.h"
#include "common/str.h"
#include "kbctl/environ.h"
#include "kbctl/exits.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* All of it; false and errno when it could not be written. */
static bool
write_all(int fd, struct slice s)
{
	while (s.len != 0) {
		ssize_t n = write(fd, s.ptr, s.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		s = slice_sub(s, (size_t)n, s.len);
	}
	return true;
}

bool
pager_write_raw(struct slice bytes)
{
	if (write_all(STDOUT_FILENO, bytes))
		return true;
	if (errno == EPIPE)	/* SIGPIPE was ignored by whoever ran us */
		_exit(EXIT_PIPE);
	return false;
}

/* Escape sequences count as text: in doubt it is too long. */
static bool
fits_screen(struct slice text, unsigned columns, unsigned rows)
{
	struct slice line;
	size_t n = 0, width;

	while (n < rows && str_line(&text, &line, NULL)) {
		width = str_width(line);
		n += width > columns ? (width + columns - 1) / columns : 1;
	}
	return n < rows;
}

static bool
in_path(const char *program)
{
	const char *path = environ_get("PATH");
	char file[4096];

	for (; path != NULL && *path != '\0'; path += strcspn(path, ":"),
	    path += *path == ':') {
		snprintf(file, sizeof(file), "%.*s/%s",
		    (int)strcspn(path, ":"), path, program);
		if (access(file, X_OK) == 0)
			return true;
	}
	return false;
}

/* The command line of the pager; NULL for none. */
static const char *
command_line(void)
{
	const char *line = getenv("KB_PAGER");

	if (line == NULL)
		line = getenv("PAGER");
	if (line == NULL)
		line = in_path("less") ? "less -FRX" :
		    in_path("more") ? "more" : NULL;
	return line == NULL || *line == '\0' || strcmp(line, "cat") == 0 ?
	    NULL : line;
}

static void
run_pager(const char *line, int in)
{
	static const char shell[] = "/bin/sh";
	const char *argv[] = { "sh", "-c", line, NULL };

	dup2(in, STDIN_FILENO);
	signal(SIGINT, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	execve(shell, (char *const *)argv, environ_original());
	_exit(127);
}

bool
pager_write(struct slice text, unsigned columns, unsigned rows)
{
	const char *line = command_line();
	int fds[2], status = 0;
	pid_t pid;

	if (!isatty(STDOUT_FILENO) || line == NULL ||
	    fits_screen(text, columns, rows) || pipe(fds) != 0)
		return pager_write_raw(text);
	fflush(stderr);
	pid = fork();
	if (pid == 0) {
		close(fds[1]);
		run_pager(line, fds[0]);
	}
	close(fds[0]);
	if (pid > 0) {
		signal(SIGPIPE, SIG_IGN);
		signal(SIGINT, SIG_IGN);
		(void)write_all(fds[1], text);
	}
	close(fds[1]);
	if (pid < 0)
		return pager_write_raw(text);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		return pager_write_raw(text);	/* there is no such pager */
	return true;
}
