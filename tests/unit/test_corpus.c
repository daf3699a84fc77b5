/*
 * test_corpus.c - what documents of other shapes become, row by row.
 *
 * The same kind of table as for the seed lessons, written from reading five
 * documents: a Prometheus runbook, a FAQ, a command page, a troubleshooting
 * page, a tutorial. Without the corpus nothing is tested.
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

/* One section: counts of what is found in it, its owner's line or 0. */
struct row {
	unsigned line, level;
	const char *title;
	enum entry_kind kind;
	size_t fields, commands, items, signatures;
	unsigned owner;
};

static struct fixture f;

static const struct entry *
at_line(unsigned line)
{
	size_t i;

	for (i = 0; i < f.doc.n; i++)
		if (f.doc.sections[i].line == line &&
		    f.doc.sections[i].level != 0)
			return &f.entries[i];
	fail_msg("no heading in line %u", line);
	return NULL;
}

static void
assert_row(const struct row *r)
{
	const struct entry *e = at_line(r->line);
	const struct section *s = &f.doc.sections[e - f.entries];

	print_message("# line %u\n", r->line);
	assert_slice(s->title, r->title);
	assert_int_equal(s->level, r->level);
	assert_string_equal(entry_kind_name(e->kind),
	    entry_kind_name(r->kind));
	assert_int_equal(e->nfields, r->fields);
	assert_int_equal(e->ncommands, r->commands);
	assert_int_equal(e->nitems, r->items);
	assert_int_equal(e->nsignatures, r->signatures);
	if (r->owner == 0)
		assert_int_equal(e->owner, -1);
	else
		assert_ptr_equal(&f.entries[e->owner], at_line(r->owner));
}

/* The document's sections are the rows, behind a preamble if there is one. */
static bool
assert_document(const char *path, const char *title, bool preamble,
    const struct row *rows, size_t n)
{
	size_t i;

	if (!fixture_corpus(&f, path))
		return false;
	assert_slice(f.doc.meta.title, title);
	assert_int_equal(f.doc.n, n + preamble);
	for (i = 0; i < n; i++)
		assert_row(&rows[i]);
	return true;
}

static void
test_prometheus_runbook(void **state)
{
	static const struct row rows[] = {
		{ 6, 1, "KubePersistentVolumeFillingUp", ENTRY_PROBLEM,
		    12, 0, 0, 0, 0 },
		{ 8, 2, "Meaning", ENTRY_SECTION, 2, 0, 0, 0, 6 },
		{ 16, 2, "Impact", ENTRY_SECTION, 1, 0, 0, 0, 6 },
		{ 20, 2, "Diagnosis", ENTRY_SECTION, 1, 0, 0, 0, 6 },
		{ 25, 2, "Mitigation", ENTRY_SECTION, 0, 0, 0, 0, 6 },
		{ 27, 3, "Data retention", ENTRY_SECTION, 0, 0, 0, 0, 0 },
		{ 34, 3, "Data export", ENTRY_SECTION, 0, 0, 0, 0, 0 },
		{ 39, 3, "Data rebalance in the cluster", ENTRY_SECTION,
		    0, 0, 0, 0, 0 },
		{ 61, 3, "Direct Volume resizing", ENTRY_SECTION,
		    0, 4, 0, 0, 0 },
		{ 101, 3, "Migrate data to a new, larger volume",
		    ENTRY_SECTION, 0, 0, 0, 0, 0 },
		{ 108, 3, "Purge volume", ENTRY_SECTION, 0, 0, 0, 0, 0 },
		{ 118, 3, "Migrate data to new, larger instance pool in the "
		    "same cluster", ENTRY_SECTION, 0, 0, 0, 0, 0 },
		{ 131, 3, "Migrate data to new, larger cluster",
		    ENTRY_SECTION, 0, 0, 0, 0, 0 },
	};
	const struct entry *e;

	(void)state;
	if (!assert_document("prometheus-runbooks/kubernetes/"
	    "KubePersistentVolumeFillingUp.md",
	    "Kube Persistent Volume Filling Up", true, rows, ARRAY_LEN(rows)))
		return;
	e = at_line(6);
	assert_slice(fixture_field(e, FIELD_IMPACT, 0),
	    "Service degradation, switching to read only mode.");
	assert_slice(fixture_field(e, FIELD_FIX, 0), "Data retention");
	assert_slice(fixture_field(e, FIELD_FIX, 3),
	    "Direct Volume resizing");
	e = at_line(61);
	assert_slice(e->commands[1].text,
	    "kubectl -n <my-namespace> edit pvc <my-pvc>");
	assert_slice(e->commands[1].note, "To resize the volume run");
	assert_int_equal(e->commands[3].risk, RISK_DESTRUCTIVE);
	fixture_free(&f);
}

