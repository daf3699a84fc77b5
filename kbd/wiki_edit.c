/*
 * wiki_edit.c - writing: the editor, a new lesson, and what happens when
 * somebody else was faster.
 *
 * A save is a CALL (http_call.h). The version that the text was made from
 * goes with it, so that nothing is overwritten that its writer has not seen.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/wiki.h"
#include "common/str.h"
#include "kb/merge.h"
#include "kb/render_html.h"
#include "kb/html.h"
#include "kbd/http_call.h"
#include "kbd/sql_db.h"
#include "kbd/wiki_page.h"
#include "kbd/wiki_past.h"

#include <stdio.h>

/* What a form holds, as it came or as it starts. */
struct draft {
	struct slice entry;		/* "" for a new one */
	struct slice base_version;
	struct slice document, after;	/* of a new one */
	struct slice markdown, message;
	const char *problem;		/* why it was not saved; NULL */
	struct slice detail;
};

static struct slice
leading_number(struct slice s)
{
	size_t n = 0;

	while (n < s.len && ascii_is_digit(s.ptr[n]) && n < 18)
		n++;
	return slice_sub(s, 0, n);
}

/* A browser sends CRLF; the entry keeps the line ends that it has. */
static struct slice
with_line_ends(struct http_exchange *x, struct slice text, bool crlf)
{
	struct buf b = BUF_INIT;
	struct slice out;
	size_t i;

	for (i = 0; i < text.len; i++) {
		if (text.ptr[i] == '\r' && i + 1 < text.len &&
		    text.ptr[i + 1] == '\n')
			continue;
		if (text.ptr[i] == '\n' && crlf)
			buf_putc(&b, '\r');
		buf_putc(&b, text.ptr[i]);
	}
	out = arena_dup(&x->arena, buf_slice(&b));
	buf_free(&b);
	return out;
}

static bool
has_crlf(struct slice text)
{
	return text.len != 0 && memmem(text.ptr, text.len, "\r\n", 2) != NULL;
}

/* ---- the form ---- */

static void
put_field(struct http_exchange *x, const char *name, enum wiki_text label,
    struct slice value, const char *more)
{
	put(x, "<p><label for=\"f-");
	put(x, name);
	put(x, "\">");
	put_tr(x, label);
	put(x, "</label><input id=\"f-");
	put(x, name);
	put(x, "\" name=\"");
	put(x, name);
	put(x, "\" value=\"");
	put_attr(x, value);
	put(x, "\"");
	put(x, more);
	put(x, "></p>\n");
}

static void
put_hidden(struct http_exchange *x, const char *name, struct slice value)
{
	put(x, "<input type=\"hidden\" name=\"");
	put(x, name);
	put(x, "\" value=\"");
	put_attr(x, value);
	put(x, "\">");
}

static void
put_choice(struct http_exchange *x, const struct draft *d,
    const struct browse_rows *docs)
{
	size_t i;

	put(x, "<p><label for=\"f-document\">");
	put_tr(x, T_IN_DOCUMENT);
	put(x, "</label><select id=\"f-document\" name=\"document\">\n");
	for (i = 0; i < docs->n; i++) {
		struct slice name = browse_cell(docs, i, DOC_NAME);

		put(x, "<option value=\"");
		put_attr(x, name);
		put(x, slice_eq(name, d->document) ? "\" selected>" : "\">");
		put_text(x, name);
		put(x, "</option>\n");
	}
	put(x, "</select></p>\n");
	put_field(x, "after", T_AFTER, d->after,
	    " inputmode=\"numeric\" pattern=\"[0-9]*\" maxlength=\"18\"");
}

static void
put_textarea(struct http_exchange *x, const struct draft *d)
{
	put(x, "<p class=\"grow\"><label for=\"f-markdown\">");
	put_tr(x, T_MARKDOWN);
	put(x, "</label><textarea id=\"f-markdown\" name=\"markdown\" rows="
	    "\"22\" spellcheck=\"false\"");
	put_lang(x, d->markdown);
	put(x, ">\n");	/* the first line end is not content */
	put_text(x, d->markdown);
	put(x, "</textarea></p>\n");
}

