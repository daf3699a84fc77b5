/*
 * cmd_restart.c - kbctl restart: stop, if it runs, then start.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbctl/command.h"
#include "kbctl/datadir.h"
#include "kbctl/report.h"

enum exit_code
cmd_restart(struct context *c)
{
	const char *dir;
	struct err e = ERR_INIT;
	pid_t pid;

	if (!datadir_find(c->setup, &dir, &e))
		return report_err(&e);
	if (datadir_state(c->setup, dir, &pid) == DATADIR_RUNNING &&
	    !datadir_stop(c->setup, dir, &e))
		return report_err(&e);
	return cmd_start(c);
}