static void
test_faq(void **state)
{
	static const struct row rows[] = {
		{ 7, 1, "高可靠常见问题", ENTRY_SECTION, 0, 0, 0, 0, 0 },
		{ 11, 2, "TiDB 是否支持数据加密？", ENTRY_SECTION,
		    0, 0, 0, 0, 0 },
		{ 15, 2, "我们的安全漏洞扫描工具对 MySQL version 有要求，"
		    "TiDB 是否支持修改 server 版本号呢？", ENTRY_SECTION,
		    0, 2, 0, 0, 0 },
		{ 29, 2, "TiDB 支持哪些认证协议？过程是怎样的？",
		    ENTRY_PROCEDURE, 0, 0, 4, 0, 0 },
		{ 40, 2, "如何修改用户名密码和权限？", ENTRY_SECTION,
		    0, 0, 0, 0, 0 },
	};
	static const struct row errors[] = {
		{ 46, 3, "集群已经恢复了网络分区故障，为什么日志备份任务进度 "
		    "checkpoint 仍然不推进？", ENTRY_PROBLEM, 0, 1, 0, 0, 0 },
		{ 111, 3, "执行 PITR table filter 时报 [ddl:8204]invalid ddl "
		    "job type: none 错误，该如何处理？", ENTRY_PROBLEM,
		    0, 0, 0, 1, 0 },
		{ 292, 3, "恢复的时候，报错 cannot file rewrite rule，"
		    "该如何处理？", ENTRY_PROBLEM, 0, 0, 0, 1, 0 },
	};
	size_t i;

	(void)state;
	if (!assert_document("pingcap-docs-cn/faq/high-reliability-faq.md",
	    "高可靠常见问题", true, rows, ARRAY_LEN(rows)))
		return;
	assert_slice(at_line(15)->commands[1].text,
	    "tiup cluster reload <cluster-name> -R tidb");
	assert_slice(at_line(29)->items[3].text, "服务器验证 `response`。");
	fixture_free(&f);
	assert_true(fixture_corpus(&f,
	    "pingcap-docs-cn/faq/backup-and-restore-faq.md"));
	assert_int_equal(f.doc.n, 34);
	for (i = 0; i < ARRAY_LEN(errors); i++)
		assert_row(&errors[i]);
	assert_slice(at_line(46)->commands[0].text, "br log resume");
	assert_slice(at_line(292)->signatures[0],
	    "cannot file rewrite rule");
	fixture_free(&f);
}

static void
test_command_page(void **state)
{
	static const struct row rows[] = {
		{ 1, 1, "systemctl", ENTRY_SECTION, 0, 8, 0, 0, 0 },
	};
	const struct entry *e;

	(void)state;
	if (!assert_document("tldr-zh/linux/systemctl.md", "systemctl", false,
	    rows, ARRAY_LEN(rows)))
		return;
	e = at_line(1);
	assert_slice(e->commands[0].text, "systemctl status");
	assert_slice(e->commands[0].note, "显示所有正在运行的服务");
	assert_int_equal(e->commands[0].risk, RISK_READ_ONLY);
	assert_slice(e->commands[4].text, "systemctl daemon-reload");
	assert_slice(e->commands[4].note,
	    "重新加载 systemd，扫描新的或更改的单元");
	assert_int_equal(e->commands[4].risk, RISK_CHANGES);
	fixture_free(&f);
}

