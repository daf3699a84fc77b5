/*
 * match.h - what kbctl match knows and has found; shared by cmd_match.c and
 * the two ways to print it.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBCTL_MATCH_H
#define KBCTL_MATCH_H

#include <stdint.h>

#include "common/arena.h"
#include "common/err.h"
#include "kb/log_cluster.h"
#include "kb/signature.h"

struct client;
struct json;
struct screen;

#define MATCH_SAMPLE_MAX 400	/* bytes of a line that are kept */

/* An entry with signatures, and what was found of it. */
struct match_entry {
	int64_t entry;
	struct slice document, source, heading, title, kind, severity;
	uint64_t count;			/* lines */
	uint64_t first, last;		/* their numbers */
	uint32_t first_file, last_file;
	enum signature_mode best;	/* the most certain match */
	char sample[MATCH_SAMPLE_MAX + 1];	/* the first line */
	uint32_t sample_len;
};

struct match_signature {
	uint32_t entry;			/* index */
	struct slice text;
};

/* Everything that the server knows, fetched once. */
struct match_base {
	struct arena arena;		/* owns the texts */
	struct match_entry *entries;	/* owned */
	size_t nentries, entry_cap;
	struct match_signature *signatures;	/* owned, by id of the set */
	size_t nsignatures, signature_cap;
	struct signature_set *set;	/* owned */
};

bool match_base_fetch(struct client *c, struct match_base *out, struct err *e)
    MUST_CHECK;
void match_base_free(struct match_base *b);

/* A line that has an entry. */
struct match_line {
	uint32_t file;			/* index in files */
	uint64_t number;
	struct slice text;
	const struct signature_hit *hit;	/* the best */
};

struct match_result {
	struct match_base base;
	const char *const *files;	/* as named; borrowed */
	size_t nfiles;
	uint64_t lines, bytes;		/* read */
	uint64_t matched;		/* lines */
	struct log_clusters *unknown;	/* owned */
};

/* The entries that were found, most certain and frequent first; the caller
   free()s the array. */
struct match_entry **match_found(const struct match_result *r, size_t *n);

/*
 * One line each, to standard output: kb.match/1. False when writing failed.
 */
bool match_json_line(const struct match_result *r,
    const struct match_line *l);
bool match_json_end(struct client *c, const struct match_result *r,
    struct err *e) MUST_CHECK;

/* A line as it comes, for --follow; the report at the end. */
bool match_print_line(struct screen *s, const struct match_result *r,
    const struct match_line *l);
bool match_print_end(struct client *c, struct screen *s,
    const struct match_result *r, struct err *e) MUST_CHECK;

#endif
