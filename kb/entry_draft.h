/*
 * entry_draft.h - an entry while it is being read; private to kb/entry*.
 *
 *   entry_walk.c      blocks of a section -> draft: fields, items, pieces
 *   entry.c           label sections are added to their owners
 *   entry_kind.c      draft -> kind and severity
 *   entry_commands.c  pieces -> commands and signatures, which need the kind
 *
 * SPDX-License-Identifier: ISC
 */
#ifndef KBD_ENTRY_DRAFT_H
#define KBD_ENTRY_DRAFT_H

#include "common/arena.h"
#include "common/buf.h"
#include "common/slice.h"
#include "kb/entry.h"

struct md;
struct md_node;

#define NO_LABEL (-1)

/* Code in a section, in the order of the document. */
struct piece {
	bool is_span;		/* else a block */
	struct slice lang;	/* of a fence */
	struct slice text;
	struct slice note;	/* the step or sentence that it belongs to */
	int label;		/* the field it stands in, or NO_LABEL */
};

enum item_type { ITEM_TASK, ITEM_ORDERED, ITEM_BULLET };

struct draft {
	struct entry *e;
	int base_label;		/* of a label section, else NO_LABEL */
	bool has_content;	/* any block besides rules */
	bool has_kind;		/* a label said it: */
	enum entry_kind kind;
	size_t cap_fields, cap_commands, cap_items, cap_signatures;
	size_t cap_rules, cap_clauses;
	size_t cap_pieces;
	struct piece *pieces;
	size_t npieces;
	struct entry_item *items;	/* all lists; entry.c selects */
	size_t nitems, ntasks, nordered;
};

/* Reads sections one after another into their drafts. */
struct walker {
	const struct md *m;
	struct arena *a;
	struct arena scratch;	/* for one block */
	struct draft *d;	/* the one being read */
	struct buf text;	/* its words */
	int label;		/* field that text belongs to now */
	struct slice step;	/* text of the list item we are in */
	struct slice before;	/* text of the block before this one */
};

void walker_init(struct walker *w, const struct md *m, struct arena *a);
void walker_free(struct walker *w);
void walker_begin(struct walker *w, struct draft *d);
void walker_block(struct walker *w, const struct md_node *n);
void walker_end(struct walker *w);

/* Appending; the arena owns what grows. */
void draft_add_field(struct draft *d, struct arena *a, enum field_name name,
    struct slice text);
void draft_add_command(struct draft *d, struct arena *a,
    const struct entry_command *c);
void draft_add_signature(struct draft *d, struct arena *a, struct slice text);
void draft_add_rule(struct draft *d, struct arena *a, struct slice value);
void draft_add_clause(struct draft *d, struct arena *a,
    enum clause_place place, struct slice text);
void draft_add_item(struct draft *d, struct arena *a,
    const struct entry_item *item);
void draft_add_piece(struct draft *d, struct arena *a, const struct piece *p);

bool draft_has_field(const struct draft *d, enum field_name name);

/*
 * Kind and severity, from labels, headings and content. has_title: the only
 * heading of level 1 is the document's title.
 */
void draft_set_kind(struct draft *d, const struct document *doc, size_t i,
    bool has_title);
void draft_set_severity(struct draft *d, struct slice mark,
    struct slice heading);

/* Commands, signatures and explained steps, from the pieces. */
void draft_set_commands(struct draft *d, struct slice heading,
    struct arena *a);

#endif
