/*
 * test_store.c - facts about the base on disk: round trips, as of, what is
 * derived, damage.
 *
 * The corpus is read from $KB_CORPUS, else from ../shared/corpus next to the
 * source; without one those tests pass with a message.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <ftw.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/mem.h"
#include "common/str.h"
#include "tests/unit/store_fixture.h"

static const char lesson[] =
    "# Lessons\n\n## 1. 🔴 **CPU 100%** (worst)\n\n"
    "**Symptom**: the server stands still\n**Fix**:\n"
    "- limit it with `docker update`\n- add swap\n\n"
    "```bash\n# look\ndocker stats --no-stream\n```\n\n"
    "### Prevention\n\nwatch the load\n\n## Checks\n\n- [ ] swap\n- [x] disk\n";

/* ---- the corpus ---- */

static char **corpus_files;
static size_t ncorpus, corpus_cap;
static const char *corpus_dir;

static int
collect(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st, (void)at;
	if (type == FTW_F && slice_ends(slice_of(path), SLICE(".md"))) {
		corpus_files = mem_grow(corpus_files, ncorpus, &corpus_cap,
		    sizeof(*corpus_files));
		corpus_files[ncorpus++] = mem_strdup(path);
	}
	return 0;
}

static int
compare_paths(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool
find_corpus(void)
{
	static char path[4096];
	const char *src = getenv("KB_SRCDIR");

	corpus_dir = getenv("KB_CORPUS");
	if (corpus_dir == NULL) {
		snprintf(path, sizeof(path), "%s/../shared/corpus",
		    src != NULL ? src : ".");
		corpus_dir = path;
	}
	if (ncorpus == 0 && access(corpus_dir, R_OK) == 0)
		(void)nftw(corpus_dir, collect, 16, FTW_PHYS);
	if (ncorpus == 0)
		print_message("no corpus at %s: nothing is tested\n",
		    corpus_dir);
	else
		qsort(corpus_files, ncorpus, sizeof(*corpus_files),
		    compare_paths);
	return ncorpus != 0;
}

/* The document's name of a corpus file, in a static buffer. */
static const char *
corpus_name(size_t i)
{
	static char name[4096];
	const char *p = corpus_files[i] + strlen(corpus_dir) + 1;

	snprintf(name, sizeof(name), "%.*s", (int)strlen(p) - 3, p);
	return name;
}

static void
must(bool ok, const struct err *e)
{
	if (!ok)
		fail_msg("%s / %s", e->msg, e->detail);
}

static void
test_corpus_comes_back_byte_by_byte(void **state)
{
	struct fixture *f = *state;
	struct buf text = BUF_INIT;
	struct err e = ERR_INIT;
	struct import_result r;
	size_t i;

	if (!find_corpus())
		return;
	must(store_begin(f->s, &e), &e);
	for (i = 0; i < ncorpus; i++) {
		assert_true(fixture_read(corpus_files[i], &text));
		if (!fixture_put(f, corpus_name(i), buf_slice(&text),
		    BASE_LAST_IMPORT, &r, &e))
			fail_msg("%s: %s", corpus_files[i], e.msg);
	}
	must(store_commit(f->s, &e), &e);
	fixture_reopen(f);
	for (i = 0; i < ncorpus; i++) {
		assert_true(fixture_read(corpus_files[i], &text));
		fixture_expect(f, corpus_name(i), "", buf_slice(&text));
	}
	/* the same files again */
	must(store_begin(f->s, &e), &e);
	for (i = 0; i < ncorpus; i++) {
		assert_true(fixture_read(corpus_files[i], &text));
		must(fixture_put(f, corpus_name(i), buf_slice(&text),
		    BASE_LAST_IMPORT, &r, &e), &e);
		assert_int_equal(r.revision, 0);
	}
	must(store_commit(f->s, &e), &e);
	must(store_check(f->s, &e), &e);
	assert_string_equal(fixture_query(f, "SELECT count(*) FROM revisions"),
	    "1");
	buf_free(&text);
}

/* A copy of text with one line put after `at` bytes. */
static void
put_line_at(struct buf *out, struct slice text, size_t at)
{
	buf_reset(out);
	buf_put_slice(out, slice_sub(text, 0, at));
	buf_puts(out, "changed by a test\n\n");
	buf_put_slice(out, slice_sub(text, at, text.len));
}

/* The end of a section's first line; 0 when it cannot take a line there. */
static size_t
line_after_heading(const struct document *d, size_t i)
{
	struct slice rest = document_section(d, i), line;
	size_t end, at;

	if (d->sections[i].level == 0 || !str_line(&rest, &line, &end) ||
	    end == 0)
		return 0;
	at = d->sections[i].start + line.len + end;
	/* a setext heading has its line below it */
	if (rest.len != 0 && (rest.ptr[0] == '=' || rest.ptr[0] == '-'))
		return 0;
	return at;
}

static void
change_each_entry(struct fixture *f, const char *name, struct slice text,
    int64_t first)
{
	char as_of[32];
	struct arena a = ARENA_INIT;
	struct buf now = BUF_INIT;
	struct document d, changed;
	struct import_result r;
	struct err e = ERR_INIT;
	size_t i, at;

	must(document_parse(text, &a, &d, &e), &e);
	for (i = 0; i < d.n; i++) {
		at = line_after_heading(&d, i);
		put_line_at(&now, text, at);
		must(document_parse(buf_slice(&now), &a, &changed, &e), &e);
		if (at == 0 || changed.n != d.n)
			continue;
		must(store_begin(f->s, &e), &e);
		must(fixture_put(f, name, buf_slice(&now), BASE_LAST_IMPORT,
		    &r, &e), &e);
		must(store_commit(f->s, &e), &e);
		if (r.changed != 1 || r.added != 0 || r.archived != 0)
			fail_msg("%s: section %zu: %u changed, %u added, %u "
			    "archived", name, i, r.changed, r.added,
			    r.archived);
		fixture_expect(f, name, "", buf_slice(&now));
		r = fixture_import_base(f, name, "file.md", text,
		    BASE_LAST_IMPORT);
		assert_int_equal(r.changed, 1);
		fixture_expect(f, name, "", text);
	}
	snprintf(as_of, sizeof(as_of), "%lld", (long long)first);
	fixture_expect(f, name, as_of, text);
	buf_free(&now);
	arena_free(&a);
}

static void
test_changing_an_entry_changes_only_its_bytes(void **state)
{
	struct fixture *f = *state;
	struct buf text = BUF_INIT;
	struct import_result r;
	struct err e = ERR_INIT;
	size_t i;

	if (!find_corpus())
		return;
	for (i = 3; i < ncorpus; i += 53) {
		assert_true(fixture_read(corpus_files[i], &text));
		if (text.len > 40000)
			continue;
		r = fixture_import_base(f, corpus_name(i), "file.md",
		    buf_slice(&text), BASE_LAST_IMPORT);
		change_each_entry(f, corpus_name(i), buf_slice(&text),
		    r.revision);
	}
	must(store_check(f->s, &e), &e);
	buf_free(&text);
}

static void
test_torture_comes_back_byte_by_byte(void **state)
{
	static const char *const texts[] = {
		"", "\n", "\xef\xbb\xbf", "\xef\xbb\xbf# BOM\n", "# no end",
		"# CR\r\rtext\r## two\r", "# CRLF\r\n\r\ntext\r\n## two\r\n",
		"mixed\n# a\r\n\rb\n\r", "Setext\n======\n\nTwo\n---\n\nx",
		"---\ntitle: x\n---\n# A\n", "---\nnot closed\n# A\n",
		"```\n# in a fence\n", "# A\n```\n## in\n```\n# B\n~~~\n# C\n",
		"> # quoted\n\n- # in a list\n", "<div>\n# raw\n</div>\n\n# A\n",
		"[foo]: /u \"t\"\n# [foo]\n\n[bar]: /v\n# B\n", "#\n##\n###\n",
		"# a\n\n\n\n---\n\n\n# a\n\n---\n# a\n", "    # code\n\t# code\n",
		"# 中文\n\n文字\n\n## 🔴 二\n", "####### seven\n# a #\n#b\n",
		"\xe2\x80\xa8# x\n\xc2\xa0# y\n\x0c# z\n\x0b", "# a\\\nb\n",
		"| a | b |\n|---|---|\n| # | x |\n# t\n", "&#35; x\n# &amp;\n",
	};
	struct fixture *f = *state;
	struct err e = ERR_INIT;
	char name[32];
	size_t i;

	for (i = 0; i < ARRAY_LEN(texts); i++) {
		snprintf(name, sizeof(name), "t%zu", i);
		fixture_import(f, name, texts[i]);
		fixture_expect(f, name, "", slice_of(texts[i]));
	}
	/* each becomes each other one, and is still there as of before */
	for (i = 0; i < ARRAY_LEN(texts); i++)
		fixture_import(f, "t0", texts[i]);
	fixture_expect(f, "t0", "", slice_of(texts[ARRAY_LEN(texts) - 1]));
	fixture_expect(f, "t0", "1", slice_of(texts[0]));
	must(store_check(f->s, &e), &e);
}

/* ---- names and moments ---- */

static void
test_names_are_exact_or_unique_without_case(void **state)
{
	struct fixture *f = *state;
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;
	int64_t revision;

	fixture_import(f, "k8s/KubePodCrashLooping", lesson);
	fixture_import(f, "a", "one\n");
	fixture_import(f, "A", "two\n");
	fixture_import(f, "Bb", "three\n");
	fixture_import(f, "bB", "four\n");
	fixture_expect(f, "K8S/kubepodcrashlooping", "", slice_of(lesson));
	fixture_expect(f, "a", "", SLICE("one\n"));
	fixture_expect(f, "A", "", SLICE("two\n"));
	assert_false(store_export(f->s, SLICE("bb"), SLICE(""), &b, &revision,
	    &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	assert_false(store_export(f->s, SLICE("nosuch"), SLICE(""), &b,
	    &revision, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	buf_free(&b);
}

static enum err_code
export_code(struct fixture *f, const char *as_of)
{
	struct buf b = BUF_INIT;
	struct err e = ERR_INIT;
	int64_t revision;
	bool ok = store_export(f->s, SLICE("d"), slice_of(as_of), &b,
	    &revision, &e);

	buf_free(&b);
	return ok ? ERR_NONE : e.code;
}

static void
test_moments_are_revisions_and_dates(void **state)
{
	static const char *const bad[] = { "yesterday", "2026", "2026-13-01",
		"2026-11-23T25:00", "2026-11-23T10:00:00+99", "1 2", "0x1" };
	struct fixture *f = *state;
	char at[64];
	size_t i;

	fixture_import(f, "other", "zero\n");
	fixture_import(f, "d", "one\n");
	fixture_import(f, "d", "two\n");
	fixture_expect(f, "d", "2", SLICE("one\n"));
	fixture_expect(f, "d", "3", SLICE("two\n"));
	fixture_expect(f, "d", "2999-01-01", SLICE("two\n"));
	fixture_expect(f, "d", "2999-01-01T10:00:00Z", SLICE("two\n"));
	assert_int_equal(export_code(f, "1"), ERR_NOT_FOUND);
	assert_int_equal(export_code(f, "0"), ERR_NOT_FOUND);
	assert_int_equal(export_code(f, "-1"), ERR_NOT_FOUND);
	assert_int_equal(export_code(f, "4"), ERR_NOT_FOUND);
	assert_int_equal(export_code(f, "1999-01-01"), ERR_NOT_FOUND);
	assert_int_equal(export_code(f, "2001-01-01"), ERR_NOT_FOUND);
	for (i = 0; i < ARRAY_LEN(bad); i++)
		if (export_code(f, bad[i]) != (i == 1 ? ERR_NOT_FOUND :
		    ERR_INVALID))
			fail_msg("%s", bad[i]);
	/* the stored form itself, and the same moment in Shanghai */
	snprintf(at, sizeof(at), "%s", fixture_query(f,
	    "SELECT created_at FROM revisions WHERE revision = 2"));
	fixture_expect(f, "d", at, SLICE("one\n"));
	snprintf(at, sizeof(at), "%s", fixture_query(f,
	    "SELECT strftime('%Y-%m-%dT%H:%M:%S', substr(created_at, 1, 19), "
	    "'+8 hours') || "
	    "substr(created_at, 20, 7) || '+08:00' FROM revisions "
	    "WHERE revision = 2"));
	fixture_expect(f, "d", at, SLICE("one\n"));
}

static void
test_document_at_is_a_table(void **state)
{
	struct fixture *f = *state;

	fixture_import(f, "d", "one\n");
	fixture_import(f, "d", "two\n");
	assert_string_equal(fixture_query(f, "SELECT markdown || revision FROM "
	    "document_at('D')"), "two\n2");
	assert_string_equal(fixture_query(f, "SELECT markdown || revision FROM "
	    "document_at('d', 1)"), "one\n1");
	assert_string_equal(fixture_query(f, "SELECT markdown FROM "
	    "document_at('d', NULL)"), "two\n");
	assert_string_equal(fixture_query(f, "SELECT count(*) FROM "
	    "document_at('nosuch')"), "0");
	assert_string_equal(fixture_query(f, "SELECT x.markdown FROM "
	    "documents d, document_at(d.name, 1) x"), "one\n");
	assert_string_equal(fixture_query(f, "SELECT x.markdown FROM "
	    "document_at(d.name) x, documents d"), "two\n");
}

/* ---- what is derived ---- */

static void
test_entries_say_what_the_markdown_says(void **state)
{
	struct fixture *f = *state;

	fixture_import(f, "d", lesson);
	assert_string_equal(fixture_query(f, "SELECT id, document, parent_id, "
	    "position, depth, slug, title, line, kind, severity, version, "
	    "revision, updated_by, archived FROM entries WHERE id = 2"),
	    "2|d|1|2|1|2-cpu-100|CPU 100%|3|problem|critical|1|1|ann|0");
	assert_string_equal(fixture_query(f, "SELECT symptom || ';' || fix || "
	    "';' || prevention FROM entries WHERE id = 2"),
	    "the server stands still;limit it with `docker update`\nadd swap;"
	    "watch the load");
	assert_string_equal(fixture_query(f, "SELECT lang, text, note, risk "
	    "FROM commands WHERE entry_id = 2 AND lang <> ''"),
	    "bash|docker stats --no-stream|look|read-only");
	assert_string_equal(fixture_query(f, "SELECT text, is_task, done, "
	    "ordered FROM checklist_items WHERE entry_id = 4"),
	    "swap|1|0|0\ndisk|1|1|0");
	assert_string_equal(fixture_query(f, "SELECT name, title, source, "
	    "entries, revision, updated_by, archived FROM documents"),
	    "d|Lessons|file.md|4|1|ann|0");
	assert_string_equal(fixture_query(f, "SELECT revision, author, "
	    "message, entries FROM revisions"), "1|ann|why not|4");
}

static void
test_index_knows_only_what_is_there(void **state)
{
	static const char hits[] = "SELECT coalesce(group_concat(rowid), '-') "
	    "FROM entry_fts WHERE entry_fts MATCH ";
	struct fixture *f = *state;
	char sql[300];

	fixture_import(f, "d", lesson);
	snprintf(sql, sizeof(sql), "%s'watch'", hits);
	assert_string_equal(fixture_query(f, sql), "2");	/* its owner */
	snprintf(sql, sizeof(sql), "%s'disk'", hits);
	assert_string_equal(fixture_query(f, sql), "4");
	fixture_import(f, "d", "# Lessons\n\n## Checks\n\n- [ ] memory\n");
	assert_string_equal(fixture_query(f, sql), "-");
	snprintf(sql, sizeof(sql), "%s'memory'", hits);
	assert_string_equal(fixture_query(f, sql), "4");
	snprintf(sql, sizeof(sql), "%s'watch'", hits);
	assert_string_equal(fixture_query(f, sql), "-");
	assert_string_equal(fixture_query(f, "SELECT count(*) FROM commands"),
	    "0");
}

static const char *const derived[] = {
	"SELECT * FROM entry_head ORDER BY id",
	"SELECT * FROM document_head ORDER BY id",
	"SELECT * FROM entry_field ORDER BY 1, 2",
	"SELECT * FROM entry_command ORDER BY 1, 2",
	"SELECT * FROM entry_item ORDER BY 1, 2",
	"SELECT * FROM entry_signature ORDER BY 1, 2",
	"SELECT * FROM entry_text ORDER BY 1",
	"SELECT * FROM entry_vocab ORDER BY 1",
	"SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite%' "
	    "ORDER BY 1",
	"SELECT * FROM derived_object ORDER BY 1",
};

static void
dump_derived(struct fixture *f, struct buf *out)
{
	size_t i;

	buf_reset(out);
	for (i = 0; i < ARRAY_LEN(derived); i++)
		fixture_dump(f, derived[i], out);
}

/* Some files in several states, so that all actions happened. */
static void
fill(struct fixture *f)
{
	fixture_import(f, "d", lesson);
	fixture_import(f, "gone", "# A\n\n# B\n\ntext\n");
	fixture_import(f, "gone", "");
	fixture_import(f, "pre", "words\n\n# A\n\n## Fix\n\n1. `ls -l`\n");
	fixture_import(f, "d", "# Lessons\n\n## Checks\n\n- [ ] x\n\n"
	    "## 1. 🔴 **CPU 100%** (worst)\n\n**Symptom**: slow\n");
	fixture_import(f, "d", lesson);
}

static void
test_reindex_equals_what_imports_derived(void **state)
{
	struct fixture *f = *state;
	struct buf before = BUF_INIT, after = BUF_INIT;
	struct err e = ERR_INIT;

	fill(f);
	dump_derived(f, &before);
	must(store_reindex(f->s, &e), &e);
	dump_derived(f, &after);
	assert_string_equal(buf_cstr(&before), buf_cstr(&after));
	must(store_check(f->s, &e), &e);
	buf_free(&before);
	buf_free(&after);
}

/* A base that an older program derived is rebuilt when it is opened. */
static void
test_other_rules_rebuild_what_is_derived(void **state)
{
	struct fixture *f = *state;
	struct store *reader;
	struct buf before = BUF_INIT, after = BUF_INIT;
	struct err e = ERR_INIT;

	fill(f);
	dump_derived(f, &before);
	fixture_exec(f, "UPDATE meta SET value = '0.x' "
	    "WHERE key = 'derived_version'; DELETE FROM entry_head; "
	    "CREATE TABLE entry_old(x TEXT) STRICT; "
	    "INSERT INTO derived_object(type, name) "
	    "VALUES ('table', 'entry_old')");
	assert_false(store_open(f->path, STORE_READ, &reader, &e));
	assert_int_equal(e.code, ERR_INVALID);
	fixture_reopen(f);
	dump_derived(f, &after);
	assert_string_equal(buf_cstr(&before), buf_cstr(&after));
	buf_free(&before);
	buf_free(&after);
}

/* ---- safety ---- */

static void
refuse_sql(struct fixture *f, const char *sql)
{
	struct err e = ERR_INIT;

	must(store_begin(f->s, &e), &e);
	assert_int_not_equal(sqlite3_exec(store_db(f->s), sql, NULL, NULL,
	    NULL), SQLITE_OK);
	store_rollback(f->s);
}

static void
test_truth_is_append_only(void **state)
{
	static const char *const sql[] = {
		"UPDATE revision SET message = 'x'", "DELETE FROM revision",
		"UPDATE entry_version SET markdown = 'x' WHERE entry_id = 1",
		"DELETE FROM entry_version", "DELETE FROM entry",
		"UPDATE entry SET document_id = 2", "DELETE FROM outline",
		"DELETE FROM revision_entry", "DELETE FROM outline_entry",
		"INSERT OR REPLACE INTO revision VALUES(1, 'x', 'y', 'z')",
		"INSERT OR REPLACE INTO entry_version "
		    "VALUES(1, 1, 1, NULL, 'x', 'y')",
		"INSERT INTO entry(document_id, created_revision) "
		    "VALUES(99, 1)",
	};
	struct fixture *f = *state;
	size_t i;

	fixture_import(f, "d", lesson);
	fixture_import(f, "e", lesson);
	fixture_import(f, "d", "# Lessons\n");
	for (i = 0; i < ARRAY_LEN(sql); i++)
		refuse_sql(f, sql[i]);
}

static void
test_only_the_store_commits(void **state)
{
	struct fixture *f = *state;

	fixture_import(f, "d", lesson);
	assert_int_not_equal(sqlite3_exec(store_db(f->s),
	    "INSERT INTO meta VALUES('x', 1)", NULL, NULL, NULL), SQLITE_OK);
	assert_string_equal(fixture_query(f, "SELECT count(*) FROM meta "
	    "WHERE key = 'x'"), "0");
}

static void
test_readers_read_only(void **state)
{
	struct fixture *f = *state;
	struct store *writer = f->s;
	struct err e = ERR_INIT;

	fixture_import(f, "d", lesson);
	must(store_open(f->path, STORE_READ, &f->s, &e), &e);
	fixture_expect(f, "d", "", slice_of(lesson));
	assert_int_not_equal(sqlite3_exec(store_db(f->s),
	    "DELETE FROM import", NULL, NULL, NULL), SQLITE_OK);
	assert_false(store_begin(f->s, &e));
	assert_false(store_check(f->s, &e));
	assert_int_equal(sqlite3_exec(store_db(f->s), "SELECT \"nosuch\"",
	    NULL, NULL, NULL), SQLITE_ERROR);
	store_close(f->s);
	f->s = writer;
	must(store_checkpoint(f->s, true, &e), &e);
}

static void
test_the_file_is_private_and_new(void **state)
{
	struct fixture *f = *state;
	struct store *s;
	struct stat st;
	struct err e = ERR_INIT;

	assert_int_equal(stat(f->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_false(store_open(f->path, STORE_CREATE, &s, &e));
	assert_int_equal(stat(f->path, &st), 0);
	assert_false(store_open("/nosuch/kb.db", STORE_READ, &s, &e));
	assert_false(store_open("/nosuch/kb.db", STORE_CREATE, &s, &e));
}

static void
expect_damage(struct fixture *f, const char *sql, const char *what)
{
	struct err e = ERR_INIT;

	fixture_exec(f, sql);
	assert_false(store_check(f->s, &e));
	if (strstr(e.msg, what) == NULL)
		fail_msg("\"%s\" does not say %s", e.msg, what);
	must(store_reindex(f->s, &e), &e);
	must(store_check(f->s, &e), &e);
}

static void
test_check_finds_damage(void **state)
{
	struct fixture *f = *state;
	struct err e = ERR_INIT;

	fill(f);
	must(store_check(f->s, &e), &e);
	expect_damage(f, "UPDATE entry_head SET kind = 'x' WHERE id = 2",
	    "entry_head");
	expect_damage(f, "UPDATE entry_head SET title = 'x' WHERE archived",
	    "entry_head");
	expect_damage(f, "DELETE FROM entry_command", "entry_command");
	expect_damage(f, "INSERT INTO entry_field VALUES(1, 9, 'fix', 'x')",
	    "entry_field");
	expect_damage(f, "UPDATE document_head SET entries = 9",
	    "document_head");
	expect_damage(f, "UPDATE entry_text SET title = 'x' WHERE id = 2",
	    "index");
	expect_damage(f, "DELETE FROM entry_text WHERE id = 2", "index");
	expect_damage(f, "INSERT INTO entry_fts(entry_fts, rowid, title) "
	    "VALUES ('delete', 2, 'CPU')", "index");
	expect_damage(f, "INSERT INTO entry_signature VALUES(999, 1, 'x', "
	    "'text', 'off', '', 0)",
	    "belong to nothing");
}

static void
test_check_finds_a_damaged_page(void **state)
{
	struct fixture *f = *state;
	struct err e = ERR_INIT;
	struct stat st;
	char junk[64];
	int fd;
	off_t at;
	bool ok;

	fill(f);
	must(store_checkpoint(f->s, true, &e), &e);
	store_close(f->s);
	f->s = NULL;
	fd = open(f->path, O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	memset(junk, 0xa5, sizeof(junk));
	for (at = 4096 * 4; at < st.st_size; at += 4096)
		assert_int_equal(pwrite(fd, junk, sizeof(junk), at), 64);
	close(fd);
	ok = store_open(f->path, STORE_WRITE, &f->s, &e);
	ok = ok && store_check(f->s, &e);
	assert_false(ok);
	assert_int_equal(e.code, ERR_STORAGE);
}

#define FACT(f) cmocka_unit_test_setup_teardown(f, fixture_setup, \
	fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FACT(test_corpus_comes_back_byte_by_byte),
		FACT(test_changing_an_entry_changes_only_its_bytes),
		FACT(test_torture_comes_back_byte_by_byte),
		FACT(test_names_are_exact_or_unique_without_case),
		FACT(test_moments_are_revisions_and_dates),
		FACT(test_document_at_is_a_table),
		FACT(test_entries_say_what_the_markdown_says),
		FACT(test_index_knows_only_what_is_there),
		FACT(test_reindex_equals_what_imports_derived),
		FACT(test_other_rules_rebuild_what_is_derived),
		FACT(test_truth_is_append_only),
		FACT(test_only_the_store_commits),
		FACT(test_readers_read_only),
		FACT(test_the_file_is_private_and_new),
		FACT(test_check_finds_damage),
		FACT(test_check_finds_a_damaged_page),
	};
	int rc = cmocka_run_group_tests(tests, NULL, NULL);

	while (ncorpus > 0)
		free(corpus_files[--ncorpus]);
	free(corpus_files);
	return rc;
}
