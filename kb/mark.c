/*
 * mark.c - where the words of a query stand in a text; see mark.h.
 *
 * Each token of each form is a step. A step matches when the token is its own
 * and the step before it (the form's first has none) matched one position
 * earlier; after the last step of a form, all of them are marked.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/mark.h"
#include "common/arena.h"
#include "common/str.h"
#include "kb/lexer.h"

#include <stdlib.h>
#include <string.h>

#define TABLE_SIZE 1024 /* of first steps by hash; a power of two */
#define NOWHERE UINT32_MAX

struct step {
	struct slice token;
	bool prefix;
	bool is_last;
	bool is_first;
	int next; /* of the same bucket, or -1 */
	uint32_t position; /* where it matched last */
	struct mark place; /* of the match, from the form's first token */
};

struct marker {
	struct arena *a;
	struct step *steps;
	size_t nsteps, step_cap;
	int bucket[TABLE_SIZE]; /* steps by their token, or -1 */
	int prefixes; /* steps that are prefixes, or -1 */
	struct mark *marks;
	size_t nmarks, mark_cap;
};

static size_t
bucket_of(struct slice token)
{
	return str_hash(token) & (TABLE_SIZE - 1);
}

static void
add_form(struct marker *m, const struct query_form *f)
{
	struct slice rest = f->phrase, token;
	bool is_first = true;

	while (str_split(&rest, ' ', &token)) {
		struct step *s;
		int *head;

		m->steps = arena_grow(
		    m->a, m->steps, m->nsteps, &m->step_cap, sizeof(*m->steps));
		s = &m->steps[m->nsteps];
		*s = (struct step){ .token = token,
			.is_first = is_first,
			.is_last = rest.ptr == NULL,
			.position = NOWHERE };
		s->prefix = f->prefix && s->is_last;
		head = s->prefix ? &m->prefixes : &m->bucket[bucket_of(token)];
		/* the later steps of a form must come first: each looks at
		   what the one before it found at an earlier token */
		s->next = *head;
		*head = (int)m->nsteps++;
		is_first = false;
	}
}

static void
match_step(struct marker *m, struct step *s, const struct token *t)
{
	uint32_t start = t->start;

	if (s->prefix ? !slice_starts(t->text, s->token)
		      : !slice_eq(t->text, s->token))
		return;
	if (!s->is_first) {
		if (t->position == 0 || s[-1].position != t->position - 1)
			return;
		start = s[-1].place.start;
	}
	s->position = t->position;
	s->place = (struct mark){ start, t->end };
	if (!s->is_last || m->nmarks == MARKS_MAX)
		return;
	m->marks = arena_grow(
	    m->a, m->marks, m->nmarks, &m->mark_cap, sizeof(*m->marks));
	m->marks[m->nmarks++] = s->place;
}

static bool
on_token(void *arg, const struct token *t)
{
	struct marker *m = arg;
	int i;

	for (i = m->bucket[bucket_of(t->text)]; i >= 0; i = m->steps[i].next)
		match_step(m, &m->steps[i], t);
	for (i = m->prefixes; i >= 0; i = m->steps[i].next)
		match_step(m, &m->steps[i], t);
	return m->nmarks < MARKS_MAX;
}

static int
by_start(const void *a, const void *b)
{
	const struct mark *x = a, *y = b;

	return (x->start > y->start) - (x->start < y->start);
}

/* One mark for those that touch. */
static size_t
join(struct mark *marks, size_t n)
{
	size_t i, m = 0;

	if (n > 0)
		qsort(marks, n, sizeof(*marks), by_start);
	for (i = 0; i < n; i++) {
		if (m > 0 && marks[i].start <= marks[m - 1].end + 1) {
			if (marks[i].end > marks[m - 1].end)
				marks[m - 1].end = marks[i].end;
		} else {
			marks[m++] = marks[i];
		}
	}
	return m;
}

size_t
mark_find(const struct query *q, struct slice text, struct arena *a,
    struct mark **out)
{
	struct marker *m = arena_zalloc(a, sizeof(*m));
	unsigned i, f;

	m->a = a;
	m->prefixes = -1;
	for (i = 0; i < TABLE_SIZE; i++)
		m->bucket[i] = -1;
	for (i = 0; i < q->ngroups; i++)
		for (f = 0; f < q->groups[i].nforms; f++)
			add_form(m, &q->groups[i].forms[f]);
	if (m->nsteps > 0)
		(void)lexer_run(text, on_token, m);
	*out = m->marks;
	return join(m->marks, m->nmarks);
}
