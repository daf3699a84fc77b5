/*
 * setup.h - which server, as whom: flag, then environment, then file.
 *
 *   flags         -h -p -U -D --url
 *   environment   KBHOST KBPORT KBUSER KBDATA KB_URL KBSSLMODE
 *                 KBSSLROOTCERT KBPASSFILE
 *   file          $XDG_CONFIG_HOME/kbctl/config: host port user data url
 *                 sslmode sslrootcert passfile color
 *
 * Where to connect (host, data directory or URL) comes from the first of the
 * three that says so; all else is taken setting by setting. When none says
 * where, the sockets of the default data directories are tried.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBCTL_SETUP_H
#define KBCTL_SETUP_H

#include "common/arena.h"
#include "common/err.h"
#include "kbctl/url.h"

struct args;

#define KB_PORT "7432"

struct setup {
	struct arena arena;		/* owns every string here */
	struct endpoint hosts[URL_HOSTS_MAX];	/* ports are set */
	unsigned nhosts;		/* 0: no default socket is there */
	const char *user;		/* NULL: the system user's name */
	const char *sslmode;		/* NULL: by host */
	const char *sslrootcert;	/* NULL: by host */
	const char *passfile;		/* NULL: none */
	const char *color;		/* "auto", "always" or "never" */
	const char *data;		/* -D, KBDATA, file; NULL: not given */
	bool may_ask;			/* for a password */
};

/*
 * Read all three. Fails with ERR_INVALID, naming file and line, or
 * ERR_SYSTEM. setup_free() is due in either case.
 */
bool setup_load(const struct args *args, struct setup *out, struct err *e)
    MUST_CHECK;
void setup_free(struct setup *c);

/* From now on connect to the socket of this data directory only. */
void setup_use_data(struct setup *c, const char *data);

/*
 * The default data directories, best first: /var/lib/kbd, then that of the
 * user; the second may be NULL. The arena owns the strings.
 */
void setup_default_dirs(struct arena *a, const char *dirs[2]);

/* "$XDG_CONFIG_HOME/kbctl/NAME", or NULL without a home. */
const char *setup_path(struct arena *a, const char *name);

#endif
