/*
 * ranking.h - what one engine answered: a file that any script can write.
 *
 *   name TAB what the table calls the engine
 *   size TAB bytes of its index
 *   q TAB query TAB milliseconds TAB sections, best first, TAB between them
 *
 * or, when it is not installed, a name and
 *
 *   missing TAB what is
 *
 * Sections are numbers of sections.jsonl; places.tsv says where they are.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_BENCH_RANKING_H
#define KBD_BENCH_RANKING_H

#include <stdint.h>
#include <stdio.h>

#include "common/err.h"

struct judged_query;
struct judged_set;

/* Begin FOLDER/FILE.ranking. */
FILE *ranking_create(const char *folder, const char *file, const char *name,
    struct err *e) MUST_CHECK;
void ranking_put(FILE *f, const struct judged_query *q, double ms,
    const int64_t *sections, size_t n);
bool ranking_close(FILE *f, double bytes, struct err *e) MUST_CHECK;

/* Print all of the folder's rankings as one table, in the order of files. */
bool ranking_table(
    const char *folder, const struct judged_set *set, struct err *e) MUST_CHECK;

#endif
