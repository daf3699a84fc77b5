/*
 * test_import.c - facts about importing again: numbers, versions, conflicts.
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

#include "common/mem.h"
#include "kb/outline_merge.h"
#include "kb/section_match.h"
#include "tests/unit/store_fixture.h"

#define TEXT(s) slice_of(s)

static const char doc3[] =
    "# Guide\n\nIntro.\n\n## One\n\nfirst line\nsecond line\n\n"
    "## Two\n\nalpha\nbeta\n\n## Three\n\ngamma\ndelta\n";

static const char outline[] = "SELECT group_concat(id || ':' || version || "
    "':' || title, ' ') FROM (SELECT * FROM entries WHERE document = 'd' AND "
    "NOT archived ORDER BY position)";
static const char actions[] = "SELECT group_concat(entry_id || ' ' || action "
    "|| ' ' || version, ', ') FROM (SELECT * FROM revision_entries "
    "WHERE revision = (SELECT max(revision) FROM revisions) "
    "ORDER BY entry_id, action)";

/* Change one thing in doc3; the caller frees nothing: a static buffer. */
static const char *
edit(const char *text, const char *from, const char *to)
{
	static char out[16][4096];
	static int turn;
	char *o = out[turn++ & 15];
	const char *at = strstr(text, from);

	assert_non_null(at);
	snprintf(o, 4096, "%.*s%s%s", (int)(at - text), text, to,
	    at + strlen(from));
	return o;
}

/* ---- one side ---- */

static void
test_first_import_makes_one_revision(void **state)
{
	struct fixture *f = *state;
	struct import_result r = fixture_import(f, "d", doc3);

	assert_int_equal(r.revision, 1);
	assert_int_equal(r.added, 4);
	assert_int_equal(r.changed + r.archived + r.unchanged, 0);
	assert_string_equal(fixture_query(f, outline),
	    "1:1:Guide 2:1:One 3:1:Two 4:1:Three");
	fixture_expect(f, "d", "", TEXT(doc3));
}

static void
test_same_file_makes_no_revision(void **state)
{
	struct fixture *f = *state;
	struct import_result r;

	fixture_import(f, "d", doc3);
	r = fixture_import(f, "d", doc3);
	assert_int_equal(r.revision, 0);
	assert_int_equal(r.unchanged, 4);
	assert_string_equal(fixture_query(f, "SELECT count(*) FROM revisions"),
	    "1");
}

static void
test_changed_text_is_one_version(void **state)
{
	struct fixture *f = *state;
	const char *now = edit(doc3, "beta", "BETA");
	struct import_result r;

	fixture_import(f, "d", doc3);
	r = fixture_import(f, "d", now);
	assert_int_equal(r.revision, 2);
	assert_int_equal(r.changed, 1);
	assert_int_equal(r.unchanged, 3);
	assert_string_equal(fixture_query(f, outline),
	    "1:1:Guide 2:1:One 3:2:Two 4:1:Three");
	assert_string_equal(fixture_query(f, actions), "3 changed 2");
	assert_string_equal(fixture_query(f, "SELECT base_version FROM "
	    "entry_versions WHERE entry_id = 3 AND version = 2"), "1");
	fixture_expect(f, "d", "1", TEXT(doc3));
	fixture_expect(f, "d", "2", TEXT(now));
}

static void
test_renamed_heading_keeps_its_number(void **state)
{
	struct fixture *f = *state;
	const char *now = edit(doc3, "## Two", "## Second");

	fixture_import(f, "d", doc3);
	fixture_import(f, "d", now);
	assert_string_equal(fixture_query(f, outline),
	    "1:1:Guide 2:1:One 3:2:Second 4:1:Three");
	fixture_expect(f, "d", "1", TEXT(doc3));
}

