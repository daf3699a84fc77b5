/*
 * answer_card.c - answers as people read them in a terminal; see
 * answer_card.h.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kb/answer_card.h"
#include "common/json.h"
#include "common/print.h"
#include "common/str.h"

#include <stdio.h>

/* Answers shown whole. */
#define WHOLE_ANSWERS 2
#define LABEL_COLUMNS 15

/* " · text" */
static void
put_remark(struct buf *b, struct slice text)
{
	if (text.len == 0)
		return;
	if (b->len != 0)
		buf_puts(b, " · ");
	buf_put_slice(b, text);
}

/* "problem · entry 12 · InterviewPro"; a long path is cut at its end. */
static void
describe(const struct json *a, struct buf *out)
{
	struct slice kind = js_text(a, "kind");
	struct buf id = BUF_INIT;

	if (slice_is(js_text(a, "confidence"), "weak"))
		put_remark(out, SLICE("weak match"));
	if (!slice_is(kind, "section"))
		put_remark(out, kind);
	buf_printf(&id, "entry %lld", (long long)js_int(a, "entry"));
	put_remark(out, buf_slice(&id));
	put_remark(out, js_text(a, "document"));
	buf_free(&id);
}

/*
 * "1  CPU 100% 占用  critical problem · entry 12 · InterviewPro", one line of
 * the terminal: the title gets what it needs, up to the half; the rest is
 * cut. A pipe gets it whole.
 */
static void
put_title(struct screen *s, size_t number, const struct json *a)
{
	struct slice severity = js_text(a, "severity");
	struct slice title = js_text(a, "title");
	size_t room = s->is_terminal ? s->columns : 100000, other, width;
	struct buf meta = BUF_INIT;

	if (title.len == 0)
		title = js_text(a, "document");
	describe(a, &meta);
	buf_printf(&s->out, "%-3zu", number);
	other = 3 + 2 + str_width(severity) + 1 + str_width(buf_slice(&meta));
	width = room > other + room / 2 ? room - other : room / 2;
	print_cut(s, STYLE_TITLE, title, (unsigned)width);
	if (str_width(title) < width)
		width = str_width(title);
	print_string(s, STYLE_PLAIN, "  ");
	if (severity.len != 0) {
		print_text(s, style_of_severity(severity), severity);
		print_string(s, STYLE_PLAIN, " ");
	}
	other = 3 + width + 2 + str_width(severity) + 1;
	if (room > other)
		print_cut(s, STYLE_DIM, buf_slice(&meta),
		    (unsigned)(room - other));
	print_end(s);
	buf_free(&meta);
}

static void
put_list(struct screen *s, const char *label, const struct json *list)
{
	bool many = js_size(list) > 1;
	size_t i;

	for (i = 0; i < js_size(list); i++)
		print_field(s, i == 0 ? label : "", LABEL_COLUMNS,
		    many ? "- " : "", js_text_at(list, i));
}

/* A heredoc ends at a line that must start at the left edge. */
static unsigned
code_indent(struct slice text)
{
	return memmem(text.ptr, text.len, "<<", 2) != NULL ? 0 : 4;
}

/* Commands on lines of their own, with nothing around them. */
static void
put_commands(struct screen *s, const struct json *list)
{
	struct slice last = { NULL, 0 };
	size_t i;

	for (i = 0; i < js_size(list); i++) {
		const struct json *c = js_at(list, i);
		struct slice note = js_text(c, "note");
		struct slice text = js_text(c, "text");
		bool destructive = slice_is(js_text(c, "risk"), "destructive");

		if (note.len != 0 && !slice_eq(note, last))
			print_comment(s, STYLE_NOTE, note);
		if (destructive)
			print_comment(s, STYLE_ALARM,
			    SLICE("careful, this destroys:"));
		last = note;
		if (text.len != 0)
			print_code(s, code_indent(text), text);
	}
}

/* Whether a fix is the step, or a command's note tells it already. */
static bool
is_told(struct slice step, const struct json *fix,
    const struct json *commands)
{
	size_t i;

	for (i = 0; i < js_size(fix); i++)
		if (slice_eq(js_text_at(fix, i), step))
			return true;
	for (i = 0; step.len != 0 && i < js_size(commands); i++) {
		struct slice note = js_text(js_at(commands, i), "note");

		if (memmem(note.ptr, note.len, step.ptr, step.len) != NULL)
			return true;
	}
	return false;
}

static const char *
item_bullet(const struct json *item, size_t number, char out[24])
{
	if (js_is_true(item, "is_task"))
		return js_is_true(item, "done") ? "[x] " : "[ ] ";
	if (!js_is_true(item, "ordered"))
		return "- ";
	snprintf(out, 24, "%zu. ", number);
	return out;
}

/* Steps and checks that no command tells: "3. restart the instance". */
static void
put_items(struct screen *s, const struct json *items,
    const struct json *fix, const struct json *commands)
{
	const char *label = "Steps";
	char bullet[24];
	size_t i;

	for (i = 0; i < js_size(items); i++) {
		const struct json *item = js_at(items, i);
		struct slice text = js_text(item, "text");

		if (is_told(text, fix, commands))
			continue;
		print_field(s, label, LABEL_COLUMNS,
		    item_bullet(item, i + 1, bullet), text);
		label = "";
	}
}

