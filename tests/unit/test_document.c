/*
 * test_document.c - facts about splitting a text into sections.
 *
 * The outline is compared with what cmark-gfm says on its own, for generated
 * torture documents and, where there is one, for every file of the corpus.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <dirent.h>
#include <sys/stat.h>
#include <cmocka.h>

#include <cmark-gfm.h>
#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm-extension_api.h>

#include "common/buf.h"
#include "common/mem.h"
#include "common/str.h"
#include "kb/meta.h"
#include "tests/unit/kb_fixture.h"

#define TORTURE_DOCUMENTS 600

/* Joining the sections gives the text again; lines are where they claim. */
static void
assert_lossless(const struct document *d)
{
	size_t i, at = 0;

	for (i = 0; i < d->n; i++) {
		const struct section *s = &d->sections[i];

		assert_int_equal(s->start, at);
		assert_true(s->end >= s->start);
		assert_true(s->level <= 6);
		assert_true((s->level == 0) == (i == 0 && s->mark.ptr == NULL));
		assert_true(s->parent < (int)i);
		if (s->parent >= 0)
			assert_true(d->sections[s->parent].level < s->level);
		at = s->end;
	}
	assert_int_equal(at, d->text.len);
}

/* 1-based line of the byte at `at`. */
static unsigned
line_at(struct slice text, size_t at)
{
	struct slice rest = slice_sub(text, 0, at), line;
	unsigned n = 1;
	size_t end;

	while (str_line(&rest, &line, &end))
		n += end != 0;
	return n;
}

/* The text with its front matter and byte order mark taken out. */
static char *
for_cmark(struct slice text, size_t *len)
{
	size_t skip = document_prologue(text), i;
	char *p = mem_alloc(text.len + 1);

	*len = 0;
	for (i = 0; i < text.len; i++)
		if (i >= skip || text.ptr[i] == '\n' || text.ptr[i] == '\r')
			p[(*len)++] = text.ptr[i];
	return p;
}

static cmark_node *
cmark_parse(struct slice text)
{
	static const char *const names[] = { "table", "tasklist",
		"strikethrough" };
	cmark_parser *p;
	cmark_node *root;
	size_t i, len;
	char *copy = for_cmark(text, &len);

	cmark_gfm_core_extensions_ensure_registered();
	p = cmark_parser_new(CMARK_OPT_DEFAULT);
	for (i = 0; i < ARRAY_LEN(names); i++)
		cmark_parser_attach_syntax_extension(p,
		    cmark_find_syntax_extension(names[i]));
	cmark_parser_feed(p, copy, len);
	root = cmark_parser_finish(p);
	cmark_parser_free(p);
	free(copy);
	return root;
}

/* The sequence of top headings is cmark's, and each starts where it says. */
static void
assert_outline(const struct document *d)
{
	cmark_node *root = cmark_parse(d->text), *n;
	size_t i = d->n != 0 && d->sections[0].level == 0 ? 1 : 0;

	for (n = cmark_node_first_child(root); n; n = cmark_node_next(n)) {
		const struct section *s = &d->sections[i];
		struct slice bytes;

		if (cmark_node_get_type(n) != CMARK_NODE_HEADING)
			continue;
		assert_true(i < d->n);
		assert_int_equal(s->level, cmark_node_get_heading_level(n));
		assert_int_equal(s->line, line_at(d->text, s->start));
		/* definitions in front of a setext heading shift cmark */
		assert_true((int)s->line >= cmark_node_get_start_line(n));
		bytes = str_trim(document_section(d, i));
		if (slice_starts(bytes, SLICE("\xef\xbb\xbf")))
			bytes = slice_sub(bytes, 3, bytes.len);
		if (bytes.ptr[0] == '#')
			assert_int_equal(s->line,
			    cmark_node_get_start_line(n));
		i++;
	}
	assert_int_equal(i, d->n);
	cmark_node_free(root);
}

