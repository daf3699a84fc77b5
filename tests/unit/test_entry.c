/*
 * test_entry.c - facts about fields, kinds, severities, commands, errors.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "common/buf.h"
#include "kb/error_text.h"
#include "tests/unit/kb_fixture.h"

/* The first section with a heading of a text; freed at the next call. */
static struct fixture f;
static bool parsed;

static int
teardown(void **state)
{
	(void)state;
	if (parsed)
		fixture_free(&f);
	parsed = false;
	return 0;
}

static const struct entry *
parse(const char *text)
{
	teardown(NULL);
	fixture_parse(&f, slice_of(text));
	parsed = true;
	return &f.entries[f.doc.n > 1 && f.doc.sections[0].level == 0];
}

/* Exactly these fields, "name: text" each. */
static void
assert_fields(const struct entry *e, const char *const *want)
{
	size_t i;

	for (i = 0; i < e->nfields && want[i] != NULL; i++)
		assert_slice(arena_printf(&f.arena, "%s: %.*s",
		    entry_field_name(e->fields[i].name),
		    SLICE_ARG(e->fields[i].text)), want[i]);
	assert_int_equal(i, e->nfields);
	assert_null(want[i]);
}

static void
assert_commands(const struct entry *e, const char *const *want)
{
	size_t i;

	for (i = 0; i < e->ncommands && want[i] != NULL; i++)
		assert_slice(e->commands[i].text, want[i]);
	assert_int_equal(i, e->ncommands);
	assert_null(want[i]);
}

static void
assert_signatures(const struct entry *e, const char *const *want)
{
	size_t i;

	for (i = 0; i < e->nsignatures && want[i] != NULL; i++)
		assert_slice(e->signatures[i], want[i]);
	assert_int_equal(i, e->nsignatures);
	assert_null(want[i]);
}

#define LIST(...) ((const char *const[]){ __VA_ARGS__, NULL })
#define NOTHING ((const char *const[]){ NULL })

/* ---- labels ---- */

static void
test_every_label_of_the_contract_is_known(void **state)
{
	static const struct {
		const char *label, *field;
	} rows[] = {
		{ "问题", "symptom" }, { "现象", "symptom" },
		{ "症状", "symptom" }, { "报错", "symptom" },
		{ "影响", "impact" }, { "原因", "cause" }, { "根因", "cause" },
		{ "解决", "fix" }, { "解决方案", "fix" }, { "处理", "fix" },
		{ "修复", "fix" }, { "恢复", "fix" },
		{ "预防", "prevention" }, { "诊断", "diagnosis" },
		{ "排查", "diagnosis" }, { "验证", "verify" },
		{ "注意", "note" }, { "problem", "symptom" },
		{ "Symptom", "symptom" }, { "symptoms", "symptom" },
		{ "error", "symptom" }, { "Meaning", "symptom" },
		{ "impact", "impact" }, { "cause", "cause" },
		{ "Root Cause", "cause" }, { "FIX", "fix" },
		{ "solution", "fix" }, { "resolution", "fix" },
		{ "mitigation", "fix" }, { "workaround", "fix" },
		{ "diagnosis", "diagnosis" }, { "prevention", "prevention" },
		{ "verify", "verify" }, { "note", "note" },
	};
	static const char *const shapes[] = { "%s: text", "%s：text",
		"**%s**: text", "**%s:** text", "**%s：**text", "%s : text",
		"🔧 **%s**： text", "intro\n%s: text", "intro  \n**%s**: text",
		"- %s: text", "- x\n- **%s**: text", "1. **%s**：text",
		"> **%s**: text", "%s:\ntext", "**%s**:\n\n- text",
		"## x\n\n## %s\n\ntext", "## x\n\n## 2. %s：\n\n- text",
		"%s 1: text", "[%s](u): text" };
	size_t i, k;

	(void)state;
	for (i = 0; i < ARRAY_LEN(rows); i++) {
		for (k = 0; k < ARRAY_LEN(shapes); k++) {
			struct arena a = ARENA_INIT;
			struct buf b = BUF_INIT;
			const char *at = strstr(shapes[k], "%s");
			const struct entry *e;

			buf_puts(&b, "# title\n\n");
			buf_put(&b, shapes[k], (size_t)(at - shapes[k]));
			buf_puts(&b, rows[i].label);
			buf_puts(&b, at + 2);
			e = parse(buf_cstr(&b));
			if (strstr(shapes[k], "## x") != NULL)
				e = &f.entries[0];	/* its only owner */
			if (e->nfields != 1 || !slice_is(e->fields[0].text,
			    "text"))
				fail_msg("not a label: %s", buf_cstr(&b));
			assert_string_equal(entry_field_name(
			    e->fields[0].name), rows[i].field);
			buf_free(&b);
			arena_free(&a);
		}
	}
}

