/*
 * test_access.c - a table of lines, clients and verdicts.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <netinet/in.h>
#include <cmocka.h>

#include "common/buf.h"
#include "common/str.h"
#include "kbd/access.h"

#define MAPS "# map system role\nops root postgres\nops ann admin\n" \
	"\"my map\" \"李 雷\" editor\n"

/* ---- clients as text: "how role database [asked]" ------------------ */

static struct slice
word(struct slice *s)
{
	struct slice w = slice_make("", 0);

	(void)str_split(s, ' ', &w);
	return w;
}

static const struct slice ann_groups[] = {
	{ "viewer", 6 }, { "editor", 6 },
};
static struct access_interface interfaces[2];

static struct access_client
client(const char *text)
{
	struct slice rest = slice_of(text), how;
	struct access_client c = { .local = false };

	how = word(&rest);
	if (slice_starts(how, SLICE("tls:"))) {
		c.tls = true;
		how = slice_sub(how, 4, how.len);
	}
	if (slice_is(how, "local"))
		c.local = true;
	else
		assert_true(access_addr_parse(how, &c.addr));
	c.role = word(&rest);
	c.database = word(&rest);
	c.asked = rest.ptr != NULL ? word(&rest) : c.database;
	if (slice_is(c.role, "ann")) {
		c.groups = ann_groups;
		c.ngroups = ARRAY_LEN(ann_groups);
	}
	assert_true(access_addr_parse(SLICE("192.168.7.5"),
	    &interfaces[0].addr));
	assert_true(access_addr_parse(SLICE("255.255.255.0"),
	    &interfaces[0].mask));
	assert_true(access_addr_parse(SLICE("fd00:7::5"),
	    &interfaces[1].addr));
	assert_true(access_addr_parse(SLICE("ffff:ffff::"),
	    &interfaces[1].mask));
	c.interfaces = interfaces;
	c.ninterfaces = ARRAY_LEN(interfaces);
	return c;
}

static struct access *
parse(const char *hba)
{
	struct access *x = NULL;
	struct err e = ERR_INIT;

	if (!access_parse("hba", slice_of(hba), "map", SLICE(MAPS), &x, &e))
		fail_msg("\"%s\": %s", hba, e.msg);
	return x;
}

/* "method:line", or the error's message. */
static void
verdict(const struct access *x, const char *who, char *out, size_t size)
{
	struct access_client c = client(who);
	struct access_verdict v;
	struct err e = ERR_INIT;

	if (access_check(x, &c, &v, &e)) {
		snprintf(out, size, "%s:%u", access_method_name(v.method),
		    v.line);
		return;
	}
	assert_int_equal(e.code, ERR_DENIED);
	assert_string_equal(e.sqlstate, "28000");
	snprintf(out, size, "%s", e.msg);
}

#define NONE "no pg_hba.conf entry"
#define REJECTS "pg_hba.conf rejects connection"

