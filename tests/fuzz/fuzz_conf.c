/*
 * fuzz_conf.c - any bytes as a settings file.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "tests/fuzz/replay.h"

#include "common/arena.h"
#include "common/conf.h"
#include "common/str.h"

#include <stdlib.h>

const char *const fuzz_seeds[] = {
	"port = 7432 # wire\nstatement_timeout = '30s'\n\n# end",
	"listen_addresses = '127.0.0.1, ::1'\r\nlog_level debug\rname='it''s'",
	NULL,
};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT;
	struct conf c;
	struct err e = ERR_INIT;
	size_t i;
	int64_t v;

	if (conf_parse("fuzz", slice_make(data, size), &a, &c, &e)) {
		for (i = 0; i < c.n; i++) {
			if (c.items[i].key.len == 0 || c.items[i].line == 0)
				abort();
			(void)str_duration_ms(c.items[i].value, &v);
			(void)str_size_bytes(c.items[i].value, &v);
		}
	} else if (e.msg[0] == '\0') {
		abort();
	}
	arena_free(&a);
	return 0;
}
