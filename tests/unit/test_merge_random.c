/*
 * test_merge_random.c - random edits on both sides of a document, and what
 * must hold for every one of them.
 *
 * Each case plays rounds on one document. The file A is edited, the base is
 * edited too (by another file that always wins), then A is imported again.
 * Every section holds a tag ("T000012") for life and lines that no other
 * section ever had ("L000345"), so that what belongs together is known
 * without asking the program. Wild cases add what makes that unclear (equal
 * headings, other levels, empty sections, unclosed fences) and give up the
 * claims about tags. The generator is fixed: each run sees the same.
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
#include "common/str.h"
#include "kb/merge.h"
#include "tests/unit/dice.h"
#include "tests/unit/store_fixture.h"

#define CASES 16		/* even ones are tame, odd ones wild */
#define ROUNDS 20
#define MARKS_MAX 8192		/* tags and lines of one case */
#define SECTIONS_MAX 128
#define REVISIONS_MAX 200

struct game {
	struct fixture *f;
	bool wild;
	unsigned marks;			/* tags and lines handed out */
	bool moved[2], removed[2];	/* since the base: file, document */
	struct buf file;		/* A as it is now */
	struct buf base;		/* A as it was imported last */
	struct buf head;		/* the document before the import */
	struct buf past[REVISIONS_MAX];	/* the document at each revision */
	int64_t newest;			/* revision */
	int64_t number[MARKS_MAX];	/* entry of each tag; 0: none yet */
	int64_t max_number;
};

/* ---- texts as sections ---- */

struct pieces {
	struct arena a;
	struct slice s[SECTIONS_MAX];
	size_t n;
};

static void
cut(struct slice text, struct pieces *p)
{
	struct document d;
	struct err e = ERR_INIT;
	size_t i;

	*p = (struct pieces){ .a = ARENA_INIT };
	if (!document_parse(arena_dup(&p->a, text), &p->a, &d, &e))
		fail_msg("%s", e.msg);
	assert_true(d.n < SECTIONS_MAX / 2);
	for (i = 0; i < d.n; i++)
		p->s[p->n++] = document_section(&d, i);
}

static void
glue(struct pieces *p, struct buf *out)
{
	size_t i;

	buf_reset(out);
	for (i = 0; i < p->n; i++)
		buf_put_slice(out, p->s[i]);
	arena_free(&p->a);
}

/* The number behind the first `letter` and six digits, or -1. */
static int
find_mark(struct slice s, char letter, size_t *at)
{
	size_t i, k;
	int n;

	for (i = *at; i + 7 <= s.len; i++) {
		if (s.ptr[i] != letter)
			continue;
		for (k = 1, n = 0; k < 7 && ascii_is_digit(s.ptr[i + k]); k++)
			n = n * 10 + (s.ptr[i + k] - '0');
		if (k == 7) {
			*at = i;
			return n;
		}
	}
	return -1;
}

/* How often each mark stands in a text. */
static void
count_marks(struct slice text, char letter, unsigned char *count)
{
	size_t at = 0;
	int n;

	memset(count, 0, MARKS_MAX);
	for (; (n = find_mark(text, letter, &at)) >= 0; at += 7) {
		assert_true(n < MARKS_MAX);
		count[n]++;
	}
}

static unsigned
new_mark(struct game *g)
{
	assert_true(g->marks < MARKS_MAX);
	return g->marks++;
}

/* ---- edits ---- */

static struct slice
new_heading(struct game *g, struct arena *a)
{
	static const char *const common[] = { "Common", "原因", "Fix" };
	static const char *const marks[] = { "#", "##", "##", "##", "###" };
	const char *mark = marks[dice(ARRAY_LEN(marks))];

	if (!g->wild || dice(2) == 0)
		return arena_printf(a, "%s Title %u\n", g->wild ? mark : "##",
		    new_mark(g));
	if (dice(6) == 0)
		return arena_printf(a, "Title %u\n---\n", new_mark(g));
	return arena_printf(a, "%s %s\n", mark,
	    common[dice(ARRAY_LEN(common))]);
}