static void
put_buttons(struct http_exchange *x, const struct draft *d)
{
	put(x, "<p class=\"buttons\"><button name=\"action\" value=\"save\" "
	    "class=\"primary\">");
	put_tr(x, T_SAVE);
	put(x, "</button> <button name=\"action\" value=\"preview\">");
	put_tr(x, T_PREVIEW);
	put(x, "</button> <a href=\"");
	if (d->entry.len != 0) {
		put(x, "/e/");
		put_path(x, d->entry);
	} else {
		put(x, "/");
	}
	put(x, "\">");
	put_tr(x, T_CANCEL);
	put(x, "</a></p>\n");
}

/* Drafts are kept by the script, which needs its words from here. */
static void
put_form(struct http_exchange *x, const struct draft *d,
    const struct browse_rows *docs)
{
	put(x, "<form class=\"editor\" method=\"post\" action=\"");
	if (d->entry.len != 0) {
		put(x, "/e/");
		put_path(x, d->entry);
		put(x, "/edit");
	} else {
		put(x, "/new");
	}
	put(x, "\" data-draft=\"");
	put_attr(x, d->entry.len != 0 ? d->entry : SLICE("new"));
	put(x, "\" data-found=\"");
	put_tr(x, T_DRAFT);
	put(x, "\" data-use=\"");
	put_tr(x, T_DRAFT_USE);
	put(x, "\" data-drop=\"");
	put_tr(x, T_DRAFT_DROP);
	put(x, "\">\n");
	put_form_token(x);
	put_hidden(x, "base_version", d->base_version);
	if (docs != NULL)
		put_choice(x, d, docs);
	put_textarea(x, d);
	put_field(x, "message", T_MESSAGE, d->message,
	    " maxlength=\"200\" autocomplete=\"off\"");
	put_buttons(x, d);
	put(x, "</form>\n");
}

static void
put_problem(struct http_exchange *x, const struct draft *d)
{
	if (d->problem == NULL)
		return;
	put(x, "<div class=\"notice alarm\" role=\"alert\"><p>");
	put_tr(x, T_NOT_SAVED);
	put(x, " ");
	put_text(x, slice_of(d->problem));
	put(x, "</p>\n");
	if (d->detail.len != 0) {
		put(x, "<pre>");
		put_text(x, slice_sub(d->detail, 0, 2000));
		put(x, "</pre>\n");
	}
	put(x, "</div>\n");
}

static void
put_preview(struct http_exchange *x, struct sql_db *db,
    const struct draft *d, struct slice source)
{
	struct html_options o;

	page_options(x, db, source, &o);
	o.id = SLICE("preview");
	o.shift = 1;
	put(x, "<section class=\"preview\" aria-labelledby=\"preview-title\">"
	    "\n<h2 id=\"preview-title\">");
	put_tr(x, T_PREVIEW);
	put(x, "</h2>\n<div class=\"text\"");
	put_lang(x, d->markdown);
	put(x, ">\n");
	render_html(d->markdown, &o, &x->reply.body);
	put(x, "</div>\n</section>\n");
}

/* ---- an entry ---- */

static bool
load_entry(struct http_exchange *x, struct sql_db *db, struct browse_rows *e)
{
	struct slice id = leading_number(x->arg[0]);

	if (!page_query(x, db, BROWSE_ENTRY, &id, e))
		return false;
	if (e->n != 0)
		return true;
	wiki_error(x, db, 404, NULL);
	return false;
}

static void
put_editor(struct http_exchange *x, struct sql_db *db,
    const struct browse_rows *e, const struct draft *d, int status,
    bool preview)
{
	struct slice title = browse_cell(e, 0, ENTRY_TITLE);

	page_begin(x, status, arena_printf(&x->arena, "%s: %.*s",
	    wiki_text(x->lang, T_EDITING), SLICE_ARG(title)));
	put(x, "<h1>");
	put_tr(x, T_EDITING);
	put(x, ": ");
	put_entry_link(x, browse_cell(e, 0, ENTRY_SLUG), title);
	put(x, "</h1>\n");
	put_problem(x, d);
	if (preview)
		put_preview(x, db, d, browse_cell(e, 0, ENTRY_SOURCE));
	put_form(x, d, NULL);
	page_end(x);
}

