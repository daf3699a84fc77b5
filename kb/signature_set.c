/*
 * signature_set.c - thousands of signatures over a log, in one pass.
 *
 *   filter    every second position: are these four bytes one of the rare
 *             ones that some signature must have? One bit in 32 kB tells no
 *             for nearly all of them
 *   verify    the line around a hit is normalised, and the patterns that have
 *             these bytes are looked for in it
 *
 * Each signature is found through one anchor, five bytes that are rare in
 * everyday logs: two overlapping grams, so that one of them lies at an even
 * position. An anchor has no blank or punctuation unless the signature has
 * only short words. So nothing is missed, and time is linear: a rule is tried
 * at most TRIES_MAX times for each line.
 *
 * Invariant: after signature_set_compile() a set does not change; all that
 * scanning writes to is in the scanner.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/signature_internal.h"

#include <assert.h>
#include <stdlib.h>

#include "common/arena.h"
#include "common/mem.h"
#include "common/str.h"

#define MAP_BITS 18
#define ANCHOR 5		/* bytes: two grams */
#define TRIES_MAX 8
#define PATTERNS_MAX 8		/* of one rule */
#define ERROR_RULE UINT32_MAX	/* an anchor of a word like "failed" */

/* A pattern of a rule and what it is there for. */
struct clause {
	enum rule_part part;
	struct pattern pattern;	/* fragments are in the set's arena */
	uint64_t own;		/* hash of what the text itself captures */
};

struct rule {
	uint32_t id;
	int priority;
	enum signature_mode mode;
	struct clause *clauses;
	size_t nclauses;
};

struct anchor {
	uint32_t gram;
	uint32_t rule;		/* index, or ERROR_RULE */
	uint32_t next;		/* of the same bucket, index + 1; 0: none */
	unsigned char bytes[ANCHOR];	/* folded as grams are */
	uint8_t shift;		/* of the gram in bytes: 0 or 1 */
	uint8_t clause;
};

struct signature_set {
	struct arena arena;	/* texts, fragments */
	struct rule *rules;
	size_t n, cap;
	struct anchor *anchors;
	size_t nanchors, anchor_cap;
	uint32_t *buckets;	/* index + 1 of an anchor; 0: none */
	uint32_t bucket_mask;
	bool find_errors;
	bool compiled;
	uint64_t map[(1u << MAP_BITS) / 64];
};

struct mark {
	uint32_t line;		/* serial of the line that this is about */
	uint8_t tries;
	bool matched;
};

struct signature_scanner {
	const struct signature_set *set;	/* borrowed */
	struct mark *marks;	/* one for each rule */
	uint32_t line;		/* serial of the current line */
	size_t norm_from, norm_to;	/* what `norm` holds; 0, 0: nothing */
	struct norm norm;
	struct norm tmp;
};

struct signature_set *
signature_set_new(void)
{
	return mem_zalloc(sizeof(struct signature_set));
}

void
signature_set_destroy(struct signature_set *s)
{
	if (s == NULL)
		return;
	arena_free(&s->arena);
	free(s->rules);
	free(s->anchors);
	free(s->buckets);
	free(s);
}

size_t
signature_set_count(const struct signature_set *s)
{
	return s->n;
}

/* ---- rules ---- */

static uint64_t
hash_captures(const struct slice *captures, size_t n, struct norm *tmp)
{
	uint64_t h = 17;
	size_t i;

	for (i = 0; i < n; i++) {
		norm_make(slice_sub(captures[i], 0, SIGNATURE_WINDOW), tmp);
		h = h * 1099511628211u ^
		    str_hash(slice_make(tmp->bytes, tmp->len));
	}
	return h;
}

/* What the clause captures in the text that it was made of. */
static uint64_t
captures_of_text(const struct clause *c, struct slice text)
{
	struct slice captures[SIGNATURE_CAPTURES_MAX];
	struct norm *n = mem_alloc(sizeof(*n));
	uint64_t h = 0;
	size_t count;

	norm_make(slice_sub(text, 0, SIGNATURE_WINDOW), n);
	if (pattern_match(&c->pattern, n, captures, &count))
		h = hash_captures(captures, count, n);
	free(n);
	return h;
}

static void
add_clauses(struct signature_set *s, struct rule *r, struct slice template)
{
	struct clause clauses[PATTERNS_MAX];
	enum rule_part part;
	struct slice text;

	while (r->nclauses < PATTERNS_MAX &&
	    template_next(&template, &part, &text)) {
		struct clause *c = &clauses[r->nclauses];

		c->part = part;
		pattern_parse(text, &s->arena, &c->pattern);
		r->nclauses += c->pattern.n != 0;
	}
	r->clauses = arena_alloc(&s->arena, (r->nclauses + 1) *
	    sizeof(*r->clauses));
	memcpy(r->clauses, clauses, r->nclauses * sizeof(*clauses));
}

