/*
 * fuzz_log.c - any bytes as lines of a log: cleaned, stripped, clustered.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "tests/fuzz/replay.h"

#include <stdlib.h>

#include "common/buf.h"
#include "common/str.h"
#include "kb/log_cluster.h"
#include "kb/log_text.h"

const char *const fuzz_seeds[] = {
	"\033[36mapp-1 | \033[0m2026-01-01 10:00:00,1 ERROR [a.b] x failed\r\n"
	"\033]0;t\007{\"m\":\"\\u6570\\ud83d\\ude00\"}\n",
	"Apr  1 02:10:00 host-1 app[77]: error: quota 7 of '/a/b' is gone\n"
	"E0411 02:10:00.180000       1 main.go:12] cannot open \"x\"\n",
	"time=\"2026-04-11T02:10:00Z\" level=error msg=\"timed out\"\n"
	"[2026/04/11 02:10:00.180 +08:00] [ERROR] [main.go:12] [\"denied\"]\n",
	NULL,
};

static void
check_line(struct log_clusters *c, struct slice line, uint64_t number)
{
	struct slice m = log_message(line);

	if (m.len != 0 && (m.ptr < line.ptr ||
	    m.ptr + m.len > line.ptr + line.len))
		abort();
	if (m.len == 0 && str_trim(line).len != 0)
		abort();
	(void)log_is_informational(line);
	(void)log_clusters_add(c, line, 0, number);
}

static size_t
count(struct slice s, char c)
{
	size_t i, n = 0;

	for (i = 0; i < s.len; i++)
		n += s.ptr[i] == c;
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice all = slice_make(data, size), line;
	struct log_clusters *c = log_clusters_new();
	struct buf clean = BUF_INIT;
	uint64_t number = 0;

	log_clean(all, &clean);
	if (clean.len > size ||
	    count(buf_slice(&clean), '\n') != count(all, '\n'))
		abort();
	if (!log_needs_clean(all) && memchr(data, '\033', size) != NULL)
		abort();
	all = buf_slice(&clean);
	while (str_split(&all, '\n', &line))
		check_line(c, line, ++number);
	log_clusters_destroy(c);
	buf_free(&clean);
	return 0;
}
