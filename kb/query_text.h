/*
 * query_text.h - which part of what somebody pasted is worth searching for.
 *
 * A search box gets words, but also error lines and whole logs. Here a text
 * is cut to what a search can use: of a log the lines that look like errors;
 * and in an error line the parts that differ from case to case (quoted names,
 * addresses, paths) are marked, so that they weigh less.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_QUERY_TEXT_H
#define KBD_QUERY_TEXT_H

#include "common/slice.h"

struct arena;

/* What is left of a text is at most this long. */
#define QUERY_TEXT_MAX 1200
#define QUERY_LINES_MAX 6
#define QUERY_SPANS_MAX 64

enum query_span_kind {
	SPAN_QUOTED,	/* 'orders.coupon_code' */
	SPAN_PATH,	/* /etc/alertmanager/alertmanager.yml */
	SPAN_ADDRESS,	/* 10.0.0.1:22, 'app'@'10.%', http://..., a@b.c */
	SPAN_PREFIX	/* time, level and logger at the start of a line */
};

struct query_span {
	size_t start, end;	/* bytes of the text */
	enum query_span_kind kind;
};

struct query_text {
	struct slice text;	/* lines separated by LF */
	bool is_error;		/* an error line or log, not somebody's words */
	bool is_log;		/* of several lines; the best are kept */
	struct query_span spans[QUERY_SPANS_MAX];	/* by start */
	size_t nspans;
};

/* Any bytes; the arena owns *out. Linear in the length. */
void query_text_clean(struct slice raw, struct arena *a,
    struct query_text *out);

/*
 * Does a line look like something a program wrote when it failed? 0: no. Only
 * its first QUERY_TEXT_MAX bytes count.
 */
int query_text_errorness(struct slice line);

/* The span that holds the byte, or NULL. */
const struct query_span *query_text_span(const struct query_text *t,
    size_t at);

#endif
