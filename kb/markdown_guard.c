/*
 * markdown_guard.c - the copy that cmark-gfm may see; see markdown_guard.h.
 *
 * Each measure is one pass over the copy, linear in its length. A mask keeps
 * every byte at its place; only joined lines change the count of lines, and
 * line_of says what they were.
 *
 * Fences that start in the first column are followed exactly, so that code,
 * which is full of brackets and quotes but makes no nodes, costs nothing.
 * After raw HTML that may go on over blank lines nothing is taken for code.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/markdown_guard.h"

#include <stdlib.h>

#include "common/buf.h"
#include "common/mem.h"
#include "common/str.h"

/* What may be masked, and the control character that stands for it. */
static const char plain[] = "-+*>.)[]<!_`~\\&:\"'|\n#=";
static const char masks[] =
    "\x01\x02\x03\x04\x05\x06\x07\x08\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17"
    "\x18\x19\x1a\x1c";
#define JOINED '\x19'

/* These make nodes of their own inside a paragraph. */
static const char inlines[] = "[]<!*_`~\\&\"'";

/* Bytes at the start of a line's text that may make it a block. */
#define BLOCK_START 16

/* A fence that is open, as far as we follow them. */
struct fence {
	char sign;	/* '`' or '~'; NUL: none is open */
	size_t len;
	bool html;	/* a blank line ends what may be an HTML block */
	bool distrust;	/* one that goes on may hide what looks like a fence */
};

static bool
is_one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

/* Note that `n` lines of the source were left out in front of a line. */
static void
leave_out(struct guard *g, unsigned line, unsigned n)
{
	if (n == 0)
		return;
	g->gaps = mem_grow(g->gaps, g->ngaps, &g->cap_gaps, sizeof(*g->gaps));
	g->gaps[g->ngaps].line = line;
	g->gaps[g->ngaps++].n = n;
}

static bool
is_blank(struct slice line)
{
	return str_trim(line).len == 0;
}

/*
 * Copy with LF line ends; the first skip bytes leave only their line ends,
 * and of many blank lines in a row some are left out.
 */
static void
copy_lines(struct slice text, size_t skip, struct guard *g)
{
	struct slice rest = text, line;
	unsigned number = 0, blanks = 0, left = 0;
	size_t end, at;

	g->text = mem_alloc(text.len + 1);
	while (str_line(&rest, &line, &end)) {
		at = (size_t)(line.ptr - text.ptr);
		if (at < skip)
			line = slice_sub(line, skip - at, line.len);
		blanks = is_blank(line) ? blanks + 1 : 0;
		if (blanks > GUARD_BLANKS && end != 0) {
			left++;
			continue;
		}
		leave_out(g, ++number, left);
		left = 0;
		if (line.len != 0)
			memcpy(g->text + g->len, line.ptr, line.len);
		g->len += line.len;
		if (end != 0)
			g->text[g->len++] = '\n';
	}
	g->text[g->len] = '\0';
}

/*
 * Control characters of the source itself must not be taken for masks. They
 * become another one: a blank could make a heading of what is none.
 */
static void
begin_masking(struct guard *g)
{
	size_t i;

	if (g->is_masked)
		return;
	g->is_masked = true;
	for (i = 0; i < g->len; i++)
		if (is_one_of(g->text[i], masks))
			g->text[i] = '\x7f';
}

static void
mask(struct guard *g, size_t at)
{
	const char *p = strchr(plain, g->text[at]);

	begin_masking(g);
	if (p != NULL && *p != '\0')
		g->text[at] = masks[p - plain];
}

void
guard_restore(const struct guard *g, char *s, size_t len)
{
	const char *p;
	size_t i;

	if (!g->is_masked)
		return;
	for (i = 0; i < len; i++)
		if (s[i] != '\0' && (p = strchr(masks, s[i])) != NULL)
			s[i] = plain[p - masks];
}

/* The next line from *at, without its LF; *at moves behind it. */
static bool
next_line(const struct guard *g, size_t *at, struct slice *line)
{
	const char *end;

	if (*at >= g->len)
		return false;
	end = memchr(g->text + *at, '\n', g->len - *at);
	*line = slice_make(g->text + *at, end != NULL ?
	    (size_t)(end - (g->text + *at)) : g->len - *at);
	*at += line->len + 1;
	return true;
}

