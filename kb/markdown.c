/*
 * markdown.c - a Markdown text as a tree; see markdown.h.
 *
 * A struct md_node is a cmark_node under another name. Everything that leaves
 * this file as text went through guard_restore().
 *
 * cmark-gfm keeps process-wide tables of special characters, which attaching
 * an extension changes for the time of a parse: one mutex holds parses apart.
 * They are bounded, so that nobody waits long.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/markdown.h"
#include "kb/markdown_guard.h"

#include <pthread.h>
#include <stdlib.h>

#include <cmark-gfm.h>
#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm-extension_api.h>

#include "common/arena.h"
#include "common/buf.h"
#include "common/mem.h"
#include "common/str.h"

struct md {
	struct guard guard;
	cmark_node *root;	/* owned */
	size_t *starts;		/* owned; offset of each line of guard.text */
	unsigned nlines;
};

static pthread_mutex_t parse_lock = PTHREAD_MUTEX_INITIALIZER;

static void
attach(cmark_parser *p, const char *extension)
{
	cmark_syntax_extension *e = cmark_find_syntax_extension(extension);

	if (e != NULL)
		cmark_parser_attach_syntax_extension(p, e);
}

static cmark_node *
parse_tree(const struct guard *g)
{
	cmark_parser *p;
	cmark_node *root;

	pthread_mutex_lock(&parse_lock);
	cmark_gfm_core_extensions_ensure_registered();
	p = cmark_parser_new(CMARK_OPT_DEFAULT);
	if (g->has_tables)
		attach(p, "table");
	attach(p, "tasklist");
	attach(p, "strikethrough");
	cmark_parser_feed(p, g->text, g->len);
	root = cmark_parser_finish(p);
	cmark_parser_free(p);
	pthread_mutex_unlock(&parse_lock);
	return root;
}

/* Where the lines of the guarded text start. */
static void
index_lines(struct md *m)
{
	size_t i, n = 1;

	for (i = 0; i < m->guard.len; i++)
		n += m->guard.text[i] == '\n';
	m->starts = mem_calloc(n, sizeof(*m->starts));
	for (i = 0; i < m->guard.len; i++)
		if (m->guard.text[i] == '\n')
			m->starts[++m->nlines] = i + 1;
	m->nlines++;
}

struct md *
md_parse(struct slice text, size_t skip)
{
	struct md *m = mem_zalloc(sizeof(*m));

	guard_make(text, skip, &m->guard);
	index_lines(m);
	m->root = parse_tree(&m->guard);
	return m;
}

struct md *
md_parse_reading(struct slice text)
{
	struct md *m = mem_zalloc(sizeof(*m));

	guard_make_reading(text, &m->guard);
	index_lines(m);
	m->root = parse_tree(&m->guard);
	return m;
}

void
md_free(struct md *m)
{
	if (m == NULL)
		return;
	cmark_node_free(m->root);
	guard_free(&m->guard);
	free(m->starts);
	free(m);
}

/* The two views of a node; cmark's getters take it without const. */
static cmark_node *
node(const struct md_node *n)
{
	return (cmark_node *)(void *)(uintptr_t)n;
}

static const struct md_node *
view(cmark_node *n)
{
	return (const struct md_node *)n;
}

const struct md_node *
md_root(const struct md *m)
{
	return view(m->root);
}

const struct md_node *
md_first(const struct md_node *n)
{
	return view(cmark_node_first_child(node(n)));
}

const struct md_node *
md_next(const struct md_node *n)
{
	return view(cmark_node_next(node(n)));
}

const struct md_node *
md_parent(const struct md_node *n)
{
	return view(cmark_node_parent(node(n)));
}

/* Types of extensions are known by name only. */
static enum md_type
extension_type(cmark_node *n)
{
	const char *name = cmark_node_get_type_string(n);

	if (strcmp(name, "table") == 0)
		return MD_TABLE;
	if (strcmp(name, "table_row") == 0 || strcmp(name, "table_header") == 0)
		return MD_ROW;
	if (strcmp(name, "table_cell") == 0)
		return MD_CELL;
	if (strcmp(name, "tasklist") == 0)
		return MD_ITEM;
	return MD_OTHER;
}