static void
test_moved_section_keeps_number_and_version(void **state)
{
	struct fixture *f = *state;
	static const char now[] =
	    "# Guide\n\nIntro.\n\n## Two\n\nalpha\nbeta\n\n"
	    "## One\n\nfirst line\nsecond line\n\n## Three\n\ngamma\ndelta\n";
	struct import_result r;

	fixture_import(f, "d", doc3);
	r = fixture_import(f, "d", now);
	assert_int_equal(r.revision, 2);
	assert_int_equal(r.changed + r.added + r.archived, 0);
	assert_string_equal(fixture_query(f, outline),
	    "1:1:Guide 3:1:Two 2:1:One 4:1:Three");
	assert_string_equal(fixture_query(f,
	    "SELECT count(*) FROM revision_entries WHERE revision = 2 AND "
	    "action = 'moved'"), "1");
	fixture_expect(f, "d", "1", TEXT(doc3));
	fixture_expect(f, "d", "", TEXT(now));
}

static void
test_removed_section_is_archived(void **state)
{
	struct fixture *f = *state;
	const char *now = edit(doc3, "## Two\n\nalpha\nbeta\n\n", "");
	struct import_result r;

	fixture_import(f, "d", doc3);
	r = fixture_import(f, "d", now);
	assert_int_equal(r.archived, 1);
	assert_string_equal(fixture_query(f, outline),
	    "1:1:Guide 2:1:One 4:1:Three");
	assert_string_equal(fixture_query(f, "SELECT id, title, archived, "
	    "version, line FROM entries WHERE archived"), "3|Two|1|1|0");
	assert_string_equal(fixture_query(f, actions), "3 archived 1");
	fixture_expect(f, "d", "1", TEXT(doc3));
	fixture_expect(f, "d", "2", TEXT(now));
}

static void
test_section_that_comes_back_gets_its_number_back(void **state)
{
	struct fixture *f = *state;

	fixture_import(f, "d", doc3);
	fixture_import(f, "d", edit(doc3, "## Two\n\nalpha\nbeta\n\n", ""));
	fixture_import(f, "d", edit(doc3, "first", "1st"));
	assert_string_equal(fixture_query(f, outline),
	    "1:1:Guide 2:2:One 3:1:Two 4:1:Three");
	assert_string_equal(fixture_query(f, actions),
	    "2 changed 2, 3 unarchived 1");
	fixture_import(f, "d", edit(doc3, "## Two\n\nalpha\nbeta\n\n", ""));
	fixture_import(f, "d", edit(doc3, "alpha", "other"));
	assert_string_equal(fixture_query(f, outline),
	    "1:1:Guide 2:3:One 3:2:Two 4:1:Three");
}

static void
test_new_section_gets_a_new_number(void **state)
{
	struct fixture *f = *state;

	fixture_import(f, "d", doc3);
	fixture_import(f, "d", edit(doc3, "## Two", "## New\n\nomega\n\n## Two"));
	assert_string_equal(fixture_query(f, outline),
	    "1:1:Guide 2:1:One 5:1:New 3:1:Two 4:1:Three");
}

static void
test_rename_move_and_remove_at_once(void **state)
{
	struct fixture *f = *state;
	static const char now[] =
	    "# Guide\n\nIntro.\n\n## Three\n\ngamma\ndelta\n\n"
	    "## Erste\n\nfirst line\nsecond line\n\n";

	fixture_import(f, "d", doc3);
	fixture_import(f, "d", now);
	assert_string_equal(fixture_query(f, outline),
	    "1:1:Guide 4:2:Three 2:2:Erste");
	assert_string_equal(fixture_query(f, "SELECT group_concat(id) FROM "
	    "entries WHERE archived"), "3");
	fixture_expect(f, "d", "1", TEXT(doc3));
	fixture_expect(f, "d", "", TEXT(now));
}

