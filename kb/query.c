/*
 * query.c - what somebody typed, as groups; see query.h.
 *
 *   bytes -> query_text (cut, spans) -> lexer (tokens) -> atoms -> groups
 *
 * An atom is one compound of the lexer: an identifier or a Chinese run. Each
 * kind of atom has a function that makes its groups; afterwards neighbours
 * are tied together by bonus groups, and the groups get their weight from how
 * rare they are.
 *
 * Invariants:
 *   (1) Every phrase consists of tokens that the lexer gave, which hold
 *       neither quotes nor blanks; no phrase is empty.
 *   (2) Every form has been seen in the index (count > 0).
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/query.h"
#include "common/arena.h"
#include "common/str.h"
#include "kb/lexer.h"
#include "kb/query_text.h"
#include "kb/vocab.h"

#include <math.h>
#include <stdlib.h>

#define TOKENS_MAX (QUERY_TEXT_MAX * 4)
#define RUN_MAX 128		/* characters of one Chinese run that are used */
#define CANDIDATES_MAX 512	/* groups before the best are chosen */

/* Weights of forms; an exact word is 1. */
#define W_FLAG 1.3
#define W_STEM .85
#define W_LETTERS .7
#define W_NUMBER .6
#define W_PREFIX .4
#define W_SPLIT .8
#define W_TYPO .75		/* to the power of the distance */
#define W_INFLECTION .7
#define BASE_MIN 4
#define W_BACKOFF .15

/* Weights of groups. */
#define W_PAIR_PHRASE .6	/* two neighbouring words */
#define W_RUN_PHRASE .5		/* a whole Chinese run */
#define W_KNOWN_PARTS .35	/* parts of an identifier that is known */
#define W_LIGHT .35		/* light noise words */
#define W_VARIABLE .3		/* parts that differ from case to case */
#define W_DIGIT .3		/* a number of one digit */

#define RARE 3			/* entries; such a word may be unfinished */

/* Entries that every base is assumed to have besides its own. */
#define BACKGROUND 50.0

enum noise { NOISE_NONE, NOISE_LIGHT, NOISE_DROP };

static const struct {
	const char *word;
	enum noise how;
} noise_words[] = {
#include "content/noise.inc"
};

struct qtoken {
	struct slice text;	/* in the arena */
	uint32_t start, end;
	uint32_t compound;
	enum token_form form;
	bool colocated;
};

/* A word or a character pair that may be tied to its neighbour. */
struct link {
	struct slice first, last;	/* tokens at its two ends */
	uint32_t count_first, count_last;
	enum noise noise;
};

struct builder {
	struct arena *a;
	struct vocab *v;
	struct query_text text;
	struct qtoken *tokens;
	size_t ntokens;
	struct query_group *groups;
	size_t ngroups;
	struct link before;	/* the atom before; first.len 0: none */
	struct link before2;	/* the one before that, if `before` is noise */
	size_t last_atom;	/* first token of the last atom */
};

/* Noise */

static int
compare_noise(const void *key, const void *row)
{
	const struct slice *w = key;
	const char *other = *(const char *const *)row;
	size_t n = strlen(other);
	int c = memcmp(w->ptr, other, w->len < n ? w->len : n);

	return c != 0 ? c : (w->len > n) - (w->len < n);
}

static enum noise
noise_of(struct slice word)
{
	size_t i = 0;
	const char *row;

	if (word.len == 0)
		return NOISE_NONE;
	row = bsearch(&word, noise_words, ARRAY_LEN(noise_words),
	    sizeof(noise_words[0]), compare_noise);
	if (row == NULL)
		return NOISE_NONE;
	i = (size_t)(row - (const char *)noise_words) / sizeof(noise_words[0]);
	return noise_words[i].how;
}

/* Groups and forms */

void
query_add_form(struct query_group *g, struct slice phrase, bool prefix,
    enum query_reason reason, double weight, uint32_t count)
{
	unsigned i;