static void
check_text(struct slice text)
{
	struct arena a = ARENA_INIT;
	struct document d;
	struct entry *entries;
	struct err e = ERR_INIT;

	if (!document_parse(text, &a, &d, &e))
		fail_msg("%s", e.msg);
	assert_lossless(&d);
	assert_outline(&d);
	assert_true(entry_extract(&d, &a, &entries, &e));
	arena_free(&a);
}

/* One row of an outline, "2 7 title": level, line, title. */
static void
assert_rows(struct slice text, const char *const *rows)
{
	struct arena a = ARENA_INIT;
	struct document d;
	struct err e = ERR_INIT;
	size_t i;

	check_text(text);
	assert_true(document_parse(text, &a, &d, &e));
	for (i = 0; i < d.n && rows[i] != NULL; i++)
		assert_slice(arena_printf(&a, "%u %u %.*s",
		    d.sections[i].level, d.sections[i].line,
		    SLICE_ARG(d.sections[i].title)), rows[i]);
	assert_int_equal(i, d.n);
	assert_null(rows[i]);
	arena_free(&a);
}

#define ROWS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void
test_empty_text_has_no_sections(void **state)
{
	(void)state;
	assert_rows(SLICE(""), (const char *const[]){ NULL });
	assert_rows(SLICE("\n"), ROWS("0 1 "));
	assert_rows(SLICE("words"), ROWS("0 1 "));
}

static void
test_preamble_is_what_stands_before_the_first_heading(void **state)
{
	(void)state;
	assert_rows(SLICE("# a\n"), ROWS("1 1 a"));
	assert_rows(SLICE("\n# a\n"), ROWS("0 1 ", "1 2 a"));
	assert_rows(SLICE("x\n\n## b\n# c"), ROWS("0 1 ", "2 3 b", "1 4 c"));
}

static void
test_byte_order_mark_belongs_to_the_first_section(void **state)
{
	(void)state;
	assert_rows(SLICE("\xef\xbb\xbf# a\n# b\n"),
	    ROWS("1 1 a", "1 2 b"));
	assert_rows(SLICE("\xef\xbb\xbf\n# b\n"), ROWS("0 1 ", "1 2 b"));
	assert_rows(SLICE("\xef\xbb\xbf"), ROWS("0 1 "));
}

static void
test_any_line_end_ends_a_line(void **state)
{
	(void)state;
	assert_rows(SLICE("# a\r\ntext\r\n## b\r\n"),
	    ROWS("1 1 a", "2 3 b"));
	assert_rows(SLICE("# a\rtext\r## b\r"), ROWS("1 1 a", "2 3 b"));
	assert_rows(SLICE("# a\r\rx\n# b\r\n\n\r# c"),
	    ROWS("1 1 a", "1 4 b", "1 7 c"));
}

static void
test_setext_headings_start_at_their_text(void **state)
{
	(void)state;
	assert_rows(SLICE("a\n===\nb\n---\n"), ROWS("1 1 a", "2 3 b"));
	assert_rows(SLICE("x\n\ntwo\nlines\n===\n# n"),
	    ROWS("0 1 ", "1 3 two lines", "1 6 n"));
	assert_rows(SLICE("a\r\n===\r\n"), ROWS("1 1 a"));
	assert_rows(SLICE("==="), ROWS("0 1 "));
	assert_rows(SLICE("===\n==="), ROWS("1 1 ==="));
}

static void
test_definitions_do_not_shift_a_heading(void **state)
{
	(void)state;
	assert_rows(SLICE("[a]: /u\nTitle\n===\n"),
	    ROWS("0 1 ", "1 2 Title"));
	assert_rows(SLICE("[a]: /u\n\"t\n t\"\n[b]:\n /v\nTi\ntle\n---\nx\n"),
	    ROWS("0 1 ", "2 6 Ti tle"));
	assert_rows(SLICE("p\n\n[a]: /u\nT\n===\n[b]: /v\n# U\n"),
	    ROWS("0 1 ", "1 4 T", "1 7 U"));
	assert_rows(SLICE("[a]: /u\n===\n"), ROWS("0 1 "));
	assert_rows(SLICE("[a]: /u\n===\n==="), ROWS("0 1 ", "1 2 ==="));
}

