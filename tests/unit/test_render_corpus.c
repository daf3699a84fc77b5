/*
 * test_render_corpus.c - no word of a real document is lost on its page.
 *
 * Every Markdown file of the corpus is rendered. The HTML is what we may
 * write and no more, and each word of the Markdown is in its text or in an
 * attribute. Left out is what Markdown itself does not show: numbers of list
 * items, names of entities, definitions and labels of links, fences.
 * Without the corpus nothing is tested.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <ftw.h>
#include <stdlib.h>
#include <cmocka.h>

#include "common/buf.h"
#include "common/str.h"
#include "html_check.h"
#include "kb/document.h"
#include "kb/html.h"
#include "kb/render_html.h"
#include "tests/unit/kb_fixture.h"

#define NEAR 4096		/* bytes that a word is looked for in first */

static const struct html_words words = {
	"reads only", "changes things", "destroys", "done", "open",
	"link to here", "image:"
};

static struct buf html, text, attributes;
static size_t nfiles, nwords, nlost;

static bool
find_entry(void *arg, struct slice what, struct buf *href, struct buf *title)
{
	(void)arg, (void)what, (void)href, (void)title;
	return false;
}

/* ---- what the page shows ---- */

static void
put_plain(struct buf *b, struct slice s)
{
	static const struct { const char *name; char c; } entities[] = {
		{ "&lt;", '<' }, { "&gt;", '>' }, { "&amp;", '&' },
		{ "&quot;", '"' }, { "&#39;", '\'' },
	};
	size_t i = 0, k;

	while (i < s.len) {
		struct slice rest = slice_sub(s, i, s.len);

		for (k = 0; k < ARRAY_LEN(entities); k++)
			if (slice_starts(rest, slice_of(entities[k].name)))
				break;
		buf_putc(b, k < ARRAY_LEN(entities) ? entities[k].c :
		    s.ptr[i]);
		i += k < ARRAY_LEN(entities) ? strlen(entities[k].name) : 1;
	}
}

static int
hex(char c)
{
	return ascii_is_digit(c) ? c - '0' : (ascii_lower(c) - 'a') + 10;
}

/* What a URL encodes; it may have been written so or not. */
static void
put_decoded(struct buf *b, struct slice s)
{
	size_t i;

	for (i = 0; i < s.len; i++) {
		if (s.ptr[i] == '%' && i + 2 < s.len &&
		    ascii_is_alnum(s.ptr[i + 1])) {
			buf_putc(b, (char)(hex(s.ptr[i + 1]) * 16 +
			    hex(s.ptr[i + 2])));
			i += 2;
		} else {
			buf_putc(b, s.ptr[i]);
		}
	}
}

static void
split_html(struct slice s)
{
	struct buf plain = BUF_INIT;
	size_t i = 0, end;

	buf_reset(&text);
	buf_reset(&attributes);
	while (i < s.len) {
		for (end = i; end < s.len && s.ptr[end] != '<'; end++)
			;
		put_plain(&text, slice_sub(s, i, end));
		for (i = end; end < s.len && s.ptr[end] != '>'; end++)
			;
		buf_reset(&plain);
		put_plain(&plain, slice_sub(s, i, end));
		buf_put_slice(&attributes, buf_slice(&plain));
		put_decoded(&attributes, buf_slice(&plain));
		i = end + 1;
	}
	buf_free(&plain);
}

/* ---- the words of the Markdown ---- */

static bool
find_from(struct slice in, struct slice word, size_t *at)
{
	struct slice near = slice_sub(in, *at, *at + NEAR);
	const char *p = memmem(near.ptr, near.len, word.ptr, word.len);

	if (p == NULL)
		return false;
	*at = (size_t)(p - in.ptr) + word.len;
	return true;
}

