/*
 * secrets.c - what the secret scan finds in files, one line each: to be read
 * and judged. Bytes of a secret are shown cut, since output is kept.
 *
 *   bench/secrets FILE...       or paths on standard input, one a line
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "common/buf.h"
#include "common/clock.h"
#include "common/str.h"
#include "kb/secret_scan.h"

#include <stdio.h>

#define SHOWN 24

struct totals {
	size_t files, bytes, hits;
	int64_t scan_us;
};

static bool
read_file(const char *path, struct buf *out)
{
	char piece[65536];
	FILE *f = fopen(path, "rb");
	size_t n;

	if (f == NULL)
		return false;
	while ((n = fread(piece, 1, sizeof(piece), f)) != 0)
		buf_put(out, piece, n);
	fclose(f);
	return true;
}

static void
scan(const char *path, struct totals *t)
{
	struct buf text = BUF_INIT;
	struct secret_hit hit;
	int64_t start;
	size_t at = 0;

	if (!read_file(path, &text)) {
		fprintf(stderr, "%s: cannot be read\n", path);
		return;
	}
	start = clock_us();
	while (secret_scan_find(buf_slice(&text), at, &hit)) {
		struct slice s = slice_sub(buf_slice(&text), hit.from, hit.to);

		printf("%s:%zu: %s: %.*s%s\n", path, hit.line, hit.form,
		    (int)utf8_cut(s, SHOWN), s.ptr, s.len > SHOWN ? "…" : "");
		at = hit.to;
		t->hits++;
	}
	t->scan_us += clock_us() - start;
	t->files++;
	t->bytes += text.len;
	buf_free(&text);
}

int
main(int argc, char **argv)
{
	struct totals t = { 0, 0, 0, 0 };
	char line[4096];
	int i;

	for (i = 1; i < argc; i++)
		scan(argv[i], &t);
	while (argc == 1 && fgets(line, sizeof(line), stdin) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		scan(line, &t);
	}
	printf("%zu findings in %zu files, %.1f MB, %.0f MB/s\n", t.hits,
	    t.files, (double)t.bytes / 1e6, t.scan_us == 0 ? 0.0 :
	    (double)t.bytes / (double)t.scan_us);
	return 0;
}
