/*
 * test_signature.c - facts about masking error texts and finding them in
 * lines of logs.
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
#include <stdlib.h>

#include "common/arena.h"
#include "common/buf.h"
#include "common/mem.h"
#include "common/str.h"
#include "kb/log_cluster.h"
#include "kb/log_text.h"
#include "kb/signature.h"

static struct arena arena;

static struct signature_template
derive(const char *text)
{
	struct signature_template t;

	signature_derive(slice_of(text), false, &arena, &t);
	return t;
}

static struct signature_template
derive_rule(const char *text)
{
	struct signature_template t;

	signature_derive(slice_of(text), true, &arena, &t);
	return t;
}

static void
assert_slice(struct slice got, const char *want)
{
	if (!slice_is(got, want))
		fail_msg("\"%.*s\" is not \"%s\"", SLICE_ARG(got), want);
}

/* The first template line. */
static void
assert_masks(const char *text, const char *want)
{
	struct slice rest = derive(text).text, line = { NULL, 0 };

	(void)str_line(&rest, &line, NULL);
	assert_slice(line, want);
}

struct finder {
	struct signature_set *set;
	struct signature_scanner *scanner;
	struct signature_line line;
};

/* One entry text each, NULL ends them. */
static struct finder
finder_of(const char *const *texts)
{
	struct finder f = { .set = signature_set_new() };
	uint32_t i;

	for (i = 0; texts[i] != NULL; i++) {
		bool rule = strncmp(texts[i], "rule ", 5) == 0;
		struct slice text = slice_of(texts[i] + (rule ? 5 : 0));
		struct signature_template t;

		signature_derive(text, rule, &arena, &t);
		signature_set_add(f.set, i, 0, t.mode, text, t.text);
	}
	signature_set_compile(f.set);
	f.scanner = signature_scanner_new(f.set);
	return f;
}

static void
finder_free(struct finder *f)
{
	signature_scanner_destroy(f->scanner);
	signature_set_destroy(f->set);
}

/* The id of the best hit in a line; -1: none. */
static int
best(struct finder *f, const char *line)
{
	if (!signature_next(f->scanner, slice_of(line), 0, &f->line))
		return -1;
	return (int)f->line.hits[0].id;
}

static void
test_variable_parts_are_masked(void **state)
{
	(void)state;
	assert_masks("Unknown column 'resumes.name' in 'field list'",
	    "all Unknown column '*' in '*'");
	assert_masks("'processed' is not among the defined enum values",
	    "all '*' is not among the defined enum values");
	assert_masks("Bind for 0.0.0.0:8080 failed: port is already allocated",
	    "all Bind for * failed: port is already allocated");
	assert_masks("open /var/lib/x.db: database disk image is malformed",
	    "all open *: database disk image is malformed");
	assert_masks("pool 7f3a91c0aa12 lost 3 of 12 replicas at host db.example.com",
	    "all pool * lost * of * replicas at host *");
	assert_masks("waited 250ms for replica <host:port> to answer",
	    "all waited * for replica <*> to answer");
}

static void
test_codes_and_sentences_stay(void **state)
{
	(void)state;
	assert_masks("ERROR 1054 (42S22): Unknown column 'a'",
	    "all ERROR 1054 (*): Unknown column '*'");
	assert_masks("container exited with exit code 137 while draining",
	    "all container exited with exit code 137 while draining");
	assert_masks("(1146, \"Table 'app.users' doesn't exist\")",
	    "all (1146, \"Table '*' doesn't exist\")");
	assert_masks("it isn't a leader, can't accept proposals",
	    "all it isn't a leader, can't accept proposals");
}

static void
test_prefixes_of_loggers_are_left_out(void **state)
{
	static const char *const lines[] = {
		"2026-04-11 02:10:00,180 ERROR [app.db] disk quota is gone",
		"backend-1  | 2026-04-11T02:10:00Z ERROR disk quota is gone",
		"[2026/04/11 02:10:00.180 +08:00] [ERROR] [main.go:12] disk quota is gone",
		"Apr 11 02:10:00 host-1 app[77]: disk quota is gone",
		"Apr  1 02:10:00 host-1 kernel: [ 12.5] disk quota is gone",
		"E0411 02:10:00.180000       1 main.go:12] disk quota is gone",
		"ERROR: disk quota is gone", "\tdisk quota is gone\r",
		"time=\"2026-04-11T02:10:00Z\" level=error disk quota is gone",
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(lines); i++)
		assert_slice(log_message(slice_of(lines[i])),
		    "disk quota is gone");
	assert_slice(log_message(SLICE("[CDC:ErrX]reach limit")),
	    "[CDC:ErrX]reach limit");
	assert_slice(log_message(SLICE("ERROR 1054 (42S22): x")),
	    "ERROR 1054 (42S22): x");
	assert_slice(log_message(SLICE("")), "");
	assert_slice(log_message(SLICE("INFO")), "INFO");
}

