/*
 * test_render_html.c - facts about Markdown on a page.
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
#include <cmocka.h>

#include "common/buf.h"
#include "common/mem.h"
#include "common/str.h"
#include "html_check.h"
#include "kb/highlight.h"
#include "kb/html.h"
#include "kb/render_html.h"

static struct buf out;

/* A base with the entries 12 and "CPU 100%". */
static bool
find_entry(void *arg, struct slice what, struct buf *href, struct buf *title)
{
	(void)arg;
	if (!slice_is(what, "12") && !slice_is(what, "CPU 100%"))
		return false;
	buf_puts(href, "/e/12-cpu-100");
	if (slice_is(what, "12"))
		buf_puts(title, "CPU 100%");
	return true;
}

static const struct html_words words = {
	"reads only", "changes things", "destroys", "done", "open",
	"link to here", "image:"
};

static const char *
render_slice(struct slice markdown)
{
	struct html_options o = { .words = &words, .entry = find_entry,
		.source = SLICE("ops/nginx.md"), .host = SLICE("kb.example"),
		.id = SLICE("e") };

	buf_reset(&out);
	render_html(markdown, &o, &out);
	return buf_cstr(&out);
}

static const char *
render(const char *markdown)
{
	return render_slice(slice_of(markdown));
}

static void
assert_has(const char *markdown, const char *html)
{
	const char *got = render(markdown);

	if (strstr(got, html) == NULL)
		fail_msg("%s\ngives\n%s\nwithout\n%s", markdown, got, html);
}

static void
test_what_lessons_use_is_there(void **state)
{
	(void)state;
	assert_string_equal(render("a *b* **c** ~~d~~ `e<`\n"),
	    "<p>a <em>b</em> <strong>c</strong> <del>d</del> "
	    "<code>e&lt;</code></p>\n");
	assert_has("- [x] a\n- [ ] b\n", "<li class=\"task\"><input type="
	    "\"checkbox\" disabled checked aria-label=\"done\"> a\n</li>");
	assert_has("|a|b|\n|-|:-:|\n|1|2|\n", "<th scope=\"col\">a</th>"
	    "<th scope=\"col\" class=\"center\">b</th>");
	assert_has("|a|b|\n|-|-:|\n|1|2|\n",
	    "<td>1</td><td class=\"right\">2</td>");
	assert_has("3. a\n4. b\n", "<ol start=\"3\">\n<li>a\n</li>");
	assert_has("> a\n", "<blockquote>\n<p>a</p>\n</blockquote>");
	assert_has("---\n", "<hr>");
	assert_has("a  \nb\n", "a<br>\nb");
}

static void
test_emphasis_works_beside_chinese(void **state)
{
	(void)state;
	assert_has("**粗体。**后面", "<p><strong>粗体。</strong>后面</p>");
	assert_has("前面**“粗体”**后面",
	    "<p>前面<strong>“粗体”</strong>后面</p>");
	assert_has("使用**`docker`**命令",
	    "使用<strong><code>docker</code></strong>命令");
	assert_has("**一，**二，**三**。",
	    "<strong>一，</strong>二，<strong>三</strong>。");
	assert_has("**粗体(注)**后面",
	    "<strong>粗体(注)</strong>后面");
	assert_has("**重点，*斜体*部分**",
	    "<strong>重点，<em>斜体</em>部分</strong>");
	assert_has("~~删除。~~后面", "<del>删除。</del>后面");
	assert_has("\\*不是。\\*后面", "<p>*不是。*后面</p>");
	assert_has("`**码。**后`", "<code>**码。**后</code>");
	assert_has("```\n**码。**后\n```", "**码。**后");
	assert_has("[**文。**本](/e/1)",
	    "<a href=\"/e/1\"><strong>文。</strong>本</a>");
	/* a text that has noncharacters of its own keeps its emphasis */
	assert_has("\xef\xb7\x90 **粗体。**后面",
	    "<strong>粗体。</strong>后面");
}