static void
test_other_words_are_no_labels(void **state)
{
	static const char *const texts[] = { "# t\n\nhttp: x\n",
		"# t\n\nthe fix: x\n", "# t\n\n解决一下: x\n", "# t\n\nfix\n",
		"# t\n\n`fix`: x\n", "# t\n\n```\nfix: x\n```\n",
		"# t\n\n\\# a fix: x\n", "# t\n\n**解决**\n" };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(texts); i++)
		assert_int_equal(parse(texts[i])->nfields, 0);
}

static void
test_a_label_inside_another_field_is_its_own(void **state)
{
	(void)state;
	assert_fields(parse("# t\n\n**解决**:\n- a\n- **预防**: b\n- c\n\nd\n"),
	    LIST("fix: a", "prevention: b", "fix: c", "fix: d"));
}

static void
test_fields_hold_until_the_next_label(void **state)
{
	(void)state;
	assert_fields(parse("# t\n\n问题: a\nb\n原因: c\n\nd **e** `f`\n\n"
	    "1. g\n   h\n2. i\n   - j\n\n> k\n\n解决: l\n\n---\n\nm\n"),
	    LIST("symptom: a b", "cause: c", "cause: d e `f`", "cause: g h",
	    "cause: i", "cause: j", "cause: k", "fix: l"));
	assert_fields(parse("# t\n\nfix: a\n\n**Remember**: b\n\nc\n"),
	    LIST("fix: a"));
	assert_fields(parse("# t\n\nfix:\n\n| a | b |\n|---|---|\n| c | `d` |"
	    "\n"), LIST("fix: a | b", "fix: c | `d`"));
}

static void
test_label_sections_belong_to_the_entry_above(void **state)
{
	const struct entry *e = parse("# Pod\n\n## Meaning\n\nm\n\n"
	    "## Diagnosis\n\n### Check\n\nx\n\n## Mitigation\n\n"
	    "1. `kubectl get pod`\n\n**Prevention**: p\n");

	(void)state;
	assert_int_equal(f.doc.n, 5);
	assert_int_equal(f.entries[1].owner, 0);
	assert_int_equal(f.entries[2].owner, 0);
	assert_int_equal(f.entries[3].owner, -1);
	assert_int_equal(f.entries[4].owner, 0);
	assert_fields(e, LIST("symptom: m", "diagnosis: Check",
	    "fix: `kubectl get pod`", "prevention: p"));
	assert_fields(&f.entries[4], LIST("fix: `kubectl get pod`",
	    "prevention: p"));
	assert_commands(e, LIST("kubectl get pod"));
	assert_int_equal(e->nitems, 1);
	assert_int_equal(e->kind, ENTRY_PROBLEM);
	assert_int_equal(f.entries[4].kind, ENTRY_SECTION);
}