static void
test_repeated_headings_keep_their_numbers(void **state)
{
	struct fixture *f = *state;
	static const char old[] = "# A\n\n## Meaning\n\naaa\n\n# B\n\n"
	    "## Meaning\n\nbbb\n\n# C\n\n## Meaning\n\nccc\n";
	static const char now[] = "# C\n\n## Meaning\n\nccc2\n# A\n\n"
	    "## Meaning\n\naaa\n\n";

	fixture_import(f, "d", old);
	assert_string_equal(fixture_query(f, outline), "1:1:A 2:1:Meaning "
	    "3:1:B 4:1:Meaning 5:1:C 6:1:Meaning");
	fixture_import(f, "d", now);
	assert_string_equal(fixture_query(f, outline),
	    "5:1:C 6:2:Meaning 1:1:A 2:1:Meaning");
}

static void
test_renamed_parent_keeps_its_children(void **state)
{
	struct fixture *f = *state;
	static const char old[] = "# A\n\n## Meaning\n\naaa\n\n## Fix\n\nfff\n\n"
	    "# B\n\n## Meaning\n\nbbb\n\n## Fix\n\nggg\n";
	static const char now[] = "# A2\n\n## Meaning\n\naaa\n\n"
	    "## Fix\n\nwhole new text\n\n"
	    "# B\n\n## Meaning\n\nbbb\n\n## Fix\n\nggg\n";

	fixture_import(f, "d", old);
	fixture_import(f, "d", now);
	assert_string_equal(fixture_query(f, outline), "1:2:A2 2:1:Meaning "
	    "3:2:Fix 4:1:B 5:1:Meaning 6:1:Fix");
}

static void
test_empty_document_can_come_and_go(void **state)
{
	struct fixture *f = *state;
	struct import_result r = fixture_import(f, "d", "");

	assert_int_equal(r.revision, 1);
	fixture_expect(f, "d", "", TEXT(""));
	fixture_import(f, "d", doc3);
	fixture_import(f, "d", "");
	fixture_expect(f, "d", "", TEXT(""));
	fixture_expect(f, "d", "2", TEXT(doc3));
	fixture_import(f, "d", doc3);
	assert_string_equal(fixture_query(f, outline),
	    "1:1:Guide 2:1:One 3:1:Two 4:1:Three");
}

/* ---- both sides ---- */

/* Change the base behind the file's back, as another source would. */
static void
change_base(struct fixture *f, const char *text)
{
	fixture_import_base(f, "d", "other.md", TEXT(text), BASE_HEAD);
}

static void
test_both_sides_are_merged(void **state)
{
	struct fixture *f = *state;
	struct import_result r;

	fixture_import(f, "d", doc3);
	change_base(f, edit(doc3, "alpha", "ALPHA"));
	r = fixture_import(f, "d", edit(doc3, "gamma", "GAMMA"));
	assert_int_equal(r.changed, 1);
	fixture_expect(f, "d", "", TEXT(edit(edit(doc3, "alpha", "ALPHA"),
	    "gamma", "GAMMA")));
}

/* Issue 2: what was edited in the base only must survive every re-import. */
static void
test_edit_in_the_base_survives_the_same_file(void **state)
{
	struct fixture *f = *state;
	const char *base = edit(doc3, "alpha", "ALPHA");
	struct import_result r;

	fixture_import(f, "d", doc3);
	change_base(f, base);
	r = fixture_import(f, "d", doc3);
	assert_int_equal(r.revision, 0);
	fixture_expect(f, "d", "", TEXT(base));
	fixture_import(f, "d", edit(doc3, "gamma", "GAMMA"));
	fixture_import(f, "d", edit(doc3, "gamma", "GaMMa"));
	fixture_expect(f, "d", "", TEXT(edit(base, "gamma", "GaMMa")));
}

static void
test_same_change_on_both_sides_is_none(void **state)
{
	struct fixture *f = *state;
	const char *now = edit(doc3, "alpha", "ALPHA");
	struct import_result r;

	fixture_import(f, "d", doc3);
	change_base(f, now);
	r = fixture_import(f, "d", now);
	assert_int_equal(r.revision, 0);
	r = fixture_import(f, "d", edit(now, "ALPHA", "alpha2"));
	assert_int_equal(r.changed, 1);
}

