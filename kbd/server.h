/*
 * server.h - kbd serving one data directory, from start to stop.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_SERVER_H
#define KBD_SERVER_H

#include "common/err.h"
#include "kbd/datadir.h"

/*
 * Serve until a signal ends it. The directory is entered and locked. Prints
 * one line "ready PATH" on standard output when it listens on the socket
 * PATH. Fails when it could not start; what happens later is logged.
 *
 *   SIGTERM   finish what runs, then leave
 *   SIGINT    leave at once
 *   SIGHUP    read kbd.conf again
 *   SIGUSR1   open the log file again
 */
bool server_run(struct datadir *d, struct err *e) MUST_CHECK;

#endif
