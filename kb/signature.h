/*
 * signature.h - error texts that entries know, found in lines of logs.
 *
 *   error text --mask--> template --compile--> set --scan--> lines with hits
 *
 * A template is text, a line for each pattern:
 *
 *   all Unknown column * in *	must be in the log line; of several, all
 *   any Lock wait * | any ...	at least one of these, if there are any
 *   not retry succeeded	must not be
 *   core Too many connections	enough by itself, with less certainty
 *
 * "*" is any text (up to SIGNATURE_GAP_MAX bytes), "\*" and "\\" are
 * themselves. Letters match in either case; blanks, quotes and other
 * punctuation match with more, less or other of them, so that one template
 * fits what different drivers, loggers and JSON writers make of a message.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_SIGNATURE_H
#define KBD_SIGNATURE_H

#include <stdint.h>

#include "common/slice.h"

struct arena;
struct buf;

#define SIGNATURE_TEMPLATE_MAX 2048	/* bytes; longer ones are cut */
#define SIGNATURE_GAP_MAX 256		/* bytes that "*" may stand for */
#define SIGNATURE_WINDOW 2048		/* looked at on each side of a hit */
#define SIGNATURE_CAPTURES_MAX 8
#define SIGNATURE_HITS_MAX 16		/* of one line */

/* What a match of the template is worth. */
enum signature_mode {
	SIGNATURE_OFF,		/* matches everyday lines: not used */
	SIGNATURE_EXACT,	/* only with the very text of the entry */
	SIGNATURE_LIKELY,	/* few words: may be another problem */
	SIGNATURE_STRONG
};
const char *signature_mode_name(enum signature_mode m);
enum signature_mode signature_mode_of(struct slice name);

/*
 * For entries that match equally: problems with a fix and severe ones first,
 * those that only mention a text last.
 */
int signature_priority(struct slice kind, struct slice severity, bool has_fix,
    struct slice origin);

/* What people are told: "strong" or "likely". */
const char *signature_confidence(enum signature_mode m);

struct signature_template {
	struct slice text;		/* "" when the mode is off */
	enum signature_mode mode;
	double specificity;		/* words that tell something */
};

/*
 * What an error text generalises to: variable parts masked, weighed, and
 * checked against the neutral sample of everyday lines. is_rule: the text is
 * what an author wrote behind "signature:"; then "all:", "any:", "not:" and
 * "*" have their meanings.
 */
void signature_derive(struct slice text, bool is_rule, struct arena *a,
    struct signature_template *out);

/* Changes when what signature_derive() says changes. */
uint64_t signature_rules_hash(void);

/* ---- many of them ---- */

struct signature_set;

struct signature_set *signature_set_new(void);
void signature_set_destroy(struct signature_set *s);

/*
 * Add one; text and template are copied. `id` is the caller's number for it;
 * of equal matches the one with the higher `priority` comes first.
 */
void signature_set_add(struct signature_set *s, uint32_t id, int priority,
    enum signature_mode mode, struct slice text, struct slice template);

/* Also stop at lines that look like errors but match nothing. */
void signature_set_find_errors(struct signature_set *s);

/* After the last add, before the first scan. Then the set never changes. */
void signature_set_compile(struct signature_set *s);

size_t signature_set_count(const struct signature_set *s);

struct signature_hit {
	uint32_t id;
	enum signature_mode mode;	/* never OFF; EXACT: the same text */
	double score;			/* more is better */
	struct slice captures[SIGNATURE_CAPTURES_MAX];	/* of the line */
	size_t ncaptures;
};

/* A line that is worth a look: it has hits, or looks like an error. */
struct signature_line {
	size_t start, end;		/* in the text; without the LF */
	bool is_error;			/* it may be one */
	struct signature_hit hits[SIGNATURE_HITS_MAX];	/* best first */
	size_t nhits;
};

/* What a thread needs to scan; several may use one set. */
struct signature_scanner;

struct signature_scanner *signature_scanner_new(const struct signature_set *s);
void signature_scanner_destroy(struct signature_scanner *s);

/*
 * The first line at or behind `from` (the start of a line) that is worth a
 * look; false when there is none. Time is linear in the text; captures are
 * views of it.
 */
bool signature_next(struct signature_scanner *s, struct slice text,
    size_t from, struct signature_line *out);

/* {"1":"users.avatar","2":"field list"} */
void signature_captures_json(const struct signature_hit *h, struct buf *out);

#endif