static void
test_headings_in_quotes_and_lists_start_nothing(void **state)
{
	(void)state;
	assert_rows(SLICE("> # q\n\n- # l\n\n  ## m\n\n1. x\n   ===\n# top\n"),
	    ROWS("0 1 ", "1 9 top"));
}

static void
test_hashes_in_code_and_html_are_no_headings(void **state)
{
	(void)state;
	assert_rows(SLICE("```sh\n# c\n```\n~~~\n# d\n~~~\n    # e\n"
	    "<!--\n# f\n-->\n<pre>\n\n# g\n</pre>\n# h\n#i\n####### j\n"),
	    ROWS("0 1 ", "1 15 h"));
	assert_rows(SLICE("# a\n```\n# b\n"), ROWS("1 1 a"));
}

static void
test_front_matter_is_never_a_heading(void **state)
{
	(void)state;
	assert_rows(SLICE("---\ntitle: x\n# no\n---\n# a\n"),
	    ROWS("0 1 ", "1 5 a"));
	assert_rows(SLICE("---\r\ntitle: x\r\n---\r\n# a\r\n"),
	    ROWS("0 1 ", "1 4 a"));
	assert_rows(SLICE("\xef\xbb\xbf---\na: b\n---\n# a\n"),
	    ROWS("0 1 ", "1 4 a"));
	/* not at byte 0, or never closed: Markdown like any other */
	assert_rows(SLICE("\n---\ntitle: x\n---\n"),
	    ROWS("0 1 ", "2 3 title: x"));
	assert_rows(SLICE("---\n# a\n"), ROWS("0 1 ", "1 2 a"));
}

static void
test_parents_follow_levels(void **state)
{
	struct fixture f;

	(void)state;
	fixture_parse(&f, SLICE("p\n# a\n### b\n## c\n#### d\n# e\n"));
	assert_int_equal(f.doc.sections[0].parent, -1);
	assert_int_equal(f.doc.sections[1].parent, -1);
	assert_int_equal(f.doc.sections[2].parent, 1);
	assert_int_equal(f.doc.sections[3].parent, 1);
	assert_int_equal(f.doc.sections[4].parent, 3);
	assert_int_equal(f.doc.sections[5].parent, -1);
	fixture_free(&f);
}

