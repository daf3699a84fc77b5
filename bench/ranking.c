/*
 * ranking.c - what one engine answered; see ranking.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "bench/ranking.h"
#include "bench/judged.h"
#include "common/arena.h"
#include "common/mem.h"
#include "common/str.h"

#include <glob.h>
#include <inttypes.h>
#include <stdlib.h>

#define SECTIONS_MAX 10000000 /* their numbers */

struct places {
	struct ranked *list; /* by number of section */
	size_t n, cap;
};

struct reader {
	struct places places;
	const struct judged_set *set;
	struct arena a;
};

struct engine {
	struct slice name, missing;
	double bytes;
	double *ms;
	size_t asked;
	struct judged_table *table;
};

FILE *
ranking_create(
    const char *folder, const char *file, const char *name, struct err *e)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s.ranking", folder, file);
	f = fopen(path, "w");
	if (f == NULL)
		(void)err_errno(e, "could not create \"%s\"", path);
	else
		fprintf(f, "name\t%s\n", name);
	return f;
}

void
ranking_put(FILE *f, const struct judged_query *q, double ms,
    const int64_t *sections, size_t n)
{
	size_t i;

	fprintf(f, "q\t%.*s\t%.4f", SLICE_ARG(q->id), ms);
	for (i = 0; i < n; i++)
		fprintf(f, "\t%" PRId64, sections[i]);
	fputc('\n', f);
}

bool
ranking_close(FILE *f, double bytes, struct err *e)
{
	fprintf(f, "size\t%.0f\n", bytes);
	return fclose(f) == 0 || err_errno(e, "could not write a ranking");
}

static bool
read_places(struct reader *r, const char *folder, struct err *e)
{
	struct places *p = &r->places;
	struct slice text, line, id, path;
	int64_t n, at;

	if (!judged_read_file(arena_printf(&r->a, "%s/places.tsv", folder).ptr,
		&r->a, &text, e))
		return false;
	while (str_split(&text, '\n', &line)) {
		if (!str_split(&line, '\t', &id) ||
		    !str_split(&line, '\t', &path) ||
		    !str_int(id, 0, SECTIONS_MAX, &n) ||
		    !str_int(line, 0, INT32_MAX, &at))
			continue;
		while (p->n <= (size_t)n) {
			p->list = arena_grow(
			    &r->a, p->list, p->n, &p->cap, sizeof(*p->list));
			p->list[p->n++] = (struct ranked){ .line = 0 };
		}
		p->list[n] = (struct ranked){ path, (long)at };
	}
	return true;
}

static const struct judged_query *
find_query(const struct reader *r, struct slice id)
{
	size_t i;

	for (i = 0; i < r->set->n; i++)
		if (slice_eq(r->set->queries[i].id, id))
			return &r->set->queries[i];
	return NULL;
}

/* "query TAB ms TAB section TAB ..." */
static void
read_answer(struct reader *r, struct engine *g, struct slice line)
{
	struct ranked ranked[JUDGED_DEPTH] = { { .line = 0 } };
	const struct judged_query *q;
	struct slice id, ms, section;
	size_t n = 0;
	int64_t at;

	if (!str_split(&line, '\t', &id) || !str_split(&line, '\t', &ms) ||
	    (q = find_query(r, id)) == NULL || g->asked == r->set->n)
		return;
	while (n < JUDGED_DEPTH && str_split(&line, '\t', &section))
		if (str_int(section, 0, (int64_t)r->places.n - 1, &at))
			ranked[n++] = r->places.list[at];
	g->ms[g->asked++] = strtod(arena_cstr(&r->a, ms), NULL);
	judged_table_add(g->table, q, ranked, n);
}

static int
by_value(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void
print_engine(struct engine *g, size_t queries)
{
	double all[NMETRICS];

	printf("%-42.*s", SLICE_ARG(g->name));
	if (g->missing.len > 0 || g->asked != queries) {
		printf(" missing: %.*s\n",
		    SLICE_ARG(g->missing.len > 0
			    ? g->missing
			    : SLICE("answers to some queries")));
		return;
	}
	judged_table_all(g->table, all);
	qsort(g->ms, g->asked, sizeof(*g->ms), by_value);
	printf(" %.3f  %.3f  %.3f  %.3f  %7.2f  %7.2f  %6.1f\n", all[S_AT_1],
	    all[S_AT_3], all[MRR], all[R_AT_10], g->ms[g->asked / 2],
	    g->ms[g->asked * 95 / 100], g->bytes / 1e6);
}

static bool
read_engine(struct reader *r, const char *path, struct err *e)
{
	struct engine g = { .table = judged_table_new() };
	struct slice text, line, what;
	bool ok = judged_read_file(path, &r->a, &text, e);

	g.ms = mem_calloc(r->set->n + 1, sizeof(*g.ms));
	while (ok && str_split(&text, '\n', &line)) {
		if (!str_split(&line, '\t', &what))
			continue;
		if (slice_is(what, "name"))
			g.name = line;
		else if (slice_is(what, "missing"))
			g.missing = line;
		else if (slice_is(what, "size"))
			g.bytes = strtod(arena_cstr(&r->a, line), NULL);
		else if (slice_is(what, "q"))
			read_answer(r, &g, line);
	}
	if (ok)
		print_engine(&g, r->set->n);
	judged_table_free(g.table);
	free(g.ms);
	return ok;
}

bool
ranking_table(const char *folder, const struct judged_set *set, struct err *e)
{
	struct reader r = { .set = set, .a = ARENA_INIT };
	glob_t files = { .gl_pathc = 0 };
	bool ok = read_places(&r, folder, e);
	size_t i;

	printf("%-42s S@1    S@3    MRR    R@10    p50 ms   p95 ms  size MB\n",
	    "");
	if (ok &&
	    glob(arena_printf(&r.a, "%s/*.ranking", folder).ptr, 0, NULL,
		&files) == 0)
		for (i = 0; ok && i < files.gl_pathc; i++)
			ok = read_engine(&r, files.gl_pathv[i], e);
	globfree(&files);
	arena_free(&r.a);
	return ok;
}
