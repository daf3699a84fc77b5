/*
 * cmd_reload.c - kbctl reload: let the server read its settings again.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbctl/command.h"
#include "kbctl/datadir.h"
#include "kbctl/report.h"

#include <signal.h>

enum exit_code
cmd_reload(struct context *c)
{
	const char *dir;
	struct err e = ERR_INIT;
	pid_t pid;

	if (!datadir_find(c->setup, &dir, &e) ||
	    !datadir_signal(c->setup, dir, SIGHUP, &pid, &e))
		return report_err(&e);
	report_note("the server on \"%s\" reads its settings again; its log "
	    "says what it thinks of them", dir);
	return EXIT_DONE;
}
