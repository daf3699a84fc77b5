/*
 * lexer.h - text into search tokens; the same for the index and for queries.
 *
 * Chinese, kana and hangul give every adjacent pair of characters, then the
 * run's last character alone. Other words are cut at punctuation and at
 * capitals inside them; the joined form, the stem, the letters without their
 * number and the like lie at the position of the part they begin with:
 *
 *   数据库            数据 据库 库
 *   docker-compose    docker+dockercompose compose
 *   fileType          file+filetype type
 *   libgl1            libgl1+libgl
 *   100%              100+100%
 *   --no-cache        no+nocache+--no-cache cache
 *
 * LEXER_VERSION changes whenever any text may give other tokens.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_LEXER_H
#define KBD_LEXER_H

#include <stdint.h>

#include "common/slice.h"
#include "kb/fold.h"

#define LEXER_VERSION 1

/* Longer words are cut; longer identifiers are several. */
#define TOKEN_MAX_BYTES 64
#define LEXER_COMPOUND_MAX 192		/* units of one identifier */

enum token_form {
	TOKEN_WORD,	/* a word or a part of an identifier, as written */
	TOKEN_PAIR,	/* two adjacent characters of a Chinese run */
	TOKEN_LAST,	/* the last character of a run of two or more */
	TOKEN_SINGLE,	/* a run of one character */
	TOKEN_NUMBER,	/* digits and dots only: 1054, 1.24.3, 10.0.0.1 */
	TOKEN_SYMBOL,	/* a pictograph, or a shell variable such as $? */
	/* the forms below are colocated with one of those above */
	TOKEN_JOINED,	/* all parts of an identifier, or of one segment */
	TOKEN_PART,	/* a part of a segment of an identifier */
	TOKEN_STEM,	/* without the plural's s */
	TOKEN_LETTERS,	/* libgl of libgl1 */
	TOKEN_DIGITS,	/* 384 of 384m */
	TOKEN_PERCENT,	/* 100% */
	TOKEN_FLAG,	/* --no-cache */
	TOKEN_NAME	/* c++, c#, .net */
};

struct token {
	struct slice text;	/* folded; borrowed until the sink returns */
	uint32_t start, end;	/* bytes of the input; starts may repeat but
				   never decrease */
	uint32_t position;	/* counts from 0; same for colocated tokens */
	uint32_t compound;	/* same for all tokens of one identifier or
				   one Chinese run; counts from 0 */
	enum token_form form;
	bool colocated;		/* never true for the first of a position */
};

/* Returns false to stop. */
typedef bool token_sink(void *arg, const struct token *t);

/*
 * Cut any bytes into tokens. False when the sink stopped. A pure function of
 * the bytes; memory is fixed, time is linear.
 */
bool lexer_run(struct slice text, token_sink *sink, void *arg);

/* Is cp written without spaces between words: Han, kana, hangul? */
bool lexer_is_cjk(int32_t cp);

/*
 * The stem of an English plural, written to out: "queries" -> "query". Its
 * length, or 0 when the word has none. Lower-case ASCII letters only.
 */
size_t lexer_stem(struct slice word, char out[TOKEN_MAX_BYTES]);

#endif
