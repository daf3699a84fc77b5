/*
 * entry_walk.c - the blocks of a section, read into a draft.
 *
 * Text belongs to the field whose label came last. A label at the start of a
 * paragraph or line holds until the next one, a rule, or a bold "Something:"
 * that is no label; one inside a list item holds within that item.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/entry_draft.h"

#include "common/arena.h"
#include "common/str.h"
#include "kb/markdown.h"
#include "kb/meta.h"
#include "kb/rules.h"

/* Deeper blocks are read as text only; the guard keeps trees about so deep. */
#define DEPTH_MAX 100

/* A longer text is no explanation of a command. */
#define NOTE_MAX 240

/* Aliases and tags beyond this are dropped. */
#define PROPERTY_MAX 4096

/* What a block inside others needs to know. */
struct place {
	unsigned depth;		/* of blocks */
	unsigned lists;		/* of lists */
};

static void walk(struct walker *w, const struct md_node *n, struct place p);

void
walker_init(struct walker *w, const struct md *m, struct arena *a)
{
	*w = (struct walker){ .m = m, .a = a, .label = NO_LABEL };
	buf_init(&w->text, 0);
}

void
walker_free(struct walker *w)
{
	buf_free(&w->text);
	arena_free(&w->scratch);
}

void
walker_begin(struct walker *w, struct draft *d)
{
	w->d = d;
	w->label = d->base_label;
	w->step = w->before = SLICE("");
	buf_reset(&w->text);
}

void
walker_end(struct walker *w)
{
	w->d->e->text = arena_dup(w->a, str_trim(buf_slice(&w->text)));
}

void
walker_block(struct walker *w, const struct md_node *n)
{
	walk(w, n, (struct place){ .depth = 0 });
}

static void
put_words(struct walker *w, struct slice s)
{
	buf_put_slice(&w->text, s);
	buf_putc(&w->text, '\n');
}

/* Without the colon that announces what follows; "" when it is too long. */
static struct slice
as_note(struct slice s)
{
	s = str_trim(s);
	if (slice_ends(s, SLICE(":")))
		s.len--;
	else if (slice_ends(s, SLICE("：")))
		s.len -= strlen("：");
	return s.len <= NOTE_MAX ? str_trim(s) : SLICE("");
}

/* Aliases and the like, separated by "|" whatever separated them in the text. */
static struct slice
as_aliases(struct slice s, struct arena *a)
{
	char *p = arena_cstr(a, s), *out = p;
	size_t i;

	for (i = 0; i < s.len; i++) {
		struct slice rest = slice_sub(s, i, s.len);

		if (slice_starts(rest, SLICE("，")) ||
		    slice_starts(rest, SLICE("、")) ||
		    slice_starts(rest, SLICE("；"))) {
			*out++ = '|';
			i += 2;
		} else {
			*out++ = s.ptr[i] == ',' || s.ptr[i] == ';' ? '|' :
			    s.ptr[i];
		}
	}
	return slice_make(p, (size_t)(out - p));
}

static struct slice
join(struct slice a, const char *between, struct slice b, struct arena *arena)
{
	if (a.len == 0)
		return b;
	if (b.len == 0 || a.len > PROPERTY_MAX)
		return a;
	return arena_printf(arena, "%.*s%s%.*s", SLICE_ARG(a), between,
	    SLICE_ARG(b));
}

/*
 * A label that says something about the entry; false when its value does not
 * fit, so that the line is ordinary text.
 */
static bool
take_property(struct walker *w, enum label label, struct slice value)
{
	struct entry *e = w->d->e;
	struct slice date;

	switch (label) {
	case LABEL_KIND:
		if (!rules_kind_value(value, &w->d->kind))
			return false;
		w->d->has_kind = true;
		return true;
	case LABEL_SEVERITY:
		return rules_severity_value(value, &e->severity);
	case LABEL_ALIAS:
		e->aliases = join(e->aliases, "|", as_aliases(value, w->a),
		    w->a);
		return true;
	case LABEL_SIGNATURE:
		if (value.len != 0)
			draft_add_rule(w->d, w->a, arena_dup(w->a, value));
		return true;
	case LABEL_RELATED:
		e->related = join(e->related, "|", as_aliases(value, w->a),
		    w->a);
		return true;
	case LABEL_TAGS:
		e->tags = join(e->tags, " ", arena_dup(w->a, value), w->a);
		return true;
	case LABEL_OWNER:
		e->assignee = arena_dup(w->a, value);
		return true;
	case LABEL_REVIEW_BY:
		date = meta_date(value, w->a);
		if (date.len != 0)
			e->review_by = date;
		return date.len != 0;
	default:	/* of the document: see document.c */
		return true;
	}
}

