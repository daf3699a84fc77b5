/*
 * render_term.c - the Markdown of an entry for a terminal; see render_term.h.
 *
 * Invariants:
 *   (1) Text reaches *out only through visible_put(), or as bytes of ours.
 *   (2) r->prefix starts every line of the block that is being written.
 *   (3) Nesting deeper than DEPTH_MAX is written as plain text: recursion is
 *       bounded whatever the Markdown.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/render_term.h"
#include "common/arena.h"
#include "common/buf.h"
#include "common/str.h"
#include "common/visible.h"
#include "common/wrap.h"
#include "kb/markdown.h"

#define COLUMNS_MIN 20
#define DEPTH_MAX 40
#define CODE_INDENT "    "

#define ON_BOLD "\033[1m"
#define ON_DIM "\033[2m"
#define ON_ITALIC "\033[3m"
#define ON_CODE "\033[32m"
#define ON_TITLE "\033[1;36m"
#define OFF "\033[0m"

struct render {
	const struct md *m;
	struct arena arena;
	struct buf *out;
	unsigned columns;
	bool color;
	struct buf prefix;	/* of each line: quote bars, list indentation */
	struct slice lead;	/* instead of the prefix, once: "- ", "1. " */
	bool has_lead;
	unsigned depth;
	const char *style;	/* what a nested OFF must restore; "" */
};

static const char *
on(const struct render *r, const char *escape)
{
	return r->color ? escape : "";
}

/* Start a line: the bullet if one is due, else the prefix. */
static size_t
start_line(struct render *r)
{
	struct slice s = r->has_lead ? r->lead : buf_slice(&r->prefix);

	buf_put_slice(r->out, s);
	r->has_lead = false;
	return str_width(s);
}

static struct slice
visible(struct render *r, struct slice text, enum visible_mode mode)
{
	struct buf b = BUF_INIT;
	struct slice s;

	visible_put(&b, text, mode);
	s = arena_dup(&r->arena, buf_slice(&b));
	buf_free(&b);
	return s;
}

static void
put_literal(struct render *r, struct wrap *w, const struct md_node *n,
    bool solid)
{
	struct slice text = visible(r, md_code(r->m, n, &r->arena),
	    VISIBLE_LINE);

	if (solid)
		wrap_solid(w, text);
	else
		wrap_text(w, text);
}

static void put_inlines(struct render *r, struct wrap *w,
    const struct md_node *parent);

/* The children of n in a style, then the style around it again. */
static void
put_styled(struct render *r, struct wrap *w, const struct md_node *n,
    const char *style)
{
	const char *around = r->style;

	wrap_style(w, on(r, style));
	r->style = style;
	put_inlines(r, w, n);
	r->style = around;
	wrap_style(w, on(r, OFF));
	wrap_style(w, on(r, around));
}

/* Text of a link, and where it leads unless the text says so itself. */
static void
put_link(struct render *r, struct wrap *w, const struct md_node *n)
{
	struct slice url = md_url(r->m, n, &r->arena);
	struct slice text = md_plain(r->m, n, &r->arena);

	put_inlines(r, w, n);
	if (url.len == 0 || url.ptr[0] == '#' || slice_eq(url, text))
		return;
	wrap_text(w, SLICE(" "));
	wrap_style(w, on(r, ON_DIM));
	wrap_solid(w, SLICE("<"));
	wrap_solid(w, visible(r, url, VISIBLE_LINE));
	wrap_solid(w, SLICE(">"));
	wrap_style(w, on(r, OFF));
	wrap_style(w, on(r, r->style));
}

static void
put_code_span(struct render *r, struct wrap *w, const struct md_node *n)
{
	/* without colour the backticks stay: they say what to type */
	if (!r->color)
		wrap_solid(w, SLICE("`"));
	wrap_style(w, on(r, ON_CODE));
	put_literal(r, w, n, true);
	wrap_style(w, on(r, OFF));
	wrap_style(w, on(r, r->style));
	if (!r->color)
		wrap_solid(w, SLICE("`"));
}