	if (count == 0 || phrase.len == 0)
		return;
	for (i = 0; i < g->nforms; i++)
		if (g->forms[i].prefix == prefix &&
		    slice_eq(g->forms[i].phrase, phrase))
			return;
	if (g->nforms == QUERY_FORMS_MAX)
		return;
	g->forms[g->nforms++] = (struct query_form){ phrase, prefix, reason,
		weight, count };
	if (count > g->count)
		g->count = count;
}

/* A group for these words, which may stay without forms; NULL when full. */
static struct query_group *
add_group(struct builder *b, struct slice words, double weight, bool bonus)
{
	struct query_group *g;
	size_t i;

	for (i = 0; i < b->ngroups; i++) {
		g = &b->groups[i];
		if (g->bonus != bonus || !slice_eq(g->words, words))
			continue;
		if (weight > g->weight)
			g->weight = weight;
		return NULL;
	}
	if (b->ngroups == CANDIDATES_MAX)
		return NULL;
	g = &b->groups[b->ngroups++];
	*g = (struct query_group){ .words = words, .weight = weight,
		.bonus = bonus };
	return g;
}

static void
add_token_form(struct builder *b, struct query_group *g, struct slice token,
    enum query_reason reason, double weight)
{
	query_add_form(g, token, false, reason, weight,
	    vocab_count(b->v, token));
}

static void
add_prefix_form(struct builder *b, struct query_group *g, struct slice token,
    enum query_reason reason, double weight)
{
	query_add_form(g, token, true, reason, weight,
	    vocab_count_prefix(b->v, token));
}

static struct slice
phrase2(struct builder *b, struct slice x, struct slice y)
{
	return arena_printf(b->a, "%.*s %.*s", SLICE_ARG(x), SLICE_ARG(y));
}

