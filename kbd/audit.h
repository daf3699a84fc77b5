/*
 * audit.h - who came in, who was turned away, who changed what may be done.
 *
 * Lives in log/audit.log of the data directory: one line per event, fields
 * separated by TABs, appended by a thread of its own, so that neither a login
 * nor a statement ever waits for the disk. Past AUDIT_FILE_MAX it becomes
 * audit.log.1. The relation `audit` shows the newest of both to admins.
 *
 * No event holds a text, a statement or a password; a refusal says what it was
 * about.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_AUDIT_H
#define KBD_AUDIT_H

#include "common/err.h"
#include "common/slice.h"

struct arena;
struct audit;

#define AUDIT_FILE_MAX (16 * 1024 * 1024)
#define AUDIT_SHOWN_MAX (1024 * 1024)	/* bytes that the relation reads */
#define AUDIT_QUEUE_MAX 4096	/* events that may wait for the thread */

enum audit_event {
	AUDIT_LOGIN,
	AUDIT_LOGIN_REFUSED,
	AUDIT_ROLE_CREATED,
	AUDIT_ROLE_CHANGED,
	AUDIT_ROLE_DROPPED,
	AUDIT_ROLE_REFUSED,
	AUDIT_WRITE_REFUSED,
	AUDIT_SECRET_STORED,
	AUDIT_PURGE,
	AUDIT_BACKUP,
	AUDIT_LOST		/* events that did not fit into the queue */
};

/* An event as it was written; all texts, "" where there is nothing. */
struct audit_row {
	struct slice at;	/* as clock_now() */
	struct slice event;	/* "login", "login refused", ... */
	struct slice role;
	struct slice address;	/* "" is the local socket */
	struct slice object;	/* the role, the procedure, the entry */
	struct slice detail;
};

struct audit_list {
	struct audit_row *rows;	/* oldest first */
	size_t n;
};

/* folder is made if it is not there; opens the file and starts the thread. */
bool audit_start(const char *folder, struct audit **out, struct err *e)
    MUST_CHECK;
void audit_stop(struct audit *a);	/* all that waits is written */

/*
 * Note an event. Any thread; never waits for the disk. Texts are copied, each
 * cut at 200 bytes. a may be NULL: nobody keeps one.
 */
void audit_note(struct audit *a, enum audit_event event, const char *role,
    const char *address, struct slice object, struct slice detail);

/*
 * The newest events, those that wait included; not on a loop thread. The
 * arena owns them.
 */
bool audit_read(struct audit *a, struct arena *arena, struct audit_list *out,
    struct err *e) MUST_CHECK;

#endif