static bool
is_shown(struct slice word, size_t *at, size_t *attribute_at)
{
	struct slice t = buf_slice(&text), a = buf_slice(&attributes);

	return find_from(t, word, at) || find_from(a, word, attribute_at) ||
	    memmem(t.ptr, t.len, word.ptr, word.len) != NULL ||
	    memmem(a.ptr, a.len, word.ptr, word.len) != NULL;
}

/* [text][label]: is that inside the label? */
static bool
is_label(struct slice line, size_t at)
{
	while (at > 0 && line.ptr[at] != '[' && line.ptr[at] != ']')
		at--;
	return at > 0 && line.ptr[at] == '[' && line.ptr[at - 1] == ']';
}

/*
 * A number of a list item, a name of an entity, the suffix of a link, the
 * label of one.
 */
static bool
is_markup(struct slice line, size_t from, size_t to)
{
	size_t i;

	if (from > 0 && (line.ptr[from - 1] == '&' || (from > 1 &&
	    line.ptr[from - 2] == '&' && line.ptr[from - 1] == '#')))
		return true;
	if (slice_is(slice_sub(line, from, to), "md") || is_label(line, from))
		return true;
	if (to == line.len || (line.ptr[to] != '.' && line.ptr[to] != ')'))
		return false;
	for (i = 0; i < to; i++)
		if (ascii_is_digit(line.ptr[i]) != (i >= from) ||
		    ascii_is_alpha(line.ptr[i]))
			return false;
	return true;
}

static void
look_at_line(const char *path, struct slice line, size_t *at,
    size_t *attribute_at)
{
	size_t from = 0, to, next = 0;

	for (; from < line.len; from = next) {
		for (to = from; to < line.len && char_is_word(utf8_decode(line,
		    to, &next)); to = next)
			;
		if (to == from || is_markup(line, from, to))
			continue;
		nwords++;
		if (is_shown(slice_sub(line, from, to), at, attribute_at))
			continue;
		nlost++;
		print_message("# %s: \"%.*s\" of: %.*s\n", path,
		    SLICE_ARG(slice_sub(line, from, to)), SLICE_ARG(line));
	}
}

static bool
is_shown_line(struct slice line)
{
	struct slice s = str_trim(line);

	return !slice_starts(s, SLICE("```")) &&
	    !slice_starts(s, SLICE("~~~")) &&
	    !(slice_starts(s, SLICE("[")) && memmem(s.ptr, s.len, "]:",
	    2) != NULL);
}

static int
look_at_file(const char *path, const struct stat *st, int type,
    struct FTW *where)
{
	struct html_options o = { .words = &words, .entry = find_entry,
		.source = SLICE("a.md"), .id = SLICE("e") };
	struct slice file, rest, line;
	size_t at = 0, attribute_at = 0;
	const char *wrong;

	(void)st, (void)where;
	if (type != FTW_F || !slice_ends(slice_of(path), SLICE(".md")))
		return 0;
	assert_true(fixture_read(path, &file));
	rest = slice_sub(file, document_prologue(file), file.len);
	if (utf8_check(rest) == rest.len) {
		buf_reset(&html);
		render_html(rest, &o, &html);
		wrong = html_check(buf_slice(&html));
		if (wrong != NULL)
			fail_msg("%s: %s", path, wrong);
		split_html(buf_slice(&html));
		while (str_line(&rest, &line, NULL))
			if (is_shown_line(line))
				look_at_line(path, line, &at, &attribute_at);
		nfiles++;
	}
	fixture_free_file(file);
	return 0;
}

static void
test_no_word_is_lost(void **state)
{
	const char *dir = fixture_corpus_dir();

	(void)state;
	if (dir == NULL)
		skip();
	assert_int_equal(nftw(dir, look_at_file, 16, FTW_PHYS), 0);
	print_message("# %zu files, %zu words, %zu lost\n", nfiles, nwords,
	    nlost);
	assert_true(nfiles > 0);
	assert_int_equal(nlost, 0);
	buf_free(&html);
	buf_free(&text);
	buf_free(&attributes);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_word_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