/* Length of a run of '`' or '~' that may open or close a fence at `i`. */
static size_t
fence_len(struct slice line, size_t i, char *sign)
{
	size_t n = 0;

	*sign = i < line.len ? line.ptr[i] : '\0';
	if (*sign != '`' && *sign != '~')
		return 0;
	while (i + n < line.len && line.ptr[i + n] == *sign)
		n++;
	return n >= 3 ? n : 0;
}

/* Whether the line ends the open fence. */
static bool
closes_fence(const struct fence *f, struct slice line)
{
	size_t i = 0, n;
	char sign;

	while (i < line.len && i < 3 && line.ptr[i] == ' ')
		i++;
	n = fence_len(line, i, &sign);
	return n >= f->len && sign == f->sign &&
	    is_blank(slice_sub(line, i + n, line.len));
}

/* Keep in mind the HTML blocks that a line may start. */
static void
follow_html(struct fence *f, struct slice line)
{
	static const char *const tags[] = { "<!", "<?", "<script", "<pre",
		"<style", "<textarea" };
	struct slice s = str_trim(line);
	size_t i;

	if (s.len == 0)
		f->html = false;
	if (s.len == 0 || s.ptr[0] != '<')
		return;
	f->html = true;
	if (slice_starts(s, SLICE("<!--")) && slice_ends(s, SLICE("-->")) &&
	    s.len >= 7)
		return;
	for (i = 0; i < ARRAY_LEN(tags); i++)
		f->distrust = f->distrust || str_ieq(slice_sub(s, 0,
		    strlen(tags[i])), slice_of(tags[i]));
}

/*
 * Follow fences over one line. True when the line is code or a fence, and
 * nothing in it makes a node. Only what starts in the first column counts:
 * it is a fence wherever it stands, except inside raw HTML.
 */
static bool
is_code(struct fence *f, struct slice line)
{
	size_t n;
	char sign;

	if (f->sign != '\0') {
		if (closes_fence(f, line))
			f->sign = '\0';
		return true;
	}
	follow_html(f, line);
	n = f->distrust || f->html ? 0 : fence_len(line, 0, &sign);
	if (n == 0 || (sign == '`' && memchr(line.ptr + n, '`',
	    line.len - n) != NULL))
		return false;
	f->sign = sign;
	f->len = n;
	return true;
}

/* ---- tables ---- */

/* "|---|:-:|": columns of a delimiter row, or 0. */
static size_t
delimiter_columns(struct slice line)
{
	size_t i, pipes = 0, dashes = 0, colons = 0;

	for (i = 0; i < line.len; i++) {
		char c = line.ptr[i];

		if (!is_one_of(c, "|-: \t>"))
			return 0;
		pipes += c == '|';
		dashes += c == '-';
		colons += c == ':';
	}
	return dashes != 0 && pipes + colons != 0 ? pipes + 1 : 0;
}

static size_t
count_pipes(struct slice line)
{
	size_t i, n = 0;

	for (i = 0; i < line.len; i++)
		n += line.ptr[i] == '|';
	return n;
}

/* cmark walks along a row's cells for each further one. */
static void
measure_tables(struct guard *g)
{
	size_t at = 0, rows = 0, cells = 0, columns = 0, steps = 0, n;
	struct slice line;

	while (next_line(g, &at, &line)) {
		n = count_pipes(line);
		steps += n * n;
		n = delimiter_columns(line);
		if (n != 0) {
			rows++;
			cells += n;	/* the header */
			columns = n > columns ? n : columns;
		}
		if (is_blank(line))
			columns = 0;
		cells += columns;
		if (columns > GUARD_TABLE_COLUMNS ||
		    rows > GUARD_DELIMITER_ROWS || cells > GUARD_TABLE_CELLS)
			g->has_tables = false;
	}
	if (rows != 0 && steps > GUARD_TABLE_STEPS)
		g->has_tables = false;
}

/* ---- nesting ---- */

/* How many of something a text may have. */
static size_t
budget(const struct guard *g, size_t least)
{
	size_t n = g->len / 10;

	if (n > GUARD_NODES_MAX)
		n = GUARD_NODES_MAX;
	return n > least ? n : least;
}

