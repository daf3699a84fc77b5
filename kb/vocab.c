/*
 * vocab.c - the words of the index; see vocab.h.
 *
 * Counts live in an open hash table of terms, filled one by one from
 * entry_vocab (fts5vocab). The word list for typos is an array sorted by
 * length; each word has a mask of its letters, so that most are rejected
 * without looking at them: one edit changes at most two bits of the mask.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/vocab.h"
#include "common/arena.h"
#include "common/mem.h"
#include "common/str.h"
#include "kb/postings.h"

#include <sqlite3.h>
#include <stdlib.h>

#define WORD_MIN 4
#define WORD_MAX 32
#define COUNTS_MAX 16384	/* terms remembered; then all are forgotten */

enum { Q_REVISION, Q_ENTRIES, Q_COUNT, Q_PREFIX, Q_WORDS, NQUERIES };

static const char *const sql[NQUERIES] = {
	[Q_REVISION] = "SELECT max(revision) FROM revisions",
	[Q_ENTRIES] = "SELECT count(*) FROM entry_text",
	[Q_COUNT] = "SELECT doc FROM entry_vocab WHERE term = ?1",
	[Q_PREFIX] = "SELECT sum(doc) FROM entry_vocab"
	    " WHERE term >= ?1 AND term < ?2",
	[Q_WORDS] = "SELECT term, doc FROM entry_vocab"
	    " WHERE term >= 'a' AND term < '{'",
};

struct count {
	struct slice term;	/* in the arena; NULL: free */
	uint32_t n;
};

struct word {
	const char *text;	/* in the arena */
	uint32_t mask;		/* bit i: has letter 'a' + i */
	uint32_t count;
};

struct vocab {
	sqlite3 *db;		/* borrowed */
	const struct postings_reader *postings;	/* held, or NULL */
	sqlite3_stmt *q[NQUERIES];
	struct err err;		/* the first failure */
	bool loaded;		/* revision and the rest are valid */
	int64_t revision;
	uint32_t entries;
	struct arena arena;	/* terms and words */
	struct count *counts;	/* COUNTS_MAX * 2 slots, or NULL */
	size_t ncounts;
	bool have_words;
	struct word *words[WORD_MAX + 1];	/* by length */
	size_t nwords[WORD_MAX + 1], caps[WORD_MAX + 1];
};

struct vocab *
vocab_new(struct sqlite3 *db)
{
	struct vocab *v = mem_zalloc(sizeof(*v));

	v->db = db;
	return v;
}

static void
forget(struct vocab *v)
{
	size_t i;

	for (i = 0; i <= WORD_MAX; i++) {
		free(v->words[i]);
		v->words[i] = NULL;
		v->nwords[i] = v->caps[i] = 0;
	}
	v->have_words = false;
	free(v->counts);
	v->counts = NULL;
	v->ncounts = 0;
	arena_free(&v->arena);
}

void
vocab_destroy(struct vocab *v)
{
	size_t i;

	if (v == NULL)
		return;
	forget(v);
	for (i = 0; i < NQUERIES; i++)
		sqlite3_finalize(v->q[i]);
	free(v);
}

static void
fail(struct vocab *v)
{
	if (v->err.code == ERR_NONE)
		err_set(&v->err, sqlite3_errcode(v->db) == SQLITE_INTERRUPT ?
		    ERR_CANCELED : ERR_STORAGE,
		    "could not read the vocabulary: %s",
		    sqlite3_errmsg(v->db));
}

/* The prepared statement, or NULL after a failure. */
static sqlite3_stmt *
prepare(struct vocab *v, int which)
{
	if (v->err.code != ERR_NONE)
		return NULL;
	if (v->q[which] == NULL && sqlite3_prepare_v3(v->db, sql[which], -1,
	    SQLITE_PREPARE_PERSISTENT, &v->q[which], NULL) != SQLITE_OK)
		fail(v);
	return v->q[which];
}

static bool
step(struct vocab *v, sqlite3_stmt *q)
{
	int rc = sqlite3_step(q);

	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		fail(v);
	return rc == SQLITE_ROW;
}

/* One number from a statement whose parameters are bound; 0 without a row. */
static int64_t
number(struct vocab *v, sqlite3_stmt *q)
{
	int64_t n = 0;

	if (q == NULL)
		return 0;
	if (step(v, q))
		n = sqlite3_column_int64(q, 0);
	sqlite3_reset(q);
	sqlite3_clear_bindings(q);
	return n;
}

