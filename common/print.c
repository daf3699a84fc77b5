/*
 * print.c - output for people; see print.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "common/print.h"
#include "common/mem.h"
#include "common/str.h"
#include "common/visible.h"
#include "common/wrap.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const escapes[] = {
	[STYLE_PLAIN] = "",
	[STYLE_TITLE] = "\033[1m",
	[STYLE_LABEL] = "\033[36m",
	[STYLE_DIM] = "\033[2m",
	[STYLE_COMMAND] = "\033[32m",
	[STYLE_NOTE] = "\033[2m",
	[STYLE_ALARM] = "\033[1;31m",
	[STYLE_WARN] = "\033[33m",
	[STYLE_REMOVED] = "\033[31m",
	[STYLE_ADDED] = "\033[32m",
};
#define STYLE_OFF "\033[0m"

void
screen_free(struct screen *s)
{
	buf_free(&s->out);
}

static const char *
style_on(const struct screen *s, enum style style)
{
	return s->color ? escapes[style] : "";
}

static const char *
style_off(const struct screen *s, enum style style)
{
	return s->color && style != STYLE_PLAIN ? STYLE_OFF : "";
}

void
print_text(struct screen *s, enum style style, struct slice text)
{
	buf_puts(&s->out, style_on(s, style));
	visible_put(&s->out, text, VISIBLE_LINE);
	buf_puts(&s->out, style_off(s, style));
}

void
print_string(struct screen *s, enum style style, const char *text)
{
	print_text(s, style, slice_of(text));
}

void
print_end(struct screen *s)
{
	while (s->out.len != 0 && s->out.data[s->out.len - 1] == ' ')
		s->out.len--;
	buf_putc(&s->out, '\n');
}

/* The longest start of text that takes at most `columns`. */
static struct slice
fit(struct slice text, size_t columns, size_t *width)
{
	size_t at = 0, next, used = 0;

	for (; at < text.len; at = next) {
		int32_t cp = utf8_decode(text, at, &next);
		int w = cp < 0 ? 1 : char_width(cp);

		if (used + (w < 0 ? 1 : (size_t)w) > columns)
			break;
		used += w < 0 ? 1 : (size_t)w;
	}
	*width = used;
	return slice_sub(text, 0, at);
}

/* Visible text in at most `columns`; returns the columns it took. */
static size_t
put_cut(struct screen *s, struct slice text, size_t columns)
{
	size_t width = str_width(text);

	if (width <= columns) {
		buf_put_slice(&s->out, text);
		return width;
	}
	text = fit(text, columns - 1, &width);
	buf_put_slice(&s->out, text);
	buf_puts(&s->out, "…");
	return width + 1;
}

void
print_cut(struct screen *s, enum style style, struct slice text,
    unsigned columns)
{
	struct buf visible = BUF_INIT;

	visible_put(&visible, text, VISIBLE_LINE);
	buf_puts(&s->out, style_on(s, style));
	put_cut(s, buf_slice(&visible), columns > 1 ? columns : 1);
	buf_puts(&s->out, style_off(s, style));
	buf_free(&visible);
}

static void
put_blanks(struct buf *b, size_t n)
{
	while (n-- > 0)
		buf_putc(b, ' ');
}

/* Text in paragraphs: each line of it starts on a line of its own. */
static void
wrap_lines(struct screen *s, enum style style, struct slice text,
    struct slice indent)
{
	struct slice line;
	struct wrap w;
	bool first = true;

	wrap_begin(&w, &s->out, s->columns, str_width(indent), indent);
	wrap_style(&w, style_on(s, style));
	while (str_line(&text, &line, NULL)) {
		if (!first)
			wrap_break(&w);
		first = false;
		wrap_text(&w, line);
	}
	wrap_style(&w, style_off(s, style));
	wrap_end(&w);
}

void
print_field(struct screen *s, const char *label, unsigned label_columns,
    const char *bullet, struct slice text)
{
	struct buf visible = BUF_INIT, indent = BUF_INIT;
	size_t width = str_width(slice_of(label)) + 3;

	visible_put(&visible, text, VISIBLE_TEXT);
	put_blanks(&indent, label_columns + strlen(bullet));
	buf_puts(&s->out, "   ");
	buf_puts(&s->out, style_on(s, STYLE_LABEL));
	buf_puts(&s->out, label);
	buf_puts(&s->out, style_off(s, STYLE_LABEL));
	put_blanks(&s->out, width < label_columns ? label_columns - width : 1);
	buf_puts(&s->out, bullet);
	wrap_lines(s, STYLE_PLAIN, buf_slice(&visible), buf_slice(&indent));
	buf_free(&visible);
	buf_free(&indent);
}