static void
test_chinese_lines_join_without_a_blank(void **state)
{
	(void)state;
	assert_has("数据\n库", "<p>数据库</p>");
	assert_has("data\nbase", "<p>data\nbase</p>");
	assert_has("数据\nbase", "<p>数据\nbase</p>");
}

static void
test_links_between_entries(void **state)
{
	(void)state;
	assert_has("see [[12]].", "see <a class=\"entry\" "
	    "href=\"/e/12-cpu-100\">CPU 100%</a>.");
	assert_has("[[CPU 100%]]", "<a class=\"entry\" href=\"/e/12-cpu-100\">"
	    "CPU 100%</a>");
	assert_has("[[no such]]", "<a class=\"missing\" "
	    "href=\"/search?q=no%20such\">no such</a>");
	assert_has("`[[12]]`", "<code>[[12]]</code>");
	assert_has("[[]] [[a", "<p>[[]] [[a</p>");
	assert_has("if [[ -f x ]]; then", "class=\"missing\"");
}

static void
test_links_to_files_lead_to_documents(void **state)
{
	(void)state;
	assert_has("[a](redis.md)", "<a href=\"/d/ops/redis\">a</a>");
	assert_has("[a](../db/%E4%B8%BB.md#top)",
	    "<a href=\"/d/db/%E4%B8%BB#top\">a</a>");
	assert_has("[a](./x/../y.MD)", "<a href=\"/d/ops/y\">a</a>");
	assert_has("[a](../../../z.md)", "<a href=\"/d/z\">a</a>");
	assert_has("[a](img/x.png)", "a <code class=\"dead\">img/x.png</code>");
	assert_has("[a](#b)", "<a href=\"#b\">a</a>");
	assert_has("[a](/e/1)", "<a href=\"/e/1\">a</a>");
	assert_has("[a](https://x.example/?a=1&b)", "<a href="
	    "\"https://x.example/?a=1&amp;b\" rel=\"noopener noreferrer "
	    "nofollow\">a</a>");
	assert_has("[a](//x.example/)", "rel=\"noopener");
}

static void
test_addresses_in_text_are_links(void **state)
{
	(void)state;
	assert_has("见 http://x.example/a_b，然后", "<a href="
	    "\"http://x.example/a_b\" rel=\"noopener noreferrer nofollow\">"
	    "http://x.example/a_b</a>，然后");
	assert_has("(https://x.example/a(b)).", ">https://x.example/a(b)</a>).");
	assert_has("https:// x", "<p>https:// x</p>");
	assert_has("`http://x.example`", "<code>http://x.example</code>");
	assert_has("[http://x.example](/e/1)",
	    "<a href=\"/e/1\">http://x.example</a>");
}

static void
test_images_of_other_hosts_are_links(void **state)
{
	(void)state;
	assert_has("![a](https://x.example/a.png)", "<a href="
	    "\"https://x.example/a.png\" rel=\"noopener noreferrer nofollow\">"
	    "image: a</a>");
	assert_has("![a](/static/a.png)",
	    "<img loading=\"lazy\" src=\"/static/a.png\" alt=\"a\">");
	assert_has("![a](https://kb.example/a.png)", "<img ");
	assert_has("![a](https://kb.example.evil/a.png)", "image: a");
	assert_has("[![a](https://x.example/a.png)](/e/1)",
	    "<a href=\"/e/1\">a</a>");
}

static void
test_headings_have_readable_ids(void **state)
{
	(void)state;
	assert_has("## 1. CPU 100% 占用\n", "<h2 id=\"e\">1. CPU 100% 占用 "
	    "<a class=\"anchor\" href=\"#e\" aria-label=\"link to here\">#"
	    "</a></h2>");
	assert_has("# a\n\n> ## 数据库 `x`\n",
	    "<h2 id=\"e--2-数据库-x\">数据库 <code>x</code>");
}

static void
test_a_heading_may_be_left_out(void **state)
{
	struct html_options o = { .words = &words, .skip_heading = true };

	(void)state;
	buf_reset(&out);
	render_html(SLICE("# a *b*\n\nc\n"), &o, &out);
	assert_string_equal(buf_cstr(&out), "<p>c</p>\n");
	buf_reset(&out);
	render_html_heading(SLICE("# a *b* [c](/d)\n\nc\n"), &out);
	assert_string_equal(buf_cstr(&out), "a <em>b</em> c");
	buf_reset(&out);
	render_html_heading(SLICE("text"), &out);
	assert_string_equal(buf_cstr(&out), "");
}