static void
test_headings_become_plain_text(void **state)
{
	static const struct {
		const char *markdown, *heading, *title;
	} rows[] = {
		{ "# 1. 🔴 **数据库表结构不一致** (最关键问题)",
		    "1. 数据库表结构不一致 (最关键问题)",
		    "数据库表结构不一致" },
		{ "# [Text](http://x/y) and `code` ##",
		    "Text and code", "Text and code" },
		{ "# Title {#anchor}", "Title", "Title" },
		{ "# Name<a name=\"x\"></a>", "Name", "Name" },
		{ "# A   b\tc", "A b c", "A b c" },
		{ "# ⚠️ Warning ⚡", "Warning", "Warning" },
		{ "# ![alt](i.png) text", "alt text", "alt text" },
		{ "# 2.10. df", "2.10. df", "df" },
		{ "# 4.3 客户端报错", "4.3 客户端报错", "客户端报错" },
		{ "# 一、安装", "一、安装", "安装" },
		{ "# （3）排查", "（3）排查", "排查" },
		{ "# 3) Check", "3) Check", "Check" },
		{ "# 502 Bad Gateway", "502 Bad Gateway",
		    "502 Bad Gateway" },
		{ "# 404", "404", "404" },
		{ "# 1.", "1.", "1." },
		{ "# 使用 free()", "使用 free()", "使用 free()" },
		{ "# 选项（strings，默认为 []）", "选项（strings，默认为 []）",
		    "选项" },
		{ "# a (b (c)) (d)", "a (b (c)) (d)", "a (b (c))" },
		{ "# (only)", "(only)", "(only)" },
		{ "# load < 80% and > 20%", "load < 80% and > 20%",
		    "load < 80% and > 20%" },
		{ "# &lt;host&gt; is down", "is down", "is down" },
		{ "# file_type_x", "file_type_x", "file_type_x" },
		{ "# ❶ 第一步 C♯", "❶ 第一步 C♯", "❶ 第一步 C♯" },
		{ "#", "", "" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(rows); i++) {
		struct fixture f;

		fixture_parse(&f, slice_of(rows[i].markdown));
		assert_int_equal(f.doc.n, 1);
		assert_slice(f.doc.sections[0].heading, rows[i].heading);
		assert_slice(f.doc.sections[0].title, rows[i].title);
		fixture_free(&f);
	}
}

static void
test_marks_are_the_raw_heading(void **state)
{
	struct fixture f;

	(void)state;
	fixture_parse(&f, SLICE("## a `b` [c](d) ##\n\ne *f*\ng\n---\n"));
	assert_slice(f.doc.sections[0].mark, "a `b` [c](d)");
	assert_slice(f.doc.sections[1].mark, "e *f*\ng");
	assert_slice(f.doc.sections[1].heading, "e f g");
	fixture_free(&f);
}

static void
test_slugs_keep_letters_of_any_script(void **state)
{
	struct arena a = ARENA_INIT;
	struct slice s;

	(void)state;
	assert_slice(document_slug(12, SLICE("CPU 100% 占用"), &a),
	    "12-cpu-100-占用");
	assert_slice(document_slug(3, SLICE("  --Ärger!! & Größe--"), &a),
	    "3-ärger-größe");
	assert_slice(document_slug(7, SLICE("🔴 ()"), &a), "7");
	assert_slice(document_slug(8, SLICE("a\xff" "b"), &a), "8-a-b");
	s = document_slug(1, SLICE("很长的标题很长的标题很长的标题很长的标题"
	    "很长的标题很长的标题很长的标题"), &a);
	assert_true(s.len <= 2 + 80);
	assert_int_equal(utf8_check(s), s.len);
	arena_free(&a);
}

static void
test_front_matter_is_read(void **state)
{
	struct fixture f;

	(void)state;
	fixture_parse(&f, SLICE("---\ntitle: \"Pod: down\"\n# remark\n"
	    "tags: [k8s, crash loop, 'x']\ndate: 2024-01-02\n"
	    "lastmod: 2024-03-04T05:06:07Z\nnested:\n  title: no\n"
	    "next_review: 2026-01-01\n---\n# Other\n"));
	assert_slice(f.doc.meta.title, "Pod: down");
	assert_slice(f.doc.meta.tags, "k8s crash-loop x");
	assert_slice(f.doc.meta.date, "2024-03-04");
	assert_slice(f.doc.meta.next_review, "2026-01-01");
	assert_slice(f.entries[1].tags, "k8s crash-loop x");
	fixture_free(&f);
	fixture_parse(&f, SLICE("---\ntags:\n  - a\n  - b c\nother:\n  - d\n"
	    "---\n## sub\n# 2. Main (x)\n"));
	assert_slice(f.doc.meta.title, "Main");
	assert_slice(f.doc.meta.tags, "a b-c");
	fixture_free(&f);
	fixture_parse(&f, SLICE("---\ntag: one two\n---\n"));
	assert_slice(f.doc.meta.tags, "one two");
	assert_int_equal(f.doc.n, 1);
	fixture_free(&f);
}

static void
test_last_lines_hold_dates(void **state)
{
	struct fixture f;

	(void)state;
	fixture_parse(&f, SLICE("# a\n\n> **Last updated**: Aug 3rd, 2025\n"
	    "\n- Next review: when it breaks\n"));
	assert_slice(f.doc.meta.date, "2025-08-03");
	assert_slice(f.doc.meta.next_review, "when it breaks");
	fixture_free(&f);
	/* only at the end */
	fixture_parse(&f, SLICE("最后更新: 2025-01-01\n\na\n\nb\n\nc\n\nd\n"));
	assert_int_equal(f.doc.meta.date.len, 0);
	fixture_free(&f);
	fixture_parse(&f, SLICE("更新时间：soon\n"));
	assert_int_equal(f.doc.meta.date.len, 0);
	fixture_free(&f);
}

static void
test_dates_have_many_forms(void **state)
{
	static const char *const same[] = { "2025年8月3日", "2025-08-03",
		"2025/8/3", "2025.8.3", "2025 年 8 月 3 日", "Aug 3, 2025",
		"August 3 2025", "3 August 2025", "3rd Aug. 2025",
		"on 2025-08-03T10:00:00Z", "v12 of 2025-8-3" };
	static const char *const none[] = { "", "2025-13-01", "2025-02-30",
		"25-08-03", "12025-08-03", "Augment 3, 2025", "3 2025",
		"2025", "9 Ma 2025" };
	struct arena a = ARENA_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(same); i++)
		assert_slice(meta_date(slice_of(same[i]), &a), "2025-08-03");
	for (i = 0; i < ARRAY_LEN(none); i++)
		assert_int_equal(meta_date(slice_of(none[i]), &a).len, 0);
	arena_free(&a);
}

