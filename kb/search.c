/*
 * search.c - from what somebody typed to the entries that answer it; see
 * search.h.
 *
 *   query_parse -> query_to_match -> rows of entry_fts, each ranked
 *     -> the best `limit` of them -> reasons, confidence, snippet
 *
 * The first pass looks at entries that have the rare words of the query; a
 * second one takes any of the words when the first found too few.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/search.h"
#include "common/arena.h"
#include "common/mem.h"
#include "common/str.h"
#include "kb/fts_rank.h"
#include "kb/glossary.h"
#include "kb/glossary_site.h"
#include "kb/postings.h"
#include "kb/query.h"
#include "kb/snippet.h"
#include "kb/store_signature.h"
#include "kb/vocab.h"

#include <sqlite3.h>
#include <stdlib.h>

#define SMALL_BASE 20000		/* entries that are all looked at */
#define FEW_GROUPS 24		/* of a query whose every word may drive */
#define ENOUGH 10		/* rows of the first pass that need no second */
#define ROWS_MAX 20000		/* looked at in one pass */
#define WHY_MAX 6

#define STRONG_COVERAGE .8
#define STRONG_QUALITY .55
#define LIKELY_COVERAGE .5
#define NOTHING_COVERAGE .25	/* with less an entry is no answer */

/*
 * With less of its coverage, but enough of the query's telling words, it may
 * be. In a few lessons hardly a word stands by chance: there one is enough.
 */
#define SOME_COVERAGE .14
#define ENOUGH_WORDS 2
#define FEW_LESSONS 200		/* entries */
#define TELLING_WEIGHT .5
#define TELLING_IDF 2.5

/*
 * What an entry is decides near ties: authors mark what matters, and who asks
 * wants a known problem with its fix before a page that mentions the words.
 * Together at most 20 %.
 */
#define SPARE 20		/* candidates below the limit that may rise */
#define P_SEVERE .1		/* critical; less for lesser ones */
#define P_PROBLEM .1		/* a problem, or a runbook */

/*
 * A signature says which entry it is, with more certainty than words can: its
 * text beats every score, one of few words breaks ties.
 */
#define SIGNATURE_STRONG_BONUS 2.0	/* times the best score */
#define SIGNATURE_LIKELY_BONUS .05

enum { Q_PASSES, Q_MATCH, Q_FILTERED, Q_ALLOWED, Q_PRIOR, Q_TEXT, NQUERIES };

static const char *const sql[NQUERIES] = {
	[Q_MATCH] = "SELECT rowid, kb_rank(entry_fts, ?2) FROM entry_fts"
	    " WHERE entry_fts MATCH ?1",
	[Q_FILTERED] = "SELECT rowid, kb_rank(entry_fts, ?2) FROM entry_fts"
	    " WHERE entry_fts MATCH ?1 AND +rowid IN (SELECT id FROM entries"
	    " WHERE (?3 = '' OR document = ?3) AND (?4 = '' OR kind = ?4)"
	    " AND (?5 = '' OR severity = ?5))",
	[Q_PASSES] = "SELECT 1 FROM entries WHERE id = ?1"
	    " AND (?3 = '' OR document = ?3) AND (?4 = '' OR kind = ?4)"
	    " AND (?5 = '' OR severity = ?5)",
	[Q_ALLOWED] = "SELECT id FROM entries"
	    " WHERE (?3 = '' OR document = ?3) AND (?4 = '' OR kind = ?4)"
	    " AND (?5 = '' OR severity = ?5)",
	[Q_PRIOR] = "SELECT severity, kind IN ('problem', 'runbook')"
	    " FROM entries WHERE id = ?1",
	[Q_TEXT] = "SELECT title, alias, symptom, error, command, tags, path,"
	    " body FROM entry_text WHERE id = ?1",
};

struct searcher {
	sqlite3 *db;		/* borrowed */
	struct vocab *vocab;	/* owned */
	struct postings_reader *postings;	/* owned */
	struct signature_base *signatures;	/* owned */
	struct glossary_site *site;	/* owned */
	bool use_glossary;
	sqlite3_stmt *q[NQUERIES];
};

struct ranking {
	struct searcher *s;
	const struct search_request *req;
	struct query query;
	struct query_match match;
	struct fts_rank_plan plan;
	struct rank_list list;	/* keeps the limit, and some that may rise */
	struct signature_found_list found;	/* in the text */
	bool in_memory;		/* the postings are held */
};