void
wiki_edit(struct http_exchange *x, struct sql_db *db)
{
	struct browse_rows e;
	struct draft d = { .problem = NULL };

	if (!load_entry(x, db, &e))
		return;
	d.entry = browse_cell(&e, 0, ENTRY_ID);
	d.base_version = browse_cell(&e, 0, ENTRY_VERSION);
	d.markdown = browse_cell(&e, 0, ENTRY_TEXT);
	put_editor(x, db, &e, &d, 200, false);
}

static void
read_draft(struct http_exchange *x, struct draft *d)
{
	*d = (struct draft){ .base_version = page_form(x, "base_version"),
		.document = page_form(x, "document"),
		.after = page_form(x, "after"),
		.markdown = page_form(x, "markdown"),
		.message = page_form(x, "message") };
}

/* The draft with the line ends of what is there. */
static void
read_entry_draft(struct http_exchange *x, const struct browse_rows *e,
    struct draft *d)
{
	read_draft(x, d);
	d->entry = browse_cell(e, 0, ENTRY_ID);
	d->markdown = with_line_ends(x, d->markdown, has_crlf(browse_cell(e,
	    0, ENTRY_TEXT)));
}

/* ---- conflicts ---- */

static void
put_text_of(struct http_exchange *x, enum wiki_text label, struct slice text)
{
	put(x, "<section><h2>");
	put_tr(x, label);
	put(x, "</h2>\n<pre class=\"whole\" tabindex=\"0\"");
	put_lang(x, text);
	put(x, ">");
	put_text(x, text);
	put(x, "</pre></section>\n");
}

/* Both texts, where they differ, and the form with what could be merged. */
static void
put_conflict(struct http_exchange *x, const struct browse_rows *e,
    struct slice base, struct draft *d)
{
	struct slice theirs = browse_cell(e, 0, ENTRY_TEXT);
	struct slice mine = d->markdown;
	struct merge_names names = { wiki_text(x->lang, T_THEIRS),
		wiki_text(x->lang, T_YOURS), NULL };
	struct merge_text m;

	merge_texts(base, theirs, mine, &x->arena, &m);
	d->markdown = m.nconflicts != 0 ? merge_marked(&m, &names,
	    &x->arena) : m.text;
	d->base_version = browse_cell(e, 0, ENTRY_VERSION);
	page_begin(x, 409, slice_of(wiki_text(x->lang, T_CONFLICT)));
	put(x, "<h1>");
	put_tr(x, T_CONFLICT);
	put(x, "</h1>\n<p class=\"notice alarm\" role=\"alert\">");
	put_tr(x, T_CONFLICT_HELP);
	put(x, "</p>\n<h2>");
	put_tr(x, T_MERGED);
	put(x, "</h2>\n");
	put_form(x, d, NULL);
	put(x, "<h2>");
	put_tr(x, T_DIFFERENCE);
	put(x, "</h2>\n");
	wiki_put_diff(x, theirs, mine);
	put(x, "<div class=\"sides\">\n");
	put_text_of(x, T_THEIRS, theirs);
	put_text_of(x, T_YOURS, mine);
	put(x, "</div>\n");
	page_end(x);
}

static void
conflict(struct http_exchange *x, struct sql_db *db,
    const struct browse_rows *e, struct draft *d)
{
	struct browse_rows base;
	struct slice args[2] = { d->entry, d->base_version };

	if (page_query(x, db, BROWSE_VERSION, args, &base))
		put_conflict(x, e, browse_cell(&base, 0, VERSION_TEXT), d);
}

/* ---- saving ---- */

static int
status_of(const struct err *e)
{
	if (slice_starts(slice_of(e->sqlstate), SLICE("40")))
		return 409;
	if (slice_starts(slice_of(e->sqlstate), SLICE("42501")))
		return 403;
	if (slice_starts(slice_of(e->sqlstate), SLICE("5")) ||
	    slice_starts(slice_of(e->sqlstate), SLICE("X")))
		return 503;
	return 422;
}

static void
redirect_to_entry(struct http_exchange *x, struct slice id)
{
	reply_redirect(x, 303, arena_printf(&x->arena, "/e/%.*s",
	    SLICE_ARG(id)));
}

