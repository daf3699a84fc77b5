/*
 * edges.h - which entries of a document belong to a problem: the runbook that
 * deals with it, the template that its fix names.
 *
 * A runbook belongs to a problem when its title shares a word with the
 * problem's and, together with what it says, most of them; another entry when
 * the problem's fix names its title. Rare words of the document's titles
 * count more. Pure: texts in, edges out.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_EDGES_H
#define KBD_EDGES_H

#include <stdint.h>

#include "common/slice.h"
#include "kb/entry.h"

struct arena;

#define EDGES_ENTRIES_MAX 400	/* of a document; later ones have none */
#define EDGES_TEXT_MAX 4096	/* bytes of an entry that are looked at */
#define EDGES_EACH_MAX 3	/* of one entry */

struct edge_node {
	enum entry_kind kind;
	bool useful;		/* has commands or steps to offer */
	struct slice title;	/* without number, mark and remark */
	struct slice text;	/* of a problem what it tells, of others what
				   they do */
};

struct edge {
	uint32_t from, to;	/* nodes */
	const char *why;	/* "title" or "fix" */
	double score;		/* 0 to 1 */
};

/* By `from`, then best first. The arena owns *out. */
size_t edges_find(const struct edge_node *nodes, size_t n, struct arena *a,
    struct edge **out);

#endif
