/*
 * http_match.c - known errors in a log that was posted: kb.match/1.
 *
 * Each line has one answer, the best, as with kbctl match; then come the
 * entries, the surest and most frequent first, and what nobody knows yet.
 *
 * SPDX-License-Identifier: ISC
 */
#include "config.h"

#include <stdlib.h>

#include "common/jsonw.h"
#include "common/str.h"
#include "kb/log_cluster.h"
#include "kb/log_text.h"
#include "kb/store_browse.h"
#include "kbd/http_api.h"
#include "kbd/http_exchange.h"

#define LINES_MAX 10000		/* of one request */
#define GROUPS_MAX 256		/* entries that are told of */
#define TEXT_MAX 4096		/* bytes of a line that are shown */
#define SAMPLE_MAX 400
#define FILE_NAME "-"		/* as kbctl calls its standard input */

struct group {
	int64_t entry;
	int64_t count, first, last;	/* lines; numbers of them */
	bool is_strong;
	struct slice sample;		/* the first line; the body's */
};

struct matching {
	struct http_exchange *x;
	struct sql_db *db;
	struct buf out;
	struct log_clusters *unknown;
	struct group groups[GROUPS_MAX];
	size_t n;
};

static void
begin(struct matching *m, struct jsonw *j, const char *type)
{
	jsonw_init(j, &m->out);
	jsonw_object(j);
	jsonw_member_string(j, "schema", SLICE("kb.match/1"));
	jsonw_member_string(j, "type", slice_of(type));
}

static void
end(struct matching *m, struct jsonw *j)
{
	jsonw_object_end(j);
	buf_putc(&m->out, '\n');
}

/* ---- lines ---- */

static void
count(struct matching *m, int64_t entry, bool is_strong, int64_t number,
    struct slice text)
{
	struct group *g = m->groups;

	while (g < m->groups + m->n && g->entry != entry)
		g++;
	if (g == m->groups + GROUPS_MAX)
		return;
	if (g == m->groups + m->n) {
		*g = (struct group){ .entry = entry, .first = number,
			.sample = slice_sub(text, 0, utf8_cut(text,
			SAMPLE_MAX)) };
		m->n++;
	}
	g->count++;
	g->last = number;
	g->is_strong |= is_strong;
}

static void
put_line(struct matching *m, const struct browse_rows *r, int64_t number,
    struct slice text)
{
	struct slice confidence = browse_cell(r, 0, MATCH_CONFIDENCE);
	int64_t entry = 0;
	struct jsonw j;

	(void)str_int(browse_cell(r, 0, MATCH_ENTRY), 0, INT64_MAX, &entry);
	count(m, entry, slice_is(confidence, "strong"), number, text);
	begin(m, &j, "line");
	jsonw_member_string(&j, "file", SLICE(FILE_NAME));
	jsonw_member_int(&j, "line", number);
	jsonw_member_string(&j, "text", slice_sub(text, 0, utf8_cut(text,
	    TEXT_MAX)));
	jsonw_member_int(&j, "entry", entry);
	jsonw_member_string(&j, "document", browse_cell(r, 0,
	    MATCH_DOCUMENT));
	jsonw_member_string(&j, "source", browse_cell(r, 0, MATCH_SOURCE));
	jsonw_member_string(&j, "heading", browse_cell(r, 0, MATCH_HEADING));
	jsonw_member_string(&j, "signature", browse_cell(r, 0,
	    MATCH_SIGNATURE));
	jsonw_key(&j, "captures");
	jsonw_raw(&j, browse_cell(r, 0, MATCH_CAPTURES));
	jsonw_member_string(&j, "confidence", confidence);
	end(m, &j);
}

/* The lines of a log in any encoding; false: answered with an error. */
static bool
read_lines(struct matching *m, struct slice log)
{
	struct browse_rows r;
	struct slice line;
	int64_t n = 0;

	while (n < LINES_MAX && str_line(&log, &line, NULL)) {
		n++;
		line = str_trim(line);
		if (line.len == 0)
			continue;
		if (!http_api_query(m->x, m->db, BROWSE_MATCH, &line, &r))
			return false;
		if (r.n != 0)
			put_line(m, &r, n, line);
		else
			(void)log_clusters_add(m->unknown, line, 0,
			    (uint64_t)n);
	}
	return true;
}

/* ---- what they come to ---- */

static int
by_weight(const void *a, const void *b)
{
	const struct group *x = a, *y = b;

	if (x->is_strong != y->is_strong)
		return x->is_strong ? -1 : 1;
	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return (x->entry > y->entry) - (x->entry < y->entry);
}

static void
put_counts(struct jsonw *j, int64_t n, int64_t first, int64_t last)
{
	jsonw_member_int(j, "count", n);
	jsonw_member_int(j, "first", first);
	jsonw_member_int(j, "last", last);
	jsonw_member_string(j, "first_file", SLICE(FILE_NAME));
	jsonw_member_string(j, "last_file", SLICE(FILE_NAME));
}

static bool
put_group(struct matching *m, const struct group *g)
{
	struct slice id = arena_printf(&m->x->arena, "%lld",
	    (long long)g->entry);
	struct browse_rows r;
	struct slice entry;
	struct jsonw j;

	if (!http_api_query(m->x, m->db, BROWSE_GROUP_JSON, &id, &r))
		return false;
	entry = browse_cell(&r, 0, 0);
	if (entry.len < 2)
		return true;	/* it was archived just now */
	begin(m, &j, "group");
	jsonw_member_string(&j, "confidence", g->is_strong ?
	    SLICE("strong") : SLICE("likely"));
	put_counts(&j, g->count, g->first, g->last);
	jsonw_member_string(&j, "sample", g->sample);
	/* the entry's members, without the braces around them */
	buf_putc(&m->out, ',');
	buf_put_slice(&m->out, slice_sub(entry, 1, entry.len - 1));
	end(m, &j);
	return true;
}

static void
put_unknown(struct matching *m, const struct log_cluster *k)
{
	struct jsonw j;

	begin(m, &j, "unknown");
	jsonw_member_string(&j, "template", slice_of(k->template));
	put_counts(&j, (int64_t)k->count, (int64_t)k->first,
	    (int64_t)k->last);
	jsonw_member_string(&j, "sample", slice_of(k->sample));
	end(m, &j);
}

static bool
put_sums(struct matching *m)
{
	const struct log_cluster *unknown;
	size_t i, n;

	if (m->n != 0)
		qsort(m->groups, m->n, sizeof(m->groups[0]), by_weight);
	for (i = 0; i < m->n; i++)
		if (!put_group(m, &m->groups[i]))
			return false;
	n = log_clusters_sorted(m->unknown, &unknown);
	for (i = 0; i < n; i++)
		put_unknown(m, &unknown[i]);
	return true;
}

void
http_api_match(struct http_exchange *x, struct sql_db *db)
{
	struct matching *m = arena_zalloc(&x->arena, sizeof(*m));
	struct buf plain = BUF_INIT, text = BUF_INIT;

	m->x = x;
	m->db = db;
	m->unknown = log_clusters_new();
	log_clean(buf_slice(&x->body), &plain);
	utf8_put_clean(&text, buf_slice(&plain));
	if (read_lines(m, buf_slice(&text)) && put_sums(m)) {
		reply_begin(x, 200, "application/x-ndjson; charset=utf-8");
		buf_put_slice(&x->reply.body, buf_slice(&m->out));
	}
	log_clusters_destroy(m->unknown);
	buf_free(&m->out);
	buf_free(&plain);
	buf_free(&text);
}
