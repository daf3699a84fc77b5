/*
 * vtab_search.h - the table-valued function search(query [, limit]).
 *
 *   rank, entry_id, document, title, kind, severity, confidence, score,
 *   snippet, answer, total
 *
 * Rows come best first, 10 of them unless `limit` says otherwise (1 to 200).
 * Equality on document, kind and severity is part of the search, so that the
 * limit counts filtered rows. Without a query it is an error; empty text has
 * no rows. `answer` is the JSON object of kb.search/1, made only when it is
 * asked for; `total` says how many entries matched at all.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_VTAB_SEARCH_H
#define KBD_VTAB_SEARCH_H

#include "common/err.h"

struct postings;
struct sqlite3;

/* The postings are borrowed; NULL: search with FTS5 alone. */
bool vtab_search_register(struct sqlite3 *db, struct postings *postings,
    struct err *e) MUST_CHECK;

#endif