static struct slice
new_section(struct game *g, struct arena *a)
{
	struct slice s = new_heading(g, a);
	unsigned n = g->wild ? dice(4) : 4 + dice(3);

	if (n != 0 || !g->wild)
		s = arena_printf(a, "%.*s\nT%06u\n", SLICE_ARG(s),
		    new_mark(g));
	while (n-- > 0)
		s = arena_printf(a, "%.*sL%06u words\n", SLICE_ARG(s),
		    new_mark(g));
	if (g->wild && dice(40) == 0)
		return arena_printf(a, "%.*s\n```\n", SLICE_ARG(s));
	return arena_printf(a, "%.*s\n", SLICE_ARG(s));
}

static void
remove_at(struct pieces *p, size_t i)
{
	p->n--;
	memmove(p->s + i, p->s + i + 1, (p->n - i) * sizeof(*p->s));
}

static void
insert_at(struct pieces *p, size_t i, struct slice s)
{
	assert_true(p->n < SECTIONS_MAX);
	memmove(p->s + i + 1, p->s + i, (p->n - i) * sizeof(*p->s));
	p->s[i] = s;
	p->n++;
}

/* One line of the section gets another text. */
static void
change_line(struct game *g, struct pieces *p, size_t i)
{
	struct slice s = p->s[i];
	size_t at = 0;

	if (dice(2) == 0 && find_mark(s, 'L', &at) >= 0)
		at += 7;
	if (find_mark(s, 'L', &at) < 0)
		return;
	p->s[i] = arena_printf(&p->a, "%.*sL%06u%.*s", (int)at, s.ptr,
	    new_mark(g), SLICE_ARG(slice_sub(s, at + 7, s.len)));
}

static void
rename_heading(struct game *g, struct pieces *p, size_t i)
{
	struct slice rest = p->s[i], line, heading;

	if (!str_line(&rest, &line, NULL))
		return;
	heading = new_heading(g, &p->a);
	p->s[i] = arena_printf(&p->a, "%.*s%.*s", SLICE_ARG(heading),
	    SLICE_ARG(rest));
}

static void
move_section(struct pieces *p, size_t i)
{
	struct slice s = p->s[i];

	remove_at(p, i);
	insert_at(p, 1 + dice((unsigned)p->n), s);
}

static void
edit_once(struct game *g, struct pieces *p, int side)
{
	size_t i = 1 + dice((unsigned)p->n - 1);

	switch (dice(8)) {
	case 0:
		rename_heading(g, p, i);
		break;
	case 1:
		move_section(p, i);
		g->moved[side] = true;
		break;
	case 2:
		if (p->n < 4)
			break;
		remove_at(p, i);
		g->removed[side] = true;
		break;
	case 3:
	case 4:
		if (p->n < 20)
			insert_at(p, i, new_section(g, &p->a));
		break;
	case 5:
		p->s[i] = arena_printf(&p->a, "%.*s\n", SLICE_ARG(p->s[i]));
		break;
	default:
		change_line(g, p, i);
		break;
	}
}

static void
edit(struct game *g, struct buf *text, int side, unsigned times)
{
	struct pieces p;

	cut(buf_slice(text), &p);
	while (times-- > 0 && p.n > 1)
		edit_once(g, &p, side);
	if (g->wild && p.n != 0 && dice(8) == 0)	/* no last line end */
		p.s[p.n - 1] = str_trim(p.s[p.n - 1]);
	glue(&p, text);
}

/* ---- what must hold ---- */

/* The text of each tag's section. */
static void
list_tags(struct pieces *p, struct slice *tags)
{
	size_t i, at;
	int n;

	memset(tags, 0, MARKS_MAX * sizeof(*tags));
	for (i = 0; i < p->n; i++) {
		at = 0;
		n = find_mark(p->s[i], 'T', &at);
		if (n >= 0)
			tags[n] = p->s[i];
	}
}

static bool
differ(struct slice a, struct slice b)
{
	return !slice_eq(str_trim(a), str_trim(b));
}

