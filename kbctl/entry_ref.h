/*
 * entry_ref.h - how people name an entry: 12, 12-cpu-100-占用, 12@3, :1.
 *
 * The number decides; the rest of a slug is for reading, since it changes
 * with the heading. ":1" is the first of the last answers (answers.h).
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBCTL_ENTRY_REF_H
#define KBCTL_ENTRY_REF_H

#include <stdint.h>

#include "common/slice.h"

struct entry_ref {
	bool is_answer;		/* number counts in the last answers */
	int64_t number;		/* at least 1 */
	int64_t version;	/* 0: the newest */
};

/* False when the word is no way to name an entry; *out is untouched then. */
bool entry_ref_parse(struct slice word, struct entry_ref *out);

#endif