void
vocab_refresh(struct vocab *v, const struct postings_reader *postings)
{
	int64_t revision;

	v->err = ERR_INIT;
	v->postings = postings;
	if (postings != NULL)
		return;
	revision = number(v, prepare(v, Q_REVISION));
	if (v->loaded && revision == v->revision && v->ncounts < COUNTS_MAX)
		return;
	forget(v);
	v->revision = revision;
	v->entries = (uint32_t)number(v, prepare(v, Q_ENTRIES));
	v->loaded = v->err.code == ERR_NONE;
}

bool
vocab_ok(const struct vocab *v, struct err *e)
{
	if (v->err.code == ERR_NONE)
		return true;
	if (e != NULL)
		*e = v->err;
	return false;
}

uint32_t
vocab_entries(struct vocab *v)
{
	return v->postings != NULL ? postings_entries(v->postings) :
	    v->entries;
}

/* Where the term is, or the free slot where it belongs. */
static struct count *
slot(struct vocab *v, struct slice term)
{
	size_t n = COUNTS_MAX * 2, i = str_hash(term) % n;

	if (v->counts == NULL)
		v->counts = mem_calloc(n, sizeof(*v->counts));
	while (v->counts[i].term.ptr != NULL &&
	    !slice_eq(v->counts[i].term, term))
		i = (i + 1) % n;
	return &v->counts[i];
}

static uint32_t
look_up(struct vocab *v, struct slice token, int which)
{
	sqlite3_stmt *q = prepare(v, which);
	char after[80];

	if (q == NULL)
		return 0;
	sqlite3_bind_text(q, 1, token.ptr, (int)token.len, SQLITE_STATIC);
	if (which == Q_PREFIX) {
		/* no UTF-8 text that begins with the prefix comes later */
		memcpy(after, token.ptr, token.len);
		memcpy(after + token.len, "\xf4\x8f\xbf\xbf", 4);
		sqlite3_bind_text(q, 2, after, (int)token.len + 4,
		    SQLITE_STATIC);
	}
	return (uint32_t)number(v, q);
}

static uint32_t
cached(struct vocab *v, struct slice token, int which)
{
	char key[80];
	struct slice term;
	struct count *c;

	if (token.len == 0 || token.len > 72)
		return 0;
	memcpy(key, token.ptr, token.len);
	key[token.len] = '*';
	term = slice_make(key, token.len + (which == Q_PREFIX));
	c = slot(v, term);
	if (c->term.ptr != NULL)
		return c->n;
	if (v->ncounts >= COUNTS_MAX)
		return look_up(v, token, which);
	c->n = look_up(v, token, which);
	c->term = arena_dup(&v->arena, term);
	v->ncounts++;
	return c->n;
}

uint32_t
vocab_count(struct vocab *v, struct slice token)
{
	return v->postings != NULL ? postings_count(v->postings, token) :
	    cached(v, token, Q_COUNT);
}

uint32_t
vocab_count_prefix(struct vocab *v, struct slice prefix)
{
	uint64_t n = v->postings != NULL ?
	    postings_count_prefix(v->postings, prefix) :
	    cached(v, prefix, Q_PREFIX);

	/* an entry with two such words was counted twice */
	return n < vocab_entries(v) ? (uint32_t)n : vocab_entries(v);
}

/* Typos */

static bool
letter_mask(struct slice w, uint32_t *mask)
{
	size_t i;

	*mask = 0;
	for (i = 0; i < w.len; i++) {
		if (w.ptr[i] < 'a' || w.ptr[i] > 'z')
			return false;
		*mask |= 1u << (w.ptr[i] - 'a');
	}
	return w.len >= WORD_MIN && w.len <= WORD_MAX;
}

static void
add_word(struct vocab *v, struct slice w, uint32_t count)
{
	uint32_t mask;
	size_t n = w.len;

	if (!letter_mask(w, &mask))
		return;
	v->words[n] = mem_grow(v->words[n], v->nwords[n], &v->caps[n],
	    sizeof(**v->words));
	v->words[n][v->nwords[n]++] = (struct word){
		arena_dup(&v->arena, w).ptr, mask, count };
}

static void
load_words(struct vocab *v)
{
	sqlite3_stmt *q = prepare(v, Q_WORDS);

	if (q == NULL || v->have_words)
		return;
	while (step(v, q))
		add_word(v, slice_make(sqlite3_column_text(q, 0),
		    (size_t)sqlite3_column_bytes(q, 0)),
		    (uint32_t)sqlite3_column_int64(q, 1));
	sqlite3_reset(q);
	v->have_words = v->err.code == ERR_NONE;
}

