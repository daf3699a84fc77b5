/*
 * merge.c - what a three-way merge costs, beside git merge-file.
 *
 * usage: merge_bench
 *
 * Texts of 20,000 lines of which most are blank or alike, which is what a
 * line-by-line comparison is slow at, each side changed all over. Prints the
 * milliseconds of merge_texts(), those of "git merge-file -p" on the same
 * bytes (its start included: some 2 ms), and the ratio. Exits 1 when one of
 * ours takes more than 200 ms. Numbers of a build with sanitizers mean
 * nothing.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "common/arena.h"
#include "common/buf.h"
#include "common/clock.h"
#include "kb/merge.h"
#include "tests/unit/dice.h"

#define LINES 20000
#define ROUNDS 5
#define MAX_MS 200.0

/* Of so many lines: how many are blank, how many other ones there are. */
struct shape {
	const char *name;
	unsigned blank_of_ten;
	unsigned kinds;		/* 0: each line is its own */
	unsigned change_of_ten;
};

static const struct shape shapes[] = {
	{ "half blank, few changes", 5, 0, 1 },
	{ "half blank, half changed", 5, 0, 5 },
	{ "nine of ten blank", 9, 0, 3 },
	{ "nine of ten blank, five kinds", 9, 5, 3 },
	{ "two kinds, all shuffled", 5, 1, 10 },
	{ "twenty kinds, half changed", 0, 20, 5 },
};

static void
put_line(struct buf *b, const struct shape *s, unsigned i, char side)
{
	if (dice(10) < s->blank_of_ten)
		buf_puts(b, "\n");
	else if (s->kinds != 0)
		buf_printf(b, "line of kind %u\n", dice(s->kinds));
	else
		buf_printf(b, "line %u %c\n", i, side);
}

/* The base again, with changes; or the base itself. */
static void
make(const struct shape *s, struct slice base, char side, struct buf *out)
{
	unsigned i = 0;
	size_t at = 0, end;

	if (side == 'o') {
		for (; i < LINES; i++)
			put_line(out, s, i, side);
		return;
	}
	for (; at < base.len; at = end, i++) {
		end = at + (size_t)((char *)memchr(base.ptr + at, '\n',
		    base.len - at) - (base.ptr + at)) + 1;
		if (dice(10) >= s->change_of_ten)
			buf_put_slice(out, slice_sub(base, at, end));
		else if (dice(3) != 0)
			put_line(out, s, i, side);
	}
}

static double
ours(struct slice base, struct slice a, struct slice b, size_t *conflicts)
{
	int64_t best = INT64_MAX, start;
	int round;

	for (round = 0; round < ROUNDS; round++) {
		struct arena arena = ARENA_INIT;
		struct merge_text m;

		start = clock_us();
		merge_texts(base, a, b, &arena, &m);
		start = clock_us() - start;
		if (start < best)
			best = start;
		*conflicts = m.nconflicts;
		arena_free(&arena);
	}
	return (double)best / 1000;
}

static void
write_file(const char *dir, const char *name, struct slice text)
{
	char path[200];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	if (f == NULL || fwrite(text.ptr, 1, text.len, f) != text.len ||
	    fclose(f) != 0) {
		perror(path);
		exit(2);
	}
}

/* The time of git. Its status is the number of conflicts, up to 127. */
static double
peer(const char *dir)
{
	char command[600];
	int64_t best = INT64_MAX, start;
	int round, rc;

	snprintf(command, sizeof(command), "git merge-file -p -q %s/a %s/o "
	    "%s/b >%s/out 2>/dev/null", dir, dir, dir, dir);
	for (round = 0; round < ROUNDS; round++) {
		start = clock_us();
		rc = system(command);
		start = clock_us() - start;
		if (rc == -1 || WEXITSTATUS(rc) > 127) {
			fputs("git merge-file failed\n", stderr);
			exit(2);
		}
		if (start < best)
			best = start;
	}
	return (double)best / 1000;
}

static bool
run(const struct shape *s, const char *dir)
{
	struct buf o = BUF_INIT, a = BUF_INIT, b = BUF_INIT;
	size_t conflicts;
	double mine, git;

	make(s, SLICE(""), 'o', &o);
	make(s, buf_slice(&o), 'a', &a);
	make(s, buf_slice(&o), 'b', &b);
	write_file(dir, "o", buf_slice(&o));
	write_file(dir, "a", buf_slice(&a));
	write_file(dir, "b", buf_slice(&b));
	mine = ours(buf_slice(&o), buf_slice(&a), buf_slice(&b), &conflicts);
	git = peer(dir);
	printf("%-32s %9.1f %9.1f %8.2f %10zu\n", s->name, mine, git,
	    mine / git, conflicts);
	buf_free(&o);
	buf_free(&a);
	buf_free(&b);
	return mine <= MAX_MS;
}

int
main(void)
{
	char dir[] = "/tmp/kbmerge-XXXXXX", command[64];
	bool ok = true;
	size_t i;

	if (mkdtemp(dir) == NULL) {
		perror(dir);
		return 2;
	}
	printf("%-32s %9s %9s %8s %10s\n", "20,000 lines, ms", "ours",
	    "git", "ratio", "conflicts");
	for (i = 0; i < ARRAY_LEN(shapes); i++)
		ok &= run(&shapes[i], dir);
	snprintf(command, sizeof(command), "rm -rf %s", dir);
	return system(command) == 0 && ok ? 0 : 1;
}
