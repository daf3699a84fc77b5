/*
 * judged.h - a judged query set, and how well ranked answers do on it.
 *
 * queries.tsv:  id TAB language TAB type TAB query TAB path#heading=grade;...
 * targets.tsv:  path#heading TAB first line TAB last line
 *
 * An answer is relevant when its path is the judged one and its line lies
 * within the judged section. success@1, success@3 and MRR look for an answer
 * of the best grade that a query has; recall@10 counts grade 2; nDCG uses
 * both. Queries judged NONE are left out of the averages.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_BENCH_JUDGED_H
#define KBD_BENCH_JUDGED_H

#include <stdio.h>

#include "common/err.h"
#include "common/slice.h"

struct arena;

#define JUDGED_DEPTH 10		/* answers that are looked at */

struct judgement {
	struct slice path;
	long first, last;	/* lines */
	int grade;		/* 2: the right answer, 1: useful */
};

struct judged_query {
	struct slice id, language, type, text;
	struct judgement *relevant;
	size_t nrelevant;	/* 0: NONE */
	bool seed;		/* a right answer is in the seed lessons */
};

struct judged_set {
	struct judged_query *queries;
	size_t n;
};

/* The arena owns *out; targets.tsv lies beside the file. */
bool judged_load(const char *path, struct arena *a, struct judged_set *out,
    struct err *e) MUST_CHECK;

struct ranked {
	struct slice path;
	long line;
};

enum { S_AT_1, S_AT_3, MRR, NDCG, R_AT_10, NMETRICS };

/* The five numbers of one query, each 0 to 1. */
void judged_score(const struct judged_query *q, const struct ranked *r,
    size_t n, double out[NMETRICS]);

/* Sums over a set, by language, type, seed and all. */
struct judged_table;
struct judged_table *judged_table_new(void);
void judged_table_free(struct judged_table *t);
void judged_table_add(struct judged_table *t, const struct judged_query *q,
    const struct ranked *r, size_t n);
void judged_table_print(const struct judged_table *t, FILE *out);
/* The averages over all queries. */
void judged_table_all(const struct judged_table *t, double out[NMETRICS]);

/* A whole file; the arena owns it. */
bool judged_read_file(const char *path, struct arena *a, struct slice *out,
    struct err *e) MUST_CHECK;

#endif
