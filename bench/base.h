/*
 * base.h - a throw-away base with every Markdown file of a folder.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_BENCH_BASE_H
#define KBD_BENCH_BASE_H

#include "common/err.h"

struct store;

struct base {
	struct store *store;
	char path[64];		/* of the database, in a folder of its own */
	unsigned documents, entries;
	double seconds;		/* that the import took */
};

/*
 * Import all *.md below the folder in one revision; SOURCES.md at its top
 * only says where the others come from and is left out.
 */
bool base_make(const char *folder, struct base *out, struct err *e) MUST_CHECK;
void base_remove(struct base *b);

#endif