static void
test_labelled_parts_are_set_apart(void **state)
{
	(void)state;
	assert_string_equal(render("**问题**: a\n**解决**:\n- b\n- **预防**: c\n\n"
	    "---\n\nd\n"), "<div class=\"field symptom\">\n<p><strong>问题"
	    "</strong>: a</p>\n</div>\n<div class=\"field fix\">\n<p><strong>"
	    "解决</strong>:</p>\n<ul>\n<li>b\n</li>\n<li class=\"field "
	    "prevention\"><strong>预防</strong>: c\n</li>\n</ul>\n</div>\n"
	    "<hr>\n<p>d</p>\n");
	assert_has("> Fix: a\n", "<blockquote>\n<p>Fix: a</p>");
}

static void
test_code_says_what_it_does(void **state)
{
	(void)state;
	assert_has("```bash\ndocker ps -a # all\n```\n", "<figure class="
	    "\"code\"><figcaption><span class=\"lang\">bash</span> <span "
	    "class=\"risk read-only\">reads only</span></figcaption><pre "
	    "tabindex=\"0\"><code>docker ps <span class=\"o\">-a</span> <span "
	    "class=\"c\"># all</span>\n</code></pre></figure>");
	assert_has("```sh\nrm -rf /tmp/x\n```\n", "risk destructive");
	assert_has("```sql\nDROP TABLE x;\n```\n", "risk destructive");
	assert_has("```yaml\na: 1\n```\n", "<span class=\"lang\">yaml</span>"
	    "</figcaption>");
	assert_has("```console\n$ ls\nx\n```\n", "<span class=\"prompt\">$ "
	    "</span>ls\n<span class=\"output\">x</span>");
}

/* The text of HTML: what a reader copies. */
static const char *
text_of(struct buf *text, struct slice html)
{
	static const char *const from[] = { "&lt;", "&gt;", "&amp;", "&quot;",
		"&#39;" };
	size_t i, k, n;

	buf_reset(text);
	for (i = 0; i < html.len; i++) {
		if (html.ptr[i] == '<') {
			while (html.ptr[i] != '>')
				i++;
			continue;
		}
		for (k = 0; k < ARRAY_LEN(from); k++) {
			n = strlen(from[k]);
			if (slice_starts(slice_sub(html, i, html.len),
			    slice_of(from[k])))
				break;
		}
		buf_putc(text, k < ARRAY_LEN(from) ? "<>&\"'"[k] :
		    html.ptr[i]);
		i += k < ARRAY_LEN(from) ? n - 1 : 0;
	}
	return buf_cstr(text);
}

static void
test_colours_keep_every_byte(void **state)
{
	static const char *const langs[] = { "sh", "yaml", "dockerfile", "sql",
		"python", "json", "ini", "diff", "", "nosuch" };
	static const char *const codes[] = {
		"# c\na=\"$b\" 'c' --long -x ${y} $1 # c2\nif [ 1 ]; then\n",
		"a:\n  - b: \"c\" # d\n  e-f: true\n? x\n",
		"[s]\na = 'b'\n; c\n\"open\nnext\n",
		"{\"a\": \"b\\\"c\", \"d\": [1, true]}\n",
		"\"\"\"doc\nstring\"\"\"\n'''x\n", "/* open", "'", "$", "${",
		"数据库 -中 “x”\n", "--- a\n+++ b\n@@ -1 +1 @@\n-x\n+y\n z\n",
		"\\", "\"\\", "$(", "-", " -", "[", "[]", "::", "a:", "a =",
	};
	struct buf text = BUF_INIT;
	size_t i, k;

	(void)state;
	for (i = 0; i < ARRAY_LEN(langs); i++) {
		for (k = 0; k < ARRAY_LEN(codes); k++) {
			buf_reset(&out);
			highlight_put(&out, slice_of(langs[i]),
			    slice_of(codes[k]));
			assert_null(html_check(buf_slice(&out)));
			assert_string_equal(text_of(&text, buf_slice(&out)),
			    codes[k]);
		}
	}
	buf_free(&text);
}

