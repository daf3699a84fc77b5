/*
 * http_answer.h - answers as text, laid out as kbctl does for a pipe.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_HTTP_ANSWER_H
#define KBD_HTTP_ANSWER_H

struct browse_rows;
struct http_exchange;

/* Append the rows of BROWSE_SEARCH to the reply's body. */
void http_answer_put(struct http_exchange *x, const struct browse_rows *r);

#endif