static void
test_information_is_no_error(void **state)
{
	(void)state;
	assert_true(log_is_informational(SLICE("2026-01-01 10:00:00 INFO "
	    "no error here")));
	assert_true(log_is_informational(SLICE("[info] error rate 0")));
	assert_true(log_is_informational(SLICE("{\"level\":\"info\","
	    "\"msg\":\"errors: 0\"}")));
	assert_false(log_is_informational(SLICE("2026-01-01 10:00:00 ERROR "
	    "info is lost")));
	assert_false(log_is_informational(SLICE("information is lost")));
}

static void
test_few_words_are_not_certain(void **state)
{
	(void)state;
	assert_int_equal(derive("Unknown column 'a' in 'b'").mode,
	    SIGNATURE_STRONG);
	assert_int_equal(derive("undefined symbol").mode, SIGNATURE_LIKELY);
	assert_int_equal(derive("KeyError: 'name'").mode, SIGNATURE_EXACT);
	assert_int_equal(derive("RuntimeError").mode, SIGNATURE_OFF);
	assert_int_equal(derive("Permission denied").mode, SIGNATURE_OFF);
	assert_int_equal(derive("connection-timeout").mode, SIGNATURE_OFF);
}

static void
test_everyday_lines_are_no_signatures(void **state)
{
	static const char *const lines[] = {
		"database system is ready to accept connections",
		"Connection closed by 10.0.0.1 port 22 [preauth]",
		"Ready to accept connections tcp",
		"数据库连接成功 host=db",
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(lines); i++)
		if (derive(lines[i]).mode > SIGNATURE_EXACT)
			fail_msg("%s", lines[i]);
	assert_int_equal(derive_rule("listening on *").mode, SIGNATURE_OFF);
	assert_int_equal(derive_rule("any: mounted filesystem | x y z lost")
	    .mode, SIGNATURE_OFF);
}

static void
test_other_names_are_found(void **state)
{
	static const char *const texts[] = {
		"Unknown column 'resumes.original_filename' in 'field list'",
		"'processed' is not among the defined enum values", NULL };
	static const char *const first[] = {
		"Unknown column 'users.avatar' in 'field list'",
		"UNKNOWN COLUMN \"t.c\" IN \"where clause\"",
		"Unknown column `a`.`b` in field list",
		"x | (1054, \"Unknown column 'profile.nick' in 'field list'\")",
		"{\"msg\":\"Unknown column \\\"a.b\\\" in 'on clause'\"}",
		"2026-01-01 ERROR sqlalchemy.exc.X: Unknown  column\t'a' in 'b'",
	};
	struct finder f = finder_of(texts);
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(first); i++)
		if (best(&f, first[i]) != 0)
			fail_msg("%s", first[i]);
	assert_int_equal(best(&f, "LookupError: 'refunded' is not among the "
	    "defined enum values. Possible values: a, b"), 1);
	assert_int_equal(best(&f, "value 'a' is among the defined enum "
	    "values"), -1);
	assert_int_equal(best(&f, "Column 'a' in field list is ambiguous"),
	    -1);
	assert_int_equal(best(&f, "an unknown columnist in town"), -1);
	finder_free(&f);
}

static void
test_captures_are_what_varies(void **state)
{
	static const char *const texts[] = {
		"Unknown column 'a.b' in 'field list'", NULL };
	struct finder f = finder_of(texts);
	struct buf b = BUF_INIT;

	(void)state;
	assert_int_equal(best(&f, "x: Unknown column 'users.avatar' in "
	    "'where clause', y"), 0);
	signature_captures_json(&f.line.hits[0], &b);
	assert_slice(buf_slice(&b), "{\"1\":\"users.avatar\",\"2\":\"where clause\"}");
	assert_int_equal(f.line.hits[0].mode, SIGNATURE_STRONG);
	assert_int_equal(best(&f, "Unknown column 'a.b' in 'field list'"), 0);
	assert_int_equal(f.line.hits[0].mode, SIGNATURE_EXACT);
	buf_free(&b);
	finder_free(&f);
}

