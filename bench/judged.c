/*
 * judged.c - a judged query set and its measures; see judged.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "bench/judged.h"
#include "common/arena.h"
#include "common/mem.h"
#include "common/str.h"

#include <math.h>
#include <stdlib.h>

#define ROWS_MAX 64

struct row {
	char name[40];
	unsigned n;
	double sums[NMETRICS];
};

struct judged_table {
	struct row rows[ROWS_MAX];
	size_t nrows;
	unsigned none, none_answered;
};

struct target {
	struct slice name;
	long first, last;
};

bool
judged_read_file(const char *path, struct arena *a, struct slice *out,
    struct err *e)
{
	FILE *f = fopen(path, "rb");
	size_t cap = 0, n = 0, got;
	char *p = NULL;

	if (f == NULL)
		return err_errno(e, "could not open \"%s\"", path);
	do {
		if (n + 65536 > cap)
			p = mem_realloc(p, cap = cap * 2 + 65536 * 2);
		got = fread(p + n, 1, 65536, f);
		n += got;
	} while (got > 0);
	fclose(f);
	*out = arena_dup(a, slice_make(p, n));
	free(p);
	return true;
}

static size_t
find_byte(struct slice s, char c)
{
	const char *p = s.len > 0 ? memchr(s.ptr, c, s.len) : NULL;

	return p != NULL ? (size_t)(p - s.ptr) : s.len;
}

static size_t
find_last(struct slice s, char c)
{
	size_t i = s.len;

	while (i > 0 && s.ptr[i - 1] != c)
		i--;
	return i > 0 ? i - 1 : s.len;
}

static long
number(struct slice s)
{
	int64_t v = 0;

	(void)str_int(str_trim(s), 0, 1000000000, &v);
	return (long)v;
}

static size_t
load_targets(struct slice text, struct arena *a, struct target **out)
{
	struct slice line, name, first;
	size_t n = 0, cap = 0;

	*out = NULL;
	while (str_split(&text, '\n', &line)) {
		if (!str_split(&line, '\t', &name) ||
		    !str_split(&line, '\t', &first) || line.ptr == NULL)
			continue;
		*out = arena_grow(a, *out, n, &cap, sizeof(**out));
		(*out)[n++] = (struct target){ name, number(first),
			number(line) };
	}
	return n;
}

/* "path#heading=2" */
static struct judgement
read_judgement(struct slice s, const struct target *targets, size_t ntargets)
{
	size_t eq = find_last(s, '='), i;
	struct slice name = slice_sub(s, 0, eq);
	struct judgement j = { slice_sub(name, 0, find_byte(name, '#')), 1,
		1000000000, (int)number(slice_sub(s, eq + 1, s.len)) };

	if (j.path.len == name.len)
		return j;
	for (i = 0; i < ntargets; i++) {
		if (!slice_eq(targets[i].name, name))
			continue;
		j.first = targets[i].first;
		j.last = targets[i].last;
		return j;
	}
	fprintf(stderr, "no target: %.*s\n", SLICE_ARG(name));
	return j;
}

static void
read_relevant(struct judged_query *q, struct slice s,
    const struct target *targets, size_t ntargets, struct arena *a)
{
	struct slice part;
	size_t cap = 0;

	if (slice_is(s, "NONE"))
		return;
	while (str_split(&s, ';', &part)) {
		struct judgement j = read_judgement(part, targets, ntargets);

		q->relevant = arena_grow(a, q->relevant, q->nrelevant, &cap,
		    sizeof(*q->relevant));
		q->relevant[q->nrelevant++] = j;
		q->seed |= j.grade == 2 &&
		    slice_starts(j.path, SLICE("seed/"));
	}
}

static bool
read_query(struct slice line, struct judged_query *q, struct slice *relevant)
{
	*q = (struct judged_query){ .nrelevant = 0 };
	return str_split(&line, '\t', &q->id) &&
	    str_split(&line, '\t', &q->language) &&
	    str_split(&line, '\t', &q->type) &&
	    str_split(&line, '\t', &q->text) &&
	    str_split(&line, '\t', relevant);
}

bool
judged_load(const char *path, struct arena *a, struct judged_set *out,
    struct err *e)
{
	struct slice text, line, relevant, dir = slice_of(path);
	struct target *targets;
	size_t ntargets, cap = 0, slash = find_last(dir, '/');
	struct judged_query q;

	dir = slash == dir.len ? SLICE(".") : slice_sub(dir, 0, slash);
	if (!judged_read_file(arena_printf(a, "%.*s/targets.tsv",
	    SLICE_ARG(dir)).ptr, a, &text, e))
		return false;
	ntargets = load_targets(text, a, &targets);
	if (!judged_read_file(path, a, &text, e))
		return false;
	*out = (struct judged_set){ NULL, 0 };
	while (str_split(&text, '\n', &line)) {
		if (!read_query(line, &q, &relevant))
			continue;
		read_relevant(&q, relevant, targets, ntargets, a);
		out->queries = arena_grow(a, out->queries, out->n, &cap,
		    sizeof(*out->queries));
		out->queries[out->n++] = q;
	}
	return true;
}

