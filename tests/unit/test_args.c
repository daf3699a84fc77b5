/*
 * test_args.c - facts about the command line: verbs, words, options, the
 * names of entries and servers.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

#include "common/arena.h"
#include "common/buf.h"
#include "kbctl/command.h"
#include "kbctl/entry_ref.h"
#include "kbctl/exits.h"
#include "kbctl/url.h"

#define ARGV_MAX 16

/* A command line split at '|', as "verb/options/words" or "error: ...". */
static const char *
reading(const char *line)
{
	static char copy[512];
	static char out[1024];
	char *argv[ARGV_MAX], *save = NULL, *p;
	struct args a;
	struct err e = ERR_INIT;
	struct buf b = BUF_INIT;
	int argc = 0, i;

	snprintf(copy, sizeof(copy), "kbctl|%s", line);
	for (p = strtok_r(copy, "|", &save); p != NULL;
	    p = strtok_r(NULL, "|", &save))
		argv[argc++] = p;
	argv[argc] = NULL;
	if (!args_parse(argc, argv, &a, &e) || !command_check(&a, &e)) {
		buf_printf(&b, "error: %s (%s)", e.msg, e.hint);
	} else {
		buf_printf(&b, "%s", a.command->name);
		for (i = 0; i < OPT_COUNT; i++)
			if (args_has(&a, i))
				buf_printf(&b, " %s=%s", option_defs[i].name,
				    a.value[i] != NULL ? a.value[i] : "");
		for (i = 0; i < a.nwords; i++)
			buf_printf(&b, "/%s", a.words[i]);
	}
	args_free(&a);
	snprintf(out, sizeof(out), "%s", buf_cstr(&b));
	buf_free(&b);
	return out;
}

static void
test_words_that_are_no_verb_are_a_search(void **state)
{
	(void)state;
	assert_string_equal(reading("CPU|100%"), "search/CPU/100%");
	assert_string_equal(reading("docker|ps|-a"), "search/docker/ps/-a");
	assert_string_equal(reading("search|docker|ps|-a"),
	    "search/docker/ps/-a");
	assert_string_equal(reading("search|restart|loop"),
	    "search/restart/loop");
	assert_string_equal(reading("Restart"), "search/Restart");
	assert_string_equal(reading("--|show|12"), "search/show/12");
	assert_string_equal(reading("search|--|--json"), "search/--json");
	assert_string_equal(reading("search|-"), "search/-");
}

static void
test_only_trailing_json_and_limit_are_options_of_a_search(void **state)
{
	(void)state;
	assert_string_equal(reading("disk|full|--json"),
	    "search json=/disk/full");
	assert_string_equal(reading("disk|--limit|3|--json"),
	    "search json= limit=3/disk");
	assert_string_equal(reading("disk|--json|--limit=3"),
	    "search json= limit=3/disk");
	assert_string_equal(reading("git|--json|status"),
	    "search/git/--json/status");
	assert_string_equal(reading("kubectl|get|--limit|many"),
	    "search/kubectl/get/--limit/many");
	assert_string_equal(reading("ls|--color"), "search/ls/--color");
	assert_string_equal(reading("--json|ls|-l"), "search json=/ls/-l");
	assert_string_equal(reading("--doc|Notes|ls|--doc|x"),
	    "search doc=Notes/ls/--doc/x");
}

static void
test_other_verbs_take_options_anywhere(void **state)
{
	(void)state;
	assert_string_equal(reading("export|Notes|--as-of|3"),
	    "export as-of=3/Notes");
	assert_string_equal(reading("-D|/x|list|--kind=problem"),
	    "list data=/x kind=problem");
	assert_string_equal(reading("import|-m|why|a.md|-|b.md"),
	    "import message=why/a.md/-/b.md");
	assert_string_equal(reading("import|-mwhy|--|-x.md"),
	    "import message=why/-x.md");
	assert_string_equal(reading("-qv|status"), "status quiet= verbose=");
}