/* "- - -", "***": a rule, whatever its length. */
static bool
is_rule(struct slice line)
{
	struct slice s = str_trim(line);
	size_t i, n = 0;

	if (s.len == 0 || !is_one_of(s.ptr[0], "-*_"))
		return false;
	for (i = 0; i < s.len; i++) {
		if (s.ptr[i] != s.ptr[0] && !ascii_is_space(s.ptr[i]))
			return false;
		n += s.ptr[i] == s.ptr[0];
	}
	return n >= 3;
}

/*
 * The container marker at `i`: *sign is the offset of the byte that makes it
 * one. Returns the offset behind it, or i if there is none.
 */
static size_t
marker_end(struct slice line, size_t i, size_t *sign)
{
	size_t n = i;

	if (n < line.len && line.ptr[n] == '>') {
		*sign = n;
		return n + 1;
	}
	while (n < line.len && n - i < 9 && ascii_is_digit(line.ptr[n]))
		n++;
	if (n == line.len || !is_one_of(line.ptr[n], n > i ? ".)" : "-+*"))
		return i;
	if (n + 1 < line.len && line.ptr[n + 1] != ' ' &&
	    line.ptr[n + 1] != '\t')
		return i;
	*sign = n;
	return n + 1;
}

/*
 * Where the text of a line starts, behind blanks and container markers. The
 * first marker at or beyond the column `limit` is left in *deep.
 */
static size_t
content_start(struct slice line, size_t limit, size_t *deep)
{
	size_t i = 0, column = 0, end, sign = 0;

	*deep = line.len;
	for (;;) {
		while (i < line.len && (line.ptr[i] == ' ' ||
		    line.ptr[i] == '\t')) {
			column += line.ptr[i] == '\t' ? 4 - column % 4 : 1;
			i++;
		}
		end = marker_end(line, i, &sign);
		if (end == i)
			return i;
		if (column >= limit) {
			*deep = sign;
			return end;
		}
		column += end - i;
		i = end;
	}
}

/* Container markers at the start of a line behind its first one. */
static size_t
inner_markers(struct slice line)
{
	size_t i = 0, end, sign, n = 0;

	for (;;) {
		while (i < line.len && ascii_is_space(line.ptr[i]))
			i++;
		end = marker_end(line, i, &sign);
		if (end == i)
			return n != 0 ? n - 1 : 0;
		i = end;
		n++;
	}
}

/*
 * Containers beyond a column are text, so that none is nested deeply; past
 * the budget, those that open in a line behind another one.
 */
static void
limit_nesting(struct guard *g)
{
	size_t at = 0, left = budget(g, 2 * GUARD_MARKERS) / 2, n;
	struct fence f = { .sign = '\0' };
	size_t start, deep;
	struct slice line;

	while (next_line(g, &at, &line)) {
		if (is_code(&f, line) || is_rule(line))
			continue;
		start = (size_t)(line.ptr - g->text);
		n = inner_markers(line);
		content_start(line, n <= left ? GUARD_MARKER_COLUMN : 1,
		    &deep);
		left -= n <= left ? n : 0;
		if (deep < line.len)
			mask(g, start + deep);
	}
}

/* ---- raw HTML ---- */

/*
 * "<?" and "<!X" inside a paragraph make cmark look for their end again and
 * again. At the start of a line they begin an HTML block, which does not.
 */
static void
limit_openers(struct guard *g)
{
	struct fence f = { .sign = '\0' };
	size_t at = 0, seen = 0, i;
	struct slice line;

	while (next_line(g, &at, &line)) {
		if (is_code(&f, line))
			continue;
		for (i = 0; i + 1 < line.len; i++) {
			if (line.ptr[i] != '<' || (line.ptr[i + 1] != '?' &&
			    line.ptr[i + 1] != '!'))
				continue;
			if (++seen > GUARD_RAW_OPENERS && (i > 3 ||
			    !is_blank(slice_sub(line, 0, i))))
				mask(g, (size_t)(line.ptr - g->text) + i);
		}
	}
}

/* ---- references ---- */

/*
 * Whether a definition that starts at `s` is over at the end of the line
 * s..end, if the next line starts with "[": it has no title, or a closed one.
 */
