/*
 * wrap.c - flowing text into lines of a terminal; see wrap.h.
 *
 * Invariants:
 *   (1) w->word holds what no line end may cut; it is not yet in *out.
 *   (2) w->col counts what is in *out on this line, indent included.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "common/wrap.h"
#include "common/str.h"

void
wrap_begin(struct wrap *w, struct buf *out, size_t columns, size_t col,
    struct slice indent)
{
	*w = (struct wrap){ .out = out, .indent = indent, .columns = columns,
		.col = col, .empty = true };
	buf_init(&w->word, 0);
}

static void
new_line(struct wrap *w)
{
	buf_putc(w->out, '\n');
	buf_put_slice(w->out, w->indent);
	w->col = str_width(w->indent);
	w->empty = true;
}

/* Write the word, on the next line if it does not fit on this one. */
static void
flush_word(struct wrap *w)
{
	if (w->word.len == 0)
		return;
	if (w->word_width != 0) {
		size_t blank = w->space && !w->empty ? 1 : 0;

		if (!w->empty && w->col + blank + w->word_width > w->columns) {
			new_line(w);
			blank = 0;
		}
		if (blank != 0)
			buf_putc(w->out, ' ');
		w->col += blank + w->word_width;
		w->empty = false;
		w->space = false;
	}
	buf_put_slice(w->out, buf_slice(&w->word));
	buf_reset(&w->word);
	w->word_width = 0;
}

/* Marks that may not start a line. */
static bool
is_closing(int32_t cp)
{
	static const int32_t marks[] = { 0x3001, 0x3002, 0x3009, 0x300b,
		0x300d, 0x300f, 0x3011, 0x3015, 0x30fb, 0x30fc, 0xff01, 0xff09,
		0xff0c, 0xff0e, 0xff1a, 0xff1b, 0xff1f, 0xff3d, 0xff5d, 0x2019,
		0x201d, 0x2026, 0x3005, 0xff05 };
	size_t i;

	for (i = 0; i < ARRAY_LEN(marks); i++)
		if (marks[i] == cp)
			return true;
	return cp < 0x80 && cp > 0x20 && strchr("!),.:;?]}%", (int)cp) != NULL;
}

/* Marks that may not end a line. */
static bool
is_opening(int32_t cp)
{
	return cp == 0x3008 || cp == 0x300a || cp == 0x300c || cp == 0x300e ||
	    cp == 0x3010 || cp == 0x3014 || cp == 0xff08 || cp == 0xff3b ||
	    cp == 0xff5b || cp == 0x2018 || cp == 0x201c || cp == '(' ||
	    cp == '[' || cp == '{';
}

/* Add a character that is no blank; a line may end before it or not. */
static void
add_char(struct wrap *w, int32_t cp, struct slice bytes)
{
	int width = cp < 0 ? 1 : char_width(cp);

	if (width != 0) {
		if ((width == 2 || w->after_wide) && !w->after_opening &&
		    !is_closing(cp))
			flush_word(w);
		w->after_wide = width == 2;
		w->after_opening = is_opening(cp);
	}
	buf_put_slice(&w->word, bytes);
	w->word_width += width < 0 ? 1 : (size_t)width;
}

void
wrap_text(struct wrap *w, struct slice text)
{
	size_t at = 0, next;

	for (; at < text.len; at = next) {
		int32_t cp = utf8_decode(text, at, &next);

		if (cp >= 0 && cp < 0x80 && ascii_is_space((char)cp)) {
			flush_word(w);
			w->space = true;
			w->after_wide = w->after_opening = false;
		} else {
			add_char(w, cp, slice_sub(text, at, next));
		}
	}
}

void
wrap_solid(struct wrap *w, struct slice text)
{
	buf_put_slice(&w->word, text);
	w->word_width += str_width(text);
	w->after_wide = w->after_opening = false;
}

void
wrap_style(struct wrap *w, const char *bytes)
{
	buf_puts(&w->word, bytes);
}

void
wrap_break(struct wrap *w)
{
	flush_word(w);
	new_line(w);
	w->space = w->after_wide = w->after_opening = false;
}

void
wrap_end(struct wrap *w)
{
	flush_word(w);
	buf_putc(w->out, '\n');
	buf_free(&w->word);
}