/* Do changes of both sides meet? check_lines() sees that none is lost. */
static bool
overlap(struct slice b, struct slice h, struct slice f)
{
	struct arena a = ARENA_INIT;
	struct merge_text m;

	merge_texts(b, h, f, &a, &m);
	arena_free(&a);
	return m.nconflicts != 0;
}

/* Did both sides do things to one section that do not go together? */
static bool
is_conflict(struct slice b, struct slice h, struct slice f)
{
	if (b.ptr == NULL)
		return false;	/* tags of new sections are on one side only */
	if (h.ptr == NULL || f.ptr == NULL)
		return (h.ptr != NULL && differ(h, b)) ||
		    (f.ptr != NULL && differ(f, b));
	return differ(h, b) && differ(f, b) && differ(h, f) &&
	    overlap(b, h, f);
}

static bool
expects_conflict(struct game *g)
{
	static struct slice b[MARKS_MAX], h[MARKS_MAX], f[MARKS_MAX];
	struct pieces pb, ph, pf;
	bool found = false;
	size_t i;

	cut(buf_slice(&g->base), &pb);
	cut(buf_slice(&g->head), &ph);
	cut(buf_slice(&g->file), &pf);
	list_tags(&pb, b);
	list_tags(&ph, h);
	list_tags(&pf, f);
	for (i = 0; i < MARKS_MAX; i++)
		found = found || is_conflict(b[i], h[i], f[i]);
	arena_free(&pb.a);
	arena_free(&ph.a);
	arena_free(&pf.a);
	return found;
}

static void
read_head(struct game *g, struct buf *out)
{
	struct err e = ERR_INIT;
	int64_t revision;

	buf_reset(out);
	if (!store_export(g->f->s, SLICE("d"), SLICE(""), out, &revision, &e))
		fail_msg("%s", e.msg);
}

/*
 * Every line is there, or not, as the side that touched it says. A wild text
 * may have brought it into another section: then only nothing may be lost.
 */
static bool
is_line_right(const struct game *g, unsigned base, unsigned head,
    unsigned file, unsigned result)
{
	if (!g->wild)
		return result == (head == file || file == base ? head : file);
	return result != 0 || (head != 0) + (file != 0) <= (base != 0);
}

static void
check_lines(struct game *g, struct slice result)
{
	static unsigned char b[MARKS_MAX], h[MARKS_MAX], f[MARKS_MAX],
	    r[MARKS_MAX];
	size_t i;

	count_marks(buf_slice(&g->base), 'L', b);
	count_marks(buf_slice(&g->head), 'L', h);
	count_marks(buf_slice(&g->file), 'L', f);
	count_marks(result, 'L', r);
	for (i = 0; i < MARKS_MAX; i++)
		if (!is_line_right(g, b[i], h[i], f[i], r[i]))
			fail_msg("L%06zu: base %u, head %u, file %u, result "
			    "%u in\n[%s]\n[%s]\n[%s]\n[%.*s]", i, b[i], h[i],
			    f[i], r[i], buf_cstr(&g->base),
			    buf_cstr(&g->head), buf_cstr(&g->file),
			    SLICE_ARG(result));
}

/* The entries are the sections of the text, and tags keep their numbers. */
static void
check_entries(struct game *g)
{
	struct buf text = BUF_INIT, rows = BUF_INIT;
	struct pieces p;
	struct slice rest, line;
	size_t i, at;

	read_head(g, &text);
	cut(buf_slice(&text), &p);
	fixture_dump(g->f, "SELECT id || ' ' || hex(markdown) FROM entries "
	    "WHERE document = 'd' AND NOT archived ORDER BY position", &rows);
	rest = buf_slice(&rows);
	for (i = 0; i < p.n; i++) {
		int64_t id;
		int tag;

		assert_true(str_line(&rest, &line, NULL));
		id = strtoll(line.ptr, NULL, 10);
		at = (size_t)((const char *)memchr(line.ptr, ' ', line.len) -
		    line.ptr) + 1;
		assert_int_equal(line.len - at, 2 * p.s[i].len);
		at = 0;
		tag = find_mark(p.s[i], 'T', &at);
		if (tag < 0 || g->wild)
			continue;
		if (g->number[tag] == 0) {
			assert_true(id > g->max_number);
			g->number[tag] = id;
		}
		if (g->number[tag] != id)
			fail_msg("T%06d was %lld and is %lld", tag,
			    (long long)g->number[tag], (long long)id);
	}
	assert_int_equal(rest.len, 0);
	g->max_number = strtoll(fixture_query(g->f, "SELECT max(id) FROM entry"),
	    NULL, 10);
	arena_free(&p.a);
	buf_free(&text);
	buf_free(&rows);
}