static bool
is_whole_definition(struct slice s)
{
	size_t i = 0;
	char close;

	s = str_trim(s);
	if (s.len == 0 || s.ptr[0] == '<')
		return false;		/* no target yet; "<a "b>" */
	while (i < s.len && s.ptr[i] != ' ' && s.ptr[i] != '\t')
		i++;
	while (i < s.len && !(is_one_of(s.ptr[i], "\"'(") &&
	    ascii_is_space(s.ptr[i - 1])))
		i++;
	if (i == s.len)
		return true;
	close = s.ptr[i] == '(' ? ')' : s.ptr[i];
	return i + 1 < s.len && s.ptr[s.len - 1] == close &&
	    s.ptr[s.len - 2] != '\\';
}

/* Bytes from `at` that may belong to one definition, at most max + 1. */
static size_t
definition_reach(const struct guard *g, size_t at, size_t max)
{
	size_t n = 0, line = at;

	for (; at + n < g->len && n <= max; n++) {
		if (g->text[at + n] != '\n')
			continue;
		if (at + n + 1 >= g->len || g->text[at + n + 1] == '\n')
			break;
		if (g->text[at + n + 1] == '[' && is_whole_definition(
		    slice_make(g->text + line, at + n - line)))
			break;
	}
	return n;
}

/* Every "]" may expand a definition: their product is capped. */
static void
limit_references(struct guard *g)
{
	size_t i, uses = 0, max;

	for (i = 0; i < g->len; i++)
		uses += g->text[i] == ']';
	if (uses == 0)
		return;
	max = GUARD_REFERENCE_BYTES / uses;
	for (i = 0; i + 1 < g->len; i++)
		if (g->text[i] == ']' && g->text[i + 1] == ':' &&
		    definition_reach(g, i + 2, max) > max)
			mask(g, i + 1);
}

/* ---- what makes nodes ---- */

/*
 * Past the budget what is special inside a paragraph becomes text. What a
 * line starts with stays: fences, rules, HTML blocks, definitions.
 */
static void
limit_inlines(struct guard *g)
{
	size_t at = 0, left = budget(g, GUARD_INLINES), i, n, deep, start;
	struct fence f = { .sign = '\0' };
	struct slice line;

	while (next_line(g, &at, &line)) {
		if (is_code(&f, line))
			continue;
		start = (size_t)(line.ptr - g->text);
		i = content_start(line, GUARD_MARKER_COLUMN, &deep);
		for (n = 0; n < BLOCK_START && i < line.len &&
		    is_one_of(line.ptr[i], inlines); n++) {
			i++;
			left -= left != 0;
		}
		for (; i < line.len; i++) {
			if (!is_one_of(line.ptr[i], inlines))
				continue;
			if (left != 0)
				left--;
			else
				mask(g, start + i);
		}
	}
}

/* "===" or "---": with text above, it makes that a heading. */
static bool
is_underline(struct slice line)
{
	struct slice s = str_trim(line);
	size_t i;

	if (s.len == 0 || (s.ptr[0] != '=' && s.ptr[0] != '-'))
		return false;
	for (i = 1; i < s.len; i++)
		if (s.ptr[i] != s.ptr[0])
			return false;
	return true;
}

/* Lines being joined. */
struct joiner {
	size_t headings;	/* certain ones so far */
	size_t underlines;	/* what may have been one */
	bool is_flat;		/* the last line that is not blank was */
	bool after_html;	/* an HTML block may be open until a blank */
	size_t end;		/* of that line */
	size_t gap, gap_end;	/* the last blank lines that were joined */
	bool no_text;		/* nothing that "---" could underline */
};

/* Whether a line may become a part of plain text without harm. */
static bool
may_flatten(const struct joiner *j, struct slice line)
{
	struct slice s = str_trim(line);

	if (s.ptr[0] == '#')
		return j->headings > GUARD_HEADINGS;
	if (is_underline(line) && j->underlines > GUARD_UNDERLINES)
		return true;
	if (s.ptr[0] == '<' || slice_starts(s, SLICE("```")) ||
	    slice_starts(s, SLICE("~~~")))
		return false;
	return !is_underline(line) || j->no_text || !j->is_flat;
}

/* Join the line that starts at `start` to the last flat one. */
static void
join(struct guard *g, struct joiner *j, size_t start)
{
	size_t i, n = 0;

	for (i = j->end; i < start; i++) {
		n += g->text[i] == '\n';
		if (g->text[i] == '\n')
			mask(g, i);
	}
	if (n > 1) {
		j->gap = j->end;
		j->gap_end = start;
	}
}

