/*
 * entry_check.c - what a lesson lacks; see entry_check.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/entry_check.h"
#include "common/arena.h"
#include "common/str.h"
#include "kb/entry.h"

#define FIRST_CJK 0x2e80	/* from here on one character is a word */

struct complaints {
	struct arena *a;
	struct entry_complaint *list;
	size_t n, cap;
};

static const char *const texts[] = {
	[FLAW_NO_HEADING] = "the text has no heading (\"### what happened\")",
	[FLAW_NO_SYMPTOM] = ("the problem has no symptom: how would one "
	    "recognise it?"),
	[FLAW_NO_FIX] = "the problem has no fix: what is to be done?",
	[FLAW_EMPTY_FIX] = "the fix has neither a command nor an instruction",
	[FLAW_NO_STEP] = "the runbook has neither a command nor a step",
	[FLAW_NO_ITEM] = "the checklist has no item (\"- [ ] ...\")",
	[FLAW_NO_CODE] = "the template has no block to copy",
};

const char *
entry_flaw_text(enum entry_flaw flaw)
{
	return texts[flaw];
}

static void
complain(struct complaints *c, enum entry_flaw flaw, unsigned line)
{
	c->list = arena_grow(c->a, c->list, c->n, &c->cap, sizeof(*c->list));
	c->list[c->n++] = (struct entry_complaint){ flaw, line };
}

/* Words of any script, of those that carry meaning about one each. */
static size_t
count_words(struct slice s)
{
	size_t at = 0, next, n = 0, han = 0;
	bool in_word = false;

	for (; at < s.len; at = next) {
		int32_t cp = utf8_decode(s, at, &next);

		if (cp >= FIRST_CJK && char_is_word(cp)) {
			han++;
			in_word = false;
		} else if (cp >= 0 && char_is_word(cp)) {
			n += !in_word;
			in_word = true;
		} else {
			in_word = false;
		}
	}
	return n + han / 2;
}

/* "see above", "todo": two words, but nothing to do. */
static bool
says_nothing(struct slice s)
{
	static const char *const nothing[] = { "see above", "see below",
		"not yet", "to do", "to be done", "已经解决", "已经修复",
		"待补充", "待处理", "暂无", "同上", "见上", "见下" };
	size_t i;

	s = str_trim(s);
	for (i = 0; i < ARRAY_LEN(nothing); i++)
		if (str_ieq(s, slice_of(nothing[i])))
			return true;
	return count_words(s) < 2;
}

static bool
has_field(const struct entry *e, enum field_name name)
{
	size_t i;

	for (i = 0; i < e->nfields; i++)
		if (e->fields[i].name == name &&
		    str_trim(e->fields[i].text).len != 0)
			return true;
	return false;
}

static bool
fix_says_something(const struct entry *e)
{
	size_t i;

	for (i = 0; i < e->nfields; i++)
		if (e->fields[i].name == FIELD_FIX &&
		    !says_nothing(e->fields[i].text))
			return true;
	return e->ncommands != 0 || e->nitems != 0;
}

static void
check_problem(struct complaints *c, const struct entry *e, unsigned line)
{
	if (!has_field(e, FIELD_SYMPTOM) && e->nsignatures == 0)
		complain(c, FLAW_NO_SYMPTOM, line);
	if (!has_field(e, FIELD_FIX) && e->ncommands == 0 && e->nitems == 0)
		complain(c, FLAW_NO_FIX, line);
	else if (!fix_says_something(e))
		complain(c, FLAW_EMPTY_FIX, line);
}

static void
check_one(struct complaints *c, const struct entry *e, unsigned line)
{
	switch (e->kind) {
	case ENTRY_PROBLEM:
		check_problem(c, e, line);
		break;
	case ENTRY_RUNBOOK:
		if (e->ncommands == 0 && e->nitems == 0 && e->nfields == 0)
			complain(c, FLAW_NO_STEP, line);
		break;
	case ENTRY_CHECKLIST:
		if (e->nitems == 0)
			complain(c, FLAW_NO_ITEM, line);
		break;
	case ENTRY_TEMPLATE:
		if (e->ncommands == 0)
			complain(c, FLAW_NO_CODE, line);
		break;
	case ENTRY_SECTION:
	case ENTRY_PROCEDURE:
	case ENTRY_RETROSPECTIVE:
		break;
	}
}

bool
entry_check(struct slice markdown, struct arena *a,
    struct entry_complaint **out, size_t *n, struct err *e)
{
	struct complaints c = { a, NULL, 0, 0 };
	struct document doc;
	struct entry *entries;
	bool has_heading = false;
	size_t i;

	if (!document_parse(markdown, a, &doc, e) ||
	    !entry_extract(&doc, a, &entries, e))
		return false;
	for (i = 0; i < doc.n; i++) {
		if (doc.sections[i].level == 0)
			continue;
		has_heading = has_heading || doc.sections[i].title.len != 0;
		if (entries[i].owner < 0)
			check_one(&c, &entries[i], doc.sections[i].line);
	}
	if (!has_heading)
		complain(&c, FLAW_NO_HEADING, 1);
	*out = c.list;
	*n = c.n;
	return true;
}
