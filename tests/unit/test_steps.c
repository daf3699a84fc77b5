/*
 * test_steps.c - facts about splitting shell blocks, and their risk.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "common/arena.h"
#include "kb/risk.h"
#include "kb/rules.h"
#include "kb/shell_scan.h"
#include "kb/steps.h"
#include "tests/unit/kb_fixture.h"

static struct arena arena;
static struct step_list list;

static int
teardown(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

static void
split(enum steps_mode mode, const char *code)
{
	arena_reset(&arena);
	steps_split(slice_of(code), mode, &arena, &list);
}

/* Exactly these steps: text, note, text, note, ... */
static void
assert_steps(enum steps_mode mode, const char *code, const char *const *want)
{
	size_t i;

	split(mode, code);
	for (i = 0; i < list.n && want[2 * i] != NULL; i++) {
		assert_slice(list.steps[i].text, want[2 * i]);
		assert_slice(list.steps[i].note, want[2 * i + 1]);
	}
	assert_int_equal(i, list.n);
	assert_null(want[2 * i]);
}

#define STEPS(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define NO_STEPS ((const char *const[]){ NULL })

static void
test_comments_explain_what_follows(void **state)
{
	(void)state;
	assert_steps(STEPS_SHELL, "# look\ndocker ps\nhtop\n\n# again\nls\n",
	    STEPS("docker ps", "look", "htop", "look", "ls", "again"));
	assert_steps(STEPS_SHELL, "ls\n# one\n# two\ncat x\n",
	    STEPS("ls", "", "cat x", "one two"));
	assert_steps(STEPS_SHELL, "## title ##\nls # list\n#\n",
	    STEPS("ls # list", "title"));
}

static void
test_a_comment_alone_is_a_step_without_a_command(void **state)
{
	(void)state;
	assert_steps(STEPS_SHELL, "# 1. a\nls\n\n# 2. b\n# more\n",
	    STEPS("ls", "1. a", "", "2. b more"));
	assert_steps(STEPS_SHELL, "# 1. a\n# 2、b\nls\n",
	    STEPS("", "1. a", "ls", "2、b"));
	assert_steps(STEPS_SHELL, "# title\n\n# why\nls\n",
	    STEPS("", "title", "ls", "why"));
}

static void
test_continued_lines_stay_whole(void **state)
{
	(void)state;
	assert_steps(STEPS_SHELL, "docker run \\\n  -d \\\n  nginx\nls\n",
	    STEPS("docker run \\\n  -d \\\n  nginx", "", "ls", ""));
	assert_steps(STEPS_SHELL, "ps aux |\n  grep x &&\n  ls\nfree\n",
	    STEPS("ps aux |\n  grep x &&\n  ls", "", "free", ""));
	assert_steps(STEPS_SHELL, "ls # not on |\nfree\n",
	    STEPS("ls # not on |", "", "free", ""));
}

static void
test_heredocs_stay_whole(void **state)
{
	(void)state;
	assert_steps(STEPS_SHELL, "cat <<EOF > f\n# x\nif\nEOF\nls\n",
	    STEPS("cat <<EOF > f\n# x\nif\nEOF", "", "ls", ""));
	assert_steps(STEPS_SHELL, "cat <<-'E O' f\nE\n", STEPS(
	    "cat <<-'E O' f\nE", ""));
	assert_steps(STEPS_SHELL, "tee f <<-\"END\"\n a\n\tEND\nls\n",
	    STEPS("tee f <<-\"END\"\n a\n\tEND", "", "ls", ""));
	assert_steps(STEPS_SHELL, "cat <<A <<\\B\n1\nA\n2\nB\nls <<< x\n",
	    STEPS("cat <<A <<\\B\n1\nA\n2\nB", "", "ls <<< x", ""));
	assert_steps(STEPS_SHELL, "echo $((1<<2))\nls\n",
	    STEPS("echo $((1<<2))", "", "ls", ""));
	/* it never ends */
	assert_steps(STEPS_SHELL, "ls\ncat <<EOF\nx\n",
	    STEPS("ls\ncat <<EOF\nx", ""));
}

