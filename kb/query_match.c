/*
 * query_match.c - groups as a MATCH string for FTS5; see query.h.
 *
 * An entry that lacks the rare groups of a query cannot be a good answer: so
 * "(rare OR rare) AND (rare OR rare OR common ...)". The left side makes FTS5
 * walk only the short lists; the right side makes the places of all phrases
 * visible to the rank function. ORs and ANDs are flat: FTS5 limits nesting.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/query.h"
#include "common/arena.h"
#include "common/buf.h"

/*
 * An entry whose words are together worth no more than this share of the
 * query is not looked at.
 */
#define WIDE_SHARE 0.3
#define NARROW_SHARE 0.35

/* Parts drive with their whole and are worth nothing beside it. */
static double
worth(const struct query_group *g)
{
	return g->bonus || g->whole != 0 ? 0 : g->weight * g->idf;
}

static bool
is_able(const struct query_group *g)
{
	return g->nforms > 0 && !g->bonus;
}

/* Groups that may drive. */
static unsigned
count_able(const struct query *q)
{
	unsigned i, n = 0;

	for (i = 0; i < q->ngroups; i++)
		n += is_able(&q->groups[i]);
	return n;
}

/* Does the whole have a form, or any of its parts? */
static bool
any_able(const struct query *q, unsigned whole)
{
	unsigned i;

	for (i = 0; i < q->ngroups; i++)
		if ((i == whole || q->groups[i].whole == whole + 1) &&
		    is_able(&q->groups[i]))
			return true;
	return false;
}

/* Mark a group and its parts; how many were marked. */
static unsigned
drive(const struct query *q, unsigned whole, bool driver[])
{
	unsigned i, n = 0;

	for (i = 0; i < q->ngroups; i++) {
		if ((i != whole && q->groups[i].whole != whole + 1) ||
		    !is_able(&q->groups[i]) || driver[i])
			continue;
		driver[i] = true;
		n++;
	}
	return n;
}

/* The group worth most of those that are not tried yet, or ngroups. */
static unsigned
best_left(const struct query *q, const bool tried[])
{
	unsigned i, best = q->ngroups;

	for (i = 0; i < q->ngroups; i++) {
		if (tried[i] || q->groups[i].bonus ||
		    q->groups[i].whole != 0 || !any_able(q, i))
			continue;
		if (best == q->ngroups ||
		    worth(&q->groups[i]) > worth(&q->groups[best]))
			best = i;
	}
	return best;
}

/* From the most worthy down, until what the others are worth is too little. */
void
query_choose_drivers(const struct query *q, bool wide,
    bool driver[QUERY_GROUPS_MAX])
{
	double total = 0, left, share = wide ? WIDE_SHARE : NARROW_SHARE;
	bool tried[QUERY_GROUPS_MAX] = { false };
	unsigned i, best, n = 0;

	for (i = 0; i < q->ngroups; i++) {
		driver[i] = false;
		total += worth(&q->groups[i]);
	}
	for (left = total; (best = best_left(q, tried)) < q->ngroups;) {
		if (n > 0 && left <= share * total)
			break;
		tried[best] = true;
		n += drive(q, best, driver);
		left -= worth(&q->groups[best]);
	}
	for (i = 0; n > 0 && n == count_able(q) && i < q->ngroups; i++)
		driver[i] = true;	/* all do: no need to tell them apart */
}

static bool
is_in(const bool driver[], unsigned ngroups, bool value)
{
	return memchr(driver, value, ngroups) != NULL;
}

static void
put_form(struct buf *b, const struct query_form *f, bool first)
{
	buf_printf(b, "%s\"%.*s\"%s", first ? "" : " OR ",
	    SLICE_ARG(f->phrase), f->prefix ? "*" : "");
}

/* All forms of the groups, those of `only` if it is not NULL. */
static void
put_groups(struct buf *b, const struct query *q, const bool *only,
    bool driver, struct query_match *out)
{
	unsigned i, k, n = 0;

	for (i = 0; i < q->ngroups; i++) {
		if (only != NULL && !only[i])
			continue;
		for (k = 0; k < q->groups[i].nforms; k++) {
			put_form(b, &q->groups[i].forms[k], n++ == 0);
			out->phrases[out->nphrases++] = (struct query_phrase){
				(uint8_t)i, (uint8_t)k, driver };
		}
	}
}

void
query_to_match(const struct query *q, bool wide, struct arena *a,
    struct query_match *out)
{
	bool drivers[QUERY_GROUPS_MAX];
	struct buf b = BUF_INIT;

	*out = (struct query_match){ .nphrases = 0 };
	query_choose_drivers(q, wide, drivers);
	if (!is_in(drivers, q->ngroups, true))
		return;
	out->phrases = arena_calloc(a, QUERY_PHRASES_MAX,
	    sizeof(*out->phrases));
	if (!is_in(drivers, q->ngroups, false)) {
		put_groups(&b, q, NULL, false, out);
	} else {
		buf_putc(&b, '(');
		put_groups(&b, q, drivers, true, out);
		buf_puts(&b, ") AND (");
		put_groups(&b, q, NULL, false, out);
		buf_putc(&b, ')');
	}
	out->text = arena_dup(a, buf_slice(&b));
	buf_free(&b);
}