static uint32_t
min_count(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* Words */

/* "filetype" as "file type", if both are words of the index. */
static void
add_split(struct builder *b, struct query_group *g, struct slice w)
{
	uint32_t best = 0;
	size_t at, best_at = 0;

	for (at = 3; w.len >= 6 && at + 3 <= w.len; at++) {
		uint32_t n = vocab_count(b->v, slice_sub(w, 0, at));

		if (n > best)
			n = min_count(n, vocab_count(b->v,
			    slice_sub(w, at, w.len)));
		if (n > best) {
			best = n;
			best_at = at;
		}
	}
	if (best > 0)
		query_add_form(g, phrase2(b, slice_sub(w, 0, best_at),
		    slice_sub(w, best_at, w.len)), false, QUERY_SPLIT, W_SPLIT,
		    best);
}

static void
add_typos(struct builder *b, struct query_group *g, struct slice w)
{
	struct vocab_near near[VOCAB_NEAR_MAX];
	size_t i, n = vocab_near(b->v, w, near);

	for (i = 0; i < n; i++)
		query_add_form(g, arena_dup(b->a, near[i].word), false,
		    QUERY_TYPO, pow(W_TYPO, near[i].distance), near[i].count);
}

static bool
is_letters(struct slice w)
{
	size_t i;

	for (i = 0; i < w.len; i++)
		if (w.ptr[i] < 'a' || w.ptr[i] > 'z')
			return false;
	return w.len > 0;
}

/*
 * What is left of an English verb or noun without its inflection: "throttl"
 * of throttled and throttling. 0 when it has none or nothing would be left.
 */
static size_t
base_length(struct slice w, bool *inflected)
{
	static const char *const ends[] = { "ing", "ed", "es", "s", "e" };
	size_t i, n;

	for (i = 0; i < ARRAY_LEN(ends); i++) {
		n = strlen(ends[i]);
		if (w.len < n + BASE_MIN || !slice_ends(w, slice_of(ends[i])))
			continue;
		*inflected = i < 4;
		n = w.len - n;
		/* stopped, running */
		if (i < 2 && n > BASE_MIN && w.ptr[n - 1] == w.ptr[n - 2] &&
		    memchr("bdgmnprt", w.ptr[n - 1], 8) != NULL)
			n--;
		return n;
	}
	return w.len >= BASE_MIN ? w.len : 0;
}

/* The other inflections of a word, as far as the index has them. */
static void
add_inflections(struct builder *b, struct query_group *g, struct slice w)
{
	static const char *const ends[] = { "", "e", "s", "es", "ed", "ing" };
	bool inflected = false;
	size_t i, n = is_letters(w) ? base_length(w, &inflected) : 0;

	for (i = 0; n > 0 && i < ARRAY_LEN(ends); i++) {
		struct slice other = arena_printf(b->a, "%.*s%s", (int)n,
		    w.ptr, ends[i]);

		if (other.len <= TOKEN_MAX_BYTES && !slice_eq(other, w))
			add_token_form(b, g, other, QUERY_STEM, W_INFLECTION);
	}
}

/* A word whose every form is unknown: what may have been meant? */
static void
repair(struct builder *b, struct query_group *g, struct slice w)
{
	if (!is_letters(w))
		return;
	add_inflections(b, g, w);
	if (g->nforms == 0)
		add_typos(b, g, w);
	if (g->nforms == 0)
		add_split(b, g, w);
	if (g->nforms == 0 && w.len >= 4)
		add_prefix_form(b, g, w, QUERY_PREFIX, W_PREFIX);
}

static void
add_colocated(struct builder *b, struct query_group *g,
    const struct qtoken *t)
{
	switch (t->form) {
	case TOKEN_JOINED:
		add_token_form(b, g, t->text, QUERY_JOINED, 1);
		break;
	case TOKEN_STEM:
		add_token_form(b, g, t->text, QUERY_STEM, W_STEM);
		break;
	case TOKEN_LETTERS:
		add_token_form(b, g, t->text, QUERY_LETTERS, W_LETTERS);
		break;
	case TOKEN_DIGITS:
		add_token_form(b, g, t->text, QUERY_NUMBER, W_NUMBER);
		break;
	case TOKEN_PERCENT:
	case TOKEN_NAME:
		add_token_form(b, g, t->text, QUERY_EXACT, 1);
		break;
	case TOKEN_FLAG:
		add_token_form(b, g, t->text, QUERY_EXACT, W_FLAG);
		break;
	default:
		break;
	}
}

static bool
has_form(const struct qtoken *t, size_t n, enum token_form form)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (t[i].form == form)
			return true;
	return false;
}

/*
 * The forms of one position: its first token and what is colocated. A flag's
 * own form is of the whole atom, not of its first part.
 */
static void
add_position(struct builder *b, struct query_group *g,
    const struct qtoken *t, size_t n, bool whole)
{
	double exact = 1;
	size_t i;

	if (has_form(t, n, TOKEN_PERCENT))
		exact = W_NUMBER;
	else if (has_form(t, n, TOKEN_NAME))
		exact = W_LETTERS;
	for (i = 1; i < n; i++)
		if (t[i].form == TOKEN_PERCENT || t[i].form == TOKEN_NAME ||
		    (t[i].form == TOKEN_FLAG && whole))
			add_colocated(b, g, &t[i]);
	add_token_form(b, g, t[0].text, exact < 1 ? QUERY_NUMBER : QUERY_EXACT,
	    exact);
	for (i = 1; i < n; i++)
		if (t[i].form != TOKEN_JOINED && t[i].form != TOKEN_FLAG)
			add_colocated(b, g, &t[i]);
}

/* Numbers say little, unless a word before them makes them a code. */
static double
number_weight(const struct builder *b, const struct qtoken *t)
{
	static const char *const codes[] = { "errno", "error", "code", "status",
		"exit", "sqlstate", "err", "http", "错误", "误" };
	size_t i;

	if (t->text.len == 1)
		return W_DIGIT;
	if (!b->text.is_error)
		return 1;
	if (t > b->tokens) {
		for (i = 0; i < ARRAY_LEN(codes); i++)
			if (slice_is(t[-1].text, codes[i]))
				return 1;
	}
	if (t->start > 0 && t->end < b->text.text.len &&
	    (b->text.text.ptr[t->start - 1] == '(' ||
	    b->text.text.ptr[t->start - 1] == ':') && t->text.len <= 5 &&
	    memchr(t->text.ptr, '.', t->text.len) == NULL)
		return .8;
	return t->text.len >= 6 ? W_VARIABLE : .5;
}

