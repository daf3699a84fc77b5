/*
 * trust.h - server certificates that the person has confirmed, one file for
 * each host and port, below the configuration folder.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBCTL_TRUST_H
#define KBCTL_TRUST_H

#include "common/err.h"
#include "kbctl/url.h"

struct arena;

/*
 * "$XDG_CONFIG_HOME/kbctl/trusted/HOST:PORT.crt", whether it is there or not.
 * NULL for what has no certificate of its own: a local socket, a host that
 * cannot be part of a path, nobody's home.
 */
const char *trust_path(const struct endpoint *host, struct arena *a);

/*
 * How a connection to that server is checked: NULL when nothing was kept for
 * it, else the file. *sslmode: "verify-full", or "verify-ca" when the kept
 * certificate does not bear the host's name: that very certificate was
 * confirmed for that host, and no other is accepted.
 */
const char *trust_find(const struct endpoint *host, struct arena *a,
    const char **sslmode);

#endif