static void
test_conflict_changes_nothing(void **state)
{
	struct fixture *f = *state;
	const char *base = edit(doc3, "alpha", "ALPHA");
	struct err e = ERR_INIT;

	fixture_import(f, "d", doc3);
	change_base(f, base);
	fixture_refuse(f, "d", edit(doc3, "alpha", "aLpHa"), BASE_LAST_IMPORT,
	    ERR_CONFLICT, &e);
	assert_non_null(strstr(e.msg, "3 \"Two\""));
	assert_null(strstr(e.msg, "One"));
	assert_non_null(strstr(e.detail, "ALPHA"));
	assert_non_null(strstr(e.detail, "aLpHa"));
	assert_non_null(strstr(e.hint, "--replace"));
	fixture_expect(f, "d", "", TEXT(base));
	assert_string_equal(fixture_query(f, "SELECT count(*) FROM revisions"),
	    "2");
	/* the file is still based on its last import */
	fixture_import(f, "d", doc3);
	fixture_expect(f, "d", "", TEXT(base));
}

static void
test_replace_takes_the_file(void **state)
{
	struct fixture *f = *state;
	const char *now = edit(doc3, "alpha", "aLpHa");

	fixture_import(f, "d", doc3);
	change_base(f, edit(edit(doc3, "alpha", "ALPHA"), "## Three",
	    "## Added\n\nxyz\n\n## Three"));
	fixture_import_base(f, "d", "file.md", TEXT(now), BASE_HEAD);
	fixture_expect(f, "d", "", TEXT(now));
	assert_string_equal(fixture_query(f, outline),
	    "1:1:Guide 2:1:One 3:3:Two 4:1:Three");
}

static void
test_base_revision_is_what_the_file_was_made_from(void **state)
{
	struct fixture *f = *state;
	const char *second = edit(doc3, "alpha", "ALPHA");
	struct err e = ERR_INIT;

	fixture_import(f, "d", doc3);
	change_base(f, second);
	change_base(f, edit(second, "gamma", "GAMMA"));
	/* the file was exported at revision 2 and edited */
	fixture_import_base(f, "d", "file.md", TEXT(edit(second, "ALPHA",
	    "mine")), 2);
	fixture_expect(f, "d", "", TEXT(edit(edit(second, "ALPHA", "mine"),
	    "gamma", "GAMMA")));
	fixture_refuse(f, "d", doc3, 77, ERR_NOT_FOUND, &e);
}

static void
test_removed_here_changed_there_is_a_conflict(void **state)
{
	struct fixture *f = *state;
	const char *gone = edit(doc3, "## Two\n\nalpha\nbeta\n\n", "");
	struct err e = ERR_INIT;

	fixture_import(f, "d", doc3);
	change_base(f, edit(doc3, "alpha", "ALPHA"));
	fixture_refuse(f, "d", gone, BASE_LAST_IMPORT, ERR_CONFLICT, &e);
	assert_non_null(strstr(e.msg, "removed in the file"));
	change_base(f, gone);
	fixture_refuse(f, "d", edit(doc3, "alpha", "aLpHa"), BASE_LAST_IMPORT,
	    ERR_CONFLICT, &e);
	assert_non_null(strstr(e.msg, "archived in the base"));
	/* unchanged in the file: it stays archived */
	fixture_import(f, "d", edit(doc3, "gamma", "GAMMA"));
	fixture_expect(f, "d", "", TEXT(edit(gone, "gamma", "GAMMA")));
}

static void
test_sections_of_both_sides_are_kept(void **state)
{
	struct fixture *f = *state;

	fixture_import(f, "d", doc3);
	change_base(f, edit(doc3, "## Three", "## There\n\nxyz\n\n## Three"));
	fixture_import(f, "d", edit(doc3, "## Two", "## Here\n\nabc\n\n## Two"));
	fixture_expect(f, "d", "", TEXT(edit(edit(doc3, "## Three",
	    "## There\n\nxyz\n\n## Three"), "## Two",
	    "## Here\n\nabc\n\n## Two")));
}