static void
assert_refused(struct slice text, const char *message, const char *encoding)
{
	struct arena a = ARENA_INIT;
	struct document d;
	struct err e = ERR_INIT;

	assert_false(document_parse(text, &a, &d, &e));
	assert_int_equal(e.code, ERR_INVALID);
	assert_string_equal(e.msg, message);
	if (encoding != NULL) {
		assert_non_null(strstr(e.detail, encoding));
		assert_non_null(strstr(e.hint, encoding));
	} else {
		assert_non_null(strstr(e.detail, "binary"));
	}
	arena_free(&a);
}

static void
test_other_encodings_are_refused_with_their_name(void **state)
{
	(void)state;
	assert_refused(SLICE("ok\r\nx\0y"),
	    "text is not UTF-8: line 2, byte 6 is NUL", NULL);
	assert_refused(SLICE("# \xca\xfd\xbe\xdd\xbf\xe2\n"),
	    "text is not UTF-8: line 1, byte 3 is no valid character",
	    "GB18030");
	assert_refused(SLICE("\xff\xfe#\0 \0a\0"),
	    "text is not UTF-8: line 1, byte 1 is no valid character",
	    "UTF-16LE");
	assert_refused(SLICE("\0#\0 \0a\0b\0c\0d\0e\0f\0g"),
	    "text is not UTF-8: line 1, byte 1 is NUL", "UTF-16BE");
	assert_refused(SLICE("a\n\nGr\xf6\xdf" "e\n"),
	    "text is not UTF-8: line 3, byte 6 is no valid character",
	    "ISO-8859-1");
	assert_refused(SLICE("\x7f" "ELF\x02\x01\x01\x00\x00\x01\x02\xff\x03"),
	    "text is not UTF-8: line 1, byte 8 is NUL", NULL);
	/* surrogates and overlong forms are no UTF-8 either */
	assert_refused(SLICE("\xed\xa0\x80"),
	    "text is not UTF-8: line 1, byte 1 is no valid character",
	    "ISO-8859-1");
}

static void
test_too_much_is_refused(void **state)
{
	struct arena a = ARENA_INIT;
	struct document d;
	struct err e = ERR_INIT;
	struct buf b = BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < DOCUMENT_MAX_SECTIONS; i++)
		buf_puts(&b, "# a\n");
	assert_true(document_parse(buf_slice(&b), &a, &d, &e));
	assert_int_equal(d.n, DOCUMENT_MAX_SECTIONS);
	buf_puts(&b, "# a\n");
	assert_false(document_parse(buf_slice(&b), &a, &d, &e));
	assert_int_equal(e.code, ERR_LIMIT);
	buf_reset(&b);
	memset(buf_reserve(&b, DOCUMENT_MAX_BYTES + 1), 'a',
	    DOCUMENT_MAX_BYTES + 1);
	assert_false(document_parse(buf_slice(&b), &a, &d, &e));
	assert_int_equal(e.code, ERR_LIMIT);
	buf_free(&b);
	arena_free(&a);
}

/* ---- torture ---- */

