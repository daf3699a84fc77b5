/*
 * datadir.h - the data directory: where it is, how it is made, who owns it.
 *
 *   kbd.conf  kbd_hba.conf  kb.db  auth.db  kbd.pid  log/kbd.log
 *   tls/server.crt  tls/server.key  run/.s.PGSQL.<port>
 *
 * The directory and run/ are 0755, so that local users can connect; files are
 * 0600. Nothing is ever served as root.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_DATADIR_H
#define KBD_DATADIR_H

#include <sys/types.h>

#include "common/err.h"
#include "kbd/secret.h"
#include "kbd/tls.h"

struct buf;

#define DATADIR_MAX 88		/* bytes of its absolute path */

struct datadir {
	char path[DATADIR_MAX + 1];	/* absolute */
	uid_t owner;
	int lock;			/* of kbd.pid, or -1 */
};

/*
 * Where it is: arg (of -D), else KBDATA, else /var/lib/kbd, else
 * $XDG_DATA_HOME/kbd; the last two only when they are data directories, or
 * for init, /var/lib/kbd for root and the other for everybody else.
 */
bool datadir_find(const char *arg, bool for_init, struct datadir *out,
    struct err *e) MUST_CHECK;

/*
 * Make a new one, with the role admin and a certificate signed by itself for
 * this machine's name, in a directory that is empty or not there. As root, user
 * must be given; it owns everything, and the process is that user afterwards.
 */
struct datadir_made {
	char password[SECRET_PASSWORD_SIZE];	/* of the role admin */
	char fingerprint[TLS_FINGERPRINT_SIZE];
};
bool datadir_init(struct datadir *d, const char *user,
    struct datadir_made *made, struct err *e) MUST_CHECK;

/* The kbd_hba.conf that init writes. */
void datadir_hba_sample(struct buf *b);

/*
 * Check that it is one, and become its owner. Refuses a directory of root,
 * or of somebody else than the caller.
 */
bool datadir_enter(struct datadir *d, struct err *e) MUST_CHECK;

/* Lock kbd.pid and write our number there; a second server is refused. */
bool datadir_lock(struct datadir *d, struct err *e) MUST_CHECK;
void datadir_unlock(struct datadir *d);

/* "<directory>/<name>"; out has DATADIR_PATH bytes. */
#define DATADIR_PATH (DATADIR_MAX + 32)
void datadir_path(const struct datadir *d, const char *name,
    char out[DATADIR_PATH]);

#endif