static void
test_misfits_name_the_search_they_may_be(void **state)
{
	(void)state;
	assert_string_equal(reading("restart|loop"), "error: usage: kbctl "
	    "restart (did you mean: kbctl search restart loop)");
	assert_string_equal(reading("show|processlist"), "error: usage: kbctl "
	    "show ENTRY[@VERSION] (did you mean: kbctl search show "
	    "processlist)");
	assert_string_equal(reading("list|open|files"), "error: usage: kbctl "
	    "list (did you mean: kbctl search list open files)");
	assert_string_equal(reading("history|a|b"), "error: usage: kbctl "
	    "history [ENTRY or DOC] (did you mean: kbctl search history a b)");
	assert_string_equal(reading("search"),
	    "error: usage: kbctl search WORDS ()");
}

static void
test_verbs_never_become_a_search(void **state)
{
	(void)state;
	assert_string_equal(reading("load|average|high"),
	    "error: \"load\" is not available in this version "
	    "(did you mean: kbctl search load average high)");
	assert_string_equal(reading("edit"),
	    "error: usage: kbctl edit ENTRY ()");
	assert_string_equal(reading("edit|permission|denied"),
	    "error: usage: kbctl edit ENTRY "
	    "(did you mean: kbctl search edit permission denied)");
	assert_string_equal(reading("new|relic|agent"), "error: usage: kbctl "
	    "new (did you mean: kbctl search new relic agent)");
	assert_string_equal(reading("revert|commit|3"), "error: usage: kbctl "
	    "revert ENTRY VERSION (did you mean: kbctl search revert commit "
	    "3)");
	assert_string_equal(reading("diff|12|1|2"), "diff/12/1/2");
	assert_string_equal(reading("edit|12|-F|-|-m|why|--allow-secret"),
	    "edit message=why file=- allow-secret=/12");
}

static void
test_wrong_options_are_named(void **state)
{
	(void)state;
	assert_non_null(strstr(reading("--nope|x"),
	    "there is no option \"--nope\""));
	assert_non_null(strstr(reading("-x"), "there is no option \"-x\""));
	assert_non_null(strstr(reading("list|--as-of|3"),
	    "option --as-of is not for \"kbctl list\""));
	assert_non_null(strstr(reading("list|--limit"),
	    "option --limit needs N"));
	assert_non_null(strstr(reading("list|--limit|0"),
	    "a number from 1"));
	assert_non_null(strstr(reading("--color=blue|list"),
	    "auto, always or never"));
	assert_non_null(strstr(reading("list|--json=yes"),
	    "takes no value"));
}

static void
test_entries_are_named_by_number(void **state)
{
	struct entry_ref r;
	static const char *const bad[] = { "", "0", "x", "x-12", "12x", "@3",
		"12@", "12@0", "12@x", ":", ":0", ":1-x", "-1",
		"99999999999999999999" };
	size_t i;

	(void)state;
	assert_true(entry_ref_parse(SLICE("12-cpu-100-占用@3"), &r));
	assert_int_equal(r.number, 12);
	assert_int_equal(r.version, 3);
	assert_true(entry_ref_parse(SLICE(":2"), &r));
	assert_true(r.is_answer);
	assert_int_equal(r.version, 0);
	for (i = 0; i < ARRAY_LEN(bad); i++)
		assert_false(entry_ref_parse(slice_of(bad[i]), &r));
}

static void
test_urls_name_user_hosts_and_ports(void **state)
{
	struct arena a = ARENA_INIT;
	struct url u;
	struct err e = ERR_INIT;

	(void)state;
	assert_true(url_parse(SLICE("kb://ann%40x@db1:7000,[::1]:7001,%2Frun"
	    "/kb?sslmode=require"), &a, &u, &e));
	assert_string_equal(u.user, "ann@x");
	assert_int_equal(u.nhosts, 3);
	assert_string_equal(u.hosts[0].host, "db1");
	assert_string_equal(u.hosts[0].port, "7000");
	assert_string_equal(u.hosts[1].host, "::1");
	assert_string_equal(u.hosts[1].port, "7001");
	assert_string_equal(u.hosts[2].host, "/run");
	assert_null(u.hosts[2].port);
	assert_string_equal(u.sslmode, "require");
	arena_free(&a);
}