static const struct {
	const char *hba, *who, *want;	/* want: a prefix */
} table[] = {
	/* kinds */
	{ "local all all peer", "local ann kb", "peer:1" },
	{ "local all all peer", "127.0.0.1 ann kb", NONE },
	{ "host all all all scram-sha-256", "127.0.0.1 ann kb",
	    "scram-sha-256:1" },
	{ "host all all all scram-sha-256", "tls:127.0.0.1 ann kb",
	    "scram-sha-256:1" },
	{ "host all all all scram-sha-256", "local ann kb", NONE },
	{ "hostssl all all all scram-sha-256", "10.1.1.1 ann kb", NONE },
	{ "hostssl all all all scram-sha-256", "tls:10.1.1.1 ann kb",
	    "scram-sha-256:1" },
	{ "hostnossl all all all reject", "10.1.1.1 ann kb", REJECTS },
	{ "hostnossl all all all reject", "tls:10.1.1.1 ann kb", NONE },
	{ "hostnogssenc all all all trust", "10.1.1.1 ann kb", "trust:1" },
	/* the first that fits decides; lines are counted as an editor does */
	{ "# comment\n\nhost all bob all reject\nhost all all all trust",
	    "10.1.1.1 bob kb", REJECTS },
	{ "# comment\n\nhost all bob all reject\nhost all all all trust",
	    "10.1.1.1 ann kb", "trust:4" },
	{ "host all \\\n  bob \\\n all reject\nhost all all all trust",
	    "10.1.1.1 ann kb", "trust:4" },
	{ "host all all all trust # why\r\n", "10.1.1.1 ann kb", "trust:1" },
	{ "", "local ann kb", NONE },
	/* databases */
	{ "host kb all all trust", "10.1.1.1 ann kb", "trust:1" },
	{ "host kb all all trust", "10.1.1.1 ann other", NONE },
	{ "host kb all all trust", "10.1.1.1 ann KB", NONE },
	{ "host a,kb,\"c\" all all trust", "10.1.1.1 ann kb", "trust:1" },
	{ "host a, kb all all trust", "10.1.1.1 ann kb", "trust:1" },
	{ "host \"all\" all all trust", "10.1.1.1 ann kb", NONE },
	{ "host \"all\" all all trust", "10.1.1.1 ann all", "trust:1" },
	{ "host sameuser all all trust", "10.1.1.1 ann kb ann", "trust:1" },
	{ "host sameuser all all trust", "10.1.1.1 ann kb", NONE },
	{ "host kb all all trust", "10.1.1.1 ann kb ann", "trust:1" },
	{ "host samerole all all trust", "10.1.1.1 ann editor", "trust:1" },
	{ "host samerole all all trust", "10.1.1.1 bob editor", NONE },
	{ "host replication all all trust", "10.1.1.1 ann replication", NONE },
	/* roles */
	{ "host all ann all trust", "10.1.1.1 ann kb", "trust:1" },
	{ "host all ann all trust", "10.1.1.1 anna kb", NONE },
	{ "host all bob,\"ann\" all trust", "10.1.1.1 ann kb", "trust:1" },
	{ "host all +editor all trust", "10.1.1.1 ann kb", "trust:1" },
	{ "host all +admin all trust", "10.1.1.1 ann kb", NONE },
	{ "host all +editor all trust", "10.1.1.1 bob kb", NONE },
	{ "host all +bob all trust", "10.1.1.1 bob kb", "trust:1" },
	{ "host all \"+editor\" all trust", "10.1.1.1 ann kb", NONE },
	{ "host all \"+editor\" all trust", "10.1.1.1 +editor kb", "trust:1" },
	{ "host all \"a\"\"b\" all trust", "10.1.1.1 a\"b kb", "trust:1" },
	{ "host all x\"a,b\"y all trust", "10.1.1.1 xa,by kb", "trust:1" },
	{ "host all \"#no\" all trust", "10.1.1.1 #no kb", "trust:1" },
	{ "host all 李雷 all trust", "10.1.1.1 李雷 kb", "trust:1" },
	/* addresses */
	{ "host all all 10.0.0.0/8 trust", "10.255.0.1 ann kb", "trust:1" },
	{ "host all all 10.0.0.0/8 trust", "11.0.0.1 ann kb", NONE },
	{ "host all all 10.1.2.3/8 trust", "10.255.0.1 ann kb", "trust:1" },
	{ "host all all 10.1.2.128/25 trust", "10.1.2.129 ann kb", "trust:1" },
	{ "host all all 10.1.2.128/25 trust", "10.1.2.127 ann kb", NONE },
	{ "host all all 10.1.2.3/32 trust", "10.1.2.3 ann kb", "trust:1" },
	{ "host all all 10.1.2.3/32 trust", "10.1.2.2 ann kb", NONE },
	{ "host all all 0.0.0.0/0 trust", "203.0.113.9 ann kb", "trust:1" },
	{ "host all all 0.0.0.0/0 trust", "::1 ann kb", NONE },
	{ "host all all 10.0.0.0 255.0.0.0 trust", "10.9.9.9 ann kb",
	    "trust:1" },
	{ "host all all 10.0.0.0 255.255.0.0 trust", "10.9.9.9 ann kb", NONE },
	{ "host all all ::1/128 trust", "::1 ann kb", "trust:1" },
	{ "host all all fd00::/9 trust", "fd7f::1 ann kb", "trust:1" },
	{ "host all all fd00::/9 trust", "fd80::1 ann kb", NONE },
	{ "host all all fd00:: ffff:: trust", "fd00:1::1 ann kb", "trust:1" },
	{ "host all all ::/0 trust", "2001:db8::1 ann kb", "trust:1" },
	{ "host all all ::/0 trust", "10.1.1.1 ann kb", NONE },
	{ "host all all all trust", "2001:db8::1 ann kb", "trust:1" },
	/* IPv4 in IPv6 is IPv4, on both sides */
	{ "host all all 10.0.0.0/8 trust", "::ffff:10.1.1.1 ann kb",
	    "trust:1" },
	{ "host all all ::/0 trust", "::ffff:10.1.1.1 ann kb", NONE },
	{ "host all all ::ffff:10.0.0.0/104 trust", "10.1.1.1 ann kb",
	    "trust:1" },
	{ "host all all ::ffff:10.0.0.0/104 trust", "11.1.1.1 ann kb", NONE },
	{ "host all all ::ffff:0:0/96 trust", "11.1.1.1 ann kb", "trust:1" },
	/* this machine */
	{ "host all all samehost trust", "192.168.7.5 ann kb", "trust:1" },
	{ "host all all samehost trust", "192.168.7.6 ann kb", NONE },
	{ "host all all samehost trust", "fd00:7::5 ann kb", "trust:1" },
	{ "host all all samehost trust", "fd00:7::6 ann kb", NONE },
	{ "host all all samenet trust", "192.168.7.6 ann kb", "trust:1" },
	{ "host all all samenet trust", "192.168.8.6 ann kb", NONE },
	{ "host all all samenet trust", "fd00:7:1::6 ann kb", "trust:1" },
};