/* "# text" in the first column is one wherever it stands, as a fence is. */
static bool
is_heading(const struct fence *f, struct slice line)
{
	size_t n = 0;

	while (n < line.len && line.ptr[n] == '#')
		n++;
	return n >= 1 && n <= 6 && f->sign == '\0' && !f->html &&
	    !f->distrust && (n == line.len || ascii_is_space(line.ptr[n]));
}

/* Take from a line what makes it a block of its own, or emphasis. */
static void
flatten(struct guard *g, struct joiner *j, struct slice line)
{
	size_t start = (size_t)(line.ptr - g->text), i, n, deep, sign = 0;

	for (i = 0; i < line.len && ascii_is_space(line.ptr[i]); i++)
		continue;
	n = content_start(line, GUARD_MARKER_COLUMN, &deep);
	if (marker_end(line, i, &sign) != i)
		mask(g, start + sign);
	else if (is_one_of(line.ptr[i], "-+|#="))
		mask(g, start + i);
	for (i = n; i < line.len && i < n + BLOCK_START &&
	    is_one_of(line.ptr[i], inlines); i++)
		mask(g, start + i);
	if (j->is_flat && !j->after_html)
		join(g, j, start);
	else
		j->gap = j->gap_end = 0;
	j->is_flat = true;
	j->end = start + line.len;
}

/* A heading is only what stands between it and the blank line above. */
static void
undo_gap(struct guard *g, struct joiner *j)
{
	size_t i;

	for (i = j->gap; i < j->gap_end; i++)
		if (g->text[i] == JOINED)
			g->text[i] = '\n';
	j->gap = j->gap_end = 0;
}

/*
 * Past the budget lines that are no headings, fences or HTML are joined into
 * plain text, also over blank lines.
 */
static void
limit_lines(struct guard *g)
{
	size_t at = 0, left = budget(g, GUARD_LINES);
	struct fence f = { .sign = '\0' };
	struct joiner j = { .is_flat = false };
	struct slice line;
	bool underline, marker;
	size_t sign;

	while (next_line(g, &at, &line)) {
		if (is_blank(line)) {
			j.is_flat = j.is_flat && !j.after_html;
			f.html = j.after_html = false;
			continue;
		}
		underline = is_underline(line);
		marker = marker_end(line, 0, &sign) != 0;
		if (is_code(&f, line) || left != 0) {
			left -= left != 0 && f.sign == '\0';
			j.is_flat = false;
		} else if (may_flatten(&j, line)) {
			flatten(g, &j, line);
		} else {
			if (underline)
				undo_gap(g, &j);
			j.is_flat = false;
			j.after_html = str_trim(line).ptr[0] == '<';
		}
		j.no_text = underline || marker;
		j.underlines += underline;
		j.headings += is_heading(&f, line);
	}
}

/* Lines of the source, for each line that is left. */
static void
map_lines(struct guard *g)
{
	size_t i, n = 1, joined = 0, k = 0;
	unsigned line = 1, copied = 1;

	for (i = 0; i < g->len; i++) {
		n += g->text[i] == '\n';
		joined += g->is_masked && g->text[i] == JOINED;
	}
	if (joined == 0 && g->ngaps == 0)
		return;
	g->line_of = mem_calloc(n, sizeof(*g->line_of));
	g->line_of[0] = 1;
	for (i = 0, n = 0; i < g->len; i++) {
		if (g->text[i] != '\n' && (joined == 0 ||
		    g->text[i] != JOINED))
			continue;
		line++;
		copied++;
		if (k < g->ngaps && g->gaps[k].line == copied)
			line += g->gaps[k++].n;
		if (g->text[i] == '\n')
			g->line_of[++n] = line;
	}
}

void
guard_make(struct slice text, size_t skip, struct guard *out)
{
	*out = (struct guard){ .has_tables = true };
	copy_lines(text, skip, out);
	measure_tables(out);
	limit_nesting(out);
	limit_openers(out);
	limit_references(out);
	limit_inlines(out);
	limit_lines(out);
	map_lines(out);
}

/* ---- emphasis beside Chinese ---- */

#define JOINER_LEN 3

/* A noncharacter that the text does not have, or "" if it has them all. */
static void
choose_joiner(struct guard *g)
{
	int32_t cp;

	for (cp = 0xfdd0; cp <= 0xfdef; cp++) {
		g->joiner[utf8_encode(cp, g->joiner)] = '\0';
		if (strstr(g->text, g->joiner) == NULL)
			return;
	}
	g->joiner[0] = '\0';
}