void
print_comment(struct screen *s, enum style style, struct slice text)
{
	static const struct slice indent = { "    # ", 6 };
	struct buf visible = BUF_INIT;

	visible_put(&visible, text, VISIBLE_TEXT);
	buf_put_slice(&s->out, indent);
	wrap_lines(s, style, buf_slice(&visible), indent);
	buf_free(&visible);
}

void
print_code(struct screen *s, unsigned indent, struct slice text)
{
	struct buf visible = BUF_INIT;
	struct slice rest, line;

	visible_put(&visible, text, VISIBLE_TEXT);
	rest = buf_slice(&visible);
	while (str_line(&rest, &line, NULL)) {
		if (line.len != 0) {
			put_blanks(&s->out, indent);
			buf_puts(&s->out, style_on(s, STYLE_COMMAND));
			buf_put_slice(&s->out, line);
			buf_puts(&s->out, style_off(s, STYLE_COMMAND));
		}
		buf_putc(&s->out, '\n');
	}
	buf_free(&visible);
}

enum style
style_of_severity(struct slice severity)
{
	if (slice_is(severity, "critical"))
		return STYLE_ALARM;
	if (slice_is(severity, "high") || slice_is(severity, "warning"))
		return STYLE_WARN;
	return STYLE_DIM;
}

struct slice
print_minute(struct slice stored)
{
	return slice_sub(stored, 0, 16);
}

void
table_init(struct table *t, unsigned ncolumns)
{
	*t = (struct table){ .ncolumns = ncolumns };
}

void
table_add(struct table *t, enum style style, struct slice text)
{
	struct table_cell *cell;

	t->cells = mem_grow(t->cells, t->n, &t->cap, sizeof(*t->cells));
	cell = &t->cells[t->n++];
	cell->style = style;
	cell->from = t->text.len;
	visible_put(&t->text, text, VISIBLE_LINE);
	cell->to = t->text.len;
}

void
table_add_int(struct table *t, int64_t n)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "%lld", (long long)n);
	table_add(t, STYLE_PLAIN, slice_of(digits));
}

static struct slice
cell_text(const struct table *t, size_t i)
{
	return slice_sub(buf_slice(&t->text), t->cells[i].from,
	    t->cells[i].to);
}

/* Columns of the widest cell of a table's column. */
static size_t
column_width(const struct table *t, unsigned column)
{
	size_t widest = 0, i;

	for (i = column; i < t->n; i += t->ncolumns) {
		size_t width = str_width(cell_text(t, i));

		if (width > widest)
			widest = width;
	}
	return widest;
}

/*
 * Widths so that a row fits: what is too much is taken from the widest
 * column again and again, down to eight columns.
 */
static void
fit_columns(const struct table *t, size_t columns, size_t *widths)
{
	size_t total = 2 * (t->ncolumns - 1);
	unsigned i, widest;

	for (i = 0; i < t->ncolumns; i++)
		total += widths[i] = column_width(t, i);
	while (total > columns) {
		for (i = widest = 0; i < t->ncolumns; i++)
			if (widths[i] >= widths[widest])
				widest = i;
		if (widths[widest] <= 8)
			break;
		widths[widest]--;
		total--;
	}
}

void
table_print(struct table *t, struct screen *s)
{
	size_t *widths = mem_calloc(t->ncolumns, sizeof(*widths)), i, used;

	/* not for a program's eyes: a pipe gets whole cells */
	fit_columns(t, s->is_terminal ? s->columns : SIZE_MAX, widths);
	for (i = 0; i < t->n; i++) {
		unsigned column = (unsigned)(i % t->ncolumns);
		bool last = column == t->ncolumns - 1;

		buf_puts(&s->out, style_on(s, t->cells[i].style));
		used = put_cut(s, cell_text(t, i), widths[column]);
		buf_puts(&s->out, style_off(s, t->cells[i].style));
		if (!last)
			put_blanks(&s->out, widths[column] - used + 2);
		else
			print_end(s);
	}
	free(widths);
}

void
table_free(struct table *t)
{
	free(t->cells);
	buf_free(&t->text);
}
