/*
 * diff_view.c - what changed between two texts; see diff_view.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbctl/diff_view.h"
#include "common/arena.h"
#include "common/json.h"
#include "common/print.h"
#include "common/str.h"
#include "kb/diff.h"
#include "kbctl/runs.h"

#include <stdio.h>

#define CONTEXT 3

/* Pieces of a hunk, in the order in which they are read. */
struct part {
	enum { PART_SAME, PART_REMOVED, PART_ADDED } op;
	struct slice text;
};

struct parts {
	struct part *list;	/* in the arena */
	size_t n, cap;
	size_t same;		/* bytes that stayed, without blanks */
};

static void
add_part(struct parts *p, struct arena *a, int op, struct slice text)
{
	size_t i;

	if (text.len == 0)
		return;
	p->list = arena_grow(a, p->list, p->n, &p->cap, sizeof(*p->list));
	p->list[p->n].op = op;
	p->list[p->n++].text = text;
	for (i = 0; op == PART_SAME && i < text.len; i++)
		p->same += (unsigned char)text.ptr[i] > ' ';
}

/* The words of two texts, as parts. */
static void
compare_words(struct slice a, struct slice b, struct arena *arena,
    struct parts *out)
{
	struct diff d;
	size_t i, at = 0;

	*out = (struct parts){ NULL, 0, 0, 0 };
	diff_run(a, b, DIFF_WORDS, arena, &d);
	diff_tidy(&d);
	for (i = 0; i < d.n; i++) {
		const struct diff_hunk *h = &d.hunks[i];

		add_part(out, arena, PART_SAME, diff_text(&d.a, at, h->a0));
		add_part(out, arena, PART_REMOVED,
		    diff_text(&d.a, h->a0, h->a1));
		add_part(out, arena, PART_ADDED,
		    diff_text(&d.b, h->b0, h->b1));
		at = h->a1;
	}
	add_part(out, arena, PART_SAME, diff_text(&d.a, at, d.a.n));
}

/* Enough stayed for one text to be read as the other one, changed. */
static bool
are_alike(const struct parts *p, struct slice a, struct slice b)
{
	size_t longer = a.len > b.len ? a.len : b.len;

	return p->same * 3 >= longer;
}

static const enum style styles[] = { STYLE_PLAIN, STYLE_REMOVED, STYLE_ADDED };
static const char *const opens[] = { "", "[-", "{+" };
static const char *const closes[] = { "", "-]", "+}" };

static void
put_run(const struct screen *s, struct runs *r, const struct part *p,
    struct slice text)
{
	bool marked = p->op != PART_SAME && !s->color;

	if (text.len == 0)
		return;
	if (marked)
		runs_add(r, styles[p->op], slice_of(opens[p->op]));
	runs_add(r, styles[p->op], text);
	if (marked)
		runs_add(r, styles[p->op], slice_of(closes[p->op]));
}

/* Parts as lines; a part that holds line ends goes on in the next line. */
static void
put_parts(struct screen *s, const struct parts *p)
{
	struct runs r = RUNS_INIT;
	size_t i, end;
	struct slice rest, line;
	bool open = false;

	for (i = 0; i < p->n; i++) {
		rest = p->list[i].text;
		while (rest.len != 0 && str_line(&rest, &line, &end)) {
			put_run(s, &r, &p->list[i], line);
			open = true;
			if (end == 0)
				continue;
			/* a line end that went is not a line of the new text */
			runs_print(&r, s, SLICE("~ "), SLICE("  "));
			runs_reset(&r);
			open = false;
		}
	}
	if (open)
		runs_print(&r, s, SLICE("~ "), SLICE("  "));
	runs_free(&r);
}

/* Each line of a text behind a mark. */
static void
put_lines(struct screen *s, struct slice text, const char *mark,
    enum style style)
{
	struct runs r = RUNS_INIT;
	struct slice line;

	while (text.len != 0 && str_line(&text, &line, NULL)) {
		runs_reset(&r);
		runs_add(&r, style, line);
		runs_print(&r, s, slice_of(mark), SLICE("  "));
	}
	runs_free(&r);
}

static void
put_hunk(struct screen *s, const struct diff *d, const struct diff_hunk *h,
    struct arena *arena)
{
	struct slice a = diff_text(&d->a, h->a0, h->a1);
	struct slice b = diff_text(&d->b, h->b0, h->b1);
	struct parts parts;

	if (a.len != 0 && b.len != 0) {
		compare_words(a, b, arena, &parts);
		if (are_alike(&parts, a, b)) {
			put_parts(s, &parts);
			return;
		}
	}
	put_lines(s, a, "- ", STYLE_REMOVED);
	put_lines(s, b, "+ ", STYLE_ADDED);
}

/* "@@ line 12 @@" of the new text. */
static void
put_place(struct screen *s, size_t line)
{
	char text[48];

	snprintf(text, sizeof(text), "@@ line %zu @@", line + 1);
	print_string(s, STYLE_LABEL, text);
	print_end(s);
}

bool
diff_view_put(struct screen *s, struct slice a, struct slice b)
{
	struct arena arena = ARENA_INIT;
	size_t i, from, to, shown = 0;
	struct diff d;
	bool is_changed;

	diff_run(a, b, DIFF_LINES, &arena, &d);
	for (i = 0; i < d.n; i++) {
		const struct diff_hunk *h = &d.hunks[i];

		from = h->b0 > CONTEXT ? h->b0 - CONTEXT : 0;
		if (from > shown || i == 0)
			put_place(s, from);
		else
			from = shown;
		put_lines(s, diff_text(&d.b, from, h->b0), "  ", STYLE_PLAIN);
		put_hunk(s, &d, h, &arena);
		to = i + 1 < d.n ? d.hunks[i + 1].b0 : d.b.n;
		shown = h->b1 + CONTEXT < to ? h->b1 + CONTEXT : to;
		put_lines(s, diff_text(&d.b, h->b1, shown), "  ",
		    STYLE_PLAIN);
	}
	is_changed = d.n != 0;
	arena_free(&arena);
	return is_changed;
}

struct json *
diff_view_json(struct slice a, struct slice b)
{
	static const char *const ops[] = { "same", "removed", "added" };
	struct json *list = js_array(), *hunk, *array, *part;
	struct arena arena = ARENA_INIT;
	struct parts parts;
	struct diff d;
	size_t i, k;

	diff_run(a, b, DIFF_LINES, &arena, &d);
	for (i = 0; i < d.n; i++) {
		const struct diff_hunk *h = &d.hunks[i];

		hunk = js_object();
		js_put_int(hunk, "from_line", (int64_t)h->a0 + 1);
		js_put_int(hunk, "from_lines", (int64_t)(h->a1 - h->a0));
		js_put_int(hunk, "to_line", (int64_t)h->b0 + 1);
		js_put_int(hunk, "to_lines", (int64_t)(h->b1 - h->b0));
		array = js_array();
		compare_words(diff_text(&d.a, h->a0, h->a1),
		    diff_text(&d.b, h->b0, h->b1), &arena, &parts);
		for (k = 0; k < parts.n; k++) {
			part = js_object();
			js_put_text(part, "op",
			    slice_of(ops[parts.list[k].op]));
			js_put_text(part, "text", parts.list[k].text);
			js_add(array, part);
		}
		js_put(hunk, "parts", array);
		js_add(list, hunk);
	}
	arena_free(&arena);
	return list;
}
