/*
 * http_answer.c - answers as text; see http_answer.h.
 *
 * Control characters of stored text are shown and not sent: curl writes to a
 * terminal.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/http_answer.h"
#include "common/str.h"
#include "common/visible.h"
#include "kb/store_browse.h"
#include "kbd/http_exchange.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define WHOLE_ANSWERS 2
#define LABEL_COLUMNS 12		/* behind three blanks */

static struct slice
text_of(const json_t *v)
{
	return json_is_string(v) ? slice_make(json_string_value(v),
	    json_string_length(v)) : SLICE("");
}

static struct slice
member(const json_t *object, const char *name)
{
	return text_of(json_object_get(object, name));
}

static void
put_visible(struct buf *b, struct slice s, enum visible_mode mode)
{
	visible_put(b, s, mode);
}

/* "Fix         text"; the label only once. */
static void
put_field(struct buf *b, const char *label, const char *bullet,
    struct slice text)
{
	struct slice line;
	bool is_first = true;

	while (str_line(&text, &line, NULL)) {
		buf_printf(b, "   %-*s%s", LABEL_COLUMNS, is_first ? label : "",
		    is_first ? bullet : "");
		put_visible(b, line, VISIBLE_LINE);
		buf_putc(b, '\n');
		is_first = false;
	}
}

static void
put_list(struct buf *b, const char *label, const json_t *list)
{
	const char *bullet = json_array_size(list) > 1 ? "- " : "";
	size_t i;

	for (i = 0; i < json_array_size(list); i++)
		put_field(b, i == 0 ? label : "", bullet,
		    text_of(json_array_get(list, i)));
}

/* Commands on lines of their own, ready to copy. */
static void
put_commands(struct buf *b, const json_t *list)
{
	struct slice last = SLICE(""), text, line;
	size_t i;

	for (i = 0; i < json_array_size(list); i++) {
		const json_t *c = json_array_get(list, i);
		struct slice note = member(c, "note");

		if (note.len != 0 && !slice_eq(note, last)) {
			buf_puts(b, "    # ");
			put_visible(b, note, VISIBLE_LINE);
			buf_putc(b, '\n');
		}
		if (slice_is(member(c, "risk"), "destructive"))
			buf_puts(b, "    # careful, this destroys:\n");
		last = note;
		text = member(c, "text");
		while (str_line(&text, &line, NULL)) {
			buf_puts(b, "    ");
			put_visible(b, line, VISIBLE_LINE);
			buf_putc(b, '\n');
		}
	}
}

static void
put_title(struct buf *b, size_t number, const json_t *a)
{
	struct slice title = member(a, "title");
	struct slice severity = member(a, "severity");

	buf_printf(b, "%-3zu", number);
	put_visible(b, title.len != 0 ? title : member(a, "document"),
	    VISIBLE_LINE);
	buf_puts(b, "  ");
	if (severity.len != 0)
		buf_printf(b, "%.*s ", SLICE_ARG(severity));
	if (slice_is(member(a, "confidence"), "weak"))
		buf_puts(b, "weak match · ");
	if (!slice_is(member(a, "kind"), "section"))
		buf_printf(b, "%.*s · ", SLICE_ARG(member(a, "kind")));
	buf_printf(b, "entry %lld · ", (long long)json_integer_value(
	    json_object_get(a, "entry")));
	put_visible(b, member(a, "document"), VISIBLE_LINE);
	buf_putc(b, '\n');
}

/* Whether a fix is the step, or a command's note tells it already. */
static bool
is_told(struct slice step, const json_t *fix, const json_t *commands)
{
	size_t i;

	for (i = 0; i < json_array_size(fix); i++)
		if (slice_eq(text_of(json_array_get(fix, i)), step))
			return true;
	for (i = 0; step.len != 0 && i < json_array_size(commands); i++) {
		struct slice note = member(json_array_get(commands, i),
		    "note");

		if (memmem(note.ptr, note.len, step.ptr, step.len) != NULL)
			return true;
	}
	return false;
}

static const char *
bullet_of(const json_t *item, size_t number, char out[24])
{
	if (json_is_true(json_object_get(item, "is_task")))
		return json_is_true(json_object_get(item, "done")) ?
		    "[x] " : "[ ] ";
	if (!json_is_true(json_object_get(item, "ordered")))
		return "- ";
	snprintf(out, 24, "%zu. ", number);
	return out;
}

static void
put_items(struct buf *b, const json_t *items, const json_t *fix,
    const json_t *commands)
{
	const char *label = "Steps";
	char bullet[24];
	size_t i;

	for (i = 0; i < json_array_size(items); i++) {
		const json_t *item = json_array_get(items, i);

		if (is_told(member(item, "text"), fix, commands))
			continue;
		put_field(b, label, bullet_of(item, i + 1, bullet),
		    member(item, "text"));
		label = "";
	}
}

static void
put_whole(struct buf *b, const json_t *a)
{
	const json_t *fix = json_object_get(a, "fix");
	const json_t *commands = json_object_get(a, "commands");
	const json_t *items = json_object_get(a, "items");

	put_field(b, "Symptom", "", member(a, "symptom"));
	put_field(b, "Cause", "", member(a, "cause"));
	put_list(b, "Fix", fix);
	put_commands(b, commands);
	put_items(b, items, fix, commands);
	put_list(b, "Prevention", json_object_get(a, "prevention"));
	if (member(a, "symptom").len == 0 && json_array_size(fix) == 0 &&
	    json_array_size(commands) == 0 && json_array_size(items) == 0)
		put_field(b, "", "", member(a, "snippet"));
	buf_putc(b, '\n');
}

void
http_answer_put(struct http_exchange *x, const struct browse_rows *r)
{
	struct buf *b = &x->reply.body;
	size_t i;

	if (r->n == 0)
		buf_puts(b, "No lesson answers this yet.\n");
	for (i = 0; i < r->n; i++) {
		struct slice text = browse_cell(r, i, HIT_ANSWER);
		json_t *a = json_loadb(text.ptr, text.len, 0, NULL);

		if (a == NULL)
			continue;	/* written by us: cannot be */
		put_title(b, i + 1, a);
		if (i < WHOLE_ANSWERS)
			put_whole(b, a);
		json_decref(a);
	}
}
