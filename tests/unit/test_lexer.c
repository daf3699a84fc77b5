/*
 * test_lexer.c - facts about kb/lexer: the table of tokens, row by row.
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

#include "common/buf.h"
#include "common/mem.h"
#include "kb/lexer.h"

#include <stdlib.h>

struct seen {
	struct buf text;	/* "a|b c": b is colocated with a */
	size_t n, len;
	uint32_t start, position;
};

static bool
see(void *arg, const struct token *t)
{
	struct seen *s = arg;

	assert_true(t->start < t->end && t->end <= s->len);
	assert_true(t->start >= s->start);
	assert_true(t->text.len > 0 && t->text.len <= TOKEN_MAX_BYTES);
	assert_int_equal(t->position, s->n == 0 ? 0 :
	    s->position + (t->colocated ? 0 : 1));
	assert_false(s->n == 0 && t->colocated);
	if (s->n++ > 0)
		buf_putc(&s->text, t->colocated ? '|' : ' ');
	buf_put_slice(&s->text, t->text);
	s->start = t->start;
	s->position = t->position;
	return true;
}

static void
lex(struct slice in, struct seen *s)
{
	*s = (struct seen){ .text = BUF_INIT, .len = in.len };
	assert_true(lexer_run(in, see, s));
}

/* Each row: a text and its tokens. */
static const char *const rows[][2] = {
	/* Chinese: pairs, then the last character */
	{ "数据库表结构", "数据 据库 库表 表结 结构 构" },
	{ "表", "表" },
	{ "資料庫", "资料 料库 库" },
	{ "ファイル 파일", "ファ ァイ イル ル 파일 일" },
	/* a change of script is a border without a gap */
	{ "CPU满载", "cpu 满载 载" },
	{ "cpu 满载", "cpu 满载 载" },
	{ "用docker部署", "用 docker 部署 署" },
	/* identifiers: parts and joined form, three spellings meet */
	{ "docker-compose", "docker|dockercompose compose" },
	{ "file_type", "file|filetype type" },
	{ "fileType", "file|filetype type" },
	{ "filetype", "filetype" },
	{ "Flask-Limiter", "flask|flasklimiter limiter" },
	{ "FlaskLimiter", "flask|flasklimiter limiter" },
	{ "libGL.so.1", "libgl|lib|gl|libglso1 so 1" },
	{ "libgl.so.1", "libgl|libglso1 so 1" },
	{ "libgl1-mesa-glx", "libgl1|libgl|libgl1mesaglx mesa glx" },
	{ "OOMKilled", "oom|oomkilled killed" },
	{ "KubePodCrashLooping",
	    "kube|kubepodcrashlooping pod crash looping" },
	{ "MySQL", "my|mysql sql" },
	{ "TiKV_space_used_more_than_80%",
	    "tikv|ti|kv space used more than 80|80%" },
	{ "iPhone eBPF IPv4 vCPUs", "iphone ebpf ipv4|ipv vcpus|vcpu" },
	{ "EC2Instance S3", "ec2|ec|ec2instance instance s3" },
	{ "x86_64", "x86|86|x8664 64" },
	{ "TCP/IP CI/CD", "tcp|tcpip ip ci|cicd cd" },
	/* letters and digits */
	{ "cpu100", "cpu100|cpu|100" },
	{ "python3.11", "python3.11|python|3.11" },
	{ "384M 2GB 512Mi", "384m|384 2gb|2 512mi|512" },
	{ "v1.24.3", "v1.24.3|1.24.3" },
	{ "k8s", "k8s" },
	/* numbers, versions, addresses */
	{ "numpy==1.24.3", "numpy 1.24.3" },
	{ "10.2.3.4:8080", "10.2.3.4 8080" },
	{ "2025-08-03", "2025 08 03" },
	/* per cent */
	{ "100%", "100|100%" },
	{ "100 %", "100|100%" },
	{ "CPU 100%", "cpu 100|100%" },
	{ "ＣＰＵ　１００％", "cpu 100|100%" },
	{ "100 a%b", "100 a b" },
	/* flags */
	{ "--no-cache", "no|nocache|--no-cache cache" },
	{ "-h", "h|-h" },
	{ "tail --lines=50 -p3306",
	    "tail lines|line|--lines 50 p3306|3306|-p3306" },
	{ "a -1 b", "a 1 b" },
	{ "a--b", "a b" },
	/* codes */
	{ "ER_BAD_FIELD_ERROR (1054)",
	    "er|erbadfielderror bad field error 1054" },
	{ "E1101 HY000", "e1101|1101 hy000|hy|000" },
	/* paths and columns */
	{ "/var/lib/mysql", "var lib mysql" },
	{ "users.avatar", "users|user|usersavatar avatar" },
	{ "'resumes.original_filename'",
	    "resumes|resume|resumesoriginalfilename original filename" },
	/* plurals */
	{ "logs queries APIs IDs", "logs|log queries|query apis|api ids|id" },
	{ "status access boxes caches branches",
	    "status access boxes|box caches|cache branches|branch" },
	{ "can't instance's", "cant instance" },
	/* signs */
	{ "🔴", "🔴" },
	{ "⚠️ x", "⚠ x" },
	{ "C++ C# .NET", "c|c++ c|c# net|.net" },
	{ "$? && ||", "$?" },
	{ ".env", "env|.env" },
	/* nothing */
	{ "", "" },
	{ "&& *** ((( \"\" -- ...", "" },
	{ "\xff\xfe\x80", "" },
};

