/*
 * markdown.h - a Markdown text as a tree; the only door to cmark-gfm.
 *
 * CommonMark with tables, task lists and strikethrough. Parsing is bounded by
 * the length of the text whatever its bytes: see kb/markdown_guard.h for what
 * is given up past which cap. Nodes are borrowed from their struct md.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_MARKDOWN_H
#define KBD_MARKDOWN_H

#include "common/slice.h"

struct arena;
struct buf;
struct md;
struct md_node;

enum md_type {
	MD_DOCUMENT,
	MD_QUOTE,
	MD_LIST,
	MD_ITEM,
	MD_CODE_BLOCK,
	MD_HTML_BLOCK,
	MD_PARAGRAPH,
	MD_HEADING,
	MD_RULE,
	MD_TABLE,
	MD_ROW,
	MD_CELL,
	MD_OTHER	/* anything inside a paragraph */
};

/*
 * Parse a text of at most DOCUMENT_MAX_BYTES, well-formed UTF-8 without NUL.
 * The first `skip` bytes (front matter, a byte order mark) count as empty
 * lines. Never fails; the result is freed with md_free(). Any thread.
 */
struct md *md_parse(struct slice text, size_t skip);
void md_free(struct md *m);

/*
 * For a page or a screen: emphasis works beside Chinese punctuation too. Its
 * md_heading() is of no use for cutting the text.
 */
struct md *md_parse_reading(struct slice text);

const struct md_node *md_root(const struct md *m);
const struct md_node *md_first(const struct md_node *n);
const struct md_node *md_next(const struct md_node *n);
const struct md_node *md_parent(const struct md_node *n);
enum md_type md_type(const struct md_node *n);

/* 1-based line of the text where a block starts. */
unsigned md_line(const struct md *m, const struct md_node *n);

/*
 * A heading that is a child of the document: its level, the line of its first
 * byte (checked against the text, since reference definitions shift cmark's
 * count), and its raw inline Markdown, in the arena.
 */
struct md_heading {
	unsigned level;
	unsigned line;
	struct slice mark;
};
void md_heading(const struct md *m, const struct md_node *n, struct arena *a,
    struct md_heading *out);

unsigned md_heading_level(const struct md_node *n);	/* 1 to 6 */

bool md_list_is_tight(const struct md_node *list);
bool md_list_is_ordered(const struct md_node *list);
int md_list_start(const struct md_node *list);	/* its first number */

/* Whether an item is "[ ]" or "[x]"; *done is set when it is. */
bool md_item_is_task(const struct md_node *item, bool *done);

/* Text of a code block, every line ended by LF, without its indentation. */
struct slice md_code(const struct md *m, const struct md_node *n,
    struct arena *a);

/* First word of a fence's info string, lower case; "" if there is none. */
struct slice md_code_lang(const struct md *m, const struct md_node *n,
    struct arena *a);

/* The first row of a table; and how a column stands: 'l', 'c', 'r' or 0. */
bool md_row_is_head(const struct md_node *row);
char md_column_align(const struct md_node *table, unsigned column);

/* What a node inside a paragraph, heading or table cell is. */
enum md_inline {
	MD_INLINE_TEXT,		/* this, code and HTML: see md_code() */
	MD_INLINE_CODE,
	MD_INLINE_HTML,
	MD_INLINE_SOFT_BREAK,
	MD_INLINE_LINE_BREAK,
	MD_INLINE_EMPHASIS,	/* the rest have children */
	MD_INLINE_STRONG,
	MD_INLINE_STRIKE,
	MD_INLINE_LINK,
	MD_INLINE_IMAGE,
	MD_INLINE_OTHER
};
enum md_inline md_inline(const struct md_node *n);

/* Where a link or image leads. */
struct slice md_url(const struct md *m, const struct md_node *n,
    struct arena *a);

/* One source line of a paragraph, as plain text. */
struct md_line {
	struct slice text;	/* marks removed, code kept as `x` */
	struct slice *code;	/* the code spans in it, without backticks */
	size_t ncode;
	bool is_bold;		/* starts with bold text */
};

/* The lines of a paragraph, heading or table cell. */
size_t md_lines(const struct md *m, const struct md_node *n, struct arena *a,
    struct md_line **out);

/* The same as one line, code without backticks. */
struct slice md_plain(const struct md *m, const struct md_node *n,
    struct arena *a);

#endif