const char *
confidence_name(enum confidence c)
{
	switch (c) {
	case CONFIDENCE_STRONG:
		return "strong";
	case CONFIDENCE_LIKELY:
		return "likely";
	case CONFIDENCE_WEAK:
		break;
	}
	return "weak";
}

struct searcher *
searcher_new(struct sqlite3 *db, struct postings *postings)
{
	struct searcher *s = mem_zalloc(sizeof(*s));

	s->db = db;
	s->postings = postings_reader_new(postings, db);
	s->vocab = vocab_new(db);
	s->signatures = signature_base_new(db);
	s->site = glossary_site_new(sqlite3_db_filename(db, "main"));
	s->use_glossary = true;
	return s;
}

void
searcher_use_glossary(struct searcher *s, bool use)
{
	s->use_glossary = use;
}

void
searcher_destroy(struct searcher *s)
{
	size_t i;

	if (s == NULL)
		return;
	for (i = 0; i < NQUERIES; i++)
		sqlite3_finalize(s->q[i]);
	vocab_destroy(s->vocab);
	postings_reader_destroy(s->postings);
	signature_base_destroy(s->signatures);
	glossary_site_destroy(s->site);
	free(s);
}

static bool
fail(struct searcher *s, struct err *e)
{
	if (sqlite3_errcode(s->db) == SQLITE_INTERRUPT)
		return err_set(e, ERR_CANCELED, "the search was interrupted");
	return err_set(e, ERR_STORAGE, "could not search: %s",
	    sqlite3_errmsg(s->db));
}

static bool
prepare(struct searcher *s, int which, sqlite3_stmt **q, struct err *e)
{
	if (s->q[which] == NULL && sqlite3_prepare_v3(s->db, sql[which], -1,
	    SQLITE_PREPARE_PERSISTENT, &s->q[which], NULL) != SQLITE_OK)
		return fail(s, e);
	*q = s->q[which];
	return true;
}

static void
release(sqlite3_stmt *q)
{
	sqlite3_reset(q);
	sqlite3_clear_bindings(q);
}

static void
bind_slice(sqlite3_stmt *q, int i, struct slice s)
{
	sqlite3_bind_text(q, i, s.len > 0 ? s.ptr : "", (int)s.len,
	    SQLITE_STATIC);
}

static struct slice
text_column(sqlite3_stmt *q, int i)
{
	const void *p = sqlite3_column_text(q, i);

	return slice_make(p, (size_t)sqlite3_column_bytes(q, i));
}

static bool
is_filtered(const struct search_request *req)
{
	return req->document.len > 0 || req->kind.len > 0 ||
	    req->severity.len > 0;
}

static void
bind_filter(const struct ranking *r, sqlite3_stmt *q)
{
	bind_slice(q, 3, r->req->document);
	bind_slice(q, 4, r->req->kind);
	bind_slice(q, 5, r->req->severity);
}

/* The rows of a statement; false when it failed. */
static bool
end_of_rows(struct ranking *r, sqlite3_stmt *q, int rc, struct err *e)
{
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		(void)fail(r->s, e);
	release(q);
	return rc == SQLITE_ROW || rc == SQLITE_DONE;
}

static bool
run_match(struct ranking *r, struct err *e)
{
	bool filtered = is_filtered(r->req);
	sqlite3_stmt *q = NULL;
	int rc;

	if (r->match.text.len == 0)
		return true;
	if (!prepare(r->s, filtered ? Q_FILTERED : Q_MATCH, &q, e))
		return false;
	bind_slice(q, 1, r->match.text);
	sqlite3_bind_pointer(q, 2, &r->plan, FTS_RANK_POINTER, NULL);
	if (filtered)
		bind_filter(r, q);
	while ((rc = sqlite3_step(q)) == SQLITE_ROW &&
	    r->list.total < ROWS_MAX) {
		r->list.total++;
		rank_list_add(&r->list, sqlite3_column_int64(q, 0),
		    &r->plan.row);
	}
	return end_of_rows(r, q, rc, e);
}

