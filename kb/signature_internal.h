/*
 * signature_internal.h - what the signature_*.c files share.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_SIGNATURE_INTERNAL_H
#define KBD_SIGNATURE_INTERNAL_H

#include "kb/signature.h"

#define PATTERN_FRAGMENTS_MAX 24
#define NORM_MAX (2 * SIGNATURE_WINDOW + 1024)

/* A line, or a part of it, as patterns see it: only what counts. */
struct norm {
	size_t len;
	struct slice raw;		/* what it was made of */
	unsigned char bytes[NORM_MAX];	/* folded; no blanks, no punctuation */
	uint16_t at[NORM_MAX];		/* offset of each in raw */
	bool gap[NORM_MAX];		/* something was skipped before it */
};

void norm_make(struct slice raw, struct norm *out);

/* Literal text between two "*", normalised. */
struct fragment {
	const unsigned char *bytes;
	size_t len;
	struct slice raw;	/* as the template has it, for the anchor */
};

struct pattern {
	struct fragment *fragments;	/* in the arena */
	size_t n;
	bool lead, tail;	/* begins, ends with "*" */
	double words;		/* specificity */
};

/* The text of one template line behind its keyword; the arena owns it. */
void pattern_parse(struct slice text, struct arena *a, struct pattern *out);

/*
 * Whether the pattern is in the line; captures are views of n->raw. Captures
 * may be NULL.
 */
bool pattern_match(const struct pattern *p, const struct norm *n,
    struct slice *captures, size_t *ncaptures);

/* Words that tell something, over a text without "*". */
double specificity_of(struct slice literal, unsigned *words);

enum rule_part { RULE_ALL, RULE_ANY, RULE_NOT, RULE_CORE };

/* The next line of a template; false at the end. */
bool template_next(struct slice *rest, enum rule_part *part,
    struct slice *pattern);

/* A text with "*" for its variable parts; the arena owns it. */
struct slice signature_mask(struct slice text, struct arena *a);
/* Mask an error text: a template with "all" and perhaps "core". */
struct slice template_of_text(struct slice text, struct arena *a);
/* What an author wrote behind "signature:". */
struct slice template_of_rule(struct slice value, struct arena *a);

/* ---- everyday lines (signature_neutral.c) ---- */

/* Whether a line of the neutral sample has the pattern. Any thread. */
bool neutral_has(const struct pattern *p);

/* How often four (folded) bytes are in the sample, for rare anchors. */
unsigned neutral_count(uint32_t gram);

uint64_t neutral_hash(void);

/* Four bytes as the filter sees them: letters in one case. */
static inline uint32_t
gram_at(const void *p)
{
	uint32_t g;

	memcpy(&g, p, sizeof(g));
	return g | 0x20202020u;
}

#endif