static void
test_compound_commands_stay_whole(void **state)
{
	static const char *const wholes[] = {
		"if [ -f x ]; then\n  ls\nelse\n  df\nfi",
		"for i in a b; do\n  echo \"$i\"\ndone",
		"for ((i=0; i<3; i++)); do\n  ls\ndone",
		"while read x\ndo\n  ls\ndone < f",
		"until false; do ls; done",
		"case $1 in\na) ls ;;\n(b|c)\n  df ;;\n*) free ;;\nesac",
		"f() {\n  ls\n}", "{\n  ls\n  df\n} > f", "(\n  cd x\n  ls\n)",
		"echo \"a\n# b\nc\"", "echo 'a\nfi\n'", "echo `ls\ndf`",
		"x=$(ls |\n  wc)", "echo \"$(ls\n)\"", "[[ -f a &&\n -f b ]]",
		"echo ${x:-\n}", "sudo sh -c 'ls\ndf'", "if true; then ls; fi",
		"awk '{\n  print $1\n}' f",
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(wholes); i++) {
		struct slice code = arena_printf(&arena, "free\n%s\nuptime\n",
		    wholes[i]);

		steps_split(code, STEPS_SHELL, &arena, &list);
		assert_int_equal(list.n, 3);
		assert_slice(list.steps[1].text, wholes[i]);
		assert_slice(list.steps[2].text, "uptime");
	}
}

static void
test_words_like_reserved_ones_are_arguments(void **state)
{
	(void)state;
	assert_steps(STEPS_SHELL, "echo if then do\necho done }\nfind . {} ;\n"
	    "ls a#b $# ${#x}\nif-up x\n",
	    STEPS("echo if then do", "", "echo done }", "", "find . {} ;", "",
	    "ls a#b $# ${#x}", "", "if-up x", ""));
}

static void
test_what_cannot_be_split_stays_whole(void **state)
{
	static const char *const texts[] = { "ls\ndon't\ndf",
		"ls\ndone\ndf", "ls )\ndf", "fi", "ls\necho \"a", "df\n}",
		"do\nls", "esac", "ls\n]]\n)", };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(texts); i++) {
		split(STEPS_SHELL, texts[i]);
		if (i == 8)
			continue;	/* "]]" alone is a word */
		assert_int_equal(list.n, 1);
		assert_slice(list.steps[0].text, texts[i]);
		assert_false(list.is_script);
	}
}

static void
test_scripts_are_one_step(void **state)
{
	(void)state;
	assert_steps(STEPS_SHELL, "# about\n\n#!/bin/sh\nls\n# c\ndf\n",
	    STEPS("#!/bin/sh\nls\n# c\ndf", "about"));
	assert_true(list.is_script);
	assert_steps(STEPS_GUESS, "#!/usr/bin/python3\nimport os\n",
	    STEPS("#!/usr/bin/python3\nimport os", ""));
	assert_true(list.is_script);
	assert_steps(STEPS_SHELL, "# every 30 s\nwhile true; do\nls\ndone\n",
	    STEPS("while true; do\nls\ndone", "every 30 s"));
	assert_true(list.is_script);
	assert_steps(STEPS_SHELL, "ls\n#!/bin/sh\n",
	    STEPS("ls", "", "", "!/bin/sh"));
	assert_false(list.is_script);
}

static void
test_common_indentation_is_removed(void **state)
{
	(void)state;
	assert_steps(STEPS_SHELL, "    # a\n    if x; then\n      ls\n    fi\n",
	    STEPS("if x; then\n  ls\nfi", "a"));
	assert_steps(STEPS_SHELL, "   \n\n", NO_STEPS);
	assert_steps(STEPS_SHELL, "", NO_STEPS);
}

static void
test_behind_prompts_stand_commands_and_between_them_output(void **state)
{
	(void)state;
	assert_steps(STEPS_SHELL, "$ git log\ncommit 1\n$ ls \\\n  -l\nx\n",
	    STEPS("git log", "", "ls \\\n  -l", ""));
	assert_int_equal(list.noutput, 2);
	assert_slice(list.output[0], "commit 1");
	assert_steps(STEPS_SESSION, "[root@db1 ~]# df -h\nbob@h:~/x$ ls\nls\n"
	    "# why\n$ # because\n$ free\n",
	    STEPS("df -h", "", "ls", "", "free", "why because"));
	assert_steps(STEPS_SESSION, "ls\n", NO_STEPS);
	assert_steps(STEPS_GUESS, "# systemctl restart nginx\n# 说明\n",
	    STEPS("systemctl restart nginx", "", "", "说明"));
}

static void
test_output_is_no_command(void **state)
{
	static const char *const lines[] = { "fs.max = 8192",
		"WARN[2024-07-18T18:50] failed to load", "1.1.1.1 - [06/Dec]",
		"不同的运行级定义如下:", "Error: no such file", "... more",
		"ID     NAME     IMAGE     STATUS", "bash: x: not found",
		"ERROR 1045 (28000): Access denied", "| a | b |",
		"failed to refresh meta: invalid ddl job type" };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(lines); i++) {
		split(STEPS_SHELL, lines[i]);
		assert_int_equal(list.n, 0);
		assert_int_equal(list.noutput, 1);
		assert_slice(list.output[0], lines[i]);
	}
}

