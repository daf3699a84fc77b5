/*
 * test_rank.c - facts about scores, from hits made by hand and by chance.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "kb/rank.h"
#include "tests/unit/dice.h"

#include <string.h>

#define ROUNDS 20000

static struct query q;
static struct rank_hits hits;
static double norm[RANK_NCOLUMNS];

static void
set_norm(const int length[RANK_NCOLUMNS])
{
	double typical[RANK_NCOLUMNS];
	int c;

	for (c = 0; c < RANK_NCOLUMNS; c++)
		typical[c] = rank_typical_length((enum rank_column)c);
	rank_norms(length, typical, norm);
}

/* Every field is of a usual length. */
static int
set_up(void **state)
{
	int length[RANK_NCOLUMNS], c;

	(void)state;
	for (c = 0; c < RANK_NCOLUMNS; c++)
		length[c] = (int)rank_typical_length((enum rank_column)c);
	set_norm(length);
	memset(&q, 0, sizeof(q));
	return 0;
}

/* A word; the whole it is part of, or -1. */
static unsigned
add_group(int whole)
{
	struct query_group *g = &q.groups[q.ngroups];

	*g = (struct query_group){ .nforms = 1, .weight = 1, .idf = 4,
		.whole = (uint16_t)(whole + 1) };
	g->forms[0] = (struct query_form){ .weight = 1, .credit = 1 };
	if (whole >= 0)
		q.groups[whole].has_parts = true;
	return q.ngroups++;
}

struct hit {
	unsigned group;
	enum rank_column column;
	int offset;
};

/* The row of an entry with these hits, which are in column's order. */
static struct rank_row
row_of(const struct hit *list, size_t n)
{
	struct rank_row row;
	size_t i;

	rank_hits_reset(&hits, &q);
	for (i = 0; i < n; i++)
		rank_hits_add(&hits, list[i].group, 0, list[i].column,
		    list[i].offset);
	rank_score(&q, &hits, norm, &row);
	return row;
}

#define ROW(...) row_of((const struct hit[]){ __VA_ARGS__ }, \
	sizeof((const struct hit[]){ __VA_ARGS__ }) / sizeof(struct hit))

static void
test_what_it_is_about_counts_more(void **state)
{
	double title, symptom, body, twice;

	(void)state;
	add_group(-1);
	title = ROW({ 0, RANK_TITLE, 0 }).score;
	symptom = ROW({ 0, RANK_SYMPTOM, 0 }).score;
	body = ROW({ 0, RANK_BODY, 0 }).score;
	twice = ROW({ 0, RANK_BODY, 0 }, { 0, RANK_BODY, 30 }).score;
	assert_true(title > symptom && symptom > twice && twice > body);
	assert_true(ROW({ 0, RANK_TITLE, 0 }).quality > .99);
	assert_true(body > 0);
}

static void
test_all_words_beat_one_word_often(void **state)
{
	double one, both;

	(void)state;
	add_group(-1);
	add_group(-1);
	one = ROW({ 0, RANK_BODY, 0 }, { 0, RANK_BODY, 1 },
	    { 0, RANK_BODY, 2 }, { 0, RANK_BODY, 3 }).score;
	both = ROW({ 0, RANK_BODY, 0 }, { 1, RANK_BODY, 1 }).score;
	assert_true(both > one);
}

static void
test_words_apart_cover_less(void **state)
{
	struct rank_row near, far, head;

	(void)state;
	add_group(-1);
	add_group(-1);
	near = ROW({ 0, RANK_BODY, 0 }, { 1, RANK_BODY, 3 });
	far = ROW({ 0, RANK_BODY, 0 }, { 1, RANK_BODY, 90 });
	head = ROW({ 1, RANK_PATH, 0 }, { 0, RANK_BODY, 0 });
	assert_true(near.coverage > far.coverage);
	assert_true(near.score > far.score);
	/* the titles above an entry are near all of it */
	assert_true(head.coverage == 1);
}