static uint64_t random_state;

static size_t
random_below(size_t n)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (size_t)(random_state % n);
}

static const char *const fragments[] = { "# one\n", "## 二 🔴 **b**\n",
	"### 3. x (y) ###\n", "#\n", "Title\n=====\n", "Two\nlines\n---\n",
	"=\n", "---\n", "***\n", "\n", "\n\n\n", "text\n", "text  \n",
	"trailing \\\n", "> # q\n", "> quote\n> ===\n", "> lazy\ncont\n",
	"- # item\n", "- a\n- b\n", "- a\n\n  # deep\n", "* x\n  ===\n",
	"1. one\n   ```\n   # c\n   ```\n", "- [ ] t\n- [x] u\n",
	"```\n# code\n```\n", "```sh\n# c\ndocker ps\n```\n", "~~~ x\n# y\n",
	"    # indented\n", "\t# tab\n", "<div>\n# html\n</div>\n\n",
	"<!-- c\n# no\n-->\n", "<script>\n# s\n\n# t\n</script>\n",
	"<br> x\n", "<?php\n# p\n?>\n", "[a]: /u\n", "[b]: <v> 'w'\n",
	"[c]:\n/x\n\"y\nz\"\n", "[d]: /u\nHeading\n===\n", "[a] [b][c]\n",
	"|a|b|\n|-|-|\n|c|d|\n", "a|b\n-|-\n", "| x |\n| - |\n# t\n",
	"**问题**: x\n**解决**：\n- y\n", "## Mitigation\n", "## 解决方案\n",
	"`docker ps -a`\n", "\\# no\n", "#no\n", " ## two\n", "   # three\n",
	"# a {#x}\n", "---\ntitle: t\n---\n", "&#35; e\n", "x\n===x\n",
	"\xe2\x80\x8b# zw\n", "# \xef\xbc\xa3\xef\xbc\xb0\xef\xbc\xb5\n",
	"*emph\n# h*\n", "[l\n# h](x)\n", "`c\n# h`\n", "| --- |\n",
	"- \n", "-\n", "+ a\n===\n", "最后更新: 2025年8月3日\n" };

/* A document of fragments, with line ends of one kind or mixed. */
static void
make_torture(struct buf *b, size_t number)
{
	static const char *const ends[] = { "\n", "\r\n", "\r" };
	size_t n = random_below(14), mode = number % 4, i;

	buf_reset(b);
	if (number % 7 == 3)
		buf_puts(b, "\xef\xbb\xbf");
	if (number % 5 == 2)
		buf_puts(b, "---\ntitle: a\n---\n");
	while (n-- > 0) {
		const char *p = fragments[random_below(ARRAY_LEN(fragments))];

		for (i = 0; p[i] != '\0'; i++) {
			if (p[i] == '\n')
				buf_puts(b, ends[mode < 3 ? mode :
				    random_below(3)]);
			else
				buf_putc(b, p[i]);
		}
	}
	if (number % 6 == 1)
		buf_puts(b, "# no end");
}

static void
test_torture_documents_are_split_as_cmark_says(void **state)
{
	struct buf b = BUF_INIT;
	size_t i;

	(void)state;
	random_state = 20251123;
	for (i = 0; i < TORTURE_DOCUMENTS; i++) {
		make_torture(&b, i);
		check_text(buf_slice(&b));
	}
	buf_free(&b);
}

static void
test_prefixes_of_the_seed_are_split_as_cmark_says(void **state)
{
	struct fixture f;
	size_t i;

	(void)state;
	fixture_source(&f, "content/InterviewPro.md");
	for (i = 0; i < f.text.len; i += 7)
		check_text(slice_sub(f.text, 0, utf8_cut(f.text, i)));
	fixture_free(&f);
}

/* ---- corpus ---- */

