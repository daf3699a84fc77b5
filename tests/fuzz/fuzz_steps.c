/*
 * fuzz_steps.c - any bytes as a shell block: taking it apart ends, invents
 * nothing, and every step says something.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "tests/fuzz/replay.h"

#include "common/arena.h"
#include "kb/steps.h"

#include <stdlib.h>

const char *const fuzz_seeds[] = {
	"# first\nls -l \\\n  /tmp\n\n# 2. second\ncat <<-'EOF' | sort\n\ta\nEOF\n",
	"for i in 1 2; do\n\techo \"$(ls `pwd`)\" # c\ndone\nif [[ -f x ]]; then"
	"\n\tls\nelse\n\t(cd x && ls)\nfi\n",
	"user@host:~$ uptime\n 10:00 up 3 days\n[root@db1 ~]# free -h\n"
	"              total        used\n# df\n$ top\n",
	"case $x in\na|b) ls ;;\n*) f() { echo ${y:-z}; } ;;\nesac\n"
	"cat <<A <<\"B\"\n1\nA\n2\nB\n",
	"#!/bin/sh\nset -e\nwhile true; do sleep 1; done\n",
	"echo 'open\nls\nx=$((1 << 2)) && echo \"a\n",
	NULL,
};

static void
check(const struct step_list *l, size_t size)
{
	size_t i, bytes = 0;

	for (i = 0; i < l->n; i++) {
		bytes += l->steps[i].text.len;
		if (l->steps[i].text.len == 0 && l->steps[i].note.len == 0)
			abort();
	}
	if (bytes > size || (l->is_script && l->n != 1))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum steps_mode modes[] = { STEPS_SHELL, STEPS_GUESS,
		STEPS_SESSION };
	struct step_list list;
	size_t i;

	for (i = 0; i < ARRAY_LEN(modes); i++) {
		struct arena a = ARENA_INIT;

		steps_split(slice_make((const char *)data, size), modes[i],
		    &a, &list);
		check(&list, size);
		arena_free(&a);
	}
	return 0;
}