static void
after_save(struct http_exchange *x, struct sql_db *db)
{
	struct browse_rows e;
	struct err error = ERR_INIT;
	struct draft d;

	if (http_call_ok(x, &error)) {
		redirect_to_entry(x, leading_number(x->arg[0]));
		return;
	}
	if (!load_entry(x, db, &e))
		return;
	read_entry_draft(x, &e, &d);
	if (status_of(&error) == 409) {
		conflict(x, db, &e, &d);
		return;
	}
	d.problem = error.msg;
	d.detail = http_call_detail(x);
	put_editor(x, db, &e, &d, status_of(&error), false);
}

static void
save(struct http_exchange *x, const struct draft *d)
{
	const struct http_call_arg args[] = {
		{ "entry", d->entry },
		{ "base_version", d->base_version },
		{ "markdown", d->markdown },
		{ "message", d->message },
		{ NULL, { NULL, 0 } },
	};

	http_call_begin(x, "save_entry", args, after_save);
}

void
wiki_edit_post(struct http_exchange *x, struct sql_db *db)
{
	bool preview = slice_is(page_form(x, "action"), "preview");
	struct browse_rows e;
	struct draft d;

	if (!load_entry(x, db, &e))
		return;
	read_entry_draft(x, &e, &d);
	if (!preview && merge_has_marks(d.markdown)) {
		d.problem = wiki_text(x->lang, T_MARKS_LEFT);
		put_editor(x, db, &e, &d, 422, false);
	} else if (preview) {
		put_editor(x, db, &e, &d, 200, true);
	} else {
		save(x, &d);
	}
}

/* ---- a new lesson ---- */

static void
put_new(struct http_exchange *x, struct sql_db *db, const struct draft *d,
    int status, bool preview)
{
	struct browse_rows docs;

	if (!page_query(x, db, BROWSE_DOCUMENTS, NULL, &docs))
		return;
	page_begin(x, status, slice_of(wiki_text(x->lang, T_NEW)));
	put(x, "<h1>");
	put_tr(x, T_NEW);
	put(x, "</h1>\n");
	put_problem(x, d);
	if (preview)
		put_preview(x, db, d, SLICE(""));
	put(x, "<p class=\"muted\">");
	put_tr(x, T_NEW_HINT);
	put(x, "</p>\n");
	put_form(x, d, &docs);
	page_end(x);
}

/* "?title=" is what somebody searched for and did not find. */
void
wiki_new(struct http_exchange *x, struct sql_db *db)
{
	struct slice title = page_param(x, "title");
	struct draft d = { .document = page_param(x, "document") };

	d.markdown = arena_printf(&x->arena, x->lang == LANG_ZH ?
	    "### %.*s\n\n**问题**: \n\n**解决**:\n- \n\n**预防**: \n" :
	    "### %.*s\n\n**Symptom**: \n\n**Fix**:\n- \n\n**Prevention**: \n",
	    SLICE_ARG(title));
	put_new(x, db, &d, 200, false);
}

static void
after_add(struct http_exchange *x, struct sql_db *db)
{
	struct err error = ERR_INIT;
	struct draft d;

	if (http_call_ok(x, &error)) {
		redirect_to_entry(x, http_call_column(x, "entry"));
		return;
	}
	read_draft(x, &d);
	d.problem = error.msg;
	d.detail = http_call_detail(x);
	put_new(x, db, &d, status_of(&error) == 409 ? 422 :
	    status_of(&error), false);
}

void
wiki_new_post(struct http_exchange *x, struct sql_db *db)
{
	struct draft d;

	read_draft(x, &d);
	d.markdown = with_line_ends(x, d.markdown, false);
	if (slice_is(page_form(x, "action"), "preview")) {
		put_new(x, db, &d, 200, true);
		return;
	}
	http_call_begin(x, "add_entry", (const struct http_call_arg[]){
		{ "document", d.document },
		{ "after_entry", d.after.len != 0 ? d.after :
		    slice_make(NULL, 0) },
		{ "markdown", d.markdown },
		{ "message", d.message },
		{ NULL, { NULL, 0 } },
	    }, after_add);
}
