/*
 * test_edit.c - single changes by people: what each verb makes of a document,
 * that nobody's text is lost, and what is refused.
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
#include "kb/store_blame.h"
#include "kb/store_edit.h"
#include "tests/unit/store_fixture.h"

#define DICE_SEED 1442695040888963407u
#include "tests/unit/dice.h"

static const char doc[] =
    "# Guide\n\n## Problems\n\n### 1. CPU\n\n**问题**：满\n\n### 2. Disk\n\n"
    "**问题**：满了\n\n---\n\n## End\n\n*最后更新: 2025年8月3日*\n";

enum { GUIDE = 1, PROBLEMS, CPU, DISK, END };

/* In a transaction of its own. */
static bool
try_edit(struct fixture *f, struct edit_request *r, struct edit_result *out,
    struct arena *a, struct err *e)
{
	struct err end = ERR_INIT;
	bool ok;

	r->author = SLICE("ann");
	r->message = SLICE("why");
	assert_true(store_begin(f->s, &end));
	ok = store_edit(f->s, r, a, out, e);
	if (ok && !store_commit(f->s, &end))
		fail_msg("%s", end.msg);
	store_rollback(f->s);
	return ok;
}

static struct edit_result
edit(struct fixture *f, struct edit_request r)
{
	struct arena a = ARENA_INIT;
	struct edit_result out;
	struct err e = ERR_INIT;

	if (!try_edit(f, &r, &out, &a, &e))
		fail_msg("%s / %s", e.msg, e.detail);
	arena_free(&a);
	if (!store_check(f->s, &e))
		fail_msg("%s", e.msg);
	return out;
}

/* It must fail so; the document stays as it is. */
static void
refuse(struct fixture *f, struct edit_request r, enum err_code code,
    const char *msg, const char *detail)
{
	struct arena a = ARENA_INIT;
	struct buf before = BUF_INIT, after = BUF_INIT;
	struct edit_result out;
	struct err e = ERR_INIT;

	fixture_dump(f, "SELECT * FROM entry_version ORDER BY 1, 2", &before);
	if (try_edit(f, &r, &out, &a, &e))
		fail_msg("it was not refused");
	if (strstr(e.msg, msg) == NULL)
		fail_msg("\"%s\" instead of \"%s\"", e.msg, msg);
	assert_int_equal(e.code, code);
	if (strstr(e.whole != NULL ? e.whole : e.detail, detail) == NULL)
		fail_msg("\"%s\" instead of \"%s\"",
		    e.whole != NULL ? e.whole : e.detail, detail);
	fixture_dump(f, "SELECT * FROM entry_version ORDER BY 1, 2", &after);
	assert_true(slice_eq(buf_slice(&before), buf_slice(&after)));
	buf_free(&before);
	buf_free(&after);
	arena_free(&a);
}

static void
expect(struct fixture *f, const char *text)
{
	fixture_expect(f, "d", "", slice_of(text));
}

static struct edit_request
save(int64_t entry, int64_t base, const char *text)
{
	return (struct edit_request){ .verb = EDIT_SAVE, .entry = entry,
		.base_version = base, .markdown = slice_of(text) };
}

static void
test_a_save_changes_that_entry_alone(void **state)
{
	struct fixture *f = *state;
	struct edit_result r;

	fixture_import(f, "d", doc);
	r = edit(f, save(CPU, 1, "### 1. CPU\n\n**问题**：慢\n\n"));
	assert_int_equal(r.entry, CPU);
	assert_int_equal(r.version, 2);
	assert_int_equal(r.revision, 2);
	expect(f, "# Guide\n\n## Problems\n\n### 1. CPU\n\n**问题**：慢\n\n"
	    "### 2. Disk\n\n**问题**：满了\n\n---\n\n## End\n\n"
	    "*最后更新: 2025年8月3日*\n");
	fixture_expect(f, "d", "1", slice_of(doc));
	assert_string_equal(fixture_query(f, "SELECT group_concat(entry_id) "
	    "FROM revision_entry WHERE revision = 2"), "3");
	r = edit(f, save(CPU, 2, "### 1. CPU\n\n**问题**：慢\n\n"));
	assert_int_equal(r.revision, 0);
	assert_int_equal(r.version, 2);
}

