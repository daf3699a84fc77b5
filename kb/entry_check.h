/*
 * entry_check.h - what a lesson lacks to help the next one who reads it.
 *
 * Complaints are advice: whoever writes may save all the same. What must not
 * be saved is the business of store.h and secret_scan.h.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_ENTRY_CHECK_H
#define KBD_ENTRY_CHECK_H

#include "common/err.h"
#include "common/slice.h"

struct arena;

enum entry_flaw {
	FLAW_NO_HEADING,	/* a text without a heading has no name */
	FLAW_NO_SYMPTOM,	/* a problem that nobody recognises */
	FLAW_NO_FIX,		/* a problem, and what now? */
	FLAW_EMPTY_FIX,		/* "fixed": neither command nor instruction */
	FLAW_NO_STEP,		/* a runbook without command or step */
	FLAW_NO_ITEM,		/* a checklist without "- [ ]" */
	FLAW_NO_CODE		/* a template without a block to copy */
};

struct entry_complaint {
	enum entry_flaw flaw;
	unsigned line;		/* of the entry's heading in the text */
};

/*
 * Look at each entry of a text. The arena owns *out, n of them in the order
 * of the text. Fails as document_parse() does.
 */
bool entry_check(struct slice markdown, struct arena *a,
    struct entry_complaint **out, size_t *n, struct err *e) MUST_CHECK;

/* For people: "the problem has no symptom: how would one recognise it?" */
const char *entry_flaw_text(enum entry_flaw flaw);

#endif
