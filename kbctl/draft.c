/*
 * draft.c - the file that an editor shows; see draft.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbctl/draft.h"
#include "common/arena.h"
#include "common/buf.h"
#include "common/mem.h"
#include "common/str.h"
#include "kb/fence.h"

#include <stdlib.h>

static const struct slice head_begin = { "<!-- kbctl:", 11 };
static const struct slice head_end = { "-->", 3 };

/* One line of the block: nothing in it may end the comment. */
static void
put_line(struct buf *b, const char *key, struct slice text)
{
	size_t i;

	buf_printf(b, "  %s", key);
	for (i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (c == '>' && i > 0 && text.ptr[i - 1] == '-')
			buf_putc(b, ' ');
		buf_putc(b, (unsigned char)c < ' ' ? ' ' : c);
	}
	buf_putc(b, '\n');
}

static void
put_reasons(const struct draft_head *head, size_t lines_before,
    struct buf *b)
{
	struct buf text = BUF_INIT;
	size_t i;

	for (i = 0; i < head->nreasons; i++) {
		buf_reset(&text);
		if (head->reasons[i].line != 0)
			buf_printf(&text, "line %zu: ", head->reasons[i].line +
			    lines_before);
		buf_puts(&text, head->reasons[i].text);
		put_line(b, "refused: ", buf_slice(&text));
	}
	if (head->nreasons != 0)
		buf_putc(b, '\n');
	buf_free(&text);
}

/* The text begins behind so many lines. */
static size_t
put_block(const struct draft_head *head, size_t lines_before, struct buf *b)
{
	size_t from = b->len, i, n = 0;

	buf_puts(b, "<!-- kbctl: this block is not saved. "
	    "Leave no text below it to give up.\n\n");
	put_reasons(head, lines_before, b);
	put_line(b, "", slice_of(head->what));
	if (head->document.len != 0)
		put_line(b, "document: ", head->document);
	if (head->version != 0)
		buf_printf(b, "  version: %lld\n", (long long)head->version);
	put_line(b, "message: ", head->message);
	buf_puts(b, "-->\n\n");
	for (i = from; i < b->len; i++)
		n += b->data[i] == '\n';
	return n;
}

void
draft_put_head(const struct draft_head *head, struct buf *out)
{
	struct buf trial = BUF_INIT;
	size_t lines = put_block(head, 0, &trial);

	buf_free(&trial);
	put_block(head, lines, out);
}

static void
read_line(struct slice line, struct draft *out)
{
	static const struct slice version = { "version:", 8 };
	static const struct slice document = { "document:", 9 };
	static const struct slice message = { "message:", 8 };

	line = str_trim(line);
	if (slice_starts(line, version))
		(void)str_int(str_trim(slice_sub(line, version.len, line.len)),
		    1, INT64_MAX, &out->version);
	else if (slice_starts(line, document))
		out->document = str_trim(slice_sub(line, document.len,
		    line.len));
	else if (slice_starts(line, message))
		out->message = str_trim(slice_sub(line, message.len,
		    line.len));
}

void
draft_read(struct slice file, struct draft *out)
{
	const char *end;
	struct slice head, line;
	size_t eol;

	*out = (struct draft){ .body = file };
	if (!slice_starts(file, head_begin) || (end = memmem(file.ptr,
	    file.len, head_end.ptr, head_end.len)) == NULL)
		return;
	out->has_head = true;
	head = slice_sub(file, 0, (size_t)(end - file.ptr));
	while (str_line(&head, &line, NULL))
		read_line(line, out);
	out->body = slice_sub(file, (size_t)(end - file.ptr) + head_end.len,
	    file.len);
	/* the rest of its line, and the blank one that draft_put_head() put */
	if (out->body.len != 0 && str_line(&out->body, &line, &eol)) {
		struct slice next = out->body;

		if (next.len != 0 && str_line(&next, &line, &eol) &&
		    line.len == 0)
			out->body = next;
	}
}

/* A line of a text while it is cleaned. */
struct line {
	struct slice text;	/* without its end; hints are taken out */
	bool is_hinted;		/* a hint of the template was in it */
	bool is_dropped;
	bool in_fence;		/* between the fences of a block */
	bool is_fence;
};

struct lines {
	struct line *line;
	size_t n, cap;
	struct arena arena;	/* owns lines whose hints were taken out */
};

/* Whether the template has this comment. */
static bool
is_hint(struct slice comment, struct slice template_text)
{
	return memmem(template_text.ptr, template_text.len, comment.ptr,
	    comment.len) != NULL;
}

/* Append the text without the template's comments; mark where they were. */
static void
strip_hints(struct slice body, struct slice template_text, struct buf *out)
{
	size_t at = 0, to;
	const char *open, *close;

	while (at < body.len && (open = memmem(body.ptr + at, body.len - at,
	    "<!--", 4)) != NULL) {
		close = memmem(open, (size_t)(body.ptr + body.len - open),
		    "-->", 3);
		if (close == NULL)
			break;
		to = (size_t)(close + 3 - body.ptr);
		buf_put_slice(out, slice_sub(body, at,
		    (size_t)(open - body.ptr)));
		if (!is_hint(slice_make(open, (size_t)(close + 3 - open)),
		    template_text))
			buf_put(out, open, (size_t)(close + 3 - open));
		else
			buf_putc(out, '\x01');
		at = to;
	}
	buf_put_slice(out, slice_sub(body, at, body.len));
}

