/*
 * compose.h - a text on its way from its writer to the server.
 *
 *   editor     draft file -> editor -> check -> send; a text that is refused
 *              comes back into the editor with the reasons, until it is
 *              accepted or comes back unchanged
 *   -F FILE    the file or standard input, once
 *
 * No text is lost: what was not saved is in a file that is named.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBCTL_COMPOSE_H
#define KBCTL_COMPOSE_H

#include "common/arena.h"
#include "common/err.h"
#include "kbctl/exits.h"

#include <stdint.h>

struct client;
struct context;

/* A text that passed the checks of this side. */
struct composed {
	struct slice body;
	struct slice typed;	/* the same before it was cleaned */
	int64_t version;	/* that it was made from; 0: a new entry */
	bool is_base_said;	/* by the text or --base; else it is the newest */
	struct slice document;	/* "" if not said */
	struct slice message;
};

struct compose {
	struct context *c;
	struct client *client;
	const char *what;	/* for the head: "entry: 12-x of Notes" */
	const char *stem;	/* of the draft's file name */
	struct slice before;	/* what the editor begins with */
	struct slice template_text;	/* it comes from; "": no template */
	struct slice document;	/* for the head; "" for an old entry */
	int64_t version;	/* base, unless the text says another; 0: a new
				   entry */
	int64_t entry;		/* for a conflict; 0: a new entry */
	bool is_fragment;	/* to be added to an entry: no heading needed */

	/* Ask more before it is sent, such as "is it a new one at all?". */
	enum compose_answer (*ask)(struct compose *co,
	    const struct composed *text);	/* NULL: nothing */
	/* Send it. */
	bool (*send)(struct compose *co, const struct composed *text,
	    struct err *e);
	void *arg;
};

enum compose_answer {
	COMPOSE_SEND, COMPOSE_AGAIN, COMPOSE_STOP,
	COMPOSE_UNCHANGED	/* there is nothing to send */
};

/*
 * EXIT_DONE when it was sent or nothing changed; *sent tells which. What
 * went wrong is reported, and where the text is.
 */
enum exit_code compose_run(struct compose *co, bool *sent);

#endif
