/*
 * render_html.h - the Markdown of an entry as HTML.
 *
 * Raw HTML in the Markdown is shown as text. Links have a scheme of a short
 * list or none; what they lead to inside the base is asked of the caller. No
 * element has a style or an event handler, so that the page's policy can
 * forbid both. Headings get ids that stay readable in Chinese. What a label
 * begins ("**Fix**: ...") stands in a div of class "field fix".
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_RENDER_HTML_H
#define KBD_RENDER_HTML_H

#include "common/slice.h"

struct buf;

/* Texts of ours inside what is rendered, in the reader's language. */
struct html_words {
	const char *read_only, *changes, *destructive;	/* risk of code */
	const char *done, *open;	/* of a task */
	const char *anchor;		/* says what the "#" at headings is */
	const char *image;		/* an image that is a link */
};

struct html_options {
	const struct html_words *words;	/* borrowed */

	/*
	 * What [[12]] or [[CPU 100%]] means: append where it leads, as text
	 * for href, and what it is called. False: there is no such entry.
	 */
	bool (*entry)(void *arg, struct slice what, struct buf *href,
	    struct buf *title);
	void *arg;

	struct slice source;	/* path of the file, for relative links */
	struct slice host;	/* images of this host are shown; "" none */
	struct slice id;	/* of the first heading; other ids start so */
	struct slice href;	/* the first heading's own page; "" is #id */
	unsigned shift;		/* added to the level of headings */
	bool skip_heading;	/* leave a heading at the start out */
};

/* Append `markdown`: well-formed UTF-8 without NUL; any such text is fine. */
void render_html(struct slice markdown, const struct html_options *options,
    struct buf *out);

/*
 * The first heading's words alone, without a heading element; nothing when
 * the text does not start with one. No links: it may stand in one.
 */
void render_html_heading(struct slice markdown, struct buf *out);

#endif
