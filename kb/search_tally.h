/*
 * search_tally.h - counting what people search for, and what found nothing.
 *
 * Searches run on readers, which write nothing. They leave the text in a queue
 * of fixed size and go on; the writer counts it when it has time. A full or
 * busy queue takes nothing: the counts are for people who look for gaps, not
 * for bills.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_SEARCH_TALLY_H
#define KBD_SEARCH_TALLY_H

#include "common/err.h"
#include "common/slice.h"

struct buf;
struct store;

#define SEARCH_TALLY_TEXT_MAX 160	/* bytes of a text that are kept */
#define SEARCH_TALLY_LINES_MAX 10000	/* different texts in the base */

/*
 * The process has a writer that counts: from now on texts are taken. wake is
 * called, on a reader's thread, when the queue is empty no more; NULL ends it.
 */
void search_tally_start(void (*wake)(void *arg), void *arg);

/* Any thread; waits for nobody but a wake. */
void search_tally_add(struct slice text, unsigned answers);

/* What this thread searches from now on is not counted, or is again. */
void search_tally_mute(bool mute);

/* Is there something to count? */
bool search_tally_pending(void);

/* Count it in a transaction of its own. The writer's thread. */
bool search_tally_write(struct store *s, struct err *e) MUST_CHECK;

/*
 * A text as it is counted: secrets replaced, its first line, blanks collapsed,
 * ASCII in lower case, capped. Appended; may be empty.
 */
void search_tally_normal(struct slice text, struct buf *out);

#endif
