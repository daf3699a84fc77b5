/*
 * wiki_search.c - a search as a page, and as text for curl.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include "kbd/wiki.h"
#include "common/str.h"
#include "kb/html.h"
#include "kb/search_tally.h"
#include "kbd/http_answer.h"
#include "kbd/http_route.h"
#include "kbd/sql_db.h"
#include "kbd/wiki_page.h"

#define LIMIT "20"
#define WORDS_MAX 32

/* ---- marks in a snippet ---- */

struct words {
	struct slice list[WORDS_MAX];
	size_t n;
};

static bool
is_word_at(struct slice s, size_t at, size_t *next)
{
	return char_is_word(utf8_decode(s, at, next));
}

static void
add_word(struct words *w, struct slice word)
{
	if (w->n < WORDS_MAX && word.len != 0)
		w->list[w->n++] = word;
}

/* Runs of letters and digits; of Chinese, each pair of characters. */
static void
split_words(struct slice s, struct words *w)
{
	size_t at = 0, start, next, second;

	*w = (struct words){ .n = 0 };
	while (at < s.len) {
		if (!is_word_at(s, at, &next)) {
			at = next;
			continue;
		}
		if (next - at >= 3) {	/* most likely Chinese */
			second = next;
			if (next < s.len && is_word_at(s, next, &second) &&
			    second - next >= 3)
				add_word(w, slice_sub(s, at, second));
			at = next;
			continue;
		}
		for (start = at; at < s.len && is_word_at(s, at, &next) &&
		    next - at < 3; at = next)
			;
		add_word(w, slice_sub(s, start, at));
	}
}

/* Bytes at `at` that are one of the words; longer ones win. */
static size_t
hit_len(struct slice s, size_t at, const struct words *w)
{
	size_t i, best = 0;

	for (i = 0; i < w->n; i++) {
		size_t n = w->list[i].len;

		if (n > best && n <= s.len - at && str_ieq(slice_sub(s, at,
		    at + n), w->list[i]))
			best = n;
	}
	return best;
}

/* Pairs that overlap make one mark. */
static size_t
mark_end(struct slice s, size_t at, const struct words *w)
{
	size_t end = at, next = at, n;

	while (next <= end && next < s.len) {
		n = hit_len(s, next, w);
		if (n != 0 && next + n > end)
			end = next + n;
		if (next == end)
			break;
		(void)utf8_decode(s, next, &next);
	}
	return end;
}

static void
put_marked(struct http_exchange *x, struct slice s, const struct words *w)
{
	size_t from = 0, at = 0, end;

	while (at < s.len) {
		bool inside = at != 0 && ascii_is_alnum(s.ptr[at - 1]) &&
		    ascii_is_alnum(s.ptr[at]);

		end = inside ? at : mark_end(s, at, w);
		if (end == at) {
			(void)utf8_decode(s, at, &at);
			continue;
		}
		put_text(x, slice_sub(s, from, at));
		put(x, "<mark>");
		put_text(x, slice_sub(s, at, end));
		put(x, "</mark>");
		from = at = end;
	}
	put_text(x, slice_sub(s, from, s.len));
}

/* ---- the page ---- */

static void
put_confidence(struct http_exchange *x, struct slice c)
{
	put(x, "<span class=\"confidence c-");
	put(x, slice_is(c, "strong") ? "strong\">" : slice_is(c, "likely") ?
	    "likely\">" : "weak\">");
	put_tr(x, slice_is(c, "strong") ? T_STRONG : slice_is(c, "likely") ?
	    T_LIKELY : T_WEAK);
	put(x, "</span> ");
}

static void
put_hit(struct http_exchange *x, const struct browse_rows *r, size_t i,
    const struct words *w)
{
	struct slice title = browse_cell(r, i, HIT_TITLE);
	struct slice snippet = browse_cell(r, i, HIT_SNIPPET);

	put(x, "<li>\n<h2><a href=\"/e/");
	put_path(x, browse_cell(r, i, HIT_ENTRY));
	put(x, "\"");
	put_lang(x, title);
	put(x, ">");
	put_marked(x, title.len != 0 ? title : browse_cell(r, i,
	    HIT_DOCUMENT), w);
	put(x, "</a></h2>\n<p class=\"facts\">");
	put_severity(x, browse_cell(r, i, HIT_SEVERITY));
	put_kind(x, browse_cell(r, i, HIT_KIND));
	put_confidence(x, browse_cell(r, i, HIT_CONFIDENCE));
	put_document_link(x, browse_cell(r, i, HIT_DOCUMENT), SLICE(""));
	put(x, "</p>\n<p class=\"snippet\"");
	put_lang(x, snippet);
	put(x, ">");
	put_marked(x, snippet, w);
	put(x, "</p>\n</li>\n");
}