void
signature_set_add(struct signature_set *s, uint32_t id, int priority,
    enum signature_mode mode, struct slice text, struct slice template)
{
	struct rule *r;
	size_t i;

	assert(!s->compiled);
	if (mode == SIGNATURE_OFF || template.len == 0)
		return;
	s->rules = mem_grow(s->rules, s->n, &s->cap, sizeof(*s->rules));
	r = &s->rules[s->n];
	*r = (struct rule){ .id = id, .priority = priority, .mode = mode };
	add_clauses(s, r, arena_dup(&s->arena, template));
	if (r->nclauses == 0)
		return;
	for (i = 0; i < r->nclauses; i++)
		r->clauses[i].own = captures_of_text(&r->clauses[i], text);
	s->n++;
}

void
signature_set_find_errors(struct signature_set *s)
{
	s->find_errors = true;
}

/* ---- anchors ---- */

static uint32_t
gram_hash(uint32_t gram)
{
	return gram * 2654435761u;
}

static void
add_gram(struct signature_set *s, uint32_t rule, size_t clause,
    const char *bytes, uint8_t shift)
{
	struct anchor *a;
	uint32_t bit;
	size_t i;

	s->anchors = mem_grow(s->anchors, s->nanchors, &s->anchor_cap,
	    sizeof(*s->anchors));
	a = &s->anchors[s->nanchors++];
	*a = (struct anchor){ .gram = gram_at(bytes + shift), .rule = rule,
		.shift = shift, .clause = (uint8_t)clause };
	for (i = 0; i < ANCHOR; i++)
		a->bytes[i] = (unsigned char)bytes[i] | 0x20;
	bit = gram_hash(a->gram) >> (32 - MAP_BITS);
	s->map[bit / 64] |= (uint64_t)1 << (bit % 64);
}

static void
add_anchor(struct signature_set *s, uint32_t rule, size_t clause,
    const char *bytes)
{
	add_gram(s, rule, clause, bytes, 0);
	add_gram(s, rule, clause, bytes, 1);
}

static bool
is_solid(const char *p)
{
	size_t i;

	for (i = 0; i < ANCHOR; i++)
		if (!ascii_is_alnum(p[i]) && p[i] != '_' &&
		    (unsigned char)p[i] < 0x80)
			return false;
	return true;
}

/* The rarest five bytes of a pattern; NULL when no fragment is so long. */
static const char *
best_anchor(const struct pattern *p)
{
	const char *best = NULL;
	unsigned rarity, rarest = UINT32_MAX;
	size_t i, k;

	for (i = 0; i < p->n; i++) {
		struct slice raw = p->fragments[i].raw;

		for (k = 0; k + ANCHOR <= raw.len; k++) {
			const char *at = raw.ptr + k;

			rarity = neutral_count(gram_at(at)) +
			    neutral_count(gram_at(at + 1)) +
			    (is_solid(at) ? 0 : 100000);
			if (rarity < rarest) {
				rarest = rarity;
				best = at;
			}
		}
	}
	return best;
}

/*
 * Where a rule is found: all its "any" patterns, or the longest "all"; and
 * its core.
 */
static void
add_rule_anchors(struct signature_set *s, uint32_t index)
{
	const struct rule *r = &s->rules[index];
	const char *at, *best = NULL;
	size_t i, best_clause = 0;
	double words = -1;
	bool any = false;

	for (i = 0; i < r->nclauses; i++) {
		const struct clause *c = &r->clauses[i];

		at = best_anchor(&c->pattern);
		if (at == NULL || c->part == RULE_NOT)
			continue;
		if (c->part == RULE_ANY || c->part == RULE_CORE) {
			add_anchor(s, index, i, at);
			any |= c->part == RULE_ANY;
		} else if (c->pattern.words > words) {
			words = c->pattern.words;
			best = at;
			best_clause = i;
		}
	}
	if (best != NULL && !any)
		add_anchor(s, index, best_clause, best);
}

/* Words of five bytes or more: shorter ones are no anchors. */
static void
add_error_anchors(struct signature_set *s)
{
	static const char *const words[] = { "error", "excep", "fatal",
		"panic", "denie", "faile", "failu", "refus", "canno", "could",
		"unabl", "timed", "timeo", "inval", "errno", "traceb", "segme",
		"killed", "unauth", "forbid", "unreach", "abort", "misma",
		"deadl", "rejec", "expire", "unsupp", "criti", "emerg",
		"unexp", "no such", "not found", "too many", "too large",
		"out of memory", "错误", "失败", "异常", "拒绝", "报错",
		"超时", "无法", "找不到", "不存在" };
	size_t i;

	for (i = 0; i < ARRAY_LEN(words); i++)
		add_anchor(s, ERROR_RULE, 0, words[i]);
}

