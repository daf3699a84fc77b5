/*
 * fts_tokenizer.h - the FTS5 tokenizer "ops": kb/lexer for SQLite.
 *
 * Documents go through the lexer. A MATCH string is machine-made from tokens
 * that the lexer gave (kb/query), so that in a query text is only cut at
 * blanks and taken as it is.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_FTS_TOKENIZER_H
#define KBD_FTS_TOKENIZER_H

#include "common/err.h"
#include "kb/lexer.h"

struct sqlite3;

/* An index made by another version must be rebuilt. */
#define FTS_TOKENIZER_VERSION LEXER_VERSION

bool fts_tokenizer_register(struct sqlite3 *db, struct err *e) MUST_CHECK;

#endif
