/*
 * document.h - one Markdown text as a sequence of sections, without loss.
 *
 * Sections partition the bytes: joining them in order gives the text again,
 * whatever its line ends, byte order mark or missing last newline. Headings
 * are what CommonMark says they are, but only children of the document start
 * a section (contract: From Markdown to entries and back).
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_DOCUMENT_H
#define KBD_DOCUMENT_H

#include "common/err.h"
#include "common/slice.h"

struct arena;
struct md;

/* A text longer than this is refused with ERR_LIMIT. */
#define DOCUMENT_MAX_BYTES (8u * 1024 * 1024)

/* A text with more headings is refused with ERR_LIMIT. */
#define DOCUMENT_MAX_SECTIONS 20000

struct section {
	size_t start, end;	/* bytes of the document */
	unsigned line;		/* 1-based, of the heading; 1 for a preamble */
	unsigned level;		/* 1 to 6; 0 for a preamble */
	int parent;		/* index of the section above, or -1 */
	struct slice heading;	/* plain text, marks and emoji removed */
	struct slice title;	/* heading without number, severity mark and
				   the remark in brackets at its end */
	struct slice mark;	/* the raw inline Markdown of the heading */
};

/* What the front matter and the last lines say of the whole document. */
struct document_meta {
	struct slice title;		/* front matter, else first level 1 */
	struct slice tags;		/* separated by blanks */
	struct slice date;		/* "2025-08-03", or empty */
	struct slice next_review;	/* as written, or empty */
};

struct document {
	struct slice text;		/* borrowed from the caller */
	struct section *sections;	/* in order; may be none for "" */
	size_t n;
	struct document_meta meta;
};

/*
 * Split a text into sections.
 *
 *   text   UTF-8 without NUL; borrowed, must outlive *out
 *   a      owns everything else in *out
 *
 * Fails with ERR_INVALID, naming line, byte and the likely encoding, when the
 * text is not UTF-8; with ERR_LIMIT when it is too long or has too many
 * headings. No other text is refused. Time and memory are bounded by the length
 * whatever the bytes.
 */
bool document_parse(struct slice text, struct arena *a, struct document *out,
    struct err *e) MUST_CHECK;

/*
 * The same, and the tree that it was read from, for entry_extract_tree(). The
 * caller frees *tree with md_free(), after a failure as well; it may be NULL.
 */
bool document_parse_tree(struct slice text, struct arena *a,
    struct document *out, struct md **tree, struct err *e) MUST_CHECK;

/* The bytes of section i. */
struct slice document_section(const struct document *d, size_t i);

/* Bytes at the start that are no Markdown: byte order mark, front matter. */
size_t document_prologue(struct slice text);

/*
 * The slug of an entry: "12-cpu-100-占用". Lower case, Unicode letters and
 * digits kept, everything else one '-', at most 80 bytes of title.
 */
struct slice document_slug(long long id, struct slice title, struct arena *a);

#endif