/* Each judgement is credited once, the best grade first. */
static int
gain(const struct judged_query *q, const struct ranked *r, bool *used)
{
	int best = 0;
	size_t i, hit = q->nrelevant;

	for (i = 0; i < q->nrelevant; i++) {
		const struct judgement *j = &q->relevant[i];

		if (!used[i] && slice_eq(j->path, r->path) &&
		    r->line >= j->first && r->line <= j->last &&
		    j->grade > best) {
			best = j->grade;
			hit = i;
		}
	}
	if (hit < q->nrelevant)
		used[hit] = true;
	return best;
}

static double
discounted(int grade, size_t rank)
{
	return (pow(2, grade) - 1) / log2((double)rank + 2);
}

static double
ideal(const struct judged_query *q)
{
	size_t i, rank = 0;
	double sum = 0;
	int grade;

	for (grade = 9; grade > 0; grade--)
		for (i = 0; i < q->nrelevant && rank < JUDGED_DEPTH; i++)
			if (q->relevant[i].grade == grade)
				sum += discounted(grade, rank++);
	return sum;
}

void
judged_score(const struct judged_query *q, const struct ranked *r, size_t n,
    double out[NMETRICS])
{
	bool *used = mem_calloc(q->nrelevant + 1, sizeof(*used));
	double twos = 0, right = 0;
	int best = 0, g;
	size_t i;

	memset(out, 0, NMETRICS * sizeof(*out));
	for (i = 0; i < q->nrelevant; i++) {
		best = q->relevant[i].grade > best ? q->relevant[i].grade : best;
		twos += q->relevant[i].grade == 2;
	}
	for (i = 0; i < n && i < JUDGED_DEPTH; i++) {
		g = gain(q, &r[i], used);
		out[NDCG] += discounted(g, i);
		right += g == 2;
		if (g != best)
			continue;
		out[S_AT_1] = i == 0 ? 1 : out[S_AT_1];
		out[S_AT_3] = i < 3 ? 1 : out[S_AT_3];
		out[MRR] = out[MRR] > 0 ? out[MRR] : 1.0 / (double)(i + 1);
	}
	twos = twos < 1 ? 1 : twos > JUDGED_DEPTH ? JUDGED_DEPTH : twos;
	out[R_AT_10] = fmin(1, right / twos);
	out[NDCG] /= ideal(q);
	free(used);
}

struct judged_table *
judged_table_new(void)
{
	return mem_zalloc(sizeof(struct judged_table));
}

void
judged_table_free(struct judged_table *t)
{
	free(t);
}

static void
add_row(struct judged_table *t, const char *kind, struct slice name,
    const double s[NMETRICS])
{
	char full[40];
	struct row *r;
	size_t i;

	snprintf(full, sizeof(full), "%s%.*s", kind, SLICE_ARG(name));
	for (i = 0; i < t->nrows && strcmp(t->rows[i].name, full) != 0; i++)
		;
	if (i == ROWS_MAX)
		return;
	r = &t->rows[i];
	if (i == t->nrows) {
		t->nrows++;
		memcpy(r->name, full, sizeof(full));
	}
	r->n++;
	for (i = 0; i < NMETRICS; i++)
		r->sums[i] += s[i];
}

void
judged_table_add(struct judged_table *t, const struct judged_query *q,
    const struct ranked *r, size_t n)
{
	double s[NMETRICS];

	if (q->nrelevant == 0) {
		t->none++;
		t->none_answered += n > 0;
		return;
	}
	judged_score(q, r, n, s);
	add_row(t, "type ", q->type, s);
	add_row(t, "lang ", q->language, s);
	if (q->seed)
		add_row(t, "seed lessons", SLICE(""), s);
	add_row(t, "~ALL", SLICE(""), s);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct row *)a)->name,
	    ((const struct row *)b)->name);
}

void
judged_table_print(const struct judged_table *t, FILE *out)
{
	struct row rows[ROWS_MAX];
	size_t i, k;

	memcpy(rows, t->rows, sizeof(rows));
	qsort(rows, t->nrows, sizeof(*rows), by_name);
	fprintf(out, "%-20s %4s  S@1    S@3    MRR    nDCG   R@10\n", "set",
	    "n");
	for (i = 0; i < t->nrows; i++) {
		const char *name = rows[i].name;

		fprintf(out, "%-20s %4u", name[0] == '~' ? name + 1 : name,
		    rows[i].n);
		for (k = 0; k < NMETRICS; k++)
			fprintf(out, "  %.3f", rows[i].sums[k] / rows[i].n);
		fputc('\n', out);
	}
	fprintf(out, "NONE queries: %u, of which answered: %u\n", t->none,
	    t->none_answered);
}

void
judged_table_all(const struct judged_table *t, double out[NMETRICS])
{
	size_t i, k;

	memset(out, 0, NMETRICS * sizeof(*out));
	for (i = 0; i < t->nrows; i++)
		for (k = 0; k < NMETRICS && t->rows[i].name[0] == '~'; k++)
			out[k] = t->rows[i].sums[k] / t->rows[i].n;
}