static void
test_label_sections_without_an_entry_above(void **state)
{
	(void)state;
	/* beside it: the one before */
	parse("## Disk full\n\nx\n\n## Fix\n\ny\n\n## Cause\n\nz\n");
	assert_int_equal(f.entries[1].owner, 0);
	assert_int_equal(f.entries[2].owner, 0);
	assert_fields(&f.entries[0], LIST("fix: y", "cause: z"));
	/* none at all: a heading like any other */
	parse("text\n\n# Fix\n\ny\n");
	assert_int_equal(f.entries[1].owner, -1);
	assert_int_equal(f.entries[1].nfields, 0);
	/* a label below a label */
	parse("# A\n\n## Fix\n\n### Verify\n\nv\n");
	assert_int_equal(f.entries[2].owner, 0);
	assert_fields(&f.entries[0], LIST("verify: v"));
}

static void
test_properties_are_read_and_checked(void **state)
{
	const struct entry *e = parse("# t\n\nkind: runbook\n严重程度: 高\n"
	    "别名: CPU 高，打满、load high, x\ntags: a b\n标签：c\n"
	    "Owner: ann\nreview by: 2026-01-31\n最后更新: 2025-01-01\n");

	(void)state;
	assert_int_equal(e->kind, ENTRY_RUNBOOK);
	assert_int_equal(e->severity, SEVERITY_HIGH);
	assert_slice(e->aliases, "CPU 高|打满|load high| x");
	assert_slice(e->tags, "a b c");
	assert_slice(e->assignee, "ann");
	assert_slice(e->review_by, "2026-01-31");
	e = parse("# t\n\nfix: a\nkind: Deployment\nseverity: very\n"
	    "review by: soon\n");
	assert_int_equal(e->kind, ENTRY_SECTION);
	assert_int_equal(e->severity, SEVERITY_NONE);
	assert_int_equal(e->review_by.len, 0);
	assert_fields(e, LIST("fix: a kind: Deployment severity: very "
	    "review by: soon"));
}

/* ---- kinds and severities ---- */

static void
test_kinds_follow_labels_headings_and_content(void **state)
{
	static const struct {
		const char *text;
		enum entry_kind kind;
	} rows[] = {
		{ "# 磁盘\n\n问题: x\n", ENTRY_PROBLEM },
		{ "# 磁盘\n\n类型: 清单\n\n问题: x\n", ENTRY_CHECKLIST },
		{ "# 磁盘\n\n- [ ] a\n- [x] b\n", ENTRY_CHECKLIST },
		{ "# 部署前清单\n\n- a\n- b\n", ENTRY_CHECKLIST },
		{ "# 部署前清单\n\nwords\n", ENTRY_SECTION },
		{ "# 部署流程\n\n1. a\n", ENTRY_PROCEDURE },
		{ "# 紧急处理\n\n```sh\nls\n```\n", ENTRY_RUNBOOK },
		{ "# Troubleshooting\n\n- a\n", ENTRY_RUNBOOK },
		{ "# nginx 模板\n\n```nginx\na;\n```\n", ENTRY_TEMPLATE },
		{ "# nginx 模板\n\nwords\n", ENTRY_SECTION },
		{ "# 经验\n\n- a\n", ENTRY_RETROSPECTIVE },
		{ "# 上传失败\n\nwords\n", ENTRY_PROBLEM },
		{ "# Upload failed\n\nwords\n", ENTRY_PROBLEM },
		{ "# Unfailed uploads\n\nwords\n", ENTRY_SECTION },
		{ "# x\n\n1. a\n2. b\n", ENTRY_PROCEDURE },
		{ "# x\n\n1. a\n", ENTRY_SECTION },
		{ "# x\n\n- a\n- b\n", ENTRY_SECTION },
		{ "# 上传失败\n", ENTRY_SECTION },
		{ "# 上传失败\n\n---\n", ENTRY_SECTION },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(rows); i++)
		if (parse(rows[i].text)->kind != rows[i].kind)
			fail_msg("%s is %s", rows[i].text, entry_kind_name(
			    parse(rows[i].text)->kind));
}

