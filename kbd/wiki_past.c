/*
 * wiki_past.c - what an entry was: its history, and differences.
 *
 * Lines are compared first; in lines that changed, the characters, so that
 * in Chinese too one sees the word and not the paragraph.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/wiki_past.h"
#include "common/str.h"
#include "kb/diff.h"
#include "kb/html.h"
#include "kbd/sql_db.h"
#include "kbd/wiki.h"
#include "kbd/wiki_page.h"

#include <stdio.h>

#define CONTEXT_LINES 3
#define INNER_BYTES_MAX 20000	/* a longer hunk is shown by lines only */

static struct slice
leading_number(struct slice s)
{
	size_t n = 0;

	while (n < s.len && ascii_is_digit(s.ptr[n]) && n < 18)
		n++;
	return slice_sub(s, 0, n);
}

/* ---- history ---- */

static void
put_radio(struct http_exchange *x, const char *name, struct slice version,
    bool checked, enum wiki_text label)
{
	put(x, "<td><input type=\"radio\" name=\"");
	put(x, name);
	put(x, "\" value=\"");
	put_attr(x, version);
	put(x, checked ? "\" checked aria-label=\"" : "\" aria-label=\"");
	put_tr(x, label);
	put(x, " ");
	put_attr(x, version);
	put(x, "\"></td>");
}

static void
put_version(struct http_exchange *x, struct slice id,
    const struct browse_rows *r, size_t i)
{
	struct slice version = browse_cell(r, i, VERSION_NUMBER);

	put(x, "<tr>");
	put_radio(x, "from", version, i == 1 || r->n == 1, T_FROM);
	put_radio(x, "to", version, i == 0, T_TO);
	put(x, "<td><a href=\"/e/");
	put_path(x, id);
	put(x, ".md?version=");
	put_path(x, version);
	put(x, "\">");
	put_text(x, version);
	put(x, "</a></td><td>");
	put_time(x, browse_cell(r, i, VERSION_CREATED));
	put(x, "</td><td>");
	put_text(x, browse_cell(r, i, VERSION_AUTHOR));
	put(x, "</td><td>");
	put_text(x, browse_cell(r, i, VERSION_MESSAGE));
	put(x, "</td></tr>\n");
}

static void
put_th(struct http_exchange *x, enum wiki_text id)
{
	put(x, "<th scope=\"col\">");
	put_tr(x, id);
	put(x, "</th>");
}

static void
put_versions(struct http_exchange *x, struct slice id,
    const struct browse_rows *r)
{
	size_t i;

	put(x, "<form action=\"/e/");
	put_path(x, id);
	put(x, "/diff\">\n<div class=\"scroll\" tabindex=\"0\">"
	    "<table class=\"history\">\n<thead><tr>");
	put_th(x, T_FROM);
	put_th(x, T_TO);
	put_th(x, T_VERSION);
	put_th(x, T_WHEN);
	put_th(x, T_WHO);
	put_th(x, T_MESSAGE);
	put(x, "</tr></thead>\n<tbody>\n");
	for (i = 0; i < r->n; i++)
		put_version(x, id, r, i);
	put(x, "</tbody></table></div>\n<p><button>");
	put_tr(x, T_COMPARE);
	put(x, "</button></p>\n</form>\n");
}

static void
put_title(struct http_exchange *x, const struct browse_rows *e,
    enum wiki_text what)
{
	struct slice title = browse_cell(e, 0, ENTRY_TITLE);

	page_begin(x, 200, arena_printf(&x->arena, "%s: %.*s",
	    wiki_text(x->lang, what), SLICE_ARG(title)));
	put(x, "<h1>");
	put_tr(x, what);
	put(x, ": ");
	put_entry_link(x, browse_cell(e, 0, ENTRY_SLUG), title);
	put(x, "</h1>\n");
}

void
wiki_history(struct http_exchange *x, struct sql_db *db)
{
	struct slice id = leading_number(x->arg[0]);
	struct browse_rows e, r;

	if (!page_query(x, db, BROWSE_ENTRY, &id, &e) ||
	    !page_query(x, db, BROWSE_VERSIONS, &id, &r))
		return;
	if (e.n == 0) {
		wiki_error(x, db, 404, NULL);
		return;
	}
	put_title(x, &e, T_HISTORY);
	page_versioned(x, db);
	put_versions(x, id, &r);
	page_end(x);
}

/* ---- differences ---- */

/* One side of what changed: its characters, the changed ones marked. */
static void
put_side(struct http_exchange *x, const struct diff *d, bool old)
{
	const struct diff_side *s = old ? &d->a : &d->b;
	const char *open = old ? "<del>" : "<ins>";
	const char *close = old ? "</del>" : "</ins>";
	size_t i, at = 0;

	for (i = 0; i < d->n; i++) {
		size_t from = old ? d->hunks[i].a0 : d->hunks[i].b0;
		size_t to = old ? d->hunks[i].a1 : d->hunks[i].b1;

		put_text(x, diff_text(s, at, from));
		if (to > from) {
			put(x, open);
			put_text(x, diff_text(s, from, to));
			put(x, close);
		}
		at = to;
	}
	put_text(x, diff_text(s, at, s->n));
}