static size_t
check_folder(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *item;
	size_t n = 0;

	assert_non_null(dir);
	while ((item = readdir(dir)) != NULL) {
		char full[8192];
		struct stat st;
		struct slice text;

		if (item->d_name[0] == '.')
			continue;
		snprintf(full, sizeof(full), "%s/%s", path, item->d_name);
		assert_int_equal(stat(full, &st), 0);
		if (S_ISDIR(st.st_mode)) {
			n += check_folder(full);
			continue;
		}
		if (!slice_ends(slice_of(full), SLICE(".md")))
			continue;
		assert_true(fixture_read(full, &text));
		check_text(text);
		fixture_free_file(text);
		n++;
	}
	closedir(dir);
	return n;
}

static void
test_corpus_is_split_as_cmark_says(void **state)
{
	const char *dir = fixture_corpus_dir();

	(void)state;
	if (dir != NULL)
		assert_true(check_folder(dir) >= 2600);
}

/* "path#heading TAB first line TAB last line" */
static void
check_target(const char *dir, struct slice row)
{
	struct slice where, first, path;
	char full[8192];
	const char *hash;
	struct fixture f;
	int64_t line;
	size_t i;

	if (!str_split(&row, '\t', &where) || !str_split(&row, '\t', &first) ||
	    (hash = memchr(where.ptr, '#', where.len)) == NULL)
		return;
	path = slice_sub(where, 0, (size_t)(hash - where.ptr));
	where = slice_sub(where, path.len + 1, where.len);
	snprintf(full, sizeof(full), "%.*s", SLICE_ARG(path));
	(void)dir;
	assert_true(fixture_corpus(&f, full));
	assert_true(str_int(first, 1, 1 << 30, &line));
	for (i = 0; i < f.doc.n; i++)
		if (f.doc.sections[i].line == line &&
		    slice_eq(f.doc.sections[i].heading, where))
			break;
	if (i == f.doc.n)
		fail_msg("%s has no heading \"%.*s\" in line %lld", full,
		    SLICE_ARG(where), (long long)line);
	fixture_free(&f);
}

static void
test_corpus_headings_are_found_at_their_lines(void **state)
{
	const char *dir = fixture_corpus_dir();
	char path[8192];
	struct slice all, rest, row;

	(void)state;
	if (dir == NULL)
		return;
	snprintf(path, sizeof(path), "%s/targets.tsv", dir);
	if (!fixture_read(path, &all)) {
		print_message("# no targets.tsv: not tested\n");
		return;
	}
	for (rest = all; str_line(&rest, &row, NULL);)
		check_target(dir, row);
	fixture_free_file(all);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_empty_text_has_no_sections),
		cmocka_unit_test(
		    test_preamble_is_what_stands_before_the_first_heading),
		cmocka_unit_test(
		    test_byte_order_mark_belongs_to_the_first_section),
		cmocka_unit_test(test_any_line_end_ends_a_line),
		cmocka_unit_test(test_setext_headings_start_at_their_text),
		cmocka_unit_test(test_definitions_do_not_shift_a_heading),
		cmocka_unit_test(
		    test_headings_in_quotes_and_lists_start_nothing),
		cmocka_unit_test(test_hashes_in_code_and_html_are_no_headings),
		cmocka_unit_test(test_front_matter_is_never_a_heading),
		cmocka_unit_test(test_parents_follow_levels),
		cmocka_unit_test(test_headings_become_plain_text),
		cmocka_unit_test(test_marks_are_the_raw_heading),
		cmocka_unit_test(test_slugs_keep_letters_of_any_script),
		cmocka_unit_test(test_front_matter_is_read),
		cmocka_unit_test(test_last_lines_hold_dates),
		cmocka_unit_test(test_dates_have_many_forms),
		cmocka_unit_test(
		    test_other_encodings_are_refused_with_their_name),
		cmocka_unit_test(test_too_much_is_refused),
		cmocka_unit_test(
		    test_torture_documents_are_split_as_cmark_says),
		cmocka_unit_test(
		    test_prefixes_of_the_seed_are_split_as_cmark_says),
		cmocka_unit_test(test_corpus_is_split_as_cmark_says),
		cmocka_unit_test(
		    test_corpus_headings_are_found_at_their_lines),
	};

	return cmocka_run_group_tests_name("document", tests, NULL, NULL);
}