static void
test_table_of_tokens(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(rows); i++) {
		struct seen s;

		lex(slice_of(rows[i][0]), &s);
		if (strcmp(buf_cstr(&s.text), rows[i][1]) != 0)
			print_message("# row \"%s\"\n", rows[i][0]);
		assert_string_equal(buf_cstr(&s.text), rows[i][1]);
		buf_free(&s.text);
	}
}

struct ranges {
	struct slice in;
	const char *want[16];
	size_t n;
};

static bool
check_range(void *arg, const struct token *t)
{
	struct ranges *r = arg;
	struct slice part = slice_sub(r->in, t->start, t->end);

	assert_true(slice_is(part, r->want[r->n]));
	r->n++;
	return true;
}

static void
test_ranges_show_what_was_written(void **state)
{
	struct ranges r = { SLICE("Ｃ１表結 libGL.so --no-cache 50 %"),
		{ "Ｃ１", "表結", "結", "libGL", "libGL.so", "lib", "libGL",
		  "so", "--no", "--no-cache", "--no-cache", "cache", "50",
		  "50 %" }, 0 };

	(void)state;
	/* order within a position is the lexer's own: check as a set */
	r.want[4] = "lib";
	r.want[5] = "libGL";
	r.want[6] = "libGL.so";
	assert_true(lexer_run(r.in, check_range, &r));
	assert_int_equal(r.n, 14);
}

static bool
stop_at_once(void *arg, const struct token *t)
{
	(void)t;
	++*(int *)arg;
	return false;
}

static void
test_sink_can_stop(void **state)
{
	int calls = 0;

	(void)state;
	assert_false(lexer_run(SLICE("a-b 数据库 c"), stop_at_once, &calls));
	assert_int_equal(calls, 1);
	assert_true(lexer_run(SLICE("..."), stop_at_once, &calls));
}

/* Identifiers of any length, in time that grows with the length only. */
static void
test_endless_words_are_cut(void **state)
{
	static const char *const bits[] = { "a", "a-", "aB", "数", "1.", "-" };
	size_t i, k, n = 200000;
	char *p = mem_alloc(n + 4);

	(void)state;
	for (i = 0; i < ARRAY_LEN(bits); i++) {
		struct seen s;
		size_t len = strlen(bits[i]);

		for (k = 0; k + len <= n; k += len)
			memcpy(p + k, bits[i], len);
		lex(slice_make(p, k), &s);
		assert_true(s.n <= n);
		buf_free(&s.text);
	}
	free(p);
}

static void
test_stems(void **state)
{
	static const char *const stems[][2] = {
		{ "logs", "log" }, { "queries", "query" }, { "bus", "" },
		{ "access", "" }, { "matches", "match" }, { "ties", "tie" },
		{ "databases", "database" }, { "x1s", "" }, { "as", "" },
		{ "ches", "che" }, { "caches", "cache" }, { "ies", "" },
		{ "vms", "vm" }, { "cpus", "cpu" }, { "dns", "" },
	};
	char out[TOKEN_MAX_BYTES];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(stems); i++) {
		size_t n = lexer_stem(slice_of(stems[i][0]), out);

		assert_true(slice_is(slice_make(out, n), stems[i][1]));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table_of_tokens),
		cmocka_unit_test(test_ranges_show_what_was_written),
		cmocka_unit_test(test_sink_can_stop),
		cmocka_unit_test(test_endless_words_are_cut),
		cmocka_unit_test(test_stems),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