/* How much a token's place and kind let it weigh. */
static double
token_weight(const struct builder *b, const struct qtoken *t)
{
	const struct query_span *s = query_text_span(&b->text, t->start);
	double w = t->form == TOKEN_NUMBER ? number_weight(b, t) : 1;

	if (noise_of(t->text) != NOISE_NONE)
		w *= W_LIGHT;
	if (s == NULL)
		return w;
	switch (s->kind) {
	case SPAN_ADDRESS:
	case SPAN_PREFIX:
		return w * W_VARIABLE * .5;
	case SPAN_PATH:
		return w * W_VARIABLE;
	case SPAN_QUOTED:
		return w * .7;
	}
	return w;
}

static void
add_word(struct builder *b, const struct qtoken *t, size_t n, double weight,
    bool bonus, bool whole)
{
	struct query_group *g = add_group(b, t[0].text, weight, bonus);

	if (g == NULL)
		return;
	add_position(b, g, t, n, whole);
	if (g->nforms == 0 && t[0].form == TOKEN_WORD)
		repair(b, g, t[0].text);
}

/* Identifiers */

/* Where the next position begins. */
static size_t
position_end(const struct qtoken *t, size_t n, size_t at)
{
	for (at++; at < n && t[at].colocated; at++)
		;
	return at;
}

/* All first tokens as a phrase, and how many entries can have it at most. */
static struct slice
whole_phrase(struct builder *b, const struct qtoken *t, size_t n,
    uint32_t *count, size_t *parts)
{
	struct slice s = { NULL, 0 };
	size_t i;

	*count = UINT32_MAX;
	*parts = 0;
	for (i = 0; i < n; i = position_end(t, n, i)) {
		s = *parts == 0 ? t[i].text : phrase2(b, s, t[i].text);
		*count = min_count(*count, vocab_count(b->v, t[i].text));
		++*parts;
	}
	return s;
}

static struct slice
joined_form(const struct qtoken *t, size_t n)
{
	size_t i, best = 0;

	for (i = 1; i < n && t[i].colocated; i++)
		if (t[i].form == TOKEN_JOINED &&
		    t[i].text.len >= t[best].text.len)
			best = i;
	return best > 0 ? t[best].text : slice_make(NULL, 0);
}

static void
add_parts(struct builder *b, const struct qtoken *t, size_t n, double weight,
    bool bonus)
{
	size_t i, next;

	for (i = 0; i < n; i = next) {
		next = position_end(t, n, i);
		if (noise_of(t[i].text) != NOISE_DROP)
			add_word(b, t + i, next - i,
			    weight * token_weight(b, &t[i]), bonus, false);
	}
}

/*
 * An identifier of several parts. When the index knows it whole, its parts
 * only help; when it does not, they carry the query.
 */
static void
add_identifier(struct builder *b, const struct qtoken *t, size_t n)
{
	struct slice joined = joined_form(t, n), phrase;
	bool known = joined.len > 0 && vocab_count(b->v, joined) > 0;
	uint32_t count;
	size_t parts, i;
	const struct query_span *span = query_text_span(&b->text, t->start);
	struct query_group *g;

	phrase = whole_phrase(b, t, n, &count, &parts);
	g = add_group(b, joined.len > 0 ? joined : phrase,
	    known ? token_weight(b, &t[0]) : W_PAIR_PHRASE, !known);
	if (g != NULL) {
		for (i = 1; i < n; i++)
			if (t[i].form == TOKEN_FLAG)
				add_colocated(b, g, &t[i]);
		if (joined.len > 0)
			add_token_form(b, g, joined, QUERY_EXACT, 1);
		if (count > 0 && parts <= 12)
			query_add_form(g, phrase, false, QUERY_SPLIT, 1,
			    known ? vocab_count(b->v, joined) : count);
		if (!known && joined.len > 0)
			add_typos(b, g, joined);
		if (g->nforms > 0 && g->forms[0].reason == QUERY_TYPO)
			known = true, g->bonus = false, g->weight = 1;
	}
	add_parts(b, t, n, known ? W_KNOWN_PARTS :
	    span != NULL && span->kind == SPAN_QUOTED ? W_VARIABLE / .7 : 1,
	    known);
}