static void
test_the_first_fitting_line_decides(void **state)
{
	char got[400];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(table); i++) {
		struct access *x = parse(table[i].hba);

		verdict(x, table[i].who, got, sizeof(got));
		if (strncmp(got, table[i].want, strlen(table[i].want)) != 0)
			fail_msg("\"%s\" for %s: %s, not %s", table[i].hba,
			    table[i].who, got, table[i].want);
		access_free(x);
	}
}

static void
test_refusals_are_in_the_words_of_postgresql(void **state)
{
	struct access *x = parse("host all bob all reject");
	char got[400];

	(void)state;
	verdict(x, "127.0.0.1 ann kb", got, sizeof(got));
	assert_string_equal(got, "no pg_hba.conf entry for host \"127.0.0.1\", "
	    "user \"ann\", database \"kb\", no encryption");
	verdict(x, "tls:::1 ann kb asked", got, sizeof(got));
	assert_string_equal(got, "no pg_hba.conf entry for host \"::1\", "
	    "user \"ann\", database \"asked\", SSL encryption");
	verdict(x, "local ann kb", got, sizeof(got));
	assert_string_equal(got, "no pg_hba.conf entry for host \"[local]\", "
	    "user \"ann\", database \"kb\", no encryption");
	verdict(x, "::ffff:10.1.2.3 bob kb", got, sizeof(got));
	assert_string_equal(got, "pg_hba.conf rejects connection for host "
	    "\"10.1.2.3\", user \"bob\", database \"kb\", no encryption");
	access_free(x);
}