enum md_type
md_type(const struct md_node *n)
{
	switch (cmark_node_get_type(node(n))) {
	case CMARK_NODE_DOCUMENT:
		return MD_DOCUMENT;
	case CMARK_NODE_BLOCK_QUOTE:
		return MD_QUOTE;
	case CMARK_NODE_LIST:
		return MD_LIST;
	case CMARK_NODE_ITEM:
		return MD_ITEM;
	case CMARK_NODE_CODE_BLOCK:
		return MD_CODE_BLOCK;
	case CMARK_NODE_HTML_BLOCK:
		return MD_HTML_BLOCK;
	case CMARK_NODE_PARAGRAPH:
		return MD_PARAGRAPH;
	case CMARK_NODE_HEADING:
		return MD_HEADING;
	case CMARK_NODE_THEMATIC_BREAK:
		return MD_RULE;
	default:
		return extension_type(node(n));
	}
}

/* A line of the guarded text as a line of the source. */
static unsigned
source_line(const struct md *m, unsigned line)
{
	if (line == 0)
		line = 1;
	if (line > m->nlines)
		line = m->nlines;
	return m->guard.line_of != NULL ? m->guard.line_of[line - 1] : line;
}

unsigned
md_line(const struct md *m, const struct md_node *n)
{
	int line = cmark_node_get_start_line(node(n));

	return source_line(m, line > 0 ? (unsigned)line : 1);
}

/* Line number `line` (1-based) of the guarded text, without its end. */
static struct slice
line_text(const struct md *m, unsigned line)
{
	size_t start, end;

	if (line == 0 || line > m->nlines)
		return SLICE("");
	start = m->starts[line - 1];
	end = line < m->nlines ? m->starts[line] - 1 : m->guard.len;
	return slice_make(m->guard.text + start, end - start);
}

/* "===" or "---", alone in its line. */
static bool
is_underline(struct slice line)
{
	size_t i = 0, n;

	while (i < line.len && line.ptr[i] == ' ')
		i++;
	n = i;
	while (n < line.len && line.ptr[n] == line.ptr[i])
		n++;
	if (i > 3 || n == i || (line.ptr[i] != '=' && line.ptr[i] != '-'))
		return false;
	return str_trim(slice_sub(line, n, line.len)).len == 0;
}

static bool
is_atx(struct slice line)
{
	size_t i = 0, n = 0;

	while (i < line.len && line.ptr[i] == ' ')
		i++;
	while (i + n < line.len && line.ptr[i + n] == '#')
		n++;
	return i <= 3 && n >= 1 && n <= 6 &&
	    (i + n == line.len || ascii_is_space(line.ptr[i + n]));
}

/* Whether a setext heading with this content is underlined at `under`. */
static bool
setext_fits(const struct md *m, struct slice content, unsigned nlines,
    unsigned under)
{
	struct slice first;

	if (under <= nlines || !is_underline(line_text(m, under)))
		return false;
	if (!str_line(&content, &first, NULL))
		return false;
	return slice_eq(str_trim(line_text(m, under - nlines)),
	    str_trim(first));
}

/*
 * The first line of a setext heading. cmark starts it where its paragraph
 * started, before any reference definitions, and ends it one line after its
 * underline, or at it at the end of the text. The content's own lines say
 * how far above the underline it really starts.
 */
static unsigned
setext_line(const struct md *m, const struct md_node *n, struct slice content)
{
	unsigned start = (unsigned)cmark_node_get_start_line(node(n));
	unsigned end = (unsigned)cmark_node_get_end_line(node(n));
	unsigned nlines = 0, under;
	struct slice rest = content, line;

	while (str_line(&rest, &line, NULL))
		nlines++;
	for (under = end; under > start && under + 2 > end; under--)
		if (setext_fits(m, content, nlines, under))
			return under - nlines;
	for (under = start + 1; under <= end + 1; under++)
		if (setext_fits(m, content, nlines, under))
			return under - nlines;
	return start;
}

/*
 * The raw text of a paragraph or heading. Without children it has none, and
 * cmark's buffer was never written, not even its NUL.
 */
static struct slice
string_content(const struct md_node *n)
{
	if (cmark_node_first_child(node(n)) == NULL)
		return slice_make("", 0);
	return slice_of(cmark_node_get_string_content(node(n)));
}