static void
test_a_stale_save_is_merged_or_says_both(void **state)
{
	struct fixture *f = *state;
	struct edit_result r;

	fixture_import(f, "d", "# A\n\n**Symptom**: x\n\n**Fix**: y\n");
	edit(f, save(1, 1, "# A\n\n**Symptom**: x1\n\n**Fix**: y\n"));
	r = edit(f, save(1, 1, "# A\n\n**Symptom**: x\n\n**Fix**: y2\n"));
	assert_int_equal(r.version, 3);
	assert_true(r.is_merged);
	expect(f, "# A\n\n**Symptom**: x1\n\n**Fix**: y2\n");
	assert_string_equal(fixture_query(f, "SELECT base_version FROM "
	    "entry_version WHERE version = 3"), "1");
	refuse(f, save(1, 2, "# A\n\n**Symptom**: x1\n\n**Fix**: mine\n"),
	    ERR_CONFLICT, "entry 1 was changed since version 2",
	    "\"yours\":\"# A\\n\\n**Symptom**: x1\\n\\n**Fix**: mine\\n\"");
	refuse(f, save(1, 2, "# A\n\n**Symptom**: x1\n\n**Fix**: mine\n"),
	    ERR_CONFLICT, "", "<<<<<<< yours\\n**Fix**: mine\\n=======\\n"
	    "**Fix**: y2\\n>>>>>>> version 3\\n");
	refuse(f, save(1, 9, "# A\n"), ERR_NOT_FOUND, "no version 9", "");
	refuse(f, save(7, 1, "# A\n"), ERR_NOT_FOUND, "entry 7 does not", "");
}

static void
test_line_ends_stay_those_of_the_entry(void **state)
{
	struct fixture *f = *state;

	fixture_import(f, "d", "# A\r\n\r\nx\r\n");
	edit(f, save(1, 1, "# A\n\ny\n"));
	expect(f, "# A\r\n\r\ny\r\n");
}

static void
test_what_would_swallow_its_neighbour_is_refused(void **state)
{
	struct fixture *f = *state;

	fixture_import(f, "d", doc);
	refuse(f, save(CPU, 1, "### 1. CPU\n\n```\nls\n"), ERR_REFUSED,
	    "entry 4, \"Disk\", would be swallowed",
	    "Line 3 of the text opens a code block");
	refuse(f, save(CPU, 1, "### 1. CPU\n\nlast"), ERR_REFUSED,
	    "entry 4, \"Disk\", would be swallowed",
	    "Line 3 of the text, the last one, has no line end.");
	refuse(f, save(CPU, 1, "### 1. CPU\n\n<!-- open\n"), ERR_REFUSED,
	    "entry 4, \"Disk\", would be swallowed", "Line 8 of the document");
	refuse(f, save(CPU, 1, "no heading\n\n"), ERR_REFUSED,
	    "would lose its heading", "Line 1");
	refuse(f, save(GUIDE, 1, "no heading\n\n"), ERR_REFUSED,
	    "would lose its heading", "Line 1");
	refuse(f, save(CPU, 1, ""), ERR_REFUSED, "would lose its heading", "");
	/* the last one may do as it likes */
	edit(f, save(END, 1, "## End\n\n```\nls"));
}

static void
test_headings_in_a_text_become_entries(void **state)
{
	struct fixture *f = *state;
	struct edit_result r;

	fixture_import(f, "d", doc);
	r = edit(f, save(CPU, 1, "### 1. CPU\n\nx\n\n#### More\n\ny\n\n"));
	assert_int_equal(r.version, 2);
	assert_string_equal(fixture_query(f, "SELECT parent_id || ' ' || "
	    "position || ' ' || title FROM entry_head WHERE id = 6"),
	    "3 4 More");
}