static unsigned
min3(unsigned a, unsigned b, unsigned c)
{
	a = a < b ? a : b;
	return a < c ? a : c;
}

/*
 * Optimal string alignment, three rows, only the cells within `max` of the
 * diagonal; the others count as out of reach.
 */
unsigned
vocab_distance(struct slice a, struct slice b, unsigned max)
{
	unsigned rows[3][WORD_MAX + 2], far = max + 1;
	unsigned *two = rows[0], *one = rows[1], *now = rows[2], *t;
	size_t i, j;

	if (a.len > b.len + max || b.len > a.len + max ||
	    a.len > WORD_MAX || b.len > WORD_MAX)
		return far;
	for (j = 0; j <= b.len; j++) {
		two[j] = far;
		one[j] = j <= max ? (unsigned)j : far;
	}
	for (i = 1; i <= a.len; i++) {
		size_t lo = i > max ? i - max : 1;
		size_t hi = i + max < b.len ? i + max : b.len;
		unsigned best = far;

		now[lo - 1] = lo == 1 && i <= max ? (unsigned)i : far;
		for (j = lo; j <= hi; j++) {
			unsigned same = a.ptr[i - 1] == b.ptr[j - 1];

			now[j] = min3(one[j - 1] + !same, one[j] + 1,
			    now[j - 1] + 1);
			if (i > 1 && j > 1 && a.ptr[i - 1] == b.ptr[j - 2] &&
			    a.ptr[i - 2] == b.ptr[j - 1])
				now[j] = min3(now[j], two[j - 2] + 1, far);
			now[j] = min3(now[j], far, far);
			best = min3(best, now[j], far);
		}
		if (hi < b.len)
			now[hi + 1] = far;
		if (best >= far && now[lo - 1] >= far)
			return far;
		t = two, two = one, one = now, now = t;
	}
	return one[b.len];
}

static bool
comes_before(struct slice a, struct slice b)
{
	int c = memcmp(a.ptr, b.ptr, a.len < b.len ? a.len : b.len);

	return c != 0 ? c < 0 : a.len < b.len;
}

static bool
is_nearer(const struct vocab_near *a, const struct vocab_near *b)
{
	if (a->distance != b->distance)
		return a->distance < b->distance;
	if (a->count != b->count)
		return a->count > b->count;
	return comes_before(a->word, b->word);
}

static size_t
insert(struct vocab_near out[VOCAB_NEAR_MAX], size_t n, struct vocab_near c)
{
	size_t i;

	if (n < VOCAB_NEAR_MAX)
		n++;
	else if (!is_nearer(&c, &out[n - 1]))
		return n;
	for (i = n - 1; i > 0 && is_nearer(&c, &out[i - 1]); i--)
		out[i] = out[i - 1];
	out[i] = c;
	return n;
}

/* The i-th known word of that length, with its mask. */
static bool
word_at(const struct vocab *v, size_t len, size_t i, struct vocab_near *out,
    uint32_t *mask)
{
	const struct word *w;

	if (v->postings != NULL)
		return postings_word(v->postings, len, i, &out->word, mask,
		    &out->count);
	if (i >= v->nwords[len])
		return false;
	w = &v->words[len][i];
	out->word = slice_make(w->text, len);
	out->count = w->count;
	*mask = w->mask;
	return true;
}

static size_t
near_of_length(struct vocab *v, size_t len, struct slice word, uint32_t mask,
    unsigned max, struct vocab_near out[VOCAB_NEAR_MAX], size_t n)
{
	struct vocab_near c;
	uint32_t other;
	size_t i;

	for (i = 0; word_at(v, len, i, &c, &other); i++) {
		if (c.count == 0 ||
		    __builtin_popcount(other ^ mask) > 2 * (int)max)
			continue;
		c.distance = vocab_distance(word, c.word, max);
		if (c.distance > 0 && c.word.ptr[0] != word.ptr[0])
			c.distance++;
		if (c.distance > 0 && c.distance <= max)
			n = insert(out, n, c);
	}
	return n;
}

size_t
vocab_near(struct vocab *v, struct slice word,
    struct vocab_near out[VOCAB_NEAR_MAX])
{
	unsigned max = word.len >= 8 ? 2 : 1;
	uint32_t mask;
	size_t len, n = 0;

	if (!letter_mask(word, &mask))
		return 0;
	if (v->postings == NULL)
		load_words(v);
	for (len = word.len - max; len <= word.len + max; len++)
		if (len >= WORD_MIN && len <= WORD_MAX)
			n = near_of_length(v, len, word, mask, max, out, n);
	return n;
}
