/*
 * test_seed.c - what the seed lessons must become, row by row.
 *
 * The table stands in the contract: From Markdown to entries and back.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "tests/unit/kb_fixture.h"

static struct fixture seed;

static int
setup(void **state)
{
	(void)state;
	fixture_source(&seed, "content/InterviewPro.md");
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	fixture_free(&seed);
	return 0;
}

static size_t
children(const char *title)
{
	int parent = (int)fixture_find(&seed, title);
	size_t i, n = 0;

	for (i = 0; i < seed.doc.n; i++)
		n += seed.doc.sections[i].parent == parent;
	return n;
}

/* The commands of an entry, exactly these, in this order. */
static void
assert_commands(const char *title, const char *const *texts)
{
	const struct entry *e = fixture_entry(&seed, title);
	size_t i;

	for (i = 0; texts[i] != NULL; i++) {
		assert_true(i < e->ncommands);
		assert_slice(e->commands[i].text, texts[i]);
	}
	assert_int_equal(e->ncommands, i);
}

static void
assert_items(const char *title, enum entry_kind kind, size_t n, bool task,
    bool ordered)
{
	const struct entry *e = fixture_entry(&seed, title);
	size_t i;

	assert_int_equal(e->kind, kind);
	assert_int_equal(e->nitems, n);
	for (i = 0; i < n; i++) {
		assert_int_equal(e->items[i].is_task, task);
		assert_int_equal(e->items[i].is_ordered, ordered);
		assert_false(e->items[i].is_done);
	}
}

static void
test_outline_has_25_headings(void **state)
{
	size_t i, levels[7] = { 0 };

	(void)state;
	assert_int_equal(seed.doc.n, 25);
	for (i = 0; i < seed.doc.n; i++)
		levels[seed.doc.sections[i].level]++;
	assert_int_equal(levels[0], 0);
	assert_int_equal(levels[1], 1);
	assert_int_equal(levels[2], 7);
	assert_int_equal(levels[3], 17);
	assert_int_equal(children("核心问题与解决方案"), 4);
	assert_int_equal(children("部署前必查清单"), 3);
	assert_int_equal(children("应急处理"), 2);
	assert_int_equal(children("关键配置模板"), 3);
	assert_int_equal(children("部署成功率提升方案"), 2);
	assert_int_equal(children("经验教训"), 3);
	assert_int_equal(children("快速联系"), 0);
}

static void
test_headings_lose_marks_and_titles_their_numbers(void **state)
{
	const struct section *s;

	(void)state;
	s = &seed.doc.sections[fixture_find(&seed, "数据库表结构不一致")];
	assert_slice(s->heading, "1. 数据库表结构不一致 (最关键问题)");
	assert_slice(s->mark, "1. 🔴 **数据库表结构不一致** (最关键问题)");
	assert_int_equal(s->line, 5);
	assert_int_equal(s->level, 3);
	s = &seed.doc.sections[fixture_find(&seed, "本地预检")];
	assert_slice(s->heading, "本地预检 (90% 问题可提前发现)");
	assert_slice(seed.doc.meta.title, "InterviewPro 部署经验总结");
}

