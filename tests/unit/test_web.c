/*
 * test_web.c - facts about who asks the wiki, from where, in which language.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "common/arena.h"
#include "common/buf.h"
#include "kbd/http_access.h"
#include "kbd/http_exchange.h"
#include "kbd/login_limit.h"
#include "kbd/net.h"
#include "kbd/serving.h"

static struct serving serving;
static struct http_exchange x;

/* A request with these header lines, from this address. */
static void
ask(const char *address, const char *lines)
{
	struct net_peer peer = { .is_local = false };
	struct http_bad bad;
	struct slice text;
	size_t used;

	arena_reset(&x.arena);
	x.serving = &serving;
	text = arena_printf(&x.arena, "GET / HTTP/1.1\r\n%s\r\n", lines);
	assert_int_equal(http_head_next(text, &x.arena, &x.head, &used, &bad),
	    HTTP_DONE);
	assert_true(access_addr_parse(slice_of(address), &peer.addr));
	http_access_client(&x, &peer);
}

static void
set(const char *names, const char *proxies)
{
	snprintf(serving.settings.server_names,
	    sizeof(serving.settings.server_names), "%s", names);
	snprintf(serving.settings.trusted_proxies,
	    sizeof(serving.settings.trusted_proxies), "%s", proxies);
}

static void
test_only_a_trusted_proxy_says_who_the_client_is(void **state)
{
	static const char lines[] = "Host: a\r\nX-Forwarded-For: 1.1.1.1, "
	    "2.2.2.2, 10.0.0.9\r\n";

	(void)state;
	set("", "");
	ask("10.0.0.7", lines);
	assert_string_equal(x.client, "10.0.0.7");
	set("", "10.0.0.0/8, fd00::/8");
	ask("10.0.0.7", lines);
	assert_string_equal(x.client, "2.2.2.2");
	ask("9.9.9.9", lines);
	assert_string_equal(x.client, "9.9.9.9");
	ask("10.0.0.7", "Host: a\r\nX-Forwarded-For: junk\r\n");
	assert_string_equal(x.client, "10.0.0.7");
	ask("10.0.0.7", "Host: a\r\nX-Forwarded-For: 10.0.0.8\r\n");
	assert_string_equal(x.client, "10.0.0.8");
	set("", "10.0.0.7");
	ask("10.0.0.8", lines);
	assert_string_equal(x.client, "10.0.0.8");
	ask("fd00::1", "Host: a\r\n");
	assert_string_equal(x.client, "fd00::1");
}

static bool
is_ours(const char *host)
{
	char lines[200];

	snprintf(lines, sizeof(lines), "Host: %s\r\n", host);
	ask("127.0.0.1", lines);
	return http_access_host(&x);
}

static void
test_only_our_names_are_answered(void **state)
{
	(void)state;
	set("", "");
	assert_true(is_ours("localhost:7443"));
	assert_true(is_ours("127.0.0.1"));
	assert_true(is_ours("[::1]:7443"));
	assert_false(is_ours("evil.example"));
	assert_false(is_ours("localhost.evil.example"));
	set("kb.example, wiki", "");
	assert_true(is_ours("KB.example:1"));
	assert_true(is_ours("wiki."));
	assert_false(is_ours("localhost"));
	assert_false(is_ours("xkb.example"));
	set("*", "");
	assert_true(is_ours("evil.example"));
}

static void
test_cookies_are_found_by_their_whole_name(void **state)
{
	(void)state;
	ask("127.0.0.1", "Host: a\r\nCookie: xlang=1; lang=zh;a=b=c\r\n"
	    "Cookie: d=e\r\n");
	assert_true(slice_is(http_cookie(&x.head, "lang"), "zh"));
	assert_true(slice_is(http_cookie(&x.head, "a"), "b=c"));
	assert_true(slice_is(http_cookie(&x.head, "d"), "e"));
	assert_null(http_cookie(&x.head, "ang").ptr);
}

static void
test_the_language_is_the_one_wanted_most(void **state)
{
	static const struct {
		const char *accept;
		enum wiki_lang lang;
	} rows[] = {
		{ "zh-CN,zh;q=0.9,en;q=0.8", LANG_ZH },
		{ "en-US,en;q=0.9,zh;q=0.8", LANG_EN },
		{ "zh;q=0.2, en;q=0.1", LANG_ZH },
		{ "fr, zh-TW;q=0.5", LANG_ZH }, { "fr", LANG_EN },
		{ "", LANG_EN }, { ";;,,q=", LANG_EN }, { "zh;q=0", LANG_EN },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(rows); i++)
		assert_int_equal(wiki_lang_of(slice_make(NULL, 0),
		    slice_of(rows[i].accept)), rows[i].lang);
	assert_int_equal(wiki_lang_of(SLICE("en"), SLICE("zh")), LANG_EN);
	assert_int_equal(wiki_lang_of(SLICE("xx"), SLICE("zh")), LANG_ZH);
}

static void
test_every_text_has_both_languages(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < WIKI_TEXT_COUNT; i++) {
		assert_true(*wiki_text(LANG_EN, (enum wiki_text)i) != '\0');
		assert_true(*wiki_text(LANG_ZH, (enum wiki_text)i) != '\0');
	}
	assert_true(wiki_is_chinese(SLICE("a 数据库")));
	assert_false(wiki_is_chinese(SLICE("a\xff, “b”")));
}

static void
test_guessing_has_to_wait(void **state)
{
	struct login_limit *l = login_limit_new();
	int i;

	(void)state;
	for (i = 0; i < LOGIN_LIMIT_BURST; i++) {
		assert_int_equal(login_limit_wait_s(l, "1.1.1.1", 1000), 0);
		login_limit_failed(l, "1.1.1.1", 1000);
	}
	assert_int_equal(login_limit_wait_s(l, "1.1.1.1", 1000),
	    LOGIN_LIMIT_EACH_MS / 1000);
	assert_int_equal(login_limit_wait_s(l, "2.2.2.2", 1000), 0);
	assert_int_equal(login_limit_wait_s(l, "1.1.1.1",
	    1000 + LOGIN_LIMIT_EACH_MS), 0);
	/* no flood of addresses makes it grow or fail */
	for (i = 0; i < 100000; i++) {
		char address[20];

		snprintf(address, sizeof(address), "10.%d.%d.%d", i >> 16,
		    i >> 8 & 255, i & 255);
		login_limit_failed(l, address, 2000);
	}
	login_limit_destroy(l);
}

static int
teardown(void **state)
{
	(void)state;
	arena_free(&x.arena);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    test_only_a_trusted_proxy_says_who_the_client_is),
		cmocka_unit_test(test_only_our_names_are_answered),
		cmocka_unit_test(test_cookies_are_found_by_their_whole_name),
		cmocka_unit_test(test_the_language_is_the_one_wanted_most),
		cmocka_unit_test(test_every_text_has_both_languages),
		cmocka_unit_test(test_guessing_has_to_wait),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
