/*
 * store_edit_place.c - will the document fall into the sections that a change
 * means? See store_edit.h.
 *
 * The items are joined and parsed. Every section outside of what was typed
 * must be exactly one item; typed text may be several sections, but must
 * begin and end where it does.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/store_edit_plan.h"

#include "common/str.h"
#include "kb/text_lines.h"

static struct slice
join_items(const struct edit_plan *p)
{
	struct outline o = { arena_calloc(p->a, p->n, sizeof(*o.items)),
		p->n };
	size_t i;

	for (i = 0; i < p->n; i++)
		o.items[i].bytes = p->items[i].bytes;
	return outline_join(&o, p->a);
}

static struct slice
title_of(const struct edit_plan *p, size_t i)
{
	struct document d;

	if (i >= p->n || !document_parse(p->items[i].bytes, p->a, &d, NULL) ||
	    d.n == 0)
		return SLICE("");
	return d.sections[0].title.len != 0 ? d.sections[0].title :
	    d.sections[0].heading;
}

/* What in the text of an item makes it run into the next one. */
static void
explain(struct edit_plan *p, size_t i, unsigned line, struct err *e)
{
	struct slice text = p->items[i].bytes;
	unsigned fence = text_open_fence(text), lines = 0;
	struct slice rest = text, one;

	while (str_line(&rest, &one, NULL))
		lines++;
	if (fence != 0)
		err_detail(e, "Line %u of the text opens a code block that "
		    "nothing closes.", fence);
	else if (text_end_length(text) == 0)
		err_detail(e, "Line %u of the text, the last one, has no line "
		    "end.", lines);
	else
		err_detail(e, "Line %u of the document is not where it would "
		    "begin: a block above it is not closed, or it belongs to "
		    "the line above.", line);
}

static unsigned
line_of(struct slice text, size_t at)
{
	struct slice rest = slice_sub(text, 0, at), line;
	unsigned n = 1;

	while (str_line(&rest, &line, NULL))
		n++;
	return n;
}

/* Item i does not begin or end where a section does. */
static bool
fail_structure(struct edit_plan *p, size_t i, size_t at, bool is_start,
    struct err *e)
{
	size_t next = is_start ? i : i + 1, from = next > 0 ? next - 1 : 0;
	struct slice title = title_of(p, next);
	unsigned line = line_of(p->parsed.doc.text, at);

	/* typed text that begins with no heading belongs to what is above */
	if (next < p->n && p->items[next].is_text) {
		err_set(e, ERR_REFUSED, "the entry would lose its heading");
		err_detail(e, "Line 1 of the text is no heading there.");
		return false;
	}
	/* the text that was typed is to blame, wherever it shows */
	while (from > 0 && !p->items[from].is_text)
		from--;
	if (!p->items[from].is_text)
		from = next > 0 ? next - 1 : 0;
	err_set(e, ERR_REFUSED, "entry %lld, \"%.*s\", would be swallowed by "
	    "what is above it", (long long)(next < p->n ?
	    p->items[next].entry : 0), (int)utf8_cut(title, 60),
	    title.ptr != NULL ? title.ptr : "");
	explain(p, from, line, e);
	return false;
}

/* The sections of one typed text: the first keeps the number. */
static bool
split_item(struct edit_plan *p, size_t i, size_t first, size_t n)
{
	struct edit_item whole = p->items[i];
	size_t k;

	for (k = 1; k < n; k++)
		(void)edit_insert(p, i + k);
	for (k = 0; k < n; k++) {
		struct edit_item *x = &p->items[i + k];
		struct slice bytes = document_section(&p->parsed.doc,
		    first + k);

		*x = (struct edit_item){ .bytes = bytes, .is_text = true,
			.is_changed = true };
		if (k == 0) {
			*x = whole;
			x->bytes = bytes;
		}
	}
	if (n > 1)
		p->is_restructured = true;
	return true;
}

/* A typed entry keeps its kind: one with a heading, or the text before all. */
static bool
check_heading(struct edit_plan *p, size_t i, struct err *e)
{
	const struct section *s = &p->parsed.doc.sections[i];
	size_t at = 0;
	struct document old;

	if (!p->items[i].is_text || p->items[i].entry == 0)
		return true;
	while (at < p->head.n &&
	    p->head.items[at].entry != p->items[i].entry)
		at++;
	if (at == p->head.n || !document_parse(p->head.items[at].bytes, p->a,
	    &old, e) || old.n == 0)
		return at == p->head.n || old.n == 0;
	if ((old.sections[0].level == 0) == (s->level == 0))
		return true;
	if (s->level == 0) {
		err_set(e, ERR_REFUSED, "the entry would lose its heading");
		return err_detail(e, "Line 1 of the text is no heading.");
	}
	err_set(e, ERR_REFUSED, "the text before the first heading cannot "
	    "begin with one");
	return err_hint(e, "add_entry() adds an entry.");
}

bool
edit_check(struct edit_plan *p, struct err *e)
{
	const struct document *d = &p->parsed.doc;
	size_t i, at = 0, section = 0;

	if (!store_prepare(join_items(p), p->a, &p->parsed, e))
		return false;
	for (i = 0; i < p->n; i++) {
		size_t end = at + p->items[i].bytes.len, first = section, n;

		if (section == d->n || d->sections[section].start != at)
			return fail_structure(p, i, at, true, e);
		section++;
		while (p->items[i].is_text && section < d->n &&
		    d->sections[section].start < end)
			section++;
		if (d->sections[section - 1].end != end)
			return fail_structure(p, i, end, false, e);
		n = section - first;
		split_item(p, i, first, n);
		if (!check_heading(p, i, e))
			return false;
		i += n - 1;
		at = end;
	}
	return true;
}
