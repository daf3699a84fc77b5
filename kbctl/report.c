/*
 * report.c - what kbctl says on standard error; see report.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbctl/report.h"
#include "common/buf.h"
#include "common/visible.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static bool is_quiet;

void
report_set_quiet(bool quiet)
{
	is_quiet = quiet;
}

static void
say(const char *prefix, struct slice text)
{
	struct buf b = BUF_INIT;

	while (text.len != 0 && text.ptr[text.len - 1] == '\n')
		text.len--;
	buf_puts(&b, prefix);
	visible_put(&b, text, VISIBLE_TEXT);
	buf_putc(&b, '\n');
	fflush(stdout);
	fwrite(b.data, 1, b.len, stderr);
	buf_free(&b);
}

__attribute__((format(printf, 2, 0))) static void
vsay(const char *prefix, const char *fmt, va_list ap)
{
	char *text = NULL;
	int n = vasprintf(&text, fmt, ap);

	if (n < 0)
		return;
	say(prefix, slice_make(text, (size_t)n));
	free(text);
}

void
report_note(const char *fmt, ...)
{
	va_list ap;

	if (is_quiet)
		return;
	va_start(ap, fmt);
	vsay("kbctl: ", fmt, ap);
	va_end(ap);
}

void
report_error(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsay("kbctl: ", fmt, ap);
	va_end(ap);
}

void
report_detail(struct slice text)
{
	say("DETAIL:  ", text);
}

void
report_hint(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsay("HINT:  ", fmt, ap);
	va_end(ap);
}

enum exit_code
report_err(const struct err *e)
{
	if (e->code == ERR_CANCELED)
		return exit_of(e);	/* who pressed Ctrl-C knows */
	say("kbctl: ", slice_of(e->msg));
	if (e->detail[0] != '\0')
		say("DETAIL:  ", slice_of(e->detail));
	if (e->hint[0] != '\0')
		say("HINT:  ", slice_of(e->hint));
	return exit_of(e);
}