static void
put_inline(struct render *r, struct wrap *w, const struct md_node *n)
{
	switch (md_inline(n)) {
	case MD_INLINE_TEXT:
		put_literal(r, w, n, false);
		break;
	case MD_INLINE_CODE:
		put_code_span(r, w, n);
		break;
	case MD_INLINE_HTML:
		put_literal(r, w, n, true);
		break;
	case MD_INLINE_SOFT_BREAK:
	case MD_INLINE_LINE_BREAK:
		wrap_break(w);
		break;
	case MD_INLINE_EMPHASIS:
		put_styled(r, w, n, ON_ITALIC);
		break;
	case MD_INLINE_STRONG:
		put_styled(r, w, n, ON_BOLD);
		break;
	case MD_INLINE_STRIKE:
		wrap_solid(w, SLICE("~"));
		put_styled(r, w, n, ON_DIM);
		wrap_solid(w, SLICE("~"));
		break;
	case MD_INLINE_LINK:
	case MD_INLINE_IMAGE:
		put_link(r, w, n);
		break;
	case MD_INLINE_OTHER:
		put_inlines(r, w, n);
		break;
	}
}

static void
put_inlines(struct render *r, struct wrap *w, const struct md_node *parent)
{
	const struct md_node *n;

	if (r->depth >= DEPTH_MAX) {
		wrap_text(w, visible(r, md_plain(r->m, parent, &r->arena),
		    VISIBLE_LINE));
		return;
	}
	r->depth++;
	for (n = md_first(parent); n != NULL; n = md_next(n))
		put_inline(r, w, n);
	r->depth--;
}

/* A paragraph or heading: its inlines, wrapped. */
static void
put_flow(struct render *r, const struct md_node *n, const char *style)
{
	struct wrap w;
	size_t col = start_line(r);

	wrap_begin(&w, r->out, r->columns, col, buf_slice(&r->prefix));
	r->style = style;
	wrap_style(&w, on(r, style));
	put_inlines(r, &w, n);
	if (*style != '\0')
		wrap_style(&w, on(r, OFF));
	r->style = "";
	wrap_end(&w);
}

/* Lines as they are, behind the prefix and an indentation. */
static void
put_lines(struct render *r, struct slice text, const char *indent,
    const char *style)
{
	struct slice rest = visible(r, text, VISIBLE_TEXT), line;

	while (str_line(&rest, &line, NULL)) {
		start_line(r);
		if (line.len != 0) {
			buf_puts(r->out, indent);
			buf_puts(r->out, on(r, style));
			buf_put_slice(r->out, line);
			buf_puts(r->out, on(r, OFF));
		}
		buf_putc(r->out, '\n');
	}
}

static void put_blocks(struct render *r, const struct md_node *parent,
    bool tight);

/* The blocks in n behind a longer prefix; `lead` starts the first line. */
static void
put_nested(struct render *r, const struct md_node *n, const char *lead,
    const char *more, bool tight)
{
	size_t before = r->prefix.len;

	r->lead = arena_printf(&r->arena, "%.*s%s",
	    SLICE_ARG(r->has_lead ? r->lead : buf_slice(&r->prefix)), lead);
	r->has_lead = true;
	buf_puts(&r->prefix, more);
	put_blocks(r, n, tight);
	if (r->has_lead) {	/* an empty item has its bullet all the same */
		start_line(r);
		while (r->out->data[r->out->len - 1] == ' ')
			r->out->len--;
		buf_putc(r->out, '\n');
	}
	r->prefix.len = before;
}

/* "- ", "3. ", "[x] " */
static const char *
bullet(struct render *r, const struct md_node *list,
    const struct md_node *item, int number)
{
	const char *task = "";
	bool done = false;

	if (md_item_is_task(item, &done))
		task = done ? "[x] " : "[ ] ";
	if (md_list_is_ordered(list))
		return arena_printf(&r->arena, "%d. %s", number, task).ptr;
	return *task != '\0' ? task : "- ";
}

/* A list is tight when none of its items holds two paragraphs. */
static bool
is_tight(const struct md_node *list)
{
	const struct md_node *item, *n;

	for (item = md_first(list); item != NULL; item = md_next(item)) {
		n = md_first(item);
		if (n != NULL && (n = md_next(n)) != NULL &&
		    md_type(n) == MD_PARAGRAPH)
			return false;
	}
	return true;
}

