/*
 * render_html.c - the Markdown of an entry as HTML; see render_html.h.
 *
 * Invariants:
 *   (1) Bytes of the Markdown reach *out only through html_text(),
 *       html_attr(), html_url*() or highlight_put().
 *   (2) No link stands inside a link: r->in_link.
 *   (3) Nesting deeper than DEPTH_MAX is written as plain text: recursion is
 *       bounded whatever the Markdown.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/render_html.h"
#include "common/arena.h"
#include "common/buf.h"
#include "common/str.h"
#include "kb/document.h"
#include "kb/highlight.h"
#include "kb/html.h"
#include "kb/html_link.h"
#include "kb/markdown.h"
#include "kb/risk.h"
#include "kb/rules.h"
#include "kb/steps.h"

#define DEPTH_MAX 60

struct render {
	const struct md *m;
	struct arena arena;
	struct buf *out;
	const struct html_options *o;
	unsigned depth;
	unsigned headings;	/* written so far */
	bool in_link;
	bool in_field;		/* a labelled part is open */
};

static void put_inlines(struct render *r, const struct md_node *parent);
static void put_blocks(struct render *r, const struct md_node *parent,
    bool tight);
static const char *item_class(struct render *r, const struct md_node *item);

static void
tag(struct render *r, const char *markup)
{
	html_raw_trusted(r->out, markup);
}

static struct slice
literal(struct render *r, const struct md_node *n)
{
	return md_code(r->m, n, &r->arena);
}

/* ---- inside a paragraph ---- */

static bool
is_text(const struct md_node *n)
{
	return n != NULL && md_type(n) == MD_OTHER &&
	    md_inline(n) == MD_INLINE_TEXT;
}

/* Chinese has no blank where a line of the source ended. */
static bool
joins_lines(struct render *r, const struct md_node *before,
    const struct md_node *after)
{
	struct slice a, b;
	size_t i, next;

	if (!is_text(before) || !is_text(after))
		return false;
	a = literal(r, before);
	b = literal(r, after);
	if (a.len == 0 || b.len == 0)
		return false;
	for (i = a.len - 1; i > 0 && ((unsigned char)a.ptr[i] & 0xc0) == 0x80;
	    i--)
		;
	return utf8_decode(a, i, &next) >= 0x2e80 &&
	    utf8_decode(b, 0, &next) >= 0x2e80;
}

static void
put_link(struct render *r, const struct md_node *n)
{
	struct slice url = md_url(r->m, n, &r->arena);
	struct buf open = BUF_INIT;

	if (r->in_link || !html_link_open(&open, url, r->o->source)) {
		put_inlines(r, n);
		if (!r->in_link && url.len != 0) {
			tag(r, " <code class=\"dead\">");
			html_text(r->out, url);
			tag(r, "</code>");
		}
	} else {
		buf_put_slice(r->out, buf_slice(&open));
		r->in_link = true;
		put_inlines(r, n);
		r->in_link = false;
		tag(r, "</a>");
	}
	buf_free(&open);
}

/* Shown when it is of this host; else a link, so that nothing is fetched. */
static void
put_image(struct render *r, const struct md_node *n)
{
	struct slice url = md_url(r->m, n, &r->arena);
	struct slice alt = md_plain(r->m, n, &r->arena);
	struct buf b = BUF_INIT;

	if (html_is_own_image(url, r->o->host) && html_url(&b, url)) {
		tag(r, "<img loading=\"lazy\" src=\"");
		buf_put_slice(r->out, buf_slice(&b));
		tag(r, "\" alt=\"");
		html_attr(r->out, alt);
		tag(r, "\">");
	} else if (!r->in_link && html_link_open(&b, url, r->o->source)) {
		buf_put_slice(r->out, buf_slice(&b));
		html_text(r->out, slice_of(r->o->words->image));
		tag(r, " ");
		html_text(r->out, alt.len != 0 ? alt : url);
		tag(r, "</a>");
	} else {
		html_text(r->out, alt.len != 0 ? alt : url);
		if (!r->in_link && alt.len != 0 && url.len != 0) {
			tag(r, " <code class=\"dead\">");
			html_text(r->out, url);
			tag(r, "</code>");
		}
	}
	buf_free(&b);
}

/* A line break is harmless and what tables use it for; the rest is text. */
static void
put_raw_inline(struct render *r, struct slice s)
{
	if (str_ieq(s, SLICE("<br>")) || str_ieq(s, SLICE("<br/>")) ||
	    str_ieq(s, SLICE("<br />"))) {
		tag(r, "<br>");
		return;
	}
	tag(r, "<span class=\"raw\">");
	html_text(r->out, s);
	tag(r, "</span>");
}