static void
test_an_added_entry_goes_before_the_rule(void **state)
{
	struct fixture *f = *state;
	struct edit_result r;

	fixture_import(f, "d", doc);
	r = edit(f, (struct edit_request){ .verb = EDIT_ADD,
		.document = SLICE("d"), .after = PROBLEMS,
		.markdown = SLICE("\n### 3. Net\n\n**问题**：断\n") });
	assert_int_equal(r.entry, 6);
	assert_int_equal(r.version, 1);
	expect(f, "# Guide\n\n## Problems\n\n### 1. CPU\n\n**问题**：满\n\n"
	    "### 2. Disk\n\n**问题**：满了\n\n### 3. Net\n\n**问题**：断\n\n"
	    "---\n\n## End\n\n*最后更新: 2025年8月3日*\n");
	assert_string_equal(fixture_query(f, "SELECT parent_id FROM entry_head "
	    "WHERE id = 6"), "2");
	edit(f, (struct edit_request){ .verb = EDIT_ADD,
		.document = SLICE("D"), .markdown = SLICE("## Last\n\nx") });
	fixture_expect(f, "d", "", SLICE("# Guide\n\n## Problems\n\n### 1. CPU"
	    "\n\n**问题**：满\n\n### 2. Disk\n\n**问题**：满了\n\n### 3. Net\n"
	    "\n**问题**：断\n\n---\n\n## End\n\n*最后更新: 2025年8月3日*\n\n"
	    "## Last\n\nx\n"));
	refuse(f, (struct edit_request){ .verb = EDIT_ADD,
		.document = SLICE("d"), .markdown = SLICE("only text\n") },
	    ERR_REFUSED, "begins with its heading", "");
	refuse(f, (struct edit_request){ .verb = EDIT_ADD,
		.document = SLICE("x"), .markdown = SLICE("# A\n") },
	    ERR_NOT_FOUND, "document \"x\"", "");
}

static void
test_archived_entries_come_back_with_what_left_with_them(void **state)
{
	struct fixture *f = *state;
	struct edit_request r = { .verb = EDIT_ARCHIVE, .entry = PROBLEMS,
		.base_version = 1 };

	fixture_import(f, "d", doc);
	edit(f, (struct edit_request){ .verb = EDIT_ARCHIVE, .entry = DISK,
		.base_version = 1 });
	edit(f, r);
	expect(f, "# Guide\n\n## End\n\n*最后更新: 2025年8月3日*\n");
	assert_int_equal(edit(f, r).revision, 0);
	refuse(f, save(CPU, 1, "### 1. CPU\n\nmine\n"), ERR_CONFLICT,
	    "was archived", "mine");
	r.verb = EDIT_UNARCHIVE;
	edit(f, r);
	expect(f, "# Guide\n\n## Problems\n\n### 1. CPU\n\n**问题**：满\n\n"
	    "## End\n\n*最后更新: 2025年8月3日*\n");
	r.entry = DISK;
	edit(f, r);
	expect(f, doc);
	assert_int_equal(edit(f, r).revision, 0);
}

static void
test_an_entry_that_changed_is_not_archived(void **state)
{
	struct fixture *f = *state;

	fixture_import(f, "d", doc);
	edit(f, save(CPU, 1, "### 1. CPU\n\nnew\n\n"));
	refuse(f, (struct edit_request){ .verb = EDIT_ARCHIVE, .entry = CPU,
		.base_version = 1 }, ERR_CONFLICT, "was changed", "new");
}

static void
test_move(void **state)
{
	struct fixture *f = *state;
	struct edit_request r = { .verb = EDIT_MOVE, .entry = DISK,
		.base_version = 1, .after = PROBLEMS };

	fixture_import(f, "d", "# G\n\n## P\n\n### A\n\na\n\n### B\n\nb\n");
	assert_int_equal(edit(f, r).revision, 0);	/* it is the last */
	r.entry = 3;
	edit(f, r);
	expect(f, "# G\n\n## P\n\n### B\n\nb\n### A\n\na\n\n");
	r.entry = 2;
	r.after = 3;
	refuse(f, r, ERR_INVALID, "behind itself", "");
	r.after = 0;
	edit(f, r);
	expect(f, "## P\n\n### B\n\nb\n### A\n\na\n\n# G\n\n");
	assert_string_equal(fixture_query(f, "SELECT group_concat(entry_id || "
	    "action) FROM revision_entry WHERE revision = 3"), "2moved");
}

static void
test_revert_gives_the_old_bytes(void **state)
{
	struct fixture *f = *state;
	struct edit_request r = { .verb = EDIT_REVERT, .entry = CPU,
		.version = 1, .base_version = 2 };

	fixture_import(f, "d", doc);
	edit(f, save(CPU, 1, "### 1. CPU!\n\nnew\n\n"));
	assert_int_equal(edit(f, r).version, 3);
	expect(f, doc);
	r.version = 5;
	refuse(f, r, ERR_NOT_FOUND, "no version 5", "");
}

