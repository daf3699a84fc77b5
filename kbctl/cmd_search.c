/*
 * cmd_search.c - kbctl WORDS, kbctl search WORDS, kbctl search -.
 *
 * The best answers whole, ready to act on; the others one line each, so that
 * the first screen holds symptom, fix and commands.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "common/clock.h"
#include "common/str.h"
#include "kb/search.h"
#include "kbctl/answers.h"
#include "kbctl/client.h"
#include "kbctl/command.h"
#include "kbctl/json.h"
#include "kbctl/print.h"
#include "kbctl/pasted.h"
#include "kbctl/report.h"
#include "kbctl/statement.h"
#include "kbctl/unanswered.h"

#include <stdio.h>

/* Answers shown whole. */
#define WHOLE_ANSWERS 2
#define LABEL_COLUMNS 15

struct answers {
	struct json *list;	/* owned; the answer objects, best first */
	int64_t total;
	int64_t took_ms;
};

/* The words as text; with the one word "-" standard input. */
static bool
read_query(const struct args *args, struct buf *out, struct err *e)
{
	if (args->nwords == 1 && strcmp(args->words[0], "-") == 0)
		return pasted_stdin(out, e);
	pasted_words(args->words, args->nwords, out);
	return true;
}

static bool
run_search(struct client *c, const struct args *args, const char *query,
    const char *sql, struct result **out, struct err *e)
{
	struct statement s;
	bool ok;

	statement_init(&s, sql);
	statement_text(&s, query);
	statement_int(&s, args->limit != 0 ? args->limit :
	    SEARCH_LIMIT_DEFAULT);
	ok = statement_filter(&s, c, args, e);
	if (ok) {
		buf_puts(&s.sql, " ORDER BY rank");
		ok = statement_run(&s, c, out, e);
	}
	statement_free(&s);
	return ok;
}

static bool
fetch(struct client *c, const struct args *args, const char *query,
    struct answers *out, struct err *e)
{
	int64_t start = clock_ms();
	struct result *r;
	struct json *answer;
	bool ok = true;
	size_t i;

	if (!run_search(c, args, query, "SELECT answer, total FROM"
	    " search($1, $2)", &r, e))
		return false;
	out->list = js_array();
	out->took_ms = clock_ms() - start;
	out->total = result_rows(r) != 0 ? result_int(r, 0, 1) : 0;
	for (i = 0; ok && i < result_rows(r); i++) {
		answer = js_parse(result_text(r, i, 0), e);
		ok = answer != NULL;
		if (ok)
			js_add(out->list, answer);
	}
	result_free(r);
	return ok;
}

/* The answer of that entry gets "explain"; one that came since does not. */
static bool
explain_one(struct answers *a, int64_t entry, struct slice text, struct err *e)
{
	struct json *why = js_parse(text, e);
	size_t i;

	if (why == NULL)
		return false;
	for (i = 0; i < js_size(a->list); i++)
		if (js_int(js_at(a->list, i), "entry") == entry) {
			js_put(js_item(a->list, i), "explain", why);
			return true;
		}
	js_free(why);
	return true;
}

static bool
fetch_explain(struct client *c, const struct args *args, const char *query,
    struct answers *a, struct err *e)
{
	struct result *r;
	bool ok = true;
	size_t i;

	if (!args_has(args, OPT_EXPLAIN))
		return true;
	if (!run_search(c, args, query, "SELECT entry_id, explain FROM"
	    " search_explain($1, $2)", &r, e))
		return false;
	for (i = 0; ok && i < result_rows(r); i++)
		ok = explain_one(a, result_int(r, i, 0), result_text(r, i, 1),
		    e);
	result_free(r);
	return ok;
}

static void
put_json(struct screen *s, struct slice query, struct answers *a)
{
	struct json *doc = js_document("kb.search/1");

	js_put_text(doc, "query", query);
	js_put_int(doc, "total", a->total);
	js_put_int(doc, "took_ms", a->took_ms);
	js_put_text(doc, "source", SLICE("server"));
	js_put_text_or_null(doc, "confidence",
	    js_text(js_at(a->list, 0), "confidence"));
	js_put(doc, "answers", a->list);
	a->list = NULL;
	js_write(doc, &s->out);
	js_free(doc);
}

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

