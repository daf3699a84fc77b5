/*
 * screen.c - what people see: the terminal's size, colour, pager; see
 * screen.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbctl/screen.h"
#include "common/str.h"
#include "kbctl/environ.h"
#include "kbctl/pager.h"

#include <sys/ioctl.h>
#include <unistd.h>

#define COLUMNS_MIN 20

static unsigned
size_from(const char *variable, unsigned otherwise)
{
	const char *text = environ_get(variable);
	int64_t n;

	if (text != NULL && str_int(slice_of(text), 1, 10000, &n))
		return (unsigned)n;
	return otherwise;
}

static bool
wants_color(const char *color, bool is_terminal)
{
	const char *term = environ_get("TERM");

	if (strcmp(color, "always") == 0)
		return true;
	if (strcmp(color, "never") == 0 || environ_get("NO_COLOR") != NULL)
		return false;
	return is_terminal && (term == NULL || strcmp(term, "dumb") != 0);
}

void
screen_init(struct screen *s, const char *color)
{
	struct winsize ws = { 0, 0, 0, 0 };

	*s = (struct screen){ .columns = 80, .rows = 24 };
	s->is_terminal = isatty(STDOUT_FILENO);
	if (s->is_terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) == 0) {
		if (ws.ws_col != 0)
			s->columns = ws.ws_col;
		if (ws.ws_row != 0)
			s->rows = ws.ws_row;
	}
	s->columns = size_from("COLUMNS", s->columns);
	if (s->columns < COLUMNS_MIN)
		s->columns = COLUMNS_MIN;
	s->color = wants_color(color, s->is_terminal);
}

bool
screen_flush(struct screen *s)
{
	bool ok = pager_write(buf_slice(&s->out), s->columns, s->rows);

	buf_reset(&s->out);
	return ok;
}