static void
test_kinds_come_from_the_headings_above(void **state)
{
	(void)state;
	parse("# Book\n\n## 配置模板\n\n### Redis\n\n```conf\nx 1\n```\n\n"
	    "### Why\n\nwords\n\n## Runbook\n\n### A\n\n#### B\n\n`ls x`\n");
	assert_int_equal(f.entries[2].kind, ENTRY_TEMPLATE);
	assert_int_equal(f.entries[3].kind, ENTRY_SECTION);
	assert_int_equal(f.entries[6].kind, ENTRY_RUNBOOK);
	/* the title of a document stands above everything: it decides nothing */
	parse("# 部署经验总结\n\n## A\n\n- a\n");
	assert_int_equal(f.entries[1].kind, ENTRY_SECTION);
	parse("# 应急手册\n\n## A\n\n- a\n\n# Other\n");
	assert_int_equal(f.entries[1].kind, ENTRY_RUNBOOK);
}

static void
test_severity_is_a_mark_or_a_word(void **state)
{
	static const struct {
		const char *heading;
		enum entry_severity severity;
	} rows[] = {
		{ "# 🔴 x", SEVERITY_CRITICAL }, { "# 🟠 x", SEVERITY_HIGH },
		{ "# 3. 🟡 x", SEVERITY_WARNING }, { "# x 🟢", SEVERITY_LOW },
		{ "# **🔵** x", SEVERITY_INFO },
		{ "# Critical: disk", SEVERITY_CRITICAL },
		{ "# disk (high)", SEVERITY_HIGH },
		{ "# [P0] disk", SEVERITY_CRITICAL },
		{ "# 【警告】磁盘", SEVERITY_WARNING },
		{ "# 磁盘（严重）", SEVERITY_CRITICAL },
		{ "# Low: disk", SEVERITY_LOW },
		{ "# High load", SEVERITY_NONE },
		{ "# low memory", SEVERITY_NONE },
		{ "# 硬件信息", SEVERITY_NONE },
		{ "# 紧急处理", SEVERITY_NONE },
		{ "# 最关键问题", SEVERITY_NONE },
		{ "# noncritical", SEVERITY_NONE },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(rows); i++)
		if (parse(rows[i].heading)->severity != rows[i].severity)
			fail_msg("%s is \"%s\"", rows[i].heading,
			    entry_severity_name(
			    parse(rows[i].heading)->severity));
	assert_int_equal(parse("# 🔴 x\n\nseverity: low\n")->severity,
	    SEVERITY_LOW);
}

/* ---- commands ---- */

static void
test_code_spans_are_commands_only_of_known_programs(void **state)
{
	const struct entry *e;

	(void)state;
	e = parse("# t\n\nrun `docker ps`, see `file_type`, `numpy==1.24.3`, "
	    "`$ frob x`, `docker`, `htop`, `docker-compose.prod.yml`, "
	    "`/usr/bin/top`, `docker ps`, `/usr/bin/ls -l`, `ls/`\n");
	assert_commands(e, LIST("docker ps", "frob x", "htop",
	    "/usr/bin/ls -l"));
	assert_slice(e->commands[0].lang, "");
	assert_int_equal(e->commands[0].risk, RISK_READ_ONLY);
}

static void
test_notes_are_the_step_or_the_text_before(void **state)
{
	const struct entry *e;

	(void)state;
	e = parse("# t\n\n- Show all:\n\n`docker ps`\n\nThen run this：\n\n"
	    "```sh\nls\n# why\ndf\n```\n\n1. **Step** one\n\n   ```sh\n"
	    "   free\n   ```\n\n   `uptime`\n");
	assert_commands(e, LIST("docker ps", "ls", "df", "free", "uptime"));
	assert_slice(e->commands[0].note, "Show all");
	assert_slice(e->commands[1].note, "Then run this");
	assert_slice(e->commands[2].note, "why");
	assert_slice(e->commands[3].note, "Step one");
	assert_slice(e->commands[4].note, "Step one");
	e = parse("# t\n\nfix: run it:\n\n{{< copyable \"x\" >}}\n\n```sh\n"
	    "ls\n```\n");
	assert_slice(e->commands[0].note, "fix: run it");
	assert_fields(e, LIST("fix: run it:"));
}