/* The same, masked bytes put back. */
static struct slice
raw_content(const struct md *m, const struct md_node *n, struct arena *a)
{
	struct slice raw = string_content(n);
	char *copy = arena_cstr(a, raw);

	return slice_make(copy, guard_restored(&m->guard, copy, raw.len));
}

void
md_heading(const struct md *m, const struct md_node *n, struct arena *a,
    struct md_heading *out)
{
	unsigned line = (unsigned)cmark_node_get_start_line(node(n));
	struct slice raw = string_content(n);

	out->level = (unsigned)cmark_node_get_heading_level(node(n));
	if (!is_atx(line_text(m, line)))
		line = setext_line(m, n, raw);
	out->line = source_line(m, line);
	out->mark = str_trim(raw_content(m, n, a));
}

unsigned
md_heading_level(const struct md_node *n)
{
	return (unsigned)cmark_node_get_heading_level(node(n));
}

bool
md_list_is_tight(const struct md_node *list)
{
	return cmark_node_get_list_tight(node(list)) != 0;
}

bool
md_row_is_head(const struct md_node *row)
{
	return cmark_gfm_extensions_get_table_row_is_header(node(row)) != 0;
}

char
md_column_align(const struct md_node *table, unsigned column)
{
	if (column >= cmark_gfm_extensions_get_table_columns(node(table)))
		return '\0';
	return (char)cmark_gfm_extensions_get_table_alignments(node(
	    table))[column];
}

bool
md_list_is_ordered(const struct md_node *list)
{
	return cmark_node_get_list_type(node(list)) == CMARK_ORDERED_LIST;
}

int
md_list_start(const struct md_node *list)
{
	return cmark_node_get_list_start(node(list));
}

enum md_inline
md_inline(const struct md_node *n)
{
	switch (cmark_node_get_type(node(n))) {
	case CMARK_NODE_TEXT:
		return MD_INLINE_TEXT;
	case CMARK_NODE_CODE:
		return MD_INLINE_CODE;
	case CMARK_NODE_HTML_INLINE:
		return MD_INLINE_HTML;
	case CMARK_NODE_SOFTBREAK:
		return MD_INLINE_SOFT_BREAK;
	case CMARK_NODE_LINEBREAK:
		return MD_INLINE_LINE_BREAK;
	case CMARK_NODE_EMPH:
		return MD_INLINE_EMPHASIS;
	case CMARK_NODE_STRONG:
		return MD_INLINE_STRONG;
	case CMARK_NODE_LINK:
		return MD_INLINE_LINK;
	case CMARK_NODE_IMAGE:
		return MD_INLINE_IMAGE;
	default:
		return strcmp(cmark_node_get_type_string(node(n)),
		    "strikethrough") == 0 ? MD_INLINE_STRIKE : MD_INLINE_OTHER;
	}
}

/* The copy of a text of cmark's, masked bytes put back. */
static struct slice
restored(const struct md *m, const char *text, struct arena *a)
{
	struct slice s = slice_of(text);
	char *copy = arena_cstr(a, s);

	return slice_make(copy, guard_restored(&m->guard, copy, s.len));
}

struct slice
md_url(const struct md *m, const struct md_node *n, struct arena *a)
{
	return restored(m, cmark_node_get_url(node(n)), a);
}

bool
md_item_is_task(const struct md_node *item, bool *done)
{
	if (strcmp(cmark_node_get_type_string(node(item)), "tasklist") != 0)
		return false;
	*done = cmark_gfm_extensions_get_tasklist_item_checked(node(item));
	return true;
}

struct slice
md_code(const struct md *m, const struct md_node *n, struct arena *a)
{
	return restored(m, cmark_node_get_literal(node(n)), a);
}

struct slice
md_code_lang(const struct md *m, const struct md_node *n, struct arena *a)
{
	struct slice s = str_trim(slice_of(cmark_node_get_fence_info(node(n))));
	size_t len = 0;
	char *copy;

	while (len < s.len && !ascii_is_space(s.ptr[len]) &&
	    strchr(",{", s.ptr[len]) == NULL)
		len++;
	copy = arena_cstr(a, slice_sub(s, 0, len));
	len = guard_restored(&m->guard, copy, len);
	for (char *p = copy; *p != '\0'; p++)
		*p = ascii_lower(*p);
	return slice_make(copy, len);
}