static void
put_list(struct render *r, const struct md_node *list)
{
	static const char blanks[] = "                ";
	int number = md_list_start(list);
	bool tight = is_tight(list);
	const struct md_node *item;

	for (item = md_first(list); item != NULL; item = md_next(item)) {
		const char *lead = bullet(r, list, item, number++);
		size_t n = strlen(lead);

		if (n > sizeof(blanks) - 1)
			n = sizeof(blanks) - 1;
		put_nested(r, item, lead, blanks + sizeof(blanks) - 1 - n,
		    tight);
	}
}

/* A row as "a | b | c". */
static void
put_row(struct render *r, const struct md_node *row, bool is_head)
{
	const struct md_node *cell;
	struct wrap w;
	size_t col = start_line(r);

	wrap_begin(&w, r->out, r->columns, col, buf_slice(&r->prefix));
	r->style = is_head ? ON_BOLD : "";
	wrap_style(&w, on(r, r->style));
	for (cell = md_first(row); cell != NULL; cell = md_next(cell)) {
		if (cell != md_first(row))
			wrap_text(&w, SLICE(" | "));
		put_inlines(r, &w, cell);
	}
	wrap_style(&w, on(r, is_head ? OFF : ""));
	r->style = "";
	wrap_end(&w);
}

static void
put_table(struct render *r, const struct md_node *table)
{
	const struct md_node *row = md_first(table);
	bool is_head = true;

	for (; row != NULL; row = md_next(row), is_head = false)
		put_row(r, row, is_head);
}

static void
put_rule(struct render *r)
{
	size_t col = start_line(r);

	buf_puts(r->out, on(r, ON_DIM));
	for (; col < r->columns && col < 40; col++)
		buf_putc(r->out, '-');
	buf_puts(r->out, on(r, OFF));
	buf_putc(r->out, '\n');
}

static void
put_block(struct render *r, const struct md_node *n)
{
	switch (md_type(n)) {
	case MD_HEADING:
		put_flow(r, n, ON_TITLE);
		break;
	case MD_PARAGRAPH:
		put_flow(r, n, "");
		break;
	case MD_CODE_BLOCK:
		put_lines(r, md_code(r->m, n, &r->arena), CODE_INDENT,
		    ON_CODE);
		break;
	case MD_HTML_BLOCK:
		put_lines(r, md_code(r->m, n, &r->arena), "", ON_DIM);
		break;
	case MD_QUOTE:
		put_nested(r, n, "| ", "| ", false);
		break;
	case MD_LIST:
		put_list(r, n);
		break;
	case MD_TABLE:
		put_table(r, n);
		break;
	case MD_RULE:
		put_rule(r);
		break;
	case MD_DOCUMENT:
	case MD_ITEM:
	case MD_ROW:
	case MD_CELL:
	case MD_OTHER:
		put_blocks(r, n, false);
		break;
	}
}

/* A line with nothing on it but the bars of quotes. */
static void
put_blank_line(struct render *r)
{
	size_t n = r->prefix.len;

	while (n > 0 && r->prefix.data[n - 1] == ' ')
		n--;
	buf_put(r->out, r->prefix.data, n);
	buf_putc(r->out, '\n');
}

/* Blocks below each other, a blank line between them unless tight. */
static void
put_blocks(struct render *r, const struct md_node *parent, bool tight)
{
	const struct md_node *n = md_first(parent);

	if (r->depth >= DEPTH_MAX) {
		start_line(r);
		buf_puts(r->out, "...\n");
		return;
	}
	r->depth++;
	for (; n != NULL; n = md_next(n)) {
		put_block(r, n);
		if (md_next(n) != NULL && (!tight ||
		    md_type(md_next(n)) == MD_CODE_BLOCK))
			put_blank_line(r);
	}
	r->depth--;
}

void
render_term(struct slice markdown, const struct render_options *options,
    struct buf *out)
{
	struct md *m = md_parse(markdown, 0);
	struct render r = { .m = m, .arena = ARENA_INIT, .out = out,
		.columns = options->columns < COLUMNS_MIN ? COLUMNS_MIN :
		options->columns, .color = options->color, .style = "" };

	buf_init(&r.prefix, 0);
	put_blocks(&r, md_root(m), false);
	buf_free(&r.prefix);
	arena_free(&r.arena);
	md_free(m);
}