static void
test_fences_are_read_by_their_language(void **state)
{
	const struct entry *e;

	(void)state;
	e = parse("# t\n\n```BASH title=x\nls\ndf\n```\n\n```sql\nselect 1;\n"
	    "drop table x;\n```\n\n```yaml\na: b\n```\n\n```console\n$ free\n"
	    "x\n```\n\n```text\ndf\n```\n\n```{bash}\nuptime\n```\n\n"
	    "    docker ps\n\n```sql\n+---+\n```\n\n~~~ python\nx = 1\n~~~\n");
	assert_commands(e, LIST("ls", "df", "select 1;\ndrop table x;",
	    "free", "df", "uptime", "docker ps", "x = 1"));
	assert_slice(e->commands[0].lang, "bash");
	assert_int_equal(e->commands[2].risk, RISK_DESTRUCTIVE);
}

static void
test_files_are_kept_whole_where_they_are_offered(void **state)
{
	const struct entry *e;

	(void)state;
	e = parse("# 模板\n\n```yaml\n\n# a/docker.yml\nx: 1\n\n```\n\n"
	    "```sh\n# run.sh: this\nls\ndf\n```\n\n```\nplain\n```\n");
	assert_commands(e, LIST("\n# a/docker.yml\nx: 1",
	    "# run.sh: this\nls\ndf", "plain"));
	assert_slice(e->commands[0].file, "a/docker.yml");
	assert_slice(e->commands[1].file, "run.sh");
	assert_slice(e->commands[2].file, "");
	e = parse("# t\n\n解决:\n\n```ini\nx = 1\n```\n\n原因:\n\n```ini\n"
	    "y = 1\n```\n\n```nginx\n# /etc/nginx/nginx.conf\nz;\n```\n\n"
	    "```sh\n[Unit]\nA=b\n```\n");
	assert_commands(e, LIST("x = 1",
	    "# /etc/nginx/nginx.conf\nz;"));
	assert_slice(e->commands[1].file, "/etc/nginx/nginx.conf");
}

