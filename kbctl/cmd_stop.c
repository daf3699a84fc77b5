/*
 * cmd_stop.c - kbctl stop.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbctl/command.h"
#include "kbctl/datadir.h"
#include "kbctl/report.h"

enum exit_code
cmd_stop(struct context *c)
{
	const char *dir;
	struct err e = ERR_INIT;

	if (!datadir_find(c->setup, &dir, &e) ||
	    !datadir_stop(c->setup, dir, &e))
		return report_err(&e);
	report_note("the server on \"%s\" has stopped", dir);
	return EXIT_DONE;
}
