/*
 * err.h - what went wrong, as a value on the caller's stack.
 *
 * What can fail returns bool (true is success) and takes a struct err last.
 * Wording follows PostgreSQL's message style guide: lower case, no full
 * stop, the offending value quoted, "could not" for what may work next time
 * and "cannot" for what never will. An error is logged once, where it stops.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_ERR_H
#define KBD_ERR_H

#include "common/slice.h"

enum err_code {
	ERR_NONE = 0,
	ERR_INVALID,	/* bad input: it can never work as it stands */
	ERR_SYNTAX,	/* a statement that cannot be read */
	ERR_UNSUPPORTED,/* understood, but not offered */
	ERR_NOT_FOUND,	/* the named thing does not exist */
	ERR_EXISTS,	/* the named thing exists already */
	ERR_CONFLICT,	/* somebody changed it first */
	ERR_REFUSED,	/* a rule of ours says no: structure, secret, risk */
	ERR_DENIED,	/* not authenticated or not allowed */
	ERR_LIMIT,	/* over a cap */
	ERR_PROTOCOL,	/* the peer broke the protocol */
	ERR_CANCELED,	/* deadline or the user's request */
	ERR_STORAGE,	/* disk or database failed */
	ERR_SYSTEM	/* the operating system failed */
};

struct err {
	enum err_code code;
	char sqlstate[6];	/* "" unless a more exact one is known */
	int position;		/* 1-based character in the statement, or 0 */
	char msg[320];		/* "could not open \"kb.db\": disk full" */
	char detail[480];	/* whole sentences */
	char hint[240];		/* what the reader can do */
	const char *whole;	/* instead of detail where there is room: both
				   texts of a conflict, as JSON. Borrowed from
				   the arena of what failed; NULL: none */
};

/* The empty error; every function below expects an initialised one. */
#define ERR_INIT ((struct err){ .code = ERR_NONE })

/*
 * Each overwrites *e and returns false, so that a failing function can end
 * with "return err_set(...)". e may be NULL: then nothing is recorded. Text
 * that does not fit is cut at a character's border.
 */
bool err_set(struct err *e, enum err_code code, const char *fmt, ...)
    PRINTF_LIKE(3, 4);
/* The same, followed by ": " and strerror(errno); the code is ERR_SYSTEM. */
bool err_errno(struct err *e, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Add to an error that was set; both return false. */
bool err_detail(struct err *e, const char *fmt, ...) PRINTF_LIKE(2, 3);
bool err_hint(struct err *e, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Put "prefix: " before the message: the file, the line, the step. */
bool err_prefix(struct err *e, const char *fmt, ...) PRINTF_LIKE(2, 3);

#endif