/* A bold start with a colon behind it, as labels look. */
static bool
looks_like_label(const struct md_line *line)
{
	size_t i;

	for (i = 0; line->is_bold && i < line->text.len && i < 64; i++)
		if (line->text.ptr[i] == ':' || slice_starts(
		    slice_sub(line->text, i, line->text.len), SLICE("：")))
			return true;
	return false;
}

static void
end_statement(struct walker *w, struct buf *b)
{
	struct slice s = str_trim(buf_slice(b));

	if (w->label != NO_LABEL && s.len != 0)
		draft_add_field(w->d, w->a, (enum field_name)w->label,
		    arena_dup(w->a, s));
	buf_reset(b);
}

/* The code spans of a line, with what explains them. */
static void
take_spans(struct walker *w, const struct md_line *line)
{
	struct piece p = { .is_span = true, .label = w->label };
	size_t i;

	if (w->step.len != 0)
		p.note = w->step;
	else if (line->ncode == 1 &&
	    line->text.len == line->code[0].len + 2)	/* nothing else */
		p.note = w->before;
	else
		p.note = line->ncode != 0 ?
		    arena_dup(w->a, as_note(line->text)) : SLICE("");
	for (i = 0; i < line->ncode; i++) {
		p.text = arena_dup(w->a, line->code[i]);
		draft_add_piece(w->d, w->a, &p);
	}
}

/* One line of a paragraph: label, property, or more of the statement. */
static void
take_line(struct walker *w, const struct md_line *line, struct buf *statement,
    bool first, bool in_list)
{
	struct slice rest = line->text;
	enum label label;

	put_words(w, line->text);
	if (rules_label_line(line->text, &label, &rest)) {
		if (LABEL_IS_FIELD(label)) {
			end_statement(w, statement);
			w->label = (int)label;
		} else if (take_property(w, label, rest)) {
			end_statement(w, statement);
			return;
		} else {
			rest = line->text;
		}
	} else if (first && !in_list && looks_like_label(line)) {
		w->label = w->d->base_label;
	}
	take_spans(w, line);
	if (statement->len != 0)
		buf_putc(statement, ' ');
	buf_put_slice(statement, rest);
}

static struct slice
joined_lines(const struct md_line *lines, size_t n, struct arena *a)
{
	struct buf b = BUF_INIT;
	struct slice out;
	size_t i;

	for (i = 0; i < n; i++) {
		if (i != 0)
			buf_putc(&b, ' ');
		buf_put_slice(&b, lines[i].text);
	}
	out = arena_dup(a, buf_slice(&b));
	buf_free(&b);
	return out;
}

/* "{{< copyable >}}": an instruction to a site generator, not a text. */
static bool
is_shortcode(struct slice s)
{
	return slice_starts(s, SLICE("{{<")) && slice_ends(s, SLICE(">}}"));
}

static void
walk_paragraph(struct walker *w, const struct md_node *n, struct place p)
{
	struct buf statement = BUF_INIT;
	struct md_line *lines;
	size_t i, count;

	arena_reset(&w->scratch);
	count = md_lines(w->m, n, &w->scratch, &lines);
	if (count == 1 && is_shortcode(lines[0].text))
		return;
	for (i = 0; i < count; i++)
		take_line(w, &lines[i], &statement, i == 0, p.lists != 0);
	end_statement(w, &statement);
	buf_free(&statement);
	w->before = arena_dup(w->a, as_note(lines[count - 1].text));
}

static void
walk_code(struct walker *w, const struct md_node *n)
{
	struct piece p = { .label = w->label };

	p.lang = md_code_lang(w->m, n, w->a);
	p.text = md_code(w->m, n, w->a);
	p.note = w->step.len != 0 ? w->step : w->before;
	put_words(w, p.text);
	draft_add_piece(w->d, w->a, &p);
	w->before = SLICE("");
}