static const struct {
	const char *hba, *want;
} errors[] = {
	{ "lokal all all peer", "hba:1: invalid connection type \"lokal\"" },
	{ "\n\nhost", "hba:3: the database is missing" },
	{ "host all", "hba:1: the role is missing" },
	{ "host all all", "hba:1: the address is missing" },
	{ "host all all all", "hba:1: the authentication method is missing" },
	{ "local all all", "hba:1: the authentication method is missing" },
	{ "host all all 10.0.0.1 trust",
	    "hba:1: the netmask after \"10.0.0.1\" is missing" },
	{ "host all all 10.0.0/8 trust",
	    "hba:1: invalid IP address \"10.0.0\"" },
	{ "host all all 10.0.0.0/33 trust",
	    "hba:1: invalid CIDR mask in address \"10.0.0.0/33\"" },
	{ "host all all 10.0.0.0/ trust",
	    "hba:1: invalid CIDR mask in address \"10.0.0.0/\"" },
	{ "host all all 10.0.0.0/-0 trust", "hba:1: invalid CIDR mask" },
	{ "host all all ::1/129 trust", "hba:1: invalid CIDR mask" },
	{ "host all all 10.0.0.0 255.0.255.0 trust",
	    "hba:1: invalid netmask \"255.0.255.0\"" },
	{ "host all all 10.0.0.0 ffff:: trust", "hba:1: invalid netmask" },
	{ "host all all 10.0.0.0/8,::/0 trust", "hba:1: one address a line" },
	{ "host all all localhost trust",
	    "hba:1: invalid IP address \"localhost\"" },
	{ "host all all .example.com trust", "hba:1: invalid IP address" },
	{ "host all all fe80::1%eth0/128 trust", "hba:1: invalid IP address" },
	{ "host all all \"\" trust", "hba:1: invalid IP address \"\"" },
	{ "host all all all scram", "hba:1: invalid authentication method" },
	{ "host all all all md5",
	    "hba:1: authentication method \"md5\" is not supported" },
	{ "host all all all cert",
	    "hba:1: authentication method \"cert\" is not supported" },
	{ "host all all all peer", "hba:1: peer authentication works on" },
	{ "local all all peer map=nobody",
	    "hba:1: there is no map named \"nobody\"" },
	{ "local all all peer map", "hba:1: authentication option \"map\"" },
	{ "local all all peer krb_realm=x",
	    "hba:1: authentication option \"krb_realm=x\" is not supported" },
	{ "local all all scram-sha-256 map=ops", "hba:1: \"map\" is valid" },
	{ "local @dbs all peer", "hba:1: names from a file (\"@dbs\")" },
	{ "local all ann,@users peer", "hba:1: names from a file" },
	{ "@other", "hba:1: names from a file" },
	{ "include other.conf", "hba:1: \"include\" is not supported" },
	{ "include_dir conf.d", "hba:1: \"include_dir\" is not supported" },
	{ "hostgssenc all all all trust", "hba:1: \"hostgssenc\"" },
	{ "local all /^a peer", "hba:1: the regular expression \"/^a\"" },
	{ "local all + peer", "hba:1: the group's name after \"+\"" },
	{ "local all \"ann peer", "hba:1: a quote is not closed" },
	{ "local all ann, peer", "hba:1: the authentication method" },
	{ "local all ,ann peer", "hba:1: a word is missing" },
	{ "local all ann,", "hba:1: a word is missing" },
	{ "local all ann,#x", "hba:1: a word is missing" },
	{ "local all all peer\nhost all \\\n all \\\n all what",
	    "hba:2: invalid authentication method \"what\"" },
	{ "local all a\xff peer", "hba: byte 12 is not valid UTF-8" },
};

static void
test_a_wrong_line_is_named_with_its_reason(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(errors); i++) {
		struct access *x = NULL;
		struct err e = ERR_INIT;

		if (access_parse("hba", slice_of(errors[i].hba), "map",
		    SLICE(MAPS), &x, &e))
			fail_msg("\"%s\" was taken", errors[i].hba);
		assert_null(x);
		if (strncmp(e.msg, errors[i].want, strlen(errors[i].want)))
			fail_msg("\"%s\": %s", errors[i].hba, e.msg);
	}
}

static void
test_a_wrong_map_is_named_too(void **state)
{
	struct access *x = NULL;
	struct err e = ERR_INIT;

	(void)state;
	assert_false(access_parse("hba", SLICE(""), "map", SLICE("a b\n"), &x,
	    &e));
	assert_string_equal(e.msg,
	    "map:1: map, system user and role are expected");
	assert_false(access_parse("hba", SLICE(""), "map",
	    SLICE("\na /^(.*)$ c\n"), &x, &e));
	assert_string_equal(e.msg, "map:2: the regular expression \"/^(.*)$\" "
	    "is not supported");
	assert_false(access_parse("hba", SLICE(""), "map", SLICE("a b,c d"),
	    &x, &e));
	assert_false(access_parse("hba", SLICE("a\0b"), "map", SLICE(""), &x,
	    &e));
	assert_string_equal(e.msg, "hba: contains a NUL byte");
}

static void
test_peer_needs_the_same_name_or_a_map(void **state)
{
	struct access *x = parse("local kb all peer\n"
	    "local a all peer map=ops\nlocal b all peer map=\"my map\"");
	struct access_client c = client("local ann kb");
	struct access_verdict v;
	struct err e = ERR_INIT;

	(void)state;
	assert_true(access_check(x, &c, &v, &e));
	assert_true(access_peer(x, &v, SLICE("ann"), SLICE("ann")));
	assert_false(access_peer(x, &v, SLICE("ann"), SLICE("admin")));
	c.database = SLICE("a");
	assert_true(access_check(x, &c, &v, &e));
	assert_true(access_peer(x, &v, SLICE("ann"), SLICE("admin")));
	assert_true(access_peer(x, &v, SLICE("root"), SLICE("postgres")));
	assert_false(access_peer(x, &v, SLICE("ann"), SLICE("ann")));
	assert_false(access_peer(x, &v, SLICE("ann"), SLICE("postgres")));
	c.database = SLICE("b");
	assert_true(access_check(x, &c, &v, &e));
	assert_true(access_peer(x, &v, SLICE("李 雷"), SLICE("editor")));
	access_free(x);
}