static bool
allow_filtered(struct ranking *r, struct err *e)
{
	sqlite3_stmt *q = NULL;
	int rc;

	if (!is_filtered(r->req))
		return true;
	if (!prepare(r->s, Q_ALLOWED, &q, e))
		return false;
	bind_filter(r, q);
	postings_allow_none(r->s->postings);
	while ((rc = sqlite3_step(q)) == SQLITE_ROW)
		postings_allow(r->s->postings, sqlite3_column_int64(q, 0));
	return end_of_rows(r, q, rc, e);
}

static bool
run_pass(struct ranking *r, bool wide, struct arena *a, struct err *e)
{
	bool drivers[QUERY_GROUPS_MAX];

	r->list.n = r->list.total = 0;
	if (!r->in_memory) {
		query_to_match(&r->query, wide, a, &r->match);
		return run_match(r, e);
	}
	query_choose_drivers(&r->query, wide, drivers);
	postings_rank(r->s->postings, &r->query, drivers, a, &r->list);
	return true;
}

static bool
run_passes(struct ranking *r, struct arena *a, struct err *e)
{
	bool wide = vocab_entries(r->s->vocab) <= SMALL_BASE &&
	    r->query.ngroups <= FEW_GROUPS;

	if (r->in_memory && !allow_filtered(r, e))
		return false;
	if (!run_pass(r, wide, a, e))
		return false;
	return wide || r->list.total >= ENOUGH || run_pass(r, true, a, e);
}

/* Priors */

static double
severity_prior(struct slice severity)
{
	if (slice_is(severity, "critical"))
		return P_SEVERE;
	if (slice_is(severity, "high"))
		return P_SEVERE * .8;
	if (slice_is(severity, "warning"))
		return P_SEVERE * .5;
	return 0;
}

/* What the entry is, as a factor. */
static bool
prior_of(struct searcher *s, int64_t entry, double *out, struct err *e)
{
	sqlite3_stmt *q = NULL;
	int rc;

	*out = 1;
	if (!prepare(s, Q_PRIOR, &q, e))
		return false;
	sqlite3_bind_int64(q, 1, entry);
	rc = sqlite3_step(q);
	if (rc == SQLITE_ROW)
		*out += severity_prior(text_column(q, 0)) +
		    (sqlite3_column_int(q, 1) ? P_PROBLEM : 0);
	else if (rc != SQLITE_DONE)
		(void)fail(s, e);
	release(q);
	return rc == SQLITE_ROW || rc == SQLITE_DONE;
}

/* Best first; of equals the older entry. */
static int
by_score(const void *a, const void *b)
{
	const struct rank_candidate *x = a, *y = b;

	if (x->row.score != y->row.score)
		return x->row.score > y->row.score ? -1 : 1;
	return (x->entry > y->entry) - (x->entry < y->entry);
}

/* The best signature of the entry in the text, or NULL. */
static const struct signature_found *
signature_of(const struct ranking *r, int64_t entry)
{
	size_t i;

	for (i = 0; i < r->found.n; i++)
		if (r->found.found[i].entry == entry)
			return &r->found.found[i];
	return NULL;
}

/*
 * What an entry has of the query's telling words: those that weigh and are not
 * everywhere. A word that nobody knows tells, too: it is missed.
 */
struct telling {
	unsigned asked;	/* in the query */
	unsigned n;	/* found, themselves or by another name */
	bool related;	/* one by what the glossary relates, or a longer word */
	bool typo;	/* one was taken for another word */
	bool in_head;	/* one stands where it says what the entry is about */
};

/* Only others that are like it, or belong to it. */
static bool
is_other_word(enum query_reason reason)
{
	return reason == QUERY_TYPO || reason == QUERY_PREFIX ||
	    reason == QUERY_BACKOFF || reason == QUERY_RELATED;
}

static bool
is_unknown(const struct query_group *g)
{
	return !g->bonus && (g->nforms == 0 ||
	    g->forms[0].reason == QUERY_BACKOFF ||
	    (g->weight >= TELLING_WEIGHT &&
	    is_other_word(g->forms[0].reason)));
}

static bool
is_telling(const struct query_group *g)
{
	return !g->bonus && g->weight >= TELLING_WEIGHT &&
	    g->idf >= TELLING_IDF;
}