static void
test_template_files_are_named_by_comments(void **state)
{
	static const struct {
		const char *line, *file;
	} rows[] = {
		{ "# docker-compose.prod.yml", "docker-compose.prod.yml" },
		{ "// src/app.js", "src/app.js" },
		{ "<!-- pom.xml -->", "pom.xml" }, { "; my.cnf", "my.cnf" },
		{ "-- init.sql", "init.sql" }, { "/* a.css */", "a.css" },
		{ "# file: x.toml", "x.toml" }, { "# 文件：x.toml", "x.toml" },
		{ "# Dockerfile", "Dockerfile" }, { "# ~/.bashrc", "~/.bashrc" },
		{ "# x.yml, the first", "x.yml" },
		{ "# version 1.2", "" }, { "# e.g. this", "" }, { "x.yml", "" },
		{ "# /etc/", "" }, { "# 说明.md", "" }, { "#", "" },
		{ "# 1.2.3", "" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(rows); i++) {
		const struct entry *e = parse(slice_of("# t\n").ptr);
		struct buf b = BUF_INIT;

		buf_printf(&b, "# 模板\n\n```conf\n%s\nx\n```\n",
		    rows[i].line);
		e = parse(buf_cstr(&b));
		assert_int_equal(e->ncommands, 1);
		assert_slice(e->commands[0].file, rows[i].file);
		buf_free(&b);
	}
}

static void
test_numbered_comments_are_steps(void **state)
{
	const struct entry *e;

	(void)state;
	e = parse("# t\n\n```sh\n# 1. look\nls\ndf\n# 2) think\n\n# more\n"
	    "free\n# 2024 was bad\nuptime\n```\n");
	assert_int_equal(e->nitems, 2);
	assert_slice(e->items[0].text, "look");
	assert_slice(e->items[1].text, "think");
	assert_true(e->items[0].is_ordered);
	assert_commands(e, LIST("ls", "df", "free", "uptime"));
}

/* ---- items and text ---- */

static void
test_items_are_tasks_and_steps(void **state)
{
	const struct entry *e;

	(void)state;
	e = parse("# t\n\n- bullet\n\n1. one\n   more\n   1. nested\n2. two\n\n"
	    "* [ ] task\n  * [X] done\n");
	assert_int_equal(e->nitems, 4);
	assert_slice(e->items[0].text, "one more");
	assert_true(e->items[0].is_ordered);
	assert_slice(e->items[1].text, "two");
	assert_slice(e->items[2].text, "task");
	assert_true(e->items[2].is_task);
	assert_false(e->items[2].is_done);
	assert_slice(e->items[3].text, "done");
	assert_true(e->items[3].is_done);
}

static void
test_text_holds_all_words(void **state)
{
	const struct entry *e;

	(void)state;
	e = parse("# title\n\na **b** [c](http://d) <e@f.g>\n\n> h\n\n- i\n\n"
	    "| j | k |\n|---|---|\n| l | m |\n\n```sh\nn\n```\n\n"
	    "<p class=\"o\">p</p>\n\n- # q\n\n![r](s)\n\n~~t~~\n");
	assert_slice(e->text, "a b c e@f.g\nh\ni\nj\nk\nl\nm\nn\n\np\n\nq\n"
	    "r\nt");
}

/* ---- error texts ---- */

static void
test_errors_are_found_in_blocks(void **state)
{
	(void)state;
	assert_signatures(parse("# t\n\n问题: x\n\n```\nUnknown column 'a'\n"
	    "$ ls\n# c\n...\nit is so\nok\n```\n\n解决: y\n\n```\n"
	    "value is one\nConnection refused by peer\n```\n"),
	    LIST("Unknown column 'a'", "it is so",
	    "Connection refused by peer"));
	assert_signatures(parse("# t\n\n```log\nall is well here\n"
	    "2024 FATAL: role \"x\" does not exist\n```\n"),
	    LIST("2024 FATAL: role \"x\" does not exist"));
	assert_signatures(parse("# t\n\n```python\nraise Error(\"failed\")\n"
	    "```\n"), NOTHING);
}

static void
test_tracebacks_keep_their_last_line(void **state)
{
	(void)state;
	assert_signatures(parse("# t\n\n报错:\n\n```\nTraceback (most recent "
	    "call last):\n  File \"a.py\", line 1, in <module>\n    import x"
	    "\nModuleNotFoundError: No module named 'x'\n```\n"),
	    LIST("ModuleNotFoundError: No module named 'x'"));
	assert_signatures(parse("# t\n\n报错:\n\n```\nException in thread "
	    "\"main\" java.lang.OutOfMemoryError: heap\n\tat a.B.c(B.java:1)"
	    "\nCaused by: java.io.IOException: disk\n\tat d.E\n```\n"),
	    LIST("Exception in thread \"main\" java.lang.OutOfMemoryError: "
	    "heap", "Caused by: java.io.IOException: disk"));
	assert_signatures(parse("# t\n\n报错:\n\n```\nTraceback (most recent "
	    "call last):\n  File \"a.py\"\n"), NOTHING);
}

static void
test_errors_are_found_in_spans_headings_and_items(void **state)
{
	(void)state;
	assert_signatures(parse("# t\n\n问题: see `Access denied for user "
	    "'x'` and `file_type`\n"),
	    LIST("Access denied for user 'x'"));
	assert_signatures(parse("# t\n\nsee `Access denied for user`\n"),
	    NOTHING);
	assert_signatures(parse("# 启动报错：cluster ID mismatch\n"),
	    LIST("cluster ID mismatch"));
	assert_signatures(parse("# connect to <10.0.0.1:80> failed\n"),
	    LIST("connect to <10.0.0.1:80> failed"));
	assert_signatures(parse("# Error: Server refused our key\n"),
	    LIST("Error: Server refused our key"));
	assert_signatures(parse("# Debugging failed pods\n"), NOTHING);
	assert_signatures(parse("# 常见错误\n"), NOTHING);
	assert_signatures(parse("# t\n\n- KeyError: \"xxx\" is gone\n- \"No "
	    "module named 'x'\"; \"cannot open x.so\"\n- \"中文\"\n- a b\n"),
	    LIST("KeyError: \"xxx\" is gone", "No module named 'x'",
	    "cannot open x.so"));
}

static void
test_output_of_commands_may_be_an_error(void **state)
{
	(void)state;
	assert_signatures(parse("# t\n\n```sh\ndocker ps\nWARN[2024-07-18] "
	    "failed to start\n```\n"),
	    LIST("WARN[2024-07-18] failed to start"));
	/* the same text once */
	assert_signatures(parse("# t\n\n```\na b failed\na b failed\n```\n"),
	    LIST("a b failed"));
}

static void
test_error_looking_lines(void **state)
{
	static const char *const yes[] = { "Error: x", "a FATAL b",
		"NullPointerException at", "ORA-01017: x", "E1054 x",
		"CDC:ErrBufferReachLimit", "permission denied",
		"command not found", "连接被拒绝", "错误", "errno 5" };
	static const char *const no[] = { "all fine", "terror", "E12 x",
		"ok=12 failed=0", "3 passed, 0 failed", "Erroneous", "" };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(yes); i++)
		if (!error_text_is_error(slice_of(yes[i])))
			fail_msg("\"%s\" is an error", yes[i]);
	for (i = 0; i < ARRAY_LEN(no); i++)
		if (error_text_is_error(slice_of(no[i])))
			fail_msg("\"%s\" is no error", no[i]);
}