static void
test_a_whole_covers_its_parts(void **state)
{
	struct rank_row whole, parts, part, both;

	(void)state;
	add_group(-1);
	add_group(0);
	add_group(0);
	q.groups[0].idf = 10;
	whole = ROW({ 0, RANK_BODY, 0 });
	parts = ROW({ 1, RANK_BODY, 0 }, { 2, RANK_BODY, 60 });
	part = ROW({ 1, RANK_BODY, 0 });
	both = ROW({ 0, RANK_BODY, 0 }, { 1, RANK_BODY, 30 },
	    { 2, RANK_BODY, 60 });
	assert_true(whole.coverage == 1);
	assert_true(whole.score > parts.score);
	assert_true(parts.score > 2 * part.score);
	assert_true(both.score > whole.score);
	/* what counts is told: the whole, or its parts */
	assert_true(whole.form[0] == 1 && both.form[1] == 0);
	assert_true(part.form[0] == 0 && part.form[1] == 1);
	/* parts that score more, but far apart, leave it covered */
	q.groups[0].idf = 6;
	both = ROW({ 0, RANK_BODY, 0 }, { 1, RANK_BODY, 30 },
	    { 2, RANK_BODY, 60 });
	assert_true(both.form[0] == 0 && both.coverage == 1);
}

static void
test_of_names_the_best_counts(void **state)
{
	struct rank_row one, both;

	(void)state;
	add_group(-1);
	q.groups[0].nforms = 2;
	q.groups[0].forms[1] = (struct query_form){ .weight = .5,
		.credit = .8 };
	one = ROW({ 0, RANK_TITLE, 0 });
	rank_hits_add(&hits, 0, 1, RANK_TITLE, 1);
	rank_score(&q, &hits, norm, &both);
	assert_true(both.score == one.score && both.form[0] == 1);
}

/* Chance */

static double
share(void)
{
	return (1 + dice(20)) / 20.0;
}

static void
random_query(void)
{
	unsigned n = 1 + dice(10), i, k;
	int whole = -1;

	q.ngroups = 0;
	for (i = 0; i < n; i++) {
		struct query_group *g;

		if (dice(3) == 0)
			whole = -1;
		g = &q.groups[add_group(whole)];
		g->bonus = whole < 0 && dice(6) == 0;
		if (whole < 0 && !g->bonus && dice(3) == 0)
			whole = (int)i;
		g->weight = share();
		g->idf = 10 * share();
		g->nforms = 1 + dice(4);
		for (k = 0; k < g->nforms; k++)
			g->forms[k] = (struct query_form){ .weight = share(),
				.credit = share() };
	}
}

/* Hits in the order in which an index gives them; the groups that have some. */
static uint64_t
random_hits(void)
{
	uint64_t groups = 0;
	unsigned c, n, g;
	int offset;

	rank_hits_reset(&hits, &q);
	for (c = 0; c < RANK_NCOLUMNS; c++) {
		offset = 0;
		for (n = dice(6); n > 0; n--) {
			g = dice(q.ngroups);
			rank_hits_add(&hits, g, dice(q.groups[g].nforms), c,
			    offset);
			offset += (int)dice(12);
			groups |= (uint64_t)1 << g;
		}
	}
	return groups;
}

static void
test_nothing_scores_above_its_bound(void **state)
{
	struct rank_row row;
	unsigned round, c;
	double bound;

	(void)state;
	for (round = 0; round < ROUNDS; round++) {
		int length[RANK_NCOLUMNS];
		uint64_t groups;

		for (c = 0; c < RANK_NCOLUMNS; c++)
			length[c] = (int)dice(200);
		set_norm(length);
		random_query();
		groups = random_hits();
		rank_score(&q, &hits, norm, &row);
		bound = rank_bound(&q, groups);
		if (!(row.score >= 0 && row.score <= bound * (1 + 1e-9)))
			fail_msg("round %u: %f of at most %f", round,
			    row.score, bound);
		assert_true(row.coverage >= 0 && row.coverage <= 1);
		assert_true(rank_bound(&q, groups & (groups - 1)) <= bound);
	}
}

static void
test_the_list_keeps_the_best(void **state)
{
	struct rank_candidate best[4];
	struct rank_list l = { .best = best, .keep = 3 };
	struct rank_row row = { .score = 1 };

	(void)state;
	rank_list_add(&l, 7, &row);
	rank_list_add(&l, 5, &row);
	row.score = 2;
	rank_list_add(&l, 9, &row);
	row.score = 1;
	rank_list_add(&l, 6, &row);
	assert_int_equal(l.n, 3);
	assert_int_equal(best[0].entry, 9);
	assert_int_equal(best[1].entry, 5);
	assert_int_equal(best[2].entry, 6);
}

#define FACT(f) cmocka_unit_test_setup(f, set_up)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		FACT(test_what_it_is_about_counts_more),
		FACT(test_all_words_beat_one_word_often),
		FACT(test_words_apart_cover_less),
		FACT(test_a_whole_covers_its_parts),
		FACT(test_of_names_the_best_counts),
		FACT(test_nothing_scores_above_its_bound),
		FACT(test_the_list_keeps_the_best),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