static void
test_without_a_language_only_known_programs_count(void **state)
{
	(void)state;
	assert_steps(STEPS_GUESS, "docker ps\nCONTAINER ID\nfrob x\nls\n",
	    STEPS("docker ps", "", "ls", ""));
	assert_steps(STEPS_GUESS, "Unknown column 'a'\nit's so\n", NO_STEPS);
	assert_steps(STEPS_GUESS, "frob \"\n", NO_STEPS);
	assert_steps(STEPS_GUESS, "# c\nls \"\n",
	    STEPS("# c\nls \"", ""));
}

static void
test_every_prefix_of_a_block_is_split(void **state)
{
	static const char code[] = "# a\nfor x in $(ls \"${y:-'z'}\"); do\n"
	    "  case $x in a|b) cat <<-'E' | tee f ;; esac\n\tE\ndone && "
	    "echo `date` \\\n  > /dev/null 2>&1 # c\nuser@h:~$ df\n((1<<2))\n";
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(code); i++) {
		for (k = 0; k < 3; k++) {
			arena_reset(&arena);
			steps_split(slice_make(code, i), (enum steps_mode)k,
			    &arena, &list);
			assert_true(list.n <= i);
		}
	}
}

static void
test_deep_nesting_is_given_up(void **state)
{
	struct shell_scan s = SHELL_SCAN_INIT;
	char line[SHELL_NEST_MAX + 2];

	(void)state;
	memset(line, '(', sizeof(line));
	shell_scan_line(&s, slice_make(line, SHELL_NEST_MAX));
	assert_false(s.is_broken);
	assert_int_equal(s.depth, SHELL_NEST_MAX);
	shell_scan_line(&s, slice_make(line, 1));
	assert_true(s.is_broken);
}

static void
test_risk_is_the_worst_of_all_commands(void **state)
{
	static const struct {
		const char *text;
		enum command_risk risk;
	} rows[] = {
		{ "docker ps -a", RISK_READ_ONLY },
		{ "docker ps | grep x && docker logs x", RISK_READ_ONLY },
		{ "docker restart x", RISK_CHANGES },
		{ "docker system prune", RISK_DESTRUCTIVE },
		{ "docker ps; rm -rf x", RISK_DESTRUCTIVE },
		{ "sudo -u root rm x", RISK_DESTRUCTIVE },
		{ "sudo systemctl status x", RISK_READ_ONLY },
		{ "systemctl restart x", RISK_CHANGES },
		{ "free -h > f", RISK_CHANGES },
		{ "free -h >> f", RISK_CHANGES },
		{ "free -h > /dev/null 2>&1", RISK_READ_ONLY },
		{ "cat f | tee g", RISK_CHANGES },
		{ "frobnicate", RISK_CHANGES },
		{ "X=1 Y=2 ls", RISK_READ_ONLY },
		{ "X=1", RISK_READ_ONLY },
		{ "if [ -f x ]; then ls; fi", RISK_READ_ONLY },
		{ "for i in a; do rm $i; done", RISK_DESTRUCTIVE },
		{ "while true; do docker ps; sleep 1; done", RISK_READ_ONLY },
		{ "ssh host \"docker rm x\"", RISK_DESTRUCTIVE },
		{ "ssh host 'df -h'", RISK_READ_ONLY },
		{ "docker exec x sh -c 'rm -rf /y'", RISK_DESTRUCTIVE },
		{ "docker exec -it x bash", RISK_CHANGES },
		{ "docker exec db mysql -e \"SHOW TABLES;\"", RISK_READ_ONLY },
		{ "mysql -e \"DROP TABLE x\"", RISK_DESTRUCTIVE },
		{ "mysql -e 'UPDATE t SET a = 1'", RISK_CHANGES },
		{ "mysql db < f.sql", RISK_CHANGES },
		{ "psql -c 'select 1; delete from t'", RISK_DESTRUCTIVE },
		{ "echo $(rm x)", RISK_DESTRUCTIVE },
		{ "echo `reboot`", RISK_CHANGES },
		{ "git reset --hard HEAD", RISK_DESTRUCTIVE },
		{ "git status", RISK_READ_ONLY },
		{ "kubectl -n x get pod", RISK_READ_ONLY },
		{ "kubectl delete pod x", RISK_DESTRUCTIVE },
		{ "kubectl -n <my-ns> delete pod <x y>", RISK_DESTRUCTIVE },
		{ "kubectl -n <命名空间> get pod", RISK_READ_ONLY },
		{ "cat < f > g", RISK_CHANGES },
		{ "find . -name x", RISK_READ_ONLY },
		{ "find . -name x -delete", RISK_DESTRUCTIVE },
		{ "sysctl vm.swappiness", RISK_READ_ONLY },
		{ "sysctl vm.swappiness=1", RISK_CHANGES },
		{ "/usr/bin/top -b", RISK_READ_ONLY },
		{ "SHOW PROCESSLIST;", RISK_READ_ONLY },
		{ "DROP TABLE x;", RISK_DESTRUCTIVE },
		{ "# rm -rf /\nls", RISK_READ_ONLY },
		{ "ls \\\n  -l", RISK_READ_ONLY },
		{ "watch -n 1 'docker rm x'", RISK_DESTRUCTIVE },
		{ "nohup time sudo env A=1 ls", RISK_READ_ONLY },
		{ "sudo", RISK_CHANGES },
		{ "", RISK_READ_ONLY },
		{ "\\", RISK_CHANGES },
		{ "(ls)", RISK_READ_ONLY },
		{ "echo \"unclosed", RISK_READ_ONLY },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(rows); i++)
		if (risk_of_shell(slice_of(rows[i].text)) != rows[i].risk)
			fail_msg("%s: %s", rows[i].text, entry_risk_name(
			    risk_of_shell(slice_of(rows[i].text))));
}