static void
put_nothing(struct http_exchange *x, struct slice q)
{
	put(x, "<p class=\"notice\">");
	put_tr(x, T_NO_RESULTS);
	put(x, "</p>\n<p>");
	put_tr(x, T_NO_RESULTS_HINT);
	put(x, " <code>kbctl new</code></p>\n<p>");
	put_new_link(x, q);
	put(x, "</p>\n");
}

static void
put_hits(struct http_exchange *x, const struct browse_rows *r,
    struct slice q)
{
	struct words w;
	size_t i;

	split_words(q, &w);
	put(x, "<div id=\"hits\">\n");
	if (r->n == 0 && q.len != 0) {
		put_nothing(x, q);
	} else if (r->n != 0) {
		put(x, "<p class=\"muted\" role=\"status\">");
		put_text(x, browse_cell(r, 0, HIT_TOTAL));
		put(x, " ");
		put_tr(x, T_RESULTS);
		put(x, "</p>\n<ol class=\"hits\">\n");
		for (i = 0; i < r->n; i++)
			put_hit(x, r, i, &w);
		put(x, "</ol>\n");
	}
	put(x, "</div>\n");
}

/* Words that are half typed are no question that somebody asked. */
static bool
run_search(struct http_exchange *x, struct sql_db *db, struct slice q,
    struct browse_rows *r)
{
	struct slice args[2] = { q, SLICE(LIMIT) };
	bool ok;

	*r = (struct browse_rows){ .n = 0 };
	if (str_trim(q).len == 0)
		return true;
	search_tally_mute(page_param(x, "typing").len != 0);
	ok = page_query(x, db, BROWSE_SEARCH, args, r);
	search_tally_mute(false);
	return ok;
}

void
wiki_search(struct http_exchange *x, struct sql_db *db)
{
	struct slice q = page_param(x, "q");
	struct browse_rows r;

	if (!run_search(x, db, q, &r))
		return;
	page_begin(x, 200, q.len != 0 ? arena_printf(&x->arena, "%.*s · %s",
	    SLICE_ARG(q), wiki_text(x->lang, T_SEARCH)) :
	    slice_of(wiki_text(x->lang, T_SEARCH)));
	page_found(x);
	put(x, "<h1>");
	put_tr(x, T_SEARCH);
	if (q.len != 0) {
		put(x, ": <q>");
		put_text(x, q);
		put(x, "</q>");
	}
	put(x, "</h1>\n");
	put_hits(x, &r, str_trim(q));
	page_end(x);
}

/* ---- /q/WORDS ---- */

/* The words, "+" being a blank: what is behind "/q/" as it came. */
static struct slice
question(struct http_exchange *x)
{
	struct slice t = slice_sub(x->head.target, 3, x->head.target.len -
	    (x->head.query.ptr != NULL && x->head.query.len != 0 ?
	    x->head.query.len + 1 : 0));
	struct slice out;

	if (slice_ends(t, SLICE("?")))
		t.len--;
	return http_decode(t, true, &x->arena, &out) ? out : SLICE("");
}

void
wiki_question(struct http_exchange *x, struct sql_db *db)
{
	struct slice q = question(x);
	struct buf path = BUF_INIT;
	struct browse_rows r;

	if (http_list_has(http_header(&x->head, "accept"), "text/html")) {
		buf_puts(&path, "/search?q=");
		html_url_value(&path, q);
		reply_redirect(x, 303, buf_slice(&path));
		buf_free(&path);
		return;
	}
	if (!run_search(x, db, q, &r))
		return;
	reply_begin(x, r.n != 0 ? 200 : 404, "text/plain; charset=utf-8");
	page_found(x);
	reply_header(x, "Cache-Control", SLICE("no-cache"));
	http_answer_put(x, &r);
}