/* "内存不足 (glossary .45, 12), ..." */
static void
put_forms(struct buf *b, const struct json *forms)
{
	size_t i;

	for (i = 0; i < js_size(forms); i++) {
		const struct json *f = js_at(forms, i);
		struct slice text = js_text(f, "text");

		buf_printf(b, "%s%.*s%s (%.*s %.2f, %lld)", i > 0 ? ", " : "",
		    SLICE_ARG(text), js_is_true(f, "prefix") ? "*" : "",
		    SLICE_ARG(js_text(f, "reason")), js_real(f, "weight"),
		    (long long)js_int(f, "entries"));
	}
	if (js_size(forms) == 0)
		buf_puts(b, "not in the base");
}

/* One group of the query: what it is worth, what was found, what else fits. */
static void
put_group(struct screen *s, const struct json *g)
{
	const struct json *hit = js_get(g, "hit");
	struct buf b = BUF_INIT;

	buf_printf(&b, "%.*s, weight %.2f, idf %.2f: ",
	    SLICE_ARG(js_text(g, "role")), js_real(g, "weight"),
	    js_real(g, "idf"));
	if (js_text(hit, "field").len != 0)
		buf_printf(&b, "%.*s in the %.*s gives %.2f; ",
		    SLICE_ARG(js_text(hit, "text")),
		    SLICE_ARG(js_text(hit, "field")), js_real(hit, "score"));
	buf_puts(&b, "of ");
	put_forms(&b, js_get(g, "forms"));
	print_field(s, "", LABEL_COLUMNS, "", js_text(g, "words"));
	print_field(s, "", LABEL_COLUMNS + 2, "", buf_slice(&b));
	buf_free(&b);
}

static void
put_explain(struct screen *s, const struct json *x)
{
	const struct json *groups = js_get(x, "groups");
	struct buf b = BUF_INIT;
	size_t i;

	if (x == NULL)
		return;
	buf_printf(&b, "coverage %.2f, quality %.2f, factor for what it is"
	    " %.2f", js_real(x, "coverage"), js_real(x, "quality"),
	    js_real(x, "prior"));
	print_field(s, "", LABEL_COLUMNS, "", buf_slice(&b));
	for (i = 0; i < js_size(groups); i++)
		put_group(s, js_at(groups, i));
	buf_free(&b);
}

static void
put_why(struct screen *s, const struct json *a)
{
	const struct json *why = js_get(a, "why");
	struct buf b = BUF_INIT;
	size_t i;

	buf_printf(&b, "score %.3f, %.*s", js_real(a, "score"),
	    SLICE_ARG(js_text(a, "confidence")));
	for (i = 0; i < js_size(why); i++)
		buf_printf(&b, "; %.*s", SLICE_ARG(js_text_at(why, i)));
	print_field(s, "Why", LABEL_COLUMNS, "", buf_slice(&b));
	buf_free(&b);
	put_explain(s, js_get(a, "explain"));
}

static void
put_whole(struct screen *s, const struct json *a)
{
	struct slice symptom = js_text(a, "symptom");
	struct slice cause = js_text(a, "cause");
	const struct json *fix = js_get(a, "fix");
	const struct json *commands = js_get(a, "commands");
	const struct json *items = js_get(a, "items");
	struct slice snippet = js_text(a, "snippet");

	if (symptom.len != 0)
		print_field(s, "Symptom", LABEL_COLUMNS, "", symptom);
	if (cause.len != 0)
		print_field(s, "Cause", LABEL_COLUMNS, "", cause);
	put_list(s, "Fix", fix);
	put_commands(s, commands);
	put_items(s, items, fix, commands);
	put_list(s, "Prevention", js_get(a, "prevention"));
	if (symptom.len == 0 && js_size(fix) == 0 && js_size(commands) == 0 &&
	    js_size(items) == 0 && snippet.len != 0)
		print_field(s, "", 4, "", snippet);
}

/*
 * What belongs to the best answer: the runbook's and the template's commands
 * on the same card. Of the next answers only the names.
 */
static void
put_related(struct screen *s, const struct json *a, bool whole)
{
	const struct json *list = js_get(a, "see_also");
	size_t i;

	for (i = 0; i < js_size(list); i++) {
		const struct json *to = js_at(list, i);
		struct slice kind = js_text(to, "kind");
		struct buf b = BUF_INIT;

		buf_put_slice(&b, js_text(to, "title"));
		if (!slice_is(kind, "section"))
			put_remark(&b, kind);
		buf_printf(&b, " · entry %lld", (long long)js_int(to,
		    "entry"));
		print_field(s, i == 0 || whole ? "See also" : "",
		    LABEL_COLUMNS, "", buf_slice(&b));
		buf_free(&b);
		if (whole) {
			put_commands(s, js_get(to, "commands"));
			put_items(s, js_get(to, "items"), js_get(a, "fix"),
			    js_get(to, "commands"));
		}
	}
}

/* Is the second answer on the first one's card already? */
static bool
is_on_card(const struct json *list, size_t i)
{
	const struct json *related = js_get(js_at(list, 0), "see_also");
	size_t k;

	for (k = 0; i > 0 && k < js_size(related); k++)
		if (js_int(js_at(related, k), "entry") ==
		    js_int(js_at(list, i), "entry"))
			return true;
	return false;
}

void
answer_card_put_all(struct screen *s, const struct json *list, bool explain)
{
	size_t i;

	for (i = 0; i < js_size(list); i++) {
		const struct json *a = js_at(list, i);

		put_title(s, i + 1, a);
		if (explain)
			put_why(s, a);
		if (i >= WHOLE_ANSWERS || is_on_card(list, i))
			continue;
		put_whole(s, a);
		put_related(s, a, i == 0);
		print_end(s);
	}
}