/* The character that ends before `at`, or 0. */
static int32_t
char_before(struct slice s, size_t at)
{
	size_t i = at, next;

	if (at == 0)
		return 0;
	do
		i--;
	while (i > 0 && at - i < 4 && ((unsigned char)s.ptr[i] & 0xc0) ==
	    0x80);
	return utf8_decode(s, i, &next);
}

static int32_t
char_at(struct slice s, size_t at)
{
	size_t next;

	return at < s.len ? utf8_decode(s, at, &next) : 0;
}

static bool
is_ascii_punctuation(int32_t cp)
{
	return cp > ' ' && cp < 0x7f && !ascii_is_alnum((char)cp);
}

/* Punctuation as Chinese and Japanese write it. */
static bool
is_wide_punctuation(int32_t cp)
{
	return (cp >= 0x3001 && cp <= 0x3003) ||
	    (cp >= 0x3008 && cp <= 0x3011) ||
	    (cp >= 0x3014 && cp <= 0x301f) || cp == 0x3030 ||
	    cp == 0x30fb || (cp >= 0xff01 && cp <= 0xff0f) ||
	    (cp >= 0xff1a && cp <= 0xff20) ||
	    (cp >= 0xff3b && cp <= 0xff40) ||
	    (cp >= 0xff5b && cp <= 0xff65) ||
	    (cp >= 0x2010 && cp <= 0x2027) || cp == 0x00b7;
}

static bool
is_plain_char(int32_t cp)
{
	return cp > ' ' && cp != 0x3000 && cp != 0xa0 &&
	    !is_ascii_punctuation(cp) && !is_wide_punctuation(cp);
}

/*
 * Whether a mark with `mine` on one side needs a joiner there, `other` being
 * on its other side. Behind "\" it is no mark.
 */
static bool
needs_joiner(int32_t mine, int32_t other)
{
	if (!is_plain_char(other) || mine == '\\' || mine == 0)
		return false;
	return is_wide_punctuation(mine) ||
	    (is_ascii_punctuation(mine) && other >= 0x2e80);
}

/* Copy into *b with joiners; the marks are runs of '*' or '~'. */
static void
join_marks(const struct guard *g, struct buf *b)
{
	struct slice s = slice_make(g->text, g->len);
	size_t at = 0, end;
	int32_t before, after;

	while (at < s.len) {
		for (end = at; end < s.len && s.ptr[end] != '*' &&
		    s.ptr[end] != '~'; end++)
			;
		buf_put_slice(b, slice_sub(s, at, end));
		if (end == s.len)
			break;
		for (at = end; end < s.len && s.ptr[end] == s.ptr[at]; end++)
			;
		before = char_before(s, at);
		after = char_at(s, end);
		if (needs_joiner(before, after))
			buf_puts(b, g->joiner);
		buf_put_slice(b, slice_sub(s, at, end));
		if (needs_joiner(after, before))
			buf_puts(b, g->joiner);
		at = end;
	}
}

/* Lines stay lines: line_of and gaps keep their meaning. */
void
guard_make_reading(struct slice text, struct guard *out)
{
	struct buf b = BUF_INIT;

	guard_make(text, 0, out);
	choose_joiner(out);
	if (out->joiner[0] == '\0')
		return;
	join_marks(out, &b);
	free(out->text);
	out->text = mem_alloc(b.len + 1);
	memcpy(out->text, b.len != 0 ? b.data : "", b.len);
	out->text[b.len] = '\0';
	out->len = b.len;
	buf_free(&b);
}

size_t
guard_restored(const struct guard *g, char *s, size_t len)
{
	size_t from = 0, to = 0;

	guard_restore(g, s, len);
	if (g->joiner[0] == '\0')
		return len;
	while (from < len) {
		if (len - from >= JOINER_LEN &&
		    memcmp(s + from, g->joiner, JOINER_LEN) == 0)
			from += JOINER_LEN;
		else
			s[to++] = s[from++];
	}
	if (to < len)
		s[to] = '\0';
	return to;
}

void
guard_free(struct guard *g)
{
	free(g->text);
	free(g->line_of);
	free(g->gaps);
	*g = (struct guard){ .text = NULL };
}