static void
test_moves_of_both_sides_are_kept(void **state)
{
	struct fixture *f = *state;
	static const char old[] = "# A\n# B\n# C\n# D\n# E\n# F\n";

	fixture_import(f, "d", old);
	change_base(f, "# B\n# A\n# C\n# D\n# E\n# F\n");
	fixture_import(f, "d", "# A\n# B\n# C\n# D\n# F\n# E\n");
	fixture_expect(f, "d", "", TEXT("# B\n# A\n# C\n# D\n# F\n# E\n"));
}

static void
test_missing_last_newline_swallows_nothing(void **state)
{
	struct fixture *f = *state;

	fixture_import(f, "d", "# A\n\nend");
	change_base(f, "# A\n\nend\n\n# B\n\nadded in the base");
	fixture_import(f, "d", "# A\n\nend, changed");
	fixture_expect(f, "d", "",
	    TEXT("# A\n\nend, changed\n# B\n\nadded in the base"));
	/* the file is not what the base has now, but it did not change */
	fixture_import(f, "d", "# A\n\nend, changed");
	fixture_import(f, "d", "# A\n\nend, changed again");
	fixture_expect(f, "d", "",
	    TEXT("# A\n\nend, changed again\n# B\n\nadded in the base"));
}

static void
test_unclosed_fence_is_refused(void **state)
{
	struct fixture *f = *state;
	struct err e = ERR_INIT;

	fixture_import(f, "d", doc3);
	change_base(f, edit(doc3, "## Three", "## There\n\nxyz\n\n## Three"));
	fixture_refuse(f, "d", edit(doc3, "delta\n", "delta\n"),
	    77, ERR_NOT_FOUND, &e);
	/* the fence stands last in the file, but not in the merged text */
	fixture_import(f, "e", "# A\n\naaa\n");
	fixture_import_base(f, "e", "other.md",
	    TEXT("# A\n\naaa\n# B\n\nbbb\n"), BASE_HEAD);
	fixture_refuse(f, "e", "# A\n\n```\naaa\n", BASE_LAST_IMPORT,
	    ERR_REFUSED, &e);
	assert_non_null(strstr(e.msg, "\"e\""));
	assert_non_null(strstr(e.detail, "ine "));
	fixture_expect(f, "e", "", TEXT("# A\n\naaa\n# B\n\nbbb\n"));
}

static void
test_unknown_base_is_a_conflict_with_a_hint(void **state)
{
	struct fixture *f = *state;
	struct err e = ERR_INIT;
	struct import_result r;

	fixture_import_base(f, "d", "first.md", TEXT(doc3), BASE_LAST_IMPORT);
	r = fixture_import(f, "d", doc3);
	assert_int_equal(r.revision, 0);
	r = fixture_import(f, "d", edit(doc3, "alpha", "ALPHA"));
	assert_int_equal(r.changed, 1);

	fixture_import_base(f, "e", "first.md", TEXT(doc3), BASE_LAST_IMPORT);
	fixture_refuse(f, "e", edit(doc3, "alpha", "ALPHA"), BASE_LAST_IMPORT,
	    ERR_CONFLICT, &e);
	assert_non_null(strstr(e.msg, "7 \"Two\""));
	assert_non_null(strstr(e.hint, "--base"));
	fixture_refuse(f, "e", edit(doc3, "## Two\n\nalpha\nbeta\n\n", ""),
	    BASE_LAST_IMPORT, ERR_CONFLICT, &e);
	assert_non_null(strstr(e.msg, "only in the base"));
	fixture_refuse(f, "e", edit(doc3, "## Two", "# New\n\nz\n\n## Two"),
	    BASE_LAST_IMPORT, ERR_CONFLICT, &e);
	assert_non_null(strstr(e.msg, "only in the file"));
}