static void
test_wrong_urls_are_refused(void **state)
{
	static const char *const bad[] = { "", "postgres://x", "kb://",
		"kb://u@", "kb://h:0", "kb://h:70000", "kb://h:x", "kb://[::1",
		"kb://[::1]x", "kb://h/other", "kb://h?host=x", "kb://%zz",
		"kb://a%00b", "kb://h%0a", "kb://%4", "kb://a,,b",
		"kb://a,b,c,d,e,f,g,h,i" };
	struct arena a = ARENA_INIT;
	struct url u;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(bad); i++) {
		struct err e = ERR_INIT;

		assert_false(url_parse(slice_of(bad[i]), &a, &u, &e));
		assert_string_not_equal(e.msg, "");
	}
	arena_free(&a);
}

static void
test_urls_hold_no_password(void **state)
{
	struct arena a = ARENA_INIT;
	struct err e = ERR_INIT;
	struct url u;

	(void)state;
	assert_false(url_parse(SLICE("kb://ann:secret@h"), &a, &u, &e));
	assert_non_null(strstr(e.msg, "password"));
	assert_null(strstr(e.msg, "secret"));
	arena_free(&a);
}

static void
test_local_hosts_need_no_network(void **state)
{
	(void)state;
	assert_true(url_is_local("/run/kbd"));
	assert_true(url_is_local("localhost"));
	assert_true(url_is_local("127.8.8.8"));
	assert_true(url_is_local("::1"));
	assert_false(url_is_local("127.0.0.1.example.org"));
	assert_false(url_is_local("localhost.example.org"));
	assert_false(url_is_local("10.0.0.1"));
}

static void
test_errors_become_exit_codes(void **state)
{
	struct err e = ERR_INIT;

	(void)state;
	assert_int_equal(exit_of_sqlstate("08006"), EXIT_NO_SERVER);
	assert_int_equal(exit_of_sqlstate("57P03"), EXIT_NO_SERVER);
	assert_int_equal(exit_of_sqlstate("57014"), EXIT_FAILED);
	assert_int_equal(exit_of_sqlstate("28000"), EXIT_DENIED);
	assert_int_equal(exit_of_sqlstate("42501"), EXIT_DENIED);
	assert_int_equal(exit_of_sqlstate("42601"), EXIT_FAILED);
	assert_int_equal(exit_of_sqlstate("40001"), EXIT_CONFLICT);
	assert_int_equal(exit_of_sqlstate("25006"), EXIT_REFUSED);
	assert_int_equal(exit_of_sqlstate("22021"), EXIT_USAGE);
	assert_int_equal(exit_of_sqlstate("42704"), EXIT_NOTHING);
	assert_int_equal(exit_of_sqlstate("P0001"), EXIT_REFUSED);
	assert_int_equal(exit_of_sqlstate("54000"), EXIT_USAGE);
	assert_int_equal(exit_of_sqlstate("58030"), EXIT_FAILED);
	assert_int_equal(exit_of_sqlstate("XX000"), EXIT_FAILED);
	assert_int_equal(exit_of_sqlstate("53300"), EXIT_FAILED);
	err_set(&e, ERR_CANCELED, "interrupted");
	assert_int_equal(exit_of(&e), EXIT_INTERRUPTED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words_that_are_no_verb_are_a_search),
		cmocka_unit_test(
		    test_only_trailing_json_and_limit_are_options_of_a_search),
		cmocka_unit_test(test_other_verbs_take_options_anywhere),
		cmocka_unit_test(test_misfits_name_the_search_they_may_be),
		cmocka_unit_test(test_verbs_never_become_a_search),
		cmocka_unit_test(test_wrong_options_are_named),
		cmocka_unit_test(test_entries_are_named_by_number),
		cmocka_unit_test(test_urls_name_user_hosts_and_ports),
		cmocka_unit_test(test_wrong_urls_are_refused),
		cmocka_unit_test(test_urls_hold_no_password),
		cmocka_unit_test(test_local_hosts_need_no_network),
		cmocka_unit_test(test_errors_become_exit_codes),
	};

	return cmocka_run_group_tests_name("args", tests, NULL, NULL);
}