static void
put_in(struct render *r, const struct md_node *n, const char *open,
    const char *close)
{
	tag(r, open);
	put_inlines(r, n);
	tag(r, close);
}

static void
put_inline(struct render *r, const struct md_node *n,
    const struct md_node *before)
{
	switch (md_inline(n)) {
	case MD_INLINE_TEXT:
		html_link_text(r->out, literal(r, n), r->in_link ? NULL :
		    r->o);
		break;
	case MD_INLINE_CODE:
		tag(r, "<code>");
		html_text(r->out, literal(r, n));
		tag(r, "</code>");
		break;
	case MD_INLINE_HTML:
		put_raw_inline(r, literal(r, n));
		break;
	case MD_INLINE_SOFT_BREAK:
		if (!joins_lines(r, before, md_next(n)))
			tag(r, "\n");
		break;
	case MD_INLINE_LINE_BREAK:
		tag(r, "<br>\n");
		break;
	case MD_INLINE_EMPHASIS:
		put_in(r, n, "<em>", "</em>");
		break;
	case MD_INLINE_STRONG:
		put_in(r, n, "<strong>", "</strong>");
		break;
	case MD_INLINE_STRIKE:
		put_in(r, n, "<del>", "</del>");
		break;
	case MD_INLINE_LINK:
		put_link(r, n);
		break;
	case MD_INLINE_IMAGE:
		put_image(r, n);
		break;
	case MD_INLINE_OTHER:
		put_inlines(r, n);
		break;
	}
}

static void
put_inlines(struct render *r, const struct md_node *parent)
{
	const struct md_node *n, *before = NULL;

	if (r->depth >= DEPTH_MAX) {
		html_text(r->out, md_plain(r->m, parent, &r->arena));
		return;
	}
	r->depth++;
	for (n = md_first(parent); n != NULL; before = n, n = md_next(n))
		put_inline(r, n, before);
	r->depth--;
}

/* ---- code ---- */

static bool
is_sql(struct slice lang)
{
	return slice_is(lang, "sql") || slice_is(lang, "mysql") ||
	    slice_is(lang, "postgresql") || slice_is(lang, "pgsql");
}

/* What a block may do when it is run; NULL: it is not run. */
static const char *
risk_word(struct render *r, struct slice lang, struct slice code,
    const char **class)
{
	enum lang_class c = rules_language(lang);
	enum command_risk risk;

	if (c == LANG_SHELL || c == LANG_SESSION)
		risk = risk_of_shell(code);
	else if (is_sql(lang))
		risk = risk_of_sql(code);
	else
		return NULL;
	*class = risk == RISK_DESTRUCTIVE ? "risk destructive" : risk ==
	    RISK_CHANGES ? "risk changes" : "risk read-only";
	return risk == RISK_DESTRUCTIVE ? r->o->words->destructive :
	    risk == RISK_CHANGES ? r->o->words->changes :
	    r->o->words->read_only;
}

/* A prompt is shown and is not copied. */
static void
put_session(struct render *r, struct slice lang, struct slice code)
{
	struct slice line, command;
	size_t end;

	while (str_line(&code, &line, &end)) {
		if (steps_prompt(line, &command)) {
			tag(r, "<span class=\"prompt\">");
			html_text(r->out, slice_sub(line, 0,
			    (size_t)(command.ptr - line.ptr)));
			tag(r, "</span>");
			highlight_put(r->out, lang, command);
			html_text(r->out, slice_sub(line, (size_t)(
			    command.ptr + command.len - line.ptr), line.len));
		} else if (rules_language(lang) == LANG_SESSION) {
			tag(r, "<span class=\"output\">");
			html_text(r->out, line);
			tag(r, "</span>");
		} else {
			highlight_put(r->out, lang, line);
		}
		if (end != 0)
			tag(r, "\n");
	}
}

static bool
has_prompt(struct slice code)
{
	struct slice line, command;

	while (str_line(&code, &line, NULL))
		if (steps_prompt(line, &command))
			return true;
	return false;
}

static void
put_code(struct render *r, const struct md_node *n)
{
	struct slice lang = md_code_lang(r->m, n, &r->arena);
	struct slice code = literal(r, n);
	const char *class = "", *risk = risk_word(r, lang, code, &class);

	tag(r, "<figure class=\"code\">");
	if (lang.len != 0 || risk != NULL) {
		tag(r, "<figcaption>");
		if (lang.len != 0) {
			tag(r, "<span class=\"lang\">");
			html_text(r->out, lang);
			tag(r, "</span>");
		}
		if (risk != NULL) {
			tag(r, " <span class=\"");
			tag(r, class);
			tag(r, "\">");
			html_text(r->out, slice_of(risk));
			tag(r, "</span>");
		}
		tag(r, "</figcaption>");
	}
	tag(r, "<pre tabindex=\"0\"><code>");
	if (has_prompt(code))
		put_session(r, lang, code);
	else
		highlight_put(r->out, lang, code);
	tag(r, "</code></pre></figure>\n");
}

