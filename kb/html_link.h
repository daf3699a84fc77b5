/*
 * html_link.h - where links of the Markdown lead, as HTML.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_HTML_LINK_H
#define KBD_HTML_LINK_H

#include "common/slice.h"

struct buf;
struct html_options;

/*
 * Append the start tag of a link to a URL that somebody wrote. Relative links
 * to a .md file lead to its document, counted from the file `source`. False,
 * and nothing is written, for what cannot be followed here.
 */
bool html_link_open(struct buf *out, struct slice url, struct slice source);

/* Whether an image may be shown: it is on this host. */
bool html_is_own_image(struct slice url, struct slice host);

/*
 * Append text; [[12]], [[CPU 100%]] and bare http addresses in it become
 * links. Options NULL: no link at all.
 */
void html_link_text(struct buf *out, struct slice s,
    const struct html_options *o);

/* The document that a path relative to a file means: "a/b", "" for none. */
void html_document_of(struct slice path, struct slice source,
    struct buf *name);

#endif
