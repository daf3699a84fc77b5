/*
 * exits.h - the exit codes of kbctl, and how errors become one of them.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBCTL_EXITS_H
#define KBCTL_EXITS_H

#include "common/err.h"

enum exit_code {
	EXIT_DONE = 0,
	EXIT_NOTHING = 1,	/* nothing found; a check is not met */
	EXIT_USAGE = 2,		/* usage, or bad input */
	EXIT_NO_SERVER = 3,
	EXIT_DENIED = 4,	/* not authenticated or not allowed */
	EXIT_CONFLICT = 5,	/* somebody changed it first */
	EXIT_REFUSED = 6,	/* a rule says no */
	EXIT_FAILED = 7,	/* the server, or this machine, failed */
	EXIT_INTERRUPTED = 130,
	EXIT_PIPE = 141
};

/* SQLSTATE class 08: set on errors that mean "no server answered". */
#define SQLSTATE_NO_SERVER "08001"
#define SQLSTATE_LOST "08006"

/* The exit code of an error: its SQLSTATE decides if there is one. */
enum exit_code exit_of(const struct err *e);

/* The exit code of a server's SQLSTATE, five characters. */
enum exit_code exit_of_sqlstate(const char *sqlstate);

#endif