static void
test_the_line_of_the_last_update(void **state)
{
	struct fixture *f = *state;
	struct edit_request r = save(CPU, 1, "### 1. CPU\n\nx\n\n");

	fixture_import(f, "d", doc);
	r.today = SLICE("2026-11-25");
	edit(f, r);
	expect(f, "# Guide\n\n## Problems\n\n### 1. CPU\n\nx\n\n"
	    "### 2. Disk\n\n**问题**：满了\n\n---\n\n## End\n\n"
	    "*最后更新: 2026年11月25日*\n");
	assert_string_equal(fixture_query(f, "SELECT group_concat(entry_id) "
	    "FROM revision_entry WHERE revision = 2"), "3,5");
	/* in the very text that is saved */
	r = save(END, 2, "## End\n\nUpdated: 2025-08-03 by me\n");
	r.today = SLICE("2026-11-05");
	edit(f, r);
	assert_string_equal(fixture_query(f, "SELECT markdown FROM entries "
	    "WHERE id = 5"), "## End\n\nUpdated: 2026-11-05 by me\n");
	/* nothing changed: not even the date */
	r.base_version = 3;
	r.markdown = SLICE("## End\n\nUpdated: 2026-11-05 by me\n");
	r.today = SLICE("2026-12-05");
	assert_int_equal(edit(f, r).revision, 0);
}

static void
test_documents(void **state)
{
	struct fixture *f = *state;
	struct edit_request r = { .verb = EDIT_CREATE_DOCUMENT,
		.document = SLICE("k8s/Pod"), .markdown = SLICE("# P\n\nx\n") };

	edit(f, r);
	fixture_expect(f, "k8s/Pod", "", SLICE("# P\n\nx\n"));
	refuse(f, r, ERR_EXISTS, "exists already", "");
	r.document = SLICE("../x");
	refuse(f, r, ERR_INVALID, "no path", "");
	r = (struct edit_request){ .verb = EDIT_RENAME_DOCUMENT,
		.document = SLICE("k8s/pod"), .new_name = SLICE("Pod") };
	assert_string_equal(fixture_query(f, "SELECT path FROM entry_text"),
	    "k8s/Pod");
	edit(f, r);
	assert_string_equal(fixture_query(f, "SELECT path FROM entry_text"),
	    "Pod");
	fixture_expect(f, "Pod", "", SLICE("# P\n\nx\n"));
	fixture_expect(f, "Pod", "1", SLICE("# P\n\nx\n"));
	r = (struct edit_request){ .verb = EDIT_ARCHIVE_DOCUMENT,
		.document = SLICE("Pod"), .base_revision = 1 };
	refuse(f, r, ERR_CONFLICT, "was changed since revision 1", "");
	r.base_revision = 2;
	edit(f, r);
	assert_string_equal(fixture_query(f, "SELECT archived || ' ' || "
	    "(SELECT count(*) FROM entries WHERE NOT archived) "
	    "FROM documents"), "1 0");
	refuse(f, (struct edit_request){ .verb = EDIT_ADD,
		.document = SLICE("Pod"), .markdown = SLICE("# A\n") },
	    ERR_REFUSED, "is archived", "");
	r.verb = EDIT_UNARCHIVE_DOCUMENT;
	edit(f, r);
	fixture_expect(f, "Pod", "", SLICE("# P\n\nx\n"));
	assert_string_equal(fixture_query(f, "SELECT group_concat(action) "
	    "FROM revision_document"), "created,renamed,archived,unarchived");
}

static void
test_a_review_is_no_edit(void **state)
{
	struct fixture *f = *state;
	struct edit_request r = { .verb = EDIT_REVIEW, .entry = CPU,
		.base_version = 1, .review_by = SLICE("2027-02-30") };

	fixture_import(f, "d", doc);
	refuse(f, r, ERR_INVALID, "is no date", "");
	r.review_by = SLICE("2027-02-23");
	assert_int_equal(edit(f, r).version, 1);
	assert_string_equal(fixture_query(f, "SELECT version || review_by || "
	    "verified_by || verified_version FROM entries WHERE id = 3"),
	    "12027-02-23ann1");
	r.base_version = 7;
	refuse(f, r, ERR_NOT_FOUND, "no version 7", "");
}