static void
highlighted(const char *lang, const char *code, const char *html)
{
	buf_reset(&out);
	highlight_put(&out, slice_of(lang), slice_of(code));
	if (strstr(buf_cstr(&out), html) == NULL)
		fail_msg("%s: %s gives %s", lang, code, buf_cstr(&out));
}

static void
test_colours_mean_something(void **state)
{
	(void)state;
	highlighted("sh", "echo \"$a\" # b", "<span class=\"s\">&quot;$a&quot;"
	    "</span> <span class=\"c\"># b</span>");
	highlighted("sh", "a#b", "a#b");
	highlighted("yaml", "  - name: 3\n", "<span class=\"a\">name</span>: "
	    "<span class=\"n\">3</span>");
	highlighted("dockerfile", "FROM x\n", "<span class=\"k\">FROM</span>");
	highlighted("sql", "select 'a' -- b", "<span class=\"k\">select</span>"
	    " <span class=\"s\">&#39;a&#39;</span> <span class=\"c\">-- b");
	highlighted("python", "def f():\n  'x'", "<span class=\"k\">def");
	highlighted("json", "{\"a\": \"b\"}", "<span class=\"a\">&quot;a&quot;"
	    "</span>: <span class=\"s\">&quot;b&quot;</span>");
	highlighted("ini", "[s]\na = 1\n", "<span class=\"k\">[s]</span>\n"
	    "<span class=\"a\">a</span> = <span class=\"n\">1</span>");
	highlighted("diff", "+a\n-b\n", "<span class=\"ins\">+a</span>\n<span "
	    "class=\"del\">-b</span>\n");
}

static void
test_html_in_markdown_is_text(void **state)
{
	(void)state;
	assert_has("a <b>c</b>", "a <span class=\"raw\">&lt;b&gt;</span>c");
	assert_has("<div>\nx\n</div>\n", "<pre class=\"raw\" tabindex=\"0\">"
	    "&lt;div&gt;\nx\n&lt;/div&gt;\n</pre>");
	assert_has("|a|\n|-|\n|x<br>y|\n", "<td>x<br>y</td>");
}

static void
test_urls_have_no_scheme_but_ours(void **state)
{
	static const char *const bad[] = { "javascript:x", "JAVASCRIPT:x",
		" javascript:x", "java\tscript:x", "data:x", "vbscript:x",
		"file:///x", "\\\\x", "/\\x", "\x01http://x", "x:y" };
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(bad); i++) {
		buf_reset(&out);
		assert_false(html_url(&out, slice_of(bad[i])));
		assert_int_equal(out.len, 0);
	}
	assert_true(html_url(&out, SLICE("https://x/\"<>' 数")));
	assert_string_equal(buf_cstr(&out),
	    "https://x/%22%3C%3E%27%20%E6%95%B0");
}

static void
test_hidden_characters_are_shown(void **state)
{
	(void)state;
	assert_has("a\xe2\x80\xae""b\x01""c", "a\xef\xbf\xbd""b\xef\xbf\xbd""c");
	buf_reset(&out);
	html_attr(&out, SLICE("a\n\"b\"\r"));
	assert_string_equal(buf_cstr(&out), "a&#10;&quot;b&quot;");
}

/* ---- what somebody may try ---- */

/* A line of tests/hostile/markup.txt: escapes as in C. */
static void
put_unescaped(struct buf *b, struct slice s)
{
	char four[4], digits[5] = "";
	size_t i;

	for (i = 0; i < s.len; i++) {
		char c = s.ptr[i], n = i + 1 < s.len ? s.ptr[i + 1] : '\0';

		if (c != '\\') {
			buf_putc(b, c);
			continue;
		}
		i++;
		if (n == 'u' || n == 'x') {
			size_t len = n == 'u' ? 4 : 2;

			memcpy(digits, s.ptr + i + 1, len);
			digits[len] = '\0';
			if (n == 'u')
				buf_put(b, four, utf8_encode((int32_t)strtol(
				    digits, NULL, 16), four));
			else
				buf_putc(b, (char)strtol(digits, NULL, 16));
			i += len;
		} else {
			buf_putc(b, n == 'n' ? '\n' : n == 't' ? '\t' : n);
		}
	}
}

