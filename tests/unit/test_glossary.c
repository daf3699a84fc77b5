/*
 * test_glossary.c - facts about kb/glossary: which lines it takes, and what
 * it finds in a text.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "common/arena.h"
#include "kb/glossary.h"

#define UNITS 64

struct text {
	const struct glossary *g;
	uint32_t ids[UNITS];
	bool noise[UNITS];
	size_t n;
};

static struct glossary *
read_good(const char *text)
{
	struct err e = ERR_INIT;
	struct glossary *g = glossary_read("g.tsv", slice_of(text), &e);

	if (g == NULL)
		print_message("# %s\n", e.msg);
	assert_non_null(g);
	return g;
}

static void
assert_refused(const char *text, const char *want)
{
	struct err e = ERR_INIT;

	assert_null(glossary_read("g.tsv", slice_of(text), &e));
	assert_string_equal(e.msg, want);
}

static bool
take(void *arg, const struct glossary_unit *u)
{
	struct text *t = arg;

	if (u->joined)
		return true;
	t->noise[t->n] = slice_is(u->key, "is") || slice_is(u->key, "被");
	t->ids[t->n++] = glossary_unit_id(t->g, u->key);
	return t->n < UNITS;
}

/* Units that the longest form takes at unit `at`, and the form's text. */
static size_t
match(const struct glossary *g, const char *text, size_t at,
    struct slice *form)
{
	const struct glossary_form *found[GLOSSARY_MATCHES_MAX];
	struct text t = { .g = g };
	size_t n, taken;

	glossary_cut(slice_of(text), take, &t);
	assert_true(at < t.n);
	taken = glossary_match(g, t.ids, t.noise, t.n, at, t.n - at, found,
	    &n);
	*form = n > 0 ? found[0]->text : slice_make(NULL, 0);
	return taken;
}

static void
assert_match(const struct glossary *g, const char *text, size_t at,
    const char *want)
{
	struct slice form;

	(void)match(g, text, at, &form);
	assert_int_equal(form.len, strlen(want));
	assert_memory_equal(form.ptr != NULL ? form.ptr : "", want, form.len);
}

static void
test_bad_lines_are_named(void **state)
{
	(void)state;
	assert_refused("term\ta | b\nnonsense\ta | b\n", "g.tsv:2: the kind is"
	    " none of term, like, code and word: \"nonsense\"");
	assert_refused("term\tmemory\n",
	    "g.tsv:1: a form needs another one beside it: \"memory\"");
	assert_refused("term\tmemory | ***\n",
	    "g.tsv:1: a form without a word: \"***\"");
	assert_refused("term\tmemory | \n",
	    "g.tsv:1: a form without a word: \"\"");
	assert_refused("# x\n\nterm\tMemory | ram | ｍｅｍｏｒｙ\n",
	    "g.tsv:3: the line has a form twice: \"ｍｅｍｏｒｙ\"");
	assert_refused("term\ta | b\tc\td\te\n",
	    "g.tsv:1: more than four fields: \"e\"");
	assert_refused("term\ta | b\xff\n", "g.tsv:1: not UTF-8 text");
	assert_refused("term\tx | a\nterm\tx | b\nterm\tx | c\nterm\tx | d\n",
	    "g.tsv:4: too many lines have the form: \"x\"");
}

static void
test_the_shipped_one_is_sound(void **state)
{
	(void)state;
	assert_true(glossary_concepts(glossary_shipped()) > 800);
}

static void
test_an_empty_file_is_a_glossary(void **state)
{
	struct glossary *g = read_good("# nothing yet\n");
	struct slice form;

	(void)state;
	assert_int_equal(glossary_concepts(g), 0);
	assert_int_equal(match(g, "memory", 0, &form), 0);
	glossary_destroy(g);
}

static void
test_the_longest_form_wins(void **state)
{
	struct glossary *g = read_good("term\t内存 | memory\n"
	    "like\t内存不足 | out of memory | OOMKilled\n");
	struct slice form;

	(void)state;
	assert_match(g, "内存不足", 0, "内存不足");
	assert_int_equal(match(g, "内存不足", 0, &form), 4);
	assert_match(g, "記憶體 內存", 3, "内存");
	assert_match(g, "memories", 0, "");
	assert_match(g, "Memory", 0, "memory");
	assert_match(g, "Out Of Memory!", 0, "out of memory");
	assert_match(g, "oom killed", 0, "OOMKilled");
	assert_match(g, "oomkilled", 0, "OOMKilled");
	glossary_destroy(g);
}

static void
test_endings_and_noise_do_not_matter(void **state)
{
	struct glossary *g = read_good("like\tdisk full | 磁盘占满\n"
	    "term\trestart | 重启\n");

	(void)state;
	assert_match(g, "restarting", 0, "restart");
	assert_match(g, "disks full", 0, "disk full");
	assert_match(g, "disk is full", 0, "disk full");
	assert_match(g, "disk not full", 0, "");
	assert_match(g, "磁盘被占满", 0, "磁盘占满");
	glossary_destroy(g);
}

static void
test_inflections_share_a_line(void **state)
{
	struct glossary *g = read_good("like\tcrash | crashed | crashing\n");

	(void)state;
	assert_match(g, "crashes", 0, "crash");
	glossary_destroy(g);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bad_lines_are_named),
		cmocka_unit_test(test_the_shipped_one_is_sound),
		cmocka_unit_test(test_an_empty_file_is_a_glossary),
		cmocka_unit_test(test_the_longest_form_wins),
		cmocka_unit_test(test_endings_and_noise_do_not_matter),
		cmocka_unit_test(test_inflections_share_a_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