/* The plan of a reader is void when somebody was faster. */
static void
test_a_plan_is_void_when_the_document_changed(void **state)
{
	struct fixture *f = *state;
	struct edit_request r = save(CPU, 1, "### 1. CPU\n\nmine\n\n");
	struct arena a = ARENA_INIT;
	struct edit_plan *p;
	struct edit_result out;
	struct store *reader;
	struct err e = ERR_INIT;
	bool is_void;

	fixture_import(f, "d", doc);
	assert_true(store_open(f->path, STORE_READ, &reader, &e));
	assert_true(store_edit_plan(reader, &r, &a, &p, &e));
	edit(f, save(DISK, 1, "### 2. Disk\n\nother\n\n"));
	assert_true(store_begin(f->s, &e));
	assert_true(store_edit_apply(f->s, p, &out, &is_void, &e));
	assert_true(is_void);
	assert_true(store_edit_plan(reader, &r, &a, &p, &e));
	assert_true(store_edit_apply(f->s, p, &out, &is_void, &e));
	assert_false(is_void);
	assert_true(store_commit(f->s, &e));
	assert_int_equal(out.version, 2);
	store_close(reader);
	arena_free(&a);
}

/* Each line of any version came with the version that blame() says. */
static void
test_blame(void **state)
{
	static const char *const texts[] = { "# A\n\na\nb\nc\n",
		"# A\n\na\nB\nc\n", "# A\n\nx\na\nB\nc\n",
		"# A\n\nx\nB\nc\nd\n", "# A\n\nx\nb\nc\nd\n" };
	static const char *const want[] = { "11111", "11121", "113121",
		"113214", "113514" };
	struct fixture *f = *state;
	struct arena a = ARENA_INIT;
	struct blame b;
	struct err e = ERR_INIT;
	size_t i, k;

	fixture_import(f, "d", texts[0]);
	for (i = 1; i < ARRAY_LEN(texts); i++)
		edit(f, save(1, (int64_t)i, texts[i]));
	for (i = 0; i < ARRAY_LEN(texts); i++) {
		assert_true(store_blame(f->s, 1, (int64_t)i + 1, &a, &b, &e));
		assert_int_equal(b.n, strlen(want[i]));
		for (k = 0; k < b.n; k++)
			assert_int_equal(b.lines[k].version,
			    want[i][k] - '0');
	}
	assert_true(store_blame(f->s, 1, 0, &a, &b, &e));
	assert_int_equal(b.lines[3].version, 5);
	assert_true(slice_is(b.lines[3].author, "ann"));
	assert_false(store_blame(f->s, 1, 6, &a, &b, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	assert_false(store_blame(f->s, 2, 0, &a, &b, &e));
	arena_free(&a);
}

/* ---- any edits ---- */

static struct edit_request
any_request(unsigned round, char *text, size_t size)
{
	static const char *const bodies[] = { "a\n\n", "**Fix**: b\n\n",
		"```\nls\n```\n\n", "```\nopen\n", "no end", "\n\n---\n\n",
		"#### sub\n\nx\n\n", "=====\n\n", "1. one\n2. two\n" };
	struct edit_request r = { .verb = (enum edit_verb)(round % 20 == 7 ?
		EDIT_REVIEW : dice(EDIT_REVIEW)), .document = SLICE("d"),
		.entry = 1 + dice(12), .version = 1 + dice(4),
		.base_version = 1 + dice(5),
		.after = dice(3) == 0 ? 0 : 1 + dice(12) };

	snprintf(text, size, "%s %u\n\n%s%s", dice(3) == 0 ? "###" : "##",
	    round, bodies[dice(ARRAY_LEN(bodies))],
	    bodies[dice(ARRAY_LEN(bodies))]);
	r.markdown = slice_of(text);
	return r;
}

/*
 * Whatever is done, the document joined of its entries is what a fresh parse
 * of it says, and every moment of the past stays as it was exported then.
 */
static void
test_any_edits_keep_the_past(void **state)
{
	enum { ROUNDS = 400 };
	struct fixture *f = *state;
	struct buf past[ROUNDS + 2] = { { .data = NULL } };
	int64_t revision = 1, r;
	unsigned i, done = 0;
	char text[200], as_of[24];
	struct err e = ERR_INIT;

	fixture_import(f, "d", doc);
	buf_puts(&past[1], doc);
	for (i = 0; i < ROUNDS; i++) {
		struct arena a = ARENA_INIT;
		struct edit_request q = any_request(i, text, sizeof(text));
		struct edit_result out = { 0 };
		int64_t at;

		e = ERR_INIT;
		if (try_edit(f, &q, &out, &a, &e) && out.revision != 0) {
			revision = out.revision;
			assert_true(store_export(f->s, SLICE("d"), SLICE(""),
			    &past[revision], &at, &e));
			done++;
		} else if (e.code == ERR_STORAGE || e.code == ERR_LIMIT) {
			fail_msg("round %u: %s", i, e.msg);
		}
		arena_free(&a);
	}
	assert_true(done > ROUNDS / 8);
	for (r = 1; r <= revision; r++) {
		snprintf(as_of, sizeof(as_of), "%lld", (long long)r);
		fixture_expect(f, "d", as_of, buf_slice(&past[r]));
	}
	for (r = 1; r < ROUNDS + 2; r++)
		buf_free(&past[r]);
	if (!store_check(f->s, &e))
		fail_msg("%s", e.msg);
}

/* ---- what is derived ---- */

static unsigned seed;

static unsigned
roll(unsigned n)
{
	seed = seed * 1103515245u + 12345u;
	return (seed >> 16) % n;
}

/* Texts that lean on each other: titles, owners, edges, related ones. */
static const char *
random_text(void)
{
	static const char *const bodies[] = {
		"**Symptom**: disk is full\n\n**Fix**: see Clean up the "
		"disk\n\n",
		"**Symptom**: load is high\n\n**Fix**: restart\n\n```sh\n"
		"systemctl restart x\n```\n\n",
		"1. look\n2. remove\n\n```sh\nrm -rf /var/tmp/x\n```\n\n",
		"related: Disk full | CPU\n\n**Symptom**: `ERROR 1045: denied`"
		"\n\n",
		"tags: a b\n\nwords\n\n",
	};
	static const char *const titles[] = { "Disk full", "CPU",
		"Clean up the disk", "Runbook: disk full", "Fix",
		"Prevention", "Template" };
	static char text[512];

	snprintf(text, sizeof(text), "%.*s %s\n\n%s", 2 + (int)roll(2),
	    "####", titles[roll(ARRAY_LEN(titles))],
	    bodies[roll(ARRAY_LEN(bodies))]);
	return text;
}

/* store_check() in edit() derives all anew and compares. */
static void
test_a_save_derives_what_all_would(void **state)
{
	struct fixture *f = *state;
	struct buf text = BUF_INIT;
	char sql[96];
	int step;

	seed = 7;
	buf_puts(&text, "# Guide\n\n");
	for (step = 0; step < 10; step++)
		buf_puts(&text, random_text());
	fixture_import(f, "d", buf_cstr(&text));
	buf_free(&text);
	for (step = 0; step < 150; step++) {
		struct edit_request r = { .entry = 2 + roll(10) };

		snprintf(sql, sizeof(sql), "SELECT max(version) FROM "
		    "entry_version WHERE entry_id = %d", (int)r.entry);
		r.base_version = atoi(fixture_query(f, sql));
		snprintf(sql, sizeof(sql), "SELECT archived FROM entry_head "
		    "WHERE id = %d", (int)r.entry);
		r.verb = EDIT_SAVE;
		r.markdown = slice_of(random_text());
		if (atoi(fixture_query(f, sql)) != 0)
			r.verb = EDIT_UNARCHIVE;
		else if (roll(8) == 0)
			r.verb = EDIT_ARCHIVE;
		edit(f, r);
	}
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, fixture_setup, \
    fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_a_save_changes_that_entry_alone),
		TEST(test_a_stale_save_is_merged_or_says_both),
		TEST(test_line_ends_stay_those_of_the_entry),
		TEST(test_what_would_swallow_its_neighbour_is_refused),
		TEST(test_headings_in_a_text_become_entries),
		TEST(test_an_added_entry_goes_before_the_rule),
		TEST(test_archived_entries_come_back_with_what_left_with_them),
		TEST(test_an_entry_that_changed_is_not_archived),
		TEST(test_move),
		TEST(test_revert_gives_the_old_bytes),
		TEST(test_the_line_of_the_last_update),
		TEST(test_documents),
		TEST(test_a_review_is_no_edit),
		TEST(test_a_plan_is_void_when_the_document_changed),
		TEST(test_blame),
		TEST(test_any_edits_keep_the_past),
		TEST(test_a_save_derives_what_all_would),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
