/*
 * peers.h - the engines that run inside the program: kbd and stock FTS5.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_BENCH_PEERS_H
#define KBD_BENCH_PEERS_H

#include "bench/base.h"
#include "bench/judged.h"

struct race {
	struct base base;
	struct judged_set set;
	const char *folder; /* for the rankings */
};

/* Write the rankings of kbd, without and with its glossary. */
bool peers_kbd(struct race *r, struct err *e) MUST_CHECK;

/*
 * The same for FTS5 with three tokenizers. Each is a table with the columns
 * title and text, asked with an OR of the query's words, and of the phrases
 * that are their synonyms, ranked by bm25() with weights of 10 and 1.
 */
bool peers_fts5(struct race *r, struct err *e) MUST_CHECK;

/* Milliseconds that this thread has computed: other programs do not count. */
double peers_cpu_ms(void);

#define PEERS_ROUNDS 3 /* the fastest counts */

#endif
