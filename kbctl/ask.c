/*
 * ask.c - questions to the person at the terminal; see ask.h.
 *
 * Invariant: a process that is stopped while a password is typed leaves a
 * terminal that shows what is typed.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbctl/ask.h"
#include "common/buf.h"
#include "common/str.h"
#include "common/visible.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static const int ends[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

static int terminal = -1;	/* while a password is typed */
static struct termios before;

static bool
open_terminal(int *fd, struct err *e)
{
	*fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	return *fd >= 0 ||
	    err_errno(e, "there is no terminal to ask somebody");
}

bool
ask_somebody(void)
{
	int fd;

	if (!open_terminal(&fd, NULL))
		return false;
	close(fd);
	return true;
}

/* A whole line; what is too long is an error, and read to its end. */
static bool
read_line(int fd, char *out, size_t size, struct err *e)
{
	size_t len = 0;
	ssize_t n;
	char c;

	while ((n = read(fd, &c, 1)) == 1 && c != '\n') {
		if (len < size)
			out[len] = c;
		len++;
	}
	if (n < 0)
		return err_errno(e, "could not read an answer");
	if (n == 0 && len == 0)
		return err_set(e, ERR_INVALID, "no answer was given");
	if (len >= size)
		return err_set(e, ERR_LIMIT, "the answer is too long");
	if (len > 0 && out[len - 1] == '\r')
		len--;
	out[len] = '\0';
	return true;
}

/* A prompt names hosts and roles, which come from anywhere. */
static void
show(int fd, const char *text, const char *end)
{
	struct buf b = BUF_INIT;

	visible_put(&b, slice_of(text), VISIBLE_LINE);
	buf_puts(&b, end);
	(void)!write(fd, b.data, b.len);
	buf_free(&b);
}

static void
on_end(int sig)
{
	(void)tcsetattr(terminal, TCSANOW, &before);
	(void)!write(terminal, "\n", 1);
	signal(sig, SIG_DFL);
	raise(sig);
}

/* Echo is off before the prompt is there: what is typed then must not be
   lost. */
static bool
read_hidden(int fd, const char *prompt, char *out, size_t size,
    struct err *e)
{
	struct sigaction mine = { .sa_handler = on_end }, old[ARRAY_LEN(ends)];
	struct termios quiet;
	size_t i;
	bool ok;

	if (tcgetattr(fd, &before) != 0)
		return err_errno(e, "could not ask for the password");
	terminal = fd;
	sigemptyset(&mine.sa_mask);
	for (i = 0; i < ARRAY_LEN(ends); i++)
		(void)sigaction(ends[i], &mine, &old[i]);
	quiet = before;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	(void)tcsetattr(fd, TCSAFLUSH, &quiet);
	show(fd, prompt, ": ");
	ok = read_line(fd, out, size, e);
	(void)tcsetattr(fd, TCSADRAIN, &before);
	for (i = 0; i < ARRAY_LEN(ends); i++)
		(void)sigaction(ends[i], &old[i], NULL);
	terminal = -1;
	(void)!write(fd, "\n", 1);
	return ok;
}

bool
ask_password(const char *prompt, char out[ASK_PASSWORD_MAX], struct err *e)
{
	int fd;
	bool ok;

	if (!open_terminal(&fd, e))
		return false;
	ok = read_hidden(fd, prompt, out, ASK_PASSWORD_MAX, e);
	close(fd);
	return ok;
}

bool
ask_yes(const char *question, bool *yes, struct err *e)
{
	char answer[32];
	int fd;
	bool ok;

	if (!open_terminal(&fd, e))
		return false;
	show(fd, question, " (yes/no) ");
	ok = read_line(fd, answer, sizeof(answer), e);
	close(fd);
	*yes = ok && (strcmp(answer, "yes") == 0 || strcmp(answer, "y") == 0);
	return ok;
}

bool
ask_writer(void)
{
	return isatty(STDIN_FILENO) && isatty(STDERR_FILENO) &&
	    ask_somebody();
}

char
ask_letter(const char *question, const char *letters)
{
	char answer[32], c = letters[strlen(letters) - 1];
	int fd;

	if (!open_terminal(&fd, NULL))
		return c;
	for (;;) {
		show(fd, question, " ");
		if (!read_line(fd, answer, sizeof(answer), NULL))
			break;
		if (answer[0] == '\0') {
			c = letters[0];
			break;
		}
		if (strchr(letters, ascii_lower(answer[0])) != NULL) {
			c = ascii_lower(answer[0]);
			break;
		}
	}
	close(fd);
	return c;
}