/* The column bits of what says what an entry is about. */
#define HEAD (1u << RANK_TITLE | 1u << RANK_ALIAS | 1u << RANK_SYMPTOM | \
	1u << RANK_ERROR | 1u << RANK_TAGS | 1u << RANK_PATH)

static void
count_found(const struct query *q, const struct rank_row *row, unsigned i,
    unsigned words, struct telling *t)
{
	const struct query_group *g = &q->groups[i];
	enum query_reason reason;

	if (row->form[i] == 0 || g->bonus || g->weight < TELLING_WEIGHT)
		return;
	reason = g->forms[row->form[i] - 1].reason;
	/* the other names of what was taken for the word are guesses, too */
	t->typo |= g->forms[0].reason == QUERY_TYPO;
	t->related |= reason == QUERY_RELATED || reason == QUERY_PREFIX;
	/* what belongs to several words together is no chance */
	if (!is_telling(g) || (!g->has_parts && is_other_word(reason)))
		return;
	t->n += words;
	t->in_head |= (row->columns[i] & HEAD) != 0;
}

/* Who has a whole has all words of it. */
static struct telling
telling_words(const struct query *q, const struct rank_row *row)
{
	unsigned words[QUERY_GROUPS_MAX] = { 0 }, i;
	struct telling t = { 0 };

	for (i = 0; i < q->ngroups; i++) {
		const struct query_group *g = &q->groups[i];
		/* characters of one unknown word stand side by side */
		bool goes_on = i > 0 && is_unknown(g) &&
		    is_unknown(&q->groups[i - 1]) && g->nforms > 0 &&
		    g->forms[0].reason == QUERY_BACKOFF;

		if (g->has_parts || !(is_telling(g) || is_unknown(g)))
			continue;
		t.asked += !goes_on;
		if (g->whole != 0)
			words[g->whole - 1]++;
	}
	for (i = 0; i < q->ngroups; i++) {
		const struct query_group *g = &q->groups[i];

		if (g->has_parts && words[i] == 0 && is_telling(g))
			t.asked += words[i] = 1;
		count_found(q, row, i, g->has_parts ? words[i] : 1, &t);
	}
	return t;
}

static unsigned
enough_words(const struct ranking *r)
{
	return vocab_entries(r->s->vocab) <= FEW_LESSONS ? 1 : ENOUGH_WORDS;
}

/* Of a log some lines match no lesson; a signature is sure. */
static bool
is_judged(const struct ranking *r, const struct rank_candidate *c)
{
	return !r->query.is_log && signature_of(r, c->entry) == NULL;
}

/*
 * An entry that has a common word or two of many is no answer: better none
 * than one that sends somebody astray. Of a long sentence much is said in
 * other words.
 */
static bool
is_chance_hit(const struct ranking *r, const struct rank_candidate *c)
{
	return is_judged(r, c) && c->row.coverage < NOTHING_COVERAGE &&
	    (c->row.coverage < SOME_COVERAGE ||
	    telling_words(&r->query, &c->row).n < enough_words(r));
}

/*
 * Is it an answer if there is no other? One word of many is none. Where every
 * word of the question is everywhere, they are what this base is about.
 */
static bool
is_convincing(const struct ranking *r, const struct rank_candidate *c)
{
	struct telling t = telling_words(&r->query, &c->row);

	return !is_judged(r, c) || t.n >= enough_words(r) || t.in_head ||
	    t.asked == 0 || (t.asked == 1 && (t.n > 0 || t.related)) ||
	    c->row.coverage >= (t.typo ? STRONG_COVERAGE : LIKELY_COVERAGE);
}

/* Nothing is an answer when none of the best would be one alone. */
static void
drop_chance_hits(struct ranking *r)
{
	bool convincing = false;
	size_t i, n = 0;

	for (i = 0; i < r->list.n; i++) {
		if (is_chance_hit(r, &r->list.best[i]))
			continue;
		r->list.best[n++] = r->list.best[i];
		convincing = convincing || (n <= SEARCH_LIMIT_DEFAULT &&
		    is_convincing(r, &r->list.best[i]));
	}
	if (!convincing)
		n = 0;
	if (n == 0)
		r->list.total = 0;
	r->list.n = n;
}

