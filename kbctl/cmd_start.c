/*
 * cmd_start.c - kbctl start.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbctl/command.h"
#include "kbctl/datadir.h"
#include "kbctl/report.h"

enum exit_code
cmd_start(struct context *c)
{
	const char *dir;
	struct err e = ERR_INIT;
	pid_t pid;

	if (!datadir_find(c->setup, &dir, &e))
		return report_err(&e);
	if (datadir_state(c->setup, dir, &pid) == DATADIR_RUNNING) {
		report_error("a server runs on \"%s\" already", dir);
		return EXIT_NOTHING;
	}
	if (!datadir_start(c->setup, dir, &pid, &e))
		return report_err(&e);
	report_note("kbd runs on \"%s\" (PID %ld)", dir, (long)pid);
	return EXIT_DONE;
}