static void
test_names_are_those_of_the_contract(void **state)
{
	(void)state;
	assert_string_equal(entry_kind_name(ENTRY_RETROSPECTIVE),
	    "retrospective");
	assert_string_equal(entry_severity_name(SEVERITY_NONE), "");
	assert_string_equal(entry_severity_name(SEVERITY_INFO), "info");
	assert_string_equal(entry_field_name(FIELD_IMPACT), "impact");
	assert_string_equal(entry_risk_name(RISK_READ_ONLY), "read-only");
	assert_string_equal(entry_risk_name(RISK_CHANGES), "changes");
	assert_string_equal(entry_risk_name(RISK_DESTRUCTIVE), "destructive");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_label_of_the_contract_is_known),
		cmocka_unit_test(test_other_words_are_no_labels),
		cmocka_unit_test(test_a_label_inside_another_field_is_its_own),
		cmocka_unit_test(test_fields_hold_until_the_next_label),
		cmocka_unit_test(
		    test_label_sections_belong_to_the_entry_above),
		cmocka_unit_test(test_label_sections_without_an_entry_above),
		cmocka_unit_test(test_properties_are_read_and_checked),
		cmocka_unit_test(
		    test_kinds_follow_labels_headings_and_content),
		cmocka_unit_test(test_kinds_come_from_the_headings_above),
		cmocka_unit_test(test_severity_is_a_mark_or_a_word),
		cmocka_unit_test(
		    test_code_spans_are_commands_only_of_known_programs),
		cmocka_unit_test(test_notes_are_the_step_or_the_text_before),
		cmocka_unit_test(test_fences_are_read_by_their_language),
		cmocka_unit_test(
		    test_files_are_kept_whole_where_they_are_offered),
		cmocka_unit_test(test_template_files_are_named_by_comments),
		cmocka_unit_test(test_numbered_comments_are_steps),
		cmocka_unit_test(test_items_are_tasks_and_steps),
		cmocka_unit_test(test_text_holds_all_words),
		cmocka_unit_test(test_errors_are_found_in_blocks),
		cmocka_unit_test(test_tracebacks_keep_their_last_line),
		cmocka_unit_test(
		    test_errors_are_found_in_spans_headings_and_items),
		cmocka_unit_test(test_output_of_commands_may_be_an_error),
		cmocka_unit_test(test_error_looking_lines),
		cmocka_unit_test(test_names_are_those_of_the_contract),
	};

	return cmocka_run_group_tests_name("entry", tests, NULL, teardown);
}