/* ---- blocks ---- */

/* The id of a heading: the caller's for the first, words for others. */
static struct slice
heading_id(struct render *r, const struct md_node *n)
{
	struct slice words;

	if (r->headings++ == 0 && r->o->id.len != 0)
		return r->o->id;
	words = document_slug((long long)r->headings, md_plain(r->m, n,
	    &r->arena), &r->arena);
	return arena_printf(&r->arena, "%.*s--%.*s", SLICE_ARG(r->o->id),
	    SLICE_ARG(words));
}

static void
put_heading(struct render *r, const struct md_node *n)
{
	unsigned level = md_heading_level(n) + r->o->shift;
	bool is_first = r->headings == 0;
	struct slice id = heading_id(r, n);

	level = level > 6 ? 6 : level;
	buf_printf(r->out, "<h%u id=\"", level);
	html_attr(r->out, id);
	tag(r, "\">");
	put_inlines(r, n);
	tag(r, " <a class=\"anchor\" href=\"");
	if (is_first && r->o->href.len != 0) {
		html_attr(r->out, r->o->href);
	} else {
		tag(r, "#");
		html_url_part(r->out, id);
	}
	tag(r, "\" aria-label=\"");
	html_attr(r->out, slice_of(r->o->words->anchor));
	tag(r, "\">#</a>");
	buf_printf(r->out, "</h%u>\n", level);
}

static void
put_item(struct render *r, const struct md_node *item, bool tight)
{
	bool done = false;
	const char *field;

	if (md_item_is_task(item, &done)) {
		tag(r, "<li class=\"task\"><input type=\"checkbox\" disabled");
		tag(r, done ? " checked aria-label=\"" : " aria-label=\"");
		html_attr(r->out, slice_of(done ? r->o->words->done :
		    r->o->words->open));
		tag(r, "\"> ");
	} else if ((field = item_class(r, item)) != NULL) {
		tag(r, "<li class=\"field ");
		tag(r, field);
		tag(r, "\">");
	} else {
		tag(r, "<li>");
	}
	put_blocks(r, item, tight);
	tag(r, "</li>\n");
}

static void
put_list(struct render *r, const struct md_node *list)
{
	bool ordered = md_list_is_ordered(list);
	bool tight = md_list_is_tight(list);
	const struct md_node *item;

	if (!ordered)
		tag(r, "<ul>\n");
	else if (md_list_start(list) == 1)
		tag(r, "<ol>\n");
	else
		buf_printf(r->out, "<ol start=\"%d\">\n", md_list_start(list));
	for (item = md_first(list); item != NULL; item = md_next(item))
		put_item(r, item, tight);
	tag(r, ordered ? "</ol>\n" : "</ul>\n");
}

static void
put_row(struct render *r, const struct md_node *table,
    const struct md_node *row)
{
	bool is_head = md_row_is_head(row);
	const struct md_node *cell;
	unsigned i = 0;

	tag(r, is_head ? "<thead><tr>" : "<tr>");
	for (cell = md_first(row); cell != NULL; cell = md_next(cell)) {
		char align = md_column_align(table, i++);

		tag(r, is_head ? "<th scope=\"col\"" : "<td");
		tag(r, align == 'r' ? " class=\"right\">" : align == 'c' ?
		    " class=\"center\">" : ">");
		put_inlines(r, cell);
		tag(r, is_head ? "</th>" : "</td>");
	}
	tag(r, is_head ? "</tr></thead>\n<tbody>\n" : "</tr>\n");
}

static void
put_table(struct render *r, const struct md_node *table)
{
	const struct md_node *row;

	tag(r, "<div class=\"scroll\" tabindex=\"0\"><table>\n");
	for (row = md_first(table); row != NULL; row = md_next(row))
		put_row(r, table, row);
	tag(r, "</tbody></table></div>\n");
}

/* ---- labelled parts: "**Fix**: ..." and what follows it ---- */

static bool
field_label(struct slice line, enum label *label)
{
	struct slice rest;

	return rules_label_line(line, label, &rest) &&
	    LABEL_IS_FIELD(*label);
}

static void
close_field(struct render *r)
{
	if (r->in_field)
		tag(r, "</div>\n");
	r->in_field = false;
}

static void
open_field(struct render *r, enum label label)
{
	close_field(r);
	tag(r, "<div class=\"field ");
	tag(r, entry_field_name((enum field_name)label));
	tag(r, "\">\n");
	r->in_field = true;
}

