/*
 * datadir.h - a data directory and the server that may run on it.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBCTL_DATADIR_H
#define KBCTL_DATADIR_H

#include <sys/types.h>

#include "common/err.h"
#include "kbctl/setup.h"

/*
 * The directory that start, stop and the like are about: -D, KBDATA or the
 * configuration file, else the first default one that is there. ERR_INVALID
 * when there is none or when it is no data directory; *dir is then what was
 * named, or NULL.
 */
bool datadir_find(struct setup *setup, const char **dir, struct err *e)
    MUST_CHECK;

enum datadir_state { DATADIR_STOPPED, DATADIR_RUNNING };

/*
 * Whether a server runs on it. *pid is 0 when that is not known to us: the
 * file kbd.pid is readable for root and the directory's owner only.
 */
enum datadir_state datadir_state(struct setup *setup, const char *dir,
    pid_t *pid);

/* Start kbd, detached, and wait until it takes connections. */
bool datadir_start(struct setup *setup, const char *dir, pid_t *pid,
    struct err *e) MUST_CHECK;

/* Send the running server a signal. */
bool datadir_signal(struct setup *setup, const char *dir, int sig,
    pid_t *pid, struct err *e) MUST_CHECK;

/* Ask the server to finish and leave, and wait until it has. */
bool datadir_stop(struct setup *setup, const char *dir, struct err *e)
    MUST_CHECK;

#endif