/* Without the marks of hints, and without blanks before them. */
static struct slice
without_marks(struct slice line, struct arena *a, bool *is_hinted)
{
	char *copy;
	size_t i, n = 0;

	*is_hinted = line.len != 0 &&
	    memchr(line.ptr, '\x01', line.len) != NULL;
	if (!*is_hinted)
		return line;
	copy = arena_alloc(a, line.len);
	for (i = 0; i < line.len; i++)
		if (line.ptr[i] != '\x01')
			copy[n++] = line.ptr[i];
	while (n > 0 && copy[n - 1] == ' ')
		n--;
	return slice_make(copy, n);
}

static void
cut_lines(struct slice text, struct lines *l)
{
	struct fence fence = FENCE_INIT;
	struct slice line;

	while (text.len != 0 && str_line(&text, &line, NULL)) {
		enum fence_line where = fence_next(&fence, line);
		struct line *x;

		l->line = mem_grow(l->line, l->n, &l->cap, sizeof(*l->line));
		x = &l->line[l->n++];
		*x = (struct line){ .in_fence = where == FENCE_INSIDE,
			.is_fence = where == FENCE_OPENS ||
			    where == FENCE_CLOSES };
		x->text = without_marks(line, &l->arena, &x->is_hinted);
	}
}

static bool
is_blank(const struct line *l)
{
	return str_trim(l->text).len == 0;
}

/* "**Fix**:" and nothing behind it. */
static bool
is_bare_label(const struct line *l)
{
	struct slice s = str_trim(l->text);

	return !l->in_fence && slice_starts(s, SLICE("**")) && s.len > 4 &&
	    (slice_ends(s, SLICE("**:")) || slice_ends(s, SLICE("**：")) ||
	    slice_ends(s, SLICE(":**")) || slice_ends(s, SLICE("：**")));
}

/* What a template has for somebody to go on with: "- [ ]", "# 2.". */
static bool
is_bare_item(const struct line *l)
{
	struct slice s = str_trim(l->text);
	size_t i = 1;

	if (slice_is(s, "- [ ]"))
		return true;
	if (!l->in_fence || s.len < 4 || s.ptr[0] != '#')
		return false;
	while (i < s.len && s.ptr[i] == ' ')
		i++;
	while (i < s.len && ascii_is_digit(s.ptr[i]))
		i++;
	return i + 1 == s.len && s.ptr[i] == '.';
}

/* The next line that is left, from i on; l->n when there is none. */
static size_t
next_left(const struct lines *l, size_t i)
{
	while (i < l->n && (l->line[i].is_dropped || is_blank(&l->line[i])))
		i++;
	return i;
}

/* Fences with nothing between them. */
static void
drop_empty_fences(struct lines *l)
{
	size_t i, k;

	for (i = 0; i < l->n; i++) {
		if (!l->line[i].is_fence || l->line[i].in_fence)
			continue;
		k = next_left(l, i + 1);
		if (k < l->n && l->line[k].is_fence) {
			for (; i < k; i++)
				l->line[i].is_dropped = true;
			l->line[k].is_dropped = true;
			continue;
		}
		/* a block with text: go on behind it */
		for (i++; i < l->n && !l->line[i].is_fence; i++)
			;
	}
}

/* Labels before another label, a heading or the end, from the last on. */
static void
drop_empty_labels(struct lines *l)
{
	size_t i, k;

	for (i = l->n; i-- > 0;) {
		struct slice s;

		if (l->line[i].is_dropped || !is_bare_label(&l->line[i]))
			continue;
		k = next_left(l, i + 1);
		s = k < l->n ? str_trim(l->line[k].text) : SLICE("");
		l->line[i].is_dropped = k == l->n ||
		    slice_starts(s, SLICE("#")) || slice_starts(s,
		    SLICE("**"));
	}
}

static void
put_lines(const struct lines *l, struct buf *out)
{
	size_t i, from = out->len;
	bool blank = false;

	for (i = 0; i < l->n; i++) {
		const struct line *x = &l->line[i];

		if (x->is_dropped)
			continue;
		if (is_blank(x) && !x->in_fence) {
			blank = true;
			continue;
		}
		if (blank && out->len != from)
			buf_putc(out, '\n');
		blank = false;
		buf_put_slice(out, x->text);
		buf_putc(out, '\n');
	}
}

void
draft_clean(struct slice body, struct slice template_text, struct buf *out)
{
	struct lines l = { .arena = ARENA_INIT };
	struct buf stripped = BUF_INIT;
	size_t i;

	if (body.len != 0 && memchr(body.ptr, '\x01', body.len) != NULL) {
		buf_put_slice(out, body);	/* our mark is taken */
		return;
	}
	strip_hints(body, template_text, &stripped);
	cut_lines(buf_slice(&stripped), &l);
	for (i = 0; i < l.n; i++)
		l.line[i].is_dropped = is_bare_item(&l.line[i]) ||
		    (l.line[i].is_hinted && is_blank(&l.line[i]));
	drop_empty_fences(&l);
	drop_empty_labels(&l);
	put_lines(&l, out);
	free(l.line);
	arena_free(&l.arena);
	buf_free(&stripped);
}

bool
draft_is_same(struct slice before, struct slice after)
{
	if (slice_eq(before, after))
		return true;
	/* editors end the last line */
	return after.len == before.len + 1 &&
	    after.ptr[after.len - 1] == '\n' &&
	    slice_eq(before, slice_sub(after, 0, before.len)) &&
	    (before.len == 0 || before.ptr[before.len - 1] != '\n');
}
