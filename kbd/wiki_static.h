/*
 * wiki_static.h - the style sheet, the script, the icon: where they are.
 *
 * Their bytes are in the program, and a digest of them in their names, so
 * that a browser may keep them for ever.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_WIKI_STATIC_H
#define KBD_WIKI_STATIC_H

const char *wiki_static_style(void);	/* "/static/0123456789abcdef.css" */
const char *wiki_static_script(void);
const char *wiki_static_icon(void);

/* A short text that changes when any of them does. */
const char *wiki_static_build(void);

#endif
