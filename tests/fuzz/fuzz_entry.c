/*
 * fuzz_entry.c - any document's entries.
 *
 * Everything that is derived is UTF-8 without NUL, says something, and names
 * only sections that are there.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "tests/fuzz/replay.h"

#include "common/arena.h"
#include "common/str.h"
#include "kb/document.h"
#include "kb/entry.h"

#include <stdlib.h>

const char *const fuzz_seeds[] = {
	"# t\n\n**问题**: a\n```\nUnknown column 'x'\nError: y failed\n```\n"
	"**解决**:\n- b\n- **预防**: `docker ps`\n",
	"# Pod\n## Meaning\nx\n## Mitigation\n1. run:\n   ```bash\n   # 1. a\n"
	"   ls \\\n    -l | wc\n   cat <<E\nx\nE\n   ```\n### s\n",
	"# 模板\n```yaml\n# a.yml\nx: 1\n```\n\n- [ ] a\n- [x] b\n\n|c|`df`|\n"
	"|-|-|\n|d|e|\n",
	"## 🔴 P0 (high)\nkind: runbook\n类型：清单\ntags: a, b\n别名: c、d\n"
	"severity: low\nreview by: 2025-01-02\n",
	"# x\n```sh\n$ git log\n[root@a ~]# for i in `ls`; do echo \"$(df\n"
	")\"; done\nif x; then\n```\n    Traceback (most recent call last):\n",
	"# 报错 a b c\n- \"No module named 'x'\"; \"y z w\"\n<p>h</p>\n\n> fix: q",
	NULL,
};

static void
check(bool holds)
{
	if (!holds)
		abort();
}

static void
check_text(struct slice s)
{
	check(utf8_check(s) == s.len);
	check(s.len == 0 || memchr(s.ptr, '\0', s.len) == NULL);
}

static void
check_said(struct slice s)
{
	check(str_trim(s).len != 0);
	check_text(s);
}

static void
check_entry(const struct document *d, const struct entry *entries, size_t i)
{
	const struct entry *e = &entries[i];
	size_t k;

	check(e->owner >= -1 && e->owner < (int)i);
	check(e->owner < 0 || (entries[e->owner].owner < 0 &&
	    d->sections[e->owner].level != 0));
	check(entry_kind_name(e->kind)[0] != '\0');
	check(entry_severity_name(e->severity) != NULL);
	for (k = 0; k < e->nfields; k++) {
		check_said(e->fields[k].text);
		check(entry_field_name(e->fields[k].name)[0] != '\0');
	}
	for (k = 0; k < e->ncommands; k++) {
		check_said(e->commands[k].text);
		check_text(e->commands[k].note);
		check_text(e->commands[k].lang);
		check_text(e->commands[k].file);
		check(entry_risk_name(e->commands[k].risk)[0] != '\0');
	}
	for (k = 0; k < e->nitems; k++)
		check_said(e->items[k].text);
	for (k = 0; k < e->nsignatures; k++)
		check_said(e->signatures[k]);
	check_text(e->text);
	check_text(e->tags);
	check_text(e->aliases);
	check_text(e->assignee);
	check(e->review_by.len == 0 || e->review_by.len == 10);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = ARENA_INIT;
	struct document d;
	struct entry *entries;
	struct err e = ERR_INIT;
	size_t i;

	if (document_parse(slice_make(data, size), &a, &d, &e)) {
		check(entry_extract(&d, &a, &entries, &e));
		for (i = 0; i < d.n; i++)
			check_entry(&d, entries, i);
	}
	arena_free(&a);
	return 0;
}
