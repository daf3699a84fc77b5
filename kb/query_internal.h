/*
 * query_internal.h - what the files of the query reader share.
 *
 * query.c reads, ties neighbours and chooses; query_words.c makes the groups
 * of words and identifiers, query_cjk.c those of Chinese runs; query_terms.c
 * finds the glossary's terms and query_glossary.c adds what else they are
 * called.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_QUERY_INTERNAL_H
#define KBD_QUERY_INTERNAL_H

#include "kb/glossary.h"
#include "kb/lexer.h"
#include "kb/query.h"
#include "kb/query_text.h"
#include "kb/vocab.h"

/* Weights of forms; an exact word is 1. */
#define W_FLAG 1.3
#define W_STEM .85
#define W_LETTERS .7
#define W_NUMBER .6
#define W_PREFIX .4
#define W_SPLIT .8
#define W_TYPO .9		/* to the power of the distance */
#define W_INFLECTION .7
#define W_TERM .75		/* another name of the same thing */
#define W_LIKE .7		/* much the same */
#define W_RELATED .4
#define W_EVERYDAY .4		/* a place that has an everyday word */
#define W_CHARACTER .5		/* words that begin with a known character */
#define W_SAME_SCRIPT .85	/* factor, for names in the query's language */

/*
 * Credits of forms that the glossary knows; the others' is their weight. A
 * thing has its word: who has another name comes after. A fault has no one
 * word, but many ways to say it.
 */
#define C_TERM .7
#define C_LIKE .8
#define C_RELATED .4

/* Weights of groups. */
#define W_PAIR_PHRASE .4	/* two neighbouring words */
#define W_RUN_PHRASE .5		/* a whole Chinese run */
#define W_KNOWN_PARTS .35	/* parts of an identifier that is known */
#define W_LIGHT .35		/* light noise words */
#define W_LIGHT_WORD .6		/* a pair that is a word and touches one */
#define W_CROSSING .5		/* a pair across two words */
#define W_BORDER .1		/* the same, and the glossary is sure */
#define W_BACKOFF .15		/* one character that no known pair covers */
#define W_VARIABLE .3		/* parts that differ from case to case */
#define W_QUOTED .7		/* quoted names, which often do */
#define W_DIGIT .3		/* a number of one digit */

enum query_noise { NOISE_NONE, NOISE_LIGHT, NOISE_DROP };

/* A token of the lexer, kept. */
struct query_token {
	struct slice text;	/* in the arena */
	uint32_t start, end;	/* bytes of the query's text */
	uint32_t compound;
	enum token_form form;
	bool colocated;
};

/* A word or a character pair that may be tied to its neighbour. */
struct query_link {
	struct slice first, last;	/* tokens at its two ends */
	uint32_t count_first, count_last;
	enum query_noise noise;		/* of a word */
	bool noise_first, noise_last;	/* so a Chinese run begins, ends */
};

/* What a word that nobody knows may have meant, nearest first. */
struct query_near {
	struct slice word;	/* in the arena */
	struct vocab_near list[VOCAB_NEAR_MAX];
	size_t n;
};

#define QUERY_NEARS_MAX 16	/* such words that are remembered */

#define QUERY_TERMS_MAX 192

/* A place of the text that the glossary has a form for. */
struct query_term {
	uint32_t start, end;	/* bytes */
	bool inner;		/* inside another one */
	bool cjk;		/* Chinese only */
	bool repaired;		/* a word of it was taken for a typo */
	uint16_t first, units;	/* characters and words, noise between too */
	struct {
		const struct glossary *in;
		const struct glossary_form *form;
	} match[QUERY_GLOSSARIES_MAX * GLOSSARY_MATCHES_MAX];
	size_t nmatches;
};

struct query_builder {
	struct arena *a;
	struct vocab *v;
	const struct query_tools *tools;
	struct query_near nears[QUERY_NEARS_MAX];	/* a scan each */
	size_t nnears;
	struct query_term *terms;	/* outer ones by place, then inner */
	size_t nterms;
	struct query_text text;
	struct query_token *tokens;
	size_t ntokens;
	struct query_group *groups;	/* candidates; the best are chosen */
	size_t ngroups;
	struct query_link before;	/* the atom before; first.len 0: none */
	struct query_link before2;	/* the one before that */
	size_t last_atom;	/* first token of the last atom */
};

/* Find the terms of the text; before groups are made. */
void query_find_terms(struct query_builder *b);

/* The longest term that holds these bytes, or NULL; exactly: has no others. */
const struct query_term *query_term_at(const struct query_builder *b,
    uint32_t start, uint32_t end, bool exactly);

/* Give the groups of the terms their other names; wholes get their parts. */
void query_apply_terms(struct query_builder *b);

/* What content/noise.tsv says of a folded word. */
enum query_noise query_noise(struct slice word);

/*
 * A group for these words, which may stay without forms. NULL when there are
 * too many groups, or one for these words already, which then gets the higher
 * weight.
 */
struct query_group *query_add_group(struct query_builder *b,
    struct slice words, double weight, bool bonus);

/* Where the group's words stand, from the first token to the last. */
static inline void
query_place(struct query_group *g, const struct query_token *first,
    const struct query_token *last)
{
	g->start = first->start;
	g->end = last->end;
}

/* Forms that are one token, counted in the index. */
void query_add_token(struct query_builder *b, struct query_group *g,
    struct slice token, enum query_reason reason, double weight);
void query_add_prefix(struct query_builder *b, struct query_group *g,
    struct slice token, enum query_reason reason, double weight);

/* "x y", in the arena. */
struct slice query_phrase2(struct query_builder *b, struct slice x,
    struct slice y);

/* Of the n tokens t, the first behind `at` that is not colocated, or n. */
size_t query_position_end(const struct query_token *t, size_t n, size_t at);

static inline uint32_t
query_min(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

bool query_is_letters(struct slice w);	/* a to z only */

/* The word that an unknown one is probably a typo of; until the next query. */
bool query_meant(struct query_builder *b, struct slice w, struct slice *out);

/* How much its place, its kind and what it is let a token weigh. */
double query_token_weight(const struct query_builder *b,
    const struct query_token *t);

/*
 * Groups of one word (a position's n tokens), of an identifier (the n tokens
 * of an atom of several positions), of a Chinese run;
 * *ends learns whether noise is at its ends.
 */
void query_add_word(struct query_builder *b, const struct query_token *t,
    size_t n, double weight, bool bonus, bool whole);
void query_add_identifier(struct query_builder *b,
    const struct query_token *t, size_t n);
void query_add_run(struct query_builder *b, const struct query_token *t,
    size_t n, bool keep_noise, struct query_link *ends);

#endif