/* Keep what the document says now under its revision. */
static void
remember(struct game *g)
{
	int64_t r = strtoll(fixture_query(g->f, "SELECT max(id) FROM revision"),
	    NULL, 10);

	assert_true(r == g->newest || r == g->newest + 1);
	assert_true(r < REVISIONS_MAX);
	g->newest = r;
	buf_reset(&g->past[r]);
	read_head(g, &g->past[r]);
}

static void
check_past(struct game *g)
{
	char as_of[24];
	int64_t r;

	for (r = 1; r <= g->newest; r++) {
		snprintf(as_of, sizeof(as_of), "%lld", (long long)r);
		fixture_expect(g->f, "d", as_of, buf_slice(&g->past[r]));
	}
}

/* Everything that is true or derived, as text. */
static void
dump_all(struct game *g, struct buf *out)
{
	static const char *const tables[] = { "revision", "document", "entry",
		"entry_version", "revision_entry", "outline", "outline_entry",
		"import", "import_item", "import_left", "meta", "entry_head",
		"document_head", "entry_field", "entry_command", "entry_text",
		"sqlite_sequence" };
	char sql[80];
	size_t i;

	buf_reset(out);
	for (i = 0; i < ARRAY_LEN(tables); i++) {
		snprintf(sql, sizeof(sql), "SELECT * FROM %s ORDER BY 1, 2",
		    tables[i]);
		fixture_dump(g->f, sql, out);
	}
}

/* ---- play ---- */

/* Import the file, in a transaction of its own even when it is refused. */
static bool
import_file(struct game *g, int64_t base, struct import_result *r,
    struct err *e)
{
	struct err end = ERR_INIT;
	bool ok;

	assert_true(store_begin(g->f->s, &end));
	ok = fixture_put(g->f, "d", buf_slice(&g->file), base, r, e);
	if (!store_commit(g->f->s, &end))
		fail_msg("%s", end.msg);
	return ok;
}

/* Somebody else changes the document. */
static void
edit_base(struct game *g)
{
	struct buf text = BUF_INIT;

	read_head(g, &text);
	edit(g, &text, 1, dice(4));
	fixture_import_base(g->f, "d", "other.md", buf_slice(&text),
	    BASE_HEAD);
	fixture_expect(g->f, "d", "", buf_slice(&text));
	check_entries(g);
	remember(g);
	buf_reset(&g->head);
	buf_put_slice(&g->head, buf_slice(&text));
	buf_free(&text);
}

/* A refused import leaves everything as it was; then the file wins. */
static void
settle(struct game *g, const struct buf *before, const struct err *e)
{
	struct buf after = BUF_INIT;
	struct import_result r;
	struct err again = ERR_INIT;

	dump_all(g, &after);
	assert_true(slice_eq(buf_slice(before), buf_slice(&after)));
	buf_free(&after);
	assert_true(e->code == ERR_CONFLICT ||
	    (g->wild && e->code == ERR_REFUSED));
	if (!import_file(g, BASE_HEAD, &r, &again))
		fail_msg("%s", again.msg);
	fixture_expect(g->f, "d", "", buf_slice(&g->file));
	g->moved[1] = g->removed[1] = false;
}