static void
test_core_problems_have_severity_symptom_and_fix(void **state)
{
	static const struct {
		const char *title;
		enum entry_severity severity;
		size_t fixes, signatures;
	} rows[] = {
		{ "数据库表结构不一致", SEVERITY_CRITICAL, 1, 2 },
		{ "CPU 100% 占用", SEVERITY_CRITICAL, 3, 0 },
		{ "依赖包冲突", SEVERITY_WARNING, 2, 0 },
		{ "文件上传失败", SEVERITY_WARNING, 1, 0 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < 4; i++) {
		const struct entry *e = fixture_entry(&seed, rows[i].title);

		assert_int_equal(e->kind, ENTRY_PROBLEM);
		assert_int_equal(e->severity, rows[i].severity);
		assert_int_not_equal(fixture_field(e, FIELD_SYMPTOM, 0).len,
		    0);
		assert_int_equal(fixture_field(e, FIELD_SYMPTOM, 1).len, 0);
		assert_int_not_equal(fixture_field(e, FIELD_FIX,
		    rows[i].fixes - 1).len, 0);
		assert_int_equal(fixture_field(e, FIELD_FIX,
		    rows[i].fixes).len, 0);
		assert_int_equal(e->nsignatures, rows[i].signatures);
		assert_int_equal(e->ncommands, 0);
	}
}

static void
test_first_problem_has_prevention_and_error_texts(void **state)
{
	const struct entry *e = fixture_entry(&seed, "数据库表结构不一致");

	(void)state;
	assert_slice(fixture_field(e, FIELD_SYMPTOM, 0),
	    "本地和远程数据库表结构不同步，导致 API 500 错误");
	assert_slice(fixture_field(e, FIELD_FIX, 0), "备份远程数据 → "
	    "导出本地表结构 → 重建远程数据库 → 迁移数据");
	assert_slice(fixture_field(e, FIELD_PREVENTION, 0),
	    "使用 Flask-Migrate，定期对比表结构");
	assert_slice(e->signatures[0],
	    "Unknown column 'resumes.original_filename' in 'field list'");
	assert_slice(e->signatures[1],
	    "'processed' is not among the defined enum values");
}

static void
test_second_problem_has_three_fixes(void **state)
{
	const struct entry *e = fixture_entry(&seed, "CPU 100% 占用");

	(void)state;
	assert_slice(fixture_field(e, FIELD_FIX, 0),
	    "添加 Docker 资源限制 (CPU: 0.8, 内存: 384M)");
	assert_slice(fixture_field(e, FIELD_FIX, 1), "创建 2GB Swap 分区");
	assert_slice(fixture_field(e, FIELD_FIX, 2),
	    "优化数据库连接池配置");
}

static void
test_third_problem_keeps_the_pinned_versions(void **state)
{
	const struct entry *e = fixture_entry(&seed, "依赖包冲突");

	(void)state;
	assert_slice(fixture_field(e, FIELD_FIX, 0), "固定版本: "
	    "`numpy==1.24.3`, `opencv-python-headless==4.8.1.78`");
	assert_int_equal(e->ncommands, 0);
}

static void
test_checklists_before_deployment(void **state)
{
	static const char *const commands[] = { "docker stats", "free -h",
		"htop", "docker-compose logs --tail=50 backend", NULL };

	(void)state;
	assert_items("环境检查", ENTRY_CHECKLIST, 4, true, false);
	assert_items("代码同步", ENTRY_CHECKLIST, 3, true, false);
	assert_items("部署流程", ENTRY_PROCEDURE, 4, false, true);
	assert_commands("部署流程", commands);
}

static void
test_emergency_has_three_explained_steps(void **state)
{
	static const char *const commands[] = { "docker stats --no-stream",
		"htop", "docker-compose -f docker-compose.prod.yml restart "
		"backend", NULL };
	const struct entry *e = fixture_entry(&seed, "CPU 100% 紧急处理");

	(void)state;
	assert_items("CPU 100% 紧急处理", ENTRY_RUNBOOK, 3, false, true);
	assert_commands("CPU 100% 紧急处理", commands);
	assert_slice(e->commands[0].lang, "bash");
	assert_slice(e->commands[0].note, "1. 立即检查资源使用");
	assert_slice(e->commands[1].note, "1. 立即检查资源使用");
	assert_slice(e->commands[2].note,
	    "2. 重启服务 (如果 SSH 还能连接)");
	assert_int_equal(e->commands[0].risk, RISK_READ_ONLY);
	assert_int_equal(e->commands[2].risk, RISK_CHANGES);
	assert_slice(e->items[0].text, "立即检查资源使用");
	assert_slice(e->items[2].text,
	    "强制重启 (如果系统无响应) 通过 AWS 控制台重启实例");
}

static void
test_diagnosis_has_three_explained_commands(void **state)
{
	static const char *const commands[] = {
		"docker exec mysql mysql -u root -p interviewpro -e "
		"\"SHOW TABLES;\"",
		"docker exec mysql mysql -u root -p interviewpro -e "
		"\"DESCRIBE resumes;\"",
		"docker exec mysql mysql -u root -p interviewpro -e "
		"\"SHOW COLUMNS FROM resumes WHERE Field = 'status';\"",
		NULL };
	static const char *const notes[] = { "检查表是否存在", "检查表结构",
		"检查枚举值" };
	const struct entry *e = fixture_entry(&seed, "数据库问题快速诊断");
	size_t i;

	(void)state;
	assert_int_equal(e->kind, ENTRY_RUNBOOK);
	assert_commands("数据库问题快速诊断", commands);
	for (i = 0; i < 3; i++) {
		assert_slice(e->commands[i].note, notes[i]);
		assert_int_equal(e->commands[i].risk, RISK_READ_ONLY);
	}
}

static void
test_templates_are_whole(void **state)
{
	static const struct {
		const char *title, *lang, *file, *start, *end;
	} rows[] = {
		{ "Docker 资源限制", "yaml", "docker-compose.prod.yml",
		    "# docker-compose.prod.yml\nservices:\n  backend:",
		    "\n          memory: 512M" },
		{ "系统依赖", "dockerfile", "", "RUN apt-get update && ",
		    "    && rm -rf /var/lib/apt/lists/*" },
		{ "关键依赖版本", "txt", "", "numpy==1.24.3\n",
		    "\ncelery==5.3.4" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		const struct entry *e = fixture_entry(&seed, rows[i].title);

		assert_int_equal(e->kind, ENTRY_TEMPLATE);
		assert_int_equal(e->ncommands, 1);
		assert_slice(e->commands[0].lang, rows[i].lang);
		assert_slice(e->commands[0].file, rows[i].file);
		assert_true(slice_starts(e->commands[0].text,
		    slice_of(rows[i].start)));
		assert_true(slice_ends(e->commands[0].text,
		    slice_of(rows[i].end)));
	}
}

static void
test_local_check_has_eight_nested_commands(void **state)
{
	static const char *const commands[] = {
		"docker-compose build --no-cache", "docker-compose up -d",
		"docker-compose logs",
		"mysqldump -u root --no-data dev_interview_genius > "
		"local_schema.sql",
		"ssh server \"docker exec mysql mysqldump -u root -p "
		"--no-data interviewpro\" > remote_schema.sql",
		"diff local_schema.sql remote_schema.sql",
		"pip freeze > current_requirements.txt",
		"diff requirements.txt current_requirements.txt", NULL };
	static const char *const notes[] = { "Docker 本地构建测试",
		"Docker 本地构建测试", "Docker 本地构建测试", "导出本地结构",
		"对比远程结构", "对比远程结构", "依赖完整性检查",
		"依赖完整性检查" };
	const struct entry *e = fixture_entry(&seed, "本地预检");
	size_t i;

	(void)state;
	assert_items("本地预检", ENTRY_PROCEDURE, 3, false, true);
	assert_commands("本地预检", commands);
	for (i = 0; i < 8; i++)
		assert_slice(e->commands[i].note, notes[i]);
}

static void
test_monitoring_is_one_script(void **state)
{
	const struct entry *e = fixture_entry(&seed, "监控部署过程");

	(void)state;
	assert_int_equal(e->ncommands, 1);
	assert_slice(e->commands[0].note, "实时监控脚本");
	assert_true(slice_starts(e->commands[0].text,
	    SLICE("#!/bin/bash\nwhile true; do\n    echo")));
	assert_true(slice_ends(e->commands[0].text,
	    SLICE("    sleep 30\ndone")));
}

static void
test_lessons_are_four_each(void **state)
{
	(void)state;
	assert_items("成功经验", ENTRY_RETROSPECTIVE, 4, false, true);
	assert_items("失败教训", ENTRY_RETROSPECTIVE, 4, false, true);
	assert_items("改进方向", ENTRY_RETROSPECTIVE, 4, false, true);
}

static void
test_contact_is_a_procedure(void **state)
{
	static const char *const commands[] = { "docker-compose logs", NULL };

	(void)state;
	assert_items("快速联系", ENTRY_PROCEDURE, 4, false, true);
	assert_commands("快速联系", commands);
}

static void
test_last_lines_date_the_document(void **state)
{
	struct slice last = document_section(&seed.doc, 24);

	(void)state;
	assert_slice(seed.doc.meta.date, "2025-08-03");
	assert_slice(seed.doc.meta.next_review, "遇到新问题时及时更新");
	assert_true(slice_ends(last,
	    SLICE("*下次更新: 遇到新问题时及时更新* ")));
}

static void
test_only_problems_and_marked_entries_are_severe(void **state)
{
	size_t i, severe = 0, problems = 0;

	(void)state;
	for (i = 0; i < seed.doc.n; i++) {
		severe += seed.entries[i].severity != SEVERITY_NONE;
		problems += seed.entries[i].kind == ENTRY_PROBLEM;
		assert_int_equal(seed.entries[i].owner, -1);
	}
	assert_int_equal(severe, 4);
	assert_int_equal(problems, 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_outline_has_25_headings),
		cmocka_unit_test(
		    test_headings_lose_marks_and_titles_their_numbers),
		cmocka_unit_test(
		    test_core_problems_have_severity_symptom_and_fix),
		cmocka_unit_test(
		    test_first_problem_has_prevention_and_error_texts),
		cmocka_unit_test(test_second_problem_has_three_fixes),
		cmocka_unit_test(test_third_problem_keeps_the_pinned_versions),
		cmocka_unit_test(test_checklists_before_deployment),
		cmocka_unit_test(test_emergency_has_three_explained_steps),
		cmocka_unit_test(test_diagnosis_has_three_explained_commands),
		cmocka_unit_test(test_templates_are_whole),
		cmocka_unit_test(test_local_check_has_eight_nested_commands),
		cmocka_unit_test(test_monitoring_is_one_script),
		cmocka_unit_test(test_lessons_are_four_each),
		cmocka_unit_test(test_contact_is_a_procedure),
		cmocka_unit_test(test_last_lines_date_the_document),
		cmocka_unit_test(
		    test_only_problems_and_marked_entries_are_severe),
	};

	return cmocka_run_group_tests_name("seed", tests, setup, teardown);
}