static void
put_lines(struct http_exchange *x, const char *class, enum wiki_text label,
    const struct diff *inner, bool old)
{
	put(x, "<div class=\"");
	put(x, class);
	put(x, "\"><span class=\"hidden\">");
	put_tr(x, label);
	put(x, ": </span><pre>");
	put_side(x, inner, old);
	put(x, "</pre></div>\n");
}

static void
put_hunk(struct http_exchange *x, const struct diff *d,
    const struct diff_hunk *h)
{
	struct slice a = diff_text(&d->a, h->a0, h->a1);
	struct slice b = diff_text(&d->b, h->b0, h->b1);
	struct diff inner;

	diff_run(a, b, a.len + b.len < INNER_BYTES_MAX ? DIFF_WORDS :
	    DIFF_LINES, &x->arena, &inner);
	diff_tidy(&inner);
	if (a.len != 0)
		put_lines(x, "removed", T_REMOVED, &inner, true);
	if (b.len != 0)
		put_lines(x, "added", T_ADDED, &inner, false);
}

static void
put_context(struct http_exchange *x, const struct diff *d, size_t from,
    size_t to)
{
	if (from >= to)
		return;
	put(x, "<div class=\"context\"><pre>");
	put_text(x, diff_text(&d->a, from, to));
	put(x, "</pre></div>\n");
}

/* What is between two hunks: its ends, and a mark for what is left out. */
static void
put_between(struct http_exchange *x, const struct diff *d, size_t from,
    size_t to, bool is_first, bool is_last)
{
	size_t head = is_first ? 0 : CONTEXT_LINES;
	size_t tail = is_last ? 0 : CONTEXT_LINES;

	if (to - from <= head + tail + 1) {
		put_context(x, d, from, to);
		return;
	}
	put_context(x, d, from, from + head);
	put(x, "<div class=\"gap\" aria-hidden=\"true\">⋯</div>\n");
	put_context(x, d, to - tail, to);
}

void
wiki_put_diff(struct http_exchange *x, struct slice a, struct slice b)
{
	struct diff d;
	size_t i, at = 0;

	diff_run(a, b, DIFF_LINES, &x->arena, &d);
	if (d.n == 0) {
		put(x, "<p>");
		put_tr(x, T_SAME);
		put(x, "</p>\n");
		return;
	}
	put(x, "<div class=\"diff scroll\" tabindex=\"0\">\n");
	for (i = 0; i < d.n; i++) {
		put_between(x, &d, at, d.hunks[i].a0, i == 0, false);
		put_hunk(x, &d, &d.hunks[i]);
		at = d.hunks[i].a1;
	}
	put_between(x, &d, at, d.a.n, false, true);
	put(x, "</div>\n");
}

static void
put_ends(struct http_exchange *x, const struct browse_rows *a,
    const struct browse_rows *b)
{
	const struct browse_rows *ends[] = { a, b };
	size_t i;

	put(x, "<p class=\"facts\">");
	for (i = 0; i < 2; i++) {
		put(x, i != 0 ? " → " : "");
		put_tr(x, T_VERSION);
		put(x, " ");
		put_text(x, browse_cell(ends[i], 0, VERSION_NUMBER));
		put(x, " <span class=\"muted\">");
		put_time(x, browse_cell(ends[i], 0, VERSION_CREATED));
		put(x, " ");
		put_text(x, browse_cell(ends[i], 0, VERSION_AUTHOR));
		put(x, "</span>");
	}
	put(x, "</p>\n");
}

/* Without "from" the version before "to"; without "to" the newest. */
static void
default_ends(struct http_exchange *x, const struct browse_rows *e,
    struct slice *from, struct slice *to)
{
	int64_t n;

	*from = page_param(x, "from");
	*to = page_param(x, "to");
	if (to->len == 0)
		*to = browse_cell(e, 0, ENTRY_VERSION);
	if (from->len == 0 && str_int(*to, 2, INT64_MAX, &n))
		*from = arena_printf(&x->arena, "%lld", (long long)n - 1);
	else if (from->len == 0)
		*from = *to;
}

void
wiki_diff(struct http_exchange *x, struct sql_db *db)
{
	struct slice id = leading_number(x->arg[0]), from, to;
	struct browse_rows e, a, b;

	if (!page_query(x, db, BROWSE_ENTRY, &id, &e))
		return;
	default_ends(x, &e, &from, &to);
	if (!page_query(x, db, BROWSE_VERSION, (struct slice[]){ id, from },
	    &a) || !page_query(x, db, BROWSE_VERSION,
	    (struct slice[]){ id, to }, &b))
		return;
	if (e.n == 0 || a.n == 0 || b.n == 0) {
		wiki_error(x, db, 404, NULL);
		return;
	}
	put_title(x, &e, T_DIFFERENCE);
	page_versioned(x, db);
	put_ends(x, &a, &b);
	wiki_put_diff(x, browse_cell(&a, 0, VERSION_TEXT), browse_cell(&b, 0,
	    VERSION_TEXT));
	page_end(x);
}