/* A second import of the same file is nothing new. */
static void
check_repeat(struct game *g)
{
	struct import_result r;
	struct err e = ERR_INIT;

	if (!import_file(g, BASE_LAST_IMPORT, &r, &e))
		fail_msg("%s", e.msg);
	assert_int_equal(r.revision, 0);
}

/* The file has the document's text, and that revision is its base. */
static void
take_export(struct game *g)
{
	buf_reset(&g->file);
	read_head(g, &g->file);
	buf_reset(&g->base);
	buf_put_slice(&g->base, buf_slice(&g->file));
	g->moved[1] = g->removed[1] = false;
}

static void
play_round(struct game *g)
{
	struct buf before = BUF_INIT, now = BUF_INIT;
	int64_t base = BASE_LAST_IMPORT;
	struct import_result r;
	struct err e = ERR_INIT;
	bool expected, ok;

	if (dice(3) == 0) {
		take_export(g);
		base = g->newest;
	}
	g->moved[0] = g->removed[0] = false;
	edit(g, &g->file, 0, dice(4));
	edit_base(g);
	expected = expects_conflict(g);
	dump_all(g, &before);
	ok = import_file(g, base, &r, &e);
	if (!g->wild && expected && ok)
		fail_msg("no conflict in\n[%s]\n[%s]\n[%s]",
		    buf_cstr(&g->base), buf_cstr(&g->head),
		    buf_cstr(&g->file));
	if (!g->wild && !expected && !ok && !(g->moved[0] && g->moved[1]) &&
	    !g->removed[0] && !g->removed[1])
		fail_msg("conflict %s / %s in\n[%s]\n[%s]\n[%s]", e.msg,
		    e.detail, buf_cstr(&g->base), buf_cstr(&g->head),
		    buf_cstr(&g->file));
	if (ok) {
		read_head(g, &now);
		check_lines(g, buf_slice(&now));
	} else {
		settle(g, &before, &e);
	}
	check_entries(g);
	remember(g);
	check_repeat(g);
	buf_reset(&g->base);
	buf_put_slice(&g->base, buf_slice(&g->file));
	buf_free(&before);
	buf_free(&now);
}

static void
start(struct game *g)
{
	struct arena a = ARENA_INIT;
	struct import_result r;
	struct err e = ERR_INIT;
	unsigned n = 3 + dice(8);

	buf_printf(&g->file, "# Guide\n\nT%06u\nL%06u\n\n", new_mark(g),
	    new_mark(g));
	while (n-- > 0)
		buf_put_slice(&g->file, new_section(g, &a));
	arena_free(&a);
	if (!import_file(g, BASE_LAST_IMPORT, &r, &e))
		fail_msg("%s", e.msg);
	buf_put_slice(&g->base, buf_slice(&g->file));
	check_entries(g);
	remember(g);
}

static void
play(unsigned seed)
{
	void *state = NULL;
	struct game *g = mem_zalloc(sizeof(*g));
	struct err e = ERR_INIT;
	unsigned i;

	dice_state = 88172645463325252u + seed * 2654435761u;
	g->wild = seed % 2 == 1;
	fixture_setup(&state);
	g->f = state;
	start(g);
	for (i = 0; i < ROUNDS; i++)
		play_round(g);
	check_past(g);
	if (!store_check(g->f->s, &e))
		fail_msg("%s", e.msg);
	fixture_teardown(&state);
	buf_free(&g->file);
	buf_free(&g->base);
	buf_free(&g->head);
	for (i = 0; i < REVISIONS_MAX; i++)
		buf_free(&g->past[i]);
	free(g);
}

static void
test_random_edits_merge_without_loss(void **state)
{
	const char *from = getenv("KB_SEED"), *count = getenv("KB_CASES");
	unsigned first = from != NULL ? (unsigned)atoi(from) : 0;
	unsigned n = count != NULL ? (unsigned)atoi(count) : CASES, i;

	(void)state;
	for (i = first; i < first + n; i++) {
		if (count != NULL)
			print_message("case %u\n", i);
		play(i);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random_edits_merge_without_loss),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