static void
check_hostile(struct slice text)
{
	struct buf clean = BUF_INIT;
	const char *wrong;

	utf8_put_clean(&clean, text);
	render_slice(buf_slice(&clean));
	wrong = html_check(buf_slice(&out));
	if (wrong != NULL)
		fail_msg("%s: %s\n%s", buf_cstr(&clean), wrong,
		    buf_cstr(&out));
	buf_reset(&out);
	render_html_heading(buf_slice(&clean), &out);
	assert_null(html_check(buf_slice(&out)));
	buf_free(&clean);
}

static void
test_nothing_hostile_becomes_markup(void **state)
{
	struct buf b = BUF_INIT;
	char path[4096], line[4096];
	unsigned n = 0;
	FILE *f;

	(void)state;
	snprintf(path, sizeof(path), "%s/tests/hostile/markup.txt",
	    getenv("KB_SRCDIR") != NULL ? getenv("KB_SRCDIR") : ".");
	f = fopen(path, "r");
	assert_non_null(f);
	while (fgets(line, sizeof(line), f) != NULL) {
		struct slice s = slice_of(line);

		s = slice_sub(s, 0, s.len - (slice_ends(s, SLICE("\n"))));
		if (slice_starts(s, SLICE("# ")) && n == 0)
			continue;
		buf_reset(&b);
		put_unescaped(&b, s);
		check_hostile(buf_slice(&b));
		n++;
	}
	fclose(f);
	buf_free(&b);
	assert_true(n >= 150);
}

/* Deep and long texts take no more than linear time and bounded stack. */
static void
test_odd_shapes_are_bounded(void **state)
{
	static const char *const units[] = { "> ", "- ", "*a ", "[", "**",
		"`", "![", "[[", "http://", "a*。", "<b>", "|", "# a\n", "~~",
		"1. ", "```sh\n${", "```ini\n[", "```yaml\n- ", "```sql\n'" };
	struct buf b = BUF_INIT;
	size_t i, k;

	(void)state;
	for (i = 0; i < ARRAY_LEN(units); i++) {
		buf_reset(&b);
		for (k = 0; k < 20000; k++)
			buf_puts(&b, k != 0 && units[i][0] == '`' &&
			    units[i][1] == '`' ? strchr(units[i], '\n') + 1 :
			    units[i]);
		render_slice(buf_slice(&b));
		assert_null(html_check(buf_slice(&out)));
	}
	buf_free(&b);
}

static int
teardown(void **state)
{
	(void)state;
	buf_free(&out);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_lessons_use_is_there),
		cmocka_unit_test(test_emphasis_works_beside_chinese),
		cmocka_unit_test(test_chinese_lines_join_without_a_blank),
		cmocka_unit_test(test_links_between_entries),
		cmocka_unit_test(test_links_to_files_lead_to_documents),
		cmocka_unit_test(test_addresses_in_text_are_links),
		cmocka_unit_test(test_images_of_other_hosts_are_links),
		cmocka_unit_test(test_headings_have_readable_ids),
		cmocka_unit_test(test_a_heading_may_be_left_out),
		cmocka_unit_test(test_labelled_parts_are_set_apart),
		cmocka_unit_test(test_code_says_what_it_does),
		cmocka_unit_test(test_colours_keep_every_byte),
		cmocka_unit_test(test_colours_mean_something),
		cmocka_unit_test(test_html_in_markdown_is_text),
		cmocka_unit_test(test_urls_have_no_scheme_but_ours),
		cmocka_unit_test(test_hidden_characters_are_shown),
		cmocka_unit_test(test_nothing_hostile_becomes_markup),
		cmocka_unit_test(test_odd_shapes_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