static void
test_the_end_of_a_chain_is_enough(void **state)
{
	static const char *const texts[] = {
		"failed to sync pod web: rpc error: volume lease quorum was lost",
		"[err=\"[executor:1213]Deadlock found when trying to get lock\"]",
		NULL };
	struct finder f = finder_of(texts);

	(void)state;
	assert_int_equal(best(&f, "kubelet: volume lease quorum was lost"), 0);
	assert_int_equal(best(&f, "(1213, 'Deadlock found when trying to get "
	    "lock; try restarting transaction')"), 1);
	finder_free(&f);
}

static void
test_an_exact_one_needs_its_text(void **state)
{
	static const char *const texts[] = { "KeyError: 'tenant'", NULL };
	struct finder f = finder_of(texts);

	(void)state;
	assert_int_equal(best(&f, "File x: KeyError: 'tenant'"), 0);
	assert_int_equal(best(&f, "File x: KeyError: 'name'"), -1);
	finder_free(&f);
}

static void
test_authors_write_all_any_not(void **state)
{
	static const char *const texts[] = {
		"rule all: lease * lost; not: recovered",
		"rule any: `quota gate jammed` | spool gate jammed",
		"rule 全部：`凭证缓存` ; `已经失效`；排除：自动刷新",
		"rule Widget 'a' refused to rotate", NULL };
	struct finder f = finder_of(texts);

	(void)state;
	assert_int_equal(best(&f, "the lease of n7 was lost at noon"), 0);
	assert_int_equal(best(&f, "the lease of n7 was lost, then recovered"),
	    -1);
	assert_int_equal(best(&f, "Spool gate jammed!"), 1);
	assert_int_equal(best(&f, "quota gate jammed"), 1);
	assert_int_equal(best(&f, "警告：凭证缓存 c7 已经失效"), 2);
	assert_int_equal(best(&f, "凭证缓存 c7 已经失效，自动刷新"), -1);
	assert_int_equal(best(&f, "Widget \"zz\" refused to rotate"), 3);
	finder_free(&f);
}

static void
test_lines_keep_their_borders(void **state)
{
	static const char *const texts[] = {
		"volume lease quorum was lost", NULL };
	static const char text[] = "ok\nvolume lease\nquorum was lost\n\n"
	    "x volume lease quorum was lost\r\nvolume lease quorum was lost";
	struct finder f = finder_of(texts);
	size_t at = 0, n = 0, starts[4];

	(void)state;
	while (n < 4 && signature_next(f.scanner, slice_of(text), at,
	    &f.line)) {
		starts[n++] = f.line.start;
		at = f.line.end + 1;
	}
	assert_int_equal(n, 2);
	assert_memory_equal(text + starts[0], "x volume", 8);
	assert_memory_equal(text + starts[1], "volume", 6);
	finder_free(&f);
}

/* At any offset, so that both grams of an anchor are met. */
static void
test_nothing_is_missed_wherever_it_stands(void **state)
{
	static const char *const texts[] = {
		"volume lease quorum was lost", NULL };
	struct finder f = finder_of(texts);
	char line[400];
	size_t i;

	(void)state;
	for (i = 0; i < 300; i++) {
		memset(line, 'z', i);
		strcpy(line + i, i == 0 ? "" : " ");
		strcat(line, "volume lease quorum was lost");
		if (best(&f, line) != 0)
			fail_msg("offset %zu", i);
	}
	finder_free(&f);
}

static void
test_a_huge_line_is_scanned(void **state)
{
	static const char *const texts[] = {
		"volume lease quorum was lost", NULL };
	struct finder f = finder_of(texts);
	size_t n = 3000000;
	char *line = mem_alloc(n);

	(void)state;
	memset(line, 'q', n);
	memcpy(line + n - 40, " volume lease quorum was lost ", 30);
	assert_true(signature_next(f.scanner, slice_make(line, n), 0,
	    &f.line));
	assert_int_equal(f.line.nhits, 1);
	free(line);
	finder_free(&f);
}