/* Chinese runs */

struct cjk_run {
	struct slice chars[RUN_MAX];	/* each one character */
	struct slice pairs[RUN_MAX];	/* chars i and i + 1 */
	uint32_t counts[RUN_MAX];	/* of the pairs */
	enum noise noise[RUN_MAX];
	size_t n;			/* characters */
};

static struct slice
first_char(struct slice s)
{
	size_t next;

	(void)utf8_decode(s, 0, &next);
	return slice_sub(s, 0, next);
}

static void
read_run(struct builder *b, const struct qtoken *t, size_t n,
    struct cjk_run *r)
{
	size_t i;

	r->n = n < RUN_MAX ? n : RUN_MAX;
	for (i = 0; i < r->n; i++) {
		r->chars[i] = first_char(t[i].text);
		r->pairs[i] = t[i].text;
		r->counts[i] = t[i].form == TOKEN_PAIR ?
		    vocab_count(b->v, t[i].text) : 0;
		r->noise[i] = NOISE_NONE;
	}
}

/* The longest noise word that begins at character i. */
static size_t
noise_at(struct builder *b, const struct cjk_run *r, size_t i,
    enum noise *how)
{
	struct slice word = { NULL, 0 };
	size_t k, found = 0;

	for (k = 0; k < 4 && i + k < r->n; k++) {
		enum noise h;

		word = k == 0 ? r->chars[i] : arena_printf(b->a, "%.*s%.*s",
		    SLICE_ARG(word), SLICE_ARG(r->chars[i + k]));
		h = noise_of(word);
		if (h != NOISE_NONE) {
			found = k + 1;
			*how = h;
		}
	}
	return found;
}

static void
mark_noise(struct builder *b, struct cjk_run *r)
{
	enum noise how = NOISE_NONE;
	size_t i, k, len;

	for (i = 0; i < r->n; i += len > 0 ? len : 1) {
		len = noise_at(b, r, i, &how);
		for (k = i; k < i + len; k++)
			r->noise[k] = how;
	}
}

static bool
all_dropped(const struct cjk_run *r)
{
	size_t i;

	for (i = 0; i < r->n; i++)
		if (r->noise[i] != NOISE_DROP)
			return false;
	return true;
}

static double
pair_weight(const struct cjk_run *r, size_t i)
{
	if (r->noise[i] == NOISE_DROP || r->noise[i + 1] == NOISE_DROP)
		return 0;
	if (r->noise[i] == NOISE_LIGHT && r->noise[i + 1] == NOISE_LIGHT)
		return W_LIGHT * W_LIGHT;
	if (r->noise[i] == NOISE_LIGHT || r->noise[i + 1] == NOISE_LIGHT)
		return W_LIGHT;
	return 1;
}

static bool
is_covered(const struct cjk_run *r, size_t i)
{
	return (i > 0 && r->counts[i - 1] > 0 && pair_weight(r, i - 1) > 0) ||
	    (i + 1 < r->n && r->counts[i] > 0 && pair_weight(r, i) > 0);
}

/* A character that no known pair covers: words that begin with it. */
static void
add_character(struct builder *b, struct slice c, double weight)
{
	struct query_group *g = add_group(b, c, weight, false);

	if (g != NULL)
		add_prefix_form(b, g, c, QUERY_BACKOFF, 1);
}