/* Collects the lines of one paragraph. */
struct lines {
	const struct md *m;
	struct arena *a;
	struct buf text;
	bool keep_code;		/* as `x` */
	struct md_line line;	/* the one being read */
	struct slice *code;	/* its code spans */
	size_t cap_code;
	struct md_line *done;
	size_t ndone, cap_done;
	unsigned bold;		/* depth */
};

static void
put_restored(struct lines *l, struct slice s)
{
	char *room = buf_reserve(&l->text, s.len);

	if (room == NULL || s.len == 0)
		return;
	memcpy(room, s.ptr, s.len);
	l->text.len -= s.len - guard_restored(&l->m->guard, room, s.len);
}

static void
put_text(struct lines *l, struct slice s)
{
	if (s.len != 0 && l->bold != 0 &&
	    str_trim(buf_slice(&l->text)).len == 0)
		l->line.is_bold = true;
	put_restored(l, s);
}

static void
put_code(struct lines *l, struct slice s)
{
	char *copy = arena_cstr(l->a, s);

	s.len = guard_restored(&l->m->guard, copy, s.len);
	l->code = arena_grow(l->a, l->code, l->line.ncode, &l->cap_code,
	    sizeof(*l->code));
	l->code[l->line.ncode++] = slice_make(copy, s.len);
	if (l->keep_code)
		buf_putc(&l->text, '`');
	buf_put(&l->text, copy, s.len);
	if (l->keep_code)
		buf_putc(&l->text, '`');
}

static void
end_line(struct lines *l)
{
	l->line.text = arena_dup(l->a, str_trim(buf_slice(&l->text)));
	if (l->line.ncode != 0) {
		l->line.code = arena_calloc(l->a, l->line.ncode,
		    sizeof(*l->code));
		memcpy(l->line.code, l->code, l->line.ncode *
		    sizeof(*l->code));
	}
	l->done = arena_grow(l->a, l->done, l->ndone, &l->cap_done,
	    sizeof(*l->done));
	l->done[l->ndone++] = l->line;
	l->line = (struct md_line){ .ncode = 0 };
	buf_reset(&l->text);
}

static void
take_inline(struct lines *l, cmark_node *n, bool enter)
{
	switch (cmark_node_get_type(n)) {
	case CMARK_NODE_TEXT:
		put_text(l, slice_of(cmark_node_get_literal(n)));
		break;
	case CMARK_NODE_CODE:
		put_code(l, slice_of(cmark_node_get_literal(n)));
		break;
	case CMARK_NODE_SOFTBREAK:
	case CMARK_NODE_LINEBREAK:
		end_line(l);
		break;
	case CMARK_NODE_STRONG:
		l->bold += enter ? 1 : -1u;
		break;
	default:	/* links and images by their text, HTML not at all */
		break;
	}
}

static void
collect(struct lines *l, const struct md *m, const struct md_node *n,
    struct arena *a, bool keep_code)
{
	cmark_iter *it = cmark_iter_new(node(n));
	cmark_event_type ev;

	*l = (struct lines){ .m = m, .a = a, .keep_code = keep_code };
	buf_init(&l->text, 0);
	while ((ev = cmark_iter_next(it)) != CMARK_EVENT_DONE)
		take_inline(l, cmark_iter_get_node(it), ev == CMARK_EVENT_ENTER);
	end_line(l);
	cmark_iter_free(it);
	buf_free(&l->text);
}

size_t
md_lines(const struct md *m, const struct md_node *n, struct arena *a,
    struct md_line **out)
{
	struct lines l;

	collect(&l, m, n, a, true);
	*out = l.done;
	return l.ndone;
}

struct slice
md_plain(const struct md *m, const struct md_node *n, struct arena *a)
{
	struct lines l;
	struct buf all = BUF_INIT;
	struct slice out;
	size_t i;

	collect(&l, m, n, a, false);
	for (i = 0; i < l.ndone; i++) {
		if (i != 0)
			buf_putc(&all, ' ');
		buf_put_slice(&all, l.done[i].text);
	}
	out = arena_dup(a, str_trim(buf_slice(&all)));
	buf_free(&all);
	return out;
}