static void
count_item(struct draft *d, const struct entry_item *item)
{
	d->ntasks += item->is_task;
	d->nordered += item->is_ordered && !item->is_task;
}

/* The item's own words: its first paragraph. */
static struct slice
item_text(struct walker *w, const struct md_node *item)
{
	const struct md_node *n = md_first(item);
	struct md_line *lines;
	size_t count;

	if (n == NULL || md_type(n) != MD_PARAGRAPH)
		return SLICE("");
	arena_reset(&w->scratch);
	count = md_lines(w->m, n, &w->scratch, &lines);
	return joined_lines(lines, count, w->a);
}

/* Lists of the section itself are items; nested ones only if tasks. */
static void
walk_item(struct walker *w, const struct md_node *n, bool ordered,
    struct place p)
{
	struct entry_item item = { .is_ordered = ordered };
	struct slice outer = w->step;
	int label = w->label;

	item.text = item_text(w, n);
	item.is_task = md_item_is_task(n, &item.is_done);
	if ((p.lists == 0 || item.is_task) && item.text.len != 0) {
		draft_add_item(w->d, w->a, &item);
		count_item(w->d, &item);
	}
	if (as_note(item.text).len != 0)
		w->step = as_note(item.text);
	w->before = SLICE("");
	p.lists++;
	for (n = md_first(n); n != NULL; n = md_next(n))
		walk(w, n, p);
	w->step = outer;
	w->before = as_note(item.text);
	w->label = label;
}

static void
walk_list(struct walker *w, const struct md_node *n, struct place p)
{
	bool ordered = md_list_is_ordered(n);

	for (n = md_first(n); n != NULL; n = md_next(n))
		walk_item(w, n, ordered, p);
}

/* One row is one statement. */
static void
walk_row(struct walker *w, const struct md_node *row)
{
	struct buf statement = BUF_INIT;
	struct md_line *lines;
	const struct md_node *cell;
	size_t i, n;

	for (cell = md_first(row); cell != NULL; cell = md_next(cell)) {
		arena_reset(&w->scratch);
		n = md_lines(w->m, cell, &w->scratch, &lines);
		for (i = 0; i < n; i++) {
			put_words(w, lines[i].text);
			take_spans(w, &lines[i]);
			if (statement.len != 0)
				buf_puts(&statement, " | ");
			buf_put_slice(&statement, lines[i].text);
		}
	}
	end_statement(w, &statement);
	buf_free(&statement);
}

/* The words of an HTML block, without its tags. */
static void
walk_html(struct walker *w, const struct md_node *n)
{
	struct slice s;
	bool tag = false;
	size_t i;

	arena_reset(&w->scratch);
	s = md_code(w->m, n, &w->scratch);
	for (i = 0; i < s.len; i++) {
		if (s.ptr[i] == '<')
			tag = true;
		else if (s.ptr[i] == '>')
			tag = false;
		else if (!tag)
			buf_putc(&w->text, s.ptr[i]);
	}
	buf_putc(&w->text, '\n');
}

static void
walk_children(struct walker *w, const struct md_node *n, struct place p)
{
	for (n = md_first(n); n != NULL; n = md_next(n))
		walk(w, n, p);
}

static void
walk(struct walker *w, const struct md_node *n, struct place p)
{
	if (++p.depth > DEPTH_MAX)
		return;
	w->d->has_content = w->d->has_content || md_type(n) != MD_RULE;
	switch (md_type(n)) {
	case MD_PARAGRAPH:
	case MD_HEADING:	/* in a quote or list, where it is only text */
		walk_paragraph(w, n, p);
		break;
	case MD_CODE_BLOCK:
		walk_code(w, n);
		break;
	case MD_LIST:
		walk_list(w, n, p);
		break;
	case MD_QUOTE:
	case MD_TABLE:
		walk_children(w, n, p);
		w->before = SLICE("");
		break;
	case MD_ROW:
		walk_row(w, n);
		break;
	case MD_HTML_BLOCK:
		walk_html(w, n);
		break;
	case MD_RULE:
		w->label = w->d->base_label;
		break;
	case MD_DOCUMENT:
	case MD_ITEM:
	case MD_CELL:
	case MD_OTHER:
		break;
	}
}
