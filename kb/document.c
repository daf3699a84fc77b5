/*
 * document.c - one Markdown text as a sequence of sections; see document.h.
 *
 * cmark says where the headings are, the bytes say where their lines start:
 * a section runs from the first byte of its heading's line to that of the
 * next heading. A line ends with LF, CRLF or a lone CR, for cmark as for us.
 *
 * Invariants:
 *   (1) sections[0].start is 0, each ends where the next one starts, and the
 *       last ends at the end of the text.
 *   (2) Only sections[0] can be a preamble: front matter and text before the
 *       first heading. A byte order mark belongs to sections[0] in any case.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/document.h"

#include <assert.h>

#include "common/arena.h"
#include "common/str.h"
#include "kb/heading.h"
#include "kb/markdown.h"
#include "kb/meta.h"
#include "kb/rules.h"
#include "kb/text_check.h"

#define BOM SLICE("\xef\xbb\xbf")

/* Blocks at the end of a document that may hold its date. */
#define LAST_BLOCKS 4

/* A walk over the lines of the text, forward only. */
struct line_walk {
	struct slice rest;
	size_t at;		/* offset of line number `line` */
	unsigned line;
};

static size_t
offset_of_line(struct line_walk *w, unsigned line)
{
	struct slice one;
	size_t end;

	while (w->line < line && str_line(&w->rest, &one, &end)) {
		w->at += one.len + end;
		w->line++;
	}
	return w->at;
}

size_t
document_prologue(struct slice text)
{
	size_t front = meta_front_matter(text);

	if (front != 0)
		return front;
	return slice_starts(text, BOM) ? BOM.len : 0;
}

/* The nearest section above with a lower level. */
static int
find_parent(const struct document *d, size_t n)
{
	int p = (int)n - 1;

	while (p >= 0 && d->sections[p].level >= d->sections[n].level)
		p = d->sections[p].parent;
	return p >= 0 && d->sections[p].level == 0 ? -1 : p;
}

static struct section *
add_section(struct document *d, size_t *cap, struct arena *a, size_t start)
{
	struct section *s;

	d->sections = arena_grow(a, d->sections, d->n, cap, sizeof(*s));
	s = &d->sections[d->n];
	*s = (struct section){ .start = start, .line = 1, .parent = -1 };
	if (d->n != 0)
		s[-1].end = start;
	d->n++;
	return s;
}

static void
add_heading(struct document *d, size_t *cap, struct arena *a, size_t start,
    const struct md_heading *h, struct slice plain)
{
	struct section *s;

	if (d->n == 0 && start != 0)
		add_section(d, cap, a, 0);
	s = add_section(d, cap, a, start);
	s->line = h->line;
	s->level = h->level;
	s->mark = h->mark;
	s->heading = heading_clean(plain, a);
	s->title = heading_title(s->heading);
	s->parent = find_parent(d, d->n - 1);
}

static bool
check_headings(const struct md *m, struct err *e)
{
	const struct md_node *n;
	size_t count = 0;

	for (n = md_first(md_root(m)); n != NULL; n = md_next(n))
		count += md_type(n) == MD_HEADING;
	return count <= DOCUMENT_MAX_SECTIONS || err_set(e, ERR_LIMIT,
	    "document has %zu headings, more than %d", count,
	    DOCUMENT_MAX_SECTIONS);
}

static void
split(struct document *d, const struct md *m, struct arena *a)
{
	struct line_walk walk = { .rest = d->text, .line = 1 };
	const struct md_node *n;
	struct md_heading h;
	size_t cap = 0, start;
	struct arena scratch = ARENA_INIT;

	for (n = md_first(md_root(m)); n != NULL; n = md_next(n)) {
		if (md_type(n) != MD_HEADING)
			continue;
		arena_reset(&scratch);
		md_heading(m, n, a, &h);
		start = offset_of_line(&walk, h.line);
		assert(d->n == 0 || start > d->sections[d->n - 1].start);
		add_heading(d, &cap, a, start, &h, md_plain(m, n, &scratch));
	}
	arena_free(&scratch);
	if (d->n == 0 && d->text.len != 0)
		add_section(d, &cap, a, 0);
	if (d->n != 0)
		d->sections[d->n - 1].end = d->text.len;
}

/* "最后更新: 2025年8月3日" and the like. */
static void
take_last_line(struct document_meta *meta, struct slice line, struct arena *a)
{
	enum label label;
	struct slice rest, date;

	if (!rules_label_line(line, &label, &rest) || rest.len == 0)
		return;
	if (label == LABEL_UPDATED) {
		date = meta_date(rest, a);
		if (date.len != 0)
			meta->date = date;
	} else if (label == LABEL_NEXT_REVIEW) {
		meta->next_review = rest;
	}
}

/* Paragraphs among the last blocks, one level into quotes and lists. */
static void
read_last_blocks(const struct md *m, const struct md_node *first,
    unsigned depth, struct document_meta *meta, struct arena *a)
{
	const struct md_node *ring[LAST_BLOCKS] = { NULL }, *n;
	struct md_line *lines;
	size_t count = 0, i, k, nlines;

	for (n = first; n != NULL; n = md_next(n))
		ring[count++ % LAST_BLOCKS] = n;
	for (k = 0; k < LAST_BLOCKS; k++) {
		n = ring[(count + k) % LAST_BLOCKS];
		if (n == NULL)
			continue;
		if (md_type(n) == MD_PARAGRAPH) {
			nlines = md_lines(m, n, a, &lines);
			for (i = 0; i < nlines; i++)
				take_last_line(meta, lines[i].text, a);
		} else if (depth < 3 && (md_type(n) == MD_QUOTE ||
		    md_type(n) == MD_LIST || md_type(n) == MD_ITEM)) {
			read_last_blocks(m, md_first(n), depth + 1, meta, a);
		}
	}
}

static void
read_meta(struct document *d, const struct md *m, struct arena *a)
{
	size_t i;

	read_last_blocks(m, md_first(md_root(m)), 0, &d->meta, a);
	meta_read(slice_sub(d->text, 0, meta_front_matter(d->text)), a,
	    &d->meta);
	for (i = 0; i < d->n && d->meta.title.len == 0; i++)
		if (d->sections[i].level == 1)
			d->meta.title = d->sections[i].title;
}

bool
document_parse_tree(struct slice text, struct arena *a, struct document *out,
    struct md **tree, struct err *e)
{
	struct md *m;
	bool ok;

	*tree = NULL;
	*out = (struct document){ .text = text };
	if (text.len > DOCUMENT_MAX_BYTES)
		return err_set(e, ERR_LIMIT,
		    "document of %zu bytes is longer than %u", text.len,
		    DOCUMENT_MAX_BYTES);
	if (!text_check(text, e))
		return false;
	m = md_parse(text, document_prologue(text));
	ok = check_headings(m, e);
	if (ok) {
		split(out, m, a);
		read_meta(out, m, a);
	}
	*tree = m;
	return ok;
}

bool
document_parse(struct slice text, struct arena *a, struct document *out,
    struct err *e)
{
	struct md *m;
	bool ok = document_parse_tree(text, a, out, &m, e);

	md_free(m);
	return ok;
}

struct slice
document_section(const struct document *d, size_t i)
{
	return slice_sub(d->text, d->sections[i].start, d->sections[i].end);
}