static void
test_bad_names_are_refused(void **state)
{
	static const char *const names[] = { "", "/abs", "a//b", "a/../b",
		".", "a/", "tab\there", "\xff" };
	struct fixture *f = *state;
	struct err e = ERR_INIT;
	size_t i;

	for (i = 0; i < ARRAY_LEN(names); i++)
		fixture_refuse(f, names[i], doc3, BASE_LAST_IMPORT,
		    ERR_INVALID, &e);
}

/* ---- transactions ---- */

static void
test_one_transaction_is_one_revision(void **state)
{
	struct fixture *f = *state;
	struct import_result r;
	struct err e = ERR_INIT;

	assert_true(store_begin(f->s, &e));
	assert_true(fixture_put(f, "d", TEXT(doc3), 0, &r, &e));
	assert_true(fixture_put(f, "e", TEXT(doc3), 0, &r, &e));
	assert_int_equal(r.revision, 1);
	/* the same document twice */
	assert_true(fixture_put(f, "d", TEXT(edit(doc3, "## Two", "## New\n\n"
	    "x\n\n## Two")), 0, &r, &e));
	assert_true(store_commit(f->s, &e));
	assert_string_equal(fixture_query(f, "SELECT count(*) FROM revisions"),
	    "1");
	assert_string_equal(fixture_query(f, "SELECT entries FROM revisions"),
	    "9");
	assert_true(store_check(f->s, &e));
}

static void
test_rollback_leaves_nothing(void **state)
{
	struct fixture *f = *state;
	struct import_result r;
	struct err e = ERR_INIT;

	assert_true(store_begin(f->s, &e));
	assert_true(fixture_put(f, "d", TEXT(doc3), 0, &r, &e));
	store_rollback(f->s);
	assert_false(store_in_transaction(f->s));
	assert_string_equal(fixture_query(f, "SELECT count(*) FROM documents"),
	    "0");
	r = fixture_import(f, "d", doc3);
	assert_int_equal(r.revision, 1);
}