static void
test_trust_is_taken_with_a_warning(void **state)
{
	struct access *x = parse("local all all peer\nlocal all all trust");

	(void)state;
	assert_int_equal(access_count(x), 2);
	assert_non_null(access_warning(x, 0));
	assert_true(slice_starts(slice_of(access_warning(x, 0)),
	    SLICE("hba:2: trust")));
	assert_null(access_warning(x, 1));
	access_free(x);
}

static void
test_every_prefix_of_a_file_is_taken_or_explained(void **state)
{
	static const char text[] = "local all \"a\"\"b\",+c peer map=ops\n"
	    "host \\\nall all 10.0.0.0 255.0.0.0 scram-sha-256 # x\n"
	    "hostssl kb,x all ::ffff:1.2.3.4/128 reject";
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(text); i++) {
		char *part = malloc(i + 1);
		struct access *x = NULL;
		struct err e = ERR_INIT;

		memcpy(part, text, i);
		if (!access_parse("hba", slice_make(part, i), "map",
		    SLICE(MAPS), &x, &e))
			assert_true(slice_starts(slice_of(e.msg),
			    SLICE("hba")));
		free(part);	/* the rules must not point into it */
		if (x != NULL) {
			char got[400];

			verdict(x, "tls:1.2.3.4 ann x", got, sizeof(got));
		}
		access_free(x);
	}
}

static void
test_a_big_file_takes_no_more_than_its_size(void **state)
{
	struct buf b = BUF_INIT;
	struct access *x = NULL;
	struct err e = ERR_INIT;
	size_t i;

	(void)state;
	buf_puts(&b, "local all a");
	for (i = 0; i < 200000; i++)
		buf_puts(&b, ",a");
	for (i = 0; i < 100000; i++)
		buf_puts(&b, "\\\n");
	buf_puts(&b, " peer\n");
	for (i = 0; i < 20000; i++)
		buf_puts(&b, "local a b peer\n");
	assert_true(access_parse("hba", buf_slice(&b), "map", SLICE(MAPS), &x,
	    &e));
	assert_int_equal(access_count(x), 20001);
	access_free(x);
	while (b.len <= ACCESS_MAX_BYTES)
		buf_puts(&b, "# more and more and more and more\n");
	assert_false(access_parse("hba", buf_slice(&b), "map", SLICE(MAPS), &x,
	    &e));
	assert_int_equal(e.code, ERR_LIMIT);
	buf_free(&b);
}

static void
test_socket_addresses_become_ours(void **state)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
	struct sockaddr un = { .sa_family = AF_UNIX };
	struct access_addr a;
	char text[ACCESS_ADDR_SIZE];

	(void)state;
	in.sin_addr.s_addr = htonl(0x7f000005);
	a = access_addr_of((struct sockaddr *)&in);
	access_addr_text(&a, text);
	assert_string_equal(text, "127.0.0.5");
	assert_true(access_is_loopback(&a));
	memcpy(&in6.sin6_addr, "\0\0\0\0\0\0\0\0\0\0\xff\xff\12\1\2\3", 16);
	a = access_addr_of((struct sockaddr *)&in6);
	access_addr_text(&a, text);
	assert_string_equal(text, "10.1.2.3");
	assert_false(access_is_loopback(&a));
	in6.sin6_addr = in6addr_loopback;
	a = access_addr_of((struct sockaddr *)&in6);
	access_addr_text(&a, text);
	assert_string_equal(text, "::1");
	assert_true(access_is_loopback(&a));
	a = access_addr_of(&un);
	access_addr_text(&a, text);
	assert_string_equal(text, "[local]");
	assert_false(access_is_loopback(&a));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_first_fitting_line_decides),
		cmocka_unit_test(test_refusals_are_in_the_words_of_postgresql),
		cmocka_unit_test(test_a_wrong_line_is_named_with_its_reason),
		cmocka_unit_test(test_a_wrong_map_is_named_too),
		cmocka_unit_test(test_peer_needs_the_same_name_or_a_map),
		cmocka_unit_test(test_trust_is_taken_with_a_warning),
		cmocka_unit_test(
		    test_every_prefix_of_a_file_is_taken_or_explained),
		cmocka_unit_test(test_a_big_file_takes_no_more_than_its_size),
		cmocka_unit_test(test_socket_addresses_become_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
