/*
 * query.h - what somebody typed, as groups of words that mean one thing.
 *
 * A group is one idea: the word, its joined or split spelling, its stem, a
 * repaired typo, what the glossary knows it as. Its forms are alternatives: a
 * group scores as its best form does, so that a synonym never adds to the
 * exact word. Bonus groups are words that stand together: they add to the
 * score, but an entry without them misses nothing.
 *
 * A glossary form of several words is a group of its own, the whole; the
 * groups of its words are its parts. Who has the whole need not have the parts.
 *
 * No text is an error, and nothing of it reaches FTS5 but tokens that the
 * lexer made: the MATCH string is ours.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_QUERY_H
#define KBD_QUERY_H

#include <stdint.h>

#include "common/slice.h"

struct arena;
struct glossary;
struct vocab;

#define QUERY_GROUPS_MAX 40
#define QUERY_FORMS_MAX 16	/* of one group */

#define QUERY_GLOSSARIES_MAX 2	/* the shipped one and the site's */

enum query_reason {
	QUERY_EXACT,	/* as typed */
	QUERY_JOINED,	/* docker-compose as dockercompose */
	QUERY_SPLIT,	/* filetype as file type */
	QUERY_STEM,	/* logs as log */
	QUERY_LETTERS,	/* libgl1 as libgl */
	QUERY_NUMBER,	/* 100% as 100, 384m as 384 */
	QUERY_PREFIX,	/* the word may go on */
	QUERY_TYPO,	/* docekr as docker */
	QUERY_BACKOFF,	/* one character of an unknown pair */
	QUERY_GLOSSARY,	/* oom as 内存不足 */
	QUERY_RELATED	/* oom as swap: what the glossary calls related */
};

struct query_form {
	struct slice phrase;	/* tokens with one blank between */
	bool prefix;		/* the last token may go on */
	enum query_reason reason;
	double weight;		/* 1 is an exact word */
	double credit;		/* share of the group that is covered by it */
	uint32_t count;		/* entries; of a phrase a guess */
	struct slice shown;	/* as the glossary writes it, or empty */
};

struct query_group {
	struct slice words;	/* as typed, folded */
	uint32_t start, end;	/* bytes of the cleaned text */
	struct query_form forms[QUERY_FORMS_MAX];
	unsigned nforms;
	bool bonus;		/* words together; not missed */
	bool has_parts;		/* it is a whole */
	uint16_t whole;		/* its whole's number + 1; 0: none */
	double weight;		/* importance in the query, 1 is usual */
	uint32_t count;		/* of its most common form */
	double idf;		/* from the count; 0 until query_weigh() */
};

struct query {
	struct query_group groups[QUERY_GROUPS_MAX];
	unsigned ngroups;
	bool is_log;		/* several lines that a program wrote */
	bool only_noise;	/* no word that tells what is looked for */
};

/* What a reader of queries may ask; all borrowed. */
struct query_tools {
	struct vocab *vocab;	/* counts words, repairs typos; its failures
				   stay in it */
	const struct glossary *glossaries[QUERY_GLOSSARIES_MAX];
				/* or NULL */
};

/*
 * Read any bytes. The arena owns the text in *out. Time and memory are bounded
 * by QUERY_TEXT_MAX, whatever the length.
 */
void query_parse(struct slice text, const struct query_tools *tools,
    struct arena *a, struct query *out);

/*
 * Another form of a group, kept if there is room, it is new and the index has
 * it (count > 0); the form, or NULL. The phrase is borrowed from the query's
 * arena.
 */
struct query_form *query_add_form(struct query_group *g, struct slice phrase,
    bool prefix, enum query_reason reason, double weight, uint32_t count);

/*
 * The rare groups drive: an entry that has only common words of the query,
 * which are worth little together, is not looked at. With `wide` nearly every
 * entry that has a word of the query is.
 */
void query_choose_drivers(const struct query *q, bool wide,
    bool driver[QUERY_GROUPS_MAX]);

/* One phrase of the MATCH string, by FTS5's phrase number. */
struct query_phrase {
	uint8_t group, form;
	bool driver;		/* only drives: does not count */
};

#define QUERY_PHRASES_MAX (2 * QUERY_GROUPS_MAX * QUERY_FORMS_MAX)

struct query_match {
	struct slice text;	/* for MATCH; empty: nothing to search for */
	struct query_phrase *phrases;
	unsigned nphrases;
};

/* The MATCH string, with the drivers of query_choose_drivers(). */
void query_to_match(const struct query *q, bool wide, struct arena *a,
    struct query_match *out);

#endif