static void
test_lines_are_cleaned(void **state)
{
	static const struct { const char *in, *out; size_t len; } rows[] = {
		{ "\033[36mapp | \033[0m\033[1;31mfail\033[0m\n",
		    "app | fail\n", 0 },
		{ "a\0b\bc\x7f", "a b c ", 6 },
		{ "\033]0;title\007x\033]0;t\033\\y", "xy", 0 },
		{ "{\"m\":\"\\u6570\\u636e \\ud83d\\ude00\"}",
		    "{\"m\":\"数据 😀\"}", 0 },
		{ "\\u00 \\ud83d \\u0007", "\\u00 \\ud83d \\u0007", 0 },
		{ "cut \033[3", "cut ", 0 },
		{ "\xff\xfe\x80 ok\r\n", "\xff\xfe\x80 ok\r\n", 0 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(rows); i++) {
		struct buf b = BUF_INIT;

		log_clean(slice_make(rows[i].in, rows[i].len != 0 ?
		    rows[i].len : strlen(rows[i].in)), &b);
		assert_slice(buf_slice(&b), rows[i].out);
		buf_free(&b);
	}
	assert_false(log_needs_clean(SLICE("C:\\users\\x plain\r\n")));
	assert_true(log_needs_clean(slice_make("a\0", 2)));
}

static void
test_like_errors_are_one_cluster(void **state)
{
	struct log_clusters *c = log_clusters_new();
	const struct log_cluster *list;
	char line[100];
	unsigned i;

	(void)state;
	for (i = 0; i < 40; i++) {
		snprintf(line, sizeof(line), "2026-01-01 10:00:%02u ERROR "
		    "shard %u refused ticket '%c'", i, i * 7, 'a' + i % 26);
		assert_true(log_clusters_add(c, slice_of(line), 0, i + 1));
	}
	assert_true(log_clusters_add(c, SLICE("panic: no ink"), 0, 90));
	assert_false(log_clusters_add(c, SLICE("INFO 0 errors"), 0, 91));
	assert_false(log_clusters_add(c, SLICE("    at Foo.error(Foo.java:1)"),
	    0, 92));
	assert_false(log_clusters_add(c, SLICE("\"GET /error HTTP/1.1\" 200 1"),
	    0, 93));
	assert_int_equal(log_clusters_sorted(c, &list), 2);
	assert_int_equal(list[0].count, 40);
	assert_int_equal(list[0].first, 1);
	assert_int_equal(list[0].last, 40);
	assert_string_equal(list[0].sample, "shard 0 refused ticket 'a'");
	assert_int_equal(list[1].first, 90);
	log_clusters_destroy(c);
}

static void
test_clusters_are_bounded(void **state)
{
	struct log_clusters *c = log_clusters_new();
	const struct log_cluster *list;
	char line[100];
	uint64_t sum;
	unsigned i;
	size_t n;

	(void)state;
	for (i = 0; i < 2000; i++) {
		snprintf(line, sizeof(line), "error of kind %c%c%c%c",
		    'g' + i % 17, 'g' + i / 17 % 17, 'g' + i / 289, 'z');
		(void)log_clusters_add(c, slice_of(line), 0, i + 1);
	}
	n = log_clusters_sorted(c, &list);
	assert_int_equal(n, LOG_CLUSTERS_MAX);
	for (sum = log_clusters_dropped(c), i = 0; i < n; i++)
		sum += list[i].count;
	assert_int_equal(sum, 2000);
	log_clusters_destroy(c);
}

static int
tear_down(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_variable_parts_are_masked),
		cmocka_unit_test(test_codes_and_sentences_stay),
		cmocka_unit_test(test_prefixes_of_loggers_are_left_out),
		cmocka_unit_test(test_information_is_no_error),
		cmocka_unit_test(test_few_words_are_not_certain),
		cmocka_unit_test(test_everyday_lines_are_no_signatures),
		cmocka_unit_test(test_other_names_are_found),
		cmocka_unit_test(test_captures_are_what_varies),
		cmocka_unit_test(test_the_end_of_a_chain_is_enough),
		cmocka_unit_test(test_an_exact_one_needs_its_text),
		cmocka_unit_test(test_authors_write_all_any_not),
		cmocka_unit_test(test_lines_keep_their_borders),
		cmocka_unit_test(test_nothing_is_missed_wherever_it_stands),
		cmocka_unit_test(test_a_huge_line_is_scanned),
		cmocka_unit_test(test_lines_are_cleaned),
		cmocka_unit_test(test_like_errors_are_one_cluster),
		cmocka_unit_test(test_clusters_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, tear_down);
}