static bool
is_break(const struct md_node *n)
{
	return md_inline(n) == MD_INLINE_SOFT_BREAK ||
	    md_inline(n) == MD_INLINE_LINE_BREAK;
}

/* A paragraph of the entry itself: each line that is labelled is a part. */
static void
put_labelled(struct render *r, const struct md_node *parent)
{
	struct md_line *lines;
	size_t nlines = md_lines(r->m, parent, &r->arena, &lines), i = 0;
	const struct md_node *n, *before = NULL;
	enum label label;

	if (nlines != 0 && field_label(lines[0].text, &label))
		open_field(r, label);
	tag(r, "<p>");
	r->depth++;
	for (n = md_first(parent); n != NULL; before = n, n = md_next(n)) {
		if (is_break(n) && ++i < nlines &&
		    field_label(lines[i].text, &label)) {
			tag(r, "</p>\n");
			open_field(r, label);
			tag(r, "<p>");
		} else {
			put_inline(r, n, before);
		}
	}
	r->depth--;
	tag(r, "</p>\n");
}

/* "- **Prevention**: ..." */
static const char *
item_class(struct render *r, const struct md_node *item)
{
	const struct md_node *n = md_first(item);
	struct md_line *lines;
	enum label label;

	if (n == NULL || md_type(n) != MD_PARAGRAPH ||
	    md_lines(r->m, n, &r->arena, &lines) == 0 ||
	    !field_label(lines[0].text, &label))
		return NULL;
	return entry_field_name((enum field_name)label);
}

static void
put_paragraph(struct render *r, const struct md_node *n, bool tight)
{
	if (r->depth == 1) {
		put_labelled(r, n);
		return;
	}
	if (!tight)
		tag(r, "<p>");
	put_inlines(r, n);
	tag(r, tight ? "\n" : "</p>\n");
}

static void
put_block(struct render *r, const struct md_node *n, bool tight)
{
	switch (md_type(n)) {
	case MD_HEADING:
		if (r->depth == 1)
			close_field(r);
		put_heading(r, n);
		break;
	case MD_PARAGRAPH:
		put_paragraph(r, n, tight);
		break;
	case MD_CODE_BLOCK:
		put_code(r, n);
		break;
	case MD_HTML_BLOCK:
		tag(r, "<pre class=\"raw\" tabindex=\"0\">");
		html_text(r->out, literal(r, n));
		tag(r, "</pre>\n");
		break;
	case MD_QUOTE:
		tag(r, "<blockquote>\n");
		put_blocks(r, n, false);
		tag(r, "</blockquote>\n");
		break;
	case MD_LIST:
		put_list(r, n);
		break;
	case MD_TABLE:
		put_table(r, n);
		break;
	case MD_RULE:
		if (r->depth == 1)
			close_field(r);
		tag(r, "<hr>\n");
		break;
	case MD_DOCUMENT:
	case MD_ITEM:
	case MD_ROW:
	case MD_CELL:
	case MD_OTHER:
		put_blocks(r, n, tight);
		break;
	}
}

static void
put_blocks(struct render *r, const struct md_node *parent, bool tight)
{
	const struct md_node *n = md_first(parent);

	if (r->depth >= DEPTH_MAX) {
		tag(r, "<p>");
		html_text(r->out, md_plain(r->m, parent, &r->arena));
		tag(r, "</p>");
		return;
	}
	if (r->depth == 0 && r->o->skip_heading && n != NULL &&
	    md_type(n) == MD_HEADING) {
		n = md_next(n);
		r->headings++;
	}
	r->depth++;
	for (; n != NULL; n = md_next(n))
		put_block(r, n, tight);
	r->depth--;
}

static void
render_end(struct render *r, struct md *m)
{
	arena_free(&r->arena);
	md_free(m);
}

void
render_html(struct slice markdown, const struct html_options *options,
    struct buf *out)
{
	struct md *m = md_parse_reading(markdown);
	struct render r = { .m = m, .arena = ARENA_INIT, .out = out,
		.o = options };

	put_blocks(&r, md_root(m), false);
	close_field(&r);
	render_end(&r, m);
}

void
render_html_heading(struct slice markdown, struct buf *out)
{
	static const struct html_words words = { "", "", "", "", "", "", "" };
	static const struct html_options none = { .words = &words };
	struct md *m = md_parse_reading(markdown);
	struct render r = { .m = m, .arena = ARENA_INIT, .out = out,
		.o = &none, .in_link = true };
	const struct md_node *n = md_first(md_root(m));

	if (n != NULL && md_type(n) == MD_HEADING)
		put_inlines(&r, n);
	render_end(&r, m);
}