static void
put_answers(struct screen *s, const struct args *args, const struct json *list)
{
	size_t i;

	for (i = 0; i < js_size(list); i++) {
		const struct json *a = js_at(list, i);

		put_title(s, i + 1, a);
		if (args_has(args, OPT_EXPLAIN))
			put_why(s, a);
		if (i >= WHOLE_ANSWERS || is_on_card(list, i))
			continue;
		put_whole(s, a);
		put_related(s, a, i == 0);
		print_end(s);
	}
}

static void
remember(struct client *c, const struct json *list)
{
	int64_t ids[SEARCH_LIMIT_MAX];
	size_t i, n = js_size(list);

	for (i = 0; i < n && i < ARRAY_LEN(ids); i++)
		ids[i] = js_int(js_at(list, i), "entry");
	answers_save(client_target(c), ids, i);
}

/* What the answers alone would not say honestly. */
static void
tell(const struct answers *a, struct slice query)
{
	if (js_size(a->list) == 0)
		report_note("nothing found for \"%.*s\"; once you know the "
		    "answer, kbctl new records it",
		    (int)utf8_cut(query, 200), query.ptr != NULL ?
		    query.ptr : "");
	else if (slice_is(js_text(js_at(a->list, 0), "confidence"), "weak"))
		report_note("not sure: these share only some words with the "
		    "question; once you know the answer, kbctl new records "
		    "it");
}

/*
 * Nothing that surely answers: kbctl new will begin with the question. What
 * was found later does not take it back: the lesson may still be missing.
 */
static void
remember_unanswered(struct client *c, const struct answers *a,
    struct slice query)
{
	struct slice best = js_text(js_at(a->list, 0), "confidence");

	if (js_size(a->list) != 0 && !slice_is(best, "weak"))
		return;
	unanswered_save(client_target(c), query);
}

/* On a terminal only: how many there are, and how to see more. */
static void
put_footer(struct screen *s, const struct answers *a)
{
	struct buf b = BUF_INIT;

	if (!s->is_terminal || js_size(a->list) == 0)
		return;
	buf_printf(&b, "%zu of %lld; kbctl show :1 shows one whole",
	    js_size(a->list), (long long)a->total);
	print_text(s, STYLE_DIM, buf_slice(&b));
	print_end(s);
	buf_free(&b);
}

static enum exit_code
search(struct context *c, struct buf *query, struct err *e)
{
	struct answers a = { NULL, 0, 0 };
	struct client *client;
	enum exit_code code = EXIT_DONE;

	if (!read_query(c->args, query, e) || !context_client(c, &client, e) ||
	    !fetch(client, c->args, buf_cstr(query), &a, e) ||
	    !fetch_explain(client, c->args, buf_cstr(query), &a, e)) {
		js_free(a.list);
		return report_err(e);
	}
	if (js_size(a.list) == 0)
		code = EXIT_NOTHING;
	tell(&a, buf_slice(query));
	remember_unanswered(client, &a, buf_slice(query));
	if (args_has(c->args, OPT_JSON)) {
		put_json(c->out, buf_slice(query), &a);
	} else {
		put_answers(c->out, c->args, a.list);
		put_footer(c->out, &a);
		remember(client, a.list);
	}
	js_free(a.list);
	return code;
}

enum exit_code
cmd_search(struct context *c)
{
	struct buf query = BUF_INIT;
	struct err e = ERR_INIT;
	enum exit_code code;

	if (c->args->limit > SEARCH_LIMIT_MAX) {
		err_set(&e, ERR_INVALID, "--limit of a search is at most %d",
		    SEARCH_LIMIT_MAX);
		return report_err(&e);
	}
	code = search(c, &query, &e);
	buf_free(&query);
	return code;
}
