/*
 * rules.h - the words that give a text its structure, read from content/.
 *
 * Labels, kinds, severities, languages and programs are data: the .tsv files of
 * content/, embedded at build and read once, on first use, by whichever thread
 * comes first. Nothing here changes afterwards.
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_RULES_H
#define KBD_RULES_H

#include <stdint.h>

#include "common/slice.h"
#include "kb/entry.h"

/* What a label says; the fields come first and equal enum field_name. */
enum label {
	LABEL_SYMPTOM = FIELD_SYMPTOM,
	LABEL_IMPACT = FIELD_IMPACT,
	LABEL_CAUSE = FIELD_CAUSE,
	LABEL_DIAGNOSIS = FIELD_DIAGNOSIS,
	LABEL_FIX = FIELD_FIX,
	LABEL_PREVENTION = FIELD_PREVENTION,
	LABEL_VERIFY = FIELD_VERIFY,
	LABEL_NOTE = FIELD_NOTE,
	LABEL_KIND,
	LABEL_SEVERITY,
	LABEL_ALIAS,
	LABEL_SIGNATURE,
	LABEL_TAGS,
	LABEL_OWNER,
	LABEL_REVIEW_BY,
	LABEL_UPDATED,
	LABEL_NEXT_REVIEW,
	LABEL_RELATED
};
#define LABEL_IS_FIELD(l) ((int)(l) <= (int)LABEL_NOTE)

/* The label of that name; case and blanks around do not matter. */
bool rules_label(struct slice word, enum label *out);

/*
 * A label at the start of a line, "问题: text" or "Root cause：text". *rest is
 * what follows the colon, trimmed.
 */
bool rules_label_line(struct slice line, enum label *out, struct slice *rest);

/* What a kind label says. */
bool rules_kind_value(struct slice word, enum entry_kind *out);

/*
 * The kinds that the words of a heading speak for, the entry's own or one
 * above it, in the order of the rules: start with *next = 0 and call again
 * for the next one; false when there is no other.
 */
bool rules_kind_heading(struct slice heading, size_t *next,
    enum entry_kind *out);
bool rules_kind_above(struct slice heading, size_t *next,
    enum entry_kind *out);

/* A mark or word in a raw heading; the value of a severity label. */
enum entry_severity rules_severity_heading(struct slice heading);
bool rules_severity_value(struct slice word, enum entry_severity *out);
/* The mark of a severity, "🔴"; "" for none. */
struct slice rules_severity_mark(enum entry_severity severity);

enum lang_class {
	LANG_UNKNOWN,	/* no language, or one we do not know */
	LANG_SHELL,
	LANG_SESSION,
	LANG_PROGRAM,
	LANG_CONFIG,
	LANG_TEXT
};
enum lang_class rules_language(struct slice lang);

/* A program whose name at the start of a line makes that line a command. */
struct program {
	struct slice name;
	bool is_bare;		/* a command without any argument, too */
	enum command_risk risk;	/* unless one of these arguments is there */
	struct slice reads;	/* words separated by blanks */
	struct slice changes;
	struct slice destroys;
	struct slice wraps;	/* after one of these comes another command;
				   "*": always; "host": after a host */
};

/* By the last part of a path: "/usr/bin/ls" is ls. NULL if not known. */
const struct program *rules_program(struct slice word);

/* Whether `words` (separated by blanks) holds `word`. */
bool rules_has_word(struct slice words, struct slice word);

/* The whole of needle as a word of text; CJK needles anywhere. */
bool rules_contains(struct slice text, struct slice needle);

/* A number that changes when the data does: what was derived is outdated. */
uint64_t rules_hash(void);

#endif