static void
test_risk_of_sql(void **state)
{
	(void)state;
	assert_int_equal(risk_of_sql(SLICE("SELECT 1; show tables")),
	    RISK_READ_ONLY);
	assert_int_equal(risk_of_sql(SLICE("-- a\n-- b\nset x = 1;")),
	    RISK_CHANGES);
	assert_int_equal(risk_of_sql(SLICE("select 1;\nTRUNCATE t;")),
	    RISK_DESTRUCTIVE);
	assert_int_equal(risk_of_sql(SLICE("")), RISK_READ_ONLY);
}

static void
test_rules_are_consistent(void **state)
{
	enum entry_kind kind;
	enum label label;
	enum entry_severity severity;
	struct slice rest;

	(void)state;
	assert_null(rules_program(SLICE("numpy==1.24.3")));
	assert_null(rules_program(SLICE("")));
	assert_null(rules_program(SLICE("docker/")));
	assert_true(rules_program(SLICE("htop"))->is_bare);
	assert_false(rules_program(SLICE("docker"))->is_bare);
	assert_true(rules_label(SLICE(" Root Cause "), &label));
	assert_int_equal(label, LABEL_CAUSE);
	assert_false(rules_label(SLICE("rooted"), &label));
	assert_true(rules_label_line(SLICE("✅ 解决 2： x"), &label, &rest));
	assert_int_equal(label, LABEL_FIX);
	assert_slice(rest, "x");
	assert_false(rules_label_line(SLICE("`error`: x"), &label, &rest));
	assert_false(rules_label_line(SLICE("no label"), &label, &rest));
	assert_true(rules_kind_value(SLICE("Runbook"), &kind));
	assert_int_equal(kind, ENTRY_RUNBOOK);
	assert_false(rules_kind_value(SLICE("Deployment"), &kind));
	assert_true(rules_severity_value(SLICE("🔴 严重"), &severity));
	assert_int_equal(severity, SEVERITY_CRITICAL);
	assert_true(rules_severity_value(SLICE("P2"), &severity));
	assert_int_equal(severity, SEVERITY_WARNING);
	assert_false(rules_severity_value(SLICE("whatever it is"),
	    &severity));
	assert_false(rules_severity_value(SLICE(""), &severity));
	assert_int_equal(rules_language(SLICE("YAML")), LANG_CONFIG);
	assert_int_equal(rules_language(SLICE("klingon")), LANG_UNKNOWN);
	assert_true(rules_contains(SLICE("a Cannot b"), SLICE("cannot")));
	assert_false(rules_contains(SLICE("scannot"), SLICE("cannot")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_comments_explain_what_follows),
		cmocka_unit_test(
		    test_a_comment_alone_is_a_step_without_a_command),
		cmocka_unit_test(test_continued_lines_stay_whole),
		cmocka_unit_test(test_heredocs_stay_whole),
		cmocka_unit_test(test_compound_commands_stay_whole),
		cmocka_unit_test(test_words_like_reserved_ones_are_arguments),
		cmocka_unit_test(test_what_cannot_be_split_stays_whole),
		cmocka_unit_test(test_scripts_are_one_step),
		cmocka_unit_test(test_common_indentation_is_removed),
		cmocka_unit_test(
		    test_behind_prompts_stand_commands_and_between_them_output),
		cmocka_unit_test(test_output_is_no_command),
		cmocka_unit_test(
		    test_without_a_language_only_known_programs_count),
		cmocka_unit_test(test_every_prefix_of_a_block_is_split),
		cmocka_unit_test(test_deep_nesting_is_given_up),
		cmocka_unit_test(test_risk_is_the_worst_of_all_commands),
		cmocka_unit_test(test_risk_of_sql),
		cmocka_unit_test(test_rules_are_consistent),
	};

	return cmocka_run_group_tests_name("steps", tests, NULL, teardown);
}