static void
add_pairs(struct builder *b, const struct cjk_run *r)
{
	struct query_group *g;
	size_t i;

	for (i = 0; i + 1 < r->n; i++) {
		if (r->counts[i] == 0 || pair_weight(r, i) == 0)
			continue;
		g = add_group(b, r->pairs[i], pair_weight(r, i), false);
		if (g != NULL)
			query_add_form(g, r->pairs[i], false, QUERY_EXACT, 1,
			    r->counts[i]);
	}
	for (i = 0; i < r->n; i++)
		if (r->noise[i] == NOISE_NONE && !is_covered(r, i))
			add_character(b, r->chars[i],
			    r->n == 1 ? 1 : W_BACKOFF);
}

/* Three or more characters without noise between, as they stand. */
static void
add_run_phrases(struct builder *b, const struct cjk_run *r)
{
	size_t i = 0, from, k;

	while (i < r->n) {
		uint32_t count = UINT32_MAX;
		struct slice phrase = { NULL, 0 };
		struct query_group *g;

		for (from = i; i < r->n && r->noise[i] != NOISE_DROP; i++)
			;
		for (k = from; k + 1 < i; k++) {
			phrase = k == from ? r->pairs[k] :
			    phrase2(b, phrase, r->pairs[k]);
			count = min_count(count, r->counts[k]);
		}
		if (i - from >= 3 && count > 0 && (g = add_group(b, phrase,
		    W_RUN_PHRASE, true)) != NULL)
			query_add_form(g, phrase, false, QUERY_EXACT, 1,
			    count);
		if (i == from)
			i++;
	}
}

static void
add_run(struct builder *b, const struct qtoken *t, size_t n)
{
	struct cjk_run *r = arena_alloc(b->a, sizeof(*r));
	size_t i;

	read_run(b, t, n, r);
	mark_noise(b, r);
	if (all_dropped(r) && b->ngroups == 0 && b->last_atom == 0)
		for (i = 0; i < r->n; i++)
			r->noise[i] = NOISE_NONE;
	add_pairs(b, r);
	add_run_phrases(b, r);
}

/* Neighbours */

static bool
is_run(const struct qtoken *t)
{
	return t->form == TOKEN_PAIR || t->form == TOKEN_LAST ||
	    t->form == TOKEN_SINGLE;
}

static struct link
link_of(struct builder *b, const struct qtoken *t, size_t n)
{
	struct link l = { t[0].text, t[0].text, 0, 0, NOISE_NONE };
	size_t i;

	for (i = 0; i < n; i = position_end(t, n, i))
		l.last = t[i].text;
	l.count_first = vocab_count(b->v, l.first);
	l.count_last = vocab_count(b->v, l.last);
	if (!is_run(t) && position_end(t, n, 0) == n)
		l.noise = noise_of(l.first);
	return l;
}

static void
add_neighbours(struct builder *b, struct slice phrase, uint32_t count,
    double weight)
{
	struct query_group *g;

	if (count > 0 && (g = add_group(b, phrase, weight, true)) != NULL)
		query_add_form(g, phrase, false, QUERY_EXACT, 1, count);
}

/* Tie this atom to the one before it, and over one noise word. */
static void
tie(struct builder *b, struct link now)
{
	const struct link *one = &b->before, *two = &b->before2;

	if (one->first.len > 0 && one->noise != NOISE_DROP &&
	    now.noise != NOISE_DROP)
		add_neighbours(b, phrase2(b, one->last, now.first),
		    min_count(one->count_last, now.count_first),
		    one->noise == NOISE_LIGHT && now.noise == NOISE_LIGHT ?
		    W_LIGHT * W_PAIR_PHRASE : W_PAIR_PHRASE);
	else if (one->noise == NOISE_DROP && two->first.len > 0 &&
	    two->noise != NOISE_DROP && now.noise != NOISE_DROP)
		add_neighbours(b, phrase2(b, phrase2(b, two->last, one->first),
		    now.first), min_count(one->count_first,
		    min_count(two->count_last, now.count_first)),
		    W_PAIR_PHRASE);
	b->before2 = b->before;
	b->before = now;
}

/* Reading */