static bool
apply_priors(struct ranking *r, struct err *e)
{
	double prior;
	size_t i;

	for (i = 0; i < r->list.n; i++) {
		if (!prior_of(r->s, r->list.best[i].entry, &prior, e))
			return false;
		r->list.best[i].prior = prior;
		r->list.best[i].row.score *= prior;
	}
	return true;
}

/* Best first, and no more than were asked for. */
static void
keep_best(struct ranking *r)
{
	qsort(r->list.best, r->list.n, sizeof(*r->list.best), by_score);
	drop_chance_hits(r);
	if (r->list.n > r->req->limit)
		r->list.n = r->req->limit;
}

/* Signatures */

/* Whether the filters let the entry be an answer. */
static bool
passes(struct ranking *r, int64_t entry, bool *out, struct err *e)
{
	sqlite3_stmt *q = NULL;
	int rc;

	if (!prepare(r->s, Q_PASSES, &q, e))
		return false;
	sqlite3_bind_int64(q, 1, entry);
	bind_filter(r, q);
	rc = sqlite3_step(q);
	*out = rc == SQLITE_ROW;
	return end_of_rows(r, q, rc, e);
}

/* The entry's candidate, a new one if no word of it matched. */
static struct rank_candidate *
candidate_of(struct ranking *r, int64_t entry)
{
	struct rank_list *l = &r->list;
	size_t i;

	for (i = 0; i < l->n; i++)
		if (l->best[i].entry == entry)
			return &l->best[i];
	if (l->n > l->keep)	/* there is room for one more than that */
		return NULL;
	l->best[l->n] = (struct rank_candidate){ .entry = entry, .prior = 1 };
	l->total += l->total == 0;
	return &l->best[l->n++];
}

static bool
apply_signatures(struct ranking *r, struct slice text, struct arena *a,
    struct err *e)
{
	double most = r->list.n > 0 ? r->list.best[0].row.score : 1;
	struct rank_candidate *c;
	bool ok;
	size_t i;

	if (!signature_base_find(r->s->signatures, text, a, &r->found, e))
		return false;
	for (i = 0; i < r->found.n; i++) {
		const struct signature_found *f = &r->found.found[i];

		if (signature_of(r, f->entry) != f)
			continue;	/* the best one of an entry counts */
		if (!passes(r, f->entry, &ok, e))
			return false;
		c = ok ? candidate_of(r, f->entry) : NULL;
		/* of two that match, the one whose text says more */
		if (c != NULL)
			c->row.score += most * (f->mode == SIGNATURE_LIKELY ?
			    SIGNATURE_LIKELY_BONUS : SIGNATURE_STRONG_BONUS *
			    (1 + f->score / 1000));
	}
	return true;
}

/* Answers */

/*
 * Strong: most of the words, as they were typed, in places that tell what an
 * entry is about; likely: half of them, and not just one of several.
 */
static enum confidence
confidence_of(const struct ranking *r, const struct rank_candidate *c)
{
	const struct signature_found *f = signature_of(r, c->entry);
	struct telling t;

	if (f != NULL && f->mode != SIGNATURE_LIKELY)
		return CONFIDENCE_STRONG;
	if (r->query.only_noise)
		return CONFIDENCE_WEAK;
	t = telling_words(&r->query, &c->row);
	if (c->row.coverage >= STRONG_COVERAGE)
		return c->row.quality >= STRONG_QUALITY && !t.typo ?
		    CONFIDENCE_STRONG : CONFIDENCE_LIKELY;
	return c->row.coverage >= LIKELY_COVERAGE &&
	    (t.asked < 2 || t.n >= 2) ? CONFIDENCE_LIKELY : CONFIDENCE_WEAK;
}

static void
add_why(struct answer *ans, struct slice text)
{
	size_t i;

	for (i = 0; i < ans->nwhy; i++)
		if (slice_eq(ans->why[i], text))
			return;
	if (ans->nwhy < WHY_MAX)
		ans->why[ans->nwhy++] = text;
}

/* Where the words were found, strongest field first, then what was changed. */
static void
explain(const struct ranking *r, const struct rank_candidate *c,
    struct arena *a, struct answer *ans)
{
	const struct query *q = &r->query;
	double worth[RANK_NCOLUMNS] = { 0 };
	unsigned i, k, best;

