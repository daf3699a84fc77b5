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
#include "common/json.h"
#include "common/print.h"
#include "common/str.h"
#include "kb/answer_card.h"
#include "kb/search.h"
#include "kbctl/answers.h"
#include "kbctl/client.h"
#include "kbctl/command.h"
#include "kbctl/pasted.h"
#include "kbctl/report.h"
#include "kbctl/statement.h"
#include "kbctl/unanswered.h"

#include <stdio.h>

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
		answer_card_put_all(c->out, a.list, args_has(c->args,
		    OPT_EXPLAIN));
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
