/*
 * html.h - text on its way into a page.
 *
 * Every byte that somebody else wrote reaches HTML through one of these, so
 * that there is no markup in it. Characters that would change the direction
 * of the line around them, and other controls, become U+FFFD.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_HTML_H
#define KBD_HTML_H

#include "common/slice.h"

struct buf;

/* Text between tags. */
void html_text(struct buf *out, struct slice s);

/* The value of an attribute, which stands in double quotes. */
void html_attr(struct buf *out, struct slice s);

/*
 * Bytes for a path or a fragment of a URL, percent-encoded: only letters,
 * digits and "-._~/" stay. Safe inside an attribute as well.
 */
void html_url_part(struct buf *out, struct slice s);

/* The same for a value of a query: "/" is encoded as well. */
void html_url_value(struct buf *out, struct slice s);

/*
 * A URL that somebody wrote, for href: http, https, mailto, or one without a
 * scheme. False, and nothing is written, for anything else.
 */
bool html_url(struct buf *out, struct slice url);

/* Markup of ours. Never for anything that came from outside. */
void html_raw_trusted(struct buf *out, const char *markup);

#endif