static void
fill_buckets(struct signature_set *s)
{
	uint32_t size = 1024, i;

	while (size < s->nanchors * 2)
		size *= 2;
	s->buckets = mem_calloc(size, sizeof(*s->buckets));
	s->bucket_mask = size - 1;
	for (i = 0; i < s->nanchors; i++) {
		uint32_t *b = &s->buckets[(gram_hash(s->anchors[i].gram) >> 8)
		    & s->bucket_mask];

		s->anchors[i].next = *b;
		*b = i + 1;
	}
}

void
signature_set_compile(struct signature_set *s)
{
	uint32_t i;

	assert(!s->compiled);
	for (i = 0; i < s->n; i++)
		add_rule_anchors(s, i);
	if (s->find_errors)
		add_error_anchors(s);
	fill_buckets(s);
	s->compiled = true;
}

/* ---- scanning ---- */

struct signature_scanner *
signature_scanner_new(const struct signature_set *set)
{
	struct signature_scanner *s = mem_zalloc(sizeof(*s));

	assert(set->compiled);
	s->set = set;
	s->marks = mem_calloc(set->n + 1, sizeof(*s->marks));
	return s;
}

void
signature_scanner_destroy(struct signature_scanner *s)
{
	if (s == NULL)
		return;
	free(s->marks);
	free(s);
}

static inline bool
may_hit(const uint64_t *map, uint32_t gram)
{
	uint32_t bit = gram_hash(gram) >> (32 - MAP_BITS);

	return map[bit / 64] >> (bit % 64) & 1;
}

/*
 * The first even-distance position from `at` on whose gram some anchor has;
 * text.len when there is none. Four positions are tested for one branch.
 */
static size_t
next_candidate(const struct signature_set *s, struct slice text, size_t at)
{
	const uint64_t *map = s->map;

	while (at + 10 <= text.len) {
		const char *p = text.ptr + at;

		if (may_hit(map, gram_at(p)) | may_hit(map, gram_at(p + 2)) |
		    may_hit(map, gram_at(p + 4)) |
		    may_hit(map, gram_at(p + 6)))
			break;
		at += 8;
	}
	for (; at + 4 <= text.len; at += 2)
		if (may_hit(map, gram_at(text.ptr + at)))
			return at;
	return text.len;
}

static bool
anchor_is_at(const struct anchor *a, struct slice text, size_t at)
{
	size_t i;

	if (at < a->shift || at - a->shift + ANCHOR > text.len)
		return false;
	at -= a->shift;
	for (i = 0; i < ANCHOR; i++)
		if (((unsigned char)text.ptr[at + i] | 0x20) != a->bytes[i])
			return false;
	return true;
}

/* The part of a line around `at` that patterns are looked for in. */
static const struct norm *
window(struct signature_scanner *s, struct slice text,
    const struct signature_line *l, size_t at)
{
	size_t from = l->start, to = l->end;

	if (at - from > SIGNATURE_WINDOW)
		from = at - SIGNATURE_WINDOW;
	if (to - at > SIGNATURE_WINDOW)
		to = at + SIGNATURE_WINDOW;
	if (s->norm_from != from || s->norm_to != to) {
		norm_make(slice_sub(text, from, to), &s->norm);
		s->norm_from = from;
		s->norm_to = to;
	}
	return &s->norm;
}

/* Whether what must be there is, and what must not be is not. */
static bool
others_fit(const struct rule *r, size_t found, const struct norm *n)
{
	bool any = false, need_any = false;
	size_t i;

	for (i = 0; i < r->nclauses; i++) {
		const struct clause *c = &r->clauses[i];
		bool there;

		if (c->part == RULE_CORE)
			continue;
		there = i == found || pattern_match(&c->pattern, n, NULL,
		    NULL);
		if (c->part == RULE_ANY) {
			need_any = true;
			any |= there;
		} else if (there != (c->part == RULE_ALL)) {
			return false;
		}
	}
	return any || !need_any;
}

static bool
is_denied(const struct rule *r, const struct norm *n)
{
	size_t i;

	for (i = 0; i < r->nclauses; i++)
		if (r->clauses[i].part == RULE_NOT &&
		    pattern_match(&r->clauses[i].pattern, n, NULL, NULL))
			return true;
	return false;
}

/* A core that tells little is less certain than the whole. */
static enum signature_mode
mode_of_match(const struct rule *r, const struct clause *c, bool same)
{
	if (c->part != RULE_CORE)
		return same ? SIGNATURE_EXACT : r->mode;
	return c->pattern.words >= 3 ? r->mode : SIGNATURE_LIKELY;
}

static bool
try_clause(const struct rule *r, size_t clause, const struct norm *n,
    struct norm *tmp, struct signature_hit *h)
{
	const struct clause *c = &r->clauses[clause];
	bool same;