	ans->why = arena_calloc(a, WHY_MAX, sizeof(*ans->why));
	if (signature_of(r, c->entry) != NULL)
		add_why(ans, SLICE("signature"));
	for (i = 0; i < q->ngroups; i++)
		if (c->row.form[i] != 0)
			worth[c->row.column[i]] += q->groups[i].weight *
			    q->groups[i].idf;
	for (k = 0; k < 3; k++) {
		for (best = 0, i = 1; i < RANK_NCOLUMNS; i++)
			if (worth[i] > worth[best])
				best = i;
		if (worth[best] <= 0)
			break;
		add_why(ans, slice_of(rank_column_name(best)));
		worth[best] = 0;
	}
	for (i = 0; i < q->ngroups; i++) {
		const struct query_group *g = &q->groups[i];
		const struct query_form *f;

		if (c->row.form[i] == 0 || g->bonus)
			continue;
		f = &g->forms[c->row.form[i] - 1];
		if (f->reason == QUERY_TYPO || f->reason == QUERY_SPLIT)
			add_why(ans, arena_printf(a, "%.*s -> %.*s",
			    SLICE_ARG(g->words), SLICE_ARG(f->phrase)));
		else if (f->shown.len > 0)
			add_why(ans, arena_printf(a, "glossary: %.*s -> %.*s",
			    SLICE_ARG(g->words), SLICE_ARG(f->shown)));
	}
}

static bool
make_snippet(struct ranking *r, const struct rank_candidate *c,
    struct arena *a, struct slice *out, struct err *e)
{
	struct slice columns[RANK_NCOLUMNS];
	sqlite3_stmt *q = NULL;
	int rc, i;

	if (!prepare(r->s, Q_TEXT, &q, e))
		return false;
	sqlite3_bind_int64(q, 1, c->entry);
	rc = sqlite3_step(q);
	if (rc == SQLITE_ROW) {
		for (i = 0; i < RANK_NCOLUMNS; i++)
			columns[i] = text_column(q, i);
		*out = snippet_make(&r->query, &c->row, columns, a);
	}
	return end_of_rows(r, q, rc, e);
}

static bool
make_answers(struct ranking *r, struct arena *a, struct answer_list *out,
    struct err *e)
{
	size_t i;

	out->answers = arena_calloc(a, r->list.n + 1, sizeof(*out->answers));
	for (i = 0; i < r->list.n; i++) {
		struct answer *ans = &out->answers[i];

		ans->entry = r->list.best[i].entry;
		ans->score = r->list.best[i].row.score;
		ans->row = &r->list.best[i].row;
		ans->prior = r->list.best[i].prior;
		ans->confidence = confidence_of(r, &r->list.best[i]);
		explain(r, &r->list.best[i], a, ans);
		if (!r->req->no_snippets && !make_snippet(r,
		    &r->list.best[i], a, &ans->snippet, e))
			return false;
	}
	out->n = r->list.n;
	out->total = r->list.total;
	out->query = &r->query;
	return true;
}

bool
search_run(struct searcher *s, const struct search_request *req,
    struct arena *a, struct answer_list *out, struct err *e)
{
	struct ranking *r = arena_zalloc(a, sizeof(*r));
	struct slice text = slice_sub(req->text, 0,
	    utf8_cut(req->text, SEARCH_TEXT_MAX));
	struct query_tools tools;
	bool ok;

	*out = (struct answer_list){ .n = 0 };
	r->s = s;
	r->req = req;
	r->list.keep = req->limit + SPARE;
	r->list.best = arena_alloc(a, (r->list.keep + 1) *
	    sizeof(*r->list.best));
	r->in_memory = postings_begin(s->postings);
	vocab_refresh(s->vocab, r->in_memory ? s->postings : NULL);
	tools = (struct query_tools){ s->vocab, { NULL } };
	if (s->use_glossary) {
		tools.glossaries[0] = glossary_shipped();
		tools.glossaries[1] = glossary_site_get(s->site);
	}
	query_parse(text, &tools, a, &r->query);
	r->plan.query = &r->query;
	r->plan.match = &r->match;
	ok = vocab_ok(s->vocab, e) && run_passes(r, a, e) &&
	    apply_priors(r, e) && apply_signatures(r, text, a, e);
	if (ok) {
		keep_best(r);
		ok = make_answers(r, a, out, e);
	}
	if (r->in_memory)
		postings_end(s->postings);
	return ok;
}