static void
test_troubleshooting_page(void **state)
{
	static const struct row rows[] = {
		{ 1, 1, "Kuscia 启动失败：Create fsnotify failed",
		    ENTRY_PROBLEM, 6, 3, 0, 1, 0 },
		{ 3, 2, "问题描述", ENTRY_SECTION, 1, 1, 0, 1, 1 },
		{ 11, 2, "解决方案", ENTRY_SECTION, 5, 2, 0, 0, 1 },
	};
	const struct entry *e;

	(void)state;
	if (!assert_document("kuscia-docs/troubleshoot/deployment/"
	    "create_fsnotify_failed.md",
	    "Kuscia 启动失败：Create fsnotify failed", false, rows,
	    ARRAY_LEN(rows)))
		return;
	e = at_line(1);
	assert_true(slice_ends(e->signatures[0], SLICE("failed to create "
	    "fsnotify watcher: too many open files\"")));
	assert_slice(e->commands[0].text, "docker logs xxxx");
	assert_slice(e->commands[1].text,
	    "cat /proc/sys/fs/inotify/max_user_instances");
	assert_slice(e->commands[2].text,
	    "sudo sysctl fs.inotify.max_user_instances=8192");
	assert_int_equal(e->commands[2].risk, RISK_CHANGES);
	fixture_free(&f);
}

static void
test_tutorial(void **state)
{
	static const struct row rows[] = {
		{ 1, 1, "Linux 典型运维应用", ENTRY_SECTION, 0, 0, 0, 0, 0 },
		{ 5, 2, "网络操作", ENTRY_SECTION, 0, 0, 0, 0, 0 },
		{ 7, 3, "无法访问外网域名", ENTRY_PROBLEM, 0, 6, 0, 0, 0 },
		{ 34, 3, "配置网卡", ENTRY_SECTION, 0, 1, 0, 0, 0 },
		{ 65, 2, "系统维护", ENTRY_SECTION, 0, 0, 0, 0, 0 },
		{ 67, 2, "自动化脚本", ENTRY_SECTION, 0, 0, 0, 0, 0 },
		{ 69, 3, "Linux 开机自启动脚本", ENTRY_PROCEDURE,
		    0, 5, 5, 0, 0 },
		{ 155, 3, "定时执行脚本", ENTRY_SECTION, 0, 0, 0, 0, 0 },
		{ 157, 2, "配置", ENTRY_SECTION, 0, 0, 0, 0, 0 },
		{ 159, 3, "设置 Linux 启动模式", ENTRY_PROCEDURE,
		    0, 1, 7, 0, 0 },
		{ 175, 2, "参考资料", ENTRY_SECTION, 0, 0, 0, 0, 0 },
	};
	const struct entry *e;

	(void)state;
	if (!assert_document("dunwu-linux-tutorial/linux/ops/network-ops.md",
	    "Linux 典型运维应用", false, rows, ARRAY_LEN(rows)))
		return;
	e = at_line(7);
	assert_slice(e->commands[0].text,
	    "echo \"192.168.0.1 hostname\" >> /etc/hosts");
	assert_int_equal(e->commands[0].risk, RISK_CHANGES);
	assert_slice(e->commands[2].text, "ifconfig");
	e = at_line(69);	/* a whole script; what follows a prompt */
	assert_true(slice_starts(e->commands[1].text, SLICE("#!/bin/sh\n")));
	assert_true(slice_ends(e->commands[1].text,
	    SLICE("\n/opt/pjt_test/test.pl")));
	assert_slice(e->commands[2].text, "runlevel");
	assert_slice(e->commands[3].text, "update-rc.d mysql start 98 2 .");
	assert_slice(at_line(159)->commands[0].note, "设置方法");
	fixture_free(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_prometheus_runbook),
		cmocka_unit_test(test_faq),
		cmocka_unit_test(test_command_page),
		cmocka_unit_test(test_troubleshooting_page),
		cmocka_unit_test(test_tutorial),
	};

	return cmocka_run_group_tests_name("corpus", tests, NULL, NULL);
}