	if (c->part == RULE_CORE && r->mode == SIGNATURE_EXACT)
		return false;
	if (!pattern_match(&c->pattern, n, h->captures, &h->ncaptures))
		return false;
	if (c->part == RULE_CORE ? is_denied(r, n) :
	    !others_fit(r, clause, n))
		return false;
	same = hash_captures(h->captures, h->ncaptures, tmp) == c->own;
	if (r->mode == SIGNATURE_EXACT && !same)
		return false;
	h->id = r->id;
	/* without anything variable, the same says nothing more */
	h->mode = mode_of_match(r, c, same && (h->ncaptures != 0 ||
	    r->mode != SIGNATURE_LIKELY));
	h->score = c->pattern.words + (same ? 1 : 0) +
	    r->priority * .01;
	return true;
}

/* Best first; a rule that matched in two ways keeps the better one. */
static void
keep_hit(struct signature_line *l, const struct signature_hit *h)
{
	size_t i, k;

	for (i = 0; i < l->nhits; i++) {
		if (l->hits[i].id != h->id)
			continue;
		if (l->hits[i].score >= h->score)
			return;
		memmove(&l->hits[i], &l->hits[i + 1],
		    (l->nhits - i - 1) * sizeof(*l->hits));
		l->nhits--;
		break;
	}
	for (i = 0; i < l->nhits && l->hits[i].score >= h->score; i++)
		;
	if (i == SIGNATURE_HITS_MAX)
		return;
	k = l->nhits < SIGNATURE_HITS_MAX ? l->nhits++ : l->nhits - 1;
	memmove(&l->hits[i + 1], &l->hits[i], (k - i) * sizeof(*l->hits));
	l->hits[i] = *h;
}

static void
try_anchor(struct signature_scanner *s, const struct anchor *a,
    struct slice text, size_t at, struct signature_line *l)
{
	struct mark *m = &s->marks[a->rule];
	struct signature_hit h;

	if (m->line != s->line)
		*m = (struct mark){ .line = s->line };
	if (m->tries >= TRIES_MAX)
		return;
	m->tries++;
	if (try_clause(&s->set->rules[a->rule], a->clause,
	    window(s, text, l, at), &s->tmp, &h))
		keep_hit(l, &h);
}

/* Everything that the candidate at `at` may be. */
static void
try_candidate(struct signature_scanner *s, struct slice text, size_t at,
    struct signature_line *l)
{
	const struct signature_set *set = s->set;
	uint32_t gram = gram_at(text.ptr + at), i;

	for (i = set->buckets[(gram_hash(gram) >> 8) & set->bucket_mask];
	    i != 0; i = set->anchors[i - 1].next) {
		const struct anchor *a = &set->anchors[i - 1];

		if (a->gram != gram || !anchor_is_at(a, text, at))
			continue;
		if (a->rule == ERROR_RULE)
			l->is_error = true;
		else
			try_anchor(s, a, text, at, l);
	}
}

/* The line that `at` is in. */
static void
begin_line(struct signature_scanner *s, struct slice text, size_t from,
    size_t at, struct signature_line *l)
{
	const char *lf = at > from ? memrchr(text.ptr + from, '\n', at - from) :
	    NULL;

	l->start = lf != NULL ? (size_t)(lf - text.ptr) + 1 : from;
	lf = memchr(text.ptr + at, '\n', text.len - at);
	l->end = lf != NULL ? (size_t)(lf - text.ptr) : text.len;
	l->nhits = 0;
	l->is_error = false;
	s->line++;
	s->norm_from = s->norm_to = 0;
}

/* Whether some anchor is there at all; most candidates fail this. */
static bool
has_anchor(const struct signature_set *set, struct slice text, size_t at)
{
	uint32_t gram = gram_at(text.ptr + at), i;

	for (i = set->buckets[(gram_hash(gram) >> 8) & set->bucket_mask];
	    i != 0; i = set->anchors[i - 1].next)
		if (set->anchors[i - 1].gram == gram &&
		    anchor_is_at(&set->anchors[i - 1], text, at))
			return true;
	return false;
}

bool
signature_next(struct signature_scanner *s, struct slice text, size_t from,
    struct signature_line *out)
{
	size_t at = from;

	while ((at = next_candidate(s->set, text, at)) < text.len) {
		if (!has_anchor(s->set, text, at)) {
			at += 2;
			continue;
		}
		begin_line(s, text, from, at, out);
		while (at < out->end) {
			try_candidate(s, text, at, out);
			at = next_candidate(s->set, slice_sub(text, 0,
			    out->end), at + 2);
		}
		if (out->nhits != 0 || out->is_error)
			return true;
		from = out->end < text.len ? out->end + 1 : text.len;
		at = from;
	}
	return false;
}
