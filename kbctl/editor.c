/*
 * editor.c - the user's editor; see editor.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbctl/editor.h"
#include "kbctl/environ.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *
command_line(void)
{
	static const char *const names[] = { "KB_EDITOR", "VISUAL", "EDITOR" };
	const char *line;
	size_t i;

	for (i = 0; i < ARRAY_LEN(names); i++) {
		line = environ_get(names[i]);
		if (line != NULL)
			return line;
	}
	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) ? "vi" : NULL;
}

bool
editor_is_there(void)
{
	return command_line() != NULL;
}

/* As git does: the line may have arguments, the path is one word. */
static void
become_editor(const char *line, const char *path)
{
	char *script;
	const char *argv[] = { "sh", "-c", NULL, "sh", path, NULL };

	if (asprintf(&script, "%s \"$@\"", line) < 0)
		_exit(127);
	argv[2] = script;
	signal(SIGINT, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	execve("/bin/sh", (char *const *)argv, environ_original());
	_exit(127);
}

bool
editor_run(const char *path, struct err *e)
{
	const char *line = command_line();
	struct sigaction ignore = { .sa_handler = SIG_IGN }, old_int, old_quit;
	int status = 0;
	pid_t pid;

	if (line == NULL)
		return err_set(e, ERR_INVALID, "there is no editor");
	fflush(stderr);
	sigaction(SIGINT, &ignore, &old_int);
	sigaction(SIGQUIT, &ignore, &old_quit);
	pid = fork();
	if (pid == 0)
		become_editor(line, path);
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	sigaction(SIGINT, &old_int, NULL);
	sigaction(SIGQUIT, &old_quit, NULL);
	if (pid < 0)
		return err_set(e, ERR_SYSTEM, "could not run \"%s\": %s",
		    line, strerror(errno));
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		return err_set(e, ERR_SYSTEM, "there is no editor \"%s\"",
		    line);
	return err_set(e, ERR_SYSTEM, "the editor \"%s\" failed", line);
}
