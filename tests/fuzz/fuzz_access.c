/*
 * fuzz_access.c - any bytes as client rules and peer maps.
 *
 * What stands after a line of "%%" is the file of maps. Rules that could be
 * read are asked about a few clients; without a rule nobody comes in.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "tests/fuzz/replay.h"

#include "kbd/access.h"

#include <stdlib.h>

const char *const fuzz_seeds[] = {
	"local all all peer map=ops\n%%\nops root postgres\n",
	"# rules\nhost kb,\"a b\" +editor,ann 10.0.0.0/8 scram-sha-256\n"
	"host all all ::ffff:1.2.3.0/120 trust\nhost all all samenet reject",
	"hostssl sameuser \"all\" 10.1.2.3 255.255.255.0 reject # no\n"
	"hostnossl all all ::1/128 \\\r\n trust\nhost all all samehost trust",
	"local @x /re,+ md5 a=b\ninclude x\n",
	NULL,
};

static void
ask(const struct access *x, bool local, const char *address)
{
	static const struct slice groups[] = { { "editor", 6 } };
	struct access_interface self = { .addr = { .len = 0 } };
	struct access_client c = {
		.local = local, .tls = !local, .role = SLICE("ann"),
		.database = SLICE("kb"), .asked = SLICE("ann"),
		.groups = groups, .ngroups = 1,
		.interfaces = &self, .ninterfaces = 1,
	};
	struct access_verdict v;
	struct err e = ERR_INIT;

	if (!local && !access_addr_parse(slice_of(address), &c.addr))
		abort();
	self.addr = self.mask = c.addr;
	if (access_check(x, &c, &v, &e)) {
		if (access_count(x) == 0 || v.method == ACCESS_REJECT ||
		    (v.method == ACCESS_PEER && !local))
			abort();
		(void)access_peer(x, &v, SLICE("root"), SLICE("postgres"));
	} else if (e.code != ERR_DENIED) {
		abort();
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice hba = slice_make(data, size), map = slice_make(NULL, 0);
	const char *at = size != 0 ? memmem(data, size, "\n%%\n", 4) : NULL;
	struct access *x = NULL;
	struct err e = ERR_INIT;

	if (at != NULL) {
		hba.len = (size_t)(at - hba.ptr);
		map = slice_make(at + 4, size - hba.len - 4);
	}
	if (access_parse("hba", hba, "map", map, &x, &e)) {
		ask(x, true, "");
		ask(x, false, "10.1.2.3");
		ask(x, false, "::1");
		ask(x, false, "::ffff:1.2.3.4");
	} else if (e.msg[0] == '\0' || x != NULL) {
		abort();
	}
	access_free(x);
	return 0;
}