static bool
collect(void *arg, const struct token *t)
{
	struct builder *b = arg;

	if (b->ntokens == TOKENS_MAX)
		return false;
	b->tokens[b->ntokens++] = (struct qtoken){
		.text = arena_dup(b->a, t->text), .start = t->start,
		.end = t->end, .compound = t->compound, .form = t->form,
		.colocated = t->colocated };
	return true;
}

static void
add_atom(struct builder *b, const struct qtoken *t, size_t n, bool keep_noise)
{
	if (is_run(t)) {
		add_run(b, t, n);
	} else if (position_end(t, n, 0) < n) {
		add_identifier(b, t, n);
	} else if (keep_noise || noise_of(t->text) != NOISE_DROP) {
		add_word(b, t, n, token_weight(b, t), false, true);
	}
	tie(b, link_of(b, t, n));
}

static void
add_atoms(struct builder *b, bool keep_noise)
{
	size_t i, n;

	for (i = 0; i < b->ntokens; i += n) {
		const struct qtoken *t = &b->tokens[i];

		for (n = 1; i + n < b->ntokens &&
		    t[n].compound == t->compound; n++)
			;
		if (i > 0 && memchr(b->text.text.ptr + t[-1].end, '\n',
		    t->start > t[-1].end ? t->start - t[-1].end : 0) != NULL)
			b->before.first.len = 0;
		b->last_atom = i;
		add_atom(b, t, n, keep_noise);
	}
}

/* The last word of a query may still be growing. */
static void
complete_last_word(struct builder *b)
{
	const struct qtoken *t = &b->tokens[b->last_atom];
	size_t i, n = b->ntokens - b->last_atom;

	if (b->ntokens == 0 || b->text.is_error || t->form != TOKEN_WORD ||
	    !is_letters(t->text) || t->text.len < 4 ||
	    position_end(t, n, 0) < n ||
	    t->end != b->text.text.len)
		return;
	for (i = 0; i < b->ngroups; i++) {
		struct query_group *g = &b->groups[i];

		if (!g->bonus && slice_eq(g->words, t->text) &&
		    g->nforms > 0 && g->count < RARE)
			add_prefix_form(b, g, t->text, QUERY_PREFIX, W_PREFIX);
	}
}

static void
weigh(struct builder *b)
{
	double n = vocab_entries(b->v) + BACKGROUND;
	size_t i;

	for (i = 0; i < b->ngroups; i++) {
		struct query_group *g = &b->groups[i];
		double df = g->count;

		g->idf = log(1 + (n - df + .5) / (df + .5));
	}
}

static int
by_worth(const void *a, const void *b)
{
	const struct query_group *x = a, *y = b;
	double wx = x->weight * x->idf, wy = y->weight * y->idf;

	return wx > wy ? -1 : wx < wy;
}

/* Bytewise copy of the best groups, whole queries in their order. */
static void
choose(struct builder *b, struct query *out)
{
	size_t i;

	if (b->ngroups > QUERY_GROUPS_MAX)
		qsort(b->groups, b->ngroups, sizeof(*b->groups), by_worth);
	for (i = 0; i < b->ngroups && i < QUERY_GROUPS_MAX; i++)
		out->groups[out->ngroups++] = b->groups[i];
}

void
query_parse(struct slice text, struct vocab *v, struct arena *a,
    struct query *out)
{
	struct builder *b = arena_zalloc(a, sizeof(*b));

	b->a = a;
	b->v = v;
	memset(out, 0, sizeof(*out));
	query_text_clean(text, a, &b->text);
	out->is_error = b->text.is_error;
	out->is_log = b->text.is_log;
	b->tokens = arena_alloc(a, TOKENS_MAX * sizeof(*b->tokens));
	b->groups = arena_alloc(a, CANDIDATES_MAX * sizeof(*b->groups));
	(void)lexer_run(b->text.text, collect, b);
	add_atoms(b, false);
	if (b->ngroups == 0)
		add_atoms(b, true);
	complete_last_word(b);
	weigh(b);
	choose(b, out);
}
