/*
 * replay.c - runs a fuzz target without libFuzzer.
 *
 * usage: fuzz_NAME [FILE...]
 *
 * Feeds the target the files named, or, without any, its seeds, every prefix
 * of them, and a few thousand mutations from a fixed generator, so that an
 * ordinary "make check" runs the same inputs each time. Prints TAP.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "tests/fuzz/replay.h"

#include "common/mem.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MUTATIONS 3000
#define INPUT_MAX (1024 * 1024)

static uint64_t random_state = 88172645463325252u;

/* xorshift64: small, and the same everywhere. */
static uint64_t
next_random(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

/* A copy of exactly size bytes, so that a sanitizer sees the border. */
static void
feed(const void *bytes, size_t size)
{
	uint8_t *copy = mem_alloc(size);

	if (size != 0)
		memcpy(copy, bytes, size);
	(void)LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

static void
feed_mutation(const char *seed)
{
	size_t len = strlen(seed), changes = 1 + next_random() % 8;
	size_t size = len, room = len * 2 + 64;
	char *p = mem_alloc(room);

	memcpy(p, seed, len);
	while (changes-- > 0) {
		size_t at = size != 0 ? next_random() % size : 0;
		size_t n = 1 + next_random() % 8;

		switch (next_random() % 4) {
		case 0:		/* another byte */
			if (size != 0)
				p[at] = (char)next_random();
			break;
		case 1:		/* bytes gone */
			n = n < size - at ? n : size - at;
			memmove(p + at, p + at + n, size - at - n);
			size -= n;
			break;
		case 2:		/* bytes twice */
			n = n < size - at ? n : size - at;
			if (size + n > room)
				break;
			memmove(p + at + n, p + at, size - at);
			size += n;
			break;
		default:	/* a NUL, a high byte, a line end */
			if (size != 0)
				p[at] = "\0\xff\n\r"[next_random() % 4];
			break;
		}
	}
	feed(p, size);
	free(p);
}

static int
replay_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	char *p = mem_alloc(INPUT_MAX);
	size_t n;

	if (f == NULL) {
		perror(path);
		free(p);
		return 1;
	}
	n = fread(p, 1, INPUT_MAX, f);
	fclose(f);
	feed(p, n);
	free(p);
	return 0;
}

int
main(int argc, char **argv)
{
	size_t i, k, nseeds = 0;
	int failed = 0;

	for (i = 1; i < (size_t)argc; i++)
		failed |= replay_file(argv[i]);
	if (argc > 1)
		return failed;
	while (fuzz_seeds[nseeds] != NULL)
		nseeds++;
	printf("1..2\n");
	feed("", 0);
	for (i = 0; i < nseeds; i++)
		for (k = 1; k <= strlen(fuzz_seeds[i]); k++)
			feed(fuzz_seeds[i], k);
	printf("ok 1 - every prefix of every seed\n");
	for (k = 0; nseeds != 0 && k < MUTATIONS; k++)
		feed_mutation(fuzz_seeds[k % nseeds]);
	printf("ok 2 - %d mutations\n", MUTATIONS);
	return 0;
}
