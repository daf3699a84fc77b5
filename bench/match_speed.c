/*
 * match_speed.c - the matching engine alone, over a log in memory.
 *
 * usage: match_speed SIGNATURES LOG
 *
 * SIGNATURES has an error text a line; each is masked and compiled as a saved
 * lesson's is. Prints bytes a second of one thread, best of five, and what
 * compiling took. The bench/match-speed script makes the files and runs the
 * peers.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench/judged.h"
#include "common/arena.h"
#include "common/clock.h"
#include "common/str.h"
#include "kb/signature.h"

#define ROUNDS 5
#define BLOCK (512u * 1024)

static struct signature_set *
compile(struct slice texts)
{
	struct signature_set *set = signature_set_new();
	struct signature_template t;
	struct arena a = ARENA_INIT;
	struct slice line;
	uint32_t id = 0;

	while (str_split(&texts, '\n', &line)) {
		if (line.len == 0)
			continue;
		signature_derive(line, false, &a, &t);
		signature_set_add(set, id++, 0, t.mode, line, t.text);
		arena_reset(&a);
	}
	signature_set_find_errors(set);
	signature_set_compile(set);
	arena_free(&a);
	return set;
}

/* Blocks of whole lines, as kbctl match reads them. */
static uint64_t
scan(struct signature_scanner *s, struct slice log)
{
	struct signature_line l;
	uint64_t hits = 0;
	size_t from = 0;

	while (from < log.len) {
		struct slice block = slice_sub(log, from, from + BLOCK);
		const char *lf = memrchr(block.ptr, '\n', block.len);
		size_t at = 0;

		if (lf != NULL)
			block.len = (size_t)(lf - block.ptr) + 1;
		while (at < block.len && signature_next(s, block, at, &l)) {
			hits += l.nhits != 0;
			at = l.end + 1;
		}
		from += block.len;
	}
	return hits;
}

static bool
map_file(const char *path, struct slice *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *p;

	if (fd < 0 || fstat(fd, &st) != 0)
		return false;
	p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE |
	    MAP_POPULATE, fd, 0);
	close(fd);
	*out = slice_make(p, (size_t)st.st_size);
	return p != MAP_FAILED;
}

int
main(int argc, char **argv)
{
	struct arena a = ARENA_INIT;
	struct err e = ERR_INIT;
	struct signature_scanner *s;
	struct signature_set *set;
	struct slice texts, log;
	int64_t start, best = INT64_MAX, took;
	uint64_t hits = 0;
	int i;

	if (argc != 3 || !judged_read_file(argv[1], &a, &texts, &e) ||
	    !map_file(argv[2], &log)) {
		fprintf(stderr, "usage: match_speed SIGNATURES LOG\n");
		return 2;
	}
	start = clock_us();
	set = compile(texts);
	printf("%zu signatures, derived and compiled in %.1f ms\n",
	    signature_set_count(set), (double)(clock_us() - start) / 1000);
	s = signature_scanner_new(set);
	for (i = 0; i < ROUNDS; i++) {
		start = clock_us();
		hits = scan(s, log);
		took = clock_us() - start;
		best = took < best ? took : best;
	}
	printf("%llu lines matched\n", (unsigned long long)hits);
	printf("engine %.3f GB/s\n", (double)log.len / 1e3 / (double)best);
	signature_scanner_destroy(s);
	signature_set_destroy(set);
	arena_free(&a);
	return 0;
}
