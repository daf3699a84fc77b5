/*
 * answer.h - an entry that a search returned, as the JSON object that every
 * client gets: the `answer` of kb.search/1.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_ANSWER_H
#define KBD_ANSWER_H

#include "common/err.h"
#include "kb/search.h"

struct buf;
struct sqlite3;
struct answer_source;

/* Reads entries on one connection (borrowed). */
struct answer_source *answer_source_new(struct sqlite3 *db);
void answer_source_destroy(struct answer_source *s);

/* What the columns of search() show of an entry. */
struct answer_head {
	struct slice document, title, kind, severity;
};

/* ERR_NOT_FOUND when there is no such entry. The arena owns *out. */
bool answer_head(struct answer_source *s, int64_t entry, struct arena *a,
    struct answer_head *out, struct err *e) MUST_CHECK;

/*
 * Append the object to *out. Every field of the schema is there: texts are ""
 * and lists [] when the entry has none; only severity is null then.
 */
bool answer_to_json(struct answer_source *s, const struct answer *ans,
    struct buf *out, struct err *e) MUST_CHECK;

#endif