static void
test_savepoints_are_real(void **state)
{
	struct fixture *f = *state;
	struct import_result r;
	struct err e = ERR_INIT;

	assert_false(store_savepoint(f->s, SLICE("a"), &e));
	assert_true(store_begin(f->s, &e));
	assert_true(store_savepoint(f->s, SLICE("a"), &e));
	assert_true(fixture_put(f, "d", TEXT(doc3), 0, &r, &e));
	assert_true(store_savepoint(f->s, SLICE("b\"; x"), &e));
	assert_true(fixture_put(f, "e", TEXT(doc3), 0, &r, &e));
	assert_true(store_savepoint(f->s, SLICE("c"), &e));
	assert_true(fixture_put(f, "g", TEXT(doc3), 0, &r, &e));
	assert_true(store_rollback_to(f->s, SLICE("b\"; x"), &e));
	assert_false(store_release(f->s, SLICE("c"), &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	assert_true(fixture_put(f, "h", TEXT(doc3), 0, &r, &e));
	assert_true(store_release(f->s, SLICE("b\"; x"), &e));
	assert_true(store_commit(f->s, &e));
	assert_string_equal(fixture_query(f, "SELECT group_concat(name) FROM "
	    "(SELECT name FROM documents ORDER BY name)"), "d,h");
	assert_string_equal(fixture_query(f, "SELECT count(*) FROM revisions"),
	    "1");
	/* a revision that was rolled back is made again */
	assert_true(store_begin(f->s, &e));
	assert_true(store_savepoint(f->s, SLICE("a"), &e));
	assert_true(fixture_put(f, "i", TEXT(doc3), 0, &r, &e));
	assert_true(store_rollback_to(f->s, SLICE("a"), &e));
	assert_true(fixture_put(f, "j", TEXT(doc3), 0, &r, &e));
	assert_int_equal(r.revision, 2);
	assert_true(store_commit(f->s, &e));
	assert_true(store_check(f->s, &e));
}

static void
test_nobody_else_commits(void **state)
{
	struct fixture *f = *state;
	struct err e = ERR_INIT;
	struct import_result r;

	assert_false(fixture_put(f, "d", TEXT(doc3), 0, &r, &e));
	assert_false(store_commit(f->s, &e));
	assert_true(store_begin(f->s, &e));
	assert_false(store_begin(f->s, &e));
	store_rollback(f->s);
}

/* ---- the parts ---- */

static void
test_rising_keeps_the_most(void **state)
{
	static const int v[] = { 5, 1, 2, 3, 0, 4 };
	bool keep[ARRAY_LEN(v)];
	size_t i, n = 0;

	(void)state;
	outline_rising(v, ARRAY_LEN(v), keep);
	for (i = 0; i < ARRAY_LEN(v); i++)
		n += keep[i];
	assert_int_equal(n, 4);
	assert_false(keep[0]);
	assert_false(keep[4]);
	outline_rising(v, 0, keep);
}

/* 20,000 sections, many alike, all moved or changed: seconds would be bad. */
static void
test_matching_is_fast_for_many_sections(void **state)
{
	enum { N = 20000 };
	struct match_section *old = mem_calloc(N, sizeof(*old));
	struct match_section *new = mem_calloc(N, sizeof(*new));
	int *match = mem_calloc(N, sizeof(*match));
	char (*text)[2][80] = mem_calloc(N, sizeof(*text));
	size_t i, found = 0;

	(void)state;
	for (i = 0; i < N; i++) {
		snprintf(text[i][0], 80, "## Meaning\n\nbody %zu\nsame\nsame2\n",
		    i);
		snprintf(text[N - 1 - i][1], 80,
		    "## Meaning\n\nbody %zu\nsame\n%s", i,
		    i % 2 != 0 ? "same2\n" : "other\n");
	}
	for (i = 0; i < N; i++) {
		old[i] = (struct match_section){ slice_of(text[i][0]),
			SLICE("Meaning"), 2, -1 };
		new[i] = (struct match_section){ slice_of(text[i][1]),
			SLICE("Meaning"), 2, -1 };
		match[i] = -1;
	}
	section_match(old, N, new, N, MATCH_ALL, match);
	for (i = 0; i < N; i++)
		found += match[i] == (int)(N - 1 - i);
	assert_true(found >= N / 2);
	free(old);
	free(new);
	free(match);
	free(text);
}

#define FACT(f) cmocka_unit_test_setup_teardown(f, fixture_setup, \
	fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FACT(test_first_import_makes_one_revision),
		FACT(test_same_file_makes_no_revision),
		FACT(test_changed_text_is_one_version),
		FACT(test_renamed_heading_keeps_its_number),
		FACT(test_moved_section_keeps_number_and_version),
		FACT(test_removed_section_is_archived),
		FACT(test_section_that_comes_back_gets_its_number_back),
		FACT(test_new_section_gets_a_new_number),
		FACT(test_rename_move_and_remove_at_once),
		FACT(test_repeated_headings_keep_their_numbers),
		FACT(test_renamed_parent_keeps_its_children),
		FACT(test_empty_document_can_come_and_go),
		FACT(test_both_sides_are_merged),
		FACT(test_edit_in_the_base_survives_the_same_file),
		FACT(test_same_change_on_both_sides_is_none),
		FACT(test_conflict_changes_nothing),
		FACT(test_replace_takes_the_file),
		FACT(test_base_revision_is_what_the_file_was_made_from),
		FACT(test_removed_here_changed_there_is_a_conflict),
		FACT(test_sections_of_both_sides_are_kept),
		FACT(test_moves_of_both_sides_are_kept),
		FACT(test_missing_last_newline_swallows_nothing),
		FACT(test_unclosed_fence_is_refused),
		FACT(test_unknown_base_is_a_conflict_with_a_hint),
		FACT(test_bad_names_are_refused),
		FACT(test_one_transaction_is_one_revision),
		FACT(test_rollback_leaves_nothing),
		FACT(test_savepoints_are_real),
		FACT(test_nobody_else_commits),
		cmocka_unit_test(test_rising_keeps_the_most),
		cmocka_unit_test(test_matching_is_fast_for_many_sections),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
