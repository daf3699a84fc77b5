/*
 * search.h - from what somebody typed to the entries that answer it.
 *
 *   text -> lexer (atoms) -> query (concept groups) -> candidates from the
 *        postings, or FTS5 -> own rank -> confidence and reasons
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_SEARCH_H
#define KBD_SEARCH_H

#include <stdint.h>

#include "common/err.h"
#include "common/slice.h"

struct arena;
struct buf;
struct postings;
struct query;
struct rank_row;
struct sqlite3;
struct searcher;

#define SEARCH_TEXT_MAX (64u * 1024)	/* more is cut, at a character */
#define SEARCH_LIMIT_MAX 200
#define SEARCH_LIMIT_DEFAULT 10

enum confidence { CONFIDENCE_WEAK, CONFIDENCE_LIKELY, CONFIDENCE_STRONG };

struct search_request {
	struct slice text;	/* any bytes; borrowed */
	unsigned limit;		/* 1 to SEARCH_LIMIT_MAX */
	struct slice document;	/* only this one; "" is all */
	struct slice kind;	/* "" is all */
	struct slice severity;	/* "" is all */
	bool no_snippets;	/* nobody reads them */
};

struct answer {
	int64_t entry;
	double score;
	enum confidence confidence;
	struct slice *why;	/* "title", "docekr -> docker",
				   "glossary: OOM -> 内存不足", ... */
	size_t nwhy;
	struct slice snippet;	/* one line of plain text around the hit */
	const struct rank_row *row;	/* what it was found by */
	double prior;		/* factor for what it is */
};

struct answer_list {
	struct answer *answers;	/* best first */
	size_t n;
	unsigned total;		/* entries that matched at all */
	const struct query *query;	/* how the text was read */
};

/*
 * A searcher belongs to one connection. The postings may be shared by all of
 * a process, which makes them fast; without them (NULL), or when they are not
 * of this connection's snapshot, FTS5 is asked. The answers are the same. The
 * site's glossary is read again when the file beside the base changed.
 */
struct searcher *searcher_new(struct sqlite3 *db, struct postings *postings);
void searcher_destroy(struct searcher *s);

/* For measurements: search without any glossary. */
void searcher_use_glossary(struct searcher *s, bool use);

/*
 * Find the entries that match, best first. No text is an error: text without
 * a searchable word finds nothing, and so does one of which no entry has more
 * than one of several words, or one that is what the entry is about, or half
 * of them all. The arena owns the answers. Fails with ERR_STORAGE, or
 * ERR_CANCELED when the statement's deadline passed.
 */
bool search_run(struct searcher *s, const struct search_request *req,
    struct arena *a, struct answer_list *out, struct err *e) MUST_CHECK;

/*
 * How an answer came about, as a JSON object: the groups of the query with
 * their forms, which form was found in which field, and the parts of the
 * score.
 */
void search_explain(const struct answer_list *list, const struct answer *ans,
    struct buf *out);

const char *confidence_name(enum confidence c);

#endif
